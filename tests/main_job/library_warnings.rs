//! What a program is told beside a result, and what it gets back when nothing began.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use dirsheet::state::{StateFolder, TenantLock};
use dirsheet::{
    ApplyOptions, Conflicts, Directory, Ended, ErrorKind, Event, Limit, Permission, PlanOptions,
    SheetOptions, Warning, WarningKind,
};

use super::breaking_off::stopped_by_a_deadline;
use super::guests::sample;
use super::library::{edited, plan, settings};
use super::other_hands::begun_by;
use super::stand::{Stand, people};

fn kinds(warnings: &[Warning]) -> Vec<WarningKind> {
    warnings.iter().map(|warning| warning.kind).collect()
}

#[test]
fn links_that_nobody_keeps_are_told_with_the_run_and_as_an_event() {
    let stand = sample(people(0));
    let told = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&told);
    let invite = Permission::by_word("invite").unwrap();
    let run = stand.wait_for(async {
        let mut directory = Directory::connect(&settings(&stand, "")).await.unwrap();
        directory.on_event(move |event| {
            if let Event::Warned { warning, .. } = event {
                ear.lock().unwrap().push(warning);
            }
        });
        let options = PlanOptions::default().allow(invite);
        let plan = directory.plan(stand.path("guests.csv"), &options).await.unwrap();
        assert_eq!(kinds(plan.warnings()), []);
        directory.apply(plan, ApplyOptions::default()).await.unwrap()
    });
    assert_eq!(
        (run.ended, kinds(&run.warnings)),
        (Ended::Done, vec![WarningKind::NoLinks])
    );
    assert!(
        run.warnings[0]
            .message
            .starts_with("guests who get neither a mail nor a link: 2"),
        "{:?}",
        run.warnings
    );
    assert_eq!(*told.lock().unwrap(), run.warnings);
}

#[test]
fn a_run_that_does_not_show_and_one_of_other_hands_are_told() {
    let stand = Stand::of(60);
    let (mut directory, ids) = edited(&stand, "", 3);
    let made = plan(&stand, &mut directory, &PlanOptions::default());
    stand.faults("lost,on=patch");
    let hasty = ApplyOptions::default().verify_patience(Duration::from_secs(1));
    let run = stand.wait_for(directory.apply(made, hasty)).unwrap();
    stand.faults("");
    assert_eq!(
        (run.ended, kinds(&run.warnings)),
        (Ended::Unavailable, vec![WarningKind::NotProved]),
        "{:?}",
        run.warnings
    );
    for (at, user) in ids.iter().enumerate() {
        stand.edit(user, "jobTitle", format!("Title {at}"));
    }
    begun_by(&stand, &run.id, Some("0a1b2c3d-0000-4000-8000-00000000000f"));
    let resumed = stand.wait_for(directory.resume(&run.id, ApplyOptions::default()));
    let resumed = resumed.unwrap();
    assert_eq!(
        (resumed.ended, kinds(&resumed.warnings)),
        (Ended::Done, vec![WarningKind::OtherHands]),
        "{:?}",
        resumed.warnings
    );
    let undone = directory.undo(&run.id, Conflicts::Stop, ApplyOptions::default());
    let undone = stand.wait_for(undone).unwrap().unwrap();
    assert_eq!(kinds(&undone.warnings), [WarningKind::OtherHands]);
}

#[test]
fn what_an_undo_gives_up_is_told() {
    let (stand, _, _, run) = stopped_by_a_deadline();
    let undone = stand.wait_for(async {
        let mut directory = Directory::connect(&settings(&stand, "")).await.unwrap();
        directory
            .undo(&run, Conflicts::Stop, ApplyOptions::default())
            .await
    });
    let undone = undone.unwrap().unwrap();
    assert_eq!(kinds(&undone.warnings), [WarningKind::Unsent]);
    assert!(undone.warnings[0].message.contains(&run), "{:?}", undone.warnings);
}

#[test]
fn guards_that_do_not_count_are_told_before_a_call_and_with_it() {
    let stand = Stand::of(20);
    let other = "default_profile = \"p\"\n[profiles.p]\ntenant_id = \"11111111-2222-4333-8444-555555555556\"\n[profiles.p.guards]\nmax_users = 1\n";
    let settings = settings(&stand, "");
    stand.write("library.toml", other);
    let (before, exported) = stand.wait_for(async {
        let mut directory = Directory::connect(&settings).await.unwrap();
        let exported = directory
            .export(stand.path("users.csv"), &Default::default())
            .await;
        (directory.warnings(), exported.unwrap())
    });
    assert_eq!(kinds(&before), [WarningKind::GuardsElsewhere]);
    assert_eq!(exported.warnings, before);
}

#[test]
fn a_plan_whose_apply_did_not_begin_is_given_back_and_can_be_applied() {
    let stand = Stand::of(40);
    let (mut directory, _) = edited(&stand, "", 2);
    let mut made = plan(&stand, &mut directory, &PlanOptions::default());
    let fingerprint = made.fingerprint();
    let folder = StateFolder::open(stand.state()).unwrap();
    let held = Mutex::new(None);
    let tenant = directory.tenant().to_owned();
    type Deed<'d> = &'d dyn Fn();
    let rows: [(Deed<'_>, ErrorKind, Deed<'_>); 4] = [
        (
            &|| *held.lock().unwrap() = Some(TenantLock::take(&folder, &tenant).unwrap()),
            ErrorKind::Busy,
            &|| *held.lock().unwrap() = None,
        ),
        (
            &|| std::fs::rename(stand.path("users.csv"), stand.path("away.csv")).unwrap(),
            ErrorKind::Usage,
            &|| std::fs::rename(stand.path("away.csv"), stand.path("users.csv")).unwrap(),
        ),
        (&|| stand.faults("html,on=token"), ErrorKind::SignIn, &|| {
            stand.faults("")
        }),
        (
            &|| drop(settings(&stand, "max_users = 1")),
            ErrorKind::Guards,
            &|| drop(settings(&stand, "")),
        ),
    ];
    for (before, kind, after) in rows {
        before();
        let not = stand.wait_for(directory.apply(made, ApplyOptions::default()));
        after();
        let (error, back) = not.unwrap_err().into_parts();
        assert_eq!((error.kind(), error.run()), (kind, None), "{error}");
        made = back.unwrap();
        assert_eq!(made.fingerprint(), fingerprint);
    }
    assert_eq!(stand.history().len(), 0);
    let run = stand.wait_for(directory.apply(made, ApplyOptions::default()));
    assert_eq!((run.unwrap().ended, stand.history().len()), (Ended::Done, 2));
}

#[test]
fn a_run_that_another_process_works_on_is_busy() {
    let (stand, _, _, run) = stopped_by_a_deadline();
    let folder = StateFolder::open(stand.state()).unwrap();
    let id = dirsheet::domain::RunId::parse(&run).unwrap();
    let _held = dirsheet::state::RunLock::take(&folder, &id).unwrap();
    let error = stand.wait_for(async {
        let mut directory = Directory::connect(&settings(&stand, "")).await.unwrap();
        directory.resume(&run, ApplyOptions::default()).await.unwrap_err()
    });
    assert_eq!(
        (error.kind(), error.run()),
        (ErrorKind::Busy, Some(&*run)),
        "{error}"
    );
}

#[test]
fn an_ear_that_panics_is_told_once_and_the_run_goes_on_to_its_end() {
    let stand = Stand::open(SandboxOptions {
        latency: Duration::from_millis(5),
        ..people(60)
    });
    let (mut directory, ids) = edited(&stand, "", 30);
    let options = PlanOptions::default().max_users(Limit::Users(30));
    let made = plan(&stand, &mut directory, &options);
    directory.on_event(|event| assert!(!matches!(event, Event::Settled { .. }), "no ear for this"));
    let not = stand.wait_for(directory.apply(made, ApplyOptions::default()));
    let (error, back) = not.unwrap_err().into_parts();
    assert_eq!(error.kind(), ErrorKind::Unexpected, "{error}");
    assert!(error.message().contains("no ear for this"), "{error}");
    assert!(error.run().is_some() && back.is_none());
    assert_eq!(stand.history().len(), ids.len());
    // Then nobody listens, and nothing is wrong any more.
    let run = error.run().unwrap().to_owned();
    let undone = stand.wait_for(directory.undo(&run, Conflicts::Stop, ApplyOptions::default()));
    assert_eq!(undone.unwrap().unwrap().ended, Ended::Done);
}

#[test]
fn a_base_that_is_refused_far_behind_its_beginning_ends_the_call_and_says_where() {
    let stand = Stand::of(20);
    let (mut directory, ids) = edited(&stand, "", 1);
    let id = |number: usize| format!("00000000-0000-4000-8000-{number:012x}");
    let rows = |from: usize, to: usize| -> String {
        (from..to)
            .map(|number| format!("{},Chef\r\n", id(number)))
            .collect()
    };
    // Behind the first packs of rows, with more of them to follow than wait to be looked at.
    let (before, behind) = (rows(0, 5_000), rows(5_001, 40_000));
    let text = format!(
        "id,jobTitle\r\n{},Chef\r\n{before}{},Chef,more\r\n{behind}",
        ids[0],
        id(5_000)
    );
    stand.write("base.csv", text);
    let options = SheetOptions::default().base(stand.path("base.csv").display().to_string());
    let with_base = PlanOptions::default().sheet(options.clone());
    let plan = directory.plan(stand.path("users.csv"), &with_base);
    let by_plan = stand.wait_for(plan).unwrap_err();
    let settings = settings(&stand, "");
    let checked = dirsheet::check(&settings, stand.path("users.csv"), &options);
    let by_check = stand.wait_for(checked).unwrap_err();
    for error in [by_plan, by_check] {
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        assert!(
            error.message().contains("base.csv:5003: the row has 3 cells"),
            "{error}"
        );
    }
}
