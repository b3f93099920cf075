//! A mail server that asks for a word, refuses it, and says back what it got.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

pub struct Post {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Post {
    pub fn open() -> Post {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let post = Post {
            port: listener.local_addr().unwrap().port(),
            heard: Arc::default(),
        };
        let heard = Arc::clone(&post.heard);
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _gone = talk(stream, &heard);
            }
        });
        post
    }

    /// The lines in which somebody signed in.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn talk(stream: TcpStream, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    out.write_all(b"220 post.example\r\n")?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let said = line.to_ascii_uppercase();
        let answer = match said.split(' ').next() {
            Some("EHLO") => "250-post.example\r\n250 AUTH PLAIN\r\n".to_owned(),
            Some("AUTH") => {
                heard.lock().unwrap().push(line.clone());
                format!("535 5.7.8 it was {line}\r\n")
            }
            Some("QUIT") => "221 bye\r\n".to_owned(),
            _ => "250 good\r\n".to_owned(),
        };
        out.write_all(answer.as_bytes())?;
    }
    Ok(())
}
