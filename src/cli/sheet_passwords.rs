//! First passwords that stand in the sheet, where that was allowed: from its column into the request, and nowhere else.

use std::collections::HashMap;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::error::CliError;
use super::exit::Exit;
use super::extensions::open_offline;
use super::reading;
use crate::domain::{
    CheckedRow, Extent, Finding, Place, Plan, RawRow, password_fault, passwords_offline, passwords_used,
    shorten, weak_password,
};
use crate::engine::Intake;
use crate::state::{RunHeader, RunRow, StateFolder};
use crate::table::Sheet;

/// The passwords of a sheet by its rows. None of them shows in `Debug`.
#[derive(Debug, Default)]
pub struct SheetPasswords {
    by_row: HashMap<u64, (Place, SecretString)>,
    /// Where the column stands, and its header.
    column: Option<(Place, String)>,
}

impl SheetPasswords {
    /// Takes the passwords of the sheet.
    pub fn take(sheet: &Sheet, intake: &mut Intake) -> SheetPasswords {
        let Some((column, header)) = sheet.password_header() else {
            return SheetPasswords::default();
        };
        let mut passwords = SheetPasswords {
            by_row: HashMap::new(),
            column: Some((column, header.to_owned())),
        };
        // What is said of the column is said when it is known for whom it is.
        intake
            .findings
            .retain(|finding| finding.rule != "password-column");
        sheet.visit_passwords(|place, text| {
            passwords
                .by_row
                .insert(place.row, (place, SecretString::from(text.to_owned())));
        });
        passwords
    }

    /// Weighs the passwords of the rows that may set one. One that would be refused is an error of its row, which says nothing of it.
    pub fn weigh(&self, rows: &mut [CheckedRow], may_set: impl Fn(&CheckedRow) -> bool) {
        let Some((_, header)) = &self.column else { return };
        for row in rows.iter_mut().filter(|row| may_set(row)) {
            let Some((place, password)) = self.by_row.get(&row.place().row) else {
                continue;
            };
            if let Some(fault) = password_fault(password.expose_secret()) {
                row.add_finding(weak_password(fault).at(*place).column(header));
            }
        }
    }

    /// The passwords that this plan sets, by the names of their users.
    ///
    /// # Errors
    /// Two rows give one user two passwords.
    pub fn of_plan(&self, plan: &Plan) -> Result<HashMap<String, SecretString>, CliError> {
        let mut chosen = HashMap::new();
        for user in plan.users().iter().filter(|user| user.sets_password()) {
            let rows = plan.rows().iter().filter(|row| row.user == Some(user.user));
            let mut texts = rows.filter_map(|row| Some(&self.by_row.get(&row.row)?.1));
            let Some(first) = texts.next() else { continue };
            if texts.any(|other| other.expose_secret() != first.expose_secret()) {
                return Err(CliError::new(
                    Exit::SheetErrors,
                    format!(
                        "two rows give `{}` two passwords; nothing was written",
                        shorten(&user.upn)
                    ),
                )
                .hint("leave one of the two rows"));
            }
            chosen.insert(user.upn.clone(), first.clone());
        }
        Ok(chosen)
    }

    /// What is said of the column: for how many it is.
    pub fn finding(&self, chosen: usize) -> Option<Finding> {
        let (column, header) = self.column.as_ref()?;
        Some(passwords_used(chosen).at(*column).column(header))
    }

    /// The same where nobody knows yet whom the rows are about.
    pub fn offline_finding(&self) -> Option<Finding> {
        let (column, header) = self.column.as_ref()?;
        Some(passwords_offline(self.by_row.len()).at(*column).column(header))
    }

    /// The passwords of a run that goes on, out of its own sheet, by the names of their users. `rows` are the run's, each with the
    /// name under which a password is wanted.
    ///
    /// # Errors
    /// Why the sheet does not tell them, in words that go on a sentence.
    pub fn of_run(
        header: &RunHeader,
        rows: &[(RunRow, String)],
        state: &StateFolder,
    ) -> Result<HashMap<String, SecretString>, String> {
        let path = Path::new(&header.sheet_path);
        let sheet = open_offline(path, reading::of_run(header), state)
            .map_err(|error| error.to_string())?
            .map_err(|_| format!("`{}` is not there any more, or cannot be read", path.display()))?;
        let texts: Vec<&str> = sheet
            .header()
            .columns()
            .iter()
            .map(|one| one.text.as_str())
            .collect();
        // What is read must be what the run read, cell by cell.
        let is_same = sheet.sha256() == header.sheet_sha256
            && texts == header.header
            && header
                .reading
                .as_ref()
                .is_none_or(|known| *known == reading::as_read(&sheet));
        let wanted: HashMap<u64, &RunRow> = rows.iter().map(|(row, _)| (row.row, row)).collect();
        let is_known = |row: &RawRow| wanted.get(&row.row).is_none_or(|known| known.cells == row.cells);
        if !is_same || !sheet.rows().flatten().all(|row| is_known(&row)) {
            return Err(format!(
                "`{}` is not as it was when the run began",
                path.display()
            ));
        }
        // No run began with one of these; only another reading of the file has it.
        let errors = sheet.findings().iter().filter(|finding| finding.is_error());
        if let Some(error) = { errors }.find(|error| error.extent == Extent::Sheet) {
            return Err(format!(
                "`{}` cannot be read as it was then: {}",
                path.display(),
                error.message
            ));
        }
        // Nobody knows which of several worksheets, or which of several readings, an older journal means.
        if header.reading.is_none() && sheet.layout().dialect().is_none() {
            return Err(format!(
                "which worksheet of `{}` was read is not in the journal of an older dirsheet",
                path.display()
            ));
        }
        let mut by_row = HashMap::new();
        sheet.visit_passwords(|place, text| {
            by_row.insert(place.row, SecretString::from(text.to_owned()));
        });
        let own = rows
            .iter()
            .filter_map(|(row, name)| Some((name.clone(), by_row.get(&row.row)?.clone())));
        Ok(own.collect())
    }
}
