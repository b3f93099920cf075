//! Where the configuration file and the state folder are when nobody says so.

use std::path::PathBuf;

use super::raw::{ConfigError, Environment};

/// The configuration file.
pub(super) fn config_path(environment: &Environment) -> Result<PathBuf, ConfigError> {
    base_folder(environment, "XDG_CONFIG_HOME", ".config")
        .map(|folder| folder.join("dirsheet").join("config.toml"))
}

/// The state folder.
pub(super) fn state_path(environment: &Environment) -> Result<PathBuf, ConfigError> {
    base_folder(environment, "XDG_STATE_HOME", ".local/state").map(|folder| folder.join("dirsheet"))
}

/// The XDG folder where it is set, else the platform's own place in the home folder.
fn base_folder(environment: &Environment, variable: &str, below_home: &str) -> Result<PathBuf, ConfigError> {
    if let Some(folder) = environment
        .get(variable)
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
    {
        return Ok(folder);
    }
    if cfg!(windows)
        && let Some(folder) = environment
            .get("LOCALAPPDATA")
            .filter(|folder| !folder.is_empty())
    {
        return Ok(PathBuf::from(folder));
    }
    let home = environment
        .get("HOME")
        .filter(|home| !home.is_empty())
        .ok_or_else(|| ConfigError::NoHome {
            reason: "HOME is not set; name a folder with `--state-dir DIR`".to_owned(),
        })?;
    Ok(PathBuf::from(home).join(below_home))
}
