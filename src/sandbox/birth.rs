//! `POST /users`: a new user. <https://learn.microsoft.com/graph/api/user-post-users>

use super::{
    directory::{Directory, NewUser, at},
    list,
    record::{self, Record},
    reply::{Refusal, Reply},
    schema,
    select::{Caller, Selection},
    update,
};
use serde_json::Value;

/// What a new user must have.
const REQUIRED: [&str; 5] = [
    "accountEnabled",
    "displayName",
    "mailNickname",
    "passwordProfile",
    "userPrincipalName",
];

/// The user that a body asks for, checked as a whole.
pub fn plan(directory: &Directory, body: &Value, caller: &Caller) -> Result<NewUser, Refusal> {
    if !caller.has_one(&["User.Create", "User.ReadWrite.All", "Directory.ReadWrite.All"]) {
        return Err(Refusal::denied());
    }
    let Value::Object(given) = body else {
        return Err(Refusal::unreadable(
            "The body of the request must be a JSON object.",
        ));
    };
    for name in REQUIRED {
        let missing = match name {
            "passwordProfile" => body["passwordProfile"]["password"].as_str().is_none(),
            name => given.get(name).is_none_or(Value::is_null),
        };
        if missing {
            let why = format!("A value is required for property '{name}' of resource 'User'.");
            return Err(Refusal::bad(why.clone()).detail("MissingProperty", why, Some(name.to_owned())));
        }
    }
    let effect = update::of_new_user(directory, given)?;
    let mut settings: Vec<(u8, String)> = Vec::new();
    for (slot, json) in effect.settings {
        settings.retain(|(known, _)| *known != slot);
        settings.extend(json.map(|json| (slot, json)));
    }
    let mut put = |name: &str, json: String| {
        if let Some(slot) = schema::slot(name)
            && settings.iter().all(|(known, _)| *known != slot)
        {
            settings.push((slot, json));
        }
    };
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    put("createdDateTime", record::quote(&now));
    put("userType", record::quote("Member"));
    Ok(NewUser {
        id: uuid::Uuid::new_v4(),
        record: Record::of(settings),
        roles: Vec::new(),
    })
}

/// The answer: the new user with the properties that are shown by default.
pub fn answer(directory: &Directory, place: u32, caller: &Caller, base: &str) -> Result<Reply, Refusal> {
    // Who may create but not read is told the id alone.
    let selection = Selection::read(None, false, caller).unwrap_or(Selection {
        slots: vec![*at::ID],
        named: None,
        more: Vec::new(),
    });
    let mut text = String::new();
    directory.view(place, None).write(&selection.slots, &mut text, "");
    let context = format!(
        "{base}/v1.0/$metadata#users{}/$entity",
        list::context(&selection, None)
    );
    Ok(Reply::created(super::work::with_context(&context, &text)))
}
