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
    let told = judged(columns, wanted, &granted);
    tell("reading", &told.reading, &[], &granting, checkup);
    tell("writing", &told.writing, &told.spared, &granting, checkup);
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

/// What is missing for reading, and what for writing beside it.
struct Judged {
    reading: Lacking,
    writing: Lacking,
    /// What reading alone needs, and who is granted what writing needs does not.
    spared: Vec<&'static str>,
}

/// A column, and what may be done with it.
type Need = (&'static str, Permissions);

/// `columns` are read, `wanted` of them written. Somebody may want to read alone, so reading is told for itself; what writing needs is
/// chosen for both together, because what may be written may often be read.
fn judged(columns: &[&'static Attribute], wanted: &[&'static Attribute], granted: &[String]) -> Judged {
    let reads: Vec<Need> = columns
        .iter()
        .map(|attribute| (attribute.name, attribute.read_permission))
        .collect();
    let writes: Vec<Need> = wanted
        .iter()
        .filter(|attribute| attribute.is_writable())
        .map(|attribute| (attribute.name, attribute.write_permission))
        .collect();
    let for_reading = chosen(&reads, granted);
    let together = chosen(&[&reads[..], &writes].concat(), granted);
    let mut writing = lacking(&together, &writes, granted);
    // What reading needs is asked for once.
    writing
        .by_permission
        .retain(|name, _| !for_reading.contains(name));
    // Only where something is missing for writing it is granted at all.
    let spared = for_reading.iter().filter(|name| !together.contains(name));
    let spared = spared.copied().filter(|_| writing.count > 0).collect();
    Judged {
        reading: lacking(&for_reading, &reads, granted),
        writing,
        spared,
    }
}

/// What was granted, and more beside it.
fn with(granted: &[String], more: &[&'static str], without: Option<&str>) -> Vec<String> {
    let more = more.iter().filter(|name| Some(**name) != without);
    let more = more.map(|name| (*name).to_owned());
    granted.iter().cloned().chain(more).collect()
}

/// Permissions that taken together are enough for all of this, none of which can be left out.
fn chosen(needs: &[Need], granted: &[String]) -> Vec<&'static str> {
    let mut needs: Vec<&Need> = needs
        .iter()
        .filter(|(_, permissions)| !permissions.covered_by(granted))
        .collect();
    // What can be had in one way only may be enough for what can be had in several.
    needs.sort_by_key(|(_, permissions)| permissions.least.len());
    let mut wanted: Vec<&'static str> = Vec::new();
    for (_, permissions) in &needs {
        let have = with(granted, &wanted, None);
        wanted.extend(permissions.missing(&have).unwrap_or_default());
    }
    for name in wanted.clone() {
        let rest = with(granted, &wanted, Some(name));
        if needs.iter().all(|(_, permissions)| permissions.covered_by(&rest)) {
            wanted.retain(|other| *other != name);
        }
    }
    wanted
}

/// Each of these permissions with the columns that cannot do without it.
fn lacking(wanted: &[&'static str], needs: &[Need], granted: &[String]) -> Lacking {
    let mut lacking = Lacking {
        count: 0,
        all: needs.len(),
        by_permission: BTreeMap::new(),
    };
    // In the order of the columns.
    let uncovered = needs
        .iter()
        .filter(|(_, permissions)| !permissions.covered_by(granted));
    for (column, permissions) in uncovered {
        lacking.count += 1;
        let bound = |name: &&&str| !permissions.covered_by(&with(granted, wanted, Some(**name)));
        let alone = |name: &&&'static str| permissions.covered_by(&with(granted, &[**name], None));
        let mut names: Vec<&str> = wanted.iter().filter(bound).copied().collect();
        // One of several would do.
        if names.is_empty() {
            names.extend(wanted.iter().find(alone));
        }
        for name in names {
            lacking.by_permission.entry(name).or_default().push(column);
        }
    }
    lacking
}

fn tell(name: &'static str, lacking: &Lacking, spared: &[&str], granting: &Granting, checkup: &mut Checkup) {
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
    if !spared.is_empty() {
        help.push(format!(
            "it is enough for reading as well: {} only where nothing is to be written",
            spared.join(", ")
        ));
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

    fn needs(columns: &[&'static Attribute]) -> Vec<Need> {
        columns
            .iter()
            .map(|attribute| (attribute.name, attribute.write_permission))
            .collect()
    }

    fn of(names: &[&str], granted: &[&str]) -> Vec<(&'static str, Vec<&'static str>)> {
        let columns: Vec<_> = names.iter().map(|name| by_name(name).unwrap()).collect();
        let granted: Vec<String> = granted.iter().map(|name| (*name).to_owned()).collect();
        let needs = needs(&columns);
        let lacking = lacking(&chosen(&needs, &granted), &needs, &granted);
        lacking.by_permission.into_iter().collect()
    }

    #[test]
    fn what_writing_needs_is_chosen_for_reading_too_and_reading_is_told_for_itself() {
        for (names, granted, reading, writing, spared) in [
            // Both at once: the title is read with what it is written with.
            (
                &["jobTitle", "manager"][..],
                &[][..],
                &["User.Read.All"][..],
                &["User.ReadWrite.All"][..],
                &["User.Read.All"][..],
            ),
            // Reading is there.
            (
                &["manager"],
                &["User.Read.All"],
                &[],
                &["User.ReadWrite.All"],
                &[],
            ),
            // What may be written may not be read here, so nothing is spared.
            (
                &["accountEnabled"],
                &[],
                &["User.Read.All"],
                &["User.EnableDisableAccount.All"],
                &[],
            ),
            // Nothing is to be written.
            (&["createdDateTime"], &[], &["User.Read.All"], &[], &[]),
        ] {
            let columns: Vec<_> = names.iter().map(|name| by_name(name).unwrap()).collect();
            let granted: Vec<String> = granted.iter().map(|name| (*name).to_owned()).collect();
            let told = judged(&columns, &columns, &granted);
            let keys = |lacking: &Lacking| -> Vec<&str> { lacking.by_permission.keys().copied().collect() };
            assert_eq!(keys(&told.reading), reading, "{names:?}");
            assert_eq!(keys(&told.writing), writing, "{names:?}");
            assert_eq!(told.spared, spared, "{names:?}");
        }
    }

    #[test]
    fn what_is_told_for_writing_and_not_spared_is_enough_for_both_whatever_is_asked_about() {
        let all: Vec<_> = crate::catalogue::all().collect();
        for begin in 0..all.len() {
            for size in [1, 3, 20] {
                let columns = &all[begin..all.len().min(begin + size)];
                let told = judged(columns, columns, &[]);
                let names = |lacking: &Lacking| -> Vec<&'static str> {
                    lacking.by_permission.keys().copied().collect()
                };
                let mut both = names(&told.reading);
                both.retain(|name| !told.spared.contains(name));
                both.extend(names(&told.writing));
                for attribute in columns {
                    let read = attribute.read_permission.covered_by(&both);
                    let write = !attribute.is_writable() || attribute.write_permission.covered_by(&both);
                    assert!(read && write, "{} with {both:?}", attribute.name);
                    let alone = names(&told.reading);
                    assert!(attribute.read_permission.covered_by(&alone), "{}", attribute.name);
                }
            }
        }
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
                let (needs, granted) = (needs(columns), ["User.Read.All".to_owned()]);
                let lacking = lacking(&chosen(&needs, &granted), &needs, &granted);
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
