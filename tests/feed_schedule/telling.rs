//! `feed notify` with the real program: secrets by reference, and nowhere else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// What every secret here holds and no output may.
const SECRET: &str = "s3cr3t-sig";

/// A web server that takes everything, and what it got.
fn receiver() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let got = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&got);
    // The thread ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            kept.lock()
                .unwrap()
                .push(head + &String::from_utf8(body).unwrap());
            let _gone = stream
                .get_mut()
                .write_all(b"HTTP/1.1 202 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    (address, got)
}

#[test]
fn a_trial_reaches_everybody_by_secrets_that_no_output_holds() {
    let (address, got) = receiver();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("teams-url", &format!("{address}/teams/{SECRET}\n"));
    write(
        "FEED.toml",
        "name = \"afas\"\n[source]\npath = \"x.csv\"\n[key]\ncolumn = \"Nr\"\n\
         [notify]\nmetrics = \"m.prom\"\nping = { env = \"WATCHDOG\" }\n\
         [[notify.webhooks]]\nshape = \"teams\"\nwhen = \"trouble\"\nurl = { file = \"teams-url\" }\n\
         [[notify.webhooks]]\nurl = { command = [\"printenv\", \"HOOK\"] }\n\
         [[notify.webhooks]]\nurl = { env = \"NOT_SET\" }\n",
    );
    let run = |flags: &[&str]| {
        let output = Command::new(assert_cmd::cargo::cargo_bin!("dirsheet"))
            .args(["feed", "notify", "FEED.toml"])
            .args(flags)
            .current_dir(folder.path())
            .env_remove("NOT_SET")
            .env("WATCHDOG", format!("{address}/watch/{SECRET}"))
            .env("HOOK", format!("{address}/plain?sig={SECRET}"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        assert!(!format!("{stdout}{stderr}").contains(SECRET), "{stdout}{stderr}");
        (output.status.code().unwrap(), stdout, stderr)
    };
    let (code, stdout, stderr) = run(&[]);
    assert_eq!(code, 6, "{stderr}");
    assert_eq!(
        stdout,
        "webhook 1 (127.0.0.1): took the trial message (shape `teams`, when `trouble`)\n\
         webhook 2 (127.0.0.1): took the trial message (shape `json`, when `always`)\n\
         webhook 3: NOT TOLD: its address could not be fetched: NOT_SET is not set in the environment (shape `json`, when `always`)\n\
         ping (127.0.0.1): took the trial message\n\
         metrics: `m.prom` can be written; a night does, and no trial\n"
    );
    assert_eq!(
        stderr,
        "3 of 4 told, with a message of the feed `afas` that says it is a trial. Nights are told as `when` says.\n\
         Mend what is not told, and try again (exit code 6).\n"
    );
    assert_eq!(got.lock().unwrap().len(), 3);
    assert!(
        got.lock()
            .unwrap()
            .iter()
            .all(|request| request.contains("This is a trial"))
    );
    assert!(!folder.path().join("m.prom").exists(), "a trial is no night");

    let (_, stdout, _) = run(&["--json"]);
    let told: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(told["notices"][3 - 1]["told"], false);
    let (_, _, stderr) = run(&["--progress", "json"]);
    for line in stderr.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&event["event"], &event["feed"]),
            (&"notice_sent".into(), &"afas".into())
        );
    }
    assert_eq!(stderr.lines().count(), 4);
}
