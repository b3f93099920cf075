//! Finding the base of a row by the value of its key column, as it was exported.

use std::collections::HashMap;

use crate::catalogue::Attribute;
use crate::domain::{Base, Extent, Finding, KeyValue, shorten};

/// Which rows of a base hold which value of one attribute. `R` says where a row is.
#[derive(Debug)]
pub(super) struct KeyIndex<R> {
    attribute: &'static Attribute,
    rows: HashMap<KeyValue, Vec<R>>,
    /// The values that look like this after a spreadsheet.
    near: HashMap<String, Vec<String>>,
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
            let near = self.near.entry(key.loose()).or_default();
            if !near.iter().any(|known| known == key.text()) {
                near.push(key.text().to_owned());
            }
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
        let near = self.near.get(&key.loose()).map_or(&[][..], Vec::as_slice);
        let is_twin = |other: &&String| {
            other.as_str() != key.text()
                && (key.may_have_lost_zeros() || other.to_lowercase() == key.text().to_lowercase())
        };
        match (self.rows.get(key).map(Vec::as_slice), near.iter().find(is_twin)) {
            (Some([only]), None) => Ok(Some(*only)),
            (Some([_]), Some(twin)) => Err(unusable(
                "near-key",
                format!(
                    "somebody was exported with the {name} `{text}`, and somebody else with `{}`",
                    shorten(twin)
                ),
                "put the `id` or the `userPrincipalName` of the one who is meant into the row; a spreadsheet takes zeros away",
            )),
            (Some(several), _) => Err(unusable(
                "ambiguous-key",
                format!("{} users were exported with the {name} `{text}`", several.len()),
                "put the `id` or the `userPrincipalName` of the one who is meant into the row",
            )),
            (None, _) => match near.first() {
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
