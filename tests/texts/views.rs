//! Every view of a plan in a terminal.

use dirsheet::domain::{Limit, Limits, Plan, Sourced, inspect};
use dirsheet::report::{Paint, PlanView, plan_text};

use super::plans::{Draft, forecast, hostile, many, mixed};

fn shown(plan: &Plan, full: bool) -> String {
    painted(plan, full, false)
}

/// Kept beside the other texts.
#[track_caller]
fn kept(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn painted(plan: &Plan, full: bool, colour: bool) -> String {
    let view = PlanView {
        paint: Paint::new(colour),
        full,
        decides_by_sheet: false,
    };
    plan_text(plan, &inspect(plan, &Limits::default()), forecast(plan), view)
}

#[test]
fn a_plan_with_clears_sensitive_attributes_and_a_common_move() {
    let plan = mixed().plan();
    kept("view_mixed", &shown(&plan, false));
    kept("view_mixed_full", &shown(&plan, true));
    // Escapes are shown by name, so that the snapshot can be read.
    kept(
        "view_mixed_colour",
        &painted(&plan, false, true).replace('\u{1b}', "␛"),
    );
}

#[test]
fn conflicts_and_what_would_be_refused_stand_apart() {
    let plan = mixed()
        .conflict("officeLocation", "PAR-3.01", "PAR-3.09", "PAR-2.02")
        .conflict("jobTitle", "Cook", "", "Chef")
        .withheld("mastered-on-premises", ("jobTitle", "Shift Lead", "Team Lead"))
        .withheld("mastered-on-premises", ("city", "Utrecht", ""))
        .withheld("agent-user", ("jobTitle", "", "Bot"))
        .plan();
    kept("view_conflicts_withheld", &shown(&plan, false));
}

#[test]
fn a_settled_conflict_shows_whose_value_counts_and_who_says_so() {
    let plan = mixed()
        .conflict("officeLocation", "PAR-3.01", "PAR-3.09", "PAR-2.02")
        .conflict("officeLocation", "PAR-3.01", "PAR-3.09", "PAR-2.02")
        .settled("mine", "sheet")
        .conflict("jobTitle", "Cook", "", "Chef\u{1b}[2J\u{202e}")
        .settled("theirs", "question")
        .conflict("city", "", "Delft", "Breda")
        .settled("mine", "flag")
        .plan();
    let text = shown(&plan, false);
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
    kept("view_settled", &text);
}

#[test]
fn a_long_plan_is_folded_and_says_how_to_see_all() {
    let plan = many(400).plan();
    let text = shown(&plan, false);
    assert!(text.lines().count() < 250, "{}", text.lines().count());
    kept("view_long", &text);
    let full = shown(&plan, true);
    assert!(!full.contains("more; `--full`"));
    for user in plan.users() {
        assert!(full.contains(&user.upn), "{}", user.upn);
    }
}

#[test]
fn refused_guards_are_told_with_the_way_to_lift_them() {
    let plan = mixed().plan();
    let limits = Limits {
        users: Sourced {
            value: Limit::Users(3),
            origin: "--max-users".to_owned(),
        },
        expect: Some(12),
        ..Limits::default()
    };
    let view = PlanView {
        paint: Paint::new(false),
        full: false,
        decides_by_sheet: false,
    };
    let text = plan_text(&plan, &inspect(&plan, &limits), forecast(&plan), view);
    let guards: String = text
        .lines()
        .skip_while(|line| *line != "Guards")
        .map(|line| format!("{line}\n"))
        .collect();
    kept("view_guards_refused", &guards);
}

#[test]
fn an_empty_plan_is_short() {
    kept("view_empty", &shown(&Draft::new(3).plan(), false));
}

#[test]
fn hostile_values_are_shown_and_do_nothing() {
    let plan = hostile().plan();
    for full in [false, true] {
        let text = shown(&plan, full);
        let dangerous = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!text.contains(dangerous), "{text:?}");
    }
    kept("view_hostile", &shown(&plan, false));
}

#[test]
fn a_long_text_is_shortened_around_what_differs() {
    let (head, tail) = (
        "Beginning of a long story. ".repeat(5),
        " End of a long story.".repeat(5),
    );
    let (before, after) = (format!("{head}red{tail}"), format!("{head}blue{tail}"));
    let essay = "All of it is new. ".repeat(20);
    let plan = Draft::new(10)
        .person("One", "Sales", &[("jobTitle", &before, &after)])
        .person("Two", "Sales", &[("jobTitle", &before, &essay)])
        .person("Three", "Sales", &[("jobTitle", &essay, "")])
        .person("Four", "Sales", &[("jobTitle", "Team\u{a0}Lead", "Team Lead")])
        .plan();
    kept("view_long_texts", &shown(&plan, false));
}
