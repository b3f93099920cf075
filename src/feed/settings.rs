//! `FEED.toml` as it stands there. Every key has its meaning here; what the keys mean together is judged elsewhere.

mod people;
mod read;
mod walk;
mod watching;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub(in crate::feed) use read::Spots;

pub use people::{
    Guests, JoinerRules, LeaverAction, LeaverRules, ManagerRule, Missing, MissingRules, Namesakes,
    OutOfReach, PeopleRules,
};
pub use read::{WrittenFeed, read_settings, settings_schema};
pub use watching::{
    ApproveRules, ColumnGate, GateRules, HookShape, Mail, MailSecurity, Notices, ScheduleRules, SecretSource,
    Webhook, When,
};

/// A feed: where the file comes from, whom its rows are about, and what they say about them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FeedSettings {
    /// The feed's name: letters, digits, `-` and `_`. Its ledger and its lock carry it.
    pub name: String,
    /// The file.
    pub source: Source,
    /// Whom a row is about.
    pub key: Key,
    /// Rows that count: an expression that is true for them. Without one, all.
    #[serde(default)]
    pub rows: Option<String>,
    /// Tables of words for the filter `lookup`, by name.
    #[serde(default)]
    pub tables: BTreeMap<String, LookupTable>,
    /// What the file says about each attribute, by dirsheet's name of it.
    #[serde(default)]
    pub attributes: BTreeMap<String, AttributeRule>,
    /// Who is whose manager, by number.
    #[serde(default)]
    pub manager: Option<ManagerRule>,
    /// Who is new.
    #[serde(default)]
    pub joiners: Option<JoinerRules>,
    /// Who has left.
    #[serde(default)]
    pub leavers: Option<LeaverRules>,
    /// Who is in the directory and not in the file.
    #[serde(default)]
    pub missing: MissingRules,
    /// Whom the service does not let a feed change.
    #[serde(default)]
    pub people: PeopleRules,
    /// What the file must look like before anything is planned.
    #[serde(default)]
    pub gate: GateRules,
    /// The limits of the guards, as `config.toml` writes them, and what is allowed.
    #[serde(default)]
    pub guards: FeedGuards,
    /// When a person approves.
    #[serde(default)]
    pub approve: ApproveRules,
    /// Who hears of it.
    #[serde(default)]
    pub notify: Notices,
    /// When it runs; only `feed schedule` reads this.
    #[serde(default)]
    pub schedule: ScheduleRules,
}

/// Where the file is and how it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// A file, or a pattern (`inbox/workday-*.csv`) of which the newest is taken; from the folder of `FEED.toml`.
    pub path: String,
    /// As of `--encoding`; without it, it is told from the bytes.
    #[serde(default)]
    pub encoding: Option<String>,
    /// As of `--delimiter`; without it, it is told from the header.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// The worksheet of a workbook.
    #[serde(default)]
    pub worksheet: Option<String>,
    /// The file is complete when its size has not moved for so long (`90s`, `2m`). Default: `10s`.
    #[serde(default)]
    pub stable_for: Option<String>,
    /// The file is complete when this one is there (`{file}.done`); then `stable-for` is not waited for.
    #[serde(default)]
    pub trigger: Option<String>,
    /// Where a file goes when its night went well. Default: it stays.
    #[serde(default)]
    pub archive: Option<String>,
    /// Where a file goes that was refused. Default: it stays.
    #[serde(default)]
    pub quarantine: Option<String>,
}

/// How a row finds its user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Key {
    /// The column of the file that holds the number.
    #[serde(default)]
    pub column: Option<String>,
    /// An expression instead of a column.
    #[serde(default)]
    pub value: Option<String>,
    /// The attribute that holds it. Default: `employeeId`.
    #[serde(default)]
    pub attribute: Option<String>,
    /// Where nobody has the number yet: other attributes that tell who it is, the first that does wins (`userPrincipalName`, `mail`).
    /// A user who already holds another number is never taken.
    #[serde(default)]
    pub first_match: BTreeMap<String, String>,
}

/// A CSV file of words: what stands in `key` becomes what stands in `value`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LookupTable {
    /// From the folder of `FEED.toml`.
    pub file: String,
    pub key: String,
    pub value: String,
}

/// What the file says about one attribute. Either `column`, or `value`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AttributeRule {
    /// The column whose text it is; blanks around it are taken off.
    #[serde(default)]
    pub column: Option<String>,
    /// A template, like `{{ row["Last Name"] | trim | title }}`.
    #[serde(default)]
    pub value: Option<String>,
    /// What an empty result means.
    #[serde(default)]
    pub blank: Blank,
    /// When the feed may write it.
    #[serde(default)]
    pub authority: Authority,
}

/// What an empty result means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blank {
    /// The directory keeps what it has.
    #[default]
    Keep,
    /// The directory's value is taken away.
    Clear,
}

/// When a feed may write an attribute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Authority {
    /// Whatever the directory holds.
    #[default]
    Always,
    /// Only where the directory holds nothing.
    WhenEmpty,
    /// Only for a user whom this night makes.
    OnCreate,
}

/// The guards' limits, and what is allowed that is off by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FeedGuards {
    #[serde(default)]
    pub max_users: Option<LimitText>,
    #[serde(default)]
    pub max_column: Option<LimitText>,
    #[serde(default)]
    pub max_clears: Option<LimitText>,
    #[serde(default)]
    pub max_same_value: Option<LimitText>,
    #[serde(default)]
    pub max_enables: Option<LimitText>,
    #[serde(default)]
    pub max_licenses: Option<LimitText>,
    /// The words of `--allow`, but for those that a feed must never be allowed.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Users whom the feed never changes, by userPrincipalName or object id, besides those of the profile.
    #[serde(default)]
    pub protected: Vec<String>,
}

/// `200` or `"5%"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LimitText {
    Number(u64),
    Text(String),
}

impl LimitText {
    /// As the flags write it.
    pub fn text(&self) -> String {
        match self {
            LimitText::Number(number) => number.to_string(),
            LimitText::Text(text) => text.clone(),
        }
    }
}
