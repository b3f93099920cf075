//! What became of a night, for whoever must hear of it.

use jiff::Timestamp;
use serde::Serialize;

use super::notices::NoticeResult;

/// A night, told whole: what a summary on a screen, a message, a mail and the ledger say is all from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NightSummary {
    /// The feed's name.
    pub feed: String,
    pub outcome: NightOutcome,
    /// The exit code.
    pub exit: u8,
    /// What became of it, in one sentence without names of people.
    pub message: String,
    /// What to do, one sentence each; empty where nothing is to be done.
    pub help: Vec<String>,
    /// What to do besides, with names of other files: it leaves the machine in no message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help_here: Vec<String>,
    /// The name of the file, without its folder; `None` when there was none.
    pub file: Option<String>,
    pub file_sha256: Option<String>,
    pub started_at: Timestamp,
    /// How long it took.
    pub seconds: u64,
    /// So many starts have ended like this one, this one included, where that is counted.
    pub times: u64,
    /// When the first of them began; `None` for the first itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Nothing was to be written, whatever the outcome.
    pub dry_run: bool,
    /// The tenant, when it was reached.
    pub tenant: Option<String>,
    pub counts: NightCounts,
    /// What the gate or a guard refused, with its figures.
    pub refusals: Vec<Refusal>,
    /// What the gate warned of and let pass.
    pub warnings: Vec<Warning>,
    /// What a person let pass, by the names of `--lift`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<String>,
    /// The whole command that lets the refused file pass once; `None` where none does.
    pub command: Option<String>,
    /// The run that wrote, like `run-20261129-023004-9f3a`.
    pub run: Option<String>,
    /// Runs of earlier nights that this one took to their end first.
    pub resumed: Vec<String>,
    pub papers: NightPapers,
    /// What to do quotes cells of the file, so it does not leave the machine.
    #[serde(skip)]
    pub quotes_cells: bool,
    /// Who was told, and who could not be: known when the night has ended, so no message says it.
    pub notices: Vec<NoticeResult>,
}

/// How a night ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NightOutcome {
    /// All that was to be written is written.
    Written,
    /// The file says what the directory says.
    Unchanged,
    /// Done, and rows need a person.
    NeedsPerson,
    /// There is no complete file.
    NoFile,
    /// The file was processed before.
    SeenBefore,
    /// The gate refused the file, or the file could not be used; nothing was written.
    Refused,
    /// A guard refused the plan; nothing was written.
    GuardRefused,
    /// A sealed plan waits for approval; nothing was written.
    Waiting,
    /// A run began and did not end; the next start takes it to its end.
    Unfinished,
    /// It ended for another reason: settings, sign-in, a service that stayed away.
    Failed,
    /// A dry run: what would be done was told.
    Shown,
}

impl NightOutcome {
    /// The word of the ledger and of JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            NightOutcome::Written => "written",
            NightOutcome::Unchanged => "unchanged",
            NightOutcome::NeedsPerson => "needs-person",
            NightOutcome::NoFile => "no-file",
            NightOutcome::SeenBefore => "seen-before",
            NightOutcome::Refused => "refused",
            NightOutcome::GuardRefused => "guard-refused",
            NightOutcome::Waiting => "waiting",
            NightOutcome::Unfinished => "unfinished",
            NightOutcome::Failed => "failed",
            NightOutcome::Shown => "shown",
        }
    }

    /// Whether somebody must do something.
    pub fn is_trouble(self) -> bool {
        !matches!(
            self,
            NightOutcome::Written
                | NightOutcome::Unchanged
                | NightOutcome::NoFile
                | NightOutcome::SeenBefore
                | NightOutcome::Shown
        )
    }
}

/// The figures of a night.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NightCounts {
    /// Rows of the file.
    pub rows: u64,
    /// Rows that `rows` leaves out.
    pub left_out: u64,
    /// People of the directory whom a row is about.
    pub people: u64,
    /// People who are made, and those who wait for their day or are only reported.
    pub joiners: u64,
    pub joiners_waiting: u64,
    /// People who would be made in these days, had they not left already.
    pub joiners_gone: u64,
    /// Accounts that are switched off, or reported, because their people have left.
    pub leavers: u64,
    /// People of whom something differs, joiners and leavers among them, and those of whom nothing does.
    pub changed: u64,
    pub unchanged: u64,
    /// Cells that differ.
    pub cells: u64,
    /// People who hold a key and are not in the file.
    pub missing: u64,
    /// People of whom something differs and who are left alone, because they are synced from on-premises, or are in a restricted
    /// administrative unit.
    pub left_synced: u64,
    pub left_restricted: u64,
    /// The same of guests.
    pub left_guests: u64,
    /// New people with all the names of somebody who is there, for whom an account is made.
    pub namesakes: u64,
    /// Cells, numbers and accounts that a person took back with `undo`, that the file says again and that were not written.
    pub taken_back: u64,
    /// Rows that need a person.
    pub dead_letters: u64,
    /// Users the run wrote to, and those it could not.
    pub users_written: u64,
    pub users_failed: u64,
    /// Requests that were sent, all of the night.
    pub requests: u64,
}

/// A threshold that was passed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// What refused: `gate.rows-lost`, `guards.max-users`.
    pub rule: String,
    /// What was found, with the figures.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
    /// What to do when it is meant.
    pub help: String,
    /// The word of `--lift` that lets it pass for one night, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lift: Option<String>,
    /// How many were counted, where `found` may name people.
    #[serde(skip)]
    pub counted: Option<u64>,
    /// The first of those whom it is about, by their userPrincipalNames, where that is not in `found`. It leaves the machine in no
    /// message, and stands in no event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub who: Vec<String>,
    /// How many they are.
    #[serde(skip_serializing_if = "is_nobody")]
    pub who_total: u64,
}

/// So many people of a refusal are named at most; the file of reasons has all of them.
const WHO_MAX: usize = 100;

fn is_nobody(count: &u64) -> bool {
    *count == 0
}

/// So many people of a refusal are named on a screen.
const WHO_SHOWN: usize = 5;

impl Refusal {
    /// The same with those whom it is about.
    pub fn about(self, who: impl Iterator<Item = String>) -> Refusal {
        let mut all: Vec<String> = who.collect();
        let who_total = all.len() as u64;
        all.truncate(WHO_MAX);
        Refusal {
            who: all,
            who_total,
            ..self
        }
    }

    /// The first people whom it is about.
    fn named(&self) -> Option<String> {
        let shown: Vec<&str> = self.who.iter().take(WHO_SHOWN).map(String::as_str).collect();
        let more = match self.who_total.saturating_sub(shown.len() as u64) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
    }
}

/// A measure of the gate that is worth a look and stops nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What was measured: `gate.columns-new`.
    pub rule: String,
    /// What was found, with the figures.
    pub found: String,
}

/// The files a night leaves, by their paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NightPapers {
    /// The report of all rows of the run, and of those that need work.
    pub report: Option<String>,
    pub needs_work: Option<String>,
    /// The rows of the source that need a person.
    pub dead_letters: Option<String>,
    /// Each cell that differs, with the rule that says so, and what else is told of people.
    pub reasons: Option<String>,
    /// The sealed plan that waits for approval.
    pub plan: Option<String>,
    /// Where the file went.
    pub file: Option<String>,
}

impl NightSummary {
    /// A night of which nothing else is known yet.
    pub fn new(feed: &str, outcome: NightOutcome, message: impl Into<String>, started_at: Timestamp) -> Self {
        NightSummary {
            feed: feed.to_owned(),
            outcome,
            exit: 0,
            message: message.into(),
            help: Vec::new(),
            help_here: Vec::new(),
            file: None,
            file_sha256: None,
            started_at,
            seconds: 0,
            times: 1,
            since: None,
            dry_run: false,
            tenant: None,
            counts: NightCounts::default(),
            refusals: Vec::new(),
            warnings: Vec::new(),
            lifted: Vec::new(),
            command: None,
            run: None,
            resumed: Vec::new(),
            papers: NightPapers::default(),
            quotes_cells: false,
            notices: Vec::new(),
        }
    }

    /// The summary without the lists of people and of other files: for logs, which are kept long and read by many.
    pub fn without_names(&self) -> NightSummary {
        let mut night = self.clone();
        night.help_here.clear();
        for refusal in &mut night.refusals {
            refusal.who.clear();
        }
        night
    }

    /// The summary as it may leave the machine in a message: figures, and no names or values of people.
    pub fn for_messages(&self) -> NightSummary {
        let mut night = self.without_names();
        for refusal in &mut night.refusals {
            if let Some(counted) = refusal.counted {
                refusal.found = format!("{counted} counted; who and what stands in the output of the night");
            }
        }
        if night.quotes_cells {
            night.help =
                vec!["`dirsheet feed check` with the file tells every problem and its cell".to_owned()];
        }
        night
    }

    /// The whole night for people, a few lines.
    pub fn text(&self) -> String {
        let mut lines = vec![format!("feed `{}`: {}", self.feed, self.message)];
        if let Some(file) = &self.file {
            lines.push(match self.counts.rows {
                // It was not read.
                0 => format!("  file: {file}"),
                1 => format!("  file: {file}, 1 row"),
                rows => format!("  file: {file}, {rows} rows"),
            });
        }
        let counts = self.counts;
        let figures: Vec<String> = [
            (counts.people, "people found"),
            (counts.changed, "differ"),
            (counts.joiners, "new"),
            (counts.joiners_waiting, "to be made later"),
            (counts.joiners_gone, "not made, left already"),
            (counts.leavers, "have left"),
            (counts.missing, "missing"),
            (counts.left_out, "rows left out"),
            (counts.users_written, "written"),
            (counts.users_failed, "not written"),
            (counts.taken_back, "not written that a person took back"),
            (counts.dead_letters, "for a person"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
        if !figures.is_empty() {
            lines.push(format!("  {}", figures.join(", ")));
        }
        if let Some(since) = self.since {
            lines.push(format!(
                "  {} starts have ended so since {since:.0}, this one included",
                self.times
            ));
        }
        for (count, why) in [
            (counts.left_synced, "synced from on-premises"),
            (counts.left_restricted, "in restricted administrative units"),
            (counts.left_guests, "among the guests"),
        ] {
            let people = if count == 1 { "person is" } else { "people are" };
            if count > 0 {
                lines.push(format!("  {count} {people} {why} and left alone"));
            }
        }
        let one = counts.namesakes == 1;
        let people = if one { "person has" } else { "people have" };
        if counts.namesakes > 0 {
            lines.push(format!(
                "  {} new {people} all the names of somebody who is there already; the reasons say of whom",
                counts.namesakes
            ));
        }
        for run in &self.resumed {
            lines.push(format!("  {run} of an earlier night was taken to its end first"));
        }
        if !self.lifted.is_empty() {
            lines.push(format!("  lifted: {}", self.lifted.join(", ")));
        }
        for refusal in &self.refusals {
            lines.push(format!(
                "  {}: {}; allowed: {}",
                refusal.rule, refusal.found, refusal.allowed
            ));
            lines.extend(refusal.named().map(|named| format!("    {named}")));
        }
        let papers = &self.papers;
        let run = self.run.as_deref().map(|run| ("run", run));
        let files = [
            ("sealed plan", &papers.plan),
            ("dead letters", &papers.dead_letters),
            ("reasons", &papers.reasons),
            ("report", &papers.report),
            ("needs work", &papers.needs_work),
            ("the file is now", &papers.file),
        ];
        let files = files
            .iter()
            .filter_map(|(name, path)| Some((*name, path.as_deref()?)));
        lines.extend(
            run.into_iter()
                .chain(files)
                .map(|(name, what)| format!("  {name}: {what}")),
        );
        // One command for all measures says more than each of them.
        let single = |refusal: &&Refusal| self.command.is_none() || !refusal.rule.starts_with("gate.");
        let help = self
            .help
            .iter()
            .chain(&self.help_here)
            .chain(self.refusals.iter().filter(single).map(|refusal| &refusal.help));
        lines.extend(help.map(|help| format!("  help: {help}")));
        lines.join("\n") + "\n"
    }
}
