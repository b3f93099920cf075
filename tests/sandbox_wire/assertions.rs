//! Signing in without a secret: by certificate, and by the token of another issuer.

use crate::{Answer, Desk, people};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dirsheet::sandbox::{Registered, SandboxOptions};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};

const APP: &[u8] = include_bytes!("../keys/app.pem");
const OTHER: &[u8] = include_bytes!("../keys/other.pem");
const FEDERATED: &[u8] = include_bytes!("../keys/federated.json");
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn desk() -> Desk {
    let mut registered = Registered::default();
    registered.add_certificates(APP).unwrap();
    registered.add_federated(FEDERATED).unwrap();
    Desk::open(SandboxOptions {
        registered,
        ..people(5)
    })
    .await
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A token with this head and these claims, signed by the key of a PEM file.
fn signed(pem: &[u8], head: &Value, claims: &Value) -> String {
    let key = PrivatePkcs8KeyDer::from_pem_slice(pem).unwrap();
    let key = RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(head), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    let padding: &'static dyn ring::signature::RsaEncoding = match head["alg"] == "PS256" {
        true => &RSA_PSS_SHA256,
        false => &RSA_PKCS1_SHA256,
    };
    key.sign(padding, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn thumbprint(pem: &[u8], algorithm: &'static ring::digest::Algorithm) -> String {
    let der = CertificateDer::from_pem_slice(pem).unwrap();
    URL_SAFE_NO_PAD.encode(digest(algorithm, &der))
}

fn head() -> Value {
    json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint(APP, &SHA256)})
}

fn claims(desk: &Desk) -> Value {
    let client = desk.sandbox.client_id();
    json!({
        "aud": format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", desk.sandbox.tenant_id()),
        "iss": client, "sub": client, "jti": "1", "nbf": now(), "exp": now() + 600,
    })
}

fn token_claims() -> Value {
    json!({
        "iss": "https://token.actions.githubusercontent.com", "sub": "repo:contoso/hr:environment:production",
        "aud": "api://AzureADTokenExchange", "nbf": now(), "exp": now() + 300,
    })
}

async fn ask(desk: &Desk, assertion: &str) -> Answer {
    let mut fields = desk.fields();
    fields.retain(|(name, _)| *name != "client_secret");
    fields.push(("client_assertion_type", TYPE.to_owned()));
    fields.push(("client_assertion", assertion.to_owned()));
    desk.form(&fields).await
}

fn with(mut value: Value, name: &str, other: Value) -> Value {
    value[name] = other;
    value
}

#[tokio::test]
async fn a_registered_certificate_signs_in_in_both_documented_forms() {
    let desk = desk().await;
    let old = json!({"alg": "RS256", "typ": "JWT", "x5t": thumbprint(APP, &SHA1_FOR_LEGACY_USE_ONLY)});
    for head in [head(), old] {
        let answer = ask(&desk, &signed(APP, &head, &claims(&desk))).await;
        assert_eq!(answer.status, 200, "{:?}", answer.json);
    }
}

#[tokio::test]
async fn an_assertion_that_is_not_whole_in_every_part_signs_nobody_in() {
    let desk = desk().await;
    let good = claims(&desk);
    let stranger = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint(OTHER, &SHA256)});
    let endpoint = |host: &str, tenant: &str| format!("https://{host}/{tenant}/oauth2/v2.0/token");
    let (tenant, host) = (desk.sandbox.tenant_id(), "login.microsoftonline.com");
    let elsewhere = endpoint("evil.example", tenant);
    let of_another = endpoint(host, "other.example");
    let cases = [
        (
            signed(APP, &head(), &with(good.clone(), "aud", elsewhere.into())),
            700_023,
        ),
        (
            signed(APP, &head(), &with(good.clone(), "aud", of_another.into())),
            700_023,
        ),
        (
            signed(APP, &head(), &with(good.clone(), "nbf", i64::MAX.into())),
            700_024,
        ),
        (signed(OTHER, &stranger, &good), 700_027),
        // The thumbprint of one and the key of another.
        (signed(OTHER, &head(), &good), 700_027),
        (
            signed(
                APP,
                &head(),
                &with(good.clone(), "aud", "https://elsewhere.example".into()),
            ),
            700_023,
        ),
        (
            signed(APP, &head(), &with(good.clone(), "sub", "somebody".into())),
            700_021,
        ),
        (
            signed(APP, &head(), &with(good.clone(), "exp", (now() - 400).into())),
            700_024,
        ),
        (
            signed(APP, &head(), &with(good.clone(), "nbf", (now() + 400).into())),
            700_024,
        ),
        (signed(APP, &with(head(), "alg", "none".into()), &good), 50_027),
        ("no.token.atall".to_owned(), 50_027),
    ];
    for (assertion, number) in cases {
        let answer = ask(&desk, &assertion).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["error_codes"][0]),
            (401, &number.into()),
            "{}",
            answer.json
        );
    }
    let mut fields = desk.fields();
    fields.retain(|(name, _)| *name != "client_secret");
    fields.push(("client_assertion", signed(APP, &head(), &good)));
    assert_eq!(desk.form(&fields).await.json["error_codes"][0], 900_144);
}

#[tokio::test]
async fn the_token_of_a_trusted_issuer_signs_in_and_every_other_is_refused_by_what_differs() {
    let desk = desk().await;
    let head = json!({"alg": "RS256", "typ": "JWT", "kid": "other"});
    let good = token_claims();
    assert_eq!(ask(&desk, &signed(OTHER, &head, &good)).await.status, 200);
    let several = with(good.clone(), "aud", json!(["x", "api://AzureADTokenExchange"]));
    assert_eq!(ask(&desk, &signed(OTHER, &head, &several)).await.status, 200);
    for (assertion, number) in [
        (
            signed(
                OTHER,
                &head,
                &with(good.clone(), "iss", "https://issuer.example".into()),
            ),
            700_211,
        ),
        (
            signed(
                OTHER,
                &head,
                &with(good.clone(), "aud", "https://github.com/contoso".into()),
            ),
            700_212,
        ),
        // Letter by letter.
        (
            signed(
                OTHER,
                &head,
                &with(
                    good.clone(),
                    "sub",
                    "repo:Contoso/hr:environment:production".into(),
                ),
            ),
            700_213,
        ),
        (signed(APP, &head, &good), 50_013),
        (
            signed(OTHER, &head, &with(good.clone(), "exp", (now() - 400).into())),
            700_024,
        ),
    ] {
        let answer = ask(&desk, &assertion).await;
        assert_eq!(answer.json["error_codes"][0], number, "{}", answer.json);
    }
}

#[test]
fn what_cannot_be_registered_is_told() {
    let mut registered = Registered::default();
    assert!(
        registered
            .add_certificates(b"no certificate")
            .unwrap_err()
            .contains("PEM")
    );
    assert!(registered.add_federated(b"{\"issuer\":\"x\"}").is_err());
}
