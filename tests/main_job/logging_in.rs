//! A person who signs in, by the binary: a code at a terminal, a sign-in that is kept in a keyring, and one that is not.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;

use super::secrets::{find, walk};
use super::stand::{Stand, finish, people};

/// A directory in which people sign in; the commands have no secret.
fn stand() -> Stand {
    let mut stand = Stand::open(SandboxOptions {
        poll_interval: Duration::from_secs(1),
        roles: dirsheet::sandbox::PRACTICE_ROLES.map(str::to_owned).to_vec(),
        ..people(120)
    });
    stand.unset("AZURE_CLIENT_SECRET");
    stand.set("DIRSHEET_SIGN_IN", "device-code");
    stand
}

/// Somebody with a directory role.
fn administrator(stand: &Stand) -> String {
    let users = stand.sandbox().dump();
    let user = users
        .iter()
        .find(|user| !user["roles"].as_array().unwrap().is_empty());
    user.unwrap()["userPrincipalName"].as_str().unwrap().to_owned()
}

/// What a person does in the browser.
pub fn decide(stand: &Stand, code: &str, answer: &str) {
    let _second = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let who = administrator(stand);
    let form = [("user_code", code), ("as", who.as_str()), ("answer", answer)];
    let url = format!("{}/sandbox/device", stand.sandbox().url());
    let status = stand.wait_for(async { client.post(url).form(&form).send().await.unwrap().status() });
    assert_eq!(status.as_u16(), 200);
}

/// The code that a command shows, and what it has said so far.
fn shown(child: &mut Child) -> (Option<String>, String) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = String::new();
    while let Some(Ok(line)) = lines.next() {
        said.push_str(&line);
        said.push('\n');
        if let Some((_, rest)) = line.split_once("enter the code ") {
            let code = rest.split('.').next().unwrap().to_owned();
            // Whoever closes the stream must not end the command.
            std::thread::spawn(move || lines.for_each(drop));
            return (Some(code), said);
        }
    }
    (None, said)
}

/// A keyring of one's own for each command, all with the same user behind them; `None` where this machine has none.
#[cfg(target_os = "linux")]
fn with_keyring(stand: &Stand, arguments: &[&str]) -> Option<Command> {
    let tried = Command::new("keyctl")
        .args(["session", "-", "keyctl", "get_persistent", "@s"])
        .output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        return None;
    }
    let inner = stand.command(arguments);
    let mut command = Command::new("keyctl");
    command
        .args(["session", "-"])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(inner.get_current_dir().unwrap())
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Some(command)
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_signs_in_once_and_is_kept_until_logout() {
    let stand = stand();
    let run = |arguments: &[&str]| {
        let command = with_keyring(&stand, arguments);
        command.map(|mut command| finish(command.spawn().unwrap(), arguments.join(" ")))
    };
    let Some(before) = run(&["export", "-o", "users.csv"]) else {
        // The next test is about a machine without one.
        let is_required = std::env::var("DIRSHEET_KEYRING").as_deref() == Ok("required");
        assert!(!is_required, "there is no `keyctl`, or it gives no keyring");
        return;
    };
    let before = before.must(7);
    assert!(
        before.stderr.contains("nobody is signed in") && before.stderr.contains("dirsheet login"),
        "{}",
        before.stderr
    );
    let mut child = with_keyring(&stand, &["login", "--json"])
        .unwrap()
        .spawn()
        .unwrap();
    let (code, said) = shown(&mut child);
    let code = code.unwrap_or_else(|| panic!("{said}"));
    decide(&stand, &code, "yes");
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let told: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(told["user"], administrator(&stand));
    let mut streams = vec![String::from_utf8(done.stdout).unwrap(), said];
    for arguments in [
        &["doctor", "--json"][..],
        &["export", "-o", "users.csv"],
        &["plan", "users.csv"],
    ] {
        let ran = run(arguments).unwrap().must(0);
        streams.push(format!("{}{}", ran.stdout, ran.stderr));
    }
    assert!(streams[2].contains("as a person"), "{}", streams[2]);
    // One change by the person, with the roles that the person has.
    let user = &stand.ordinary()[0]["id"].as_str().unwrap().to_owned();
    let mut sheet = stand.sheet("users.csv");
    sheet.set(user, "jobTitle", "Pilot");
    stand.save("users.csv", &sheet);
    let ran = run(&["apply", "users.csv", "--yes"]).unwrap().must(0);
    streams.push(format!("{}{}", ran.stdout, ran.stderr));
    assert_eq!(stand.dump()[user]["jobTitle"], "Pilot");
    for stream in &streams {
        assert!(
            !stream.contains("SBX-refresh") && !stream.contains("eyJ"),
            "{stream}"
        );
    }
    walk(&stand.state(), &mut |path, bytes| {
        let is_there = find(bytes, b"SBX-refresh") || find(bytes, b"eyJ");
        assert!(!is_there, "{}", path.display());
    });
    // Revoked: told, with what to do.
    stand.sandbox().end_sign_ins();
    let ran = run(&["export", "-o", "other.csv"]).unwrap().must(7);
    assert!(
        ran.stderr.contains("AADSTS700082") && ran.stderr.contains("dirsheet login"),
        "{}",
        ran.stderr
    );
    for (word, told) in [("forgotten", "Signed out"), ("nobody", "Nobody was signed in")] {
        let ran = run(&["logout"]).unwrap().must(0);
        assert!(ran.stderr.contains(told), "{word}: {}", ran.stderr);
    }
    let after = run(&["export", "-o", "other.csv"]).unwrap().must(7);
    assert!(after.stderr.contains("nobody is signed in"), "{}", after.stderr);
}

#[test]
fn login_keeps_nothing_where_there_is_no_safe_place_and_nothing_that_was_declined() {
    let stand = stand();
    let mut child = stand.command(&["login"]).spawn().unwrap();
    match shown(&mut child) {
        // A machine without a keyring: said before anybody types a code.
        (None, said) => {
            assert!(
                said.contains("no safe place to keep a sign-in") && said.contains("nothing was kept"),
                "{said}"
            );
            assert_eq!(child.wait().unwrap().code(), Some(7));
            assert_eq!(stand.stats().token_requests, 0);
        }
        (Some(code), _) => {
            decide(&stand, &code, "no");
            assert_eq!(child.wait().unwrap().code(), Some(7));
        }
    }
    stand.run(&["logout"]).must(0);
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(ran.stderr.contains("nobody is signed in"), "{}", ran.stderr);
    assert!(!stand.path("users.csv").exists());
}

#[test]
fn login_says_where_there_is_nobody_to_sign_in() {
    let mut stand = stand();
    for (name, value, words) in [
        ("DIRSHEET_SIGN_IN", "azure-cli", "az login"),
        (
            "DIRSHEET_SIGN_IN",
            "managed-identity",
            "an app signs in by itself",
        ),
        ("DIRSHEET_SIGN_IN", "", "AZURE_CLIENT_SECRET is not set"),
    ] {
        stand.set(name, value);
        for command in ["login", "logout"] {
            let ran = stand.run(&[command]).must(2);
            assert!(ran.stderr.contains(words), "{command}: {}", ran.stderr);
        }
    }
    let ran = stand.run(&["login", "--sandbox"]).must(2);
    assert!(
        ran.stderr.contains("knows who you are") && ran.stderr.contains("device-code"),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)]
#[test]
fn at_a_terminal_a_command_asks_by_itself_and_keeps_nothing() {
    use rexpect::process::WaitStatus;
    use rexpect::session::spawn_command;
    let stand = stand();
    let export = |answer: &str, code: i32| {
        let mut command = stand.command(&["export", "-o", "users.csv", "--progress", "none"]);
        command
            .env("TERM", "xterm-256color")
            .stdin(Stdio::inherit())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit());
        let mut session = spawn_command(command, Some(60_000)).unwrap();
        let (_, shown) = session.exp_regex("enter the code SBX[0-9]+").unwrap();
        decide(&stand, shown.rsplit(' ').next().unwrap(), answer);
        let rest = session.exp_eof().unwrap();
        match session.process().wait() {
            Ok(WaitStatus::Exited(_, found)) => assert_eq!(found, code, "{rest}"),
            other => panic!("{other:?}"),
        }
        rest
    };
    let rest = export("no", 7);
    assert!(rest.contains("declined"), "{rest}");
    assert!(!stand.path("users.csv").exists());
    let rest = export("yes", 0);
    assert!(
        rest.contains("for this command only") && !rest.contains("eyJ"),
        "{rest}"
    );
    assert!(stand.path("users.csv").exists());
    // The next one asks again: nobody is there to answer.
    let ran = stand.run(&["export", "-o", "other.csv"]).must(7);
    assert!(ran.stderr.contains("nobody is signed in"), "{}", ran.stderr);
}
