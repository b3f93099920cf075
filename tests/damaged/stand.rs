//! A case of the corpus, and how it is run.

use std::path::Path;

use dirsheet::domain::{
    CheckOptions, Edit, Extent, Finding, UserKey, column_letters, find_doubles, is_risky,
    would_lose_apostrophe,
};
use dirsheet::engine::{Bases, GivenBase, Intake, Reporter, take_in};
use dirsheet::state::StateFolder;
use dirsheet::table::{ReadOptions, Sheet as TableSheet};

use crate::export::export;
use crate::form::{EXCEL_US, Form, Sheet};

/// One file of the corpus.
#[derive(Debug, Clone)]
pub struct Case {
    /// The program it imitates.
    pub program: &'static str,
    pub name: &'static str,
    bytes: Vec<u8>,
    findings: Vec<&'static str>,
    edits: Vec<&'static str>,
    without_base: bool,
    allow_shuffled: bool,
}

/// A file of which nothing is expected yet.
pub fn case(program: &'static str, name: &'static str, bytes: Vec<u8>) -> Case {
    Case {
        program,
        name,
        bytes,
        findings: Vec::new(),
        edits: Vec::new(),
        without_base: false,
        allow_shuffled: false,
    }
}

impl Case {
    /// All that is found.
    pub fn finds(mut self, findings: &[&'static str]) -> Case {
        self.findings = findings.to_vec();
        self
    }

    /// All edits that are left.
    pub fn edits(mut self, edits: &[&'static str]) -> Case {
        self.edits = edits.to_vec();
        self
    }

    /// The export is not at hand.
    pub fn without_base(mut self) -> Case {
        self.without_base = true;
        self
    }

    /// Moved values were confirmed.
    pub fn allowed(mut self) -> Case {
        self.allow_shuffled = true;
        self
    }

    /// Runs the case; what is wrong, if anything.
    pub fn run(&self) -> Option<String> {
        let (findings, edits) = match self.take() {
            Ok(intake) => (intake.all_findings(), edits_of(&intake)),
            Err(findings) => (findings, Vec::new()),
        };
        let found = sorted(findings.iter().map(told).collect());
        let expected = sorted(
            self.findings
                .iter()
                .flat_map(|finding| expanded(finding))
                .collect(),
        );
        let wanted = sorted(self.edits.iter().map(|edit| (*edit).to_owned()).collect());
        if found == expected && edits == wanted {
            return None;
        }
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|one| !those.contains(one)).cloned().collect()
        };
        let messages: Vec<String> = findings
            .iter()
            .filter(|finding| !expected.contains(&told(finding)))
            .map(|finding| format!("  {}: {}", told(finding), finding.message))
            .collect();
        Some(format!(
            "{}: {}\n  found and not expected: {:?}\n  expected and not found: {:?}\n  edits: {edits:?}\n  wanted: {wanted:?}\n{}",
            self.program,
            self.name,
            only(&found, &expected),
            only(&expected, &found),
            messages.join("\n")
        ))
    }

    /// Puts every certain text into its cell and looks again: the cells that were mended are no findings any more, and no
    /// edit that was there is lost. Whether there was anything to mend.
    pub fn mends(&self) -> bool {
        let Ok(intake) = self.take() else { return false };
        let fixes: Vec<&Finding> = intake
            .rows
            .iter()
            .flat_map(|row| row.findings())
            .filter(|finding| finding.is_fixable())
            .collect();
        if fixes.is_empty() {
            return false;
        }
        let mut sheet = Sheet {
            header: intake
                .columns
                .iter()
                .map(|column| column.header.clone())
                .collect(),
            rows: intake.rows.iter().map(|row| row.raw().cells.to_vec()).collect(),
        };
        for finding in &fixes {
            let place = finding.place.unwrap();
            let row = intake
                .rows
                .iter()
                .position(|row| row.place().row == place.row)
                .unwrap();
            sheet.rows[row][place.column.unwrap()] = finding.fix().unwrap().to_owned();
        }
        let mended = Case {
            bytes: Form {
                quote_all: true,
                ..EXCEL_US
            }
            .bytes(&guarded(sheet)),
            ..self.clone()
        };
        let again = mended
            .take()
            .unwrap_or_else(|findings| panic!("{}: {findings:?}", self.name));
        // What the mended cells proved about the others is gone with them: a date they had made an error may look repaired.
        let places = |intake: &Intake, is_it: fn(&Finding) -> bool| -> Vec<Finding> {
            let findings = intake.rows.iter().flat_map(|row| row.findings().to_vec());
            findings.filter(is_it).collect()
        };
        let doubted = places(&intake, |finding| finding.is_error() && !finding.is_fixable());
        let left: Vec<Finding> = places(&again, Finding::is_fixable)
            .into_iter()
            .filter(|finding| !doubted.iter().any(|known| known.place == finding.place))
            .collect();
        assert!(left.is_empty(), "{}: {left:#?}", self.name);
        let before = edits_of(&intake);
        let lost: Vec<&String> = before
            .iter()
            .filter(|edit| !edits_of(&again).contains(edit))
            .collect();
        assert!(lost.is_empty(), "{}: {lost:?}", self.name);
        true
    }

    fn take(&self) -> Result<Intake, Vec<Finding>> {
        let place = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(place.path().join("state")).unwrap();
        let base = place.path().join("export.csv");
        std::fs::write(&base, EXCEL_US.bytes(&guarded(export()))).unwrap();
        let sheet = TableSheet::from_bytes("users.csv", self.bytes.clone(), ReadOptions::default())
            .map_err(|error| error.findings().to_vec())?;
        let given = (!self.without_base)
            .then_some(base.as_path())
            .and_then(Path::to_str)
            .map(|base| GivenBase::from(base).read());
        let mut bases = Bases::new(&folder, None, given).unwrap();
        let (reporter, _events) = Reporter::channel();
        let options = CheckOptions {
            allow_shuffled: self.allow_shuffled,
            ..CheckOptions::default()
        };
        let mut intake = take_in(&sheet, &mut bases, &options, &reporter).unwrap();
        find_doubles(&mut intake.rows);
        Ok(intake)
    }
}

/// The sheet with the guard apostrophes of an export.
fn guarded(sheet: Sheet) -> Sheet {
    sheet.all(|cell| {
        if is_risky(cell) || would_lose_apostrophe(cell) {
            format!("'{cell}")
        } else {
            cell.to_owned()
        }
    })
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts
}

/// `rule@cell`; a row as `rule@row`; the whole sheet as the rule alone.
fn told(finding: &Finding) -> String {
    match (finding.place, finding.extent) {
        (None, _) | (_, Extent::Sheet) => finding.rule.to_owned(),
        (Some(place), _) => format!(
            "{}@{}",
            finding.rule,
            place.cell_name().unwrap_or_else(|| place.row.to_string())
        ),
    }
}

/// `rule@B2:B5` as four findings; several ranges of one rule are parted by blanks.
fn expanded(finding: &str) -> Vec<String> {
    let Some((rule, places)) = finding.split_once('@') else {
        return vec![finding.to_owned()];
    };
    places
        .split(' ')
        .flat_map(|place| {
            let Some((first, last)) = place.split_once(':') else {
                return vec![format!("{rule}@{place}")];
            };
            let letters: String = first.chars().filter(char::is_ascii_alphabetic).collect();
            let number = |cell: &str| cell.trim_start_matches(letters.as_str()).parse::<u64>().unwrap();
            (number(first)..=number(last))
                .map(|row| format!("{rule}@{letters}{row}"))
                .collect()
        })
        .collect()
}

/// The edits of rows that are not held, as `F2=Chef`.
fn edits_of(intake: &Intake) -> Vec<String> {
    let mut edits = Vec::new();
    for row in intake.rows.iter().filter(|row| !row.is_held()) {
        for cell in row.cells() {
            let value = match &cell.edit {
                Edit::Clear => "<clear>".to_owned(),
                Edit::Set(value) => value.to_cell(),
                Edit::Refer(UserKey::Id(id)) => id.to_string(),
                Edit::Refer(UserKey::Upn(upn)) => upn.as_str().to_owned(),
                Edit::ReferHolder(key) => key.text().to_owned(),
            };
            edits.push(format!(
                "{}{}={value}",
                column_letters(cell.column),
                row.place().row
            ));
        }
    }
    sorted(edits)
}
