//! A directory that is kept in a folder, and one that comes from a sheet.

use crate::{Desk, people};
use dirsheet::sandbox::{People, SandboxError, SandboxOptions, exists, remove, start};
use serde_json::json;
use std::{io::Write, path::Path};

fn kept(folder: &Path) -> SandboxOptions {
    SandboxOptions {
        folder: Some(folder.to_owned()),
        ..people(60)
    }
}

#[tokio::test]
async fn a_kept_directory_goes_on_where_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!exists(folder.path()));
    let desk = Desk::open(kept(folder.path())).await;
    let id = desk.plain();
    assert_eq!(
        desk.patch(&id, json!({"city": "Kept", "jobTitle": null}))
            .await
            .status,
        204
    );
    desk.sandbox.edit(&id, "manager", json!(null)).unwrap();
    let (before, secret) = (desk.sandbox.dump(), desk.sandbox.client_secret().to_owned());
    desk.sandbox.shutdown().await.unwrap();
    assert!(exists(folder.path()));
    // What the next one is started with no longer matters.
    let other = SandboxOptions {
        people: People::Empty,
        seed: 99,
        ..kept(folder.path())
    };
    let again = start(other).await.unwrap();
    assert_eq!(again.dump(), before);
    assert_eq!(again.client_secret(), secret);
    again.shutdown().await.unwrap();
    remove(folder.path()).unwrap();
    assert!(!exists(folder.path()));
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_sudden_end_and_a_torn_line_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    let desk = Desk::open(kept(folder.path())).await;
    let id = desk.plain();
    for city in ["One", "Two", "Three"] {
        assert_eq!(desk.patch(&id, json!({"city": city})).await.status, 204);
    }
    // The files as a killed process leaves them.
    for name in ["directory.jsonl", "writes.jsonl"] {
        std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let mut log = std::fs::OpenOptions::new()
        .append(true)
        .open(copy.path().join("writes.jsonl"))
        .unwrap();
    log.write_all(b"{\"user\":1,\"set\":{\"ci").unwrap();
    let again = start(kept(copy.path())).await.unwrap();
    assert_eq!(again.dump(), desk.sandbox.dump());
    drop(again);
}

#[tokio::test]
async fn two_processes_cannot_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(kept(folder.path())).await.unwrap();
    let second = start(kept(folder.path())).await.unwrap_err();
    assert!(matches!(second, SandboxError::InUse(_)));
    assert!(second.to_string().contains("in use by another process"));
    assert!(remove(folder.path()).is_err());
    first.shutdown().await.unwrap();
    start(kept(folder.path())).await.unwrap();
}

#[tokio::test]
async fn a_damaged_line_in_the_middle_is_named() {
    let folder = tempfile::tempdir().unwrap();
    start(kept(folder.path()))
        .await
        .unwrap()
        .shutdown()
        .await
        .unwrap();
    std::fs::write(
        folder.path().join("writes.jsonl"),
        "nonsense\n{\"user\":1,\"set\":{}}\n",
    )
    .unwrap();
    let problem = start(kept(folder.path())).await.unwrap_err();
    assert!(
        matches!(problem, SandboxError::Damaged { line: 1, .. }),
        "{problem}"
    );
}

#[tokio::test]
async fn a_sheet_becomes_a_directory_or_says_everything_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    std::fs::write(&path, "\u{feff}userPrincipalName,displayName,manager\na@fabrikam.example,A,\nb@fabrikam.example,B,a@fabrikam.example\n").unwrap();
    let from = SandboxOptions {
        people: People::FromSheet(path.clone()),
        ..people(0)
    };
    let desk = Desk::open(from.clone()).await;
    assert_eq!(
        desk.get("/users").await.json["value"].as_array().unwrap().len(),
        2
    );
    // The sheet's own domain is a verified one.
    assert_eq!(
        desk.patch(
            "b@fabrikam.example",
            json!({"userPrincipalName": "c@fabrikam.example"})
        )
        .await
        .status,
        204
    );
    std::fs::write(
        &path,
        "userPrincipalName,accountEnabled\na@x.example,maybe\n,true\n",
    )
    .unwrap();
    let problem = start(from).await.unwrap_err().to_string();
    assert!(
        problem.contains("line 2") && problem.contains("line 3"),
        "{problem}"
    );
    let absent = SandboxOptions {
        people: People::FromSheet(folder.path().join("no.csv")),
        ..people(0)
    };
    assert!(start(absent).await.is_err());
}

#[tokio::test]
async fn a_second_sudden_end_loses_nothing_either() {
    let folder = tempfile::tempdir().unwrap();
    let id = {
        let desk = Desk::open(kept(folder.path())).await;
        let id = desk.plain();
        assert_eq!(
            desk.patch(
                &id,
                json!({"city": "One", "userPrincipalName": "first.name@contoso.com"})
            )
            .await
            .status,
            204
        );
        id
    };
    // Dropped without a clean end: the lock goes as soon as the last request is done.
    let mut again = start(kept(folder.path())).await;
    for _ in 0..50 {
        if again.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        again = start(kept(folder.path())).await;
    }
    let again = again.unwrap();
    let user = again
        .dump()
        .into_iter()
        .find(|user| user["id"] == id.as_str())
        .unwrap();
    assert_eq!(
        (&user["city"], &user["userPrincipalName"]),
        (&json!("One"), &json!("first.name@contoso.com"))
    );
}
