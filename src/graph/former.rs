//! Deleted users by the userPrincipalName they had. <https://learn.microsoft.com/graph/api/directory-deleteditems-list>

use std::time::Duration;

use serde_json::Value as Json;

use super::account::{deleted_state, deleted_user};
use super::ask::Ask;
use super::by_value::quoted;
use super::call_error::CallError;
use super::envelope::ItemResponse;
use super::error::GraphError;
use super::lookup::{Lookup, not_shown};
use super::query::{PAGE_SIZE_MAX, encoded};
use super::reader::DirectoryReader;
use crate::domain::{BATCH_OPERATIONS_MAX, Columns, DeletedUser, UpnKey, UserId};

/// The deleted users who had one name, or why the service does not say.
pub type FormerLookup = Result<Vec<DeletedUser>, Box<GraphError>>;

impl DirectoryReader {
    /// Reads the deleted users who had one of these names, one result for each name, in their order.
    ///
    /// # Errors
    /// [`CallError`] when a whole request failed after all attempts.
    pub async fn deleted_by_name(
        &self,
        names: &[UpnKey],
        columns: &Columns,
    ) -> Result<Vec<FormerLookup>, CallError> {
        let mut found = Vec::with_capacity(names.len());
        for names in names.chunks(BATCH_OPERATIONS_MAX) {
            let asks: Vec<Ask> = names.iter().map(ask).collect();
            let read = |at: usize, response, wish| match names.get(at) {
                Some(name) => read(name, response, wish, columns),
                None => Ok(Ok(Vec::new())),
            };
            found.extend(self.ask_together(&asks, read, Err).await?);
        }
        Ok(found)
    }
}

/// The service may have put the id before the name, so the name is asked for as an end; that takes the advanced query engine.
fn ask(name: &UpnKey) -> Ask {
    let filter = format!("endsWith(userPrincipalName,{})", quoted(name.as_str()));
    Ask {
        path: format!(
            "/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName,displayName,deletedDateTime&$top={PAGE_SIZE_MAX}&$count=true&$filter={}",
            encoded(&filter)
        ),
        eventual: true,
        resource_units: 2,
        lane: None,
    }
}

fn read(
    name: &UpnKey,
    response: ItemResponse,
    retry_after: Option<Duration>,
    columns: &Columns,
) -> Result<FormerLookup, CallError> {
    let ItemResponse {
        status,
        headers,
        body,
    } = response;
    if status != 200 {
        let error = GraphError::of_json(status, &body).with_headers(&headers);
        return Ok(match not_shown(error, retry_after)? {
            Lookup::Failed(error) => Err(error),
            Lookup::Found(_) | Lookup::NotFound | Lookup::Mismatch => Ok(Vec::new()),
        });
    }
    if body.get("@odata.nextLink").is_some() {
        return Err(CallError::Unsupported {
            what: format!("more than {PAGE_SIZE_MAX} deleted users whose names end with one text"),
        });
    }
    let users = body.get("value").and_then(Json::as_array).into_iter().flatten();
    Ok(Ok(users.filter_map(|user| named(name, user, columns)).collect()))
}

/// The deleted user, if this was its whole name and not only the end of it.
fn named(name: &UpnKey, user: &Json, columns: &Columns) -> Option<DeletedUser> {
    let text = |key: &str| user.get(key).and_then(Json::as_str);
    let id = UserId::parse(text("id")?)?;
    let (upn, display_name) = deleted_user(id, user)?;
    (UpnKey::new(&upn) == *name).then(|| DeletedUser {
        user: deleted_state(id, &upn, display_name.as_deref(), columns),
        deleted: text("deletedDateTime").unwrap_or("at an unknown time").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: Json) -> Result<FormerLookup, CallError> {
        let response = ItemResponse {
            status,
            headers: Default::default(),
            body,
        };
        read(
            &UpnKey::new("Jan@contoso.example"),
            response,
            None,
            &Vec::new().into(),
        )
    }

    #[test]
    fn only_the_whole_name_counts_with_or_without_the_id_before_it() {
        let id = |last: u8| format!("0a1b2c3d-0000-4000-8000-0000000000{last:02x}");
        let user = |last: u8, upn: &str| json!({"id": id(last), "userPrincipalName": upn, "deletedDateTime": "2026-01-02T03:04:05Z"});
        let found = answer(
            200,
            json!({"value": [
                user(1, "0a1b2c3d000040008000000000000001jan@contoso.example"),
                user(2, "JAN@contoso.example"),
                user(3, "0a1b2c3d000040008000000000000003annejan@contoso.example"),
                // Another one's id is part of the name.
                user(4, "0a1b2c3d000040008000000000000001jan@contoso.example"),
                {"id": id(5), "userPrincipalName": "jan@contoso.example", "@odata.type": "#microsoft.graph.group"},
            ]}),
        );
        let ids: Vec<String> = found
            .unwrap()
            .unwrap()
            .iter()
            .map(|one| one.user.id.to_string())
            .collect();
        assert_eq!(ids, [id(1), id(2)]);
    }

    #[test]
    fn a_refusal_is_told_and_no_answer_counts_as_nobody_by_mistake() {
        let denied = json!({"error": {"code": "Authorization_RequestDenied", "message": "no"}});
        assert!(answer(403, denied).unwrap().is_err());
        assert!(answer(503, json!(null)).is_err());
        assert!(answer(200, json!({"value": [], "@odata.nextLink": "https://x"})).is_err());
        assert_eq!(answer(200, json!({"value": []})).unwrap().unwrap(), []);
    }

    #[test]
    fn quotes_in_a_name_end_no_filter() {
        let asked = ask(&UpnKey::new("o'brien@contoso.example"));
        assert!(
            asked.eventual && asked.path.contains("%27o%27%27brien@contoso.example%27"),
            "{}",
            asked.path
        );
    }
}
