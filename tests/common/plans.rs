//! Plans put together by hand, for the tests of their views.

use dirsheet::domain::{Forecast, Plan};
use serde_json::{Value, json};

/// A plan in the making.
pub struct Draft {
    users: Vec<Value>,
    conflicts: Vec<Value>,
    settled: Vec<Value>,
    withheld: Vec<Value>,
    rows: Vec<Value>,
    users_total: u64,
}

/// The change of one cell; an empty text is no value.
pub type Cell<'t> = (&'t str, &'t str, &'t str);

fn id(row: u64) -> String {
    format!("00000000-0000-4000-8000-{row:012}")
}

fn value(text: &str) -> Value {
    match text {
        "" => Value::Null,
        text => Value::from(text),
    }
}

impl Draft {
    pub fn new(users_total: u64) -> Draft {
        Draft {
            users: Vec::new(),
            conflicts: Vec::new(),
            settled: Vec::new(),
            withheld: Vec::new(),
            rows: Vec::new(),
            users_total,
        }
    }

    fn next_row(&mut self, upn: &str, writes: &[Cell<'_>]) -> u64 {
        let row = self.rows.len() as u64 + 2;
        let notes: [Value; 0] = [];
        let names: Vec<&str> = writes.iter().map(|(name, ..)| *name).collect();
        self.rows.push(json!({
            "row": row, "line": row, "cells": [upn], "user": id(row), "label": upn, "writes": names, "notes": notes,
        }));
        row
    }

    /// The next row of the sheet: a person with these changes.
    pub fn person(mut self, name: &str, department: &str, changes: &[Cell<'_>]) -> Draft {
        let upn = format!("user{}@contoso.example", self.rows.len() + 2);
        self.add(&upn, name, department, changes);
        self
    }

    pub fn add(&mut self, upn: &str, name: &str, department: &str, changes: &[Cell<'_>]) {
        let row = self.next_row(upn, changes);
        let changes: Vec<Value> = changes
            .iter()
            .map(|(attribute, before, after)| {
                json!({ "attribute": attribute, "before": value(before), "after": value(after) })
            })
            .collect();
        self.users.push(json!({
            "user": id(row), "userPrincipalName": upn, "displayName": name, "department": department, "row": row,
            "changes": changes,
        }));
    }

    /// A row whose cell somebody else changed as well.
    pub fn conflict(mut self, attribute: &str, base: &str, edited: &str, live: &str) -> Draft {
        let upn = format!("user{}@contoso.example", self.rows.len() + 2);
        let row = self.next_row(&upn, &[]);
        self.conflicts.push(json!({
            "user": id(row), "userPrincipalName": upn, "row": row, "attribute": attribute,
            "base": base, "edited": value(edited), "live": value(live),
        }));
        self
    }

    /// The last conflict was settled: `mine` or `theirs`, by a flag, a sheet or a question.
    pub fn settled(mut self, choice: &str, by: &str) -> Draft {
        let mut settled = self.conflicts.pop().unwrap();
        settled["choice"] = Value::from(choice);
        settled["by"] = Value::from(by);
        self.settled.push(settled);
        self
    }

    /// A row whose change the service would refuse.
    pub fn withheld(mut self, reason: &str, (attribute, before, after): Cell<'_>) -> Draft {
        let upn = format!("user{}@contoso.example", self.rows.len() + 2);
        let row = self.next_row(&upn, &[]);
        self.withheld.push(json!({
            "user": id(row), "userPrincipalName": upn, "row": row, "attribute": attribute,
            "before": value(before), "after": value(after), "reason": reason,
        }));
        self
    }

    pub fn plan(self) -> Plan {
        serde_json::from_value(json!({
            "binding": {
                "tenant": "c7075a94-f702-4469-a974-4a84c2311e8c", "graph_url": "https://graph.microsoft.com",
                "sheet_name": "users.csv", "sheet_sha256": "ab".repeat(32),
                "snapshots": ["snap-20261123-163203-224f"], "catalogue": 1,
            },
            "users_total": self.users_total,
            "users": self.users, "conflicts": self.conflicts, "withheld": self.withheld, "rows": self.rows,
            "errors": 0, "settled": self.settled,
        }))
        .unwrap()
    }
}

/// A cost that depends on nothing.
pub fn forecast(plan: &Plan) -> Forecast {
    let requests = plan.summary().requests;
    Forecast {
        requests,
        batches: requests.div_ceil(20),
        seconds: requests.div_ceil(20),
    }
}

/// A plan with everything in it.
pub fn mixed() -> Draft {
    let moved = [("department", "Sales", "Commercial")];
    Draft::new(400)
        .person("Tijs Bakker", "Finance", &[("faxNumber", "+31 20 3008888", "")])
        .person(
            "Zoë Brouwer",
            "Sales",
            &[
                moved[0],
                ("jobTitle", "Account Manager", "Senior Account Manager"),
            ],
        )
        .person("Joost van 't Hoff", "Sales", &moved)
        .person("Pieter Bos", "Sales", &moved)
        .person("Søren Ærøskov", "Sales", &moved)
        .person(
            "Aoife O'Brien",
            "Engineering",
            &[("jobTitle", "Commercial Manager", "Commercial Director")],
        )
        .person(
            "Henk Mulder",
            "Engineering",
            &[
                ("officeLocation", "AMS-0.02", "AMS-0.09"),
                ("mobilePhone", "+31612345678", "+31612345578"),
            ],
        )
        .person(
            "Łukasz Żółtowski",
            "Sales",
            &[moved[0], ("mobilePhone", "", "+48 22 555 01 42")],
        )
        .person(
            "日本 太郎",
            "",
            &[("city", "東京", "大阪"), ("country", "Japan", "")],
        )
}

/// Values that want to be more than texts, with the upn last.
pub const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "</script><script>alert(3)</script>",
    "' onmouseover='alert(4)",
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}",
    "gnp.\u{202e}exe",
    "line one\nline two\r\nline three\ttab",
    "{{ 7*7 }} {% include x %} ${7*7}",
    "Zero\u{200b}width\u{a0}blank\u{feff}",
    "&lt;b&gt; &amp; ]]> <!-- -->",
];

/// Each hostile value as the name of a person, as a department, before and after.
pub fn hostile() -> Draft {
    let mut draft = Draft::new(400);
    for (at, text) in HOSTILE.iter().enumerate() {
        let after = format!("{text} new");
        let upn = format!("hostile{at}@contoso.example");
        draft.add(
            &upn,
            text,
            text,
            &[("jobTitle", text, &after), ("city", "", text)],
        );
    }
    draft
        .conflict("jobTitle", HOSTILE[2], HOSTILE[3], HOSTILE[4])
        .settled("theirs", "sheet")
        .conflict("jobTitle", HOSTILE[0], HOSTILE[1], HOSTILE[6])
        .withheld("mastered-on-premises", ("companyName", HOSTILE[7], HOSTILE[2]))
}

/// So many people, every third of them in the same move.
pub fn many(people: usize) -> Draft {
    let mut draft = Draft::new(people as u64 * 2);
    for at in 0..people {
        let department = format!("Department {}", at % 17);
        let (before, after) = (format!("Clerk {}", at % 100), format!("Clerk {}", at % 100 + 1));
        let title = ("jobTitle", before.as_str(), after.as_str());
        let phone = format!("+31 20 {:07}", at * 7919 % 10_000_000);
        let upn = format!("user{at}@contoso.example");
        let name = format!("Person {at}");
        match at % 3 {
            0 => draft.add(
                &upn,
                &name,
                &department,
                &[("department", &department, "Commercial")],
            ),
            1 => draft.add(&upn, &name, &department, &[title]),
            _ => draft.add(&upn, &name, &department, &[("mobilePhone", &phone, "")]),
        }
    }
    draft
}
