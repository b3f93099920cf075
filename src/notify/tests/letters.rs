//! Mails, read back as a mail program would.

use base64::Engine;

use super::receivers::{Answer, MailServer, Post, Web};
use super::*;

fn mail(server: &MailServer) -> MailTo {
    MailTo {
        host: "127.0.0.1".to_owned(),
        port: Some(server.port),
        security: MailSecurity::None,
        from: "HR feed <hr@contoso.example>".to_owned(),
        to: vec![
            "it@contoso.example".to_owned(),
            "Zoë <zoe@contoso.example>".to_owned(),
        ],
        login: Some(("hr".to_owned(), secret(SECRET))),
        when: When::Always,
        attach_all: false,
    }
}

async fn send(mail: MailTo, night: &NightSummary) -> NoticeResult {
    let channels = Channels {
        mail: Some(mail),
        pace: quick(),
        ..Channels::default()
    };
    let mut results = channels.ended(night).await;
    let shown = format!("{results:?} {channels:?}");
    assert!(!shown.contains(SECRET), "{shown}");
    results.remove(0)
}

/// The headers and the content of a part of a mail, its encoding undone.
fn read(part: &str) -> (String, Vec<u8>) {
    let (head, body) = part.split_once("\r\n\r\n").unwrap();
    let lower = head.to_ascii_lowercase();
    let bytes = if lower.contains("content-transfer-encoding: base64") {
        let packed: String = body.split_whitespace().collect();
        base64::engine::general_purpose::STANDARD.decode(packed).unwrap()
    } else if lower.contains("content-transfer-encoding: quoted-printable") {
        let mut bytes = Vec::new();
        let joined = body.replace("=\r\n", "");
        let mut rest = joined.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            if *first == b'=' {
                let code = std::str::from_utf8(&after[..2]).unwrap();
                bytes.push(u8::from_str_radix(code, 16).unwrap());
                rest = &after[2..];
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        bytes
    } else {
        body.as_bytes().to_vec()
    };
    (head.to_owned(), bytes)
}

/// The parts of a mail.
fn parts(mail: &str) -> Vec<(String, Vec<u8>)> {
    let flat = mail.replace("\r\n ", " ").replace("\r\n\t", " ");
    let boundary = flat
        .split("boundary=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let marker = format!("--{boundary}");
    mail.split(&marker)
        .skip(1)
        .take_while(|part| !part.starts_with("--"))
        .map(|part| read(part.trim_start_matches("\r\n").trim_end_matches("\r\n")))
        .collect()
}

#[tokio::test]
async fn a_mail_says_the_outcome_and_carries_the_rows_that_need_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "name,reason\r\n\"Zoë Müller\",\"no such manager\"\r\n";
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Some(path.display().to_string())
    };
    let mut night = night(NightOutcome::NeedsPerson);
    night.papers.dead_letters = write("dead-letters.csv", rows);
    night.papers.report = write("report.csv", "all of it");
    night.papers.needs_work = Some("/nowhere/needs-work.csv".to_owned());
    let server = MailServer::start(Post::Takes).await;
    assert_eq!(send(mail(&server), &night).await.problem, None);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    let head = mails[0].split("\r\n\r\n").next().unwrap();
    for line in [
        "Subject: [dirsheet] workday: done, rows need a person, 2 rows",
        "Auto-Submitted: auto-generated",
        "Message-ID: <dirsheet-workday-1795919400000@contoso.example>",
    ] {
        assert!(head.contains(line), "{line}\n{head}");
    }
    let parts = parts(&mails[0]);
    assert_eq!(parts.len(), 2, "the text and one file");
    let text = String::from_utf8(parts[0].1.clone())
        .unwrap()
        .replace("\r\n", "\n");
    seen("mail", &text);
    assert!(!text.contains("Zoë Müller"), "names stand in the attachment only");
    assert!(parts[1].0.contains("dead-letters.csv"), "{}", parts[1].0);
    assert_eq!(String::from_utf8_lossy(&parts[1].1).trim_end(), rows.trim_end());

    let whole = MailTo {
        attach_all: true,
        ..mail(&server)
    };
    assert!(send(whole, &night).await.told);
    assert_eq!(self::parts(&server.mails()[1]).len(), 3);
}

#[tokio::test]
async fn a_mail_server_that_says_later_is_asked_again() {
    let server = MailServer::start(Post::Later).await;
    assert!(send(mail(&server), &night(NightOutcome::Written)).await.told);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_mail_server_that_does_not_take_it_is_told_without_its_words() {
    for (post, part) in [
        (Post::Refuses, "550; it refuses the sender or a receiver"),
        (Post::NoLogin, "535; the name or the password"),
        (Post::Hangs, "did not answer in time"),
    ] {
        let server = MailServer::start(post).await;
        let result = send(mail(&server), &night(NightOutcome::Written)).await;
        assert!(!result.told);
        assert!(result.problem.as_ref().unwrap().contains(part), "{result:?}");
    }
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_safely_is_not_sent() {
    let server = MailServer::start(Post::Takes).await;
    let night = night(NightOutcome::Written);
    for (changed, part) in [
        (
            MailTo {
                host: "mail.contoso.example".to_owned(),
                ..mail(&server)
            },
            "for a server on this machine only",
        ),
        (
            MailTo {
                security: MailSecurity::StartTls,
                ..mail(&server)
            },
            "STARTTLS",
        ),
        (
            MailTo {
                from: "hr".to_owned(),
                ..mail(&server)
            },
            "`hr` (from) is no mail address",
        ),
        (
            MailTo {
                to: Vec::new(),
                ..mail(&server)
            },
            "names nobody",
        ),
        (
            MailTo {
                login: Some((
                    "hr".to_owned(),
                    Err("MAIL_PW is not set in the environment".to_owned()),
                )),
                ..mail(&server)
            },
            "MAIL_PW is not set",
        ),
    ] {
        let result = send(changed, &night).await;
        assert!(!result.told);
        assert!(result.problem.as_ref().unwrap().contains(part), "{result:?}");
    }
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn what_the_gate_warned_of_stands_in_every_message_and_names_of_people_and_files_in_none() {
    let mut night = night(NightOutcome::Refused);
    night.warnings = vec![crate::feed::Warning {
        rule: "gate.columns-new".to_owned(),
        found: "Zeta column".to_owned(),
    }];
    night.counts.taken_back = 3;
    night.help_here = vec!["its folder holds `pay-of-ana.csv`".to_owned()];
    night.refusals[0].who = vec!["ana@contoso.com".to_owned()];
    night.refusals[0].who_total = 1;
    let web = Web::start(&[Answer::Status(200)]).await;
    let server = MailServer::start(Post::Takes).await;
    let hook = |shape| Hook {
        number: 1,
        address: secret(web.address.clone()),
        shape,
        when: When::Always,
    };
    let channels = Channels {
        hooks: vec![
            hook(HookShape::Teams),
            hook(HookShape::Slack),
            hook(HookShape::Json),
        ],
        mail: Some(mail(&server)),
        ping: Some(secret(web.address.clone())),
        pace: quick(),
        ..Channels::default()
    };
    let results = channels.ended(&night).await;
    assert!(results.iter().all(|result| result.told), "{results:?}");
    let requests = web.requests();
    let (pings, hooks): (Vec<_>, Vec<_>) = requests.iter().partition(|one| one.path.ends_with("/fail"));
    assert_eq!((pings.len(), hooks.len(), server.mails().len()), (1, 3, 1));
    let letter = String::from_utf8(read(&server.mails()[0]).1).unwrap();
    for message in requests.iter().map(|one| &one.body).chain([&letter]) {
        assert!(message.contains("Zeta column"), "{message}");
        assert!(!message.contains("ana"), "{message}");
    }
    for message in hooks.iter().map(|one| &one.body).chain([&letter]) {
        let is_told = ["person took back", "Taken back by a person", "\"taken_back\":3"]
            .iter()
            .any(|words| message.contains(words));
        assert!(is_told, "{message}");
    }
}

#[tokio::test]
async fn what_a_night_says_is_no_header_no_markup_and_no_command_to_the_server() {
    let mut night = night(NightOutcome::NeedsPerson);
    night.feed = "hr\r\nBcc: evil@contoso.example\r\n\r\n<b>x</b>".to_owned();
    night.message = "gone\r\n.\r\nRCPT TO:<evil@contoso.example>\r\n<script>alert(1)</script>".to_owned();
    night.help = vec!["\r\nContent-Type: text/html\r\n\r\n<img src=x>".to_owned()];
    let server = MailServer::start(Post::Takes).await;
    assert_eq!(send(mail(&server), &night).await.problem, None);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    let flat = mails[0].replace("\r\n ", " ").replace("\r\n\t", " ");
    let (head, _) = flat.split_once("\r\n\r\n").unwrap();
    let named = |name: &str| {
        head.lines()
            .filter(|line| line.to_lowercase().starts_with(name))
            .count()
    };
    assert_eq!(
        (named("subject:"), named("bcc:"), named("to:")),
        (1, 0, 1),
        "{head}"
    );
    // One part, which is read as text, and a dot alone on a line does not end it.
    let parts = parts(&mails[0]);
    assert_eq!(parts.len(), 1);
    assert!(
        parts[0].0.to_lowercase().contains("content-type: text/plain"),
        "{}",
        parts[0].0
    );
    let text = String::from_utf8(parts[0].1.clone()).unwrap();
    for words in [
        "RCPT TO:<evil@contoso.example>",
        "<script>alert(1)</script>",
        "Content-Type: text/html",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}
