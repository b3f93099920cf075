//! What lies below a user under an address of its own.

/// A resource of one user that is read and written by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// A telephone number for signing in. <https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod>
    Phone(PhoneType),
    /// The mail address for resetting one's own password.
    /// <https://learn.microsoft.com/graph/api/resources/emailauthenticationmethod>
    Email,
    /// Users who answer for this one; each is given and taken by itself. <https://learn.microsoft.com/graph/api/user-list-sponsors>
    Sponsors,
    /// The profile picture, kept by Outlook. <https://learn.microsoft.com/graph/api/resources/profilephoto>
    Photo,
}

/// Which of the three telephone numbers for signing in; there is one entry of each at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneType {
    Mobile,
    AlternateMobile,
    Office,
}

impl PhoneType {
    /// Graph's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            PhoneType::Mobile => "mobile",
            PhoneType::AlternateMobile => "alternateMobile",
            PhoneType::Office => "office",
        }
    }
}

impl Resource {
    /// The path below `/users/{id}` from which it is read. Resources with one path are read with one request.
    pub const fn path(self) -> &'static str {
        match self {
            Resource::Phone(_) => "authentication/phoneMethods",
            Resource::Email => "authentication/emailMethods",
            Resource::Sponsors => "sponsors",
            Resource::Photo => "photo",
        }
    }

    /// Whether the service counts its requests as those of authentication methods, beside the directory's.
    pub const fn is_sign_in_method(self) -> bool {
        match self {
            Resource::Phone(_) | Resource::Email => true,
            Resource::Sponsors | Resource::Photo => false,
        }
    }

    /// Where it stands among the writes of one user, from small to large: the service takes an alternate mobile number only
    /// beside a mobile one, and removes the mobile one only when there is no alternate. Somebody else can only be given where there
    /// is room.
    pub const fn turn(self, is_clear: bool) -> u8 {
        match (self, is_clear) {
            (Resource::Phone(PhoneType::AlternateMobile) | Resource::Sponsors, true) => 0,
            (Resource::Phone(PhoneType::AlternateMobile), false) => 2,
            _ => 1,
        }
    }
}
