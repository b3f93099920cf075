//! Role assignments against a server on this machine.

use serde_json::json;

use super::super::testing::{Server, json_answer, plain_answer};
use super::super::*;

fn assignment(principal: &str, kind: &str, scope: &str) -> serde_json::Value {
    json!({"roleDefinitionId": "r-1", "principalId": principal, "directoryScopeId": scope,
           "principal": {"@odata.type": kind, "id": principal}})
}

#[tokio::test]
async fn assignments_are_read_page_by_page_and_groups_and_scopes_are_told_apart() {
    let server = Server::start(|number, seen| {
        let host = seen.headers["host"].to_str().unwrap();
        if number == 0 {
            assert!(
                seen.uri
                    .to_string()
                    .ends_with("roleAssignments?$expand=principal"),
                "{}",
                seen.uri
            );
            let next = format!("http://{host}/v1.0/roleManagement/directory/roleAssignments?$skiptoken=2");
            let first = assignment("u-1", "#microsoft.graph.user", "/");
            json_answer(200, &json!({"value": [first], "@odata.nextLink": next}))
        } else {
            let group = assignment("g-1", "#microsoft.graph.group", "/administrativeUnits/a");
            json_answer(
                200,
                &json!({"value": [group, {"roleDefinitionId": "r-2", "principalId": "p-3"}]}),
            )
        }
    })
    .await;
    let reader = DirectoryReader::new(server.session());
    let found = reader.role_assignments().await.unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.principal.as_str(), one.principal_is_group))
        .collect();
    assert_eq!(told, [("u-1", Some(false)), ("g-1", Some(true)), ("p-3", None)]);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn the_members_of_a_group_are_ids_and_a_refusal_is_no_retry() {
    let server = Server::start(|_, seen| {
        if seen.uri.path().ends_with("/groups/0a-1/members") {
            json_answer(200, &json!({"value": [{"id": "u-1"}, {"id": "u-2"}]}))
        } else {
            plain_answer(403, &[], "{}")
        }
    })
    .await;
    let reader = DirectoryReader::new(server.session());
    // What is no part of an id does not get into the address.
    assert_eq!(reader.group_members("0a-1/../").await.unwrap(), ["u-1", "u-2"]);
    let refused = reader.role_assignments().await.unwrap_err();
    assert!(
        matches!(refused, CallError::Graph { ref error, .. } if error.status == 403),
        "{refused:?}"
    );
    assert_eq!(server.seen().len(), 2);
}
