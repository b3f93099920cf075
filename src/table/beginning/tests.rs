//! Where the header is found, and with which delimiter.

use super::*;
use crate::table::testing::vocabulary;

fn detect_in(text: &str, forced: Option<Delimiter>) -> Result<Beginning, Refusal> {
    let source = Source::from(text.as_bytes().to_vec());
    detect(&source, Start::text(0), forced, &vocabulary())
}

fn detected(text: &str) -> Beginning {
    detect_in(text, None).unwrap()
}

fn refused(text: &str, forced: Option<Delimiter>) -> Finding {
    match detect_in(text, forced) {
        Err(Refusal::Found(mut findings)) => findings.remove(0),
        other => panic!("{text:?} gave {other:?}"),
    }
}

#[test]
fn the_delimiter_that_gives_the_most_known_names_wins() {
    for (text, delimiter) in [
        ("id,jobTitle\n", Delimiter::Comma),
        ("id;jobTitle\n", Delimiter::Semicolon),
        ("id\tjobTitle\n", Delimiter::Tab),
        ("\"id\";\"Job title\"\n", Delimiter::Semicolon),
        ("id;jobTitle;\"a,b,c,d\"\n", Delimiter::Semicolon),
        ("\"x;y\",id,jobTitle\n", Delimiter::Comma),
        ("\n\nid;jobTitle\n1,2,3,4\n", Delimiter::Semicolon),
        ("id\n", Delimiter::Comma),
        ("a;b;c\n", Delimiter::Semicolon),
        ("id,_status,_error,_hint\n", Delimiter::Comma),
        ("id|jobTitle|department\n", Delimiter::Pipe),
        ("sep=|\nid|jobTitle\n", Delimiter::Pipe),
    ] {
        assert_eq!(detected(text).delimiter, delimiter, "{text:?}");
    }
}

#[test]
fn a_sep_line_is_dropped_and_decides_between_equals() {
    // text, delimiter, offset, line
    for (text, delimiter, offset, line) in [
        ("sep=;\r\nid\r\n", Delimiter::Semicolon, 7, 2),
        ("SEP=,\nid;jobTitle\n", Delimiter::Semicolon, 6, 2),
        ("\"sep=;\"\nid;jobTitle\n", Delimiter::Semicolon, 8, 2),
        ("sep=;,,,\nid,jobTitle\n", Delimiter::Comma, 9, 2),
        ("sep=\t\rid\tjobTitle\r", Delimiter::Tab, 6, 2),
        ("sep=\nid,jobTitle\n", Delimiter::Comma, 5, 2),
        ("sep=x is not one,id\n", Delimiter::Comma, 0, 1),
    ] {
        let found = detected(text);
        assert_eq!(
            (
                found.delimiter,
                found.start.offset,
                found.start.line,
                found.start.row
            ),
            (delimiter, offset, line, line),
            "{text:?}"
        );
        assert_eq!(found.above, [], "{text:?}");
    }
}

#[test]
fn a_header_that_fell_into_one_cell_is_refused() {
    for text in [
        "\"id;jobTitle;department\"\n",
        "\"id,jobTitle\"\n",
        "id:jobTitle:department\n",
        "id:shoe size\n",
        "\"id;\"\"jobTitle\"\"\",,\n",
        "sep=:\nid:jobTitle\n",
    ] {
        let finding = refused(text, None);
        assert_eq!(
            (finding.rule, finding.extent),
            ("wrong-separator", Extent::Sheet),
            "{text:?}"
        );
    }
    let forced = refused("id,jobTitle\n", Some(Delimiter::Semicolon));
    assert_eq!(forced.rule, "wrong-separator");
}

#[test]
fn the_header_is_looked_for_below_marks_titles_and_empty_rows() {
    // text, delimiter, the header's offset, line and row, what is told of the rows above
    for (text, delimiter, offset, line, row, told) in [
        ("version:v1.0\nid,jobTitle\n", ",", 13, 2, 2, None),
        ("version:v1.0;;;\r\nid;jobTitle\r\n", ";", 17, 2, 2, None),
        (
            "#TYPE Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser\n\"id\",\"jobTitle\"\n",
            ",",
            59,
            2,
            2,
            None,
        ),
        ("\n\n,,\nid,jobTitle,\n", ",", 5, 4, 4, None),
        (
            "Users\n\nid|jobTitle\n",
            "|",
            7,
            3,
            3,
            Some("row 1 stands above the header, which is in row 3; they are passed over"),
        ),
        (
            "\"All\nusers\",\n2026,\nid,jobTitle\n",
            ",",
            19,
            4,
            3,
            Some("2 rows stand above the header, which is in row 3; they are passed over"),
        ),
        (
            "Department\nid,displayName\n",
            ",",
            11,
            2,
            2,
            Some("row 1 stands above the header, which is in row 2; they are passed over"),
        ),
        // A row with a key is a header before one without.
        (
            "x\njobTitle,department,displayName\nid,shoe size\n",
            ",",
            34,
            3,
            3,
            Some("2 rows stand above the header, which is in row 3; they are passed over"),
        ),
        // Nothing that is a header: the first row is told what is wrong with it.
        ("name,shoe size\nZoë,39\n", ",", 0, 1, 1, None),
        ("\nname,jobTitle\nZoë,39\n", ",", 1, 2, 2, None),
        // The first row is a header, whatever the cells below look like.
        ("id\nid,jobTitle,department\n", ",", 0, 1, 1, None),
        ("jobTitle,department\nid,userPrincipalName\n", ",", 0, 1, 1, None),
    ] {
        let found = detected(text);
        let start = found.start;
        assert_eq!(
            (found.delimiter.as_str(), start.offset, start.line, start.row),
            (delimiter, offset, line, row),
            "{text:?}"
        );
        let finding = rows_above(&found.above, row);
        assert_eq!(
            finding.as_ref().map(|finding| finding.message.as_str()),
            told,
            "{text:?}"
        );
    }
}

#[test]
fn a_header_further_down_than_ten_rows_is_not_looked_for() {
    let text = |rows| format!("{}id,jobTitle\n", "title\n".repeat(rows));
    assert_eq!(detected(&text(10)).start.row, 11);
    assert_eq!(detected(&text(11)).start.row, 1);
}
