//! A sheet as a script sees it: texts in columns. The apostrophes of guarded cells stay as they are.

use std::path::Path;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// How a sheet is saved.
#[derive(Debug, Clone, Copy)]
pub struct Saving {
    pub delimiter: u8,
    pub crlf: bool,
    pub bom: bool,
    pub quote_all: bool,
}

impl Default for Saving {
    fn default() -> Saving {
        Saving {
            delimiter: b',',
            crlf: true,
            bom: true,
            quote_all: true,
        }
    }
}

impl Sheet {
    pub fn read(path: &Path) -> Sheet {
        Sheet::parse(&std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// From CSV with commas.
    pub fn parse(bytes: &[u8]) -> Sheet {
        Sheet::parse_with(bytes, b',')
    }

    pub fn parse_with(bytes: &[u8], delimiter: u8) -> Sheet {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
        let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        Sheet {
            header: texts(reader.headers().unwrap()),
            rows: reader.records().map(|record| texts(&record.unwrap())).collect(),
        }
    }

    /// A sheet from scratch.
    pub fn new(header: &[&str], rows: &[&[&str]]) -> Sheet {
        Sheet {
            header: header.iter().map(|text| (*text).to_owned()).collect(),
            rows: rows
                .iter()
                .map(|row| row.iter().map(|text| (*text).to_owned()).collect())
                .collect(),
        }
    }

    pub fn write(&self, path: &Path) {
        std::fs::write(path, self.bytes(Saving::default())).unwrap();
    }

    pub fn bytes(&self, saving: Saving) -> Vec<u8> {
        let mut bytes = if saving.bom {
            "\u{feff}".as_bytes().to_vec()
        } else {
            Vec::new()
        };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(saving.delimiter)
            .terminator(if saving.crlf {
                csv::Terminator::CRLF
            } else {
                csv::Terminator::Any(b'\n')
            })
            .quote_style(if saving.quote_all {
                csv::QuoteStyle::Always
            } else {
                csv::QuoteStyle::Necessary
            })
            .from_writer(&mut bytes);
        writer.write_record(&self.header).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        writer.flush().unwrap();
        drop(writer);
        bytes
    }

    #[track_caller]
    pub fn column(&self, name: &str) -> usize {
        let found = self.header.iter().position(|header| header == name);
        found.unwrap_or_else(|| panic!("no column {name} in {:?}", self.header))
    }

    /// The place of the row of a user, by id.
    #[track_caller]
    pub fn row_of(&self, id: &str) -> usize {
        let column = self.column("id");
        let found = self.rows.iter().position(|row| row[column] == id);
        found.unwrap_or_else(|| panic!("no row of {id}"))
    }

    pub fn cell(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.column(column)]
    }

    pub fn cells(&self, column: &str) -> Vec<&str> {
        let column = self.column(column);
        self.rows.iter().map(|row| row[column].as_str()).collect()
    }

    /// What the report says of a user.
    pub fn of<'s>(&'s self, id: &str, column: &str) -> &'s str {
        self.cell(self.row_of(id), column)
    }

    pub fn set(&mut self, id: &str, column: &str, text: impl Into<String>) {
        let (row, column) = (self.row_of(id), self.column(column));
        self.rows[row][column] = text.into();
    }

    pub fn drop_columns(&mut self, names: &[&str]) {
        let keep: Vec<bool> = self
            .header
            .iter()
            .map(|name| !names.contains(&name.as_str()))
            .collect();
        let thin = |row: &mut Vec<String>| {
            let mut at = keep.iter();
            row.retain(|_| *at.next().unwrap());
        };
        thin(&mut self.header);
        self.rows.iter_mut().for_each(thin);
    }

    pub fn keep_columns(&mut self, names: &[&str]) {
        let others: Vec<String> = self
            .header
            .iter()
            .filter(|name| !names.contains(&name.as_str()))
            .cloned()
            .collect();
        self.drop_columns(&others.iter().map(String::as_str).collect::<Vec<_>>());
    }

    pub fn keep_rows(&mut self, ids: &[&str]) {
        let column = self.column("id");
        self.rows.retain(|row| ids.contains(&row[column].as_str()));
    }

    /// Another order, the same for the same seed.
    pub fn shuffle(&mut self, seed: u64) {
        let mut state = seed | 1;
        for at in (1..self.rows.len()).rev() {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            self.rows.swap(at, ((state >> 33) as usize) % (at + 1));
        }
    }
}

/// The text a guarded cell stands for.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}
