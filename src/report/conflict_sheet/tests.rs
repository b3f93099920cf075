//! What is written comes back: the same cells, the same values, the choices beside them.

use std::io;

use proptest::prelude::*;
use serde_json::json;

use super::columns::CHOICE;
use super::*;
use crate::catalogue::{self, Attribute};
use crate::domain::{Choice, Choices, Conflict, Plan, PlanBinding, Side, UserId, Value, disputed_text};
use crate::table::{
    Delimiter, Guard, LineEnd, ReadOptions, RowSink, Sheet, SheetWriter, WorkbookStyle, WorkbookWriter,
    WriteStyle, Written,
};

pub(super) fn binding() -> PlanBinding {
    PlanBinding {
        tenant: "contoso".to_owned(),
        graph_url: "https://graph.microsoft.com".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_sha256: "ab".repeat(32),
        snapshots: Vec::new(),
        base_file: None,
        restores: None,
        catalogue: catalogue::VERSION,
    }
}

pub(super) fn id(number: usize) -> UserId {
    UserId::parse(&format!("00000000-0000-4000-8000-{number:012}")).unwrap()
}

/// A plan that holds nothing but these conflicts.
pub(super) fn plan_of(conflicts: &[Conflict]) -> Plan {
    serde_json::from_value(json!({
        "binding": binding(), "users_total": 1, "users": [], "conflicts": conflicts, "withheld": [], "rows": [], "errors": 0,
    }))
    .unwrap()
}

/// Writes the word of each row into the column for the choice, as a person would.
struct Person<S> {
    sink: S,
    words: Vec<&'static str>,
}

impl<S: RowSink> RowSink for Person<S> {
    type Target = S::Target;

    fn begin(&mut self, columns: &[&str]) -> io::Result<()> {
        self.sink.begin(columns)
    }

    fn row(&mut self, columns: &[&str], cells: &[String]) -> io::Result<()> {
        let mut cells = cells.to_vec();
        let at = columns.iter().position(|name| *name == CHOICE).unwrap();
        assert_eq!(cells[at], "");
        self.words.pop().unwrap().clone_into(&mut cells[at]);
        self.sink.row(columns, &cells)
    }

    fn finish(self) -> io::Result<(S::Target, Written)> {
        self.sink.finish()
    }
}

/// A kind of file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Text(Delimiter, LineEnd),
    Workbook,
}

/// The sheet of these conflicts with these words in it, in the order of the conflicts.
pub(super) fn filled_in(form: Form, plan: &Plan, words: &[&'static str]) -> Sheet {
    let words = words.iter().rev().copied().collect();
    let (name, bytes) = match form {
        Form::Text(delimiter, line_end) => {
            let style = WriteStyle {
                line_end,
                ..WriteStyle::people(delimiter).with_guard(Guard::Full)
            };
            let sink = SheetWriter::new(Vec::new(), style).unwrap();
            let written = write_conflicts(Person { sink, words }, plan, &Choices::default()).unwrap();
            ("conflicts.csv", written.0)
        }
        Form::Workbook => {
            let sink = WorkbookWriter::new(Vec::new(), WorkbookStyle::form(&CONFLICT_FORM)).unwrap();
            let written = write_conflicts(Person { sink, words }, plan, &Choices::default()).unwrap();
            ("conflicts.xlsx", written.0)
        }
    };
    Sheet::from_bytes(name, bytes, ReadOptions::default()).unwrap()
}

fn form() -> impl Strategy<Value = Form> {
    let delimiter = prop_oneof![
        Just(Delimiter::Comma),
        Just(Delimiter::Semicolon),
        Just(Delimiter::Tab),
        Just(Delimiter::Pipe)
    ];
    let line_end = prop_oneof![Just(LineEnd::CrLf), Just(LineEnd::Lf)];
    prop_oneof![
        3 => (delimiter, line_end).prop_map(|(delimiter, line_end)| Form::Text(delimiter, line_end)),
        1 => Just(Form::Workbook),
    ]
}

/// Texts of the kinds that break careless readers.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\"",
            ",",
            ";",
            "|",
            "\t",
            "\n",
            "\r",
            "\r\n",
            "'",
            "''",
            "=",
            "+",
            "-2",
            "@",
            "007",
            "true",
            "1e5",
            "2026-11-23",
            "\u{feff}",
            "\u{200b}",
            "👩‍👩‍👧",
            "שלום\u{202e}",
            "é\u{301}",
            " ",
            "\\",
            "\u{1b}[2J",
            "\u{1}",
            "_x000D_",
            "<b>&amp;",
            "mine",
            "theirs",
            "sep=;",
            "#REF!",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,4}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => hostile().prop_map(|text| if text.is_empty() { Value::Empty } else { Value::Text(text) }),
        1 => any::<bool>().prop_map(Value::Boolean),
        1 => prop::collection::vec("[a-z;\\\\ ]{1,5}", 1..4).prop_map(Value::List),
    ]
}

fn conflicts() -> impl Strategy<Value = Vec<(Conflict, &'static str)>> {
    let names = prop::sample::select(catalogue::all().collect::<Vec<&'static Attribute>>());
    let word = prop::sample::select(vec!["", "mine", "theirs", " MINE ", "Theirs"]);
    let one = (names, hostile(), hostile(), hostile(), value(), value(), word);
    prop::collection::vec(one, 0..5).prop_map(|cells| {
        let cells = cells.into_iter().enumerate();
        cells
            .map(
                |(number, (attribute, upn, display_name, base, edited, live, word))| {
                    let conflict = Conflict {
                        user: id(number),
                        upn,
                        display_name,
                        row: number as u64 + 2,
                        attribute,
                        base,
                        edited,
                        live,
                        is_void: false,
                    };
                    (conflict, word)
                },
            )
            .collect()
    })
}

proptest! {
    #[test]
    fn what_is_written_and_filled_in_comes_back_cell_by_cell(cells in conflicts(), form in form()) {
        let (conflicts, words): (Vec<Conflict>, Vec<&str>) = cells.into_iter().unzip();
        let plan = plan_of(&conflicts);
        let sheet = filled_in(form, &plan, &words);
        let read = read_choices(&sheet).unwrap();
        prop_assert_eq!(read.check_belongs(&binding()), Ok(()));
        for (conflict, word) in conflicts.iter().zip(&words) {
            let found = read.choices.about(conflict.user, conflict.attribute);
            let side = Side::parse(word).unwrap();
            let expected = side.zip(found).map(|(_, found)| Choice {
                user: conflict.user,
                attribute: conflict.attribute,
                side,
                sheet: disputed_text(&conflict.edited),
                directory: disputed_text(&conflict.live),
                chosen_in: found.chosen_in,
            });
            prop_assert_eq!(found.is_some(), side.is_some());
            prop_assert_eq!(found, expected.as_ref());
        }
    }
}

#[test]
fn a_sheet_in_which_every_row_contradicts_the_first_is_read_to_its_end() {
    const ROWS: usize = 20_000;
    let mut text = format!("{}\n", read::READ.join(","));
    for row in 0..ROWS {
        let word = if row == 0 { "mine" } else { "theirs" };
        text.push_str(&format!("{},jobTitle,Chef,Baker,{word},mark\n", id(1)));
    }
    let sheet = Sheet::from_bytes("conflicts.csv", text.into_bytes(), ReadOptions::default()).unwrap();
    let problems = read_choices(&sheet).unwrap_err();
    assert_eq!(problems.len(), ROWS - 1);
}

#[test]
fn the_workbook_is_laid_out_column_by_column_and_one_is_to_be_filled_in() {
    assert_eq!(CONFLICT_FORM.map(|column| column.name), CONFLICT_COLUMNS);
    let filled_in = CONFLICT_FORM.iter().filter(|column| !column.words.is_empty());
    let filled_in: Vec<_> = filled_in.map(|column| (column.name, column.words)).collect();
    assert_eq!(filled_in, [(CHOICE, &["mine", "theirs"][..])]);
}

#[test]
fn every_column_that_is_read_is_written() {
    for name in read::READ {
        assert!(CONFLICT_COLUMNS.contains(&name), "{name}");
    }
}
