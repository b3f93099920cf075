//! A night that is killed at every single step, and what the next start makes of it.

use std::collections::HashSet;

use super::moving::Point;
use super::tests::{Place, at, begun};
use super::*;

/// What the directory went through, and the journals there are: they outlive every kill.
#[derive(Default)]
struct World {
    journals: HashSet<String>,
    /// Contents that were written to the directory, once for each time.
    written: Vec<String>,
    told: usize,
}

/// Counts steps and kills at one of them.
struct Killer {
    left: usize,
}

impl Killer {
    fn step(&mut self) -> Result<(), StateError> {
        if self.left == 0 {
            return Err(StateError::Full {
                path: PathBuf::from("killed"),
            });
        }
        self.left -= 1;
        Ok(())
    }
}

/// One start of a feed, as the command does it. Every `killer.step()` is a moment at which the process may die.
fn start(place: &Place, world: &mut World, killer: &mut Killer) -> Result<(), StateError> {
    let mut ledger = place.ledger();
    killer.step()?;
    if let Some(night) = ledger.unfinished()? {
        match (night.stage, &night.run) {
            (NightStage::Running, Some(run)) if world.journals.contains(run.as_str()) => {
                resume(world, run, &night.file.sha256, killer)?;
                finish(place, &mut ledger, night.id, world, killer)?;
            }
            (NightStage::Settled, _) => tell(&mut ledger, night.id, world, killer)?,
            _ => ledger.give_up(night.id, "killed", begun())?,
        }
        killer.step()?;
    }
    let Ok(text) = std::fs::read_to_string(place.inbox()) else {
        return Ok(());
    };
    let file = place.drop(&text);
    if ledger.seen(&file.sha256)?.is_some() {
        return Ok(());
    }
    let night = ledger.begin(&file, begun())?;
    killer.step()?;
    let number = world.journals.len();
    let run = RunId::parse(&format!("run-20261129-01300{number}-9f3a")).unwrap();
    ledger.run_begins(night, &run, None)?;
    killer.step()?;
    world.journals.insert(run.as_str().to_owned());
    killer.step()?;
    resume(world, &run, &file.sha256, killer)?;
    finish(place, &mut ledger, night, world, killer)
}

/// What the journal is for: a run writes a content once, however often it goes on.
fn resume(world: &mut World, run: &RunId, sha256: &str, killer: &mut Killer) -> Result<(), StateError> {
    let entry = format!("{} {sha256}", run.as_str());
    if !world.written.contains(&entry) {
        world.written.push(entry);
    }
    killer.step()
}

fn finish(
    place: &Place,
    ledger: &mut Ledger,
    night: NightId,
    world: &mut World,
    killer: &mut Killer,
) -> Result<(), StateError> {
    ledger.settle(night, &place.end(NightOutcome::Done))?;
    killer.step()?;
    tell(ledger, night, world, killer)
}

fn tell(
    ledger: &mut Ledger,
    night: NightId,
    world: &mut World,
    killer: &mut Killer,
) -> Result<(), StateError> {
    ledger.carry_until(night, &mut |_| killer.step())?;
    world.told += 1;
    killer.step()?;
    ledger.close(night, &["mail".to_owned()])
}

#[test]
fn a_night_killed_at_any_step_is_done_once_by_the_next_start() {
    let mut kills = 0;
    for first in 0.. {
        let mut was_killed = false;
        for second in [0, 1, 3, 6, 100] {
            let place = Place::new();
            place.drop("people");
            let mut world = World::default();
            was_killed |= start(&place, &mut world, &mut Killer { left: first }).is_err();
            let _ = start(&place, &mut world, &mut Killer { left: second });
            // Twice more: one to finish, one that must find nothing to do.
            for _ in 0..2 {
                start(&place, &mut world, &mut Killer { left: usize::MAX }).unwrap();
            }
            let state = format!("killed after {first} and {second}");
            assert_eq!(world.written.len(), 1, "{state}: {:?}", world.written);
            assert!(!place.inbox().exists(), "{state}");
            let archive = place.files(&place.archive());
            assert_eq!(
                archive,
                [("hr-20261129T013000Z.csv".to_owned(), "people".to_owned())],
                "{state}"
            );
            let ledger = place.ledger();
            assert_eq!(
                (ledger.unfinished().unwrap(), ledger.to_carry().unwrap().len()),
                (None, 0),
                "{state}"
            );
            let nights = ledger.nights(9).unwrap();
            assert_eq!(
                nights.iter().filter(|night| night.processed).count(),
                1,
                "{state}"
            );
            assert!(world.told >= 1, "{state}");
        }
        // A start that came to its end: there is no later step.
        if !was_killed {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 9, "{kills}");
}

#[test]
fn a_file_that_comes_while_the_move_is_cut_short_is_not_lost() {
    for point in [Point::Reserved, Point::Moved, Point::Written] {
        let place = Place::new();
        let mut ledger = place.ledger();
        let night = ledger.begin(&place.drop("monday"), begun()).unwrap();
        ledger.settle(night, &place.end(NightOutcome::Done)).unwrap();
        let killed = ledger.carry_until(night, &mut |at| match at == point {
            true => Err(StateError::Full {
                path: PathBuf::from("killed"),
            }),
            false => Ok(()),
        });
        assert!(killed.is_err());
        place.drop("tuesday");
        let carried = ledger.carry(night).unwrap();
        assert_eq!(
            std::fs::read_to_string(place.inbox()).unwrap(),
            "tuesday",
            "{point:?}"
        );
        let kept: Vec<String> = place
            .files(&place.archive())
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        match point {
            // Monday's was replaced by whoever wrote Tuesday's.
            Point::Reserved => assert_eq!((carried, kept), (Carried::Another, vec![])),
            _ => assert_eq!(kept, ["monday"], "{point:?}"),
        }
    }
}

#[test]
fn what_a_killed_copy_left_beside_the_archive_does_no_harm() {
    let place = Place::new();
    let mut ledger = place.ledger();
    let night = ledger.begin(&place.drop("people"), begun()).unwrap();
    ledger.settle(night, &place.end(NightOutcome::Done)).unwrap();
    // A copy to another disk: both are there, and the process died before it removed the source.
    std::fs::create_dir_all(place.archive()).unwrap();
    std::fs::write(place.archive().join(".moving-x"), "peo").unwrap();
    let target = place.archive().join("hr-20261129T013000Z.csv");
    std::fs::copy(place.inbox(), &target).unwrap();
    assert_eq!(ledger.carry(night).unwrap(), Carried::Moved(target));
    assert!(!place.inbox().exists());
    assert_eq!(
        ledger.night(night).unwrap().unwrap().finished_at,
        Some(at("2026-11-29T01:40:00Z"))
    );
}
