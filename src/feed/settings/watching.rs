//! The gate, approval, notices and the schedule.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LimitText;

/// What a file must look like. A share is of the last good file, unless it says otherwise; by default it never comes to fewer than
/// three rows. `"off"` lifts one threshold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GateRules {
    /// Fewest rows, whatever the last file had. Default: 1.
    #[serde(default)]
    pub rows_min: Option<u64>,
    /// Most rows that may be gone. Default: 5 %.
    #[serde(default)]
    pub rows_lost: Option<LimitText>,
    /// Most rows that may have come. Default: 20 %.
    #[serde(default)]
    pub rows_gained: Option<LimitText>,
    /// Most keys that may be others, come or gone. Default: 10 %.
    #[serde(default)]
    pub key_churn: Option<LimitText>,
    /// Most keys that may stand in two rows; rows with such a key are dead letters. Default: 0.
    #[serde(default)]
    pub duplicate_keys: Option<LimitText>,
    /// Most rows without a key. Default: 0.
    #[serde(default)]
    pub rows_without_key: Option<LimitText>,
    /// By how many points of a hundred the share of blanks of a mapped column may grow. Default: 5.
    #[serde(default)]
    pub blanks_grown: Option<LimitText>,
    /// By how much the number of distinct values of a mapped column may fall. Default: 50 %.
    #[serde(default)]
    pub distinct_lost: Option<LimitText>,
    /// In how many of the rows with the same key a mapped column may hold another value than in the last file. Default: 30 %.
    #[serde(default)]
    pub values_changed: Option<LimitText>,
    /// How many good nights a file is held against by the best of them, up to 366; 1 holds it against the last one only.
    /// Default: 14.
    #[serde(default)]
    #[schemars(range(min = 1, max = 366))]
    pub nights: Option<u64>,
    /// Most rows (or different keys) that may be gone since the best of these nights. Default: twice `rows-lost`.
    #[serde(default)]
    pub rows_lost_over_nights: Option<LimitText>,
    /// By how many points the share of blanks of a mapped column may have grown since the best of these nights. Default: twice
    /// `blanks-grown`.
    #[serde(default)]
    pub blanks_grown_over_nights: Option<LimitText>,
    /// By how much the number of distinct values may have fallen since the best of these nights. Default: twice `distinct-lost`,
    /// at most 60 % or that.
    #[serde(default)]
    pub distinct_lost_over_nights: Option<LimitText>,
    /// Fewest of those who hold a key and whose account is on whom the file must name, a number or a share of them. Default: off.
    #[serde(default)]
    pub coverage_min: Option<LimitText>,
    /// By how many points of a hundred the share of them whom the file names may fall. Default: 10.
    #[serde(default)]
    pub coverage_lost: Option<LimitText>,
    /// The same since the best of the last good nights. Default: twice `coverage-lost`.
    #[serde(default)]
    pub coverage_lost_over_nights: Option<LimitText>,
    /// Of how many of the people found, of those for whom the directory holds a value, an attribute may be blank in the file. It
    /// refuses where a blank clears, and warns where it keeps. Default: 5 %.
    #[serde(default)]
    pub values_blanked: Option<LimitText>,
    /// Most rows that a table of words (`[tables.NAME]`) may have lost. Default: 5 %, and one is always little enough.
    #[serde(default)]
    pub table_rows: Option<LimitText>,
    /// How many of the keys nobody in the directory holds. Default: 20 %.
    #[serde(default)]
    pub unknown_keys: Option<LimitText>,
    /// Of the people whom a file is about, so many may have the names or the address of somebody else in it; beside a good night more are
    /// refused where they are also more than there, by more than half as many. Default: 20 %.
    #[serde(default)]
    pub disputed: Option<LimitText>,
    /// How old a file may be (`36h`, `7d`). Default: `36h`.
    #[serde(default)]
    pub age: Option<String>,
    /// Thresholds of single columns of the file, by header.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnGate>,
}

/// Thresholds of one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ColumnGate {
    /// Most blanks, a share of the rows, whatever the last file had.
    #[serde(default)]
    pub blanks: Option<LimitText>,
    #[serde(default)]
    pub blanks_grown: Option<LimitText>,
    #[serde(default)]
    pub blanks_grown_over_nights: Option<LimitText>,
    #[serde(default)]
    pub distinct_lost: Option<LimitText>,
    #[serde(default)]
    pub distinct_lost_over_nights: Option<LimitText>,
    #[serde(default)]
    pub values_changed: Option<LimitText>,
    /// Of the attributes that are made of this column.
    #[serde(default)]
    pub values_blanked: Option<LimitText>,
}

/// When a night leaves a sealed plan instead of writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApproveRules {
    /// Above so many users a person approves.
    #[serde(default)]
    pub above: Option<u64>,
    /// Where the sealed plans go. Default: the state folder.
    #[serde(default)]
    pub folder: Option<String>,
}

/// Who hears of a night.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Notices {
    #[serde(default)]
    pub webhooks: Vec<Webhook>,
    #[serde(default)]
    pub mail: Option<Mail>,
    /// Called when a night went well; `/fail` is added when not, `/start` at the start, as watchdogs of scheduled jobs expect.
    #[serde(default)]
    pub ping: Option<SecretSource>,
    /// A file for the text file collector of Prometheus' node exporter; it must end in `.prom`.
    #[serde(default)]
    pub metrics: Option<String>,
}

/// A web address that is told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Webhook {
    /// Where its address is: such an address is a secret.
    pub url: SecretSource,
    #[serde(default)]
    pub shape: HookShape,
    #[serde(default)]
    pub when: When,
}

/// What the receiver understands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HookShape {
    #[default]
    Json,
    Teams,
    Slack,
}

/// When somebody hears of a night.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Of every night, quiet ones too.
    #[default]
    Always,
    /// When something was written, or needs a person.
    Changes,
    /// When it needs a person.
    Trouble,
}

/// A mail with the report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mail {
    pub host: String,
    #[serde(default)]
    pub port: Option<u16>,
    #[serde(default)]
    pub security: MailSecurity,
    pub from: String,
    pub to: Vec<String>,
    #[serde(default)]
    pub user: Option<String>,
    #[serde(default)]
    pub password: Option<SecretSource>,
    #[serde(default)]
    pub when: When,
    /// Attach the report of all rows. It holds personal data. Default: only the rows that need a person.
    #[serde(default)]
    pub attach_all: bool,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MailSecurity {
    #[default]
    StartTls,
    Tls,
    /// Only for a server on this machine.
    None,
}

/// Where a secret is. Never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file.
    File(String),
    /// A program and its arguments that print it.
    Command(Vec<String>),
}

/// When it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScheduleRules {
    /// The time of day, `02:30`. Default: `02:30`.
    #[serde(default)]
    pub at: Option<String>,
    /// The days, like `mon-fri`. Default: every day.
    #[serde(default)]
    pub days: Option<String>,
    /// The time zone, like `Europe/Amsterdam`. Default: that of the machine.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// The account it runs as. Default: `dirsheet`.
    #[serde(default)]
    pub user: Option<String>,
}
