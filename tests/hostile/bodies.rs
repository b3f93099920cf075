//! Bodies and heads that are too much.

use std::time::Duration;

use super::bomb::zeros;
use super::server::{Answer, Line, json, user};
use super::{MEBIBYTES, export, sign_in};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";

fn raw(writes: impl FnOnce(&mut Line<'_>) -> std::io::Result<()> + Send + 'static) -> Answer {
    Answer::Raw(Box::new(writes))
}

/// Spaces in a JSON body without end.
pub fn endless() -> Answer {
    raw(|line| {
        line.write(HEAD)?;
        line.write(b"\r\n{\"value\":[")?;
        line.for_ever(&[b' '; 65_536], Duration::ZERO)
    })
}

/// Brackets, so many.
pub fn deep(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn a_body_without_end_is_cut_off() {
    let (ended, _) = export(|_| endless());
    ended.must(8, &["is too large"], 30, MEBIBYTES);
    let (ended, _) = sign_in(|_| endless());
    ended.must(7, &["is too large"], 30, MEBIBYTES);
}

#[test]
fn a_body_that_says_it_is_enormous_gets_no_memory_for_that() {
    let (ended, _) = export(|_| {
        raw(|line| {
            line.write(HEAD)?;
            line.write(b"content-length: 999999999999999\r\n\r\n")?;
            line.for_ever(&[b' '; 65_536], Duration::ZERO)
        })
    });
    ended.must(8, &["is too large"], 30, MEBIBYTES);
}

#[test]
fn a_small_body_that_unpacks_to_a_gibibyte_is_cut_off() {
    let bomb = zeros(1 << 30);
    assert!(bomb.len() < 8 << 20);
    let (ended, _) = export(move |_| {
        let packed = "content-type: application/json\r\ncontent-encoding: gzip\r\n".to_owned();
        Answer::Whole(200, packed, bomb.clone())
    });
    ended.must(8, &["is too large"], 60, MEBIBYTES);
}

#[test]
fn a_body_that_is_not_packed_as_it_says_is_no_answer() {
    let (ended, _) = export(|_| {
        let packed = "content-type: application/json\r\ncontent-encoding: gzip\r\n".to_owned();
        Answer::Whole(200, packed, b"{\"value\":[]}".to_vec())
    });
    ended.must(8, &["not HTTP as it should be"], 60, MEBIBYTES);
}

#[test]
fn json_a_million_levels_deep_is_refused_wherever_it_stands() {
    let nested = deep(1_000_000);
    // Side by side: each is tried several times.
    let bodies = [
        nested.clone(),
        format!(r#"{{"value":{nested}}}"#),
        format!(r#"{{"value":[{{"id":"x","jobTitle":{nested}}}]}}"#),
        // Even where nobody looks at it.
        format!(r#"{{"strange":{nested},"value":[{}"#, user("x")),
    ];
    let bodies = bodies.map(|body| std::thread::spawn(move || export(move |_| json(200, &body)).0));
    for ended in bodies {
        ended
            .join()
            .unwrap()
            .must(8, &["cannot be understood"], 60, MEBIBYTES);
    }
    let (ended, _) = sign_in(move |_| json(200, format!(r#"{{"access_token":{nested}}}"#)));
    ended.must(7, &["sign-in"], 60, MEBIBYTES);
}

#[test]
fn a_head_without_end_is_no_answer() {
    for line_end in ["", "\r\n"] {
        let (ended, _) = export(move |_| {
            raw(move |line| {
                line.write(HEAD)?;
                line.write(b"x-long: ")?;
                let piece = format!("{}{line_end}x: ", "y".repeat(4_000));
                line.for_ever(piece.as_bytes(), Duration::ZERO)
            })
        });
        ended.must(8, &["not HTTP as it should be"], 60, MEBIBYTES);
    }
}

#[test]
fn what_a_refusal_says_is_told_short_and_without_control_characters() {
    let message = format!(
        "\\u001b]0;owned\\u0007\\u001b[2J\\u202e{}",
        "long ".repeat(4_000_000)
    );
    let (ended, _) = export(move |_| {
        json(
            400,
            format!(r#"{{"error":{{"code":"Bad\\u001b[31m","message":"{message}"}}}}"#),
        )
    });
    let ran = ended.must(2, &["400"], 60, MEBIBYTES);
    assert!(!ran.stderr.contains('\u{202e}'), "{}", ran.stderr);
}

#[test]
fn a_body_of_millions_of_small_values_gets_no_memory_for_each() {
    for value in ["{}", "0", "[[]]"] {
        let values = vec![value; 13_000_000].join(",");
        for body in [
            format!(r#"{{"value":[{values}]}}"#),
            format!(r#"{{"value":[{{"id":"x","jobTitle":[{values}]}}]}}"#),
        ] {
            let (ended, _) = export(move |_| json(200, &body));
            ended.must(8, &["is too large"], 60, MEBIBYTES);
        }
    }
    // As many as may be, of those that take the most: a text of one letter, and an object with one value.
    for (value, count) in [(r#""a""#, 11_900_000), (r#"{"a":0}"#, 560_000)] {
        let values = vec![value; count].join(",");
        let (ended, _) = export(move |_| {
            json(
                200,
                format!(r#"{{"value":[{{"id":"x","jobTitle":[{values}]}}]}}"#),
            )
        });
        ended.must(8, &["cannot be understood"], 110, 1_300);
    }
}
