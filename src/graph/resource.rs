//! What lies below a user under an address of its own: its value out of an answer, and the request that changes it.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::decode::reference_of;
use super::encode::{EncodeError, Encoded, link};
use crate::catalogue::{PhoneType, Resource};
use crate::domain::{Change, Reference, UserId, Value};

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
    if resource == Resource::Sponsors {
        return people(items, body.get("@odata.nextLink"));
    }
    let (wanted, property) = match resource {
        Resource::Phone(phone) => (phone_id(phone), "phoneNumber"),
        Resource::Email => (EMAIL_ID, "emailAddress"),
        // A picture is no item of a collection: `pictures` reads it.
        Resource::Photo | Resource::Sponsors => return None,
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

/// The users and groups in a list. A part of it says nothing about who else is in it.
fn people(items: &[Json], next: Option<&Json>) -> Option<Value> {
    if next.is_some() {
        return None;
    }
    let people: Option<Vec<Reference>> = items
        .iter()
        .map(|item| match reference_of(item.as_object()?.clone()) {
            Value::Reference(one) => Some(one),
            _ => None,
        })
        .collect();
    people.map(Value::references)
}

/// The request for one change: POST where there was nothing, PATCH where there was, DELETE where nothing is to be.
/// `root` is `{graph_url}/v1.0`.
pub(super) fn write(
    user: UserId,
    resource: Resource,
    change: &Change,
    root: &str,
) -> Result<Encoded, EncodeError> {
    let collection = format!("/users/{user}/{}", resource.path());
    if resource == Resource::Sponsors {
        return match (&change.before, &change.after) {
            (_, Value::Reference(one)) => Ok(Encoded {
                method: Method::POST,
                path: format!("{collection}/$ref"),
                body: Some(link(one, root)),
            }),
            (Value::Reference(one), Value::Empty) => Ok(Encoded {
                method: Method::DELETE,
                path: format!("{collection}/{}/$ref", one.id),
                body: None,
            }),
            _ => Err(EncodeError::WrongType(change.attribute.name)),
        };
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    const ROOT: &str = "https://graph.example/v1.0";

    fn reference(byte: u8, upn: Option<&str>) -> Value {
        Value::Reference(Reference {
            id: UserId::from_bytes([byte; 16]),
            upn: upn.map(str::to_owned),
        })
    }

    fn encoded(before: Value, after: Value) -> Encoded {
        let attribute = catalogue::by_name("sponsors").unwrap();
        let change = Change {
            attribute,
            before,
            after,
        };
        write(UserId::from_bytes([1; 16]), Resource::Sponsors, &change, ROOT).unwrap()
    }

    #[test]
    fn sponsors_are_read_with_their_ids_and_a_part_of_the_list_is_no_list() {
        let (user, group) = (UserId::from_bytes([2; 16]), UserId::from_bytes([3; 16]));
        let mut body = json!({"value": [
            {"@odata.type": "#microsoft.graph.user", "id": user.to_string(), "userPrincipalName": "a@x.example"},
            {"@odata.type": "#microsoft.graph.group", "id": group.to_string(), "displayName": "G"},
        ]});
        let read = value_in(Resource::Sponsors, &body).unwrap();
        assert_eq!(read.to_cell(), format!("{group}; a@x.example"));
        body["@odata.nextLink"] = json!("more");
        assert_eq!(value_in(Resource::Sponsors, &body), None);
        assert_eq!(
            value_in(Resource::Sponsors, &json!({"value": []})),
            Some(Value::Empty)
        );
        assert_eq!(value_in(Resource::Sponsors, &json!({"value": [{}]})), None);
    }

    #[test]
    fn a_sponsor_is_added_by_a_link_and_taken_away_by_an_address() {
        let own = UserId::from_bytes([1; 16]);
        for (upn, collection) in [(Some("a@x.example"), "users"), (None, "directoryObjects")] {
            let given = encoded(Value::Empty, reference(2, upn));
            assert_eq!(given.method, Method::POST);
            assert_eq!(given.path, format!("/users/{own}/sponsors/$ref"));
            let id = UserId::from_bytes([2; 16]);
            assert_eq!(
                given.body,
                Some(json!({"@odata.id": format!("{ROOT}/{collection}/{id}")}))
            );
            let taken = encoded(reference(2, upn), Value::Empty);
            assert_eq!(taken.method, Method::DELETE);
            assert_eq!(taken.path, format!("/users/{own}/sponsors/{id}/$ref"));
            assert_eq!(taken.body, None);
        }
    }
}
