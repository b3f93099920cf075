//! What the definition of a custom security attribute asks of a value, beyond its type.
//!
//! <https://learn.microsoft.com/graph/api/resources/customsecurityattributedefinition>,
//! <https://learn.microsoft.com/graph/api/resources/allowedvalue>: predefined values are case sensitive.

use strsim::osa_distance;

use super::rules::CellProblem;
use super::{Edit, Value, shorten};
use crate::catalogue::Attribute;

/// How many predefined values a message lists.
const LISTED_MAX: usize = 12;

/// # Errors
/// The attribute is deactivated, or the value is none of its predefined ones.
pub(super) fn may_hold(attribute: &Attribute, edit: &Edit) -> Result<(), CellProblem> {
    let (Some(extension), Edit::Set(value)) = (attribute.extension, edit) else {
        return Ok(());
    };
    if extension.definition.is_deactivated && !value.is_empty() {
        return Err(CellProblem::new(
            "security-attribute-deactivated",
            format!(
                "`{}` is deactivated in this tenant and can no longer be given to anybody",
                attribute.name
            ),
            "put the exported value back, clear it, or have the attribute activated again",
        ));
    }
    let Some(predefined) = extension.definition.predefined else {
        return Ok(());
    };
    let items = match value {
        Value::List(items) => items.clone(),
        Value::Empty => Vec::new(),
        one => vec![one.to_cell()],
    };
    let strange = items.iter().find(|item| !predefined.contains(&item.as_str()));
    match strange {
        Some(item) => Err(not_predefined(attribute, predefined, item, items.len() == 1)),
        None => Ok(()),
    }
}

fn not_predefined(
    attribute: &Attribute,
    predefined: &[&'static str],
    item: &str,
    is_only: bool,
) -> CellProblem {
    let listed: Vec<String> = predefined
        .iter()
        .take(LISTED_MAX)
        .map(|value| format!("`{}`", shorten(value)))
        .collect();
    let more = match predefined.len().saturating_sub(LISTED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let allowed = match predefined {
        [] => "and there is none at the moment".to_owned(),
        _ => format!("which are {}{more}", listed.join(", ")),
    };
    let near = nearest(predefined, item);
    let problem = CellProblem::new(
        "not-a-predefined-value",
        format!(
            "`{}` takes predefined values only, {allowed}; `{}` is none of them",
            attribute.name,
            shorten(item)
        ),
        match near {
            Some(near) => format!("did you mean `{near}`? Capital and small letters count"),
            None => "write one of the predefined values, letter for letter".to_owned(),
        },
    );
    match near {
        // Only in the case of its letters: there is no doubt about what was meant.
        Some(near) if is_only && near.to_lowercase() == item.to_lowercase() => problem.repair(near),
        _ => problem,
    }
}

/// The predefined value that was probably meant.
fn nearest(predefined: &[&'static str], item: &str) -> Option<&'static str> {
    let wanted = item.to_lowercase();
    let length = wanted.chars().count();
    // The text of a cell may be a whole page.
    if length > 2 * usize::from(crate::catalogue::SECURITY_TEXT_MAX) {
        return None;
    }
    predefined
        .iter()
        .map(|value| (osa_distance(&wanted, &value.to_lowercase()), *value))
        .filter(|(steps, _)| *steps <= (length / 3).max(1) && *steps < length)
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{DataType, security_attribute};
    use crate::domain::rules::read_cell;

    fn project(is_deactivated: bool, values: &[&str]) -> &'static Attribute {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        security_attribute(
            "Engineering",
            "Project",
            (DataType::String, true),
            is_deactivated,
            Some(&values),
        )
        .unwrap()
    }

    #[test]
    fn a_value_that_is_not_predefined_is_refused_with_the_one_that_was_meant() {
        let project = project(false, &["Alpine", "Baker"]);
        assert_eq!(
            read_cell(project, "Baker; Alpine").unwrap(),
            Edit::Set(Value::list(vec!["Baker".to_owned(), "Alpine".to_owned()]))
        );
        for (cell, help, repair) in [
            ("alpine", "did you mean `Alpine`?", Some("Alpine")),
            ("Alpin", "did you mean `Alpine`?", None),
            ("Alpine; bakr", "did you mean `Baker`?", None),
            ("Zebra crossing", "write one of the predefined values", None),
        ] {
            let problem = read_cell(project, cell).unwrap_err();
            assert_eq!(problem.rule, "not-a-predefined-value");
            assert!(problem.message.contains("`Alpine`, `Baker`"), "{problem:?}");
            assert!(problem.help.contains(help), "{cell}: {problem:?}");
            assert_eq!(problem.repair.as_deref(), repair, "{cell}");
        }
    }

    #[test]
    fn a_deactivated_attribute_can_be_cleared_and_not_given() {
        let project = project(true, &["Alpine"]);
        let problem = read_cell(project, "Alpine").unwrap_err();
        assert_eq!(problem.rule, "security-attribute-deactivated");
        assert_eq!(read_cell(project, "<clear>").unwrap(), Edit::Clear);
    }

    #[test]
    fn numbers_have_predefined_values_too() {
        let values = ["1001".to_owned(), "1003".to_owned()];
        let level = security_attribute(
            "Engineering",
            "Level",
            (DataType::Integer, false),
            false,
            Some(&values),
        )
        .unwrap();
        assert_eq!(read_cell(level, "1003").unwrap(), Edit::Set(Value::Integer(1003)));
        assert_eq!(read_cell(level, "7").unwrap_err().rule, "not-a-predefined-value");
        assert_eq!(
            read_cell(level, "3000000000").unwrap_err().rule,
            "number-out-of-range"
        );
    }
}
