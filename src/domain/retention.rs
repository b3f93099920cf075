//! Which snapshots may go. Pure: what is there, what is still needed and the moment are arguments.

use std::collections::{HashMap, HashSet};

use super::SnapshotId;

/// How many snapshots are kept. One is kept when any of the rules keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The newest of each tenant.
    pub keep: Option<u64>,
    /// All that are at most so many days old.
    pub keep_days: Option<u64>,
}

impl Retention {
    /// `None` when there is no rule, and nothing ever goes.
    ///
    /// # Errors
    /// `keep` is 0: the newest snapshot never goes.
    pub fn new(keep: Option<u64>, keep_days: Option<u64>) -> Result<Option<Retention>, String> {
        match (keep, keep_days) {
            (Some(0), _) => Err("the newest snapshot is always kept, so `keep` is 1 at least".to_owned()),
            (None, None) => Ok(None),
            (keep, keep_days) => Ok(Some(Retention { keep, keep_days })),
        }
    }
}

/// A snapshot that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSnapshot {
    pub id: SnapshotId,
    /// The tenant's id, and of which service: a practice directory may have the id of a real tenant.
    pub tenant: String,
    pub taken_at: jiff::Timestamp,
}

/// What keeps a snapshot that the rules would let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spared {
    pub id: SnapshotId,
    /// The run that is not finished and has it as its base.
    pub run: super::RunId,
}

/// Which snapshots go, and which would if no run needed them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruning {
    /// Oldest first.
    pub remove: Vec<SnapshotId>,
    pub spared: Vec<Spared>,
}

/// Decides. `needed` are the snapshots that unfinished runs are based on. The newest of each tenant stays, whatever the rule says.
pub fn prune(
    snapshots: &[KeptSnapshot],
    needed: &HashMap<SnapshotId, super::RunId>,
    rule: Retention,
    now: jiff::Timestamp,
) -> Pruning {
    let mut newest_first: Vec<&KeptSnapshot> = snapshots.iter().collect();
    newest_first.sort_by(|a, b| (b.taken_at, &b.id).cmp(&(a.taken_at, &a.id)));
    let mut seen: HashMap<&str, u64> = HashMap::new();
    let mut known: HashSet<&SnapshotId> = HashSet::new();
    let mut pruning = Pruning::default();
    for snapshot in newest_first {
        if !known.insert(&snapshot.id) {
            continue;
        }
        let newer = seen.entry(&snapshot.tenant).or_default();
        let among_newest = rule.keep.is_some_and(|keep| *newer < keep);
        let is_newest = *newer == 0;
        *newer += 1;
        let young = rule.keep_days.is_some_and(|days| {
            let seconds = i64::try_from(days).unwrap_or(i64::MAX).saturating_mul(86_400);
            now.duration_since(snapshot.taken_at).as_secs() <= seconds
        });
        if is_newest || among_newest || young {
            continue;
        }
        match needed.get(&snapshot.id) {
            Some(run) => pruning.spared.push(Spared {
                id: snapshot.id.clone(),
                run: run.clone(),
            }),
            None => pruning.remove.push(snapshot.id.clone()),
        }
    }
    pruning.remove.reverse();
    pruning
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RunId;

    fn moment(day: i64) -> jiff::Timestamp {
        jiff::Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
    }

    fn of(tenant: &str, day: i64) -> KeptSnapshot {
        KeptSnapshot {
            id: id(tenant, day),
            tenant: tenant.to_owned(),
            taken_at: moment(day),
        }
    }

    fn id(tenant: &str, day: i64) -> SnapshotId {
        SnapshotId::new(moment(day), [tenant.as_bytes()[0], 0])
    }

    fn removed(rule: (Option<u64>, Option<u64>), snapshots: &[KeptSnapshot]) -> Vec<SnapshotId> {
        let rule = Retention::new(rule.0, rule.1).unwrap().unwrap();
        prune(snapshots, &HashMap::new(), rule, moment(10)).remove
    }

    #[test]
    fn the_rules_add_up_and_each_tenant_is_counted_alone() {
        let all: Vec<KeptSnapshot> = [1, 3, 5, 7, 9].map(|day| of("a", day)).to_vec();
        for (rule, gone) in [
            ((Some(5), None), &[][..]),
            ((Some(4), None), &[1]),
            ((Some(1), None), &[1, 3, 5, 7]),
            ((None, Some(5)), &[1, 3]),
            // Exactly so old is not older.
            ((None, Some(3)), &[1, 3, 5]),
            ((Some(4), Some(3)), &[1]),
            ((Some(2), Some(5)), &[1, 3]),
            // The newest stays, however old it is.
            ((None, Some(0)), &[1, 3, 5, 7]),
        ] {
            let expected: Vec<SnapshotId> = gone.iter().map(|day| id("a", *day)).collect();
            assert_eq!(removed(rule, &all), expected, "{rule:?}");
        }
        let two = [of("a", 1), of("b", 2), of("a", 3)];
        assert_eq!(removed((Some(1), None), &two), [id("a", 1)]);
    }

    #[test]
    fn what_an_unfinished_run_is_based_on_stays() {
        let all = [of("a", 1), of("a", 2), of("a", 3)];
        let run = RunId::new(moment(4), [1, 2]);
        let needed = HashMap::from([(id("a", 1), run.clone())]);
        let rule = Retention::new(Some(1), None).unwrap().unwrap();
        let pruning = prune(&all, &needed, rule, moment(10));
        assert_eq!(pruning.remove, [id("a", 2)]);
        assert_eq!(pruning.spared, [Spared { id: id("a", 1), run }]);
    }

    #[test]
    fn keeping_none_is_a_mistake_and_no_rule_is_no_pruning() {
        assert!(Retention::new(Some(0), Some(3)).is_err());
        assert_eq!(Retention::new(None, None), Ok(None));
    }
}
