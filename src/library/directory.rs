//! A directory, and what is done with it.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{
    ApplyOptions, Conflicts, Error, Event, ExportOptions, NotApplied, Plan, PlanOptions, Run, Settings,
    Warning,
};
use crate::cli::hosted::{CliError, Exit, Host, Ran};
use crate::domain::RunId;
use crate::engine::Wish;

/// A directory of users, and the state folder beside it.
///
/// Its calls are asynchronous and run on the tokio runtime of the program, which must have time and network enabled. One call at a time
/// uses it. Nothing is printed, and no signal is listened for. A call whose future is dropped sends
/// nothing more, like a process that is killed: of an apply the journal knows what was sent, and `dirsheet resume` goes on. What it was doing
/// on other threads ends a little later (a sheet is read to its end, the run is let go); ask a call with a [`Stopper`] to end in good order.
pub struct Directory {
    host: Host,
}

/// An export that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// How many users are in the sheet.
    pub users: u64,
    /// The id of the snapshot that the rows name; `dirsheet snapshots` lists it.
    pub snapshot: String,
    /// Where the file is kept that stood there and was not, byte by byte, what an export wrote; `None` where there was none.
    pub kept: Option<PathBuf>,
    /// Columns of which some cells could not be read. These say `<not read>`, and are never written.
    pub unread: Vec<Unread>,
    /// What was said beside it.
    pub warnings: Vec<Warning>,
}

/// A column of which some cells could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unread {
    /// The attribute.
    pub column: &'static str,
    /// Of how many users.
    pub users: u64,
    /// What the service said.
    pub reason: String,
}

/// Asks a call to end in good order: what is under way is finished and written down, and nothing new is begun.
#[derive(Debug, Clone)]
pub struct Stopper(Wish);

impl Stopper {
    /// Asks for it. The call that is under way ends, and so does every later one of the same [`Directory`].
    pub fn stop(&self) {
        self.0.ask();
    }
}

impl Directory {
    /// Signs in once, so that wrong settings are found before any work. Each later call signs in for itself.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the settings are wrong, not enough or contradict each other;
    /// [`ErrorKind::SignIn`](crate::ErrorKind::SignIn) and [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when the sign-in fails.
    pub async fn connect(settings: &Settings) -> Result<Directory, Error> {
        let (flags, environment) = settings.resolve()?;
        let host = Host::open(&flags, &environment).await.map_err(Error::of)?;
        Ok(Directory { host })
    }

    /// Calls a function with whatever happens from now on, in order. It is called from tasks of the runtime; a thousand events may wait for
    /// one that takes long, and then the call does. Where it panics, nothing is heard any more; the call goes on to its end, and then gives
    /// an error that says so ([`ErrorKind::Unexpected`](crate::ErrorKind::Unexpected)), with the run where there is one.
    pub fn on_event(&mut self, hear: impl Fn(Event) + Send + Sync + 'static) {
        self.host.listen(move |heard| hear(Event::of(heard)));
    }

    /// By which another task can ask a call to end.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.host.wish())
    }

    /// The tenant's id where the sign-in tells it, else as configured.
    pub fn tenant(&self) -> &str {
        self.host.tenant()
    }

    /// What a person should know before anything is done; show it. It may be that the guards of a profile do not count, because it is about another tenant;
    /// that others may read the file of a secret. Each call says it again, and what it finds itself: with its result, its error, and as
    /// [`Event::Warned`].
    pub fn warnings(&self) -> Vec<Warning> {
        Warning::all(self.host.warnings())
    }

    /// Writes everybody into a sheet, and keeps a snapshot of them, as `dirsheet export -o FILE` does. The format is the one that the file's
    /// name ends with: `.csv`, `.xlsx` or `.jsonl`. The file stands in its place when it is whole; one that was
    /// there is replaced if an export wrote it just so, and kept beside it under a name of its own if not.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for a column that is not known or a file that cannot be written, and the kinds of
    /// [`Directory::connect`].
    pub async fn export(
        &mut self,
        file: impl AsRef<Path>,
        options: &ExportOptions,
    ) -> Result<Exported, Error> {
        let arguments = options.arguments(file.as_ref());
        let written = Box::pin(self.host.export(&arguments)).await;
        let (written, warnings) = self.with_warnings(written)?;
        let unread = written.unread.into_iter().map(|one| Unread {
            column: one.attribute,
            users: one.users,
            reason: one.reason,
        });
        Ok(Exported {
            users: written.users,
            snapshot: written.snapshot.map(|id| id.to_string()).unwrap_or_default(),
            kept: written.kept,
            unread: unread.collect(),
            warnings,
        })
    }

    /// Says what a sheet would change, held against the snapshot that its rows name and against the directory as it is now. Nothing is
    /// written.
    ///
    /// A plan that may not be applied is no error: [`Plan::obstacle`] says what stands in its way.
    ///
    /// # Errors
    /// [`ErrorKind::SheetErrors`](crate::ErrorKind::SheetErrors) when the file is no sheet at all, with its findings;
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for a missing base or options that do not fit together; and the kinds of
    /// [`Directory::connect`].
    pub async fn plan(&mut self, sheet: impl AsRef<Path>, options: &PlanOptions) -> Result<Plan, Error> {
        let (reading, guards) = (options.reading()?, options.guards());
        let made = Box::pin(self.host.plan(sheet.as_ref(), reading, guards)).await;
        let (made, warnings) = self.with_warnings(made)?;
        Ok(Plan::new(made, warnings))
    }

    /// Carries out a plan, as `dirsheet apply PLAN.json --yes` does: the sheet must still be the one that was planned, whom the guards protect
    /// is read once more, the guards look again, every user is read again before the write, the journal is written first, the service's pace
    /// is kept, and what was written is read back.
    ///
    /// # Errors
    /// Nothing was written where [`Error::run`] is `None`, and then the plan is given back: [`ErrorKind::SheetErrors`](crate::ErrorKind::SheetErrors),
    /// [`ErrorKind::Guards`](crate::ErrorKind::Guards) and [`ErrorKind::Conflicts`](crate::ErrorKind::Conflicts) for a plan with an
    /// obstacle, or one that has got one since; [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the sheet was changed since, when a
    /// file is missing for passwords; [`ErrorKind::Busy`](crate::ErrorKind::Busy) while another process writes to the same tenant; [`ErrorKind::SignIn`](crate::ErrorKind::SignIn)
    /// when none of it may be written. A run that began and ended early is no error: [`Run::ended`] says so.
    pub async fn apply(&mut self, plan: Plan, options: ApplyOptions) -> Result<Run, NotApplied> {
        let (made, said) = plan.into_parts();
        let mut ran = Box::pin(self.host.apply(made, options.how())).await;
        let made = ran.made.take();
        let run = self
            .ran(ran)
            .and_then(|run| run.ok_or_else(|| Error::usage("the plan has no rows; nothing was written")));
        run.map_err(|error| NotApplied::new(error, made.map(|made| Plan::new(made, said))))
    }

    /// Goes on with a run that ended early, as `dirsheet resume RUN --yes` does: what is in doubt is read before it is decided, and only the
    /// rest is sent. Of a run that has nothing left to do it tells what became of it.
    ///
    /// # Errors
    /// [`Error::run`] is the run wherever there is such a one, and says nothing about whether anything was written: its report does.
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when there is no such run, it belongs to another directory or was taken back;
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy) while another process works on it or writes to its tenant; and the kinds of
    /// [`Directory::connect`].
    pub async fn resume(&mut self, run: &str, options: ApplyOptions) -> Result<Run, Error> {
        let ran = Box::pin(self.host.resume(run, options.how())).await;
        let found = self.ran(ran)?;
        found.ok_or_else(|| Error::usage("there is no such run"))
    }

    /// Takes back what a run wrote, where nobody changed it since, as `dirsheet undo RUN --yes` does. It is a run of its own; `None` when
    /// nothing is left to take back; what is said then is heard ([`Event::Warned`]). `conflicts` says what becomes of cells that somebody changed after the run.
    ///
    /// # Errors
    /// [`ErrorKind::Conflicts`](crate::ErrorKind::Conflicts) for such cells with [`Conflicts::Stop`];
    /// [`ErrorKind::NothingUndone`](crate::ErrorKind::NothingUndone) when what is left cannot be taken back;
    /// [`ErrorKind::Guards`](crate::ErrorKind::Guards) when it would delete users or take privileged roles, which only the tool lets
    /// somebody allow; and the kinds of [`Directory::resume`].
    pub async fn undo(
        &mut self,
        run: &str,
        conflicts: Conflicts,
        options: ApplyOptions,
    ) -> Result<Option<Run>, Error> {
        let undone = self.host.undo(run, conflicts.policy(), options.how());
        let ran = Box::pin(undone).await;
        self.ran(ran)
    }

    /// The run that a call began, if it began one.
    fn ran(&self, Ran { run, ended, .. }: Ran) -> Result<Option<Run>, Error> {
        let warnings = Warning::all(self.host.warned());
        match (ended, run) {
            (Ok(exit), Some(run)) => match self.report(&run, exit) {
                Ok(run) => Ok(Some(Run { warnings, ..run })),
                Err(error) => Err(error.beside(warnings)),
            },
            (Ok(_), None) => Ok(None),
            (Err(error), run) => Err(Error::of(error).of_run(run).beside(warnings)),
        }
    }

    /// The result of a call, and what was said beside it.
    fn with_warnings<T>(&self, result: Result<T, CliError>) -> Result<(T, Vec<Warning>), Error> {
        let warnings = Warning::all(self.host.warned());
        match result {
            Ok(result) => Ok((result, warnings)),
            Err(error) => Err(Error::of(error).beside(warnings)),
        }
    }

    fn report(&self, run: &RunId, exit: Exit) -> Result<Run, Error> {
        let told = self.host.report(run);
        let (report, files) = told.map_err(|error| Error::of(error).of_run(Some(run.clone())))?;
        Ok(Run::new(run, exit, report, files))
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Directory");
        shown.field("tenant", &self.tenant()).finish_non_exhaustive()
    }
}
