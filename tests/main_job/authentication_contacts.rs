//! Telephone numbers and addresses for signing in: their order, their permissions and their words, and never mixed up with the profile.

use std::path::PathBuf;
use std::time::Duration;

use dirsheet::sandbox::{AcceptedWrite, People, SandboxOptions};

use super::big::id;
use super::sheet::{Sheet, unguarded};
use super::stand::{Ran, Stand, people};

pub const MOBILE: &str = "authentication.phoneMethods.mobile";
const ALTERNATE: &str = "authentication.phoneMethods.alternateMobile";
const OFFICE: &str = "authentication.phoneMethods.office";
pub const EMAIL: &str = "authentication.emailMethods.emailAddress";
pub const COLUMNS: &str = "authentication.phoneMethods.mobile,authentication.phoneMethods.alternateMobile,authentication.phoneMethods.office,authentication.emailMethods.emailAddress";

fn options(users: usize, extra: &[&str]) -> SandboxOptions {
    let roles = ["User.ReadWrite.All"].iter().chain(extra);
    SandboxOptions {
        roles: roles.map(|role| (*role).to_owned()).collect(),
        ..people(users)
    }
}

pub fn stand(users: usize) -> Stand {
    Stand::open(options(users, &["UserAuthenticationMethod.ReadWrite.All"]))
}

/// An export of one user, which costs no more than that.
fn export_one(stand: &Stand, user: &str, columns: &str) -> Sheet {
    let filter = format!("id eq '{user}'");
    stand
        .run(&[
            "export",
            "-o",
            "users.csv",
            "--columns",
            columns,
            "--filter",
            &filter,
        ])
        .must(0);
    stand.sheet("users.csv")
}

/// What the directory has in one cell.
fn cell(stand: &Stand, user: &str, column: &str) -> String {
    unguarded(export_one(stand, user, column).of(user, column)).to_owned()
}

/// Sets these cells of one user and applies.
pub fn set(stand: &Stand, user: &str, cells: &[(&str, &str)]) -> Ran {
    set_without_apply(stand, user, cells);
    stand.run(&["apply", "users.csv", "--yes"])
}

fn set_without_apply(stand: &Stand, user: &str, cells: &[(&str, &str)]) {
    let mut sheet = export_one(stand, user, COLUMNS);
    sheet.keep_rows(&[user]);
    for (column, text) in cells {
        sheet.set(user, column, *text);
    }
    stand.save("users.csv", &sheet);
}

/// Method and the end of the path of what was written since.
fn written(stand: &Stand, since: usize) -> Vec<(String, String)> {
    let short = |write: &AcceptedWrite| {
        let path = write.path.replace(&write.user_id, "ID");
        (
            write.method.clone(),
            path.split("ID").nth(1).unwrap_or_default().to_owned(),
        )
    };
    stand.history().iter().skip(since).map(short).collect()
}

#[test]
fn an_alternate_number_comes_after_the_mobile_one_and_goes_before_it() {
    const MOBILE_PATH: &str = "/authentication/phoneMethods/3179e48a-750b-4051-897c-87b9720928f7";
    let stand = stand(60);
    let user = id(&stand.ordinary()[0]);
    set(&stand, &user, &[(MOBILE, "+31 612345678")]).must(0);
    // Other words for the same ask for nothing.
    set(&stand, &user, &[(MOBILE, "+31 6 1234 5678")])
        .must(0)
        .says(&["Nothing was written"]);
    set(&stand, &user, &[(MOBILE, "")]).must(0);
    let mut since = stand.history().len();
    set(
        &stand,
        &user,
        &[(ALTERNATE, "+31 611111111"), (MOBILE, "+31 622222222")],
    )
    .must(0);
    let order = written(&stand, since);
    assert_eq!(order.len(), 2, "{order:?}");
    let bodies = stand.history();
    assert_eq!(bodies[since].body["phoneType"], "mobile");
    since = bodies.len();
    set(&stand, &user, &[(ALTERNATE, ""), (MOBILE, "")]).must(0);
    assert_eq!(
        written(&stand, since)[1],
        ("DELETE".to_owned(), MOBILE_PATH.to_owned())
    );
    stand.run(&["undo", &stand.newest_run(), "--yes"]).must(0);
    assert_eq!(cell(&stand, &user, MOBILE), "+31 622222222");
    assert_eq!(cell(&stand, &user, ALTERNATE), "+31 611111111");
    assert_eq!(stand.stats().writes_refused, 0);
}

#[test]
fn a_column_costs_one_question_for_each_user_and_none_unless_it_is_named() {
    let stand = stand(45);
    let cost = |columns: &str| {
        let before = stand.stats().reads;
        stand.export_columns(columns);
        stand.stats().reads - before
    };
    let users = stand.dump().len() as u64;
    let plain = cost("all");
    assert!(plain < 5, "{plain}");
    // Three numbers come in one answer.
    assert_eq!(
        cost(&format!("{MOBILE},{ALTERNATE},{OFFICE}")) - cost("minimal"),
        users
    );
    assert_eq!(cost(COLUMNS) - cost("minimal"), 2 * users);
    assert!(!stand.read("users.csv").is_empty());
}

#[test]
fn what_the_service_would_refuse_is_found_before_any_request() {
    let stand = stand(30);
    let user = id(&stand.ordinary()[0]);
    set(&stand, &user, &[(ALTERNATE, "+31 611111111")])
        .must(3)
        .says(&["alternate-without-mobile"]);
    set(&stand, &user, &[(MOBILE, "+31611111111")])
        .must(3)
        .says(&["not-a-sign-in-number"]);
    stand
        .run(&["check", "users.csv", "--fix", "-o", "fixed.csv"])
        .must(0);
    assert_eq!(stand.sheet("fixed.csv").of(&user, MOBILE), "+31 611111111");
    set(&stand, &user, &[(MOBILE, "0611111111")])
        .must(3)
        .says(&["country code"]);
    assert!(stand.history().is_empty());
    set(
        &stand,
        &user,
        &[(MOBILE, "+31 611111111"), (ALTERNATE, "+31 611111111")],
    )
    .must(0)
    .says(&["same-number-twice"]);
    set(&stand, &user, &[(MOBILE, "")])
        .must(3)
        .says(&["alternate-without-mobile"]);
    assert_eq!(stand.stats().writes_refused, 0);
}

#[test]
fn a_number_of_the_profile_and_one_for_signing_in_go_each_to_its_own_place() {
    let stand = stand(30);
    let user = id(&stand.ordinary()[0]);
    let mut sheet = stand.export_columns(&format!("mobilePhone,businessPhones,{MOBILE},{OFFICE}"));
    sheet.keep_rows(&[&user]);
    sheet.set(&user, "mobilePhone", "+31 6 1000 0001");
    sheet.set(&user, MOBILE, "+31 610000002");
    sheet.set(&user, "businessPhones", "+31 20 300 0003");
    sheet.set(&user, OFFICE, "+31 204000004");
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let after = stand.export_columns(&format!("mobilePhone,businessPhones,{MOBILE},{OFFICE}"));
    for (column, text) in [
        ("mobilePhone", "+31 6 1000 0001"),
        (MOBILE, "+31 610000002"),
        ("businessPhones", "+31 20 300 0003"),
        (OFFICE, "+31 204000004"),
    ] {
        assert_eq!(unguarded(after.of(&user, column)), text, "{column}");
    }
    let ways: Vec<String> = written(&stand, 0).into_iter().map(|(method, _)| method).collect();
    assert_eq!(ways, ["PATCH", "POST", "POST"]);
    // The names of the profile never mean them.
    let name = after.of(&user, "userPrincipalName").to_owned();
    for header in ["Mobile phone", "mobile", "Office phone", "Business phone"] {
        let edited = Sheet::new(&["userPrincipalName", header], &[&[&name, "+31 6 9999 9999"]]);
        stand.save("named.csv", &edited);
        let plan = stand.json(&["plan", "named.csv"], 0);
        let column = plan["changes"][0]["column"].as_str().unwrap();
        assert!(
            ["mobilePhone", "businessPhones"].contains(&column),
            "{header}: {column}"
        );
    }
    stand.save(
        "named.csv",
        &Sheet::new(&["userPrincipalName", "Phone"], &[&[&name, "+31 6 9999 9999"]]),
    );
    stand.run(&["plan", "named.csv"]).must(3);
}

#[test]
fn without_the_permission_the_export_goes_on_and_the_edit_is_withheld() {
    let stand = Stand::open(options(30, &["UserAuthMethod-Email.ReadWrite.All"]));
    let user = id(&stand.ordinary()[0]);
    let before = stand.stats().reads;
    let ran = stand
        .run(&["export", "-o", "users.csv", "--columns", COLUMNS])
        .must(6);
    assert!(
        ran.stderr.contains("UserAuthMethod-Phone.Read.All"),
        "{}",
        ran.stderr
    );
    let users = stand.dump().len() as u64;
    assert!(
        stand.stats().reads - before <= users + 3,
        "nobody asks for what is denied anyway"
    );
    let sheet = stand.sheet("users.csv");
    assert_eq!(
        (sheet.of(&user, MOBILE), sheet.of(&user, EMAIL)),
        ("<not read>", "")
    );
    let mut edited = sheet;
    edited.keep_rows(&[&user]);
    edited.set(&user, EMAIL, "anna@home.example");
    stand.save("users.csv", &edited);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let only_reads = Stand::open(options(30, &["UserAuthenticationMethod.Read.All"]));
    let user = id(&only_reads.ordinary()[0]);
    set(&only_reads, &user, &[(MOBILE, "+31 611111111")])
        .must(7)
        .says(&["UserAuthMethod-Phone.ReadWrite.All"]);
    assert_eq!(only_reads.stats().writes_received, 0);
}

#[test]
fn a_lost_answer_is_looked_at_and_a_429_is_waited_out() {
    for (faults, throttled) in [
        ("504-after,on=write,times=1", false),
        ("429:1,on=write,times=1", true),
    ] {
        let stand = stand(30);
        let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
        let mut sheet = stand.export_columns(COLUMNS);
        sheet.keep_rows(&users.iter().map(String::as_str).collect::<Vec<_>>());
        for (at, user) in users.iter().enumerate() {
            sheet.set(user, MOBILE, format!("+31 61111111{at}"));
        }
        stand.save("users.csv", &sheet);
        stand.faults(faults);
        let ran = stand.run(&["apply", "users.csv", "--yes"]).must(0);
        let posts = written(&stand, 0);
        assert_eq!(posts.len(), 3, "{faults}: {posts:?}");
        if throttled {
            assert!(ran.took >= Duration::from_secs(1), "{:?}", ran.took);
        } else {
            assert_eq!(stand.stats().writes_received, 3, "nothing was posted twice");
        }
    }
}

#[test]
fn an_undo_whose_new_number_got_no_clear_answer_posts_it_once() {
    let stand = stand(30);
    let user = id(&stand.ordinary()[0]);
    set(&stand, &user, &[(MOBILE, "+31 611111111")]).must(0);
    set(&stand, &user, &[(MOBILE, "<clear>")]).must(0);
    let before = written(&stand, 0).len();
    stand.faults("504-after,on=write,times=1");
    stand.run(&["undo", &stand.newest_run(), "--yes"]).must(0);
    assert_eq!(written(&stand, 0).len(), before + 1);
    assert_eq!(stand.export_columns(COLUMNS).of(&user, MOBILE), "+31 611111111");
}

#[test]
fn the_sample_is_planned_applied_verified_and_undone() {
    let sample = |name: &str| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("samples")
            .join(name)
    };
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(sample("directory.csv")),
        ..options(0, &["UserAuthenticationMethod.ReadWrite.All"])
    });
    stand.write(
        "contacts.csv",
        std::fs::read(sample("authentication-contacts.csv")).unwrap(),
    );
    let plan = stand.json(&["plan", "contacts.csv"], 0);
    assert_eq!(plan["summary"]["cells_changed"], 6, "{plan:#}");
    let told = stand.run(&["plan", "contacts.csv"]).must(0);
    // Whole, and not only in the lists of changes.
    for column in [MOBILE, ALTERNATE, OFFICE, EMAIL] {
        assert!(told.stdout.contains(&format!("\n  {column} ")), "{}", told.stdout);
    }
    stand
        .run(&["apply", "contacts.csv", "--yes", "--max-users", "10"])
        .must(0)
        .says(&["6 cells confirmed"]);
    assert_eq!(stand.history().len(), 6);
    stand.run(&["undo", &stand.newest_run(), "--yes"]).must(0);
    let after = stand.export_columns(COLUMNS);
    for column in [MOBILE, ALTERNATE, OFFICE, EMAIL] {
        assert!(after.cells(column).iter().all(|cell| cell.is_empty()), "{column}");
    }
}

#[test]
fn whose_role_is_too_weak_is_told_by_the_plan() {
    let stand = Stand::open(SandboxOptions {
        app_role: Some("User Administrator".to_owned()),
        ..options(
            60,
            &[
                "UserAuthenticationMethod.ReadWrite.All",
                "RoleManagement.Read.Directory",
            ],
        )
    });
    let holds = |user: &serde_json::Value, role: &str| {
        user["roles"].as_array().unwrap().iter().any(|held| held == role)
    };
    for (role, needs) in [
        ("Global Administrator", "Privileged Authentication Administrator"),
        ("Directory Readers", "Authentication Administrator"),
    ] {
        let users = stand.sandbox().dump();
        let target = id(users.iter().find(|user| holds(user, role)).unwrap());
        set_without_apply(&stand, &target, &[(MOBILE, "+31 611111111")]);
        let plan = stand.json(&["plan", "users.csv", "--allow", "admins"], 0);
        let refusal = &plan["refusals_foreseen"][0];
        assert_eq!(
            (&refusal["reason"], &refusal["needs"]),
            (&"admin-protected".into(), &needs.into())
        );
    }
    assert_eq!(stand.stats().writes_received, 0);
}
