//! Kinds of changes that nobody makes by accident and gets away with.

use super::report::gate;
use super::{GuardReport, Limit, Limits, Permission, Sourced};
use crate::catalogue::Attribute;
use crate::domain::{Plan, Value};

/// New userPrincipalNames.
pub(super) fn renames(plan: &Plan, limits: &Limits) -> GuardReport {
    kind(
        plan,
        limits,
        Permission::Rename,
        "rename",
        "userPrincipalNames changed",
        |attribute, _| attribute.name == "userPrincipalName",
    )
}

/// Ways to sign in; told only where there are any.
pub(super) fn identities(plan: &Plan, limits: &Limits) -> Option<GuardReport> {
    let report = kind(
        plan,
        limits,
        Permission::Identities,
        "identities",
        "users whose identities for signing in change",
        |attribute, _| attribute.name == "identities",
    );
    (report.counted > 0).then_some(report)
}

/// Users who would be made. Their names, switches and sensitive attributes are no changes of anybody's, and the guards of these do
/// not count them; the number of users and one value for many do.
pub(super) fn creates(plan: &Plan, limits: &Limits) -> GuardReport {
    let counted = plan.users().iter().filter(|user| user.is_made()).count() as u64;
    gate(
        limits,
        Permission::Create,
        "create",
        "create",
        counted,
        "default",
        format!("users made: {counted}"),
    )
}

/// Guests who would be invited; two reports where there is one, because most plans invite nobody.
pub(super) fn invites(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let summary = plan.summary();
    let counted = summary.users_invited;
    if counted == 0 {
        return Vec::new();
    }
    let message = format!(
        "guests invited: {counted}; invitation mails sent: {}",
        summary.invitation_mails
    );
    vec![
        gate(
            limits,
            Permission::Invite,
            "invite",
            "invite",
            counted,
            "default",
            message.clone(),
        ),
        few(plan, &limits.invites, "max-invites", counted, message),
    ]
}

/// Accounts switched off.
pub(super) fn disables(plan: &Plan, limits: &Limits) -> GuardReport {
    kind(
        plan,
        limits,
        Permission::Disable,
        "disable",
        "accounts switched off",
        |attribute, after| attribute.name == "accountEnabled" && *after == Value::Boolean(false),
    )
}

/// Accounts switched on: a former colleague's among them would be a door left open.
pub(super) fn enables(plan: &Plan, limits: &Limits) -> GuardReport {
    let counted = plan
        .changes()
        .filter(|(user, change)| {
            !user.is_new && change.attribute.name == "accountEnabled" && change.after == Value::Boolean(true)
        })
        .count() as u64;
    few(
        plan,
        &limits.enables,
        "max-enables",
        counted,
        format!("accounts switched on: {counted}"),
    )
}

/// Guests made members, who may then see and do more: Microsoft's default rights of the two differ widely.
pub(super) fn members(plan: &Plan, limits: &Limits) -> GuardReport {
    let counted = plan
        .changes()
        .filter(|(user, change)| {
            !user.is_made()
                && change.attribute.name == "userType"
                && matches!(&change.after, Value::Text(after) if after.eq_ignore_ascii_case("Member"))
        })
        .count() as u64;
    few(
        plan,
        &limits.members,
        "max-members",
        counted,
        format!("users made members: {counted}"),
    )
}

/// Users whose licences change, and the seats they need; nothing is said of a plan without licences.
pub(super) fn licences(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let counted = plan.licences_changed();
    if counted == 0 {
        return Vec::new();
    }
    let message = format!("users whose licences change: {counted}");
    let mut reports = vec![
        gate(
            limits,
            Permission::Licenses,
            "licenses",
            "licenses",
            counted,
            "default",
            message.clone(),
        ),
        few(plan, &limits.licenses, "max-licenses", counted, message),
    ];
    reports.extend(plan.seats().iter().map(|seats| {
        let wanted = plan.wanted_seats(&seats.product);
        let allowed = limits.allowed.contains(&Permission::Seats);
        GuardReport {
            guard: "seats",
            column: None,
            passed: allowed || wanted <= seats.free,
            counted: wanted,
            limit: if allowed {
                "allowed".to_owned()
            } else {
                seats.free.to_string()
            },
            origin: if allowed {
                "--allow"
            } else {
                "the free seats of the tenant"
            }
            .to_owned(),
            flag: "--allow seats".to_owned(),
            known: true,
            message: format!("{}: {} free, {wanted} wanted", seats.product, seats.free),
        }
    }));
    reports
}

/// A guard with a limit of its own over the whole plan, whose flag has its name.
pub(super) fn few(
    plan: &Plan,
    limit: &Sourced<Limit>,
    guard: &'static str,
    counted: u64,
    message: String,
) -> GuardReport {
    let total = plan.users_total();
    GuardReport {
        guard,
        column: None,
        passed: counted <= limit.value.users(total),
        counted,
        limit: limit.value.in_words(total),
        origin: limit.origin.clone(),
        flag: format!("--{guard} {counted}"),
        known: true,
        message,
    }
}

fn kind(
    plan: &Plan,
    limits: &Limits,
    needed: Permission,
    name: &'static str,
    what: &str,
    concerns: impl Fn(&Attribute, &Value) -> bool,
) -> GuardReport {
    let counted = plan
        .changes()
        .filter(|(user, change)| !user.is_new && concerns(change.attribute, &change.after))
        .count() as u64;
    gate(
        limits,
        needed,
        name,
        name,
        counted,
        "default",
        format!("{what}: {counted}"),
    )
}
