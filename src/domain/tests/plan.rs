//! The fingerprint, the figures, and the plan as a file.

use super::*;

fn full_plan() -> Plan {
    let values = [
        ("jobTitle", text("Cook")),
        ("city", text("Delft")),
        ("employeeOrgData.costCenter", text("42")),
        ("otherMails", Value::List(vec!["a@x.nl".to_owned()])),
    ];
    let directory = directory([
        user(1, &values),
        user(2, &[("jobTitle", text("Baker"))]),
        UserState {
            synced: Some(true),
            ..user(3, &[])
        },
    ]);
    let names = [
        "id",
        "jobTitle",
        "city",
        "employeeOrgData.division",
        "otherMails",
        "manager",
        "usageLocation",
        "accountEnabled",
    ];
    let columns = sheet(&names);
    let key = |number| id(number).to_string();
    let mut rows: Vec<CheckedRow> = [
        (
            vec![
                key(1),
                "Cook".into(),
                "Delft".into(),
                "".into(),
                "a@x.nl".into(),
                "".into(),
                "".into(),
                "".into(),
            ],
            vec![
                key(1),
                "Chef".into(),
                "".into(),
                "Bar".into(),
                "b@x.nl; a@x.nl".into(),
                upn(2),
                "NL".into(),
                "FALSE".into(),
            ],
        ),
        (
            vec![
                key(2),
                "Cook".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
            ],
            vec![
                key(2),
                "Chef".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
                "Holland".into(),
                "".into(),
            ],
        ),
        (
            vec![
                key(3),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
            ],
            vec![
                key(3),
                "Chef".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
                "BE".into(),
                "".into(),
            ],
        ),
    ]
    .iter()
    .zip(2..)
    .map(|((exported, edited), row): (&(Vec<String>, Vec<String>), u64)| {
        let edited: Vec<&str> = edited.iter().map(String::as_str).collect();
        let exported: Vec<&str> = exported.iter().map(String::as_str).collect();
        CheckedRow::check(
            ParsedRow::read(raw(row, &edited), &columns),
            &columns,
            base(&names, &exported),
            &CheckOptions::default(),
        )
    })
    .collect();
    plan(&mut rows, &directory)
}

#[test]
fn the_figures_count_what_the_plan_holds() {
    let PlanSummary {
        users_changed,
        users_created,
        users_invited,
        invitation_mails,
        cells_changed,
        clears,
        unchanged_rows,
        conflicts,
        refusals_foreseen,
        errors,
        cannot_be_undone,
        requests,
    } = full_plan().summary();
    assert_eq!(
        (
            users_changed,
            users_created + users_invited + invitation_mails,
            cells_changed,
            clears,
            unchanged_rows
        ),
        (2, 0, 8, 1, 0)
    );
    assert_eq!((conflicts, refusals_foreseen, requests, errors), (1, 1, 3, 1));
    // Two usage locations and a switch, none of which can be emptied again.
    assert_eq!(cannot_be_undone, 3);
}

#[test]
fn the_requests_counted_are_the_operations_sent() {
    let plan = full_plan();
    let operations = plan.operations();
    assert_eq!(operations.len() as u64, plan.summary().requests);
    let numbers: Vec<u32> = operations.iter().map(|operation| operation.number.0).collect();
    assert_eq!(numbers, [0, 1, 2]);
    assert!(matches!(&operations[0].action, Action::Patch { companions, .. } if companions.len() == 1));
    assert!(matches!(&operations[1].action, Action::Relation { .. }));
}

#[test]
fn a_plan_comes_back_from_its_file_as_it_was() {
    let plan = full_plan();
    let json = serde_json::to_string(&plan).unwrap();
    let back: Plan = serde_json::from_str(&json).unwrap();
    assert_eq!(back, plan);
    assert_eq!(back.fingerprint(), plan.fingerprint());
    let unknown = json.replace("\"jobTitle\"", "\"jobTitel\"");
    assert!(
        serde_json::from_str::<Plan>(&unknown)
            .unwrap_err()
            .to_string()
            .contains("jobTitel")
    );
}

/// How each field that matters can be altered.
type Alteration = (&'static str, fn(&mut Plan));

#[test]
fn the_fingerprint_changes_with_everything_in_the_plan() {
    let plan = full_plan();
    let alterations: [Alteration; 25] = [
        ("tenant", |plan| plan.binding.tenant.push('x')),
        ("service", |plan| plan.binding.graph_url.push('x')),
        ("sheet", |plan| plan.binding.sheet_sha256.push('0')),
        ("catalogue", |plan| plan.binding.catalogue += 1),
        ("snapshot gone", |plan| plan.binding.snapshots.clear()),
        ("snapshot twice", |plan| {
            let again = plan.binding.snapshots.clone();
            plan.binding.snapshots.extend(again);
        }),
        ("another user", |plan| plan.users[0].user = id(77)),
        ("user gone", |plan| drop(plan.users.pop())),
        ("users swapped", |plan| plan.users.reverse()),
        ("before", |plan| plan.users[0].changes[0].before = text("x")),
        ("after", |plan| plan.users[0].changes[0].after = text("x")),
        ("clear instead", |plan| {
            plan.users[0].changes[0].after = Value::Empty
        }),
        ("attribute", |plan| {
            plan.users[0].changes[0].attribute = attribute("department")
        }),
        ("change gone", |plan| drop(plan.users[0].changes.pop())),
        ("changes swapped", |plan| plan.users[0].changes.swap(0, 1)),
        ("companion", |plan| {
            plan.users[0].companions[0].value = Value::Empty
        }),
        ("companion gone", |plan| plan.users[0].companions.clear()),
        // What the guards and the report look at.
        ("sheet's name", |plan| plan.binding.sheet_name.push('x')),
        ("name of the user", |plan| plan.users[0].upn.push('x')),
        ("row", |plan| plan.users[0].row += 1),
        ("size of the directory", |plan| plan.users_total *= 10),
        ("conflict gone", |plan| plan.conflicts.clear()),
        ("withheld gone", |plan| plan.withheld.clear()),
        ("rows gone", |plan| plan.rows.clear()),
        ("errors", |plan| plan.errors = 0),
    ];
    let mut fingerprints = vec![plan.fingerprint()];
    for (what, alter) in alterations {
        let mut altered = plan.clone();
        alter(&mut altered);
        let fingerprint = altered.fingerprint();
        assert!(!fingerprints.contains(&fingerprint), "{what}");
        fingerprints.push(fingerprint);
    }
}

#[test]
fn values_of_different_kinds_never_share_a_fingerprint() {
    let list = |items: &[&str]| Value::List(items.iter().map(|item| (*item).to_owned()).collect());
    let mut fingerprints = Vec::new();
    for value in [
        Value::Empty,
        text(""),
        text("-"),
        text("true"),
        Value::Boolean(true),
        text("7"),
        Value::Integer(7),
        list(&["a", "b"]),
        list(&["a; b"]),
        list(&["ab"]),
        list(&["b", "a"]),
        text("a; b"),
        Value::Reference(user(5, &[]).reference()),
        text(&id(5).to_string()),
    ] {
        let mut plan = full_plan();
        plan.users[0].changes[0].after = value;
        let fingerprint = plan.fingerprint();
        assert_eq!(fingerprint.len(), 64);
        assert!(!fingerprints.contains(&fingerprint));
        fingerprints.push(fingerprint);
    }
}
