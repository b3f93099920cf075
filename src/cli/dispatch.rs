//! From a command line to its recipe, and from an error to its words and exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use super::args::{Cli, Command, FeedCommand};
use super::connect::{Context, authorities_here, state_root};
use super::error::CliError;
use super::exit::Exit;
use super::output::Output;
use super::{
    apply, check, columns, crossed, demo, diff, doctor, export, feed, grammar, history, login, man, plan,
    prune, resume, sandbox, undo,
};
use crate::state::StateFolder;
use crate::table::{is_calm, remove_unfinished};

/// Parses the command line, runs the command, and says what went wrong if it did.
pub fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            // There is no command line yet whose flags could say how to speak.
            let complaint = format!("error: the runtime cannot be started: {error}\n");
            let _gone = std::io::Write::write_all(&mut std::io::stderr(), complaint.as_bytes());
            return Exit::Unexpected.into();
        }
    };
    // A library that panics where a disk is full is told as an error, without a page of what it was doing.
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_the_library = panic
            .location()
            .is_some_and(|place| place.file().contains("rust_xlsxwriter"));
        if !(is_calm() && is_the_library) {
            tell(panic);
        }
    }));
    // A panic is our mistake and has been told on stderr; it ends with the code for the unexpected like any other.
    let running = std::panic::AssertUnwindSafe(|| {
        runtime.block_on(async {
            meet_file_limits();
            run(std::env::args_os()).await
        })
    });
    let exit = std::panic::catch_unwind(running).unwrap_or(Exit::Unexpected);
    // Whoever insisted on leaving does not wait for a thread that still reads.
    runtime.shutdown_background();
    remove_unfinished();
    exit.into()
}

/// A file that grows beyond a limit (`ulimit -f`) is an error of the write, and no end of the process that leaves its drafts behind.
fn meet_file_limits() {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        /// `SIGXFSZ` of both systems.
        const FILE_TOO_LARGE: i32 = 25;
        let kind = tokio::signal::unix::SignalKind::from_raw(FILE_TOO_LARGE);
        // Once there is a listener, the signal does nothing by itself any more, also when nobody listens.
        let _heard = tokio::signal::unix::signal(kind);
    }
}

/// Runs one command line. Everything it has to say is said when this returns.
pub async fn run(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Exit {
    let cli = match grammar::read(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are data and no mistake; clap knows which stream is theirs.
            let is_mistake = error.use_stderr();
            let _gone = error.print();
            return if is_mistake { Exit::Usage } else { Exit::Done };
        }
    };
    let output = Output::new(&cli.global);
    match Box::pin(dispatch(cli)).await {
        Ok(exit) => exit,
        Err(error) => {
            output.complain(&error.text(|text| output.paint_error().bad(text)));
            error.exit
        }
    }
}

async fn dispatch(cli: Cli) -> Result<Exit, CliError> {
    let Cli { global, command } = cli;
    match command {
        Command::Columns => return columns::run(Output::new(&global)),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut grammar::grammar(), "dirsheet", &mut script);
            Output::new(&global).data(&String::from_utf8_lossy(&script))?;
            return Ok(Exit::Done);
        }
        Command::Man { folder } => return man::run(&folder, Output::new(&global)),
        Command::Doctor(arguments) => return doctor::run(&global, &arguments).await,
        Command::Demo { folder } => return demo::run(&folder, Output::new(&global)).await,
        // What is looked at without the network needs no settings of a tenant.
        Command::Feed(FeedCommand::Check(arguments)) => {
            return feed::check::run(&global, &arguments);
        }
        Command::Feed(FeedCommand::Preview(arguments)) => {
            return feed::preview::run(Output::new(&global), &arguments);
        }
        Command::Feed(FeedCommand::Init(arguments)) => {
            return feed::init::run(Output::new(&global), &arguments);
        }
        Command::Feed(FeedCommand::Schema) => return feed::schema::run(Output::new(&global)),
        // The settings of the machine it is typed on say nothing about the one it is for.
        Command::Feed(FeedCommand::Schedule(arguments)) => return feed::schedule::run(&global, &arguments),
        Command::Feed(FeedCommand::Notify(arguments)) => {
            return feed::notices::run(&global, &arguments).await;
        }
        _ => {}
    }
    let made = Context::new(&global).and_then(|context| crossed::look(&context, &command).map(|()| context));
    let mut context = match (made, &command) {
        (Ok(context), _) => context,
        // A vault that is down at night is heard of.
        (Err(error), Command::Feed(FeedCommand::Run(arguments))) => {
            let state = state_root(&global).ok().filter(|_| !arguments.dry_run);
            let state = state.and_then(|root| StateFolder::open(root).ok());
            let (output, trusted) = (
                Output::new(&global),
                authorities_here(&global).unwrap_or_default(),
            );
            return Err(feed::hearing::not_loaded(output, arguments, trusted, state.as_ref(), error).await);
        }
        (Err(error), _) => return Err(error),
    };
    if let Command::Feed(FeedCommand::Run(_)) = &command {
        // What a run says on stdout has no place beside the summary of a night.
        context.output = context.output.without_data();
    }
    let deadline = match &command {
        Command::Apply(arguments) => arguments.run.deadline,
        Command::Resume(arguments) => arguments.how.deadline,
        Command::Undo(arguments) => arguments.how.deadline,
        Command::Feed(FeedCommand::Run(arguments)) => arguments.deadline,
        _ => None,
    };
    let is_check = matches!(command, Command::Check(_));
    let listening = context.stop.listen(deadline);
    // Asked twice, the command is left wherever it is: what was sent is in the journal, and drafts are never in place.
    let exit = tokio::select! {
        exit = carry_on(&context, command) => exit,
        // A check has nothing under way that must end well, and writes its copy only after its last wait.
        () = context.stop.drained(), if is_check => Err(CliError::new(
            Exit::Interrupted,
            "stopped before the sheet was checked",
        )),
        () = context.stop.left() => Err(CliError::new(Exit::Interrupted, "left at once")
            .hint("`dirsheet runs` shows whether a run is to be resumed")),
    };
    listening.abort();
    exit
}

async fn carry_on(context: &Context, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Sandbox(arguments) => sandbox::run(context, &arguments).await,
        Command::Export(arguments) => export::run(context, &arguments).await,
        Command::Check(arguments) => check::run(context, &arguments).await,
        Command::Plan(arguments) => plan::run(context, &arguments).await,
        Command::Apply(arguments) => apply::run(context, &arguments).await,
        Command::Resume(arguments) => resume::run(context, &arguments).await,
        Command::Undo(arguments) => undo::run(context, &arguments).await,
        Command::Login(arguments) => login::login(context, &arguments).await,
        Command::Logout => login::logout(context),
        Command::Runs => history::runs(context),
        Command::Report { run, format } => history::report(context, &run, format),
        Command::Snapshots(arguments) if arguments.prune => prune::run(context, &arguments),
        Command::Snapshots(_) => history::snapshots(context),
        Command::Diff(arguments) => diff::run(context, &arguments).await,
        Command::Feed(FeedCommand::Run(arguments)) => feed::run::run(context, &arguments).await,
        Command::Feed(FeedCommand::History(arguments)) => feed::history::run(context, &arguments),
        // These need no settings and were answered before.
        Command::Demo { .. }
        | Command::Doctor(_)
        | Command::Columns
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Feed(_) => Ok(Exit::Done),
    }
}
