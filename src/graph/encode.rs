//! From an operation to the request that does it.
//!
//! <https://learn.microsoft.com/graph/api/user-update>, <https://learn.microsoft.com/graph/api/user-post-manager>

use reqwest::Method;
use serde_json::{Map, Value as Json, json};
use thiserror::Error;

use super::{account, invitations, resource, security};
use crate::catalogue::{Attribute, ClearRule, DataType, Kind, PatchPlace, ReadOnlyReason, WriteRule};
use crate::domain::{Action, Change, Companion, Operation, Reference, UserId, Value, identities_json};

/// The request of one operation; the path is below the version root.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Encoded {
    pub method: Method,
    pub path: String,
    /// A text is a picture in base64, anything else is JSON.
    pub body: Option<Json>,
}

/// An operation that no request can say. It is never sent, not even in part.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum EncodeError {
    #[error("`{0}` is not written this way")]
    NotWritten(&'static str),
    #[error("`{0}` cannot be cleared")]
    NotCleared(&'static str),
    #[error("the value for `{0}` has the wrong type")]
    WrongType(&'static str),
    #[error("`{0}` is given twice")]
    Twice(&'static str),
    #[error("the operation changes nothing")]
    Nothing,
    #[error("the picture is no longer kept in the state folder")]
    NoPicture,
}

/// `root` is `{graph_url}/v1.0`, for the address of another object inside a body.
pub(super) fn encode(operation: &Operation, root: &str) -> Result<Encoded, EncodeError> {
    match &operation.action {
        Action::Patch { changes, companions } => patch(operation.user, changes, companions),
        Action::Create { changes, invitation } => match invitation {
            Some(invitation) => invitations::invite(changes, invitation),
            None => create(changes),
        },
        Action::Relation { change } => relation(operation.user, change, root),
        Action::Profile { changes } => profile(operation.user, changes),
        Action::Resource { change } => match change.attribute.write {
            WriteRule::Resource(resource) => resource::write(operation.user, resource, change, root),
            _ => Err(EncodeError::NotWritten(change.attribute.name)),
        },
        Action::Account { change } => account::write(operation.user, change),
    }
}

fn patch(user: UserId, changes: &[Change], companions: &[Companion]) -> Result<Encoded, EncodeError> {
    Ok(Encoded {
        method: Method::PATCH,
        path: format!("/users/{user}"),
        body: Some(Json::Object(property_body(changes, companions)?)),
    })
}

/// The properties of these changes under their names, leaves within their parents.
fn property_body(changes: &[Change], companions: &[Companion]) -> Result<Map<String, Json>, EncodeError> {
    if changes.is_empty() {
        return Err(EncodeError::Nothing);
    }
    let mut body = Map::new();
    for change in changes {
        let value = value(change.attribute, &change.after)?;
        put(&mut body, change.attribute, value)?;
    }
    for companion in companions {
        let value = match &companion.value {
            // As it is, even where it could not be cleared: there is nothing to clear.
            Value::Empty => Json::Null,
            present => value(companion.attribute, present)?,
        };
        put_at(
            &mut body,
            companion.attribute,
            companion_place(companion.attribute)?,
            value,
        )?;
    }
    Ok(body)
}

fn put(body: &mut Map<String, Json>, attribute: &'static Attribute, value: Json) -> Result<(), EncodeError> {
    let WriteRule::MainPatch(place) = attribute.write else {
        return Err(EncodeError::NotWritten(attribute.name));
    };
    put_at(body, attribute, place, value)
}

/// Where a value that does not change travels along: also bytes, which are never edited.
fn companion_place(attribute: &'static Attribute) -> Result<PatchPlace, EncodeError> {
    match (attribute.write, attribute.parent_and_leaf()) {
        (WriteRule::MainPatch(place), _) => Ok(place),
        (WriteRule::ReadOnly(ReadOnlyReason::Bytes), Some((parent, leaf))) => {
            Ok(PatchPlace::WholeParent { parent, leaf })
        }
        _ => Err(EncodeError::NotWritten(attribute.name)),
    }
}

fn put_at(
    body: &mut Map<String, Json>,
    attribute: &'static Attribute,
    place: PatchPlace,
    value: Json,
) -> Result<(), EncodeError> {
    let before = match place {
        PatchPlace::InSet { parent, set, leaf } => {
            return security::put(body, (parent, set, leaf), attribute.extension, value)
                .ok_or(EncodeError::Twice(attribute.name));
        }
        PatchPlace::Property => body.insert(attribute.name.to_owned(), value),
        PatchPlace::Leaf { parent, leaf } | PatchPlace::WholeParent { parent, leaf } => {
            let object = body
                .entry(parent)
                .or_insert_with(|| Json::Object(Map::new()))
                .as_object_mut()
                .ok_or(EncodeError::Twice(attribute.name))?;
            object.insert(leaf.to_owned(), value)
        }
    };
    match before {
        Some(_) => Err(EncodeError::Twice(attribute.name)),
        None => Ok(()),
    }
}

/// The JSON of a value, or of a clear. An empty text is never sent: the service refuses it, and it would not be a clear.
fn value(attribute: &'static Attribute, value: &Value) -> Result<Json, EncodeError> {
    let wrong = Err(EncodeError::WrongType(attribute.name));
    match (attribute.kind, value) {
        (Kind::Json | Kind::Reference | Kind::References { .. }, _) => {
            Err(EncodeError::NotWritten(attribute.name))
        }
        (_, Value::Empty) => match attribute.clear {
            ClearRule::Null => Ok(Json::Null),
            ClearRule::EmptyList => Ok(json!([])),
            ClearRule::Never => Err(EncodeError::NotCleared(attribute.name)),
        },
        (Kind::Boolean, Value::Boolean(value)) => Ok(json!(value)),
        (Kind::Integer, Value::Integer(value)) => Ok(json!(value)),
        (Kind::TextList { .. } | Kind::EmailList { .. }, Value::List(items)) if !items.is_empty() => {
            let typed = items.iter().map(|item| item_of(attribute, item));
            typed
                .collect::<Option<Vec<Json>>>()
                .map(Json::Array)
                .ok_or(EncodeError::WrongType(attribute.name))
        }
        (Kind::Identities { .. }, Value::List(items)) if !items.is_empty() => {
            identities_json(items).ok_or(EncodeError::WrongType(attribute.name))
        }
        (
            Kind::Boolean
            | Kind::Integer
            | Kind::TextList { .. }
            | Kind::EmailList { .. }
            | Kind::Identities { .. },
            _,
        ) => wrong,
        (_, Value::Text(text)) if !text.is_empty() => Ok(json!(text)),
        (_, _) => wrong,
    }
}

/// One value of a list, of the type that an extension has.
fn item_of(attribute: &Attribute, item: &str) -> Option<Json> {
    match attribute.extension.map(|extension| extension.data) {
        Some(DataType::Integer | DataType::LargeInteger) => Some(json!(item.parse::<i64>().ok()?)),
        Some(DataType::Boolean) => Some(json!(item.parse::<bool>().ok()?)),
        _ => Some(json!(item)),
    }
}

/// The password is not among the changes; it is added when the request is sent.
fn create(changes: &[Change]) -> Result<Encoded, EncodeError> {
    let body = property_body(changes, &[])?;
    Ok(Encoded {
        method: Method::POST,
        path: "/users".to_owned(),
        body: Some(Json::Object(body)),
    })
}

/// The profile store takes its attributes together, and nothing of the directory beside them.
fn profile(user: UserId, changes: &[Change]) -> Result<Encoded, EncodeError> {
    if changes.is_empty() {
        return Err(EncodeError::Nothing);
    }
    let mut body = Map::new();
    for change in changes {
        if change.attribute.write != WriteRule::ProfilePatch {
            return Err(EncodeError::NotWritten(change.attribute.name));
        }
        let value = value(change.attribute, &change.after)?;
        if body.insert(change.attribute.name.to_owned(), value).is_some() {
            return Err(EncodeError::Twice(change.attribute.name));
        }
    }
    Ok(Encoded {
        method: Method::PATCH,
        path: format!("/users/{user}"),
        body: Some(Json::Object(body)),
    })
}

fn relation(user: UserId, change: &Change, root: &str) -> Result<Encoded, EncodeError> {
    let WriteRule::Reference { navigation } = change.attribute.write else {
        return Err(EncodeError::NotWritten(change.attribute.name));
    };
    let path = format!("/users/{user}/{navigation}/$ref");
    match &change.after {
        Value::Empty => match change.attribute.clear {
            ClearRule::Never => Err(EncodeError::NotCleared(change.attribute.name)),
            ClearRule::Null | ClearRule::EmptyList => Ok(Encoded {
                method: Method::DELETE,
                path,
                body: None,
            }),
        },
        Value::Reference(reference) => Ok(Encoded {
            method: Method::PUT,
            path,
            body: Some(link(reference, root)),
        }),
        _ => Err(EncodeError::WrongType(change.attribute.name)),
    }
}

/// The body that names another object.
pub(super) fn link(Reference { id, upn }: &Reference, root: &str) -> Json {
    // A contact or a group has no userPrincipalName and is no user; the general collection holds all of them.
    let collection = if upn.is_some() {
        "users"
    } else {
        "directoryObjects"
    };
    json!({ "@odata.id": format!("{root}/{collection}/{id}") })
}
