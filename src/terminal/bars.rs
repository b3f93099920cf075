//! Bars for a terminal, fed from the counters ten times a second.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::mpsc;

use crate::engine::{Counters, Event, Phase};

const TICK: Duration = Duration::from_millis(100);

pub(super) async fn listen(counters: Arc<Counters>, mut events: mpsc::Receiver<Event>) {
    let mut current: Option<(Phase, ProgressBar)> = None;
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                None => break,
                Some(event) => show(&mut current, &counters, event),
            },
            _ = ticks.tick() => if let Some((phase, bar)) = &current {
                bar.set_position(position(*phase, &counters));
                bar.tick();
            },
        }
    }
    if let Some((_, bar)) = current {
        bar.finish_and_clear();
    }
}

fn show(current: &mut Option<(Phase, ProgressBar)>, counters: &Counters, event: Event) {
    match event {
        Event::PhaseStarted { phase, total } => {
            if let Some((_, bar)) = current.take() {
                bar.finish_and_clear();
            }
            let bar = match total {
                Some(total) => ProgressBar::new(total).with_style(style(template(phase), phase)),
                None => ProgressBar::new_spinner().with_style(style(
                    "{prefix:>22} {spinner} {human_pos} {unit}  {per_sec:.dim}  {msg}",
                    phase,
                )),
            };
            bar.set_prefix(phase.title());
            *current = Some((phase, bar));
        }
        Event::PhaseFinished { phase, .. } => {
            if let Some((_, bar)) = current.take() {
                bar.set_position(position(phase, counters));
                bar.finish_and_clear();
            }
        }
        Event::Waiting { reason, seconds } => {
            if let Some((_, bar)) = current {
                bar.set_message(format!("waiting {seconds:.0} s: {reason}"));
            }
        }
        Event::Pace { .. } => {
            if let Some((_, bar)) = current {
                bar.set_message(event.pace_text().unwrap_or_default());
            }
        }
        Event::OperationSettled {
            row,
            user,
            done,
            error,
        } => {
            if let Some((_, bar)) = current
                && let Some(error) = error.filter(|_| !done)
            {
                bar.println(format!("row {row} {user}: {error}"));
            }
        }
        Event::Stopping { reason } => {
            if let Some((_, bar)) = current {
                bar.println(format!("stopping: {reason}"));
            }
        }
    }
}

/// While writing, pace and time left come from the engine, which knows the budget; a bar would only prolong the past.
fn template(phase: Phase) -> &'static str {
    match phase {
        Phase::Apply => "{prefix:>22} [{bar:32}] {human_pos}/{human_len} {unit}  {msg:.dim}",
        Phase::Export | Phase::Check | Phase::Survey | Phase::Verify => {
            "{prefix:>22} [{bar:32}] {human_pos}/{human_len} {unit}  {per_sec:.dim}  {eta:.dim}  {msg}"
        }
    }
}

/// A template that does not parse is our mistake, and a plain bar is better than none.
fn style(template: &str, phase: Phase) -> ProgressStyle {
    ProgressStyle::with_template(&template.replace("{unit}", phase.unit()))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

pub(super) fn position(phase: Phase, counters: &Counters) -> u64 {
    match phase {
        Phase::Export | Phase::Survey => counters.users_read.get(),
        Phase::Check => counters.rows_checked.get(),
        Phase::Apply => counters.operations_settled.get(),
        Phase::Verify => counters.operations_verified.get(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bar_templates_are_valid() {
        for template in [
            template(Phase::Apply),
            template(Phase::Survey),
            "{prefix:>22} {spinner} {human_pos} {unit}  {per_sec:.dim}  {msg}",
        ] {
            assert!(
                ProgressStyle::with_template(&template.replace("{unit}", "users")).is_ok(),
                "{template}"
            );
        }
    }
}
