//! Sealed plans that a newer file has overtaken: told as withdrawn, and refused under any name; and the command that approves one.

use super::feed_office::{HEADER, Office, name, row_of};
use super::sheet::unguarded;
use super::stand::{Stand, finish, people};

/// An office where a plan waits, and the plan's path.
fn waiting() -> (Office, String) {
    let mut office = Office::settled(40);
    for number in 1..5 {
        office.set(number, "Title", "Lead");
    }
    let night = office.night(&["--approve-above", "3"], 21);
    let plan = night["papers"]["plan"].as_str().unwrap().to_owned();
    (office, plan)
}

/// A newer file, which takes most of it back.
fn overtake(office: &mut Office) {
    for number in 1..4 {
        office.set(number, "Title", "Clerk");
    }
    let newer = office.night(&["--approve-above", "3"], 0);
    assert!(newer["help"].to_string().contains("is withdrawn"), "{newer:#}");
}

fn outcomes(office: &Office) -> Vec<String> {
    let history = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let nights = history["nights"].as_array().unwrap().iter();
    nights
        .map(|night| night["outcome"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_withdrawn_plan_is_told_as_such_and_its_copy_is_refused() {
    let (mut office, plan) = waiting();
    let copy = office.stand.path("mine.json").display().to_string();
    std::fs::copy(&plan, &copy).unwrap();
    assert_eq!(outcomes(&office), ["awaits-approval", "nothing"]);
    overtake(&mut office);
    assert_eq!(outcomes(&office), ["done", "withdrawn", "nothing"]);
    let apply = ["apply", &copy, "--yes", "--feed", "FEED.toml"];
    office
        .stand
        .run(&apply)
        .must(2)
        .says(&["mine.json` was withdrawn"]);
    assert_eq!(office.stand.history().len(), 1);
}

#[test]
fn with_a_state_folder_that_never_heard_of_the_feed_a_copy_is_refused() {
    let (mut office, plan) = waiting();
    let copy = office.stand.path("mine.json").display().to_string();
    std::fs::copy(&plan, &copy).unwrap();
    overtake(&mut office);
    let written = office.stand.history().len();
    office
        .stand
        .run(&["apply", &copy, "--yes", "--state-dir", "other"])
        .must(2)
        .says(&["this state folder does not know it"]);
    assert_eq!(office.stand.history().len(), written);
}

#[test]
fn the_plan_of_dead_letters_is_withdrawn_and_its_copy_refused_as_well() {
    let mut office = Office::settled(40);
    let mut letters = format!("{HEADER},_reason,_what_to_do\n");
    for number in 1..5 {
        let mut row = row_of(number);
        row.insert("Title".to_owned(), "Lead".to_owned());
        let cells: Vec<&str> = HEADER.split(',').map(|column| row[column].as_str()).collect();
        letters.push_str(&format!("{},was wrong,mend it\n", cells.join(",")));
    }
    office.stand.write("mended.csv", letters);
    let night = office.start(&["--refeed", "mended.csv", "--again", "--approve-above", "3"], 21);
    let copy = office.stand.path("mine.json").display().to_string();
    std::fs::rename(night["papers"]["plan"].as_str().unwrap(), &copy).unwrap();
    // The next file says what the first said.
    office.set(9, "Title", "Boss");
    office.night(&[], 0);
    assert_eq!(outcomes(&office), ["done", "withdrawn", "nothing"]);
    office
        .stand
        .run(&["apply", &copy, "--yes"])
        .must(2)
        .says(&["mine.json` was withdrawn"]);
    assert_eq!(office.user(&name(1))["jobTitle"], "Clerk");
}

#[test]
fn a_plan_is_refused_while_a_ledger_that_may_have_withdrawn_it_cannot_be_read() {
    let (office, plan) = waiting();
    let feeds = office.stand.state().join("feeds");
    std::fs::write(feeds.join("a note"), "no feed").unwrap();
    std::fs::create_dir(feeds.join("never-run")).unwrap();
    std::fs::create_dir(feeds.join("other")).unwrap();
    let other = feeds.join("other/ledger.sqlite");
    std::fs::write(&other, "no ledger").unwrap();
    let apply = ["apply", &plan, "--yes", "--feed", "FEED.toml"];
    office.stand.run(&apply).must(2).says(&[
        "whether a feed has withdrawn the plan is not known",
        "other/ledger.sqlite",
        "nothing was written",
    ]);
    assert_eq!(office.user(&name(1))["jobTitle"], "Clerk");
    std::fs::remove_file(&other).unwrap();
    office.stand.run(&apply).must(0);
    assert_eq!(office.user(&name(1))["jobTitle"], "Lead");
}

#[test]
fn a_plan_that_was_moved_away_is_withdrawn_as_well() {
    let (mut office, plan) = waiting();
    std::fs::rename(&plan, office.stand.path("moved.json")).unwrap();
    overtake(&mut office);
    assert_eq!(outcomes(&office)[1], "withdrawn");
    office
        .stand
        .run(&["apply", "moved.json", "--yes", "--feed", "FEED.toml"])
        .must(2)
        .says(&["was withdrawn"]);
}

#[test]
fn a_plan_that_was_applied_and_taken_back_is_withdrawn_too() {
    let (mut office, plan) = waiting();
    let copy = office.stand.path("mine.json").display().to_string();
    std::fs::copy(&plan, &copy).unwrap();
    let apply = ["apply", &copy, "--yes", "--feed", "FEED.toml"];
    office.stand.run(&apply).must(0);
    office
        .stand
        .run(&["undo", &office.stand.newest_run(), "--yes"])
        .must(0);
    // What was taken back is for a person, and this is another value.
    office.set(4, "Title", "Boss");
    overtake(&mut office);
    assert_eq!(outcomes(&office)[1], "withdrawn");
    office.stand.run(&apply).must(2).says(&["was withdrawn"]);
    assert_eq!(office.user(&name(1))["jobTitle"], "Clerk");
}

#[test]
fn a_plan_that_is_made_again_can_be_applied() {
    let (mut office, plan) = waiting();
    overtake(&mut office);
    for number in 1..4 {
        office.set(number, "Title", "Lead");
    }
    office
        .stand
        .run(&["undo", &office.stand.newest_run(), "--yes"])
        .must(0);
    office.drop(&office.text());
    let file = office.lying("inbox");
    let word = [
        "--approve-above",
        "3",
        "--again",
        "--write-undone",
        "--file",
        &file,
    ];
    let again = office.start(&word, 21);
    let newer = again["papers"]["plan"].as_str().unwrap();
    assert_ne!(newer, plan);
    office
        .stand
        .run(&["apply", newer, "--yes", "--feed", "FEED.toml"])
        .must(0);
}

#[test]
fn the_command_that_approves_a_plan_works_in_another_folder_with_the_flags_of_the_start() {
    let stand = Stand::open(people(0));
    let place = ["--sandbox", "--state-dir", "a state"];
    let run = |arguments: &[&str]| stand.run(&[arguments, &place].concat());
    run(&["export", "-o", "users.csv", "--columns", "employeeId,department"]).must(0);
    let mut file = "Nr,Dept\n".to_owned();
    let sheet = stand.sheet("users.csv");
    let known = sheet
        .cells("employeeId")
        .into_iter()
        .zip(sheet.cells("department"));
    let known = known.filter(|(number, _)| !number.is_empty());
    for (at, (number, dept)) in known.enumerate() {
        let dept = if at < 12 { "Moved" } else { unguarded(dept) };
        file.push_str(&format!("{},\"{dept}\"\n", unguarded(number)));
    }
    stand.write("hr.csv", file);
    stand.write(
        "FEED.toml",
        "name = \"hr\"\n[source]\npath = \"hr.csv\"\nstable-for = \"1s\"\n[key]\ncolumn = \"Nr\"\n\
         [attributes]\ndepartment = { column = \"Dept\" }\n[guards]\nmax-same-value = 50\nallow = [\"admins\"]\n",
    );
    let night = run(&[
        "feed",
        "run",
        "FEED.toml",
        "--go",
        "--approve-above",
        "1",
        "--json",
    ])
    .must(21);
    let night: serde_json::Value = serde_json::from_str(&night.stdout).unwrap();
    let help = night["help"].to_string();
    let command = help.split('`').nth(1).unwrap();
    assert!(
        command.contains(" --sandbox") && command.contains("--state-dir '"),
        "{command}"
    );
    let whole = format!("{command} --yes").replacen("dirsheet", env!("CARGO_BIN_EXE_dirsheet"), 1);
    std::fs::create_dir(stand.path("elsewhere")).unwrap();
    let child = std::process::Command::new("sh")
        .args(["-c", &whole])
        .current_dir(stand.path("elsewhere"))
        .env_clear()
        .env("HOME", stand.path("elsewhere"))
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let ran = finish(child, whole);
    assert!([Some(0), Some(6)].contains(&ran.code), "{}", ran.stderr);
    let told = run(&["feed", "history", "FEED.toml"]).must(0);
    told.says(&["its plan was approved"]);
}
