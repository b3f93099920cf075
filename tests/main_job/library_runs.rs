//! Runs that a program began: stopped, died, gone on with, taken back; and the sample, which does all of it.

#[path = "../../samples/library/main.rs"]
#[allow(dead_code)]
mod sample;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dirsheet::{
    ApplyOptions, Conflicts, Directory, Ended, ErrorKind, Event, ExportOptions, Limit, Plan, PlanOptions,
    Settings, SheetOptions, Status,
};
use serde_json::json;

use super::big::same_directory;
use super::library::{edited, plan, settings};
use super::stand::{Stand, people, until};

/// Never called: that it compiles is the test. A program gives its calls to tasks, which may go on on another thread.
#[allow(dead_code)]
fn every_call_can_be_moved_to_another_thread(settings: &Settings, directory: &mut Directory, plan: Plan) {
    fn moved(_: impl Future + Send) {}
    let sheet = "users.csv";
    moved(Directory::connect(settings));
    moved(dirsheet::check(settings, sheet, &SheetOptions::default()));
    moved(directory.export(sheet, &ExportOptions::default()));
    moved(directory.plan(sheet, &PlanOptions::default()));
    moved(directory.apply(plan, ApplyOptions::default()));
    moved(directory.resume("run", ApplyOptions::default()));
    moved(directory.undo("run", Conflicts::Stop, ApplyOptions::default()));
}

#[test]
fn a_run_whose_program_stopped_or_died_is_gone_on_with() {
    for dies in [true, false] {
        let stand = Stand::open(dirsheet::sandbox::SandboxOptions {
            latency: Duration::from_millis(60),
            ..people(450)
        });
        let (mut directory, ids) = edited(&stand, "", 300);
        let options = PlanOptions::default().max_users(Limit::Users(300));
        let plan = plan(&stand, &mut directory, &options);
        let begun = Arc::new(Mutex::new(None));
        let ear = Arc::clone(&begun);
        let stopper = directory.stopper();
        directory.on_event(move |event| match event {
            Event::RunBegan { run, .. } => *ear.lock().unwrap() = Some(run),
            Event::Settled { .. } if !dies => stopper.stop(),
            _ => {}
        });
        let ended = stand.wait_for(async {
            // The call moves to another thread.
            let apply = tokio::spawn(async move { directory.apply(plan, ApplyOptions::default()).await });
            while dies && stand.history().is_empty() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            if dies {
                apply.abort();
            }
            apply.await
        });
        if dies {
            assert!(ended.unwrap_err().is_cancelled());
        } else {
            let run = ended.unwrap().unwrap();
            assert_eq!(run.ended, Ended::Stopped);
            assert!(run.remaining > 0 && run.count(Status::NotSent) > 0);
        }
        let run = begun.lock().unwrap().clone().unwrap();
        assert!(stand.history().len() < ids.len(), "nothing is left to go on with");
        if dies {
            // What was on its way when the program died may still hold the run for a moment.
            until("the run is let go", || {
                let ran = stand.run(&["resume", &run, "--yes"]);
                assert!(ran.code == Some(0) || ran.stderr.contains("is in use"), "{ran:?}");
                ran.code == Some(0)
            });
        } else {
            let gone_on = stand.wait_for(async {
                let mut directory = Directory::connect(&settings(&stand, "")).await?;
                directory.resume(&run, ApplyOptions::default()).await
            });
            let gone_on = gone_on.unwrap();
            assert_eq!((gone_on.ended, gone_on.id.as_str()), (Ended::Done, run.as_str()));
            assert_eq!((gone_on.remaining, gone_on.count(Status::Updated)), (0, 300));
        }
        let (dump, expected) = (
            stand.dump(),
            (0..ids.len()).map(|at| json!(format!("Title {at}"))),
        );
        for (user, title) in ids.iter().zip(expected) {
            assert_eq!(dump[user]["jobTitle"], title);
        }
        assert_eq!(stand.history().len(), ids.len(), "nothing was written twice");
    }
}

#[test]
fn a_program_takes_back_what_nobody_changed_since() {
    let stand = Stand::of(40);
    let before = stand.dump();
    let (mut directory, ids) = edited(&stand, "", 3);
    let plan = plan(&stand, &mut directory, &PlanOptions::default());
    let run = stand
        .wait_for(directory.apply(plan, ApplyOptions::default()))
        .unwrap();
    stand.edit(&ids[0], "jobTitle", "Somebody else's");
    let mut undo =
        |run: &str, conflicts| stand.wait_for(directory.undo(run, conflicts, ApplyOptions::default()));
    let error = undo(&run.id, Conflicts::Stop).unwrap_err();
    assert_eq!(
        (error.kind(), error.run()),
        (ErrorKind::Conflicts, None),
        "{error}"
    );
    assert_eq!(stand.history().len(), 3);
    let undone = undo(&run.id, Conflicts::Skip).unwrap().unwrap();
    assert_ne!(undone.id, run.id);
    assert_eq!(
        (undone.count(Status::Updated), undone.count(Status::Conflict)),
        (2, 1)
    );
    let mut expected = before.clone();
    expected.get_mut(&ids[0]).unwrap()["jobTitle"] = json!("Somebody else's");
    same_directory(&expected, &stand.dump());
    // One cell is left, and it is somebody else's.
    let error = undo(&run.id, Conflicts::Skip).unwrap_err();
    assert_eq!(
        (error.kind(), error.run()),
        (ErrorKind::NothingUndone, None),
        "{error}"
    );
    stand.edit(&ids[0], "jobTitle", before[&ids[0]]["jobTitle"].clone());
    // A read may be behind, so what seems to be as it was is written once more; then nothing is left.
    assert_eq!(
        undo(&run.id, Conflicts::Stop).unwrap().unwrap().ended,
        Ended::Done
    );
    assert_eq!(undo(&run.id, Conflicts::Stop).unwrap(), None);
    for unknown in ["run-20200101-000000-0000", "the last one"] {
        assert_eq!(
            undo(unknown, Conflicts::Stop).unwrap_err().kind(),
            ErrorKind::Usage
        );
    }
    // What was taken back is not written again.
    let resumed = stand
        .wait_for(directory.resume(&undone.id, ApplyOptions::default()))
        .unwrap();
    assert_eq!((resumed.id, resumed.remaining), (undone.id, 0));
    assert_eq!(stand.history().len(), 6);
}

#[test]
fn the_sample_walks_the_whole_road_and_leaves_the_directory_as_it_was() {
    let stand = Stand::of(1);
    let folder = stand.path("sample");
    stand.wait_for(sample::walk(&folder)).unwrap();
    let state = folder.join("state").display().to_string();
    let runs = stand.json(&["runs", "--state-dir", &state], 0);
    let told: Vec<_> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (&run["updated"], &run["failed"]))
        .collect();
    assert_eq!(told, [(&json!(2), &json!(0)); 2]);
    // The sheet has other offices than the directory: all of what it says would be written once more.
    let sheet = folder.join("users.csv").display().to_string();
    let plan = stand.json(&["plan", &sheet, "--sandbox", "--state-dir", &state], 0);
    assert_eq!(plan["summary"]["users_changed"], 2);
}

#[test]
fn an_error_of_the_sign_in_has_no_secret_in_it() {
    let stand = Stand::of(5);
    let sandbox = stand.sandbox();
    let settings = Settings::app(sandbox.tenant_id(), sandbox.client_id(), "wrong-and-secret")
        .graph_url(sandbox.url())
        .authority_url(sandbox.url())
        .state_dir(stand.state());
    let error = stand.wait_for(Directory::connect(&settings)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignIn, "{error}");
    let told = format!("{error} {error:?} {settings:?}");
    assert!(!told.contains("wrong-and-secret"), "{told}");
}
