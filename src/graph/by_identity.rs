//! Who has an identity. The service finds users by issuer and issuerAssignedId together, one identity to a filter; it does not find a
//! userPrincipalName so. <https://learn.microsoft.com/graph/api/resources/objectidentity>

use serde_json::Value as Json;

use super::ask::Ask;
use super::by_value::quoted;
use super::call_error::CallError;
use super::envelope::ItemResponse;
use super::error::GraphError;
use super::lookup::not_shown;
use super::reader::DirectoryReader;
use crate::domain::{BATCH_OPERATIONS_MAX, Columns, IdentityKey, UserId};

impl DirectoryReader {
    /// The users who have one of these identities, twenty identities to a request. One about which the service does not answer is
    /// nobody's, as far as this tells.
    ///
    /// # Errors
    /// [`CallError`] when a whole request failed after all attempts.
    pub async fn holders_of_identities(&self, keys: &[IdentityKey]) -> Result<Vec<UserId>, CallError> {
        let selection = self.open_selection(&Columns::from([]))?;
        let mut holders = Vec::new();
        for some in keys.chunks(BATCH_OPERATIONS_MAX) {
            let asks: Vec<Ask> = some
                .iter()
                .map(|key| Ask {
                    lane: None,
                    path: selection.list_path(Some(&filter(key)), None, false),
                    eventual: selection.advanced,
                    resource_units: selection.cost.resource_units,
                })
                .collect();
            let read = |_, response: ItemResponse, wish| {
                if response.status == 200 {
                    return Ok(ids(&response.body));
                }
                let error =
                    GraphError::of_json(response.status, &response.body).with_headers(&response.headers);
                not_shown(error, wish).map(|_| Vec::new())
            };
            let found = self.ask_together(&asks, read, Err).await?;
            holders.extend(found.into_iter().flatten());
        }
        holders.sort();
        holders.dedup();
        Ok(holders)
    }
}

fn filter(key: &IdentityKey) -> String {
    format!(
        "identities/any(c:c/issuerAssignedId eq {} and c/issuer eq {})",
        quoted(&key.assigned),
        quoted(&key.issuer)
    )
}

fn ids(body: &Json) -> Vec<UserId> {
    let users = body.get("value").and_then(Json::as_array);
    let users = users.into_iter().flatten();
    let id = |user: &Json| user.get("id").and_then(Json::as_str).and_then(UserId::parse);
    users.filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Server, json_answer};
    use super::*;

    #[test]
    fn a_filter_names_the_issuer_and_what_it_assigned_with_quotes_doubled() {
        assert_eq!(
            filter(&IdentityKey::new("Fabrikam.com", "o'x@fabrikam.com")),
            "identities/any(c:c/issuerAssignedId eq 'o''x@fabrikam.com' and c/issuer eq 'fabrikam.com')"
        );
    }

    #[tokio::test]
    async fn holders_are_the_users_of_all_lists_and_a_refused_question_has_none() {
        const ID: &str = "00000000-0000-4000-8000-000000000007";
        let server = Server::start(|_, seen| {
            let items = seen.json()["requests"].as_array().cloned().unwrap_or_default();
            let answers = items.iter().enumerate().map(|(index, item)| match index {
                0 => json!({"id": item["id"], "status": 200, "body": {"value": [{"id": ID}]}}),
                1 => json!({"id": item["id"], "status": 200, "body": {"value": []}}),
                _ => json!({"id": item["id"], "status": 400, "body": {"error": {"code": "Request_UnsupportedQuery", "message": "no"}}}),
            });
            json_answer(200, &json!({"responses": answers.collect::<Vec<_>>()}))
        })
        .await;
        let keys = ["a", "b", "c"].map(|name| IdentityKey::new("google.com", name));
        let found = DirectoryReader::new(server.session())
            .holders_of_identities(&keys)
            .await
            .unwrap();
        assert_eq!(found, [UserId::parse(ID).unwrap()]);
        assert_eq!(server.seen().len(), 1);
    }
}
