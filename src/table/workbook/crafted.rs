//! Workbooks made by hand for tests, part by part.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

/// An .xlsx workbook being made.
pub(super) struct Crafted {
    /// The name and the content of each worksheet: what stands inside `<worksheet>`.
    pub sheets: Vec<(String, String)>,
    /// What stands inside `<si>`.
    pub strings: Vec<String>,
    /// Number formats; a cell has the first with `s="1"`.
    pub formats: Vec<&'static str>,
    pub is_1904: bool,
    /// Parts beside the usual ones, or in their place.
    pub parts: Vec<(String, Vec<u8>)>,
}

impl Crafted {
    /// A workbook with one worksheet, `Sheet1`, that has these rows.
    pub fn new(rows: &str) -> Crafted {
        Crafted {
            sheets: vec![("Sheet1".to_owned(), format!("<sheetData>{rows}</sheetData>"))],
            strings: Vec::new(),
            formats: Vec::new(),
            is_1904: false,
            parts: Vec::new(),
        }
    }

    /// The header `id`, `jobTitle`, and one user with this cell in B2.
    pub fn cell(cell: &str) -> Crafted {
        let header = text_cells(1, &["id", "jobTitle"]);
        Crafted::new(&format!(
            r#"{header}<row r="2"><c r="A2" t="inlineStr"><is><t>1</t></is></c>{cell}</row>"#
        ))
    }

    /// The archive.
    pub fn bytes(&self) -> Vec<u8> {
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        let mut add = |name: &str, text: String| parts.push((name.to_owned(), text.into_bytes()));
        add("[Content_Types].xml", "<Types/>".to_owned());
        add(
            "_rels/.rels",
            format!(
                r#"<Relationships><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        );
        let (mut sheets, mut links) = (String::new(), String::new());
        for (index, (name, content)) in self.sheets.iter().enumerate() {
            let n = index + 1;
            sheets.push_str(&format!(r#"<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>"#));
            links.push_str(&format!(
                r#"<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
            ));
            add(
                &format!("xl/worksheets/sheet{n}.xml"),
                format!("<?xml version=\"1.0\"?><worksheet>{content}</worksheet>"),
            );
        }
        let date1904 = if self.is_1904 {
            r#"<workbookPr date1904="1"/>"#
        } else {
            ""
        };
        add(
            "xl/workbook.xml",
            format!("<workbook>{date1904}<sheets>{sheets}</sheets></workbook>"),
        );
        add(
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships>{links}</Relationships>"),
        );
        if !self.strings.is_empty() {
            let strings: String = self
                .strings
                .iter()
                .map(|text| format!("<si>{text}</si>"))
                .collect();
            add("xl/sharedStrings.xml", format!("<sst>{strings}</sst>"));
        }
        let formats: String = (0..)
            .zip(&self.formats)
            .map(|(index, code)| format!(r#"<numFmt numFmtId="{}" formatCode="{code}"/>"#, 170 + index))
            .collect();
        let styles: String = (0..self.formats.len())
            .map(|index| format!(r#"<xf numFmtId="{}"/>"#, 170 + index))
            .collect();
        add(
            "xl/styles.xml",
            format!(
                r#"<styleSheet><numFmts>{formats}</numFmts><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>"#
            ),
        );
        for (name, bytes) in &self.parts {
            parts.retain(|(other, _)| other != name);
            parts.push((name.clone(), bytes.clone()));
        }
        archive(&parts)
    }
}

/// A row of inline texts.
pub(super) fn text_cells(row: usize, texts: &[&str]) -> String {
    let cells: String = (b'A'..)
        .zip(texts)
        .map(|(column, text)| {
            format!(
                r#"<c r="{}{row}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#,
                char::from(column)
            )
        })
        .collect();
    format!(r#"<row r="{row}">{cells}</row>"#)
}

/// An .ods workbook with these tables: what stands inside `<office:spreadsheet>`.
pub(super) fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        (
            "mimetype".to_owned(),
            b"application/vnd.oasis.opendocument.spreadsheet".to_vec(),
        ),
        (
            "META-INF/manifest.xml".to_owned(),
            b"<manifest:manifest/>".to_vec(),
        ),
        ("content.xml".to_owned(), content.into_bytes()),
    ])
}

/// A zip archive.
pub(super) fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
