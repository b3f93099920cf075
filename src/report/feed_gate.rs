//! What the health gate says of a file: a table of its measures, refused ones first, what it looks like, and what to do.

use serde_json::{Value as Json, json};
use unicode_width::UnicodeWidthStr;

use super::Paint;
use super::feed_gate_hint;
use super::plan::{counted, printable};
use crate::domain::age_in_words;
use crate::feed::Refusal;
use crate::feed::gate::{Amount, Figures, GateOutcome, Measure, MeasureName, Standing, Verdict};

/// For people, with the figures of the file that was judged. With `full`, measures of columns that passed are shown as well.
pub fn feed_gate_text(figures: &Figures, verdict: &Verdict, full: bool, paint: Paint) -> String {
    let (title, paints): (_, fn(Paint, &str) -> String) = match verdict.outcome {
        GateOutcome::Passed => ("passes the health gate", Paint::good),
        GateOutcome::Refused => (
            "is refused by the health gate; nothing is planned from it",
            Paint::bad,
        ),
        GateOutcome::FirstRun => ("has no good night before it to be held against", Paint::warn),
    };
    let mut text = format!(
        "{}\n",
        paints(paint, &format!("`{}` {title}.", printable(&figures.file.name)))
    );
    if let Some(last) = verdict.last_good {
        text.push_str(&format!("The last good file is of {last}.\n"));
    }
    text.push('\n');
    let shown = |measure: &&Measure| {
        full || (measure.column.is_none() && measure.attribute.is_none()) || !is_quiet(measure.standing)
    };
    text.push_str(&table(verdict.measures.iter().filter(shown), paint));
    let passed = verdict.measures.iter().filter(|measure| !shown(measure)).count() as u64;
    if passed > 0 {
        text.push_str(&format!(
            "{} of columns passed or are off\n",
            counted(passed, "more measure", "more measures")
        ));
    }
    if verdict.outcome == GateOutcome::FirstRun {
        text.push_str(&figures_text(figures, paint));
    }
    if !verdict.hints.is_empty() {
        text.push_str(&format!("\n{}\n", paint.bold("What it looks like:")));
        verdict
            .hints
            .iter()
            .for_each(|told| text.push_str(&format!("- {}\n", feed_gate_hint(told))));
    }
    text.push_str(&help(verdict));
    text
}

/// For programs.
pub fn feed_gate_json(figures: &Figures, verdict: &Verdict) -> Json {
    json!({ "figures": figures, "gate": verdict, "looks_like": verdict.hints.iter().map(feed_gate_hint).collect::<Vec<_>>() })
}

/// A measure in the words of a notice and of a night's summary.
pub fn feed_gate_refusal(measure: &Measure) -> Refusal {
    let word = measure.name.as_str();
    let about = match (&measure.column, &measure.attribute, &measure.table) {
        (Some(column), ..) => format!(" (column `{}`)", printable(column)),
        (None, Some(attribute), _) => format!(" ({})", printable(attribute)),
        (None, None, Some(table)) => format!(" (table `{}`)", printable(table)),
        (None, None, None) => String::new(),
    };
    let which = if measure.name.is_over_nights() {
        "best of the last good nights"
    } else {
        "last good"
    };
    let then = measure
        .then
        .as_ref()
        .map_or_else(String::new, |then| format!(", {which} {}", amount(then)));
    let counted = if measure.counted == measure.now {
        String::new()
    } else {
        format!("; counted {}", amount(&measure.counted))
    };
    let allowed = limit(measure);
    Refusal {
        rule: format!("gate.{word}{about}"),
        found: format!("{}{then}{counted}", amount(&measure.now)),
        allowed: if allowed.is_empty() {
            "none".to_owned()
        } else {
            allowed
        },
        lift: measure.name.can_be_lifted().then(|| word.to_owned()),
        counted: None,
        who: Vec::new(),
        who_total: 0,
        help: if measure.name == MeasureName::ColumnMissing {
            "have the file written again, or correct FEED.toml".to_owned()
        } else {
            format!(
                "have the file written again if it is wrong; if it is right, `--lift {word}` lets it pass once"
            )
        },
    }
}

fn is_quiet(standing: Standing) -> bool {
    matches!(standing, Standing::Passed | Standing::Off)
}

fn table<'a>(measures: impl Iterator<Item = &'a Measure>, paint: Paint) -> String {
    let head = ["", "measure", "now", "last good", "counted", "allowed"].map(str::to_owned);
    let mut rows = vec![(None, head)];
    for measure in measures {
        let best = if measure.name.is_over_nights() {
            " at best"
        } else {
            ""
        };
        let then = measure
            .then
            .as_ref()
            .map_or_else(String::new, |then| format!("{}{best}", amount(then)));
        let is_now = measure.counted == measure.now;
        let counted = if is_now {
            String::new()
        } else {
            amount(&measure.counted)
        };
        let standing = standing(measure.standing).to_owned();
        let cells = [
            standing,
            name(measure),
            amount(&measure.now),
            then,
            counted,
            limit(measure),
        ];
        rows.push((Some(measure.standing), cells));
    }
    aligned(&rows, paint)
}

/// What a person needs to know a file by that nothing can be held against.
fn figures_text(figures: &Figures, paint: Paint) -> String {
    let mut rows = vec![(None, ["column", "blank", "different values"].map(str::to_owned))];
    for column in &figures.mapped {
        let blanks = Amount::Share {
            count: column.blanks,
            of: figures.rows,
        };
        let cells = [
            printable(&column.header),
            amount(&blanks),
            grouped(column.distinct),
        ];
        rows.push((Some(Standing::Passed), cells));
    }
    format!(
        "\n{} with {}, {} columns, {}\n{}",
        counted(figures.rows, "row", "rows"),
        counted(figures.keys, "key", "different keys"),
        figures.columns.len(),
        printable(&figures.file.encoding),
        aligned(&rows, paint)
    )
}

fn aligned<const N: usize>(rows: &[(Option<Standing>, [String; N])], paint: Paint) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|(_, cells)| cells[column].width())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for (standing, cells) in rows {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        let line = line.trim_end();
        let line = match standing {
            None => paint.bold(line),
            Some(Standing::Refused) => paint.bad(line),
            Some(Standing::Warned | Standing::Lifted) => paint.warn(line),
            Some(Standing::Passed | Standing::Off) => line.to_owned(),
        };
        text.push_str(&format!("{line}\n"));
    }
    text
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Refused => "refused",
        Standing::Warned => "warning",
        Standing::Lifted => "lifted",
        Standing::Passed => "passed",
        Standing::Off => "off",
    }
}

fn name(measure: &Measure) -> String {
    let about = [&measure.column, &measure.attribute, &measure.table];
    match about.into_iter().flatten().next() {
        Some(about) => format!("{} `{}`", measure.name.as_str(), printable(about)),
        None => measure.name.as_str().to_owned(),
    }
}

fn limit(measure: &Measure) -> String {
    let Some(limit) = &measure.limit else {
        return String::new();
    };
    let share = limit
        .percent
        .map_or_else(String::new, |percent| format!("{percent} %, "));
    let least = match measure.name {
        MeasureName::RowsMin | MeasureName::CoverageMin => "at least ",
        _ => "",
    };
    format!(
        "{least}{} ({share}{})",
        amount(&limit.allowed),
        printable(&limit.origin)
    )
}

fn amount(amount: &Amount) -> String {
    match amount {
        Amount::Count(count) => grouped(*count),
        Amount::Share { count: 0, .. } => "0".to_owned(),
        Amount::Share { count, of } => match tenths(*count, *of) {
            Some(tenths) => format!("{} ({} %)", grouped(*count), decimal(tenths)),
            None => grouped(*count),
        },
        Amount::PointTenths(tenths) => format!("{} points", decimal(*tenths)),
        Amount::PointMillionths(millionths) => format!("{} points", exact(*millionths)),
        Amount::Seconds(seconds) if *seconds < 0 => {
            format!(
                "{} ahead",
                age_in_words(jiff::SignedDuration::from_secs(seconds.saturating_neg()))
            )
        }
        Amount::Seconds(seconds) => age_in_words(jiff::SignedDuration::from_secs(*seconds)),
        Amount::Moment(moment) => moment.to_string(),
        Amount::Text(text) => printable(text),
    }
}

fn tenths(count: u64, of: u64) -> Option<i64> {
    i64::try_from(count.saturating_mul(1000).checked_div(of)?).ok()
}

fn decimal(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths.unsigned_abs() % 10)
}

/// With as many decimals as part it from the tenths before it: `5.03`, `5.0004`.
fn exact(millionths: i64) -> String {
    let whole = millionths / 1_000_000;
    let decimals = format!("{:06}", millionths.unsigned_abs() % 1_000_000);
    let told = decimals.char_indices().skip(1).find(|(_, digit)| *digit != '0');
    let end = told.map_or(decimals.len(), |(at, _)| at + 1);
    format!("{whole}.{}", decimals.get(..end).unwrap_or(&decimals))
}

/// `12,345`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn help(verdict: &Verdict) -> String {
    match verdict.outcome {
        GateOutcome::Passed => String::new(),
        GateOutcome::FirstRun => {
            "\nLook at these figures: `--go` says, this once, that they are those of your organisation.\n"
                .to_owned()
        }
        GateOutcome::Refused => {
            let mut names: Vec<&str> = Vec::new();
            for measure in verdict
                .refused()
                .filter(|measure| measure.name != MeasureName::ColumnMissing)
            {
                if !names.contains(&measure.name.as_str()) {
                    names.push(measure.name.as_str());
                }
            }
            let lift = match names.is_empty() {
                true => "Without its columns nothing can be made of the file: have it written again, or correct FEED.toml.".to_owned(),
                false => format!(
                    "Have the file written again if it is wrong. If it is right, `--lift {}` lets it pass once; the thresholds stand under `[gate]` in FEED.toml.",
                    names.join(",")
                ),
            };
            format!("\n{lift}\n")
        }
    }
}
