//! The recipes for a program that uses the library: the functions of the commands, where nobody is at a terminal and nobody can be
//! asked. `docs/design/library.md` says why the library comes in by this door.

use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use tokio::task::spawn_blocking;

use super::args::{ResumeArgs, UndoArgs};
use super::check::look;
use super::choices::Chosen;
use super::connect::{Connected, Context, Job, not_counted};
use super::open::done;
use super::plan::obstacle;
use super::prepare::plan_sheet;
use super::reports;
use super::sign_in::doubts;
use super::warning::Said;
use super::{crossed, export, limits, plan_file, reading, resume, sealed, undo};
use crate::config::{self, Config, Environment, Flags, Target};
use crate::domain::{ConflictPolicy, Finding, RunId, inspect};
use crate::engine::{Stop, Wish};
use crate::report::SheetFacts;
use crate::state::{StateFolder, TenantLock};

pub use super::args::{ExportArgs, GuardArgs, RunArgs, SheetArgs};
pub use super::connect::environment;
pub use super::error::CliError;
pub use super::exit::Exit;
pub use super::export::Written;
use super::listener::Slot;
pub use super::listener::{Heard, Listener};
pub use super::prepare::Planned;
pub use super::reports::Report;
pub use super::warning::{Warning, WarningKind};
pub use made::Made;

mod made;
#[cfg(test)]
mod tests;

use made::{of_sealed, sealed_of};

/// A directory that a program works with, and the state folder beside it. Each call signs in for itself, as each command does: what
/// one of them has learnt about new users, passwords or pictures is nothing that another may lean on.
pub struct Host {
    context: Context,
    state: StateFolder,
    tenant: String,
    wish: Wish,
    /// The run that the last apply began.
    began: Slot<RunId>,
    /// The plan of an apply, until a run begins.
    spare: Slot<Made>,
    flags: Flags,
    environment: Environment,
}

/// How an apply ended, and of which run.
pub struct Ran {
    pub run: Option<RunId>,
    /// The plan, where no run began.
    pub made: Option<Made>,
    pub ended: Result<Exit, CliError>,
}

/// Which tenant of which cloud it is; `None` for the embedded one.
fn directory(target: &Target) -> Option<(&str, &str)> {
    match target {
        Target::Tenant(sign_in) => Some((&sign_in.tenant.value, &sign_in.graph_url.value)),
        Target::Sandbox | Target::Missing { .. } => None,
    }
}

/// The settings. A command may be asked for the secret meanwhile, which must not hold up the program's runtime.
async fn resolved(flags: &Flags, environment: &Environment) -> Result<Config, CliError> {
    let (flags, environment) = (flags.clone(), environment.clone());
    Ok(done(spawn_blocking(move || config::resolve(&flags, &environment))).await?)
}

/// A context that says nothing.
async fn context(flags: &Flags, environment: &Environment) -> Result<Context, CliError> {
    Ok(Context {
        config: resolved(flags, environment).await?,
        output: super::output::Output::silent(),
        stop: Stop::new(),
        directory: String::new(),
        place: String::new(),
        told_of_secret: Once::new(),
        listener: None,
        said: Said::default(),
    })
}

/// What is wrong with a sheet, without the network.
///
/// # Errors
/// The settings are wrong, or the file is no sheet.
pub async fn check(
    flags: &Flags,
    environment: &Environment,
    sheet: &Path,
    reading: &SheetArgs,
) -> Result<(SheetFacts, Vec<Finding>), CliError> {
    let context = context(flags, environment).await?;
    let state = context.state()?;
    let (prepared, findings) = look(&context, &state, sheet, reading, &[]).await?;
    Ok((prepared.facts, findings))
}

impl Host {
    /// Signs in once, so that a wrong secret is found before any work.
    ///
    /// # Errors
    /// The settings are wrong, the state folder cannot be used, or the sign-in is refused.
    pub async fn open(flags: &Flags, environment: &Environment) -> Result<Host, CliError> {
        let context = context(flags, environment).await?;
        if let Some(told) = &context.config.crossed.address {
            return Err(crossed::refused(told));
        }
        let state = context.state()?;
        let connected = Connected::open(&context, &state).await?;
        let tenant = connected.tenant.clone();
        connected.close().await?;
        let mut host = Host {
            context,
            state,
            tenant,
            wish: Wish::default(),
            began: Slot::default(),
            spare: Slot::default(),
            flags: flags.clone(),
            environment: environment.clone(),
        };
        host.listen(|_| {});
        Ok(host)
    }

    /// Tells whatever happens from now on to this function.
    pub fn listen(&mut self, hear: impl Fn(Heard) + Send + Sync + 'static) {
        let (began, spare) = (self.began.clone(), self.spare.clone());
        self.context.listener = Some(Listener::new(move |heard| {
            if let Heard::RunBegan(run) = &heard {
                began.put(Some(run.clone()));
                spare.put(None);
            }
            hear(heard);
        }));
    }

    /// By which what is under way, and everything after it, is asked to end in good order.
    pub fn wish(&self) -> Wish {
        self.wish.clone()
    }

    /// The tenant's id where the sign-in tells it, else as configured.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// What a person would be told in a terminal before anything is done.
    pub fn warnings(&self) -> Vec<Warning> {
        let config = &self.context.config;
        let guards = config.guards_elsewhere.as_deref().map(not_counted);
        let secrets = match &config.target {
            Target::Tenant(sign_in) => doubts(sign_in),
            Target::Sandbox | Target::Missing { .. } => Vec::new(),
        };
        let tenant = config.crossed.tenant.clone();
        let tenant = tenant.map(|told| (WarningKind::CrossedTenant, told));
        let guards = guards.map(|told| (WarningKind::GuardsElsewhere, told));
        let told = tenant.into_iter().chain(guards).chain(secrets);
        told.map(|(kind, message)| Warning { kind, message }).collect()
    }

    /// What the last call said beside its result.
    pub fn warned(&self) -> Vec<Warning> {
        self.context.said.take()
    }

    /// The result of a call, unless the program's ear broke meanwhile. That is told once; then nobody listens.
    fn heard<T>(&mut self, result: Result<T, CliError>) -> Result<T, CliError> {
        let listener = self.context.listener.as_ref();
        let Some(panic) = listener.and_then(Listener::panicked) else {
            return result;
        };
        let told = format!(
            "the program's function for events panicked ({panic}): nothing was heard after it, and the call went on to its end"
        );
        self.listen(|_| {});
        match result {
            Ok(_) => Err(CliError::new(Exit::Unexpected, told)),
            Err(error) => Err(error.hint(told)),
        }
    }

    /// One call of the program: what stopped an earlier one stops no other, and the settings are those of now, as they are for a command.
    /// Between a plan and its apply somebody may have put a user under protection, or exchanged the secret.
    ///
    /// # Errors
    /// The settings are wrong by now, or name another directory.
    async fn turn(&mut self, deadline: Option<Duration>) -> Result<impl Drop + use<>, CliError> {
        let config = resolved(&self.flags, &self.environment).await?;
        if directory(&config.target) != directory(&self.context.config.target) {
            let other = "the settings name another directory than was connected; nothing was written";
            return Err(CliError::usage(other).hint("connect anew"));
        }
        self.context.config = config;
        // What a call said that was let go is nothing of this one.
        drop(self.warned());
        self.context.told_of_secret = Once::new();
        crossed::tell_tenant(&self.context);
        self.context.stop = Stop::new();
        Ok(self.context.stop.heed(&self.wish, deadline))
    }

    /// Exports everybody into a sheet, and keeps the snapshot.
    ///
    /// # Errors
    /// Those of the command.
    pub async fn export(&mut self, arguments: &ExportArgs) -> Result<Written, CliError> {
        let exported = self.write(arguments).await;
        self.heard(exported)
    }

    async fn write(&mut self, arguments: &ExportArgs) -> Result<Written, CliError> {
        let _turn = self.turn(None).await?;
        let begun = export::Begun::new(&self.context, arguments)?;
        let connected = Connected::open(&self.context, &self.state).await?;
        let exported = begun
            .export(&self.context, arguments, &connected, &self.state)
            .await;
        let closed = connected.close().await;
        let exported = exported?;
        closed?;
        Ok(exported)
    }

    /// Makes the plan of a sheet. Nothing here can write to the directory.
    ///
    /// # Errors
    /// Those of the command. What stands in the way of a plan is no error yet.
    pub async fn plan(
        &mut self,
        sheet: &Path,
        reading: SheetArgs,
        guards: GuardArgs,
    ) -> Result<Made, CliError> {
        let made = self.make(sheet, reading, guards).await;
        self.heard(made)
    }

    async fn make(&mut self, sheet: &Path, reading: SheetArgs, guards: GuardArgs) -> Result<Made, CliError> {
        limits::check_flags(&guards)?;
        reading::check_flags(sheet, &reading)?;
        // What no sealed plan can carry is refused before it is made.
        sealed::check_flags(&of_sealed(sheet, &guards, RunArgs::default()))?;
        let _turn = self.turn(None).await?;
        let connected = Connected::open(&self.context, &self.state).await?;
        let job = Job::new(&self.context, &self.state, &connected, None);
        let (progress, reporter) = self.context.progress();
        let planned = plan_sheet(sheet, &reading, &guards, &Chosen::default(), job, &reporter).await;
        drop(reporter);
        progress.finish().await;
        let closed = connected.close().await;
        let mut planned = planned?;
        closed?;
        planned.limits.unattended = true;
        planned.guards = inspect(&planned.plan, &planned.limits);
        Ok(Made {
            obstacle: obstacle(&planned, &guards),
            planned,
            guards,
            made_at: jiff::Timestamp::now(),
        })
    }

    /// Carries a plan out as `apply PLAN.json --yes` does: sealed, held against the sheet, the directory and the guards once more.
    pub async fn apply(&mut self, made: Made, how: RunArgs) -> Ran {
        self.began.put(None);
        let ended = self.carry_out(made, how).await;
        self.ran(ended)
    }

    fn ran(&mut self, ended: Result<Exit, CliError>) -> Ran {
        Ran {
            run: self.began.take(),
            made: self.spare.take(),
            ended: self.heard(ended),
        }
    }

    async fn carry_out(&mut self, made: Made, how: RunArgs) -> Result<Exit, CliError> {
        let sealed = sealed_of(&made, how);
        // Whatever ends it before a run begins gives it back; the run itself needs the memory.
        self.spare.put(Some(made));
        let (file, arguments) = sealed?;
        let deadline = arguments.run.deadline;
        let _turn = self.turn(deadline).await?;
        let connected = Connected::open(&self.context, &self.state).await?;
        let _alone = TenantLock::take(&self.state, &connected.tenant)?;
        let job = Job::new(&self.context, &self.state, &connected, deadline);
        let exit = plan_file::apply(job, &arguments, file, None).await;
        let closed = connected.close().await;
        let exit = exit?;
        closed?;
        Ok(exit)
    }

    /// Goes on with a run that ended early, as `resume RUN --yes` does. The run is told where there is such a one.
    pub async fn resume(&mut self, run: &str, how: RunArgs) -> Ran {
        let known = resume::run_id(run).ok();
        let known = known.filter(|id| resume::record(&self.state, id).is_ok());
        self.spare.put(None);
        let ended = self.go_on(run, how).await;
        Ran {
            run: known,
            made: None,
            ended: self.heard(ended),
        }
    }

    async fn go_on(&mut self, run: &str, how: RunArgs) -> Result<Exit, CliError> {
        let arguments = ResumeArgs {
            run: run.to_owned(),
            how: RunArgs { yes: true, ..how },
        };
        let _turn = self.turn(arguments.how.deadline).await?;
        resume::run(&self.context, &arguments).await
    }

    /// Takes back what a run wrote, as `undo RUN --yes` does. The run of the undo, where there was something to take back.
    pub async fn undo(&mut self, run: &str, conflicts: ConflictPolicy, how: RunArgs) -> Ran {
        self.began.put(None);
        self.spare.put(None);
        let ended = self.take_back(run, conflicts, how).await;
        self.ran(ended)
    }

    async fn take_back(
        &mut self,
        run: &str,
        conflicts: ConflictPolicy,
        how: RunArgs,
    ) -> Result<Exit, CliError> {
        if how.passwords.is_some() {
            return Err(CliError::usage(
                "an undo sets no passwords, so no file is needed for them",
            ));
        }
        let arguments = UndoArgs {
            run: run.to_owned(),
            conflicts,
            how: RunArgs { yes: true, ..how },
            ..UndoArgs::default()
        };
        let _turn = self.turn(arguments.how.deadline).await?;
        match undo::run(&self.context, &arguments).await? {
            Exit::SomeFailed if self.began.is_empty() => Err(CliError::new(
                Exit::SomeFailed,
                format!("what is left of {run} cannot be taken back; nothing was written"),
            )
            .hint(format!("`dirsheet undo {run}` shows why, row by row"))),
            exit => Ok(exit),
        }
    }

    /// What became of the rows of a run, and its report files: of all rows, and of those that need work.
    ///
    /// # Errors
    /// There is no such run, or its journal cannot be read.
    pub fn report(&self, run: &RunId) -> Result<(Report, [Option<PathBuf>; 2]), CliError> {
        let record = resume::record(&self.state, run)?;
        let report = reports::read(&record, self.context.output.contacts)?;
        Ok((report, reports::files(record.header())))
    }
}
