//! A sealed plan at the door: what it is bound to, the flags it cannot follow, and the cells that moved since it was made.

use std::io;
use std::path::Path;

use super::args::ApplyArgs;
use super::connect::Job;
use super::error::CliError;
use super::exit::Exit;
use crate::catalogue;
use crate::domain::{
    ConflictPolicy, Contacts, Outcome, Permission, Plan, Sourced, Value, WrongAge, age_in_words, check_age,
    shorten,
};
use crate::engine::Work;
use crate::report::amount;
use crate::state::{KnownPlan, PlanFile, PlanFileError};
use crate::table::file_sha256;

/// A plan that its feed has withdrawn is refused under any name, as far as the state folder is that of the feed. So is every plan while
/// a ledger there cannot be read, for it may be the one that knows. Of any other plan: what a feed knows of it.
pub fn check_withdrawn(
    file: &PlanFile,
    arguments: &ApplyArgs,
    job: Job<'_>,
) -> Result<Option<KnownPlan>, CliError> {
    let known = job.state.plan_of_feed(&file.fingerprint).map_err(|error| {
        CliError::usage(format!(
            "whether a feed has withdrawn the plan is not known: {error}; nothing was written"
        ))
        .hint("put the ledger right; where it is that of a feed that is no more, move its folder away")
    })?;
    if known.as_ref().is_some_and(|known| known.is_withdrawn) {
        let path = arguments.sheet.clone().unwrap_or_default();
        return Err(PlanFileError::Withdrawn { path }.into());
    }
    Ok(known)
}

/// With a plan file the sheet was read and the decisions were made when the plan was: a flag that would have changed them
/// says something that will not happen.
pub fn check_flags(arguments: &ApplyArgs) -> Result<(), CliError> {
    let (reading, guards) = (&arguments.reading, &arguments.guards);
    if guards.allow.contains(&Permission::PasswordsInSheet) {
        return Err(CliError::usage(
            "`--allow passwords-in-sheet` means nothing here: a plan file holds no passwords, and its sheet is not read again; nothing was written",
        )
        .hint(
            "apply the sheet itself (`--fingerprint` says that it is the reviewed plan), or leave the word out and add `--passwords FILE`",
        ));
    }
    let mine = guards.settle.policy() == ConflictPolicy::Mine;
    let typed = [
        (mine, "--conflicts mine"),
        (guards.skip_errors, "--skip-errors"),
        (guards.settle.choices.is_some(), "--choices"),
        (reading.base.is_some(), "--base"),
        (reading.delimiter.is_some(), "--delimiter"),
        (reading.encoding.is_some(), "--encoding"),
        (reading.worksheet.is_some(), "--worksheet"),
        (!reading.accept_derived.is_empty(), "--accept-derived"),
        (reading.key.is_some(), "--key"),
        (reading.manager_by.is_some(), "--manager-by"),
        (reading.photos.is_some(), "--photos"),
        (guards.new_names.is_some(), "--new-names"),
        (guards.invite.invite_redirect.is_some(), "--invite-redirect"),
    ];
    match typed.into_iter().find(|(is_typed, _)| *is_typed) {
        None => Ok(()),
        Some((_, flag)) => Err(CliError::usage(format!(
            "`{flag}` has no meaning for a plan file, which was decided when it was made; nothing was written"
        ))
        .hint(format!(
            "leave it out, or make the plan again with it: `dirsheet plan SHEET {flag}{} -o PLAN.json`",
            match flag {
                "--conflicts mine" | "--skip-errors" => "",
                _ => " …",
            }
        ))),
    }
}

/// A plan is carried out only where, and with what, it was made.
pub fn check_binding(file: &PlanFile, job: Job<'_>) -> Result<(), CliError> {
    let binding = file.plan.binding();
    let connected = job.connected;
    let again = "make the plan again";
    if binding.tenant != connected.tenant || binding.graph_url != connected.graph_url {
        return Err(CliError::usage(format!(
            "the plan was made for tenant `{}` at {}, and this is tenant `{}` at {}; nothing was written",
            binding.tenant, binding.graph_url, connected.tenant, connected.graph_url
        ))
        .hint("check which tenant you are signed in to, or make the plan again"));
    }
    if binding.catalogue != catalogue::VERSION {
        return Err(
            CliError::usage("the plan was made by another version of dirsheet; nothing was written")
                .hint(again),
        );
    }
    if !is_planned_sheet(&file.sheet.path, &binding.sheet_sha256)? {
        job.context.output.say(&format!(
            "The sheet `{}` is not there any more, so it was not compared with the plan.",
            file.sheet.path.display()
        ));
    }
    Ok(())
}

/// A plan can travel without its sheet: `false` when the sheet is not there. Where it is, it must be, byte for byte, the one
/// that was planned, readable as a sheet or not.
fn is_planned_sheet(path: &Path, sha256: &str) -> Result<bool, CliError> {
    match file_sha256(path) {
        Ok(found) if found == sha256 => Ok(true),
        Ok(_) => Err(CliError::usage(format!(
            "the sheet `{}` was changed after the plan was made; nothing was written",
            path.display()
        ))
        .hint("make the plan again")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(CliError::usage(format!(
            "the sheet `{}` cannot be compared with the plan: {error}; nothing was written",
            path.display()
        ))
        .hint("make it readable, or make the plan again")),
    }
}

/// A plan that lay about for long was reviewed in another world. The limit is the flag's, else the profile's.
pub fn check_plan_age(file: &PlanFile, arguments: &ApplyArgs, job: Job<'_>) -> Result<(), CliError> {
    let limit = match arguments.seal.max_age {
        Some(value) => Sourced {
            value,
            origin: "--max-age".to_owned(),
        },
        None => job.context.config.sealing.max_age.clone(),
    };
    let Err(wrong) = check_age(file.created_at, jiff::Timestamp::now(), limit.value) else {
        return Ok(());
    };
    Err(match wrong {
        WrongAge::TooOld { age } => CliError::new(
            Exit::GuardRefused,
            format!(
                "the plan is {} old, made at {:.0}, and the limit is {}, {}; nothing was written",
                age_in_words(age),
                file.created_at,
                age_in_words(limit.value),
                match limit.origin.as_str() {
                    "default" => "by default".to_owned(),
                    origin => format!("from {origin}"),
                }
            ),
        )
        .hint("make the plan again and look at it; if this one is still meant, let `--max-age` be more than its age"),
        WrongAge::FromTheFuture { ahead } => CliError::new(
            Exit::GuardRefused,
            format!(
                "the plan was made at {:.0}, which is {} from now; nothing was written",
                file.created_at,
                age_in_words(ahead)
            ),
        )
        .hint("set the clock of this computer, or of the one that made the plan, and make the plan again"),
    })
}

/// A second person approved a plan by its fingerprint: any other plan is not what was approved.
pub fn check_fingerprint(plan: &Plan, arguments: &ApplyArgs) -> Result<(), CliError> {
    let Some(approved) = &arguments.seal.fingerprint else {
        return Ok(());
    };
    let found = plan.fingerprint();
    if approved.matches(&found) {
        return Ok(());
    }
    let summary = plan.summary();
    Err(CliError::new(
        Exit::GuardRefused,
        format!(
            "the plan is not the one that was approved: its fingerprint is {found}, and `--fingerprint` says {}; nothing was written",
            approved.as_str()
        ),
    )
    .hint(format!(
        "this plan changes {}; compare that with what was reviewed",
        amount(&summary)
    ))
    .hint("the sheet, its base, a flag or the directory is another than at the review; look at the plan again, and approve that one"))
}

/// The cells that somebody else changed since, in words.
pub fn moved(work: &Work) -> Vec<String> {
    let shown = |attribute, value: &Value| match Contacts::Masked.cell(attribute, value) {
        text if text.is_empty() => "empty".to_owned(),
        text => format!("“{}”", shorten(&text)),
    };
    work.changes()
        .filter_map(|(change, outcome)| match outcome {
            Some(Outcome::Moved { live }) => Some(format!(
                "row {} {} {}: planned from {}, is {} now",
                work.row(),
                shorten(work.upn()),
                change.attribute.name,
                shown(change.attribute, &change.before),
                shown(change.attribute, live)
            )),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;

    #[test]
    fn a_flag_that_a_plan_file_cannot_follow_is_a_mistake() {
        let check = |flags: &[&str]| {
            let line = ["dirsheet", "apply", "plan.json"].iter().chain(flags);
            match Cli::try_parse_from(line).unwrap().command {
                Command::Apply(arguments) => check_flags(&arguments),
                other => unreachable!("{other:?}"),
            }
        };
        for flags in [
            &["--conflicts", "mine"][..],
            &["--skip-errors"],
            &["--base", "users.csv"],
            &["--delimiter", ";"],
            &["--encoding", "cp1252"],
            &["--worksheet", "Users"],
            &["--accept-derived", "employeeId"],
            &["--photos", "pictures"],
            &["--new-names", "{surname}@contoso.com"],
            &["--allow", "passwords-in-sheet"],
            &["--invite-redirect", "https://contoso.com/"],
        ] {
            let error = check(flags).unwrap_err();
            assert_eq!(error.exit, Exit::Usage, "{flags:?}");
            assert!(error.message.contains(flags[0]), "{}", error.message);
        }
        for flags in [
            &[][..],
            &[
                "--conflicts",
                "skip",
                "--yes",
                "--max-users",
                "5",
                "--allow",
                "rename",
            ],
        ] {
            assert_eq!(check(flags), Ok(()), "{flags:?}");
        }
    }

    #[test]
    fn a_sheet_that_is_there_must_be_the_planned_one_even_if_it_is_no_sheet_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        std::fs::write(&path, "id,jobTitle\n").unwrap();
        let planned = file_sha256(&path).unwrap();
        assert_eq!(is_planned_sheet(&path, &planned), Ok(true));
        for other in [&b"id,jobTitle\r\n"[..], b"", b"\xff\xfe no sheet \""] {
            std::fs::write(&path, other).unwrap();
            let error = is_planned_sheet(&path, &planned).unwrap_err();
            assert!(error.message.contains("was changed"), "{}", error.message);
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(is_planned_sheet(&path, &planned), Ok(false));
        // Something that is there and cannot be read is not the same as nothing.
        std::fs::create_dir(&path).unwrap();
        let error = is_planned_sheet(&path, &planned).unwrap_err();
        assert!(error.message.contains("cannot be compared"), "{}", error.message);
    }
}
