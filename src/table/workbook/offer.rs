//! What a cell offers while somebody types into it, and what is said to a word that is wrong there.

use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Formula, XlsxError};

use super::look::{ColumnLook, Role};

/// A column of a form.
#[derive(Debug, Clone, Copy)]
pub struct FormColumn {
    pub name: &'static str,
    /// In characters.
    pub width: f64,
    /// The words to choose from; none where nothing is to be filled in.
    pub words: &'static [&'static str],
}

impl FormColumn {
    /// The look that a column has in this form; as it is where there is no form.
    pub(super) fn shape(form: &[FormColumn], look: ColumnLook) -> ColumnLook {
        let Some(column) = form.iter().find(|column| column.name == look.name) else {
            return look;
        };
        ColumnLook {
            width: column.width,
            role: match (column.words, look.role) {
                ([], Role::Editable) => Role::ReadOnly,
                ([], role) => role,
                _ => Role::Editable,
            },
            ..look
        }
    }
}

/// What a column offers.
pub(super) struct Choice {
    /// Where its values are.
    pub formula: Formula,
    /// Whether anything else is wrong, or only new.
    pub is_complete: bool,
}

/// What a spreadsheet says when something is typed into a cell of this column. Pasting is not asked about.
pub(super) fn typing(look: &ColumnLook, choice: Option<Choice>) -> Result<Option<DataValidation>, XlsxError> {
    let never = || DataValidation::new().allow_custom(Formula::new("=FALSE"));
    let validation = match (look.role, choice) {
        (Role::Key, _) => never()
            .set_error_style(DataValidationErrorStyle::Stop)
            .set_error_title("Leave this cell as it is")?
            .set_error_message(
                "This column says who the row is about, or what it was exported with. Press Esc to get the value back.",
            )?,
        (Role::ReadOnly, _) => never()
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("This column is not written")?
            .set_error_message("It is there to go by; an edit will be refused. Keep it anyway?")?,
        (Role::Editable, Some(choice)) => DataValidation::new()
            .allow_list_formula(choice.formula)
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("Not in the list")?
            .set_error_message(if choice.is_complete {
                "Only the values of the list are right here. Keep it anyway?"
            } else {
                "Nobody had this value when the sheet was exported. Keep it?"
            })?,
        (Role::Editable, None) => return Ok(None),
    };
    Ok(Some(validation))
}

/// The words that a column of a form offers. A blank is right as well.
pub(super) fn offer(form: &[FormColumn], look: &ColumnLook) -> Result<Option<DataValidation>, XlsxError> {
    let column = form.iter().find(|column| column.name == look.name);
    let Some(words) = column
        .map(|column| column.words)
        .filter(|words| !words.is_empty())
    else {
        return Ok(None);
    };
    let told = format!("Choose {}, or leave the cell blank.", words.join(" or "));
    let validation = DataValidation::new()
        .allow_list_strings(words)?
        .set_input_message(&told)?
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title("Not one of the words")?
        .set_error_message(&told)?;
    Ok(Some(validation))
}
