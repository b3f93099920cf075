//! What a night says on stderr while it goes: one JSON object a line with `--progress json`, plain lines otherwise.

use std::time::Instant;

use crate::cli::output::Output;
use crate::feed::{NightEvent, NightStep, NoticeResult};
use crate::terminal::ProgressMode;

/// Tells a night's events.
#[derive(Debug)]
#[allow(dead_code, reason = "the recipe of a night makes it")]
pub struct Teller<'a> {
    output: Output,
    feed: &'a str,
    step: Instant,
}

#[allow(dead_code, reason = "the recipe of a night calls these")]
impl<'a> Teller<'a> {
    /// Says that the night begins.
    pub fn begin(output: Output, feed: &'a str, dry_run: bool) -> Teller<'a> {
        let teller = Teller {
            output,
            feed,
            step: Instant::now(),
        };
        teller.tell(&NightEvent::NightStarted { feed, dry_run });
        teller
    }

    /// Says that a step is done; the next begins now.
    pub fn step(&mut self, step: NightStep) {
        let seconds = (self.step.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        self.tell(&NightEvent::NightStepFinished {
            feed: self.feed,
            step,
            seconds,
        });
        self.step = Instant::now();
    }

    /// Says what became of notices.
    pub fn notices(&self, notices: &[NoticeResult]) {
        complain(self.output, self.feed, notices);
    }

    pub fn tell(&self, event: &NightEvent<'_>) {
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
