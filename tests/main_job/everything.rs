//! Everything dirsheet can change goes the whole way, one line of a table each: exported, edited, checked, planned, applied, verified, taken
//! back; and every request on that way is counted. An attribute or an action without a line fails.

mod beginning;
mod case;
mod costs;
mod lines;
mod page;
mod ways;
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use dirsheet::catalogue::{self, ClearRule};
use dirsheet::domain::AccountAction;
use dirsheet::sandbox::SeenRequest;

use self::case::{Case, texts};
use self::lines::{LINES, Line};
use self::ways::{Steps, Way, told};

/// So many lines at once: an undo waits more than it works, because it looks again before it believes in an old value.
const AT_ONCE: usize = 12;
/// Microsoft's words for the types of extensions.
/// <https://learn.microsoft.com/graph/api/resources/extensionproperty#properties>
const TYPES: [&str; 6] = [
    "String",
    "Integer",
    "LargeInteger",
    "Boolean",
    "DateTime",
    "Binary",
];

/// The requests that were seen are those that the way of the line says.
#[track_caller]
fn compare(line: &Line, seen: &Steps<Vec<SeenRequest>>) {
    let seen = seen.map(|requests| texts(told(requests)));
    let expected = line.way.steps().map(|asked| texts(asked.clone()));
    assert_eq!(seen, expected, "{}: its requests", line.name);
}

/// The run of all lines: which of them failed, and everything that the directory was asked.
pub struct Run {
    pub failed: Vec<&'static str>,
    pub seen: Vec<SeenRequest>,
}

/// Made once; two tests look at it.
pub static RUN: LazyLock<Run> = LazyLock::new(|| {
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut failed, mut asked) = (Vec::new(), Vec::new());
        while let Some(line) = LINES.get(next.fetch_add(1, Ordering::Relaxed)) {
            let went = catch_unwind(AssertUnwindSafe(|| {
                let seen = Case::open(line).go();
                compare(line, &seen);
                seen
            }));
            match went {
                Ok(seen) => {
                    asked.extend([seen.export, seen.plan, seen.apply, seen.verify, seen.undo].concat())
                }
                Err(_) => failed.push(line.name),
            }
        }
        (failed, asked)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let mut run = Run {
            failed: Vec::new(),
            seen: Vec::new(),
        };
        for (failed, asked) in workers.into_iter().map(|worker| worker.join().unwrap()) {
            run.failed.extend(failed);
            run.seen.extend(asked);
        }
        run
    })
});

#[test]
fn everything_is_exported_edited_planned_applied_verified_and_taken_back_for_the_requests_on_its_page() {
    assert!(RUN.failed.is_empty(), "see above: {:?}", RUN.failed);
}

#[test]
fn every_attribute_that_can_be_written_and_every_action_has_one_line() {
    let mut expected: Vec<String> = catalogue::all()
        .filter(|attribute| attribute.is_writable())
        .map(|attribute| attribute.name.to_owned())
        .collect();
    expected.extend(AccountAction::ALL.map(|action| action.word().to_owned()));
    expected.extend(["create", "invite"].map(str::to_owned));
    let (own, listed): (Vec<&Line>, Vec<&Line>) = LINES.iter().partition(|line| line.name.contains(':'));
    let mut listed: Vec<String> = listed.iter().map(|line| line.name.to_owned()).collect();
    expected.sort();
    listed.sort();
    assert_eq!(listed, expected);

    // What a tenant made for itself are entries by their type; a type that Microsoft does not have there makes none.
    for (way, prefix) in [
        (
            Way::DirectoryExtension,
            "extension_0123456789abcdef0123456789abcdef_x",
        ),
        (Way::Security, "customSecurityAttributes.Set.x"),
    ] {
        for data in TYPES
            .iter()
            .flat_map(|data| [(*data).to_owned(), format!("{data}[]")])
        {
            let entry = catalogue::by_name(&format!("{prefix}:{data}"));
            let is_writable = entry.is_some_and(|entry| entry.is_writable());
            let has_line = own
                .iter()
                .any(|line| line.way == way && line.name.split([':', '=']).nth(1) == Some(&data));
            assert_eq!(has_line, is_writable, "{prefix}:{data}");
        }
    }
    assert!(own.iter().any(|line| line.way == Way::SchemaExtension));
}

#[test]
fn a_line_empties_what_the_catalogue_says_can_be_emptied() {
    for line in LINES.iter().filter(|line| line.is_attribute()) {
        let attribute = catalogue::by_name(line.name).unwrap();
        let can_be = attribute.clear != ClearRule::Never;
        assert_eq!(line.emptied.is_some(), can_be, "{}", line.name);
    }
}
