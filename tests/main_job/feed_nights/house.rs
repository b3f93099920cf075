//! A company whose HR system is one of the samples, and the practice directory.

use std::path::PathBuf;

use dirsheet::sandbox::{Quota, SandboxOptions};
use serde_json::Value as Json;

use super::super::hr::{HrFile, System};
use super::super::receiver::Receiver;
use super::super::stand::{Dump, Stand, is_ordinary};

pub struct House {
    pub stand: Stand,
    /// What the HR system says now.
    pub file: HrFile,
    /// Whom the nights tell: `/hook` of trouble, `/watch` of every night.
    pub ears: Receiver,
    nights: u32,
}

pub fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}

impl House {
    /// The folder of the sample as it is, but for what the settings say of times and folders.
    pub fn of(system: System) -> House {
        let mut stand = Stand::open(SandboxOptions {
            quota: Quota::Off,
            ..SandboxOptions::for_practice()
        });
        let folder = stand.path("feed");
        std::fs::create_dir(&folder).unwrap();
        for file in std::fs::read_dir(system.folder()).unwrap() {
            let file = file.unwrap();
            let name = file.file_name();
            // A copy is as new as the night.
            std::fs::write(folder.join(&name), std::fs::read(file.path()).unwrap()).unwrap();
        }
        let settings = stand.read("feed/FEED.toml");
        let changed = settings
            .replace("# archive", "archive")
            .replace("# quarantine", "quarantine")
            .replace("stable-for = \"1s\"", "stable-for = \"1ms\"");
        assert_eq!(changed.matches("\narchive = ").count(), 1, "{settings}");
        let notices = "\n[notify]\nping = { env = \"WATCH\" }\n\
                       [[notify.webhooks]]\nurl = { env = \"HOOK\" }\nwhen = \"trouble\"\n";
        stand.write("feed/FEED.toml", changed + notices);
        let ears = Receiver::open();
        stand.set("HOOK", &ears.at("hook"));
        stand.set("WATCH", &ears.at("watch"));
        House {
            stand,
            file: HrFile::sample(system),
            ears,
            nights: 0,
        }
    }

    /// With the sample's first file behind it.
    pub fn settled(system: System) -> House {
        let house = House::of(system);
        let first = house.start(&["--go"], 0);
        assert_eq!(first["outcome"], "written", "{first:#}");
        house
    }

    /// A night as it is started by hand or by a timer, with its summary.
    pub fn start(&self, more: &[&str], code: i32) -> Json {
        let arguments = [&["feed", "run", "feed/FEED.toml"], more].concat();
        self.stand.json(&arguments, code)
    }

    /// A file into the folder, under a name of its own; what it is called.
    pub fn put(&mut self, bytes: &[u8]) -> String {
        self.nights += 1;
        let (begin, end) = self.file.system.file;
        let name = format!("{begin}night-{:02}{end}", self.nights);
        self.stand.write(&format!("feed/{name}"), bytes);
        name
    }

    /// A night with what the HR system says now.
    pub fn night(&mut self, code: i32) -> Json {
        self.put(&self.file.bytes());
        self.start(&[], code)
    }

    pub fn folder(&self, name: &str) -> PathBuf {
        self.stand.path("feed").join(name)
    }

    /// What the webhook was told since it was last asked: nights in JSON.
    pub fn hooked(&self) -> Vec<Json> {
        let heard = self.ears.heard_at("/hook").into_iter();
        heard
            .map(|one| serde_json::from_str::<Json>(&one.body).unwrap()["night"].clone())
            .collect()
    }

    /// What the watchdog was called since it was last asked: that nights began, went well, or did not.
    pub fn watched(&self) -> [usize; 3] {
        ["/watch/start", "/watch", "/watch/fail"].map(|path| self.ears.heard_at(path).len())
    }

    /// Who holds the number.
    pub fn user(&self, number: &str) -> Json {
        let users = self.stand.dump().into_values();
        let mut found: Vec<Json> = users.filter(|user| user["employeeId"] == number).collect();
        assert_eq!(found.len(), 1, "{number}");
        found.remove(0)
    }

    /// Rows of people whom nothing keeps from being edited: ordinary, at work, nobody's manager, without a blank in the
    /// columns of the table. With their numbers.
    pub fn editable(&self) -> Vec<(usize, String)> {
        let users = self.stand.dump();
        let managers: Vec<&Json> = users.values().map(|user| &user["manager"]).collect();
        let file = &self.file;
        let system = file.system;
        let mut rows = file.people();
        rows.retain(|(row, number)| {
            let Some(user) = users.values().find(|user| user["employeeId"] == number.as_str()) else {
                return false;
            };
            is_ordinary(user)
                && user["accountEnabled"] == true
                && !managers.contains(&&user["id"])
                && file.cell(*row, system.left).is_empty()
                && [system.title, system.department, system.manager, system.mail]
                    .iter()
                    .all(|column| !file.cell(*row, column).is_empty())
        });
        assert!(rows.len() >= 6, "{}: {} rows", system.name, rows.len());
        rows
    }

    /// Who differs from an earlier dump, by id.
    pub fn moved(&self, before: &Dump) -> Vec<String> {
        let now = self.stand.dump();
        now.into_iter()
            .filter(|(id, user)| before.get(id) != Some(user))
            .map(|(id, _)| id)
            .collect()
    }
}
