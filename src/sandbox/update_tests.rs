//! What a PATCH may and may not do, property by property.

use super::*;
use crate::sandbox::{chance, directory::NewUser, record::Record, tenant::Tenant};

fn user(directory: &mut Directory, number: u64, properties: Value, roles: &[&str]) -> u32 {
    let record = Record::of(
        properties
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| record::packed(schema::slot(name).unwrap(), value))
            .filter_map(|(slot, json)| json.map(|json| (slot, json))),
    );
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    directory
        .add(NewUser {
            id: chance::guid(5, number),
            record,
            roles,
        })
        .unwrap()
}

/// 0 plain, 1 synced, 2 formerly synced, 3 administrator, 4 restricted, 5 agent.
fn directory() -> Directory {
    let mut directory = Directory::new(Tenant::of(1));
    let people = [
        (
            json!({"userPrincipalName": "a@contoso.com", "mail": "a@contoso.com",
                "employeeOrgData": {"division": "d", "costCenter": "c"},
                "onPremisesExtensionAttributes": {"extensionAttribute1": "one"}}),
            &[][..],
        ),
        (
            json!({"userPrincipalName": "b@contoso.com", "onPremisesSyncEnabled": true}),
            &[],
        ),
        (
            json!({"userPrincipalName": "c@contoso.com", "onPremisesSyncEnabled": false}),
            &[],
        ),
        (
            json!({"userPrincipalName": "d@contoso.com"}),
            &["Global Administrator"],
        ),
        (
            json!({"userPrincipalName": "e@contoso.com", "isManagementRestricted": true}),
            &[],
        ),
        (
            json!({"userPrincipalName": "f@contoso.com", "identityParentId": "x"}),
            &[],
        ),
    ];
    for (number, (properties, roles)) in people.into_iter().enumerate() {
        user(&mut directory, number as u64, properties, roles);
    }
    directory
}

fn caller(roles: &[&str], app_role: Option<&str>) -> Caller {
    Caller {
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        app_role: app_role.map(str::to_owned),
        ..Caller::default()
    }
}

fn usual() -> Caller {
    caller(&["User.ReadWrite.All", "User.EnableDisableAccount.All"], None)
}

/// Status, code and the first detail as `code target`.
fn refusal(place: u32, body: Value, caller: &Caller) -> (u16, &'static str, String) {
    match plan(&directory(), place, &body, caller) {
        Ok(_) => (204, "", String::new()),
        Err(refusal) => {
            let detail = refusal.details.first();
            let detail = detail.map(|d| format!("{} {}", d.code, d.target.as_deref().unwrap_or("")));
            (refusal.status, refusal.code, detail.unwrap_or_default())
        }
    }
}

#[test]
fn values_are_taken_or_refused_as_documented() {
    let long = |n: usize| "x".repeat(n);
    let bad = "Request_BadRequest";
    for (body, detail) in [
        (json!({}), None),
        (json!({"jobTitle": "Engineer"}), None),
        (json!({"jobTitle": null}), None),
        (json!({"jobTitle": ""}), Some("InvalidLength jobTitle")),
        (json!({"jobTitle": long(128)}), None),
        (json!({"jobTitle": long(129)}), Some("InvalidLength jobTitle")),
        (json!({"jobTitle": 5}), Some("")),
        (json!({"JobTitle": "x"}), Some("")),
        (json!({"nonsense": "x"}), Some("")),
        (json!({"extension_0_x": "x"}), Some("")),
        (json!({"id": "x"}), Some("")),
        (json!({"createdDateTime": "2020-01-01T00:00:00Z"}), Some("")),
        (json!({"displayName": null}), Some("InvalidValue displayName")),
        (json!({"mail": null}), Some("InvalidValue mail")),
        (json!({"usageLocation": null}), Some("InvalidValue usageLocation")),
        (
            json!({"accountEnabled": null}),
            Some("InvalidValue accountEnabled"),
        ),
        (json!({"accountEnabled": "true"}), Some("")),
        (json!({"accountEnabled": false}), None),
        (json!({"businessPhones": []}), None),
        (
            json!({"businessPhones": null}),
            Some("InvalidValue businessPhones"),
        ),
        (
            json!({"businessPhones": ["1", "2"]}),
            Some("InvalidValue businessPhones"),
        ),
        (
            json!({"businessPhones": [""]}),
            Some("InvalidLength businessPhones"),
        ),
        (json!({"businessPhones": "1"}), Some("")),
        (
            json!({"mobilePhone": long(65)}),
            Some("InvalidLength mobilePhone"),
        ),
        (json!({"otherMails": ["x@y.example"]}), None),
        (
            json!({"otherMails": ["not an address"]}),
            Some("InvalidValue otherMails"),
        ),
        (json!({"usageLocation": "NL"}), None),
        (json!({"usageLocation": "nl"}), Some("InvalidValue usageLocation")),
        (json!({"usageLocation": "XX"}), Some("InvalidValue usageLocation")),
        (
            json!({"usageLocation": "NLD"}),
            Some("InvalidLength usageLocation"),
        ),
        (json!({"preferredLanguage": "nl-NL"}), None),
        (
            json!({"preferredLanguage": "dutch"}),
            Some("InvalidValue preferredLanguage"),
        ),
        (json!({"ageGroup": "adult"}), Some("InvalidValue ageGroup")),
        (
            json!({"ageGroup": null, "consentProvidedForMinor": "Granted"}),
            None,
        ),
        (
            json!({"passwordPolicies": "DisablePasswordExpiration, DisableStrongPassword"}),
            None,
        ),
        (
            json!({"passwordPolicies": "Never"}),
            Some("InvalidValue passwordPolicies"),
        ),
        (json!({"userType": "Visitor"}), Some("InvalidValue userType")),
        (json!({"employeeHireDate": "2024-02-29T00:00:00Z"}), None),
        (json!({"employeeHireDate": "2023-02-29T00:00:00Z"}), Some("")),
        (json!({"employeeHireDate": "2024-02-29"}), Some("")),
        (json!({"employeeHireDate": "29/02/2024"}), Some("")),
        (
            json!({"employeeOrgData": {"division": "x", "costCenter": null}}),
            None,
        ),
        (json!({"employeeOrgData": {"nonsense": "x"}}), Some("")),
        (
            json!({"onPremisesExtensionAttributes": {"extensionAttribute2": long(1025)}}),
            Some("InvalidLength onPremisesExtensionAttributes/extensionAttribute2"),
        ),
        (json!({"mailNickname": "a b"}), Some("InvalidValue mailNickname")),
        (json!({"userPrincipalName": "new.name@contoso.com"}), None),
        (json!({"userPrincipalName": "A@Contoso.com"}), None),
        (
            json!({"userPrincipalName": "b@contoso.com"}),
            Some("ObjectConflict userPrincipalName"),
        ),
        (
            json!({"userPrincipalName": "B@CONTOSO.com"}),
            Some("ObjectConflict userPrincipalName"),
        ),
        (
            json!({"userPrincipalName": "new@fabrikam.example"}),
            Some("InvalidValue userPrincipalName"),
        ),
        (
            json!({"userPrincipalName": "noel.@contoso.com"}),
            Some("InvalidValue userPrincipalName"),
        ),
        (
            json!({"userPrincipalName": "no\u{eb}l@contoso.com"}),
            Some("InvalidValue userPrincipalName"),
        ),
        (
            json!({"userPrincipalName": "noel"}),
            Some("InvalidValue userPrincipalName"),
        ),
        (
            json!({"userPrincipalName": format!("{}@contoso.com", long(65))}),
            Some("InvalidLength userPrincipalName"),
        ),
        (json!({"manager@odata.bind": "x"}), Some("")),
        (
            json!({"jobTitle": "x", "displayName": ""}),
            Some("InvalidLength displayName"),
        ),
        (json!({"@odata.type": "#microsoft.graph.agentUser"}), Some("")),
    ] {
        let wanted = detail.map_or((204, "", String::new()), |detail| (400, bad, detail.to_owned()));
        assert_eq!(refusal(0, body.clone(), &usual()), wanted, "{body}");
    }
}

#[test]
fn who_is_changed_and_by_whom_decides() {
    let denied = (403, "Authorization_RequestDenied", String::new());
    let bad = (400, "Request_BadRequest", String::new());
    let fine = (204, "", String::new());
    let sharepoint = "-1, Microsoft.Office.Server.Directory.DirectoryObjectUnauthorizedAccessException";
    let reader = caller(&["User.Read.All"], None);
    let updater = caller(&["User.ReadUpdate.All"], None);
    let phones = caller(&["User-Phone.ReadWrite.All"], None);
    let strong = caller(
        &["User.ReadWrite.All", "User-PasswordProfile.ReadWrite.All"],
        Some("Global Administrator"),
    );
    for (place, body, caller, wanted) in [
        (0, json!({"jobTitle": "x"}), &reader, denied.clone()),
        (0, json!({"jobTitle": "x"}), &updater, fine.clone()),
        (0, json!({"mobilePhone": "1"}), &updater, denied.clone()),
        (0, json!({"mobilePhone": "1"}), &phones, fine.clone()),
        (
            0,
            json!({"jobTitle": "x", "mobilePhone": "1"}),
            &phones,
            denied.clone(),
        ),
        (0, json!({"accountEnabled": true}), &strong, denied.clone()),
        (0, json!({"identities": []}), &usual(), denied.clone()),
        (
            0,
            json!({"employeeLeaveDateTime": "2030-01-01T00:00:00Z"}),
            &usual(),
            denied.clone(),
        ),
        (
            0,
            json!({"passwordProfile": {"password": "Weak"}}),
            &usual(),
            denied.clone(),
        ),
        (
            0,
            json!({"passwordProfile": {"password": "Weak"}}),
            &strong,
            (400, bad.1, "InvalidPassword passwordProfile".into()),
        ),
        (
            0,
            json!({"passwordProfile": {"password": "Str0ng enough"}}),
            &strong,
            fine.clone(),
        ),
        (1, json!({"jobTitle": "x"}), &usual(), bad.clone()),
        (1, json!({"usageLocation": "NL"}), &usual(), fine.clone()),
        (
            1,
            json!({"usageLocation": "NL", "city": "x"}),
            &usual(),
            bad.clone(),
        ),
        (1, json!({"otherMails": []}), &usual(), fine.clone()),
        (2, json!({"jobTitle": "x"}), &usual(), fine.clone()),
        (
            2,
            json!({"onPremisesExtensionAttributes": {"extensionAttribute1": "x"}}),
            &usual(),
            bad.clone(),
        ),
        (3, json!({"jobTitle": "x"}), &usual(), fine.clone()),
        (3, json!({"mobilePhone": "1"}), &usual(), denied.clone()),
        (3, json!({"mobilePhone": "1"}), &strong, fine.clone()),
        (
            3,
            json!({"jobTitle": "x", "userPrincipalName": "z@contoso.com"}),
            &usual(),
            denied.clone(),
        ),
        (4, json!({"jobTitle": "x"}), &strong, denied.clone()),
        (5, json!({"jobTitle": "x"}), &usual(), bad.clone()),
        (
            5,
            json!({"jobTitle": "x", "@odata.type": "#microsoft.graph.agentUser"}),
            &usual(),
            fine.clone(),
        ),
        (
            0,
            json!({"aboutMe": "x"}),
            &usual(),
            (500, sharepoint, String::new()),
        ),
        (
            0,
            json!({"aboutMe": "x", "skills": []}),
            &usual(),
            (500, sharepoint, String::new()),
        ),
        (
            0,
            json!({"aboutMe": "x", "jobTitle": "x"}),
            &usual(),
            (400, "BadRequest", String::new()),
        ),
    ] {
        assert_eq!(refusal(place, body.clone(), caller), wanted, "{place} {body}");
    }
}

#[test]
fn leaves_of_the_two_groups_behave_differently() {
    let mut directory = directory();
    let body = json!({"employeeOrgData": {"division": "new"}, "onPremisesExtensionAttributes": {"extensionAttribute2": "two"}});
    let effect = plan(&directory, 0, &body, &usual()).unwrap();
    directory.apply(0, &effect, None);
    let user = &directory.dump()[0];
    assert_eq!(
        user["employeeOrgData"],
        json!({"division": "new", "costCenter": null})
    );
    assert_eq!(
        user["onPremisesExtensionAttributes"]["extensionAttribute1"],
        "one"
    );
    assert_eq!(
        user["onPremisesExtensionAttributes"]["extensionAttribute2"],
        "two"
    );
}

#[test]
fn a_renamed_user_is_found_by_the_new_name_only_and_mail_joins_the_addresses() {
    let mut directory = directory();
    let body = json!({"userPrincipalName": "z@contoso.com", "mail": "z@contoso.com"});
    let effect = plan(&directory, 0, &body, &usual()).unwrap();
    directory.apply(0, &effect, None);
    assert_eq!(directory.resolve("Z@contoso.COM"), Some(0));
    assert_eq!(directory.resolve("a@contoso.com"), None);
    assert_eq!(
        directory.dump()[0]["proxyAddresses"],
        json!(["SMTP:z@contoso.com", "smtp:a@contoso.com"])
    );
    // The former address is still held, so nobody else may take it.
    let refused = plan(&directory, 3, &json!({"mail": "a@contoso.com"}), &usual()).unwrap_err();
    assert_eq!(refused.details[0].target.as_deref(), Some("proxyAddresses"));
}

#[test]
fn the_legal_age_group_is_worked_out_of_age_and_consent() {
    for (age, consent, expected) in [
        (Value::Null, Value::Null, Value::Null),
        (Value::Null, json!("Granted"), Value::Null),
        (json!("Adult"), Value::Null, json!("Adult")),
        (json!("NotAdult"), json!("Denied"), json!("NotAdult")),
        (
            json!("Minor"),
            json!("Granted"),
            json!("MinorWithParentalConsent"),
        ),
        (
            json!("Minor"),
            json!("NotRequired"),
            json!("MinorNoParentalConsentRequired"),
        ),
        (json!("Minor"), json!("Denied"), json!("Undefined")),
        (json!("Minor"), Value::Null, json!("Undefined")),
    ] {
        let mut directory = directory();
        let body = json!({"ageGroup": age, "consentProvidedForMinor": consent});
        let effect = plan(&directory, 0, &body, &usual()).unwrap();
        directory.apply(0, &effect, None);
        assert_eq!(
            directory.dump()[0]["legalAgeGroupClassification"],
            expected,
            "{body}"
        );
    }
}
