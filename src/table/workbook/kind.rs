//! What an archive is, by the parts it has.

use std::io::Read;

use super::archive::Archive;
use super::fault::{Fault, encrypted};
use crate::domain::{Extent, Finding};
use crate::table::source::Source;

/// The kinds of workbook that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    /// With macros; nobody runs them.
    Xlsm,
    Ods,
}

impl Kind {
    /// Its word in messages and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Xlsx => "xlsx",
            Kind::Xlsm => "xlsm",
            Kind::Ods => "ods",
        }
    }
}

/// The beginning of the part that says what an OpenDocument file is.
const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument.";

/// Tells what kind of workbook an archive is, or what it is instead.
pub(super) fn kind(archive: &mut Archive) -> Result<Kind, Fault> {
    let names = archive.names();
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    let ends = |end: &str| names.iter().any(|name| name.to_ascii_lowercase().ends_with(end));
    if has("mimetype") {
        let mut told = String::new();
        let part = archive.part("mimetype", 1024)?;
        // What cannot be read as text is no such type.
        let _ = part.take(200).read_to_string(&mut told);
        if let Some(kind) = told.trim().strip_prefix(OPEN_DOCUMENT) {
            // Templates are called so too.
            return if kind.starts_with("spreadsheet") {
                Ok(Kind::Ods)
            } else {
                Err(other(
                    "an OpenDocument file, and not a spreadsheet",
                    "ask for the sheet it was made from",
                ))
            };
        }
    }
    if ends("workbook.bin") {
        return Err(other("a binary Excel workbook (.xlsb)", SAVE_AS));
    }
    if ends(".iwa") || has("index.zip") || has("index.xml") {
        return Err(other(
            "a document of Apple Numbers",
            "in Numbers choose `File`, `Export To`, `Excel…`, and give the file that is made",
        ));
    }
    if has("word/document.xml") || has("ppt/presentation.xml") {
        return Err(other(
            "a document or a presentation, and not a workbook",
            "ask for the sheet it was made from",
        ));
    }
    if !has("[Content_Types].xml") {
        return Err(other(
            "a zip archive without a workbook",
            "unpack it, and give the sheet inside it",
        ));
    }
    Ok(if ends("vbaproject.bin") {
        Kind::Xlsm
    } else {
        Kind::Xlsx
    })
}

const SAVE_AS: &str = "open it in your spreadsheet program and save it as `Excel Workbook (.xlsx)`";

fn other(what: &str, help: &str) -> Fault {
    Fault::Other(Box::new(Finding::error(
        "file-is-a-workbook",
        Extent::Sheet,
        format!("this is {what}, which is not read"),
        help,
    )))
}

/// What a file in Microsoft's older container is: an encrypted workbook, or one of before 2007.
pub(in crate::table) fn old_container(bytes: &Source) -> std::io::Result<Finding> {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut reader = bytes.reader(0);
    let mut block = vec![0; 64 * 1024];
    let mut kept = 0;
    loop {
        let read = reader.read(&mut block[kept..])?;
        if read == 0 {
            return Ok(Finding::error(
                "file-is-a-workbook",
                Extent::Sheet,
                "this is an old Excel workbook (.xls), which is not read",
                SAVE_AS,
            ));
        }
        let filled = kept + read;
        if block[..filled].windows(name.len()).any(|window| window == name) {
            return Ok(encrypted());
        }
        // The name may lie across two blocks.
        kept = filled.min(name.len() - 1);
        block.copy_within(filled - kept..filled, 0);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use zip::write::SimpleFileOptions;

    fn found(parts: &[(&str, &str)]) -> Result<Kind, Fault> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        kind(&mut Archive::open(&Source::from(bytes))?)
    }

    #[test]
    fn a_workbook_is_known_by_its_parts() {
        let types = ("[Content_Types].xml", "");
        for (parts, expected) in [
            (&[types, ("xl/workbook.xml", "")][..], Kind::Xlsx),
            (
                &[types, ("xl/workbook.xml", ""), ("xl/vbaProject.bin", "")],
                Kind::Xlsm,
            ),
            (
                &[("mimetype", "application/vnd.oasis.opendocument.spreadsheet")],
                Kind::Ods,
            ),
        ] {
            assert_eq!(found(parts), Ok(expected), "{parts:?}");
        }
    }

    #[test]
    fn what_is_no_workbook_that_is_read_is_named() {
        let types = ("[Content_Types].xml", "");
        for (parts, told) in [
            (&[types, ("xl/workbook.bin", "")][..], ".xlsb"),
            (&[("Index/Document.iwa", "")], "Numbers"),
            (&[types, ("word/document.xml", "")], "a document"),
            (&[("users.csv", "id\n1\n")], "without a workbook"),
            (
                &[("mimetype", "application/vnd.oasis.opendocument.text")],
                "OpenDocument",
            ),
        ] {
            let finding = found(parts).unwrap_err().finding();
            assert_eq!(finding.rule, "file-is-a-workbook", "{parts:?}");
            assert!(finding.message.contains(told), "{parts:?}: {}", finding.message);
        }
    }

    #[test]
    fn an_encrypted_workbook_is_told_from_an_old_one_wherever_its_mark_is() {
        let mark: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for before in [8, 65_520, 65_536, 200_000] {
            let bytes = [&vec![7; before][..], &mark, b"..."].concat();
            assert_eq!(
                old_container(&Source::from(bytes)).unwrap().rule,
                "workbook-encrypted"
            );
        }
        let old = old_container(&Source::from(vec![7; 100_000])).unwrap();
        assert_eq!(old.rule, "file-is-a-workbook");
    }
}
