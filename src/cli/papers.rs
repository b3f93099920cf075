//! The files of `plan`: the sealed plan, the workbook, the page, what is handed over. All are begun before the work, and appear whole or not at all.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::args::PlanArgs;
use super::conflict_sheet;
use super::error::CliError;
use super::exit::Exit;
use super::handover;
use super::keeper::{Keeper, KeptFile};
use super::output::Output;
use super::prepare::Planned;
use super::typed;
use crate::domain::{Choices, Conflict, Contacts, Directory, Obstacle, Plan};
use crate::report::{Paper, is_plan_page, write_book, write_page};
use crate::state::PlanFile;
use crate::table::is_own_paper;

/// The files that were asked for.
pub struct Papers<'k> {
    sealed: Option<KeptFile<'k>>,
    book: Option<KeptFile<'k>>,
    page: Option<KeptFile<'k>>,
    handover: Option<KeptFile<'k>>,
    conflicts: Option<KeptFile<'k>>,
    /// The sheet and how it is read, as on the command line.
    typed: String,
}

impl<'k> Papers<'k> {
    /// Refuses what cannot be written before anything is read.
    pub fn begin(arguments: &PlanArgs, keeper: Keeper<'k>) -> Result<Papers<'k>, CliError> {
        let base = arguments.reading.base.as_deref().map(Path::new);
        let outputs = [
            ("-o", arguments.output.as_deref()),
            ("--html", arguments.html.as_deref()),
            ("--handover", arguments.handover.as_deref()),
            ("--conflict-sheet", arguments.conflicts.conflict_sheet.as_deref()),
        ];
        let mut seen: Vec<(&str, PathBuf)> = Vec::new();
        for (flag, output) in outputs {
            let Some(output) = output else { continue };
            let rows_of = arguments.restore.rows_of.as_deref();
            let choices = arguments.guards.settle.choices.as_deref();
            for input in [arguments.sheet.as_deref(), base, rows_of, choices]
                .into_iter()
                .flatten()
            {
                check_is_another(input, output)?;
            }
            let whole = std::path::absolute(output).unwrap_or_else(|_| output.to_owned());
            if let Some((other, _)) = seen.iter().find(|(_, path)| *path == whole) {
                return Err(
                    CliError::usage(format!("`{other}` and `{flag}` name the same file"))
                        .hint("name a file for each"),
                );
            }
            seen.push((flag, whole));
        }
        let conflicts = arguments.conflicts.conflict_sheet.as_deref();
        if let Some(path) = conflicts {
            conflict_sheet::is_workbook(path)?;
            conflict_sheet::check_replaces(path)?;
        }
        let create = |path: Option<&Path>| path.map(|path| keeper.begin(path)).transpose();
        let output = arguments.output.as_deref();
        if output.is_some_and(|path| !ends_in(path, &["json", "xlsx"])) {
            return Err(
                CliError::usage("`-o` writes the plan as `.json` or as a workbook, `.xlsx`")
                    .hint("for a page, add `--html plan.html`"),
            );
        }
        if let Some(page) = &arguments.html {
            check_ending("--html", page, &["html", "htm"])?;
            check_replaces("--html", page, is_plan_page)?;
        }
        if let Some(handover) = &arguments.handover {
            check_ending("--handover", handover, &["csv"])?;
            check_replaces("--handover", handover, is_own_paper)?;
        }
        let is_book = |path: &&Path| ends_in(path, &["xlsx"]);
        if let Some(output) = output {
            let is_of_its_kind = if is_book(&output) {
                is_own_paper
            } else {
                PlanFile::is_one
            };
            check_replaces("-o", output, is_of_its_kind)?;
        }
        Ok(Papers {
            sealed: create(output.filter(|path| !is_book(path)))?,
            book: create(output.filter(is_book))?,
            page: create(arguments.html.as_deref())?,
            handover: create(arguments.handover.as_deref())?,
            conflicts: create(conflicts)?,
            typed: typed::sheet(arguments.sheet.as_deref(), &arguments.reading, &arguments.guards),
        })
    }

    /// Whether what is not sent is to be handed over, for which more must be read of these people.
    pub fn hands_over(&self) -> bool {
        self.handover.is_some()
    }

    /// Writes them. A plan with an obstacle is shown on every paper and sealed on none. `lifted` are the flags without which a
    /// guard would refuse the plan.
    pub fn write(
        self,
        planned: Planned,
        people: Option<&Directory>,
        obstacle: Option<Obstacle>,
        lifted: &[String],
        output: Output,
    ) -> Result<(), CliError> {
        let now = jiff::Timestamp::now();
        let told = output.contacts.plan(&planned.plan);
        let paper = Paper::of_plan(
            &told,
            &planned.findings,
            &planned.guards,
            planned.forecast,
            obstacle,
            now,
        );
        if let Some(file) = self.page {
            let path = file.path().to_owned();
            let mut out = BufWriter::with_capacity(1 << 16, file);
            let written = write_page(&paper, &mut out).and_then(|()| out.flush());
            written.map_err(|error| failed(&path, &error))?;
            let file = out.into_inner().map_err(|error| failed(&path, error.error()))?;
            file.commit()?;
            output.say(&format!("The plan as a page is in {}.", path.display()));
        }
        if let Some(file) = self.book {
            let (path, folder) = (file.path().to_owned(), file.folder().to_owned());
            let file = write_book(&paper, file, &folder, now).map_err(|error| failed(&path, &error))?;
            file.commit()?;
            output.say(&format!("The plan as a workbook is in {}.", path.display()));
        }
        if let Some(file) = self.handover {
            let path = file.path().to_owned();
            let path = path.display();
            output.say(&match handover::write(file, &told, people)? {
                0 => format!("There is nothing to hand over; {path} has only its header."),
                1 => format!("What is not sent is in {path} (1 row), for the people who can do it."),
                rows => format!("What is not sent is in {path} ({rows} rows), for the people who can do it."),
            });
        }
        if let Some(file) = self.conflicts {
            write_conflicts(file, &told, &self.typed, obstacle, output)?;
        }
        let Some(mut file) = self.sealed else {
            return Ok(());
        };
        if obstacle.is_some() {
            output.complain("The plan file was not written, because this plan may not be applied as it is.");
            return Ok(());
        }
        drop(paper);
        drop(told);
        let path = file.path().to_owned();
        let sealed =
            PlanFile::new(planned.plan, planned.shape, now).map_err(|error| failed(&path, &error))?;
        let written = sealed.write(&mut file).and_then(|()| file.flush());
        written.map_err(|error| failed(&path, &error))?;
        file.commit()?;
        output.say(&format!(
            "The plan is in {}; its fingerprint is {}.",
            path.display(),
            sealed.fingerprint
        ));
        if !lifted.is_empty() {
            output.say(&format!(
                "What was lifted for it must be lifted again: `dirsheet apply {} {}`.",
                typed::word(&path.display().to_string()),
                lifted.join(" ")
            ));
        }
        Ok(())
    }
}

fn write_conflicts(
    file: KeptFile<'_>,
    plan: &Plan,
    sheet: &str,
    obstacle: Option<Obstacle>,
    output: Output,
) -> Result<(), CliError> {
    let shown = file.path().display().to_string();
    if obstacle == Some(Obstacle::SheetErrors) {
        output.complain(&format!(
            "{shown} was not written: correct the sheet first. Choices hold for these bytes of it only."
        ));
        return Ok(());
    }
    let path = typed::word(&shown);
    let rows = conflict_sheet::write(file, plan, &Choices::default())?;
    let cells = match rows.open {
        0 => {
            output.say(&format!("No conflict is left, so {shown} was not written."));
            return Ok(());
        }
        1 => "The cell in conflict is".to_owned(),
        cells => format!("The {cells} cells in conflict are"),
    };
    let beside = match rows.decided {
        0 => String::new(),
        1 => ", beside 1 that was decided".to_owned(),
        decided => format!(", beside {decided} that were decided"),
    };
    let told_in_part = |conflict: &Conflict| conflict.attribute.is_masked();
    if output.contacts == Contacts::Masked && plan.conflicts().iter().any(told_in_part) {
        output.complain(
            "Numbers and addresses for signing in are told in part there, and a choice about them does not count: add \
             `--show-contacts` to decide about them in a sheet.",
        );
    }
    output.say(&format!(
        "{cells} in {shown}{beside}. Write `mine` or `theirs` into the column `_choice`, then: `dirsheet apply {sheet} --choices {path}`."
    ));
    Ok(())
}

fn failed(path: &Path, error: &std::io::Error) -> CliError {
    CliError::new(
        Exit::Unexpected,
        format!("cannot write `{}`: {error}", path.display()),
    )
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|extension| {
        endings
            .iter()
            .any(|ending| extension.eq_ignore_ascii_case(ending))
    })
}

/// A name that says another kind of file than is written is a slip, and may be the name of a file that somebody needs.
pub(super) fn check_ending(flag: &str, path: &Path, endings: &[&str]) -> Result<(), CliError> {
    if ends_in(path, endings) {
        return Ok(());
    }
    let endings: Vec<String> = endings.iter().map(|ending| format!("`.{ending}`")).collect();
    Err(CliError::usage(format!(
        "`{flag} {}`: the name says another kind of file than is written",
        path.display()
    ))
    .hint(format!("let it end in {}", endings.join(" or "))))
}

/// A plan never takes the place of what it was made from, whatever way the file is named.
pub(super) fn check_is_another(input: &Path, output: &Path) -> Result<(), CliError> {
    match (input.canonicalize(), output.canonicalize()) {
        (Ok(read), Ok(written)) if read == written => Err(CliError::usage(format!(
            "this would replace `{}`, from which it is made",
            input.display()
        ))
        .hint("name another file")),
        _ => Ok(()),
    }
}

/// A file that is there may be one in which somebody worked for days: only one of the kind that is written, which can be made
/// again, gives way to a new one.
pub(super) fn check_replaces(
    flag: &str,
    path: &Path,
    is_of_its_kind: fn(&Path) -> bool,
) -> Result<(), CliError> {
    let is_something = std::fs::metadata(path).is_ok_and(|known| known.is_file() && known.len() > 0);
    if !is_something || is_of_its_kind(path) {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "`{flag} {}`: the file is there already, and nothing is replaced unseen but a file that `{flag}` wrote",
        path.display()
    ))
    .hint("name a new file, or remove this one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_does_not_replace_its_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let sheet = folder.path().join("users.csv");
        std::fs::write(&sheet, "id\n").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let same = folder.path().join("sub").join("..").join("users.csv");
        for output in [&sheet, &same] {
            let error = check_is_another(&sheet, output).unwrap_err();
            assert_eq!(error.exit, Exit::Usage);
            assert!(error.message.contains("would replace"), "{}", error.message);
        }
        // A file that is not there yet, and a base that is a snapshot's name.
        assert_eq!(check_is_another(&sheet, &folder.path().join("plan.json")), Ok(()));
        assert_eq!(
            check_is_another(Path::new("snap-20261123-163203-224f"), &sheet),
            Ok(())
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_sheet_is_the_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let (sheet, link) = (folder.path().join("users.csv"), folder.path().join("plan.json"));
        std::fs::write(&sheet, "id\n").unwrap();
        std::os::unix::fs::symlink(&sheet, &link).unwrap();
        assert!(check_is_another(&sheet, &link).is_err());
    }
}
