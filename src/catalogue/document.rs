//! `docs/attributes.md` and the words for kinds, made from the entries.
//!
//! Regenerate the page with `UPDATE_DOCS=1 cargo test --test catalogue_agreement`.

use super::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, OptIn, Preset, ReadOnlyReason, ReadRule, Section,
    Sensitivity, WriteRule, all, rules_of,
};

const INTRODUCTION: &str = "\
# Attributes

These are the columns a sheet can have. A column is headed by the name in the first column of these tables, by the
portal's label, or by one of the other headers listed under a table; capitals and blanks do not matter. `dirsheet
columns` shows the same list in the terminal.

<!-- Generated from src/catalogue. To regenerate: UPDATE_DOCS=1 cargo test --test catalogue_agreement -->

How to read the tables:

- **Holds**: what belongs in a cell, and how long it may be. Lengths are counted as the service counts them, in UTF-16
  units: most characters count one, most emoji two.
- **Read**: *yes* means the column can be in any export. *If named* means it is left out, also of the preset `all`,
  unless `--columns` names it.
- **Write**: whether an edited cell is sent to the directory, or why not. A read-only column may stay in the sheet.
- **Empty**: whether a value can be removed.
- **Sensitive**: Microsoft counts a change as a sensitive action. For people who hold an administrator role it needs a
  role that ranks higher, also for an app.
- **Synchronised people**: what happens to an edit when the person is synchronised from Active Directory.
  *Refused* means it has to be changed in Active Directory; *tried* means Microsoft does not say, so it is sent and a
  refusal is reported for that row.
- **Permission**: the least privileged application permission, to read and to write.
- **A bad value gets**: what `dirsheet check` says of a cell that cannot be right, each explained in
  [problems](problems.md). In every column that can be written, also `control-character`, `only-blanks` and
  `word-for-nothing`. Nothing is written while such a cell is there, unless `--skip-errors` leaves it out.
";

const SHEET_RULES: &str = "\
## How values are written

- Yes and no are `true` and `false`.
- Moments are written in UTC, as `2024-03-01T00:00:00Z`.
- Several values in one cell are separated by `; ` and their order does not matter. A value that holds a `;` or begins with
  a double quote stands in double quotes: `\"C; C++\"; Rust`.
- Structures are shown as JSON and cannot be edited.
";

const EXTENSIONS: &str = "\
## Extensions of the tenant

What applications added to the users of a tenant has columns too, when `--columns` names it or `--extensions` asks for all
of it. The tenant is asked once which there are and of which type; an export keeps the types for later.

| Column | Holds, by its type | Read | Write | Empty | Synchronised people | Permission |
|---|---|---|---|---|---|---|
| `extension_{appIdNoDashes}_{name}`, or `{name}` alone where it means one extension and no column above | `String`: text of at most 256 characters; `Integer`: a whole number of 32 bits; `LargeInteger`: of 64 bits; `Boolean`: true or false; `DateTime`: a moment; `Binary`: bytes in base64, only shown; several values: up to 100, separated by semicolons | if named | yes, with everything else; not `Binary`, and not what comes from Active Directory | yes | tried | read User.Read.All and Directory.Read.All; write User.ReadWrite.All |
| `{schemaExtensionId}`, its leaves as `{schemaExtensionId}.{property}` | the same types, one value each | if named in full | yes, with its other leaves beside it | yes | tried | read User.Read.All and Application.Read.All; write User.ReadWrite.All |

Microsoft allows 100 extension values for one person, over all applications.

## Custom security attributes

Each attribute that the tenant defines has a column `customSecurityAttributes.{set}.{name}`, when `--columns` names it;
`customSecurityAttributes.{set}.*` means all of a set, `customSecurityAttributes.*` all there are. The tenant's definitions are read once;
an export keeps them for later.

| Column | Holds, by its definition | Read | Write | Empty | Synchronised people | Permission |
|---|---|---|---|---|---|---|
| `customSecurityAttributes.{set}.{name}` | `String`: text of at most 64 characters; `Integer`: a whole number of 32 bits; `Boolean`: true or false; several values of the first two: separated by semicolons; where there are predefined values only, one of these, letter for letter | if named: without its permission its cells are not read | yes, all of a person in one request of their own; not where the attribute is deactivated | yes | yes | read CustomSecAttributeAssignment.Read.All and CustomSecAttributeDefinition.Read.All; write CustomSecAttributeAssignment.ReadWrite.All |

Microsoft allows 50 values for one person, over all custom security attributes.
";

const NOT_YET: &str = "\
## What is not there yet

These need requests of their own and come with a later version:

- `onPremisesSyncBehavior`, which hands a synchronised account over to the cloud.
- Open `extensions`, and schema extensions that nobody names.

These are left out on purpose:

- Passwords (`passwordProfile`) are known, so that such a column is refused with its reason; a secret has no place in
  a sheet.
- Single parts of `identities` have no columns: the list is shown as a whole.
- `deletedDateTime` is always empty for the people an export lists; deleted accounts stand in a list of their own.
- `isResourceAccount` is reserved by Microsoft, and `identityParentId` belongs to agent accounts, which are not
  people.
- `showInAddressList` is not dependable in this interface of the service; use the Microsoft 365 admin center.
- `deviceEnrollmentLimit` and `print` belong to Intune and Universal Print.
";

/// The text of `docs/attributes.md`.
pub fn attributes_markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    for section in SECTIONS {
        let attributes: Vec<_> = all().filter(|attribute| attribute.section == section).collect();
        if !attributes.is_empty() {
            page.push_str(&section_markdown(section, &attributes));
        }
    }
    page.push('\n');
    page.push_str(EXTENSIONS);
    page.push('\n');
    page.push_str(SHEET_RULES);
    page.push_str(&presets_markdown());
    page.push('\n');
    page.push_str(NOT_YET);
    page
}

/// A kind and its limit, as it stands after "holds" or "expected": "text of at most 64 characters".
pub fn kind_in_words(kind: Kind) -> String {
    match kind {
        Kind::Text { max: Some(max) } => format!("text of at most {max} characters"),
        Kind::Text { max: None } => "text".to_owned(),
        Kind::Phone { max: NO_LIMIT } => "a telephone number".to_owned(),
        Kind::Phone { max } => format!("a telephone number of at most {max} characters"),
        Kind::SignInPhone { extension: false } => {
            "a telephone number such as +31 612345678: country code, one blank, digits".to_owned()
        }
        Kind::SignInPhone { extension: true } => {
            "a telephone number such as +31 201234567 or +31 201234567x12: country code, one blank, digits, perhaps an extension"
                .to_owned()
        }
        Kind::Email { max: Some(max) } => format!("an email address of at most {max} characters"),
        Kind::Email { max: None } => "an email address".to_owned(),
        Kind::WebAddress => "an address of the web such as https://example.com".to_owned(),
        Kind::UserPrincipalName => {
            "a sign-in name like alias@domain, of at most 113 characters: 64 before the @ and 48 after it"
                .to_owned()
        }
        Kind::MailNickname { max } => {
            format!(
                "a mail alias of at most {max} characters, without blanks and without @ ( ) \\ [ ] \" ; : < > ,"
            )
        }
        Kind::Language => "a language and region such as en-US".to_owned(),
        Kind::Country => "a two-letter country code in capitals, such as NL".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer => "a whole number".to_owned(),
        Kind::DateTime => "a moment in UTC such as 2024-03-01T00:00:00Z".to_owned(),
        Kind::Guid => "an id such as 6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0".to_owned(),
        Kind::Choice(words) => listed(words, "or"),
        Kind::Flags(words) => format!("{}, or several of these joined by commas", listed(words, "or")),
        Kind::TextList { items_max, item_max } => list_in_words("text", "texts", items_max, item_max),
        Kind::EmailList { items_max, item_max } => {
            list_in_words("email address", "email addresses", items_max, item_max)
        }
        Kind::Identities { items_max } => format!(
            "up to {items_max} ways to sign in, each signInType|issuer|issuerAssignedId, joined by `; `"
        ),
        Kind::Json => "a structure, shown as JSON".to_owned(),
        Kind::Reference => "another user, by userPrincipalName or id".to_owned(),
        Kind::References { items_max } => {
            format!("up to {items_max} other users, by userPrincipalName or id, separated by semicolons")
        }
        Kind::Picture => "a JPEG or PNG file from the folder of --photos".to_owned(),
    }
}

fn list_in_words(one: &str, many: &str, items_max: u16, item_max: u16) -> String {
    let length = match item_max {
        NO_LIMIT => String::new(),
        max if items_max == 1 => format!(" of at most {max} characters"),
        max => format!(" of at most {max} characters each"),
    };
    match items_max {
        NO_LIMIT => format!("several {many}{length}, separated by semicolons"),
        1 => format!("one {one}{length}"),
        items => format!("up to {items} {many}{length}, separated by semicolons"),
    }
}

fn listed(words: &[&str], joiner: &str) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {joiner} {last}", first.join(", ")),
    }
}

const SECTIONS: [Section; 8] = [
    Section::Identity,
    Section::JobInformation,
    Section::ContactInformation,
    Section::ParentalControls,
    Section::Settings,
    Section::OnPremises,
    Section::Profile,
    Section::Authentication,
];

fn section_markdown(section: Section, attributes: &[&Attribute]) -> String {
    let mut text = format!("\n## {}\n\n", section.title());
    text.push_str(
        "| Column | Portal label | Holds | Read | Write | Empty | Sensitive | Synchronised people | Permission | A bad value gets |\n",
    );
    text.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
    for attribute in attributes {
        let cells = [
            format!("`{}`", attribute.name),
            escaped(attribute.label),
            escaped(&kind_in_words(attribute.kind)),
            read_in_words(attribute.read).to_owned(),
            write_in_words(attribute.write).to_owned(),
            clear_in_words(attribute).to_owned(),
            sensitivity_in_words(attribute.sensitivity).to_owned(),
            mastery_in_words(attribute).to_owned(),
            permission_in_words(attribute),
            rules_in_words(attribute),
        ];
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text.push_str(&notes_markdown(attributes));
    text.push_str(&headers_markdown(attributes));
    text
}

fn notes_markdown(attributes: &[&Attribute]) -> String {
    let notes: String = attributes
        .iter()
        .filter(|attribute| !attribute.note.is_empty())
        .map(|attribute| format!("- `{}`: {}\n", attribute.name, attribute.note))
        .collect();
    if notes.is_empty() {
        notes
    } else {
        format!("\nNotes:\n\n{notes}")
    }
}

fn headers_markdown(attributes: &[&Attribute]) -> String {
    let headers: String = attributes
        .iter()
        .filter(|attribute| !attribute.aliases.is_empty())
        .map(|attribute| {
            let aliases: Vec<_> = attribute
                .aliases
                .iter()
                .map(|alias| format!("`{alias}`"))
                .collect();
            format!("- `{}`: {}\n", attribute.name, aliases.join(", "))
        })
        .collect();
    if headers.is_empty() {
        headers
    } else {
        format!("\nOther headers that are understood:\n\n{headers}")
    }
}

fn presets_markdown() -> String {
    let mut text = String::from(
        "\n## Presets\n\n\
         Presets are names for sets of columns: `dirsheet export --columns hr`. Every preset begins with `id` and\n\
         `userPrincipalName`, by which the rows find their people again, and none has a column that must be named.\n",
    );
    for (name, preset) in Preset::NAMES {
        text.push_str(&format!("\n### `{name}`\n\n{}\n\n", preset_in_words(preset)));
        let columns: Vec<_> = preset
            .columns()
            .into_iter()
            .map(|column| format!("`{}`", column.name))
            .collect();
        text.push_str(&columns.join(", "));
        text.push_str(".\n");
    }
    text
}

fn preset_in_words(preset: Preset) -> &'static str {
    match preset {
        Preset::Default => {
            "What the portal's profile page shows and lets you edit, except password policies and licences, and a little to go by."
        }
        Preset::All => "Everything that can be read without being named, read-only columns included.",
        Preset::Minimal => "Who is who.",
        Preset::Hr => {
            "What an HR department keeps: the person, the employment, the place in the organisation, the account."
        }
    }
}

fn read_in_words(read: ReadRule) -> &'static str {
    match read {
        ReadRule::List { .. } | ReadRule::Expand { .. } => "yes",
        ReadRule::ListOptIn {
            reason: OptIn::OwnPermission,
            ..
        } => "if named: without its permission its cells are not read",
        ReadRule::ListOptIn {
            reason: OptIn::SmallPages,
            ..
        } => "if named: needs its permission, and slows the export",
        ReadRule::SingleUser { .. } | ReadRule::Resource(_) => "if named: one request per person",
        ReadRule::RoleAssignments => "if named: one list for everybody",
        ReadRule::Account | ReadRule::Never => "no",
    }
}

/// Whether an edited cell is sent, as it stands after "can be changed": "yes", "no: set by the service".
pub fn write_in_words(write: WriteRule) -> &'static str {
    match write {
        WriteRule::MainPatch(_) => "yes",
        WriteRule::Reference { .. } | WriteRule::Resource(_) | WriteRule::Licences => {
            "yes, in a request of its own"
        }
        WriteRule::Roles => "yes, each role in a request of its own",
        WriteRule::ProfilePatch => {
            "yes, in a request of its own; Microsoft says that no application may (docs/design/profile-store.md)"
        }
        WriteRule::Account(_) => "with the column `_action`",
        WriteRule::ReadOnly(ReadOnlyReason::SetByService) => "no: set by the service",
        WriteRule::ReadOnly(ReadOnlyReason::SetOnPremises) => "no: set in Active Directory",
        WriteRule::ReadOnly(ReadOnlyReason::SetByExchange) => "no: managed by Exchange",
        WriteRule::ReadOnly(ReadOnlyReason::OwnEndpoint) => "no: not with this version",
        WriteRule::ReadOnly(ReadOnlyReason::InParts) => "no: its parts are columns of their own, see below",
        WriteRule::ReadOnly(ReadOnlyReason::Undocumented) => "no: Microsoft does not say that it can be",
        WriteRule::ReadOnly(ReadOnlyReason::Secret) => "no: a secret",
        WriteRule::ReadOnly(ReadOnlyReason::Bytes) => "no: bytes",
    }
}

/// Whether a value can be removed, as it stands after "can be emptied".
pub fn clear_in_words(attribute: &Attribute) -> &'static str {
    match attribute.clear {
        _ if !attribute.is_writable() => "–",
        ClearRule::Null | ClearRule::EmptyList => "yes",
        ClearRule::Never => "no",
    }
}

fn sensitivity_in_words(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Ordinary => "no",
        Sensitivity::Sensitive => "yes",
    }
}

fn mastery_in_words(attribute: &Attribute) -> &'static str {
    match attribute.mastery {
        _ if !attribute.is_writable() => "–",
        Mastery::OnPremises => "refused",
        Mastery::OnPremisesOnce => "refused, also if they were synchronised once",
        Mastery::Cloud => "written",
        Mastery::Unknown => "tried",
    }
}

fn permission_in_words(attribute: &Attribute) -> String {
    let (read, write) = (
        attribute.read_permission.in_words(),
        attribute.write_permission.in_words(),
    );
    match (read.as_str(), write.as_str()) {
        ("", "") => "–".to_owned(),
        (read, "") => format!("read {read}"),
        ("", write) => format!("write {write}"),
        (read, write) => format!("read {read}; write {write}"),
    }
}

fn rules_in_words(attribute: &Attribute) -> String {
    let rules: Vec<String> = rules_of(attribute)
        .iter()
        .map(|rule| format!("[`{rule}`](problems.md#{rule})"))
        .collect();
    match rules.as_slice() {
        [] => "–".to_owned(),
        rules => rules.join(", "),
    }
}

/// Keeps punctuation from becoming markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '|' | '<' | '>' | '[' | ']' | '*' | '_' | '`') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
