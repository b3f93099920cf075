//! The names a header can have, and what each of them means.

use std::collections::HashMap;

use strsim::osa_distance;

use super::forms::{asks_whether_blocked, bracketed, is_template_header, key};
use super::options::{KnownExtensions, ReadOptions};
use crate::catalogue::{self, AMBIGUOUS, Attribute, LABELS, OTHER_LABELS};
use crate::domain::InvitationPart;

/// The column that carries the id of each row's snapshot.
pub const SNAPSHOT_COLUMN: &str = "_snapshot";

/// The column that says what is to be done to the account.
pub const ACTION_COLUMN: &str = "_action";

/// The columns a report adds. They are ignored when a sheet is read, so that a report can be fed back.
pub const REPORT_COLUMNS: [&str; 7] = [
    "_status",
    "_changes",
    "_error_code",
    "_error",
    "_hint",
    "_request_id",
    "_finished_at",
];

/// The columns of an invitation: as the portal's template calls them in brackets and in words, and as Graph does.
/// <https://learn.microsoft.com/entra/external-id/tutorial-bulk-invite>
pub const INVITATION_COLUMNS: &[(InvitationPart, &[&str])] = &[
    (
        InvitationPart::Address,
        &[
            "inviteeEmail",
            "invitedUserEmailAddress",
            "Email address to invite",
        ],
    ),
    (
        InvitationPart::Redirect,
        &["inviteRedirectURL", "Redirection url"],
    ),
    (
        InvitationPart::SendMail,
        &[
            "sendEmail",
            "sendInvitationMessage",
            "Send invitation message",
            "Send invitation message (true or false)",
        ],
    ),
    (
        InvitationPart::Message,
        &["customizedMessageBody", "Customized invitation message"],
    ),
];

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// This attribute.
    Attribute(&'static Attribute),
    /// This attribute again: another column before it means the same. A finding with [`crate::domain::Extent::Sheet`].
    Repeated(&'static Attribute),
    /// The id of the snapshot each row was exported from.
    Snapshot,
    /// What is to be done to the account.
    Action,
    /// Something of an invitation.
    Invitation(InvitationPart),
    /// A column that a report added; ignored.
    Report,
    /// A column that Microsoft's own files hold and that cannot be edited here; ignored. A finding tells all of them.
    Foreign,
    /// A name nobody knows. A finding.
    Unknown,
    /// No name. A finding when cells below it are filled.
    Blank,
}

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub meaning: Meaning,
    /// It asks for the opposite of the attribute (`Block sign in`), so its answers are turned round.
    pub inverted: bool,
}

/// The names of attributes as headers may have them, for cells that hold such a name.
#[derive(Debug)]
pub struct ColumnNames(Vocabulary);

impl ColumnNames {
    /// Those of the whole catalogue, and the full names of extensions, whose types nobody tells here.
    pub fn new() -> ColumnNames {
        ColumnNames(Vocabulary {
            reads_sheets: true,
            ..Vocabulary::new(catalogue::all())
        })
    }

    /// The attribute that a header with this text would mean.
    pub fn attribute(&self, text: &str) -> Option<&'static Attribute> {
        match self.0.read(text.trim()) {
            Reading {
                meaning: Meaning::Attribute(attribute),
                inverted: false,
            } => Some(attribute),
            _ => None,
        }
    }
}

impl Default for ColumnNames {
    fn default() -> ColumnNames {
        ColumnNames::new()
    }
}

/// All names a header can have, for a set of attributes.
#[derive(Debug)]
pub(super) struct Vocabulary {
    pub(super) meanings: HashMap<String, Meaning>,
    /// Every key with the spelling to offer for it, in the order of the catalogue.
    spellings: Vec<(String, &'static str)>,
    /// Keys that may mean several attributes, and so mean none.
    pub(super) ambiguous: HashMap<String, Vec<&'static str>>,
    /// What the tenant made for itself.
    pub(super) extensions: KnownExtensions,
    /// Whether headers of a sheet are read, which may name what nobody has asked the tenant about.
    pub(super) reads_sheets: bool,
}

/// The attribute that a header means, whatever else stands in the sheet.
pub fn attribute_of_header(text: &str) -> Option<&'static Attribute> {
    match Vocabulary::new(catalogue::all()).meaning(text) {
        Meaning::Attribute(attribute) | Meaning::Repeated(attribute) => Some(attribute),
        Meaning::Snapshot
        | Meaning::Action
        | Meaning::Invitation(_)
        | Meaning::Report
        | Meaning::Foreign
        | Meaning::Unknown
        | Meaning::Blank => None,
    }
}

impl Vocabulary {
    /// A Graph name wins over a label, a label over an alias, an alias over a label in another language; between those
    /// nothing wins.
    pub(super) fn new(attributes: impl Iterator<Item = &'static Attribute>) -> Vocabulary {
        let attributes: Vec<_> = attributes.collect();
        let mut vocabulary = Vocabulary {
            meanings: HashMap::new(),
            spellings: Vec::new(),
            ambiguous: HashMap::new(),
            extensions: KnownExtensions::default(),
            reads_sheets: false,
        };
        for attribute in &attributes {
            vocabulary.add(attribute.name, attribute.name, Meaning::Attribute(attribute));
        }
        vocabulary.add(SNAPSHOT_COLUMN, SNAPSHOT_COLUMN, Meaning::Snapshot);
        vocabulary.add(ACTION_COLUMN, ACTION_COLUMN, Meaning::Action);
        for (part, names) in INVITATION_COLUMNS {
            for name in *names {
                vocabulary.add(name, name, Meaning::Invitation(*part));
            }
        }
        for name in REPORT_COLUMNS {
            vocabulary.add(name, name, Meaning::Report);
        }
        for attribute in &attributes {
            vocabulary.add(attribute.label, attribute.name, Meaning::Attribute(attribute));
        }
        for attribute in &attributes {
            for alias in attribute.aliases {
                vocabulary.add(alias, attribute.name, Meaning::Attribute(attribute));
            }
        }
        vocabulary.add_translations(&attributes);
        vocabulary
    }

    /// Names that are not ours. Whatever holds one of them names people, as a column of keys does.
    pub(super) fn of_names(names: &[String]) -> Vocabulary {
        let mut vocabulary = Vocabulary {
            meanings: HashMap::new(),
            spellings: Vec::new(),
            ambiguous: HashMap::new(),
            extensions: KnownExtensions::default(),
            reads_sheets: false,
        };
        if let Some(id) = catalogue::by_name("id") {
            for name in names {
                vocabulary.add(name, id.name, Meaning::Attribute(id));
            }
        }
        vocabulary
    }

    /// The names that a sheet may have when it is read like this.
    pub(super) fn for_sheet(options: &ReadOptions) -> Vocabulary {
        let mut vocabulary = Vocabulary {
            extensions: options.extensions.clone(),
            reads_sheets: true,
            ..Vocabulary::new(catalogue::all())
        };
        vocabulary.add_extensions();
        vocabulary
    }

    pub(super) fn add(&mut self, text: &str, spelling: &'static str, meaning: Meaning) {
        let key = key(text);
        if !key.is_empty() && !self.meanings.contains_key(&key) {
            self.meanings.insert(key.clone(), meaning);
            self.spellings.push((key, spelling));
        }
    }

    fn add_translations(&mut self, attributes: &[&'static Attribute]) {
        let english = self.meanings.clone();
        let named = |name: &str| {
            attributes
                .iter()
                .find(|attribute| attribute.name == name)
                .copied()
        };
        for (text, names) in AMBIGUOUS {
            let names: Vec<_> = names
                .iter()
                .filter_map(|name| named(name))
                .map(|a| a.name)
                .collect();
            if names.len() > 1 && !english.contains_key(&key(text)) {
                self.ambiguous.insert(key(text), names);
            }
        }
        let labels = LABELS.iter().map(|(name, labels)| (*name, &labels[..]));
        let others = OTHER_LABELS.iter().map(|(name, labels)| (*name, *labels));
        for (name, labels) in labels.chain(others) {
            let Some(attribute) = named(name) else { continue };
            for label in labels {
                self.claim(label, attribute, &english);
            }
        }
    }

    /// Takes a label of another language for an attribute, unless another attribute has taken it from elsewhere.
    fn claim(
        &mut self,
        label: &'static str,
        attribute: &'static Attribute,
        english: &HashMap<String, Meaning>,
    ) {
        let key = key(label);
        match self.meanings.get(&key) {
            _ if self.ambiguous.contains_key(&key) => {}
            None => self.add(label, attribute.name, Meaning::Attribute(attribute)),
            Some(Meaning::Attribute(other)) if *other != attribute && !english.contains_key(&key) => {
                let names = vec![other.name, attribute.name];
                self.meanings.remove(&key);
                self.spellings.retain(|(spelt, _)| *spelt != key);
                self.ambiguous.insert(key, names);
            }
            Some(_) => {}
        }
    }

    /// What a header with this text says.
    pub(super) fn read(&self, text: &str) -> Reading {
        let (label, name) = match bracketed(text) {
            Some((label, property)) => (label, property),
            None => (text, text),
        };
        let straight = |meaning| Reading {
            meaning,
            inverted: false,
        };
        let meaning = self.look_up(name);
        match (meaning, bracketed(text).is_some()) {
            // `accountEnabled` in brackets: the label says whether yes means that the person can sign in or cannot.
            (Meaning::Attribute(attribute), true) if attribute.name == "accountEnabled" => {
                let says_enabled = label.is_empty() || self.look_up(label) == meaning;
                if asks_whether_blocked(label) {
                    Reading {
                        meaning,
                        inverted: true,
                    }
                } else if says_enabled {
                    straight(meaning)
                } else {
                    straight(Meaning::Unknown)
                }
            }
            // Which of the two the cells are, nobody can tell.
            (Meaning::Attribute(_), true) if self.contradiction(text).is_some() => straight(Meaning::Unknown),
            (Meaning::Unknown, false) if asks_whether_blocked(text) => {
                let meaning = self.look_up("accountEnabled");
                Reading {
                    meaning,
                    inverted: meaning != Meaning::Unknown,
                }
            }
            _ => straight(meaning),
        }
    }

    /// What a header with this text means.
    pub(super) fn meaning(&self, text: &str) -> Meaning {
        self.read(text).meaning
    }

    fn look_up(&self, name: &str) -> Meaning {
        let key = key(name);
        if key.is_empty() {
            return Meaning::Blank;
        }
        let untyped = || self.untyped(name).map(Meaning::Attribute);
        let known = self.meanings.get(&key).copied().or_else(untyped);
        known.unwrap_or(Meaning::Unknown)
    }

    /// Whether the text names a column, a report's own columns and those of the portal's templates included.
    pub(super) fn knows(&self, text: &str) -> bool {
        is_template_header(text) || !matches!(self.meaning(text), Meaning::Unknown | Meaning::Blank)
    }

    /// The attributes of a header like `Department [jobTitle]`, whose label names another one than its property: first that
    /// of the label.
    pub(super) fn contradiction(&self, text: &str) -> Option<(&'static Attribute, &'static Attribute)> {
        let (label, property) = bracketed(text)?;
        match (self.look_up(label), self.look_up(property)) {
            (Meaning::Attribute(label), Meaning::Attribute(property)) if label != property => {
                Some((label, property))
            }
            _ => None,
        }
    }

    /// The attributes a header may mean when nobody can tell which.
    pub(super) fn candidates(&self, text: &str) -> Option<&[&'static str]> {
        self.ambiguous.get(&key(text)).map(Vec::as_slice)
    }

    /// The name that an unknown one was probably meant to be.
    pub(super) fn nearest(&self, text: &str) -> Option<&'static str> {
        let wanted = key(text);
        let length = wanted.chars().count();
        if length > NEAREST_CHARS_MAX {
            return None;
        }
        let allowed = (length / 3).clamp(1, 4);
        self.spellings
            .iter()
            .map(|(key, spelling)| (osa_distance(&wanted, key), *spelling))
            .filter(|(steps, _)| *steps <= allowed && *steps < length)
            .min_by_key(|(steps, _)| *steps)
            .map(|(_, spelling)| spelling)
    }
}

/// Longer headers are not compared letter by letter.
const NEAREST_CHARS_MAX: usize = 64;

#[cfg(test)]
mod tests;
