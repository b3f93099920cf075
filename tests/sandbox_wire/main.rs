//! The sandbox over real HTTP: each test states a fact of the documented behaviour.

// Helpers of tests may stop a test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod advanced;
mod assertions;
mod batching;
mod breaking;
mod churn;
mod deleted;
mod delta;
mod delta_rounds;
mod device_codes;
mod extensions;
mod inviting;
mod keeping;
mod licences;
mod met;
mod mishaps;
mod photos;
mod ranges;
mod reading;
mod roles;
mod schema;
mod security;
mod signing_in;
mod sponsors;
mod throttling;
mod writing;

use dirsheet::sandbox::{People, Quota, Sandbox, SandboxOptions, start};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use std::sync::Once;

/// A running sandbox and a client that has signed in.
pub struct Desk {
    pub sandbox: Sandbox,
    pub client: Client,
    pub token: String,
}

/// One answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    /// Status, code, and the first detail as `code target`.
    pub fn refusal(&self) -> (u16, &str, String) {
        let error = &self.json["error"];
        let detail = &error["details"][0];
        let part = |name: &str| detail[name].as_str().unwrap_or_default().to_owned();
        (
            self.status.as_u16(),
            error["code"].as_str().unwrap_or_default(),
            format!("{} {}", part("code"), part("target")),
        )
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub fn message(&self) -> &str {
        self.json["error"]["message"].as_str().unwrap_or_default()
    }
}

pub fn client() -> Client {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().no_proxy().build().unwrap()
}

/// So many people, no quota.
pub fn people(users: usize) -> SandboxOptions {
    SandboxOptions {
        people: People::Generated { users },
        quota: Quota::Off,
        ..SandboxOptions::default()
    }
}

impl Desk {
    pub async fn open(options: SandboxOptions) -> Desk {
        let sandbox = start(options).await.unwrap();
        let client = client();
        let mut desk = Desk {
            sandbox,
            client,
            token: String::new(),
        };
        desk.token = desk.sign_in().await;
        desk
    }

    pub async fn with(users: usize) -> Desk {
        Desk::open(people(users)).await
    }

    pub async fn sign_in(&self) -> String {
        let answer = self.form(&self.fields()).await;
        answer.json["access_token"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("grant_type", "client_credentials".into()),
            ("client_id", self.sandbox.client_id().into()),
            ("client_secret", self.sandbox.client_secret().into()),
            ("scope", "https://graph.microsoft.com/.default".into()),
        ]
    }

    pub fn token_url(&self) -> String {
        format!(
            "{}/{}/oauth2/v2.0/token",
            self.sandbox.url(),
            self.sandbox.tenant_id()
        )
    }

    pub async fn form(&self, fields: &[(&str, String)]) -> Answer {
        send(self.client.post(self.token_url()).form(fields)).await
    }

    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}/v1.0{path}", self.sandbox.url())
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, self.url(path))
            .bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn advanced(&self, path: &str) -> Answer {
        send(
            self.request(Method::GET, path)
                .header("ConsistencyLevel", "eventual"),
        )
        .await
    }

    pub async fn patch(&self, user: &str, body: Value) -> Answer {
        send(
            self.request(Method::PATCH, &format!("/users/{}", escape(user)))
                .json(&body),
        )
        .await
    }

    pub async fn put_manager(&self, user: &str, link: &str) -> Answer {
        let path = format!("/users/{user}/manager/$ref");
        send(self.request(Method::PUT, &path).json(&json!({"@odata.id": link}))).await
    }

    pub async fn batch(&self, requests: Value) -> Answer {
        send(
            self.request(Method::POST, "/$batch")
                .json(&json!({"requests": requests})),
        )
        .await
    }

    /// Every user of a listing, page by page, and how many pages there were.
    pub async fn all(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut users, mut pages, mut next) = (Vec::new(), 0, Some(self.url(path)));
        while let Some(url) = next {
            let page = self.get(&url).await;
            assert_eq!(page.status, 200, "{}", page.text);
            users.extend(page.json["value"].as_array().unwrap().iter().cloned());
            pages += 1;
            next = page.json["@odata.nextLink"].as_str().map(str::to_owned);
        }
        (users, pages)
    }

    /// The first user of the store that passes.
    pub fn find(&self, test: impl Fn(&Value) -> bool) -> Value {
        self.sandbox
            .dump()
            .into_iter()
            .find(test)
            .expect("somebody like that")
    }

    /// A user of the cloud without roles.
    pub fn plain(&self) -> String {
        let user = self.find(|user| {
            user["onPremisesSyncEnabled"].is_null()
                && user["roles"] == json!([])
                && user["userType"] == "Member"
                && user["isManagementRestricted"].is_null()
                && user["identityParentId"].is_null()
                && !user["manager"].is_null()
        });
        user["id"].as_str().unwrap().to_owned()
    }

    pub fn stored(&self, id: &str) -> Value {
        self.find(|user| user["id"] == id)
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer {
        status,
        headers,
        text,
        json,
    }
}

/// A path segment.
pub fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
