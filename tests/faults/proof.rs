//! What must be true after a run, whatever the weather was: report, journal, directory and the directory's own history tell one story.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dirsheet::domain::{Outcome, RunId};
use dirsheet::sandbox::{AcceptedWrite, FaultKind, Meeting};
use dirsheet::state::{RunRecord, RunState, StateFolder};
use serde_json::Value;

use super::sheet::Sheet;
use super::stand::{Dump, Stand};
use super::wishes::{Wish, held};

/// What does not agree, in sentences; empty when all is well.
pub type Complaints = Vec<String>;

/// A sheet that was to be carried out, and the directory before that.
pub struct Task {
    pub stand: Stand,
    pub wishes: Vec<Wish>,
    pub before: Dump,
    /// The directory in which every wish came true.
    pub all: Dump,
    /// How many writes the directory had accepted before.
    pub written: usize,
    /// The run that was there before.
    pub earlier: Option<RunId>,
}

/// Which writes may land a second time: those that were in a request without a clear answer, and as often as that happened to them.
#[derive(Debug, Default)]
pub struct Repeats {
    most: u64,
    by_user: BTreeMap<String, u64>,
}

impl Repeats {
    pub fn none() -> Repeats {
        Repeats::default()
    }

    /// One more for each time that a user is named.
    pub fn add(&mut self, users: &[String]) {
        self.most += users.len() as u64;
        for user in users {
            *self.by_user.entry(user.clone()).or_default() += 1;
        }
    }

    /// By the requests that met a fault. One that goes wrong with a single item of a batch leaves one write in doubt, whichever.
    pub fn after(met: &[Meeting]) -> Repeats {
        let mut repeats = Repeats::none();
        for meeting in met {
            repeats.most += match meeting.kind {
                FaultKind::FailsAfter(_) | FaultKind::DropAfter | FaultKind::Truncated => {
                    meeting.users.len() as u64
                }
                FaultKind::Missing | FaultKind::Twice => 1,
                _ => continue,
            };
            for user in &meeting.users {
                *repeats.by_user.entry(user.clone()).or_default() += 1;
            }
        }
        repeats
    }
}

/// One property of one user, by the name under which it travels.
type Spot = (String, String);

impl Task {
    /// The writes that were accepted for this task.
    pub fn history(&self) -> Vec<AcceptedWrite> {
        self.stand.history().split_off(self.written)
    }

    pub fn state(&self) -> StateFolder {
        StateFolder::open(self.stand.state()).unwrap()
    }

    /// The newest run of the state folder that has a journal and was not there before.
    pub fn run(&self) -> Option<RunId> {
        let mut runs = self.state().list_runs().unwrap().into_iter().map(|run| run.id);
        runs.find(|run| Some(run) != self.earlier.as_ref())
    }

    pub fn record(&self, run: &RunId) -> RunRecord {
        RunRecord::open(&self.state(), run).unwrap().unwrap()
    }

    pub fn report_path(&self, run: &RunId) -> PathBuf {
        let reports = self.stand.state().join("reports").join(run.as_str());
        reports.join(format!("{run}-report.csv"))
    }

    /// The report that the run left; `None` when it left none.
    pub fn report(&self, run: &RunId) -> Option<Sheet> {
        let path = self.report_path(run);
        path.exists().then(|| Sheet::read(&path))
    }

    fn wanted(&self) -> BTreeMap<Spot, Vec<&Wish>> {
        let mut spots: BTreeMap<Spot, Vec<&Wish>> = BTreeMap::new();
        for wish in &self.wishes {
            let property = wish.column.split('.').next().unwrap();
            let spot = (wish.user.clone(), property.to_owned());
            spots.entry(spot).or_default().push(wish);
        }
        spots
    }

    /// Each row of the sheet once, and what the report says of it is what the directory holds.
    pub fn report_agrees(&self, report: &Sheet) -> Complaints {
        let (mut wrong, after) = (Vec::new(), self.stand.dump());
        let mut ids = report.cells("id");
        ids.sort_unstable();
        ids.dedup();
        if report.rows.len() != self.before.len() || ids.len() != self.before.len() {
            let (rows, users) = (report.rows.len(), self.before.len());
            wrong.push(format!(
                "the report has {rows} rows of {} users, the sheet {users}",
                ids.len()
            ));
            return wrong;
        }
        for (row, user) in report.cells("id").into_iter().enumerate() {
            let [status, error, code] =
                ["_status", "_error", "_error_code"].map(|name| report.cell(row, name));
            let (before, now, all) = (&self.before[user], &after[user], &self.all[user]);
            let old_or_new = self.wishes.iter().filter(|wish| wish.user == user).all(|wish| {
                let value = held(now, wish.column);
                value == wish.stored || value == held(before, wish.column)
            });
            // Accepted by the service and shown by no read: then the row says so, and is not simply updated.
            let unseen = ["_error_code", "_error", "_hint"]
                .iter()
                .any(|name| report.cell(row, name).contains("not visible"));
            let true_now = match status {
                "updated" => now == all || (unseen && old_or_new),
                "unchanged" => now == before && before == all,
                "not sent" => now == before || code.contains("in doubt"),
                "partial" | "failed" => old_or_new,
                other => {
                    wrong.push(format!("{user} is `{other}`: {error}"));
                    continue;
                }
            };
            if !true_now {
                wrong.push(format!(
                    "{user} is `{status}`, which is not what the directory holds: {error}"
                ));
            }
            let silent = !["updated", "unchanged"].contains(&status) && error.is_empty();
            if silent {
                wrong.push(format!("{user} is `{status}` without a reason"));
            }
        }
        wrong
    }

    /// What the journal says of every operation is what the directory holds and what its history tells.
    pub fn journal_agrees(&self, record: &RunRecord) -> Complaints {
        let (mut wrong, after) = (Vec::new(), self.stand.dump());
        let written = spots(&self.history());
        let mut planned: BTreeMap<Spot, usize> = BTreeMap::new();
        let told = record.results::<dirsheet::state::StateError>(|operation, result| {
            let user = operation.user.to_string();
            let outcomes = result.map(|result| result.outcomes).unwrap_or_default();
            for (at, change) in operation.changes().iter().enumerate() {
                let column = change.attribute.name;
                let property = column.split('.').next().unwrap().to_owned();
                let spot = (user.clone(), property);
                *planned.entry(spot.clone()).or_default() += 1;
                let Some(wish) = self.wishes.iter().find(|w| w.user == user && w.column == column) else {
                    wrong.push(format!("nobody asked for {column} of {user}"));
                    continue;
                };
                let now = held(&after[&user], column);
                let there = now == wish.stored;
                let sent = written.contains_key(&spot);
                let outcome = outcomes.get(at).map(|change| &change.outcome);
                let fits = match outcome {
                    Some(Outcome::Accepted | Outcome::Confirmed) => there && sent,
                    Some(Outcome::AlreadyThere { .. }) => there,
                    Some(Outcome::Lost { .. } | Outcome::Refused { .. } | Outcome::NotSent { .. }) | None => {
                        !there && !sent
                    }
                    Some(Outcome::InDoubt { .. } | Outcome::NotVisible) => there == sent,
                    Some(Outcome::Moved { .. }) => false,
                };
                if !fits {
                    wrong.push(format!(
                        "the journal says {outcome:?} of {column} of {user}; written {sent}, now {now}"
                    ));
                }
            }
            Ok(())
        });
        if let Err(error) = told {
            wrong.push(error.to_string());
        }
        for (spot, wishes) in self.wanted() {
            let operations = planned.get(&spot).copied().unwrap_or(0);
            if operations != wishes.len() {
                wrong.push(format!("{spot:?} is in the journal {operations} times"));
            }
        }
        wrong
    }

    /// The run is over by its own words: nothing remains, and its counts are those of the report.
    pub fn finished(&self, run: &RunId, report: &Sheet) -> Complaints {
        let (mut wrong, record) = (Vec::new(), self.record(run));
        if record.state() != RunState::Finished || record.remaining_count() != 0 {
            wrong.push(format!(
                "{run} is {}, with {} operations left",
                record.state().as_str(),
                record.remaining_count()
            ));
        }
        for (status, rows) in record.counts().unwrap().iter() {
            let shown = report.cells("_status");
            let shown = shown.iter().filter(|cell| **cell == status.as_str()).count();
            if shown as u64 != rows {
                wrong.push(format!(
                    "{rows} rows are {} in the journal, {shown} in the report",
                    status.as_str()
                ));
            }
        }
        wrong
    }

    /// No write but those that were asked for; only what was in doubt came again, as it was before. With `whole`, none is missing.
    pub fn history_agrees(&self, repeats: &Repeats, whole: bool) -> Complaints {
        let (mut wrong, history) = (Vec::new(), self.history());
        let wanted = self.wanted();
        let mut seen: BTreeMap<Spot, (Value, u64)> = BTreeMap::new();
        let mut repeated = Vec::new();
        for write in &history {
            let mut again = false;
            let may = repeats.by_user.get(&write.user_id).copied().unwrap_or(0);
            for (property, value) in properties(write) {
                let spot = (write.user_id.clone(), property);
                if !wanted.contains_key(&spot) {
                    wrong.push(format!("nobody asked for write {} of {spot:?}", write.sequence));
                }
                let (earlier, times) = seen.entry(spot.clone()).or_insert((value.clone(), 0));
                *times += 1;
                again |= *times > 1;
                if *times > 1 + may {
                    wrong.push(format!(
                        "{spot:?} landed {times} times, and was {may} times in doubt"
                    ));
                }
                if *earlier != value {
                    wrong.push(format!("{spot:?} was written with two values"));
                }
            }
            if again {
                repeated.push(format!("{} {}", write.method, write.path));
            }
        }
        if repeated.len() as u64 > repeats.most {
            wrong.push(format!(
                "{} writes landed again and {} may: {}",
                repeated.len(),
                repeats.most,
                repeated[..repeated.len().min(3)].join(", ")
            ));
        }
        let missing = wanted.keys().filter(|spot| !seen.contains_key(*spot)).count();
        if whole && missing > 0 {
            wrong.push(format!("{missing} properties were never written"));
        }
        wrong
    }

    /// The directory is the one in which every wish came true.
    pub fn fulfilled(&self) -> Complaints {
        let after = self.stand.dump();
        let wrong: Vec<&String> = self.all.keys().filter(|id| after[*id] != self.all[*id]).collect();
        match wrong.first() {
            Some(first) => vec![format!(
                "{} users are not as wished, such as {first}",
                wrong.len()
            )],
            None => Vec::new(),
        }
    }
}

fn spots(history: &[AcceptedWrite]) -> BTreeMap<Spot, usize> {
    let mut times = BTreeMap::new();
    for write in history {
        for (property, _) in properties(write) {
            *times.entry((write.user_id.clone(), property)).or_default() += 1;
        }
    }
    times
}

/// What a write is about, and the value it brings.
fn properties(write: &AcceptedWrite) -> Vec<(String, Value)> {
    if write.path.contains("/manager") {
        return vec![("manager".to_owned(), write.body.clone())];
    }
    let body = write.body.as_object().cloned().unwrap_or_default();
    body.into_iter()
        .filter(|(name, _)| !name.starts_with('@'))
        .collect()
}
