//! Rows of guests whose address somebody has already.

use serde_json::json;

use super::guests::{apply, invitations, one, sample};
use super::stand::people;

const MARIJKE: &str = "marijke.devries@contoso.example";

#[test]
fn a_guest_who_is_known_by_an_identity_alone_is_not_invited_again() {
    for issuer in ["fabrikam.example", "mail", "contoso.example"] {
        let stand = sample(people(0));
        let id = one(&stand, MARIJKE)["id"].as_str().unwrap().to_owned();
        let name = one(&stand, MARIJKE)["userPrincipalName"].clone();
        stand.edit(
            &id,
            "identities",
            json!([{"signInType": "userPrincipalName", "issuer": "contoso.example", "issuerAssignedId": name},
                   {"signInType": "federated", "issuer": issuer, "issuerAssignedId": "Ada@fabrikam.example"}]),
        );
        stand.edit(&id, "userType", "Guest");
        stand.write(
            "guests.csv",
            "inviteeEmail,inviteRedirectURL,jobTitle\n\
             ada@fabrikam.example,https://x.example,Head\n\
             new@fabrikam.example,https://x.example,Head\n",
        );
        stand
            .run(&["plan", "guests.csv", "--allow", "invite"])
            .must(0)
            .says(&["Guests invited (1)", "Guests who are there already (1)"]);
        apply(&stand, &[]).must(0);
        assert_eq!(invitations(&stand).0, 1, "{issuer}");
        assert_eq!(one(&stand, MARIJKE)["jobTitle"], "Head", "{issuer}");
    }
}

#[test]
fn a_member_is_not_edited_by_the_address_of_a_guest() {
    let stand = sample(people(0));
    let before = one(&stand, MARIJKE);
    let id = before["id"].as_str().unwrap();
    stand.edit(id, "otherMails", json!(["ada@fabrikam.example"]));
    stand.write(
        "guests.csv",
        "inviteeEmail,inviteRedirectURL,jobTitle\n\
         ada@fabrikam.example,https://x.example,Head\n",
    );
    stand
        .run(&["plan", "guests.csv", "--allow", "invite"])
        .must(3)
        .says(&["address-of-member", MARIJKE, "in place of the address"]);
    apply(&stand, &["--skip-errors"]);
    assert_eq!(one(&stand, MARIJKE)["jobTitle"], before["jobTitle"]);
    assert_eq!(invitations(&stand).0, 0);
}

#[test]
fn an_identity_that_somebody_has_who_is_not_in_the_sheet_is_given_to_nobody() {
    let stand = sample(people(0));
    let users = stand.dump();
    let mut ids = users.keys();
    let (holder, other) = (ids.next().unwrap(), ids.next().unwrap());
    let identity = |id: &str, more: bool| {
        let mut all = vec![
            json!({"signInType": "userPrincipalName", "issuer": "contoso.example",
                                  "issuerAssignedId": users[id]["userPrincipalName"]}),
        ];
        if more {
            all.push(json!({"signInType": "federated", "issuer": "google.com", "issuerAssignedId": "7"}));
        }
        json!(all)
    };
    stand.edit(holder, "identities", identity(holder, true));
    stand.edit(other, "identities", identity(other, false));
    let name = users[other]["userPrincipalName"].as_str().unwrap();
    stand.write(
        "ids.csv",
        format!("id,identities\n{other},userPrincipalName|contoso.example|{name}; federated|google.com|7\n"),
    );
    stand
        .run(&["plan", "ids.csv", "--allow", "identities"])
        .must(3)
        .says(&[
            "identity-taken",
            users[holder]["userPrincipalName"].as_str().unwrap(),
        ]);
}
