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
    let mut told = Told::default();
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
                    let is_news = told.is_news(&event, current.map(|(phase, _)| position(phase, &counters)));
                    line(&event).filter(|_| is_news)
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

/// Only what the command waits for.
#[expect(clippy::print_stderr, reason = "this is the listener that prints plain lines")]
pub(super) async fn tell_waits(mut events: mpsc::Receiver<Event>) {
    let mut told = Told::default();
    // What went on in between makes the same wait another one.
    let mut settled = 0;
    while let Some(event) = events.recv().await {
        let is_news = told.is_news(&event, Some(settled));
        match event {
            Event::Waiting { .. } if is_news => eprintln!("{}", event.wait_text().unwrap_or_default()),
            Event::OperationSettled { .. } => settled += 1,
            _ => {}
        }
    }
}

/// What a wait was said to be for, and how far the phase had come then.
#[derive(Debug, Default)]
struct Told(Option<(String, Option<u64>)>);

impl Told {
    /// Whether an event says something else than the last one. While nobody is reached the same wait is told again and again, each
    /// time a little longer; it is news when there is another reason, or when something went on in between.
    fn is_news(&mut self, event: &Event, position: Option<u64>) -> bool {
        match event {
            Event::Waiting { reason, .. } => {
                let now = Some((reason.clone(), position));
                let is_news = self.0 != now;
                self.0 = now;
                is_news
            }
            Event::PhaseStarted { .. } | Event::PhaseFinished { .. } => {
                self.0 = None;
                true
            }
            _ => true,
        }
    }
}

fn line(event: &Event) -> Option<String> {
    match event {
        Event::PhaseStarted {
            phase,
            total: Some(total),
        } => Some(format!("{}: {}", phase.title(), counted(*total, *phase))),
        Event::PhaseStarted { phase, total: None } => Some(phase.title().to_owned()),
        Event::PhaseFinished { phase, done } => {
            Some(format!("{}: {} done", phase.title(), counted(*done, *phase)))
        }
        Event::Waiting { .. } => event.wait_text(),
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

/// `1 user`, `2 users`.
fn counted(count: u64, phase: Phase) -> String {
    let unit = phase.unit();
    let unit = if count == 1 {
        unit.strip_suffix('s').unwrap_or(unit)
    } else {
        unit
    };
    format!("{count} {unit}")
}

fn under_way(phase: Phase, total: Option<u64>, counters: &Counters) -> String {
    let done = position(phase, counters);
    match total {
        Some(total) => format!("{}: {done} of {total} {}", phase.title(), phase.unit()),
        None => format!("{}: {}", phase.title(), counted(done, phase)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_once_until_its_reason_changes_or_something_went_on() {
        let mut told = Told::default();
        let waiting = |reason: &str, seconds| Event::Waiting {
            reason: reason.to_owned(),
            seconds,
        };
        let gone = "graph.example cannot be reached";
        assert!(told.is_news(&waiting(gone, 5.0), Some(3)));
        assert!(!told.is_news(&waiting(gone, 10.0), Some(3)));
        let stopping = Event::Stopping {
            reason: "asked to end".to_owned(),
        };
        assert!(told.is_news(&stopping, Some(3)));
        assert!(!told.is_news(&waiting(gone, 15.0), Some(3)));
        assert!(told.is_news(&waiting("the service answered 503", 2.0), Some(3)));
        assert!(told.is_news(&waiting(gone, 5.0), Some(3)));
        assert!(told.is_news(&waiting(gone, 5.0), Some(4)));
        let phase = Event::PhaseFinished {
            phase: Phase::Survey,
            done: 4,
        };
        assert!(told.is_news(&phase, None));
        assert!(told.is_news(&waiting(gone, 5.0), Some(4)));
    }
}
