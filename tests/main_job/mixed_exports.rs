//! Rows of several exports in one sheet, and a snapshot under another one's name.

use super::stand::Stand;

#[test]
fn rows_of_two_exports_with_other_columns_write_no_column_into_another() {
    let stand = Stand::of(30);
    for (name, column) in [("departments.csv", "department"), ("cities.csv", "city")] {
        stand.run(&["export", "-o", name, "--columns", column]).must(0);
    }
    let mut mixed = stand.sheet("departments.csv");
    let below = stand.sheet("cities.csv");
    let at = mixed.column("department");
    let filled = below.rows[20..].iter().filter(|row| !row[at].is_empty()).count();
    assert!(filled > 3, "{filled}");
    mixed.rows.truncate(20);
    mixed.rows.extend(below.rows[20..].to_vec());
    stand.save("mixed.csv", &mixed);
    let checked = stand.run(&["check", "mixed.csv"]).must(3);
    let told = checked.says(&[
        "error[mixed-exports]",
        "`department`",
        "one export with all the columns",
    ]);
    drop(told);
    let before = stand.history().len();
    stand.run(&["apply", "mixed.csv", "--yes", "--skip-errors"]);
    assert_eq!(stand.history().len(), before, "nothing is written");

    // With the same columns they are one sheet, and so is a column that somebody added to all rows.
    stand
        .run(&["export", "-o", "again.csv", "--columns", "department"])
        .must(0);
    let mut same = stand.sheet("departments.csv");
    let again = stand.sheet("again.csv");
    same.rows.truncate(20);
    same.rows.extend(again.rows[20..].to_vec());
    stand.save("same.csv", &same);
    stand.run(&["check", "same.csv"]).must(0);
}

#[test]
fn a_snapshot_that_lies_under_the_name_of_another_is_no_base() {
    let stand = Stand::of(30);
    for name in ["one.csv", "two.csv"] {
        stand
            .run(&["export", "-o", name, "--columns", "department", "--full"])
            .must(0);
    }
    let ids: Vec<String> = stand
        .json(&["snapshots"], 0)
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    let folder = stand.state().join("snapshots");
    let file = |id: &str| folder.join(format!("{id}.csv.zst"));
    std::fs::copy(file(&ids[0]), file(&ids[1])).unwrap();
    let told = format!("it is a copy of `{}` under another name", ids[0]);
    stand.run(&["check", "two.csv"]).must(0);
    let refused = stand.run(&["check", "one.csv"]);
    assert_ne!(refused.code, Some(0));
    drop(refused.says(&[&told]));
}
