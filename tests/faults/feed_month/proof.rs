//! What must be so at the end of a month.

use std::collections::BTreeMap;

use dirsheet::sandbox::AcceptedWrite;
use serde_json::Value as Json;

use super::{HookDown, KilledRefusing, Month, today};

impl Month {
    /// The directory says what the file says of everybody who may be edited.
    pub(super) fn agrees(&self) {
        let system = self.file.system;
        let users = self.stand.dump();
        let holder = |number: &str| users.values().find(|user| user["employeeId"] == number);
        for (row, number) in self.file.people() {
            let cell = |column: &str| self.file.cell(row, column);
            let Some(user) = holder(&number) else {
                assert!(cell(system.hired).starts_with("2031"), "nobody is {number}");
                continue;
            };
            let held = |property: &str| user[property].as_str().unwrap_or_default().to_owned();
            for (said, property) in [
                (cell(system.title), "jobTitle"),
                (self.file.department(row), "department"),
                (cell(system.surname), "surname"),
                (cell("Worker"), "displayName"),
                (cell("First Name"), "givenName"),
                (cell("Location"), "officeLocation"),
            ] {
                assert!(
                    said.is_empty() || held(property) == said,
                    "{number} {property}: {user:#}, {said}"
                );
            }
            if let Some(boss) = holder(cell(system.manager)) {
                assert_eq!(user["manager"], boss["id"], "{number}");
            }
            let gone = system.is_over(cell(system.left), today());
            assert_eq!(user["accountEnabled"], !gone, "{number}");
        }
        let numbers: Vec<String> = users
            .values()
            .map(|user| user["employeeId"].to_string())
            .collect();
        for night in 1..=self.night {
            let number = format!("\"{:06}\"", 300 + night);
            let made = numbers.iter().filter(|held| **held == number).count();
            assert!(made <= 1, "{number} was made {made} times");
        }
    }

    /// No write of one thing of one user says what the one before it said.
    pub(super) fn nothing_twice(&self) {
        let mut last: BTreeMap<(String, String, String), Json> = BTreeMap::new();
        for write in self.stand.history() {
            let AcceptedWrite {
                user_id,
                method,
                path,
                body,
                ..
            } = write;
            // One PATCH says several things.
            let things: Vec<(String, Json)> = match body {
                Json::Object(map) if !map.is_empty() => map.into_iter().collect(),
                other => vec![(String::new(), other)],
            };
            for (thing, value) in things {
                let place = (user_id.clone(), format!("{method} {path}"), thing);
                let before = last.insert(place.clone(), value.clone());
                assert_ne!(before.as_ref(), Some(&value), "{place:?} was written twice");
            }
        }
    }

    /// By the webhook with its figures, or by the watchdog where the webhook was down; in the history; and by the file in the
    /// quarantine.
    pub(super) fn every_refusal_was_heard(&self) {
        let hooked: Vec<Json> = self.hook.heard().iter().map(|one| night_of(&one.body)).collect();
        for (file, weather) in &self.bad {
            let heard: Vec<&Json> = hooked
                .iter()
                .filter(|night| night["file"] == file.as_str() && night["outcome"] == "refused")
                .collect();
            let told = format!("{file} ({weather:?}): {hooked:#?}");
            match weather {
                HookDown => {
                    assert!(heard.is_empty(), "{told}");
                    let watched = self.watch.heard();
                    let fails = watched.iter().filter(|one| one.path == "/watch/fail");
                    let of_file = fails.filter(|one| one.body.contains(file));
                    assert_eq!(of_file.count(), 1, "{watched:#?}");
                }
                // Killed between the webhook and the ledger, it is told once more: better twice than never.
                KilledRefusing => assert!((1..=2).contains(&heard.len()), "{told}"),
                _ => assert_eq!(heard.len(), 1, "{told}"),
            }
            let has_figures = |night: &&Json| {
                let refusals = night["refusals"].to_string();
                let message = night["message"].as_str().unwrap();
                refusals.contains("gate.") || message.contains("gate.")
            };
            assert!(heard.iter().all(has_figures), "{told}");
        }
        let bad = self.bad.len();
        // A start that was killed may have left the file with which it tried the folder; a start ten minutes later removes it.
        let kept: Vec<String> = std::fs::read_dir(self.stand.path("feed/quarantine"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with(".dirsheet-try-"))
            .collect();
        assert_eq!(kept.len(), bad, "{kept:?}");
        let history = self.stand.json(&["feed", "history", "feed/FEED.toml"], 0);
        let nights = history["nights"].as_array().unwrap();
        let refused = nights
            .iter()
            .filter(|night| night["outcome"] == "refused")
            .count();
        assert_eq!(refused, bad, "{history:#}");
        // Every file was taken to an end, once.
        let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
        // Starts that took no file stand there too.
        let of_files = nights
            .iter()
            .filter(|night| night["file"].is_string() && night["outcome"] != "seen-before");
        for night in of_files {
            let file = night["file"].as_str().unwrap();
            let ended = ["done", "nothing", "refused"].contains(&night["outcome"].as_str().unwrap());
            *ends.entry(file).or_default() += usize::from(ended);
        }
        let unended: Vec<&str> = ends
            .iter()
            .filter(|(_, ends)| **ends == 0)
            .map(|(file, _)| *file)
            .collect();
        assert!(unended.is_empty(), "{unended:?}: {history:#}");
    }
}

/// The night in the body of a webhook.
fn night_of(body: &str) -> Json {
    let told: Json = serde_json::from_str(body).unwrap();
    told["night"].clone()
}
