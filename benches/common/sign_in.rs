//! A plain client that is signed in, as a script would be.

use dirsheet::sandbox::Sandbox;
use serde_json::Value as Json;

/// The client and its token.
pub async fn sign_in(sandbox: &Sandbox) -> (reqwest::Client, String) {
    // The library has set up the cryptography by then, where it was used in this process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .expect("a client");
    let (url, tenant) = (sandbox.url(), sandbox.tenant_id());
    let scope = format!("{url}/.default");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", sandbox.client_id()),
        ("client_secret", sandbox.client_secret()),
        ("scope", scope.as_str()),
    ];
    let answer = client
        .post(format!("{url}/{tenant}/oauth2/v2.0/token"))
        .form(&form)
        .send()
        .await
        .expect("an answer");
    let token: Json = answer.json().await.expect("a token");
    let token = token["access_token"].as_str().expect("a token").to_owned();
    (client, token)
}
