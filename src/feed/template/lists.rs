//! Filters and functions over several texts.

use minijinja::value::Rest;
use minijinja::{Error, Value};

use super::fault::Fault;
use super::filters::text_of;
use super::row::trimmed;

/// `split("-")`: the parts of a text, without blanks at their ends.
pub(super) fn split(value: &Value, between: &str) -> Result<Vec<String>, Error> {
    if between.is_empty() {
        return Err(Fault::rule(
            "`split` was not told where to split",
            "write what stands between the parts: `split(\"-\")`",
        )
        .into());
    }
    let text = text_of(value)?;
    Ok(text.split(between).map(|part| trimmed(part).to_owned()).collect())
}

/// `part("-", 2)`: the second part; counted from the end with `-1`. Nothing where there are fewer.
pub(super) fn part(value: &Value, between: &str, number: i64) -> Result<String, Error> {
    let mut parts = split(value, between)?;
    if number < 0 {
        parts.reverse();
    }
    let place = usize::try_from(number.unsigned_abs())
        .ok()
        .and_then(|number| number.checked_sub(1));
    let Some(place) = place else {
        return Err(Fault::rule(
            "`part` counts from 1",
            "write `part(\"-\", 1)` for the first part",
        )
        .into());
    };
    Ok(parts.into_iter().nth(place).unwrap_or_default())
}

/// `[a, b] | join(" ")`.
pub(super) fn join(values: &Value, between: &str) -> Result<String, Error> {
    Ok(texts(values)?.join(between))
}

/// `[a, b] | join_nonempty(", ")`: empty ones are left out.
pub(super) fn join_nonempty(values: &Value, between: &str) -> Result<String, Error> {
    let mut texts = texts(values)?;
    texts.retain(|text| !text.is_empty());
    Ok(texts.join(between))
}

fn texts(values: &Value) -> Result<Vec<String>, Error> {
    let items = values
        .as_str()
        .is_none()
        .then(|| values.try_iter().ok())
        .flatten();
    let Some(items) = items else {
        return Err(Fault::rule(
            "what is joined is no list",
            "write the texts between square brackets: `[row[\"A\"], row[\"B\"]] | join_nonempty(\", \")`",
        )
        .into());
    };
    items
        .map(|item| text_of(&item).map(|text| trimmed(&text).to_owned()))
        .collect()
}

/// `first_nonempty(a, b, …)`.
pub(super) fn first_nonempty(values: Rest<Value>) -> Result<String, Error> {
    for value in values.iter() {
        let text = text_of(value)?;
        if !trimmed(&text).is_empty() {
            return Ok(text.into_owned());
        }
    }
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_counted_and_joined() {
        let value = Value::from("A - B - ");
        assert_eq!(split(&value, "-").unwrap(), ["A", "B", ""]);
        for (number, result) in [
            (1, "A"),
            (2, "B"),
            (3, ""),
            (9, ""),
            (-1, ""),
            (-2, "B"),
            (-9, ""),
        ] {
            assert_eq!(part(&value, "-", number).unwrap(), result, "{number}");
        }
        assert!(part(&value, "-", 0).is_err());
        assert!(split(&value, "").is_err());
        let list = Value::from(vec!["a", " ", "b "]);
        assert_eq!(join(&list, "+").unwrap(), "a++b");
        assert_eq!(join_nonempty(&list, "+").unwrap(), "a+b");
        assert!(join(&Value::from("text"), "+").is_err());
        assert_eq!(
            first_nonempty(Rest(vec![Value::from(" "), Value::from("x"), Value::from("y")])).unwrap(),
            "x"
        );
        assert_eq!(first_nonempty(Rest(Vec::new())).unwrap(), "");
    }
}
