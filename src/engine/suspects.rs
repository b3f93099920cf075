//! Attributes that are expected to be refused, so that they travel apart from the start.
//!
//! A PATCH is all or nothing: one attribute that the application may not write holds up the whole row until surgery has found it.
//! What the token cannot do is known before the run; what else is refused again and again is learned while it goes on.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::catalogue::Attribute;
use crate::domain::{ChangeOutcome, Outcome};

/// So many refusals of one attribute, and no acceptance, make it a suspect.
const REFUSALS: u32 = 3;

/// What a run knows of its attributes. Shared by all workers.
#[derive(Debug, Default)]
pub struct Suspects {
    known: Vec<&'static Attribute>,
    learned: Mutex<HashMap<&'static str, Tally>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    refused: u32,
    accepted: bool,
}

impl Suspects {
    /// With attributes that the token may not write.
    pub fn new(known: Vec<&'static Attribute>) -> Suspects {
        Suspects {
            known,
            learned: Mutex::default(),
        }
    }

    /// Whether this attribute is expected to be refused.
    pub fn suspect(&self, attribute: &'static Attribute) -> bool {
        self.known.contains(&attribute)
            || self
                .learned()
                .get(attribute.name)
                .is_some_and(|tally| tally.refused >= REFUSALS && !tally.accepted)
    }

    /// Learns from what became of an operation.
    pub(super) fn learn(&self, outcomes: &[ChangeOutcome]) {
        let mut learned = self.learned();
        for change in outcomes {
            let tally = learned.entry(change.attribute.name).or_default();
            match &change.outcome {
                Outcome::Accepted => tally.accepted = true,
                // A 400 is about the value of one row, a 403 about the attribute or the user.
                Outcome::Refused { refusal } if refusal.status == 403 => tally.refused += 1,
                _ => {}
            }
        }
    }

    fn learned(&self) -> MutexGuard<'_, HashMap<&'static str, Tally>> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::Refusal;

    fn outcome(name: &str, status: u16) -> ChangeOutcome {
        let refusal = Refusal {
            status,
            code: "x".to_owned(),
            message: "no".to_owned(),
            target: None,
            request_id: None,
            hint: String::new(),
        };
        ChangeOutcome {
            attribute: catalogue::by_name(name).unwrap(),
            outcome: match status {
                204 => Outcome::Accepted,
                _ => Outcome::Refused { refusal },
            },
        }
    }

    #[test]
    fn an_attribute_is_suspect_after_three_refusals_without_an_acceptance() {
        let phone = catalogue::by_name("mobilePhone").unwrap();
        for (statuses, suspect) in [
            (&[403, 403][..], false),
            (&[403, 403, 403], true),
            (&[400, 400, 400, 400], false),
            (&[204, 403, 403, 403], false),
            (&[403, 403, 403, 204], false),
        ] {
            let suspects = Suspects::default();
            for status in statuses {
                suspects.learn(&[outcome("mobilePhone", *status), outcome("jobTitle", 204)]);
            }
            assert_eq!(suspects.suspect(phone), suspect, "{statuses:?}");
            assert!(!suspects.suspect(catalogue::by_name("jobTitle").unwrap()));
        }
        assert!(Suspects::new(vec![phone]).suspect(phone));
    }
}
