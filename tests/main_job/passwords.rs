//! New passwords: in one file that only its owner may read, in the request, and nowhere else.

use dirsheet::sandbox::SandboxOptions;

use super::accounts::{enabled, leavers, options};
use super::secrets::{find, walk};
use super::sheet::Sheet;
use super::stand::{Ran, Stand};

const APPLY: [&str; 7] = [
    "apply",
    "leavers.csv",
    "--yes",
    "--allow",
    "reset-password",
    "--passwords",
    "passwords.csv",
];

fn resets(stand: &Stand, count: usize) -> Vec<String> {
    let ids = enabled(stand, count);
    let rows: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "reset-password")).collect();
    leavers(stand, &rows);
    ids
}

fn passwords(stand: &Stand, name: &str) -> Sheet {
    Sheet::read(&stand.path(name))
}

/// What a file of passwords has for a user.
fn in_file(stand: &Stand, file: &Sheet, id: &str) -> Vec<String> {
    let upn = stand.dump()[id]["userPrincipalName"]
        .as_str()
        .unwrap()
        .to_lowercase();
    let rows = file.rows.iter().filter(|row| row[0].to_lowercase() == upn);
    rows.map(|row| row[1].clone()).collect()
}

/// The password that the directory was sent last for a user.
fn sent(stand: &Stand, id: &str) -> String {
    let history = stand.history();
    let write = history.iter().rev().find(|write| write.user_id == id).unwrap();
    assert_eq!(
        write.body["passwordProfile"]["forceChangePasswordNextSignIn"],
        true
    );
    write.body["passwordProfile"]["password"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_password_is_in_the_file_and_in_the_request_and_nowhere_else() {
    let stand = Stand::open(options(60));
    let ids = resets(&stand, 5);
    let mut streams: Vec<Ran> = Vec::new();
    stand.faults("500,on=item,times=2; 429:1,on=item,times=2; html,on=write-batch,times=1");
    let allow = ["--allow", "reset-password"];
    streams.push(stand.run(&[&["plan", "leavers.csv", "-o", "plan.json"][..], &allow].concat()));
    streams.push(stand.run(&[&["plan", "leavers.csv", "--json"][..], &allow].concat()));
    streams.push(
        stand
            .run(&[&APPLY[..], &["--progress", "json", "--json"]].concat())
            .must(0),
    );
    let run = stand.newest_run();
    streams.push(stand.run(&["report", &run, "--format", "csv"]));
    streams.push(stand.run(&["undo", &run, "--yes"]));
    let file = passwords(&stand, "passwords.csv");
    assert_eq!(file.header, ["userPrincipalName", "password"]);
    assert_eq!(file.rows.len(), 5);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stand.path("passwords.csv"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    for id in &ids {
        let known = in_file(&stand, &file, id);
        let [password] = known.as_slice() else {
            panic!("{known:?}")
        };
        assert_eq!(*password, sent(&stand, id));
        for ran in &streams {
            assert!(
                !ran.stdout.contains(password) && !ran.stderr.contains(password),
                "{ran:?}"
            );
        }
        walk(&stand.path(""), &mut |path, bytes| {
            let is_file = path.ends_with("passwords.csv");
            assert_eq!(find(bytes, password.as_bytes()), is_file, "{}", path.display());
        });
    }
}

#[test]
fn without_a_new_file_nothing_is_written() {
    let stand = Stand::open(options(60));
    resets(&stand, 1);
    stand.run(&APPLY[..5]).must(2).says(&["--passwords FILE"]);
    stand.write("passwords.csv", "mine");
    stand.run(&APPLY).must(2).says(&["is there already"]);
    assert_eq!(stand.read("passwords.csv"), "mine");
    assert!(stand.history().is_empty());
    assert_eq!(stand.json(&["runs"], 0).as_array().unwrap().len(), 0);
}

#[test]
fn a_file_that_cannot_be_made_is_refused_before_a_run_begins_and_resume_asks_for_one() {
    let stand = Stand::open(options(60));
    resets(&stand, 2);
    let mut apply = APPLY;
    apply[6] = "nowhere/passwords.csv";
    stand.run(&apply).must(2).says(&["there is no folder `nowhere`"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("gone.csv", stand.path("link.csv")).unwrap();
        apply[6] = "link.csv";
        stand.run(&apply).must(2).says(&["is there already"]);
    }
    assert_eq!(stand.json(&["runs"], 0).as_array().unwrap().len(), 0);
    assert!(stand.history().is_empty());
    stand.faults("503,on=patch");
    stand
        .run(&[&APPLY[..], &["--deadline", "3s"]].concat())
        .must(8)
        .says(&["--passwords FILE"]);
    stand.faults("");
    let run = stand.newest_run();
    stand
        .run(&["resume", &run, "--yes"])
        .must(2)
        .says(&["--passwords FILE"]);
    stand
        .run(&["resume", &run, "--yes", "--passwords", "more.csv"])
        .must(0);
}

#[test]
fn a_request_that_goes_again_says_the_same_password() {
    for fault in [
        "drop-before,on=write-batch,times=1",
        "504-after,on=write,times=1",
        "missing-before,on=write,times=2",
        "409,on=patch,times=3",
    ] {
        let stand = Stand::open(options(60));
        let ids = resets(&stand, 4);
        stand.faults(fault);
        let ran = stand.run(&APPLY);
        if ran.code == Some(8) {
            let run = stand.newest_run();
            stand
                .run(&["resume", &run, "--yes", "--passwords", "more.csv"])
                .must(0);
        }
        let first = passwords(&stand, "passwords.csv");
        for id in &ids {
            let more = stand
                .path("more.csv")
                .exists()
                .then(|| passwords(&stand, "more.csv"));
            let files = [Some(first.clone()), more];
            let known: Vec<String> = files
                .iter()
                .flatten()
                .flat_map(|file| in_file(&stand, file, id))
                .collect();
            assert!(known.contains(&sent(&stand, id)), "{fault}: {known:?}");
        }
    }
}

#[test]
fn an_application_without_a_role_is_told_before_anything_is_sent() {
    let stand = Stand::open(SandboxOptions {
        app_role: None,
        ..options(60)
    });
    resets(&stand, 1);
    let plan = ["plan", "leavers.csv", "--allow", "reset-password"];
    let told = stand.json(&plan, 0);
    assert_eq!(told["refusals_foreseen"][0]["reason"], "role-missing");
    assert_eq!(told["refusals_foreseen"][0]["needs"], "User Administrator");
    assert_eq!(told["summary"]["users_changed"], 0);
}
