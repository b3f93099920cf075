//! First passwords out of a sheet: only where that is allowed, only for whom it is meant, and kept nowhere.

use dirsheet::sandbox::SandboxOptions;

use super::accounts::{enabled, options};
use super::joiners::{one, sample};
use super::secrets::{find, walk};
use super::sheet::Sheet;
use super::stand::{Ran, Stand};

const SECRET: &str = "Tulp-boot-41";
const CREATE: [&str; 2] = ["--allow", "create,passwords-in-sheet"];

fn nowhere(stand: &Stand, streams: &[Ran], sheets: &[&str], secret: &str) {
    for ran in streams {
        assert!(
            !ran.stdout.contains(secret) && !ran.stderr.contains(secret),
            "{ran:?}"
        );
    }
    walk(&stand.path(""), &mut |path, bytes| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            sheets.contains(&name.as_str()) || !find(bytes, secret.as_bytes()),
            "{}",
            path.display()
        );
    });
}

#[test]
fn the_sample_gives_new_users_the_passwords_of_the_sheet_and_keeps_them_nowhere() {
    let stand = sample(SandboxOptions { ..options(0) });
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    stand.write(
        "new.csv",
        std::fs::read(folder.join("joiners-passwords.csv")).unwrap(),
    );
    let mut streams = vec![
        stand
            .run(&["plan", "new.csv", "--allow", "create"])
            .must(3)
            .says(&["secret-column", "passwords-in-sheet"]),
        stand
            .run(
                &[
                    &["plan", "new.csv", "-o", "new.json", "--html", "new.html"][..],
                    &CREATE,
                ]
                .concat(),
            )
            .must(0)
            .says(&["passwords-in-sheet", "password from the sheet for 2 new users"]),
        stand
            .run(&[&["plan", "new.csv", "--json"][..], &CREATE].concat())
            .must(0),
        // A plan file knows none, and takes none.
        stand
            .run(&[&["apply", "new.json", "--yes"][..], &CREATE].concat())
            .must(2)
            .says(&["--allow passwords-in-sheet"]),
        stand
            .run(&["apply", "new.json", "--yes", "--allow", "create"])
            .must(2)
            .says(&["--passwords"]),
    ];
    assert!(stand.history().is_empty());
    streams.push(
        stand
            .run(&[&["apply", "new.csv", "--yes", "--progress", "json"][..], &CREATE].concat())
            .must(0),
    );
    let run = stand.newest_run();
    streams.push(stand.run(&["report", &run, "--format", "csv"]).must(0));
    assert_eq!(stand.history().len(), 2);
    one(&stand, "mila.kuiper");
    for secret in [SECRET, "Kast,lamp,52", "lamp,52"] {
        nowhere(&stand, &streams, &["new.csv"], secret);
    }
    // The same sheet once more: they are there, and get nothing.
    stand
        .run(&[&["apply", "new.csv", "--yes"][..], &CREATE].concat())
        .must(0);
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn a_reset_takes_it_and_an_ordinary_edit_never() {
    let stand = Stand::open(options(60));
    let ids = enabled(&stand, 3);
    let names = ["id", "jobTitle", "_action", "passwordProfile.password"];
    let rows: [[&str; 4]; 3] = [
        [&ids[0], "", "reset-password", SECRET],
        [&ids[1], "Gardener of Roses", "", "Other-boot-42"],
        [&ids[2], "", "reset-password", ""],
    ];
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    stand.save("reset.csv", &Sheet::new(&names, &rows));
    let allow = ["--allow", "reset-password,passwords-in-sheet"];
    let apply = [&["apply", "reset.csv", "--yes"][..], &allow].concat();
    let streams = vec![
        // One of them has none, and must get it somewhere.
        stand.run(&apply).must(2).says(&["--passwords", "1 user"]),
        stand
            .run(&[&apply[..], &["--passwords", "made.csv"]].concat())
            .must(0),
    ];
    let history = stand.history();
    assert_eq!(history.len(), 3);
    for write in &history {
        let password = write.body["passwordProfile"]["password"].as_str();
        match ids.iter().position(|id| *id == write.user_id) {
            Some(0) => assert_eq!(password, Some(SECRET)),
            Some(1) => assert_eq!(password, None),
            _ => assert!(password.is_some_and(|made| made != SECRET && made.len() == 18)),
        }
    }
    assert_eq!(stand.read("made.csv").lines().count(), 2);
    nowhere(&stand, &streams, &["reset.csv"], SECRET);
    nowhere(&stand, &streams, &["reset.csv"], "Other-boot-42");
}

#[test]
fn a_weak_one_is_an_error_of_its_row_that_says_nothing_of_it() {
    let stand = sample(SandboxOptions { ..options(0) });
    let text = "Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required\n\
                Weak One,weak.one@contoso.example,hunterhunter,No\nStrong One,strong.one@contoso.example,Hunter-hunter,No\n";
    stand.write("portal.csv", text);
    let plan = [&["plan", "portal.csv"][..], &CREATE].concat();
    let told = stand
        .run(&plan)
        .must(3)
        .says(&["weak-password", "fewer than three"]);
    let apply = [&["apply", "portal.csv", "--yes", "--skip-errors"][..], &CREATE].concat();
    let done = stand.run(&apply);
    assert_eq!(stand.history().len(), 1);
    assert_eq!(one(&stand, "strong.one")["displayName"], "Strong One");
    nowhere(&stand, &[told, done], &["portal.csv"], "hunterhunter");
}

#[test]
fn who_gets_none_is_not_held_up_by_a_weak_one() {
    let stand = sample(SandboxOptions { ..options(0) });
    let name = stand.dump().into_values().next().unwrap()["userPrincipalName"].clone();
    let name = name.as_str().unwrap();
    stand.write(
        "edit.csv",
        format!("userPrincipalName,officeLocation,passwordProfile.password\n{name},Room 5,weak\n"),
    );
    stand.write(
        "guests.csv",
        "inviteeEmail,inviteRedirectURL,passwordProfile.password\nanna@fabrikam.example,https://x.example,weak\n",
    );
    for (sheet, allow) in [("edit.csv", "create"), ("guests.csv", "invite")] {
        let allow = format!("{allow},passwords-in-sheet");
        stand
            .run(&["plan", sheet, "--allow", &allow])
            .must(0)
            .says(&["password from the sheet for 0 new users"]);
    }
}

/// A run that stopped after its canary: one of the two new users of the sample is made.
fn after_a_canary() -> Stand {
    let stand = sample(SandboxOptions { ..options(0) });
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    stand.write(
        "new.csv",
        std::fs::read(folder.join("joiners-passwords.csv")).unwrap(),
    );
    stand
        .run(&[&["apply", "new.csv", "--yes", "--canary", "1"][..], &CREATE].concat())
        .must(130)
        .says(&["keep it where it is, unchanged"]);
    assert_eq!(stand.history().len(), 1);
    stand
}

#[test]
fn a_resume_takes_the_passwords_out_of_the_same_sheet_and_keeps_them_nowhere() {
    let stand = after_a_canary();
    let resumed = stand.run(&["resume", &stand.newest_run(), "--yes"]).must(0);
    let history = stand.history();
    assert_eq!(history.len(), 2);
    // The practice directory shows no password; nobody named a file for a new one, so none was made.
    assert!(history[1].body["passwordProfile"]["password"].is_string());
    nowhere(&stand, &[resumed], &["new.csv"], "lamp,52");
}

/// Three people who get new passwords, as header and rows; the cell of the last column is `mark` and the number of the row.
fn resets(ids: &[String], mark: &str) -> Vec<Vec<String>> {
    let names = ["id", "_action", "passwordProfile.password"].map(str::to_owned);
    let row = |(number, id): (usize, &String)| {
        vec![
            id.clone(),
            "reset-password".to_owned(),
            format!("{mark}-boot-{number}"),
        ]
    };
    let rows = ids.iter().enumerate().map(row);
    std::iter::once(names.to_vec()).chain(rows).collect()
}

/// Every user has got the password of its own row.
fn each_its_own(stand: &Stand, ids: &[String], mark: &str) {
    let history = stand.history();
    assert_eq!(history.len(), ids.len());
    for write in &history {
        let number = ids.iter().position(|id| *id == write.user_id).unwrap();
        let password = write.body["passwordProfile"]["password"].as_str();
        assert_eq!(password, Some(&*format!("{mark}-boot-{number}")));
    }
}

const RESET: [&str; 6] = [
    "--yes",
    "--canary",
    "1",
    "--allow",
    "reset-password,passwords-in-sheet",
    "--no-verify",
];

#[test]
fn a_resume_gives_every_user_the_password_of_its_own_row() {
    let stand = Stand::open(options(60));
    let ids = enabled(&stand, 3);
    let rows = resets(&ids, "Tulp");
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let cells: Vec<&[&str]> = rows[1..].iter().map(|row| &row[..]).collect();
    stand.save("reset.csv", &Sheet::new(&rows[0], &cells));
    stand
        .run(&[&["apply", "reset.csv"][..], &RESET].concat())
        .must(130);
    assert_eq!(stand.history().len(), 1);
    stand.run(&["resume", &stand.newest_run(), "--yes"]).must(0);
    each_its_own(&stand, &ids, "Tulp");
}

#[test]
fn a_resume_reads_the_worksheet_that_the_run_was_of() {
    let stand = Stand::open(options(60));
    let ids = enabled(&stand, 3);
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, mark) in [("Draft", "Tulp"), ("Final", "Roos")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0..).zip(resets(&ids, mark)) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    book.save(stand.path("reset.xlsx")).unwrap();
    let apply = ["apply", "reset.xlsx", "--worksheet", "Final"];
    stand.run(&[&apply[..], &RESET].concat()).must(130);
    stand.run(&["resume", &stand.newest_run(), "--yes"]).must(0);
    each_its_own(&stand, &ids, "Roos");
}

#[test]
fn a_resume_reads_the_sheet_in_the_encoding_and_by_the_key_of_the_run() {
    let stand = Stand::open(options(60));
    let ids = enabled(&stand, 3);
    for (number, id) in ids.iter().enumerate() {
        stand.edit(id, "employeeId", format!("N{number}-7"));
    }
    // In IBM850 0x82 is an e with an accent.
    let mut text = b"employeeId,jobTitle,_action,passwordProfile.password\n".to_vec();
    for number in 0..3 {
        text.extend(format!("N{number}-7,Caf").bytes());
        text.push(0x82);
        text.extend(format!(",reset-password,Tulp-boot-{number}\n").bytes());
    }
    stand.write("reset.csv", text);
    let apply = [
        "apply",
        "reset.csv",
        "--encoding",
        "ibm850",
        "--key",
        "employeeId",
    ];
    stand.run(&[&apply[..], &RESET].concat()).must(130);
    stand.run(&["resume", &stand.newest_run(), "--yes"]).must(0);
    let mut given = 0;
    for write in stand.history() {
        let number = ids.iter().position(|id| *id == write.user_id).unwrap();
        if let Some(password) = write.body["passwordProfile"]["password"].as_str() {
            assert_eq!(password, format!("Tulp-boot-{number}"));
            given += 1;
        }
    }
    assert_eq!(given, 3);
}

#[test]
fn the_sheet_is_to_be_kept_only_while_something_left_sets_a_password() {
    let stand = Stand::open(options(60));
    let ids = enabled(&stand, 2);
    let names = ["id", "jobTitle", "_action", "passwordProfile.password"];
    let rows: [&[&str]; 2] = [
        &[&ids[0], "", "reset-password", SECRET],
        &[&ids[1], "Gardener of Roses", "", ""],
    ];
    stand.save("reset.csv", &Sheet::new(&names, &rows));
    let ran = stand
        .run(&[&["apply", "reset.csv"][..], &RESET].concat())
        .must(130);
    assert!(!ran.stderr.contains("keep it where it is"), "{ran:?}");
    std::fs::remove_file(stand.path("reset.csv")).unwrap();
    stand.run(&["resume", &stand.newest_run(), "--yes"]).must(0);
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn a_resume_without_that_sheet_stops_and_makes_new_passwords_only_when_it_is_told() {
    let stand = after_a_canary();
    let run = stand.newest_run();
    let text = stand.read("new.csv").replace("Kast,lamp,52", "Stoel-mand-53");
    stand.write("new.csv", text);
    stand
        .run(&["resume", &run, "--yes"])
        .must(2)
        .says(&["is not as it was when the run began", "nothing was written"]);
    std::fs::remove_file(stand.path("new.csv")).unwrap();
    stand
        .run(&["resume", &run, "--yes"])
        .must(2)
        .says(&["is not there any more"]);
    assert_eq!(stand.history().len(), 1);
    stand
        .run(&["resume", &run, "--yes", "--passwords", "made.csv"])
        .must(0)
        .says(&["new ones are made"]);
    assert_eq!(stand.history().len(), 2);
    assert!(stand.read("made.csv").contains("ravi.patel@contoso.example,"));
}

#[test]
fn a_check_looks_at_such_a_sheet_where_it_is_told_that_it_may_be_one() {
    let stand = sample(SandboxOptions { ..options(0) });
    let text = "version:v1.0,,,\nName [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required\n\
                Weak One,weak.one@contoso.example,hunterhunter,No\nStrong One,strong.one@contoso.example,Hunter-hunter,No\n";
    stand.write("portal.csv", text);
    stand.write(
        "plain.csv",
        "userPrincipalName,passwordProfile.password\na@b.example,Hunter-hunter\n",
    );
    stand
        .run(&["check", "plain.csv"])
        .must(3)
        .says(&["secret-column"]);
    let told = stand
        .run(&["check", "plain.csv", "--allow", "passwords-in-sheet"])
        .must(0)
        .says(&["passwords-in-sheet", "plain.csv:1 B1"]);
    nowhere(&stand, &[told], &["plain.csv", "portal.csv"], "Hunter-hunter");
    // Whether somebody is new nobody knows here; with `create` it is taken so.
    stand
        .run(&["check", "portal.csv", "--allow", "passwords-in-sheet"])
        .must(0)
        .says(&["portal.csv:2 C2"]);
    stand
        .run(&[&["check", "portal.csv"][..], &CREATE].concat())
        .must(3)
        .says(&["weak-password"]);
    stand
        .run(&[&["plan", "portal.csv", "--skip-errors"][..], &CREATE].concat())
        .says(&["portal.csv:2 C2"]);
}
