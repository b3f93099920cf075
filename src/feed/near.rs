//! The name that was probably meant by one that nobody knows.

use strsim::osa_distance;

/// The nearest of the known names, when it is near enough to be a slip. Case, blanks, `-` and `_` do not count.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| -> String {
        let lower = text.to_lowercase();
        lower
            .chars()
            .filter(|c| !matches!(c, '-' | '_' | ' ' | '\u{a0}'))
            .collect()
    };
    let wanted = plain(typed);
    let reach = wanted.chars().count().div_ceil(3);
    let near = known
        .into_iter()
        .map(|name| (osa_distance(&wanted, &plain(name)), name))
        .min_by_key(|(distance, _)| *distance);
    near.filter(|(distance, _)| *distance <= reach)
        .map(|(_, name)| name)
}

/// So many of the known names, the nearest first: what is there where something else was looked for.
pub fn nearest_first(typed: &str, known: &[String], most: usize) -> Vec<String> {
    let wanted = typed.to_lowercase();
    let mut near: Vec<(usize, &String)> = known
        .iter()
        .map(|name| (osa_distance(&wanted, &name.to_lowercase()), name))
        .collect();
    near.sort();
    near.into_iter()
        .take(most)
        .map(|(_, name)| name.clone())
        .collect()
}

/// The only name that begins like another, or with it: `Last` and `Lastname`.
fn begins_alike<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let is_alike = |name: &&&str| {
        let name = name.to_lowercase();
        let is_long = name.chars().count() > 2 && typed.chars().count() > 2;
        is_long && (name.starts_with(&typed) || typed.starts_with(&name))
    };
    let mut alike = known.iter().filter(is_alike);
    alike.next().filter(|_| alike.next().is_none()).copied()
}

/// More names than this nobody reads.
const LISTED_MAX: usize = 16;

/// Names one behind another, each between back-ticks.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let ticked: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    ticked.join(", ")
}

/// `did you mean X?`, when a name is near, and otherwise what can be written.
pub(super) fn suggestion(typed: &str, known: &[&str]) -> String {
    match nearest(typed, known.iter().copied()).or_else(|| begins_alike(typed, known)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "remove it".to_owned(),
        None if known.len() > LISTED_MAX => format!(
            "it can be {}, and {} others",
            listed(known.iter().take(LISTED_MAX).copied()),
            known.len() - LISTED_MAX
        ),
        None => format!("it can be {}", listed(known.iter().copied())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        let known = ["Last Name", "First Name", "Employee ID"];
        for (typed, meant) in [
            ("last name", Some("Last Name")),
            ("LastName", Some("Last Name")),
            ("Frist Name", Some("First Name")),
            ("EmployeeID", Some("Employee ID")),
            ("Salary", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
        assert_eq!(nearest("x", []), None);
        assert_eq!(
            suggestion("Last", &["Lastname", "First"]),
            "did you mean `Lastname`?"
        );
        assert_eq!(
            suggestion("Last", &["Last2", "Lastname"]),
            "did you mean `Last2`?"
        );
        assert_eq!(suggestion("Salary", &["Lastname"]), "it can be `Lastname`");
    }

    #[test]
    fn of_what_is_there_the_nearest_comes_first() {
        let there = ["notes.txt", "hr-002.csv", "HR-001.csv"].map(str::to_owned);
        assert_eq!(
            nearest_first("hrr-*.csv", &there, 2),
            ["HR-001.csv", "hr-002.csv"]
        );
    }
}
