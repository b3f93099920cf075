//! `demo`: the whole road on the embedded directory, each step with the command line that does it.
//!
//! Every step runs the same code as the command a person would type, in DIR, so that every line shown can be typed again.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::connect::kept_sandbox;
use super::error::CliError;
use super::exit::Exit;
use super::output::Output;
use crate::engine::Stop;
use crate::sandbox;

/// The people of the embedded directory, and the sheet that somebody edited.
const DIRECTORY: &str = include_str!("../../samples/directory.csv");
const EDITED: &str = include_str!("../../samples/users-edited.csv");
/// What stands in the sample's `_snapshot` column instead of the id of an export.
const SNAPSHOT_PLACEHOLDER: &str = "snap-00000000-000000-0000";

/// A folder with this file in it was made by an earlier demo and may be made anew.
const MARK: &str = "made-by-dirsheet-demo.txt";

/// What the demo makes in its folder, beside the mark.
const MADE_FILES: [&str; 3] = ["directory.csv", "users.csv", "users-edited.csv"];
const MADE_FOLDERS: [&str; 2] = ["state", "reports"];

/// Runs the demo and leaves its files in `folder`.
pub async fn run(folder: &Path, output: Output) -> Result<Exit, CliError> {
    // The commands listen for themselves, and nobody would between them.
    let stop = Stop::new();
    let listening = stop.listen(None);
    prepare_folder(folder)?;
    std::env::set_current_dir(folder).map_err(|error| cannot("enter", folder, &error))?;
    write("directory.csv", DIRECTORY)?;
    let state = PathBuf::from("state");
    fill_directory(&state).await?;
    let demo = Demo {
        output,
        stop,
        failed: false,
    };
    let walked = demo.walk(folder, &state).await;
    listening.abort();
    walked
}

struct Demo {
    output: Output,
    stop: Stop,
    failed: bool,
}

impl Demo {
    async fn walk(mut self, folder: &Path, state: &Path) -> Result<Exit, CliError> {
        self.tell(&format!(
            "This is dirsheet on an embedded directory of 37 invented people. Nothing leaves this computer.\n\
             All files are in `{}`; each line that begins with `$` can be typed there.",
            folder.display()
        ))?;
        self.tell("1. Export all users to a sheet.")?;
        self.step(&["export", "-o", "users.csv"], Exit::Done).await?;

        self.tell(
            "2. Somebody edits the sheet in a spreadsheet: a department is renamed, titles, phones, a manager and a cost\n\
             \x20  centre change, a fax number is cleared, three cells go wrong, the rows are sorted, and a Dutch Excel saves it\n\
             \x20  with semicolons. The result is `users-edited.csv`.",
        )?;
        write(
            "users-edited.csv",
            &EDITED.replace(SNAPSHOT_PLACEHOLDER, &exported_snapshot("users.csv")?),
        )?;

        self.tell(
            "3. Meanwhile a colleague changes Chloé's office in the portal, which the sheet does not know.",
        )?;
        change_behind_the_back(state).await?;

        self.tell("4. Check the sheet, without any network. Every problem is named at once, with its cell and what to do.")?;
        self.step(&["check", "users-edited.csv"], Exit::SheetErrors)
            .await?;

        self.tell(
            "5. Look at the plan: what would really change, cell by cell. `--skip-errors` leaves the bad cells out, and\n\
             \x20  `--allow admins` says that the row about an administrator is meant.",
        )?;
        let plan = ["plan", "users-edited.csv", "--skip-errors", "--allow", "admins"];
        self.step(&plan, Exit::Conflicts).await?;

        self.tell("6. Without a decision about errors and conflicts nothing is written.")?;
        self.step(&["apply", "users-edited.csv", "--yes"], Exit::SheetErrors)
            .await?;

        self.tell(
            "7. Apply: leave out the bad cells, and leave the conflict as the directory has it. One thing the service would\n\
             \x20  refuse, and so it is not sent: an administrator's phone. The other cells of that row still land.",
        )?;
        let apply = [
            "apply",
            "users-edited.csv",
            "--skip-errors",
            "--conflicts",
            "skip",
            "--allow",
            "admins",
            "--report-dir",
            "reports",
            "--yes",
        ];
        self.step(&apply, Exit::SomeFailed).await?;

        self.tell("8. The same again: what is done is done, and nothing is written twice.")?;
        let again = [
            "apply",
            "users-edited.csv",
            "--skip-errors",
            "--conflicts",
            "skip",
            "--allow",
            "admins",
            "--yes",
        ];
        self.step(&again, Exit::SomeFailed).await?;
        self.step(&["runs"], Exit::Done).await?;

        self.tell(&format!(
            "That was the whole road. In `{}` you find the exported sheet, the edited one, and in `reports` what became of\n\
             every row, with the rows that still need work in a file of their own that can be corrected and applied.\n\
             `dirsheet undo RUN --sandbox --state-dir state` there takes a run back, and undoes nothing that others changed since.",
            folder.display()
        ))?;
        Ok(if self.failed { Exit::Unexpected } else { Exit::Done })
    }

    fn tell(&self, text: &str) -> Result<(), CliError> {
        self.output.data(&format!("\n{text}\n"))
    }

    /// Shows a command line, runs it, and holds its exit code against what was foretold.
    async fn step(&mut self, words: &[&str], expected: Exit) -> Result<(), CliError> {
        let tail = ["--sandbox", "--state-dir", "state"];
        let line: Vec<&str> = ["dirsheet"]
            .into_iter()
            .chain(words.iter().copied())
            .chain(tail)
            .collect();
        self.output.data(&format!("\n$ {}\n", line.join(" ")))?;
        let exit = Box::pin(super::run(line)).await;
        if self.stop.is_draining() {
            return Err(CliError::new(
                Exit::Interrupted,
                "stopped before the end of the demo",
            ));
        }
        if exit == expected {
            self.output.data(&format!("(exit code {})\n", exit.code()))?;
        } else {
            self.failed = true;
            self.output.data(&format!(
                "(exit code {}, but {} was expected)\n",
                exit.code(),
                expected.code()
            ))?;
        }
        Ok(())
    }
}

/// Makes the folder, or takes out of it what an earlier demo made; never touches anything else.
fn prepare_folder(folder: &Path) -> Result<(), CliError> {
    let mark = folder.join(MARK);
    if mark.is_file() {
        let gone = MADE_FILES
            .iter()
            .map(|name| {
                (
                    folder.join(name),
                    std::fs::remove_file as fn(PathBuf) -> std::io::Result<()>,
                )
            })
            .chain(MADE_FOLDERS.iter().map(|name| {
                (
                    folder.join(name),
                    std::fs::remove_dir_all as fn(PathBuf) -> std::io::Result<()>,
                )
            }));
        for (path, remove) in gone {
            match remove(path.clone()) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(cannot("remove what an earlier demo left,", &path, &error));
                }
                _ => {}
            }
        }
    } else {
        std::fs::create_dir_all(folder).map_err(|error| cannot("make", folder, &error))?;
        let mut entries = std::fs::read_dir(folder).map_err(|error| cannot("read", folder, &error))?;
        if entries.next().is_some() {
            return Err(
                CliError::usage(format!("the folder `{}` is not empty", folder.display()))
                    .hint("name another one: `dirsheet demo DIR`"),
            );
        }
    }
    let text = format!(
        "`dirsheet demo` made {} and the folders {} here, and makes them anew when it runs again.\nAnything else in this folder stays.\n",
        MADE_FILES.join(", "),
        MADE_FOLDERS.join(", ")
    );
    std::fs::write(&mark, text).map_err(|error| cannot("write", &mark, &error))
}

async fn fill_directory(state: &Path) -> Result<(), CliError> {
    let folder = state.join("sandbox");
    let people = sandbox::People::FromSheet(PathBuf::from("directory.csv"));
    sandbox::start(sandbox::SandboxOptions {
        people,
        ..kept_sandbox(folder)
    })
    .await?
    .shutdown()
    .await?;
    Ok(())
}

async fn change_behind_the_back(state: &Path) -> Result<(), CliError> {
    let sandbox = sandbox::start(kept_sandbox(state.join("sandbox"))).await?;
    let changed = sandbox.edit(
        "chloe.dubois@contoso.example",
        "officeLocation",
        json!("PAR-2.02"),
    );
    sandbox.shutdown().await?;
    changed.map_err(|error| CliError::new(Exit::Unexpected, error))
}

/// The snapshot's id, from the last column of the first row.
fn exported_snapshot(sheet: &str) -> Result<String, CliError> {
    let path = Path::new(sheet);
    let text = std::fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    text.split("\"snap-")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .map(|rest| format!("snap-{rest}"))
        .ok_or_else(|| CliError::new(Exit::Unexpected, format!("`{sheet}` holds no snapshot id")))
}

fn write(name: &str, text: &str) -> Result<(), CliError> {
    std::fs::write(name, text).map_err(|error| cannot("write", Path::new(name), &error))
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> CliError {
    CliError::usage(format!("cannot {what} `{}`: {error}", path.display()))
}
