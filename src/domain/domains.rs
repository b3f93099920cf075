//! The domains of the tenant. The service takes a userPrincipalName only of one that is verified.
//! <https://learn.microsoft.com/graph/api/resources/user>

use super::{Change, Directory, Extent, Finding, UserKey, shorten};

const NAME: &str = "userPrincipalName";

/// So many domains are named in a message.
const NAMED_MAX: usize = 12;

/// Whether a name is of a domain of the tenant; `None` where its domains are not known.
pub(super) fn is_of_tenant(upn: &str, directory: &Directory) -> Option<bool> {
    let domain = domain_of(upn);
    let own = directory.verified_domains()?;
    Some(own.iter().any(|known| known.eq_ignore_ascii_case(domain)))
}

fn domain_of(upn: &str) -> &str {
    upn.rsplit('@').next().unwrap_or_default()
}

/// What is wrong with a name that somebody is to get.
pub(super) fn unverified_name(upn: &str, directory: &Directory) -> Option<Finding> {
    if is_of_tenant(upn, directory) != Some(false) {
        return None;
    }
    let own = directory.verified_domains().unwrap_or_default();
    let mut named: Vec<&str> = own.iter().map(String::as_str).take(NAMED_MAX).collect();
    if own.len() > NAMED_MAX {
        named.push("…");
    }
    Some(Finding::error(
        "unverified-domain",
        Extent::Cell,
        format!(
            "`{}` is of `{}`, which is no verified domain of the tenant",
            shorten(upn),
            shorten(domain_of(upn))
        ),
        format!(
            "write a name of one of: {}; or verify the domain in the portal first",
            named.join(", ")
        ),
    ))
}

/// The same of a change that gives a name.
pub(super) fn unverified(change: &Change, directory: &Directory) -> Option<Finding> {
    if change.attribute.name != NAME || change.is_clear() {
        return None;
    }
    let after = change.after.to_cell();
    // Who has the domain already keeps it: that is for the service to say.
    let is_kept = domain_of(&change.before.to_cell()).eq_ignore_ascii_case(domain_of(&after));
    unverified_name(&after, directory).filter(|_| !is_kept)
}

/// Said of a sheet that gives names where it is not known which domains the tenant has.
pub fn domains_not_known() -> Finding {
    Finding::warning(
        "domains-not-known",
        Extent::Column,
        "the sheet gives users names, and the domains of the tenant could not be read: whether a name is of a verified domain is not known",
        "nothing to do if the names are right: the service refuses the others; granting Organization.Read.All lets the plan tell beforehand",
    )
}

impl super::CheckedRow {
    /// Whether the row gives a userPrincipalName that nobody has yet.
    pub fn gives_a_name(&self, directory: &Directory) -> bool {
        let wanted = self.wanted_name().filter(|_| !self.is_held());
        wanted.is_some_and(|wanted: &UserKey| directory.find(wanted).is_none())
    }
}
