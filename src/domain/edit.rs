//! What a cell asks for.

use super::{KeyValue, Reference, UpnKey, UserId, Value};

/// How a person names a user in a cell: by object id or by userPrincipalName.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UserKey {
    Id(UserId),
    Upn(UpnKey),
}

/// As it is written in a cell.
impl std::fmt::Display for UserKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UserKey::Id(id) => write!(f, "{id}"),
            UserKey::Upn(upn) => f.write_str(upn.as_str()),
        }
    }
}

impl UserKey {
    /// An id when the text is a GUID, a userPrincipalName when it holds an `@`; anything else names nobody.
    pub fn parse(text: &str) -> Option<UserKey> {
        let text = text.trim();
        if let Some(id) = UserId::parse(text) {
            return Some(UserKey::Id(id));
        }
        text.contains('@').then(|| UserKey::Upn(UpnKey::new(text)))
    }

    /// Whether it names this object. A name means whoever has it now.
    pub fn names(&self, one: &Reference) -> bool {
        match self {
            UserKey::Id(id) => *id == one.id,
            UserKey::Upn(name) => one.upn.as_deref().is_some_and(|upn| *name == UpnKey::new(upn)),
        }
    }
}

/// The word that clears a cell in any sheet, with or without a base. It is never translated.
pub const CLEAR_WORD: &str = "<clear>";

/// What an export writes for a value that could not be read, which is not the same as none. It asks for nothing in any sheet.
pub const NOT_READ_WORD: &str = "<not read>";

/// What a cell asks for, before the directory has been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Take the value away.
    Clear,
    /// Put this value.
    Set(Value),
    /// Point to this user, still to be found in the directory.
    Refer(UserKey),
    /// Point to the one user who holds this value.
    ReferHolder(KeyValue),
}
