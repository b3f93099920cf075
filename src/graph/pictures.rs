//! Profile pictures: read by their mark first, so that a picture that is known is not fetched again, and sent as bytes.
//!
//! Outlook keeps them and counts for each mailbox: four requests at once, 10,000 in ten minutes, 150 MB sent in five. Here nobody is
//! asked for twice at the same time, an envelope holds at most four questions for bytes, and a batch holds a user once; so these
//! limits are kept without waiting. <https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use serde_json::Value as Json;
use tokio::task::{JoinError, JoinSet};

use super::ask::Ask;
use super::beside::Told;
use super::call_error::CallError;
use super::encode::{EncodeError, Encoded};
use super::error::GraphError;
use super::passwords;
use super::reader::DirectoryReader;
use super::service::{Body, Request};
use super::session::Session;
use crate::catalogue::{ReadRule, Resource, WriteRule};
use crate::domain::{
    Action, BATCH_OPERATIONS_MAX, Change, Columns, Operation, Pictures, UserId, UserState, Value,
};

/// The type of a picture that is sent. <https://learn.microsoft.com/graph/api/profilephoto-update>
pub(super) const JPEG: &str = "image/jpeg";
/// Requests for one mailbox at the same time, for each application; more would wait in the service or get 429.
/// <https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>
pub const MAILBOX_IN_FLIGHT: usize = 4;
/// Pictures that are held in memory at the same time: each may be 4 MB.
const PICTURES_TOGETHER: usize = 32;
/// Pictures in one envelope, in base64. The general limit of a request is 4 MB; that of an envelope is not published.
const ENVELOPE_BYTES_MAX: usize = 3_500_000;

/// What the service says where there is no picture. <https://learn.microsoft.com/graph/api/profilephoto-get>
const NO_PICTURE: [&str; 4] = [
    "ImageNotFound",
    "ErrorItemNotFound",
    "GetUserPhoto",
    "ErrorNonExistentMailbox",
];

/// Whether an answer says that there is no picture.
pub(super) fn says_none(error: &GraphError) -> bool {
    error.status == 404 && NO_PICTURE.contains(&error.code.as_str())
}

/// Whether a change is one of a picture, which no budget of the directory counts.
pub(super) fn is_picture(operation: &Operation) -> bool {
    matches!(&operation.action, Action::Resource { change } if of_picture(change))
}

fn of_picture(change: &Change) -> bool {
    change.attribute.write == WriteRule::Resource(Resource::Photo)
}

/// The request that puts or removes a picture; `None` for an operation about something else.
pub(super) fn encode(
    operation: &Operation,
    pictures: Option<&dyn Pictures>,
) -> Option<Result<Encoded, EncodeError>> {
    let Action::Resource { change } = &operation.action else {
        return None;
    };
    if !of_picture(change) {
        return None;
    }
    let path = format!("/users/{}/photo/$value", operation.user);
    Some(match &change.after {
        Value::Empty => Ok(Encoded {
            method: Method::DELETE,
            path,
            body: None,
        }),
        Value::Text(fingerprint) => pictures
            .and_then(|pictures| pictures.bytes(fingerprint))
            .map(|bytes| Encoded {
                method: Method::PUT,
                path,
                // A text is a picture: inside an envelope it stands as base64.
                body: Some(Json::String(STANDARD.encode(bytes))),
            })
            .ok_or(EncodeError::NoPicture),
        _ => Err(EncodeError::WrongType(change.attribute.name)),
    })
}

/// The bytes of a body that is a picture.
pub(super) fn body_bytes(body: &Json) -> Option<Vec<u8>> {
    STANDARD.decode(body.as_str()?).ok()
}

/// Of these, what the write budget of the directory counts.
pub(super) fn counted(operations: &[Operation]) -> usize {
    operations
        .iter()
        .filter(|operation| !is_picture(operation))
        .count()
}

/// A picture goes as its bytes, anything else as JSON.
pub(super) fn single_request(encoded: &Encoded, url: Url) -> Option<Request> {
    let method = encoded.method.clone();
    match &encoded.body {
        Some(body) if body.is_string() => Some(Request {
            method,
            url,
            headers: HeaderMap::new(),
            body: Some(Body {
                content_type: JPEG,
                bytes: body_bytes(body)?,
            }),
            secrets: Vec::new(),
        }),
        body => {
            let request = Request::json(method, url, body.as_ref())?;
            Some(request.keeping(body.as_ref().and_then(passwords::in_body)))
        }
    }
}

/// Envelopes that stay below what the service takes: all in one, unless there are large pictures.
pub(super) fn parts<'a, 'b>(
    sendable: &'a [(&'b Operation, &'b Encoded)],
) -> Vec<&'a [(&'b Operation, &'b Encoded)]> {
    let mut parts = Vec::new();
    let (mut rest, mut at, mut bytes) = (sendable, 0, 0);
    while let Some((_, encoded)) = rest.get(at) {
        let body = encoded.body.as_ref().and_then(Json::as_str);
        let more = body.map_or(0, str::len);
        if at > 0 && bytes + more > ENVELOPE_BYTES_MAX {
            let (part, others) = rest.split_at(at);
            parts.push(part);
            (rest, at, bytes) = (others, 0, 0);
            continue;
        }
        bytes += more;
        at += 1;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// Where the pictures of a session are kept.
pub(super) type Shelf = RwLock<Option<Arc<dyn Pictures>>>;

impl Session {
    /// Pictures that are read go there from now on, and those that are sent come from there.
    pub fn keep_pictures(&self, pictures: Arc<dyn Pictures>) {
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = Some(pictures);
    }

    pub(super) fn pictures(&self) -> Option<Arc<dyn Pictures>> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is known of one user's picture.
enum Seen {
    Nothing,
    Known(String),
    /// To be read; with its mark, where it has one.
    Unread(Option<String>),
    Refused(String),
}

impl DirectoryReader {
    /// Notes what the service made of a picture.
    pub fn picture_stored_as(&self, sent: &str, stored: &str) {
        if let Some(pictures) = self.session.pictures() {
            pictures.stored_as(sent, stored);
        }
    }

    /// Reads the pictures of these users, if the columns ask for them. A refusal for one user leaves that cell unread.
    pub(super) async fn fill_pictures(
        &self,
        users: &mut [&mut UserState],
        columns: &Columns,
    ) -> Result<(), CallError> {
        let photo = ReadRule::Resource(Resource::Photo);
        let Some(place) = columns.iter().position(|attribute| attribute.read == photo) else {
            return Ok(());
        };
        let pictures = self.session.pictures();
        let mut seen = self.marks(users, pictures.as_deref()).await?;
        let unread: Vec<usize> = (0..seen.len())
            .filter(|at| matches!(seen.get(*at), Some(Seen::Unread(_))))
            .collect();
        for some in unread.chunks(PICTURES_TOGETHER) {
            let asks: Vec<Ask> = some
                .iter()
                .filter_map(|at| users.get(*at))
                .map(|user| ask(user.id, "photo/$value"))
                .collect();
            let told = self.ask_all(&asks, MAILBOX_IN_FLIGHT).await?;
            // Writing them down waits for the disk: all of them side by side.
            let mut kept = JoinSet::new();
            for (at, told) in some.iter().copied().zip(told) {
                let Some(user) = users.get(at).map(|user| user.id) else {
                    continue;
                };
                let etag = match seen.get(at) {
                    Some(Seen::Unread(etag)) => etag.clone(),
                    _ => None,
                };
                let pictures = pictures.clone();
                kept.spawn_blocking(move || (at, taken_in(user, etag.as_deref(), told, pictures.as_deref())));
            }
            while let Some(done) = kept.join_next().await {
                match done.map_err(JoinError::try_into_panic) {
                    Ok((at, now)) => {
                        if let Some(place) = seen.get_mut(at) {
                            *place = now;
                        }
                    }
                    Err(Ok(panic)) => std::panic::resume_unwind(panic),
                    Err(Err(_)) => {}
                }
            }
        }
        for (user, seen) in users.iter_mut().zip(seen) {
            let value = match seen {
                Seen::Nothing => Value::Empty,
                Seen::Known(fingerprint) => Value::Text(fingerprint),
                Seen::Refused(reason) => {
                    self.unread(user, columns, place, reason);
                    continue;
                }
                Seen::Unread(_) => {
                    self.unread(
                        user,
                        columns,
                        place,
                        "an answer that was not asked for".to_owned(),
                    );
                    continue;
                }
            };
            if let Some(cell) = user.values.get_mut(place) {
                *cell = value;
            }
        }
        Ok(())
    }

    /// The service's marks of the pictures.
    async fn marks(
        &self,
        users: &[&mut UserState],
        pictures: Option<&dyn Pictures>,
    ) -> Result<Vec<Seen>, CallError> {
        let asks: Vec<Ask> = users.iter().map(|user| ask(user.id, "photo")).collect();
        let told = self.ask_all(&asks, BATCH_OPERATIONS_MAX).await?;
        let of = |(user, told): (&&mut UserState, Told)| match told {
            Told::Refused(error) if says_none(&error) => Seen::Nothing,
            Told::Refused(error) => Seen::Refused(error.to_string()),
            Told::Body(facts) => {
                let text = |name: &str| facts.get(name).and_then(Json::as_str).unwrap_or_default();
                let etag = Some(text("@odata.mediaEtag")).filter(|etag| !etag.is_empty());
                // In the place of none the service may describe an empty GIF.
                if etag.is_none() && text("@odata.mediaContentType").eq_ignore_ascii_case("image/gif") {
                    return Seen::Nothing;
                }
                let known = etag.and_then(|etag| pictures?.known(user.id, etag));
                known.map_or_else(|| Seen::Unread(etag.map(str::to_owned)), Seen::Known)
            }
        };
        Ok(users.iter().zip(told).map(of).collect())
    }
}

fn ask(user: UserId, path: &str) -> Ask {
    Ask {
        path: format!("/users/{user}/{path}"),
        eventual: false,
        resource_units: 0,
        lane: None,
    }
}

fn taken_in(user: UserId, etag: Option<&str>, told: Told, pictures: Option<&dyn Pictures>) -> Seen {
    let body = match told {
        Told::Refused(error) if says_none(&error) => return Seen::Nothing,
        Told::Refused(error) => return Seen::Refused(error.to_string()),
        Told::Body(body) => body,
    };
    let Some(bytes) = body_bytes(&body).filter(|bytes| !bytes.is_empty()) else {
        return Seen::Refused("an answer that is no picture".to_owned());
    };
    let kept = match pictures {
        Some(pictures) => pictures.take_in(user, etag, &bytes),
        None => Ok(crate::domain::fingerprint(&bytes)),
    };
    kept.map_or_else(Seen::Refused, Seen::Known)
}
