//! A line on its way: a directory of its own, a sheet, and what the directory is asked meanwhile.

use dirsheet::sandbox::{Extensions, SandboxOptions, SeenRequest};
use serde_json::{Value as Json, json};

use super::super::photos::{folder, jpeg};
use super::super::stand::{Dump, Stand, people};
use super::lines::{Is, LINES, Line};
use super::ways::{Asked, Place, Steps, Way, told};
use super::wire::{Wire, sorted};

/// So many people: with fewer than twenty-one a question about each would fit into one request.
pub const PEOPLE: usize = 30;
const GUARDS: [&str; 4] = ["--max-users", "100%", "--max-clears", "100%"];

/// A directory in which everything is allowed, and what a line is about.
pub struct Case {
    pub line: &'static Line,
    pub stand: Stand,
    pub wire: Wire,
    /// Id and name of the user, and of three others.
    people: Vec<(String, String)>,
}

impl Case {
    pub fn open(line: &'static Line) -> Case {
        let mut extensions = Extensions::default();
        for line in LINES.iter().filter(|line| line.name.contains(':')) {
            assert!(extensions.register(line.name), "{}", line.name);
        }
        let stand = Stand::open(SandboxOptions {
            profile_store_open: true,
            keeps_requests: true,
            extensions,
            roles: SandboxOptions::for_practice().roles,
            app_role: SandboxOptions::for_practice().app_role,
            ..people(PEOPLE)
        });
        let users = stand.ordinary();
        let users = users.iter().filter(|user| user["accountEnabled"] == true);
        let text = |user: &Json, name: &str| user[name].as_str().unwrap().to_owned();
        let people = users
            .take(4)
            .map(|user| (text(user, "id"), text(user, "userPrincipalName")))
            .collect();
        Case {
            line,
            wire: Wire::open(stand.sandbox()),
            stand,
            people,
        }
    }

    pub fn user(&self) -> &str {
        &self.people[0].0
    }

    /// A text of the table with the names and ids of this directory.
    pub fn fill(&self, text: &str) -> String {
        let (_, domain) = self.people[0].1.split_once('@').unwrap();
        let mut filled = text.replace("{domain}", domain);
        for (word, (id, name)) in ["user", "a", "b", "c"].iter().zip(&self.people) {
            filled = filled
                .replace(&format!("{{{word}}}"), id)
                .replace(&format!("{{{word}@}}"), name);
        }
        filled
    }

    fn place(&self) -> Place {
        match self.line.place {
            Place::Property(_) => Place::Property(self.line.column_at_wire()),
            place => place,
        }
    }

    fn read(&self) -> Json {
        match self.line.place {
            Place::WithMail(mail) => self.wire.with_mail(&self.fill(mail)),
            _ => self.wire.read(self.user(), self.place()),
        }
    }

    /// The directory holds this; `before` is what it held at the beginning.
    #[track_caller]
    fn holds(&self, is: Is, before: &Json, step: &str) {
        let found = self.read();
        let expected = match is {
            Is::Found => before.clone(),
            Is::Text(text) => json!(self.fill(text)),
            Is::Json(text) => match serde_json::from_str(&self.fill(text)).unwrap() {
                Json::Array(items) => sorted(items),
                value => value,
            },
            Is::Later => {
                assert!(found.as_str() > before.as_str(), "{step}: {found} after {before}");
                return;
            }
        };
        // Of a picture the table knows the sides.
        let sides = found.as_str().and_then(|text| text.split(',').next());
        if self.line.place == Place::Photo && expected.as_str() == sides {
            return;
        }
        assert_eq!(found, expected, "{}: {step}", self.line.name);
    }

    fn command<'a>(&self, words: &[&'a str], allow: &'a str) -> Vec<&'a str> {
        let mut arguments = words.to_vec();
        arguments.extend(GUARDS);
        if !allow.is_empty() {
            arguments.extend(["--allow", allow]);
        }
        if self.line.way == Way::Photo {
            arguments.extend(["--photos", "photos"]);
        }
        arguments
    }

    /// Applies the sheet; the requests up to the last write, and those after it.
    fn apply(&self) -> (String, Vec<SeenRequest>, Vec<SeenRequest>) {
        let line = self.line;
        let mut arguments = self.command(&["apply", "users.csv", "--yes"], line.allow);
        if matches!(line.way, Way::ResetPassword | Way::Create) {
            arguments.extend(["--passwords", "passwords.csv"]);
        }
        let done = self.stand.json(&arguments, 0);
        assert_eq!(done["summary"]["updated"], 1, "{}", done["summary"]);
        let verified = &done["verified"];
        assert!(verified["confirmed"].as_u64().unwrap() > 0, "{verified}");
        for doubt in ["not_visible_yet", "lost", "not_checked"] {
            assert_eq!(verified[doubt], 0, "{verified}");
        }
        let mut seen = self.stand.sandbox().take_requests();
        let writes = |request: &SeenRequest| request.calls.iter().any(|call| call.is_write);
        let last = seen.iter().rposition(writes).unwrap();
        let after = seen.split_off(last + 1);
        (done["run"].as_str().unwrap().to_owned(), seen, after)
    }

    fn undo(&self, run: &str) -> Vec<SeenRequest> {
        let line = self.line;
        let mut arguments = vec!["undo", run, "--yes"];
        if !line.undo_allow.is_empty() {
            arguments.extend(["--allow", line.undo_allow]);
        }
        self.stand.run(&arguments).must(line.undo);
        self.stand.sandbox().take_requests()
    }

    /// The plan shows the one change, and nothing else.
    fn plan(&self) -> Vec<SeenRequest> {
        let line = self.line;
        let plan = self
            .stand
            .json(&self.command(&["plan", "users.csv"], line.allow), 0);
        let changes = plan["changes"].as_array().unwrap();
        assert!(!changes.is_empty(), "{plan}");
        for change in changes {
            if line.is_new_user() {
                assert_eq!(change["kind"], line.name);
                continue;
            }
            assert_eq!(change["user"], self.user());
            assert_eq!(change["column"], line.planned.split(':').next().unwrap());
            assert_eq!(change["undoable"], line.undo == 0);
        }
        self.stand.sandbox().take_requests()
    }

    /// The whole way, and the requests of each step.
    pub fn go(&self) -> Steps<Vec<SeenRequest>> {
        let line = self.line;
        self.seed();
        if line.way == Way::Photo {
            folder(&self.stand, "photos", &[("ada.jpg", jpeg(3, 300, 300))]);
        }
        let before = self.read();
        self.holds(line.old, &before, "before");
        self.stand.sandbox().take_requests();

        let export = self.write_sheet();
        self.stand.run(&self.command_of_check()).must(0);
        assert_eq!(self.stand.sandbox().take_requests(), [], "a check asks nobody");
        if !line.allow.is_empty() {
            self.refused_without_the_word();
        }
        let others = self.stand.dump();
        let plan = self.plan();
        self.holds(Is::Found, &before, "planned");
        self.stand.sandbox().take_requests();
        let (run, apply, verify) = self.apply();
        self.holds(line.new, &before, "applied");
        self.sent_nothing_else(&others);
        self.stand.sandbox().take_requests();
        let undo = self.undo(&run);
        match line.undo {
            0 => {
                self.holds(Is::Found, &before, "undone");
                self.all_is(&others, |_| true);
            }
            _ => self.holds(line.new, &before, "not undone"),
        }

        if let Some(emptied) = line.emptied {
            let mut sheet = self.stand.sheet("users.csv");
            sheet.set(self.user(), line.column(), "<clear>");
            self.stand.save("users.csv", &sheet);
            self.stand.sandbox().take_requests();
            let (run, cleared, _) = self.apply();
            self.holds(Is::Json(emptied), &before, "emptied");
            self.stand.sandbox().take_requests();
            let back = self.undo(&run);
            self.holds(Is::Found, &before, "emptied and undone");
            let writes = [cleared, back].map(|requests| {
                let writes = |request: &&SeenRequest| request.calls.iter().any(|call| call.is_write);
                let writes: Vec<SeenRequest> = requests.iter().filter(writes).cloned().collect();
                texts(told(&writes))
            });
            assert_eq!(writes, line.way.emptying().map(texts), "{}: emptied", line.name);
        }
        Steps {
            export,
            plan,
            apply,
            verify,
            undo,
        }
    }

    /// Without its word after `--allow` nothing is asked of the directory but questions.
    fn refused_without_the_word(&self) {
        let word = self.line.allow;
        // A row about nobody is first of all one that names nobody.
        let code = if self.line.is_new_user() { 3 } else { 4 };
        let apply = self.command(&["apply", "users.csv", "--yes"], "");
        self.stand
            .run(&apply)
            .must(code)
            .says(&[&format!("--allow {word}")]);
        assert!(self.stand.history().is_empty());
        self.stand.sandbox().take_requests();
    }

    /// A body holds what was asked for and nothing else; nobody else has changed.
    fn sent_nothing_else(&self, before: &Dump) {
        let name = self.line.column().split('.').next().unwrap();
        for write in self
            .stand
            .history()
            .iter()
            .filter(|write| write.method == "PATCH")
        {
            let body = write.body.as_object().unwrap();
            let keys: Vec<&str> = body.keys().map(String::as_str).collect();
            match self.line.way {
                Way::Switch => assert_eq!(keys, ["accountEnabled"]),
                Way::ResetPassword => assert_eq!(keys, ["passwordProfile"]),
                Way::Phone => assert!(keys.contains(&"phoneNumber")),
                Way::Email => assert_eq!(keys, ["emailAddress"]),
                _ => assert_eq!(keys, [name]),
            }
            // The leaf beside it would be emptied if it was not sent.
            if name == "employeeOrgData" {
                assert_eq!(body[name].as_object().unwrap().len(), 2);
            }
        }
        self.all_is(before, |id| id != self.user());
    }

    /// These users are as before, but for what the directory itself does with such a change.
    fn all_is(&self, before: &Dump, about: impl Fn(&str) -> bool) {
        let own: &[&str] = match (self.line.way, self.line.name) {
            // A former address stays among the others.
            (_, "mail") => &["proxyAddresses"],
            // Whose manager is deleted has none.
            (Way::Delete, _) => &["manager"],
            (Way::Restore, _) => &["manager", "deletedDateTime"],
            // The wire has shown the picture; beside it the directory counts.
            (Way::Photo, _) => &["photo"],
            _ => &[],
        };
        let after = self.stand.dump();
        for (id, user) in before.iter().filter(|(id, _)| about(id)) {
            let changed = user.as_object().unwrap().iter();
            let changed: Vec<_> = changed
                .filter(|(name, value)| after[id][*name] != **value && !own.contains(&name.as_str()))
                .map(|(name, value)| format!("{name}: {value} became {}", after[id][name]))
                .collect();
            assert!(changed.is_empty(), "{}: {id}: {changed:?}", self.line.name);
        }
    }

    fn command_of_check(&self) -> Vec<&str> {
        let photos: &[&str] = match self.line.way {
            Way::Photo => &["--photos", "photos"],
            _ => &[],
        };
        [&["check", "users.csv"], photos].concat()
    }
}

pub fn texts(asked: Vec<Asked>) -> Vec<String> {
    asked.iter().map(Asked::to_string).collect()
}
