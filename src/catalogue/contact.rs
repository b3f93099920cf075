//! Where the person can be reached: the portal's group "Contact Information".
//!
//! <https://learn.microsoft.com/graph/api/resources/user>,
//! <https://learn.microsoft.com/graph/api/resources/users#who-can-perform-sensitive-actions>.

use super::Section::ContactInformation;
use super::entry::{EVERYTHING, READ_BASIC, editable, shown};
use super::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, Permissions, ReadOnlyReason, Sensitivity, Spread,
};

const PHONE_WRITE: Permissions = Permissions {
    least: &[&["User-Phone.ReadWrite.All"]],
    also: EVERYTHING,
};

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        clear: ClearRule::Never,
        spread: Spread::Individual,
        read_permission: READ_BASIC,
        note: "Also becomes one of the proxy addresses; for people with an Exchange mailbox the service may \
               refuse the change.",
        ..editable(ContactInformation, "mail", "Email", Kind::Email { max: None })
    },
    Attribute {
        clear: ClearRule::Never,
        spread: Spread::Individual,
        note: "Microsoft does not say whether it can be emptied, so that is not tried.",
        ..editable(
            ContactInformation,
            "mailNickname",
            "Mail nickname",
            Kind::MailNickname { max: 64 },
        )
    },
    Attribute {
        clear: ClearRule::EmptyList,
        sensitivity: Sensitivity::Sensitive,
        mastery: Mastery::Cloud,
        spread: Spread::Individual,
        write_permission: Permissions {
            least: &[&["User-Mail.ReadWrite.All"]],
            also: EVERYTHING,
        },
        aliases: &["alternateEmailAddress"],
        note: "The cell holds the whole list: an address that is taken out of the cell is removed.",
        ..editable(
            ContactInformation,
            "otherMails",
            "Other emails",
            Kind::EmailList {
                items_max: 250,
                item_max: 250,
            },
        )
    },
    Attribute {
        clear: ClearRule::EmptyList,
        sensitivity: Sensitivity::Sensitive,
        spread: Spread::Individual,
        write_permission: PHONE_WRITE,
        aliases: &["telephoneNumber", "Office phone"],
        note: "A list for the service, which takes no more than one number.",
        ..editable(
            ContactInformation,
            "businessPhones",
            "Business phone",
            Kind::TextList {
                items_max: 1,
                item_max: 64,
            },
        )
    },
    Attribute {
        sensitivity: Sensitivity::Sensitive,
        spread: Spread::Individual,
        write_permission: PHONE_WRITE,
        aliases: &["mobile"],
        note: "Not the number for multi-factor sign-in, which is kept apart from the profile.",
        ..editable(
            ContactInformation,
            "mobilePhone",
            "Mobile phone",
            Kind::Phone { max: 64 },
        )
    },
    Attribute {
        spread: Spread::Individual,
        note: "Missing from Microsoft's list of what can be written, yet the portal and other tools write it.",
        ..editable(
            ContactInformation,
            "faxNumber",
            "Fax number",
            Kind::Phone { max: NO_LIMIT },
        )
    },
    editable(
        ContactInformation,
        "streetAddress",
        "Street address",
        Kind::Text { max: Some(1024) },
    ),
    editable(ContactInformation, "city", "City", Kind::Text { max: Some(128) }),
    editable(
        ContactInformation,
        "state",
        "State or province",
        Kind::Text { max: Some(128) },
    ),
    editable(
        ContactInformation,
        "postalCode",
        "ZIP or postal code",
        Kind::Text { max: Some(40) },
    ),
    Attribute {
        note: "Free text for the address; the country that licences go by is usageLocation.",
        ..editable(
            ContactInformation,
            "country",
            "Country or region",
            Kind::Text { max: Some(128) },
        )
    },
    Attribute {
        spread: Spread::Individual,
        note: "The entry that begins with SMTP: in capitals is the primary address.",
        ..addresses("proxyAddresses", "Proxy addresses", ReadOnlyReason::SetByExchange)
    },
    Attribute {
        spread: Spread::Individual,
        ..addresses("imAddresses", "IM addresses", ReadOnlyReason::SetByService)
    },
];

const fn addresses(name: &'static str, label: &'static str, reason: ReadOnlyReason) -> Attribute {
    let kind = Kind::TextList {
        items_max: NO_LIMIT,
        item_max: NO_LIMIT,
    };
    shown(ContactInformation, name, label, kind, reason)
}
