//! What a night says on stderr while it goes: one JSON object a line with `--progress json`, plain lines otherwise.

use std::time::Instant;

use crate::cli::output::Output;
use crate::engine::EverybodyTold;
use crate::feed::{NightEvent, NightStep, NightSummary, NoticeResult, Refusal};
use crate::terminal::ProgressMode;

/// Tells a night's events.
#[derive(Debug)]
pub struct Teller {
    output: Output,
    feed: String,
    step: Instant,
}

impl Teller {
    /// Says that the night begins.
    pub fn begin(output: Output, feed: &str, dry_run: bool) -> Teller {
        let teller = Teller {
            output,
            feed: feed.to_owned(),
            step: Instant::now(),
        };
        teller.tell(&NightEvent::NightStarted { feed, dry_run });
        teller
    }

    /// Says that a step is done; the next begins now.
    pub fn step(&mut self, step: NightStep) {
        let seconds = (self.step.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        self.tell(&NightEvent::NightStepFinished {
            feed: &self.feed,
            step,
            seconds,
        });
        self.step = Instant::now();
    }

    /// Says what became of notices.
    pub fn notices(&self, notices: &[NoticeResult]) {
        complain(self.output, &self.feed, notices);
    }

    /// Says how everybody was read.
    pub fn directory(&self, told: &EverybodyTold) {
        self.tell(&NightEvent::DirectoryRead {
            feed: &self.feed,
            way: told.way,
            users: told.users,
            changed: told.changed,
            why: told.why_not_refreshed.as_deref().or(told.why_pages.as_deref()),
        });
    }

    /// Says what the gate measured, the passed measures for programs only.
    pub fn gate(&self, measured: &[(Refusal, bool)]) {
        for (measure, passed) in measured {
            self.tell(&NightEvent::GateMeasured {
                feed: &self.feed,
                rule: &measure.rule,
                found: &measure.found,
                allowed: &measure.allowed,
                passed: *passed,
            });
        }
    }

    /// Says how the night ended, to programs.
    pub fn finished(&self, night: &NightSummary) {
        let night = &night.without_names();
        self.tell(&NightEvent::NightFinished { night });
    }

    fn tell(&self, event: &NightEvent<'_>) {
        if self.output.progress() == ProgressMode::Json {
            self.output.complain(&event.json());
        } else if let Some(line) = event.plain() {
            self.output.say(&line);
        }
    }
}

/// Says what became of notices; one that did not arrive is said even to those who asked for quiet.
pub fn complain(output: Output, feed: &str, notices: &[NoticeResult]) {
    for notice in notices {
        let event = NightEvent::NoticeSent { feed, notice };
        if output.progress() == ProgressMode::Json {
            output.complain(&event.json());
        } else if let Some(warning) = event.plain() {
            output.complain(&warning);
        }
    }
}
