//! The mistakes of `mistakes.rs`: the sheets as a person would have saved them, the commands, and what answers each question.

/// One mistake: what went wrong, the command, and what each of the four questions is answered with. An empty answer is one that the
/// mistake does not have: a flag stands at no place, and what is missing is not found.
pub struct Mistake {
    pub name: &'static str,
    pub command: &'static [&'static str],
    pub place: &'static str,
    pub found: &'static str,
    pub allowed: &'static str,
    pub to_do: &'static str,
}

const fn mistake(
    name: &'static str,
    command: &'static [&'static str],
    [place, found, allowed, to_do]: [&'static str; 4],
) -> Mistake {
    Mistake {
        name,
        command,
        place,
        found,
        allowed,
        to_do,
    }
}

/// What the directory of invented people has in its first rows.
pub const PERSON: &str = "jiri.duric@contoso.example";

/// The sheets, as a person would have saved them; `PERSON` is somebody who is there.
pub const SHEETS: &[(&str, &str)] = &[
    (
        "semicolons.csv",
        "id;jobTitle\n7e249586-0000-4000-8000-000000000001;Nurse\n",
    ),
    ("misspelt.csv", "userPrincipalName,jobTitel\nPERSON,Nurse\n"),
    ("german.csv", "userPrincipalName,accountEnabled\nPERSON,jein\n"),
    (
        "twice.csv",
        "userPrincipalName,jobTitle\nPERSON,Nurse\nPERSON,Doctor\n",
    ),
    (
        "other-tenant.csv",
        "id,jobTitle,_snapshot\n7e249586-0000-4000-8000-000000000001,Nurse,snap-20260101-000000-aaaa\n",
    ),
    (
        "deleted.csv",
        "userPrincipalName,jobTitle\ngone@contoso.example,Nurse\n",
    ),
    (
        "long.csv",
        "userPrincipalName,department\nPERSON,Research and Development of Everything That Anybody Could Ever Want\n",
    ),
    (
        "rounded.csv",
        "userPrincipalName,businessPhones\nPERSON,3.16E+10\n",
    ),
    (
        "password.csv",
        "userPrincipalName,password\nPERSON,hunter2hunter2\n",
    ),
    ("cut.csv", "id,jobTitle\n7e249586-0000-4000,Nurse\n"),
    ("country.csv", "userPrincipalName,usageLocation\nPERSON,Spanje\n"),
    ("nobody.csv", "userPrincipalName,jobTitle\n,Nurse\n"),
    ("headless.csv", "PERSON,Nurse\n"),
    (
        "date.csv",
        "userPrincipalName,employeeHireDate\nPERSON,03/04/2026\n",
    ),
    (
        "doubled.csv",
        "userPrincipalName,jobTitle,Job title\nPERSON,Nurse,Nurse\n",
    ),
    ("off.csv", "userPrincipalName,accountEnabled\nPERSON,false\n"),
    (
        "manager.csv",
        "userPrincipalName,manager\nPERSON,nobody@contoso.example\n",
    ),
    ("good.csv", "userPrincipalName,jobTitle\nPERSON,Nurse\n"),
    (
        "away.toml",
        "[profiles.contoso]\ntenant_id = \"contoso.example\"\nclient_id = \"c\"\nclient_secret_command = [\"/bin/echo\", \"hush\"]\ngraph_url = \"http://graph.contoso.example\"\n",
    ),
    ("~$users.xlsx", "x"),
    ("photo.png", "\u{89}PNG\r\n"),
];

pub const MISTAKES: &[Mistake] = &[
    mistake(
        "a file that is not there",
        &["check", "user.csv"],
        [
            "user.csv: error[file-not-found]",
            "there is no file `user.csv`",
            "",
            "dirsheet export -o users.csv",
        ],
    ),
    mistake(
        "the mark of a spreadsheet in the place of its sheet",
        &["check", "~$users.xlsx"],
        [
            "~$users.xlsx: error[file-is-a-lock]",
            "the mark that a spreadsheet leaves",
            "no sheet",
            "name `users.xlsx`",
        ],
    ),
    mistake(
        "a plan in the place of a sheet",
        &["check", "plan.json"],
        [
            "plan.json: error[file-is-json]",
            "this is JSON",
            "no sheet",
            "dirsheet apply plan.json",
        ],
    ),
    mistake(
        "no sign-in",
        &["export", "-o", "users.csv"],
        [
            "",
            "AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET are not set",
            "",
            "add `--sandbox`",
        ],
    ),
    mistake(
        "a profile that is not there",
        &["export", "-o", "users.csv", "--profile", "contoso"],
        [
            "config.toml",
            "`--profile contoso`",
            "needs a configuration file",
            "leave `--profile`",
        ],
    ),
    mistake(
        "an address without https",
        &[
            "export",
            "-o",
            "users.csv",
            "--config",
            "away.toml",
            "--profile",
            "contoso",
        ],
        [
            "http://graph.contoso.example",
            "not safe for credentials",
            "only https",
            "write it with `https://`",
        ],
    ),
    mistake(
        "semicolons read as commas",
        &["check", "semicolons.csv", "--delimiter", ","],
        [
            "semicolons.csv:1",
            "id;jobTitle",
            "the wrong separator",
            "save it with",
        ],
    ),
    mistake(
        "no line with the names of the columns",
        &["check", "headless.csv"],
        [
            "headless.csv:1",
            "jiri.duric@contoso.example",
            "neither `id` nor `userPrincipalName`",
            "put the column names in the first row",
        ],
    ),
    mistake(
        "a column that is misspelt",
        &["check", "misspelt.csv"],
        [
            "misspelt.csv:1 B1",
            "found: “jobTitel”",
            "no attribute has this name",
            "did you mean `jobTitle`?",
        ],
    ),
    mistake(
        "one column under two names",
        &["check", "doubled.csv"],
        [
            "doubled.csv:1 C1",
            "“Job title”",
            "only once",
            "delete one of the two",
        ],
    ),
    mistake(
        "a column with passwords",
        &["check", "password.csv"],
        [
            "password.csv:1 B1",
            "found: “password”",
            "no attribute has this name",
            "delete it",
        ],
    ),
    mistake(
        "a yes or no in another language",
        &["check", "german.csv"],
        [
            "german.csv:2 B2",
            "found: “jein”",
            "takes `true` or `false`",
            "write `true` or `false`",
        ],
    ),
    mistake(
        "a country by its name",
        &["check", "country.csv"],
        ["country.csv:2 B2", "found: “Spanje”", "two letters", "like `NL`"],
    ),
    mistake(
        "a date that may be two",
        &["check", "date.csv"],
        [
            "date.csv:2 B2",
            "found: “03/04/2026”",
            "2026-04-03 or 2026-03-04",
            "write it like",
        ],
    ),
    mistake(
        "a text that is too long",
        &["check", "long.csv"],
        [
            "long.csv:2 B2",
            "characters; `department`",
            "at most 64",
            "shorten the text",
        ],
    ),
    mistake(
        "a telephone number that a spreadsheet rounded",
        &["check", "rounded.csv"],
        [
            "rounded.csv:2 B2",
            "found: “3.16E+10”",
            "rounded a long number",
            "format the column as text",
        ],
    ),
    mistake(
        "an id that was cut",
        &["check", "cut.csv"],
        [
            "cut.csv:2 A2",
            "found: “7e249586-0000-4000”",
            "36 characters",
            "put the exported id back",
        ],
    ),
    mistake(
        "a row that names nobody",
        &["check", "nobody.csv"],
        [
            "nobody.csv:2",
            "both empty",
            "`id` and `userPrincipalName`",
            "fill one of them",
        ],
    ),
    mistake(
        "two rows for one person",
        &["check", "twice.csv"],
        [
            "twice.csv:3 B3",
            "row 2 names the same user",
            "another value for `jobTitle`",
            "delete one of the two rows",
        ],
    ),
    mistake(
        "a sheet from another tenant, or another computer",
        &["check", "other-tenant.csv"],
        [
            "other-tenant.csv:2",
            "`snap-00000000-000000-0000`",
            "not in the state folder",
            "`--base FILE`",
        ],
    ),
    mistake(
        "somebody who was deleted",
        &["plan", "deleted.csv", "--sandbox"],
        [
            "deleted.csv:2",
            "`gone@contoso.example`",
            "no user of the directory",
            "delete the row if the user is gone",
        ],
    ),
    mistake(
        "a manager who is not there",
        &["plan", "manager.csv", "--sandbox"],
        [
            "manager.csv:2 B2",
            "found: “nobody@contoso.example”",
            "no user of the directory",
            "correct the name or id",
        ],
    ),
    mistake(
        "an account switched off by a sheet",
        &["apply", "off.csv", "--sandbox", "--yes"],
        [
            "disable",
            "accounts switched off: 1",
            "the limit is 0",
            "add `--allow disable`",
        ],
    ),
    mistake(
        "nobody there to say yes",
        &["apply", "good.csv", "--sandbox"],
        [
            "`apply` needs a yes",
            "nobody can be asked here",
            "nothing was written",
            "then add `--yes`",
        ],
    ),
    mistake(
        "a plan that is too old",
        &["apply", "plan.json", "--sandbox", "--yes", "--max-age", "1s"],
        [
            "",
            "old, made at",
            "the limit is 1 s, from --max-age",
            "make the plan again",
        ],
    ),
    mistake(
        "a plan that somebody edited",
        &["apply", "edited.plan.json", "--sandbox", "--yes"],
        [
            "`edited.plan.json`",
            "was changed after it was made",
            "its fingerprint does not fit",
            "make the plan again",
        ],
    ),
    mistake(
        "the dry run of another tool",
        &["apply", "good.csv", "--sandbox", "--dry-run"],
        [
            "",
            "'--dry-run'",
            "",
            "`dirsheet plan` shows what `apply` would do",
        ],
    ),
    mistake(
        "the command of another tool",
        &["import", "good.csv"],
        ["", "'import'", "", "`dirsheet apply SHEET` carries it out"],
    ),
    mistake(
        "a run that is not there",
        &["report", "run-20260101-000000-aaaa"],
        [
            "in the state folder",
            "`run-00000000-000000-0000`",
            "there is no run",
            "`dirsheet runs` lists them",
        ],
    ),
    mistake(
        "an export into a folder that is not there",
        &["export", "--sandbox", "-o", "june/users.csv"],
        [
            "`june/users.csv`",
            "there is no folder `june`",
            "cannot be written",
            "make the folder first",
        ],
    ),
    mistake(
        "an address that is none",
        &["sandbox", "--listen", "127.0.0.1"],
        [
            "--listen",
            "`127.0.0.1` is no address with a port",
            "`127.0.0.1:0` for any free port",
            "write it like",
        ],
    ),
];
