//! Formats between the first and the present one: the ledgers of versions 1 to 9, a journal of version 2, plan files of 1 and 2.
//!
//! `tests/compat/ledgers/vN.sql` are the tables as the dirsheet of that version made them; what stands in them is the night in
//! `tests/compat/0.1`, as far as the tables have a place for it. Version 2 of a journal has the tables of version 3 and one number
//! less in `mix`.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::compat_folder::{FIRST, Folder, KILLED, NIGHT};

/// The ledger of the folder, as a dirsheet of this version would have left it.
fn age(folder: &Path, version: i32) -> PathBuf {
    let ledger = folder.join("state/feeds/workday/ledger.sqlite");
    let newest = ledger.with_extension("newest");
    std::fs::rename(&ledger, &newest).unwrap();
    let connection = Connection::open(&ledger).unwrap();
    let tables = format!(
        "{}/tests/compat/ledgers/v{version}.sql",
        env!("CARGO_MANIFEST_DIR")
    );
    connection
        .execute_batch(&std::fs::read_to_string(tables).unwrap())
        .unwrap();
    connection
        .execute("ATTACH ?1 AS newest", [newest.to_str().unwrap()])
        .unwrap();
    for table in names(
        &connection,
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    ) {
        let common = format!(
            "SELECT a.name FROM pragma_table_info('{table}', 'main') a JOIN pragma_table_info('{table}', 'newest') b ON a.name = b.name"
        );
        let columns = names(&connection, &common).join(", ");
        // `released` told by the clock once; nothing of it stands in the night that is copied.
        let filled = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newest.{table}");
        connection.execute_batch(&filled).unwrap();
    }
    connection.execute_batch("DETACH newest").unwrap();
    std::fs::remove_file(newest).unwrap();
    ledger
}

fn names(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn version(file: &Path) -> i32 {
    let connection = Connection::open(file).unwrap();
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

#[test]
fn ledgers_of_versions_1_to_9_are_listed_and_brought_up_by_the_next_night() {
    for old in 1..10 {
        let folder = Folder::open();
        let ledger = age(folder.path(), old);
        assert_eq!(version(&ledger), old);
        let nights = folder.run("feed history feed/FEED.toml", 0);
        assert!(
            nights.contains("22 written") && nights.contains(NIGHT),
            "version {old}: {nights}"
        );
        assert_eq!(version(&ledger), old, "listing changes nothing");
        let told = folder.json("feed run feed/FEED.toml --go", 0);
        assert_eq!(told["outcome"], "seen-before", "version {old}: {told}");
        assert_eq!(version(&ledger), 10, "from version {old}");
    }
}

#[test]
fn a_run_of_version_2_is_listed_reported_resumed_and_taken_back() {
    let folder = Folder::open();
    let journal = folder.path().join(format!("state/runs/{KILLED}/journal.sqlite"));
    Connection::open(&journal)
        .unwrap()
        .execute_batch("UPDATE entries SET mix = (mix & ~512) | 2 WHERE mix & 512; PRAGMA user_version = 2;")
        .unwrap();
    let runs = folder.json("runs", 0);
    assert_eq!(
        (&runs[0]["id"], &runs[0]["remaining"]),
        (&KILLED.into(), &127.into())
    );
    assert_eq!(runs[2]["id"], FIRST);
    folder.json(&format!("report {KILLED}"), 0);
    assert_eq!(version(&journal), 2, "reading changes nothing");
    let resumed = folder.json(&format!("resume {KILLED} --yes"), 6);
    assert_eq!(
        (&resumed["remaining"], &resumed["summary"]["updated"]),
        (&0.into(), &167.into())
    );
    assert_eq!(version(&journal), 3);
    let undone = folder.json(&format!("undo {KILLED} --yes --max-users 100%"), 0);
    assert_eq!(undone["summary"]["updated"], 167);
}

#[test]
fn a_plan_file_of_an_older_version_is_refused_with_both_numbers_and_nothing_is_written() {
    for old in [1, 2] {
        let folder = Folder::open();
        let path = folder.path().join("plan.json");
        let mut plan: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert!(plan["version"].as_i64().unwrap() > old);
        plan["version"] = old.into();
        std::fs::write(&path, plan.to_string()).unwrap();
        let said = folder.refused("apply plan.json --yes", 2);
        assert!(
            said.contains(&format!("has version {old}, and this dirsheet knows version"))
                && said.contains("make the plan again"),
            "{said}"
        );
        assert_eq!(folder.json("runs", 0).as_array().unwrap().len(), 3);
    }
}
