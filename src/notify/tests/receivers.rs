//! A web server and a mail server of the tests' own, on this machine only. Each ends with the test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// How the web server answers; the last answer stays.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    Status(u16),
    /// To another address.
    Redirect,
    /// Never.
    Hang,
    /// The connection is closed instead.
    Close,
}

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    pub body: String,
}

pub struct Web {
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Web {
    pub async fn start(answers: &[Answer]) -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, answers) = (Arc::clone(&requests), answers.to_vec());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, answers) = (Arc::clone(&kept), answers.clone());
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let Some(request) = read(&mut stream).await else {
                        return;
                    };
                    let number = {
                        let mut kept = kept.lock().unwrap();
                        kept.push(request);
                        kept.len() - 1
                    };
                    let answer = answers[number.min(answers.len() - 1)];
                    let head = match answer {
                        Answer::Status(status) => format!("HTTP/1.1 {status} x\r\n"),
                        Answer::Redirect => {
                            "HTTP/1.1 302 x\r\nlocation: http://127.0.0.1:1/elsewhere\r\n".to_owned()
                        }
                        Answer::Hang => {
                            tokio::time::sleep(Duration::from_secs(30)).await;
                            return;
                        }
                        Answer::Close => return,
                    };
                    let text = format!("{head}content-length: 0\r\nconnection: close\r\n\r\n");
                    let _gone = stream.get_mut().write_all(text.as_bytes()).await;
                });
            }
        });
        Web { address, requests }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn read(stream: &mut BufReader<tokio::net::TcpStream>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    tokio::io::AsyncReadExt::read_exact(stream, &mut body)
        .await
        .ok()?;
    Some(Request {
        path,
        body: String::from_utf8(body).ok()?,
    })
}

/// How the mail server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Post {
    Takes,
    /// It refuses the receiver for good.
    Refuses,
    /// It says "later" to the first mail.
    Later,
    /// It wants to know who it is, and takes nobody.
    NoLogin,
    /// It says nothing.
    Hangs,
}

pub struct MailServer {
    pub port: u16,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub async fn start(post: Post) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                number += 1;
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let _gone = talk(BufReader::new(stream), post, number, &kept).await;
                });
            }
        });
        MailServer { port, mails }
    }

    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

/// RFC 5321, as far as a client needs it.
async fn talk(
    mut stream: BufReader<tokio::net::TcpStream>,
    post: Post,
    number: usize,
    mails: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    if post == Post::Hangs {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    stream.get_mut().write_all(b"220 test\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
            "AUTH" if post == Post::NoLogin => "535 no s3cr3t-sig here\r\n",
            "AUTH" => "235 ok\r\n",
            "RCPT" if post == Post::Refuses => "550 nobody\r\n",
            "MAIL" if post == Post::Later && number == 1 => "451 later\r\n",
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).await?;
                    if line == ".\r\n" {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                mails.lock().unwrap().push(mail);
                "250 taken\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        stream.get_mut().write_all(answer.as_bytes()).await?;
    }
}
