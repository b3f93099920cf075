//! A table of people whose columns are not dirsheet's: what an HR system wrote.

/// The header and the rows, as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceTable {
    columns: Vec<String>,
    rows: Vec<SourceRow>,
}

/// One row; its cells stand in one text, so that hundreds of thousands of rows fit into memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    row: u64,
    text: String,
    ends: Vec<u32>,
}

impl SourceRow {
    /// `row`: the number a spreadsheet shows. A cell longer than four gigabytes is cut off; no reader gives one.
    pub fn new<'a>(row: u64, cells: impl IntoIterator<Item = &'a str>) -> SourceRow {
        let mut text = String::new();
        let mut ends = Vec::new();
        for cell in cells {
            text.push_str(cell);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        SourceRow { row, text, ends }
    }

    /// The number a spreadsheet shows.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The cell in this column, counted from 0; a row that is too short has empty cells at its end.
    pub fn cell(&self, column: usize) -> &str {
        let end = |index: usize| self.ends.get(index).map(|end| *end as usize);
        let begin = column.checked_sub(1).map_or(Some(0), end);
        match (begin, end(column)) {
            (Some(begin), Some(end)) => self.text.get(begin..end).unwrap_or_default(),
            _ => "",
        }
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|column| self.cell(column))
    }
}

impl SourceTable {
    /// The header as it stands there, and the rows below it.
    pub fn new(columns: Vec<String>, rows: Vec<SourceRow>) -> SourceTable {
        SourceTable { columns, rows }
    }

    /// The header, as it stands there.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows, in the order of the file.
    pub fn rows(&self) -> &[SourceRow] {
        &self.rows
    }

    /// Where a column stands, by its header as it is written.
    pub fn column(&self, header: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_back_its_cells_and_empty_ones_beyond_its_end() {
        let row = SourceRow::new(2, ["1001", "", "Ørsted", ""]);
        assert_eq!(row.cells().collect::<Vec<_>>(), ["1001", "", "Ørsted", ""]);
        assert_eq!(
            (row.cell(0), row.cell(2), row.cell(3), row.cell(9)),
            ("1001", "Ørsted", "", "")
        );
    }
}
