//! Guards look at the whole plan before the first write; a refusal says which, how many, how many are allowed, why, and how on.

use dirsheet::sandbox::SandboxOptions;
use serde_json::json;

use super::big::id;
use super::foreseen::{holder, title_and_phone};
use super::stand::{Ran, Stand, people};

/// A sheet in which the first so many ordinary users of a hundred get something.
fn with_edits(users: usize, column: &str, text: impl Fn(usize) -> String) -> (Stand, Vec<String>) {
    let stand = Stand::of(130);
    let ids: Vec<String> = stand.ordinary().iter().take(users).map(id).collect();
    assert_eq!(ids.len(), users);
    let mut sheet = stand.export();
    for (at, user) in ids.iter().enumerate() {
        sheet.set(user, column, text(at));
    }
    stand.save("users.csv", &sheet);
    (stand, ids)
}

/// Refused with these words and nothing sent; then lifted by the arguments, and exactly so many users are written.
#[track_caller]
fn refused_then_lifted(stand: &Stand, words: &[&str], lifted: &[&str], users: usize) {
    stand.run(&["plan", "users.csv"]).must(4);
    let refused: Ran = stand.run(&["apply", "users.csv", "--yes"]).must(4);
    refused
        .says(words)
        .says(&["a guard refused the plan; nothing was written"]);
    assert!(stand.history().is_empty());
    assert_eq!(stand.stats().writes_received, 0);
    assert_eq!(
        stand.json(&["runs"], 0).as_array().unwrap().len(),
        0,
        "no run began"
    );
    let arguments = [&["apply", "users.csv", "--yes"][..], lifted].concat();
    stand.run(&arguments).must(0);
    assert_eq!(stand.history().len(), users);
}

#[test]
fn too_many_users_are_refused_and_the_flag_lifts_it() {
    let (stand, _) = with_edits(51, "jobTitle", |at| format!("Title {at}"));
    let words = [
        "max-users",
        "51 of 130 users",
        "limit is 26 (the larger of 20 and 20% of 130)",
        "by default",
        "--max-users 51",
    ];
    refused_then_lifted(&stand, &words, &["--max-users", "51"], 51);
}

#[test]
fn a_share_of_the_directory_is_a_limit_too() {
    let (stand, _) = with_edits(14, "jobTitle", |at| format!("Title {at}"));
    stand
        .run(&["apply", "users.csv", "--yes", "--max-users", "10%"])
        .must(4)
        .says(&["limit is 13 (10% of 130)", "from --max-users"]);
    assert!(stand.history().is_empty());
    stand
        .run(&["apply", "users.csv", "--yes", "--max-users", "11%"])
        .must(0);
}

#[test]
fn too_many_clears_in_one_column_are_refused_and_the_flag_lifts_it() {
    let (stand, ids) = with_edits(11, "jobTitle", |_| "<clear>".to_owned());
    let with_title = stand
        .dump()
        .values()
        .filter(|user| ids.contains(&id(user)) && !user["jobTitle"].is_null())
        .count();
    let (stand, _) = if with_title == 11 {
        (stand, ids)
    } else {
        // Everybody needs a title before it can be taken away.
        let stand = stand;
        for user in &ids {
            stand.edit(user, "jobTitle", "Clerk");
        }
        let mut sheet = stand.export();
        ids.iter().for_each(|user| sheet.set(user, "jobTitle", ""));
        stand.save("users.csv", &sheet);
        (stand, ids)
    };
    let words = [
        "max-clears",
        "`jobTitle` would be cleared for 11 users",
        "limit is 10",
        "--max-clears 11",
    ];
    refused_then_lifted(&stand, &words, &["--max-clears", "11"], 11);
}

#[test]
fn one_phone_number_on_too_many_people_is_refused_and_the_flag_lifts_it() {
    let (stand, _) = with_edits(6, "mobilePhone", |_| "+31 6 12345678".to_owned());
    let words = [
        "max-same-value",
        "`mobilePhone` would become “+31 6 12345678” for 6 users",
        "limit is 5",
        "--max-same-value 6",
    ];
    refused_then_lifted(&stand, &words, &["--max-same-value", "6"], 6);
}

#[test]
fn a_rename_needs_to_be_allowed() {
    let (stand, ids) = with_edits(1, "userPrincipalName", |_| {
        "renamed.person@contoso.example".to_owned()
    });
    refused_then_lifted(&stand, &["rename", "--allow rename"], &["--allow", "rename"], 1);
    assert_eq!(
        stand.dump()[&ids[0]]["userPrincipalName"],
        "renamed.person@contoso.example"
    );
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(0)
        .says(&["Nothing was written"]);
}

#[test]
fn switching_an_account_off_needs_to_be_allowed() {
    let (stand, ids) = with_edits(1, "accountEnabled", |_| "false".to_owned());
    stand.edit(&ids[0], "accountEnabled", true);
    let mut sheet = stand.export();
    sheet.set(&ids[0], "accountEnabled", "FALSE");
    stand.save("users.csv", &sheet);
    refused_then_lifted(
        &stand,
        &["disable", "accounts switched off: 1", "--allow disable"],
        &["--allow", "disable"],
        1,
    );
}

#[test]
fn switching_many_accounts_on_and_making_many_members_needs_a_number() {
    for (column, before, after, guard, told) in [
        (
            "accountEnabled",
            json!(false),
            "true",
            "max-enables",
            "accounts switched on: 6",
        ),
        (
            "userType",
            json!("Guest"),
            "Member",
            "max-members",
            "users made members: 6",
        ),
    ] {
        let (stand, ids) = with_edits(6, "jobTitle", |_| String::new());
        ids.iter()
            .for_each(|user| stand.edit(user, column, before.clone()));
        let mut sheet = stand.export();
        ids.iter().for_each(|user| sheet.set(user, column, after));
        stand.save("users.csv", &sheet);
        let flag = format!("--{guard}");
        stand
            .run(&["apply", "users.csv", "--yes", &flag, "1"])
            .must(4)
            .says(&["the limit is 1", &format!("from {flag}")]);
        let words = [guard, told, "the limit is 5, by default", &format!("`{flag} 6`")];
        refused_then_lifted(&stand, &words, &[&flag, "6"], 6);
    }
}

#[test]
fn one_phone_number_in_two_spellings_is_one_number_for_the_limit() {
    let spellings = ["+31 6 12345678", "+31612345678"];
    let (stand, _) = with_edits(6, "mobilePhone", |at| spellings[at % 2].to_owned());
    let words = [
        "max-same-value",
        "for 6 users, in 2 spellings",
        "--max-same-value 6",
    ];
    refused_then_lifted(&stand, &words, &["--max-same-value", "6"], 6);
}

#[test]
fn a_plan_that_does_not_change_exactly_as_many_as_expected_is_refused() {
    let (stand, _) = with_edits(3, "jobTitle", |at| format!("Title {at}"));
    stand
        .run(&["apply", "users.csv", "--yes", "--expect", "4"])
        .must(4)
        .says(&["3 users would be changed, 4 were expected"]);
    assert!(stand.history().is_empty());
    stand
        .run(&["apply", "users.csv", "--yes", "--expect", "3"])
        .must(0);
    assert_eq!(stand.history().len(), 3);
}

/// A profile that signs in through a secret file, with limits of its own.
pub(super) fn profile(stand: &mut Stand, guards: &str) {
    let (tenant, client, url) = {
        let sandbox = stand.sandbox();
        (
            sandbox.tenant_id().to_owned(),
            sandbox.client_id().to_owned(),
            sandbox.url(),
        )
    };
    stand.write("secret", format!("{}\n", stand.sandbox().client_secret()));
    stand.write(
        "config.toml",
        format!(
            "[profiles.practice]\ntenant_id = \"{tenant}\"\nclient_id = \"{client}\"\nclient_secret_file = {:?}\n\
             graph_url = \"{url}\"\nauthority_host = \"{url}\"\n[profiles.practice.guards]\n{guards}\n",
            stand.path("secret").display().to_string()
        ),
    );
    for name in [
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "AZURE_AUTHORITY_HOST",
        "DIRSHEET_GRAPH_URL",
    ] {
        stand.unset(name);
    }
}

const WITH_PROFILE: [&str; 4] = ["--profile", "practice", "--config", "config.toml"];

#[test]
fn limits_of_a_profile_hold_and_name_the_file_they_come_from() {
    let (mut stand, _) = with_edits(3, "jobTitle", |at| format!("Title {at}"));
    profile(&mut stand, "max_users = 2");
    let apply = [&["apply", "users.csv", "--yes"][..], &WITH_PROFILE].concat();
    stand
        .run(&apply)
        .must(4)
        .says(&["limit is 2", "guards.max_users in config.toml", "--max-users 3"]);
    assert!(stand.history().is_empty());
    stand.run(&[&apply[..], &["--max-users", "3"]].concat()).must(0);
    assert_eq!(stand.history().len(), 3);
}

#[test]
fn a_profile_says_for_good_how_many_accounts_may_be_switched_on() {
    let (mut stand, ids) = with_edits(2, "accountEnabled", |_| "true".to_owned());
    ids.iter()
        .for_each(|user| stand.edit(user, "accountEnabled", false));
    // The sheet says true already, so only a new export shows the difference as an edit.
    let mut sheet = stand.export();
    ids.iter()
        .for_each(|user| sheet.set(user, "accountEnabled", "true"));
    stand.save("users.csv", &sheet);
    profile(&mut stand, "max_enables = 1\nmax_members = \"1%\"");
    let apply = [&["apply", "users.csv", "--yes"][..], &WITH_PROFILE].concat();
    stand.run(&apply).must(4).says(&[
        "max-enables",
        "limit is 1",
        "guards.max_enables in config.toml",
        "--max-enables 2",
    ]);
    stand.run(&[&apply[..], &["--max-enables", "2"]].concat()).must(0);
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn a_protected_user_is_not_touched_unless_it_is_allowed() {
    let (mut stand, ids) = with_edits(2, "jobTitle", |at| format!("Title {at}"));
    let name = stand.dump()[&ids[1]]["userPrincipalName"]
        .as_str()
        .unwrap()
        .to_owned();
    profile(&mut stand, &format!("protected = [\"{}\"]", name.to_uppercase()));
    let apply = [&["apply", "users.csv", "--yes"][..], &WITH_PROFILE].concat();
    stand.run(&apply).must(4).says(&[
        "protected",
        &name,
        "guards.protected in config.toml",
        "--allow protected",
    ]);
    assert!(stand.history().is_empty());
    stand
        .run(&[&apply[..], &["--allow", "protected"]].concat())
        .must(0);
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn a_protected_name_that_nobody_has_stops_the_plan_because_its_owner_may_be_renamed() {
    let (mut stand, _) = with_edits(2, "jobTitle", |at| format!("Title {at}"));
    profile(&mut stand, "protected = [\"brekglass@contoso.example\"]");
    let apply = [&["apply", "users.csv", "--yes"][..], &WITH_PROFILE].concat();
    stand.run(&apply).must(4).says(&[
        "the list names users whom the directory does not have: brekglass@contoso.example",
        "correct `guards.protected`",
    ]);
    assert!(stand.history().is_empty());
}

#[test]
fn the_plan_in_json_lists_every_guard_with_its_figures() {
    let (stand, _) = with_edits(51, "jobTitle", |at| format!("Title {at}"));
    let plan = stand.json(&["plan", "users.csv"], 4);
    let guards = plan["guards"].as_array().unwrap();
    let refused: Vec<_> = guards.iter().filter(|guard| guard["passed"] == false).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["guard"], "max-users");
    assert_eq!(refused[0]["counted"], 51);
    for name in ["limit", "origin", "flag", "message"] {
        assert!(guards.iter().all(|guard| guard[name].is_string()), "{name}");
    }
    assert_eq!(
        plan["summary"]["users_changed"], 51,
        "the changes are shown all the same"
    );
}

#[test]
fn without_a_yes_and_without_a_terminal_nothing_is_written() {
    let (stand, _) = with_edits(1, "jobTitle", |_| "Title".to_owned());
    stand
        .run(&["apply", "users.csv"])
        .must(2)
        .says(&["needs a yes", "--yes", "nothing was written"]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_plan_that_is_refused_leaves_no_plan_file() {
    let (stand, _) = with_edits(51, "jobTitle", |at| format!("Title {at}"));
    stand
        .run(&["plan", "users.csv", "-o", "plan.json"])
        .must(4)
        .says(&["The plan file was not written"]);
    assert!(!stand.path("plan.json").exists());
}

#[test]
fn an_administrating_application_that_cannot_read_roles_needs_a_word_for_phones_when_nobody_is_asked() {
    let stand = Stand::open(SandboxOptions {
        app_role: Some("Privileged Authentication Administrator".to_owned()),
        ..people(60)
    });
    let admin = id(&holder(&stand, "Global Administrator"));
    title_and_phone(&stand, std::slice::from_ref(&admin));
    stand
        .run(&["plan", "users.csv", "-o", "plan.json"])
        .must(0)
        .says(&["`apply --yes` refuses that without `--allow unknown-roles`"]);
    for sheet in ["users.csv", "plan.json"] {
        stand.run(&["apply", sheet, "--yes"]).must(4).says(&[
            "unknown-roles: sensitive attributes would be changed of users who may be administrators",
            "the limit is 0, from --yes",
            "if this is meant, add `--allow unknown-roles`",
        ]);
    }
    assert_eq!(stand.stats().writes_received, 0);
    stand
        .run(&["apply", "plan.json", "--yes", "--allow", "unknown-roles"])
        .must(0);
    assert_eq!(stand.history().len(), 1);
    // Titles are nothing that locks anybody out.
    let mut sheet = stand.export();
    sheet.set(&admin, "jobTitle", "Another title");
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
}
