//! Over TLS, with a certificate authority that only this organization knows: refused without it, trusted with it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::receiver::Receiver;
use super::stand::Stand;

pub const AUTHORITY: &[u8] = include_bytes!("../keys/tls-ca.pem");
const SERVER: &[u8] = include_bytes!("../keys/tls-server.pem");

fn server_config() -> Arc<ServerConfig> {
    let _second = rustls::crypto::ring::default_provider().install_default();
    let chain = CertificateDer::pem_slice_iter(SERVER)
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_slice(SERVER).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

/// What stands in front of a server and speaks TLS for it; the address, and how often a handshake came to its end.
pub fn front(plain: &str) -> (String, Arc<AtomicUsize>) {
    let config = server_config();
    let behind = plain.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    // Ends with the test's process; nobody waits for it.
    std::thread::spawn(move || {
        for taken in listener.incoming().flatten() {
            let (config, behind, counted) = (Arc::clone(&config), behind.clone(), Arc::clone(&counted));
            std::thread::spawn(move || carry(taken, config, &behind, &counted));
        }
    });
    (format!("https://localhost:{port}"), count)
}

/// One request and its answer at a time, as HTTP/1.1 without pipelining is.
fn carry(taken: TcpStream, config: Arc<ServerConfig>, behind: &str, counted: &AtomicUsize) -> Option<()> {
    taken.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut secure = StreamOwned::new(ServerConnection::new(config).ok()?, taken);
    let mut bytes = [0; 16 * 1024];
    let mut read = secure.read(&mut bytes).ok()?;
    counted.fetch_add(1, Ordering::SeqCst);
    let mut plain = TcpStream::connect(behind).ok()?;
    plain.set_read_timeout(Some(Duration::from_millis(300))).ok()?;
    loop {
        plain.write_all(&bytes[..read]).ok()?;
        // What comes within a moment is the answer; without one the rest of the request is still to come.
        loop {
            match plain.read(&mut bytes) {
                Ok(0) => return None,
                Ok(count) => secure.write_all(&bytes[..count]).ok()?,
                Err(_) => break,
            }
        }
        secure.flush().ok()?;
        read = secure.read(&mut bytes).ok().filter(|count| *count > 0)?;
    }
}

#[test]
fn an_unknown_authority_is_refused_with_what_to_do_and_a_known_one_signs_in() {
    let mut stand = Stand::of(5);
    let (url, handshakes) = front(&stand.sandbox().url());
    stand.set("AZURE_AUTHORITY_HOST", &url);
    stand.set("DIRSHEET_GRAPH_URL", &url);
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    for word in ["certificate of `localhost", "not trusted", "DIRSHEET_CA_FILE"] {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    assert!(!stand.path("users.csv").exists());
    assert_eq!(
        stand.stats().token_requests,
        0,
        "nothing was sent before the certificate was known"
    );
    assert_eq!(handshakes.load(Ordering::SeqCst), 0);

    stand.write("ca.pem", AUTHORITY);
    stand.set("DIRSHEET_CA_FILE", "ca.pem");
    stand.run(&["export", "-o", "users.csv"]).must(0);
    assert_eq!(stand.stats().token_requests, 1);
    let told = stand.run(&["doctor"]).must(0).stdout;
    assert!(
        told.contains("`ca.pem` (DIRSHEET_CA_FILE in the environment)"),
        "{told}"
    );
    // The same by the configuration file.
    stand.unset("DIRSHEET_CA_FILE");
    let ca = stand.path("ca.pem").display().to_string();
    stand.write("config.toml", format!("ca_file = {ca:?}\n"));
    stand
        .run(&["plan", "users.csv", "--config", "config.toml"])
        .must(0);
    // The variable of Linux's own, in the place of the system's authorities.
    if cfg!(target_os = "linux") {
        stand.set("SSL_CERT_FILE", "ca.pem");
        stand.run(&["plan", "users.csv"]).must(0);
    }
}

#[test]
fn a_file_that_holds_no_authority_is_told_and_nothing_is_sent() {
    let mut stand = Stand::of(5);
    for (name, bytes, words) in [
        ("empty.pem", &b""[..], "it holds no certificate"),
        (
            "other.pem",
            b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
            "cannot be used",
        ),
    ] {
        stand.write(name, bytes);
        stand.set("DIRSHEET_CA_FILE", name);
        let ran = stand.run(&["export", "-o", "users.csv"]).must(2);
        assert!(ran.stderr.contains(words), "{name}: {}", ran.stderr);
    }
    stand.set("DIRSHEET_CA_FILE", "gone.pem");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(2);
    assert!(
        ran.stderr.contains("gone.pem") && ran.stderr.contains("DIRSHEET_CA_FILE"),
        "{}",
        ran.stderr
    );
    assert_eq!(stand.stats().token_requests, 0);
}

/// A mail server that shakes hands, greets and says no more; its port, and how often a handshake came to its end.
fn mail_server() -> (u16, Arc<AtomicUsize>) {
    let config = server_config();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for taken in listener.incoming().flatten() {
            let mut secure = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), taken);
            let greeted = secure.write_all(b"421 not now\r\n").and_then(|()| secure.flush());
            counted.fetch_add(usize::from(greeted.is_ok()), Ordering::SeqCst);
        }
    });
    (port, count)
}

#[test]
fn webhooks_and_mail_of_a_feed_trust_the_private_authority_too() {
    let mut stand = Stand::of(5);
    let receiver = Receiver::open();
    let (url, _) = front(receiver.at("").trim_end_matches('/'));
    let (port, greeted) = mail_server();
    stand.set("HOOK", &format!("{url}/hr"));
    stand.write(
        "FEED.toml",
        format!(
            "name = \"hr\"\n[source]\npath = \"hr.csv\"\n[key]\ncolumn = \"Nr\"\n[attributes]\ndepartment = {{ column = \"Department\" }}\n[[notify.webhooks]]\n[notify.webhooks.url]\nenv = \"HOOK\"\n[notify.mail]\nhost = \"localhost\"\nport = {port}\nsecurity = \"tls\"\nfrom = \"hr@contoso.com\"\nto = [\"it@contoso.com\"]\n"
        ),
    );
    let refused = stand.run(&["feed", "notify", "FEED.toml"]).must(6);
    assert!(
        refused.stdout.contains("NOT TOLD: it cannot be reached")
            && refused.stdout.contains("NOT TOLD: the server cannot be reached"),
        "{}",
        refused.stdout
    );
    assert_eq!((receiver.heard().len(), greeted.load(Ordering::SeqCst)), (0, 0));

    stand.write("ca.pem", AUTHORITY);
    let ca = stand.path("ca.pem").display().to_string();
    stand.write("config.toml", format!("ca_file = {ca:?}\n"));
    let told = stand
        .run(&["feed", "notify", "FEED.toml", "--config", "config.toml"])
        .must(6);
    assert!(told.stdout.contains("took the trial message"), "{}", told.stdout);
    assert!(told.stdout.contains("the server answered 421"), "{}", told.stdout);
    assert_eq!(receiver.heard_at("/hr").len(), 1);
    assert!(greeted.load(Ordering::SeqCst) > 0);
    // A damaged authority keeps nobody else from being told.
    stand.write(
        "bad.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    stand.set("DIRSHEET_CA_FILE", "bad.pem");
    stand.set("HOOK", &receiver.at("hr"));
    let told = stand.run(&["feed", "notify", "FEED.toml"]).must(6);
    assert!(told.stdout.contains("took the trial message"), "{}", told.stdout);
    stand.set("DIRSHEET_CA_FILE", "gone.pem");
    stand
        .run(&["feed", "notify", "FEED.toml"])
        .must(2)
        .says(&["gone.pem"]);
}
