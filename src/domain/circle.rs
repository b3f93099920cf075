//! Managers in a circle: somebody who would be, over others, their own manager.
//!
//! A circle is looked for in what would be: the planned managers, and the directory's for everybody else. Only a circle that
//! goes through a planned manager is told; one that is in the directory already is not this sheet's doing.

use std::collections::HashMap;

use super::build::finding_note;
use super::{
    CheckedRow, Directory, Extent, Finding, Plan, Reference, RowNote, RowStatus, UserId, Value, shorten,
};
use crate::catalogue::MANAGER;

/// Takes the managers out of the plan that would close a circle. Each time around every circle loses its planned parts; the
/// directory's managers, which stay then, may close another one.
pub(super) fn settle_circles(plan: &mut Plan, rows: &mut [CheckedRow], directory: &Directory) {
    take_out_circles(plan, directory, |index, circle| {
        let row = rows.get_mut(index)?;
        let column = row
            .cells()
            .iter()
            .find(|cell| cell.attribute.name == MANAGER)?
            .column;
        let finding = Finding::error("manager-circle", Extent::Cell, told(circle), HELP)
            .at(row.place().at(column))
            .column(MANAGER);
        let note = finding_note(&finding);
        row.add_finding(finding);
        Some(note)
    });
}

/// The same for a plan that does not come from a sheet: only its rows say it.
pub(super) fn hold_back_circles(plan: &mut Plan, directory: &Directory) {
    take_out_circles(plan, directory, |_, circle| {
        Some(RowNote {
            status: RowStatus::Skipped,
            code: "manager-circle".to_owned(),
            message: format!("{MANAGER}: {}", told(circle)),
            hint: HELP.to_owned(),
        })
    });
}

const HELP: &str = "give one of them another manager; everybody in the circle would be their own manager";

fn told(circle: &str) -> String {
    format!("the managers would go in a circle: {circle}")
}

/// `note` is asked for what the row of this number says.
fn take_out_circles(
    plan: &mut Plan,
    directory: &Directory,
    mut note: impl FnMut(usize, &str) -> Option<RowNote>,
) {
    loop {
        let planned = planned(plan);
        let rings = rings(&planned, directory);
        let circles = in_words(&rings, &planned, plan, directory);
        if circles.is_empty() {
            return;
        }
        plan.take_out(|user, change| change.attribute.name == MANAGER && circles.contains_key(&user.user));
        for (index, planned_row) in plan.rows.iter_mut().enumerate() {
            let circle = planned_row.user.and_then(|user| circles.get(&user));
            let Some(circle) = circle else { continue };
            if planned_row.unwrite(MANAGER) {
                planned_row.notes.extend(note(index, circle));
            }
        }
    }
}

/// The managers that the plan gives or takes away.
fn planned(plan: &Plan) -> HashMap<UserId, Option<Reference>> {
    let of_manager = plan
        .changes()
        .filter(|(_, change)| change.attribute.name == MANAGER);
    of_manager
        .map(|(user, change)| {
            let manager = match &change.after {
                Value::Reference(manager) => Some(manager.clone()),
                _ => None,
            };
            (user.user, manager)
        })
        .collect()
}

/// Every circle that somebody with a planned manager is in: each one's manager stands after them, and the first one is the manager
/// of the last. Nobody is in two circles, since everybody has one manager; so each user is walked over once, however many start.
fn rings(planned: &HashMap<UserId, Option<Reference>>, directory: &Directory) -> Vec<Vec<Reference>> {
    /// From which start a user was met, and how far on that way.
    #[derive(Clone, Copy)]
    struct Met {
        walk: usize,
        at: usize,
    }
    let mut met: HashMap<UserId, Met> = HashMap::new();
    let mut rings = Vec::new();
    for (walk, start) in planned.keys().enumerate() {
        let mut way: Vec<Reference> = Vec::new();
        let mut here = Reference {
            id: *start,
            upn: None,
        };
        loop {
            if let Some(known) = met.get(&here.id) {
                // Whoever was met on another walk leads where that one led.
                if known.walk == walk {
                    let mut ring = way.split_off(known.at);
                    // The reference that led back here knows the name, as the start of a walk does not.
                    if let Some(first) = ring.first_mut() {
                        *first = here;
                    }
                    rings.push(ring);
                }
                break;
            }
            met.insert(here.id, Met { walk, at: way.len() });
            let next = match planned.get(&here.id) {
                Some(manager) => manager.clone(),
                None => directory.manager_of(&here.id).flatten().cloned(),
            };
            way.push(here);
            let Some(next) = next else { break };
            here = next;
        }
    }
    rings
}

/// For everybody of a circle with a planned manager, the way from them round to themselves.
fn in_words(
    rings: &[Vec<Reference>],
    planned: &HashMap<UserId, Option<Reference>>,
    plan: &Plan,
    directory: &Directory,
) -> HashMap<UserId, String> {
    /// A long way is told by its beginning and its end.
    const SHOWN_MAX: usize = 8;
    let mut told = HashMap::new();
    if rings.is_empty() {
        return told;
    }
    let of_plan: HashMap<UserId, &str> = plan
        .users
        .iter()
        .map(|user| (user.user, user.upn.as_str()))
        .collect();
    let name = |reference: &Reference| {
        let known = directory.user(&reference.id).map(|user| user.upn.as_str());
        let name = known
            .or(reference.upn.as_deref())
            .or_else(|| of_plan.get(&reference.id).copied());
        name.map_or_else(|| reference.id.to_string(), shorten)
    };
    for ring in rings {
        let names: Vec<String> = ring.iter().map(name).collect();
        for (at, user) in ring.iter().enumerate() {
            if !planned.contains_key(&user.id) {
                continue;
            }
            // One more than there are: the way ends where it began.
            let way = names.len() + 1;
            let on_the_way = |step: usize| names.get((at + step) % names.len()).map_or("", String::as_str);
            let mut shown: Vec<&str> = (0..way.min(SHOWN_MAX / 2)).map(on_the_way).collect();
            if way > SHOWN_MAX {
                shown.push("…");
                shown.extend((way - SHOWN_MAX / 2..way).map(on_the_way));
            } else {
                shown.extend((shown.len()..way).map(on_the_way));
            }
            told.insert(user.id, shown.join(" → "));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::tests::fixtures;
    use crate::domain::{Change, PlannedRow, UserChanges};

    fn id(number: u32) -> UserId {
        UserId::parse(&format!("00000000-0000-4000-8000-0000{number:08x}")).unwrap()
    }

    fn to(number: u32) -> Reference {
        Reference {
            id: id(number),
            upn: Some(format!("user{number}@example.com")),
        }
    }

    /// A plan that gives each user this manager.
    fn plan_of(managers: impl Iterator<Item = (u32, u32)>) -> Plan {
        let mut plan = Plan::begin(fixtures::binding(), 100, 0);
        for (row, (user, manager)) in (2..).zip(managers) {
            plan.users.push(UserChanges {
                user: id(user),
                upn: format!("user{user}@example.com"),
                person: Default::default(),
                row,
                changes: vec![Change {
                    attribute: catalogue::by_name(MANAGER).unwrap(),
                    before: Value::Empty,
                    after: Value::Reference(to(manager)),
                }],
                companions: Default::default(),
                is_new: false,
                invitation: None,
            });
            plan.rows.push(PlannedRow {
                row,
                line: row,
                cells: crate::domain::CellTexts::default(),
                user: Some(id(user)),
                label: format!("user{user}@example.com").into(),
                writes: [MANAGER.into()].into_iter().collect(),
                notes: Default::default(),
                remarks: Default::default(),
                there: None,
            });
        }
        plan
    }

    fn nobody() -> Directory {
        Directory::new(fixtures::columns())
    }

    /// Who is told of a circle, with the way round.
    fn held_back(plan: &mut Plan) -> Vec<(u64, String)> {
        hold_back_circles(plan, &nobody());
        plan.rows
            .iter()
            .flat_map(|row| row.notes.iter().map(|note| (row.row, note.message.clone())))
            .collect()
    }

    #[test]
    fn a_ring_of_fifty_thousand_is_told_to_everybody_in_it_and_walked_once() {
        const PEOPLE: u32 = 50_000;
        // A tail of people whose managers lead into the ring, and are not in it.
        let ring = (0..PEOPLE).map(|user| (user, (user + 1) % PEOPLE));
        let tail = (PEOPLE..PEOPLE + 1_000).map(|user| (user, user - 1_000));
        let mut plan = plan_of(ring.chain(tail));
        let told = held_back(&mut plan);
        assert_eq!(told.len() as u32, PEOPLE);
        assert_eq!(plan.users.len(), 1_000);
        let names = |numbers: [u32; 4]| {
            numbers
                .map(|number| format!("user{number}@example.com"))
                .join(" → ")
        };
        let first = &told[0].1;
        assert!(first.contains(&names([0, 1, 2, 3])), "{first}");
        assert!(
            first.ends_with(&format!("… → {}", names([49_997, 49_998, 49_999, 0]))),
            "{first}"
        );
    }

    #[test]
    fn each_of_two_rings_is_told_with_its_own_people_and_a_line_is_no_ring() {
        let mut plan = plan_of([(1, 2), (2, 1), (3, 3), (4, 5), (5, 6), (7, 1)].into_iter());
        let told = held_back(&mut plan);
        let ways: Vec<(u64, &str)> = told
            .iter()
            .map(|(row, message)| {
                (
                    *row,
                    message
                        .split_once(": the managers would go in a circle: ")
                        .unwrap()
                        .1,
                )
            })
            .collect();
        assert_eq!(
            ways,
            [
                (2, "user1@example.com → user2@example.com → user1@example.com"),
                (3, "user2@example.com → user1@example.com → user2@example.com"),
                (4, "user3@example.com → user3@example.com"),
            ]
        );
        assert_eq!(plan.users.len(), 3);
    }

    #[test]
    fn a_way_of_eight_names_is_told_whole_and_a_longer_one_by_its_ends() {
        for (people, has_gap) in [(6, false), (7, false), (8, true)] {
            let mut plan = plan_of((0..people).map(|user| (user, (user + 1) % people)));
            let told = held_back(&mut plan);
            assert_eq!(told.len() as u32, people);
            for (_, message) in told {
                let names = message.matches("@example.com").count() as u32;
                assert_eq!(message.contains('…'), has_gap, "{message}");
                assert_eq!(names, (people + 1).min(8), "{message}");
            }
        }
    }
}
