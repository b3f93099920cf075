//! Finding the base of a row by the value of its key column, as it was exported.

use std::collections::HashMap;

use crate::catalogue::Attribute;
use crate::domain::{Base, Extent, Finding, KeyValue, shorten};

/// Which rows of a base hold which value of one attribute. `R` says where a row is.
#[derive(Debug)]
pub(super) struct KeyIndex<R> {
    attribute: &'static Attribute,
    rows: HashMap<KeyValue, Vec<R>>,
    /// One of the values that look like this after a spreadsheet.
    near: HashMap<String, String>,
}

impl<R: Copy> KeyIndex<R> {
    pub fn new(attribute: &'static Attribute) -> KeyIndex<R> {
        KeyIndex {
            attribute,
            rows: HashMap::new(),
            near: HashMap::new(),
        }
    }

    pub fn is_of(&self, attribute: &Attribute) -> bool {
        self.attribute == attribute
    }

    pub fn add(&mut self, text: &str, row: R) {
        if let Some(key) = KeyValue::new(self.attribute, text) {
            self.near.insert(key.loose(), key.text().to_owned());
            self.rows.entry(key).or_default().push(row);
        }
    }

    /// The one row with this key; `None` when there is none and nothing like it.
    ///
    /// # Errors
    /// What the row's base is then: it cannot be used, and why.
    pub fn find(&self, key: &KeyValue) -> Result<Option<R>, Box<Base>> {
        let (name, text) = (self.attribute.name, shorten(key.text()));
        let unusable = |rule, message: String, help: &str| {
            let finding = Finding::error(rule, Extent::Row, message, help);
            Box::new(Base::Unusable(finding.column(name).found(key.text())))
        };
        match self.rows.get(key).map(Vec::as_slice) {
            Some([only]) => Ok(Some(*only)),
            Some(several) => Err(unusable(
                "ambiguous-key",
                format!("{} users were exported with the {name} `{text}`", several.len()),
                "put the `id` or the `userPrincipalName` of the one who is meant into the row",
            )),
            None => match self.near.get(&key.loose()) {
                None => Ok(None),
                Some(near) => Err(unusable(
                    "near-key",
                    format!(
                        "nobody was exported with the {name} `{text}`, but somebody with `{}`",
                        shorten(near)
                    ),
                    "write the key exactly as it was exported, if that user is meant; a spreadsheet takes zeros away",
                )),
            },
        }
    }
}

/// The base does not have the column that says whom a row is about.
pub(super) fn no_key_in_base(key: &KeyValue) -> Base {
    let name = key.attribute().name;
    Base::Unusable(Finding::error(
        "key-not-in-base",
        Extent::Row,
        format!("the base of the row was exported without `{name}`, so the key finds nobody in it"),
        format!("export with the column `{name}`, or keep `id` or `userPrincipalName` in the sheet"),
    ))
}
