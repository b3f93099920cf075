//! Dates: read in the one form that is stated, never guessed.

use jiff::fmt::strtime::BrokenDownTime;
use minijinja::{Error, Value};

use super::fault::Fault;
use super::filters::text_of;
use super::tables::shortened;

/// `date("%d-%m-%Y")`: the date as 2026-11-30. A time behind it that the form does not name is not taken.
pub(super) fn date(value: &Value, form: &str) -> Result<String, Error> {
    let text = text_of(value)?;
    check_form(form)?;
    if text.is_empty() {
        return Ok(String::new());
    }
    let read = BrokenDownTime::parse(form, text.as_ref())
        .and_then(|parts| parts.to_date())
        .ok()
        // Two digits read as a whole year are a year of the Romans.
        .filter(|date| date.year() >= 1900);
    match read {
        Some(date) => Ok(date.to_string()),
        None => Err(Fault::row(
            format!("`{}` is no date in the form `{form}`", shortened(&text)),
            "put the date right in the HR system; if all dates of the column look like this one, change the form of `date`",
        )
        .into()),
    }
}

/// A form that no date can have is a mistake of the rule.
fn check_form(form: &str) -> Result<(), Error> {
    let sample = jiff::civil::date(2026, 11, 30).at(13, 45, 10, 0);
    let is_whole = || {
        let mut written = String::new();
        let parts = BrokenDownTime::from(sample);
        parts.format(form, &mut written).ok()?;
        let read = BrokenDownTime::parse(form, &written).and_then(|parts| parts.to_date());
        read.ok().filter(|date| *date == sample.date())
    };
    match is_whole() {
        Some(_) => Ok(()),
        None => Err(Fault::rule(
            format!("`{form}` is no form of a date"),
            "`%d` is the day, `%m` the month, `%Y` the year in four digits, `%y` in two, `%b` a month's name: `%d-%m-%Y`",
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_their_form_and_in_no_other() {
        let read = |form: &str, text: &str| date(&Value::from(text), form).map_err(|error| error.to_string());
        for (form, text, day) in [
            ("%d-%m-%Y", "30-11-2026", "2026-11-30"),
            ("%d-%m-%Y", "1-2-2026", "2026-02-01"),
            ("%m/%d/%Y", "02/01/2026", "2026-02-01"),
            ("%d.%m.%Y", "29.02.2028", "2028-02-29"),
            ("%Y%m%d", "20261130", "2026-11-30"),
            ("%d %b %Y", "5 Mar 2026", "2026-03-05"),
            ("%Y-%m-%dT%H:%M:%S", "2026-11-30T00:00:00", "2026-11-30"),
            ("%Y-%m-%d", "9999-12-31", "9999-12-31"),
            ("%d-%m-%Y", "", ""),
        ] {
            assert_eq!(read(form, text), Ok(day.to_owned()), "{form} {text}");
        }
        for (form, text) in [
            ("%d-%m-%Y", "31-02-2026"),
            ("%d-%m-%Y", "11-30-2026"),
            ("%d-%m-%Y", "30-11-26"),
            ("%d-%m-%Y", "30/11/2026"),
            ("%d-%m-%Y", "30-11-2026 00:00"),
            ("%d-%m-%Y", "46356"),
        ] {
            let told = read(form, text).unwrap_err();
            assert!(told.contains("is no date in the form"), "{form} {text}: {told}");
        }
        for form in ["dd-mm-yyyy", "%d-%m", "", "%Q"] {
            let told = read(form, "").unwrap_err();
            assert!(told.contains("is no form of a date"), "{form}: {told}");
        }
    }
}
