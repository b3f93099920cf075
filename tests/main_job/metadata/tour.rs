//! What a full run does not ask: everybody in ranges, who has changed, people named by what they hold, deleted people, definitions with many
//! values, and what `doctor` wants to know.

use dirsheet::catalogue::KEY_NAMES;
use dirsheet::sandbox::{Extensions, SandboxOptions, SeenRequest};

use super::super::sheet::Sheet;
use super::super::stand::{Stand, people};

/// So many are read in ranges of names.
const MANY: usize = 12_000;
/// The definition whose values an `$expand` cuts off.
const LONG: &str = "Marketing.Many";

/// A directory extension and a leaf of a schema extension.
const OWN: &str = "extension_0123456789abcdef0123456789abcdef_costCentre";
const LEAF: &str = "ext2a3b4c5d_company.title";

fn stand(users: usize, extensions: Extensions) -> Stand {
    Stand::open(SandboxOptions {
        keeps_requests: true,
        extensions,
        roles: SandboxOptions::for_practice().roles,
        app_role: SandboxOptions::for_practice().app_role,
        ..people(users)
    })
}

fn with_definitions() -> Extensions {
    let mut extensions = Extensions::default();
    let values: Vec<String> = (0..25).map(|number| format!("v{number}")).collect();
    for name in [
        format!("customSecurityAttributes.{LONG}:String={}", values.join("|")),
        format!("{OWN}:String"),
        format!("{LEAF}:String"),
    ] {
        assert!(extensions.register(&name), "{name}");
    }
    extensions
}

/// The requests of the tour.
pub fn go() -> Vec<SeenRequest> {
    let mut seen = many();
    seen.extend(few());
    seen.extend(without_a_list());
    seen
}

fn many() -> Vec<SeenRequest> {
    let stand = stand(MANY, Extensions::default());
    stand.run(&["export", "-o", "users.csv"]).must(0);
    let user = stand.ordinary()[0]["id"].as_str().unwrap().to_owned();
    stand.edit(&user, "jobTitle", "Changed");
    stand.run(&["export", "-o", "users.csv"]).must(0);
    let filter = "accountEnabled eq true and startsWith(displayName,'A')";
    stand
        .run(&["export", "-o", "some.csv", "--filter", filter])
        .must(0);
    stand.sandbox().take_requests()
}

fn few() -> Vec<SeenRequest> {
    let stand = stand(40, with_definitions());
    let _warned = stand.run(&["doctor"]);
    stand
        .run(&["export", "-o", "all.csv", "--columns", "all"])
        .must(0);
    stand.run(&["export", "-o", "own.csv", "--extensions"]).must(0);
    let both = format!("id,{OWN},{LEAF}");
    stand
        .run(&["export", "-o", "both.csv", "--columns", &both])
        .must(0);
    let long = format!("id,customSecurityAttributes.{LONG}");
    stand
        .run(&["export", "-o", "long.csv", "--columns", &long])
        .must(0);
    let users = stand.ordinary();
    let text = |at: usize, name: &str| users[at][name].as_str().unwrap_or("nobody").to_owned();
    stand.write("long-edit.csv", format!("{long}\n{},v24\n", text(0, "id")));
    stand.run(&["plan", "long-edit.csv"]).must(0);

    for key in KEY_NAMES {
        let rows = [
            [text(1, key), "Pilot".to_owned()],
            [text(2, key), "Pilot".to_owned()],
        ];
        let rows = rows.map(|row| format!("{},{}\n", row[0], row[1])).concat();
        stand.write("keys.csv", format!("{key},jobTitle\n{rows}"));
        let _found = stand.run(&["plan", "keys.csv", "--key", key]);
    }
    let by_name = [&*text(3, "id"), &*text(4, "displayName")];
    stand.save("managers.csv", &Sheet::new(&["id", "manager"], &[&by_name]));
    let _found = stand.run(&["plan", "managers.csv"]);
    let _found = stand.run(&["plan", "managers.csv", "--manager-by", "employeeId"]);

    // A name that begins as an option does is a key in brackets.
    stand.write(
        "odd.csv",
        "userPrincipalName,jobTitle\n$odd@contoso.example,Pilot\n",
    );
    stand.run(&["plan", "odd.csv"]).must(3);

    let gone = (text(5, "id"), text(5, "userPrincipalName"));
    stand.edit(&gone.0, "deletedDateTime", "2026-01-02T00:00:00Z");
    stand.save(
        "back.csv",
        &Sheet::new(&["userPrincipalName", "_action"], &[&[&gone.1, "restore"]]),
    );
    stand
        .run(&["apply", "back.csv", "--yes", "--allow", "restore"])
        .must(0);
    stand.write(
        "guests.csv",
        "inviteeEmail,displayName\nanna@fabrikam.example,Anna\n",
    );
    let _found = stand.run(&["plan", "guests.csv", "--allow", "invite"]);
    stand.sandbox().take_requests()
}

/// The list of a large tenant's extensions is empty; then the application that a name tells is asked.
fn without_a_list() -> Vec<SeenRequest> {
    let stand = stand(3, Extensions::default());
    let _unknown = stand.run(&["export", "-o", "own.csv", "--columns", &format!("id,{OWN}")]);
    stand.sandbox().take_requests()
}
