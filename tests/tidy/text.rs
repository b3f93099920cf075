//! Rules about single files: their length, what they print, what they explain.

use super::source::code_only;

/// Longer files hold more than one thought.
pub const LINES_MAX: usize = 400;

/// A file that is too long.
pub fn length_break(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LINES_MAX).then(|| {
        format!("{path}: {lines} lines; at most {LINES_MAX}, so that a file holds one thought: take a part of it out")
    })
}

const MACROS: [&str; 8] = [
    "println",
    "eprintln",
    "print",
    "eprint",
    "dbg",
    "todo",
    "unimplemented",
    "panic",
];

/// Where a person is spoken to.
fn may_print(path: &str) -> bool {
    path.starts_with("src/terminal/") || path == "src/cli/output.rs"
}

/// Printing and unfinished places outside the rooms that speak.
pub fn printing_breaks(path: &str, text: &str) -> Vec<String> {
    let code = code_only(text);
    let mut breaks = Vec::new();
    let mut in_tests = path.contains("/tests/") || path.ends_with("tests.rs") || path.ends_with("testing.rs");
    for (number, line) in (1..).zip(code.lines()) {
        in_tests |= line.starts_with("#[cfg(test)]");
        for word in MACROS {
            let is_called = line.match_indices(&format!("{word}!")).any(|(at, _)| {
                !line[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_alphanumeric() || c == '_')
            });
            let allowed = match word {
                "panic" => in_tests,
                "dbg" | "todo" | "unimplemented" => false,
                // A measurement that somebody asked for tells its figures.
                _ => in_tests || may_print(path),
            };
            if is_called && !allowed {
                breaks.push(format!(
                    "{path}:{number}: `{word}!` does not belong here; only `terminal` and `cli/output.rs` speak, and nothing is left undone or given up"
                ));
            }
        }
    }
    breaks
}

/// Functions in a `mod.rs`.
pub fn list_breaks(path: &str, text: &str) -> Vec<String> {
    if !path.ends_with("/mod.rs") && path != "src/lib.rs" {
        return Vec::new();
    }
    let code = code_only(text);
    let has_function = |line: &str| line.split_whitespace().any(|word| word == "fn");
    (1..)
        .zip(code.lines())
        .filter(|(_, line)| has_function(line))
        .map(|(number, _)| {
            format!("{path}:{number}: a mod.rs lists and explains; put the function into a file with a name")
        })
        .collect()
}

/// The rooms in which every public item is explained; elsewhere what stands at the left edge is enough.
const EXPLAINED: [&str; 4] = ["src/catalogue/", "src/domain/", "src/table/", "src/state/"];

const ITEMS: [&str; 8] = [
    "fn", "async", "struct", "enum", "trait", "const", "type", "static",
];

/// Public items without a sentence, and files without a head.
pub fn explanation_breaks(path: &str, text: &str) -> Vec<String> {
    let mut breaks = Vec::new();
    if !text.starts_with("//! ") {
        breaks.push(format!(
            "{path}: the file does not say what it is for; begin it with `//!`"
        ));
    }
    if path.contains("/tests/") || path.ends_with("tests.rs") || path.ends_with("testing.rs") {
        return breaks;
    }
    // The command line is no library: its flags are explained to the person who types them, its recipes by their files.
    if path.starts_with("src/cli/") {
        return breaks;
    }
    let everything = EXPLAINED.iter().any(|room| path.starts_with(room));
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        let bare = if everything { line.trim_start() } else { line };
        let is_item = bare.strip_prefix("pub ").is_some_and(|rest| {
            rest.split_whitespace()
                .next()
                .is_some_and(|word| ITEMS.contains(&word))
        });
        if !is_item {
            continue;
        }
        let above = lines[..index]
            .iter()
            .rev()
            .map(|above| above.trim())
            .find(|above| !above.starts_with("#[") && !above.starts_with(")]"));
        if !above.is_some_and(|above| above.starts_with("///")) {
            breaks.push(format!(
                "{path}:{}: `{}` is public and says nothing about itself",
                index + 1,
                bare.trim()
            ));
        }
    }
    breaks
}

/// Traces of the machine a file was written on. Put together here, so that this file does not find itself.
pub fn trace_breaks(path: &str, text: &str) -> Vec<String> {
    let traces = [
        (["/ho", "me/"].concat(), "a home folder"),
        (["/ro", "ot/"].concat(), "a home folder"),
        (["/Us", "ers/"].concat(), "a home folder"),
        (["\\Us", "ers\\"].concat(), "a home folder"),
        (["/wo", "rk/"].concat(), "a folder of one machine"),
        (["/tmp", "/wt"].concat(), "a folder of one machine"),
        (["/tmp", "/bash"].concat(), "a folder of one machine"),
        (["index.", "crates.io"].concat(), "a package registry"),
        (["static.", "crates.io"].concat(), "a package registry"),
        (["proxy.", "golang"].concat(), "a package registry"),
        (["registry.", "npmjs"].concat(), "a package registry"),
        (["arti", "factory"].concat(), "a package registry"),
    ];
    let mut breaks = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        // Graph's own addresses look like folders: `/v1.0/users/…` is lower case and none of these.
        for (trace, what) in &traces {
            if line.contains(trace.as_str()) {
                breaks.push(format!("{path}:{number}: names {what} (`{trace}`)"));
            }
        }
        if path == "Cargo.lock"
            && line.starts_with("source = ")
            && !line.contains("github.com/rust-lang/crates.io-index")
        {
            breaks.push(format!("{path}:{number}: a crate from somewhere else: {line}"));
        }
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_have_four_hundred_lines_and_not_one_more() {
        assert_eq!(length_break("a.rs", &"x\n".repeat(400)), None);
        assert!(
            length_break("a.rs", &"x\n".repeat(401))
                .unwrap()
                .contains("401 lines")
        );
    }

    #[test]
    fn only_the_rooms_that_speak_print() {
        for text in [
            "fn f() { println!(\"a\"); }",
            "dbg!(x)",
            "todo!()",
            "x.map(|_| unimplemented!())",
            "panic!()",
        ] {
            assert_eq!(printing_breaks("src/engine/x.rs", text).len(), 1, "{text}");
        }
        assert_eq!(
            printing_breaks("src/terminal/plain.rs", "eprintln!(\"a\")").len(),
            0
        );
        assert_eq!(printing_breaks("src/terminal/plain.rs", "todo!()").len(), 1);
        assert_eq!(
            printing_breaks(
                "src/engine/x.rs",
                "/// `println!()`\n// todo!()\nlet a = \"dbg!\";"
            )
            .len(),
            0
        );
        assert_eq!(printing_breaks("src/engine/x.rs", "my_println!()").len(), 0);
        assert_eq!(
            printing_breaks("src/engine/x.rs", "#[cfg(test)]\nmod tests { panic!() }").len(),
            0
        );
    }

    #[test]
    fn a_list_holds_no_functions() {
        assert_eq!(
            list_breaks("src/domain/mod.rs", "mod a;\npub use a::A;\n// fn\n").len(),
            0
        );
        assert_eq!(
            list_breaks("src/domain/mod.rs", "mod a;\npub fn b() {}\n").len(),
            1
        );
        assert_eq!(list_breaks("src/domain/a.rs", "pub fn b() {}\n").len(), 0);
    }

    #[test]
    fn public_items_are_explained() {
        let head = "//! What it is for.\n";
        let breaks = |path: &str, text: &str| explanation_breaks(path, &format!("{head}{text}")).len();
        assert_eq!(
            breaks("src/domain/a.rs", "/// It.\n#[derive(Debug)]\npub struct A;\n"),
            0
        );
        assert_eq!(breaks("src/domain/a.rs", "#[derive(Debug)]\npub struct A;\n"), 1);
        assert_eq!(breaks("src/domain/a.rs", "impl A {\n    pub fn b() {}\n}\n"), 1);
        assert_eq!(breaks("src/graph/a.rs", "impl A {\n    pub fn b() {}\n}\n"), 0);
        assert_eq!(breaks("src/graph/a.rs", "pub enum A {}\n"), 1);
        assert_eq!(breaks("src/graph/a.rs", "pub(super) enum A {}\n"), 0);
        assert_eq!(breaks("src/cli/a.rs", "pub async fn run() {}\n"), 0);
        assert_eq!(explanation_breaks("src/graph/a.rs", "use x;\n").len(), 1);
    }

    #[test]
    fn traces_of_a_machine_are_found() {
        assert_eq!(trace_breaks("a.md", &["see /ho", "me/anna/x"].concat()).len(), 1);
        assert_eq!(
            trace_breaks("a.md", &["https://index.", "crates.io/x"].concat()).len(),
            1
        );
        assert_eq!(
            trace_breaks("Cargo.lock", "source = \"registry+https://mirror.example/index\"").len(),
            1
        );
        assert_eq!(
            trace_breaks("a.md", "https://graph.microsoft.com/v1.0/users/x").len(),
            0
        );
    }
}
