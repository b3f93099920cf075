//! How the sheet of a night is called. Runs and plans that are made of it are known by that name.

/// The form of a stamp: day, time and milliseconds in UTC; `0` stands for any digit.
const STAMP: &str = "00000000-000000-000";

/// The name of the sheet of a night.
pub fn sheet_name(feed: &str, stamp: &str) -> String {
    format!("feed-{feed}-{stamp}.csv")
}

/// The feed that made a sheet of exactly that name.
pub fn feed_of(sheet: &str) -> Option<&str> {
    parts(sheet)
        .filter(|parts| parts.behind == ".csv")
        .map(|parts| parts.feed)
}

/// Of which of its nights a sheet of this feed is.
pub fn stamp_of<'s>(sheet: &'s str, feed: &str) -> Option<&'s str> {
    let own = parts(sheet).filter(|parts| parts.behind == ".csv" && parts.feed == feed);
    own.map(|parts| parts.stamp)
}

/// The feed that left a sheet of such a name, however it was saved or copied since: `feed-NAME-20261130-021500-123 (1).xlsx`.
pub fn left_by(sheet: &str) -> Option<&str> {
    parts(sheet).map(|parts| parts.feed)
}

struct Parts<'s> {
    feed: &'s str,
    stamp: &'s str,
    behind: &'s str,
}

/// The last stamp counts: the name of a feed may look like one.
fn parts(sheet: &str) -> Option<Parts<'_>> {
    let rest = sheet.strip_prefix("feed-")?;
    let last = rest.len().checked_sub(STAMP.len() + 1)?;
    (1..=last).rev().find_map(|at| {
        let (feed, own) = rest.split_at_checked(at)?;
        let (stamp, behind) = own.strip_prefix('-')?.split_at_checked(STAMP.len())?;
        is_stamp(stamp).then_some(Parts { feed, stamp, behind })
    })
}

fn is_stamp(text: &str) -> bool {
    let mut both = text.bytes().zip(STAMP.bytes());
    both.all(|(own, form)| {
        if form == b'0' {
            own.is_ascii_digit()
        } else {
            own == form
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_known_by_its_name_and_one_that_was_saved_since_by_what_it_begins_with() {
        for (name, exact, begun) in [
            (
                sheet_name("hr", "20261130-022421-491").as_str(),
                Some("hr"),
                Some("hr"),
            ),
            ("feed-hr-20261130-022421-491 (1).xlsx", None, Some("hr")),
            ("feed-a-b-20261130-022421-491-mended.csv", None, Some("a-b")),
            (
                "feed-x-20250101-000000-000-20261130-022421-491.csv",
                Some("x-20250101-000000-000"),
                Some("x-20250101-000000-000"),
            ),
            ("feed-é-20261130-022421-491.csv", Some("é"), Some("é")),
            ("feed-hr-nl-20261130-022421-491.csv", Some("hr-nl"), Some("hr-nl")),
            ("feed-hr-20261130-022421-491", None, Some("hr")),
            ("feed-hr-.csv", None, None),
            ("feed-hr-2026.csv", None, None),
            ("feed--20261130-022421-491.csv", None, None),
            ("feed-hr-20261130-022421-49é.csv", None, None),
            ("users.csv", None, None),
        ] {
            assert_eq!((feed_of(name), left_by(name)), (exact, begun), "{name}");
        }
        let name = sheet_name("hr", "20261130-022421-491");
        assert_eq!(stamp_of(&name, "hr"), Some("20261130-022421-491"));
        assert_eq!(stamp_of(&name, "other"), None);
    }
}
