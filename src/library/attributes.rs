//! The catalogue: what a directory holds about a user.

use crate::catalogue::{self, ClearRule, Sensitivity, kind_in_words};

/// One thing that a directory holds about a user, and a column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute(&'static catalogue::Attribute);

/// Every attribute that dirsheet knows, in the order of the portal's profile page. A tenant's own extensions are not among them.
pub fn attributes() -> impl Iterator<Item = Attribute> {
    catalogue::all().map(Attribute)
}

/// The attribute with Graph's name for it, such as `jobTitle`, or `None`.
pub fn attribute(name: &str) -> Option<Attribute> {
    catalogue::by_name(name).map(Attribute)
}

impl Attribute {
    /// Graph's name, and the header of its column: `jobTitle`, `employeeOrgData.division`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What the portal calls it, in English.
    pub fn label(self) -> &'static str {
        self.0.label
    }

    /// The heading under which the portal shows it.
    pub fn section(self) -> &'static str {
        self.0.section.title()
    }

    /// What its cells hold, in words, with the limits of length.
    pub fn kind(self) -> String {
        kind_in_words(self.0.kind)
    }

    /// Whether it can be a column of an export.
    pub fn is_exportable(self) -> bool {
        self.0.is_exportable()
    }

    /// Whether it is exported only when it is named: it needs a permission of its own, or a request for each user.
    pub fn is_only_when_named(self) -> bool {
        self.0.is_opt_in()
    }

    /// Whether a changed cell can lead to a write.
    pub fn is_writable(self) -> bool {
        self.0.is_writable()
    }

    /// Whether its value can be taken away.
    pub fn is_clearable(self) -> bool {
        self.0.is_writable() && self.0.clear != ClearRule::Never
    }

    /// Whether the service lets only some administrators write it of other administrators.
    pub fn is_sensitive(self) -> bool {
        self.0.sensitivity == Sensitivity::Sensitive
    }

    /// The application permissions that read it, in words.
    pub fn read_permission(self) -> String {
        self.0.read_permission.in_words()
    }

    /// The application permissions that write it, in words; empty when it cannot be written.
    pub fn write_permission(self) -> String {
        self.0.write_permission.in_words()
    }

    /// A sentence about it; empty when there is nothing to add.
    pub fn note(self) -> &'static str {
        self.0.note
    }
}
