//! Taking changes out of a plan that was built, and telling it in the rows that asked for them.

use std::collections::{HashMap, HashSet};

use super::{Plan, PlannedRow, UserChanges};
use crate::domain::build::finding_note;
use crate::domain::{Change, CheckedRow, Finding, ForeseenReason, UserId, Withheld};

/// What is wrong, or noteworthy, with what a plan wants of users, by their attributes.
pub(in crate::domain) type Told = HashMap<UserId, Vec<(&'static str, Finding)>>;

impl PlannedRow {
    /// The row does not write this attribute any more; whether it was going to.
    pub(in crate::domain) fn unwrite(&mut self, name: &str) -> bool {
        let before = self.writes.len();
        self.writes.retain(|written| written != name);
        self.writes.len() < before
    }
}

impl Plan {
    /// Takes out the changes for which `is_it`, and the users of whom nothing is left. The rows are told by somebody else.
    /// While a user is asked about, its own changes are not in it.
    pub(in crate::domain) fn take_out(&mut self, is_it: impl Fn(&UserChanges, &Change) -> bool) {
        self.part(|user, change| is_it(user, change).then_some(()));
    }

    /// The changes for which there is a reason, each with the user it was of and what the reason is; in the order of the plan.
    fn part<T>(
        &mut self,
        reason: impl Fn(&UserChanges, &Change) -> Option<T>,
    ) -> Vec<(UserId, String, u64, Change, T)> {
        let mut taken = Vec::new();
        for user in &mut self.users {
            let changes = std::mem::take(&mut user.changes);
            let mut kept = Vec::with_capacity(changes.len());
            for change in changes {
                match reason(user, &change) {
                    Some(why) => taken.push((user.user, user.upn.clone(), user.row, change, why)),
                    None => kept.push(change),
                }
            }
            user.changes = kept;
        }
        self.users.retain(|user| !user.changes.is_empty());
        taken
    }

    /// Takes out the changes that are errors, and tells everything in the cells of the sheet: `rows` are those of the plan.
    pub(in crate::domain) fn tell_in_cells(&mut self, rows: &mut [CheckedRow], told: &Told) {
        self.take_out_errors(told);
        for (planned, row) in self.rows.iter_mut().zip(rows) {
            let findings = planned.user.and_then(|user| told.get(&user));
            for (name, finding) in findings.into_iter().flatten() {
                let cell = row.cells().iter().find(|cell| cell.attribute.name == *name);
                let Some(column) = cell.map(|cell| cell.column) else {
                    continue;
                };
                let finding = finding.clone().at(row.place().at(column)).column(name);
                if finding.is_error() {
                    planned.unwrite(name);
                    planned.notes.push(finding_note(&finding));
                }
                row.add_finding(finding);
            }
        }
    }

    /// The same for a plan that does not come from a sheet: only the rows of the plan tell the errors.
    pub(in crate::domain) fn tell_in_notes(&mut self, told: &Told) {
        self.take_out_errors(told);
        for planned in &mut self.rows {
            let findings = planned.user.and_then(|user| told.get(&user));
            for (name, finding) in findings.into_iter().flatten().filter(|(_, one)| one.is_error()) {
                if planned.unwrite(name) {
                    planned.notes.push(finding_note(&finding.clone().column(name)));
                }
            }
        }
    }

    fn take_out_errors(&mut self, told: &Told) {
        if told.is_empty() {
            return;
        }
        self.take_out(|user, change| {
            let mut findings = told.get(&user.user).into_iter().flatten();
            findings.any(|(name, one)| one.is_error() && *name == change.attribute.name)
        });
    }

    /// Holds back the changes for which there is a reason, with what would be needed, and tells it in the rows that asked for them.
    pub(in crate::domain) fn withhold(
        &mut self,
        reason: impl Fn(&UserChanges, &Change) -> Option<(ForeseenReason, String)>,
    ) {
        let taken = self.part(reason);
        if taken.is_empty() {
            return;
        }
        let mut rows: HashMap<UserId, Vec<usize>> = HashMap::new();
        for (index, row) in self.rows.iter().enumerate() {
            if let Some(user) = row.user {
                rows.entry(user).or_default().push(index);
            }
        }
        // Of a list that is changed item by item another item may still be written.
        let kept: HashSet<(UserId, &str)> = self
            .changes()
            .map(|(user, change)| (user.user, change.attribute.name))
            .collect();
        let mut told: HashSet<(usize, &str)> = HashSet::new();
        for (user, upn, row, change, (reason, needs)) in taken {
            let name = change.attribute.name;
            let one = Withheld {
                user,
                upn,
                row,
                change,
                reason,
                needs,
            };
            for index in rows.get(&user).into_iter().flatten() {
                let Some(row) = self.rows.get_mut(*index) else {
                    continue;
                };
                if row.writes.iter().any(|asked| asked == name) {
                    told.insert((*index, name));
                }
                if told.contains(&(*index, name)) {
                    row.notes.push(one.note());
                }
                if !kept.contains(&(user, name)) {
                    row.unwrite(name);
                }
            }
            self.withheld.push(one);
        }
        // Whatever found it, it is told in the order of the sheet.
        self.withheld.sort_by_key(|one| one.row);
    }
}
