//! First and last days at work: which of them stand for a day that nobody knows, and which for none.

use jiff::civil::{Date, date};

use super::template::Fault;

/// No day of people at work is before it: `1900-01-01` and the zero of a spreadsheet stand for a day that nobody knows.
const FIRST: Date = date(1950, 1, 1);
/// The zero of computers' clocks, and what is before it, is nobody's last day: who left so long ago has no account.
const ZERO: Date = date(1970, 1, 1);
/// A last day from here on (`2999-12-31`, `9999-12-31`) says that there is none.
const NEVER: Date = date(2999, 1, 1);
const HELP: &str = "put the date right in the HR system, or let the cell be empty where there is no such day";

/// Which day it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    First,
    Last,
}

impl Which {
    /// What an attribute says of people at work. Birthdays and a tenant's own dates may be any day.
    pub(super) fn of_attribute(name: &str) -> Option<Which> {
        match name {
            "employeeHireDate" | "hireDate" => Some(Which::First),
            "employeeLeaveDateTime" => Some(Which::Last),
            _ => None,
        }
    }
}

/// The day, or `None` where it says that there is none. `first`: the first day of the same person, as far as it is known.
///
/// # Errors
/// A day that no person at work can have.
pub(super) fn judge(day: Date, which: Which, first: Option<Date>) -> Result<Option<Date>, Fault> {
    let wrong = match which {
        _ if day < FIRST => {
            format!("`{day}` is before 1950, as HR systems write a day that they do not know")
        }
        Which::First => return Ok(Some(day)),
        Which::Last if day >= NEVER => return Ok(None),
        Which::Last if day <= ZERO => {
            format!(
                "`{day}` is not after 1970-01-01, the zero of many clocks, which stands for a day that is not known"
            )
        }
        Which::Last => match first.filter(|first| day < *first) {
            Some(first) => format!("the last day, `{day}`, is before the first, `{first}`"),
            None => return Ok(Some(day)),
        },
    };
    Err(Fault::row(wrong, HELP))
}

/// The day that a date or a moment begins with.
pub(super) fn of_text(text: &str) -> Option<Date> {
    let (day, rest) = text.trim().split_at_checked(10)?;
    let is_whole = rest.is_empty() || rest.starts_with(['T', 't', ' ']);
    is_whole.then(|| day.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_a_moment_begin_with_a_day() {
        for (text, day) in [
            ("2026-11-30", Some(date(2026, 11, 30))),
            // Beyond what the library takes for a moment.
            ("9999-12-31T00:00:00Z", Some(date(9999, 12, 31))),
            ("0001-01-01 00:00:00", Some(date(1, 1, 1))),
            ("2026-11-301", None),
            ("2026-02-30", None),
            ("30.11.2026é", None),
            ("", None),
        ] {
            assert_eq!(of_text(text), day, "{text}");
        }
    }

    #[test]
    fn the_bounds_are_those_of_first_and_of_last_days() {
        let first = Some(date(2024, 5, 1));
        for (day, which, first, expected) in [
            (date(1949, 12, 31), Which::First, None, Err("before 1950")),
            (date(1950, 1, 1), Which::First, None, Ok(true)),
            (date(1970, 1, 1), Which::First, None, Ok(true)),
            (date(2999, 1, 1), Which::First, None, Ok(true)),
            (date(1949, 12, 31), Which::Last, None, Err("before 1950")),
            (
                date(1970, 1, 1),
                Which::Last,
                None,
                Err("the zero of many clocks"),
            ),
            (date(1970, 1, 2), Which::Last, None, Ok(true)),
            (
                date(2024, 4, 30),
                Which::Last,
                first,
                Err("is before the first, `2024-05-01`"),
            ),
            (date(2024, 5, 1), Which::Last, first, Ok(true)),
            (date(2998, 12, 31), Which::Last, first, Ok(true)),
            (date(2999, 1, 1), Which::Last, first, Ok(false)),
        ] {
            match (judge(day, which, first), expected) {
                (Ok(found), Ok(is_there)) => assert_eq!(found, is_there.then_some(day), "{day} {which:?}"),
                (Err(fault), Err(part)) => assert!(fault.message.contains(part), "{}", fault.message),
                (found, expected) => panic!("{day} {which:?}: {found:?}, not {expected:?}"),
            }
        }
    }
}
