//! Whose sign-in it is: a profile's or the environment's, always as a whole.
//!
//! A field from here and a field from there make a sign-in that nobody meant: a profile's secret sent to another sign-in
//! service, or a sheet applied to the tenant that an earlier `export` in this shell has left behind.

use std::path::PathBuf;

use secrecy::SecretString;

use super::raw::{ConfigError, RawProfile};
use super::resolve::{SignIn, SignInWith, Target};
use super::secret::secret;
use crate::domain::Sourced;

/// The service of the worldwide cloud. <https://learn.microsoft.com/graph/deployments>
pub(super) const GRAPH_URL: &str = "https://graph.microsoft.com";
const AUTHORITY_HOST: &str = "https://login.microsoftonline.com";

const TENANT_ID: &str = "AZURE_TENANT_ID";
const CLIENT_ID: &str = "AZURE_CLIENT_ID";
const CLIENT_SECRET: &str = "AZURE_CLIENT_SECRET";
const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
const FEDERATED: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// The profile of the configuration file that is in use.
pub(super) struct Profile {
    pub raw: RawProfile,
    /// How messages call it: its name and file.
    pub origin: String,
    /// Asked for by name; else it is the file's default.
    pub is_named: bool,
}

/// What sign-in is made from.
pub(super) struct Sources<'a> {
    pub profile: Option<&'a Profile>,
    /// `--graph-url`, the only thing that may come on top of either.
    pub graph_url: Option<String>,
    /// A variable of the environment; an empty one is `None`.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Profile {
    fn has_sign_in(&self) -> bool {
        let RawProfile {
            tenant_id,
            client_id,
            client_secret_file,
            client_secret_command,
            client_certificate_file,
            federated_token_file,
            graph_url,
            authority_host,
            cloud: _,
            guards: _,
        } = &self.raw;
        let texts = [tenant_id, client_id, graph_url, authority_host];
        texts.into_iter().any(Option::is_some)
            || [client_secret_file, client_certificate_file, federated_token_file]
                .into_iter()
                .any(Option::is_some)
            || client_secret_command.is_some()
    }

    /// Whether the profile is about the tenant that is signed in to: its guards hold there, and nowhere else.
    pub fn guards_hold(&self, target: &Target) -> bool {
        match (&self.raw.tenant_id, target) {
            (Some(own), Target::Tenant(sign_in)) => own.eq_ignore_ascii_case(&sign_in.tenant.value),
            _ => true,
        }
    }
}

impl Sources<'_> {
    /// The directory to sign in to.
    pub fn target(&self) -> Result<Target, ConfigError> {
        let is_in_environment = [TENANT_ID, CLIENT_ID]
            .into_iter()
            .any(|name| (self.variable)(name).is_some());
        match self.profile {
            Some(profile) if profile.is_named || (!is_in_environment && profile.has_sign_in()) => {
                self.of_profile(profile)
            }
            _ => self.of_environment(),
        }
    }

    fn of_profile(&self, profile: &Profile) -> Result<Target, ConfigError> {
        let RawProfile {
            tenant_id,
            client_id,
            graph_url,
            authority_host,
            ..
        } = &profile.raw;
        for (own, field, name) in [
            (tenant_id, "tenant_id", TENANT_ID),
            (client_id, "client_id", CLIENT_ID),
        ] {
            if own.is_none() && (self.variable)(name).is_some() {
                return Err(mixed(name, profile, format!("the profile has no `{field}`")));
            }
        }
        let from_profile = |value: &String| Sourced {
            value: value.clone(),
            origin: profile.origin.clone(),
        };
        let or_default = |own: &Option<String>, default: &str| {
            own.as_ref()
                .map_or_else(|| Sourced::default_value(default.to_owned()), from_profile)
        };
        let authority = or_default(authority_host, AUTHORITY_HOST);
        let graph = self
            .typed_graph_url()
            .unwrap_or_else(|| or_default(graph_url, GRAPH_URL));
        let with = match of_its_own(profile)? {
            Some(own) => Some(own),
            None => self.beside(profile)?,
        };
        let (Some(tenant), Some(client), Some(with)) = (tenant_id, client_id, with.clone()) else {
            return Ok(self.missing([
                (tenant_id.is_none(), "tenant_id of the profile"),
                (client_id.is_none(), "client_id of the profile"),
                (with.is_none(), "client_secret_file of the profile"),
            ]));
        };
        if !profile.is_named {
            // Nobody said which of the two is meant.
            for (name, used) in [
                ("AZURE_AUTHORITY_HOST", &authority),
                ("DIRSHEET_GRAPH_URL", &graph),
            ] {
                let other = (self.variable)(name)
                    .filter(|value| host(value) != host(&used.value) && used.origin != "--graph-url");
                if other.is_some() {
                    return Err(mixed(
                        name,
                        profile,
                        format!("the profile uses `{}`", without_login(&used.value)),
                    ));
                }
            }
        }
        Ok(Target::Tenant(Box::new(SignIn {
            tenant: from_profile(tenant),
            client_id: from_profile(client),
            with,
            graph_url: graph,
            authority_host: authority,
        })))
    }

    /// What the environment signs in with, for a profile that names nothing: only if it cannot be another app's.
    fn beside(&self, profile: &Profile) -> Result<Option<SignInWith>, ConfigError> {
        let Some((found, with)) = self.of_variables()? else {
            return Ok(None);
        };
        for (name, own) in [
            (TENANT_ID, &profile.raw.tenant_id),
            (CLIENT_ID, &profile.raw.client_id),
        ] {
            let Some(other) = (self.variable)(name) else {
                continue;
            };
            if !own.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(&other)) {
                let reason = format!("{name} beside it is `{other}`, which is not the profile's");
                return Err(mixed(found, profile, reason));
            }
        }
        // A secret of the environment goes to no sign-in service that the environment does not mean.
        let own = profile.raw.authority_host.as_deref().unwrap_or(AUTHORITY_HOST);
        if let Some(other) = (self.variable)("AZURE_AUTHORITY_HOST").filter(|other| host(other) != host(own))
        {
            let reason = format!(
                "AZURE_AUTHORITY_HOST beside it is `{}`, which is not the profile's",
                without_login(&other)
            );
            return Err(mixed(found, profile, reason));
        }
        Ok(Some(with))
    }

    /// What the environment signs in with, in the order of the Azure SDKs where it names several, and the variable.
    ///
    /// # Errors
    /// What should name a file is the certificate or the token itself.
    fn of_variables(&self) -> Result<Option<(&'static str, SignInWith)>, ConfigError> {
        if let Some(secret) = (self.variable)(CLIENT_SECRET) {
            return Ok(Some((
                CLIENT_SECRET,
                SignInWith::Secret(SecretString::from(secret)),
            )));
        }
        for name in [CERTIFICATE, FEDERATED] {
            let Some(value) = (self.variable)(name) else {
                continue;
            };
            let named = file(name, PathBuf::from(value), "the environment")?;
            let named = Sourced {
                origin: format!("{name} in the environment"),
                ..named
            };
            let with = match name {
                CERTIFICATE => SignInWith::Certificate(named),
                _ => SignInWith::Federated(named),
            };
            return Ok(Some((name, with)));
        }
        Ok(None)
    }

    fn of_environment(&self) -> Result<Target, ConfigError> {
        let sourced = |name: &str| {
            (self.variable)(name).map(|value| Sourced {
                value,
                origin: format!("{name} in the environment"),
            })
        };
        let parts = (
            sourced(TENANT_ID),
            sourced(CLIENT_ID),
            self.of_variables()?.map(|(_, with)| with),
        );
        let (Some(tenant), Some(client_id), Some(with)) = parts.clone() else {
            let named = [
                (parts.0.is_none(), TENANT_ID),
                (parts.1.is_none(), CLIENT_ID),
                (parts.2.is_none(), CLIENT_SECRET),
            ];
            let set = named.iter().find(|(is_missing, _)| !is_missing);
            let gap = named.iter().find(|(is_missing, _)| *is_missing);
            if let (Some(profile), Some((_, set)), Some((_, gap))) =
                (self.profile.filter(|profile| profile.has_sign_in()), set, gap)
            {
                return Err(mixed(set, profile, format!("{gap} is not set beside it")));
            }
            return Ok(self.missing(named));
        };
        Ok(Target::Tenant(Box::new(SignIn {
            tenant,
            client_id,
            with,
            graph_url: self
                .typed_graph_url()
                .or_else(|| sourced("DIRSHEET_GRAPH_URL"))
                .unwrap_or_else(|| Sourced::default_value(GRAPH_URL.to_owned())),
            authority_host: sourced("AZURE_AUTHORITY_HOST")
                .unwrap_or_else(|| Sourced::default_value(AUTHORITY_HOST.to_owned())),
        })))
    }

    fn typed_graph_url(&self) -> Option<Sourced<String>> {
        self.graph_url.clone().map(|value| Sourced {
            value,
            origin: "--graph-url".to_owned(),
        })
    }

    fn missing(&self, named: [(bool, &'static str); 3]) -> Target {
        Target::Missing {
            missing: named
                .into_iter()
                .filter(|(is_missing, _)| *is_missing)
                .map(|(_, name)| name)
                .collect(),
        }
    }
}

/// What the profile itself signs in with.
fn of_its_own(profile: &Profile) -> Result<Option<SignInWith>, ConfigError> {
    let raw = &profile.raw;
    let own = |name: &str, path: &Option<PathBuf>| {
        path.clone()
            .map(|path| file(name, path, &profile.origin))
            .transpose()
    };
    own("client_secret_file", &raw.client_secret_file)?;
    let certificate =
        own("client_certificate_file", &raw.client_certificate_file)?.map(SignInWith::Certificate);
    let federated = own("federated_token_file", &raw.federated_token_file)?.map(SignInWith::Federated);
    let has_secret = raw.client_secret_file.is_some() || raw.client_secret_command.is_some();
    let named = [has_secret, certificate.is_some(), federated.is_some()];
    if named.into_iter().filter(|is_named| *is_named).count() > 1 {
        return Err(ConfigError::Setting {
            setting:
                "client_secret_file, client_secret_command, client_certificate_file, federated_token_file"
                    .to_owned(),
            origin: profile.origin.clone(),
            reason: "an app signs in with one of them; take the others out".to_owned(),
        });
    }
    let secret = secret(raw)?.map(SignInWith::Secret);
    Ok(secret.or(certificate).or(federated))
}

/// A path, unless it is what should stand in the file: that would be shown in the error that there is no such file.
fn file(setting: &str, path: PathBuf, origin: &str) -> Result<Sourced<PathBuf>, ConfigError> {
    let text = path.to_string_lossy();
    let is_token = text.starts_with("eyJ") && text.split('.').count() == 3;
    if is_token || text.contains("-----BEGIN") || text.contains(['\n', '\r']) {
        return Err(ConfigError::Setting {
            setting: setting.to_owned(),
            origin: origin.to_owned(),
            reason: "it holds the key or token itself; write that into a file that only you can read, and name the file"
                .to_owned(),
        });
    }
    drop(text);
    Ok(Sourced {
        value: path,
        origin: origin.to_owned(),
    })
}

/// An address as it may be shown: without a user name and a password.
pub fn without_login(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let Some((_, host)) = authority.rsplit_once('@') else {
        return address.to_owned();
    };
    let scheme = if scheme.is_empty() {
        String::new()
    } else {
        format!("{scheme}://")
    };
    format!("{scheme}…@{host}{path}")
}

/// The same service may be written with or without its scheme and a slash at its end.
fn host(address: &str) -> String {
    address
        .trim_start_matches("https://")
        .trim_end_matches('/')
        .to_lowercase()
}

fn mixed(variable: &str, profile: &Profile, reason: String) -> ConfigError {
    ConfigError::Mixed {
        variable: variable.to_owned(),
        profile: profile.origin.clone(),
        reason,
    }
}

#[cfg(test)]
mod tests;
