//! A service that means no good: it signs everybody in, and answers everything else as a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// Users that everybody finds.
pub const ID: &str = "0a1b2c3d-0000-4000-8000-000000000001";
pub const OTHER: &str = "0a1b2c3d-0000-4000-8000-000000000002";

/// A request, as far as an answer depends on it.
pub struct Asked {
    /// Path and query.
    pub target: String,
    pub body: Vec<u8>,
    /// How many requests of the same path came before.
    pub before: usize,
    pub base: String,
}

type Writes = dyn FnOnce(&mut Line<'_>) -> std::io::Result<()> + Send;

/// What goes back.
pub enum Answer {
    /// A status, more headers (each with its line end) and a body.
    Whole(u16, String, Vec<u8>),
    /// Whatever is written until the client goes away or the test ends.
    Raw(Box<Writes>),
    /// What a good service says.
    Usual,
}

/// A connection on which something is written that may have no end.
pub struct Line<'s> {
    stream: &'s mut TcpStream,
    stop: &'s AtomicBool,
}

impl Line<'_> {
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Writes again and again. It ends with the client or the test.
    pub fn for_ever(&mut self, piece: &[u8], pause: Duration) -> std::io::Result<()> {
        while !self.stop.load(Ordering::Relaxed) {
            self.stream.write_all(piece)?;
            std::thread::sleep(pause);
        }
        Ok(())
    }
}

pub fn json(status: u16, body: impl ToString) -> Answer {
    Answer::Whole(
        status,
        "content-type: application/json\r\n".to_owned(),
        body.to_string().into_bytes(),
    )
}

/// A user as JSON.
pub fn user(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","userPrincipalName":"a@contoso.example","displayName":"A","onPremisesSyncEnabled":null,"isManagementRestricted":null,"jobTitle":"Pilot"}}"#
    )
}

/// A server on this machine; it ends with the value.
pub struct Server {
    pub base: String,
    seen: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    open: Arc<AtomicUsize>,
}

type Says = dyn Fn(&Asked) -> Answer + Send + Sync;

impl Server {
    pub fn start(says: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server {
            base: format!("http://{address}"),
            seen: Arc::default(),
            stop: Arc::default(),
            open: Arc::default(),
        };
        let (seen, stop, open, base) = (
            Arc::clone(&server.seen),
            Arc::clone(&server.stop),
            Arc::clone(&server.open),
            server.base.clone(),
        );
        let says: Arc<Says> = Arc::new(says);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (seen, stop, open, base, says) = (
                    Arc::clone(&seen),
                    Arc::clone(&stop),
                    Arc::clone(&open),
                    base.clone(),
                    Arc::clone(&says),
                );
                open.fetch_add(1, Ordering::Relaxed);
                std::thread::spawn(move || {
                    // A client that goes away in the middle is what this is about.
                    let _ended = serve(stream, &seen, &stop, base, &*says);
                    open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        server
    }

    /// Paths and queries so far.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The listener waits for somebody.
        let _woken = TcpStream::connect(self.base.trim_start_matches("http://"));
        for _ in 0..200 {
            if self.open.load(Ordering::Relaxed) == 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<String>>,
    stop: &AtomicBool,
    base: String,
    says: &Says,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_write_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
    let before = {
        let mut seen = seen.lock().unwrap();
        let before = seen.iter().filter(|one| path(one) == path(&target)).count();
        seen.push(target.clone());
        before
    };
    let asked = Asked {
        target,
        body,
        before,
        base,
    };
    match says(&asked) {
        Answer::Usual => write(&mut stream, usual(&asked)),
        Answer::Raw(writes) => writes(&mut Line {
            stream: &mut stream,
            stop,
        }),
        whole => write(&mut stream, whole),
    }
}

fn write(stream: &mut TcpStream, answer: Answer) -> std::io::Result<()> {
    if let Answer::Whole(status, headers, body) = answer {
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} Told\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
        )?;
        stream.write_all(&body)?;
    }
    Ok(())
}

/// A directory with one user.
fn usual(asked: &Asked) -> Answer {
    let target = asked.target.as_str();
    if target.ends_with("/oauth2/v2.0/token") {
        return json(
            200,
            r#"{"token_type":"Bearer","expires_in":3599,"access_token":"good.token.here"}"#,
        );
    }
    if target.starts_with("/v1.0/users/$count") {
        return Answer::Whole(200, "content-type: text/plain\r\n".to_owned(), b"1".to_vec());
    }
    if target == "/v1.0/$batch" {
        return json(200, batch(&asked.body));
    }
    if target.starts_with("/v1.0/users?") {
        return json(200, format!(r#"{{"value":[{}]}}"#, user(ID)));
    }
    if target.starts_with("/v1.0/organization") {
        let name = r#"{"value":[{"id":"7","displayName":"T","verifiedDomains":[{"name":"contoso.example","isDefault":true}]}]}"#;
        return json(200, name);
    }
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"no"}}"#;
    json(403, refusal)
}

/// Whether a batch changes something.
pub fn writes(body: &[u8]) -> bool {
    let envelope: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = envelope["requests"].as_array().cloned().unwrap_or_default();
    items.iter().any(|item| item["method"] != "GET")
}

/// Each item: the user who is asked for, or that a write was done.
fn batch(body: &[u8]) -> Value {
    let envelope: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = envelope["requests"].as_array().cloned().unwrap_or_default();
    let answers = items.iter().map(|item| match item["method"] == "GET" {
        true => {
            let url = item["url"].as_str().unwrap_or_default();
            let id = url.trim_start_matches("/users/").split('?').next();
            let body: Value = serde_json::from_str(&user(id.unwrap_or(ID))).unwrap();
            json!({"id": item["id"], "status": 200, "headers": {"Content-Type": "application/json"}, "body": body})
        }
        false => json!({"id": item["id"], "status": 204}),
    });
    json!({"responses": answers.collect::<Vec<_>>()})
}
