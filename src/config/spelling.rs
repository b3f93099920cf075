//! A setting that is not known is mostly one that was misspelt.

use strsim::osa_distance;

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

/// How many letters must be added, taken out, changed or swapped; `-` and `_` are the same.
fn distance(from: &str, to: &str) -> usize {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    osa_distance(&plain(from), &plain(to))
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
