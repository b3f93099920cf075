//! What lies below a user under an address of its own: its value out of an answer, and the request that changes it.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::encode::{EncodeError, Encoded};
use crate::catalogue::{PhoneType, Resource};
use crate::domain::{Change, UserId, Value};

/// The identifiers of the phone methods, the same for every user.
/// <https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod#properties>
const fn phone_id(phone: PhoneType) -> &'static str {
    match phone {
        PhoneType::Mobile => "3179e48a-750b-4051-897c-87b9720928f7",
        PhoneType::AlternateMobile => "b6332ec1-7057-4abe-9331-3d72feddfe41",
        PhoneType::Office => "e37fc753-ff3b-4958-9484-eaa9425c82bc",
    }
}

/// The identifier of the email method, the same for every user.
const EMAIL_ID: &str = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f";

/// The value in an answer to `GET /users/{id}/{path}`; `None` when the answer is not of the documented form.
pub(super) fn value_in(resource: Resource, body: &Json) -> Option<Value> {
    let items = body.get("value")?.as_array()?;
    let (wanted, property) = match resource {
        Resource::Phone(phone) => (phone_id(phone), "phoneNumber"),
        Resource::Email => (EMAIL_ID, "emailAddress"),
        // A picture is no item of a collection: `pictures` reads it.
        Resource::Photo => return None,
    };
    let is_it = |item: &&Json| {
        let id = item.get("id").and_then(Json::as_str);
        id.is_some_and(|id| id.eq_ignore_ascii_case(wanted))
    };
    let Some(item) = items.iter().find(is_it) else {
        return Some(Value::Empty);
    };
    match item.get(property)? {
        Json::Null => Some(Value::Empty),
        Json::String(text) if text.is_empty() => Some(Value::Empty),
        Json::String(text) => Some(Value::Text(text.clone())),
        _ => None,
    }
}

/// The request for one change: POST where there was nothing, PATCH where there was, DELETE where nothing is to be.
pub(super) fn write(user: UserId, resource: Resource, change: &Change) -> Result<Encoded, EncodeError> {
    let collection = format!("/users/{user}/{}", resource.path());
    let (id, body) = match (resource, &change.after) {
        (Resource::Phone(phone), Value::Text(number)) if !number.is_empty() => (
            phone_id(phone),
            Some(json!({ "phoneNumber": number, "phoneType": phone.name() })),
        ),
        (Resource::Email, Value::Text(address)) if !address.is_empty() => {
            (EMAIL_ID, Some(json!({ "emailAddress": address })))
        }
        (Resource::Phone(phone), Value::Empty) => (phone_id(phone), None),
        (Resource::Email, Value::Empty) => (EMAIL_ID, None),
        _ => return Err(EncodeError::WrongType(change.attribute.name)),
    };
    Ok(match body {
        None => Encoded {
            method: Method::DELETE,
            path: format!("{collection}/{id}"),
            body: None,
        },
        Some(body) if change.before.is_empty() => Encoded {
            method: Method::POST,
            path: collection,
            body: Some(body),
        },
        Some(body) => Encoded {
            method: Method::PATCH,
            path: format!("{collection}/{id}"),
            body: Some(body),
        },
    })
}
