//! What holds for any file.

use proptest::prelude::*;

use super::*;

fn any_people() -> impl Strategy<Value = Vec<Vec<String>>> {
    proptest::collection::vec(proptest::collection::vec("[a-z ]{0,3}", 4), 1..60).prop_map(|rows| {
        let keyed =
            |(n, cells): (usize, Vec<String>)| std::iter::once(format!("E{n}")).chain(cells).collect();
        rows.into_iter().enumerate().map(keyed).collect()
    })
}

proptest! {
    #[test]
    fn a_file_judged_against_itself_passes(rows in any_people(), order in any::<proptest::sample::Index>()) {
        let mut turned = rows.clone();
        turned.rotate_left(order.index(rows.len()));
        let (last, now) = nights(&rows, &turned);
        let verdict = judged(Some(&last), &now, &GateRules::default());
        prop_assert_eq!(refused(&verdict), vec![]);
        prop_assert_eq!(verdict.outcome, GateOutcome::Passed);
        prop_assert!(verdict.hints.is_empty());
    }

    #[test]
    fn more_rows_gone_than_the_limit_always_refuse_and_as_many_never_do(rows in any_people(), limit in 0_u64..70) {
        let rules = GateRules { rows_lost: Some(LimitText::Number(limit)), rows_min: Some(0), ..GateRules::default() };
        for lost in 0..=rows.len() {
            let (last, now) = nights(&rows, &rows[lost..]);
            let verdict = judged(Some(&last), &now, &rules);
            let is_refused = verdict.refused().any(|measure| measure.name == MeasureName::RowsLost);
            prop_assert_eq!(is_refused, lost as u64 > limit, "{} of {}", lost, rows.len());
        }
    }

    #[test]
    fn more_values_changed_than_the_limit_always_refuse(rows in any_people(), share in 0_u64..=100, changed in 0_usize..60) {
        let changed = changed.min(rows.len());
        let mut other = rows.clone();
        other.iter_mut().take(changed).for_each(|row| row[1].push('!'));
        let rules = GateRules { values_changed: Some(LimitText::Text(format!("{share}%"))), ..GateRules::default() };
        let (last, now) = nights(&rows, &other);
        let verdict = judged(Some(&last), &now, &rules);
        let is_refused = verdict.refused().any(|measure| measure.name == MeasureName::ValuesChanged);
        prop_assert_eq!(is_refused, changed as u64 > rows.len() as u64 * share / 100);
    }

    #[test]
    fn blanks_that_grow_by_more_points_than_the_limit_refuse_whatever_the_number_of_rows(
        rows in any_people(),
        emptied in 0_usize..60,
        points in 0_u64..=100,
    ) {
        let mut other = rows.clone();
        other.iter_mut().take(emptied).for_each(|row| row[4].clear());
        let blanks = |rows: &[Vec<String>]| rows.iter().filter(|row| row[4].trim().is_empty()).count() as u64;
        let grown = blanks(&other) - blanks(&rows);
        let rules = GateRules { blanks_grown: Some(LimitText::Number(points)), ..GateRules::default() };
        let (last, now) = nights(&rows, &other);
        let verdict = judged(Some(&last), &now, &rules);
        let is_refused = verdict.refused().any(|measure| measure.name == MeasureName::BlanksGrown);
        prop_assert_eq!(is_refused, grown * 100 > points * rows.len() as u64);
    }

    #[test]
    fn a_verdict_comes_back_from_json(rows in any_people(), gone in 0_usize..60) {
        let (last, now) = nights(&rows, &rows[gone.min(rows.len())..]);
        let verdict = judged(Some(&last), &now, &GateRules::default());
        let json = serde_json::to_string(&verdict).unwrap();
        prop_assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
    }
}
