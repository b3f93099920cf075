//! Rows that name the same user: they may ask for the same, never for different values of one attribute.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

use super::edit::Edit;
use super::{CheckedCell, CheckedRow, Extent, Finding, KeyValue, Place, UserKey, UserState, same};
use crate::catalogue::Attribute;

/// Holds rows against each other by what they call their user, as far as that can be told without the directory.
pub fn find_doubles(rows: &mut [CheckedRow]) {
    #[derive(PartialEq, Eq, Hash)]
    enum Named {
        Key(UserKey),
        Holder(KeyValue),
    }
    let named = |row: &CheckedRow| {
        let key = row.id().map(UserKey::Id);
        let key = key
            .or_else(|| row.upn().map(|name| UserKey::Upn(name.into_owned())))
            .map(Named::Key);
        key.or_else(|| row.key().cloned().map(Named::Holder))
    };
    settle_groups(rows, groups(rows.len(), |index| named(rows.get(index)?)));
}

/// Finds rows of one user whose cells contradict; both are told, each with the other's row.
pub(super) fn settle_doubles(rows: &mut [CheckedRow], users: &[Option<&UserState>]) {
    let user = |index: usize| users.get(index).copied().flatten().map(|user| user.id);
    settle_groups(rows, groups(users.len(), user));
}

/// The places that have the same key, where several have it. Nearly always there are none: so hashes are held against each other
/// first. Keys are asked for in the order of the places: they may come out of rows that are packed.
fn groups<K: Eq + Hash>(places: usize, key: impl Fn(usize) -> Option<K>) -> Vec<Vec<usize>> {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let hash = |place: usize| Some((hasher.hash_one(key(place)?), place));
    let mut hashes: Vec<(u64, usize)> = (0..places).filter_map(hash).collect();
    hashes.sort_unstable();
    let alike = hashes.chunk_by(|one, two| one.0 == two.0);
    let alike = alike.filter(|alike| alike.len() > 1).flatten();
    let mut alike: Vec<usize> = alike.map(|(_, place)| *place).collect();
    alike.sort_unstable();
    let mut places_of: HashMap<K, Vec<usize>> = HashMap::new();
    for place in alike {
        if let Some(key) = key(place) {
            places_of.entry(key).or_default().push(place);
        }
    }
    let mut groups: Vec<Vec<usize>> = places_of
        .into_values()
        .filter(|places| places.len() > 1)
        .collect();
    groups.sort();
    groups
}

/// What is to be said, each with the place of the row that it is said of.
type Told = Vec<(usize, Finding)>;

/// A finding names the user of its row, which comes out of the row's cells: so they are added in the order of the rows.
fn settle_groups(rows: &mut [CheckedRow], groups: Vec<Vec<usize>>) {
    let mut told = Told::new();
    for group in groups {
        settle_group(rows, &group, &mut told);
    }
    told.sort_by_key(|(index, _)| *index);
    for (index, finding) in told {
        if let Some(row) = rows.get_mut(index) {
            row.add_finding(finding);
        }
    }
}

/// One pass over the rows of one user: where wishes for an attribute differ, every row with a wish for it is told of one
/// that wants something else.
fn settle_group(rows: &[CheckedRow], group: &[usize], told: &mut Told) {
    if group.iter().all(|index| rows[*index].has_base()) {
        settle_exported(rows, group, told);
        return;
    }
    let contradictions = rows_that_contradict(rows, group);
    let contradict: HashSet<usize> = contradictions.iter().map(|(index, _)| *index).collect();
    told.extend(contradictions);
    for (index, other) in pairs(group) {
        if !contradict.contains(&index) {
            told.push((
                index,
                named_twice(rows[other].place().row).at(rows[index].place()),
            ));
        }
    }
}

/// An export has each user once. Two rows of one user with a base are one row copied over another's key, or one pasted
/// twice; where they differ, nobody can tell whose cells they are.
fn settle_exported(rows: &[CheckedRow], group: &[usize], told: &mut Told) {
    let first = group[0];
    let differing = group
        .iter()
        .copied()
        .find(|index| !same_wishes(rows[first].cells(), rows[*index].cells()));
    for (index, other) in pairs(group) {
        let finding = match differing {
            Some(differing) => {
                let against = if same_wishes(rows[first].cells(), rows[index].cells()) {
                    differing
                } else {
                    first
                };
                named_by_another(rows[against].place().row)
            }
            None => repeated(rows[other].place().row),
        };
        told.push((index, finding.at(rows[index].place())));
    }
}

/// Each row of a group with another one of it.
fn pairs(group: &[usize]) -> Vec<(usize, usize)> {
    group
        .iter()
        .map(|&index| (index, if index == group[0] { group[1] } else { group[0] }))
        .collect()
}

/// Rows with the same base differ exactly where their wishes do; a cell that says the same in other words is no difference.
pub(super) fn same_wishes(left: &[CheckedCell], right: &[CheckedCell]) -> bool {
    left.len() == right.len()
        && left.iter().all(|wish| {
            right.iter().any(|cell| {
                cell.attribute == wish.attribute && same_edit(wish.attribute, &wish.edit, &cell.edit)
            })
        })
}

fn named_by_another(other_row: u64) -> Finding {
    Finding::error(
        "duplicate-user",
        Extent::Row,
        format!("row {other_row} names the same user, and the two rows do not say the same"),
        "put the exported key back into the row that is about somebody else, or delete the row that is too many",
    )
}

fn repeated(other_row: u64) -> Finding {
    Finding::warning(
        "duplicate-row",
        Extent::Row,
        format!("row {other_row} names the same user and says the same"),
        "nothing is written twice; delete one of the two rows if that is not meant",
    )
}

fn named_twice(other_row: u64) -> Finding {
    Finding::warning(
        "user-twice",
        Extent::Row,
        format!("row {other_row} names the same user; what both rows ask for is done together"),
        "check that both rows are really about this user",
    )
}

/// The rows with an error because of another one, and what it is.
fn rows_that_contradict(rows: &[CheckedRow], group: &[usize]) -> Told {
    let mut told = Told::new();
    let mut wishes: BTreeMap<&'static str, Vec<(usize, CheckedCell)>> = BTreeMap::new();
    for index in group {
        for cell in rows[*index].cells() {
            wishes
                .entry(cell.attribute.name)
                .or_default()
                .push((*index, cell.clone()));
        }
    }
    for (attribute, wishes) in wishes {
        let Some((first, wish)) = wishes.first() else {
            continue;
        };
        let agrees = |cell: &CheckedCell| same_edit(cell.attribute, &wish.edit, &cell.edit);
        let Some((other, _)) = wishes.iter().find(|(_, cell)| !agrees(cell)) else {
            continue;
        };
        for (index, cell) in &wishes {
            let against = rows[if agrees(cell) { *other } else { *first }].place().row;
            let place = rows[*index].place().at(cell.column);
            told.push((*index, contradiction(attribute, place, against)));
        }
    }
    told
}

fn contradiction(attribute: &str, place: Place, other_row: u64) -> Finding {
    Finding::error(
        "rows-contradict",
        Extent::Row,
        format!("row {other_row} names the same user and wants another value for `{attribute}`"),
        "delete one of the two rows, or make their cells agree",
    )
    .column(attribute)
    .at(place)
}

fn same_edit(attribute: &Attribute, left: &Edit, right: &Edit) -> bool {
    match (left, right) {
        (Edit::Set(left), Edit::Set(right)) => same(attribute, left, right),
        (left, right) => left == right,
    }
}
