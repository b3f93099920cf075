//! Every way to sign in over a private certificate authority, and which versions of TLS are spoken at all.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dirsheet::sandbox::{ManagedIdentities, Registered, SandboxOptions};

use super::private_ca::{AUTHORITY, front};
use super::signing_in::{APP, FEDERATED, SUBJECT, github};
use super::stand::{Stand, people, until};

/// A directory behind TLS, for whatever signs in to it. Nothing has a secret.
fn behind_tls() -> Stand {
    let mut registered = Registered::default();
    registered.add_certificates(APP).unwrap();
    registered.add_federated(FEDERATED).unwrap();
    let mut stand = Stand::open(SandboxOptions {
        registered,
        managed: Some(ManagedIdentities {
            header: "header-of-the-machine".to_owned(),
            system: true,
            assigned: Vec::new(),
            updating: 0,
        }),
        poll_interval: Duration::from_secs(1),
        roles: dirsheet::sandbox::PRACTICE_ROLES.map(str::to_owned).to_vec(),
        ..people(120)
    });
    let (url, _) = front(&stand.sandbox().url());
    stand.unset("AZURE_CLIENT_SECRET");
    stand.set("AZURE_AUTHORITY_HOST", &url);
    stand.set("DIRSHEET_GRAPH_URL", &url);
    stand.write("ca.pem", AUTHORITY);
    stand
}

/// Refused without the authority, and nothing of the directory is asked; signed in with it.
fn trusts_only_with_the_authority(stand: &mut Stand) {
    let ran = stand.run(&["export", "-o", "users.csv"]);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(!stand.path("users.csv").exists());
    for word in ["certificate of `localhost", "not trusted", "DIRSHEET_CA_FILE"] {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    assert_eq!(stand.stats().reads, 0);
    stand.set("DIRSHEET_CA_FILE", "ca.pem");
    stand.run(&["export", "-o", "users.csv"]).must(0);
}

#[test]
fn a_certificate_signs_in_over_a_private_authority() {
    let mut stand = behind_tls();
    stand.write("app.pem", APP);
    stand.set("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(ran.stderr.contains("not trusted"), "{}", ran.stderr);
    assert_eq!(stand.stats().token_requests, 0);
    // The assertion names whom it is for, and the directory behind the front knows itself by its own address: it has arrived.
    stand.set("DIRSHEET_CA_FILE", "ca.pem");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(ran.stderr.contains("AADSTS700023"), "{}", ran.stderr);
    assert!(stand.stats().token_requests > 0);
    // With a token of the directory itself, what is asked of Graph goes over the same line.
    let own = stand.sandbox().url();
    stand.set("AZURE_AUTHORITY_HOST", &own);
    stand.run(&["export", "-o", "users.csv"]).must(0);
    stand.unset("DIRSHEET_CA_FILE");
    let ran = stand.run(&["export", "-o", "other.csv"]);
    assert!(
        ran.stderr.contains("not trusted") && ran.code != Some(0),
        "{ran:?}"
    );
}

#[test]
fn a_federated_token_signs_in_over_a_private_authority() {
    let mut stand = behind_tls();
    stand.write("token", github(SUBJECT, 600));
    stand.set("AZURE_FEDERATED_TOKEN_FILE", "token");
    trusts_only_with_the_authority(&mut stand);
}

#[test]
fn a_managed_identity_brings_its_token_to_a_private_authority() {
    let mut stand = behind_tls();
    stand.unset("AZURE_CLIENT_ID");
    // The endpoint of the machine itself is no TLS anywhere.
    let endpoint = format!("{}/msi/token", stand.sandbox().url());
    stand.set("IDENTITY_ENDPOINT", &endpoint);
    stand.set("IDENTITY_HEADER", "header-of-the-machine");
    stand.set("DIRSHEET_SIGN_IN", "managed-identity");
    trusts_only_with_the_authority(&mut stand);
}

#[cfg(unix)]
#[test]
fn a_person_signs_in_over_a_private_authority() {
    use std::process::Stdio;

    use rexpect::session::spawn_command;
    let mut stand = behind_tls();
    stand.set("DIRSHEET_SIGN_IN", "device-code");
    let session = |stand: &Stand| {
        let mut command = stand.command(&["export", "-o", "users.csv", "--progress", "none"]);
        command
            .env("TERM", "xterm-256color")
            .stdin(Stdio::inherit())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit());
        spawn_command(command, Some(60_000)).unwrap()
    };
    let refused = session(&stand).exp_eof().unwrap();
    assert!(refused.contains("not trusted"), "{refused}");
    stand.set("DIRSHEET_CA_FILE", "ca.pem");
    let mut asking = session(&stand);
    let (_, shown) = asking.exp_regex("enter the code SBX[0-9]+").unwrap();
    super::logging_in::decide(&stand, shown.rsplit(' ').next().unwrap(), "yes");
    let rest = asking.exp_eof().unwrap();
    assert!(rest.contains("for this command only"), "{rest}");
    assert!(stand.path("users.csv").exists());
}

#[test]
fn doctor_tells_how_the_line_is_secured_and_until_when() {
    let mut stand = Stand::of(5);
    let (url, _) = front(&stand.sandbox().url());
    stand.set("AZURE_AUTHORITY_HOST", &url);
    stand.set("DIRSHEET_GRAPH_URL", &url);
    stand.write("ca.pem", AUTHORITY);
    stand.set("DIRSHEET_CA_FILE", "ca.pem");
    let told = stand.run(&["doctor"]).must(0).stdout;
    let line = told.lines().find(|line| line.contains(" tls ")).unwrap_or(&told);
    for word in [
        "localhost: TLS 1.3",
        "issued by “CN=dirsheet tests: a private authority”",
        "until 2125-12-31",
        "days left",
    ] {
        assert!(line.contains(word), "{word}: {line}");
    }
    // One host is told once.
    assert_eq!(line.matches("localhost").count(), 1, "{line}");
}

/// What an old server was sent first, and what its answer was answered with.
type Heard = Arc<Mutex<Vec<[Vec<u8>; 2]>>>;

/// A server that answers each hello with one of TLS 1.1, as a server does that knows nothing newer.
fn old_server() -> (String, Heard) {
    // A record (16) of TLS 1.1 (03 02) with a ServerHello (02): the version again, 32 bytes of chance, no session, a cipher, no compression.
    let mut hello = vec![0x16, 0x03, 0x02, 0x00, 0x2a, 0x02, 0x00, 0x00, 0x26, 0x03, 0x02];
    hello.extend([7; 32]);
    hello.extend([0x00, 0x00, 0x2f, 0x00]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Heard::default();
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        for mut taken in listener.incoming().flatten() {
            let _set = taken.set_read_timeout(Some(Duration::from_secs(10)));
            let read = |taken: &mut TcpStream| {
                let mut bytes = vec![0; 4096];
                let count = taken.read(&mut bytes).unwrap_or(0);
                bytes.truncate(count);
                bytes
            };
            let first = read(&mut taken);
            let _gone = taken.write_all(&hello);
            let second = read(&mut taken);
            kept.lock().unwrap().push([first, second]);
        }
    });
    (format!("https://localhost:{port}"), heard)
}

/// The versions of a ClientHello's extension `supported_versions` (43). <https://www.rfc-editor.org/rfc/rfc8446#section-4.2.1>
fn offered(hello: &[u8]) -> Vec<u16> {
    let mark = [0x00, 0x2b];
    let at = |from: usize| u16::from_be_bytes([hello[from], hello[from + 1]]);
    // Behind the heads of record and handshake: version, chance, then three lists with their lengths, then the extensions.
    let mut here = 5 + 4 + 2 + 32;
    here += 1 + usize::from(hello[here]);
    here += 2 + usize::from(at(here));
    here += 1 + usize::from(hello[here]);
    here += 2;
    while here + 4 <= hello.len() {
        let length = usize::from(at(here + 2));
        if hello[here..here + 2] == mark {
            let list = &hello[here + 5..here + 4 + length];
            return list
                .chunks(2)
                .map(|two| u16::from_be_bytes([two[0], two[1]]))
                .collect();
        }
        here += 4 + length;
    }
    Vec::new()
}

#[test]
fn a_server_that_knows_only_an_old_version_of_tls_is_refused_and_hears_nothing() {
    let mut stand = Stand::of(5);
    let (url, heard) = old_server();
    stand.set("AZURE_AUTHORITY_HOST", &url);
    stand.set("DIRSHEET_GRAPH_URL", &url);
    let mut child = stand.command(&["export", "-o", "users.csv"]).spawn().unwrap();
    until("a hello that was answered", || !heard.lock().unwrap().is_empty());
    // It would try for a while, since a proxy may be in between.
    child.kill().unwrap();
    child.wait().unwrap();
    let [hello, answer] = heard.lock().unwrap()[0].clone();
    // 1.3 and 1.2, and nothing older is even offered.
    assert_eq!(offered(&hello), [0x0304, 0x0303]);
    // A fatal alert and no more: record (15), two bytes of it, fatal (2), and that the version is not spoken (70).
    assert_eq!(
        (answer.first(), &answer[5..]),
        (Some(&0x15), &[2, 70][..]),
        "{answer:?}"
    );
    assert!(!stand.path("users.csv").exists());
}
