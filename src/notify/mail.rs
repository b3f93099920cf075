//! A mail with the rows that need a person attached.

use std::path::Path;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use super::channels::Road;
use super::words::{cut, facts, headline, help, refusals, warnings};
use super::{MailTo, failed, told};
use crate::feed::settings::MailSecurity;
use crate::feed::{NightSummary, NoticeResult};

/// All attachments together; servers commonly take 25 MB, and the encoding adds a third.
const ATTACHED_BYTES_MAX: u64 = 12_000_000;

/// Sends the mail, with further attempts where the server may think otherwise.
pub(super) async fn send(mail: &MailTo, night: &NightSummary, road: Road<'_>) -> NoticeResult {
    let (pace, _) = road;
    let to = format!("mail ({})", mail.host);
    let (message, transport) =
        match message(mail, night).and_then(|message| Ok((message, transport(mail, road)?))) {
            Ok(both) => both,
            Err(problem) => return failed(to, problem),
        };
    let mut last = format!("the server did not answer within {} s", pace.whole.as_secs_f32());
    let attempts = async {
        for attempt in 0..=pace.pauses.len() {
            let sent = tokio::time::timeout(pace.attempt, transport.send(message.clone())).await;
            let again = match sent {
                Ok(Ok(_)) => return true,
                Ok(Err(error)) => {
                    last = told_error(&error);
                    !error.is_permanent() && !error.is_client() && !error.is_tls()
                }
                // Whether the server took it is not known; a second mail is better than none.
                Err(_) => {
                    last = "the server did not answer in time".to_owned();
                    true
                }
            };
            match pace.pauses.get(attempt) {
                Some(pause) if again => tokio::time::sleep(*pause).await,
                _ => return false,
            }
        }
        false
    };
    let arrived = tokio::time::timeout(pace.whole, attempts).await.unwrap_or(false);
    if arrived { told(to) } else { failed(to, last) }
}

/// The error in words of our own: a server's may repeat what was said to it.
fn told_error(error: &lettre::transport::smtp::Error) -> String {
    if let Some(code) = error.status() {
        let code = code.to_string();
        let help = match code.as_str() {
            "535" | "530" | "534" | "538" => {
                "; the name or the password is not accepted, or the server wants another way to sign in"
            }
            "550" | "553" | "554" => "; it refuses the sender or a receiver",
            "552" => "; the mail is too large for it",
            _ => "",
        };
        return format!("the server answered {code}{help}");
    }
    if error.is_tls() {
        "no protected connection: the server's certificate is not trusted, or it does not speak TLS on this port".to_owned()
    } else if error.is_timeout() {
        "the server did not answer in time".to_owned()
    } else if error.is_client() {
        "the server does not offer what is needed (STARTTLS, or a way to sign in with a password)".to_owned()
    } else {
        "the server cannot be reached, or broke the connection".to_owned()
    }
}

fn transport(
    mail: &MailTo,
    (pace, authorities): Road<'_>,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    type Smtp = AsyncSmtpTransport<Tokio1Executor>;
    let prepared = |builder: Result<AsyncSmtpTransportBuilder, lettre::transport::smtp::Error>| {
        builder.map_err(|_| {
            "no protected connection could be prepared (is the system's list of certificates there?)"
                .to_owned()
        })
    };
    let mut builder = match mail.security {
        MailSecurity::StartTls => prepared(Smtp::starttls_relay(&mail.host))?,
        MailSecurity::Tls => prepared(Smtp::relay(&mail.host))?,
        MailSecurity::None if is_this_machine(&mail.host) => Smtp::builder_dangerous(mail.host.as_str()),
        MailSecurity::None => {
            return Err(
                "`security = \"none\"` is for a server on this machine only; use `start-tls` or `tls`"
                    .to_owned(),
            );
        }
    };
    let private = authorities.and_then(|pem| Certificate::from_pem(pem).ok());
    let trusting = private.and_then(|private| {
        let trusting = TlsParameters::builder(mail.host.clone()).add_root_certificate(private);
        trusting.build().ok()
    });
    if let Some(trusting) = trusting.filter(|_| mail.security != MailSecurity::None) {
        builder = builder.tls(match mail.security {
            MailSecurity::Tls => Tls::Wrapper(trusting),
            _ => Tls::Required(trusting),
        });
    }
    if let Some(port) = mail.port {
        builder = builder.port(port);
    }
    if let Some((name, password)) = &mail.login {
        let password = password
            .as_ref()
            .map_err(|reason| format!("its password could not be fetched: {reason}"))?;
        builder = builder.credentials(Credentials::new(
            name.clone(),
            password.expose_secret().to_owned(),
        ));
    }
    Ok(builder.timeout(Some(pace.attempt)).build())
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn mailbox(text: &str, whose: &str) -> Result<Mailbox, String> {
    text.parse()
        .map_err(|_| format!("`{text}` ({whose}) is no mail address, like `HR feed <hr@contoso.com>`"))
}

fn message(mail: &MailTo, night: &NightSummary) -> Result<Message, String> {
    let from = mailbox(&mail.from, "from")?;
    // A name of its own, so that a mail that is sent twice is seen as one.
    let id = format!(
        "<dirsheet-{}-{}@{}>",
        night.feed,
        night.started_at.as_millisecond(),
        from.email.domain()
    );
    let mut builder = Message::builder()
        .from(from)
        .message_id(Some(id))
        .date_now()
        .subject(cut(&format!("[dirsheet] {}", headline(night)), 150));
    for address in &mail.to {
        builder = builder.to(mailbox(address, "to")?);
    }
    if mail.to.is_empty() {
        return Err("`to` names nobody".to_owned());
    }
    let (attachments, notes) = attachments(mail, night);
    let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(text(night, &notes)));
    for attachment in attachments {
        parts = parts.singlepart(attachment);
    }
    let mut message = builder
        .multipart(parts)
        .map_err(|_| "the mail could not be written".to_owned())?;
    // Nobody's holiday should answer (RFC 3834).
    message.headers_mut().insert_raw(HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    ));
    Ok(message)
}

/// What the mail says.
fn text(night: &NightSummary, notes: &[String]) -> String {
    let mut lines = vec![
        headline(night),
        String::new(),
        night.message.clone(),
        String::new(),
    ];
    for (name, value) in facts(night) {
        lines.push(format!("{name}: {value}"));
    }
    for (title, said) in [
        ("Refused", refusals(night)),
        ("Warnings", warnings(night)),
        ("What to do", help(night)),
        ("Files", notes.to_vec()),
    ] {
        if !said.is_empty() {
            lines.push(String::new());
            lines.push(format!("{title}:"));
            lines.extend(said.iter().map(|line| format!("- {line}")));
        }
    }
    lines.push(String::new());
    cut(&lines.join("\n"), 20_000)
}

/// The files that go along, and what is said about them and about those that do not.
fn attachments(mail: &MailTo, night: &NightSummary) -> (Vec<SinglePart>, Vec<String>) {
    let papers = &night.papers;
    let wanted = [
        (
            "rows of the source that need a person",
            papers.dead_letters.as_ref(),
        ),
        ("rows of the run that need work", papers.needs_work.as_ref()),
        (
            "the report of all rows",
            papers.report.as_ref().filter(|_| mail.attach_all),
        ),
    ];
    let (mut parts, mut notes) = (Vec::new(), Vec::new());
    let mut left = ATTACHED_BYTES_MAX;
    for (what, path) in wanted.into_iter().filter_map(|(what, path)| Some((what, path?))) {
        let file = Path::new(path);
        let name = file.file_name().map_or_else(
            || "rows.csv".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        // Looked at first, so that a huge file is not read to be left out.
        let size = std::fs::metadata(file).map(|metadata| metadata.len());
        match size {
            Ok(size) if size > left => {
                notes.push(format!("{what}: too large for a mail, on the machine as {path}"));
            }
            Ok(size) => match std::fs::read(file) {
                Ok(bytes) => {
                    left -= size;
                    notes.push(format!("{what}: attached as {name}"));
                    parts.push(Attachment::new(name.clone()).body(bytes, content_type(&name)));
                }
                Err(error) => notes.push(format!("{what}: {path} could not be read ({})", error.kind())),
            },
            Err(error) => notes.push(format!("{what}: {path} could not be read ({})", error.kind())),
        }
    }
    (parts, notes)
}

fn content_type(name: &str) -> ContentType {
    let kind = match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => "text/csv; charset=utf-8",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    };
    ContentType::parse(kind).unwrap_or(ContentType::TEXT_PLAIN)
}
