//! `doctor`: what a newcomer sees before anything is set, with everything right, and with each thing wrong.

use dirsheet::sandbox::SandboxOptions;
use serde_json::Value as Json;

use super::stand::{Stand, people};

/// The check of this name.
fn check<'j>(told: &'j Json, name: &str) -> &'j Json {
    let checks = told["checks"].as_array().unwrap();
    checks
        .iter()
        .find(|check| check["name"] == name)
        .unwrap_or_else(|| panic!("{name}: {told:#}"))
}

fn status<'j>(told: &'j Json, name: &str) -> &'j str {
    check(told, name)["status"].as_str().unwrap()
}

#[test]
fn with_everything_right_each_thing_is_told_with_its_origin_and_nothing_secret() {
    let stand = Stand::open(SandboxOptions {
        roles: dirsheet::sandbox::options::PRACTICE_ROLES
            .map(str::to_owned)
            .to_vec(),
        ..people(60)
    });
    let ran = stand.run(&["doctor"]).must(0);
    for word in [
        "AZURE_TENANT_ID in the environment",
        "with a client secret",
        "60 users; quota by Microsoft's documents: 5000 resource units in 10 s",
        "median of 5",
        "within",
        "can be written, by you alone",
        "none left open",
        "the sign-in may do it with all of",
        "nobody is protected",
        "Nothing stands in the way; 1 thing should be looked at.",
    ] {
        assert!(ran.stdout.contains(word), "{word}: {}", ran.stdout);
    }
    let secret = stand.sandbox().client_secret();
    assert!(
        !ran.stdout.contains(secret) && !ran.stdout.contains("eyJ"),
        "{}",
        ran.stdout
    );
    assert!(stand.history().is_empty());
}

#[test]
fn permissions_that_are_missing_are_named_with_their_columns_and_three_ways_to_grant_them() {
    let stand = Stand::open(SandboxOptions {
        roles: vec!["User.Read.All".to_owned()],
        ..people(5)
    });
    let told = stand.json(&["doctor", "--columns", "jobTitle,accountEnabled"], 0);
    assert_eq!(status(&told, "reading"), "ok");
    assert_eq!(status(&told, "writing"), "warning");
    let help = check(&told, "writing")["help"].to_string();
    for word in [
        // The one that every cloud has; it is enough for both.
        "User.ReadWrite.All for jobTitle, accountEnabled\"",
        "API permissions",
        "az ad app permission add",
        "New-MgServicePrincipalAppRoleAssignment",
        stand.sandbox().client_id(),
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert_eq!(status(&told, "administrators"), "warning");
    assert_eq!(status(&told, "tenant"), "warning");
    assert!(!help.contains("User.Read.All for"), "{help}");
    assert!(!help.contains("ReadUpdate"), "{help}");
    let alone = stand.json(&["doctor", "--columns", "accountEnabled"], 0);
    let help = check(&alone, "writing")["help"].to_string();
    assert!(
        help.contains("User.EnableDisableAccount.All for accountEnabled"),
        "{help}"
    );
    // What the manager needs is enough for the others too.
    let told = stand.json(&["doctor", "--columns", "jobTitle,accountEnabled,manager"], 0);
    let help = check(&told, "writing")["help"].to_string();
    assert!(
        help.contains("User.ReadWrite.All for jobTitle, accountEnabled, manager")
            && !help.contains("ReadUpdate"),
        "{help}"
    );
}

#[test]
fn what_stops_the_work_is_an_error_with_the_exit_code_that_the_work_would_have() {
    let mut stand = Stand::of(5);
    stand.set("AZURE_CLIENT_SECRET", "wrong");
    let told = stand.json(&["doctor"], 7);
    assert_eq!(status(&told, "sign-in"), "error");
    assert!(
        check(&told, "sign-in")["found"]
            .to_string()
            .contains("AADSTS7000215")
    );
    assert_eq!(status(&told, "state folder"), "ok");
    stand.unset("AZURE_CLIENT_SECRET");
    let told = stand.json(&["doctor"], 2);
    assert!(
        check(&told, "sign-in")["help"]
            .to_string()
            .contains("AZURE_CLIENT_CERTIFICATE_PATH")
    );
    // Where the settings cannot be read, a state folder that was typed is looked at all the same.
    stand.write("config.toml", "[profiles.a]\nclient_secrets = 1\n");
    let told = stand.json(&["doctor", "--config", "config.toml", "--state-dir", "state"], 2);
    assert_eq!(status(&told, "configuration"), "error");
    assert_eq!(status(&told, "state folder"), "ok");
    stand.write("file", "");
    let told = stand.json(&["doctor", "--state-dir", "file"], 2);
    assert_eq!(status(&told, "state folder"), "error");
    stand.run(&["doctor", "--columns", "shoeSize"]).must(2);
}

#[test]
fn a_service_that_is_not_there_and_an_open_run_are_told() {
    let mut stand = Stand::of(12);
    stand.export();
    let users: Vec<String> = stand.ordinary().iter().take(4).map(super::big::id).collect();
    let mut sheet = stand.sheet("users.csv");
    users.iter().for_each(|user| sheet.set(user, "jobTitle", "Pilot"));
    stand.save("users.csv", &sheet);
    stand.faults("500,on=patch,times=1000");
    stand
        .run(&["apply", "users.csv", "--yes", "--deadline", "2s"])
        .must(8);
    stand.faults("");
    let told = stand.json(&["doctor"], 0);
    assert_eq!(status(&told, "runs"), "warning");
    assert!(
        check(&told, "runs")["help"]
            .to_string()
            .contains("dirsheet resume run-")
    );
    stand.set("AZURE_AUTHORITY_HOST", "http://127.0.0.1:9");
    let told = stand.json(&["doctor"], 8);
    assert_eq!(status(&told, "sign-in"), "error");
}

#[test]
fn whom_the_profile_protects_is_looked_up_and_an_entry_that_names_nobody_is_an_error() {
    let stand = Stand::of(12);
    let somebody = stand.dump().into_values().next().unwrap();
    let name = somebody["userPrincipalName"].as_str().unwrap();
    let config = |guards: &str| {
        let file = format!("default_profile = \"a\"\n[profiles.a.guards]\n{guards}\n");
        stand.write("config.toml", file);
    };
    config(&format!(
        "protected = [{name:?}]\nprotected_filter = \"startswith(userPrincipalName,'{}')\"",
        &name[..3]
    ));
    let told = stand.json(&["doctor", "--config", "config.toml"], 0);
    let protection: Vec<String> = told["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["name"] == "protection")
        .map(|check| format!("{} {}", check["status"], check["found"]))
        .collect();
    assert!(
        protection[0].contains("ok") && protection[0].contains("1 entry"),
        "{protection:?}"
    );
    assert!(
        protection[1].contains("ok") && protection[1].contains("finds"),
        "{protection:?}"
    );
    config(&format!("protected = [{name:?}, \"nobody@contoso.com\"]"));
    let told = stand.json(&["doctor", "--config", "config.toml"], 2);
    let found = check(&told, "protection")["found"].as_str().unwrap();
    assert!(
        found.starts_with("entry 2 of") && !found.contains("nobody@"),
        "{found}"
    );
    config("protected_filter = \"userPrincipalName eq 'nobody@contoso.com'\"");
    let told = stand.json(&["doctor", "--config", "config.toml"], 0);
    assert_eq!(status(&told, "protection"), "warning");
}

#[test]
fn a_certificate_that_has_ended_and_guards_of_another_tenant_are_told() {
    let mut stand = Stand::of(5);
    let other = "default_profile = \"a\"\n[profiles.a]\ntenant_id = \"11111111-2222-4333-8444-555555555556\"\n[profiles.a.guards]\nmax_users = 1\n";
    stand.write("config.toml", other);
    let ran = stand
        .run(&["export", "-o", "users.csv", "--config", "config.toml"])
        .must(0);
    assert!(
        ran.stderr.contains("do not count") && ran.stderr.contains("`a`"),
        "{}",
        ran.stderr
    );
    stand.write(
        "config.toml",
        other.replace("11111111-2222-4333-8444-555555555556", "contoso.com"),
    );
    let ran = stand
        .run(&["export", "-o", "again.csv", "--config", "config.toml"])
        .must(0);
    assert!(!ran.stderr.contains("do not count"), "{}", ran.stderr);
    stand.unset("AZURE_CLIENT_SECRET");
    stand.write("ended.pem", include_bytes!("../keys/ended.pem"));
    stand.set("AZURE_CLIENT_CERTIFICATE_PATH", "ended.pem");
    let told = stand.json(&["doctor"], 7);
    assert_eq!(status(&told, "certificate"), "error");
    assert!(
        check(&told, "certificate")["found"]
            .as_str()
            .unwrap()
            .contains("it ended on 2025-01-01")
    );
}

#[test]
fn a_damaged_snapshot_and_a_damaged_journal_are_found_with_their_names() {
    let stand = Stand::of(300);
    let user = stand.ordinary()[0]["id"].as_str().unwrap().to_owned();
    stand.wish("jobTitle", "jobTitle", &[(&user, "Pilot")]);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let told = stand.json(&["doctor"], 0);
    for name in ["snapshots", "runs"] {
        assert_eq!(status(&told, name), "ok");
        assert!(
            check(&told, name)["found"]
                .as_str()
                .unwrap()
                .ends_with("; read to the end")
        );
    }
    let snapshot = stand.json(&["snapshots"], 0)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let run = stand.newest_run();
    let files = [
        stand.state().join(format!("snapshots/{snapshot}.csv.zst")),
        stand.state().join(format!("runs/{run}/journal.sqlite")),
    ];
    for file in files {
        let mut bytes = std::fs::read(&file).unwrap();
        // Its beginning and its end are whole, so that it is listed as before.
        let middle = bytes.len() / 3;
        bytes[middle..middle + 40].fill(0xA5);
        std::fs::write(&file, bytes).unwrap();
    }
    let told = stand.json(&["doctor"], 0);
    for (name, damaged) in [("snapshots", &snapshot), ("runs", &run)] {
        assert_eq!(status(&told, name), "warning", "{told:#}");
        let one = check(&told, name);
        assert!(
            one["found"].as_str().unwrap().contains("1 that cannot be read"),
            "{one}"
        );
        assert!(one["help"].to_string().contains(damaged.as_str()), "{one}");
        assert!(one["help"].to_string().contains("back from a backup"), "{one}");
    }
}

#[cfg(unix)]
#[test]
fn whoever_ends_a_checkup_ends_it_at_once_and_quiet_tells_what_is_not_well() {
    use super::stand::{finish, interrupt, until};
    let stand = Stand::of(5);
    let quiet = stand.run(&["doctor", "--quiet"]).must(0);
    assert!(!quiet.stdout.contains("ok "), "{}", quiet.stdout);
    assert!(quiet.stdout.contains("nobody is protected"), "{}", quiet.stdout);
    assert_eq!(quiet.stderr, "");
    stand.faults("delay:30000,on=read");
    let child = stand.command(&["doctor"]).spawn().unwrap();
    until("a token", || stand.stats().token_requests > 1);
    std::thread::sleep(std::time::Duration::from_millis(500));
    interrupt(&child);
    let ran = finish(child, "doctor".to_owned()).must(130);
    assert!(ran.took < std::time::Duration::from_secs(20), "{:?}", ran.took);
    assert!(
        ran.stdout.contains("sign-in") && !ran.stdout.contains("must be mended"),
        "{}",
        ran.stdout
    );
    ran.says(&["stopped before everything was looked at"]);
}
