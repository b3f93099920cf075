//! `login` and `logout`: a person's sign-in is kept in the keyring of the operating system, and forgotten.

use serde_json::json;

use super::args::LoginArgs;
use super::connect::Context;
use super::error::CliError;
use super::exit::Exit;
use super::export_shape;
use super::person::{ask, name, person, target};
use super::sign_in::tenant_settings;
use crate::state::{KEYRING, Keyring};

/// Signs a person in, and keeps it.
///
/// # Errors
/// There is no place to keep it, or nobody signed in.
pub async fn login(context: &Context, arguments: &LoginArgs) -> Result<Exit, CliError> {
    let sign_in = target(context)?;
    let name = name(sign_in);
    // Before anybody types a code.
    let keyring = Keyring::proved().map_err(no_keyring)?;
    let permissions = match &arguments.columns {
        Some(columns) => permissions(columns)?,
        None => Vec::new(),
    };
    let settings = tenant_settings(context, sign_in, person(name.clone(), None, None))?;
    let signed_in = ask(context, &settings, &permissions).await?;
    // Whoever was signed in is so no more, in no session of this machine.
    let kept = keyring
        .forget(&name)
        .and_then(|_| keyring.keep(&name, &signed_in.refresh_token));
    if let Err(reason) = kept {
        let _gone = keyring.forget(&name);
        return Err(no_keyring(reason));
    }
    let claims = signed_in.claims.as_ref();
    let who = claims.and_then(|claims| claims.upn.clone());
    let granted = claims.map(|claims| claims.granted()).unwrap_or_default();
    let output = context.output;
    if output.json {
        output.json(&json!({ "user": who, "tenant": sign_in.tenant.value, "permissions": granted }))?;
    }
    output.say(&format!(
        "Signed in{} to tenant {}; kept in {KEYRING}. `dirsheet logout{}` forgets it.",
        who.map_or_else(String::new, |who| format!(" as {who}")),
        sign_in.tenant.value,
        context.directory
    ));
    if !granted.is_empty() {
        output.say(&format!("It may use: {}.", granted.join(", ")));
    }
    Ok(Exit::Done)
}

/// Forgets a person's sign-in.
///
/// # Errors
/// The keyring does not let go of it.
pub fn logout(context: &Context) -> Result<Exit, CliError> {
    let sign_in = target(context)?;
    let forgotten = Keyring::open().and_then(|keyring| keyring.forget(&name(sign_in)));
    let forgotten = forgotten.map_err(|reason| {
        CliError::new(
            Exit::Unexpected,
            format!("it cannot be seen whether a sign-in is kept, so nothing was forgotten: {reason}"),
        )
        .hint("run it in the session in which `dirsheet login` was run; an administrator can revoke all sign-ins of a person (`revoke-sessions`)")
    })?;
    if context.output.json {
        context.output.json(&json!({ "forgotten": forgotten }))?;
    }
    context.output.say(match forgotten {
        true => "Signed out: the sign-in is forgotten here. Tokens that others have seen end by themselves; an administrator can revoke them (`revoke-sessions`).",
        false => "Nobody was signed in.",
    });
    Ok(Exit::Done)
}

/// The least that reads and writes these columns.
fn permissions(columns: &str) -> Result<Vec<&'static str>, CliError> {
    let (columns, unknown) = export_shape::columns(columns, None)?;
    if !unknown.is_empty() {
        return Err(CliError::usage(format!(
            "it is not known which permissions these columns need: {}",
            unknown.join(", ")
        )));
    }
    let mut all: Vec<&'static str> = Vec::new();
    let reads = columns.iter().map(|attribute| attribute.read_permission);
    let may_write = columns.iter().filter(|attribute| attribute.is_writable());
    let writes = may_write.map(|attribute| attribute.write_permission);
    for needed in reads.chain(writes) {
        all.extend(needed.missing(&all).unwrap_or_default());
    }
    Ok(all)
}

fn no_keyring(reason: String) -> CliError {
    CliError::new(
        Exit::SignIn,
        format!("this machine has no safe place to keep a sign-in: {reason}; nothing was kept"),
    )
    .hint("without one, each command asks by itself at a terminal")
    .hint("on Linux, `keyctl session` starts a shell that has a keyring, where the machine allows it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permissions_of_columns_are_the_least_and_each_is_asked_for_once() {
        let asked = permissions("jobTitle,department").unwrap();
        // Not the one that only some clouds have.
        assert!(asked.contains(&"User.ReadWrite.All"), "{asked:?}");
        let asked = permissions("jobTitle,accountEnabled").unwrap();
        let mut once = asked.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), asked.len(), "{asked:?}");
        // What titles need is enough for accounts.
        assert!(!asked.contains(&"User.EnableDisableAccount.All"), "{asked:?}");
        assert!(permissions("shoeSize").is_err());
    }
}
