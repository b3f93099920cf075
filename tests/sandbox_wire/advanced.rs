//! Counting, searching, sorting and expanding.

use crate::Desk;

#[tokio::test]
async fn counting_needs_the_header_and_is_silently_left_out_without_it() {
    let desk = Desk::with(40).await;
    assert!(desk.get("/users?$count=true").await.json["@odata.count"].is_null());
    assert_eq!(desk.advanced("/users?$count=true").await.json["@odata.count"], 40);
    let answer = desk.get("/users/$count").await;
    assert_eq!(
        (answer.refusal().0, answer.message()),
        (400, "$count is not currently supported.")
    );
    let answer = desk.advanced("/users/$count").await;
    assert_eq!(
        (answer.text.as_str(), answer.header("content-type")),
        ("40", "text/plain")
    );
    let page = desk.advanced("/users?$count=true&$top=5").await;
    let second = desk
        .advanced(page.json["@odata.nextLink"].as_str().unwrap())
        .await;
    assert!(second.json["@odata.count"].is_null(), "only on page one");
}

#[tokio::test]
async fn advanced_queries_need_both_parameters_on_every_page() {
    let desk = Desk::with(200).await;
    let path = "/users?$select=id&$top=5&$count=true&$filter=userType%20ne%20'Guest'";
    let answer = desk.get(path).await;
    assert_eq!(answer.refusal().1, "Request_UnsupportedQuery");
    assert!(
        answer
            .message()
            .starts_with("Operator 'ne' is not supported because the required parameters")
    );
    let page = desk.advanced(path).await;
    assert_eq!(page.status, 200);
    let next = page.json["@odata.nextLink"].as_str().unwrap();
    assert_eq!(
        desk.get(next).await.status,
        400,
        "the link does not carry the header"
    );
    assert_eq!(desk.advanced(next).await.status, 200);
    let answer = desk.get("/users?$search=%22displayName:an%22").await;
    assert!(answer.message().contains("special request header"));
    assert_eq!(
        desk.advanced("/users?$search=%22displayName:an%22").await.status,
        200
    );
}

#[tokio::test]
async fn sorting_is_by_name_in_plain_mode_and_not_together_with_a_filter() {
    let desk = Desk::with(120).await;
    let (users, _) = desk
        .all("/users?$select=userPrincipalName&$orderby=userPrincipalName&$top=50")
        .await;
    let names: Vec<String> = users
        .iter()
        .map(|u| u["userPrincipalName"].as_str().unwrap().to_lowercase())
        .collect();
    assert!(names.is_sorted() && names.len() == 120);
    assert_eq!(desk.get("/users?$orderby=city").await.status, 400);
    assert_eq!(
        desk.get("/users?$orderby=displayName&$filter=userType%20eq%20'Guest'")
            .await
            .status,
        400
    );
    assert_eq!(
        desk.advanced("/users?$orderby=displayName&$count=true&$filter=userType%20eq%20'Guest'")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_manager_comes_plain_or_in_the_documented_form() {
    let desk = Desk::with(60).await;
    let (users, _) = desk.all("/users?$select=id&$expand=manager&$top=20").await;
    assert_eq!(
        users.iter().filter(|user| user["manager"].is_object()).count(),
        desk.sandbox
            .dump()
            .iter()
            .filter(|u| !u["manager"].is_null())
            .count()
    );
    let form = "/users?$select=id&$count=true&$expand=manager($levels=1;$select=id,userPrincipalName)";
    let answer = desk.advanced(form).await;
    let user = answer.json["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["manager"].is_object())
        .unwrap();
    assert_eq!(user["manager"].as_object().unwrap().len(), 3, "type, id and name");
    assert_eq!(desk.get(form).await.status, 400);
    assert_eq!(desk.get("/users?$expand=manager($select=id)").await.status, 400);
    assert_eq!(
        desk.advanced("/users?$count=true&$expand=manager").await.status,
        400
    );
    let answer = desk.get("/users?$expand=photo").await;
    assert_eq!(answer.refusal().1, "ExpandNotSupported");
    let deep = desk
        .advanced("/users?$select=id&$count=true&$expand=manager($levels=max;$select=id)")
        .await;
    assert!(
        deep.json["value"]
            .as_array()
            .unwrap()
            .iter()
            .any(|user| user["manager"]["manager"].is_object())
    );
}
