//! What `feed check` and `feed preview` say.

use super::{Said, Stand};

fn held(name: &str, said: &Said) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, said));
}

const SETTINGS: &str = r#"name = "hr"
rows = 'row["Status"] != "Left"'

[source]
path = "people.csv"

[key]
column = "Number"

[tables.departments]
file = "departments.csv"
key = "code"
value = "name"

[attributes.surname]
value = '{{ row["Last"] | title }}'

[attributes.department]
value = '{{ row["Dep"] | lookup("departments") }}'
blank = "clear"

[attributes.mobilePhone]
value = '{{ row["Phone"] | phone("NL") }}'
authority = "when-empty"

[attributes.usageLocation]
column = "Country"

[manager]
column = "Boss"
"#;

const PEOPLE: &str = "Number;Last;Dep;Phone;Country;Boss;Status
1001;VAN DIJK;10;06-12345678;NL;1002;Active
1002;JANSEN;;;NL;9999;Active
1003;GONE;10;;NL;1002;Left
";

const BAD_PEOPLE: &str = "Number;Last;Dep;Phone;Country;Boss;Status
1001;VAN DIJK;99;geen;Holland;1002;Active
1001;JANSEN;10;;NL;;Active
;DE WIT;10;;NL;;Active
";

fn stand() -> Stand {
    let stand = Stand::new();
    stand.write("FEED.toml", SETTINGS);
    stand.write("departments.csv", "code,name\n10,Sales\n20,Finance\n");
    stand.write("people.csv", PEOPLE);
    stand.write("bad.csv", BAD_PEOPLE);
    stand
}

#[test]
fn a_feed_and_a_file_in_order() {
    held("feed_in_order", &stand().run(&["feed", "check", "FEED.toml"]));
}

#[test]
fn a_file_with_values_that_cannot_be_made() {
    held(
        "feed_bad_values",
        &stand().run(&["feed", "check", "FEED.toml", "bad.csv"]),
    );
}

#[test]
fn a_file_with_other_columns() {
    let stand = stand();
    stand.write(
        "other.csv",
        "Number;Lastname;Dep;Phone;Country;Boss;Status\n1;A;10;;NL;;Active\n",
    );
    held(
        "feed_other_columns",
        &stand.run(&["feed", "check", "FEED.toml", "other.csv"]),
    );
}

#[test]
fn settings_with_twenty_mistakes() {
    let stand = stand();
    stand.write(
        "BAD.toml",
        r#"name = "hr feed"
rows = '{{ row["Status"] }}'
[source]
path = "people.csv"
enconding = "utf-8"
stable-for = "soon"
[key]
column = "Number"
value = '{{ row["Number"] }}'
attribute = "displayName"
[attributes.sirname]
column = "Last"
[attributes.employeeId]
column = "Number"
[attributes.createdDateTime]
column = "Start"
[attributes.givenName]
value = '{{ row["First"] | titel }}'
[attributes.jobTitle]
value = '{{ row["Title"] | trim }'
[attributes.department]
value = '{{ row["Dep"] | lookup("departments") }}'
blank = "Clear"
[attributes.mobilePhone]
value = '{{ row["Phone"] | phone("Holland") }}'
[attributes.employeeHireDate]
value = '{{ row["Start"] | date("dd-mm-yyyy") }}'
[attributes.displayName]
column = 5
[attributes.city]
[leavers]
when = 'row["Status"] == "Left"'
[joiners]
create = true
[gate]
rows-lost = "many"
[guards]
max-users = "2.5%"
allow = ["privileged-roles", "disabel"]
[schedule]
at = "2:30"
"#,
    );
    held("feed_twenty_mistakes", &stand.run(&["feed", "check", "BAD.toml"]));
}

#[test]
fn what_comes_out_for_a_person() {
    let stand = stand();
    held("feed_preview", &stand.run(&["feed", "preview", "FEED.toml"]));
    held(
        "feed_preview_problems",
        &stand.run(&["feed", "preview", "FEED.toml", "bad.csv", "--row", "2"]),
    );
    held(
        "feed_preview_json",
        &stand.run(&["feed", "preview", "FEED.toml", "--key", "1002", "--json"]),
    );
}

#[test]
fn a_proposal_is_in_order_and_overwrites_nothing() {
    let stand = stand();
    stand.write(
        "export.csv",
        "Employee ID;First Name;Last Name;Department;Work Email;Hire Date\n1;Ana;Costa;R&D;ana@contoso.example;31-01-2020\n2;Rui;Melo;R&D;rui@contoso.example;15-05-2018\n",
    );
    held("feed_proposal", &stand.run(&["feed", "init", "export.csv"]));
    let made = stand.run(&["feed", "init", "export.csv", "-o", "NEW.toml"]);
    assert_eq!(made.code, 0, "{made}");
    let checked = stand.run(&["feed", "check", "NEW.toml", "export.csv"]);
    assert_eq!(checked.code, 0, "{checked}");
    let again = stand.run(&["feed", "init", "export.csv", "-o", "NEW.toml"]);
    assert_eq!(again.code, 2, "{again}");
    assert!(
        again.stderr.contains("is there already, and is left as it is"),
        "{again}"
    );
}

#[test]
fn every_mistake_of_the_schedule_is_told_and_a_table_that_is_not_there_with_its_line() {
    let stand = stand();
    let schedule = "[schedule]\nat = \"2:30\"\ndays = \"mo-fr\"\ntime-zone = \"CEST\"\nuser = \"-x\"\n";
    stand.write("BAD.toml", &format!("{SETTINGS}{schedule}"));
    let checked = stand.run(&["feed", "check", "BAD.toml"]);
    assert_eq!(checked.code, 2, "{checked}");
    for told in [
        "schedule.at: `2:30`",
        "schedule.days: `mo",
        "schedule.time-zone: `CEST`",
        "schedule.user: `-x`",
    ] {
        assert!(checked.stderr.contains(told), "{told}: {checked}");
    }
    std::fs::remove_file(stand.folder.path().join("departments.csv")).unwrap();
    let night = stand.run(&["feed", "run", "FEED.toml"]);
    assert_eq!(night.code, 2, "{night}");
    let first = night.stderr.lines().next().unwrap();
    assert!(
        first.contains("`FEED.toml`, line 11: tables.departments.file: the table of words `departments.csv` cannot be read"),
        "{night}"
    );
}
