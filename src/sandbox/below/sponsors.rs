//! Sponsors of a user, usually of a guest: people who answer for them.
//!
//! <https://learn.microsoft.com/graph/api/user-list-sponsors>, <https://learn.microsoft.com/graph/api/user-post-sponsors>,
//! <https://learn.microsoft.com/graph/api/user-delete-sponsors>. That there are five at most is said, and not documented for
//! these requests; the words of the refusals are not documented. Groups can be sponsors too; this directory has none.

use super::super::{
    directory::{Directory, Effect, at},
    record, relation,
    reply::{Refusal, Reply},
    select::Caller,
    update,
    view::View,
};
use serde_json::{Value, json};

/// The most sponsors of one user.
const MOST: usize = 5;

/// What of the collection is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `sponsors`
    All,
    /// `sponsors/$ref`
    Add,
    /// `sponsors/{id}/$ref`
    One(String),
}

impl Target {
    pub fn read(segments: &[&str]) -> Option<Target> {
        match segments {
            [] => Some(Target::All),
            ["$ref"] => Some(Target::Add),
            [id, "$ref"] => Some(Target::One((*id).to_owned())),
            _ => None,
        }
    }

    pub fn permit(&self, method: &str, caller: &Caller) -> Result<(), Refusal> {
        let readers = [
            "User.Read.All",
            "User.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ];
        let allowed = match (method, self) {
            ("GET", Target::All) => caller.has_one(&readers),
            ("POST", Target::Add) | ("DELETE", Target::One(_)) => update::may_relate(caller),
            _ => return Err(Refusal::method()),
        };
        if allowed { Ok(()) } else { Err(Refusal::denied()) }
    }

    pub fn show(&self, user: &View<'_>, base: &str) -> Result<Reply, Refusal> {
        let people: Vec<Value> = kept(user)
            .iter()
            .filter_map(|id| {
                let sponsor = user.directory.view(user.directory.resolve(id)?, None);
                Some(json!({
                    "@odata.type": "#microsoft.graph.user",
                    "id": id,
                    "displayName": sponsor.value(*at::DISPLAY_NAME),
                    "userPrincipalName": sponsor.value(*at::UPN),
                }))
            })
            .collect();
        let context = format!("{base}/v1.0/$metadata#directoryObjects");
        Ok(Reply::json(
            json!({"@odata.context": context, "value": people}).to_string(),
        ))
    }

    pub fn change(
        &self,
        directory: &Directory,
        place: u32,
        body: &Value,
        base: &str,
    ) -> Result<(Effect, Reply), Refusal> {
        if directory.record(place).raw(*at::RESTRICTED) == Some("true") {
            return Err(Refusal::denied());
        }
        let mut sponsors = kept(&directory.view(place, None));
        match self {
            Target::One(id) => {
                let before = sponsors.len();
                sponsors.retain(|known| !known.eq_ignore_ascii_case(id));
                if sponsors.len() == before {
                    return Err(Refusal::absent(id));
                }
            }
            Target::All | Target::Add => {
                let id = relation::linked(body, base)?;
                let sponsor = directory.resolve(&id).ok_or_else(|| Refusal::absent(&id))?;
                let id = directory.id(sponsor);
                if sponsors.contains(&id) {
                    return Err(Refusal::bad(
                        "One or more added object references already exist for the following modified properties: 'sponsors'.",
                    ));
                }
                if sponsors.len() >= MOST {
                    return Err(Refusal::bad(format!("A user can have {MOST} sponsors at most.")));
                }
                sponsors.push(id);
            }
        }
        let effect = Effect {
            settings: vec![record::packed(*at::SPONSORS, &json!(sponsors))],
            manager: None,
        };
        Ok((effect, Reply::done()))
    }
}

/// The ids of the sponsors, in the order in which they came.
fn kept(user: &View<'_>) -> Vec<String> {
    match user.value(*at::SPONSORS) {
        Value::Array(ids) => ids.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
