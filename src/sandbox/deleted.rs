//! Deleted users: how a user comes among them, is read there, and comes back.
//!
//! <https://learn.microsoft.com/graph/api/user-delete>, <https://learn.microsoft.com/graph/api/directory-deleteditems-list>,
//! <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>, and how one goes for good,
//! <https://learn.microsoft.com/graph/api/directory-deleteditems-delete>. Nobody goes by itself: the documents give 30 days, and a
//! sandbox does not live so long.

use super::{
    directory::{Directory, Effect, at},
    filter::Filter,
    query::Query,
    record,
    reply::{Refusal, Reply},
    roles, schema,
    select::Caller,
    update,
    view::View,
};
use serde_json::{Value, json};
use tokio::time::Instant;

/// The properties of the default set, of which an answer about a deleted user is made.
const SHOWN: [&str; 8] = [
    "id",
    "userPrincipalName",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "jobTitle",
    "deletedDateTime",
];

/// Whether the caller may read deleted users.
pub fn may_read(caller: &Caller) -> Result<(), Refusal> {
    let readers = [
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ];
    if caller.has_one(&readers) {
        Ok(())
    } else {
        Err(Refusal::denied())
    }
}

/// Deleting and restoring are sensitive actions: against holders of roles they need a higher one.
fn permitted(directory: &Directory, place: u32, caller: &Caller) -> Result<(), Refusal> {
    let restricted = directory.record(place).raw(*at::RESTRICTED) == Some("true");
    if caller.has_one(&["User.DeleteRestore.All"])
        && !restricted
        && roles::may_touch(caller.app_role.as_deref(), directory.roles(place))
    {
        Ok(())
    } else {
        Err(Refusal::denied())
    }
}

/// A moment as the service writes it, later than the one that is stored.
pub fn later(directory: &Directory, place: u32, slot: u8) -> String {
    let now = jiff::Timestamp::now();
    let known = directory.record(place).text(slot);
    let known = known.and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let next = known.and_then(|known| known.checked_add(jiff::Span::new().seconds(1)).ok());
    let moment = next.map_or(now, |next| next.max(now));
    record::quote(&moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// What deleting a user does.
pub fn delete(directory: &Directory, place: u32, caller: &Caller) -> Result<Effect, Refusal> {
    permitted(directory, place, caller)?;
    Ok(Effect {
        settings: vec![(*at::DELETED, Some(later(directory, place, *at::DELETED)))],
        manager: None,
    })
}

/// What it does when a deleted user goes for good: nothing of it stays but the id.
pub fn purge(directory: &Directory, place: u32, caller: &Caller) -> Result<Effect, Refusal> {
    permitted(directory, place, caller)?;
    Ok(gone(directory, place))
}

/// The same, whoever wants it.
pub fn gone(directory: &Directory, place: u32) -> Effect {
    let held = directory.record(place).iter().map(|(slot, _)| slot);
    let mut settings: Vec<_> = held
        .filter(|slot| *slot != *at::DELETED)
        .map(|slot| (slot, None))
        .collect();
    settings.push((*at::GONE, Some("true".to_owned())));
    Effect {
        settings,
        manager: Some(None),
    }
}

/// What restoring a user does. Another user may have its name by now; the body may give a new one.
pub fn restore(directory: &Directory, place: u32, body: &Value, caller: &Caller) -> Result<Effect, Refusal> {
    permitted(directory, place, caller)?;
    let mut settings = vec![(*at::DELETED, None)];
    let given = body.get("newUserPrincipalName").and_then(Value::as_str);
    let name = given
        .map(str::to_owned)
        .or_else(|| directory.record(place).text(*at::UPN))
        .unwrap_or_default();
    settings.push((*at::UPN, Some(record::quote(&name))));
    if let Some(mail) = directory.record(place).text(*at::MAIL) {
        settings.push((*at::MAIL, Some(record::quote(&mail))));
    }
    let effect = Effect {
        settings,
        manager: None,
    };
    update::free(directory, place, &effect)?;
    Ok(effect)
}

/// What is asked of the list of deleted users: it takes the options of the users themselves.
#[derive(Debug)]
pub struct Listing {
    filter: Option<Filter>,
    top: usize,
    token: Option<String>,
    /// The options, as the next page needs them.
    link: String,
}

impl Listing {
    /// Reads the options; `eventual` says whether the header ConsistencyLevel was there. The properties shown are always the same.
    pub fn read(query: &Query, eventual: bool) -> Result<Listing, Refusal> {
        const PAGE: usize = 100;
        const PAGE_MAX: usize = 999;
        let advanced = eventual && query.get("$count") == Some("true");
        let filter = query.get("$filter").map(|text| Filter::read(text, advanced));
        let top = match query.get("$top") {
            None => PAGE,
            Some(text) => text
                .parse()
                .ok()
                .filter(|top| (1..=PAGE_MAX).contains(top))
                .ok_or_else(|| Refusal::bad(format!("Invalid page size specified: '{text}'.")))?,
        };
        Ok(Listing {
            filter: filter.transpose()?,
            top,
            token: query.get("$skiptoken").map(str::to_owned),
            link: query.link(),
        })
    }

    /// The deleted users on one page.
    pub fn page(&self, directory: &Directory, stale: Option<Instant>, base: &str) -> Result<Reply, Refusal> {
        let start: usize = match &self.token {
            None => 0,
            Some(token) => token
                .parse()
                .map_err(|_| Refusal::bad("The page token is not valid."))?,
        };
        let mut all = (0..directory.len() as u32)
            .map(|place| directory.view(place, stale))
            .filter(|user| user.is_deleted() && !user.is_gone())
            .map(View::marked)
            .filter(|user| self.filter.as_ref().is_none_or(|filter| filter.passes(user)))
            .skip(start);
        let page: Vec<Value> = all.by_ref().take(self.top).map(|user| object(&user)).collect();
        let mut answer = json!({
            "@odata.context": format!("{base}/v1.0/$metadata#directoryObjects"),
            "value": page,
        });
        if all.next().is_some() {
            let joint = if self.link.is_empty() { "" } else { "&" };
            answer["@odata.nextLink"] = json!(format!(
                "{base}/v1.0/directory/deletedItems/microsoft.graph.user?{}{joint}$skiptoken={}",
                self.link,
                start + self.top
            ));
        }
        Ok(Reply::json(answer.to_string()))
    }
}

/// One deleted user.
pub fn show(directory: &Directory, id: &str, stale: Option<Instant>, base: &str) -> Result<Reply, Refusal> {
    let place = directory.resolve_any(id).ok_or_else(|| Refusal::absent(id))?;
    let user = directory.view(place, stale);
    if !user.is_deleted() {
        return Err(Refusal::absent(id));
    }
    Ok(Reply::json(entity(&user.marked(), base).to_string()))
}

/// The answer to a restore: the user as it is now. A write that gets lost is answered as if it were done.
pub fn restored(directory: &Directory, id: &str, lost: bool, base: &str) -> Result<Reply, Refusal> {
    let place = directory.resolve_any(id).ok_or_else(|| Refusal::absent(id))?;
    let mut answer = entity(&directory.view(place, None), base);
    if lost {
        answer["deletedDateTime"] = Value::Null;
    }
    Ok(Reply::json(answer.to_string()))
}

fn entity(user: &View<'_>, base: &str) -> Value {
    let mut one = object(user);
    one["@odata.context"] = json!(format!("{base}/v1.0/$metadata#directoryObjects/$entity"));
    one
}

fn object(user: &View<'_>) -> Value {
    let mut one = json!({"@odata.type": "#microsoft.graph.user"});
    for name in SHOWN {
        if let Some(slot) = schema::slot(name) {
            one[name] = user.value(slot);
        }
    }
    one
}
