//! What the sign-in may read and write, column by column, and how what is missing is granted.

use std::collections::BTreeMap;

use super::Columns;
use super::checkup::Checkup;
use super::granting::Granting;
use crate::catalogue::{Attribute, Permissions};
use crate::cli::connect::Job;
use crate::graph::ROLE_READERS;
use crate::report::counted;

pub async fn look(job: Job<'_>, (columns, wanted): Columns<'_>, unknown: &[String], checkup: &mut Checkup) {
    let granted = job.connected.session.granted().await.unwrap_or_default();
    if granted.is_empty() {
        return checkup.warning(
            "permissions",
            "the token does not tell which permissions it has",
            ["look at the app registration's page `API permissions`; without any there nothing can be read".to_owned()],
        );
    }
    checkup.well("permissions", granted.join(", "));
    let granting = Granting::of(job).await;
    let reads = lacking(columns, &granted, |attribute| attribute.read_permission);
    let may_write: Vec<_> = wanted
        .iter()
        .copied()
        .filter(|attribute| attribute.is_writable())
        .collect();
    // What reading needs is asked for once.
    let mut with_reading = granted.clone();
    with_reading.extend(reads.by_permission.keys().map(|name| (*name).to_owned()));
    let mut writes = lacking(&may_write, &with_reading, |attribute| attribute.write_permission);
    let may_not = |attribute: &&&Attribute| !attribute.write_permission.covered_by(&granted);
    writes.count = may_write.iter().filter(may_not).count();
    tell("reading", &reads, &granting, checkup);
    tell("writing", &writes, &granting, checkup);
    if granted.iter().any(|name| ROLE_READERS.contains(&name.as_str())) {
        checkup.well("administrators", "it can be told who is one");
    } else {
        let mut help = vec![
            "without it the guard `admins` stops nothing: of administrators the service alone refuses what this sign-in may not write; only a sign-in that may be strong enough to write their telephone numbers, names for signing in or `accountEnabled` needs a question answered, or `--allow unknown-roles`".to_owned(),
        ];
        help.extend(granting.lines(ROLE_READERS[0]));
        let found = format!("it cannot be told who is one: `{}` is missing", ROLE_READERS[0]);
        checkup.warning("administrators", found, help);
    }
    if !unknown.is_empty() {
        checkup.warning(
            "columns",
            format!(
                "not known without asking the tenant, and not looked at: {}",
                unknown.join(", ")
            ),
            ["`dirsheet export --columns` with them tells".to_owned()],
        );
    }
}

/// What is not permitted.
struct Lacking {
    /// So many columns.
    count: usize,
    /// Of so many.
    all: usize,
    by_permission: BTreeMap<&'static str, Vec<&'static str>>,
}

/// The permissions that are missing, each with the columns that cannot do without it: taken together they are enough for all of the
/// columns, and none of them can be left out.
fn lacking(
    columns: &[&'static Attribute],
    granted: &[String],
    needed: impl Fn(&Attribute) -> Permissions,
) -> Lacking {
    let mut needs: Vec<(&'static str, Permissions)> = columns
        .iter()
        .map(|attribute| (attribute.name, needed(attribute)))
        .filter(|(_, permissions)| !permissions.covered_by(granted))
        .collect();
    // What can be had in one way only may be enough for what can be had in several.
    needs.sort_by_key(|(_, permissions)| permissions.least.len());
    let have = |more: &[&'static str], without: Option<&str>| -> Vec<String> {
        let more = more.iter().filter(|name| Some(**name) != without);
        let more = more.map(|name| (*name).to_owned());
        granted.iter().cloned().chain(more).collect()
    };
    let mut wanted: Vec<&'static str> = Vec::new();
    for (_, permissions) in &needs {
        wanted.extend(permissions.missing(&have(&wanted, None)).unwrap_or_default());
    }
    for name in wanted.clone() {
        let rest = have(&wanted, Some(name));
        if needs.iter().all(|(_, permissions)| permissions.covered_by(&rest)) {
            wanted.retain(|other| *other != name);
        }
    }
    let mut lacking = Lacking {
        count: needs.len(),
        all: columns.len(),
        by_permission: wanted.iter().map(|name| (*name, Vec::new())).collect(),
    };
    // In the order of the columns.
    let uncovered = columns
        .iter()
        .filter(|attribute| !needed(attribute).covered_by(granted));
    for attribute in uncovered {
        let permissions = needed(attribute);
        let bound = |name: &&&str| !permissions.covered_by(&have(&wanted, Some(**name)));
        let alone = |name: &&&'static str| permissions.covered_by(&have(&[**name], None));
        let mut names: Vec<&str> = wanted.iter().filter(bound).copied().collect();
        // One of several would do.
        if names.is_empty() {
            names.extend(wanted.iter().find(alone));
        }
        for name in names {
            lacking
                .by_permission
                .entry(name)
                .or_default()
                .push(attribute.name);
        }
    }
    lacking
}

fn tell(name: &'static str, lacking: &Lacking, granting: &Granting, checkup: &mut Checkup) {
    let Lacking { count, all, .. } = *lacking;
    let columns = counted(all as u64, "column", "columns");
    if count == 0 {
        return checkup.well(
            name,
            match all {
                0 => "none of the columns is of that kind".to_owned(),
                1 => "the sign-in may do it with the one column".to_owned(),
                _ => format!("the sign-in may do it with all of {columns}"),
            },
        );
    }
    let mut help = Vec::new();
    for (name, columns) in &lacking.by_permission {
        help.push(format!("{name} for {}", columns.join(", ")));
        help.extend(granting.lines(name));
    }
    if help.is_empty() {
        help.push("what reading needs is enough for it".to_owned());
    }
    help.extend(granting.afterwards().map(str::to_owned));
    let found = match count == all {
        true => format!("not permitted at all ({columns})"),
        false => format!("not permitted for {count} of {columns}"),
    };
    checkup.warning(name, found, help);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    fn of(names: &[&str], granted: &[&str]) -> Vec<(&'static str, Vec<&'static str>)> {
        let columns: Vec<_> = names.iter().map(|name| by_name(name).unwrap()).collect();
        let granted: Vec<String> = granted.iter().map(|name| (*name).to_owned()).collect();
        let lacking = lacking(&columns, &granted, |attribute| attribute.write_permission);
        lacking.by_permission.into_iter().collect()
    }

    #[test]
    fn the_least_that_is_missing_is_named_with_the_columns_that_need_it() {
        assert_eq!(of(&["jobTitle"], &["User.ReadWrite.All"]), []);
        assert_eq!(
            of(&["jobTitle", "department"], &["User.Read.All"]),
            [("User.ReadWrite.All", vec!["jobTitle", "department"])]
        );
        // Of what is needed together only what is not there.
        assert_eq!(
            of(&["accountEnabled"], &["User.Read.All"]),
            [("User.EnableDisableAccount.All", vec!["accountEnabled"])]
        );
    }

    #[test]
    fn what_another_column_needs_anyway_is_not_asked_for_twice() {
        // The manager needs what the title can be written with too.
        assert_eq!(
            of(&["jobTitle", "manager"], &["User.Read.All"]),
            [("User.ReadWrite.All", vec!["jobTitle", "manager"])]
        );
    }

    #[test]
    fn what_is_named_is_enough_for_all_columns_and_nothing_of_it_can_be_left_out() {
        let all: Vec<_> = crate::catalogue::all()
            .filter(|attribute| attribute.is_writable())
            .collect();
        let enough = |granted: &[String], columns: &[&'static Attribute]| {
            columns
                .iter()
                .all(|attribute| attribute.write_permission.covered_by(granted))
        };
        for begin in 0..all.len() {
            for size in [1, 2, 5, 40] {
                let columns = &all[begin..all.len().min(begin + size)];
                let lacking = lacking(columns, &["User.Read.All".to_owned()], |attribute| {
                    attribute.write_permission
                });
                let names: Vec<&str> = lacking.by_permission.keys().copied().collect();
                let with = |without: Option<&str>| -> Vec<String> {
                    let names = names.iter().filter(|name| Some(**name) != without);
                    ["User.Read.All"]
                        .iter()
                        .chain(names)
                        .map(|name| (*name).to_owned())
                        .collect()
                };
                assert!(enough(&with(None), columns), "{names:?}");
                for name in &names {
                    assert!(!enough(&with(Some(name)), columns), "{name} of {names:?}");
                }
                let told: std::collections::BTreeSet<&str> =
                    lacking.by_permission.values().flatten().copied().collect();
                assert_eq!(told.len(), lacking.count, "every column is named");
            }
        }
    }
}
