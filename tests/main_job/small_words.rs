//! Slips of the hand around a command, each told with what to do.

use super::big::id;
use super::stand::Stand;

#[test]
fn an_empty_plan_file_is_told_as_empty() {
    let stand = Stand::of(5);
    stand.write("plan.json", "");
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["plan.json", "it is empty", "plan SHEET -o"]);
}

#[test]
fn a_check_promises_nothing_about_writing() {
    let stand = Stand::of(5);
    stand.write("users.csv", "id,jobTitel,id\n");
    let ran = stand.run(&["check", "users.csv"]).must(3);
    assert!(!ran.stderr.contains("nothing was written"), "{ran:?}");
    stand.write("broken.csv", "PK\u{3}\u{4}");
    let ran = stand.run(&["check", "broken.csv"]).must(3);
    assert!(!ran.stderr.contains("nothing was written"), "{ran:?}");
    let ran = stand.run(&["plan", "broken.csv"]).must(3);
    assert!(ran.stderr.contains("nothing was written"), "{ran:?}");
}

#[test]
fn a_base_in_which_an_id_was_cut_is_none() {
    let stand = Stand::of(20);
    let user = id(&stand.ordinary()[0]);
    let sheet = stand.export_columns("jobTitle");
    let whole = stand.read("users.csv");
    stand.write("base.csv", whole.replace(&user, &user[..20]));
    let mut bare = sheet;
    bare.header.pop();
    bare.rows.iter_mut().for_each(|row| drop(row.pop()));
    stand.save("users.csv", &bare);
    let ran = stand.run(&["plan", "users.csv", "--base", "base.csv"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    ran.says(&["base.csv", "not an object id any more"]);
}

#[test]
fn quotes_and_blanks_around_a_secret_are_told_and_the_secret_is_not() {
    let mut stand = Stand::of(5);
    let secret = stand.sandbox().client_secret().to_owned();
    for (worn, word) in [
        (format!("\"{secret}\""), "stands in quotation marks"),
        (format!("{secret}\r"), "a blank or the end of a line around it"),
    ] {
        stand.set("AZURE_CLIENT_SECRET", &worn);
        let ran = stand
            .run(&["export", "-o", "users.csv"])
            .must(7)
            .says(&["warning: the client secret", word]);
        assert!(!ran.stderr.contains(&secret), "{}", ran.stderr);
    }
    stand.set("AZURE_CLIENT_SECRET", &secret);
    let ran = stand.run(&["export", "-o", "users.csv"]).must(0);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
}

#[test]
fn an_address_with_its_version_and_a_sign_in_that_asks_to_wait_are_told() {
    let mut stand = Stand::of(5);
    let url = stand.sandbox().url();
    stand.faults("429:1800,on=token");
    stand
        .run(&["export", "-o", "users.csv"])
        .must(8)
        .says(&["the sign-in service asks to wait for 30 min"]);
    stand.set("DIRSHEET_GRAPH_URL", &format!("{url}/v1.0"));
    stand
        .run(&["export", "-o", "users.csv"])
        .must(2)
        .says(&["ends with `/v1.0`", "puts there itself"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_leaves_no_draft_behind() {
    let stand = Stand::of(3_000);
    let ran = super::stand::limited(&stand, 100, &["export", "-o", "big.csv"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let left = std::fs::read_dir(stand.path("")).unwrap();
    let drafts: Vec<_> = left
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().ends_with(".tmp"))
        .collect();
    assert!(drafts.is_empty(), "{drafts:?}");
}
