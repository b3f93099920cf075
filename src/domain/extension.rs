//! Values of the tenant's own attributes: what their types ask beyond the kind of the cell.
//!
//! <https://learn.microsoft.com/graph/api/resources/extensionproperty#properties>

use super::kinds::{boolean, integer, moment};
use super::rules::CellProblem;
use crate::catalogue::{Attribute, DataType};

/// A number that the extension's type can hold.
pub(super) fn in_range(attribute: &Attribute, number: i64) -> Result<i64, CellProblem> {
    let is_small = attribute
        .extension
        .is_some_and(|extension| extension.data == DataType::Integer);
    if is_small && i32::try_from(number).is_err() {
        return Err(CellProblem::new(
            "number-out-of-range",
            format!(
                "`{}` holds numbers of 32 bits, from {} to {}",
                attribute.name,
                i32::MIN,
                i32::MAX
            ),
            "write a number between these two; a longer one needs an extension of the type LargeInteger",
        ));
    }
    Ok(number)
}

/// The items of a list, each as its type is written.
pub(super) fn items(attribute: &Attribute, items: Vec<String>) -> Result<Vec<String>, CellProblem> {
    let Some(extension) = attribute.extension else {
        return Ok(items);
    };
    let one = |item: String| match extension.data {
        DataType::Integer | DataType::LargeInteger => {
            Ok(in_range(attribute, integer(attribute, &item)?)?.to_string())
        }
        DataType::Boolean => Ok(boolean(attribute, &item)?.to_string()),
        DataType::DateTime => moment(attribute, &item),
        DataType::String | DataType::Binary | DataType::Unknown => Ok(item),
    };
    items.into_iter().map(one).collect()
}
