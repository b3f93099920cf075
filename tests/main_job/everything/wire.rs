//! The directory as anybody sees it who asks at its wire: nothing of dirsheet's own code is on this road.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Once;

use dirsheet::sandbox::Sandbox;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value as Json, json};

use super::ways::Place;

pub struct Wire {
    runtime: tokio::runtime::Runtime,
    client: Client,
    base: String,
    token: String,
}

impl Wire {
    pub fn open(sandbox: &Sandbox) -> Wire {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let _second = rustls::crypto::ring::default_provider().install_default();
        });
        let mut wire = Wire {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            client: Client::builder().no_proxy().build().unwrap(),
            base: format!("{}/v1.0", sandbox.url()),
            token: String::new(),
        };
        let url = format!("{}/{}/oauth2/v2.0/token", sandbox.url(), sandbox.tenant_id());
        let form = wire.client.post(url).form(&[
            ("grant_type", "client_credentials"),
            ("client_id", sandbox.client_id()),
            ("client_secret", sandbox.client_secret()),
            ("scope", "https://graph.microsoft.com/.default"),
        ]);
        let answer = wire.send(form).1;
        let answer: Json = serde_json::from_slice(&answer).unwrap();
        wire.token = answer["access_token"].as_str().unwrap().to_owned();
        wire
    }

    fn send(&self, request: RequestBuilder) -> (u16, Vec<u8>) {
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            (status, response.bytes().await.unwrap().to_vec())
        })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
    }

    /// What stands there, or `None` where nothing does.
    fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let (status, bytes) = self.send(self.request(Method::GET, path));
        match status {
            200 => Some(bytes),
            404 => None,
            status => panic!("GET {path}: {status} {}", String::from_utf8_lossy(&bytes)),
        }
    }

    fn get(&self, path: &str) -> Option<Json> {
        let bytes = self.bytes(path)?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    /// A write behind the client's back.
    #[track_caller]
    pub fn put(&self, method: Method, path: &str, body: &Json) {
        let (status, bytes) = self.send(self.request(method, path).json(body));
        assert!(
            status < 300,
            "{path}: {status} {}",
            String::from_utf8_lossy(&bytes)
        );
    }

    /// A picture, behind the client's back.
    #[track_caller]
    pub fn put_photo(&self, user: &str, jpeg: Vec<u8>) {
        let path = format!("/users/{user}/photo/$value");
        let request = self.request(Method::PUT, &path);
        let (status, bytes) = self.send(request.header("Content-Type", "image/jpeg").body(jpeg));
        assert!(
            status < 300,
            "{path}: {status} {}",
            String::from_utf8_lossy(&bytes)
        );
    }

    /// What the directory holds of a user in this place; lists are sorted.
    pub fn read(&self, user: &str, place: Place) -> Json {
        let list = |path: String, name: &str| {
            let found = self.get(&path).unwrap();
            let items = found["value"].as_array().unwrap().iter();
            sorted(items.map(|item| item[name].clone()).collect())
        };
        match place {
            Place::Property(name) => {
                let first = name.split('.').next().unwrap();
                let user = self.get(&format!("/users/{user}?$select={first}")).unwrap();
                let value = name.split('.').fold(&user, |value, name| &value[name]);
                match value {
                    Json::Array(items) => sorted(items.clone()),
                    value => value.clone(),
                }
            }
            Place::Manager => {
                let manager = self.get(&format!("/users/{user}/manager?$select=id"));
                manager.map_or(Json::Null, |manager| manager["id"].clone())
            }
            Place::Sponsors => list(format!("/users/{user}/sponsors"), "id"),
            Place::Roles => {
                let found = self.get("/roleManagement/directory/roleAssignments").unwrap();
                let all = found["value"].as_array().unwrap().iter();
                let own = all.filter(|one| one["principalId"] == user && one["directoryScopeId"] == "/");
                sorted(own.map(|one| one["roleDefinitionId"].clone()).collect())
            }
            Place::Phone(kind) => {
                let found = self.get(&format!("/users/{user}/authentication/phoneMethods"));
                let phones = found.unwrap();
                let phones = phones["value"].as_array().unwrap();
                let own = phones.iter().find(|phone| phone["phoneType"] == kind);
                own.map_or(Json::Null, |phone| phone["phoneNumber"].clone())
            }
            Place::Email => {
                let found = self.get(&format!("/users/{user}/authentication/emailMethods"));
                found.unwrap()["value"][0]["emailAddress"].clone()
            }
            Place::Photo => match self.bytes(&format!("/users/{user}/photo/$value")) {
                Some(jpeg) => picture(&jpeg),
                None => Json::Null,
            },
            Place::Account => {
                let is_there = |path: &str| self.get(&format!("{path}/{user}")).is_some();
                match (is_there("/users"), is_there("/directory/deletedItems")) {
                    (true, false) => json!("present"),
                    (false, true) => json!("deleted"),
                    both => panic!("{user} is in both lists or in none: {both:?}"),
                }
            }
            Place::WithMail(_) => panic!("nobody has an id yet"),
        }
    }

    /// Whoever has this address or name.
    pub fn with_mail(&self, mail: &str) -> Json {
        let select = "displayName,userType,accountEnabled";
        let filter = format!("mail eq '{mail}' or userPrincipalName eq '{mail}'");
        let found = self.get(&format!("/users?$select={select}&$filter={filter}"));
        found.unwrap()["value"].clone()
    }
}

/// The sides of a picture and something that differs when a byte does.
fn picture(jpeg: &[u8]) -> Json {
    let decoded = image::load_from_memory(jpeg).unwrap();
    let mut hasher = DefaultHasher::new();
    jpeg.hash(&mut hasher);
    json!(format!(
        "{} x {}, {:x}",
        decoded.width(),
        decoded.height(),
        hasher.finish()
    ))
}

/// A list whose order means nothing.
pub fn sorted(mut items: Vec<Json>) -> Json {
    items.sort_by_cached_key(Json::to_string);
    Json::Array(items)
}
