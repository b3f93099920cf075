//! A cell that asks for something, with its text: the other texts of its row may be packed by then.

use crate::catalogue::Attribute;
use crate::domain::{Edit, Value};

/// A cell that asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCell {
    pub column: usize,
    pub attribute: &'static Attribute,
    pub edit: Edit,
    /// The exported text; `None` without a base.
    pub base: Option<String>,
    /// The text of the cell, where it is not the very text that is asked for.
    other_text: Option<Box<str>>,
}

impl CheckedCell {
    /// The cell in this column, what it asks for, the exported text, and its own as it was read.
    pub(super) fn new(
        column: usize,
        attribute: &'static Attribute,
        edit: Edit,
        base: Option<&str>,
        text: &str,
    ) -> CheckedCell {
        CheckedCell {
            column,
            attribute,
            other_text: other_text(&edit, text),
            edit,
            base: base.map(str::to_owned),
        }
    }

    /// The text of the cell as it was read; of the word of an action, the value it stands for.
    pub fn text(&self) -> &str {
        match (&self.other_text, &self.edit) {
            (Some(text), _) => text,
            (None, Edit::Set(Value::Text(text))) => text,
            (None, _) => "",
        }
    }

    /// What it asks for, known better now; its text stays.
    pub(super) fn settle(&mut self, edit: Edit) {
        self.other_text = other_text(&edit, self.text());
        self.edit = edit;
    }
}

/// Most edits ask for the text that stands in their cell, which is kept once.
fn other_text(edit: &Edit, text: &str) -> Option<Box<str>> {
    let is_asked_for = match edit {
        Edit::Set(Value::Text(asked)) => asked == text,
        Edit::Set(_) | Edit::Clear | Edit::Refer(_) | Edit::ReferHolder(_) => text.is_empty(),
    };
    (!is_asked_for).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn a_cell_keeps_its_text_whatever_it_asks_for_and_becomes_known_to_ask_for() {
        let attribute = catalogue::by_name("jobTitle").unwrap();
        let text = |text: &str| Edit::Set(Value::Text(text.to_owned()));
        let cases = [
            (text("Chef"), "Chef", true),
            (text("Chef"), " Chef ", false),
            (text("Chef"), "", false),
            (Edit::Clear, "", true),
            (Edit::Clear, "!clear", false),
            (Edit::Set(Value::Boolean(true)), "WAHR", false),
        ];
        for (edit, read, is_kept_once) in cases {
            let mut cell = CheckedCell::new(3, attribute, edit, Some("Cook"), read);
            assert_eq!((cell.text(), cell.other_text.is_none()), (read, is_kept_once));
            for settled in [text("Chef"), Edit::Set(Value::Integer(1)), text(read)] {
                cell.settle(settled.clone());
                assert_eq!((cell.text(), &cell.edit), (read, &settled));
            }
            assert!(cell.other_text.is_none(), "it asks for its own text by now");
        }
    }
}
