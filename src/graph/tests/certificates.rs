//! Certificates are made here, at test time, so that no key of a server lies in the repository.

use std::io::{Read, Write};
use std::sync::Arc;

use reqwest::Url;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;

use super::super::service::{Request, Service};
use super::super::testing::{Server, plain_answer};
use super::super::*;

const ECDSA_SHA256: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const EC_P256: &[u8] = &[
    0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7,
];
const COMMON_NAME: &[u8] = &[0x06, 3, 0x55, 4, 3];
const ALTERNATIVE_NAME: &[u8] = &[0x06, 3, 0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x06, 3, 0x55, 0x1d, 19];
const SEQUENCE: u8 = 0x30;

/// One value of DER; everything here is shorter than 64 KiB.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        length @ 0..128 => out.push(length as u8),
        length @ 128..256 => out.extend([0x81, length as u8]),
        length => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

fn name(text: &str) -> Vec<u8> {
    let pair = der(SEQUENCE, &[COMMON_NAME, &der(0x0c, &[text.as_bytes()])]);
    der(SEQUENCE, &[&der(0x31, &[&pair])])
}

struct Key {
    pkcs8: Vec<u8>,
    pair: EcdsaKeyPair,
}

fn key() -> Key {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
    Key {
        pkcs8: pkcs8.as_ref().to_vec(),
        pair,
    }
}

fn certificate(
    subject: &str,
    of: &Key,
    by: &Key,
    address: [u8; 4],
    until: &str,
    extension: &[u8],
) -> Vec<u8> {
    let algorithm = der(SEQUENCE, &[ECDSA_SHA256]);
    let validity = der(
        SEQUENCE,
        &[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[until.as_bytes()])],
    );
    let point = der(0x03, &[&[0], of.pair.public_key().as_ref()]);
    let public_key = der(SEQUENCE, &[&der(SEQUENCE, &[EC_P256]), &point]);
    let names = der(0x04, &[&der(SEQUENCE, &[&der(0x87, &[&address])])]);
    let names = der(SEQUENCE, &[ALTERNATIVE_NAME, &names]);
    let extensions = der(0xa3, &[&der(SEQUENCE, &[&names, extension])]);
    let body = der(
        SEQUENCE,
        &[
            &der(0xa0, &[&[0x02, 1, 2]]),
            &[0x02, 1, 7],
            &algorithm,
            &name("authority"),
            &validity,
            &name(subject),
            &public_key,
            &extensions,
        ],
    );
    let signature = by.pair.sign(&SystemRandom::new(), &body).unwrap();
    der(
        SEQUENCE,
        &[&body, &algorithm, &der(0x03, &[&[0], signature.as_ref()])],
    )
}

/// A certificate authority in PEM, and a server on this machine with a certificate of its own making.
fn secure_server(address: [u8; 4], until: &str) -> (Vec<u8>, Url) {
    let (authority, server) = (key(), key());
    let is_authority = der(0x04, &[&der(SEQUENCE, &[&[0x01, 1, 0xff]])]);
    let is_authority = der(SEQUENCE, &[BASIC_CONSTRAINTS, &[0x01, 1, 0xff], &is_authority]);
    let root = certificate(
        "authority",
        &authority,
        &authority,
        address,
        "491231235959Z",
        &is_authority,
    );
    let leaf = certificate("server", &server, &authority, address, until, &[]);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(leaf)],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server.pkcs8)),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let mut buffer = [0; 4_096];
            if stream.read(&mut buffer).is_ok() {
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\n7");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (pem(&root), url)
}

fn pem(certificate: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = b"-----BEGIN CERTIFICATE-----\n".to_vec();
    for three in certificate.chunks(3) {
        let bits = three
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { letter } else { b'=' });
        }
    }
    text.extend(b"\n-----END CERTIFICATE-----\n");
    text
}

async fn ask(url: &Url, ca_file: Option<Vec<u8>>) -> Result<Vec<u8>, TransportError> {
    let plain = Server::start(|_, _| plain_answer(200, &[], "")).await;
    let settings = GraphSettings {
        graph_url: url.clone(),
        ca_file,
        ..plain.settings()
    };
    let service = Service::new(&settings).unwrap();
    service
        .send(Request::get(url.clone()))
        .await
        .map(|response| response.body)
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_and_a_private_one_can_be_trusted() {
    let (authority, url) = secure_server([127, 0, 0, 1], "491231235959Z");
    let error = ask(&url, None).await.unwrap_err();
    assert_eq!(
        (error.kind, error.sent),
        (TransportErrorKind::Certificate, false),
        "{error}"
    );
    assert!(error.to_string().contains("certificate"), "{error}");
    assert_eq!(ask(&url, Some(authority)).await.unwrap(), b"7");
}

#[tokio::test]
async fn an_expired_certificate_and_one_for_another_name_are_refused() {
    for (address, until) in [
        ([127, 0, 0, 1], "210101000000Z"),
        ([10, 0, 0, 1], "491231235959Z"),
    ] {
        let (authority, url) = secure_server(address, until);
        let error = ask(&url, Some(authority)).await.unwrap_err();
        assert_eq!(error.kind, TransportErrorKind::Certificate, "{error}");
        let failure = Failure::transport(&error);
        assert_eq!(Tries::new(true, None).after(&failure), Decision::GiveUp);
    }
}

#[test]
fn the_end_of_a_certificate_is_that_of_the_one_with_the_key() {
    for (pem, end) in [
        (
            &include_bytes!("../../../tests/keys/app.pem")[..],
            "2126-11-06T01:18:21Z",
        ),
        (
            include_bytes!("../../../tests/keys/ended.pem"),
            "2025-01-01T12:00:00Z",
        ),
    ] {
        let certificate = Certificate::read(pem, &SecretString::default()).unwrap();
        assert_eq!(certificate.end(), Some(end.parse().unwrap()));
    }
}
