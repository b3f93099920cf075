//! One operation on its way: the parts still to be sent, and what became of each change so far.

#[path = "work_unmade.rs"]
mod unmade;

use std::collections::VecDeque;

pub(super) use unmade::NOT_MADE;

use super::recorder::Settled;
use crate::catalogue::Attribute;
use crate::domain::{
    Change, ChangeOutcome, Operation, OperationNumber, OperationResult, Outcome, Refusal, Standing, UserId,
    Value, part, part_off, standing,
};

/// An operation and its state. It begins as one part; surgery makes more of them.
#[derive(Debug, Clone)]
pub struct Work {
    operation: Operation,
    parts: VecDeque<Operation>,
    /// By the position of the change; `None` is not decided yet.
    outcomes: Vec<Option<Outcome>>,
    request_id: Option<String>,
    finished_at: jiff::Timestamp,
    /// An earlier process may have stored what is still to be sent.
    in_doubt: bool,
    looks_left: u8,
    /// Whether the journal knows that a request of it was to leave.
    has_intent: bool,
    /// The service's id of the user whom it made, as its answer said.
    made: Option<UserId>,
}

impl Work {
    /// Everything still to be sent.
    pub fn new(operation: Operation) -> Work {
        let outcomes = vec![None; operation.changes().len()];
        let parts = VecDeque::from([operation.clone()]);
        Work {
            operation,
            parts,
            outcomes,
            request_id: None,
            finished_at: jiff::Timestamp::now(),
            in_doubt: false,
            looks_left: LOOKS_FOR_GUEST,
            has_intent: false,
            made: None,
        }
    }

    /// With outcomes that are known already: from an earlier attempt, or from a fresh look at the directory. Only changes
    /// without one are sent, and leaves that travel along get the value `live` gives them now.
    pub fn with_known(
        operation: Operation,
        known: impl Fn(&Change) -> Option<Outcome>,
        live: impl Fn(&'static Attribute) -> Option<Value>,
    ) -> Work {
        let outcomes: Vec<Option<Outcome>> = operation.changes().iter().map(known).collect();
        let undecided: Vec<&str> = operation
            .changes()
            .iter()
            .zip(&outcomes)
            .filter(|(_, outcome)| outcome.is_none())
            .map(|(change, _)| change.attribute.name)
            .collect();
        let left = operation.keeping(|change| undecided.contains(&change.attribute.name));
        let parts = left
            .map(|left| left.with_companions_of(live))
            .into_iter()
            .collect();
        Work {
            operation,
            parts,
            outcomes,
            request_id: None,
            finished_at: jiff::Timestamp::now(),
            in_doubt: false,
            looks_left: LOOKS_FOR_GUEST,
            has_intent: false,
            made: None,
        }
    }

    /// The same, where an earlier process may have stored what is still to be sent.
    pub(super) fn doubted(mut self, in_doubt: bool) -> Work {
        self.in_doubt = in_doubt;
        self
    }

    /// Whether an earlier process may have stored what is still to be sent.
    pub(super) fn is_doubted(&self) -> bool {
        self.in_doubt
    }

    pub fn number(&self) -> OperationNumber {
        self.operation.number
    }

    /// Whether its request is refused the second time because the first has done it.
    pub(super) fn is_post(&self) -> bool {
        self.operation.is_post()
    }

    /// Whether a guest who may have been invited is looked for once more before somebody is invited; so many times and no more.
    pub(super) fn waits_for_guest(&mut self) -> bool {
        let waits = self.looks_left > 0;
        self.looks_left = self.looks_left.saturating_sub(1);
        waits
    }

    /// Whether it makes the service send a mail, which nothing calls back.
    pub(super) fn sends_a_mail(&self) -> bool {
        let invitation = self.operation.invitation();
        invitation.is_some_and(|invitation| invitation.send_mail)
    }

    /// The users made in this run whom it is about, beside one that it makes itself: its own, or whom it points to. The service
    /// may not know them yet everywhere.
    pub(super) fn awaited(&self) -> impl Iterator<Item = UserId> {
        let makes = self.operation.makes_the_user().then_some(self.operation.user);
        let newcomers = self.operation.newcomers().map(|(user, _)| user);
        newcomers.filter(move |user| Some(*user) != makes)
    }

    /// Whether everything that its user was to be made with was found there after an attempt without a clear answer.
    pub(super) fn has_made_its_user(&self) -> bool {
        let seen = |outcome: &Option<Outcome>| {
            matches!(
                outcome,
                Some(Outcome::AlreadyThere {
                    after_send: Some(true)
                })
            )
        };
        self.operation.makes_the_user() && self.outcomes.iter().all(seen)
    }

    pub(super) fn note_intent(&mut self) {
        self.has_intent = true;
    }

    /// Keeps the id that the answer gave to the user whom it made.
    pub(super) fn note_made(&mut self, id_of: impl Fn(UserId) -> Option<UserId>) {
        if self.operation.makes_the_user() {
            self.made = id_of(self.operation.user);
        }
    }

    /// Whether it was refused before anything of it left. A journal takes a refusal only after an intent.
    pub(super) fn lacks_intent(&self) -> bool {
        let is_refused = |outcome: &Option<Outcome>| matches!(outcome, Some(Outcome::Refused { .. }));
        !self.has_intent && self.outcomes.iter().any(is_refused)
    }

    /// Whether its user was to be made and was not, and nothing more will be tried for it.
    pub(super) fn has_not_made_its_user(&self) -> bool {
        let is_final = |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(Outcome::is_final);
        self.operation.makes_the_user()
            && self.outcomes.iter().all(is_final)
            && !self.settled().result.is_done_by_run()
    }

    pub(super) fn user(&self) -> UserId {
        self.operation.user
    }

    /// The spreadsheet row.
    pub fn row(&self) -> u64 {
        self.operation.row
    }

    /// How messages name the user.
    pub fn upn(&self) -> &str {
        &self.operation.upn
    }

    /// Every change with what is known of it.
    pub fn changes(&self) -> impl Iterator<Item = (&Change, Option<&Outcome>)> {
        self.operation
            .changes()
            .iter()
            .zip(self.outcomes.iter().map(Option::as_ref))
    }

    /// What is to be sent next; `None` when everything is decided.
    pub fn next_part(&self) -> Option<Operation> {
        self.parts.front().cloned()
    }

    pub fn is_settled(&self) -> bool {
        self.parts.is_empty()
    }

    /// Remembers the service's id of an answer.
    pub(super) fn note_request(&mut self, request_id: Option<String>) {
        if request_id.is_some() {
            self.request_id = request_id;
        }
    }

    /// What is expected to be refused travels apart from the start, so that it does not hold up the rest.
    pub(super) fn part_off(&mut self, suspicious: impl Fn(&'static Attribute) -> bool) {
        if let [whole] = self.parts.make_contiguous()
            && let Some((rest, suspects)) = part_off(whole, suspicious)
        {
            self.parts = VecDeque::from([rest, suspects]);
        }
    }

    /// Takes in a look at the directory: what is there already is not sent, and what somebody else changed is left alone. `live`
    /// gives the values as they are now; what it does not know is not sent either. Says whether the next part still is to be sent.
    ///
    /// "There already" is believed only of what may have been sent before (`in_doubt`), and not in an undo (`believe`), whose values
    /// are old ones. Else it contradicts what the plan saw, and may be a server that shows what was there an hour ago; sending what
    /// is there already does no harm, and not sending might. A POST would do harm, and is believed.
    pub(super) fn looked(
        &mut self,
        live: impl Fn(&'static Attribute) -> Option<Value>,
        in_doubt: bool,
        believe: bool,
    ) -> bool {
        let mut next_is_open = false;
        for (index, part) in std::mem::take(&mut self.parts).into_iter().enumerate() {
            // Only the part at the front was sent before.
            let in_doubt = in_doubt && index == 0;
            // A POST that was done is refused the second time, so it is not sent to be sure.
            let believe = believe || part.is_post();
            for change in part.changes() {
                let outcome =
                    match live(change.attribute).map(|live| standing(change, &live, part.is_for_guest())) {
                        Some(Standing::ToSend) => continue,
                        Some(Standing::AlreadyThere) if !(in_doubt && believe) => continue,
                        Some(Standing::AlreadyThere) => Outcome::already_there(true),
                        Some(Standing::Moved(live)) => Outcome::Moved { live },
                        None => open(NOT_READ, in_doubt),
                    };
                self.finished_at = jiff::Timestamp::now();
                self.settle(change.attribute, &outcome);
            }
            let settled: Vec<&str> = self
                .changes()
                .filter(|(_, outcome)| outcome.is_some())
                .map(|(change, _)| change.attribute.name)
                .collect();
            let left = part.keeping(|change| !settled.contains(&change.attribute.name));
            if let Some(left) = left.map(|left| left.with_companions_of(&live)) {
                next_is_open |= index == 0;
                self.parts.push_back(left);
            }
        }
        next_is_open
    }

    /// The part that was sent is stored.
    pub(super) fn landed(&mut self) {
        self.settle_part(&Outcome::Accepted);
    }

    /// What was to be done turned out to be so already; `after_send`: an earlier attempt may have done it.
    pub(super) fn found_done(&mut self, after_send: bool) {
        self.settle_part(&Outcome::already_there(after_send));
    }

    /// The user cannot be looked at, and what cannot be checked is not written: nothing more is sent.
    pub(super) fn not_shown(&mut self, reason: &str, in_doubt: bool) {
        if in_doubt {
            self.in_doubt(reason);
        } else {
            self.not_sent(reason);
        }
    }

    /// The part that was sent was refused: parted if it can be, else its attributes are refused, and that is said.
    pub(super) fn refused(&mut self, refusal: Refusal) -> bool {
        let parted = self.parts.front().and_then(|sent| part(sent, &refusal));
        match parted {
            Some((likely, suspicious)) => {
                self.parts.pop_front();
                self.parts.push_front(suspicious);
                self.parts.push_front(likely);
                false
            }
            None => {
                self.settle_part(&Outcome::Refused { refusal });
                true
            }
        }
    }

    /// Nothing more is sent; changes without an outcome are told to be not sent.
    pub(super) fn not_sent(&mut self, reason: &str) {
        let outcome = Outcome::NotSent {
            reason: reason.to_owned(),
        };
        while !self.parts.is_empty() {
            self.settle_part(&outcome);
        }
    }

    /// The part that was sent may or may not be stored; further parts are not sent.
    pub(super) fn in_doubt(&mut self, reason: &str) {
        self.settle_part(&Outcome::InDoubt {
            reason: reason.to_owned(),
        });
        self.not_sent("an earlier part of the row is in doubt");
    }

    fn settle_part(&mut self, outcome: &Outcome) {
        self.finished_at = jiff::Timestamp::now();
        let Some(sent) = self.parts.pop_front() else {
            return;
        };
        for change in sent.changes() {
            self.settle(change.attribute, outcome);
        }
    }

    fn settle(&mut self, attribute: &'static Attribute, outcome: &Outcome) {
        for (change, slot) in self.operation.changes().iter().zip(&mut self.outcomes) {
            if slot.is_none() && change.attribute == attribute {
                *slot = Some(outcome.clone());
            }
        }
    }

    /// The result as the journal keeps it.
    pub(super) fn settled(&self) -> Settled {
        let outcomes = self
            .operation
            .changes()
            .iter()
            .zip(&self.outcomes)
            .map(|(change, outcome)| ChangeOutcome {
                attribute: change.attribute,
                outcome: outcome.clone().unwrap_or_else(|| Outcome::NotSent {
                    reason: "it was not sent".to_owned(),
                }),
            });
        Settled {
            result: OperationResult {
                number: self.operation.number,
                outcomes: outcomes.collect(),
                request_id: self.request_id.clone(),
                finished_at: self.finished_at,
                made: self.made,
            },
            row: self.operation.row,
            upn: self.operation.upn.clone(),
        }
    }
}

/// How often a guest whose invitation is in doubt is looked for before a mail goes out that may be the second.
const LOOKS_FOR_GUEST: u8 = 3;

/// Why a cell is left alone whose attribute an answer left out.
pub(super) const NOT_READ: &str = "its present value could not be read just before the write";

/// Nothing is known of it: it was not sent, or an attempt got no clear answer.
pub(super) fn open(reason: &str, in_doubt: bool) -> Outcome {
    let reason = reason.to_owned();
    if in_doubt {
        Outcome::InDoubt { reason }
    } else {
        Outcome::NotSent { reason }
    }
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
