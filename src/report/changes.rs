//! Many changes as a person reads them in a terminal: part by part, the same change of many people in one line, before and
//! after with what differs marked, and how many there are per column and per department.

use super::difference::{Difference, belongs_to_left};
use super::plan::{PlanView, USERS_SHOWN_MAX, counted, folded};
use super::visible::{as_told, fitted, harmless, named, short_enough, width};
use super::{Paint, plan::cells};
use crate::domain::{AccountAction, Alike, Change, DepartmentCount, Part, Review, UserChanges};

/// How many lines of equal changes a part shows before the rest is folded.
const ALIKE_SHOWN_MAX: usize = 20;

/// How many ranges of rows stand behind an equal change.
const RANGES_SHOWN_MAX: usize = 6;

/// How many departments are counted by name.
const DEPARTMENTS_SHOWN_MAX: usize = 10;

/// The columns of a terminal that a name takes in the counts, and the longest bar.
const NAME_WIDTH: usize = 28;
const BAR_WIDTH: u64 = 24;

/// The parts of a review, the most dangerous first.
pub(super) fn parts_text(review: &Review<'_>, view: PlanView) -> String {
    let all: u64 = Part::ALL.iter().map(|part| review.cells(*part)).sum();
    let only_ordinary = all == review.cells(Part::Ordinary);
    let mut text = String::new();
    for part in Part::ALL {
        let count = cells(review.cells(part));
        if review.cells(part) == 0 {
            continue;
        }
        let title = match part {
            Part::Deleted => view.paint.bad(&format!(
                "Deleted ({})",
                counted(review.cells(part), "account", "accounts")
            )),
            Part::Account => view
                .paint
                .warn(&format!("Actions on accounts ({})", review.cells(part))),
            Part::Cleared => view.paint.bad(&format!("Cleared ({count})")),
            Part::Sensitive => view.paint.warn(&format!(
                "Sensitive ({count}): who may sign in, and how an account is got back"
            )),
            Part::Ordinary if only_ordinary => view.paint.bold(&format!("Changes ({count})")),
            Part::Ordinary => view.paint.bold(&format!("Other changes ({count})")),
        };
        text.push_str(&format!("\n{title}\n"));
        text.push_str(&alike(review, part, view));
        text.push_str(&people(review, part, view));
    }
    text
}

/// Who would be made, a line each; what they get stands in the parts below.
pub(super) fn new_users_text(review: &Review<'_>, view: PlanView) -> String {
    let new: Vec<&UserChanges> = review.users().iter().filter(|user| user.is_made()).collect();
    if new.is_empty() {
        return String::new();
    }
    let title = format!("New users ({}): no undo takes them away again", new.len());
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    let mut text = format!("\n{}\n", view.paint.warn(&title));
    for user in new.iter().take(shown_max) {
        text.push_str(&format!("  row {:<5} {}\n", user.row, person(user, view.paint)));
    }
    text + &folded(new.len(), shown_max)
}

/// What is the same for several people, a line each.
fn alike(review: &Review<'_>, part: Part, view: PlanView) -> String {
    let of_part: Vec<&Alike<'_>> = review
        .alike()
        .iter()
        .filter(|alike| Part::of(alike.change) == part)
        .collect();
    let shown_max = if view.full { usize::MAX } else { ALIKE_SHOWN_MAX };
    let mut text = String::new();
    for alike in of_part.iter().take(shown_max) {
        text.push_str(&format!(
            "  {}: {}, {} people{}\n",
            alike.change.attribute.name,
            arrow(alike.change, view),
            alike.users.len(),
            match alike.users.first() {
                // The directory has no rows.
                Some(user) if user.row == 0 => String::new(),
                _ => format!(
                    " {}",
                    view.paint.dim(&format!("({})", rows(&alike.users, view.full)))
                ),
            },
        ));
    }
    text + &folded(of_part.len(), shown_max)
}

/// `rows 3-9, 12`.
fn rows(users: &[&UserChanges], full: bool) -> String {
    let shown_max = if full { usize::MAX } else { RANGES_SHOWN_MAX };
    let (told, is_cut) = spans(users.iter().map(|user| user.row), shown_max);
    format!("rows {told}{}", if is_cut { ", …" } else { "" })
}

/// `3-9, 12`, so many of them at most, and whether there are more.
pub(super) fn spans(numbers: impl Iterator<Item = u64>, shown_max: usize) -> (String, bool) {
    let mut spans: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => spans.push((number, number)),
        }
    }
    let told = spans.iter().take(shown_max).map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    });
    (told.collect::<Vec<_>>().join(", "), spans.len() > shown_max)
}

/// The changes of a part person by person; without those that were told for many, unless everything is to be seen.
fn people(review: &Review<'_>, part: Part, view: PlanView) -> String {
    let is_told = |change: &Change| !view.full && review.is_alike(change);
    let with_changes = review.users().iter().filter_map(|user| {
        let changes: Vec<&Change> = user
            .changes
            .iter()
            .filter(|change| Part::of(change) == part && !is_told(change))
            .collect();
        (!changes.is_empty()).then_some((user, changes))
    });
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    let mut text = String::new();
    let mut count = 0;
    for (user, changes) in with_changes {
        count += 1;
        if count > shown_max {
            continue;
        }
        let place = match user.row {
            // The directory has no rows.
            0 => "  ".to_owned(),
            row => format!("  row {row:<5} "),
        };
        text.push_str(&format!("{place}{}\n", person(user, view.paint)));
        for change in changes {
            text.push_str(&format!(
                "      {:<22} {}\n",
                change.attribute.name,
                arrow(change, view)
            ));
        }
    }
    text + &folded(count, shown_max)
}

/// Who it is: the name that the directory knows, and behind it how people know the person.
pub(super) fn person(user: &UserChanges, paint: Paint) -> String {
    let facts = [&user.person.display_name, &user.person.department];
    let known: Vec<String> = facts
        .into_iter()
        .filter(|fact| !fact.is_empty())
        .map(|fact| shortened(&harmless(fact), FACT_CHARS_MAX))
        .collect();
    let mut upn = shortened(&harmless(&user.upn), UPN_CHARS_MAX);
    if user.invitation.is_some() {
        upn.push_str(" (guest, to be invited)");
    } else if user.is_new {
        upn.push_str(" (new)");
    }
    if known.is_empty() {
        return upn;
    }
    format!("{upn}  {}", paint.dim(&known.join(", ")))
}

/// A userPrincipalName has at most 113 characters, so only one that is none is cut.
const UPN_CHARS_MAX: usize = 113;
const FACT_CHARS_MAX: usize = 40;

fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// `“Commercial ‹Manager›” → “Commercial ‹Director›”`.
pub(super) fn arrow(change: &Change, view: PlanView) -> String {
    if let Some(action) = AccountAction::of(change) {
        return match action {
            AccountAction::Delete => view.paint.bad(action.in_words()),
            _ => action.in_words().to_owned(),
        };
    }
    let (before, after) = (as_told(&change.before), as_told(&change.after));
    if change.is_clear() {
        let whole = Difference::between(&before, "");
        return format!(
            "{} → {}",
            side(&whole, Side::Plain(&before), view),
            view.paint.bad("(cleared)")
        );
    }
    let difference = Difference::between(&before, &after);
    format!(
        "{} → {}",
        side(&difference, Side::Before, view),
        side(&difference, Side::After, view)
    )
}

/// Which of the two texts of a difference is shown.
#[derive(Debug, Clone, Copy)]
enum Side<'t> {
    Before,
    After,
    /// This text alone, nothing marked.
    Plain(&'t str),
}

/// Around what differs so many characters are shown of what does not, and of what differs the beginning and the end.
const AROUND_CHARS_MAX: usize = 30;
const MIDDLE_BEGINNING_CHARS: usize = 60;
const MIDDLE_END_CHARS: usize = 15;

fn side(difference: &Difference<'_>, side: Side<'_>, view: PlanView) -> String {
    let middle = match side {
        Side::Before => difference.before,
        Side::After => difference.after,
        Side::Plain(text) => text,
    };
    if difference.prefix.is_empty() && middle.is_empty() && difference.suffix.is_empty() {
        return "(empty)".to_owned();
    }
    let (prefix, middle, suffix) = if view.full {
        (
            harmless(difference.prefix),
            named(middle),
            harmless(difference.suffix),
        )
    } else {
        (
            last_chars(difference.prefix),
            both_ends(middle),
            first_chars(difference.suffix),
        )
    };
    let marked = match side {
        Side::Plain(_) => middle,
        Side::Before if view.paint.is_on() => view.paint.gone(&middle),
        Side::After if view.paint.is_on() => view.paint.new_here(&middle),
        // Where the texts themselves have such marks, ours would only confuse.
        _ if difference.is_whole() || has_marks(difference) || middle.is_empty() => middle,
        _ => format!("‹{middle}›"),
    };
    format!("“{prefix}{marked}{suffix}”")
}

fn has_marks(difference: &Difference<'_>) -> bool {
    [
        difference.prefix,
        difference.before,
        difference.after,
        difference.suffix,
    ]
    .iter()
    .any(|text| text.contains(['‹', '›']))
}

fn first_chars(text: &str) -> String {
    match text.char_indices().nth(AROUND_CHARS_MAX) {
        Some((at, _)) if is_long(text) => format!("{}…", harmless(&text[..at])),
        _ => harmless(text),
    }
}

/// A sign that something is left out should not stand for a few characters.
fn is_long(text: &str) -> bool {
    text.chars().nth(AROUND_CHARS_MAX + 10).is_some()
}

fn last_chars(text: &str) -> String {
    let too_many = text.chars().count().saturating_sub(AROUND_CHARS_MAX);
    match text.char_indices().nth(too_many) {
        Some((at, _)) if is_long(text) => {
            format!("…{}", harmless(text[at..].trim_start_matches(belongs_to_left)))
        }
        _ => harmless(text),
    }
}

/// What differs: all of it, or its beginning and its end and how much there is between.
fn both_ends(text: &str) -> String {
    let count = text.chars().count();
    let shown = MIDDLE_BEGINNING_CHARS + MIDDLE_END_CHARS;
    if count <= shown + 20 {
        return named(text);
    }
    let at = |number: usize| text.char_indices().nth(number).map_or(text.len(), |(at, _)| at);
    format!(
        "{}…({} more)…{}",
        named(&text[..at(MIDDLE_BEGINNING_CHARS)]),
        count - shown,
        named(&text[at(count - MIDDLE_END_CHARS)..])
    )
}

/// How many changes there are per column and per department; only worth a table when there are several users.
pub(super) fn counts_text(review: &Review<'_>, paint: Paint) -> String {
    if review.users().len() < 2 {
        return String::new();
    }
    per_column(review, paint) + &per_department(review, paint)
}

fn per_column(review: &Review<'_>, paint: Paint) -> String {
    let columns = review.columns();
    let most = columns.first().map_or(1, |count| count.set + count.cleared);
    let mut text = format!("\n{}\n", paint.bold("Per column"));
    // Names of one family differ at their ends, so none is cut.
    let name = |attribute| short_enough(attribute, NAME_WIDTH);
    let widths = columns.iter().map(|count| width(name(count.attribute)));
    let wide = widths.fold(NAME_WIDTH, usize::max);
    for count in columns {
        let told = match (count.set, count.cleared) {
            (_, 0) => String::new(),
            (0, _) => "  cleared".to_owned(),
            (set, cleared) => format!("  {set} set, {cleared} cleared"),
        };
        let set = bar(count.set, most, '#');
        let cleared = paint.bad(&bar(count.cleared, most, '-'));
        let (name, all) = (fitted(name(count.attribute), wide), count.set + count.cleared);
        text.push_str(&format!("  {name} {all:>6}  {set}{cleared}{told}\n"));
    }
    text
}

fn per_department(review: &Review<'_>, paint: Paint) -> String {
    let departments = review.departments();
    // Of a single group without a name there is nothing to tell.
    if departments.iter().all(|count| count.department.is_empty()) {
        return String::new();
    }
    let shown_max = match departments.len() {
        // No line is saved by folding one department.
        count if count <= DEPARTMENTS_SHOWN_MAX + 1 => count,
        _ => DEPARTMENTS_SHOWN_MAX,
    };
    let (shown, rest) = departments.split_at(shown_max);
    let sum = |of: fn(&DepartmentCount<'_>) -> u64| rest.iter().map(of).sum::<u64>();
    let others = (sum(|count| count.users), sum(|count| count.cells));
    let mut lines: Vec<(String, u64, u64)> = shown
        .iter()
        .map(|count| {
            let name = match count.department {
                "" => "(no department)".to_owned(),
                name => harmless(name),
            };
            (name, count.users, count.cells)
        })
        .collect();
    if !rest.is_empty() {
        lines.push((format!("others ({} departments)", rest.len()), others.0, others.1));
    }
    // All the others together would make the bars of single departments too short to compare.
    let most = shown.first().map_or(1, |count| count.users);
    let figures: Vec<String> = lines
        .iter()
        .map(|(_, users, cells_changed)| {
            format!("{}, {}", counted(*users, "user", "users"), cells(*cells_changed))
        })
        .collect();
    let wide = figures.iter().map(|figures| width(figures)).max().unwrap_or(0);
    let mut text = format!("\n{}\n", paint.bold("Per department"));
    for (at, ((name, users, _), figures)) in lines.iter().zip(figures).enumerate() {
        let bar = if at < shown.len() {
            bar(*users, most, '#')
        } else {
            String::new()
        };
        let line = format!("  {} {}  {bar}", fitted(name, NAME_WIDTH), fitted(&figures, wide));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A bar that is there for everything that is there.
fn bar(count: u64, most: u64, sign: char) -> String {
    let length = match count {
        0 => 0,
        count => (count * BAR_WIDTH / most.max(1)).max(1),
    };
    std::iter::repeat_n(sign, usize::try_from(length).unwrap_or(0)).collect()
}
