//! Invented people as a directory, and as a sheet with edits in a fifth of the rows.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::people::{COLUMNS, cells};

/// Every so many rows one is edited.
pub const EDITED: usize = 5;

/// Writes everybody; with `edited` every fifth has another title.
pub fn write(path: &Path, count: usize, edited: bool) {
    let mut file = BufWriter::new(std::fs::File::create(path).expect("a file"));
    writeln!(file, "{}", COLUMNS.join(",")).expect("a line");
    for index in 0..count {
        let mut cells = cells(index);
        if edited && index % EDITED == 0 {
            cells[5] = format!("Lead {index}");
        }
        writeln!(file, "{}", cells.join(",")).expect("a line");
    }
    file.flush().expect("the end");
}

/// Writes an export once more, with another title in every fifth row.
pub fn edit(from: &Path, to: &Path) {
    let mut reader = csv::Reader::from_path(from).expect("the export");
    let header = reader.headers().expect("a header").clone();
    let title = header
        .iter()
        .position(|name| name == "jobTitle")
        .expect("a title");
    let mut writer = csv::Writer::from_path(to).expect("a sheet");
    writer.write_record(&header).expect("a header");
    for (index, record) in reader.records().enumerate() {
        let record = record.expect("a row");
        let new = format!("Lead {index}");
        let cells = record.iter().enumerate();
        let cells = cells.map(|(at, cell)| match index % EDITED == 0 && at == title {
            true => new.as_str(),
            false => cell,
        });
        writer.write_record(cells).expect("a row");
    }
    writer.flush().expect("the end");
}
