//! Whom the profile protects, as the service knows them: an entry that names nobody would stop every plan.

use super::checkup::Checkup;
use crate::cli::connect::Job;
use crate::cli::error::CliError;
use crate::cli::knowledge::{protected_by, protected_list};
use crate::domain::UserKey;
use crate::report::counted;

pub async fn look(job: Job<'_>, checkup: &mut Checkup) {
    let limits = &job.context.config.limits;
    let list = &limits.protected;
    if !list.value.is_empty() {
        match protected_list(&list.value, job).await {
            Ok((_, nobody)) if nobody.is_empty() => {
                let entries = counted(list.value.len() as u64, "entry", "entries");
                checkup.well(
                    "protection",
                    format!("{entries} ({}), each of them somebody", list.origin),
                );
            }
            Ok((_, nobody)) => checkup.error("protection", names_nobody(&list.value, &nobody, &list.origin)),
            Err(error) => checkup.error("protection", error),
        }
    }
    let Some(filter) = &limits.protected_filter else {
        return;
    };
    let told = |count: usize| {
        let users = counted(count as u64, "user", "users");
        format!("`{}` ({}) finds {users}", filter.value, filter.origin)
    };
    match protected_by(filter, job).await {
        Ok(found) if found.is_empty() => checkup.warning(
            "protection",
            told(0),
            [
                "whom it should protect is not protected: see with `dirsheet export --filter` whom it means"
                    .to_owned(),
            ],
        ),
        Ok(found) => checkup.well("protection", told(found.len())),
        Err(error) => checkup.error("protection", error),
    }
}

/// By their numbers: a wrong entry may be anything.
fn names_nobody(list: &[UserKey], nobody: &[String], origin: &str) -> CliError {
    let numbers: Vec<String> = list
        .iter()
        .enumerate()
        .filter(|(_, key)| nobody.contains(&key.to_string()))
        .map(|(place, _)| (place + 1).to_string())
        .collect();
    let (entries, verb) = match numbers.len() {
        1 => ("entry", "names"),
        _ => ("entries", "name"),
    };
    CliError::usage(format!(
        "{entries} {} of {origin} {verb} nobody, and no plan that changes anybody passes",
        numbers.join(", ")
    ))
    .hint("write the userPrincipalName or the object id of somebody who is there, or take it out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_entry_is_told_by_its_number() {
        let list: Vec<UserKey> = ["a@contoso.com", "b@contoso.com", "c@contoso.com"]
            .iter()
            .map(|text| UserKey::parse(text).unwrap())
            .collect();
        let told = |nobody: &[&str]| {
            let nobody: Vec<String> = nobody.iter().map(|text| (*text).to_owned()).collect();
            names_nobody(&list, &nobody, "guards.protected").message
        };
        assert!(told(&["b@contoso.com"]).starts_with("entry 2 of guards.protected names nobody"));
        let both = told(&["a@contoso.com", "c@contoso.com"]);
        assert!(
            both.starts_with("entries 1, 3 of") && !both.contains('@'),
            "{both}"
        );
    }
}
