//! Actions on accounts: the words of the column `_action`, and the changes they stand for.
//!
//! An action is a change like any other: it has a value before and one after, so that it is planned, looked at, proved, resumed
//! and, where that is possible, undone on the same road. Only two have no value to go to: sessions and passwords are done anew
//! each time, and what proves them is a moment later than the one before (`docs/design/account-actions.md`).

use super::{Change, Operation, UserChanges, Value, is_blank, shorten};
use crate::catalogue::{self, AccountPart, Attribute, DELETED, PRESENT, account_attribute};

/// What can be done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccountAction {
    Delete,
    Restore,
    Disable,
    Enable,
    RevokeSessions,
    ResetPassword,
}

/// What stands in plans and journals after an action that has no value to go to.
const NOW: &str = "now";

/// Words that people write for an action; none of them is taken for it.
const MEANT: [(&str, AccountAction); 10] = [
    ("remove", AccountAction::Delete),
    ("undelete", AccountAction::Restore),
    ("recover", AccountAction::Restore),
    ("block", AccountAction::Disable),
    ("deactivate", AccountAction::Disable),
    ("unblock", AccountAction::Enable),
    ("activate", AccountAction::Enable),
    ("signout", AccountAction::RevokeSessions),
    ("revoke", AccountAction::RevokeSessions),
    ("reset", AccountAction::ResetPassword),
];

impl AccountAction {
    /// Every action.
    pub const ALL: [AccountAction; 6] = [
        AccountAction::Disable,
        AccountAction::Enable,
        AccountAction::Delete,
        AccountAction::Restore,
        AccountAction::RevokeSessions,
        AccountAction::ResetPassword,
    ];

    /// The word in a sheet, in JSON and after `--allow`.
    pub fn word(self) -> &'static str {
        match self {
            AccountAction::Delete => "delete",
            AccountAction::Restore => "restore",
            AccountAction::Disable => "disable",
            AccountAction::Enable => "enable",
            AccountAction::RevokeSessions => "revoke-sessions",
            AccountAction::ResetPassword => "reset-password",
        }
    }

    /// What becomes of the account, in words.
    pub fn in_words(self) -> &'static str {
        match self {
            AccountAction::Delete => "is deleted; for 30 days `restore` brings it back",
            AccountAction::Restore => "is brought back from the deleted users",
            AccountAction::Disable => "can no longer sign in",
            AccountAction::Enable => "can sign in",
            AccountAction::RevokeSessions => "is signed out everywhere",
            AccountAction::ResetPassword => "gets a new password, to be changed at the next sign-in",
        }
    }

    /// What would become of the account, of an action that is held back.
    pub fn would(self) -> &'static str {
        match self {
            AccountAction::Delete => "would be deleted",
            AccountAction::Restore => "would be brought back from the deleted users",
            AccountAction::Disable => "could no longer sign in",
            AccountAction::Enable => "could sign in",
            AccountAction::RevokeSessions => "would be signed out everywhere",
            AccountAction::ResetPassword => "would get a new password",
        }
    }

    /// The attribute that it sets, and to what; `None` only if the catalogue lacked it.
    pub(super) fn wish(self) -> Option<(&'static Attribute, Value)> {
        let enabled = |on| Some((catalogue::by_name("accountEnabled")?, Value::Boolean(on)));
        let part = |part, value: &str| Some((account_attribute(part), Value::Text(value.to_owned())));
        match self {
            AccountAction::Disable => enabled(false),
            AccountAction::Enable => enabled(true),
            AccountAction::Delete => part(AccountPart::State, DELETED),
            AccountAction::Restore => part(AccountPart::State, PRESENT),
            AccountAction::RevokeSessions => part(AccountPart::Sessions, NOW),
            AccountAction::ResetPassword => part(AccountPart::Password, NOW),
        }
    }

    /// The action that a change stands for. A change of `accountEnabled` is an edit like any other and none.
    pub fn of(change: &Change) -> Option<AccountAction> {
        Some(match (change.attribute.account_part()?, &change.after) {
            (AccountPart::State, Value::Text(state)) if state == DELETED => AccountAction::Delete,
            (AccountPart::State, _) => AccountAction::Restore,
            (AccountPart::Sessions, _) => AccountAction::RevokeSessions,
            (AccountPart::Password, _) => AccountAction::ResetPassword,
        })
    }

    /// The actions in a cell, which are one word or several with `;` between them; blank is none.
    ///
    /// # Errors
    /// What is no action, and what was probably meant.
    pub fn read(text: &str) -> Result<Vec<AccountAction>, UnknownAction> {
        let mut actions = Vec::new();
        for word in text.split([';', ',']).filter(|word| !is_blank(word)) {
            let word = word.trim().to_lowercase();
            let known = AccountAction::ALL
                .into_iter()
                .find(|action| action.word() == word);
            let action = known.ok_or_else(|| UnknownAction::of(&word))?;
            if !actions.contains(&action) {
                actions.push(action);
            }
        }
        Ok(actions)
    }
}

/// A text in `_action` that is no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownAction {
    pub word: String,
    pub meant: Option<AccountAction>,
}

impl UnknownAction {
    fn of(word: &str) -> UnknownAction {
        let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        let known = AccountAction::ALL.map(|action| (action.word(), action));
        let common = |other: &str| {
            let other = other.chars().filter(|c| c.is_alphabetic());
            letters.chars().zip(other).take_while(|(a, b)| a == b).count()
        };
        // The first letters tell one action from another: `dis`, `del`, `ena`, `rest`, `rese`, `rev`.
        let near = known
            .into_iter()
            .map(|(word, action)| (common(word), action))
            .max_by_key(|(length, _)| *length)
            .filter(|(length, _)| *length >= 3)
            .map(|(_, action)| action);
        let meant = MEANT.into_iter().find(|(other, _)| *other == letters);
        UnknownAction {
            word: shorten(word),
            meant: meant.map(|(_, action)| action).or(near),
        }
    }
}

impl Change {
    /// Whether `live` is what the change wants. A moment that an action moves is reached by any later one.
    pub fn is_reached_by(&self, live: &Value) -> bool {
        match self.attribute.account_part() {
            Some(AccountPart::Sessions | AccountPart::Password) => is_later(live, &self.before),
            Some(AccountPart::State) | None => super::same(
                self.attribute,
                &self.after,
                &super::item_by_item::about(self, live),
            ),
        }
    }

    /// Whether it is done anew each time, so that nothing but a later moment can stand in its way.
    pub(super) fn is_done_anew(&self) -> bool {
        matches!(
            self.attribute.account_part(),
            Some(AccountPart::Sessions | AccountPart::Password)
        )
    }
}

/// Whether the first moment is after the second; any moment is after none.
fn is_later(one: &Value, other: &Value) -> bool {
    let moment = |value: &Value| value.to_cell().parse::<jiff::Timestamp>().ok();
    match (moment(one), moment(other)) {
        (Some(one), Some(other)) => one > other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

// Who gets a password: a new user has one from the beginning, a guest never, and `reset-password` gives one.

impl Change {
    /// Whether it gives somebody who is there a new password.
    pub fn sets_password(&self) -> bool {
        self.attribute.account_part() == Some(AccountPart::Password)
    }
}

impl UserChanges {
    /// Whether the plan sets a password for this user.
    pub fn sets_password(&self) -> bool {
        self.is_made() || self.changes.iter().any(Change::sets_password)
    }
}

impl Operation {
    /// Whether its request has a password in it.
    pub fn sets_password(&self) -> bool {
        let is_made_with_one = self.makes_the_user() && self.invitation().is_none();
        is_made_with_one || self.changes().iter().any(Change::sets_password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: AccountAction, before: &str) -> Change {
        let (attribute, after) = action.wish().unwrap();
        let before = match before {
            "" => Value::Empty,
            text => Value::Text(text.to_owned()),
        };
        Change {
            attribute,
            before,
            after,
        }
    }

    #[test]
    fn words_are_read_in_any_case_and_blank_is_none() {
        use AccountAction::{Delete, Disable, RevokeSessions};
        for (text, actions) in [
            ("", vec![]),
            (" \u{a0} ", vec![]),
            ("delete", vec![Delete]),
            (" DISABLE ; revoke-sessions", vec![Disable, RevokeSessions]),
            ("disable, disable", vec![Disable]),
        ] {
            assert_eq!(AccountAction::read(text), Ok(actions), "{text:?}");
        }
    }

    #[test]
    fn another_word_is_no_action_and_what_was_meant_is_offered() {
        for (text, meant) in [
            ("delte", Some(AccountAction::Delete)),
            ("deleted", Some(AccountAction::Delete)),
            ("remove", Some(AccountAction::Delete)),
            ("block", Some(AccountAction::Disable)),
            ("reset password", Some(AccountAction::ResetPassword)),
            ("revoke_sessions", Some(AccountAction::RevokeSessions)),
            ("x", None),
            ("no", None),
        ] {
            assert_eq!(AccountAction::read(text).unwrap_err().meant, meant, "{text:?}");
        }
        assert!(AccountAction::read("delete; x").is_err());
    }

    #[test]
    fn a_moment_is_reached_by_any_later_one_and_a_state_by_itself() {
        let revoked = change(AccountAction::RevokeSessions, "2026-01-02T00:00:00Z");
        let at = |text: &str| Value::Text(text.to_owned());
        assert!(revoked.is_reached_by(&at("2026-01-02T00:00:01Z")));
        for same_or_older in ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "nonsense"] {
            assert!(!revoked.is_reached_by(&at(same_or_older)), "{same_or_older}");
        }
        assert!(!revoked.is_reached_by(&Value::Empty));
        assert!(change(AccountAction::ResetPassword, "").is_reached_by(&at("2026-01-02T00:00:00Z")));
        let deleted = change(AccountAction::Delete, PRESENT);
        assert!(deleted.is_reached_by(&at(DELETED)) && !deleted.is_reached_by(&at(PRESENT)));
    }
}
