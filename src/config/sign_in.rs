//! Whose sign-in it is: a profile's or the environment's, always as a whole.
//!
//! A field from here and a field from there make a sign-in that nobody meant: a profile's secret sent to another sign-in
//! service, or a sheet applied to the tenant that an earlier `export` in this shell has left behind.

use uuid::Uuid;

use super::raw::{ConfigError, RawProfile};
use super::resolve::{SignIn, Target};
use super::way::{App, CLIENT_SECRET, SIGN_IN, SignInWith, of_its_own, of_variables};
use crate::domain::Sourced;

/// The service of the worldwide cloud. <https://learn.microsoft.com/graph/deployments>
pub(super) const GRAPH_URL: &str = "https://graph.microsoft.com";
const AUTHORITY_HOST: &str = "https://login.microsoftonline.com";

pub(super) const TENANT_ID: &str = "AZURE_TENANT_ID";
pub(super) const CLIENT_ID: &str = "AZURE_CLIENT_ID";

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
            client_certificate_password_file,
            client_certificate_password_command,
            federated_token_file,
            sign_in,
            graph_url,
            authority_host,
            cloud: _,
            guards: _,
        } = &self.raw;
        let texts = [tenant_id, client_id, sign_in, graph_url, authority_host];
        texts.into_iter().any(Option::is_some)
            || [
                client_secret_file,
                client_certificate_file,
                client_certificate_password_file,
                federated_token_file,
            ]
            .into_iter()
            .any(Option::is_some)
            || [client_secret_command, client_certificate_password_command]
                .into_iter()
                .any(Option::is_some)
    }

    /// Whether the profile is about the tenant that is signed in to, for all that is known. Another cloud than the right one would leave
    /// out columns, so it is not taken from a profile that only may be the right one.
    pub fn is_of(&self, target: &Target) -> bool {
        match (&self.raw.tenant_id, target) {
            (Some(own), Target::Tenant(sign_in)) => own.eq_ignore_ascii_case(&sign_in.tenant.value),
            _ => true,
        }
    }

    /// Whether the profile may be about the tenant that is signed in to: then its guards hold. Only two different ids are two tenants
    /// for certain; a domain may be any tenant's, and a tenant has several. A guard too many stops a plan, and one too few does not.
    pub fn guards_hold(&self, target: &Target) -> bool {
        let (Some(own), Target::Tenant(sign_in)) = (&self.raw.tenant_id, target) else {
            return true;
        };
        match (Uuid::try_parse(own), Uuid::try_parse(&sign_in.tenant.value)) {
            (Ok(own), Ok(other)) => own == other,
            _ => true,
        }
    }
}

impl Sources<'_> {
    /// The directory to sign in to.
    pub fn target(&self) -> Result<Target, ConfigError> {
        let is_in_environment = [TENANT_ID, CLIENT_ID, SIGN_IN]
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
        let with = of_its_own(profile)?;
        let is_fixed = with.as_ref().is_some_and(|with| with.app() == App::Fixed);
        for (own, field, name) in [
            (tenant_id, "tenant_id", TENANT_ID),
            (client_id, "client_id", CLIENT_ID),
        ] {
            let is_meant = name != CLIENT_ID || !is_fixed;
            if own.is_none() && is_meant && (self.variable)(name).is_some() {
                return Err(mixed(name, profile, format!("the profile has no `{field}`")));
            }
        }
        let from_profile = |value: &String| Sourced {
            value: value.trim().to_owned(),
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
        let with = match with {
            Some(own) => Some(own),
            None => self.beside(profile)?,
        };
        let lacks_app = client_id.is_none() && needs_app(with.as_ref());
        let (Some(tenant), false, Some(with)) = (tenant_id, lacks_app, with.clone()) else {
            return Ok(self.missing([
                (tenant_id.is_none(), "tenant_id of the profile"),
                (lacks_app, "client_id of the profile"),
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
            client_id: client_id
                .as_ref()
                .map(from_profile)
                .filter(|_| with.app() != App::Fixed),
            with,
            secret_file: profile.raw.client_secret_file.clone(),
            graph_url: graph,
            authority_host: authority,
        })))
    }

    /// What the environment signs in with, for a profile that names nothing: only if it cannot be another app's.
    fn beside(&self, profile: &Profile) -> Result<Option<SignInWith>, ConfigError> {
        let Some((found, with)) = of_variables(self.variable)? else {
            return Ok(None);
        };
        if with.app() == App::Fixed && profile.raw.client_id.is_some() {
            let reason = "the profile has a `client_id`, and the Azure CLI signs in a person".to_owned();
            return Err(mixed(found, profile, reason));
        }
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

    fn of_environment(&self) -> Result<Target, ConfigError> {
        let sourced = |name: &str| {
            (self.variable)(name).map(|value| Sourced {
                value,
                origin: format!("{name} in the environment"),
            })
        };
        let found = of_variables(self.variable)?;
        let (tenant, client_id) = (sourced(TENANT_ID), sourced(CLIENT_ID));
        let lacks_app = client_id.is_none() && needs_app(found.as_ref().map(|(_, with)| with));
        let (Some(tenant), false, Some((_, with))) = (&tenant, lacks_app, found.clone()) else {
            let named = [
                (tenant.is_none(), TENANT_ID),
                (lacks_app, CLIENT_ID),
                (found.is_none(), CLIENT_SECRET),
            ];
            let set = [
                tenant.is_some().then_some(TENANT_ID),
                client_id.is_some().then_some(CLIENT_ID),
                found.as_ref().map(|(name, _)| *name),
            ];
            let set = set.into_iter().flatten().next();
            let gap = named.iter().find(|(is_missing, _)| *is_missing);
            if let (Some(profile), Some(set), Some((_, gap))) =
                (self.profile.filter(|profile| profile.has_sign_in()), set, gap)
            {
                return Err(mixed(set, profile, format!("{gap} is not set beside it")));
            }
            return Ok(self.missing(named));
        };
        Ok(Target::Tenant(Box::new(SignIn {
            tenant: tenant.clone(),
            client_id: client_id.filter(|_| with.app() != App::Fixed),
            with,
            secret_file: None,
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
pub(super) fn host(address: &str) -> String {
    address
        .trim_start_matches("https://")
        .trim_end_matches('/')
        .to_lowercase()
}

/// Whether a sign-in is incomplete without the id of an app; one that nothing is known of is.
fn needs_app(with: Option<&SignInWith>) -> bool {
    with.is_none_or(|with| with.app() == App::Needed)
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
