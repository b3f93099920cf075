//! What a program can say about a call. Each option is a flag of the tool, with the flag's name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Error;
use crate::catalogue::{KEY_NAMES, key_attribute};
use crate::cli::hosted::{ExportArgs, GuardArgs, RunArgs, SheetArgs};
use crate::domain::{self, shorten};

/// What is off unless it is allowed, like `--allow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permission(domain::Permission);

impl Permission {
    /// The permission with this word of `--allow`, such as `rename` or `create`; `None` when there is none. Passwords in a sheet
    /// (`passwords-in-sheet`) cannot be carried by a plan that is looked at, and are for the tool alone.
    pub fn by_word(word: &str) -> Option<Permission> {
        let mut names = domain::Permission::NAMES.into_iter();
        let found = names.find(|(known, _)| *known == word);
        let found = found.map(|(_, permission)| permission);
        found
            .filter(|permission| *permission != domain::Permission::PasswordsInSheet)
            .map(Permission)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        let mut names = domain::Permission::NAMES.into_iter();
        let found = names.find(|(_, permission)| *permission == self.0);
        found.map(|(word, _)| word).unwrap_or_default()
    }
}

/// How many users a guard lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// So many.
    Users(u64),
    /// A share of the directory, in whole percent; more than 100 is 100.
    Percent(u64),
}

impl Limit {
    fn limit(self) -> domain::Limit {
        match self {
            Limit::Users(users) => domain::Limit::Users(users),
            Limit::Percent(percent) => domain::Limit::Percent(percent.min(100)),
        }
    }
}

/// What becomes of cells that were changed in the sheet and by somebody else in the directory, to different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Conflicts {
    /// The plan cannot be applied.
    #[default]
    Stop,
    /// They stay as they are in the directory.
    Skip,
    /// The sheet's values are written; of an undo, the values from before the run.
    Mine,
}

impl Conflicts {
    pub(super) fn policy(self) -> domain::ConflictPolicy {
        match self {
            Conflicts::Stop => domain::ConflictPolicy::Stop,
            Conflicts::Skip => domain::ConflictPolicy::Skip,
            Conflicts::Mine => domain::ConflictPolicy::Mine,
        }
    }
}

/// What is exported.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    columns: String,
    filter: Option<String>,
    full: bool,
}

impl Default for ExportOptions {
    fn default() -> ExportOptions {
        ExportOptions {
            columns: "default".to_owned(),
            filter: None,
            full: false,
        }
    }
}

impl ExportOptions {
    /// Columns by their names, separated by commas, or a preset: `default`, `all`, `minimal`, `hr`. Like `--columns`.
    #[must_use]
    pub fn columns(mut self, columns: impl Into<String>) -> ExportOptions {
        self.columns = columns.into();
        self
    }

    /// Only users that this OData filter finds, like `--filter`.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<String>) -> ExportOptions {
        self.filter = Some(filter.into());
        self
    }

    /// Reads everybody, also where a snapshot of the last days could be brought up to date. Like `--full`.
    #[must_use]
    pub fn full(mut self, full: bool) -> ExportOptions {
        self.full = full;
        self
    }

    pub(super) fn arguments(&self, file: &Path) -> ExportArgs {
        ExportArgs {
            output: Some(file.to_owned()),
            columns: self.columns.clone(),
            filter: self.filter.clone(),
            full: self.full,
            ..ExportArgs::default()
        }
    }
}

/// How a sheet is read.
#[derive(Debug, Clone, Default)]
pub struct SheetOptions {
    base: Option<String>,
    worksheet: Option<String>,
    key: Option<String>,
}

impl SheetOptions {
    /// The base where rows carry no `_snapshot`: the id of a snapshot, or the path of an earlier export. Like `--base`.
    #[must_use]
    pub fn base(mut self, base: impl Into<String>) -> SheetOptions {
        self.base = Some(base.into());
        self
    }

    /// The worksheet of a workbook; without it, the one that looks like users. Like `--worksheet`.
    #[must_use]
    pub fn worksheet(mut self, name: impl Into<String>) -> SheetOptions {
        self.worksheet = Some(name.into());
        self
    }

    /// The column that says whom a row without `id` is about, such as `employeeId`; it is then never an edit. Like `--key`; a column by
    /// which no user can be found is refused when the sheet is read.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> SheetOptions {
        self.key = Some(column.into());
        self
    }

    pub(super) fn reading(&self) -> Result<SheetArgs, Error> {
        let key = self.key.as_ref().map(|name| {
            key_attribute(name).ok_or_else(|| {
                let keys = KEY_NAMES.join(", ");
                Error::usage(format!(
                    "no user is found by `{}`; a key can be {keys}",
                    shorten(name)
                ))
            })
        });
        Ok(SheetArgs {
            base: self.base.clone(),
            worksheet: self.worksheet.clone(),
            key: key.transpose()?,
            ..SheetArgs::default()
        })
    }
}

/// How a plan is made, and what the guards let through. The limits of the profile lie under those that are said here.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    sheet: SheetOptions,
    guards: GuardArgs,
}

macro_rules! limits {
    ($($(#[$about:meta])* $name:ident;)*) => {
        impl PlanOptions {
            $($(#[$about])*
            #[must_use]
            pub fn $name(mut self, limit: Limit) -> PlanOptions {
                self.guards.$name = Some(limit.limit());
                self
            })*
        }
    };
}

limits! {
    /// Most users that the plan may change.
    max_users;
    /// Most users whom one column may change for.
    max_column;
    /// Most clears in one column.
    max_clears;
    /// Most users that may get one and the same value in a column.
    max_same_value;
    /// Most users for each action of the column `_action`.
    max_actions;
    /// Most accounts that may be switched on.
    max_enables;
    /// Most guests that may become members.
    max_members;
    /// Most users whose licences may change.
    max_licenses;
    /// Most users whose directory roles may change.
    max_roles;
}

impl PlanOptions {
    /// Most guests that may be invited.
    #[must_use]
    pub fn max_invites(mut self, limit: Limit) -> PlanOptions {
        self.guards.invite.max_invites = Some(limit.limit());
        self
    }

    /// How the sheet is read.
    #[must_use]
    pub fn sheet(mut self, options: SheetOptions) -> PlanOptions {
        self.sheet = options;
        self
    }

    /// Allows something that is off by default, like `--allow`.
    #[must_use]
    pub fn allow(mut self, permission: Permission) -> PlanOptions {
        if !self.guards.allow.contains(&permission.0) {
            self.guards.allow.push(permission.0);
        }
        self
    }

    /// Exactly so many users must change, like `--expect`.
    #[must_use]
    pub fn expect(mut self, users: u64) -> PlanOptions {
        self.guards.expect = Some(users);
        self
    }

    /// What becomes of cells in conflict, like `--conflicts`.
    #[must_use]
    pub fn conflicts(mut self, conflicts: Conflicts) -> PlanOptions {
        self.guards.settle.conflicts = Some(conflicts.policy());
        self
    }

    /// Holds back only the cells and rows with errors, like `--skip-errors`.
    #[must_use]
    pub fn skip_errors(mut self, skip: bool) -> PlanOptions {
        self.guards.skip_errors = skip;
        self
    }

    pub(super) fn reading(&self) -> Result<SheetArgs, Error> {
        self.sheet.reading()
    }

    pub(super) fn guards(&self) -> GuardArgs {
        self.guards.clone()
    }
}

/// How a plan is carried out. Looking at each user again just before the write, and reading back what was written, are not optional.
#[derive(Debug, Clone, Default)]
pub struct ApplyOptions {
    how: RunArgs,
}

impl ApplyOptions {
    /// Ends in good order after this time, like `--deadline`.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> ApplyOptions {
        self.how.deadline = Some(deadline);
        self
    }

    /// Stops when the service has refused so many requests, like `--stop-after-failures`.
    #[must_use]
    pub fn stop_after_failures(mut self, limit: Limit) -> ApplyOptions {
        self.how.stop_after_failures = Some(limit.limit());
        self
    }

    /// How long to wait until what was written shows, like `--verify-patience`.
    #[must_use]
    pub fn verify_patience(mut self, patience: Duration) -> ApplyOptions {
        self.how.verify_patience = Some(patience);
        self
    }

    /// The folder for the report; without it one in the state folder. Like `--report-dir`.
    #[must_use]
    pub fn report_dir(mut self, folder: impl Into<PathBuf>) -> ApplyOptions {
        self.how.report_dir = Some(folder.into());
        self
    }

    /// A new file for the passwords of new users and of `reset-password`, which only its owner can read. A plan with such users is refused
    /// without it. Like `--passwords`.
    #[must_use]
    pub fn passwords(mut self, file: impl Into<PathBuf>) -> ApplyOptions {
        self.how.passwords = Some(file.into());
        self
    }

    /// A new file for the links of invited guests, which only its owner can read. Like `--invitations`.
    #[must_use]
    pub fn invitations(mut self, file: impl Into<PathBuf>) -> ApplyOptions {
        self.how.invitations = Some(file.into());
        self
    }

    pub(super) fn how(self) -> RunArgs {
        self.how
    }
}
