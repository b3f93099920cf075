//! What was typed: flags, environment variables and `config.toml`, each as it stands there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

/// The environment variables, handed in so that tests need not touch the process.
pub type Environment = BTreeMap<String, String>;

/// The flags that take part in the configuration; `None` was not typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    pub profile: Option<String>,
    pub config: Option<PathBuf>,
    pub state_dir: Option<PathBuf>,
    pub graph_url: Option<String>,
    pub sandbox: bool,
}

/// What is wrong with the configuration; always a matter for the person who runs the command.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("cannot read the configuration file `{path}`: {reason}")]
    Unreadable { path: PathBuf, reason: String },
    #[error("the configuration file `{path}` is not valid:\n{reason}")]
    Invalid { path: PathBuf, reason: String },
    #[error("{asked}: there is no such profile in `{path}`; it has {known}")]
    UnknownProfile {
        /// How it was asked for: a flag, a variable, or the file's own default.
        asked: String,
        path: PathBuf,
        known: String,
    },
    #[error("{asked} needs a configuration file, and there is none at `{path}`")]
    NoFile { asked: String, path: PathBuf },
    #[error("{setting} (from {origin}): {reason}")]
    Setting {
        setting: String,
        origin: String,
        reason: String,
    },
    #[error("{}", all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several { all: Vec<ConfigError> },
    #[error("the secret could not be taken from {origin}: {reason}")]
    Secret { origin: String, reason: String },
    #[error(
        "{variable} in the environment and the {profile} are not of one sign-in: {reason}; a sign-in comes whole from a profile or whole from the environment, so unset {variable}, or name the profile you mean with `--profile` and give it all it needs"
    )]
    Mixed {
        variable: String,
        profile: String,
        reason: String,
    },
    #[error("cannot tell where the state folder belongs: {reason}")]
    NoHome { reason: String },
}

impl ConfigError {
    /// What to do about it, where the message itself does not say so.
    pub fn help(&self) -> &'static str {
        match self {
            ConfigError::Unreadable { .. } => {
                "name the file with `--config FILE`; without one, leave the flag and DIRSHEET_CONFIG out"
            }
            ConfigError::Invalid { .. } => {
                "the guide of dirsheet shows a whole file, under *Telling dirsheet*"
            }
            ConfigError::UnknownProfile { .. } => {
                "name one of these with `--profile`, or write a table `[profiles.NAME]` into the file"
            }
            ConfigError::NoFile { .. } => {
                "leave `--profile` and DIRSHEET_PROFILE out, or name the file with `--config FILE`"
            }
            ConfigError::NoHome { .. } => {
                "set HOME, or name a folder with `--state-dir DIR` and a file with `--config FILE`"
            }
            ConfigError::Setting { .. }
            | ConfigError::Several { .. }
            | ConfigError::Secret { .. }
            | ConfigError::Mixed { .. } => "",
        }
    }
}

/// `config.toml`: settings for every profile, and profiles by name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    #[serde(default)]
    pub default_profile: Option<String>,
    #[serde(default)]
    pub state_dir: Option<PathBuf>,
    /// Certificate authorities to trust beside the system's, in PEM.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    #[serde(default)]
    pub snapshots: RawSnapshots,
    #[serde(default)]
    pub profiles: BTreeMap<String, RawProfile>,
}

/// Which snapshots are kept; without a number all are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSnapshots {
    /// So many of each tenant, the newest.
    pub keep: Option<u64>,
    /// Those of so many days.
    pub keep_days: Option<u64>,
}

/// One directory and how to reach it. Secrets are never written here, only where they are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProfile {
    pub tenant_id: Option<String>,
    pub client_id: Option<String>,
    /// A file that holds the client secret.
    pub client_secret_file: Option<PathBuf>,
    /// A program and its arguments that print the client secret.
    #[serde(default, deserialize_with = "secret_words")]
    pub client_secret_command: Option<Vec<String>>,
    /// A PEM or PFX file with the certificate of the application and its private key.
    pub client_certificate_file: Option<PathBuf>,
    /// A file that holds the password of the certificate's file.
    pub client_certificate_password_file: Option<PathBuf>,
    /// A program and its arguments that print that password.
    #[serde(default, deserialize_with = "password_words")]
    pub client_certificate_password_command: Option<Vec<String>>,
    /// A file with a token of another issuer that the application trusts; whoever writes it renews it.
    pub federated_token_file: Option<PathBuf>,
    /// A sign-in that needs no secret of ours: `managed-identity`, `azure-cli`, `device-code`.
    pub sign_in: Option<String>,
    pub graph_url: Option<String>,
    pub authority_host: Option<String>,
    /// A national cloud whose address does not tell it.
    pub cloud: Option<String>,
    #[serde(default)]
    pub guards: RawGuards,
}

/// The guards' limits of a profile.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGuards {
    pub max_users: Option<LimitText>,
    pub max_column: Option<LimitText>,
    pub max_clears: Option<LimitText>,
    pub max_same_value: Option<LimitText>,
    /// Users per action on accounts.
    pub max_actions: Option<LimitText>,
    /// Accounts switched on.
    pub max_enables: Option<LimitText>,
    /// Guests made members.
    pub max_members: Option<LimitText>,
    /// Guests invited.
    pub max_invites: Option<LimitText>,
    /// Users whose licences change.
    pub max_licenses: Option<LimitText>,
    /// Users whose directory roles change.
    pub max_roles: Option<LimitText>,
    /// How old a plan file may be: `24h`, `7d`.
    pub max_plan_age: Option<String>,
    /// `apply --interactive` wants the number of users typed when there are more.
    pub typed_over: Option<u64>,
    #[serde(default)]
    pub protected: Vec<String>,
    /// An OData filter; whomever it finds is protected.
    pub protected_filter: Option<String>,
}

impl RawGuards {
    /// Whether anything is set.
    pub fn says_anything(&self) -> bool {
        *self != RawGuards::default()
    }
}

/// A program and its arguments. What stands there instead is not told: it may hold the secret.
fn words<'de, D: Deserializer<'de>>(name: &str, deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let wrong = || {
        D::Error::custom(format!(
            "`{name}` is a list: the program and its arguments, each in quotes, such as `[\"pass\", \"show\", \"dirsheet\"]`; no shell takes it apart",
        ))
    };
    let toml::Value::Array(words) = toml::Value::deserialize(deserializer)? else {
        return Err(wrong());
    };
    let words = words.into_iter().map(|word| match word {
        toml::Value::String(word) => Ok(word),
        _ => Err(wrong()),
    });
    words.collect::<Result<_, _>>().map(Some)
}

fn secret_words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    words("client_secret_command", deserializer)
}

fn password_words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    words("client_certificate_password_command", deserializer)
}

/// `200` or `"5%"`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum LimitText {
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for LimitText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LimitText, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::Integer(number) if number >= 0 => Ok(LimitText::Number(number.unsigned_abs())),
            toml::Value::String(text) => Ok(LimitText::Text(text)),
            _ => Err(D::Error::custom(LIMIT)),
        }
    }
}

impl LimitText {
    /// The limit as [`crate::domain::Limit::parse`] reads it.
    pub fn text(&self) -> String {
        match self {
            LimitText::Number(number) => number.to_string(),
            LimitText::Text(text) => text.clone(),
        }
    }
}

const LIMIT: &str = "a limit is a number of users (`200`) or a share in quotes (`\"5%\"`)";

/// Reads the file; a file that is not there is `None`, everything else that goes wrong is an error with its place.
pub(super) fn read_file(path: &Path) -> Result<Option<RawFile>, ConfigError> {
    let unreadable = |reason: &str| ConfigError::Unreadable {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let text = match std::fs::read(path) {
        Ok(bytes)
            if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0) =>
        {
            return Err(unreadable("it is UTF-16 text; save it as UTF-8"));
        }
        Ok(bytes) => {
            String::from_utf8(bytes).map_err(|_| unreadable("it is no text in UTF-8; save it as UTF-8"))?
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error.to_string())),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    toml::from_str(text)
        .map(Some)
        .map_err(|error| ConfigError::Invalid {
            path: path.to_owned(),
            reason: without_text(text, &error),
        })
}

/// `max_users = 5%`, which TOML cannot read, and the parser tells in words of its own.
fn bare_share(line: &str) -> Option<String> {
    let (name, value) = line.split_once('=')?;
    let value = value.split('#').next()?.trim();
    let number = value.strip_suffix('%')?.trim_end();
    let is_share = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let name = Some(name.trim()).filter(|name| is_share && is_name(name))?;
    Some(format!(
        "a share stands in quotes: `{name} = \"{number}%\"`; {LIMIT}"
    ))
}

/// `"C:\\Users"`: in double quotes a backslash begins an escape.
fn backslashes(line: &str) -> Option<String> {
    let (_, value) = line.split_once('=')?;
    let value = value.trim_start();
    let is_path = value.starts_with('"') && value.contains('\\');
    is_path.then(|| {
        "in double quotes a backslash begins an escape; write the path in single quotes, or with `/` in the place of each `\\`"
            .to_owned()
    })
}

/// Where and what, but never the line itself: somebody may have put a secret there.
fn without_text(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .map(|span| text[..span.start.min(text.len())].lines().count().max(1));
    let shown = line.and_then(|line| text.lines().nth(line - 1));
    let known = shown.and_then(|shown| bare_share(shown).or_else(|| backslashes(shown)));
    let message = known.unwrap_or_else(|| super::spelling::with_suggestion(error.message()));
    match line {
        Some(line) => format!("line {line}: {message}"),
        None => message,
    }
}
