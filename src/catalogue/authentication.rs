//! How a person proves who they are: the telephone numbers for signing in and the mail address for resetting a password.
//!
//! They are no profile: `mobilePhone` and `businessPhones` stand in `contact`, and neither feeds the other.
//! <https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod>,
//! <https://learn.microsoft.com/graph/api/resources/emailauthenticationmethod>,
//! <https://learn.microsoft.com/graph/api/authentication-post-phonemethods#permissions>.

use super::entry::editable;
use super::{
    Attribute, Kind, Mastery, Permissions, PhoneType, ReadRule, Resource, Section, Sensitivity, Spread,
    WriteRule,
};

const PHONE_READ: Permissions = Permissions {
    least: &[
        &["UserAuthMethod-Phone.Read.All"],
        &["UserAuthenticationMethod.Read.All"],
    ],
    also: &[
        "UserAuthMethod-Phone.ReadWrite.All",
        "UserAuthenticationMethod.ReadWrite.All",
    ],
};

const PHONE_WRITE: Permissions = Permissions {
    least: &[
        &["UserAuthMethod-Phone.ReadWrite.All"],
        &["UserAuthenticationMethod.ReadWrite.All"],
    ],
    also: &[],
};

const EMAIL_READ: Permissions = Permissions {
    least: &[
        &["UserAuthMethod-Email.Read.All"],
        &["UserAuthenticationMethod.Read.All"],
    ],
    also: &[
        "UserAuthMethod-Email.ReadWrite.All",
        "UserAuthenticationMethod.ReadWrite.All",
    ],
};

const EMAIL_WRITE: Permissions = Permissions {
    least: &[
        &["UserAuthMethod-Email.ReadWrite.All"],
        &["UserAuthenticationMethod.ReadWrite.All"],
    ],
    also: &[],
};

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        aliases: &["authenticationPhoneNumber"],
        note: "Not `mobilePhone`; it cannot go while there is an alternate mobile number or while it is the person's usual \
               way to sign in, and where text messages may sign people in it must be nobody else's.",
        ..phone(
            "authentication.phoneMethods.mobile",
            "Phone (mobile)",
            PhoneType::Mobile,
        )
    },
    Attribute {
        aliases: &["authenticationAlternativePhoneNumber"],
        note: "For calls only, and only beside a mobile number for signing in.",
        ..phone(
            "authentication.phoneMethods.alternateMobile",
            "Phone (alternateMobile)",
            PhoneType::AlternateMobile,
        )
    },
    Attribute {
        note: "Not `businessPhones`; for calls only, and the one number that takes an extension.",
        ..phone(
            "authentication.phoneMethods.office",
            "Phone (office)",
            PhoneType::Office,
        )
    },
    Attribute {
        aliases: &["authenticationEmail"],
        read_permission: EMAIL_READ,
        write_permission: EMAIL_WRITE,
        note: "Not `mail` or `otherMails`; for resetting one's own password, never for signing in.",
        ..method(
            "authentication.emailMethods.emailAddress",
            "Authentication email",
            Kind::Email { max: None },
            Resource::Email,
        )
    },
];

const fn phone(name: &'static str, label: &'static str, which: PhoneType) -> Attribute {
    let kind = Kind::SignInPhone {
        extension: matches!(which, PhoneType::Office),
    };
    method(name, label, kind, Resource::Phone(which))
}

const fn method(name: &'static str, label: &'static str, kind: Kind, resource: Resource) -> Attribute {
    Attribute {
        read: ReadRule::Resource(resource),
        write: WriteRule::Resource(resource),
        sensitivity: Sensitivity::Sensitive,
        mastery: Mastery::Cloud,
        spread: Spread::Individual,
        read_permission: PHONE_READ,
        write_permission: PHONE_WRITE,
        ..editable(Section::Authentication, name, label, kind)
    }
}
