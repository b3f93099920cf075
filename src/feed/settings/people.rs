//! Joiners, leavers, managers, and who is missing.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::Limit;

/// Who is whose manager. Either `column`, or `value`: the key of the manager, as `[key]` finds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ManagerRule {
    #[serde(default)]
    pub column: Option<String>,
    #[serde(default)]
    pub value: Option<String>,
    /// What an empty result means.
    #[serde(default)]
    pub blank: super::Blank,
    #[serde(default)]
    pub authority: super::Authority,
}

/// People who are not a feed's as all others are: the service does not let it change them, or somebody else looks after them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PeopleRules {
    /// Who is synced from an Active Directory on premises.
    #[serde(default)]
    pub synced: OutOfReach,
    /// Who stands in a restricted management administrative unit.
    #[serde(default)]
    pub restricted: OutOfReach,
    /// Who holds a number and is a guest now.
    #[serde(default)]
    pub guests: Guests,
}

/// What becomes of guests who hold a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Guests {
    /// Their rows are written as everybody's.
    #[default]
    Write,
    /// Nothing of them is written, and it is only told.
    Leave,
}

/// What becomes of people who are out of a feed's reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutOfReach {
    /// What the service would refuse needs a person, and the rest of the row is written.
    #[default]
    Person,
    /// Nothing of them is written, and it is only told.
    Leave,
}

/// Rows whom nobody in the directory answers to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JoinerRules {
    /// Make them. Without it they are reported and nobody is made. `guards.allow` needs `create` as well.
    #[serde(default)]
    pub create: bool,
    /// The template of the first day: its result is a date in the form 2026-11-30.
    #[serde(default)]
    pub first_day: Option<String>,
    /// So many days before the first day the account is made. Default: 14.
    #[serde(default)]
    pub days_before: Option<u32>,
    /// How long after the first day a joiner may still be made; later it is a dead letter. Default: 60.
    #[serde(default)]
    pub days_after: Option<u32>,
    /// A new person who has all the names of somebody in the directory who holds no number.
    #[serde(default)]
    pub namesakes: Namesakes,
    /// As of `--new-names`: `{givenName}.{surname}@contoso.com`.
    #[serde(default)]
    pub names: Option<String>,
    /// A folder for the file of first passwords of each night, which only the owner can read.
    #[serde(default)]
    pub passwords: Option<String>,
}

/// What becomes of a new person who has all the names of a member without a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Namesakes {
    /// It may be the same person, so a person looks.
    #[default]
    Person,
    /// An account is made, and it is told.
    Create,
}

impl JoinerRules {
    /// With its default.
    pub fn days_before(&self) -> u32 {
        self.days_before.unwrap_or(14)
    }

    /// With its default.
    pub fn days_after(&self) -> u32 {
        self.days_after.unwrap_or(60)
    }
}

/// Rows of people who have left.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LeaverRules {
    /// The template of the last day: its result is a date in the form 2026-11-30, or empty.
    #[serde(default)]
    pub last_day: Option<String>,
    /// An expression that is true for people who have left, whatever the date.
    #[serde(default)]
    pub when: Option<String>,
    /// So many whole days after the last day. Default: 0, from the day after the last day.
    #[serde(default)]
    pub days_after: Option<u32>,
    #[serde(default)]
    pub action: LeaverAction,
    /// Most people who may be switched off in one night because they have left, as a number or a share of all who hold a key.
    /// Default: 2 %, and at least 10.
    #[serde(default)]
    pub max: Option<super::LimitText>,
}

impl LeaverRules {
    /// The default of `max`: in a small directory two percent are nobody.
    pub const MAX: Limit = Limit::UsersOrPercent(10, 2);

    /// With its default.
    pub fn days_after(&self) -> u32 {
        self.days_after.unwrap_or(0)
    }
}

/// What becomes of the account of somebody who has left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LeaverAction {
    /// It is only reported.
    Report,
    /// It is switched off. `guards.allow` needs `disable`.
    #[default]
    Disable,
}

/// Who holds a key in the directory and is not in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MissingRules {
    #[serde(default)]
    pub action: Missing,
    /// Missing in so many files of different days one after another, before anything is done. Default: 3.
    #[serde(default)]
    pub nights: Option<u32>,
    /// Most people who may be missing before the night stops, as a number or a share of all who hold a key; whose account
    /// is switched off already does not count. Default: 2 %, and at least 3.
    #[serde(default)]
    pub max: Option<super::LimitText>,
    /// Users this is about, an expression over `user` (the mapped attributes and `accountEnabled`, `userType`). Without one, all who hold a key.
    #[serde(default)]
    pub users: Option<String>,
}

impl MissingRules {
    /// The default of `max`: in a small directory two percent are nobody.
    pub const MAX: Limit = Limit::UsersOrPercent(3, 2);

    /// With its default.
    pub fn nights(&self) -> u32 {
        self.nights.unwrap_or(3)
    }
}

/// What becomes of people who are missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    #[default]
    Nothing,
    Report,
    Disable,
}
