//! How much of a file nothing is believed of: when that is most of it, no later file is held against it.

use std::collections::HashSet;

use super::mapped::MappedRow;
use super::matching::Match;
use super::rules::{Decided, ToldKind};

/// So few rows are never most of a file.
const FEW: u64 = 3;

/// Rows of which nothing is believed: it is not clear whom they are about, or whether they count at all. Those that an `undo` holds are
/// none of them, nor are single cells.
#[derive(Default)]
pub struct Unbelieved(HashSet<u64>);

impl Unbelieved {
    /// Before anything is held that a person took back.
    pub fn of(rows: &[MappedRow], matches: &[Match]) -> Unbelieved {
        let is_unclear = |row: &MappedRow, found: &Match| {
            matches!(found, Match::Unclear(_)) || row.problems.iter().any(|problem| problem.rule == "rows")
        };
        let both = rows.iter().zip(matches);
        let unclear = both.filter(|(row, found)| is_unclear(row, found));
        Unbelieved(unclear.map(|(row, _)| row.row).collect())
    }

    /// With new people who are not made.
    pub fn with_joiners(mut self, rows: &[MappedRow], matches: &[Match], decided: &Decided) -> Unbelieved {
        let letters: HashSet<u64> = decided.letters.iter().map(|letter| letter.row).collect();
        let made: HashSet<u64> = decided.people.iter().filter_map(|person| person.row).collect();
        let new = rows.iter().zip(matches);
        let new = new.filter(|(_, found)| matches!(found, Match::Nobody));
        let dead = new.filter(|(row, _)| letters.contains(&row.row) && !made.contains(&row.row));
        self.0.extend(dead.map(|(row, _)| row.row));
        self
    }

    /// With how many rows about people, where nothing is believed of more than half of them. `rows`: those that are not left out by
    /// the settings; `unreadable`: those that could not be told apart.
    pub fn most_of(&self, rows: u64, unreadable: u64, decided: &Decided) -> Option<u64> {
        let is_alone =
            |kind: ToldKind| matches!(kind, ToldKind::Synced | ToldKind::Restricted | ToldKind::Guest);
        let told = decided.told.iter();
        let alone = told
            .filter(|told| told.row.is_some() && is_alone(told.kind))
            .count() as u64;
        let rows = rows.saturating_sub(decided.gone + alone);
        let dead = self.0.len() as u64 + unreadable;
        (dead > FEW && dead * 2 > rows).then_some(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_a_file_is_more_than_half_of_its_rows_and_more_than_a_few() {
        for (dead, rows, unreadable, is_most) in [
            (4, 8, 0, false),
            (4, 7, 0, true),
            (3, 3, 0, false),
            (2, 3, 2, true),
            (0, 100, 0, false),
        ] {
            let unbelieved = Unbelieved((0..dead).collect());
            let most = unbelieved.most_of(rows, unreadable, &Decided::default());
            assert_eq!(most, is_most.then_some(rows), "{dead} of {rows}");
        }
        let gone = Decided {
            gone: 2,
            ..Decided::default()
        };
        assert_eq!(Unbelieved((0..4).collect()).most_of(9, 0, &gone), Some(7));
    }
}
