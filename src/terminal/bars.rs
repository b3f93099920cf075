//! Bars for a terminal, fed from the counters ten times a second.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};
use tokio::sync::mpsc;

use crate::engine::{Counters, Event, Phase};

const TICK: Duration = Duration::from_millis(100);

/// `colours`: whether a part may be dim.
pub(super) async fn listen(counters: Arc<Counters>, mut events: mpsc::Receiver<Event>, colours: bool) {
    let mut current: Option<(Phase, ProgressBar)> = None;
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                None => break,
                Some(event) => show(&mut current, &counters, event, colours),
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

fn show(current: &mut Option<(Phase, ProgressBar)>, counters: &Counters, event: Event, colours: bool) {
    match event {
        Event::PhaseStarted { phase, total } => {
            if let Some((_, bar)) = current.take() {
                bar.finish_and_clear();
            }
            let bar = match total {
                Some(total) => ProgressBar::new(total).with_style(style(template(phase), phase, colours)),
                None => ProgressBar::new_spinner().with_style(style(COUNTING, phase, colours)),
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
        Event::Waiting { .. } => {
            if let Some((_, bar)) = current {
                bar.set_message(event.wait_text().unwrap_or_default());
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

/// Of a phase whose end is not known.
const COUNTING: &str = "{prefix:>22} {spinner} {human_pos} {unit}  {rate:.dim}  {msg}";

/// While writing, pace and time left come from the engine, which knows the budget; a bar would only prolong the past.
fn template(phase: Phase) -> &'static str {
    match phase {
        Phase::Apply => "{prefix:>22} [{bar:32}] {human_pos}/{human_len} {unit}  {msg:.dim}",
        Phase::Export | Phase::Check | Phase::Survey | Phase::Verify => {
            "{prefix:>22} [{bar:32}] {human_pos}/{human_len} {unit}  {rate:.dim}  {eta:.dim}  {msg}"
        }
    }
}

/// A template that does not parse is our mistake, and a plain bar is better than none.
fn style(template: &str, phase: Phase, colours: bool) -> ProgressStyle {
    ProgressStyle::with_template(&filled(template, phase, colours))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _gone = out.write_str(&rate(state.per_sec()));
        })
        .progress_chars("=> ")
}

fn filled(template: &str, phase: Phase, colours: bool) -> String {
    let template = template.replace("{unit}", phase.unit());
    match colours {
        true => template,
        false => template.replace(":.dim}", "}"),
    }
}

/// `16,887/s`; a slow one with a digit behind the point.
fn rate(per_second: f64) -> String {
    if per_second < 10.0 {
        return format!("{per_second:.1}/s");
    }
    // Nothing is done so often that it would not fit; a number that is none becomes 0.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded, and never below 0"
    )]
    let whole = per_second.round() as u64;
    format!("{}/s", HumanCount(whole))
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
        for template in [template(Phase::Apply), template(Phase::Survey), COUNTING] {
            for colours in [true, false] {
                let filled = filled(template, Phase::Survey, colours);
                assert!(ProgressStyle::with_template(&filled).is_ok(), "{filled}");
                assert_eq!(filled.contains("dim"), colours, "{filled}");
            }
        }
    }

    #[test]
    fn a_rate_is_told_as_a_person_would() {
        for (per_second, told) in [
            (16_887.227_4, "16,887/s"),
            (2.549, "2.5/s"),
            (0.0, "0.0/s"),
            (99.5, "100/s"),
            (f64::NAN, "0/s"),
        ] {
            assert_eq!(rate(per_second), told);
        }
    }
}
