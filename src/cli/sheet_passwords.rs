//! First passwords that stand in the sheet, where that was allowed: from its column into the request, and nowhere else.

use std::collections::HashMap;

use secrecy::{ExposeSecret, SecretString};

use super::error::CliError;
use super::exit::Exit;
use crate::domain::{
    CheckedRow, Directory, Finding, Place, Plan, password_fault, passwords_used, shorten, weak_password,
};
use crate::engine::Intake;
use crate::table::Sheet;

/// The passwords of a sheet by its rows. None of them shows in `Debug`.
#[derive(Debug, Default)]
pub struct SheetPasswords {
    by_row: HashMap<u64, (Place, SecretString)>,
    /// Where the column stands, and its header.
    column: Option<(usize, String)>,
}

impl SheetPasswords {
    /// Takes the passwords of the sheet.
    pub fn take(sheet: &Sheet, intake: &mut Intake) -> SheetPasswords {
        let Some((column, header)) = sheet.password_column() else {
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
    pub fn weigh(&self, rows: &mut [CheckedRow], directory: &Directory) {
        let Some((_, header)) = &self.column else { return };
        for row in rows.iter_mut().filter(|row| row.may_set_password(directory)) {
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
        let finding = passwords_used(chosen);
        Some(finding.at(Place::cell(1, 1, *column)).column(header))
    }
}
