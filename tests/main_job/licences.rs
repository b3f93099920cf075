//! Licences given and taken by a sheet.

use dirsheet::sandbox::{People, SandboxOptions};
use serde_json::{Value as Json, json};

use super::stand::{Stand, people};

const COLUMNS: &str = "id,userPrincipalName,usageLocation,assignedLicenses";
const APPLY: [&str; 5] = ["apply", "users.csv", "--yes", "--allow", "licenses"];
const EMS: &str = "efccb6f7-5641-4e0e-bd10-b4976e1bf68e";
const INTUNE: &str = "c1ec4a95-1f05-45b3-a911-aa3fa01094f5";
const PACK: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
const TEAMS: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";

/// Ordinary people with a usage location; the first has EMS without one of its plans.
fn staffed(stand: &Stand, count: usize) -> Vec<String> {
    let ids: Vec<String> = stand
        .ordinary()
        .iter()
        .take(count)
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect();
    for user in &ids {
        stand.edit(user, "usageLocation", "NL");
    }
    hold(stand, &ids[0], json!(null));
    ids
}

/// EMS, by itself or through a group.
fn hold(stand: &Stand, user: &str, group: Json) {
    stand.edit(
        user,
        "assignedLicenses",
        json!([{"skuId": EMS, "disabledPlans": [INTUNE]}]),
    );
    let state = json!({"skuId": EMS, "disabledPlans": [INTUNE], "assignedByGroup": group, "state": "Active"});
    stand.edit(user, "licenseAssignmentStates", json!([state]));
}

fn wish(stand: &Stand, wishes: &[(&str, &str)]) {
    stand.wish(COLUMNS, "assignedLicenses", wishes);
}

/// A domain of the tenant.
fn domain(stand: &Stand) -> String {
    let users = stand.ordinary();
    let name = users[0]["userPrincipalName"].as_str().unwrap();
    name.split_once('@').unwrap().1.to_owned()
}

/// The products a user has, with the plans that are off.
fn held(stand: &Stand, user: &str) -> Vec<(String, Json)> {
    let licences = stand.dump()[user]["assignedLicenses"].as_array().unwrap().clone();
    let mut held: Vec<(String, Json)> = licences
        .iter()
        .map(|one| {
            (
                one["skuId"].as_str().unwrap().to_owned(),
                one["disabledPlans"].clone(),
            )
        })
        .collect();
    held.sort_by(|a, b| a.0.cmp(&b.0));
    held
}

fn works_and_goes_back(stand: &Stand) {
    let users = staffed(stand, 3);
    let (a, b, c) = (users[0].as_str(), users[1].as_str(), users[2].as_str());
    let exported = stand.export_columns(COLUMNS);
    assert_eq!(exported.of(a, "assignedLicenses"), "EMS(-INTUNE_A)");
    wish(
        stand,
        &[
            (a, "ENTERPRISEPACK(-TEAMS1)"),
            (b, "enterprisepack"),
            (c, &format!("ENTERPRISEPACK; {EMS}")),
        ],
    );
    let told = stand.run(&["plan", "users.csv"]).must(4);
    told.says(&[
        "--allow licenses",
        "ENTERPRISEPACK: 500 free, 3 wanted",
        "EMS: 49 free, 1 wanted",
    ]);
    assert!(stand.history().is_empty());
    let done = stand.json(&APPLY, 0);
    let run = stand.newest_run();
    assert_eq!(done["summary"]["updated"], 3, "{done}");
    assert_eq!(held(stand, a), [(PACK.to_owned(), json!([TEAMS]))]);
    assert_eq!(held(stand, b), [(PACK.to_owned(), json!([]))]);
    assert_eq!(held(stand, c).len(), 2);
    // One request for each user, whatever it gives and takes.
    assert_eq!(stand.history().len(), 3);
    assert!(
        stand
            .history()
            .iter()
            .all(|write| write.path.ends_with("/assignLicense"))
    );
    stand.run(&APPLY).must(0);
    assert_eq!(stand.history().len(), 3);
    stand.run(&["undo", &run, "--yes"]).must(0);
    assert_eq!(held(stand, a), [(EMS.to_owned(), json!([INTUNE]))]);
    assert!(held(stand, b).is_empty() && held(stand, c).is_empty());
}

#[test]
fn licences_are_given_and_taken_by_name_and_an_undo_gives_back_what_was_there() {
    works_and_goes_back(&Stand::of(40));
}

#[test]
fn the_sample_of_licences_gives_what_it_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(folder.join("directory.csv")),
        ..people(0)
    });
    stand.write("users.csv", std::fs::read(folder.join("licences.csv")).unwrap());
    stand.run(&APPLY).must(0);
    let posts = stand
        .history()
        .iter()
        .filter(|write| write.method == "POST")
        .count();
    assert_eq!(posts, 3);
    stand
        .run(&["export", "-o", "after.csv", "--columns", COLUMNS])
        .must(0);
    let after = stand.sheet("after.csv");
    let mut cells: Vec<&str> = after.cells("assignedLicenses");
    cells.retain(|cell| !cell.is_empty());
    cells.sort_unstable();
    assert_eq!(
        cells,
        [
            "ENTERPRISEPACK(-SWAY -TEAMS1)",
            "ENTERPRISEPACK; EMS",
            "FLOW_FREE"
        ]
    );
}

#[test]
fn a_licence_needs_a_usage_location_which_may_stand_in_the_same_row() {
    let stand = Stand::of(40);
    let users = staffed(&stand, 2);
    stand.edit(&users[1], "usageLocation", Json::Null);
    wish(&stand, &[(&users[1], "FLOW_FREE")]);
    stand.run(&APPLY).must(3).says(&[
        "license-without-usage-location",
        "set usageLocation in the same row",
    ]);
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&users[1], "usageLocation", "NL");
    stand.save("users.csv", &sheet);
    stand.run(&APPLY).must(0);
    let methods: Vec<String> = stand.history().iter().map(|write| write.method.clone()).collect();
    assert_eq!(methods, ["PATCH", "POST"]);
    assert_eq!(held(&stand, &users[1]).len(), 1);
}

#[test]
fn names_that_the_tenant_does_not_have_are_findings() {
    let stand = Stand::of(40);
    let users = staffed(&stand, 3);
    wish(
        &stand,
        &[
            (&users[0], "EMS(-INTUNE_A); ENTERPRISPACK"),
            (&users[1], "Office 365 E3"),
            (&users[2], "EMS; EMS(-INTUNE_A)"),
        ],
    );
    stand.run(&APPLY).must(3).says(&[
        "`ENTERPRISEPACK` is probably meant",
        "not-a-license",
        "license-twice",
    ]);
    assert!(stand.history().is_empty());
}

#[test]
fn what_comes_through_a_group_is_held_back_and_the_rest_goes() {
    let stand = Stand::of(40);
    let users = staffed(&stand, 2);
    hold(&stand, &users[0], json!(PACK));
    wish(&stand, &[(&users[0], "<clear>"), (&users[1], "EMS")]);
    let plan = stand.json(&["plan", "users.csv", "--allow", "licenses"], 0);
    assert_eq!(plan["refusals_foreseen"][0]["reason"], "license-from-group");
    stand.run(&APPLY).must(6);
    assert_eq!(stand.history().len(), 1);
    assert_eq!(stand.stats().writes_refused, 0);
    // Beside it something may be added.
    wish(&stand, &[(&users[0], "EMS(-INTUNE_A); FLOW_FREE")]);
    stand.run(&APPLY).must(0);
    assert_eq!(held(&stand, &users[0]).len(), 2);
}

#[test]
fn too_few_seats_refuse_the_plan_before_anything_is_written() {
    let stand = Stand::of(40);
    let users = staffed(&stand, 4);
    let wishes: Vec<(&str, &str)> = users.iter().map(|user| (user.as_str(), "SPE_E5")).collect();
    wish(&stand, &wishes);
    stand
        .run(&APPLY)
        .must(4)
        .says(&["SPE_E5: 3 free, 4 wanted", "--allow seats"]);
    assert!(stand.history().is_empty());
    stand.run(&[&APPLY[..4], &["licenses,seats"]].concat()).must(6);
    assert_eq!(stand.history().len(), 3);
    stand
        .run(&[&APPLY[..], &["--max-licenses", "0"]].concat())
        .must(4)
        .says(&["max-licenses"]);
}

#[test]
fn without_the_names_of_products_a_sheet_shows_and_takes_ids() {
    let stand = Stand::open(SandboxOptions {
        roles: vec!["User.ReadWrite.All".to_owned()],
        ..people(40)
    });
    let users = staffed(&stand, 2);
    let exported = stand.export_columns(COLUMNS);
    assert_eq!(
        exported.of(&users[0], "assignedLicenses"),
        format!("{EMS}(-{INTUNE})")
    );
    wish(&stand, &[(&users[0], "<clear>"), (&users[1], "EMS")]);
    stand
        .run(&APPLY)
        .must(3)
        .says(&["the products of the tenant could not be read"]);
    wish(&stand, &[(&users[0], "<clear>"), (&users[1], EMS)]);
    stand.run(&APPLY).must(0);
    assert!(held(&stand, &users[0]).is_empty());
    assert_eq!(held(&stand, &users[1]).len(), 1);
}

#[test]
fn a_directory_that_shows_writes_late_changes_nothing_about_it() {
    works_and_goes_back(&Stand::with_faults(40, "stale:400"));
}

#[test]
fn a_sealed_plan_and_a_restore_give_what_a_sheet_gives() {
    let stand = Stand::of(40);
    let users = staffed(&stand, 2);
    wish(&stand, &[(&users[0], "FLOW_FREE"), (&users[1], "EMS(-INTUNE_A)")]);
    let snapshot = stand.json(&["snapshots"], 0)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    stand
        .run(&["plan", "users.csv", "--allow", "licenses", "-o", "plan.json"])
        .must(0);
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(4)
        .says(&["--allow licenses"]);
    stand
        .run(&["apply", "plan.json", "--yes", "--allow", "licenses"])
        .must(0);
    assert_eq!(held(&stand, &users[1]), [(EMS.to_owned(), json!([INTUNE]))]);
    assert_eq!(held(&stand, &users[0]).len(), 1);
    let restore = ["apply", "--restore", &snapshot, "--yes", "--allow", "licenses"];
    stand.run(&restore).must(0);
    assert_eq!(held(&stand, &users[0]), [(EMS.to_owned(), json!([INTUNE]))]);
    assert!(held(&stand, &users[1]).is_empty());
}

#[test]
fn a_new_user_gets_a_licence_in_the_same_run() {
    let stand = Stand::of(40);
    let header = "userPrincipalName,displayName,accountEnabled,usageLocation,assignedLicenses";
    let name = format!("new.comer@{}", domain(&stand));
    stand.write(
        "users.csv",
        format!("{header}\n{name},New Comer,true,NL,EMS(-INTUNE_A)\n"),
    );
    let allow = ["create,licenses", "--passwords", "passwords.csv"];
    stand.run(&[&APPLY[..4], &allow].concat()).must(0);
    let dump = stand.dump();
    let user = dump
        .values()
        .find(|user| user["userPrincipalName"] == name)
        .unwrap();
    assert_eq!(
        user["assignedLicenses"],
        json!([{"skuId": EMS, "disabledPlans": [INTUNE]}])
    );
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn a_request_without_an_answer_gives_no_licence_twice() {
    for fault in [
        "drop-after,on=write-batch,times=1",
        "drop-before,on=write-batch,times=1",
        "503-after,on=write,times=2",
        "409,on=write,times=2",
        "429:1,on=write,times=2",
    ] {
        let stand = Stand::of(40);
        let users = staffed(&stand, 3);
        let wishes: Vec<(&str, &str)> = users.iter().map(|user| (user.as_str(), "FLOW_FREE")).collect();
        wish(&stand, &wishes);
        stand.faults(fault);
        stand.run(&APPLY).must(0);
        for user in &users {
            assert_eq!(held(&stand, user).len(), 1, "{fault}");
        }
        assert_eq!(stand.history().len(), 3, "{fault}");
    }
}
