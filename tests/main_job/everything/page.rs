//! The page `docs/requests.md`, made from the table and from the requests of each way.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::case::PEOPLE;
use super::lines::{LINES, Line};
use super::ways::{Asked, Steps, Way};

const HEAD: &str = "\
# What a change costs in requests

<!-- Generated from tests/main_job/everything. To regenerate: UPDATE_DOCS=1 cargo test --test main_job everything -->

For each attribute and each action: how many requests the commands send, and what they ask. The figures are not estimates: a test
sends one change of each kind through every command against the practice directory, and compares every request with this page.

How to read it:

- **Export**: `export` of a directory of 30 people with this one column beside `id`. **Plan**: `plan` of a sheet with one row in which one
  cell changed. **Apply**: `apply` of it up to its last write; it plans first. **Verify**: what `apply` reads afterwards. **Undo**: `undo` of
  that run, its proof included. `check` sends nothing.
- A number such as *5 (5)* is five HTTP requests and five resource units. A `$batch` is one request; each call in it has its price.
- **Units** are Microsoft's resource units: an application has 3,500 to 8,000 in ten seconds, by the size of the tenant. **Writes** are
  counted apart: 3,000 in 150 seconds. Microsoft names no price of their own for most of what lies below a user; it counts as *other*,
  one unit. What Outlook keeps (photos) is not counted in these budgets.
- The sign-in counts as a request here, without units.

What more people cost:

- The list: one request for each 999 people (500 with sign-in activity).
- A column that no list holds: one question for each person, twenty in a request, five where Microsoft has limits of its own for them
  (methods for signing in).
- A plan looks its people up twenty in a request, or reads the list where that is less.
- Every person who changes costs the look before the write, the write and the look after it: each twenty in a request, with their units
  and writes as below. The other requests of a command are asked once.
- An undo reads three times what it set back, since an old value may be one that a replica still shows.

";

/// The steps in the order of the page.
fn in_order<T>(steps: Steps<T>) -> [(&'static str, T); 5] {
    [
        ("Export", steps.export),
        ("Plan", steps.plan),
        ("Apply", steps.apply),
        ("Verify", steps.verify),
        ("Undo", steps.undo),
    ]
}

fn sum(asked: &[Asked], number: fn(&Asked) -> u32) -> u32 {
    asked.iter().map(number).sum()
}

/// What a line is called.
fn title(line: &Line) -> String {
    match (line.name.split_once(':'), line.way) {
        (Some((_, data)), Way::SchemaExtension) => format!("a leaf of a schema extension, `{data}`"),
        (Some((_, data)), Way::Security) => match data.split_once('=') {
            Some((data, _)) => format!("a custom security attribute, `{data}` with values to choose from"),
            None => format!("a custom security attribute, `{data}`"),
        },
        (Some((_, data)), _) => format!("a directory extension, `{data}`"),
        _ if line.is_attribute() => format!("`{}`", line.name),
        _ => format!("*{}*", line.name),
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("## By attribute and action\n\n");
    page.push_str("| Attribute or *action* | Export | Plan | Apply | Verify | Undo | Writes | Way |\n");
    page.push_str("|---|---|---|---|---|---|---|---|\n");
    let mut ways: BTreeMap<Way, Vec<&Line>> = BTreeMap::new();
    for line in LINES {
        ways.entry(line.way).or_default().push(line);
        let steps = line.way.steps();
        let writes = sum(&steps.apply, |asked| asked.writes);
        write!(page, "| {} |", title(line)).unwrap();
        for (_, asked) in in_order(steps) {
            let (requests, units) = (
                sum(&asked, |asked| asked.requests),
                sum(&asked, |asked| asked.units),
            );
            match requests {
                0 => page.push_str(" – |"),
                _ => write!(page, " {requests} ({units}) |").unwrap(),
            }
        }
        let way = line.way.title();
        let anchor = way.to_lowercase().replace(' ', "-").replace(['`', ','], "");
        writeln!(page, " {writes} | [{way}](#{anchor}) |").unwrap();
    }
    page.push_str("\n*revoke-sessions*, *reset-password* and *create* cannot be taken back: their undo reads, and says so.\n");
    for way in ways.keys() {
        write!(page, "\n## {}\n\n", way.title()).unwrap();
        page.push_str("| Step | Requests | Units | What is asked |\n|---|---|---|---|\n");
        for (step, asked) in in_order(way.steps())
            .into_iter()
            .filter(|(_, asked)| !asked.is_empty())
        {
            let (requests, units) = (
                sum(&asked, |asked| asked.requests),
                sum(&asked, |asked| asked.units),
            );
            let what: Vec<String> = asked.iter().map(in_words).collect();
            writeln!(page, "| {step} | {requests} | {units} | {} |", what.join("; ")).unwrap();
        }
    }
    page
}

/// One entry of a step, as `GET /users` or `2 × $batch (30 × GET /users/{id}/sponsors)`.
fn in_words(asked: &Asked) -> String {
    let calls = asked.calls.iter().map(|(template, count)| match count {
        1 => format!("`{template}`"),
        count => format!("{count} × `{template}`"),
    });
    let calls = calls
        .collect::<Vec<_>>()
        .join(", ")
        .replace("`sign in`", "sign-in");
    let calls = match asked.is_batch {
        true => format!("`$batch` ({calls})"),
        false => calls,
    };
    let calls = match asked.requests {
        1 => calls,
        requests => format!("{requests} × {calls}"),
    };
    match asked.writes {
        0 => calls,
        _ => format!("**{calls}**"),
    }
}

impl Way {
    fn title(self) -> &'static str {
        match self {
            Way::Patch => "One PATCH",
            Way::Rename => "A new name",
            Way::Identities => "Identities",
            Way::DirectoryExtension => "Directory extensions",
            Way::SchemaExtension => "Schema extensions",
            Way::Security => "Custom security attributes",
            Way::Manager => "Manager",
            Way::Sponsors => "Sponsors",
            Way::Licences => "Licences",
            Way::Roles => "Roles",
            Way::Profile => "Profile store",
            Way::Phone => "Phones for signing in",
            Way::Email => "Email for signing in",
            Way::Photo => "Photo",
            Way::Switch => "Disable and enable",
            Way::Delete => "Delete",
            Way::Restore => "Restore",
            Way::RevokeSessions => "Revoke sessions",
            Way::ResetPassword => "Reset password",
            Way::Create => "Create",
            Way::Invite => "Invite",
        }
    }
}

#[test]
fn the_page_of_requests_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/requests.md");
    let page = page();
    assert!(page.contains(&format!("of {PEOPLE} people")));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == page,
        "docs/requests.md is not what the table says. Regenerate it with: \
         UPDATE_DOCS=1 cargo test --test main_job everything"
    );
}
