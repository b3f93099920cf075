//! The commands and flags. The names are a contract; tests outside this repository rely on them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use super::args_conflicts::ConflictSheetArgs;
pub use super::args_export::{DoctorArgs, ExportArgs, ExportFormat, SandboxArgs};
pub use super::args_feed::{
    FeedCheckArgs, FeedCommand, FeedHistoryArgs, FeedInitArgs, FeedNotifyArgs, FeedPreviewArgs, FeedRunArgs,
    FeedScheduleArgs,
};
pub use super::args_guards::GuardArgs;
pub use super::args_history::{DiffArgs, PruneArgs, RestoreArgs, SealArgs};
pub use super::args_login::LoginArgs;
pub use super::args_run::RunArgs;
use super::values::{
    column, conflicts, delimiter, encoding, key, limit, no_passwords, permission, row_range, whole,
};
use crate::catalogue::Attribute;
use crate::domain::{ConflictPolicy, Limit, Permission};
use crate::feed::schedule::shell_word;
use crate::table::{AskedEncoding, Delimiter};
use crate::terminal::ProgressMode;

/// Bulk editing of Microsoft Entra ID user profiles through a spreadsheet.
///
/// Export all users, edit the sheet, check it, look at the plan, apply it, read the report.
/// `dirsheet demo` shows the whole road on an embedded directory.
#[derive(Debug, Parser)]
#[command(name = "dirsheet", version, max_term_width = 110, after_help = super::exit::EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Use this profile of the configuration file
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Read this configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep snapshots, journals and the embedded directory here
    #[arg(long, global = true, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// Use this address instead of https://graph.microsoft.com
    #[allow(rustdoc::bare_urls, reason = "the help prints it as it stands here")]
    #[arg(long, global = true, value_name = "URL")]
    pub graph_url: Option<String>,
    /// Use the embedded directory instead of a tenant
    #[arg(long, global = true)]
    pub sandbox: bool,
    /// Print data as JSON on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but data and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// How to show progress on stderr
    #[arg(long, global = true, value_enum, default_value_t, value_name = "HOW")]
    pub progress: ProgressMode,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Show telephone numbers and addresses for signing in whole, on screens and in reports
    #[arg(long, global = true)]
    pub show_contacts: bool,
}

impl Global {
    /// The flags by which a command that is typed in another folder finds the same directory, each with a blank before it. The state
    /// folder is named apart.
    pub fn directory(&self) -> String {
        let whole = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let config = self.config.as_ref().map(|path| whole(path).display().to_string());
        let named = [
            ("--profile", self.profile.clone()),
            ("--config", config),
            ("--graph-url", self.graph_url.clone()),
        ];
        let mut text = if self.sandbox { " --sandbox" } else { "" }.to_owned();
        for (flag, value) in named {
            text.extend(value.map(|value| format!(" {flag} {}", shell_word(&value))));
        }
        text
    }

    /// The same, and the state folder where it was typed.
    pub fn place(&self) -> String {
        let mut text = self.directory();
        if let Some(folder) = &self.state_dir {
            let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
            text.push_str(&format!(
                " --state-dir {}",
                shell_word(&whole.display().to_string())
            ));
        }
        text
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the whole road on the embedded directory; leaves the files in DIR
    Demo {
        /// A new folder, or one that an earlier demo has made
        #[arg(value_name = "DIR", default_value = "dirsheet-demo")]
        folder: PathBuf,
    },
    /// Serve the embedded directory, for practising and testing, until interrupted
    Sandbox(SandboxArgs),
    /// Write all users to a sheet and keep a snapshot of them
    Export(ExportArgs),
    /// Check a sheet; no network
    Check(CheckArgs),
    /// Show what a sheet would change
    Plan(PlanArgs),
    /// Carry out a sheet or a plan
    Apply(ApplyArgs),
    /// List the runs, newest first
    Runs,
    /// Show what became of every row of a run
    Report {
        /// The run's name, as `dirsheet runs` lists it
        run: String,
        /// Print every row in this form; without it, the figures and the reasons
        #[arg(long, value_enum, value_name = "FORMAT")]
        format: Option<ReportFormat>,
    },
    /// Go on with a run that ended early
    Resume(ResumeArgs),
    /// Take back what a run wrote, where nobody changed it since
    #[command(mut_arg("passwords", |flag| flag.hide(true).value_parser(no_passwords)))]
    Undo(UndoArgs),
    /// List the snapshots, newest first, or remove old ones
    Snapshots(PruneArgs),
    /// Show what differs between two snapshots, a snapshot and a sheet, or a snapshot and the directory now
    Diff(DiffArgs),
    /// Take the changes of an HR system's file into the directory, every night
    #[command(subcommand)]
    Feed(FeedCommand),
    /// Sign in as a person, and keep it in the operating system's keyring
    Login(LoginArgs),
    /// Forget the sign-in of a person
    Logout,
    /// Look at settings, sign-in, permissions, service and state folder, and say what is wrong and what to do
    Doctor(DoctorArgs),
    /// List the attributes and column presets
    Columns,
    /// Print a completion script for a shell
    Completions {
        /// The shell it is for
        shell: clap_complete::Shell,
    },
    /// Write the manual pages, one for each command, into a folder
    Man {
        /// The folder, which is made where it is not there
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// How a sheet is read.
#[derive(Debug, Clone, Default, Args)]
pub struct SheetArgs {
    /// The base when the rows carry no usable `_snapshot`: a snapshot's name, or an earlier export
    #[arg(long, value_name = "SNAPSHOT|FILE")]
    pub base: Option<String>,
    /// Between the cells, when it cannot be told from the header: `,`, `;`, `tab` or `|`
    #[arg(long, value_name = "DELIMITER", value_parser = delimiter)]
    pub delimiter: Option<Delimiter>,
    /// How the letters are encoded, when it cannot be told from the bytes: utf-8, utf-16, windows-1252, mac, ibm850, …
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub encoding: Option<AskedEncoding>,
    /// The worksheet of a workbook; without it, the one that looks like users
    #[arg(long, value_name = "NAME")]
    pub worksheet: Option<String>,
    /// `--delimiter`, of the file that `--base` names
    #[arg(long, value_name = "DELIMITER", value_parser = delimiter, requires = "base")]
    pub base_delimiter: Option<Delimiter>,
    /// `--encoding`, of the file that `--base` names
    #[arg(long, value_name = "NAME", value_parser = encoding, requires = "base")]
    pub base_encoding: Option<AskedEncoding>,
    /// `--worksheet`, of the workbook that `--base` names
    #[arg(long, value_name = "NAME", requires = "base")]
    pub base_worksheet: Option<String>,
    /// In this column, take another spelling of the same number as an edit (007 to 7)
    #[arg(long, value_name = "COLUMN")]
    pub accept_derived: Vec<String>,
    /// The column that says whom a row without `id` is about, like employeeId; it is then never an edit
    #[arg(long, value_name = "COLUMN", value_parser = key)]
    pub key: Option<&'static Attribute>,
    /// In manager cells, take a bare text as a value of this attribute, like employeeId; without it, as a display name
    #[arg(long, value_name = "COLUMN", value_parser = key)]
    pub manager_by: Option<&'static Attribute>,
    /// The folder that holds the files named in the column `photo`; without a sheet, a folder of photos named after their users
    #[arg(long, value_name = "DIR")]
    pub photos: Option<PathBuf>,
    /// No flag: a feed's own sheet is read so.
    #[arg(skip)]
    pub ids_decide: bool,
}

#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// The sheet
    #[arg(required_unless_present = "photos")]
    pub sheet: Option<PathBuf>,
    #[command(flatten)]
    pub reading: SheetArgs,
    /// What `plan` will be given with `--allow`: of the same words those that change what is looked at here, `passwords-in-sheet` (with
    /// `create` the passwords of rows without an id, too) and `shuffled`
    #[arg(long, value_name = "WHAT,…", value_delimiter = ',', value_parser = permission)]
    pub allow: Vec<Permission>,
    /// Write a copy of the sheet in which every certain repair was made, and list them (with `-o`)
    #[arg(long, requires_all = ["output", "sheet"])]
    pub fix: bool,
    /// The repaired copy: a new file that ends in `.csv`, `.txt`, `.tsv` or `.xlsx`
    #[arg(long, short, value_name = "FILE", requires = "fix")]
    pub output: Option<PathBuf>,
    /// Give the sheet back as a workbook in which every cell with a finding is coloured and commented
    #[arg(long, value_name = "FILE.xlsx", requires = "sheet")]
    pub annotate: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct PlanArgs {
    /// The sheet
    #[arg(required_unless_present_any = ["restore", "photos"])]
    pub sheet: Option<PathBuf>,
    /// Write the plan to this file: `.json` for `dirsheet apply PLAN.json`, `.xlsx` as a workbook to be read
    #[arg(long, short, value_name = "PLAN.json|PLAN.xlsx")]
    pub output: Option<PathBuf>,
    /// Write the plan as a page for a browser, to be searched, sorted and printed; it needs no network
    #[arg(long, value_name = "PLAN.html")]
    pub html: Option<PathBuf>,
    /// Show every user of a long plan
    #[arg(long)]
    pub full: bool,
    /// Exit with 20 when there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Print the plan's fingerprint alone on stdout, for `apply --fingerprint`; the plan itself goes to stderr
    #[arg(long, conflicts_with = "json")]
    pub fingerprint: bool,
    /// Write what is not sent to this sheet, for the people who can do it
    #[arg(long, value_name = "FILE.csv")]
    pub handover: Option<PathBuf>,
    #[command(flatten)]
    pub conflicts: ConflictSheetArgs,
    #[command(flatten)]
    pub reading: SheetArgs,
    #[command(flatten)]
    pub guards: GuardArgs,
    #[command(flatten)]
    pub restore: RestoreArgs,
}

#[derive(Debug, Clone, Default, Args)]
pub struct ApplyArgs {
    /// The sheet, or a plan file made by `plan -o`
    #[arg(value_name = "SHEET|PLAN.json", required_unless_present_any = ["restore", "photos"])]
    pub sheet: Option<PathBuf>,
    #[command(flatten)]
    pub run: RunArgs,
    /// Show every user of a long plan before asking
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    pub reading: SheetArgs,
    #[command(flatten)]
    pub guards: GuardArgs,
    #[command(flatten)]
    pub seal: SealArgs,
    /// With the sealed plan of a feed, or the sheet of a night that was refused: the settings of that feed, whose protected users (of a plan also its limits and words) count as they are now
    #[arg(long, value_name = "FEED.toml")]
    pub feed: Option<PathBuf>,
    #[command(flatten)]
    pub restore: RestoreArgs,
}

#[derive(Debug, Clone, Args)]
pub struct ResumeArgs {
    /// The run's name, as `dirsheet runs` lists it
    pub run: String,
    #[command(flatten)]
    pub how: RunArgs,
}

/// What to take back, and how. An undo writes only what the run wrote, so it has no limits but those that are typed here; only
/// deleting whom the run restored must be allowed.
#[derive(Debug, Clone, Default, Args)]
pub struct UndoArgs {
    /// The run's name, as `dirsheet runs` lists it
    pub run: String,
    /// Take back only these rows of the run's sheet
    #[arg(long, value_name = "2,5-9", value_delimiter = ',', value_parser = row_range)]
    pub rows: Vec<RowRange>,
    /// Take back only these columns
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = column)]
    pub columns: Vec<String>,
    /// Cells that somebody changed after the run: stop, leave them (skip), or write the value from before the run (mine)
    #[arg(long, value_name = "stop|skip|mine", value_parser = conflicts, default_value = "stop")]
    pub conflicts: ConflictPolicy,
    /// Most users to change, as a number or a share; without it there is no limit
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_users: Option<Limit>,
    /// Most clears in one column, as a number or a share of all users; without it there is no limit
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_clears: Option<Limit>,
    /// Allow what an undo does not do by itself: delete, where the run restored users or invited guests; privileged-roles
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = ["delete", "privileged-roles"])]
    pub allow: Vec<String>,
    /// Most users to delete again, as a number or a share; without it the limit of the profile, else 10
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_actions: Option<Limit>,
    /// Refuse an undo that does not change exactly this many users
    #[arg(long, value_name = "N", value_parser = whole::<u64>)]
    pub expect: Option<u64>,
    /// Show every user of a long undo before asking
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    pub how: RunArgs,
}

/// Rows of a sheet by their spreadsheet numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRange {
    pub first: u64,
    pub last: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Csv,
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_restore_refuses_what_only_a_sheet_could_follow() {
        for flags in [
            ["--photos", "pictures"],
            ["--key", "employeeId"],
            ["--manager-by", "employeeId"],
            ["--new-names", "{surname}@contoso.com"],
        ] {
            for command in ["plan", "apply"] {
                let line = ["dirsheet", command, "--restore", "snap-1", flags[0], flags[1]];
                let error = Cli::try_parse_from(line).unwrap_err();
                assert_eq!(
                    error.kind(),
                    clap::error::ErrorKind::ArgumentConflict,
                    "{flags:?}"
                );
            }
        }
    }

    #[test]
    fn an_undo_takes_no_file_of_passwords() {
        let line = ["dirsheet", "undo", "run-1", "--passwords", "p.csv"];
        let error = Cli::try_parse_from(line).unwrap_err();
        assert!(error.to_string().contains("an undo sets no passwords"), "{error}");
    }

    #[test]
    fn rows_are_read_one_by_one_or_as_a_range() {
        for (text, first, last) in [("2", 2, 2), ("5-9", 5, 9), (" 5 - 9 ", 5, 9), ("7-7", 7, 7)] {
            assert_eq!(row_range(text), Ok(RowRange { first, last }), "{text}");
        }
        for text in ["", "-", "9-5", "a", "2-", "1-2-3", "-4"] {
            assert!(row_range(text).is_err(), "{text}");
        }
    }
}
