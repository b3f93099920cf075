//! Why a plan has nothing to write: nobody edited anything, or the directory has it already.

use super::big::id;
use super::stand::Stand;

#[test]
fn a_plan_with_nothing_to_write_says_whether_nobody_edited_or_the_directory_has_it_already() {
    let stand = Stand::of(40);
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    let mut sheet = stand.export();
    stand.write("base.csv", stand.read("users.csv"));
    stand.edit(&users[0], "jobTitle", "Moved on by itself");
    let told = |arguments: &[&str], words: &str| {
        let ran = stand.run(&[&["plan"][..], arguments].concat()).must(0);
        let last = ran.stdout.lines().last().unwrap();
        assert!(last.starts_with(words), "{arguments:?}: {last}");
        assert!(!last.contains("so already"), "{last}");
    };
    told(
        &["users.csv"],
        "Nothing to write: no cell was edited since the export (40 rows). What changed in the directory since then stays as it is and was not looked at; `dirsheet diff snap-",
    );
    sheet.set(&users[1], "jobTitle", "Wanted");
    sheet.set(&users[2], "jobTitle", "Wanted too");
    stand.save("users.csv", &sheet);
    stand.edit(&users[1], "jobTitle", "Wanted");
    stand.edit(&users[2], "jobTitle", "Wanted too");
    told(
        &["users.csv"],
        "Nothing to write: the directory has it already, in all 2 cells that were edited (of 40 rows).",
    );
    let figures = &stand.json(&["plan", "users.csv"], 0)["summary"];
    assert_eq!(
        (&figures["cells_already_there"], &figures["unchanged_rows"]),
        (&2.into(), &40.into())
    );
    // The same sheet without its `_snapshot`, and a file that is named as its base.
    let mut bare = stand.sheet("base.csv");
    bare.header.pop();
    bare.rows.iter_mut().for_each(|row| drop(row.pop()));
    stand.save("bare.csv", &bare);
    told(
        &["bare.csv", "--base", "bare.csv"],
        "Nothing to write: the base is the sheet itself",
    );
    told(
        &["bare.csv", "--base", "base.csv"],
        "Nothing to write: no cell was edited beside its base (40 rows).",
    );
    let row = format!("id,jobTitle\n{},Wanted\n", users[1]);
    stand.write("foreign.csv", &row);
    told(
        &["foreign.csv"],
        "Nothing to write: the directory has it already, in the 1 cell that the sheet fills (of 1 row).",
    );
    stand.write("foreign.csv", row.replace("Wanted", ""));
    told(
        &["foreign.csv"],
        "Nothing to write: no cell asks for anything (1 row); without a base",
    );
    assert!(stand.history().is_empty());
}
