//! What the sign-in may read and write, column by column, and how what is missing is granted.

use std::collections::BTreeMap;

use super::checkup::Checkup;
use super::granting::Granting;
use crate::catalogue::{Attribute, Permissions};
use crate::cli::connect::Job;
use crate::graph::ROLE_READERS;
use crate::report::counted;

pub async fn look(job: Job<'_>, columns: &[&'static Attribute], unknown: &[String], checkup: &mut Checkup) {
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
    let may_write: Vec<_> = columns
        .iter()
        .copied()
        .filter(|attribute| attribute.is_writable())
        .collect();
    let writes = lacking(&may_write, &granted, |attribute| attribute.write_permission);
    tell("reading", &reads, columns.len(), &granting, checkup);
    tell("writing", &writes, may_write.len(), &granting, checkup);
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

/// The permissions that are missing, each set with the columns that need it.
fn lacking(
    columns: &[&'static Attribute],
    granted: &[String],
    needed: impl Fn(&Attribute) -> Permissions,
) -> BTreeMap<Vec<&'static str>, Vec<&'static str>> {
    let mut lacking: BTreeMap<Vec<&'static str>, Vec<&'static str>> = BTreeMap::new();
    for attribute in columns {
        if let Some(names) = needed(attribute).missing(granted) {
            lacking.entry(names).or_default().push(attribute.name);
        }
    }
    lacking
}

fn tell(
    name: &'static str,
    lacking: &BTreeMap<Vec<&'static str>, Vec<&'static str>>,
    all: usize,
    granting: &Granting,
    checkup: &mut Checkup,
) {
    let count: usize = lacking.values().map(Vec::len).sum();
    let columns = counted(all as u64, "column", "columns");
    if count == 0 {
        return checkup.well(name, format!("the sign-in may do it with all of {columns}"));
    }
    let mut help = Vec::new();
    for (names, columns) in lacking {
        help.push(format!("{} for {}", names.join(" and "), columns.join(", ")));
        for name in names {
            help.extend(granting.lines(name));
        }
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

    fn of(names: &[&str], granted: &[&str]) -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
        let columns: Vec<_> = names.iter().map(|name| by_name(name).unwrap()).collect();
        let granted: Vec<String> = granted.iter().map(|name| (*name).to_owned()).collect();
        lacking(&columns, &granted, |attribute| attribute.write_permission)
            .into_iter()
            .collect()
    }

    #[test]
    fn the_least_that_is_missing_is_named_with_the_columns_that_need_it() {
        assert_eq!(of(&["jobTitle"], &["User.ReadWrite.All"]), []);
        assert_eq!(
            of(&["jobTitle", "department"], &["User.Read.All"]),
            [(vec!["User.ReadUpdate.All"], vec!["jobTitle", "department"])]
        );
        // Of what is needed together only what is not there.
        assert_eq!(
            of(&["accountEnabled"], &["User.Read.All"]),
            [(vec!["User.EnableDisableAccount.All"], vec!["accountEnabled"])]
        );
    }
}
