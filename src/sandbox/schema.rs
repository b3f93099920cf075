//! What this directory knows about a user: one line per property, written from Microsoft's documents alone.
//!
//! The client keeps a catalogue of its own. The two never share a line, so that a mistake in one cannot be
//! hidden by the same mistake in the other; a test lays both beside `user-attributes.csv`.

pub use super::properties::PROPERTIES;

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A whole number.
    Whole,
    /// A date and time with an offset.
    Moment,
    /// A list of strings; unset reads as `[]`.
    TextList,
    /// A complex value with the leaves named here.
    Group(&'static [Leaf]),
    /// A complex value that is kept as it is.
    Opaque,
    /// A list of complex values that is kept as it is; unset reads as `[]`.
    OpaqueList,
}

/// A property inside a complex property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// The name as in the metadata.
    pub name: &'static str,
    /// The kind: text, flag, moment or list of text.
    pub kind: LeafKind,
    /// Longest text, where documented.
    pub max: Option<usize>,
}

/// What a leaf holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A date and time.
    Moment,
    /// A list of strings.
    TextList,
    /// Something complex.
    Opaque,
}

/// Filter operators, as bits.
pub mod op {
    /// `eq`
    pub const EQ: u16 = 1;
    /// `ne`
    pub const NE: u16 = 2;
    /// `not`
    pub const NOT: u16 = 4;
    /// `ge`
    pub const GE: u16 = 8;
    /// `le`
    pub const LE: u16 = 16;
    /// `in`
    pub const IN: u16 = 32;
    /// `startsWith`
    pub const STARTS: u16 = 64;
    /// `endsWith`
    pub const ENDS: u16 = 128;
    /// `eq null`
    pub const NULL: u16 = 256;
    /// `$orderby` in plain mode
    pub const SORT: u16 = 512;
    /// `/$count eq 0`
    pub const COUNT: u16 = 1024;
    /// Every use is an advanced query.
    pub const ADVANCED: u16 = 2048;
    /// `startsWith` is an advanced query.
    pub const STARTS_ADVANCED: u16 = 4096;
    /// The common set of a text property.
    pub const USUAL: u16 = EQ | NE | NOT | GE | LE | IN | STARTS | NULL;
    /// Equality without order.
    pub const SAME: u16 = EQ | NE | NOT | IN;
    /// Order without `startsWith`.
    pub const RANGE: u16 = EQ | NE | NOT | GE | LE | IN;
}

/// One property of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    /// The name as in the metadata.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Longest text (or list item), in characters.
    pub max: Option<usize>,
    /// The metadata's word; what may be cleared is `clearable`.
    pub nullable: bool,
    /// Whether `null` (or `[]` for a list) empties it.
    pub clearable: bool,
    /// Whether the main PATCH takes it.
    pub updatable: bool,
    /// Whether changing it on an administrator asks for more than a permission.
    pub sensitive: bool,
    /// Whether a synced user's value is mastered on premises.
    pub mastered: bool,
    /// Whether a request without `$select` returns it.
    pub by_default: bool,
    /// Whether it can only be read one user at a time.
    pub single_only: bool,
    /// Whether it lives in SharePoint (a PATCH of its own, and never by an app).
    pub sharepoint: bool,
    /// Kept with the user, but no property of it: what lies below it under an address of its own.
    pub hidden: bool,
    /// Filter operators of [`op`].
    pub ops: u16,
    /// Application permissions of which one must be there to read it, beside the ordinary ones.
    pub read_roles: &'static [&'static str],
    /// Application permissions of which one must be there to write it, instead of the ordinary ones.
    pub write_roles: &'static [&'static str],
}

impl Property {
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        let nullable = !matches!(kind, Kind::TextList | Kind::OpaqueList);
        Property {
            name,
            kind,
            max: None,
            nullable,
            clearable: false,
            updatable: false,
            sensitive: false,
            mastered: false,
            by_default: false,
            single_only: false,
            sharepoint: false,
            hidden: false,
            ops: 0,
            read_roles: &[],
            write_roles: &[],
        }
    }
    pub(super) const fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }
    pub(super) const fn nullable(mut self, nullable: bool) -> Self {
        self.nullable = nullable;
        self
    }
    /// Writable, and emptied by `null` or `[]`.
    pub(super) const fn write(mut self) -> Self {
        self.updatable = true;
        self.clearable = true;
        self
    }
    /// Writable, never emptied.
    pub(super) const fn keep(mut self) -> Self {
        self.updatable = true;
        self
    }
    pub(super) const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }
    pub(super) const fn mastered(mut self) -> Self {
        self.mastered = true;
        self
    }
    pub(super) const fn shown(mut self) -> Self {
        self.by_default = true;
        self
    }
    pub(super) const fn single(mut self) -> Self {
        self.single_only = true;
        self
    }
    pub(super) const fn sharepoint(mut self) -> Self {
        self.single_only = true;
        self.sharepoint = true;
        self
    }
    pub(super) const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
    pub(super) const fn ops(mut self, ops: u16) -> Self {
        self.ops = ops;
        self
    }
    pub(super) const fn read_roles(mut self, roles: &'static [&'static str]) -> Self {
        self.read_roles = roles;
        self
    }
    pub(super) const fn write_roles(mut self, roles: &'static [&'static str]) -> Self {
        self.write_roles = roles;
        self
    }

    /// Whether an unset value reads as `[]`.
    pub fn is_list(&self) -> bool {
        matches!(self.kind, Kind::TextList | Kind::OpaqueList)
    }
}

/// The place of a property in [`PROPERTIES`]; names are written as in the metadata, case and all.
pub fn slot(name: &str) -> Option<u8> {
    PROPERTIES
        .iter()
        .position(|property| property.name == name)
        .and_then(|at| u8::try_from(at).ok())
}

/// The place of a property that a request may name.
pub fn open_slot(name: &str) -> Option<u8> {
    slot(name).filter(|at| property(*at).is_some_and(|property| !property.hidden))
}

/// The property at a place.
pub fn property(slot: u8) -> Option<&'static Property> {
    PROPERTIES.get(usize::from(slot))
}

/// What the parts `a.b` or `a/b` of a leaf name stand for.
pub fn leaf_of(name: &str, separator: char) -> Option<(u8, &'static Leaf)> {
    let (outer, inner) = name.split_once(separator)?;
    let at = slot(outer)?;
    match property(at)?.kind {
        Kind::Group(leaves) => leaves
            .iter()
            .find(|leaf| leaf.name == inner)
            .map(|leaf| (at, leaf)),
        _ => None,
    }
}
