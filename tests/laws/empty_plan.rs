//! The law of an export that nobody changed, from end to end: random users with nasty values are written by the writers of
//! `export`, beside a snapshot in a state folder; a program opens the file and saves it in its own form; what `plan` then makes
//! of it is an empty plan without errors. Where an encoding had to be guessed, a refusal that names the encoding will do.

use std::fmt::Debug;

use dirsheet::domain::{
    CheckOptions, ConflictPolicy, Extent, Finding, Reference, SnapshotId, Value, would_lose_apostrophe,
};
use dirsheet::engine::{Bases, Reporter, take_in};
use dirsheet::state::{SnapshotMeta, StateFolder};
use dirsheet::table::{
    Delimiter, DirectoryFacts, Guard, LineEnd, ReadOptions, RowSink, SNAPSHOT_COLUMN, Sheet as TableSheet,
    SheetWriter, WorkbookStyle, WorkbookWriter, WriteStyle,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::bytes::{ENCODINGS, encode};
use super::model::*;
use super::ods::ods;
use super::saving::saving;

/// The most characters a cell of a workbook holds.
const CELL_UNITS_MAX: usize = 32_767;

/// Each case writes a snapshot and some twenty files, so fewer are enough.
fn config() -> proptest::test_runner::Config {
    let mut config = super::config();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 20;
    }
    config
}

/// Words of one part of the world, so that its code pages can carry all of a directory.
const WORDS: [&[&str]; 13] = [
    &[],
    &["Zoë", "Müller", "Ærø", "œuvre", "l’été", "Peña", "“x”", "€ 5"],
    &["Łódź", "Dvořák", "Őrsi", "Žižek"],
    &["Иван", "Щукин", "ёлка"],
    &["Γιώργος", "Άννα"],
    &["Şahin", "İpek", "ığdır"],
    &["שלום", "דוד"],
    &["محمد", "علي"],
    &["Jānis", "Žemaitė", "Õun"],
    &["山田太郎", "ﾔﾏﾀﾞ", "ー"],
    &["王小明", "張偉"],
    &["김철수", "한글"],
    // No code page has all of these.
    &[
        "🧑‍🍳",
        "山田",
        "שלום",
        "\u{202e}evil",
        "\u{200b}",
        "\u{feff}x",
        "Zoe\u{308}",
        "x\u{fffd}",
        "\u{2028}",
        "ﬁ",
        "＝1+1",
        "Ã©",
    ],
];

/// What spreadsheets and careless readers break.
const PIECES: [&str; 40] = [
    "=",
    "+",
    "-",
    "@",
    "'",
    "''",
    "\"",
    "\"\"",
    ",",
    ";",
    "|",
    "\t",
    "\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\\",
    "007",
    "1E5",
    "1-2",
    "2024-01-05",
    "5/6/2025",
    "true",
    "WAAR",
    "#N/A",
    "NULL",
    "<clear>",
    "=1+1",
    "+31 6 12345678",
    "0.10",
    "1,5",
    "id",
    "sep=;",
    "_x0041_",
    "<&>",
    "a",
    "Chef",
    "\u{a0}",
    "x.0",
];

/// Texts that mean something as a whole.
const WHOLE: [&str; 20] = [
    "<clear>",
    "<CLEAR>",
    " <clear> ",
    "NULL",
    "#N/A",
    "#NAME?",
    "true",
    "FAUX",
    "0042",
    "1,23457E+11",
    "9007199254740993",
    "1-feb",
    "MAR1",
    "-",
    "'",
    "'007",
    "''",
    "=\"007\"",
    "Err:509",
    "System.String[]",
];

/// A text of the directory, in these words.
fn wild(words: usize) -> BoxedStrategy<String> {
    let words = WORDS[words];
    let piece = match words {
        [] => select(PIECES.to_vec()).boxed(),
        words => prop_oneof![2 => select(PIECES.to_vec()), 1 => select(words.to_vec())].boxed(),
    };
    let whole = select([&WHOLE[..], words].concat());
    prop_oneof![
        6 => prop::collection::vec(piece.clone(), 0..6).prop_map(|pieces| pieces.concat()),
        4 => whole.prop_map(str::to_owned),
        1 => "[ -~]{1,12}",
        1 => "[0-9+(). ,/E-]{1,14}",
        1 => "0{0,3}[1-9][0-9]{0,18}",
        1 => (piece, 60usize..3_000).prop_map(|(piece, times)| piece.repeat(times)),
    ]
    .boxed()
}

/// What the directory holds in a column.
fn value(name: &'static str, words: usize, people: usize) -> BoxedStrategy<Value> {
    match name {
        "displayName"
        | "jobTitle"
        | "employeeId"
        | "mobilePhone"
        | "streetAddress"
        | "employeeOrgData.division"
        | "employeeOrgData.costCenter"
        | "onPremisesExtensionAttributes.extensionAttribute1" => maybe(wild(words).prop_map(text)),
        "businessPhones" => maybe(wild(words).prop_map(|phone| Value::list(vec![phone]))),
        "otherMails" => maybe(
            prop::collection::vec(select(vec!["a@x.nl", "B@x.nl", "+x@y.nl", "'q@y.nl"]), 1..4)
                .prop_map(|items| Value::list(items.into_iter().map(str::to_owned).collect())),
        ),
        "manager" => maybe((0..people).prop_map(|number| {
            Value::Reference(Reference {
                id: id(number),
                upn: Some(name_of(number)),
            })
        })),
        name => live_value(name, people),
    }
}

/// The userPrincipalName of a person: also such as spreadsheets like to change.
fn name_of(number: usize) -> String {
    [
        "007@example.com",
        "o'neil@example.com",
        "1e5@example.com",
        "'x@example.com",
    ][number]
        .to_owned()
}

fn wild_people() -> impl Strategy<Value = People> {
    (1usize..=4, 0..WORDS.len()).prop_flat_map(|(count, words)| {
        let person = move |number: usize| {
            let values: Vec<_> = COLUMNS[2..]
                .iter()
                .map(|name| value(name, words, count))
                .collect();
            (values, select(vec![None, Some(false), Some(true)])).prop_map(move |(values, synced)| {
                let mut person = Person {
                    values: COLUMNS[2..].iter().copied().zip(values).collect(),
                    synced,
                };
                person.values.insert("id", text(id(number).to_string()));
                person.values.insert("userPrincipalName", text(name_of(number)));
                person
            })
        };
        (0..count).map(person).collect::<Vec<_>>()
    })
}

/// An export: its snapshot in a state folder, and the cells with the column that names it.
struct Exported {
    place: tempfile::TempDir,
    folder: StateFolder,
    meta: SnapshotMeta,
    rows: Sheet,
    people: People,
}

impl Exported {
    fn of(people: People) -> Exported {
        let place = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(place.path().join("state")).unwrap();
        let snapshot_id = SnapshotId::new(jiff::Timestamp::UNIX_EPOCH, [1, 2]);
        let source = ("contoso", "https://graph.microsoft.com");
        let meta = SnapshotMeta::begun(snapshot_id, source, jiff::Timestamp::UNIX_EPOCH, COLUMNS);
        let mut snapshot = folder.create_snapshot(meta.clone()).unwrap();
        let mut rows = export(&people);
        for (number, row) in rows.iter_mut().enumerate() {
            snapshot.add(&id(number), &row[1], row).unwrap();
            row.push(meta.id.to_string());
        }
        snapshot.finish().unwrap();
        Exported {
            place,
            folder,
            meta,
            rows,
            people,
        }
    }

    /// The rows through a writer of `export`.
    fn written<S: RowSink<Target = Vec<u8>>>(&self, mut sink: S) -> Vec<u8> {
        let columns: Vec<&str> = COLUMNS.iter().copied().chain([SNAPSHOT_COLUMN]).collect();
        sink.begin(&columns).unwrap();
        for row in &self.rows {
            sink.row(&columns, row).unwrap();
        }
        sink.finish().unwrap().0
    }

    fn csv(&self, style: WriteStyle) -> Vec<u8> {
        self.written(SheetWriter::new(Vec::new(), style).unwrap())
    }

    fn workbook(&self, lock: bool) -> Vec<u8> {
        let style = WorkbookStyle::export(DirectoryFacts {
            snapshot: self.meta.id.to_string(),
            tenant: self.meta.tenant.clone(),
            taken_at: self.meta.taken_at,
            filter: None,
        });
        self.written(WorkbookWriter::new(Vec::new(), style.locked(lock)).unwrap())
    }

    /// Whether every cell has room in a workbook.
    fn fits_workbook(&self) -> bool {
        let mut cells = self.rows.iter().flatten();
        cells.all(|cell| cell.encode_utf16().count() <= CELL_UNITS_MAX)
    }

    /// Takes a file in and plans it. `may_refuse`: an error about the encoding of the whole file will do.
    fn asks_for_nothing(
        &self,
        file: &str,
        bytes: &[u8],
        options: ReadOptions,
        may_refuse: bool,
    ) -> Result<(), TestCaseError> {
        let path = self.place.path().join(file);
        std::fs::write(&path, bytes).unwrap();
        let sheet = match TableSheet::open(&path, options) {
            Ok(sheet) => sheet,
            Err(error) => return refused(error.findings(), may_refuse),
        };
        let meant_for = Some(("contoso", "https://graph.microsoft.com"));
        let mut bases = Bases::new(&self.folder, meant_for, None).unwrap();
        let (reporter, _events) = Reporter::channel();
        let mut intake = take_in(&sheet, &mut bases, &CheckOptions::default(), &reporter).unwrap();
        let plan = plan_of(&mut intake.rows, &self.people, ConflictPolicy::Stop);
        let findings = intake.all_findings();
        if findings.iter().any(Finding::is_error) {
            // A guess may have swallowed delimiters; then rows are held back, and the rest asks for nothing.
            let is_held = may_refuse && sheet.is_guessed() && plan.is_empty();
            return if is_held {
                Ok(())
            } else {
                refused(&findings, may_refuse)
            };
        }
        prop_assert!(plan.is_empty(), "{:.1500?} {:?}", as_set(&plan), findings);
        nothing(plan.conflicts())?;
        nothing(plan.withheld())?;
        prop_assert_eq!(plan.summary().unchanged_rows, self.people.len() as u64);
        Ok(())
    }
}

fn nothing<T: Debug>(found: &[T]) -> Result<(), TestCaseError> {
    prop_assert!(found.is_empty(), "{:?}", found);
    Ok(())
}

/// Whether it is a refusal of the whole file that says that its encoding is the matter.
fn refused(findings: &[Finding], may_refuse: bool) -> Result<(), TestCaseError> {
    let says_encoding = |finding: &Finding| {
        let is_of_file = finding.is_error() && finding.extent == Extent::Sheet;
        is_of_file && (finding.rule.starts_with("encoding-") || finding.help.contains("--encoding"))
    };
    prop_assert!(
        may_refuse && findings.iter().any(says_encoding),
        "{:#?}",
        findings
    );
    Ok(())
}

fn told(encoding: &str) -> ReadOptions {
    ReadOptions {
        encoding: Some(encoding.parse().unwrap()),
        ..ReadOptions::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_export_that_nobody_changed_gives_an_empty_plan_however_it_was_saved(
        people in wild_people(),
        guard in select(vec![Guard::Run, Guard::Full, Guard::Off]),
        for_people in any::<bool>(),
        delimiter in select(vec![Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe]),
        line_end in select(vec![LineEnd::CrLf, LineEnd::Lf]),
        savings in prop::collection::vec(saving(), 4),
    ) {
        let exported = Exported::of(people);
        let style = if for_people { WriteStyle::people(delimiter) } else { WriteStyle::programs().with_delimiter(delimiter) };
        let style = WriteStyle { line_end, ..style.with_guard(guard) };
        let file = exported.csv(style);
        exported.asks_for_nothing("export.csv", &file, ReadOptions::default(), false)?;
        for mut saving in savings {
            // Without the guard an apostrophe that is all of a text is gone with it, and that looks like clearing.
            saving.swallows_apostrophes &= guard != Guard::Off;
            let text = saving.text(&file, delimiter);
            let marked = format!("\u{feff}{text}");
            let unicode = if saving.mark { &marked } else { &text };
            exported.asks_for_nothing("utf-8.csv", unicode.as_bytes(), ReadOptions::default(), false)?;
            // UTF-16 without a mark shows in its NULs, but not for certain.
            for wide in ["utf-16le", "utf-16be"] {
                let bytes = encode(unicode, wide).unwrap();
                let options = if saving.mark { ReadOptions::default() } else { told(wide) };
                exported.asks_for_nothing("utf-16.txt", &bytes, options, false)?;
            }
            let pages: Vec<(&str, Vec<u8>)> = ENCODINGS
                .iter()
                .filter(|encoding| !encoding.starts_with("utf-"))
                .filter_map(|encoding| Some((*encoding, encode(&text, encoding)?)))
                .collect();
            if !pages.is_empty() {
                let (encoding, bytes) = &pages[saving.encoding.index(pages.len())];
                exported.asks_for_nothing("page.csv", bytes, told(encoding), false)?;
                exported.asks_for_nothing("page.csv", bytes, ReadOptions::default(), !text.is_ascii())?;
            }
        }
    }

    #[test]
    fn a_workbook_that_nobody_changed_gives_an_empty_plan(people in wild_people(), lock in any::<bool>()) {
        let exported = Exported::of(people);
        prop_assume!(exported.fits_workbook());
        exported.asks_for_nothing("users.xlsx", &exported.workbook(lock), ReadOptions::default(), false)?;
        let columns: Vec<&str> = COLUMNS.iter().copied().chain([SNAPSHOT_COLUMN]).collect();
        // What a workbook was guarded against stands in it without its guard, but for apostrophes that would be lost.
        let guarded = |cell: &String| if would_lose_apostrophe(cell) { format!("'{cell}") } else { cell.clone() };
        let rows: Sheet = exported.rows.iter().map(|row| row.iter().map(guarded).collect()).collect();
        exported.asks_for_nothing("users.ods", &ods(&columns, &rows), ReadOptions::default(), false)?;
    }
}
