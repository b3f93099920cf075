//! New people who have no value yet, in columns whose blank keeps and in those whose blank clears.

use super::*;

/// The files of two nights, of which the next has so many people more, all of them without a job.
fn with_joiners(joiners: usize, clears: bool) -> (LastGood, Counted) {
    let mut rows = people(100 + joiners);
    rows.iter_mut().skip(100).for_each(|row| row[3].clear());
    let (last, mut now) = nights(&people(100), &rows);
    now.figures.directory = Some(DirectoryFacts {
        attributes: vec![AttributeFacts {
            attribute: "jobTitle".to_owned(),
            columns: vec!["Job".to_owned()],
            clears,
            held: 0,
            blanked: 0,
        }],
        ..DirectoryFacts::default()
    });
    (last, now)
}

fn rules() -> GateRules {
    GateRules {
        rows_gained: Some(LimitText::Text("off".to_owned())),
        key_churn: Some(LimitText::Text("off".to_owned())),
        unknown_keys: Some(LimitText::Text("off".to_owned())),
        ..GateRules::default()
    }
}

const GROWN: [(MeasureName, Option<&str>); 1] = [(MeasureName::BlanksGrown, Some("Job"))];

#[test]
fn new_people_without_a_value_refuse_no_night_where_a_blank_keeps() {
    let (last, now) = with_joiners(20, false);
    assert_eq!(refused(&judged(Some(&last), &now, &rules())), []);
    let (last, now) = with_joiners(20, true);
    assert_eq!(refused(&judged(Some(&last), &now, &rules())), GROWN);
}

#[test]
fn people_who_were_there_and_lose_their_value_refuse_it_also_beside_new_ones_who_have_one() {
    let mut rows = people(200);
    rows.iter_mut().take(20).for_each(|row| row[3].clear());
    let (last, mut now) = nights(&people(100), &rows);
    // Of all two hundred they are little enough for nobody to see.
    now.figures.directory = Some(DirectoryFacts::default());
    let verdict = judged(Some(&last), &now, &rules());
    assert_eq!(refused(&verdict), GROWN);
    let grown = verdict.refused().next().unwrap();
    assert_eq!(grown.now, Amount::Share { count: 20, of: 100 });
    assert_eq!(grown.then, Some(Amount::Share { count: 0, of: 100 }));
}

#[test]
fn over_several_nights_new_people_are_no_loss_and_cells_that_emptied_are() {
    let best = nights(&people(100), &[]).0.figures;
    for (joiners, emptied, expected) in [
        (40, 0, Vec::new()),
        (40, 20, vec![(MeasureName::BlanksGrownOverNights, Some("Job"))]),
    ] {
        let mut before = people(100 + joiners);
        before.iter_mut().skip(100).for_each(|row| row[3].clear());
        before.iter_mut().take(emptied).for_each(|row| row[3].clear());
        let (mut last, mut now) = nights(&before, &before);
        last.nights = vec![last.figures.clone(), best.clone()];
        now.figures.directory = Some(DirectoryFacts::default());
        assert_eq!(
            refused(&judged(Some(&last), &now, &rules())),
            expected,
            "{joiners} {emptied}"
        );
    }
}
