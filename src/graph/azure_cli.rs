//! The sign-in of whoever is signed in to the Azure CLI. Microsoft's SDK knows what `az` is called with; the process is ours, so that
//! it ends in time, and with us.
//!
//! <https://learn.microsoft.com/cli/azure/account#az-account-get-access-token>

use std::ffi::OsStr;
use std::io;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_identity::{AzureCliCredential, AzureCliCredentialOptions, Executor};
use uuid::Uuid;

use super::challenge::Challenge;
use super::claims::Claims;
use super::machine::{given, without_tokens};
use super::sign_in::SignInError;
use super::token::Given;
use crate::process::end_group;

/// The Azure CLI starts slowly, and may ask the sign-in service.
const COMMAND_MAX: Duration = Duration::from_secs(60);
/// A challenge of more letters is not put into a line to copy.
const CHALLENGE_CHARS_MAX: usize = 2_000;

/// A token of whoever is signed in to the Azure CLI, for this tenant.
///
/// # Errors
/// `az` is not there, gave none, or answered something else.
pub(super) async fn azure_cli(tenant: &str, scope: &str) -> Result<Given, SignInError> {
    let commands = Arc::new(Commands::default());
    let options = AzureCliCredentialOptions {
        tenant_id: Some(tenant.to_owned()),
        executor: Some(Arc::clone(&commands) as Arc<dyn Executor>),
        ..AzureCliCredentialOptions::default()
    };
    let outcome = match AzureCliCredential::new(Some(options)) {
        Ok(credential) => credential.get_token(&[scope], None).await,
        Err(error) => Err(error),
    };
    outcome.map(|token| given(&token)).map_err(|error| {
        let ended = commands.ended.lock().unwrap_or_else(PoisonError::into_inner).take();
        let description = match &ended {
            Some(ended) if ended.is_not_there() => {
                return SignInError::azure_cli(
                    "the Azure CLI (`az`) is not there".to_owned(),
                    "Install the Azure CLI so that `az` is found on PATH, and run `az login`.".to_owned(),
                );
            }
            Some(ended) => ended.in_words(&error.to_string()),
            None => format!("the Azure CLI (`az`) gave no token: {}", without_tokens(&error.to_string())),
        };
        SignInError::azure_cli(
            description,
            format!(
                "Run `az login --tenant {tenant} --allow-no-subscriptions`, or install the Azure CLI; `az account get-access-token --tenant {tenant} --scope {scope} --query expiresOn` then shows whether it works. In a national cloud, `az cloud set` comes first."
            ),
        )
    })
}

/// The service asks for more than the sign-in of the Azure CLI has, and the line that answers it. Since version 2.76 `az login` takes
/// the challenge: <https://github.com/Azure/azure-cli/pull/31778>, <https://github.com/Azure/azure-cli/pull/31699>. It is answered in a
/// browser, by a person; an application or a managed identity signs in to the Azure CLI anew. `claims`: of the token.
pub(super) fn claims_wanted(
    tenant: &str,
    scope: &str,
    challenge: &Challenge,
    claims: Option<&Claims>,
) -> SignInError {
    const WANTED: &str = "the service asks for more than the sign-in of the Azure CLI has (a claims challenge), and `az` gives the same token again";
    if let Some(claims) = claims.filter(|claims| claims.is_application()) {
        // It stands in a line to copy.
        let app = claims.appid.as_deref().filter(|id| Uuid::try_parse(id).is_ok());
        let app = app.unwrap_or("APP-ID");
        return SignInError::azure_cli(
            WANTED.to_owned(),
            format!(
                "An application is signed in to it: `az logout`, then `az login --service-principal --username {app} --tenant {tenant} --allow-no-subscriptions` with its secret or certificate, or `az login --identity --allow-no-subscriptions` where it is a managed identity; and go on. Or let dirsheet sign in as the application itself (AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or its certificate): then it answers by itself."
            ),
        );
    }
    let anew =
        format!("`az logout`, then `az login --tenant {tenant} --scope {scope} --allow-no-subscriptions`");
    let claims = challenge.in_base64();
    let what_to_do = if claims.len() > CHALLENGE_CHARS_MAX {
        format!("Sign in anew ({anew}), and go on.")
    } else {
        format!(
            "Run `az login --tenant {tenant} --scope {scope} --allow-no-subscriptions --claims-challenge {claims}` (Azure CLI 2.76 or newer; with an older one {anew}), and go on."
        )
    };
    SignInError::azure_cli(WANTED.to_owned(), what_to_do)
}

/// Runs the Azure CLI, for a while and without questions, and remembers how it ended.
#[derive(Debug, Default)]
struct Commands {
    ended: Mutex<Option<Ended>>,
}

#[derive(Debug)]
struct Ended {
    is_good: bool,
    code: Option<i32>,
    /// What it said on stderr.
    text: String,
}

impl Ended {
    fn is_not_there(&self) -> bool {
        self.code == Some(127) || self.text.contains("' is not recognized")
    }

    /// Why there is no token. `error`: what the SDK made of it.
    fn in_words(&self, error: &str) -> String {
        let said = without_tokens(&self.text);
        match (self.is_good, self.code, said.is_empty()) {
            (true, ..) => format!(
                "what the Azure CLI (`az`) answered is no token that can be read: {}",
                without_tokens(error)
            ),
            (false, _, false) => format!("the Azure CLI (`az`) gave no token: {said}"),
            (false, Some(code), true) => {
                format!("the Azure CLI (`az`) ended with exit code {code} and said nothing")
            }
            (false, None, true) => "the Azure CLI (`az`) was ended by somebody else".to_owned(),
        }
    }
}

#[async_trait]
impl Executor for Commands {
    async fn run(&self, program: &OsStr, arguments: &[&OsStr]) -> io::Result<Output> {
        let mut command = tokio::process::Command::new(program);
        // No program of the present folder takes the place of `az`: on Windows a shell would look there first.
        #[cfg(windows)]
        if let Some(root) = std::env::var_os("SYSTEMROOT") {
            command
                .current_dir(root)
                .env("NoDefaultCurrentDirectoryInExePath", "1");
        }
        // It is a shell that starts another program, so there is a group to end. It asks nobody, so it may leave ours.
        #[cfg(unix)]
        command.current_dir("/bin").process_group(0);
        let running = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let group = Group(running.id());
        let output = match tokio::time::timeout(COMMAND_MAX, running.wait_with_output()).await {
            Ok(output) => output?,
            Err(_) => {
                let seconds = COMMAND_MAX.as_secs();
                let text = format!("it did not end within {seconds} s, and was ended");
                return Err(io::Error::new(io::ErrorKind::TimedOut, text));
            }
        };
        group.has_ended();
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(Ended {
            is_good: output.status.success(),
            code: output.status.code(),
            text: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
        Ok(output)
    }
}

/// A process and what it started; on Unix all of it is ended when nobody waits for it any more: on Ctrl-C, and when its time is over.
struct Group(Option<u32>);

impl Group {
    /// Its number may be somebody else's from now on.
    fn has_ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            end_group(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_az_says_a_sentence_of_ours_stands_in_front() {
        for (is_good, code, text, words) in [
            (false, Some(3), "", "ended with exit code 3 and said nothing"),
            (false, None, " \n", "ended by somebody else"),
            (
                false,
                Some(2),
                "az: error: unrecognized arguments: --scope",
                "gave no token: az: error",
            ),
            (
                true,
                Some(0),
                "WARNING: x",
                "answered is no token that can be read: expected value",
            ),
        ] {
            let text = text.to_owned();
            let ended = Ended { is_good, code, text };
            let told = ended.in_words("expected value at line 1 column 1");
            assert!(
                told.contains(words) && told.contains("the Azure CLI (`az`)"),
                "{told}"
            );
        }
    }

    #[test]
    fn a_challenge_is_told_with_the_line_that_answers_it_unless_it_is_too_long_for_one() {
        let challenge = |value: &str| Challenge::of(serde_json::json!({"access_token": {"acrs": value}}));
        let told = claims_wanted("t-1", "s", &challenge("p1"), None).what_to_do;
        let line = "az login --tenant t-1 --scope s --allow-no-subscriptions --claims-challenge eyJ";
        assert!(
            told.contains(line) && told.contains("2.76") && told.contains("az logout"),
            "{told}"
        );
        let told = claims_wanted("t-1", "s", &challenge(&"x".repeat(3_000)), None).what_to_do;
        assert!(
            !told.contains("--claims-challenge") && told.contains("az logout"),
            "{told}"
        );
    }

    #[test]
    fn an_application_is_not_told_to_answer_a_challenge_as_a_person_does() {
        let challenge = Challenge::of(serde_json::json!({"access_token": {"acrs": "p1"}}));
        let id = "0a1b2c3d-0000-4000-8000-00000000000f";
        for (json, of_application, user) in [
            (
                format!(r#"{{"idtyp":"app","appid":"{id}"}}"#),
                true,
                format!("--username {id} --tenant t-1"),
            ),
            (
                r#"{"roles":["A"],"appid":"x; rm"}"#.to_owned(),
                true,
                "--username APP-ID".to_owned(),
            ),
            (
                format!(r#"{{"idtyp":"user","appid":"{id}"}}"#),
                false,
                "az login --tenant t-1".to_owned(),
            ),
        ] {
            let claims: Claims = serde_json::from_str(&json).unwrap();
            let told = claims_wanted("t-1", "s", &challenge, Some(&claims)).what_to_do;
            assert_eq!(told.contains("--service-principal"), of_application, "{told}");
            assert_eq!(told.contains("--claims-challenge"), !of_application, "{told}");
            assert!(told.contains(&user) && !told.contains("rm"), "{told}");
        }
    }
}
