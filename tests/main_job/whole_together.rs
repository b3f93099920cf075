//! Attributes that are looked at together with others: the age group and the consent, the identities and the userPrincipalName.

use dirsheet::sandbox::SandboxOptions;

use super::big::id;
use super::stand::{Stand, people};

/// Every permission that these columns need, in a tenant whose profile store lets an application in.
fn everything(users: usize) -> SandboxOptions {
    let more = [
        "User-LifeCycleInfo.ReadWrite.All",
        "Sites.ReadWrite.All",
        "RoleManagement.ReadWrite.Directory",
        "User.ManageIdentities.All",
    ];
    let options = people(users);
    SandboxOptions {
        roles: options
            .roles
            .iter()
            .cloned()
            .chain(more.map(str::to_owned))
            .collect(),
        profile_store_open: true,
        ..options
    }
}

#[test]
fn the_age_group_is_looked_at_beside_the_consent_that_only_the_directory_has() {
    let stand = Stand::open(everything(30));
    let user = id(&stand.ordinary()[0]);
    stand.edit(&user, "consentProvidedForMinor", "Granted");
    let columns = "id,ageGroup,legalAgeGroupClassification";
    let export = ["export", "-o", "age.csv", "--columns", columns];
    stand.run(&export).must(0);
    let mut sheet = stand.sheet("age.csv");
    sheet.set(&user, "ageGroup", "Adult");
    stand.save("age.csv", &sheet);
    let before = stand.stats().http_requests;
    stand
        .run(&["apply", "age.csv", "--yes", "--max-users", "100%"])
        .must(0)
        .says(&["consent-without-minor"]);
    // The other word comes along in the same answer.
    assert_eq!(stand.stats().http_requests - before, 8);
    assert_eq!(stand.history().len(), 1);
    stand
        .run(&["export", "-o", "after.csv", "--columns", columns])
        .must(0);
    assert_eq!(
        stand.sheet("after.csv").of(&user, "legalAgeGroupClassification"),
        "Adult"
    );

    // What is worked out is no wish.
    sheet.set(&user, "legalAgeGroupClassification", "NotAdult");
    stand.save("age.csv", &sheet);
    stand
        .run(&["plan", "age.csv"])
        .must(3)
        .says(&["read-only", "the service sets it"]);
}

#[test]
fn identities_are_changed_only_when_that_is_said_and_never_rename_anybody() {
    let stand = Stand::open(everything(30));
    let user = id(&stand.ordinary()[0]);
    let columns = "id,userPrincipalName,identities";
    stand
        .run(&["export", "-o", "ways.csv", "--columns", columns])
        .must(0);
    let first = stand.sheet("ways.csv");
    let (own, issuer) = {
        let own = first.of(&user, "identities").to_owned();
        let issuer = own.split('|').nth(1).unwrap().to_owned();
        (own, issuer)
    };
    let write = |cell: String| {
        let mut sheet = stand.sheet("ways.csv");
        sheet.set(&user, "identities", &cell);
        stand.save("edited.csv", &sheet);
        stand.run(&[
            "apply",
            "edited.csv",
            "--yes",
            "--max-users",
            "100%",
            "--allow",
            "identities",
        ])
    };
    write(format!("emailAddress|{issuer}|a@whole.example"))
        .must(3)
        .says(&["not-an-identity", "userPrincipalName"]);
    write(own.replace('@', ".other@"))
        .must(3)
        .says(&["identity-renames"]);
    write(format!("{own}; emailAddress|elsewhere.example|a@whole.example"))
        .must(3)
        .says(&["not-an-identity", "issuer"]);
    assert!(stand.history().is_empty());
    let more = format!("{own}; emailAddress|{issuer}|a@whole.example; federated|google.com|4711");
    write(more.clone()).must(0);
    assert_eq!(stand.history().len(), 1);
    let run = stand.newest_run();
    stand.run(&["undo", &run, "--yes"]).must(0);
    stand
        .run(&["export", "-o", "after.csv", "--columns", columns])
        .must(0);
    assert_eq!(stand.sheet("after.csv").of(&user, "identities"), own);
    // Without the word nothing is written.
    stand
        .run(&[
            "apply",
            "edited.csv",
            "--yes",
            "--max-users",
            "100%",
            "--conflicts",
            "mine",
        ])
        .must(4)
        .says(&["identities", "--allow identities"]);
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn attributes_that_are_read_by_themselves_come_in_one_question_for_each_person() {
    let stand = Stand::open(everything(45));
    let cost = |columns: &str| {
        let before = stand.stats();
        let arguments = ["export", "-o", "cost.csv", "--columns", columns];
        stand.run(&arguments).must(0);
        let after = stand.stats();
        (
            after.list_pages - before.list_pages,
            after.read_batches - before.read_batches,
        )
    };
    for (columns, pages, batches) in [
        ("id,jobTitle,employeeOrgData.division,manager", 1, 0),
        ("id,employeeLeaveDateTime", 1, 0),
        // 45 questions, twenty in a request.
        ("id,skills,aboutMe,birthday,hireDate", 1, 3),
        ("id,directoryRoles", 1, 0),
    ] {
        assert_eq!(cost(columns), (pages, batches), "{columns}");
    }
}
