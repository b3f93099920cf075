//! What the engine tells while it works: events for the record, counters for the eye.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;

use super::counters::Counters;
use crate::graph::DirectoryReader;

/// The parts of a run that take time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Users from the directory into a sheet.
    Export,
    /// Rows from the sheet.
    Check,
    /// The live values of the users the sheet names.
    Survey,
    /// Writes.
    Apply,
    /// What was written is read back.
    Verify,
}

impl Phase {
    /// What is counted, in words.
    pub fn unit(self) -> &'static str {
        match self {
            Phase::Export | Phase::Survey => "users",
            Phase::Check => "rows",
            Phase::Apply | Phase::Verify => "operations",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Phase::Export => "exporting",
            Phase::Check => "checking the sheet",
            Phase::Survey => "reading the directory",
            Phase::Apply => "applying",
            Phase::Verify => "reading back what was written",
        }
    }
}

/// Something that happened. The names are stable: `--progress json` prints them as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    PhaseStarted {
        phase: Phase,
        total: Option<u64>,
    },
    PhaseFinished {
        phase: Phase,
        done: u64,
    },
    /// The service asked everybody to wait, or answers nothing.
    Waiting {
        reason: String,
        /// While reading, since when it is so; while writing, how long the wait is that begins.
        seconds: f64,
    },
    /// How writing gets on, about once a second.
    Pace {
        settled: u64,
        total: u64,
        /// Operations settled a second lately.
        per_second: f64,
        /// Writes that may go at once, and the most there can be; absent without a quota.
        #[serde(skip_serializing_if = "Option::is_none")]
        budget_left: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        budget: Option<u64>,
        /// Requests that wait for their answer, and how many may.
        in_flight: u64,
        in_flight_max: u64,
        /// Why nothing is sent at the moment.
        #[serde(skip_serializing_if = "Option::is_none")]
        waiting: Option<String>,
        /// To the end of writing; absent when nothing tells.
        #[serde(skip_serializing_if = "Option::is_none")]
        seconds_left: Option<u64>,
    },
    /// An operation is in the journal with its outcome.
    OperationSettled {
        row: u64,
        user: String,
        /// Whether every change of it is in the directory now.
        done: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// The run was asked to end early and settles what is in flight.
    Stopping {
        reason: String,
    },
}

impl Event {
    /// A wait in a line: `waiting 5 s: the service answered 503; attempt 3 follows in 4 s`; `None` for other events. One that
    /// begins has its length in its reason.
    pub fn wait_text(&self) -> Option<String> {
        match self {
            Event::Waiting { reason, seconds } if *seconds < 0.5 => Some(format!("waiting: {reason}")),
            Event::Waiting { reason, seconds } => Some(format!("waiting {seconds:.0} s: {reason}")),
            _ => None,
        }
    }

    /// The pace of a run in a line: `240 of 1,000, 20/s, 12 of 2,970 writes left, about 38 s to go`; `None` for other events.
    pub fn pace_text(&self) -> Option<String> {
        let Event::Pace {
            settled,
            total,
            per_second,
            budget_left,
            budget,
            in_flight,
            waiting,
            seconds_left,
            ..
        } = self
        else {
            return None;
        };
        let mut parts = vec![format!("{settled} of {total}"), format!("{per_second:.0}/s")];
        if let (Some(left), Some(budget)) = (budget_left, budget) {
            parts.push(format!("{left} of {budget} writes left"));
        }
        parts.push(format!("{in_flight} in flight"));
        parts.extend(waiting.iter().cloned());
        parts.extend(seconds_left.map(|left| format!("about {left} s to go")));
        Some(parts.join(", "))
    }
}

/// Between two words about a service that does not answer.
const TROUBLE_EVERY: Duration = Duration::from_secs(5);

/// How many events may wait for the screen before the engine slows down; none is ever dropped.
const EVENTS_WAITING_MAX: usize = 1024;

/// The engine's end: counters that anyone may read, and the channel that loses nothing.
#[derive(Debug, Clone)]
pub struct Reporter {
    counters: Arc<Counters>,
    events: mpsc::Sender<Event>,
}

impl Reporter {
    /// A reporter and the listener's end of its channel.
    pub fn channel() -> (Reporter, mpsc::Receiver<Event>) {
        let (events, listener) = mpsc::channel(EVENTS_WAITING_MAX);
        (
            Reporter {
                counters: Arc::new(Counters::default()),
                events,
            },
            listener,
        )
    }

    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Waits while the listener is behind; a listener that has gone away is no reason to stop working.
    pub async fn emit(&self, event: Event) {
        let _gone = self.events.send(event).await;
    }

    /// Tells what stands in the way of reading: each wait as it begins, and every few seconds that it lasts; never ends by itself.
    pub async fn watch(&self, reader: &DirectoryReader) -> std::convert::Infallible {
        let _shown = reader.show_trouble_here();
        loop {
            let _news_or_not = tokio::time::timeout(TROUBLE_EVERY, reader.next_wait()).await;
            if let Some((reason, since)) = reader.trouble() {
                self.emit(Event::Waiting {
                    reason,
                    seconds: since.as_secs_f64(),
                })
                .await;
            }
        }
    }

    /// The same from a thread that may block.
    pub fn emit_blocking(&self, event: Event) {
        let _gone = self.events.blocking_send(event);
    }
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn the_pace_of_a_run_and_a_wait_are_one_line_each() {
        let pace = Event::Pace {
            settled: 240,
            total: 1_000,
            per_second: 19.96,
            budget_left: Some(12),
            budget: Some(2_970),
            in_flight: 3,
            in_flight_max: 8,
            waiting: Some("the budget of writes is used up".to_owned()),
            seconds_left: Some(38),
        };
        assert_eq!(
            pace.pace_text().unwrap(),
            "240 of 1000, 20/s, 12 of 2970 writes left, 3 in flight, the budget of writes is used up, about 38 s to go"
        );
        let waiting = |seconds| Event::Waiting {
            reason: "the service answered 503".to_owned(),
            seconds,
        };
        assert_eq!(
            waiting(0.2).wait_text().unwrap(),
            "waiting: the service answered 503"
        );
        assert_eq!(
            waiting(4.6).wait_text().unwrap(),
            "waiting 5 s: the service answered 503"
        );
        assert_eq!((pace.wait_text(), waiting(1.0).pace_text()), (None, None));
        let json = serde_json::to_string(&pace).unwrap();
        assert!(
            json.starts_with(
                r#"{"event":"pace","settled":240,"total":1000,"per_second":19.96,"budget_left":12"#
            ),
            "{json}"
        );
    }
}
