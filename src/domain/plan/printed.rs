//! A plan as it is hashed: everything in it but how a cell was settled.

use std::io;

use ring::digest;
use serde::Serialize;

use super::{
    ClearedColumn, Conflict, Plan, PlanBinding, PlannedRow, Seats, Settled, Side, UserChanges, Withheld,
};

/// What the fingerprint of a plan is taken of.
#[derive(Serialize)]
pub(super) struct Printed<'p> {
    binding: &'p PlanBinding,
    users_total: u64,
    users: &'p [UserChanges],
    conflicts: &'p [Conflict],
    withheld: &'p [Withheld],
    rows: &'p [PlannedRow],
    errors: u64,
    #[serde(skip_serializing_if = "<[ClearedColumn]>::is_empty")]
    columns_cleared: &'p [ClearedColumn],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settled: Vec<Decided<'p>>,
    #[serde(skip_serializing_if = "<[Seats]>::is_empty")]
    seats: &'p [Seats],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    privileged_roles: &'p [String],
}

#[derive(Serialize)]
struct Decided<'p> {
    #[serde(flatten)]
    conflict: &'p Conflict,
    choice: Side,
}

impl<'p> Printed<'p> {
    pub(super) fn of(plan: &'p Plan) -> Printed<'p> {
        // Whatever is added to a plan must be named here.
        let Plan {
            binding,
            users_total,
            users,
            conflicts,
            withheld,
            rows,
            errors,
            columns_cleared,
            settled,
            seats,
            privileged_roles,
            // A telling is known by the fingerprint of the plan itself.
            wanted_clears: _,
            already_there: _,
            told_of: _,
        } = plan;
        let decided = |Settled {
                           conflict,
                           choice,
                           by: _,
                       }: &'p Settled| Decided {
            conflict,
            choice: *choice,
        };
        Printed {
            binding,
            users_total: *users_total,
            users,
            conflicts,
            withheld,
            rows,
            errors: *errors,
            columns_cleared,
            settled: settled.iter().map(decided).collect(),
            seats,
            privileged_roles,
        }
    }
}

/// Takes in what is written to it, without keeping the text.
pub(super) struct Sha256(pub(super) digest::Context);

impl io::Write for Sha256 {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
