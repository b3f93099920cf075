//! The two ordinary shapes of an entry. The themes start from one of them and name only what differs.

use super::{
    Attribute, ClearRule, Kind, Mastery, PatchPlace, Permissions, ReadOnlyReason, ReadRule, Section,
    Sensitivity, Spread, WriteRule,
};

/// Reads nearly everything; only a handful of names are open to less.
pub(super) const READ: Permissions = Permissions {
    least: &[&["User.Read.All"]],
    also: &[],
};

/// Enough for names, addresses of sign-in and mail, and the two identifiers.
pub(super) const READ_BASIC: Permissions = Permissions {
    least: &[&["User.ReadBasic.All"]],
    also: &[],
};

/// Writes ordinary profile attributes: the permission that works everywhere, then the smaller one that was announced in July 2026 and is
/// not in every cloud yet. Whoever asks for one that the cloud does not have gets no sign-in at all.
pub(super) const WRITE: Permissions = Permissions {
    least: &[&["User.ReadWrite.All"], &["User.ReadUpdate.All"]],
    also: DIRECTORY,
};

/// Writes nearly everything of an ordinary user.
pub(super) const EVERYTHING: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];

/// The same beside `User.ReadWrite.All`.
pub(super) const DIRECTORY: &[&str] = &["Directory.ReadWrite.All"];

/// An ordinary profile attribute: listed, patched under its own name, emptied with `null`, mastered by Active
/// Directory for synchronised users, and shared by many people.
pub(super) const fn editable(
    section: Section,
    name: &'static str,
    label: &'static str,
    kind: Kind,
) -> Attribute {
    Attribute {
        name,
        label,
        aliases: &[],
        section,
        kind,
        read: ReadRule::List { select: name },
        write: WriteRule::MainPatch(PatchPlace::Property),
        clear: ClearRule::Null,
        sensitivity: Sensitivity::Ordinary,
        mastery: Mastery::OnPremises,
        spread: Spread::Shared,
        read_permission: READ,
        write_permission: WRITE,
        at_birth: true,
        extension: None,
        note: "",
    }
}

/// An attribute that is exported for information and cannot be written.
///
/// Its mastery says where the value comes from, since no write can meet it.
pub(super) const fn shown(
    section: Section,
    name: &'static str,
    label: &'static str,
    kind: Kind,
    reason: ReadOnlyReason,
) -> Attribute {
    Attribute {
        write: WriteRule::ReadOnly(reason),
        clear: ClearRule::Never,
        mastery: match reason {
            ReadOnlyReason::SetOnPremises => Mastery::OnPremises,
            ReadOnlyReason::SetByService
            | ReadOnlyReason::SetByExchange
            | ReadOnlyReason::OwnEndpoint
            | ReadOnlyReason::InParts
            | ReadOnlyReason::Undocumented
            | ReadOnlyReason::Secret
            | ReadOnlyReason::Bytes => Mastery::Cloud,
        },
        write_permission: Permissions::NONE,
        ..editable(section, name, label, kind)
    }
}
