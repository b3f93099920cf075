//! Custom security attributes that a header or `--columns` names: the tenant is asked once for its definitions.

use super::connect::Connected;
use super::error::CliError;
use super::extensions::permitted;
use crate::catalogue::{Attribute, SECURITY_ATTRIBUTES, set_and_name};
use crate::domain::shorten;
use crate::graph::{DEFINITION_READERS, SecurityAttributes};
use crate::table::{KnownExtensions, ToldBy};

/// All of a set, or of the tenant.
const ALL: &str = ".*";

/// Whether this is the name of one, or means several.
pub(super) fn is_meant(text: &str) -> bool {
    set_and_name(text).is_some() || prefix(text).is_some()
}

/// `customSecurityAttributes.` of `customSecurityAttributes.*`.
fn prefix(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(SECURITY_ATTRIBUTES)?;
    let is_all =
        rest == ALL || (rest.starts_with('.') && rest.ends_with(ALL) && rest.matches('.').count() == 2);
    is_all.then(|| text.get(..text.len() - 1)).flatten()
}

/// Those that a name with a star means.
pub(super) fn all_of(text: &str, known: &KnownExtensions) -> Vec<&'static Attribute> {
    let Some(prefix) = prefix(text) else {
        return Vec::new();
    };
    let prefix = prefix.to_lowercase();
    let own = known.attributes.iter().copied();
    own.filter(|one| one.name.to_lowercase().starts_with(&prefix))
        .collect()
}

/// Asks for the definitions when one of these names needs them. Without the permission nothing is asked, and nothing goes wrong.
pub(super) async fn read(
    connected: &Connected,
    granted: &[String],
    names: &[String],
    known: &mut KnownExtensions,
) -> Result<(), CliError> {
    if names.is_empty() {
        return Ok(());
    }
    let may = granted.is_empty()
        || DEFINITION_READERS
            .iter()
            .any(|one| granted.iter().any(|held| held == one));
    let wanted = |own: &str| {
        names.iter().any(|name| {
            let own = own.to_lowercase();
            match prefix(name) {
                Some(prefix) => own.starts_with(&prefix.to_lowercase()),
                None => own == name.to_lowercase(),
            }
        })
    };
    let found = match may {
        true => permitted(connected.reader.security_attributes(wanted).await)?,
        false => None,
    };
    match found {
        Some(SecurityAttributes { found, unsupported }) => {
            // A star means those that can be used.
            let is_asked_for = |own: &str| names.iter().any(|name| name.eq_ignore_ascii_case(own));
            if let Some((name, data)) = unsupported.iter().find(|(own, _)| is_asked_for(own)) {
                return Err(CliError::usage(format!(
                    "the custom security attribute `{name}` has the type `{}`, which is not supported; nothing was written",
                    shorten(data)
                ))
                .hint("leave the column out"));
            }
            known.attributes.extend(found);
        }
        None => {
            known.security_by = ToldBy::Nobody(format!(
                "the application has no permission `{}`",
                DEFINITION_READERS[0]
            ));
        }
    }
    Ok(())
}

/// Why a named one is not there.
pub(super) fn why_not(name: &str, known: &KnownExtensions) -> Option<String> {
    if !is_meant(name) {
        return None;
    }
    Some(match &known.security_by {
        ToldBy::Nobody(reason) => format!(
            "`{name}` is a custom security attribute, and which there are could not be read: {reason}"
        ),
        ToldBy::Tenant | ToldBy::Export if prefix(name).is_some() => {
            format!("this tenant has no custom security attribute that `{name}` means")
        }
        ToldBy::Tenant | ToldBy::Export => {
            let set = set_and_name(name).map(|(set, _)| format!("{SECURITY_ATTRIBUTES}.{set}{ALL}"));
            let near: Vec<String> = set
                .map(|set| all_of(&set, known))
                .unwrap_or_default()
                .iter()
                .take(5)
                .map(|one| format!("`{}`", one.name))
                .collect();
            let near = match near.as_slice() {
                [] => String::new(),
                near => format!("; its set has {}", near.join(", ")),
            };
            format!("this tenant has no custom security attribute `{name}`{near}")
        }
    })
}
