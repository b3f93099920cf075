//! Rows of joiners that look like people who are there, and people who come between.

use dirsheet::sandbox::SandboxOptions;

use super::joiners::{FLAGS, apply, one, sample};
use super::stand::people;

#[test]
fn whoever_takes_the_name_of_a_joiner_meanwhile_is_not_written_to() {
    for more in [&[][..], &["--no-recheck"]] {
        let stand = sample(people(0));
        stand
            .run(&["plan", "joiners.csv", "--allow", "create", "-o", "plan.json"])
            .must(0);
        let stranger = one(&stand, "joost.vanthoff")["id"].as_str().unwrap().to_owned();
        stand.edit(&stranger, "userPrincipalName", "tom.bakker@contoso.example");
        let before = stand.dump()[&stranger].clone();
        let apply = [&["apply", "plan.json", "--yes"], &FLAGS[..], more].concat();
        stand.run(&apply).must(5).says(&["tom.bakker@contoso.example"]);
        assert!(stand.history().is_empty());
        let skipping = [&apply[..], &["--conflicts", "skip"]].concat();
        std::fs::remove_file(stand.path("passwords.csv")).unwrap_or_default();
        stand.run(&skipping).must(6);
        assert_eq!(stand.dump()[&stranger], before, "{more:?}");
        // The others are made, and their manager with them.
        assert_eq!(
            one(&stand, "lena.vogel")["manager"],
            one(&stand, "noor.jansen")["id"]
        );
        let run = stand.newest_run();
        stand.run(&["resume", &run, "--yes", "--passwords", "more.csv"]);
        assert_eq!(stand.dump()[&stranger], before, "{more:?}");
    }
}

#[test]
fn a_row_above_its_new_manager_waits_until_the_manager_is_made() {
    let stand = sample(people(0));
    let sheet = stand.read("joiners.csv");
    let (header, rows) = sheet.split_once('\n').unwrap();
    let first = "joost.vanthoff@contoso.example,,,,,,,,,,noor.jansen@contoso.example,";
    stand.write("joiners.csv", format!("{header}\n{first}\n{rows}"));
    apply(&stand, &[]).must(0);
    assert_eq!(
        one(&stand, "joost.vanthoff")["manager"],
        one(&stand, "noor.jansen")["id"]
    );
}

#[test]
fn nobody_is_made_whose_number_nearly_or_doubly_belongs_to_others_or_whose_row_has_an_error() {
    let stand = sample(people(0));
    let joost = one(&stand, "joost.vanthoff")["id"].as_str().unwrap().to_owned();
    let marijke = one(&stand, "marijke.devries")["id"].as_str().unwrap().to_owned();
    stand.edit(&joost, "employeeId", "000555");
    stand.edit(&marijke, "employeeId", "000555");
    stand.write(
        "joiners.csv",
        "userPrincipalName,displayName,employeeId,accountEnabled,usageLocation\n\
         near@contoso.example,Near,700,true,\n\
         double@contoso.example,Double,000555,true,\n\
         broken@contoso.example,Broken,000990,true,Netherlands\n",
    );
    let tijs = stand
        .sandbox()
        .dump()
        .into_iter()
        .find(|user| user["employeeId"] == "000107");
    assert!(tijs.is_none(), "the sample has changed");
    let other = stand.sandbox().dump()[5]["id"].as_str().unwrap().to_owned();
    stand.edit(&other, "employeeId", "00700");
    let ran = apply(&stand, &["--skip-errors"]);
    assert!(stand.history().is_empty(), "{ran:?}");
    apply(&stand, &[])
        .must(3)
        .says(&["00700", "000555", "joiner-is-there", "made whole or not at all"]);
}

#[test]
fn what_waits_for_a_user_whose_making_is_refused_is_closed_and_the_run_is_finished() {
    let stand = sample(people(0));
    stand.faults("403,on=write,times=1");
    apply(&stand, &[]).must(6);
    stand.faults("");
    let run = stand.newest_run();
    let told = stand.json(&["report", &run, "--format", "json"], 0);
    assert_eq!(
        (&told["state"], &told["remaining"]),
        (&"finished".into(), &0.into())
    );
    let report = stand.report(&run);
    let errors = report.cells("_error").join(" / ");
    assert!(errors.contains("not sent: the user was not made"), "{errors}");
    let sent = stand.history().len();
    stand
        .run(&["resume", &run, "--yes"])
        .must(6)
        .says(&["nothing left to do"]);
    assert_eq!(stand.history().len(), sent);
}

#[test]
fn a_sealed_plan_of_joiners_applied_twice_finds_everything_as_it_is_to_be() {
    let stand = sample(people(0));
    stand
        .run(&["plan", "joiners.csv", "--allow", "create", "-o", "plan.json"])
        .must(0);
    let apply = |file| {
        stand.run(&[
            "apply",
            "plan.json",
            "--yes",
            "--allow",
            "create",
            "--passwords",
            file,
        ])
    };
    apply("first.csv").must(0);
    let sent = stand.history().len();
    apply("second.csv").must(0).says(&["Nothing was written"]);
    assert_eq!(stand.history().len(), sent);
    assert!(!stand.path("second.csv").exists());
    // A manager whom somebody else has changed meanwhile is told as ever.
    let (tom, joost) = (one(&stand, "tom.bakker"), one(&stand, "joost.vanthoff"));
    stand.edit(
        tom["id"].as_str().unwrap(),
        "manager",
        joost["id"].as_str().unwrap(),
    );
    apply("third.csv")
        .must(5)
        .says(&["joost.vanthoff@contoso.example"]);
}

#[test]
fn two_rows_with_one_name_and_two_numbers_make_nobody() {
    let stand = sample(people(0));
    stand.write(
        "joiners.csv",
        "employeeId,userPrincipalName,displayName,accountEnabled\n\
         E1,jan.jansen@contoso.example,Jan Jansen,true\n\
         E2,jan.jansen@contoso.example,Jan Jansen,true\n",
    );
    apply(&stand, &["--key", "employeeId"])
        .must(3)
        .says(&["joiner-twice"]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_permission_to_make_users_is_enough_for_all_they_begin_with() {
    let roles = |names: &[&str]| SandboxOptions {
        roles: names.iter().map(|name| (*name).to_owned()).collect(),
        ..people(0)
    };
    let row = "userPrincipalName,displayName,accountEnabled,jobTitle,mobilePhone,employeeId\n\
               new.one@contoso.example,New One,true,Pilot,+31 6 12345678,4711\n";
    let stand = sample(roles(&["User.Create", "User.Read.All"]));
    stand.write("joiners.csv", row);
    apply(&stand, &[]).must(0);
    let made = one(&stand, "new.one");
    for (name, value) in [
        ("jobTitle", "Pilot"),
        ("mobilePhone", "+31 6 12345678"),
        ("employeeId", "4711"),
    ] {
        assert_eq!(made[name], value);
    }
    assert_eq!(made["accountEnabled"], true);
    assert_eq!(stand.history().len(), 1);
    // Without it, nothing of the user is sent.
    let stand = sample(roles(&["User.Read.All", "User.EnableDisableAccount.All"]));
    stand.write("joiners.csv", row);
    let plan = stand.json(&["plan", "joiners.csv", "--allow", "create"], 0);
    assert_eq!(plan["summary"]["users_created"], 0);
    for withheld in plan["refusals_foreseen"].as_array().unwrap() {
        assert_eq!(withheld["needs"], "User.Create, or User.ReadWrite.All");
    }
    apply(&stand, &[])
        .must(7)
        .says(&["User.Create, or User.ReadWrite.All"]);
    assert!(stand.history().is_empty());
}
