//! From `[notify]` of a `FEED.toml` to messengers that hold their secrets; and `feed notify`, which tries them.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use tokio::task::JoinHandle;

use super::opening;
use super::telling::complain;
use crate::cli::args::{FeedNotifyArgs, Global};
use crate::cli::connect::authorities_here;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::config::{ConfigError, secret_from_command, secret_from_file};
use crate::feed::settings::{Notices, SecretSource};
use crate::feed::{NightOutcome, NightSummary, NoticeResult};
use crate::notify::{Channels, Fetched, Hook, MailTo, Pace};
use crate::state::try_folder;
use crate::terminal::ProgressMode;

/// The notice that a night begins, on its way while the night goes on: a watchdog that is slow must not keep anybody from being written.
pub struct Starting(JoinHandle<Vec<NoticeResult>>);

impl Starting {
    /// Sends it off.
    pub fn send(channels: &Channels) -> Starting {
        let channels = channels.clone();
        Starting(tokio::spawn(async move { channels.started().await }))
    }

    /// What became of it. To be asked before the end is told: a watchdog that hears of an end and then of a start takes the night for
    /// one that goes on for ever.
    pub async fn arrived(self) -> Vec<NoticeResult> {
        // One that panicked has told its reason on stderr already.
        self.0.await.unwrap_or_default()
    }
}

/// How the notices call the file for Prometheus.
const METRICS: &str = "metrics";

/// `feed notify`: everybody gets a trial message. 6 when somebody did not.
pub async fn run(global: &Global, arguments: &FeedNotifyArgs) -> Result<Exit, CliError> {
    let output = Output::new(global);
    let shown = arguments.settings.display();
    let settings = opening::settings(&arguments.settings)?;
    let whole = std::path::absolute(&arguments.settings).unwrap_or_else(|_| arguments.settings.clone());
    let base = whole.parent().unwrap_or(Path::new(""));
    let channels = channels(&settings.notify, base, authorities_here(global)?).await;
    let mut results = channels.trial(&trial(&settings.name)).await;
    if let Some(problem) = channels.metrics.as_deref().and_then(not_writable) {
        results.push(NoticeResult {
            to: METRICS.to_owned(),
            told: false,
            problem: Some(problem),
        });
    }
    if results.is_empty() && channels.metrics.is_none() {
        return Err(
            CliError::usage(format!("`{shown}` names nobody to be told of a night"))
                .hint("name a webhook, a mail or a watchdog in `[notify]`: docs/feed-notices.md"),
        );
    }
    let told = results.iter().filter(|result| result.told).count();
    if output.json {
        output.json(&json!({ "notices": results }))?;
    }
    if output.json || output.progress() == ProgressMode::Json {
        complain(output, &settings.name, &results);
    }
    if !output.json {
        for result in &results {
            output.data(&format!("{}\n", line(result, &settings.notify)))?;
        }
        if let Some(path) = settings.notify.metrics.as_ref()
            && results.iter().all(|result| result.to != METRICS)
        {
            output.data(&format!(
                "metrics: `{path}` can be written; a night does, and no trial\n"
            ))?;
        }
        output.say(&format!(
            "{told} of {} told, with a message of the feed `{}` that says it is a trial. Nights are told as `when` says.\n",
            results.len(),
            settings.name
        ));
    }
    if told == results.len() {
        return Ok(Exit::Done);
    }
    if !output.json {
        output.say("Mend what is not told, and try again (exit code 6).");
    }
    Ok(Exit::SomeFailed)
}

/// Why a night could not write the file for Prometheus; it makes no folders.
fn not_writable(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let reason = match folder.is_dir() {
        true => try_folder(folder, None).err()?.error.to_string(),
        false => "its folder is not there".to_owned(),
    };
    Some(format!("`{}` cannot be written: {reason}", path.display()))
}

/// Who was to be told, whether it arrived, and what the settings say of them.
fn line(result: &NoticeResult, notices: &Notices) -> String {
    let what = match &result.problem {
        None => "took the trial message".to_owned(),
        Some(problem) => format!("NOT TOLD: {problem}"),
    };
    let number = result
        .to
        .strip_prefix("webhook ")
        .and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
    let hook = number.and_then(|number| notices.webhooks.get(number.checked_sub(1)?));
    let about = match (hook, &notices.mail) {
        (Some(hook), _) => format!(" (shape `{}`, when `{}`)", word(hook.shape), word(hook.when)),
        (None, Some(mail)) if result.to.starts_with("mail") => {
            format!(" (to {}, when `{}`)", mail.to.join(", "), word(mail.when))
        }
        _ => String::new(),
    };
    format!("{}: {what}{about}", result.to)
}

/// The word by which `FEED.toml` says it.
fn word(value: impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
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
/// folder of `FEED.toml`. `authorities`: whom to trust beside the system's.
pub async fn channels(notices: &Notices, base: &Path, authorities: Option<Vec<u8>>) -> Channels {
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
        authorities: authorities.map(Arc::from),
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
