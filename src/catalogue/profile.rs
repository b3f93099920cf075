//! The profile store, which SharePoint keeps, and the settings of the mailbox, which Exchange keeps: both are read one person
//! at a time.
//!
//! <https://learn.microsoft.com/graph/api/user-update>, <https://learn.microsoft.com/graph/api/resources/mailboxsettings>.
//! What Microsoft leaves open here, and what was decided: `docs/design/profile-store.md`.

use super::entry::{editable, shown};
use super::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, Permissions, ReadOnlyReason, ReadRule, Section, Spread,
    WriteRule,
};

const TEXT: Kind = Kind::Text { max: None };
const TEXTS: Kind = Kind::TextList {
    items_max: NO_LIMIT,
    item_max: NO_LIMIT,
};

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        clear: ClearRule::Never,
        spread: Spread::Individual,
        ..stored("aboutMe", "About me", TEXT)
    },
    Attribute {
        clear: ClearRule::Never,
        note: "A day is enough, as in 1985-06-30; the service's word for none, the first day of the year 1, is an empty cell.",
        ..stored("birthday", "Birthday", Kind::DateTime)
    },
    stored("interests", "Interests", TEXTS),
    Attribute {
        clear: ClearRule::Never,
        spread: Spread::Individual,
        ..stored("mySite", "My site", Kind::WebAddress)
    },
    stored("pastProjects", "Past projects", TEXTS),
    stored("responsibilities", "Responsibilities", TEXTS),
    stored("schools", "Schools", TEXTS),
    stored("skills", "Skills", TEXTS),
    Attribute {
        note: "employeeHireDate is the one to use; where it is not set the service tells the first day of the year 1, which is an empty cell here.",
        ..kept("hireDate", "Hire date (profile store)", Kind::DateTime)
    },
    Attribute {
        note: "The service does not support it and shows nothing; displayName is the one to use.",
        ..kept("preferredName", "Preferred name (profile store)", TEXT)
    },
    setting("mailboxSettings.timeZone", "Mailbox time zone", TEXT),
    setting("mailboxSettings.language.locale", "Mailbox language", TEXT),
    setting("mailboxSettings.dateFormat", "Mailbox date format", TEXT),
    setting("mailboxSettings.timeFormat", "Mailbox time format", TEXT),
    setting(
        "mailboxSettings.automaticRepliesSetting",
        "Mailbox automatic replies",
        Kind::Json,
    ),
    setting(
        "mailboxSettings.workingHours",
        "Mailbox working hours",
        Kind::Json,
    ),
    setting(
        "mailboxSettings.delegateMeetingMessageDeliveryOptions",
        "Mailbox meeting messages for delegates",
        TEXT,
    ),
    Attribute {
        write: WriteRule::ReadOnly(ReadOnlyReason::SetByService),
        ..setting("mailboxSettings.archiveFolder", "Mailbox archive folder", TEXT)
    },
    Attribute {
        write: WriteRule::ReadOnly(ReadOnlyReason::SetByExchange),
        note: "Tells people from rooms, equipment and shared mailboxes.",
        ..setting("mailboxSettings.userPurpose", "Mailbox purpose", TEXT)
    },
];

/// What a person tells about themselves. An application is not documented to be let in, whatever it was granted.
const fn stored(name: &'static str, label: &'static str, kind: Kind) -> Attribute {
    Attribute {
        read: ReadRule::SingleUser { select: name },
        write: WriteRule::ProfilePatch,
        clear: ClearRule::EmptyList,
        mastery: Mastery::Cloud,
        write_permission: Permissions::NONE,
        ..editable(Section::Profile, name, label, kind)
    }
}

/// What the profile store only shows.
const fn kept(name: &'static str, label: &'static str, kind: Kind) -> Attribute {
    Attribute {
        read: ReadRule::SingleUser { select: name },
        ..shown(Section::Profile, name, label, kind, ReadOnlyReason::SetByService)
    }
}

/// A setting of the mailbox.
const fn setting(name: &'static str, label: &'static str, kind: Kind) -> Attribute {
    Attribute {
        read: ReadRule::SingleUser {
            select: "mailboxSettings",
        },
        read_permission: Permissions {
            least: &[&["MailboxSettings.Read"]],
            also: &[],
        },
        ..shown(Section::Settings, name, label, kind, ReadOnlyReason::OwnEndpoint)
    }
}
