//! From `[notify]` of a `FEED.toml` to messengers that hold their secrets; and `feed notify`, which tries them.

use std::path::Path;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use super::opening;
use super::telling::complain;
use crate::cli::args::FeedNotifyArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::config::{ConfigError, secret_from_command, secret_from_file};
use crate::feed::settings::{Notices, SecretSource};
use crate::feed::{NightOutcome, NightSummary};
use crate::notify::{Channels, Fetched, Hook, MailTo, Pace};

/// `feed notify`: everybody gets a trial message. 6 when somebody did not.
pub async fn run(output: Output, arguments: &FeedNotifyArgs) -> Result<Exit, CliError> {
    let shown = arguments.settings.display();
    let settings = opening::settings(&arguments.settings)?;
    let base = arguments.settings.parent().unwrap_or(Path::new(""));
    let channels = channels(&settings.notify, base).await;
    let results = channels.trial(&trial(&settings.name)).await;
    if results.is_empty() {
        return Err(
            CliError::usage(format!("`{shown}` names nobody to be told of a night"))
                .hint("name a webhook, a mail or a watchdog in `[notify]`: docs/feed-notices.md"),
        );
    }
    if output.json {
        output.json(&json!({ "notices": results }))?;
    } else {
        for result in results.iter().filter(|result| result.told) {
            output.data(&format!("{} took the trial message.\n", result.to))?;
        }
    }
    complain(output, &settings.name, &results);
    Ok(if results.iter().all(|result| result.told) {
        Exit::Done
    } else {
        Exit::SomeFailed
    })
}

/// A night that never was.
fn trial(feed: &str) -> NightSummary {
    NightSummary::new(
        feed,
        NightOutcome::Shown,
        "This is a trial: no night ran, and nothing was read or written.",
        Timestamp::now(),
    )
}

/// Fetches the secrets. One that cannot be fetched is a notice that fails, and no reason to end the night. Paths are from `base`, the
/// folder of `FEED.toml`.
pub async fn channels(notices: &Notices, base: &Path) -> Channels {
    let mut hooks = Vec::new();
    for (index, hook) in notices.webhooks.iter().enumerate() {
        hooks.push(Hook {
            number: index + 1,
            address: fetch(&hook.url, base).await,
            shape: hook.shape,
            when: hook.when,
        });
    }
    let mail = match &notices.mail {
        None => None,
        Some(mail) => {
            let login = match (&mail.user, &mail.password) {
                (None, None) => None,
                (Some(user), Some(password)) => Some((user.clone(), fetch(password, base).await)),
                (Some(user), None) => Some((
                    user.clone(),
                    Err("`user` needs a `password` beside it".to_owned()),
                )),
                (None, Some(_)) => Some((
                    String::new(),
                    Err("`password` needs a `user` beside it".to_owned()),
                )),
            };
            Some(MailTo {
                host: mail.host.clone(),
                port: mail.port,
                security: mail.security,
                from: mail.from.clone(),
                to: mail.to.clone(),
                login,
                when: mail.when,
                attach_all: mail.attach_all,
            })
        }
    };
    let ping = match &notices.ping {
        Some(source) => Some(fetch(source, base).await),
        None => None,
    };
    Channels {
        hooks,
        mail,
        ping,
        metrics: notices.metrics.as_ref().map(|path| base.join(path)),
        pace: Pace::default(),
    }
}

async fn fetch(source: &SecretSource, base: &Path) -> Fetched {
    match source {
        SecretSource::Env(name) => match std::env::var(name) {
            Ok(value) if !value.trim().is_empty() => Ok(SecretString::from(value.trim().to_owned())),
            Ok(_) | Err(std::env::VarError::NotPresent) => {
                Err(format!("{name} is not set in the environment"))
            }
            Err(std::env::VarError::NotUnicode(_)) => Err(format!("{name} in the environment is no text")),
        },
        SecretSource::File(path) => secret_from_file(&base.join(path)).map_err(said),
        SecretSource::Command(words) => {
            let words = words.clone();
            match tokio::task::spawn_blocking(move || secret_from_command(&words)).await {
                Ok(result) => result.map_err(said),
                Err(_) => Err("its command could not be run".to_owned()),
            }
        }
    }
}

fn said(error: ConfigError) -> String {
    match error {
        ConfigError::Secret { origin, reason } => format!("{origin}: {reason}"),
        other => other.to_string(),
    }
}
