//! The first passwords of a sheet. They are in no row that [`Sheet::rows`] gives; whoever may use them asks for them here.

use super::foreign::is_first_password;
use super::guard::take_off;
use super::reader::Sheet;
use super::treatment::Treatment;
use crate::domain::Place;

impl Sheet {
    /// The column of first passwords, and its header.
    pub fn password_column(&self) -> Option<(usize, &str)> {
        let columns = self.header().columns().iter().enumerate();
        let mut found = columns.filter(|(_, column)| is_first_password(&column.text, column.meaning));
        found.next().map(|(index, column)| (index, column.text.as_str()))
    }

    /// Where the header of that column stands, and the header.
    pub fn password_header(&self) -> Option<(Place, &str)> {
        let (column, text) = self.password_column()?;
        let header = self.records().advance()?.ok()?;
        Some((header.at(column), text))
    }

    /// Shows every filled cell of that column, in rows whose cells can be told apart. A cell whose text is not what it seems, such as a
    /// formula without a value, is none.
    pub fn visit_passwords(&self, mut each: impl FnMut(Place, &str)) {
        let Some((column, _)) = self.password_column() else {
            return;
        };
        let width = self.header().len();
        let keeps_guard = self.treatments().contains(&Treatment::Kept);
        let mut records = self.records();
        // The header.
        let _ = records.advance();
        while let Some(record) = records.advance() {
            let Ok(place) = record else { continue };
            let is_held = || {
                let mut held = self.held_cells().iter();
                held.any(|cell| cell.place.row == place.row && cell.place.column == Some(column))
            };
            let is_ragged = records.cells.len() != width && !self.pads_rows();
            if is_ragged || self.is_passed_over(place.row) || self.broken_rows().contains(&place.row) {
                continue;
            }
            if let Some(text) = records.cells.get(column).filter(|text| !text.trim().is_empty())
                && !is_held()
            {
                each(place.at(column), if keeps_guard { text } else { take_off(text) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ReadOptions;
    use super::*;

    fn passwords(text: &str) -> Vec<(u64, String)> {
        let sheet = Sheet::from_bytes("x.csv", text.as_bytes().to_vec(), ReadOptions::default()).unwrap();
        for row in sheet.rows().flatten() {
            assert!(row.cells.iter().all(|cell| !cell.contains("Secret")), "{row:?}");
        }
        let mut found = Vec::new();
        sheet.visit_passwords(|place, text| found.push((place.row, text.to_owned())));
        found
    }

    #[test]
    fn the_column_is_found_by_its_documented_names_only() {
        for (header, found) in [
            ("passwordProfile.password", true),
            ("passwordProfile", true),
            ("Initial password [passwordProfile] Required", true),
            ("Initial password", true),
            ("password", false),
            ("Passwort", false),
            ("passwordProfile.forceChangePasswordNextSignIn", false),
        ] {
            let text = format!("userPrincipalName,{header}\na@b.example,Secret77\n");
            assert_eq!(!passwords(&text).is_empty(), found, "{header}");
        }
    }

    #[test]
    fn the_header_is_where_it_stands_also_below_the_version_of_a_template() {
        for (text, name) in [
            (
                "userPrincipalName,passwordProfile.password\na@b.example,Secret77\n",
                "B1",
            ),
            (
                "version:v1.0,,,\nName [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required\nA B,a@b.example,Secret77,No\n",
                "C2",
            ),
        ] {
            let sheet = Sheet::from_bytes("x.csv", text.as_bytes().to_vec(), ReadOptions::default()).unwrap();
            let place = sheet.password_header().map(|(place, _)| place);
            assert_eq!(place.and_then(|place| place.cell_name()).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_password_is_shown_as_it_was_typed_and_blank_cells_and_broken_rows_are_not() {
        let text = "userPrincipalName,passwordProfile\na@b.example,'=Secret77\nb@b.example,\nc@b.example,\"Sec,\"\"ret77\"\nd@b.example,Secret77,more\n";
        assert_eq!(
            passwords(text),
            [(2, "=Secret77".to_owned()), (4, "Sec,\"ret77".to_owned())]
        );
    }
}
