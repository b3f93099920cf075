//! The attributes: each is known, can be written by a feed, and is said once.

use super::Judge;
use crate::catalogue::{self, Attribute, ClearRule, DataType, Extension, Kind, WriteRule};
use crate::domain::{read_cell, shorten};
use crate::feed::judged::AttributeMapping;
use crate::feed::nearest;
use crate::feed::settings::{Blank, FeedSettings};

/// The attribute of this name. Of a tenant's own extension the name alone tells that it is one, not its type; a type can stand
/// behind it, as in `extension_…_costCentre:String`.
pub(in crate::feed) fn known(name: &str) -> Option<&'static Attribute> {
    catalogue::by_name(name).or_else(|| Extension::of(DataType::Unknown).attribute(name))
}

impl Judge {
    pub(super) fn attributes(&mut self, settings: &FeedSettings) -> Vec<AttributeMapping> {
        let mut names: Vec<&String> = settings.attributes.keys().collect();
        names.sort_by_key(|name| self.spots.offset(&format!("attributes.{name}")));
        let mut found: Vec<AttributeMapping> = Vec::new();
        for name in names {
            let key = format!("attributes.{name}");
            let Some(own) = settings.attributes.get(name) else {
                continue;
            };
            let attribute = self.attribute(&key, name, settings);
            let rule = self.rule(&key, own.column.as_deref(), own.value.as_deref());
            if let Some(attribute) = attribute
                && own.blank == Blank::Clear
                && attribute.clear == ClearRule::Never
            {
                self.problem(
                    &format!("{key}.blank"),
                    format!("Microsoft Entra ID does not let `{name}` be empty"),
                    "remove `blank`, so that an empty result keeps what is there",
                );
            }
            if let (Some(attribute), Some(rule)) = (attribute, rule) {
                if found.iter().any(|other| other.attribute.name == attribute.name) {
                    self.problem(
                        &key,
                        format!("`{}` stands twice", attribute.name),
                        "keep one of them",
                    );
                    continue;
                }
                found.push(AttributeMapping {
                    attribute,
                    rule,
                    blank: own.blank,
                    authority: own.authority,
                });
            }
        }
        found
    }

    fn attribute(&mut self, key: &str, name: &str, settings: &FeedSettings) -> Option<&'static Attribute> {
        let Some(attribute) = known(name) else {
            self.problem(key, format!("`{}` is no attribute", shorten(name)), meant(name));
            return None;
        };
        let refusal = if !attribute.is_writable() {
            let refused = read_cell(attribute, "x").err();
            let message = refused.map_or_else(|| format!("`{name}` cannot be changed"), |why| why.message);
            Some((message, "remove it"))
        } else if name == settings.key.attribute.as_deref().unwrap_or("employeeId") {
            Some((
                format!("`{name}` is the key: a feed that wrote it could make one person another"),
                "remove it; who is matched for the first time, or made, gets the key by itself",
            ))
        } else if attribute.name == "manager" {
            Some((
                "a manager is found by number, and has a table of its own".to_owned(),
                "write [manager] with `column` or `value`",
            ))
        } else if attribute.write == WriteRule::Roles {
            Some((
                "a feed gives and takes no roles: who may write the file would appoint administrators"
                    .to_owned(),
                "remove it",
            ))
        } else if matches!(attribute.kind, Kind::Identities { .. }) {
            Some((
                "how people sign in is not for an HR system to say".to_owned(),
                "remove it",
            ))
        } else if attribute.kind == Kind::Picture {
            Some((
                "a photo is a file, and a column of an HR export holds none".to_owned(),
                "remove it; `dirsheet apply --photos DIR` takes a folder of photos",
            ))
        } else {
            None
        };
        if let Some((message, help)) = refusal {
            self.problem(key, message, help);
            return None;
        }
        Some(attribute)
    }
}

/// The attribute that was probably meant, by name or by what the portal calls it.
fn meant(name: &str) -> String {
    let by_label = catalogue::all().find(|attribute| {
        attribute.label.eq_ignore_ascii_case(name)
            || attribute
                .aliases
                .iter()
                .any(|alias| alias.eq_ignore_ascii_case(name))
    });
    let by_name = || nearest(name, catalogue::all().map(|attribute| attribute.name));
    match by_label.map(|attribute| attribute.name).or_else(by_name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`dirsheet columns` lists them".to_owned(),
    }
}
