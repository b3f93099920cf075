//! Everybody who is told of a night: at once, and in bounded time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::task::JoinSet;

use super::{http, mail, metrics, shapes, words};
use crate::feed::settings::{HookShape, MailSecurity, When};
use crate::feed::{NightOutcome, NightSummary, NoticeResult};

/// A secret that was fetched, or why it could not be.
pub type Fetched = Result<SecretString, String>;

/// Who is told, with everything that is needed for it.
#[derive(Debug, Clone, Default)]
pub struct Channels {
    pub hooks: Vec<Hook>,
    pub mail: Option<MailTo>,
    /// The address of a watchdog.
    pub ping: Option<Fetched>,
    /// The text file for Prometheus.
    pub metrics: Option<PathBuf>,
    /// Whom to trust beside the system's authorities, in PEM. What is no such text counts as nothing: that people are told of a night
    /// must not end with it.
    pub authorities: Option<Arc<[u8]>>,
    pub pace: Pace,
}

/// How long a notice may take, and whom it trusts on its way.
pub(super) type Road<'r> = (&'r Pace, Option<&'r [u8]>);

/// A webhook.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its place in `FEED.toml`, from 1.
    pub number: usize,
    pub address: Fetched,
    pub shape: HookShape,
    pub when: When,
}

/// A mail.
#[derive(Debug, Clone)]
pub struct MailTo {
    pub host: String,
    pub port: Option<u16>,
    pub security: MailSecurity,
    pub from: String,
    pub to: Vec<String>,
    /// Name and password.
    pub login: Option<(String, Fetched)>,
    pub when: When,
    /// The report of all rows goes along.
    pub attach_all: bool,
}

/// How long telling may take.
#[derive(Debug, Clone)]
pub struct Pace {
    /// The pause before each further attempt; so many more there are.
    pub pauses: Vec<Duration>,
    pub attempt: Duration,
    /// One notice, with all its attempts.
    pub whole: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            pauses: vec![Duration::from_secs(1), Duration::from_secs(3)],
            attempt: Duration::from_secs(10),
            whole: Duration::from_secs(30),
        }
    }
}

impl Channels {
    /// Tells the watchdog that a night begins.
    pub async fn started(&self) -> Vec<NoticeResult> {
        match &self.ping {
            Some(address) => {
                let road = (&self.pace, self.authorities.as_deref());
                vec![ping(address.clone(), "/start", String::new(), road).await]
            }
            None => Vec::new(),
        }
    }

    /// Sends everybody a message that says it is a trial, whatever they want to hear; the metrics stay as they are.
    pub async fn trial(&self, night: &NightSummary) -> Vec<NoticeResult> {
        let mut all = self.clone();
        all.metrics = None;
        for hook in &mut all.hooks {
            hook.when = When::Always;
        }
        if let Some(mail) = &mut all.mail {
            mail.when = When::Always;
        }
        all.ended(night).await
    }

    /// Tells everybody how the night ended; never longer than [`Pace::whole`], as all are told at once. A dry run has somebody
    /// who watches it, and tells nobody.
    pub async fn ended(&self, night: &NightSummary) -> Vec<NoticeResult> {
        if night.dry_run {
            return Vec::new();
        }
        let night = &night.for_messages();
        let mut tasks: JoinSet<(usize, NoticeResult)> = JoinSet::new();
        let mut place = 0;
        for hook in self.hooks.iter().filter(|hook| wants(hook.when, night)) {
            let (hook, pace, trusted) = (hook.clone(), self.pace.clone(), self.authorities.clone());
            let body = shapes::body(hook.shape, night);
            let to = format!("webhook {}", hook.number);
            tasks.spawn(async move {
                let road = (&pace, trusted.as_deref());
                (place, http::post(to, &hook.address, "", body, road).await)
            });
            place += 1;
        }
        if let Some(mail) = self.mail.as_ref().filter(|mail| wants(mail.when, night)) {
            let (mail, night, pace) = (mail.clone(), night.clone(), self.pace.clone());
            let trusted = self.authorities.clone();
            tasks.spawn(async move {
                (
                    place,
                    mail::send(&mail, &night, (&pace, trusted.as_deref())).await,
                )
            });
            place += 1;
        }
        if let Some(address) = &self.ping {
            let (address, pace, trusted) = (address.clone(), self.pace.clone(), self.authorities.clone());
            let suffix = if is_well(night.outcome) { "" } else { "/fail" };
            let text = words::short(night);
            tasks.spawn(async move {
                (
                    place,
                    ping(address, suffix, text, (&pace, trusted.as_deref())).await,
                )
            });
            place += 1;
        }
        let mut told: Vec<(usize, NoticeResult)> = Vec::new();
        if let Some(path) = &self.metrics {
            told.push((place, metrics::write(path, night)));
        }
        while let Some(done) = tasks.join_next().await {
            // A task that panicked has told its reason on stderr already.
            told.extend(done.ok());
        }
        told.sort_by_key(|(place, _)| *place);
        told.into_iter().map(|(_, result)| result).collect()
    }
}

/// Whether somebody wants to hear of this night.
pub(super) fn wants(when: When, night: &NightSummary) -> bool {
    match when {
        When::Always => true,
        When::Changes => {
            night.outcome.is_trouble() || night.counts.users_written > 0 || !night.resumed.is_empty()
        }
        When::Trouble => night.outcome.is_trouble(),
    }
}

/// Whether the watchdog hears that all is well. Rows that need a person are work for people, and no reason to be woken.
fn is_well(outcome: NightOutcome) -> bool {
    !outcome.is_trouble() || outcome == NightOutcome::NeedsPerson || outcome == NightOutcome::Waiting
}

async fn ping(address: Fetched, suffix: &str, text: String, road: Road<'_>) -> NoticeResult {
    http::post("ping".to_owned(), &address, suffix, http::Body::Text(text), road).await
}

/// A notice that did not arrive.
pub(super) fn failed(to: impl Into<String>, problem: impl Into<String>) -> NoticeResult {
    NoticeResult {
        to: to.into(),
        told: false,
        problem: Some(problem.into()),
    }
}

pub(super) fn told(to: impl Into<String>) -> NoticeResult {
    NoticeResult {
        to: to.into(),
        told: true,
        problem: None,
    }
}
