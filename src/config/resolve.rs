//! What the settings mean together.

use std::path::{Path, PathBuf};

use super::crossed::{Crossed, crossed};
use super::guards::{limits, retention, sealing};
use super::places::{config_path, state_path};
use super::raw::{ConfigError, Environment, Flags, RawFile, read_file};
use super::sign_in::{Profile, Sources};
use super::way::SignInWith;
use crate::domain::{Limits, Retention, Sealing, Sourced};

/// What the file of a certificate's password holds.
pub const PASSWORD_OF_KEY: &str = "password of the private key";

/// The settings of one command.
#[derive(Debug)]
pub struct Config {
    pub state_dir: Sourced<PathBuf>,
    pub target: Target,
    /// The guards' limits as the profile sets them; flags of the command come on top.
    pub limits: Limits,
    /// How plans are tied to their review, as the profile says.
    pub sealing: Sealing,
    /// Which snapshots are kept; `None` when the file says nothing, and then all are.
    pub retention: Option<Sourced<Retention>>,
    /// The national cloud as the profile names it; else its address tells.
    pub cloud: Option<Sourced<String>>,
    /// A profile whose guards do not hold, because they are about another tenant than the one that is signed in to.
    pub guards_elsewhere: Option<String>,
    /// What the environment says of another directory than the one of the profile that was named.
    pub crossed: Crossed,
    /// The profiles of the file and its name, where settings are missing and nobody said which profile is meant.
    pub unnamed_profiles: Option<Sourced<Vec<String>>>,
    /// A PEM file with certificate authorities to trust beside the system's.
    pub ca_file: Option<Sourced<PathBuf>>,
}

/// Which directory the command is about.
#[derive(Debug)]
pub enum Target {
    /// The embedded directory in the state folder.
    Sandbox,
    /// A tenant, or anything that speaks like one.
    Tenant(Box<SignIn>),
    /// Nothing, or not enough, is configured; the names of what is missing.
    Missing { missing: Vec<&'static str> },
}

/// How to sign in: as which app, and where.
#[derive(Debug)]
pub struct SignIn {
    pub tenant: Sourced<String>,
    /// `None` for the identity of a machine itself, and for the Azure CLI.
    pub client_id: Option<Sourced<String>>,
    pub with: SignInWith,
    /// The file that the secret came from; `None` where it came otherwise, or is none.
    pub secret_file: Option<PathBuf>,
    pub graph_url: Sourced<String>,
    pub authority_host: Sourced<String>,
}

impl SignIn {
    /// The files that nobody but the owner should read, and what each holds: with that one can sign in for months. A federated token is
    /// not meant: it ends within the hour, and whoever writes it decides who reads it.
    pub fn private_files(&self) -> Vec<(&'static str, &Path)> {
        match &self.with {
            SignInWith::Secret(_) => {
                Vec::from_iter(self.secret_file.as_deref().map(|file| ("client secret", file)))
            }
            SignInWith::Certificate(certificate) => {
                let key = ("private key", certificate.file.value.as_path());
                let password = certificate.password_file.as_deref();
                let password = password.map(|file| (PASSWORD_OF_KEY, file));
                Vec::from_iter([key].into_iter().chain(password))
            }
            SignInWith::Federated(_)
            | SignInWith::ManagedIdentity
            | SignInWith::AzureCli
            | SignInWith::DeviceCode => Vec::new(),
        }
    }
}

/// The state folder alone, by the same order: for what needs no sign-in, so no secret is fetched.
///
/// # Errors
/// The configuration file cannot be read, or nothing says where the home folder is.
pub fn state_folder(flags: &Flags, environment: &Environment) -> Result<PathBuf, ConfigError> {
    let typed = flags.state_dir.clone();
    if let Some(path) = typed.or_else(|| path_of(environment, "DIRSHEET_STATE_DIR")) {
        return Ok(path);
    }
    let (_, file) = config_file(flags, environment)?;
    match file.and_then(|file| file.state_dir) {
        Some(path) => Ok(path),
        None => state_path(environment),
    }
}

/// Whether the profile that is named, or the usual one, protects anybody by `guards.protected` or `guards.protected_filter`. Reads no
/// secret. Guards that a profile has for another tenant than the one of the environment count here all the same.
pub fn protects_anybody(flags: &Flags, environment: &Environment) -> Result<bool, ConfigError> {
    let Some(file) = config_file(flags, environment)?.1 else {
        return Ok(false);
    };
    let variable = environment
        .get("DIRSHEET_PROFILE")
        .filter(|name| !name.is_empty());
    let name = flags
        .profile
        .as_ref()
        .or(variable)
        .or(file.default_profile.as_ref());
    let profile = name.and_then(|name| file.profiles.get(name));
    Ok(profile.is_some_and(|profile| {
        !profile.guards.protected.is_empty() || profile.guards.protected_filter.is_some()
    }))
}

/// The file with certificate authorities alone, by the same order, for what needs no sign-in.
///
/// # Errors
/// The configuration file cannot be read.
pub fn ca_file(flags: &Flags, environment: &Environment) -> Result<Option<Sourced<PathBuf>>, ConfigError> {
    // Where it is named by the environment, a mistake in the file is none of its business.
    if let Some(named) = ca_file_of(environment, None, "") {
        return Ok(Some(named));
    }
    let (path, file) = config_file(flags, environment)?;
    let in_file = file.and_then(|file| file.ca_file);
    Ok(ca_file_of(environment, in_file, &path.display().to_string()))
}

fn ca_file_of(
    environment: &Environment,
    in_file: Option<PathBuf>,
    from_file: &str,
) -> Option<Sourced<PathBuf>> {
    const CA_FILE: &str = "DIRSHEET_CA_FILE";
    let named = path_of(environment, CA_FILE).map(|value| Sourced {
        value,
        origin: format!("{CA_FILE} in the environment"),
    });
    named.or_else(|| {
        in_file.map(|value| Sourced {
            value,
            origin: from_file.to_owned(),
        })
    })
}

/// Names and addresses: no blank around one is meant.
const BARE: [&str; 5] = [
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_AUTHORITY_HOST",
    "DIRSHEET_GRAPH_URL",
    "DIRSHEET_PROFILE",
];

/// A path in the environment.
fn path_of(environment: &Environment, name: &str) -> Option<PathBuf> {
    let value = environment.get(name).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

/// Where the configuration file is, and what it says; `None` where there is none and nobody named one.
pub(super) fn config_file(
    flags: &Flags,
    environment: &Environment,
) -> Result<(PathBuf, Option<RawFile>), ConfigError> {
    let named = flags.config.clone();
    let named = named.or_else(|| path_of(environment, "DIRSHEET_CONFIG"));
    let is_named = named.is_some();
    let path = match named {
        Some(path) => path,
        None => config_path(environment)?,
    };
    let file = read_file(&path)?;
    if file.is_none() && is_named {
        return Err(ConfigError::Unreadable {
            path,
            reason: "there is no such file".to_owned(),
        });
    }
    Ok((path, file))
}

/// Resolves flags over environment over file over default, and the sign-in as a whole (`sign_in.rs`). Reads the
/// configuration file and, where it says so, the secret.
pub fn resolve(flags: &Flags, environment: &Environment) -> Result<Config, ConfigError> {
    let variable = |name: &str| {
        let value = environment.get(name)?;
        let value = match BARE.contains(&name) {
            true => value.trim(),
            false => value,
        };
        Some(value.to_owned()).filter(|value| !value.is_empty())
    };
    let (path, file) = config_file(flags, environment)?;
    let typed = flags.profile.clone().or_else(|| variable("DIRSHEET_PROFILE"));
    let from_file = path.display().to_string();
    let is_named = typed.is_some();
    let asked = |name: &str| match (&flags.profile, is_named) {
        (Some(_), _) => format!("`--profile {name}`"),
        (None, true) => format!("DIRSHEET_PROFILE in the environment, `{name}`,"),
        (None, false) => format!("`default_profile`, `{name}`,"),
    };
    let (file, name) = match (file, typed) {
        (None, Some(name)) => {
            return Err(ConfigError::NoFile {
                asked: asked(&name),
                path,
            });
        }
        (None, None) => (RawFile::default(), None),
        (Some(file), typed) => {
            let name = typed.or_else(|| file.default_profile.clone());
            (file, name)
        }
    };
    let profile = match name {
        None => None,
        Some(name) => match file.profiles.get(&name) {
            Some(raw) => Some(Profile {
                raw: raw.clone(),
                origin: format!("profile `{name}` of `{from_file}`"),
                is_named,
            }),
            None => {
                let known = file.profiles.keys().map(|known| format!("`{known}`"));
                let known = known.collect::<Vec<_>>().join(", ");
                return Err(ConfigError::UnknownProfile {
                    known: if known.is_empty() {
                        "none".to_owned()
                    } else {
                        known
                    },
                    asked: asked(&name).trim_end_matches(',').to_owned(),
                    path,
                });
            }
        },
    };
    let layered =
        |flag: Option<(&str, String)>, name: &str, in_file: Option<String>| -> Option<Sourced<String>> {
            flag.map(|(flag, value)| Sourced {
                value,
                origin: flag.to_owned(),
            })
            .or_else(|| {
                variable(name).map(|value| Sourced {
                    value,
                    origin: format!("{name} in the environment"),
                })
            })
            .or_else(|| {
                in_file.map(|value| Sourced {
                    value,
                    origin: from_file.clone(),
                })
            })
        };
    let state_dir = layered(
        flags
            .state_dir
            .as_ref()
            .map(|path| ("--state-dir", path.display().to_string())),
        "DIRSHEET_STATE_DIR",
        file.state_dir.as_ref().map(|path| path.display().to_string()),
    );
    let state_dir = match state_dir {
        Some(Sourced { value, origin }) => Sourced {
            value: PathBuf::from(value),
            origin,
        },
        None => Sourced::default_value(state_path(environment)?),
    };
    let target = if flags.sandbox {
        Target::Sandbox
    } else {
        let sources = Sources {
            profile: profile.as_ref(),
            graph_url: flags.graph_url.clone(),
            variable: &variable,
        };
        sources.target()?
    };
    let crossed = crossed(profile.as_ref(), &target, variable);
    let is_passed_over = profile.is_none() && matches!(target, Target::Missing { .. });
    let unnamed_profiles = (is_passed_over && !file.profiles.is_empty()).then(|| Sourced {
        value: file.profiles.keys().cloned().collect(),
        origin: from_file.clone(),
    });
    let (limits, sealing) = match &profile {
        Some(profile) if profile.guards_hold(&target) => (
            limits(&profile.raw.guards, &from_file)?,
            sealing(&profile.raw.guards, &from_file)?,
        ),
        _ => (Limits::default(), Sealing::default()),
    };
    let guards_elsewhere = profile
        .as_ref()
        .filter(|profile| !profile.guards_hold(&target) && profile.raw.guards.says_anything())
        .map(|profile| profile.origin.clone());
    let cloud = profile
        .as_ref()
        .filter(|profile| profile.is_of(&target))
        .and_then(|profile| {
            profile.raw.cloud.as_ref().map(|word| Sourced {
                value: word.clone(),
                origin: profile.origin.clone(),
            })
        });
    Ok(Config {
        state_dir,
        target,
        limits,
        sealing,
        retention: retention(file.snapshots, &from_file)?,
        cloud,
        guards_elsewhere,
        crossed,
        unnamed_profiles,
        ca_file: ca_file_of(environment, file.ca_file, &from_file),
    })
}

#[cfg(test)]
mod tests;
