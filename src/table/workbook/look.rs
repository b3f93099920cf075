//! How the worksheet with the users looks: what each column is, its width, its colours.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::catalogue::{self, Attribute, Kind};
use crate::table::SNAPSHOT_COLUMN;

/// What a person may do with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It says who the row is about and what was exported: never typed over.
    Key,
    /// An edit would be refused.
    ReadOnly,
    Editable,
}

/// One column of the data sheet.
#[derive(Debug, Clone)]
pub(super) struct ColumnLook {
    pub name: String,
    /// `None` for `_snapshot` and for names the catalogue does not have.
    pub attribute: Option<&'static Attribute>,
    pub role: Role,
    /// In characters.
    pub width: f64,
}

impl ColumnLook {
    /// The look of a column with this header.
    pub fn new(name: &str) -> ColumnLook {
        ColumnLook::of(name, catalogue::by_name(name))
    }

    /// The same for a column of this attribute.
    pub fn of(name: &str, attribute: Option<&'static Attribute>) -> ColumnLook {
        // `userPrincipalName` is a key too, but a new name in it is an edit: a rename.
        let role = match attribute {
            Some(attribute) if attribute.name == "id" => Role::Key,
            Some(attribute) if !attribute.is_writable() => Role::ReadOnly,
            Some(_) => Role::Editable,
            None if name == SNAPSHOT_COLUMN => Role::Key,
            None => Role::Editable,
        };
        // Room for the button of the filter.
        let header = name.chars().count() as f64 + 4.0;
        let width = match role {
            // Nobody reads it; the beginning is enough to see that it is there.
            Role::Key => 13.0,
            _ => attribute
                .map_or(20.0, |attribute| cells_width(attribute.kind))
                .max(header.min(HEADER_WIDTH_MAX)),
        };
        ColumnLook {
            name: name.to_owned(),
            attribute,
            role,
            width,
        }
    }
}

/// A long header does not make a column of short words wider than this.
const HEADER_WIDTH_MAX: f64 = 24.0;

fn cells_width(kind: Kind) -> f64 {
    match kind {
        Kind::Text { max: Some(max) } if max <= 32 => 16.0,
        Kind::Text { .. } | Kind::MailNickname { .. } | Kind::Choice(_) => 22.0,
        Kind::Phone { .. } | Kind::SignInPhone { .. } => 20.0,
        Kind::Email { .. }
        | Kind::WebAddress
        | Kind::UserPrincipalName
        | Kind::Reference
        | Kind::References { .. }
        | Kind::Picture => 34.0,
        Kind::Language | Kind::Country | Kind::Boolean | Kind::Integer => 10.0,
        Kind::DateTime => 22.0,
        Kind::Guid => 38.0,
        Kind::Flags(_)
        | Kind::TextList { .. }
        | Kind::EmailList { .. }
        | Kind::Identities { .. }
        | Kind::Json => 28.0,
    }
}

/// The built-in format `@`, which the programs call Text: what is typed into the cell later stays text as well.
const TEXT: u8 = 49;

/// A plain text cell.
pub(super) fn text_format() -> Format {
    Format::new().set_num_format_index(TEXT)
}

/// The formats of one workbook, each made once.
#[derive(Debug, Clone)]
pub(super) struct Formats {
    key_header: Format,
    read_only_header: Format,
    header: Format,
    key: Format,
    read_only: Format,
    editable: Format,
    /// The first page: its title, a name before a value, a line of text, a cell of its table.
    pub title: Format,
    pub strong: Format,
    pub line: Format,
    pub entry: Format,
}

impl Formats {
    /// All of them.
    pub fn new() -> Formats {
        let text = text_format();
        let header = text
            .clone()
            .set_bold()
            .set_border_bottom(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter);
        Formats {
            key_header: header
                .clone()
                .set_background_color(DARK)
                .set_font_color(Color::White),
            read_only_header: header.clone().set_background_color(GREY).set_font_color(QUIET),
            header: header.clone().set_background_color(BLUE),
            key: text.clone().set_background_color(PALE).set_font_color(QUIET),
            read_only: text.clone().set_background_color(PALE).set_font_color(QUIET),
            editable: text.clone().set_unlocked(),
            title: text.clone().set_bold().set_font_size(16),
            strong: text.clone().set_bold(),
            entry: text.clone().set_border_bottom(FormatBorder::Hair),
            line: text,
        }
    }

    /// That of a column's header.
    pub fn header(&self, role: Role) -> &Format {
        match role {
            Role::Key => &self.key_header,
            Role::ReadOnly => &self.read_only_header,
            Role::Editable => &self.header,
        }
    }

    /// That of a column's cells.
    pub fn cell(&self, role: Role) -> &Format {
        match role {
            Role::Key => &self.key,
            Role::ReadOnly => &self.read_only,
            Role::Editable => &self.editable,
        }
    }
}

const DARK: Color = Color::RGB(0x1F_3A5F);
const BLUE: Color = Color::RGB(0xD6_E4F5);
const GREY: Color = Color::RGB(0xD9_D9D9);
const PALE: Color = Color::RGB(0xF2_F2F2);
const QUIET: Color = Color::RGB(0x59_5959);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_locked_names_are_not_and_what_cannot_be_written_is_quiet() {
        for (name, role) in [
            ("id", Role::Key),
            ("_snapshot", Role::Key),
            ("userPrincipalName", Role::Editable),
            ("jobTitle", Role::Editable),
            ("createdDateTime", Role::ReadOnly),
            ("onPremisesSyncEnabled", Role::ReadOnly),
            ("shoe size", Role::Editable),
        ] {
            assert_eq!(ColumnLook::new(name).role, role, "{name}");
        }
    }

    #[test]
    fn every_column_of_the_catalogue_is_wide_enough_for_a_look_and_not_wider_than_a_screen() {
        for attribute in catalogue::all() {
            let look = ColumnLook::new(attribute.name);
            assert!(
                (8.0..=40.0).contains(&look.width),
                "{}: {}",
                look.name,
                look.width
            );
        }
    }
}
