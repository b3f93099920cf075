//! Which listener a command gets, and its life.

use std::io::IsTerminal;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{bars, ndjson, plain};
use crate::engine::{Counters, Event, Reporter};

/// `--progress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ProgressMode {
    /// Bars on a terminal, plain lines elsewhere.
    #[default]
    Auto,
    Bars,
    Plain,
    /// One JSON object a line, on stderr.
    Json,
    /// Nothing but waits for the service.
    None,
    /// Nothing at all.
    #[value(skip)]
    Silent,
}

impl ProgressMode {
    /// What `auto` means here: bars only where somebody watches them, and not in CI.
    pub fn resolved(self) -> ProgressMode {
        match self {
            ProgressMode::Auto if std::io::stderr().is_terminal() && std::env::var_os("CI").is_none() => {
                ProgressMode::Bars
            }
            ProgressMode::Auto => ProgressMode::Plain,
            chosen => chosen,
        }
    }
}

/// A running listener. Drop the reporter's clones, then call [`Progress::finish`] so that its last line is out before yours.
#[derive(Debug)]
pub struct Progress {
    task: JoinHandle<()>,
}

impl Progress {
    /// Starts the listener and gives the engine's end of the channel.
    /// `colours`: whether a part of it may be dim.
    pub fn start(mode: ProgressMode, colours: bool) -> (Progress, Reporter) {
        let (reporter, events) = Reporter::channel();
        let counters = Arc::clone(reporter.counters());
        let task = tokio::spawn(async move { listen(mode.resolved(), counters, events, colours).await });
        (Progress { task }, reporter)
    }

    /// The same for a program that listens itself: it is called with one event after another.
    pub fn told_to(hear: impl Fn(Event) + Send + 'static) -> (Progress, Reporter) {
        let (reporter, mut events) = Reporter::channel();
        let task = tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                hear(event);
            }
        });
        (Progress { task }, reporter)
    }

    /// Waits until everything was shown.
    pub async fn finish(self) {
        // The listener only prints; if it failed there is nobody left to tell.
        let _shown = self.task.await;
    }
}

async fn listen(mode: ProgressMode, counters: Arc<Counters>, events: mpsc::Receiver<Event>, colours: bool) {
    match mode {
        ProgressMode::Bars => bars::listen(counters, events, colours).await,
        ProgressMode::Json => ndjson::listen(events).await,
        ProgressMode::Plain | ProgressMode::Auto => plain::listen(counters, events).await,
        ProgressMode::None => plain::tell_waits(events).await,
        ProgressMode::Silent => {
            let mut events = events;
            while events.recv().await.is_some() {}
        }
    }
}
