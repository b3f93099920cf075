//! What starts a feed every night: texts for five schedulers, made from the settings and from paths that are given.
//!
//! Each text says in comments what it is for. Every value is written as its format wants it (`quote`), so that a path with
//! blanks, quotes or `%` comes out as it went in.

mod cron;
mod github;
mod kubernetes;
mod quote;
mod systemd;
mod times;
mod windows;

#[cfg(test)]
mod tests;

use thiserror::Error;

use super::settings::{FeedSettings, Notices, ScheduleRules, SecretSource};

pub use quote::{cron_word, github_text, shell_word, systemd_path, systemd_word, windows_word, yaml_text};
pub use times::{Day, Times};

/// A scheduler that a text can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduler {
    Systemd,
    Cron,
    Windows,
    Kubernetes,
    Github,
}

impl Scheduler {
    pub const ALL: [Scheduler; 5] = [
        Scheduler::Systemd,
        Scheduler::Cron,
        Scheduler::Windows,
        Scheduler::Kubernetes,
        Scheduler::Github,
    ];

    /// The word of `--as`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheduler::Systemd => "systemd",
            Scheduler::Cron => "cron",
            Scheduler::Windows => "windows",
            Scheduler::Kubernetes => "kubernetes",
            Scheduler::Github => "github",
        }
    }
}

/// Why no text can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{setting}: {reason}")]
pub struct ScheduleProblem {
    /// The setting or the path it is about.
    pub setting: String,
    pub reason: String,
}

impl ScheduleProblem {
    pub(crate) fn new(setting: impl Into<String>, reason: impl Into<String>) -> ScheduleProblem {
        ScheduleProblem {
            setting: setting.into(),
            reason: reason.into(),
        }
    }
}

/// The paths of one machine, all of them whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The program.
    pub program: String,
    /// `FEED.toml`.
    pub settings: String,
    /// The state folder.
    pub state: String,
    /// Folders the night writes to beside the state folder: archive, quarantine, plans, passwords, metrics, and the inbox
    /// when files are moved out of it.
    pub writes: Vec<String>,
    /// The configuration file, when one was named.
    pub config: Option<String>,
}

/// Where the sign-in comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignsIn {
    /// From these variables.
    Variables(Vec<String>),
    /// From a file that the profile names.
    File,
    /// From the profile, and nothing has to be brought.
    Profile,
}

const NO_CONTROL: &str =
    "holds a line end or another control character, which no scheduler takes; use another name";

/// A file that the sign-in reads, by its whole path: a scheduler starts the night in a folder of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The variable, or the setting of the configuration file, that names it.
    pub setting: String,
    pub path: String,
    /// It is a variable, and its value is the path.
    pub is_variable: bool,
}

/// All that a text is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The feed's name.
    pub name: String,
    pub paths: Paths,
    /// `--profile`, when one was named.
    pub profile: Option<String>,
    pub sign_in: SignsIn,
    /// Other flags of the command that go on: `--sandbox`, `--graph-url`.
    pub flags: Vec<String>,
    pub times: Times,
    /// The account it runs as.
    pub user: String,
    /// Environment variables in which the notices' secrets are, and what else of the shell the command needs.
    pub variables: Vec<String>,
    /// Files in which the notices' secrets are, as `FEED.toml` names them.
    pub secret_files: Vec<String>,
    /// Files that the sign-in reads.
    pub files: Vec<NamedFile>,
    /// Somebody is told of a night that needs a person, so that its exit code need not say it again.
    pub heard: bool,
}

/// A file for a scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleText {
    /// Its name, without a folder.
    pub name: String,
    pub text: String,
    /// How it is put in its place, a line each.
    pub install: Vec<String>,
}

impl Job {
    /// Judges the settings and the paths; all problems at once.
    pub fn new(
        settings: &FeedSettings,
        paths: Paths,
        profile: Option<String>,
        sign_in: SignsIn,
        flags: Vec<String>,
    ) -> Result<Job, Vec<ScheduleProblem>> {
        let mut problems = Vec::new();
        if settings.name.is_empty()
            || !settings
                .name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
        {
            problems.push(ScheduleProblem::new(
                "name",
                format!(
                    "`{}` is no name of a feed: letters, digits, `-` and `_`",
                    settings.name
                ),
            ));
        }
        let user = match user(&settings.schedule) {
            Ok(user) => user,
            Err(problem) => {
                problems.push(problem);
                String::new()
            }
        };
        let words = [&paths.program, &paths.settings, &paths.state]
            .into_iter()
            .chain(&paths.writes)
            .chain(&paths.config)
            .chain(&profile)
            .chain(&flags);
        for word in words {
            if word.chars().any(char::is_control) {
                problems.push(ScheduleProblem::new(
                    format!("`{}`", word.escape_debug()),
                    format!("it {NO_CONTROL}"),
                ));
            }
        }
        let times = match Times::judge(&settings.schedule) {
            Ok(times) => Some(times),
            Err(found) => {
                problems.extend(found);
                None
            }
        };
        let (variables, secret_files) = secrets(&settings.notify);
        match times {
            Some(times) if problems.is_empty() => Ok(Job {
                name: settings.name.clone(),
                paths,
                profile,
                sign_in,
                flags,
                times,
                user,
                variables,
                secret_files,
                files: Vec::new(),
                heard: !settings.notify.webhooks.is_empty() || settings.notify.mail.is_some(),
            }),
            _ => Err(problems),
        }
    }

    /// The same with the files that the sign-in reads.
    ///
    /// # Errors
    /// A path that no scheduler takes.
    pub fn with_files(self, files: Vec<NamedFile>) -> Result<Job, ScheduleProblem> {
        let odd = files.iter().find(|file| file.path.chars().any(char::is_control));
        match odd {
            Some(file) => Err(ScheduleProblem::new(
                file.setting.clone(),
                format!("`{}` {NO_CONTROL}", file.path.escape_debug()),
            )),
            None => Ok(Job { files, ..self }),
        }
    }

    /// The name of the unit, the task, the CronJob.
    pub fn unit(&self) -> String {
        format!("dirsheet-feed-{}", self.name)
    }

    /// The words after the program.
    fn arguments(&self, settings: &str, state: &str) -> Vec<String> {
        let mut words: Vec<String> = [
            "feed",
            "run",
            settings,
            "--state-dir",
            state,
            "--progress",
            "json",
        ]
        .map(str::to_owned)
        .to_vec();
        if let Some(config) = &self.paths.config {
            words.extend(["--config".to_owned(), config.clone()]);
        }
        if let Some(profile) = &self.profile {
            words.extend(["--profile".to_owned(), profile.clone()]);
        }
        words.extend(self.flags.iter().cloned());
        words
    }

    /// The variables that must be set.
    fn all_variables(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        if let SignsIn::Variables(names) = &self.sign_in {
            all.extend(names.iter().cloned());
        }
        for name in &self.variables {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        // A path is no secret, and is written down.
        all.retain(|name| self.given().all(|file| file.setting != *name));
        all
    }

    /// The variables whose value is known: paths of files.
    fn given(&self) -> impl Iterator<Item = &NamedFile> {
        self.files.iter().filter(|file| file.is_variable)
    }

    /// The files that settings of the configuration file name.
    fn configured(&self) -> impl Iterator<Item = &NamedFile> {
        self.files.iter().filter(|file| !file.is_variable)
    }
}

/// The account it runs as.
fn user(rules: &ScheduleRules) -> Result<String, ScheduleProblem> {
    let user = rules.user.clone().unwrap_or_else(|| "dirsheet".to_owned());
    // Only accounts of Windows have blanks: `NT AUTHORITY\SYSTEM`, `LOCAL SERVICE`.
    let services = ["local service", "network service"];
    let may_have_blanks = user.contains('\\') || services.contains(&user.to_lowercase().as_str());
    let is_user = !user.trim().is_empty()
        && (may_have_blanks || !user.contains(' '))
        && !user.starts_with('-')
        && user
            .chars()
            .all(|letter| letter.is_alphanumeric() || "-_.$\\@ ".contains(letter));
    if is_user {
        return Ok(user);
    }
    let reason = format!("`{user}` is no name of an account");
    Err(ScheduleProblem::new("schedule.user", reason))
}

/// Everything that is wrong with `[schedule]`.
pub fn problems(rules: &ScheduleRules) -> Vec<ScheduleProblem> {
    let times = Times::judge(rules).err().into_iter().flatten();
    times.chain(user(rules).err()).collect()
}

/// Where the notices' secrets are: variables, and files.
fn secrets(notices: &Notices) -> (Vec<String>, Vec<String>) {
    let mail = notices.mail.as_ref().and_then(|mail| mail.password.as_ref());
    let sources = notices
        .webhooks
        .iter()
        .map(|hook| &hook.url)
        .chain(mail)
        .chain(notices.ping.as_ref());
    let (mut variables, mut files) = (Vec::new(), Vec::new());
    for source in sources {
        match source {
            SecretSource::Env(name) => variables.push(name.clone()),
            SecretSource::File(path) => files.push(path.clone()),
            SecretSource::Command(_) => {}
        }
    }
    (variables, files)
}

/// The files for one scheduler.
pub fn texts(job: &Job, scheduler: Scheduler) -> Result<Vec<ScheduleText>, ScheduleProblem> {
    match scheduler {
        Scheduler::Systemd => systemd::texts(job),
        Scheduler::Cron => cron::text(job).map(|text| vec![text]),
        Scheduler::Windows => windows::text(job).map(|text| vec![text]),
        Scheduler::Kubernetes => kubernetes::text(job).map(|text| vec![text]),
        Scheduler::Github => Ok(vec![github::text(job)]),
    }
}
