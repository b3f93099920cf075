//! Sponsors of a user: exported, edited, planned, applied, read back and undone, each by itself.

use dirsheet::sandbox::{AcceptedWrite, People, SandboxOptions};
use serde_json::{Value as Json, json};

use super::stand::{Stand, people};

const COLUMNS: &str = "id,userPrincipalName,sponsors";
const APPLY: [&str; 3] = ["apply", "users.csv", "--yes"];

/// A user of the stand: id and name.
#[derive(Debug, Clone)]
struct Person {
    id: String,
    name: String,
}

fn person(user: &Json) -> Person {
    let text = |name: &str| user[name].as_str().unwrap().to_owned();
    Person {
        id: text("id"),
        name: text("userPrincipalName"),
    }
}

fn persons<const COUNT: usize>(stand: &Stand) -> [Person; COUNT] {
    let ordinary: Vec<Person> = stand.ordinary().iter().take(COUNT).map(person).collect();
    ordinary.try_into().unwrap()
}

fn wish(stand: &Stand, wishes: &[(&Person, &str)]) {
    let wishes: Vec<(&str, &str)> = wishes
        .iter()
        .map(|(user, text)| (user.id.as_str(), *text))
        .collect();
    stand.wish(COLUMNS, "sponsors", &wishes);
}

fn give(stand: &Stand, user: &Person, sponsors: &[&Person]) {
    let ids: Vec<&str> = sponsors.iter().map(|one| one.id.as_str()).collect();
    stand.edit(&user.id, "sponsors", json!(ids));
}

/// The ids of the sponsors, sorted.
fn held(stand: &Stand, user: &Person) -> Vec<String> {
    let mut ids: Vec<String> = stand.dump()[&user.id]["sponsors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

fn ids(people: &[&Person]) -> Vec<String> {
    let mut ids: Vec<String> = people.iter().map(|one| one.id.clone()).collect();
    ids.sort();
    ids
}

/// Method and path of a write.
fn sent(write: &AcceptedWrite) -> (String, String) {
    // Within a batch the path begins without a slash.
    (
        write.method.clone(),
        write.path.trim_start_matches('/').to_owned(),
    )
}

fn works_and_goes_back(stand: &Stand) {
    let [guest, other, a, b, c] = persons(stand);
    give(stand, &guest, &[&a, &b]);
    let sheet = stand.export_columns(COLUMNS);
    let mut names = [a.name.as_str(), b.name.as_str()];
    names.sort_unstable();
    assert_eq!(sheet.of(&guest.id, "sponsors"), names.join("; "));
    assert_eq!(sheet.of(&other.id, "sponsors"), "");
    // One stays, one goes, one comes; the same one twice is one.
    let twice = format!("{}; {}; {}", a.name.to_uppercase(), c.id, c.name);
    wish(stand, &[(&guest, &twice), (&other, &a.name)]);
    let plan = stand.json(&["plan", "users.csv"], 0);
    assert_eq!(plan["changes"].as_array().unwrap().len(), 3, "{plan}");
    assert!(stand.history().is_empty());
    let done = stand.json(&APPLY, 0);
    assert_eq!(done["summary"]["updated"], 2, "{done}");
    let run = stand.newest_run();
    assert_eq!(held(stand, &guest), ids(&[&a, &c]));
    assert_eq!(held(stand, &other), ids(&[&a]));
    let history = stand.history();
    let of_guest: Vec<_> = history
        .iter()
        .filter(|write| write.user_id == guest.id)
        .map(sent)
        .collect();
    let path = format!("users/{}/sponsors", guest.id);
    assert_eq!(
        of_guest,
        [
            ("DELETE".to_owned(), format!("{path}/{}/$ref", b.id)),
            ("POST".to_owned(), format!("{path}/$ref")),
        ]
    );
    assert_eq!(history.len(), 3);
    // Applied once more there is nothing to do.
    stand.run(&APPLY).must(0);
    assert_eq!(stand.history().len(), 3);
    // What somebody else gave meanwhile is no business of an undo.
    give(stand, &guest, &[&a, &c, &other]);
    stand.run(&["undo", &run, "--yes"]).must(0);
    assert_eq!(held(stand, &guest), ids(&[&a, &b, &other]));
    assert!(held(stand, &other).is_empty());
}

#[test]
fn sponsors_are_given_and_taken_one_by_one_and_an_undo_leaves_the_others() {
    works_and_goes_back(&Stand::of(30));
}

#[test]
fn a_directory_that_shows_writes_late_changes_nothing_about_sponsors() {
    let stand = Stand::of(30);
    stand.faults("stale:400");
    works_and_goes_back(&stand);
}

#[test]
fn the_sample_of_sponsors_gives_what_it_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(folder.join("directory.csv")),
        ..people(0)
    });
    stand.write("users.csv", std::fs::read(folder.join("sponsors.csv")).unwrap());
    stand.run(&APPLY).must(0);
    let history = stand.history();
    assert_eq!(history.len(), 3);
    assert!(history.iter().all(|write| write.method == "POST"));
}

#[test]
fn a_cell_that_cannot_be_right_is_a_finding_and_writes_nothing() {
    let stand = Stand::of(30);
    let [guest, a, b, c, d, e, f] = persons(&stand);
    let six = [&a, &b, &c, &d, &e, &f].map(|one| one.name.as_str()).join("; ");
    for (cell, rule) in [
        (six.as_str(), "too-many-items"),
        ("nobody@contoso.example", "unknown-reference"),
        ("6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "unknown-reference"),
        ("Anna", "not-a-user"),
        (" ; ", "no-items"),
        (guest.name.as_str(), "own-sponsor"),
        (guest.id.as_str(), "own-sponsor"),
    ] {
        wish(&stand, &[(&guest, cell)]);
        stand.run(&APPLY).must(3).says(&[rule]);
    }
    assert!(stand.history().is_empty());
}

#[test]
fn five_sponsors_are_replaced_one_for_one_and_all_of_them_can_go() {
    let stand = Stand::of(30);
    let [guest, a, b, c, d, e, f] = persons(&stand);
    give(&stand, &guest, &[&a, &b, &c, &d, &e]);
    let cell = [&b, &c, &d, &e, &f].map(|one| one.name.as_str()).join("; ");
    wish(&stand, &[(&guest, &cell)]);
    // Who goes makes room for who comes.
    stand.run(&APPLY).must(0);
    assert_eq!(held(&stand, &guest), ids(&[&b, &c, &d, &e, &f]));
    let run = stand.newest_run();
    stand.run(&["undo", &run, "--yes"]).must(0);
    assert_eq!(held(&stand, &guest), ids(&[&a, &b, &c, &d, &e]));
    wish(&stand, &[(&guest, "<clear>")]);
    stand
        .run(&[&APPLY[..], &["--max-clears", "100%"]].concat())
        .must(0);
    assert!(held(&stand, &guest).is_empty());
    // 2 for the first way, 2 for the way back, 5 for the last.
    assert_eq!(stand.history().len(), 9);
}

#[test]
fn a_sponsor_who_is_renamed_between_plan_and_write_is_the_same_person() {
    let stand = Stand::of(30);
    let [guest, a, b] = persons(&stand);
    give(&stand, &guest, &[&a]);
    wish(&stand, &[(&guest, &b.name)]);
    let snapshot = stand.json(&["snapshots"], 0)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    stand.run(&["plan", "users.csv", "-o", "plan.json"]).must(0);
    let domain = a.name.split_once('@').unwrap().1;
    // Both go by other names, and somebody else has the name that the sheet says.
    stand.edit(&b.id, "userPrincipalName", format!("new.b@{domain}"));
    stand.edit(&a.id, "userPrincipalName", b.name.as_str());
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    assert_eq!(held(&stand, &guest), ids(&[&b]));
    let run = stand.newest_run();
    // What the sheet says now would be another person; whoever was exported is not touched unseen.
    let differs = stand.json(&["diff", &snapshot, "live", "--columns", "sponsors"], 0);
    assert!(differs.to_string().contains("new.b@"), "{differs}");
    stand.run(&["undo", &run, "--yes"]).must(0);
    assert_eq!(held(&stand, &guest), ids(&[&a]));
    // Names alone are no difference, and nothing to set back.
    let same = stand.json(&["diff", &snapshot, "live", "--columns", "sponsors"], 0);
    assert!(!same.to_string().contains("new.b@"), "{same}");
    give(&stand, &guest, &[&b]);
    stand
        .run(&["apply", "--restore", &snapshot, "--columns", "sponsors", "--yes"])
        .must(0);
    assert_eq!(held(&stand, &guest), ids(&[&a]));
}

#[test]
fn two_people_who_changed_the_same_sponsors_are_in_conflict() {
    let stand = Stand::of(30);
    let [guest, a, b, c] = persons(&stand);
    give(&stand, &guest, &[&a]);
    wish(&stand, &[(&guest, &b.name)]);
    give(&stand, &guest, &[&a, &c]);
    stand.run(&APPLY).must(5);
    stand
        .run(&[&APPLY[..], &["--conflicts", "mine"]].concat())
        .must(0);
    assert_eq!(held(&stand, &guest), ids(&[&b]));
}

#[test]
fn a_request_without_an_answer_gives_and_takes_nobody_twice() {
    for fault in [
        "drop-after,on=write-batch,times=1",
        "drop-before,on=write-batch,times=1",
        "503-after,on=write,times=2",
        "409,on=write,times=2",
        "429:1,on=write,times=2",
    ] {
        let stand = Stand::of(30);
        let [guest, other, a, b] = persons(&stand);
        give(&stand, &guest, &[&a]);
        wish(&stand, &[(&guest, &b.name), (&other, &b.name)]);
        stand.faults(fault);
        stand.run(&APPLY).must(0);
        assert_eq!(held(&stand, &guest), ids(&[&b]), "{fault}");
        assert_eq!(held(&stand, &other), ids(&[&b]), "{fault}");
        assert_eq!(stand.history().len(), 3, "{fault}");
        let run = stand.newest_run();
        stand.faults(fault);
        stand.run(&["undo", &run, "--yes"]).must(0);
        assert_eq!(held(&stand, &guest), ids(&[&a]), "{fault}");
        assert!(held(&stand, &other).is_empty(), "{fault}");
    }
}

/// A sheet of two who are to be made, one the sponsor of the other beside somebody who is there.
fn two_joiners(stand: &Stand) -> (Person, String, String) {
    let [a] = persons(stand);
    let domain = a.name.split_once('@').unwrap().1;
    let header = "userPrincipalName,displayName,accountEnabled,sponsors";
    let (boss, guest) = (format!("boss@{domain}"), format!("guest@{domain}"));
    stand.write(
        "users.csv",
        format!(
            "{header}\n{guest},Guest,true,{boss}; {}\n{boss},Boss,true,\n",
            a.name
        ),
    );
    (a, boss, guest)
}

#[test]
fn a_sponsor_who_is_made_in_the_same_run_is_one_like_any_other() {
    let stand = Stand::of(30);
    let (a, boss, guest) = two_joiners(&stand);
    let create = ["--allow", "create", "--passwords", "passwords.csv"];
    stand.run(&[&APPLY[..], &create].concat()).must(0);
    let dump = stand.dump();
    let one = |name: &str| {
        let found = dump.values().find(|user| user["userPrincipalName"] == *name);
        person(found.unwrap())
    };
    assert_eq!(held(&stand, &one(&guest)), ids(&[&one(&boss), &a]));
    // Two people and two sponsors.
    assert_eq!(stand.history().len(), 4);
}

#[test]
fn a_sealed_plan_with_sponsors_who_are_made_in_it_wants_nothing_the_second_time() {
    let stand = Stand::of(30);
    two_joiners(&stand);
    stand
        .run(&["plan", "users.csv", "-o", "plan.json", "--allow", "create"])
        .must(0);
    for passwords in ["one.csv", "two.csv"] {
        stand
            .run(&[
                "apply",
                "plan.json",
                "--yes",
                "--allow",
                "create",
                "--passwords",
                passwords,
            ])
            .must(0);
        assert_eq!(stand.history().len(), 4);
    }
}

#[test]
fn a_cell_with_a_sponsor_who_is_not_made_is_held_whole() {
    let stand = Stand::of(30);
    let [guest, a] = persons(&stand);
    let domain = a.name.split_once('@').unwrap().1;
    let header = "userPrincipalName,displayName,accountEnabled,manager,sponsors";
    let boss = format!("boss@{domain}");
    stand.write(
        "users.csv",
        format!(
            "{header}\n{},,,,{boss}; {}\n{boss},Boss,true,nobody@{domain},\n",
            guest.name, a.name
        ),
    );
    let create = ["--allow", "create", "--passwords", "passwords.csv"];
    stand
        .run(&[&APPLY[..], &create].concat())
        .must(3)
        .says(&["unknown-reference", "is not made"]);
    stand
        .run(&[&APPLY[..], &create, &["--skip-errors"]].concat())
        .must(6);
    assert!(stand.history().is_empty());
}
