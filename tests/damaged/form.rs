//! A sheet as texts, and the forms in which programs save it.

/// A sheet as texts; rows are counted as a spreadsheet counts, so the first is 2.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    #[track_caller]
    fn column(&self, name: &str) -> usize {
        let is_it = |header: &String| header == name || header.rsplit('.').next() == Some(name);
        self.header
            .iter()
            .position(is_it)
            .unwrap_or_else(|| panic!("no column {name}"))
    }

    /// Puts a text into one cell.
    #[track_caller]
    pub fn set(mut self, row: usize, column: &str, text: &str) -> Sheet {
        let column = self.column(column);
        self.rows[row - 2][column] = text.to_owned();
        self
    }

    /// Puts texts into a column, from row 2 on.
    #[track_caller]
    pub fn put(mut self, column: &str, texts: &[&str]) -> Sheet {
        let column = self.column(column);
        for (row, text) in self.rows.iter_mut().zip(texts) {
            row[column] = (*text).to_owned();
        }
        self
    }

    /// Does the same to every cell of a column.
    #[track_caller]
    pub fn each(mut self, column: &str, change: impl Fn(&str) -> String) -> Sheet {
        let column = self.column(column);
        for row in &mut self.rows {
            row[column] = change(&row[column]);
        }
        self
    }

    /// Does the same to every cell of the sheet.
    pub fn all(mut self, change: impl Fn(&str) -> String) -> Sheet {
        for cell in self.rows.iter_mut().flatten() {
            *cell = change(cell);
        }
        self
    }

    /// The texts of a column.
    #[track_caller]
    pub fn texts(&self, column: &str) -> Vec<String> {
        let column = self.column(column);
        self.rows.iter().map(|row| row[column].clone()).collect()
    }

    /// Keeps only these columns.
    #[track_caller]
    pub fn only(mut self, names: &[&str]) -> Sheet {
        let columns: Vec<usize> = names.iter().map(|name| self.column(name)).collect();
        for row in std::iter::once(&mut self.header).chain(&mut self.rows) {
            *row = columns.iter().map(|column| row[*column].clone()).collect();
        }
        self
    }
}

/// The form in which a program saves.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    pub delimiter: char,
    pub quote_all: bool,
    pub line_end: &'static str,
    pub bom: bool,
}

/// Excel, `CSV UTF-8`, where the list separator is a comma.
pub const EXCEL_US: Form = Form {
    delimiter: ',',
    quote_all: false,
    line_end: "\r\n",
    bom: true,
};
/// The same where it is a semicolon: the Netherlands, Germany, France, Spain.
pub const EXCEL_EU: Form = Form {
    delimiter: ';',
    ..EXCEL_US
};
/// LibreOffice on Linux.
pub const LIBRE_OFFICE: Form = Form {
    delimiter: ',',
    quote_all: false,
    line_end: "\n",
    bom: false,
};
/// Google Sheets, `Download as CSV`.
pub const GOOGLE: Form = Form {
    delimiter: ',',
    quote_all: false,
    line_end: "\r\n",
    bom: false,
};
/// PowerShell's `Export-Csv` of today.
pub const POWERSHELL: Form = Form {
    delimiter: ',',
    quote_all: true,
    line_end: "\r\n",
    bom: false,
};

impl Form {
    /// Every combination.
    pub fn all() -> Vec<Form> {
        let mut forms = Vec::new();
        for delimiter in [',', ';', '\t', '|'] {
            for quote_all in [true, false] {
                for line_end in ["\r\n", "\n", "\r"] {
                    for bom in [true, false] {
                        forms.push(Form {
                            delimiter,
                            quote_all,
                            line_end,
                            bom,
                        });
                    }
                }
            }
        }
        forms
    }

    /// The sheet as text in this form, without the mark.
    pub fn text(self, sheet: &Sheet) -> String {
        let cell = |text: &String| {
            if self.quote_all || text.contains([self.delimiter, '"', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.clone()
            }
        };
        let mut text = String::new();
        for row in std::iter::once(&sheet.header).chain(&sheet.rows) {
            let cells: Vec<String> = row.iter().map(cell).collect();
            text.push_str(&cells.join(&self.delimiter.to_string()));
            text.push_str(self.line_end);
        }
        text
    }

    /// The sheet in UTF-8.
    pub fn bytes(self, sheet: &Sheet) -> Vec<u8> {
        let mark = if self.bom { "\u{feff}" } else { "" };
        format!("{mark}{}", self.text(sheet)).into_bytes()
    }
}
