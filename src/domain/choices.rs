//! Conflicts that a person settled cell by cell.
//!
//! A choice is about three things that the person saw: the cell, the sheet's value and the directory's. It counts only while
//! all three are still so. Where one of them moved, the cell stays in conflict, whatever `--conflicts` says: whoever decided
//! had something else before them.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::disputed::{disputed_text, still_says};
use super::{Conflict, ConflictPolicy, Inviting, Joining, Place, Plan, UserId};
use crate::catalogue::Attribute;

/// Whose value a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Side::Mine => "mine",
            Side::Theirs => "theirs",
        }
    }
}

/// A word that chooses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord;

/// Where a choice was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChosenIn {
    /// In this cell of a sheet of conflicts.
    Sheet(Place),
    /// In answer to a question.
    Question,
}

/// What a person decided about one cell, and what they saw when they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub user: UserId,
    pub attribute: &'static Attribute,
    /// `None` leaves the cell to the policy.
    pub side: Option<Side>,
    /// The sheet's value, as [`disputed_text`] has it.
    pub sheet: String,
    /// The directory's value, as [`disputed_text`] has it.
    pub directory: String,
    pub chosen_in: ChosenIn,
}

impl Choice {
    /// The answer to a question about this conflict.
    pub fn answer(conflict: &Conflict, side: Side) -> Choice {
        Choice {
            user: conflict.user,
            attribute: conflict.attribute,
            side: Some(side),
            sheet: disputed_text(&conflict.edited),
            directory: disputed_text(&conflict.live),
            chosen_in: ChosenIn::Question,
        }
    }

    /// Another row may spell the same value in other letters, and is decided with this one.
    fn still_holds(&self, conflict: &Conflict) -> bool {
        still_says(conflict.attribute, &self.sheet, &conflict.edited)
            && still_says(conflict.attribute, &self.directory, &conflict.live)
    }

    /// The same about the same values, wherever it was said.
    fn says_the_same(&self, other: &Choice) -> bool {
        self.side == other.side && self.sheet == other.sheet && self.directory == other.directory
    }
}

/// Two choices about one cell: other words, or the same about other values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    pub first: Choice,
    pub second: Choice,
}

type Cell = (UserId, &'static str);

/// What a person decided, by cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices(HashMap<Cell, Choice>);

impl Choices {
    /// Takes choices together. The same thing said twice about a cell counts once.
    ///
    /// # Errors
    /// Those that say two things about one cell, each beside the first that was said about it.
    pub fn of(choices: impl IntoIterator<Item = Choice>) -> Result<Choices, Vec<Contradiction>> {
        let mut cells: HashMap<Cell, Choice> = HashMap::new();
        let mut contradictions = Vec::new();
        for choice in choices {
            let cell = (choice.user, choice.attribute.name);
            match cells.get(&cell) {
                Some(known) if !known.says_the_same(&choice) => contradictions.push(Contradiction {
                    first: known.clone(),
                    second: choice,
                }),
                Some(_) => {}
                None => drop(cells.insert(cell, choice)),
            }
        }
        if !contradictions.is_empty() {
            return Err(contradictions);
        }
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
        self.listed(user, attribute)
            .filter(|choice| choice.side.is_some())
    }

    /// The same, also where somebody left the choice blank.
    fn listed(&self, user: UserId, attribute: &Attribute) -> Option<&Choice> {
        self.0.get(&(user, attribute.name))
    }

    /// The conflicts that are left although somebody chose, because sheet or directory moved since.
    pub fn outdated<'p>(&'p self, plan: &'p Plan) -> impl Iterator<Item = (&'p Conflict, &'p Choice)> {
        plan.conflicts()
            .iter()
            .filter_map(|conflict| Some((conflict, self.about(conflict.user, conflict.attribute)?)))
    }

    /// The choices about cells that are not in conflict, in the order in which they were made.
    pub fn unneeded(&self, plan: &Plan) -> Vec<&Choice> {
        let settled = plan.settled().iter().map(|one| &one.conflict);
        let needed: HashSet<Cell> = settled
            .chain(plan.conflicts())
            .map(|one| (one.user, one.attribute.name))
            .collect();
        let idle = self
            .0
            .iter()
            .filter(|(cell, choice)| choice.side.is_some() && !needed.contains(*cell));
        let mut idle: Vec<&Choice> = idle.map(|(_, choice)| choice).collect();
        idle.sort_by_key(|choice| (choice.chosen_in, choice.user, choice.attribute.name));
        idle
    }
}

/// By what a conflict was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettledBy {
    /// `--conflicts`, for all cells about which nothing else was said.
    Flag,
    /// A sheet of conflicts, for this cell.
    Sheet,
    /// A question about this cell, or about all that were left.
    Question,
}

impl SettledBy {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            SettledBy::Flag => "flag",
            SettledBy::Sheet => "sheet",
            SettledBy::Question => "question",
        }
    }

    /// Where a reader finds it.
    pub fn in_words(self) -> &'static str {
        match self {
            SettledBy::Flag => "by --conflicts",
            SettledBy::Sheet => "in the sheet of conflicts",
            SettledBy::Question => "in answer to a question",
        }
    }
}

/// A conflict that is settled: what was disputed, whose value counts, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    #[serde(flatten)]
    pub conflict: Conflict,
    pub choice: Side,
    pub by: SettledBy,
}

/// How the conflicts of a plan are settled: by choices, and by the policy where there is none.
#[derive(Debug, Clone, Copy)]
pub struct Settling<'c> {
    policy: ConflictPolicy,
    choices: Option<&'c Choices>,
    joining: Option<Joining<'c>>,
    inviting: Option<Inviting<'c>>,
}

impl<'c> Settling<'c> {
    /// By these choices, and by the policy where they say nothing.
    pub fn new(policy: ConflictPolicy, choices: &'c Choices) -> Settling<'c> {
        Settling {
            policy,
            choices: Some(choices),
            joining: None,
            inviting: None,
        }
    }

    /// Rows that name nobody may make a user.
    pub fn with_new_users(mut self, joining: Option<Joining<'c>>) -> Settling<'c> {
        self.joining = joining;
        self
    }

    /// Rows with an address that nobody has may be invitations.
    pub fn with_guests(mut self, inviting: Option<Inviting<'c>>) -> Settling<'c> {
        self.inviting = inviting;
        self
    }

    /// How guests are invited, if they may be.
    pub(super) fn inviting(&self) -> Option<Inviting<'c>> {
        self.inviting
    }

    /// How rows that name nobody make a user, if they may.
    pub(super) fn joining(&self) -> Option<Joining<'c>> {
        self.joining
    }

    fn choice(&self, user: UserId, attribute: &Attribute) -> Option<&'c Choice> {
        self.choices?.listed(user, attribute)
    }

    /// Whether a person had the cell before them in a sheet of conflicts or a question, decided or not. It is then in dispute
    /// even where the directory has gone back to what was exported: it would be written now, and nobody chose that.
    pub(super) fn is_disputed(&self, user: UserId, attribute: &Attribute) -> bool {
        self.choice(user, attribute).is_some()
    }

    /// Whose value counts, and who says so.
    pub(super) fn decide(&self, conflict: &Conflict) -> Decision {
        let choice = self.choice(conflict.user, conflict.attribute);
        match choice.and_then(|choice| Some((choice, choice.side?))) {
            Some((choice, side)) => match choice.chosen_in {
                _ if !choice.still_holds(conflict) => Decision::Void,
                ChosenIn::Sheet(_) => Decision::Settled(side, SettledBy::Sheet),
                ChosenIn::Question => Decision::Settled(side, SettledBy::Question),
            },
            None => match self.policy {
                ConflictPolicy::Mine => Decision::Settled(Side::Mine, SettledBy::Flag),
                ConflictPolicy::Stop | ConflictPolicy::Skip => Decision::Open,
            },
        }
    }
}

/// What becomes of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// This value counts.
    Settled(Side, SettledBy),
    /// Nobody decided.
    Open,
    /// Somebody decided about other values.
    Void,
}

impl From<ConflictPolicy> for Settling<'_> {
    fn from(policy: ConflictPolicy) -> Self {
        Settling {
            policy,
            choices: None,
            joining: None,
            inviting: None,
        }
    }
}
