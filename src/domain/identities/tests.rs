//! Identities in a cell and in a plan.

use super::*;
use crate::domain::tests::fixtures::*;

const UPN: &str = "userPrincipalName|contoso.example|user1@example.com";

#[test]
fn a_cell_of_identities_is_read_or_refused_with_its_rule() {
    let attribute = attribute(IDENTITIES);
    for (text, rule) in [
        (UPN.to_owned(), None),
        (format!("{UPN}; emailAddress|contoso.example|a@b.example"), None),
        (format!("{UPN}; userName|contoso.example|user_1"), None),
        (format!("{UPN}; federated|google.com|123|45"), None),
        (format!("{UPN}; federated|google.com|"), None),
        (
            "emailAddress|contoso.example|a@b.example".to_owned(),
            Some("not-an-identity"),
        ),
        (format!("{UPN}; {UPN}"), Some("not-an-identity")),
        (
            format!("{UPN}; emailAddress|contoso.example"),
            Some("not-an-identity"),
        ),
        (
            format!("{UPN}; emailAddress|other.example|a@b.example"),
            Some("not-an-identity"),
        ),
        (
            format!("{UPN}; emailAddress|contoso.example|nonsense"),
            Some("not-an-address"),
        ),
        (
            format!("{UPN}; userName|contoso.example|-x"),
            Some("not-an-identity"),
        ),
        (
            format!("{UPN}; userName|contoso.example|a b"),
            Some("not-an-identity"),
        ),
        (
            format!("{UPN}; EmailAddress|contoso.example|a@b.example"),
            Some("not-an-identity"),
        ),
        (format!("{UPN}; federated||x"), Some("not-an-identity")),
        (
            format!("{UPN}; federated|google.com|{}", "x".repeat(65)),
            Some("not-an-identity"),
        ),
        (
            format!("{UPN}; federated|google.com|x; federated|Google.com|x"),
            Some("not-an-identity"),
        ),
        (
            "userPrincipalName|contoso.example|no name".to_owned(),
            Some("not-a-user-principal-name"),
        ),
        (
            "[{\"signInType\":\"userPrincipalName\"}]".to_owned(),
            Some("not-an-identity"),
        ),
        (
            std::iter::once(UPN.to_owned())
                .chain((0..10).map(|number| format!("federated|google.com|{number}")))
                .collect::<Vec<_>>()
                .join("; "),
            Some("too-many-items"),
        ),
    ] {
        let found = identities(attribute, &text, 10).map_err(|problem| problem.rule);
        assert_eq!(found.err(), rule, "{text}");
    }
}

#[test]
fn what_the_service_sends_comes_back_as_it_was() {
    for (json, items) in [
        (
            json!([{"signInType": "userPrincipalName", "issuer": "c.example", "issuerAssignedId": "a@b.example"}]),
            Some(vec!["userPrincipalName|c.example|a@b.example"]),
        ),
        (
            json!([{"signInType": "federated", "issuer": "g.example", "issuerAssignedId": null}]),
            Some(vec!["federated|g.example|"]),
        ),
        (
            json!([{"signInType": "federated", "issuer": "g.example", "issuerAssignedId": "a|b;c"}]),
            Some(vec!["federated|g.example|a|b;c"]),
        ),
        (
            json!([{"signInType": "a|b", "issuer": "g.example", "issuerAssignedId": "x"}]),
            None,
        ),
        (json!([{"signInType": "x"}]), None),
        (json!([5]), None),
    ] {
        let found = identity_items(json.as_array().unwrap());
        let expected = items.map(|items| items.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(found, expected, "{json}");
        if let Some(items) = found {
            assert_eq!(identities_json(&items), Some(json));
        }
    }
    assert_eq!(identities_json(&["no identity".to_owned()]), None);
}

#[test]
fn a_rename_through_the_identities_or_beside_them_is_refused() {
    let names = ["id", NAME, IDENTITIES];
    let (key, own, other) = (id(1).to_string(), upn(1), upn(2));
    let of = |name: &str| format!("userPrincipalName|contoso.example|{name}");
    let more = |name: &str| format!("{}; federated|google.com|7", of(name));
    for (name, cell, expected) in [
        (&own, more(&own), None),
        (&own, more(&own.to_uppercase()), None),
        (&own, more(&other), Some("identity-renames")),
        (&other, more(&own), Some("identity-renames")),
        (&other, more(&other), Some("identity-renames")),
    ] {
        let exported = base(&names, &[&key, &own, &of(&own)]);
        let mut rows = [checked(&names, &[&key, name, &cell], exported)];
        let live = Value::List(vec![of(&own)]);
        let plan = plan(&mut rows, &directory([user(1, &[(IDENTITIES, live)])]));
        assert_eq!(rules(&rows[0]).first().copied(), expected, "{name} {cell}");
        let changed: Vec<&str> = plan.changes().map(|(_, change)| change.attribute.name).collect();
        assert_eq!(changed.contains(&IDENTITIES), expected.is_none(), "{changed:?}");
    }
}

const OWN: &str = "userPrincipalName|contoso.example|user1@example.com";

/// The plan of a sheet that gives these identities to the users 1 and 2, whose own are only their names.
fn given(cells: [&str; 2], others: &[(u8, &str)]) -> (Vec<CheckedRow>, Plan) {
    let names = ["id", IDENTITIES];
    let of = |number: u8| format!("userPrincipalName|contoso.example|{}", upn(number));
    let held = |number: u8, more: &str| {
        let items = std::iter::once(of(number)).chain((!more.is_empty()).then(|| more.to_owned()));
        user(number, &[(IDENTITIES, Value::List(items.collect()))])
    };
    let mut rows: Vec<CheckedRow> = [1_u8, 2]
        .into_iter()
        .zip(cells)
        .map(|(number, more)| {
            let (key, own) = (id(number).to_string(), of(number));
            let cell = if more.is_empty() {
                own.clone()
            } else {
                format!("{own}; {more}")
            };
            checked(&names, &[&key, &cell], base(&names, &[&key, &own]))
        })
        .collect();
    let own = [held(1, ""), held(2, "")].into_iter();
    let others = others.iter().map(|(number, more)| held(*number, more));
    let plan = plan(&mut rows, &directory(own.chain(others)));
    (rows, plan)
}

#[test]
fn an_identity_that_somebody_else_has_or_gets_is_given_to_nobody() {
    const GOOGLE: &str = "federated|google.com|7";
    for (cells, others, told) in [
        ([GOOGLE, ""], vec![], [false, false]),
        ([GOOGLE, "federated|google.com|8"], vec![], [false, false]),
        ([GOOGLE, "federated|facebook.com|7"], vec![], [false, false]),
        // The same for two, also in other capitals and of another type.
        ([GOOGLE, "federated|Google.com|7"], vec![], [true, true]),
        ([GOOGLE, ""], vec![(3, GOOGLE)], [true, false]),
        ([GOOGLE, ""], vec![(3, "federated|google.com|77")], [false, false]),
    ] {
        let (rows, plan) = given(cells, &others);
        for (row, told) in rows.iter().zip(told) {
            assert_eq!(
                rules(row).contains(&"identity-taken"),
                told,
                "{cells:?} {others:?}"
            );
        }
        let wanted = cells.iter().filter(|cell| !cell.is_empty()).count();
        let refused = told.iter().filter(|told| **told).count();
        assert_eq!(plan.changes().count(), wanted - refused, "{cells:?} {others:?}");
    }
    let (rows, _) = given([GOOGLE, ""], &[(3, GOOGLE)]);
    assert!(rows[0].findings()[0].message.contains(&upn(3)));
    let (rows, _) = given([GOOGLE, GOOGLE], &[]);
    assert!(rows[0].findings()[0].message.contains(&upn(2)));
}

#[test]
fn the_issuer_of_the_name_cannot_be_changed_and_the_order_of_identities_says_nothing() {
    let names = ["id", IDENTITIES];
    let key = id(1).to_string();
    let more = "federated|google.com|7";
    for (cell, rule, changes) in [
        (format!("{more}; {OWN}"), None, 0),
        (format!("{OWN}; {more}; federated|facebook.com|9"), None, 1),
        (
            format!("userPrincipalName|fabrikam.example|user1@example.com; {more}"),
            Some("identity-issuer"),
            0,
        ),
    ] {
        let live = Value::List(vec![OWN.to_owned(), more.to_owned()]);
        let exported = base(&names, &[&key, &format!("{OWN}; {more}")]);
        let mut rows = [checked(&names, &[&key, &cell], exported)];
        let plan = plan(&mut rows, &directory([user(1, &[(IDENTITIES, live)])]));
        assert_eq!(rules(&rows[0]).first().copied(), rule, "{cell}");
        assert_eq!(plan.changes().count(), changes, "{cell}");
        for (_, change) in plan.changes() {
            assert_eq!(crate::domain::Part::of(change), crate::domain::Part::Sensitive);
        }
    }
}

#[test]
fn an_address_has_no_case_and_any_other_name_keeps_its_own() {
    let same = |left: [&str; 2], right: [&str; 2]| {
        IdentityKey::new(left[0], left[1]) == IdentityKey::new(right[0], right[1])
    };
    assert!(same(
        ["Contoso.com", "Anna@x.example"],
        ["contoso.com", "anna@X.example"]
    ));
    assert!(!same(["idp.example", "aGVsbG8"], ["idp.example", "agVSBG8"]));
    assert_eq!(IdentityKey::new("Contoso.com", "aB").assigned, "aB");
}

#[test]
fn an_address_is_a_guests_by_the_issuers_that_are_asked_for_and_by_no_other() {
    let told = |item: &str| {
        let items = vec![
            "userPrincipalName|contoso.com|x@contoso.com".to_owned(),
            item.to_owned(),
        ];
        super::identity_addresses(&Value::list(items)).collect::<Vec<_>>()
    };
    for issuer in guest_issuers("anna@gmail.com", Some("contoso.com")) {
        assert_eq!(
            told(&format!("federated|{issuer}|Anna@gmail.com")),
            ["anna@gmail.com"]
        );
    }
    assert_eq!(told("emailAddress|contoso.com|anna@gmail.com").len(), 1);
    assert!(told("federated|idp.example|anna@gmail.com").is_empty());
}
