//! A setting that is not known is mostly one that was misspelt.

/// The message about an unknown setting with the one that was probably meant.
///
/// The message is the TOML reader's: an unknown field and the known ones, each between back-ticks.
pub(super) fn with_suggestion(message: &str) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (Some(unknown), true) = (names.first(), message.starts_with("unknown field")) else {
        return message.to_owned();
    };
    let nearest = names
        .iter()
        .skip(1)
        .map(|known| (distance(unknown, known), *known))
        .min();
    match nearest {
        Some((distance, known)) if distance <= unknown.len().div_ceil(3) => {
            format!("{message}; did you mean `{known}`?")
        }
        _ => message.to_owned(),
    }
}

/// How many letters must be added, taken out or changed; `-` and `_` are the same.
fn distance(from: &str, to: &str) -> usize {
    let plain = |text: &str| -> Vec<char> { text.to_lowercase().replace('-', "_").chars().collect() };
    let (from, to) = (plain(from), plain(to));
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.iter().enumerate() {
        let mut next = vec![at + 1];
        for (other, (known, pair)) in to.iter().zip(row.windows(2)).enumerate() {
            let (diagonal, above) = match pair {
                [diagonal, above] => (*diagonal, *above),
                _ => continue,
            };
            let left = next.get(other).copied().unwrap_or(usize::MAX - 1);
            next.push(
                (diagonal + usize::from(letter != known))
                    .min(above + 1)
                    .min(left + 1),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or(from.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_setting_is_told_with_the_nearest_known_one() {
        let known = "expected one of `max_users`, `max_column`, `max_clears`, `protected`";
        for (typed, meant) in [
            ("max_user", Some("max_users")),
            ("max-clears", Some("max_clears")),
            ("maxcolumns", Some("max_column")),
            ("Protected", Some("protected")),
            ("colour", None),
        ] {
            let message = format!("unknown field `{typed}`, {known}");
            let told = with_suggestion(&message);
            match meant {
                Some(meant) => assert_eq!(told, format!("{message}; did you mean `{meant}`?")),
                None => assert_eq!(told, message),
            }
        }
        assert_eq!(
            with_suggestion("invalid type: `max_users`"),
            "invalid type: `max_users`"
        );
    }
}
