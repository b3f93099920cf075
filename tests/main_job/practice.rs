//! The embedded directory as people use it: `--sandbox` kept between commands, and `dirsheet sandbox` as a server.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::sheet::Sheet;
use super::stand::{Stand, finish};

/// A stand whose own directory is not used: no address and no secret is in the environment.
fn bare() -> Stand {
    let mut stand = Stand::of(1);
    for name in [
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "AZURE_AUTHORITY_HOST",
        "DIRSHEET_GRAPH_URL",
    ] {
        stand.unset(name);
    }
    stand
}

#[test]
fn the_embedded_directory_is_kept_between_commands_and_says_that_it_is_one() {
    let stand = bare();
    stand
        .run(&["export", "--sandbox", "-o", "users.csv"])
        .must(0)
        .says(&["Using the embedded directory in", "invented users"]);
    let mut sheet = stand.sheet("users.csv");
    assert_eq!(sheet.rows.len(), 200);
    let column = sheet.column("jobTitle");
    sheet.rows[2][column] = "Harbour Master".to_owned();
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "--sandbox", "users.csv", "--yes"])
        .must(0)
        .says(&["updated  1"]);
    let again = stand.run(&["export", "--sandbox", "--quiet"]).must(0);
    assert_eq!(
        Sheet::parse(again.stdout.as_bytes()).rows[2][column],
        "Harbour Master"
    );
    stand
        .run(&["apply", "--sandbox", "users.csv", "--yes"])
        .must(0)
        .says(&["Nothing was written"]);
    stand
        .run(&["export"])
        .must(2)
        .says(&["no directory is configured"]);
}

#[cfg(unix)]
#[test]
fn a_served_directory_says_how_to_reach_it_and_ends_when_interrupted() {
    let mut stand = bare();
    let serve = [
        "sandbox", "--users", "30", "--seed", "5", "--quota", "off", "--json",
    ];
    let mut server = stand.command(&serve).spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(server.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(told["users"], 30);
    for (name, value) in told["environment"].as_object().unwrap() {
        stand.set(name, value.as_str().unwrap());
    }
    let exported = stand.run(&["export"]);
    super::stand::interrupt(&server);
    let ended = finish(server, serve.join(" "));
    assert_eq!(Sheet::parse(exported.must(0).stdout.as_bytes()).rows.len(), 30);
    ended.must(0).says(&["Answered"]);
}

#[test]
fn an_export_can_become_a_directory_to_practise_on() {
    let stand = bare();
    stand
        .run(&["export", "--sandbox", "-o", "users.csv", "--raw"])
        .must(0);
    stand.run(&["export", "--sandbox", "-o", "users.xlsx"]).must(0);
    // As Excel saves "Unicode text", and with the line that tells it the separator.
    let text = stand.read("users.csv");
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    stand.write("utf16.csv", utf16(&format!("\u{feff}{text}")));
    stand.write("marked.csv", format!("sep=,\r\n{text}"));
    // As the portal names its columns, and below a title.
    let portal = text.replacen("displayName", "Display name", 1);
    stand.write("portal.csv", &portal);
    stand.write("titled.csv", format!("Staff of Contoso\r\n{portal}"));
    for name in [
        "users.csv",
        "users.xlsx",
        "utf16.csv",
        "marked.csv",
        "portal.csv",
        "titled.csv",
    ] {
        let serve = ["sandbox", "--from", name, "--json"];
        let mut server = stand.command(&serve).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        server.kill().unwrap();
        server.wait().unwrap();
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{name}: {line}"));
        assert_eq!(told["users"], 200, "{name}");
    }
    stand.write("cut.xlsx", "PK\u{3}\u{4} cut");
    stand
        .run(&["sandbox", "--from", "cut.xlsx"])
        .must(2)
        .says(&["`--from cut.xlsx`", "dirsheet check FILE"]);
}

/// Serves a directory, and points the stand to it.
fn serve(stand: &mut Stand, arguments: &[&str]) -> std::process::Child {
    let words = [&["sandbox", "--json"][..], arguments].concat();
    let mut server = stand.command(&words).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
    for (name, value) in told["environment"].as_object().unwrap() {
        stand.set(name, value.as_str().unwrap());
    }
    server
}

#[test]
fn every_sample_can_be_practised_and_fewer_permissions_only_where_they_are_asked_for() {
    let mut stand = bare();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let file = |name: &str| samples.join(name).display().to_string();
    let (directory, leavers) = (file("directory.csv"), file("leavers.csv"));
    let from = ["--from", &directory, "--quota", "off"];
    let allow = "disable,delete,revoke-sessions,reset-password";
    let mut server = serve(&mut stand, &from);
    stand
        .run(&[
            "apply",
            &file("authentication-contacts.csv"),
            "--yes",
            "--max-users",
            "10",
        ])
        .must(0)
        .says(&["6 cells confirmed"]);
    stand.write(
        "reset.csv",
        "userPrincipalName,_action\nzoe.brouwer@contoso.example,reset-password\n",
    );
    let reset = [
        "apply",
        "reset.csv",
        "--yes",
        "--allow",
        allow,
        "--passwords",
        "new.csv",
    ];
    stand.run(&reset).must(0);
    stand.run(&["apply", &leavers, "--yes", "--allow", allow]).must(0);
    server.kill().unwrap();
    server.wait().unwrap();
    let mut server = serve(
        &mut stand,
        &[
            &from[..],
            &["--permissions", "user.readwrite.all,Organization.Read.All"],
        ]
        .concat(),
    );
    let plan = stand.json(&["plan", &leavers, "--allow", allow], 0);
    server.kill().unwrap();
    server.wait().unwrap();
    let foreseen = plan["refusals_foreseen"].as_array().unwrap();
    assert!(
        foreseen.iter().any(|one| one["column"] == "signInSessions"),
        "{plan:#}"
    );
    stand
        .run(&["sandbox", "--permissions", "User.ReadWriteAll"])
        .must(2)
        .says(&["--permissions", "docs/attributes.md"]);
}

/// The commands of the README's section, in their order, without what is said behind them.
fn rehearsal() -> Vec<Vec<String>> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let section = page.split("## Rehearse on a copy").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("$ dirsheet "))
        .map(|line| {
            let command = line.split(" #").next().unwrap();
            command.split_whitespace().map(str::to_owned).collect()
        })
        .collect()
}

#[test]
fn the_rehearsal_of_the_readme_works_as_it_is_written_and_leaves_the_real_directory_alone() {
    let mut stand = Stand::of(60);
    let real = stand.dump();
    let mut server = None;
    let mut seen = Vec::new();
    for words in rehearsal() {
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        seen.push(words[0].to_owned());
        match words[0] {
            "sandbox" => {
                let mut child = stand.command(&words).spawn().unwrap();
                let stdout = BufReader::new(child.stdout.take().unwrap());
                // What a person pastes into the other window.
                for line in stdout.lines().take(5).map(Result::unwrap) {
                    let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
                    stand.set(name, value.trim_matches('\''));
                }
                server = Some(child);
            }
            "apply" => {
                words.push("--yes");
                stand.run(&words).must(0).says(&["updated  2"]);
            }
            "plan" => {
                // Somebody edits the copy.
                let mut sheet = stand.sheet("copy.csv");
                let column = sheet.column("jobTitle");
                for user in stand.ordinary().iter().take(2) {
                    let id = user["id"].as_str().unwrap();
                    let row = sheet.rows.iter().position(|row| row[0] == id).unwrap();
                    sheet.rows[row][column] = "Rehearsed".to_owned();
                }
                stand.save("copy.csv", &sheet);
                // The copy has the real service's quota, so the time told is the one to expect.
                stand.run(&words).must(0).says(&["2 users, 2 cells", "Forecast:"]);
            }
            "diff" => {
                let (from, _) = stand.json(&["snapshots"], 0)[0]["id"]
                    .as_str()
                    .map(|id| (id.to_owned(), ()))
                    .unwrap();
                words[1] = &from;
                stand.run(&words).must(0).says(&["2 changed", "Rehearsed"]);
            }
            _ => drop(stand.run(&words).must(0)),
        }
    }
    let mut server = server.unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(seen, ["export", "sandbox", "export", "plan", "apply", "diff"]);
    assert!(stand.history().is_empty());
    super::big::same_directory(&real, &stand.dump());
}

#[test]
fn a_served_directory_stays_on_this_computer() {
    let stand = bare();
    stand
        .run(&["sandbox", "--listen", "0.0.0.0:0"])
        .must(2)
        .says(&["loopback"]);
    stand
        .run(&["sandbox", "--faults", "nonsense"])
        .must(2)
        .says(&["--faults"]);
    stand.run(&["sandbox", "--quota", "lots"]).must(2);
}
