//! `feed schedule` as a person calls it: what it prints, writes, replaces and refuses.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{SMALL, WHOLE};

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    run_with(folder, arguments, &[])
}

fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let output = Command::new(assert_cmd::cargo::cargo_bin!("dirsheet"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn the_command_prints_or_writes_and_replaces_nothing_that_differs() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::write(root.join("FEED.toml"), WHOLE).unwrap();
    let (code, stdout, stderr) = run(root, &["feed", "schedule", "FEED.toml", "--as", "systemd"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("# ---- dirsheet-feed-workday.timer ----"),
        "{stdout}"
    );
    assert!(stdout.contains("StateDirectory=dirsheet\n"), "{stdout}");
    let archive = root.canonicalize().unwrap().join("archive");
    assert!(stdout.contains(&format!("\"{}\"", archive.display())), "{stdout}");
    assert!(stdout.contains("\"/var/lib/node_exporter/hr\""), "{stdout}");
    assert!(
        stderr.contains("systemctl enable --now dirsheet-feed-workday.timer"),
        "{stderr}"
    );

    let write = ["feed", "schedule", "FEED.toml", "--as", "cron", "-o", "made"];
    assert_eq!(run(root, &write).0, 0);
    assert_eq!(run(root, &write).0, 0, "the same again is no mistake");
    let file = root.join("made/dirsheet-feed-workday.cron");
    std::fs::write(&file, "mine").unwrap();
    let (code, _, stderr) = run(root, &write);
    assert_eq!(code, 2);
    assert!(stderr.contains("says something else"), "{stderr}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");

    let (code, stdout, _) = run(
        root,
        &[
            "feed",
            "schedule",
            "FEED.toml",
            "--as",
            "github",
            "--json",
            "--state-dir",
            "s p",
        ],
    );
    assert_eq!(code, 0);
    let files: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert!(files["files"][0]["text"].as_str().unwrap().contains("s p"));
}

#[test]
fn a_feed_that_cannot_be_scheduled_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::write(
        root.join("FEED.toml"),
        format!("{SMALL}[schedule]\ndays = \"mo-fr\"\n"),
    )
    .unwrap();
    let (code, stdout, stderr) = run(root, &["feed", "schedule", "FEED.toml"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(
        stderr.contains("schedule.days: `mo` and `fr` are no days"),
        "{stderr}"
    );
    let (code, _, stderr) = run(root, &["feed", "schedule", "none.toml"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("cannot read `none.toml`"), "{stderr}");
}

#[test]
fn what_is_asked_for_is_what_the_profile_or_the_environment_signs_in_with() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::write(root.join("FEED.toml"), SMALL).unwrap();
    let made = |scheduler: &str, variables: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["feed", "schedule", "FEED.toml", "--as", scheduler][..], more].concat();
        run_with(root, &arguments, variables)
    };
    let certificate = ("AZURE_CLIENT_CERTIFICATE_PATH", "/etc/dirsheet/app.pem");
    let machine = ("DIRSHEET_SIGN_IN", "managed-identity");
    for scheduler in ["systemd", "cron", "windows", "kubernetes", "github"] {
        for (variables, has, has_not) in [
            (&[][..], "AZURE_CLIENT_SECRET", "CERTIFICATE_PATH"),
            (
                &[certificate],
                "AZURE_CLIENT_CERTIFICATE_PATH",
                "AZURE_CLIENT_SECRET",
            ),
            (&[machine], "DIRSHEET_SIGN_IN", "AZURE_CLIENT_ID"),
            (
                &[("DIRSHEET_CA_FILE", "/ca.pem")],
                "DIRSHEET_CA_FILE",
                "AZURE_AUTHORITY_HOST",
            ),
            (
                &[
                    ("AZURE_AUTHORITY_HOST", "l.example"),
                    ("DIRSHEET_GRAPH_URL", "https://g.example"),
                ],
                "AZURE_AUTHORITY_HOST",
                "DIRSHEET_CA_FILE",
            ),
        ] {
            let (code, text, stderr) = made(scheduler, variables, &[]);
            assert_eq!(code, 0, "{stderr}");
            assert!(
                text.contains(has) && !text.contains(has_not),
                "{scheduler} {has}: {text}"
            );
            let brings = stderr.contains("bring the file that DIRSHEET_CA_FILE names along");
            assert_eq!(brings, has == "DIRSHEET_CA_FILE", "{stderr}");
        }
    }
    let profile = ["--config", "config.toml", "--profile", "a"];
    for (own, has) in [
        ("sign_in = \"managed-identity\"", false),
        ("client_certificate_file = \"/c\"", true),
    ] {
        std::fs::write(root.join("config.toml"), format!("[profiles.a]\n{own}\n")).unwrap();
        let (code, text, stderr) = made("systemd", &[], &profile);
        assert_eq!(code, 0, "{stderr}");
        assert_eq!(text.contains("client_secret_file"), has, "{text}");
        assert!(!text.contains("AZURE_"), "{text}");
    }
    std::fs::write(
        root.join("config.toml"),
        "[profiles.a]\nsign_in = \"device-code\"\n",
    )
    .unwrap();
    let (code, text, stderr) = made("systemd", &[], &profile);
    assert_eq!((code, text.as_str()), (2, ""));
    assert!(stderr.contains("nobody is there"), "{stderr}");
    let (_, text, _) = made("github", &[("AZURE_FEDERATED_TOKEN_FILE", "/token")], &[]);
    assert!(
        text.contains("id-token: write") && !text.contains("secrets.AZURE_FEDERATED"),
        "{text}"
    );
}

#[test]
fn files_of_the_sign_in_stand_in_a_schedule_by_their_whole_paths() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let here = root.canonicalize().unwrap().display().to_string();
    std::fs::write(root.join("FEED.toml"), SMALL).unwrap();
    let made = |scheduler: &str, variables: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["feed", "schedule", "FEED.toml", "--as", scheduler][..], more].concat();
        let (code, text, stderr) = run_with(root, &arguments, variables);
        assert_eq!(code, 0, "{stderr}");
        (text, stderr)
    };
    // HOME is this folder too, as it was typed.
    let home = root.display().to_string();
    for (typed, whole) in [
        ("own/ca.pem", format!("{here}/own/ca.pem")),
        ("./ca.pem", format!("{here}/ca.pem")),
        ("~/ca.pem", format!("{home}/ca.pem")),
        ("/etc/ca.pem", "/etc/ca.pem".to_owned()),
    ] {
        for (scheduler, line) in [
            ("systemd", format!("\nEnvironment=\"DIRSHEET_CA_FILE={whole}\"\n")),
            ("cron", format!("env DIRSHEET_CA_FILE={whole} ")),
            ("windows", format!("DIRSHEET_CA_FILE={whole}")),
            ("github", format!("DIRSHEET_CA_FILE: \"{whole}\"\n")),
            (
                "kubernetes",
                format!("- name: DIRSHEET_CA_FILE\n                  value: \"{whole}\"\n"),
            ),
        ] {
            let (text, stderr) = made(scheduler, &[("DIRSHEET_CA_FILE", typed)], &[]);
            assert!(text.contains(&line), "{scheduler} {line}: {text}");
            // Its value is known, so nobody is asked for it.
            assert!(!text.contains("DIRSHEET_CA_FILE=…"), "{text}");
            assert!(stderr.contains(&format!("`{whole}`")), "{stderr}");
            let mount = format!("#   {whole} (DIRSHEET_CA_FILE)\n");
            assert_eq!(text.contains(&mount), scheduler == "kubernetes", "{text}");
        }
    }
    let token = [("AZURE_FEDERATED_TOKEN_FILE", "/var/run/token")];
    let (text, _) = made("kubernetes", &token, &[]);
    assert!(
        text.contains("webhook of Azure Workload Identity") && !text.contains("/var/run/token"),
        "{text}"
    );

    let config = "ca_file = \"ca.pem\"\n[profiles.a]\nclient_certificate_file = \"keys/app.pfx\"\nclient_certificate_password_file = \"/run/credentials/dirsheet-feed-afas.service/word\"\n";
    std::fs::write(root.join("config.toml"), config).unwrap();
    let profile = ["--config", "config.toml", "--profile", "a"];
    let (text, stderr) = made("systemd", &[], &profile);
    assert!(
        text.contains(&format!(
            "names \"{here}/keys/app.pfx\" (`client_certificate_file`)"
        )),
        "{text}"
    );
    assert!(
        text.contains("LoadCredential=word:/etc/dirsheet/word\n"),
        "{text}"
    );
    for line in [
        format!("write `client_certificate_file = \"{here}/keys/app.pfx\"` into"),
        format!("write `ca_file = \"{here}/ca.pem\"` into"),
    ] {
        assert!(stderr.contains(&line), "{stderr}");
    }
    let (text, _) = made("kubernetes", &[], &profile);
    assert!(
        text.contains(&format!("#   {here}/keys/app.pfx (client_certificate_file)\n")),
        "{text}"
    );
    let arguments = ["feed", "schedule", "FEED.toml", "--as", "systemd"];
    let (code, text, stderr) = run_with(root, &arguments, &[("DIRSHEET_CA_FILE", "/a\nExecStart=x")]);
    assert_eq!((code, text.as_str()), (2, ""), "{stderr}");
}
