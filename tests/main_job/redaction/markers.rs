//! Secrets in every form in which they may lie somewhere, and what a file holds once it is unpacked.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A secret that a test knows.
#[derive(Debug, Clone)]
pub struct Marker {
    pub name: String,
    /// All of them are ASCII, which stands the same in a text that was read leniently.
    forms: Vec<String>,
}

impl Marker {
    /// As it is, as base64 wherever it may begin in it, as part of an address, and with two bytes for each letter.
    pub fn new(name: impl Into<String>, secret: &str) -> Marker {
        assert!(secret.len() >= 8, "too short to be looked for: {secret}");
        assert!(secret.is_ascii());
        let mut forms = vec![secret.to_owned()];
        for before in 0..3 {
            let mut bytes = vec![0; before];
            bytes.extend(secret.as_bytes());
            for alphabet in [STANDARD, URL_SAFE] {
                let coded = alphabet.encode(&bytes);
                // What is mixed with its neighbours at both ends is left out.
                let first = [0, 2, 3][before];
                let last = coded.trim_end_matches('=').len() - 1;
                forms.push(coded[first..last].to_owned());
            }
        }
        let percent = |keep: &dyn Fn(u8) -> bool| -> String {
            let bytes = secret.bytes();
            bytes
                .map(|byte| match keep(byte) {
                    true => char::from(byte).to_string(),
                    false => format!("%{byte:02X}"),
                })
                .collect()
        };
        forms.push(percent(&|byte| byte.is_ascii_alphanumeric()));
        forms.push(percent(&|byte| {
            byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
        }));
        forms.push(secret.chars().flat_map(|c| [c, '\0']).collect());
        let quoted = serde_json::to_string(secret).unwrap();
        forms.push(quoted.trim_matches('"').to_owned());
        forms.sort();
        forms.dedup();
        Marker {
            name: name.into(),
            forms,
        }
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form))
    }

    pub fn forms(&self) -> usize {
        self.forms.len()
    }
}

/// The first bytes of a zstd frame.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// No file of this test unpacks to more.
const MOST: u64 = 64 << 20;

/// What is in a file: its bytes, and whatever is packed in them, with words for where that is.
pub fn contents(path: &Path, bytes: &[u8]) -> BTreeMap<String, String> {
    let found = parts(path, bytes).into_iter();
    found.map(|(place, bytes)| (place, lenient(&bytes))).collect()
}

/// Whatever is no letter is a sign for that.
pub fn lenient(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn parts(path: &Path, bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::from([("as it is".to_owned(), bytes.to_vec())]);
    if bytes.starts_with(b"PK\x03\x04") {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let mut plain = Vec::new();
            part.read_to_end(&mut plain).unwrap();
            found.insert(format!("part {index} of the archive"), plain);
        }
    }
    if bytes.starts_with(b"SQLite format 3\0") {
        for (name, cell) in cells(path) {
            found.extend(frames(&name, &cell));
            found.insert(name, cell);
        }
    }
    found.extend(frames("a frame", bytes));
    found
}

/// Whatever is packed with zstd, wherever it begins.
fn frames(name: &str, bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let starts = bytes.windows(4).enumerate().filter(|(_, window)| *window == ZSTD);
    starts
        .filter_map(|(at, _)| {
            let mut plain = Vec::new();
            let decoder = zstd::stream::read::Decoder::new(&bytes[at..])
                .ok()?
                .single_frame();
            // Bytes that only look like a frame unpack to nothing, or to a beginning.
            let _end = decoder.take(MOST).read_to_end(&mut plain);
            (!plain.is_empty()).then(|| (format!("{name}, packed from byte {at} on"), plain))
        })
        .collect()
}

/// Every cell of every table, as SQLite itself reads it: its pages cut long cells into pieces.
fn cells(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let database =
        rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .unwrap();
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut found = BTreeMap::new();
    for table in tables {
        let mut statement = database.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut number = 0;
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                use rusqlite::types::ValueRef;
                if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column).unwrap() {
                    found.insert(format!("{table}, row {number}, cell {column}"), bytes.to_vec());
                }
            }
            number += 1;
        }
    }
    found
}

#[test]
fn a_marker_is_found_in_every_form_and_in_what_is_packed() {
    let secret = "s3cret/with+signs=~";
    let marker = Marker::new("a secret", secret);
    for before in ["", "x", "xy", "Authorization: "] {
        let coded = STANDARD.encode(format!("{before}{secret} and more"));
        assert!(marker.is_in(&coded), "{coded}");
        let coded = URL_SAFE.encode(format!("{before}{secret}"));
        assert!(marker.is_in(&coded), "{coded}");
    }
    assert!(marker.is_in("a=s3cret%2Fwith%2Bsigns%3D%7E&b"));
    assert!(marker.is_in("a=s3cret%2Fwith%2Bsigns%3D~&b"));
    assert!(!marker.is_in("s3cret/with+other=~ signs"));

    // Enough of few letters, so that letters are packed and do not stand there as they are.
    let mut chance = 7_u32;
    let much: String = std::iter::repeat_with(|| {
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (chance >> 30) as u8)
    })
    .take(6_000)
    .collect();
    let packed = zstd::encode_all(format!("{much} {secret}").as_bytes(), 3).unwrap();
    let file = [b"head".as_slice(), &packed, b"tail"].concat();
    assert!(!marker.is_in(&lenient(&file)));
    let inside = contents(Path::new("x"), &file);
    assert!(
        inside.values().any(|text| marker.is_in(text)),
        "{:?}",
        inside.keys()
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.sqlite");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch("CREATE TABLE t (a)").unwrap();
    database.execute("INSERT INTO t VALUES (?1)", [&packed]).unwrap();
    drop(database);
    let inside = contents(&path, &std::fs::read(&path).unwrap());
    assert!(inside.values().any(|text| marker.is_in(text)));
}
