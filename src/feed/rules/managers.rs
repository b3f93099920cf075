//! Managers by number: of somebody who is there, of a joiner of the same file, or of nobody.

use std::collections::HashMap;

use super::super::MappedRow;
use super::super::matching::{Doubt, Match};
use super::cells::{CellRule, Standing, may_write};
use super::joiners::{Joining, Waits};
use super::{Decided, Ground, PersonWish, Told, ToldKind, Wish, by_key, is_unread, key_text};
use crate::catalogue::{self, Attribute};
use crate::domain::{CLEAR_WORD, Holders, KeyValue, UserId, UserState, Value, is_blank, shorten};

/// Who a number is.
enum Named<'a> {
    User(&'a UserState),
    /// Is made in the same night.
    Joiner(&'a str),
    /// Is in the file and not made yet.
    Waits,
    Nobody(Doubt),
}

/// Finds managers by their numbers.
pub struct Managers<'a> {
    rows: &'a [MappedRow],
    matches: &'a [Match],
    joining: &'a Joining,
    ground: Ground<'a>,
    by_key: HashMap<String, usize>,
    manager: Option<&'static Attribute>,
}

impl<'a> Managers<'a> {
    pub fn new(
        rows: &'a [MappedRow],
        matches: &'a [Match],
        joining: &'a Joining,
        ground: Ground<'a>,
    ) -> Managers<'a> {
        Managers {
            rows,
            matches,
            joining,
            ground,
            by_key: by_key(rows, ground),
            manager: catalogue::by_name("manager"),
        }
    }

    /// The manager of somebody who is there.
    pub fn of_existing(
        &self,
        row: &MappedRow,
        user: &UserState,
        wish: &mut PersonWish,
        decided: &mut Decided,
    ) {
        let live = self.ground.directory.value(user, "manager");
        let standing = Standing {
            live: Some(&live),
            is_unread: is_unread(user, "manager", self.ground.directory),
        };
        self.settle(row, standing, wish, decided);
    }

    /// The manager of somebody who is made.
    pub fn of_joiner(&self, row: &MappedRow, wish: &mut PersonWish, decided: &mut Decided) {
        let standing = Standing {
            live: None,
            is_unread: false,
        };
        self.settle(row, standing, wish, decided);
    }

    fn settle(&self, row: &MappedRow, standing: Standing<'_>, wish: &mut PersonWish, decided: &mut Decided) {
        let (Some(rule), Some(manager), Some(text)) = (
            &self.ground.settings.manager,
            self.manager,
            row.manager.as_deref(),
        ) else {
            return;
        };
        let rule = CellRule {
            authority: rule.authority,
            blank: rule.blank,
        };
        let blank = is_blank(text);
        if !may_write(blank, standing, rule) {
            return;
        }
        let before = standing.live.map(Value::to_cell).unwrap_or_default();
        let mut want = |text: String| {
            wish.cells.push(Wish {
                attribute: manager,
                text,
                before: before.clone(),
                rule: "manager".to_owned(),
            });
        };
        if blank {
            want(CLEAR_WORD.to_owned());
            return;
        }
        match self.named(text) {
            Named::User(user) if Some(user.id) == wish.user => decided.letter(
                row.row,
                Doubt::new(
                    format!("manager: `{}` is the person's own number", shorten(text)),
                    "enter the number of the manager in the HR system",
                ),
            ),
            Named::User(user) if holds(standing, user.id) => {}
            Named::User(user) => want(user.reference().to_cell()),
            Named::Joiner(upn) if upn == wish.upn => decided.letter(
                row.row,
                Doubt::new(
                    format!("manager: `{}` is the person's own number", shorten(text)),
                    "enter the number of the manager in the HR system",
                ),
            ),
            Named::Joiner(upn) => want(upn.to_owned()),
            Named::Waits => decided.told.push(Told {
                row: Some(row.row),
                who: wish.upn.clone(),
                kind: ToldKind::ManagerWaits,
                message: format!("gets the manager `{}` once that account is there", shorten(text)),
            }),
            // Whoever it is, the directory has the holder of this number already.
            Named::Nobody(_) if self.has_number(standing, text) => {}
            Named::Nobody(doubt) => decided.letter(row.row, doubt),
        }
    }

    fn named(&self, text: &str) -> Named<'_> {
        let in_file = key_text(text, self.ground).and_then(|key| self.by_key.get(&key));
        let found = in_file.and_then(|index| Some((*index, self.matches.get(*index)?)));
        match found {
            Some((_, Match::Holder(id) | Match::FirstTime { user: id, .. })) => {
                if let Some(user) = self.ground.directory.user(id) {
                    return Named::User(user);
                }
            }
            Some((index, Match::Nobody)) => match self.joining.of(index) {
                Waits::Made { upn, .. } => return Named::Joiner(upn),
                Waits::ForTheDay { .. } | Waits::NotMade => return Named::Waits,
                Waits::Gone => {}
                Waits::ForAPerson(_) => return Named::Nobody(self.own_row(text, index)),
            },
            Some((index, Match::Unclear(_))) => return Named::Nobody(self.own_row(text, index)),
            None => {}
        }
        self.in_directory(text)
    }

    /// Whether the manager whom the directory has holds this number.
    fn has_number(&self, standing: Standing<'_>, text: &str) -> bool {
        let (directory, key) = (self.ground.directory, self.ground.key);
        let live = standing.live.filter(|_| !standing.is_unread);
        let manager = match live {
            Some(Value::Reference(one)) => directory.user(&one.id),
            _ => None,
        };
        let held = manager.and_then(|manager| {
            let held = directory.value(manager, key.name).to_cell();
            key_text(&held, self.ground)
        });
        held.is_some() && held == key_text(text, self.ground)
    }

    fn own_row(&self, text: &str, index: usize) -> Doubt {
        let row = self.rows.get(index).map(|row| row.row).unwrap_or_default();
        Doubt::new(
            format!(
                "manager: the row of `{}`, row {row}, needs a person itself",
                shorten(text)
            ),
            "correct that row; the manager then follows",
        )
    }

    fn in_directory(&self, text: &str) -> Named<'_> {
        let key = self.ground.key;
        let Some(value) = KeyValue::new(key, text) else {
            return Named::Waits;
        };
        let (who, how, help) = match value.holders(self.ground.directory) {
            Holders::One(user) => return Named::User(user),
            Holders::Several(_) => (
                "several users hold",
                "",
                "let only one of them hold the number in the directory",
            ),
            Holders::None { near } if near.is_empty() => (
                "nobody holds",
                "",
                "correct the number of the manager in the HR system",
            ),
            Holders::None { .. } => (
                "nobody holds",
                " as it stands",
                "write the number alike in both, with all its zeros and capitals",
            ),
        };
        Named::Nobody(Doubt::new(
            format!("manager: {who} {} `{}`{how}", key.name, shorten(text)),
            help,
        ))
    }
}

fn holds(standing: Standing<'_>, user: UserId) -> bool {
    let live = standing.live.filter(|_| !standing.is_unread);
    matches!(live, Some(Value::Reference(one)) if one.id == user)
}
