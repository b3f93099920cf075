//! A person who signs in: what is kept of it, and the code that is typed in a browser.

use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

use super::connect::Context;
use super::error::CliError;
use super::exit::Exit;
use super::sign_in::{tenant_settings, which_profile};
use crate::config::{SignIn, SignInWith, Target};
use crate::graph::{Credential, DeviceCode, DeviceSignIn, GraphSettings, KeptSignIn, SignInError, SignedIn};
use crate::report::duration;
use crate::state::Keyring;

/// The refresh token of a person: in the keyring, or for this command alone.
pub struct Kept {
    name: String,
    keyring: Option<Keyring>,
    token: Mutex<Option<SecretString>>,
}

/// The token and the keyring are never shown.
impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({:?}, {})", self.name, self.keyring.is_some())
    }
}

impl KeptSignIn for Kept {
    fn refresh_token(&self) -> Result<SecretString, String> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token
            .clone()
            .ok_or_else(|| "nobody is signed in; `dirsheet login` does that".to_owned())
    }

    fn replace(&self, token: SecretString) {
        let mut known = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have signed in since, or signed out: what is kept is theirs, and not this command's.
        if let Some(keyring) = &self.keyring
            && let (Ok(Some(present)), Some(known)) = (keyring.read(&self.name), known.as_ref())
            && present.expose_secret() == known.expose_secret()
        {
            // Where the keyring does not take it, the one before stays good.
            let _kept = keyring.keep(&self.name, &token);
        }
        *known = Some(token);
    }
}

/// Under which name a sign-in is kept: another app, tenant or sign-in service is another one.
pub fn name(sign_in: &SignIn) -> String {
    let app = sign_in.client_id.as_ref().map_or("", |id| id.value.as_str());
    let authority = sign_in.authority_host.value.trim_end_matches('/');
    let authority = authority.trim_start_matches("https://");
    // A keyring of the kernel outlives `su` and `sudo`: another account of the machine is another person.
    let account = account().map_or_else(String::new, |id| format!("/{id}"));
    format!("{authority}/{}/{app}{account}", sign_in.tenant.value).to_lowercase()
}

/// The account of the machine that the command runs as.
#[cfg(target_os = "linux")]
fn account() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").ok().map(|process| process.uid())
}

#[cfg(not(target_os = "linux"))]
fn account() -> Option<u32> {
    None
}

/// The sign-in of a person for a command: what `login` has kept; else somebody is asked, and nothing is kept.
///
/// # Errors
/// Nobody is signed in and nobody can be asked, or the sign-in failed.
pub async fn credential(context: &Context, sign_in: &SignIn) -> Result<Credential, CliError> {
    let name = name(sign_in);
    let opened = Keyring::open().and_then(|keyring| Ok((keyring.read(&name)?, keyring)));
    let (found, keyring) = match opened {
        Ok((found, keyring)) => (found, Ok(keyring)),
        Err(reason) => (None, Err(reason)),
    };
    if let Some(token) = found {
        return Ok(person(name, keyring.ok(), Some(token)));
    }
    if !context.output.can_ask() {
        let error = CliError::new(Exit::SignIn, "nobody is signed in, and nobody can be asked here");
        return Err(match keyring {
            Ok(_) => error.hint(format!("`dirsheet login{}` signs you in", context.directory)),
            Err(reason) => error
                .hint(format!("a sign-in cannot be kept on this machine: {reason}"))
                .hint("run the command at a terminal, where it asks; a program that runs alone signs in as an app"),
        });
    }
    let settings = tenant_settings(context, sign_in, person(name.clone(), None, None))?;
    let signed_in = ask(context, &settings, &[]).await?;
    context.output.say(
        "Signed in for this command only; `dirsheet login` keeps a sign-in where the machine has a safe place for it.",
    );
    Ok(person(name, None, Some(signed_in.refresh_token)))
}

/// A person as the service is asked for.
pub fn person(name: String, keyring: Option<Keyring>, token: Option<SecretString>) -> Credential {
    Credential::Person(Arc::new(Kept {
        name,
        keyring,
        token: Mutex::new(token),
    }))
}

/// Shows a code, and waits until it was typed.
///
/// # Errors
/// The sign-in failed, was declined or not waited for, or is one of another tenant.
pub async fn ask(
    context: &Context,
    settings: &GraphSettings,
    permissions: &[&str],
) -> Result<SignedIn, CliError> {
    let signing_in = DeviceSignIn::open(settings)?;
    let code = signing_in.begin(permissions).await.map_err(told)?;
    show(context, &code);
    tokio::select! {
        signed_in = signing_in.wait(&code) => signed_in.map_err(told),
        () = context.stop.drained() => {
            Err(CliError::new(Exit::Interrupted, "stopped before anybody signed in; nothing was kept"))
        }
    }
}

/// It is a question, so it is shown whatever `--quiet` says.
fn show(context: &Context, code: &DeviceCode) {
    context.output.complain(&format!(
        "To sign in, open {} in a browser and enter the code {}. It is good for {}; Ctrl-C stops waiting.\n",
        code.page,
        code.user_code,
        duration(code.life.as_secs())
    ));
}

fn told(error: SignInError) -> CliError {
    CliError::from(crate::graph::CallError::from(error))
}

/// What is signed in to with a person, for `login` and `logout`.
///
/// # Errors
/// The configuration signs in otherwise, or not at all.
pub fn target(context: &Context) -> Result<&SignIn, CliError> {
    let otherwise = |what: &str| {
        CliError::usage(format!("there is nobody to sign in: {what}")).hint(
            "`sign_in = \"device-code\"` in the profile, or DIRSHEET_SIGN_IN=device-code with AZURE_TENANT_ID and AZURE_CLIENT_ID, signs in a person",
        )
    };
    match &context.config.target {
        Target::Sandbox => Err(otherwise("the embedded directory knows who you are")),
        Target::Missing { missing } => {
            let error = otherwise(&format!("{} is not set", missing.join(", ")));
            Err(match &context.config.unnamed_profiles {
                Some(profiles) => error.hint(which_profile(profiles)),
                None => error,
            })
        }
        Target::Tenant(sign_in) => match sign_in.with {
            SignInWith::DeviceCode => Ok(sign_in),
            SignInWith::AzureCli => {
                Err(CliError::usage("the Azure CLI signs in by itself").hint("run `az login`"))
            }
            _ => Err(otherwise("an app signs in by itself")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "login.example/contoso/app";

    fn kept(keyring: &Keyring) -> Option<String> {
        let token = keyring.read(NAME).unwrap();
        token.map(|token| token.expose_secret().to_owned())
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    /// A command that goes on while something happens, and then gets another token.
    fn renewed_after(meanwhile: impl Fn(&Keyring)) -> Option<String> {
        let keyring = Keyring::in_memory().unwrap();
        keyring.keep(NAME, &secret("Anna 1")).unwrap();
        let command = Kept {
            name: NAME.to_owned(),
            keyring: Some(keyring.again()),
            token: Mutex::new(Some(secret("Anna 1"))),
        };
        meanwhile(&keyring);
        command.replace(secret("Anna 2"));
        // The command itself goes on as who it is.
        assert_eq!(command.refresh_token().unwrap().expose_secret(), "Anna 2");
        kept(&keyring)
    }

    #[test]
    fn a_command_that_goes_on_keeps_its_sign_in_and_takes_nobody_elses_place() {
        assert_eq!(renewed_after(|_| ()).as_deref(), Some("Anna 2"));
        let another = renewed_after(|keyring| keyring.keep(NAME, &secret("Ben 1")).unwrap());
        assert_eq!(another.as_deref(), Some("Ben 1"));
        let nobody = renewed_after(|keyring| assert!(keyring.forget(NAME).unwrap()));
        assert_eq!(nobody, None);
    }
}
