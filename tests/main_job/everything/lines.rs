//! The table: a line for each attribute that can be written, and for each action.

use super::ways::{Place, Way};

/// A value of the directory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Is {
    /// As it was found.
    Found,
    /// A text.
    Text(&'static str),
    /// Anything, as JSON.
    Json(&'static str),
    /// A moment after the one before.
    Later,
}

/// One line. In every text `{user}`, `{a}`, `{b}` and `{c}` stand for the ids of the user and of three others, `{user@}` and so on for their
/// names, and `{domain}` for the domain of the names.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// The column, the word of `_action`, or what is done with a row about nobody. Of an extension with its type: `name:type`.
    pub name: &'static str,
    /// What the directory has before.
    pub old: Is,
    /// What is typed into the cell.
    pub typed: &'static str,
    /// What it has afterwards.
    pub new: Is,
    /// What it has when the cell is emptied, as JSON; none where Microsoft lets nobody empty it.
    pub emptied: Option<&'static str>,
    /// Words after `--allow`.
    pub allow: &'static str,
    /// The same for the undo.
    pub undo_allow: &'static str,
    /// How the undo ends: 0, or 6 where nothing can be taken back.
    pub undo: i32,
    pub way: Way,
    pub place: Place,
    /// The column of the plan.
    pub planned: &'static str,
}

impl Line {
    const fn json(name: &'static str, old: &'static str, typed: &'static str, new: &'static str) -> Line {
        Line {
            name,
            old: Is::Json(old),
            typed,
            new: Is::Json(new),
            emptied: None,
            allow: "",
            undo_allow: "",
            undo: 0,
            way: Way::Patch,
            place: Place::Property(name),
            planned: name,
        }
    }

    const fn text(name: &'static str, old: &'static str, new: &'static str) -> Line {
        Line {
            old: Is::Text(old),
            new: Is::Text(new),
            ..Line::json(name, "", new, "")
        }
    }

    /// A word of `_action`, which is the word after `--allow` too.
    const fn action(word: &'static str, way: Way, place: Place, planned: &'static str) -> Line {
        Line {
            place,
            planned,
            allow: word,
            ..Line::json(word, "", word, "").by(way)
        }
    }

    const fn by(self, way: Way) -> Line {
        Line { way, ..self }
    }

    /// Typed otherwise than the directory shows it.
    const fn typed(self, typed: &'static str) -> Line {
        Line { typed, ..self }
    }

    const fn at(self, place: Place) -> Line {
        Line { place, ..self }
    }

    const fn from(self, old: Is) -> Line {
        Line { old, ..self }
    }

    const fn to(self, new: Is) -> Line {
        Line { new, ..self }
    }

    /// It may be emptied, and is then this.
    const fn to_nothing(self, emptied: &'static str) -> Line {
        Line {
            emptied: Some(emptied),
            ..self
        }
    }

    const fn clears(self) -> Line {
        self.to_nothing("null")
    }

    const fn allow(self, allow: &'static str) -> Line {
        Line { allow, ..self }
    }

    const fn undo_allow(self, undo_allow: &'static str) -> Line {
        Line { undo_allow, ..self }
    }

    const fn no_undo(self, undo: i32) -> Line {
        Line { undo, ..self }
    }

    /// The header of its column.
    pub fn column(&self) -> &'static str {
        self.name.split(':').next().unwrap()
    }

    /// What the wire calls the property.
    pub fn column_at_wire(&self) -> &'static str {
        match self.place {
            Place::Property(name) => name.split(':').next().unwrap(),
            _ => self.column(),
        }
    }

    /// A word of the column `_action`.
    pub fn is_action(&self) -> bool {
        matches!(
            self.way,
            Way::Switch | Way::Delete | Way::Restore | Way::RevokeSessions | Way::ResetPassword
        )
    }

    /// A row about nobody who is there.
    pub fn is_new_user(&self) -> bool {
        matches!(self.way, Way::Create | Way::Invite)
    }

    /// An attribute of the catalogue.
    pub fn is_attribute(&self) -> bool {
        !self.is_action() && !self.is_new_user()
    }
}

#[rustfmt::skip]
pub const LINES: &[Line] = &[
    // Identity.
    Line::text("userPrincipalName", "ada.before@{domain}", "ada.whole@{domain}").by(Way::Rename).allow("rename"),
    Line::text("displayName", "Ada Before", "Ada Example"),
    Line::text("givenName", "Aida", "Ada").clears(),
    Line::text("surname", "Before", "Example").clears(),
    Line::text("userType", "Member", "Guest"),
    Line::text("preferredLanguage", "nl-NL", "de-AT").clears(),
    Line::text("passwordPolicies", "DisablePasswordExpiration", "DisablePasswordExpiration, DisableStrongPassword").clears(),
    Line::json("identities", r#"[{"signInType":"userPrincipalName","issuer":"{domain}","issuerAssignedId":"{user@}"}]"#,
        "userPrincipalName|{domain}|{user@}; emailAddress|{domain}|ada.extra@whole.example",
        r#"[{"signInType":"emailAddress","issuer":"{domain}","issuerAssignedId":"ada.extra@whole.example"},{"signInType":"userPrincipalName","issuer":"{domain}","issuerAssignedId":"{user@}"}]"#)
        .by(Way::Identities).allow("identities"),
    // A role is named; the directory knows it by the id that Microsoft publishes.
    Line::json("directoryRoles", r#"["95e79109-95c0-4d8e-aee3-d01accf2d47b"]"#, "Reports Reader", r#"["4a5d8f65-41da-4de4-8968-e035b65339cf"]"#)
        .by(Way::Roles).at(Place::Roles).allow("roles").to_nothing("[]"),
    Line::text("photo", "200 x 200", "300 x 300").typed("ada.jpg").by(Way::Photo).at(Place::Photo).clears(),
    // Job information.
    Line::text("jobTitle", "Keeper", "Keeper of Keys").clears(),
    Line::text("department", "Half", "Whole").clears(),
    Line::text("companyName", "Half", "Whole & Sons").clears(),
    Line::text("officeLocation", "H1", "W1").clears(),
    Line::text("employeeId", "0042", "W-0001").clears(),
    Line::text("employeeType", "Half", "Whole").clears(),
    Line::text("employeeHireDate", "2020-01-02T00:00:00Z", "2026-02-03T00:00:00Z").typed("2026-02-03").clears(),
    Line::text("employeeLeaveDateTime", "2030-01-02T00:00:00Z", "2031-02-03T00:00:00Z").typed("2031-02-03").clears(),
    Line::text("employeeOrgData.division", "East", "West").clears(),
    Line::text("employeeOrgData.costCenter", "E11", "W77").clears(),
    Line::json("manager", r#""{a}""#, "{b@}", r#""{b}""#).by(Way::Manager).at(Place::Manager).clears(),
    Line::json("sponsors", r#"["{a}"]"#, "{b@}", r#"["{b}"]"#).by(Way::Sponsors).at(Place::Sponsors).to_nothing("[]"),
    // Contact information.
    Line::text("mail", "ada.before@{domain}", "ada.mail@{domain}"),
    Line::text("mailNickname", "ada.before", "ada.whole"),
    Line::json("otherMails", r#"["before@whole.example"]"#, "b@whole.example; a@whole.example", r#"["a@whole.example","b@whole.example"]"#).to_nothing("[]"),
    Line::json("businessPhones", r#"["+31 20 555 0100"]"#, "+31 20 555 0199", r#"["+31 20 555 0199"]"#).to_nothing("[]"),
    Line::text("mobilePhone", "+31 6 5550 0100", "+31 6 5550 0199").clears(),
    Line::text("faxNumber", "+31 20 555 0101", "+31 20 555 0198").clears(),
    Line::text("streetAddress", "Half Street 1", "Whole Street 1").clears(),
    Line::text("city", "Halftown", "Wholeville").clears(),
    Line::text("state", "Half", "Whole").clears(),
    Line::text("postalCode", "0123 HA", "1234 WH").clears(),
    Line::text("country", "Halfland", "Wholeland").clears(),
    // Parental controls and settings.
    Line::text("ageGroup", "NotAdult", "Adult").clears(),
    Line::text("consentProvidedForMinor", "Granted", "NotRequired").clears(),
    Line::json("accountEnabled", "true", "false", "false").allow("disable"),
    Line::text("usageLocation", "NL", "IS"),
    Line::json("assignedLicenses", r#"[{"disabledPlans":["c1ec4a95-1f05-45b3-a911-aa3fa01094f5"],"skuId":"efccb6f7-5641-4e0e-bd10-b4976e1bf68e"}]"#,
        "ENTERPRISEPACK(-TEAMS1)", r#"[{"disabledPlans":["57ff2da0-773e-42df-b2af-ffb7a2317929"],"skuId":"6fd2c87f-b296-42f0-b197-1e91e994b900"}]"#)
        .by(Way::Licences).allow("licenses").to_nothing("[]"),
    // On-premises.
    Line::text("onPremisesImmutableId", "aGFsZg==", "d2hvbGU=").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute1", "h1", "w1").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute2", "h2", "w2").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute3", "h3", "w3").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute4", "h4", "w4").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute5", "h5", "w5").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute6", "h6", "w6").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute7", "h7", "w7").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute8", "h8", "w8").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute9", "h9", "w9").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute10", "h10", "w10").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute11", "h11", "w11").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute12", "h12", "w12").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute13", "h13", "w13").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute14", "h14", "w14").clears(),
    Line::text("onPremisesExtensionAttributes.extensionAttribute15", "h15", "w15").clears(),
    // The profile store.
    Line::text("aboutMe", "I kept them.", "I keep the keys.").by(Way::Profile),
    Line::text("birthday", "1980-01-01T00:00:00Z", "1985-06-30T00:00:00Z").typed("1985-06-30").by(Way::Profile),
    Line::json("interests", r#"["doors"]"#, "keys; chess", r#"["chess","keys"]"#).by(Way::Profile).to_nothing("[]"),
    Line::text("mySite", "https://before.example", "https://whole.example/ada").by(Way::Profile),
    Line::json("pastProjects", r#"["Omega"]"#, "Beta; Alpha", r#"["Alpha","Beta"]"#).by(Way::Profile).to_nothing("[]"),
    Line::json("responsibilities", r#"["doors"]"#, "keys; doors", r#"["doors","keys"]"#).by(Way::Profile).to_nothing("[]"),
    Line::json("schools", r#"["Half College"]"#, "Whole College", r#"["Whole College"]"#).by(Way::Profile).to_nothing("[]"),
    Line::json("skills", r#"["doors"]"#, "locks; keys", r#"["keys","locks"]"#).by(Way::Profile).to_nothing("[]"),
    // For signing in.
    Line::text("authentication.phoneMethods.mobile", "+31 612345678", "+31 687654321").by(Way::Phone).at(Place::Phone("mobile")).clears(),
    Line::text("authentication.phoneMethods.alternateMobile", "+31 611111111", "+31 622222222").by(Way::Phone).at(Place::Phone("alternateMobile")).clears(),
    Line::text("authentication.phoneMethods.office", "+31 201112233x12", "+31 201112233").by(Way::Phone).at(Place::Phone("office")).clears(),
    Line::text("authentication.emailMethods.emailAddress", "ada@before.example", "ada@whole.example").by(Way::Email).at(Place::Email).clears(),
    // What a tenant made for itself: a line for each type.
    extension("extension_0123456789abcdef0123456789abcdef_costCentre:String", r#""K-1""#, "K-77", r#""K-77""#),
    extension("extension_0123456789abcdef0123456789abcdef_level:Integer", "3", "-2147483648", "-2147483648"),
    extension("extension_0123456789abcdef0123456789abcdef_badge:LargeInteger", "1", "9007199254740993", "9007199254740993"),
    extension("extension_0123456789abcdef0123456789abcdef_remote:Boolean", "true", "FALSE", "false"),
    extension("extension_0123456789abcdef0123456789abcdef_until:DateTime", r#""2026-01-01T00:00:00Z""#, "2031-02-03", r#""2031-02-03T00:00:00Z""#),
    extension("extension_0123456789abcdef0123456789abcdef_teams:String[]", r#"["A"]"#, r#"B; "C; D""#, r#"["B","C; D"]"#),
    extension("extension_0123456789abcdef0123456789abcdef_rooms:Integer[]", "[1,2]", "7; 8", "[7,8]"),
    extension("extension_0123456789abcdef0123456789abcdef_numbers:LargeInteger[]", "[1]", "9007199254740993", "[9007199254740993]"),
    extension("extension_0123456789abcdef0123456789abcdef_flags:Boolean[]", "[true]", "true; false", "[false,true]"),
    extension("extension_0123456789abcdef0123456789abcdef_days:DateTime[]", r#"["2026-01-01T00:00:00Z"]"#, "2031-02-03", r#"["2031-02-03T00:00:00Z"]"#),
    extension("ext2a3b4c5d_company.title:String", r#""Cook""#, "Chef", r#""Chef""#).by(Way::SchemaExtension),
    extension("ext2a3b4c5d_company.level:Integer", "3", "4", "4").by(Way::SchemaExtension),
    // Custom security attributes: a line for each type, and one for values that the definition names.
    security("customSecurityAttributes.Engineering.ProjectDate:String", r#""2022-10-01""#, "after the summer", r#""after the summer""#),
    security("customSecurityAttributes.Engineering.NumVendors:Integer", "4", "-2147483648", "-2147483648"),
    security("customSecurityAttributes.Engineering.Certification:Boolean", "true", "FALSE", "false"),
    security("customSecurityAttributes.Engineering.Project:String[]=Alpine|Baker|Cascade", r#"["Alpine"]"#, "Cascade; Baker", r#"["Baker","Cascade"]"#),
    security("customSecurityAttributes.Engineering.CostCenter:Integer[]", "[1001]", "1003; 1001", "[1001,1003]"),
    security("customSecurityAttributes.Marketing.Grade:Integer=1|2|3", "1", "3", "3"),
    // Actions.
    Line::action("disable", Way::Switch, Place::Property("accountEnabled"), "accountEnabled").from(Is::Json("true")).to(Is::Json("false")),
    Line::action("enable", Way::Switch, Place::Property("accountEnabled"), "accountEnabled").from(Is::Json("false")).to(Is::Json("true")).allow(""),
    Line::action("delete", Way::Delete, Place::Account, "accountState").from(Is::Text("present")).to(Is::Text("deleted")),
    Line::action("restore", Way::Restore, Place::Account, "accountState").from(Is::Text("deleted")).to(Is::Text("present")).undo_allow("delete"),
    Line::action("revoke-sessions", Way::RevokeSessions, Place::Property("signInSessionsValidFromDateTime"), "signInSessions")
        .from(Is::Found).to(Is::Later).no_undo(6),
    Line::action("reset-password", Way::ResetPassword, Place::Property("lastPasswordChangeDateTime"), "accountPassword")
        .from(Is::Found).to(Is::Later).no_undo(6),
    // Rows about nobody who is there. An undo takes a guest away who was invited, and nobody who was made.
    Line::json("create", "[]", "Ada Example", r#"[{"accountEnabled":true,"displayName":"Ada Example","userType":"Member"}]"#)
        .by(Way::Create).at(Place::WithMail("ada.new@{domain}")).allow("create").no_undo(6),
    Line::json("invite", "[]", "Ada Example", r#"[{"accountEnabled":true,"displayName":"Ada Example","userType":"Guest"}]"#)
        .by(Way::Invite).at(Place::WithMail("ada.new@fabrikam.example")).allow("invite").undo_allow("delete"),
];

/// A custom security attribute; one without values is not shown.
const fn security(name: &'static str, old: &'static str, typed: &'static str, new: &'static str) -> Line {
    Line::json(name, old, typed, new).by(Way::Security).clears()
}

/// An extension, which can always be emptied.
const fn extension(name: &'static str, old: &'static str, typed: &'static str, new: &'static str) -> Line {
    Line::json(name, old, typed, new)
        .by(Way::DirectoryExtension)
        .clears()
}
