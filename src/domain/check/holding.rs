//! Cells whose text is not what it seems: held back, or taken as an edit after all.

use super::{CheckedCell, CheckedRow, wanted_name};
use crate::domain::{ColumnRole, Edit, Extent, Finding, SheetColumn, Value, rules};

impl CheckedRow {
    /// Holds a cell back, because its text is not what it seems: it asks for nothing, and only this is said of it. `only_edits`
    /// leaves a cell alone that asks for nothing anyway.
    pub fn hold_cell(&mut self, finding: Finding, only_edits: bool) {
        let column = finding.place.and_then(|place| place.column);
        let is_it = |cell: &CheckedCell| Some(cell.column) == column;
        if only_edits && !self.cells().iter().any(is_it) {
            return;
        }
        let more = self.more_mut();
        if more.wanted_name.is_some()
            && more
                .cells
                .iter()
                .any(|cell| is_it(cell) && cell.attribute.name == "userPrincipalName")
        {
            more.wanted_name = None;
        }
        more.cells.retain(|cell| !is_it(cell));
        more.findings.retain(|known| {
            known.extent != Extent::Cell || known.place.and_then(|place| place.column) != column
        });
        if finding.extent == Extent::Row {
            more.cells.clear();
            more.wanted_name = None;
        }
        self.add_finding(finding);
    }

    /// Takes findings away that are looked for again.
    pub(in crate::domain) fn drop_findings(&mut self, is_it: impl Fn(&Finding) -> bool) {
        if let Some(more) = &mut self.more {
            more.findings.retain(|finding| !is_it(finding));
        }
    }

    /// What a cell means that only became known outside the sheet: this value, or nothing at all.
    pub fn settle_cell(&mut self, column: usize, value: Option<Value>) {
        let Some(more) = &mut self.more else { return };
        match value {
            None => more.cells.retain(|cell| cell.column != column),
            Some(value) => {
                let cell = more.cells.iter_mut().find(|cell| cell.column == column);
                if let Some(cell) = cell {
                    cell.settle(Edit::Set(value));
                }
            }
        }
    }

    /// Takes a cell that was said to be only rewritten for what somebody wants after all.
    pub(in crate::domain) fn take_as_edit(&mut self, column: usize, columns: &[SheetColumn]) {
        let Some(ColumnRole::Attribute(attribute)) = columns.get(column).map(|column| &column.role) else {
            return;
        };
        let base = self
            .findings()
            .iter()
            .find(|finding| finding.place.and_then(|place| place.column) == Some(column))
            .and_then(|finding| finding.exported_text().map(str::to_owned));
        let cells = self.raw.cells.at_hand();
        let text = cells.get(column);
        let read = text.map(|text| rules::read_cell(attribute, text));
        // A text that breaks a rule stays what it was said to be.
        if let (Some(Ok(edit)), Some(text)) = (read, text) {
            self.replace_finding(column, None);
            let more = self.more_mut();
            let at = more.cells.partition_point(|cell| cell.column < column);
            more.cells.insert(
                at,
                CheckedCell::new(column, attribute, edit, base.as_deref(), text),
            );
            more.wanted_name = wanted_name(&more.cells).map(Box::new);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue;
    use crate::domain::{
        Base, CheckOptions, CheckedRow, ColumnRole, Extent, Finding, ParsedRow, Place, RawRow, SheetColumn,
    };

    fn row(job_title: &str) -> CheckedRow {
        let columns: Vec<SheetColumn> = ["userPrincipalName", "jobTitle", "department"]
            .iter()
            .map(|name| SheetColumn {
                header: (*name).to_owned(),
                role: ColumnRole::Attribute(catalogue::by_name(name).unwrap()),
            })
            .collect();
        let raw = RawRow {
            line: 2,
            row: 2,
            cells: ["a@x.example", job_title, "Sales"].into_iter().collect(),
            bared: thin_vec::ThinVec::new(),
        };
        let parsed = ParsedRow::read(raw, &columns);
        CheckedRow::check(parsed, &columns, Base::None, &CheckOptions::default())
    }

    fn finding(extent: Extent) -> Finding {
        Finding::error("merged-cells", extent, "merged", "take it apart").at(Place::cell(2, 2, 1))
    }

    fn told(row: &CheckedRow) -> (Vec<usize>, Vec<&'static str>) {
        let cells = row.cells().iter().map(|cell| cell.column).collect();
        (cells, row.findings().iter().map(|finding| finding.rule).collect())
    }

    #[test]
    fn a_held_cell_asks_for_nothing_and_the_others_of_its_row_still_do() {
        let mut row = row("Pilot");
        row.hold_cell(finding(Extent::Cell), false);
        assert_eq!(told(&row), (vec![0, 2], vec!["merged-cells"]));
        assert_eq!(row.findings()[0].user.as_deref(), Some("a@x.example"));
    }

    #[test]
    fn what_was_said_of_the_cell_before_gives_way() {
        let mut row = row("=A1");
        assert_eq!(told(&row), (vec![0, 2], vec!["formula"]));
        row.hold_cell(finding(Extent::Cell), false);
        assert_eq!(told(&row), (vec![0, 2], vec!["merged-cells"]));
    }

    #[test]
    fn a_cell_that_asks_for_nothing_is_left_alone_when_only_edits_count() {
        let mut row = row("");
        row.hold_cell(finding(Extent::Cell), true);
        assert_eq!(told(&row), (vec![0, 2], vec![]));
        row.hold_cell(finding(Extent::Cell), false);
        assert_eq!(told(&row), (vec![0, 2], vec!["merged-cells"]));
    }

    #[test]
    fn a_held_key_holds_the_row() {
        let mut row = row("Pilot");
        row.hold_cell(finding(Extent::Row), false);
        assert!(row.cells().is_empty() && row.is_held());
    }
}
