//! Conflicts that a person settles: which choices count, and which are void.

use super::*;

fn choice(number: u8, name: &str, side: Option<Side>, sheet: &str, directory: &str) -> Choice {
    Choice {
        user: id(number),
        attribute: attribute(name),
        side,
        sheet: sheet.to_owned(),
        directory: directory.to_owned(),
        chosen_in: ChosenIn::Sheet(Place::cell(2, 2, 8)),
    }
}

/// User 1 is `Cook` by the export, `Chef` by the sheet and `Baker` in the directory, and moved from Delft to Breda undisputed.
fn planned(policy: ConflictPolicy, choices: &Choices) -> Plan {
    let directory = directory([user(1, &[("jobTitle", text("Baker")), ("city", text("Delft"))])]);
    let key = id(1).to_string();
    let names = ["id", "jobTitle", "city"];
    let mut rows = [checked(
        &names,
        &[&key, "Chef", "Breda"],
        base(&names, &[&key, "Cook", "Delft"]),
    )];
    build_plan(
        binding(),
        &mut rows,
        0,
        &directory,
        Settling::new(policy, choices),
    )
}

fn written(plan: &Plan) -> Vec<&'static str> {
    plan.changes().map(|(_, change)| change.attribute.name).collect()
}

#[test]
fn a_word_is_read_in_any_case_and_an_unknown_one_is_refused() {
    for (word, side) in [
        ("mine", Ok(Some(Side::Mine))),
        (" MINE ", Ok(Some(Side::Mine))),
        ("Theirs", Ok(Some(Side::Theirs))),
        ("", Ok(None)),
        ("  ", Ok(None)),
        ("skip", Err(UnknownWord)),
        ("m", Err(UnknownWord)),
        ("mine theirs", Err(UnknownWord)),
    ] {
        assert_eq!(Side::parse(word), side, "{word:?}");
    }
}

#[test]
fn a_choice_wins_over_the_policy_while_both_values_are_still_so() {
    use ConflictPolicy::{Mine, Skip, Stop};
    let (mine, theirs) = (Some(Side::Mine), Some(Side::Theirs));
    for (side, sheet, live, policy, writes, open) in [
        (mine, "Chef", "Baker", Stop, true, false),
        (mine, "Chef", "Baker", Skip, true, false),
        (theirs, "Chef", "Baker", Stop, false, false),
        (theirs, "Chef", "Baker", Mine, false, false),
        (None, "Chef", "Baker", Stop, false, true),
        (None, "Chef", "Baker", Skip, false, true),
        (None, "Chef", "Baker", Mine, true, false),
        // The directory moved again.
        (mine, "Chef", "Cook", Stop, false, true),
        (theirs, "Chef", "Cook", Mine, false, true),
        (mine, "Chef", "Cook", Mine, false, true),
        // Somebody typed the value they want into the wrong column.
        (mine, "Head chef", "Baker", Stop, false, true),
    ] {
        let choices = Choices::of([choice(1, "jobTitle", side, sheet, live)]).unwrap();
        let plan = planned(policy, &choices);
        let case = format!("{side:?} {sheet} {live} {policy:?}");
        assert_eq!(written(&plan).contains(&"jobTitle"), writes, "{case}");
        assert!(written(&plan).contains(&"city"), "{case}");
        assert_eq!(plan.conflicts().len(), usize::from(open), "{case}");
        let settled: Vec<_> = plan.settled().iter().map(|one| (one.choice, one.by)).collect();
        let by = if side.is_some() {
            SettledBy::Sheet
        } else {
            SettledBy::Flag
        };
        let expected = (side.unwrap_or(Side::Mine), by);
        assert_eq!(settled, if open { vec![] } else { vec![expected] }, "{case}");
        let outdated = side.is_some() && open;
        assert_eq!(choices.outdated(&plan).count(), usize::from(outdated), "{case}");
        assert!(choices.unneeded(&plan).is_empty(), "{case}");
    }
}

#[test]
fn what_was_left_to_the_directory_is_remarked_and_needs_nothing_more() {
    let choices = Choices::of([choice(1, "jobTitle", Some(Side::Theirs), "Chef", "Baker")]).unwrap();
    let plan = planned(ConflictPolicy::Stop, &choices);
    let row = &plan.rows()[0];
    assert_eq!(row.notes, []);
    assert_eq!(
        row.remarks,
        ["jobTitle: “Chef” was not written: you chose what the directory had when you decided, “Baker”"]
    );
}

#[test]
fn a_cell_left_to_the_directory_is_not_written_by_another_row_that_agrees() {
    let live = directory([user(1, &[("jobTitle", text("Baker"))])]);
    let key = id(1).to_string();
    let names = ["id", "jobTitle"];
    let mut rows = [
        checked(&names, &[&key, "Chef"], base(&names, &[&key, "Cook"])),
        checked(&names, &[&key, "Chef"], base(&names, &[&key, "Baker"])),
    ];
    let choices = Choices::of([choice(1, "jobTitle", Some(Side::Theirs), "Chef", "Baker")]).unwrap();
    let settling = Settling::new(ConflictPolicy::Stop, &choices);
    let plan = build_plan(binding(), &mut rows, 0, &live, settling);
    assert!(plan.is_empty());
    assert_eq!(plan.conflicts(), []);
    assert!(plan.rows()[1].writes.is_empty());
}

#[test]
fn a_settled_cell_shows_what_was_disputed_and_is_in_the_plan_file_and_its_fingerprint() {
    let by_flag = planned(ConflictPolicy::Mine, &Choices::default());
    let one = &by_flag.settled()[0];
    assert_eq!(one.conflict.user, id(1));
    assert_eq!(one.conflict.attribute, attribute("jobTitle"));
    let values = [one.conflict.edited.to_cell(), one.conflict.live.to_cell()];
    assert_eq!(
        (one.conflict.base.as_str(), values),
        ("Cook", ["Chef", "Baker"].map(str::to_owned))
    );
    let text = serde_json::to_string(&by_flag).unwrap();
    let read: Plan = serde_json::from_str(&text).unwrap();
    assert_eq!(read, by_flag);
    // The same is written, whoever says so.
    let chosen = |side| Choices::of([choice(1, "jobTitle", Some(side), "Chef", "Baker")]).unwrap();
    let by_sheet = planned(ConflictPolicy::Stop, &chosen(Side::Mine));
    let theirs = planned(ConflictPolicy::Stop, &chosen(Side::Theirs));
    assert_eq!(by_sheet.users(), by_flag.users());
    assert_eq!(by_sheet.fingerprint(), by_flag.fingerprint());
    assert_ne!(by_sheet.fingerprint(), theirs.fingerprint());
}

#[test]
fn a_cell_that_two_rows_dispute_is_settled_once_and_not_while_one_of_them_is_open() {
    let live = directory([user(1, &[("jobTitle", text("Baker"))])]);
    let key = id(1).to_string();
    let names = ["id", "jobTitle"];
    let mut rows =
        ["Cook", "Cleaner"].map(|was| checked(&names, &[&key, "Chef"], base(&names, &[&key, was])));
    let choices = Choices::of([choice(1, "jobTitle", Some(Side::Mine), "Chef", "Baker")]).unwrap();
    let settling = Settling::new(ConflictPolicy::Stop, &choices);
    let plan = build_plan(binding(), &mut rows, 0, &live, settling);
    assert_eq!(plan.settled().len(), 1);
    assert_eq!(written(&plan), ["jobTitle"]);
}

#[test]
fn a_cell_that_was_decided_is_not_written_when_the_directory_goes_back_to_the_exported_value() {
    let live = directory([user(1, &[("jobTitle", text("Cook"))])]);
    let key = id(1).to_string();
    let names = ["id", "jobTitle"];
    for (side, policy) in [
        (Side::Theirs, ConflictPolicy::Stop),
        (Side::Theirs, ConflictPolicy::Mine),
        // Nobody chose the sheet's value over this one.
        (Side::Mine, ConflictPolicy::Stop),
        (Side::Mine, ConflictPolicy::Mine),
    ] {
        let mut rows = [checked(&names, &[&key, "Chef"], base(&names, &[&key, "Cook"]))];
        let choices = Choices::of([choice(1, "jobTitle", Some(side), "Chef", "Baker")]).unwrap();
        let plan = build_plan(binding(), &mut rows, 0, &live, Settling::new(policy, &choices));
        assert!(plan.is_empty(), "{side:?}");
        assert_eq!(choices.outdated(&plan).count(), 1, "{side:?}");
        assert_eq!(choices.unneeded(&plan), [] as [&Choice; 0], "{side:?}");
        let note = &plan.rows()[0].notes[0];
        assert!(
            note.hint.contains("make a new sheet of conflicts"),
            "{}",
            note.hint
        );
    }
}

#[test]
fn two_things_said_about_a_cell_contradict_each_other_and_one_said_twice_does_not() {
    let first = choice(1, "jobTitle", Some(Side::Mine), "Chef", "Baker");
    let elsewhere = Choice {
        chosen_in: ChosenIn::Sheet(Place::cell(9, 9, 8)),
        ..first.clone()
    };
    assert!(Choices::of([first.clone(), elsewhere]).is_ok());
    for second in [
        choice(1, "jobTitle", Some(Side::Theirs), "Chef", "Baker"),
        choice(1, "jobTitle", None, "Chef", "Baker"),
        choice(1, "jobTitle", Some(Side::Mine), "Chef", "Cook"),
    ] {
        let both = Choices::of([first.clone(), second.clone()]);
        let first = first.clone();
        assert_eq!(both, Err(vec![Contradiction { first, second }]));
    }
    let others = [
        choice(2, "jobTitle", Some(Side::Theirs), "Chef", "Baker"),
        choice(1, "city", Some(Side::Theirs), "Breda", "Delft"),
    ];
    assert!(Choices::of(others.into_iter().chain([first])).is_ok());
}

#[test]
fn a_later_choice_takes_the_place_of_an_earlier_one_and_an_idle_one_is_counted() {
    let earlier = Choices::of([
        choice(1, "jobTitle", Some(Side::Mine), "Chef", "Cook"),
        choice(1, "department", Some(Side::Mine), "Sales", "Care"),
    ])
    .unwrap();
    let later = Choices::of([choice(1, "jobTitle", Some(Side::Theirs), "Chef", "Baker")]).unwrap();
    let choices = earlier.and_later(&later);
    let plan = planned(ConflictPolicy::Stop, &choices);
    assert_eq!(plan.settled()[0].choice, Side::Theirs);
    let idle: Vec<_> = choices
        .unneeded(&plan)
        .iter()
        .map(|one| one.attribute.name)
        .collect();
    assert_eq!(idle, ["department"]);
}

#[test]
fn two_rows_that_say_the_same_in_other_letters_are_settled_by_one_choice() {
    let live = directory([user(1, &[("mail", text("their@contoso.example"))])]);
    let key = id(1).to_string();
    let names = ["id", "mail"];
    let was = base(&names, &[&key, "was@contoso.example"]);
    for side in [Side::Mine, Side::Theirs] {
        let mut rows = ["mine@contoso.example", "Mine@contoso.example"]
            .map(|wanted| checked(&names, &[&key, wanted], was.clone()));
        let seen = choice(
            1,
            "mail",
            Some(side),
            "mine@contoso.example",
            "their@contoso.example",
        );
        let choices = Choices::of([seen]).unwrap();
        let settling = Settling::new(ConflictPolicy::Stop, &choices);
        let plan = build_plan(binding(), &mut rows, 0, &live, settling);
        assert_eq!(plan.conflicts(), []);
        assert_eq!(plan.settled().len(), 1);
        assert_eq!(plan.is_empty(), side == Side::Theirs);
    }
}

#[test]
fn nobody_is_asked_about_a_cell_that_is_never_sent() {
    let mut synced = user(1, &[("jobTitle", text("Baker")), ("city", text("Delft"))]);
    synced.synced = Some(true);
    let live = directory([synced]);
    let key = id(1).to_string();
    let names = ["id", "jobTitle"];
    let mut rows = [checked(&names, &[&key, "Chef"], base(&names, &[&key, "Cook"]))];
    let plan = build_plan(binding(), &mut rows, 0, &live, ConflictPolicy::Stop);
    assert_eq!(plan.conflicts(), []);
    assert_eq!(plan.withheld().len(), 1);
}

#[test]
fn a_blank_leaves_a_cell_to_the_policy_also_where_the_directory_is_as_it_was_exported() {
    let live = directory([user(1, &[("jobTitle", text("Cook"))])]);
    let key = id(1).to_string();
    let names = ["id", "jobTitle"];
    for (policy, is_written) in [
        (ConflictPolicy::Stop, false),
        (ConflictPolicy::Skip, false),
        (ConflictPolicy::Mine, true),
    ] {
        let mut rows = [checked(&names, &[&key, "Chef"], base(&names, &[&key, "Cook"]))];
        let choices = Choices::of([choice(1, "jobTitle", None, "Chef", "Cook")]).unwrap();
        let plan = build_plan(binding(), &mut rows, 0, &live, Settling::new(policy, &choices));
        assert_eq!(!plan.is_empty(), is_written, "{policy:?}");
        assert_eq!(plan.conflicts().len(), usize::from(!is_written), "{policy:?}");
        assert_eq!(choices.outdated(&plan).count(), 0);
        assert_eq!(choices.unneeded(&plan), [] as [&Choice; 0]);
    }
}
