//! Somebody on this machine who hears: a webhook or a watchdog, that may be down or never answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ear {
    Up,
    /// Refuses everything; nothing is heard.
    Down,
    /// Takes connections, reads nothing and never answers.
    Deaf,
}

/// One request that it took.
#[derive(Debug, Clone)]
pub struct Heard {
    pub path: String,
    pub body: String,
}

pub struct Receiver {
    address: String,
    ear: Arc<Mutex<Ear>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Receiver {
    pub fn open() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let receiver = Receiver {
            address,
            ear: Arc::new(Mutex::new(Ear::Up)),
            heard: Arc::default(),
        };
        let (ear, heard) = (Arc::clone(&receiver.ear), Arc::clone(&receiver.heard));
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming().flatten() {
                let now = *ear.lock().unwrap();
                match now {
                    Ear::Up => heard.lock().unwrap().extend(take(stream, "202 Accepted")),
                    Ear::Down => drop(take(stream, "503 Service Unavailable")),
                    Ear::Deaf => kept.push(stream),
                }
            }
        });
        receiver
    }

    /// Where it is, with this path.
    pub fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    pub fn turn(&self, ear: Ear) {
        *self.ear.lock().unwrap() = ear;
    }

    /// Everything it took.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// What it took under a path, which it forgets.
    pub fn heard_at(&self, path: &str) -> Vec<Heard> {
        let mut heard = self.heard.lock().unwrap();
        let taken = heard.iter().filter(|one| one.path == path).cloned().collect();
        heard.retain(|one| one.path != path);
        taken
    }
}

/// Reads a request and answers it. A client that was killed in the middle has said nothing.
fn take(stream: TcpStream, answer: &str) -> Option<Heard> {
    let mut stream = BufReader::new(stream);
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if path.is_empty() {
            path = line.split(' ').nth(1)?.to_owned();
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.get_mut().write_all(answer.as_bytes()).ok()?;
    let body = String::from_utf8(body).ok()?;
    Some(Heard { path, body })
}
