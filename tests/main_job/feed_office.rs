//! An office whose HR system drops a file every night: the directory, the file, and the settings of the feed.

use std::collections::BTreeMap;
use std::time::Duration;

use dirsheet::sandbox::{People, SandboxOptions};
use serde_json::Value as Json;

use super::stand::{Ran, Stand, people, until};

pub(super) const SETTINGS: &str = r#"
name = "hr"
rows = 'row["Type"] != "External"'
[source]
path = "inbox/hr-*.csv"
stable-for = "1s"
archive = "archive"
quarantine = "quarantine"
[key]
column = "Nr"
[key.first-match]
userPrincipalName = "Mail"
[attributes]
givenName = { column = "First" }
surname = { column = "Last" }
displayName = { value = '{{ row["First"] }} {{ row["Last"] }}' }
department = { column = "Dept" }
jobTitle = { column = "Title", blank = "clear" }
mobilePhone = { column = "Mobile", authority = "when-empty" }
[manager]
column = "Boss"
[joiners]
create = true
first-day = '{{ row["From"] }}'
names = "{givenName}.{surname}@contoso.example"
passwords = "passwords"
[leavers]
last-day = '{{ row["To"] }}'
[guards]
allow = ["create", "disable"]
"#;

pub(super) const HEADER: &str = "Nr,First,Last,Mail,Dept,Title,Mobile,Boss,Type,From,To";

/// One row of the HR system, by column.
pub(super) type Row = BTreeMap<String, String>;

/// A directory of so many people, numbered from 1001, and the HR file that says the same.
pub(super) struct Office {
    pub stand: Stand,
    pub rows: Vec<Row>,
    header: String,
    nights: std::cell::Cell<u32>,
}

pub(super) fn name(number: usize) -> String {
    let letter = |at: usize| char::from(b'a' + u8::try_from(at % 26).unwrap());
    let own = format!("p{}{}", letter(number / 26), letter(number));
    // Two letters are enough for 676 people.
    match number / 676 {
        0 => own,
        more => format!("{own}{}{}", letter(more / 26), letter(more)),
    }
}

pub(super) fn row_of(number: usize) -> Row {
    let own = name(number);
    let boss = if number == 0 {
        String::new()
    } else {
        "N1001".to_owned()
    };
    let texts = [
        &format!("N{}", 1001 + number),
        "First",
        &own,
        &format!("{own}@contoso.example"),
        ["Sales", "Care", "Law"][number % 3],
        "Clerk",
        "",
        &boss,
        "Staff",
        "2020-01-01",
        "",
    ];
    let columns = HEADER.split(',').map(str::to_owned);
    columns.zip(texts.map(str::to_owned)).collect()
}

impl Office {
    pub(super) fn of(users: usize) -> Office {
        Office::open(users, people(0), SETTINGS)
    }

    pub(super) fn open(users: usize, options: SandboxOptions, settings: &str) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.csv");
        let rows: Vec<Row> = (0..users).map(row_of).collect();
        let mut text =
            "id,userPrincipalName,displayName,givenName,surname,userType,jobTitle,department,employeeId,manager,accountEnabled\n"
                .to_owned();
        for (at, row) in rows.iter().enumerate() {
            let boss = if at == 0 {
                String::new()
            } else {
                format!("{}@contoso.example", name(0))
            };
            text.push_str(&format!(
                "00000000-0000-4000-8000-{:012},{},First {},First,{},Member,Clerk,{},{},{boss},true\n",
                at + 1,
                row["Mail"],
                row["Last"],
                row["Last"],
                row["Dept"],
                row["Nr"]
            ));
        }
        std::fs::write(&path, text).unwrap();
        let stand = Stand::open(SandboxOptions {
            people: People::FromSheet(path),
            ..options
        });
        stand.write("FEED.toml", settings);
        std::fs::create_dir(stand.path("inbox")).unwrap();
        Office {
            stand,
            rows,
            header: HEADER.to_owned(),
            nights: std::cell::Cell::new(0),
        }
    }

    pub(super) fn set(&mut self, number: usize, column: &str, text: &str) {
        self.rows[number].insert(column.to_owned(), text.to_owned());
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", self.header);
        for row in &self.rows {
            let cells: Vec<&str> = self
                .header
                .split(',')
                .map(|column| row[column].as_str())
                .collect();
            text.push_str(&format!("{}\n", cells.join(",")));
        }
        text
    }

    /// Puts a file into the inbox, under a name of its own.
    pub(super) fn drop(&self, text: &str) {
        self.nights.set(self.nights.get() + 1);
        self.stand
            .write(&format!("inbox/hr-{:03}.csv", self.nights.get()), text);
    }

    /// A further column of the HR file, with the same in every row.
    pub(super) fn add_column(&mut self, column: &str, text: &str) {
        self.header.push_str(&format!(",{column}"));
        for row in &mut self.rows {
            row.insert(column.to_owned(), text.to_owned());
        }
    }

    /// Where the last file is now: in the archive.
    pub(super) fn last(&self) -> String {
        self.lying("archive")
    }

    /// The last file in this folder of the feed.
    pub(super) fn lying(&self, folder: &str) -> String {
        let files = std::fs::read_dir(self.stand.path(folder)).unwrap();
        let newest = files.map(|entry| entry.unwrap().path()).max().unwrap();
        newest.display().to_string()
    }

    /// One night with what the HR system says now, and its summary.
    pub(super) fn night(&self, more: &[&str], code: i32) -> Json {
        self.drop(&self.text());
        self.start(more, code)
    }

    pub(super) fn start(&self, more: &[&str], code: i32) -> Json {
        self.stand
            .json(&[&["feed", "run", "FEED.toml"], more].concat(), code)
    }

    /// The same with all that was said.
    pub(super) fn run(&self, more: &[&str]) -> Ran {
        self.drop(&self.text());
        self.stand
            .run(&[&["feed", "run", "FEED.toml", "--json"], more].concat())
    }

    /// A directory with a first good night behind it.
    pub(super) fn settled(users: usize) -> Office {
        let office = Office::of(users);
        let first = office.night(&["--go"], 0);
        assert_eq!(first["outcome"], "unchanged", "{first:#}");
        office
    }

    /// A night of a hundred changes, killed at its first writes.
    pub(super) fn killed_at_its_writes() -> Office {
        let settings = format!("{SETTINGS}max-users = \"90%\"\nmax-same-value = \"90%\"\n");
        let slow = SandboxOptions {
            latency: Duration::from_millis(150),
            ..people(0)
        };
        let mut office = Office::open(400, slow, &settings);
        office.night(&["--go"], 0);
        office.kill_a_night();
        office
    }

    /// A night of a hundred changes, killed at its first writes.
    pub(super) fn kill_a_night(&mut self) {
        for number in 1..101 {
            self.set(number, "Title", "Lead");
        }
        self.drop(&self.text());
        let before = self.stand.history().len();
        let mut child = self.stand.command(&["feed", "run", "FEED.toml"]).spawn().unwrap();
        until("some writes", || self.stand.history().len() > before);
        child.kill().unwrap();
        child.wait().unwrap();
        self.stand.settle();
    }

    pub(super) fn id(&self, upn: &str) -> String {
        self.user(upn)["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn user(&self, upn: &str) -> Json {
        let upn = format!("{upn}@contoso.example");
        let users = self.stand.dump().into_values();
        let mut found: Vec<Json> = users
            .filter(|user| user["userPrincipalName"] == upn.as_str())
            .collect();
        assert_eq!(found.len(), 1, "{upn}");
        found.remove(0)
    }
}
