//! The watchdog of a feed: its start is told beside the night and never in its way.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use super::feed_office::{Office, SETTINGS};
use super::receiver::{Ear, Receiver};
use super::stand::{finish, people, until};

fn watched() -> Office {
    let settings = format!("{SETTINGS}[notify]\nping = {{ env = \"WATCH\" }}\n");
    Office::open(40, people(0), &settings)
}

#[test]
fn somebody_is_written_before_a_slow_watchdog_has_answered_and_it_hears_the_end_last() {
    let mut office = watched();
    office.night(&["--go"], 0);
    office.set(1, "Title", "Lead");
    office.drop(&office.text());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    office.stand.set(
        "WATCH",
        &format!("http://{}/watch", listener.local_addr().unwrap()),
    );
    let (release, released) = channel::<()>();
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let taken = Arc::clone(&heard);
    // Ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = BufReader::new(stream);
            let (mut path, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                if path.is_empty() {
                    path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            let _read = stream.read_exact(&mut body);
            taken.lock().unwrap().push(path);
            if taken.lock().unwrap().len() == 1 {
                released.recv().unwrap();
            }
            let _sent = stream
                .get_mut()
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let child = office
        .stand
        .command(&["feed", "run", "FEED.toml"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    until("somebody is written", || !office.stand.history().is_empty());
    // The first attempt had not given up by then.
    assert_eq!(*heard.lock().unwrap(), ["/watch/start"]);
    release.send(()).unwrap();
    finish(child, "feed run".to_owned()).must(0);
    assert_eq!(*heard.lock().unwrap(), ["/watch/start", "/watch"]);
}

#[test]
fn a_start_that_nobody_heard_is_told_and_a_dry_run_sends_none() {
    let mut office = watched();
    let ears = Receiver::open();
    let watch = ears.at("watch");
    office.stand.set("WATCH", &watch);
    office.drop(&office.text());
    office.start(&["--dry-run"], 0);
    assert!(ears.heard().is_empty());
    ears.turn(Ear::Down);
    let ran = office.run(&["--go"]).must(0);
    assert!(
        ran.stderr.matches("ping (127.0.0.1)").count() >= 2,
        "of the start and of the end: {}",
        ran.stderr
    );
}
