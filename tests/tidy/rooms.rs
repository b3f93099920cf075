//! Who may know whom.

use super::source::{Named, paths};

/// Each room and the rooms it may name. `docs/architecture.md` gives the reasons.
pub const ROOMS: [(&str, &[&str]); 16] = [
    ("catalogue", &[]),
    ("domain", &["catalogue"]),
    ("table", &["catalogue", "domain"]),
    ("graph", &["catalogue", "domain", "process"]),
    ("state", &["catalogue", "domain"]),
    ("photo", &["domain"]),
    ("process", &[]),
    ("feed", &["catalogue", "domain"]),
    // A night is told as the feed tells it.
    ("notify", &["feed"]),
    // The one edge sideways: a report is a sheet.
    ("report", &["catalogue", "domain", "feed", "table"]),
    // Limits are the domain's, and a profile sets them.
    ("config", &["domain", "process"]),
    (
        "engine",
        &["catalogue", "domain", "table", "graph", "state", "photo"],
    ),
    ("terminal", &["engine"]),
    (
        "cli",
        &[
            "catalogue",
            "config",
            "domain",
            "engine",
            "feed",
            "graph",
            "notify",
            "photo",
            "report",
            "sandbox",
            "state",
            "table",
            "terminal",
        ],
    ),
    // The surface for other programs; of `cli` it knows one door, see [`HOSTED`].
    (
        "library",
        &["catalogue", "cli", "config", "domain", "engine", "report"],
    ),
    ("sandbox", &[]),
];

/// What `library` may name of `cli`: a command's recipe cannot be called around its guards.
const HOSTED: &str = "hosted";

/// Libraries that only some rooms may name, so that each edge to the outside has one place.
pub const LIBRARIES: [(&str, &[&str]); 49] = [
    ("aes", &["graph"]),
    ("askama", &["report"]),
    ("async_trait", &["graph"]),
    ("azure_core", &["graph"]),
    ("azure_identity", &["graph"]),
    ("axum", &["sandbox"]),
    ("cbc", &["graph"]),
    ("clap", &["cli", "terminal"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("csv", &["table", "sandbox", "state"]),
    ("calamine", &["table"]),
    ("rust_xlsxwriter", &["table"]),
    ("encoding_rs", &["table"]),
    ("chardetng", &["table"]),
    ("oem_cp", &["table"]),
    ("des", &["graph"]),
    ("governor", &["graph"]),
    ("hashbrown", &["domain"]),
    ("thin_vec", &["domain", "table"]),
    ("hyper", &["graph"]),
    ("image", &["photo"]),
    ("unicode_script", &["domain", "feed"]),
    ("unicode_security", &["domain"]),
    ("keyring_core", &["state"]),
    ("linux_keyutils_keyring_store", &["state"]),
    ("apple_native_keyring_store", &["state"]),
    ("windows_native_keyring_store", &["state"]),
    ("lettre", &["notify"]),
    ("memchr", &["table"]),
    ("minijinja", &["feed"]),
    ("schemars", &["feed"]),
    ("indicatif", &["terminal"]),
    ("quick_xml", &["table"]),
    ("rayon", &["engine", "state"]),
    ("rc2", &["graph"]),
    ("reqwest", &["graph", "notify", "cli"]),
    ("rusqlite", &["state"]),
    // Names that are exchanged, on Linux.
    ("rustix", &["table"]),
    ("rustls", &["graph", "notify", "sandbox"]),
    ("tempfile", &["table", "state"]),
    (
        "tokio",
        &["graph", "notify", "engine", "terminal", "cli", "sandbox"],
    ),
    ("tokio_util", &["engine", "sandbox"]),
    ("toml", &["config", "feed"]),
    ("unicode_width", &["report"]),
    ("webpki", &["sandbox"]),
    ("x509_cert", &["graph"]),
    ("zip", &["table"]),
    // Rows of a sheet are kept packed.
    ("zstd", &["domain", "state"]),
];

/// What would make the answer depend on more than the arguments.
const OUTSIDE: [&str; 13] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "std::time::Instant",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::new_v4",
    "rand",
];

/// The rooms in which nothing of [`OUTSIDE`] may be named.
const PURE: [&str; 3] = ["catalogue", "domain", "feed"];

/// The path of modules a file is: `src/domain/tests/merge.rs` is `domain`, `tests`, `merge`.
fn module(path: &str) -> Vec<&str> {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut parts: Vec<&str> = inside.split('/').collect();
    if matches!(parts.last(), Some(&"mod" | &"lib" | &"main")) {
        parts.pop();
    }
    // `runs_tests.rs` is the module `tests` of `runs`.
    if let Some(name) = parts.last().and_then(|last| last.strip_suffix("_tests")) {
        parts.pop();
        parts.extend([name, "tests"]);
    }
    parts
}

/// The line at which a file's tests begin.
fn tests_from(path: &str, text: &str) -> usize {
    if path.contains("/tests/") || path.ends_with("tests.rs") || path.ends_with("testing.rs") {
        return 0;
    }
    text.lines()
        .position(|line| line.starts_with("#[cfg(test)]"))
        .map_or(usize::MAX, |index| index + 1)
}

/// What is wrong with the imports of one file, each break a sentence.
pub fn import_breaks(path: &str, text: &str) -> Vec<String> {
    let module = module(path);
    let Some(room) = module.first().copied() else {
        return Vec::new();
    };
    let allowed = ROOMS
        .iter()
        .find(|(known, _)| *known == room)
        .map(|(_, allowed)| *allowed);
    let Some(allowed) = allowed else {
        return vec![format!(
            "{path}: `{room}` is not one of the rooms in tests/tidy/rooms.rs"
        )];
    };
    let mut breaks = Vec::new();
    for named in paths(text) {
        let place = format!("{path}:{}", named.line);
        match target(&named, module.len()) {
            Target::Room(other) if other == room => {}
            Target::Room(other) if other == "*" || other == "self" => {
                breaks.push(format!(
                    "{place}: names the whole crate; name the room that is meant"
                ));
            }
            Target::Room(other) if !allowed.contains(&other) => breaks.push(format!(
                "{place}: `{room}` may not know `{other}` (it may know: {})",
                if allowed.is_empty() {
                    "no other room".to_owned()
                } else {
                    allowed.join(", ")
                }
            )),
            Target::Room("cli")
                if room == "library" && named.segments.get(2).is_none_or(|name| name != HOSTED) =>
            {
                breaks.push(format!(
                    "{place}: `library` knows of `cli` only `{HOSTED}`, which calls what the commands call"
                ));
            }
            Target::Room(_) => {}
            // Tests may lean on more: a server, a folder that goes away.
            Target::Library(_) if named.line > tests_from(path, text) => {}
            Target::Library(library) => {
                let rooms = LIBRARIES.iter().find(|(known, _)| *known == library);
                if let Some((_, rooms)) = rooms.filter(|(_, rooms)| !rooms.contains(&room)) {
                    breaks.push(format!(
                        "{place}: `{library}` is for {} only, and this is `{room}`",
                        rooms.join(" and ")
                    ));
                }
            }
        }
        if PURE.contains(&room) {
            let whole = named.segments.join("::");
            let outside = OUTSIDE
                .iter()
                .find(|word| format!("::{whole}::").contains(&format!("::{word}::")));
            if let Some(outside) = outside {
                breaks.push(format!(
                    "{place}: `{room}` names `{outside}`; it sees no clock, chance, file, network or environment"
                ));
            }
        }
    }
    breaks
}

enum Target<'a> {
    Room(&'a str),
    Library(&'a str),
}

/// Where a path leads: `crate::room`, a chain of `super` that climbs out of the room, or a library.
fn target(named: &Named, depth: usize) -> Target<'_> {
    let words: Vec<&str> = named.segments.iter().map(String::as_str).collect();
    let ups = words.iter().take_while(|word| **word == "super").count();
    let climbs_out = ups > 0 && ups >= depth + named.nesting;
    match words[0] {
        "crate" | "dirsheet" => Target::Room(words[1]),
        "super" if climbs_out => Target::Room(words.get(ups).copied().unwrap_or("*")),
        other => Target::Library(other),
    }
}

#[cfg(test)]
mod tests {
    use super::import_breaks;

    fn breaks(path: &str, text: &str) -> usize {
        import_breaks(path, text).len()
    }

    #[test]
    fn what_is_allowed_passes() {
        assert_eq!(
            breaks(
                "src/report/run_csv.rs",
                "use crate::table::SheetWriter;\nuse crate::domain::Plan;"
            ),
            0
        );
        assert_eq!(
            breaks(
                "src/domain/tests/merge.rs",
                "use super::super::merge::merge;\nuse super::*;"
            ),
            0
        );
        assert_eq!(
            breaks(
                "src/library/x.rs",
                "use crate::cli::hosted::{Host, Made};\nuse crate::engine::Wish;"
            ),
            0
        );
        assert_eq!(
            breaks(
                "src/domain/place.rs",
                "mod tests { use super::super::row::RawRow; }"
            ),
            0
        );
        assert_eq!(
            breaks(
                "src/table/x.rs",
                "// crate::graph is not known here\nlet text = \"crate::graph::X\";"
            ),
            0
        );
    }

    #[test]
    fn a_wrong_import_is_a_sentence_in_every_spelling() {
        for (path, text) in [
            ("src/domain/x.rs", "use crate::table::Sheet;"),
            ("src/domain/x.rs", "use crate::{catalogue, state};"),
            ("src/domain/x.rs", "fn f() { crate::graph::Limits::unlimited(); }"),
            ("src/domain/x.rs", "use super::super::engine::apply;"),
            ("src/domain/tests/x.rs", "use super::super::super::engine::apply;"),
            ("src/domain/mod.rs", "use super::engine::apply;"),
            (
                "src/domain/x.rs",
                "mod tests { use super::super::super::engine::apply; }",
            ),
            ("src/engine/x.rs", "use crate::sandbox::start;"),
            ("src/engine/x.rs", "use crate::report::run_text;"),
            ("src/engine/x.rs", "use crate::terminal::Progress;"),
            ("src/sandbox/x.rs", "use crate::catalogue::all;"),
            ("src/sandbox/x.rs", "use dirsheet::catalogue::all;"),
            ("src/state/x.rs", "use crate::table::AtomicFile;"),
            ("src/table/x.rs", "use crate::*;"),
            ("src/library/x.rs", "use crate::cli::runner::run_journal;"),
            ("src/library/x.rs", "use crate::cli::{hosted::Host, plan};"),
            ("src/library/x.rs", "use crate::graph::Session;"),
            ("src/cli/x.rs", "use crate::library::Plan;"),
            ("src/attic/x.rs", "fn f() {}"),
        ] {
            assert_eq!(breaks(path, text), 1, "{path}: {text}");
        }
    }

    #[test]
    fn the_pure_rooms_see_nothing_outside() {
        for text in [
            "use std::fs::File;",
            "use std::{fmt, env};",
            "use std::time::{Duration, SystemTime};",
            "let now = jiff::Timestamp::now();",
            "use jiff::Timestamp;\nfn f() { Timestamp::now(); }",
            "let id = uuid::Uuid::new_v4();",
            "use rand::random;",
            "use tokio::sync::mpsc;",
            "use rusqlite::Connection;",
            "use reqwest::Url;",
        ] {
            assert_eq!(breaks("src/domain/x.rs", text), 1, "{text}");
        }
        assert_eq!(
            breaks(
                "src/domain/x.rs",
                "use std::time::Duration;\nuse std::fmt;\nuse jiff::Timestamp;"
            ),
            0
        );
        assert_eq!(breaks("src/graph/x.rs", "use std::time::SystemTime;"), 0);
    }

    #[test]
    fn a_library_stays_in_its_rooms() {
        assert_eq!(breaks("src/state/x.rs", "use rusqlite::Connection;"), 0);
        assert_eq!(breaks("src/engine/x.rs", "use rusqlite::Connection;"), 1);
        assert_eq!(breaks("src/graph/x.rs", "use csv::Reader;"), 1);
        assert_eq!(breaks("src/graph/testing.rs", "use axum::Router;"), 0);
        assert_eq!(
            breaks(
                "src/config/x.rs",
                "#[cfg(test)]\nmod tests { use tempfile::tempdir; }"
            ),
            0
        );
    }
}
