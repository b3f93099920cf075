//! Directory roles given and taken by a sheet.

use dirsheet::sandbox::{People, SandboxOptions};
use serde_json::{Value as Json, json};

use super::stand::{Stand, people};

const COLUMNS: &str = "id,userPrincipalName,directoryRoles";
const APPLY: [&str; 5] = ["apply", "users.csv", "--yes", "--allow", "roles"];
const PATH: &str = "/roleManagement/directory/roleAssignments";
const GLOBAL: &str = "Global Administrator";
const HELPDESK: &str = "Helpdesk Administrator";
const READER: &str = "Reports Reader";
const INVITER: &str = "Guest Inviter";

fn may_manage(from: SandboxOptions) -> SandboxOptions {
    let more = "RoleManagement.ReadWrite.Directory".to_owned();
    SandboxOptions {
        roles: from.roles.iter().cloned().chain([more]).collect(),
        ..from
    }
}

fn stand() -> Stand {
    Stand::open(may_manage(people(40)))
}

fn ids(stand: &Stand, count: usize) -> Vec<String> {
    let ordinary = stand.ordinary();
    let ids = ordinary
        .iter()
        .take(count)
        .map(|user| user["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

fn wish(stand: &Stand, wishes: &[(&str, &str)]) {
    stand.wish(COLUMNS, "directoryRoles", wishes);
}

fn held(stand: &Stand, user: &str) -> Vec<String> {
    let roles = stand.dump()[user]["roles"].as_array().unwrap().clone();
    let mut roles: Vec<String> = roles
        .iter()
        .map(|role| role.as_str().unwrap().to_owned())
        .collect();
    roles.sort();
    roles
}

fn methods(stand: &Stand) -> Vec<String> {
    stand.history().iter().map(|write| write.method.clone()).collect()
}

/// Everybody with this role, by id.
fn holders(stand: &Stand, role: &str) -> Vec<String> {
    let has = |user: &Json| user["roles"].as_array().unwrap().contains(&json!(role));
    let dump = stand.dump();
    dump.iter()
        .filter(|(_, user)| has(user))
        .map(|(id, _)| id.clone())
        .collect()
}

fn works_and_goes_back(stand: &Stand) {
    let users = ids(stand, 2);
    let (a, b) = (users[0].as_str(), users[1].as_str());
    stand.edit(a, "directoryRoles", json!([INVITER]));
    assert_eq!(stand.export_columns(COLUMNS).of(a, "directoryRoles"), INVITER);
    wish(
        stand,
        &[
            (a, READER),
            (b, "reports reader; 95e79109-95c0-4d8e-aee3-d01accf2d47b"),
        ],
    );
    stand
        .run(&["plan", "users.csv"])
        .must(4)
        .says(&["--allow roles", "no privileged role is given or taken"]);
    assert!(stand.history().is_empty());
    let done = stand.json(&APPLY, 0);
    let run = stand.newest_run();
    assert_eq!(done["summary"]["updated"], 2, "{done}");
    assert_eq!(held(stand, a), [READER]);
    assert_eq!(held(stand, b), [INVITER, READER]);
    // One request for each role.
    assert_eq!(stand.history().len(), 4);
    assert!(stand.history().iter().all(|write| write.path.starts_with(PATH)));
    stand.run(&APPLY).must(0);
    assert_eq!(stand.history().len(), 4);
    // What somebody else gave meanwhile is no business of an undo.
    stand.edit(
        b,
        "directoryRoles",
        json!([INVITER, READER, "Message Center Reader"]),
    );
    stand.run(&["undo", &run, "--yes"]).must(0);
    assert_eq!(held(stand, a), [INVITER]);
    assert_eq!(held(stand, b), ["Message Center Reader"]);
}

#[test]
fn roles_are_given_and_taken_one_by_one_and_an_undo_leaves_the_others() {
    works_and_goes_back(&stand());
}

#[test]
fn a_directory_that_shows_writes_late_changes_nothing_about_roles() {
    let stand = stand();
    stand.faults("stale:400");
    works_and_goes_back(&stand);
}

#[test]
fn the_sample_of_roles_gives_what_it_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let stand = Stand::open(may_manage(SandboxOptions {
        people: People::FromSheet(folder.join("directory.csv")),
        ..people(0)
    }));
    stand.write("users.csv", std::fs::read(folder.join("roles.csv")).unwrap());
    stand.run(&APPLY).must(0);
    assert_eq!(methods(&stand), ["POST", "POST", "POST"]);
    assert_eq!(holders(&stand, READER).len(), 2);
    assert_eq!(holders(&stand, INVITER).len(), 1);
}

#[test]
fn privileged_roles_stand_first_and_need_a_word_of_their_own() {
    let stand = stand();
    let users = ids(&stand, 1);
    wish(&stand, &[(&users[0], "Helpdesk Administrator; Reports Reader")]);
    let told = stand.run(&APPLY).must(4);
    told.says(&[
        "Privileged roles (1)",
        "gets Helpdesk Administrator",
        "--allow privileged-roles",
    ]);
    assert!(stand.history().is_empty());
    stand
        .run(&["plan", "users.csv", "-o", "plan.xlsx", "--html", "plan.html"])
        .must(4);
    let page = stand.read("plan.html");
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(at("Privileged roles (1)") < at("<h2 id=\"guards-title\">"));
    assert!(page.contains(&format!("gets</td><td><bdi>{HELPDESK}</bdi>")));
    stand
        .run(&["plan", "plan.xlsx", "--worksheet", "Privileged roles"])
        .must(3);
    let plan = stand.json(&["plan", "users.csv", "--allow", "roles,privileged-roles"], 0);
    assert_eq!(plan["privileged_roles"][0]["role"], HELPDESK);
    assert_eq!(plan["privileged_roles"][0]["given"], true);
    stand
        .run(&[&APPLY[..4], &["roles,privileged-roles"]].concat())
        .must(0);
    assert_eq!(held(&stand, &users[0]), [HELPDESK, READER]);
    // Whoever holds one is protected from then on, also from losing it by a sheet or an undo.
    let run = stand.newest_run();
    stand
        .run(&["undo", &run, "--yes"])
        .must(4)
        .says(&["--allow privileged-roles"]);
    wish(&stand, &[(&users[0], "<clear>")]);
    stand
        .run(&[&APPLY[..4], &["roles,privileged-roles"]].concat())
        .must(4)
        .says(&["--allow admins"]);
    assert_eq!(held(&stand, &users[0]), [HELPDESK, READER]);
    stand
        .run(&["undo", &run, "--yes", "--allow", "privileged-roles"])
        .must(0);
    assert!(held(&stand, &users[0]).is_empty());
}

#[test]
fn the_last_global_administrator_keeps_the_role_and_the_rest_goes() {
    let stand = stand();
    let heads = holders(&stand, GLOBAL);
    assert_eq!(heads.len(), 1);
    let users = ids(&stand, 1);
    wish(&stand, &[(&heads[0], "<clear>"), (&users[0], READER)]);
    let allow = ["roles,privileged-roles,admins,protected"];
    let plan = stand.json(&[&["plan", "users.csv", "--allow"], &allow[..]].concat(), 0);
    assert_eq!(
        plan["refusals_foreseen"][0]["reason"],
        "last-global-administrator"
    );
    stand.run(&[&APPLY[..4], &allow].concat()).must(6);
    assert_eq!(holders(&stand, GLOBAL), heads);
    assert_eq!(held(&stand, &users[0]), [READER]);
    // With a second one it may go, if that one can sign in.
    stand.edit(&users[0], "directoryRoles", json!([GLOBAL]));
    stand.edit(&users[0], "accountEnabled", false);
    wish(&stand, &[(&heads[0], "<clear>")]);
    stand.run(&[&APPLY[..4], &allow].concat()).must(6);
    assert_eq!(holders(&stand, GLOBAL).len(), 2);
    stand.edit(&users[0], "accountEnabled", true);
    wish(&stand, &[(&heads[0], "<clear>")]);
    stand.run(&[&APPLY[..4], &allow].concat()).must(0);
    assert_eq!(holders(&stand, GLOBAL), [users[0].clone()]);
}

#[test]
fn roles_that_the_tenant_does_not_have_are_findings_and_many_at_once_are_refused() {
    let stand = stand();
    let users = ids(&stand, 4);
    wish(&stand, &[(&users[0], "Helpdesk Admin")]);
    stand
        .run(&APPLY)
        .must(3)
        .says(&["unknown-role", "no role `Helpdesk Admin`"]);
    let wishes: Vec<(&str, &str)> = users.iter().map(|user| (user.as_str(), READER)).collect();
    wish(&stand, &wishes);
    stand.run(&APPLY).must(4).says(&["max-roles"]);
    assert!(stand.history().is_empty());
    stand.run(&[&APPLY[..], &["--max-roles", "4"]].concat()).must(0);
    assert_eq!(stand.history().len(), 4);
}

#[test]
fn a_role_for_a_part_of_the_directory_is_not_in_the_cell_and_stays() {
    let stand = stand();
    let users = ids(&stand, 1);
    let scoped = "Groups Administrator|/administrativeUnits/1";
    stand.edit(&users[0], "directoryRoles", json!([scoped, INVITER]));
    assert_eq!(
        stand.export_columns(COLUMNS).of(&users[0], "directoryRoles"),
        INVITER
    );
    wish(&stand, &[(&users[0], "<clear>")]);
    stand.run(&[&APPLY[..4], &["roles,admins"]].concat()).must(0);
    assert_eq!(stand.dump()[&users[0]]["directoryRoles"], json!([scoped]));
    let run = stand.newest_run();
    let report = stand.read(&format!(".local/state/dirsheet/reports/{run}/{run}-report.csv"));
    assert!(
        report.contains("for a part of the directory, which is left alone"),
        "{report}"
    );
}

#[test]
fn without_the_permission_the_column_is_not_read_and_nothing_else_breaks() {
    let stand = Stand::of(40);
    let users = ids(&stand, 1);
    stand
        .run(&["export", "-o", "users.csv", "--columns", COLUMNS])
        .must(6);
    let mut sheet = stand.sheet("users.csv");
    assert_eq!(sheet.of(&users[0], "directoryRoles"), "<not read>");
    sheet.set(&users[0], "directoryRoles", READER);
    stand.save("users.csv", &sheet);
    stand.run(&APPLY).must(3);
    assert!(stand.history().is_empty());
}

#[test]
fn a_request_without_an_answer_gives_no_role_twice() {
    for fault in [
        "drop-after,on=write-batch,times=1",
        "drop-before,on=write-batch,times=1",
        "503-after,on=write,times=2",
        "409,on=write,times=2",
        "429:1,on=write,times=2",
    ] {
        let stand = stand();
        let users = ids(&stand, 3);
        stand.edit(&users[0], "directoryRoles", json!([INVITER]));
        let wishes: Vec<(&str, &str)> = users.iter().map(|user| (user.as_str(), READER)).collect();
        wish(&stand, &wishes);
        stand.faults(fault);
        stand.run(&APPLY).must(0);
        for user in &users {
            assert_eq!(held(&stand, user), [READER], "{fault}");
        }
        assert_eq!(stand.history().len(), 4, "{fault}");
        // The way back takes three roles and gives one, by requests of the same kinds.
        let run = stand.newest_run();
        stand.faults(fault);
        stand.run(&["undo", &run, "--yes"]).must(0);
        for (user, role) in users.iter().zip([Some(INVITER), None, None]) {
            assert_eq!(held(&stand, user), Vec::from_iter(role), "{fault}");
        }
        assert_eq!(stand.history().len(), 8, "{fault}");
    }
}

#[test]
fn a_sealed_plan_a_restore_and_a_new_user_go_the_same_way() {
    let stand = stand();
    let users = ids(&stand, 1);
    wish(&stand, &[(&users[0], READER)]);
    let snapshot = stand.json(&["snapshots"], 0)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    stand
        .run(&["plan", "users.csv", "--allow", "roles", "-o", "plan.json"])
        .must(0);
    stand
        .run(&["apply", "plan.json", "--yes", "--allow", "roles"])
        .must(0);
    assert_eq!(held(&stand, &users[0]), [READER]);
    stand
        .run(&["apply", "--restore", &snapshot, "--yes", "--allow", "roles"])
        .must(0);
    assert!(held(&stand, &users[0]).is_empty());
    let domain = stand.ordinary()[0]["userPrincipalName"]
        .as_str()
        .unwrap()
        .to_owned();
    let name = format!("new.comer@{}", domain.split_once('@').unwrap().1);
    let header = "userPrincipalName,displayName,accountEnabled,directoryRoles";
    stand.write("users.csv", format!("{header}\n{name},New Comer,true,{READER}\n"));
    let allow = ["create,roles", "--passwords", "passwords.csv"];
    stand.run(&[&APPLY[..4], &allow].concat()).must(0);
    assert_eq!(holders(&stand, READER).len(), 1);
}

#[test]
fn a_sheet_of_new_users_alone_gives_no_privileged_role_without_a_word() {
    let stand = stand();
    let domain = stand.ordinary()[0]["userPrincipalName"]
        .as_str()
        .unwrap()
        .to_owned();
    let name = format!("new.comer@{}", domain.split_once('@').unwrap().1);
    let header = "userPrincipalName,displayName,accountEnabled,directoryRoles";
    stand.write("users.csv", format!("{header}\n{name},New Comer,true,{GLOBAL}\n"));
    let allow = ["create,roles", "--passwords", "passwords.csv"];
    stand
        .run(&[&APPLY[..4], &allow].concat())
        .must(4)
        .says(&["gets Global Administrator", "--allow privileged-roles"]);
    assert!(stand.history().is_empty());
    stand.write("users.csv", format!("{header}\n{name},New Comer,true,Nothing\n"));
    stand
        .run(&[&APPLY[..4], &allow].concat())
        .must(3)
        .says(&["the tenant has no role"]);
    assert!(stand.history().is_empty());
}

#[test]
fn the_list_of_assignments_is_read_once_however_many_users_a_sheet_names() {
    let stand = Stand::open(may_manage(people(1_100)));
    let cost = |count: usize| {
        let users = ids(&stand, count);
        let wishes: Vec<(&str, &str)> = users.iter().map(|user| (user.as_str(), READER)).collect();
        wish(&stand, &wishes);
        let mut sheet = stand.sheet("users.csv");
        sheet.keep_rows(&users.iter().map(String::as_str).collect::<Vec<_>>());
        stand.save("users.csv", &sheet);
        let before = stand.stats().http_requests;
        stand.run(&["plan", "users.csv", "--allow", "roles", "--max-roles", "400"]);
        stand.stats().http_requests - before
    };
    // Twenty users are one look-up more; nothing else is asked for again.
    assert_eq!(cost(20) + 1, cost(40));
}
