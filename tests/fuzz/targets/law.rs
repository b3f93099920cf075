//! What must hold for every sheet that could be opened.

use dirsheet::table::{Delimiter, ReadOptions, Sheet, SheetWriter, WriteStyle};

/// Reads every row, writes the readable ones again and reads them back: they are the same.
pub fn holds(sheet: &Sheet) {
    let width = sheet.header().len();
    let mut rows = Vec::new();
    for row in sheet.rows() {
        let cells = match &row {
            Ok(raw) => &raw.cells,
            Err(unreadable) => &unreadable.raw.cells,
        };
        assert_eq!(cells.len(), width);
        if let Ok(raw) = row {
            rows.push(raw.cells);
        }
    }
    let names: Vec<&str> = sheet
        .header()
        .columns()
        .iter()
        .map(|column| column.text.as_str())
        .collect();
    let mut writer = SheetWriter::new(Vec::new(), WriteStyle::people(Delimiter::Comma)).unwrap();
    writer.write_header(&names).unwrap();
    for row in &rows {
        writer.write_row(row).unwrap();
    }
    let (bytes, _) = writer.finish().unwrap();
    // A header that is refused for what it says (two columns of one name) need not be readable again.
    let Ok(again) = Sheet::from_bytes("again.csv", bytes, ReadOptions::default()) else {
        return;
    };
    if again.header().len() == width && again.findings().is_empty() && sheet.findings().is_empty() {
        let read: Vec<Vec<String>> = again.rows().filter_map(Result::ok).map(|raw| raw.cells).collect();
        assert_eq!(read, rows);
    }
}
