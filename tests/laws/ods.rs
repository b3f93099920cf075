//! An .ods workbook as LibreOffice writes it, with one table of texts.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

/// The workbook. A line end in a cell parts paragraphs, which is all that such a file knows of line ends.
pub fn ods(columns: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let header = columns.iter().map(|name| (*name).to_owned()).collect();
    let rows: String = std::iter::once(&header)
        .chain(rows)
        .map(|row| row_of(row))
        .collect();
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content><office:body><office:spreadsheet><table:table table:name=\"Users\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn row_of(cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| cell_of(cell)).collect();
    format!("<table:table-row>{cells}</table:table-row>")
}

fn cell_of(text: &str) -> String {
    if text.is_empty() {
        return "<table:table-cell/>".to_owned();
    }
    let paragraphs: String = text
        .replace("\r\n", "\n")
        .split(['\n', '\r'])
        .map(|line| format!("<text:p>{}</text:p>", paragraph(line)))
        .collect();
    format!("<table:table-cell office:value-type=\"string\">{paragraphs}</table:table-cell>")
}

/// Blanks are elements wherever XML would take several for one.
fn paragraph(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            ' ' => "<text:s/>".to_owned(),
            '\t' => "<text:tab/>".to_owned(),
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            c => c.to_string(),
        })
        .collect()
}
