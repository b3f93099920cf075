//! Signing in without a secret, by the binary: with a certificate, and with the token of another issuer that is renewed meanwhile.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dirsheet::sandbox::{Registered, SandboxOptions};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;

use super::secrets::nowhere;
use super::stand::{Stand, finish, people, until};

pub const APP: &[u8] = include_bytes!("../keys/app.pem");
const OTHER: &[u8] = include_bytes!("../keys/other.pem");
pub const FEDERATED: &[u8] = include_bytes!("../keys/federated.json");

/// A directory whose application has a certificate and trusts an issuer; the commands have no secret.
fn stand(token_lifetime: Duration) -> Stand {
    stand_with(token_lifetime, Duration::ZERO)
}

fn stand_with(token_lifetime: Duration, latency: Duration) -> Stand {
    let mut registered = Registered::default();
    registered.add_certificates(APP).unwrap();
    registered.add_federated(FEDERATED).unwrap();
    let mut stand = Stand::open(SandboxOptions {
        registered,
        token_lifetime,
        latency,
        ..people(30)
    });
    stand.unset("AZURE_CLIENT_SECRET");
    stand.write("app.pem", APP);
    stand.write("other.pem", OTHER);
    stand
}

const HOUR: Duration = Duration::from_secs(3600);

/// The token that a workflow of GitHub Actions would get.
pub fn github(subject: &str, seconds: i64) -> String {
    let key = PrivatePkcs8KeyDer::from_pem_slice(OTHER).unwrap();
    let key = RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let claims = json!({
        "iss": "https://token.actions.githubusercontent.com", "sub": subject, "aud": "api://AzureADTokenExchange",
        "nbf": now + seconds - 300, "exp": now + seconds,
    });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!(
        "{}.{}",
        part(&json!({"alg": "RS256", "kid": "other"})),
        part(&claims)
    );
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub const SUBJECT: &str = "repo:contoso/hr:environment:production";

#[test]
fn a_certificate_in_the_environment_or_in_a_profile_signs_in_and_its_key_is_nowhere() {
    let mut stand = stand(HOUR);
    stand.set("AZURE_CLIENT_CERTIFICATE_PATH", "app.pem");
    let mut streams = vec![stand.run(&["export", "-o", "users.csv"]).must(0)];
    let sandbox = stand.sandbox();
    stand.write(
        "config.toml",
        format!(
            "[profiles.practice]\ntenant_id = {:?}\nclient_id = {:?}\nclient_certificate_file = \"app.pem\"\ngraph_url = {:?}\nauthority_host = {:?}\n",
            sandbox.tenant_id(),
            sandbox.client_id(),
            sandbox.url(),
            sandbox.url()
        ),
    );
    stand.unset("AZURE_CLIENT_CERTIFICATE_PATH");
    let by_profile = [
        "plan",
        "users.csv",
        "--config",
        "config.toml",
        "--profile",
        "practice",
    ];
    streams.push(stand.run(&by_profile).must(0));
    let key = String::from_utf8_lossy(APP).lines().nth(2).unwrap().to_owned();
    nowhere(&stand, &streams, key.as_bytes());
}

/// Of `sign-in.pfx`.
pub const PASSWORD: &str = "Opens-The-Test-Key-7";
pub const PFX: &[u8] = include_bytes!("../keys/pfx/sign-in.pfx");

#[test]
fn a_pfx_signs_in_with_its_password_from_the_environment_from_a_file_or_from_a_program() {
    let mut stand = stand(HOUR);
    stand.write("app.pfx", PFX);
    stand.write("password", format!("{PASSWORD}\r\n"));
    stand.set("AZURE_CLIENT_CERTIFICATE_PATH", "app.pfx");
    let mut streams = Vec::new();
    for (password, words) in [
        (None, "locked with a password, and none is given"),
        (
            Some("opens-nothing"),
            "another password than the one that is given",
        ),
    ] {
        match password {
            Some(password) => stand.set("AZURE_CLIENT_CERTIFICATE_PASSWORD", password),
            None => stand.unset("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        }
        let ran = stand.run(&["export", "-o", "users.csv"]).must(2);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("client_certificate_password_file") && !ran.stderr.contains("opens-nothing"),
            "{}",
            ran.stderr
        );
        streams.push(ran);
    }
    stand.set("AZURE_CLIENT_CERTIFICATE_PASSWORD", PASSWORD);
    streams.push(stand.run(&["export", "-o", "users.csv"]).must(0));
    let told = stand.json(&["doctor"], 0);
    let checks = told["checks"].as_array().unwrap();
    let certificate = checks
        .iter()
        .find(|check| check["name"] == "certificate")
        .unwrap();
    assert!(
        certificate["found"].as_str().unwrap().contains("good until"),
        "{certificate}"
    );
    stand.unset("AZURE_CLIENT_CERTIFICATE_PATH");
    stand.unset("AZURE_CLIENT_CERTIFICATE_PASSWORD");
    let sandbox = stand.sandbox();
    let (tenant, client, url) = (sandbox.tenant_id(), sandbox.client_id(), sandbox.url());
    let mut ways = vec!["client_certificate_password_file = \"password\"".to_owned()];
    if cfg!(unix) {
        ways.push("client_certificate_password_command = [\"cat\", \"password\"]".to_owned());
    }
    for way in ways {
        stand.write(
            "config.toml",
            format!(
                "[profiles.practice]\ntenant_id = {tenant:?}\nclient_id = {client:?}\ngraph_url = {url:?}\nauthority_host = {url:?}\n\
                 client_certificate_file = \"app.pfx\"\n{way}\n",
            ),
        );
        let words = [
            "plan",
            "users.csv",
            "--config",
            "config.toml",
            "--profile",
            "practice",
        ];
        streams.push(stand.run(&words).must(0));
    }
    nowhere(&stand, &streams, PASSWORD.as_bytes());
}

#[cfg(unix)]
#[test]
fn a_password_of_a_pfx_that_others_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let stand = stand(HOUR);
    stand.write("app.pfx", PFX);
    stand.write("password", PASSWORD);
    let sandbox = stand.sandbox();
    let (tenant, client, url) = (sandbox.tenant_id(), sandbox.client_id(), sandbox.url());
    stand.write(
        "config.toml",
        format!(
            "[profiles.practice]\ntenant_id = {tenant:?}\nclient_id = {client:?}\ngraph_url = {url:?}\nauthority_host = {url:?}\n\
             client_certificate_file = \"app.pfx\"\nclient_certificate_password_file = \"password\"\n",
        ),
    );
    let mode = |file: &str, mode: u32| {
        std::fs::set_permissions(stand.path(file), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("app.pfx", 0o600);
    mode("password", 0o640);
    let words = ["doctor", "--config", "config.toml", "--profile", "practice"];
    let told = stand.json(&words, 0).to_string();
    assert!(
        told.contains("`password` can be read by others (mode 640)") && !told.contains("`app.pfx` can be"),
        "{told}"
    );
    let words = [
        "export",
        "-o",
        "users.csv",
        "--config",
        "config.toml",
        "--profile",
        "practice",
    ];
    let told = stand.run(&words).must(0).stderr;
    assert!(
        told.contains("open the private key with it: `chmod 600 password`"),
        "{told}"
    );
}

#[test]
fn a_certificate_that_cannot_sign_in_says_why_and_what_to_do() {
    let mut stand = stand(HOUR);
    stand.set("AZURE_CLIENT_CERTIFICATE_PATH", "other.pem");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(
        ran.stderr.contains("AADSTS700027") && ran.stderr.contains("thumbprints"),
        "{}",
        ran.stderr
    );
    stand.write("app.pfx", b"\x30\x82\x09\x41\x02\x01\x03\x30\x82");
    let pem = String::from_utf8_lossy(APP).into_owned();
    let key = &pem[..pem.find("-----BEGIN CERTIFICATE").unwrap()];
    stand.write("key.pem", key);
    for (file, words) in [
        (
            "app.pfx",
            &[
                "PFX",
                "damaged",
                "openssl pkcs12 -in app.pfx -nodes -out app.pfx.pem",
            ][..],
        ),
        (
            "key.pem",
            &["no certificate", "cat key.pem cert.pem > key.pem.new"],
        ),
        (
            "gone.pem",
            &["gone.pem", "AZURE_CLIENT_CERTIFICATE_PATH in the environment"],
        ),
    ] {
        stand.set("AZURE_CLIENT_CERTIFICATE_PATH", file);
        let ran = stand.run(&["export", "-o", "users.csv"]).must(2);
        for word in words {
            assert!(ran.stderr.contains(word), "{}", ran.stderr);
        }
    }
    // The text itself where its file should be named.
    stand.set("AZURE_CLIENT_CERTIFICATE_PATH", &pem);
    for words in [&["export", "-o", "users.csv"][..], &["doctor", "--json"]] {
        let ran = stand.run(words).must(2);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            told.contains("name the file") && !told.contains("BEGIN"),
            "{told}"
        );
    }
    assert!(!stand.path("users.csv").exists());
}

#[test]
fn a_federated_token_signs_in_and_one_that_is_not_trusted_is_told_by_what_differs() {
    let mut stand = stand(HOUR);
    stand.write("token", format!("{}\n", github(SUBJECT, 240)));
    stand.set("AZURE_FEDERATED_TOKEN_FILE", "token");
    stand.run(&["export", "-o", "users.csv"]).must(0);
    for (text, words) in [
        (
            github("repo:contoso/hr:ref:refs/heads/main", 240),
            &["AADSTS700213", "letter by letter"][..],
        ),
        (github(SUBJECT, -400), &["AADSTS700024", "fresh one"]),
        ("not-a-token".to_owned(), &["three parts"]),
    ] {
        stand.write("token", &text);
        let ran = stand.run(&["export", "-o", "other.csv"]).must(7);
        for word in words {
            assert!(ran.stderr.contains(word), "{}", ran.stderr);
        }
        assert!(!ran.stderr.contains(&text), "{}", ran.stderr);
    }
    std::fs::remove_file(stand.path("token")).unwrap();
    let ran = stand.run(&["export", "-o", "other.csv"]).must(7);
    assert!(ran.stderr.contains("`token`"), "{}", ran.stderr);
    assert!(!stand.path("other.csv").exists());
}

#[test]
fn a_federated_token_is_read_again_for_each_access_token() {
    for (next, code) in [
        (github(SUBJECT, 200), 0),
        (github("repo:contoso/hr:ref:refs/heads/main", 240), 7),
    ] {
        let mut stand = stand_with(HOUR, Duration::from_millis(300));
        stand.write("token", github(SUBJECT, 240));
        stand.set("AZURE_FEDERATED_TOKEN_FILE", "token");
        stand.faults("expire-token-after:2");
        let child = stand.command(&["doctor"]).spawn().unwrap();
        // The first token was asked for, and two answers lie before the next one.
        until("a first token", || stand.stats().token_requests > 0);
        stand.write("token", next);
        let ran = finish(child, "doctor".to_owned()).must(code);
        assert!(stand.stats().token_requests > 1, "{ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_of_windows_is_read_and_one_that_others_may_read_is_told_once() {
    use std::os::unix::fs::PermissionsExt;
    let stand = stand(HOUR);
    let sandbox = stand.sandbox();
    stand.write(
        "config.toml",
        format!(
            "[profiles.practice]\ntenant_id = {:?}\nclient_id = {:?}\nclient_secret_file = \"app.secret\"\ngraph_url = {:?}\nauthority_host = {:?}\n",
            sandbox.tenant_id(),
            sandbox.client_id(),
            sandbox.url(),
            sandbox.url()
        ),
    );
    let mode = |mode: u32| {
        let path = stand.path("app.secret");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let by_profile = |command: &[&str]| {
        let words = [command, &["--config", "config.toml", "--profile", "practice"]].concat();
        stand.run(&words)
    };
    stand.write("app.secret", format!("\u{feff}{}\r\n", sandbox.client_secret()));
    mode(0o644);
    let warned = by_profile(&["export", "-o", "users.csv"]).must(0).stderr;
    assert_eq!(
        warned
            .matches("`app.secret` can be read by others (mode 644)")
            .count(),
        1,
        "{warned}"
    );
    assert!(warned.contains("chmod 600 app.secret"), "{warned}");
    let doctor = by_profile(&["doctor"]).must(0);
    assert!(
        doctor.stdout.contains("client secret") && !doctor.stderr.contains("others"),
        "{doctor:?}"
    );
    mode(0o600);
    let quiet = by_profile(&["plan", "users.csv"]).must(0);
    assert!(!quiet.stderr.contains("others"), "{}", quiet.stderr);
    let units = sandbox.client_secret().encode_utf16().flat_map(u16::to_le_bytes);
    stand.write("app.secret", units.collect::<Vec<u8>>());
    by_profile(&["plan", "users.csv"])
        .must(2)
        .says(&["UTF-16", "Set-Content"]);
}
