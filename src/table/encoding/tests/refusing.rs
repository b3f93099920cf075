//! What is refused, and what is named instead of believed.

use super::*;

#[test]
fn an_encoding_that_the_mark_contradicts_is_refused() {
    let text = sheet_of(&["Zoë"], "\n");
    let marked = format!("\u{feff}{text}").into_bytes();
    let wide = utf16(&text, true, u16::to_le_bytes);
    for (bytes, asked, allowed) in [
        (&marked, "utf-8", true),
        (&marked, "windows-1252", false),
        (&marked, "utf-16", false),
        (&wide, "utf-16", true),
        (&wide, "utf-16le", true),
        (&wide, "utf-16be", false),
        (&wide, "utf-8", false),
    ] {
        match open(bytes.clone(), Some(asked)) {
            Ok(sheet) => assert!(allowed && names(&sheet) == ["Zoë"], "{asked}"),
            Err(error) => {
                let rules: Vec<_> = error.findings().iter().map(|f| f.rule).collect();
                assert_eq!(
                    (allowed, rules),
                    (false, vec!["encoding-contradicts-mark"]),
                    "{asked}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_letter_in_the_encoding_refuses_the_file_with_its_lines() {
    for (bytes, asked, rule, line, says) in [
        (
            &b"id,displayName\n1,Zo\x81\n"[..],
            Some("1252"),
            "encoding-not-decodable",
            2,
            "1 byte is no letter there, in line 2; the first is 0x81",
        ),
        (
            b"id,displayName\n1,\x81\n2,a\n3,\x8D\x8D\n",
            Some("1252"),
            "encoding-not-decodable",
            2,
            "3 bytes are no letter there, in lines 2, 4;",
        ),
        (
            b"id,displayName\n1,\xFF\n",
            Some("gbk"),
            "encoding-not-decodable",
            2,
            "no letter there",
        ),
        (
            b"id,displayName\n1,\x85\n",
            Some("iso-8859-2"),
            "encoding-not-decodable",
            2,
            "0x85",
        ),
        (
            b"i\0d\0\n\0\x00\xD8\n\0",
            Some("utf-16"),
            "encoding-not-decodable",
            2,
            "no letter there",
        ),
        (
            b"id,displayName\n1,\"a\r\nb\"\n2,Zo\xEB\n",
            Some("utf-8"),
            "encoding-not-utf8",
            4,
            "0xEB at position 5",
        ),
        (
            b"\xEF\xBB\xBFid\n\xEB\n",
            None,
            "encoding-not-utf8",
            2,
            "0xEB at position 1 of line 2",
        ),
        (
            b"\xEF\xBB\xBFid,\xEB\n",
            None,
            "encoding-not-utf8",
            1,
            "0xEB at position 4 of line 1",
        ),
    ] {
        let finding = refusal(bytes.to_vec(), asked);
        assert_eq!(
            (finding.rule, finding.place.map(|p| p.line)),
            (rule, Some(line)),
            "{bytes:?}"
        );
        assert!(finding.message.contains(says), "{}", finding.message);
    }
}

#[test]
fn a_file_in_two_encodings_is_refused_and_not_guessed() {
    let utf8 = sheet_of(&["Zoë", "José", "Renée"], "\n");
    let mixed = [utf8.as_bytes(), b"9,Jos\xE9\n"].concat();
    let finding = refusal(mixed, None);
    assert_eq!(finding.rule, "encoding-mixed");
    assert!(
        finding.message.contains("1 such byte in all, in line 5"),
        "{}",
        finding.message
    );

    // As many of one as of the other: it is guessed, but what is garbled then tells.
    let half = [
        b"id,displayName\n1,Jos\xE9\n2,Ren\xE9e\n".as_slice(),
        "3,Zoë\n".as_bytes(),
    ]
    .concat();
    let sheet = open(half, None).unwrap();
    let rules: Vec<_> = sheet.findings().iter().map(|f| (f.rule, f.severity)).collect();
    assert_eq!(
        rules,
        [
            ("encoding-guessed", Severity::Error),
            ("encoding-mixed", Severity::Error)
        ]
    );
}

#[test]
fn what_no_encoding_makes_a_table_of_is_refused() {
    for (bytes, rule) in [
        (&b""[..], "file-empty"),
        (b"\xEF\xBB\xBF", "file-empty"),
        (b"\xFF\xFE", "file-empty"),
        (b" \r\n\n", "file-empty"),
        (b"\xFF\xFE\0\0i\0\0\0d\0\0\0", "encoding-not-read"),
        (b"\0\0\xFE\xFF\0\0\0i", "encoding-not-read"),
        (b"i\0\0\0d\0\0\0,\0\0\0u\0\0\0", "encoding-not-read"),
        (b"id\nab\0cd\n", "nul-byte"),
        (b"\xFF\xFEi\0d\0\n\0\0\0", "nul-byte"),
        (b"\xFF\xFE<\0h\0t\0m\0l\0", "file-is-markup"),
    ] {
        assert_eq!(refusal(bytes.to_vec(), None).rule, rule, "{bytes:?}");
    }
}

#[test]
fn a_file_that_was_decoded_wrongly_and_saved_is_named() {
    let text = sheet_of(&["ZoÃ«", "JosÃ©", "RenÃ©e"], "\r\n");
    for (text, severity) in [
        (text.clone(), Severity::Error),
        (format!("ï»¿{text}"), Severity::Error),
        (format!("\u{feff}ï»¿{text}"), Severity::Error),
        (format!("ï»¿{}", sheet_of(&["ZoÃ«"], "\n")), Severity::Error),
        (
            "\"ï»¿\"\"id\"\"\",displayName\n1,ZoÃ«\n".to_owned(),
            Severity::Error,
        ),
        (format!("ï»¿{}", sheet_of(&["Anna"], "\n")), Severity::Warning),
        (format!("Ã¯Â»Â¿{}", sheet_of(&["Anna"], "\n")), Severity::Warning),
        (
            "id,displayName,_snapshot\n1,ZoÃ«,s\n2,JosÃ©,s\n3,RenÃ©e,s\n".to_owned(),
            Severity::Warning,
        ),
    ] {
        let sheet = open(text.clone().into_bytes(), None).unwrap();
        let found: Vec<_> = sheet.findings().iter().map(|f| (f.rule, f.severity)).collect();
        assert_eq!(found, [("mojibake", severity)], "{text}");
        assert_eq!(sheet.header().columns()[0].text, "id", "{text}");
    }
}
