//! Good settings become a feed; bad ones are told whole, each with its line.

use std::collections::BTreeMap;

use super::judge;
use crate::domain::{Limit, Limits, Permission, SourceRow, SourceTable};
use crate::feed::settings::{Authority, Blank};
use crate::feed::{Feed, SettingsProblem, read_settings};

/// What is enough for a feed.
pub(in crate::feed) const LEAST: &str = r#"
name = "hr"
source = { path = "people.csv" }
key = { column = "Number" }
"#;

pub(in crate::feed) fn feed_of(text: &str) -> Result<Feed, Vec<SettingsProblem>> {
    let table = SourceTable::new(
        vec!["code".to_owned(), "name".to_owned()],
        vec![
            SourceRow::new(2, ["10", "Sales"]),
            SourceRow::new(3, ["20", "Finance"]),
        ],
    );
    let tables = BTreeMap::from([("departments".to_owned(), Ok(table))]);
    judge(read_settings(text)?, &tables)
}

fn told(text: &str) -> Vec<String> {
    match feed_of(&format!("{LEAST}{text}")) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{problem} -- {}", problem.help))
            .collect(),
    }
}

#[test]
fn a_whole_file_of_settings_becomes_a_feed() {
    let feed = feed_of(
        r#"
        name = "hr"
        rows = 'row["Status"] != "X" and row["Type"] is not startingwith("Ext")'
        [source]
        path = "inbox/workday-*.csv"
        stable-for = "90s"
        [key]
        column = "Number"
        [key.first-match]
        userPrincipalName = "Email"
        mail = '{{ row["Email"] | lower }}'
        [tables.departments]
        file = "departments.csv"
        key = "code"
        value = "name"
        [attributes.surname]
        value = '{{ row["Last"] | title }}'
        authority = "on-create"
        [attributes.department]
        value = '{{ row["Dep"] | lookup("departments") }}'
        blank = "clear"
        [attributes."employeeOrgData.costCenter"]
        column = "Cost"
        [attributes.displayName]
        value = '{{ row["First"] }} {{ row["Last"] }}'
        [attributes.extension_0123456789abcdef0123456789abcdef_badge]
        column = "Badge"
        [manager]
        column = "Boss"
        [joiners]
        create = true
        names = "{surname}@contoso.com"
        first-day = '{{ row["Start"] | date("%d-%m-%Y") }}'
        [leavers]
        when = 'row["Status"] == "Left"'
        [missing]
        users = 'user.userType == "Member"'
        max = 10
        [guards]
        max-users = "5%"
        allow = ["create", "disable"]
        "#,
    )
    .unwrap();
    let names: Vec<&str> = feed.attributes.iter().map(|own| own.attribute.name).collect();
    assert_eq!(
        names,
        [
            "surname",
            "department",
            "employeeOrgData.costCenter",
            "displayName",
            "extension_0123456789abcdef0123456789abcdef_badge"
        ],
        "in the order of the file"
    );
    assert_eq!(feed.attributes[0].authority, Authority::OnCreate);
    assert_eq!(feed.attributes[1].blank, Blank::Clear);
    assert_eq!(feed.first_match[0].attribute.name, "userPrincipalName");
    assert_eq!(feed.key.attribute.name, "employeeId");
    assert_eq!(feed.stable_for.as_secs(), 90);
    assert_eq!(feed.missing_max, Limit::Users(10));
    assert_eq!(feed.settings.joiners.as_ref().unwrap().days_before(), 14);
    assert_eq!(
        feed.columns_read().into_iter().collect::<Vec<_>>(),
        [
            "Badge", "Boss", "Cost", "Dep", "Email", "First", "Last", "Number", "Start", "Status", "Type"
        ]
    );
    let mut limits = Limits::default();
    feed.set_limits(&mut limits);
    assert_eq!(limits.users.value, Limit::Percent(5));
    assert_eq!(limits.users.origin, "guards.max-users of the feed `hr`");
    assert_eq!(limits.allowed, [Permission::Create, Permission::Disable]);
    let user = |kind: &str| BTreeMap::from([("userType".to_owned(), kind.to_owned())]);
    assert_eq!(feed.is_missed(&user("Member")), Ok(true));
    assert_eq!(feed.is_missed(&user("Guest")), Ok(false));
    assert_eq!(feed.is_missed(&BTreeMap::new()), Ok(false));
}

#[test]
fn each_mistake_is_told_with_its_line_and_what_to_do() {
    for (text, expected) in [
        (
            "[atributes]",
            "line 5: atributes: there is no key `atributes` of the file -- did you mean `attributes`?",
        ),
        (
            "[attributes.surname]\ncolumn = 5",
            "line 6: attributes.surname.column: it takes a text between quotes, and a whole number stands there",
        ),
        (
            "[attributes.surname]\ncolumn = \"A\"\nblank = \"Clear\"",
            "line 7: attributes.surname.blank: `Clear` is none of `keep`, `clear` -- did you mean `clear`?",
        ),
        (
            "[attributes.employeeOrgData.costCenter]\ncolumn = \"A\"",
            "`[attributes.\"employeeOrgData.costCenter\"]`",
        ),
        (
            "[attributes.surname]",
            "line 5: attributes.surname: it has neither `column` nor `value`",
        ),
        (
            "[attributes.surname]\ncolumn = \"A\"\nvalue = \"B\"",
            "it has both `column` and `value`",
        ),
        (
            "[attributes.sirname]\ncolumn = \"A\"",
            "`sirname` is no attribute -- did you mean `surname`?",
        ),
        (
            "[attributes.\"Last name\"]\ncolumn = \"A\"",
            "did you mean `surname`?",
        ),
        (
            "[attributes.createdDateTime]\ncolumn = \"A\"",
            "`createdDateTime` cannot be changed: the service sets it",
        ),
        (
            "[attributes.employeeId]\ncolumn = \"A\"",
            "`employeeId` is the key",
        ),
        ("[attributes.manager]\ncolumn = \"A\"", "write [manager]"),
        (
            "[attributes.displayName]\ncolumn = \"A\"\nblank = \"clear\"",
            "does not let `displayName` be empty",
        ),
        (
            "[attributes.surname]\nvalue = '{{ row[\"A\" }}'",
            "the template is not whole",
        ),
        (
            "[attributes.surname]\nvalue = '{{ row[\"A\"] | titel }}'",
            "there is no filter `titel` -- did you mean `title`?",
        ),
        (
            "[attributes.surname]\nvalue = '{% if row[\"A\"] is emty %}{% endif %}'",
            "there is no test `emty`",
        ),
        (
            "[attributes.surname]\nvalue = '{{ first(row[\"A\"]) }}'",
            "there is no function `first`",
        ),
        (
            "[attributes.surname]\nvalue = '{{ rwo[\"A\"] }}'",
            "`rwo` means nothing here",
        ),
        (
            "[attributes.surname]\nvalue = '{{ user[\"A\"] }}'",
            "there is no `user` here",
        ),
        (
            "[attributes.surname]\nvalue = '{{ row[\"A\"] | date(\"dd-mm\") }}'",
            "`dd-mm` is no form of a date",
        ),
        (
            "[attributes.surname]\nvalue = '{{ row[\"A\"] | phone(\"Holland\") }}'",
            "`Holland` is no country",
        ),
        (
            "[attributes.surname]\nvalue = '{{ row[\"A\"] | lookup(\"department\") }}'",
            "there is no table `department`",
        ),
        (
            "[tables.x]\nfile = \"x.csv\"\nkey = \"a\"\nvalue = \"b\"",
            "tables.x.file: `x.csv` was not read",
        ),
        (
            "[tables.departments]\nfile = \"d.csv\"\nkey = \"codes\"\nvalue = \"name\"",
            "`d.csv` has no column `codes` -- did you mean `code`?",
        ),
        (
            "[guards]\nallow = [\"privileged-roles\"]",
            "line 6: guards.allow.1: a feed can never be allowed `privileged-roles`",
        ),
        ("[guards]\nallow = [\"disabel\"]", "did you mean `disable`?"),
        ("[guards]\nmax-users = \"5.5%\"", "whole number of percent"),
        ("[guards]\nmax-users = -1", "no whole number from 0"),
        (
            "[gate]\nage = \"soon\"",
            "gate.age: `soon` is not a length of time",
        ),
        ("[gate]\nrows-lost = \"lots\"", "`lots` is no threshold"),
        (
            "[leavers]\nwhen = 'row[\"A\"] == \"x\"'",
            "`guards.allow` does not have `disable`",
        ),
        ("[leavers]\naction = \"report\"", "nothing says who has left"),
        (
            "[leavers]\naction = \"report\"\nwhen = '{{ row[\"A\"] }}'",
            "stands without `{{`",
        ),
        (
            "[joiners]\ncreate = true",
            "`guards.allow` does not have `create`",
        ),
        (
            "[joiners]\nnames = \"{department}@c.example\"",
            "it is made of `department`",
        ),
        (
            "[missing]\nusers = 'user.jobTitel == \"x\"'",
            "`user` has no `jobTitel` here",
        ),
        (
            "[notify.mail]\nhost = \"mx\"\nfrom = \"a@b.example\"\nto = []\nsecurity = \"none\"",
            "for a server on this machine only",
        ),
        (
            "[[notify.webhooks]]\nurl = \"https://x\"",
            "it takes a table with one of the keys, and a text stands there",
        ),
        (
            "[[notify.webhooks]]\nurl = { env = \"A\", file = \"B\" }",
            "it takes exactly one of `env`, `file`, `command`, and has 2",
        ),
        ("[notify]\nmetrics = \"x.txt\"", "does not end in `.prom`"),
        ("[schedule]\nat = \"2:30\"", "is no time of day"),
        (
            "[schedule]\ndays = \"moon-fri,fry\"",
            "`moon` and `fry` are no days",
        ),
        (
            "[schedule]\nuser = \"hr feed\"",
            "`hr feed` is no name of an account",
        ),
        ("[schedule]\nat = 02:30:00", "a date or a time without quotes"),
        ("", "the feed would do nothing"),
        ("[attributes.surname\ncolumn = \"A\"", "this is no TOML"),
    ] {
        let told = told(text);
        assert!(
            told.iter().any(|problem| problem.contains(expected)),
            "{text}\n  wanted: {expected}\n  told: {told:#?}"
        );
    }
}

#[test]
fn one_mistake_does_not_hide_the_others_and_is_told_once() {
    let problems = feed_of(
        "nam = \"hr\"\n[source]\npaht = \"x\"\n[attributes.sirname]\nvalue = 5\n[guards]\nallow = [\"all\"]\n",
    )
    .unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 1: nam: there is no key `nam` of the file",
            "line 2: source.path: `path` is missing in [source]",
            "line 3: source.paht: there is no key `paht` of [source]",
            "line 4: attributes.sirname: `sirname` is no attribute",
            "line 5: attributes.sirname.value: it takes a text between quotes, and a whole number stands there",
            "line 7: guards.allow.1: `all` is nothing that can be allowed",
            "name: `name` is missing in the file",
            "key: `[key]` is missing in the file",
        ]
    );
}
