//! `feed schedule`: what starts a feed every night. It reads `FEED.toml`, and how the named profile or the environment signs in; it
//! reads no secret, and changes nothing but the files it is asked for.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::opening;
use crate::cli::args::{FeedScheduleArgs, Global};
use crate::cli::connect::{environment, flags};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::config::{ScheduledSignIn, scheduled_files, scheduled_sign_in, scheduled_surroundings};
use crate::feed::schedule::{
    Job, NamedFile, Paths, ScheduleProblem, ScheduleText, Scheduler, SignsIn, texts,
};
use crate::feed::settings::FeedSettings;

/// Prints the texts, or writes them into a folder.
pub fn run(global: &Global, arguments: &FeedScheduleArgs) -> Result<Exit, CliError> {
    let output = Output::new(global);
    let scheduler = match arguments.scheduler {
        Some(word) => word.into(),
        None if cfg!(windows) => Scheduler::Windows,
        None => Scheduler::Systemd,
    };
    let path = whole(&arguments.settings)?;
    let settings = opening::settings(&arguments.settings)?;
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()
            .map_err(|error| {
                CliError::usage(format!("cannot tell where this program is: {error}"))
                    .hint("name it with `--program PATH`")
            })
            .and_then(|path| word(&path))?,
    };
    let paths = Paths {
        program,
        writes: written(&settings, &path)?,
        settings: word(&path)?,
        state: state(global)?,
        config: global
            .config
            .as_deref()
            .map(|path| whole(path).and_then(|path| word(&path)))
            .transpose()?,
    };
    let mut typed = Vec::new();
    if global.sandbox {
        typed.push("--sandbox".to_owned());
    }
    if let Some(url) = &global.graph_url {
        typed.extend(["--graph-url".to_owned(), url.clone()]);
    }
    let sign_in = match scheduled_sign_in(&flags(global), &environment())? {
        ScheduledSignIn::Variables(names) => SignsIn::Variables(names),
        ScheduledSignIn::File => SignsIn::File,
        ScheduledSignIn::Profile => SignsIn::Profile,
    };
    let mut job = Job::new(&settings, paths, global.profile.clone(), sign_in, typed).map_err(|problems| {
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        CliError::usage(format!(
            "`{}` cannot be scheduled:\n  {}",
            arguments.settings.display(),
            said.join("\n  ")
        ))
    })?;
    job.variables
        .splice(0..0, scheduled_surroundings(&flags(global), &environment()));
    let (named, told) = named_files(global, &job)?;
    let problem = |problem: ScheduleProblem| CliError::usage(problem.to_string());
    let job = job.with_files(named).map_err(problem)?;
    let mut files = texts(&job, scheduler).map_err(problem)?;
    if let Some(file) = files.first_mut() {
        file.install.splice(0..0, told);
    }
    if let Some(folder) = &arguments.output {
        write(folder, &files)?;
    }
    tell(output, &files, arguments.output.as_deref())?;
    Ok(Exit::Done)
}

/// The files that the sign-in reads, by their whole paths, and what to do about each.
fn named_files(global: &Global, job: &Job) -> Result<(Vec<NamedFile>, Vec<String>), CliError> {
    let mut variables = job.variables.clone();
    if let SignsIn::Variables(names) = &job.sign_in {
        variables.extend(names.iter().cloned());
    }
    let (mut files, mut told) = (Vec::new(), Vec::new());
    for file in scheduled_files(&flags(global), &environment(), &variables) {
        let typed = file.path.to_string_lossy().into_owned();
        let path = match is_foreign(&typed) || file.path.is_absolute() {
            true => typed.clone(),
            false => word(&whole(&of_home(&file.path))?)?,
        };
        let setting = &file.setting;
        if file.is_variable {
            told.push(format!(
                "bring the file that {setting} names along: `{path}`, readable by the account that runs the feed, and in nobody's home folder"
            ));
        } else if path != typed {
            told.push(format!(
                "write `{setting} = {path:?}` into the configuration file: `{typed}` would be looked for in the folder in which the scheduler starts"
            ));
        }
        files.push(NamedFile {
            setting: file.setting,
            path,
            is_variable: file.is_variable,
        });
    }
    Ok((files, told))
}

/// `~/…` in the home folder of whoever types the command. A shell writes it out itself, but not in quotes, and not in a file.
fn of_home(path: &Path) -> PathBuf {
    let home = std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    match (path.strip_prefix("~"), home.filter(|home| !home.is_empty())) {
        (Ok(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path.to_owned(),
    }
}

/// Prints what was not written, and how all of it is put in its place.
fn tell(output: Output, files: &[ScheduleText], folder: Option<&Path>) -> Result<(), CliError> {
    if output.json {
        let files: Vec<_> = files
            .iter()
            .map(|file| json!({ "name": file.name, "text": file.text, "install": file.install }))
            .collect();
        return output.json(&json!({ "files": files }));
    }
    if folder.is_none() {
        for (number, file) in files.iter().enumerate() {
            let gap = if number == 0 { "" } else { "\n" };
            // Several files in one stream are parted by their names.
            let head = if files.len() > 1 {
                format!("{gap}# ---- {} ----\n", file.name)
            } else {
                String::new()
            };
            output.data(&format!("{head}{}", file.text))?;
        }
    }
    let names: Vec<String> = files
        .iter()
        .map(|file| match folder {
            Some(folder) => folder.join(&file.name).display().to_string(),
            None => file.name.clone(),
        })
        .map(|name| format!("`{name}`"))
        .collect();
    let verb = if folder.is_some() { "Written" } else { "For" };
    output.say(&format!("{verb}: {}. To put it in its place:", names.join(", ")));
    for line in files.iter().flat_map(|file| &file.install) {
        output.say(&format!("  {line}"));
    }
    Ok(())
}

/// Writes the files; one that is there and says something else is not replaced.
fn write(folder: &Path, files: &[ScheduleText]) -> Result<(), CliError> {
    let cannot = |what: &str, path: &Path, error: &std::io::Error| {
        CliError::usage(format!("cannot {what} `{}`: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| cannot("make", folder, &error))?;
    for file in files {
        let path = folder.join(&file.name);
        match std::fs::read(&path) {
            Ok(there) if there == file.text.as_bytes() => {}
            Ok(_) => {
                return Err(CliError::usage(format!(
                    "`{}` is there and says something else",
                    path.display()
                ))
                .hint("compare it with what `feed schedule` prints without `-o`, or remove it"));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(cannot("read", &path, &error)),
        }
    }
    for file in files {
        let path = folder.join(&file.name);
        std::fs::write(&path, &file.text).map_err(|error| cannot("write", &path, &error))?;
    }
    Ok(())
}

/// The state folder of the service: what was named, else the place where a system keeps such things. The folder of the person who
/// types this is none for a service.
fn state(global: &Global) -> Result<String, CliError> {
    let named = global.state_dir.clone().or_else(|| {
        std::env::var_os("DIRSHEET_STATE_DIR")
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    });
    match named {
        // A path of another system is not put after a folder of this one.
        Some(path) if path.to_str().is_some_and(is_foreign) => word(&path),
        Some(path) => whole(&path).and_then(|path| word(&path)),
        None if cfg!(windows) => Ok("C:\\ProgramData\\dirsheet".to_owned()),
        None => Ok("/var/lib/dirsheet".to_owned()),
    }
}

/// The folders that a night writes to beside the state folder, whole.
fn written(settings: &FeedSettings, path: &Path) -> Result<Vec<String>, CliError> {
    let base = path.parent().unwrap_or(Path::new("/"));
    let parent = |file: &str| {
        Path::new(file)
            .parent()
            .map_or_else(String::new, |folder| folder.to_string_lossy().into_owned())
    };
    let source = &settings.source;
    // A file that goes elsewhere is taken out of its folder.
    let inbox = (source.archive.is_some() || source.quarantine.is_some()).then(|| parent(&source.path));
    let metrics = settings.notify.metrics.as_deref().map(parent);
    let passwords = settings
        .joiners
        .as_ref()
        .and_then(|joiners| joiners.passwords.clone());
    let folders = [
        inbox,
        source.archive.clone(),
        source.quarantine.clone(),
        settings.approve.folder.clone(),
        passwords,
        metrics,
    ];
    let mut all = Vec::new();
    for folder in folders.into_iter().flatten() {
        let folder = if is_foreign(&folder) {
            folder
        } else {
            word(&plain(&base.join(folder)))?
        };
        if !all.contains(&folder) {
            all.push(folder);
        }
    }
    Ok(all)
}

/// `C:\…` or `\\server\…`, on a system that has no such paths.
fn is_foreign(path: &str) -> bool {
    let letters = path.as_bytes();
    !cfg!(windows)
        && (path.starts_with("\\\\")
            || (letters.len() > 2
                && letters[0].is_ascii_alphabetic()
                && letters[1] == b':'
                && letters[2] == b'\\'))
}

fn whole(path: &Path) -> Result<PathBuf, CliError> {
    std::path::absolute(path)
        .map(|path| plain(&path))
        .map_err(|error| CliError::usage(format!("cannot tell where `{}` is: {error}", path.display())))
}

/// The path without `.`, as nobody would type it.
fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

fn word(path: &Path) -> Result<String, CliError> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        CliError::usage(format!(
            "`{}` is not UTF-8, which no scheduler's file can hold",
            path.display()
        ))
    })
}
