//! Plain lines for pipes and CI: a line when a phase begins and ends, and one now and then in between.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::bars::position;
use crate::engine::{Counters, Event, Phase};

/// Between two lines of a phase that takes long.
const EVERY: Duration = Duration::from_secs(10);

#[expect(clippy::print_stderr, reason = "this is the listener that prints plain lines")]
pub(super) async fn listen(counters: Arc<Counters>, mut events: mpsc::Receiver<Event>) {
    let mut current: Option<(Phase, Option<u64>)> = None;
    let mut pace: Option<String> = None;
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + EVERY, EVERY);
    loop {
        let line = tokio::select! {
            event = events.recv() => match event {
                None => return,
                Some(event) => {
                    match &event {
                        Event::PhaseStarted { phase, total } => current = Some((*phase, *total)),
                        Event::PhaseFinished { .. } => (current, pace) = (None, None),
                        Event::Pace { .. } => pace = event.pace_text(),
                        Event::Waiting { .. } | Event::OperationSettled { .. } | Event::Stopping { .. } => {}
                    }
                    line(&event)
                }
            },
            _ = ticks.tick() => current.map(|(phase, total)| match &pace {
                Some(pace) => format!("{}: {pace}", phase.title()),
                None => under_way(phase, total, &counters),
            }),
        };
        if let Some(line) = line {
            eprintln!("{line}");
        }
    }
}

fn line(event: &Event) -> Option<String> {
    match event {
        Event::PhaseStarted {
            phase,
            total: Some(total),
        } => Some(format!("{}: {total} {}", phase.title(), phase.unit())),
        Event::PhaseStarted { phase, total: None } => Some(phase.title().to_owned()),
        Event::PhaseFinished { phase, done } => {
            Some(format!("{}: {done} {} done", phase.title(), phase.unit()))
        }
        Event::Waiting { reason, seconds } => Some(format!("waiting {seconds:.0} s: {reason}")),
        // Told every ten seconds, not every one.
        Event::Pace { .. } => None,
        Event::OperationSettled { done: true, .. } | Event::OperationSettled { error: None, .. } => None,
        Event::OperationSettled { row, user, error, .. } => Some(format!(
            "row {row} {user}: {}",
            error.as_deref().unwrap_or("not written")
        )),
        Event::Stopping { reason } => Some(format!("stopping: {reason}")),
    }
}

fn under_way(phase: Phase, total: Option<u64>, counters: &Counters) -> String {
    let done = position(phase, counters);
    match total {
        Some(total) => format!("{}: {done} of {total} {}", phase.title(), phase.unit()),
        None => format!("{}: {done} {}", phase.title(), phase.unit()),
    }
}
