//! One operation on its way: the parts still to be sent, and what became of each change so far.

use std::collections::VecDeque;

use super::recorder::Settled;
use crate::catalogue::Attribute;
use crate::domain::{
    Change, ChangeOutcome, Operation, OperationNumber, OperationResult, Outcome, Refusal, Value, part,
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
            .and_then(|left| left.still_to_send(live))
            .into_iter()
            .collect();
        Work {
            operation,
            parts,
            outcomes,
            request_id: None,
            finished_at: jiff::Timestamp::now(),
        }
    }

    pub fn number(&self) -> OperationNumber {
        self.operation.number
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

    /// The part that was sent is stored.
    pub(super) fn landed(&mut self) {
        self.settle_part(&Outcome::Accepted);
    }

    /// What was to be done turned out to be so already.
    pub(super) fn found_done(&mut self) {
        self.settle_part(&Outcome::AlreadyThere);
    }

    /// The part that was sent was refused: parted if it can be, else its attributes are refused.
    pub(super) fn refused(&mut self, refusal: Refusal) {
        let parted = self.parts.front().and_then(|sent| part(sent, &refusal));
        match parted {
            Some((likely, suspicious)) => {
                self.parts.pop_front();
                self.parts.push_front(suspicious);
                self.parts.push_front(likely);
            }
            None => self.settle_part(&Outcome::Refused { refusal }),
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
        for (change, slot) in self.operation.changes().iter().zip(&mut self.outcomes) {
            if slot.is_none()
                && sent
                    .changes()
                    .iter()
                    .any(|sent| sent.attribute == change.attribute)
            {
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
            },
            row: self.operation.row,
            upn: self.operation.upn.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{Action, Companion, UserId};

    fn change(name: &str) -> Change {
        let attribute = catalogue::by_name(name).unwrap();
        Change {
            attribute,
            before: Value::Empty,
            after: Value::Text("x".to_owned()),
        }
    }

    fn operation(names: &[&str]) -> Operation {
        Operation {
            number: OperationNumber(7),
            user: UserId::from_bytes([1; 16]),
            upn: "anna@contoso.example".to_owned(),
            row: 3,
            action: Action::Patch {
                changes: names.iter().map(|name| change(name)).collect(),
                companions: Vec::new(),
            },
        }
    }

    fn refusal(status: u16, target: Option<&str>) -> Refusal {
        Refusal {
            status,
            code: "Request_BadRequest".to_owned(),
            message: "no".to_owned(),
            target: target.map(str::to_owned),
            request_id: None,
            hint: "mend it".to_owned(),
        }
    }

    fn names(operation: &Operation) -> Vec<&str> {
        operation
            .changes()
            .iter()
            .map(|change| change.attribute.name)
            .collect()
    }

    #[test]
    fn a_refused_attribute_is_found_and_the_others_land() {
        let mut work = Work::new(operation(&["jobTitle", "mobilePhone", "city"]));
        work.refused(refusal(403, None));
        assert_eq!(names(&work.next_part().unwrap()), ["jobTitle", "city"]);
        work.landed();
        assert_eq!(names(&work.next_part().unwrap()), ["mobilePhone"]);
        work.refused(refusal(403, None));
        assert!(work.is_settled());
        let outcomes = work.settled().result.outcomes;
        assert!(outcomes[0].outcome.is_done() && outcomes[2].outcome.is_done());
        assert!(matches!(outcomes[1].outcome, Outcome::Refused { .. }));
    }

    #[test]
    fn what_is_known_already_is_not_sent_again() {
        let work = Work::with_known(
            operation(&["jobTitle", "city"]),
            |change| (change.attribute.name == "city").then_some(Outcome::AlreadyThere),
            |_| Some(Value::Empty),
        );
        assert_eq!(names(&work.next_part().unwrap()), ["jobTitle"]);
        let done = Work::with_known(
            operation(&["city"]),
            |_| Some(Outcome::AlreadyThere),
            |_| Some(Value::Empty),
        );
        assert!(done.is_settled());
    }

    #[test]
    fn a_leaf_that_moved_meanwhile_travels_along_with_the_value_it_has_now() {
        let (division, cost_center) = ("employeeOrgData.division", "employeeOrgData.costCenter");
        let both = operation(&[division, cost_center]);
        let live = |attribute: &'static Attribute| {
            Some(if attribute.name == cost_center {
                Value::Text("4711".to_owned())
            } else {
                Value::Empty
            })
        };
        let known = |change: &Change| {
            (change.attribute.name == cost_center).then(|| Outcome::Moved {
                live: Value::Text("4711".to_owned()),
            })
        };
        let work = Work::with_known(both, known, live);
        let Some(Operation {
            action: Action::Patch { changes, companions },
            ..
        }) = work.next_part()
        else {
            panic!("one leaf is still to be sent")
        };
        assert_eq!(changes.len(), 1);
        let attribute = catalogue::by_name(cost_center).unwrap();
        assert_eq!(
            companions,
            [Companion {
                attribute,
                value: Value::Text("4711".to_owned())
            }]
        );
    }

    #[test]
    fn nothing_of_a_row_is_sent_after_a_part_of_it_is_in_doubt() {
        let mut work = Work::new(operation(&["jobTitle", "city"]));
        work.refused(refusal(400, Some("city")));
        work.in_doubt("no answer");
        assert!(work.is_settled());
        let outcomes = work.settled().result.outcomes;
        assert!(matches!(outcomes[0].outcome, Outcome::InDoubt { .. }));
        assert!(matches!(outcomes[1].outcome, Outcome::NotSent { .. }));
    }
}
