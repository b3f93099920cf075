//! How work for somebody ends who was to be made and is not.

use super::Work;
use crate::domain::{Outcome, Refusal};

/// What follows the making of a user that was refused.
pub(in crate::engine) const NOT_MADE: &str = "user not made";

impl Work {
    /// Somebody has the name by now that a new user was to get.
    pub(in crate::engine) fn name_is_taken(&mut self) {
        if self.operation.invitation().is_some() {
            self.guest_is_there();
            return;
        }
        let refusal = Refusal {
            status: 0,
            code: "name taken".to_owned(),
            message: "somebody has this userPrincipalName by now, so no user was made".to_owned(),
            target: Some("userPrincipalName".to_owned()),
            request_id: None,
            hint: "make the plan again: the row is then about that user, or give the new one another name"
                .to_owned(),
        };
        self.settle_part(&Outcome::Refused { refusal });
    }

    fn guest_is_there(&mut self) {
        let refusal = Refusal {
            status: 0,
            code: "guest is there".to_owned(),
            message: "somebody has this address by now, so nobody was invited".to_owned(),
            target: None,
            request_id: None,
            hint: "make the plan again: the row is then about that user".to_owned(),
        };
        self.settle_part(&Outcome::Refused { refusal });
    }

    /// It is about a user who was to be made and was not: there is nothing to wait for.
    pub(in crate::engine) fn user_was_not_made(&mut self) {
        let refusal = Refusal {
            status: 0,
            code: NOT_MADE.to_owned(),
            message: "not sent: the user was not made".to_owned(),
            target: None,
            request_id: None,
            hint: "the row of that user says why; correct it, and apply the sheet again".to_owned(),
        };
        while !self.parts.is_empty() {
            self.settle_part(&Outcome::Refused {
                refusal: refusal.clone(),
            });
        }
    }
}
