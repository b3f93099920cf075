//! Workbooks: exported, edited, given back.

use super::stand::Stand;

#[test]
fn a_workbook_goes_to_a_file_and_takes_no_flags_of_csv() {
    let stand = Stand::of(20);
    for (arguments, told) in [
        (&["export", "--format", "xlsx"][..], "cannot go to stdout"),
        (
            &["export", "-o", "users.xlsx", "--delimiter", ";"],
            "`--delimiter` is for CSV files",
        ),
        (
            &["export", "-o", "users.xlsx", "--guard", "full"],
            "`--guard` is for CSV files",
        ),
        (
            &["export", "-o", "users.xlsx", "--raw"],
            "`--raw` is for CSV files",
        ),
        (
            &["export", "-o", "users.csv", "--lock"],
            "`--lock` is for workbooks",
        ),
        (&["export", "-o", "users.ods"], "no .ods file is written"),
    ] {
        stand.run(arguments).must(2).says(&[told]);
    }
    assert_eq!(stand.stats().http_requests, 0);
    stand.run(&["export", "-o", "users.xlsx"]).must(0);
    stand
        .run(&["export", "-o", "renamed", "--format", "xlsx", "--lock"])
        .must(0);
    for name in ["users.xlsx", "renamed"] {
        assert!(
            std::fs::read(stand.path(name)).unwrap().starts_with(b"PK"),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_workbook_that_the_disk_has_no_room_for_is_said_and_not_there() {
    let stand = Stand::of(2_000);
    stand.write("users.xlsx", "the file of yesterday");
    // The snapshot of these columns is smaller than the rows in a worksheet.
    let arguments = ["export", "-o", "users.xlsx", "--columns", "minimal"];
    let ran = super::full_disk::limited(&stand, 500, &arguments).must(1);
    assert!(ran.stderr.contains("is the disk full?"), "{ran:?}");
    assert_eq!(stand.read("users.xlsx"), "the file of yesterday");
    assert_eq!(stand.json(&["snapshots"], 0), serde_json::json!([]));
    let left: Vec<String> = std::fs::read_dir(stand.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("users"))
        .collect();
    assert_eq!(left, ["users.xlsx"]);
}
