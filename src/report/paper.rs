//! What a page or a workbook tells, whoever made the changes: a head, notes, and the changes as a review.

use jiff::Timestamp;

use super::left_alone::not_set_back;
use super::plan::{bases, figures};
use crate::domain::{
    Change, Conflict, Finding, Forecast, GuardReport, Obstacle, Plan, PlannedRow, Review, RowNote, Settled,
    UserChanges, Withheld,
};

/// Everything that a page or a workbook tells.
#[derive(Debug)]
pub struct Paper<'p> {
    pub title: String,
    /// Names and values, in the order in which they are told.
    pub facts: Vec<(&'static str, String)>,
    /// What stands in the way of carrying it out.
    pub obstacle: Option<&'static str>,
    /// What it comes to, a sentence each.
    pub figures: Vec<String>,
    pub findings: &'p [Finding],
    pub guards: &'p [GuardReport],
    pub conflicts: &'p [Conflict],
    pub settled: &'p [Settled],
    pub withheld: &'p [Withheld],
    /// What a plan that sets back leaves as it is.
    pub left_alone: Vec<(&'p PlannedRow, &'p RowNote)>,
    /// Privileged roles that are given or taken, with their names.
    pub privileged: Vec<(&'p UserChanges, &'p Change, String)>,
    pub review: Review<'p>,
}

impl<'p> Paper<'p> {
    /// A plan on paper. `made_at` is the moment that stands on it.
    pub fn of_plan(
        plan: &'p Plan,
        findings: &'p [Finding],
        guards: &'p [GuardReport],
        forecast: Forecast,
        obstacle: Option<Obstacle>,
        made_at: Timestamp,
    ) -> Paper<'p> {
        let binding = plan.binding();
        let base = match (&binding.restores, bases(binding)) {
            (Some(snapshot), _) => format!("users are set back to {snapshot}, whatever was changed since"),
            (None, bases) => bases.unwrap_or_else(|| "none: a blank cell keeps the value".to_owned()),
        };
        Paper {
            title: format!("Plan for {}", binding.sheet_name),
            facts: vec![
                ("Tenant", binding.tenant.clone()),
                ("Service", binding.graph_url.clone()),
                ("Sheet", binding.sheet_name.clone()),
                ("Sheet, SHA-256", binding.sheet_sha256.clone()),
                ("Base", base),
                ("Users in the directory", plan.users_total().to_string()),
                (
                    "Made at",
                    format!("{} (UTC)", made_at.strftime("%Y-%m-%d %H:%M:%S")),
                ),
                ("Fingerprint", plan.fingerprint()),
            ],
            obstacle: obstacle.map(|obstacle| match obstacle {
                Obstacle::SheetErrors => "The sheet has errors. Nothing can be written before they are corrected, or left out with --skip-errors.",
                Obstacle::Guards => "A guard refuses this plan. Nothing can be written before its limit is lifted on purpose.",
                Obstacle::Conflicts => "Cells were changed by you and by somebody else. Nothing can be written before it is decided what becomes of them.",
            }),
            figures: figures(plan, forecast).lines().map(str::to_owned).collect(),
            findings,
            guards,
            conflicts: plan.conflicts(),
            settled: plan.settled(),
            withheld: plan.withheld(),
            left_alone: not_set_back(plan),
            privileged: plan.privileged_changes().collect(),
            review: Review::of(plan.users()),
        }
    }
}
