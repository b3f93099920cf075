//! The client secret and the access tokens are nowhere: in no stream, no state file, no report, no plan.

use std::path::Path;

use super::big::id;
use super::stand::{Ran, Stand};

/// What a token of the embedded directory begins with: the base64 of `{"`.
const TOKEN_BEGIN: &[u8] = b"eyJ";

/// Whether some bytes hold others.
pub fn find(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

/// Shows every file below a folder.
pub fn walk(folder: &Path, seen: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, seen);
        } else {
            seen(&path, &std::fs::read(&path).unwrap());
        }
    }
}

/// Neither this nor a token is in what was printed or in the state folder.
#[track_caller]
pub fn nowhere(stand: &Stand, ran: &[Ran], secret: &[u8]) {
    let is_in = |bytes: &[u8]| find(bytes, secret) || find(bytes, TOKEN_BEGIN);
    for stream in ran.iter().flat_map(|ran| [&ran.stdout, &ran.stderr]) {
        assert!(!is_in(stream.as_bytes()), "{stream}");
    }
    walk(&stand.state(), &mut |path, bytes| {
        assert!(!is_in(bytes), "{}", path.display());
    });
}

#[test]
fn no_secret_and_no_token_is_left_anywhere_by_a_whole_road() {
    let mut stand = Stand::of(60);
    let secret = stand.sandbox().client_secret().to_owned();
    let mut streams: Vec<Ran> = Vec::new();
    streams.push(stand.run(&["export", "-o", "users.csv"]).must(0));
    let mut sheet = stand.sheet("users.csv");
    let users: Vec<String> = stand.ordinary().iter().take(5).map(id).collect();
    users.iter().for_each(|user| sheet.set(user, "jobTitle", "Pilot"));
    stand.save("users.csv", &sheet);
    for arguments in [
        &["check", "users.csv"][..],
        &["plan", "users.csv", "-o", "plan.json"],
        &["plan", "users.csv", "--json", "--progress", "json"],
        &["runs"],
        &["snapshots", "--json"],
    ] {
        streams.push(stand.run(arguments).must(0));
    }
    stand.faults(
        "429:1,on=item,times=2; 500,on=patch,times=9; expire-token-after:3; html,on=write-batch,times=1",
    );
    streams.push(
        stand
            .run(&["apply", "plan.json", "--yes", "--progress", "json"])
            .must(0),
    );
    let run = stand.newest_run();
    stand.faults("");
    streams.push(stand.run(&["resume", &run, "--yes"]).must(0));
    streams.push(stand.run(&["report", &run, "--format", "csv"]).must(0));
    stand.faults("html,on=token");
    streams.push(stand.run(&["plan", "users.csv"]).must(7));
    stand.faults("");
    stand.set("AZURE_AUTHORITY_HOST", "http://127.0.0.1:9");
    streams.push(stand.run(&["plan", "users.csv"]).must(8));
    assert!(streams.len() > 9);
    for ran in &streams {
        for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            assert!(!text.contains(&secret), "{} {name}", ran.command);
            assert!(
                !find(text.as_bytes(), TOKEN_BEGIN),
                "{} {name}: {text}",
                ran.command
            );
        }
    }
    let mut files = 0;
    walk(&stand.path(""), &mut |path, bytes| {
        files += 1;
        assert!(
            !find(bytes, secret.as_bytes()),
            "the secret is in {}",
            path.display()
        );
        assert!(!find(bytes, TOKEN_BEGIN), "a token is in {}", path.display());
    });
    assert!(files > 5, "{files}");
}

#[test]
fn a_column_of_passwords_is_kept_nowhere_even_where_errors_are_skipped() {
    const SECRET: &str = "Hunter2Hunter2";
    let stand = Stand::of(20);
    let users = stand.ordinary();
    let (first, second) = (&users[0], &users[1]);
    let name = first["userPrincipalName"].as_str().unwrap();
    // The file that dirsheet itself writes passwords into, and sheets of other programs.
    stand.write(
        "own.csv",
        format!("userPrincipalName,password\n{name},{SECRET}\n"),
    );
    let headers = [
        "password",
        "Initial password",
        "passwordProfile",
        "Passwort",
        "Contrase\u{f1}a temporal",
        "Mot de passe",
        "passwordProfile.password",
    ];
    let mut planned = 0;
    for (index, header) in headers.iter().enumerate() {
        let text = format!(
            "id,jobTitle,{header}\n{},Pilot {index},{SECRET}\n{},bad\ttitle,{SECRET}\n",
            id(first),
            id(second)
        );
        stand.write("hr.csv", text);
        stand
            .run(&["check", "hr.csv", "--annotate", &format!("hr-{index}.xlsx")])
            .must(3);
        for sheet in ["own.csv", "hr.csv"] {
            let plan = format!("plan-{index}.json");
            let page = format!("plan-{index}.html");
            let streams = [
                stand.run(&["plan", sheet, "--skip-errors", "-o", &plan, "--html", &page]),
                stand.run(&["plan", sheet, "--skip-errors", "--json"]),
                stand.run(&[
                    "apply",
                    sheet,
                    "--skip-errors",
                    "--yes",
                    "--report-dir",
                    "reports",
                ]),
            ];
            for ran in &streams {
                assert!(
                    !ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET),
                    "{header}: {ran:?}"
                );
            }
            if sheet == "hr.csv" {
                match (streams[0].code, streams[2].code) {
                    // A header that names the attribute itself stops the sheet (`secret-column`).
                    (Some(3), Some(3)) => {}
                    codes => {
                        assert_eq!(codes, (Some(0), Some(6)), "{header}");
                        assert!(stand.path(&plan).exists() && stand.path(&page).exists());
                        planned += 1;
                    }
                }
            }
        }
        let is_ours = |path: &Path| path.ends_with("own.csv") || path.ends_with("hr.csv");
        walk(&stand.path(""), &mut |path, bytes| {
            assert!(
                is_ours(path) || !find(bytes, SECRET.as_bytes()),
                "{header}: a password is in {}",
                path.display()
            );
        });
    }
    assert!(planned >= 4, "{planned}");
    assert_eq!(stand.dump()[&id(first)]["jobTitle"], "Pilot 5");
}
