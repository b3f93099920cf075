//! Which filters are understood, and in which words the others are refused.

use super::*;
use crate::sandbox::{
    chance,
    directory::{Directory, NewUser},
    record::Record,
    schema,
    tenant::Tenant,
};
use serde_json::json;

fn directory() -> Directory {
    let mut directory = Directory::new(Tenant::of(1));
    let people = [
        json!({"userPrincipalName": "ann@contoso.com", "displayName": "Ann O'Brien", "department": "Sales",
               "businessPhones": ["+31 20 1"], "accountEnabled": true, "mobilePhone": "+316", "userType": "Member",
               "employeeHireDate": "2020-02-01T00:00:00Z", "employeeOrgData": {"division": "West"}}),
        json!({"userPrincipalName": "bob@contoso.com", "displayName": "bob", "accountEnabled": false,
               "onPremisesExtensionAttributes": {"extensionAttribute1": "x"}, "otherMails": ["b@x.example"],
               "identities": [{"signInType": "userPrincipalName", "issuer": "c.example", "issuerAssignedId": "bob@contoso.com"},
                              {"signInType": "federated", "issuer": "google.com", "issuerAssignedId": "7"}]}),
    ];
    for (at, person) in people.iter().enumerate() {
        let record = Record::of(
            person
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (schema::slot(name).unwrap(), value.to_string())),
        );
        directory
            .add(NewUser {
                id: chance::guid(9, at as u64),
                record,
                roles: Vec::new(),
            })
            .unwrap();
    }
    directory
}

fn found(filter: &str, advanced: bool) -> Result<String, (u16, &'static str)> {
    let directory = directory();
    let filter = Filter::read(filter, advanced).map_err(|refusal| (refusal.status, refusal.code))?;
    Ok(["a", "b"]
        .iter()
        .enumerate()
        .filter(|(at, _)| filter.passes(&directory.view(*at as u32, None)))
        .map(|(_, n)| *n)
        .collect())
}

#[test]
fn filters_that_the_documents_allow_find_who_they_mean() {
    for (filter, advanced, who) in [
        ("displayName eq 'ann o''brien'", false, "a"),
        ("startsWith(displayName,'B')", false, "b"),
        (
            "startswith(displayName, 'b') or department eq 'Sales'",
            false,
            "ab",
        ),
        ("department eq 'Sales' and accountEnabled eq false", false, ""),
        ("(accountEnabled eq true)", false, "a"),
        ("userPrincipalName in ('bob@contoso.com', 'x')", false, "b"),
        ("department eq null", false, "b"),
        ("department ne null", true, "a"),
        ("not(department eq 'Sales')", true, "b"),
        ("not startsWith(displayName,'a')", true, "b"),
        ("endsWith(userPrincipalName,'@CONTOSO.com')", true, "ab"),
        ("employeeHireDate ge 2020-01-01T00:00:00Z", false, "a"),
        ("employeeHireDate le 2020-01-01T00:00:00Z", false, ""),
        ("businessPhones/any(p:p eq '+31 20 1')", false, "a"),
        ("businessPhones/any(p:startsWith(p,'+31'))", false, "a"),
        ("otherMails/$count eq 0", true, "a"),
        ("otherMails/$count ne 0", true, "b"),
        ("employeeOrgData/division eq 'west'", false, "a"),
        (
            "onPremisesExtensionAttributes/extensionAttribute1 eq 'x'",
            true,
            "b",
        ),
        ("startsWith(mobilePhone,'+31')", true, "a"),
        ("userType ne 'Member'", true, "b"),
        (
            "identities/any(c:c/issuerAssignedId eq '7' and c/issuer eq 'Google.com')",
            false,
            "b",
        ),
        (
            "identities/any(i:i/issuer eq 'google.com' and i/issuerAssignedId eq '8')",
            false,
            "",
        ),
        (
            "identities/any(c:c/issuerAssignedId eq 'bob@contoso.com' and c/issuer eq 'c.example')",
            false,
            "",
        ),
    ] {
        assert_eq!(found(filter, advanced).as_deref(), Ok(who), "{filter}");
    }
}

#[test]
fn filters_that_the_documents_do_not_allow_are_refused_with_their_code() {
    let unsupported = (400, "Request_UnsupportedQuery");
    let unreadable = (400, "BadRequest");
    for (filter, advanced, refusal) in [
        ("department ne 'Sales'", false, unsupported),
        ("not(department eq 'Sales')", false, unsupported),
        ("endsWith(mail,'x')", false, unsupported),
        ("otherMails/$count eq 0", false, unsupported),
        ("startsWith(mobilePhone,'+31')", false, unsupported),
        (
            "onPremisesExtensionAttributes/extensionAttribute1 eq 'x'",
            false,
            unsupported,
        ),
        ("startsWith(department,'S')", true, unsupported),
        ("endsWith(displayName,'x')", true, unsupported),
        ("passwordPolicies eq 'None'", true, unsupported),
        ("displayName gt 'a'", true, unsupported),
        ("aboutMe eq 'x'", true, unsupported),
        ("manager eq 'x'", true, unreadable),
        ("nonsense eq 'x'", true, unreadable),
        ("displayName eq", true, unreadable),
        ("displayName eq 'x", true, unreadable),
        ("displayName eq 'x' and", true, unreadable),
        ("displayName eq 'x' department", true, unreadable),
        ("accountEnabled eq 'true'", true, unsupported),
        ("displayName eq true", true, unsupported),
        ("businessPhones eq '1'", true, unsupported),
        ("identities/any(c:c/issuerAssignedId eq '7')", true, unsupported),
        ("identities/any(c:c/signInType eq 'federated')", true, unsupported),
        ("identities eq 'x'", true, unsupported),
        ("employeeHireDate eq null", true, unsupported),
        ("", true, unreadable),
    ] {
        assert_eq!(found(filter, advanced), Err(refusal), "{filter}");
    }
    assert!(found(&"(".repeat(100_000), true).is_err());
}
