//! Where something stands in a sheet, named as an editor (line) and as a spreadsheet (P17) names it.

/// A place in a sheet. `line` is the physical line of the file where the record begins (1-based), `row` the spreadsheet's
/// row (1-based, the header row counted); they differ once a cell holds a line break. `column` is 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub line: u64,
    pub row: u64,
    pub column: Option<usize>,
}

impl Place {
    /// A whole row.
    pub fn row(line: u64, row: u64) -> Place {
        Place {
            line,
            row,
            column: None,
        }
    }

    /// One cell; columns are counted from 0.
    pub fn cell(line: u64, row: u64, column: usize) -> Place {
        Place {
            line,
            row,
            column: Some(column),
        }
    }

    /// The same row, at this column.
    pub fn at(self, column: usize) -> Place {
        Place {
            column: Some(column),
            ..self
        }
    }

    /// `P17`, or `None` for a whole row.
    pub fn cell_name(&self) -> Option<String> {
        self.column
            .map(|column| format!("{}{}", column_letters(column), self.row))
    }
}

/// A column's letters: 0 is `A`, 25 `Z`, 26 `AA`.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_spreadsheets_letter_them() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(column_letters(column), letters);
        }
        assert_eq!(Place::cell(40, 17, 15).cell_name().as_deref(), Some("P17"));
        assert_eq!(Place::row(40, 17).cell_name(), None);
    }
}
