//! Rows without a user that become new ones.

use std::time::Duration;

use dirsheet::sandbox::{People, SandboxOptions};
use serde_json::Value as Json;

use super::secrets::{find, walk};
use super::stand::{Ran, Stand, people};

pub(super) const FLAGS: [&str; 4] = ["--allow", "create", "--passwords", "passwords.csv"];

/// The directory of the samples, and the sheet of joiners beside it.
pub(super) fn sample(options: SandboxOptions) -> Stand {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(folder.join("directory.csv")),
        ..options
    });
    stand.write("joiners.csv", std::fs::read(folder.join("joiners.csv")).unwrap());
    stand
}

pub(super) fn apply(stand: &Stand, more: &[&str]) -> Ran {
    stand.run(&[&["apply", "joiners.csv", "--yes"], &FLAGS[..], more].concat())
}

/// The users of a dump by name.
fn by_name(stand: &Stand, name: &str) -> Vec<Json> {
    let users = stand.dump().into_values();
    users
        .filter(|user| user["userPrincipalName"] == format!("{name}@contoso.example"))
        .collect()
}

pub(super) fn one(stand: &Stand, name: &str) -> Json {
    let mut found = by_name(stand, name);
    assert_eq!(found.len(), 1, "{name}");
    found.remove(0)
}

fn passwords(stand: &Stand) -> Vec<(String, String)> {
    let text = stand.read("passwords.csv");
    let lines = text.lines().skip(1);
    lines
        .map(|line| line.split_once(',').unwrap())
        .map(|(name, password)| (name.to_owned(), password.to_owned()))
        .collect()
}

#[test]
fn the_sample_of_joiners_makes_its_people_with_managers_made_in_the_same_run() {
    let stand = sample(people(0));
    stand
        .run(&["plan", "joiners.csv", "--allow", "create", "--html", "plan.html"])
        .must(0)
        .says(&[
            "New users (3)",
            "noor.jansen@contoso.example (new)",
            "users made: 3",
        ]);
    let page = stand.read("plan.html");
    assert!(page.contains("<bdi>noor.jansen@contoso.example</bdi> (new)"));
    assert!(page.contains("<b>3</b> of them new"));
    assert!(stand.history().is_empty());
    apply(&stand, &[]).must(0);
    let (noor, tom, lena) = (
        one(&stand, "noor.jansen"),
        one(&stand, "tom.bakker"),
        one(&stand, "lena.vogel"),
    );
    assert_eq!(noor["manager"], one(&stand, "marijke.devries")["id"]);
    assert_eq!((&tom["manager"], &lena["manager"]), (&noor["id"], &noor["id"]));
    assert_eq!(noor["jobTitle"], "Head of Logistics");
    assert_eq!(noor["mailNickname"], "noor.jansen");
    assert_eq!(tom["employeeHireDate"], "2026-12-01T00:00:00Z");
    assert_eq!(
        (&tom["accountEnabled"], &lena["accountEnabled"]),
        (&Json::Bool(false), &Json::Bool(true))
    );
    // One request for each user and one for each manager.
    assert_eq!(stand.history().len(), 6);
    // Applied once more, the sheet is about people who are there.
    let again = ["apply", "joiners.csv", "--yes", "--allow", "create"];
    stand.run(&again).must(0);
    assert_eq!(stand.history().len(), 6);
}

#[test]
fn each_password_is_in_the_file_of_passwords_and_nowhere_else() {
    let stand = sample(people(0));
    let ran = apply(&stand, &["--report-dir", "reports"]).must(0);
    let given = passwords(&stand);
    assert_eq!(given.len(), 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stand.path("passwords.csv"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::remove_file(stand.path("passwords.csv")).unwrap();
    for (name, password) in &given {
        assert!(password.len() >= 16 && name.ends_with("@contoso.example"));
        assert!(!ran.stdout.contains(password) && !ran.stderr.contains(password));
        walk(&stand.path(""), &mut |path, bytes| {
            assert!(!find(bytes, password.as_bytes()), "{}", path.display());
        });
        assert!(!serde_json::to_string(&stand.dump()).unwrap().contains(password));
    }
}

#[test]
fn nobody_is_made_unless_it_is_allowed_and_there_is_a_new_file_for_passwords() {
    let stand = sample(people(0));
    stand.run(&["apply", "joiners.csv", "--yes"]).must(3).says(&[
        "no user of the directory has the userPrincipalName",
        "--allow create",
    ]);
    stand
        .run(&["apply", "joiners.csv", "--yes", "--allow", "create"])
        .must(2)
        .says(&["--passwords FILE"]);
    stand.write("passwords.csv", "somebody needs this\n");
    apply(&stand, &[])
        .must(2)
        .says(&["passwords.csv", "is there already"]);
    assert_eq!(stand.read("passwords.csv"), "somebody needs this\n");
    // A sealed plan asks for the word again.
    stand
        .run(&["plan", "joiners.csv", "--allow", "create", "-o", "plan.json"])
        .must(0);
    stand
        .run(&["apply", "plan.json", "--yes", "--passwords", "new.csv"])
        .must(4)
        .says(&["create", "--allow create"]);
    assert!(stand.history().is_empty());
    stand
        .run(&[
            "apply",
            "plan.json",
            "--yes",
            "--passwords",
            "new.csv",
            "--allow",
            "create",
        ])
        .must(0);
    assert_eq!(stand.history().len(), 6);
}

#[test]
fn a_row_that_lacks_what_a_new_user_needs_or_has_somebodys_number_makes_nobody() {
    let stand = sample(people(0));
    stand.write(
        "joiners.csv",
        "userPrincipalName,displayName,employeeId,accountEnabled\n\
         new.one@contoso.example,,000911,true\n\
         joost.vanthof@contoso.example,Joost van 't Hoff,000107,true\n\
         new.two@contoso.example,New Two,000912,true\n",
    );
    apply(&stand, &[]).must(3).says(&[
        "the row lacks: displayName",
        "the employeeId `000107` belongs to `joost.vanthoff@contoso.example`",
    ]);
    assert!(stand.history().is_empty());
    apply(&stand, &["--skip-errors"]).must(6);
    assert_eq!(stand.history().len(), 1);
    assert_eq!(one(&stand, "new.two")["mailNickname"], "new.two");
}

#[test]
fn with_replicas_that_are_behind_every_joiner_is_made_once_and_gets_a_manager() {
    let stand = sample(SandboxOptions {
        lag: Duration::from_secs(3),
        ..people(0)
    });
    apply(&stand, &[]).must(0);
    let noor = one(&stand, "noor.jansen");
    assert_eq!(one(&stand, "tom.bakker")["manager"], noor["id"]);
    assert_eq!(by_name(&stand, "lena.vogel").len(), 1);
}

#[test]
fn a_create_without_an_answer_is_looked_at_and_nobody_is_made_twice() {
    for fault in [
        "drop-after,on=write-batch,times=1",
        "drop-before,on=write-batch,times=1",
        "504-after,on=item,times=2",
        "503-after,on=write-batch,times=1",
        "missing,on=write-batch,times=1",
        "truncated,on=write-batch,times=1",
    ] {
        let stand = sample(people(0));
        stand.faults(fault);
        let ran = apply(&stand, &["--deadline", "60s"]);
        stand.faults("");
        if ran.code != Some(0) {
            let run = stand.newest_run();
            stand
                .run(&["resume", &run, "--yes", "--passwords", "more.csv"])
                .must(0);
        }
        for name in ["noor.jansen", "tom.bakker", "lena.vogel"] {
            assert_eq!(by_name(&stand, name).len(), 1, "{fault}: {name}");
        }
        let (noor, tom) = (one(&stand, "noor.jansen"), one(&stand, "tom.bakker"));
        assert_eq!(tom["manager"], noor["id"], "{fault}");
        // Whoever was made has a password that somebody knows.
        assert_eq!(passwords(&stand).len(), 3, "{fault}");
    }
}

#[test]
fn an_undo_sets_nothing_back_for_people_the_run_has_made_and_says_so() {
    let stand = sample(people(0));
    apply(&stand, &[]).must(0);
    let run = stand.newest_run();
    let undone = stand.run(&["undo", &run, "--yes"]);
    assert_eq!(one(&stand, "noor.jansen")["jobTitle"], "Head of Logistics");
    assert!(
        format!("{}{}", undone.stdout, undone.stderr).contains("not deleted by an undo"),
        "{}{}",
        undone.stdout,
        undone.stderr
    );
}

#[test]
fn somebody_who_is_there_gets_a_manager_made_in_the_run_and_loses_it_by_an_undo() {
    let stand = sample(people(0));
    let mut sheet = stand.read("joiners.csv");
    sheet.push_str("joost.vanthoff@contoso.example,,,,,,,,,,noor.jansen@contoso.example,\n");
    stand.write("joiners.csv", sheet);
    let joost = one(&stand, "joost.vanthoff");
    // The managers are not set before the time is over: another process goes on.
    stand.faults("503,on=manager");
    let ran = apply(&stand, &["--deadline", "3s"]);
    assert_eq!(ran.code, Some(8), "{ran:?}");
    stand.faults("");
    let noor = one(&stand, "noor.jansen");
    let run = stand.newest_run();
    stand.run(&["resume", &run, "--yes"]).must(0);
    assert_eq!(one(&stand, "joost.vanthoff")["manager"], noor["id"]);
    assert_eq!(one(&stand, "lena.vogel")["manager"], noor["id"]);
    let undone = stand.run(&["undo", &run, "--yes"]);
    assert!(
        !undone.stderr.contains("not in the directory any more"),
        "{undone:?}"
    );
    assert_eq!(one(&stand, "joost.vanthoff")["manager"], joost["manager"]);
    assert_eq!(one(&stand, "lena.vogel")["manager"], noor["id"]);
}

#[test]
fn rows_with_a_number_and_no_name_get_one_by_the_template_once() {
    let stand = sample(people(0));
    stand.write(
        "joiners.csv",
        "employeeId,displayName,givenName,surname,accountEnabled,jobTitle\n\
         000921,Joost van 't Hoff,Joost,van 't Hoff,false,Clerk\n\
         000922,Łukasz Żółć,Łukasz,Żółć,false,Clerk\n\
         000923,Lukasz Zolc,Lukasz,Zolc,false,Clerk\n\
         000107,,,,,Head of all Sales\n",
    );
    let names = [
        "--key",
        "employeeId",
        "--new-names",
        "{givenName}.{surname}@contoso.example",
    ];
    apply(&stand, &names).must(0);
    // The name of the sample's own Joost is taken.
    assert_eq!(one(&stand, "joost.vanthoff2")["employeeId"], "000921");
    assert_eq!(one(&stand, "lukasz.zolc")["displayName"], "Łukasz Żółć");
    assert_eq!(one(&stand, "lukasz.zolc2")["employeeId"], "000923");
    assert_eq!(one(&stand, "joost.vanthoff")["jobTitle"], "Head of all Sales");
    assert_eq!(stand.history().len(), 4);
    // The next night the same file is about people who are there.
    std::fs::remove_file(stand.path("passwords.csv")).unwrap();
    apply(&stand, &names).must(0);
    assert_eq!(stand.history().len(), 4);
    // Nothing is made of a row whose name cannot be made.
    stand.write(
        "joiners.csv",
        "employeeId,displayName,givenName,surname,accountEnabled\n000931,Nobody,,Nobody,false\n",
    );
    apply(&stand, &names)
        .must(3)
        .says(&["no free name could be made", "givenName, surname"]);
    assert_eq!(stand.history().len(), 4);
}

#[test]
fn a_joiner_with_the_name_of_somebody_who_is_there_does_not_become_that_person() {
    let stand = sample(people(0));
    let before = stand.dump();
    stand.write(
        "joiners.csv",
        "userPrincipalName,employeeId,displayName,givenName,surname,jobTitle,accountEnabled\n\
         joost.vanthoff@contoso.example,009991,Joost van 't Hoff jr.,Joost,van 't Hoff,Trainee,true\n",
    );
    apply(&stand, &["--skip-errors"]).must(6).says(&[
        "name-of-another",
        "has the employeeId `000107`; the row gives `009991`",
    ]);
    assert_eq!(stand.dump(), before);
    // Whoever has the number that the row gives is that person.
    stand.write(
        "joiners.csv",
        "userPrincipalName,employeeId,jobTitle\njoost.vanthoff@contoso.example,000107,Director of Sales\n",
    );
    apply(&stand, &[]).must(0);
    assert_eq!(one(&stand, "joost.vanthoff")["jobTitle"], "Director of Sales");
}
