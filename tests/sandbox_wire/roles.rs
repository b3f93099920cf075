//! Role assignments, as `GET /roleManagement/directory/roleAssignments` lists them.

use crate::{Desk, people, send};
use dirsheet::sandbox::{People, SandboxOptions, base64};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/roleManagement/directory/roleAssignments";
const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
const USER: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";

fn reading(from: SandboxOptions) -> SandboxOptions {
    SandboxOptions {
        roles: vec![
            "User.Read.All".to_owned(),
            "RoleManagement.Read.Directory".to_owned(),
        ],
        app_role: Some("User Administrator".to_owned()),
        ..from
    }
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn users_and_the_application_stand_in_the_list_with_the_ids_of_their_roles() {
    let desk = Desk::open(reading(people(60))).await;
    let (all, pages) = desk.all(&format!("{PATH}?$expand=principal")).await;
    assert_eq!(pages, 1);
    let head = desk.find(|user| user["roles"] == json!(["Global Administrator"]));
    let of_head = all.iter().find(|one| one["principalId"] == head["id"]).unwrap();
    assert_eq!(of_head["roleDefinitionId"], GLOBAL);
    assert_eq!(of_head["directoryScopeId"], "/");
    assert_eq!(of_head["principal"]["@odata.type"], "#microsoft.graph.user");
    let claims = claims(&desk.token);
    let own = all
        .iter()
        .find(|one| one["principalId"] == claims["oid"])
        .unwrap();
    assert_eq!(own["roleDefinitionId"], USER);
    assert_eq!(
        own["principal"]["@odata.type"],
        "#microsoft.graph.servicePrincipal"
    );
    assert!(claims["wids"].as_array().unwrap().contains(&USER.into()));
    let (plain, _) = desk.all(PATH).await;
    assert_eq!(plain.len(), all.len());
    assert!(plain.iter().all(|one| one.get("principal").is_none()));
}

#[tokio::test]
async fn a_long_list_comes_in_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    let rows: String = (0..230)
        .map(|at| format!("p{at}@contoso.example,Person {at},Helpdesk Administrator\n"))
        .collect();
    std::fs::write(&path, format!("userPrincipalName,displayName,roles\n{rows}")).unwrap();
    let desk = Desk::open(reading(SandboxOptions {
        people: People::FromSheet(path),
        ..people(0)
    }))
    .await;
    let (all, pages) = desk.all(&format!("{PATH}?$expand=principal")).await;
    assert_eq!((all.len(), pages), (231, 3));
    let wrong = desk.get(&format!("{PATH}?$skiptoken=nonsense")).await;
    assert_eq!(wrong.refusal().0, 400);
}

#[tokio::test]
async fn a_role_is_given_once_and_taken_by_the_id_of_its_assignment() {
    let desk = Desk::open(SandboxOptions {
        roles: vec![
            "RoleManagement.ReadWrite.Directory".to_owned(),
            "User.Read.All".to_owned(),
        ],
        ..people(20)
    })
    .await;
    let (definitions, _) = desk.all("/roleManagement/directory/roleDefinitions").await;
    let global = definitions.iter().find(|role| role["id"] == GLOBAL).unwrap();
    assert_eq!(global["displayName"], "Global Administrator");
    assert_eq!(global["isPrivileged"], true);
    let user = desk.plain();
    let give = |role: &str, scope: Value| {
        let mut body = json!({"roleDefinitionId": role, "principalId": user.clone()});
        if !scope.is_null() {
            body["directoryScopeId"] = scope;
        }
        send(desk.request(Method::POST, PATH).json(&body))
    };
    let given = give(USER, json!("/")).await;
    assert_eq!(given.status, 201);
    assert_eq!(give(USER, json!("/")).await.refusal().0, 400);
    assert_eq!(give(GLOBAL, Value::Null).await.refusal().0, 400);
    assert_eq!(give("nobody", json!("/")).await.refusal().0, 404);
    let (all, _) = desk.all(PATH).await;
    let own: Vec<_> = all.iter().filter(|one| one["principalId"] == user).collect();
    assert_eq!(own.len(), 1);
    let path = format!("{PATH}/{}", own[0]["id"].as_str().unwrap());
    assert_eq!(send(desk.request(Method::DELETE, &path)).await.status, 204);
    assert_eq!(send(desk.request(Method::DELETE, &path)).await.refusal().0, 404);
}

#[tokio::test]
async fn without_the_permission_nobody_sees_who_holds_roles() {
    let desk = Desk::with(5).await;
    let (status, code, _) = {
        let answer = desk.get(PATH).await;
        let (status, code, detail) = answer.refusal();
        (status, code.to_owned(), detail)
    };
    assert_eq!((status, code.as_str()), (403, "Authorization_RequestDenied"));
    let reader = Desk::open(reading(people(5))).await;
    let body = json!({"roleDefinitionId": USER, "principalId": reader.plain(), "directoryScopeId": "/"});
    let refused = send(reader.request(Method::POST, PATH).json(&body)).await;
    assert_eq!(refused.refusal().0, 403);
}
