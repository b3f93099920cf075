//! Conflicts that a person settled cell by cell.
//!
//! A choice is about three things that the person saw: the cell, the sheet's value and the directory's. It counts only while
//! all three are still so. Where one of them moved, the cell stays in conflict, whatever `--conflicts` says: whoever decided
//! had something else before them.

use std::collections::{HashMap, HashSet};

use ring::digest;

use super::{Conflict, ConflictPolicy, Contacts, Plan, PlanBinding, UserId, Value};
use crate::catalogue::Attribute;

/// Whose value a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The sheet's.
    Mine,
    /// The directory's: nothing is written.
    Theirs,
}

impl Side {
    /// Reads `mine` or `theirs`, in any case; `None` for a blank, which leaves the cell to `--conflicts`.
    ///
    /// # Errors
    /// For any other word.
    pub fn parse(text: &str) -> Result<Option<Side>, UnknownWord> {
        match text.trim().to_lowercase().as_str() {
            "" => Ok(None),
            "mine" => Ok(Some(Side::Mine)),
            "theirs" => Ok(Some(Side::Theirs)),
            _ => Err(UnknownWord),
        }
    }
}

/// A word that chooses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord;

/// What a person decided about one cell, and what they saw when they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub user: UserId,
    pub attribute: &'static Attribute,
    /// `None` leaves the cell to the policy.
    pub side: Option<Side>,
    /// The sheet's value, as a cell holds it.
    pub sheet: String,
    /// The directory's value, as a cell holds it.
    pub directory: String,
}

impl Choice {
    fn still_holds(&self, edited: &Value, live: &Value) -> bool {
        // The sheet of conflicts may tell them in part.
        let is_it = |told: &str, value: &Value| {
            told == value.to_cell() || told == Contacts::Masked.cell(self.attribute, value)
        };
        is_it(&self.sheet, edited) && is_it(&self.directory, live)
    }
}

type Cell = (UserId, &'static str);

/// What a person decided, by cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices(HashMap<Cell, Choice>);

impl Choices {
    /// Takes choices together. The same thing said twice about a cell counts once.
    ///
    /// # Errors
    /// The later ones of those that say two things about one cell: other words, or the same about other values.
    pub fn of(choices: impl IntoIterator<Item = Choice>) -> Result<Choices, Vec<Choice>> {
        let mut cells: HashMap<Cell, Choice> = HashMap::new();
        let mut contradictions = Vec::new();
        for choice in choices {
            let cell = (choice.user, choice.attribute.name);
            match cells.get(&cell) {
                Some(known) if *known != choice => contradictions.push(choice),
                Some(_) => {}
                None => drop(cells.insert(cell, choice)),
            }
        }
        if !contradictions.is_empty() {
            return Err(contradictions);
        }
        cells.retain(|_, choice| choice.side.is_some());
        Ok(Choices(cells))
    }

    /// These, and where they say nothing or something else, the later ones.
    pub fn and_later(mut self, later: &Choices) -> Choices {
        self.0
            .extend(later.0.iter().map(|(cell, choice)| (*cell, choice.clone())));
        self
    }

    /// The choice about a cell, whether it still holds or not.
    pub fn about(&self, user: UserId, attribute: &Attribute) -> Option<&Choice> {
        self.0.get(&(user, attribute.name))
    }

    /// The conflicts that are left although somebody chose, because sheet or directory moved since.
    pub fn outdated<'p>(&'p self, plan: &'p Plan) -> impl Iterator<Item = (&'p Conflict, &'p Choice)> {
        plan.conflicts()
            .iter()
            .filter_map(|conflict| Some((conflict, self.about(conflict.user, conflict.attribute)?)))
    }

    /// How many choices are about cells that are not in conflict.
    pub fn unneeded(&self, plan: &Plan) -> usize {
        let settled = plan.settled().iter().map(|one| (one.user, one.attribute.name));
        let open = plan.conflicts().iter().map(|one| (one.user, one.attribute.name));
        let needed: HashSet<Cell> = settled.chain(open).collect();
        self.0.keys().filter(|cell| !needed.contains(cell)).count()
    }
}

/// A conflict that a choice settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    pub user: UserId,
    pub attribute: &'static Attribute,
    pub side: Side,
}

/// How the conflicts of a plan are settled: by choices, and by the policy where there is none.
#[derive(Debug, Clone, Copy)]
pub struct Settling<'c> {
    policy: ConflictPolicy,
    choices: Option<&'c Choices>,
}

impl<'c> Settling<'c> {
    /// By these choices, and by the policy where they say nothing.
    pub fn new(policy: ConflictPolicy, choices: &'c Choices) -> Settling<'c> {
        Settling {
            policy,
            choices: Some(choices),
        }
    }

    /// Whose value counts; `None` when the cell stays in conflict. `true` beside it when a person chose for this cell.
    pub(super) fn decide(
        &self,
        user: UserId,
        attribute: &Attribute,
        edited: &Value,
        live: &Value,
    ) -> Option<(Side, bool)> {
        match self.choices.and_then(|choices| choices.about(user, attribute)) {
            Some(choice) if choice.still_holds(edited, live) => choice.side.map(|side| (side, true)),
            Some(_) => None,
            None => match self.policy {
                ConflictPolicy::Mine => Some((Side::Mine, false)),
                ConflictPolicy::Stop | ConflictPolicy::Skip => None,
            },
        }
    }
}

impl From<ConflictPolicy> for Settling<'_> {
    fn from(policy: ConflictPolicy) -> Self {
        Settling {
            policy,
            choices: None,
        }
    }
}

/// Ties a sheet of conflicts to the sheet and the tenant it was made for: the word in its column `_plan`. It begins with a
/// letter, so that no spreadsheet takes it for a number.
pub fn sheet_mark(binding: &PlanBinding) -> String {
    let text = format!(
        "{}\n{}",
        binding.sheet_sha256,
        binding.tenant.to_ascii_lowercase()
    );
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    let digits = digest.as_ref().iter().take(6);
    let digits: String = digits.map(|byte| format!("{byte:02x}")).collect();
    format!("plan-{digits}")
}
