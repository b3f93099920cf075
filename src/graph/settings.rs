//! Where the directory is, who asks, and how long one request may take.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;
use thiserror::Error;

use super::credential::Credential;

/// Everything needed to reach one tenant. `Debug` shows no secret.
///
/// Hosts per cloud: <https://learn.microsoft.com/graph/deployments>
#[derive(Debug, Clone)]
pub struct GraphSettings {
    /// The root of the service without a version, `https://graph.microsoft.com`.
    pub graph_url: Url,
    /// The root of the token service, `https://login.microsoftonline.com`.
    pub authority_url: Url,
    /// A GUID or a verified domain.
    pub tenant: String,
    /// The application (client) id; empty for the identity of a machine itself, and for the Azure CLI.
    pub client_id: String,
    pub credential: Credential,
    /// From the first byte sent to the last byte received, for one request.
    pub request_timeout: Duration,
    /// The certificates of a private authority to trust beside the system's own, in PEM.
    pub ca_file: Option<Vec<u8>>,
}

/// Why a target cannot be used; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    #[error(
        "{url} is not safe for credentials: only https, or http on this machine (127.0.0.1, ::1, localhost)"
    )]
    NotSafe { url: String },
    #[error(
        "the address of {host} carries a user name or password; credentials belong into the settings for them"
    )]
    CredentialsInUrl { host: String },
    #[error("the address of {host} carries a query or a fragment, which a root cannot have")]
    NotARoot { host: String },
    #[error("the address of {host} ends with `/{version}`, which dirsheet puts there itself")]
    Version { host: String, version: String },
    #[error("{what} is empty")]
    Empty { what: &'static str },
    #[error("`{tenant}` is neither the id nor a domain of a tenant")]
    Tenant { tenant: String },
    #[error(
        "a managed identity belongs to one tenant, and `{tenant}` is not the id of one: with a domain its token could not be held against it"
    )]
    TenantId { tenant: String },
    #[error("the file of trusted certificates cannot be used: {reason}")]
    Certificates { reason: String },
    #[error("the HTTP client cannot be set up: {reason}")]
    Client { reason: String },
}

impl SettingsError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            SettingsError::NotSafe { .. } => {
                "write it with `https://`, such as `https://graph.microsoft.com`"
            }
            SettingsError::CredentialsInUrl { .. } => "take what stands before the `@` out of it",
            SettingsError::NotARoot { .. } | SettingsError::Version { .. } => {
                "write it up to the host, such as `https://graph.microsoft.com`"
            }
            SettingsError::Empty { .. } => {
                "set it, or unset it; `dirsheet doctor` shows where settings come from"
            }
            SettingsError::Tenant { .. } | SettingsError::TenantId { .. } => {
                "the id stands on the overview page of the Entra admin center, as *Tenant ID*"
            }
            SettingsError::Certificates { .. } => {
                "name a PEM file with DIRSHEET_CA_FILE, or with `ca_file` in the configuration file"
            }
            SettingsError::Client { .. } => "look at HTTPS_PROXY and NO_PROXY in the environment",
        }
    }
}

impl GraphSettings {
    /// Checks everything that can be checked without the network.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), SettingsError> {
        for url in [&self.graph_url, &self.authority_url] {
            validate_root(url)?;
        }
        let last = self.graph_url.path().trim_matches('/').rsplit('/').next();
        if let Some(version) = last.filter(|last| matches!(*last, "v1.0" | "beta")) {
            return Err(SettingsError::Version {
                host: self.graph_url.host_str().unwrap_or_default().to_owned(),
                version: version.to_owned(),
            });
        }
        let needs_app = self.credential.needs_app();
        for (what, text) in [("the client id", &self.client_id), ("the tenant", &self.tenant)] {
            if text.trim().is_empty() && (needs_app || what == "the tenant") {
                return Err(SettingsError::Empty { what });
            }
        }
        if self.credential.is_empty() {
            return Err(SettingsError::Empty {
                what: "what the application signs in with",
            });
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if !self.tenant.chars().all(is_name) || self.tenant.chars().all(|c| c == '.') {
            return Err(SettingsError::Tenant {
                tenant: super::harmless::harmless(&self.tenant, 80),
            });
        }
        let is_id = uuid::Uuid::try_parse(&self.tenant).is_ok();
        // `common` and `organizations` are every tenant.
        if self.credential.is_of_elsewhere() && !is_id && !self.tenant.contains('.') {
            return Err(SettingsError::Tenant {
                tenant: self.tenant.clone(),
            });
        }
        if matches!(self.credential, Credential::ManagedIdentity) && !is_id {
            return Err(SettingsError::TenantId {
                tenant: self.tenant.clone(),
            });
        }
        Ok(())
    }

    /// `{graph_url}/v1.0`, without a slash at the end.
    pub(super) fn version_root(&self) -> String {
        format!("{}/v1.0", trimmed(&self.graph_url))
    }

    /// The scope that stands for all permissions granted to the application in this cloud.
    pub(super) fn scope(&self) -> String {
        format!("{}/.default", trimmed(&self.graph_url))
    }

    /// The root of the service, without a slash at the end.
    pub(super) fn graph_root(&self) -> String {
        trimmed(&self.graph_url).to_owned()
    }

    /// The tenant's place at the sign-in service.
    pub(super) fn authority_root(&self) -> String {
        format!("{}/{}", trimmed(&self.authority_url), self.tenant)
    }

    pub(super) fn token_url(&self) -> Result<Url, SettingsError> {
        let text = format!("{}/oauth2/v2.0/token", self.authority_root());
        Url::parse(&text).map_err(|_| SettingsError::Tenant {
            tenant: self.tenant.clone(),
        })
    }
}

fn trimmed(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

fn validate_root(url: &Url) -> Result<(), SettingsError> {
    let host = url.host_str().unwrap_or_default().to_owned();
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SettingsError::CredentialsInUrl { host });
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(SettingsError::NotARoot { host });
    }
    match url.scheme() {
        "https" if !host.is_empty() => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        scheme => Err(SettingsError::NotSafe {
            url: format!("{scheme}://{host}"),
        }),
    }
}

/// Whether the address is the host that a virtual machine runs on, which no proxy reaches. RFC 3927.
pub(super) fn is_link_local(url: &Url) -> bool {
    ipv4(url).is_some_and(|address| address.is_link_local())
}

/// Whether the address is one of a private network, by its number: a name may mean anything. RFC 1918.
pub(super) fn is_private(url: &Url) -> bool {
    ipv4(url).is_some_and(|address| address.is_private())
}

fn ipv4(url: &Url) -> Option<std::net::Ipv4Addr> {
    url.host_str()?.parse().ok()
}

/// Whether the address is this machine itself.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => bare.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(graph: &str) -> GraphSettings {
        GraphSettings {
            graph_url: Url::parse(graph).unwrap(),
            authority_url: Url::parse("https://login.microsoftonline.com").unwrap(),
            tenant: "contoso.com".into(),
            client_id: "11111111-2222-4333-8444-555555555555".into(),
            credential: Credential::Secret("s3cret~value".into()),
            request_timeout: Duration::from_secs(100),
            ca_file: None,
        }
    }

    #[test]
    fn an_address_with_the_version_of_the_service_is_told_to_be_written_without() {
        for address in [
            "https://graph.microsoft.com/v1.0",
            "https://graph.microsoft.com/beta/",
        ] {
            let told = settings(address).validate().unwrap_err().to_string();
            assert!(told.contains("which dirsheet puts there itself"), "{told}");
        }
    }

    #[test]
    fn only_https_or_this_machine_is_accepted() {
        for good in [
            "https://graph.microsoft.com",
            "https://graph.microsoft.us/",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:80/",
            "http://localhost:3000",
        ] {
            assert_eq!(settings(good).validate(), Ok(()), "{good}");
        }
        for bad in [
            "http://graph.microsoft.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "ftp://127.0.0.1",
            "https://someone:pass@graph.microsoft.com",
            "https://graph.microsoft.com/?x=1",
        ] {
            assert!(settings(bad).validate().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_tenant_that_could_leave_its_place_in_the_path_is_refused() {
        for tenant in ["a/b", "..", "", " ", "a?b", "a b", "a%2fb"] {
            let mut settings = settings("https://graph.microsoft.com");
            settings.tenant = tenant.into();
            assert!(settings.validate().is_err(), "{tenant}");
        }
    }

    #[test]
    fn a_managed_identity_needs_the_id_of_its_tenant_and_no_id_of_an_app() {
        let mut settings = settings("https://graph.microsoft.com");
        settings.client_id = String::new();
        assert!(settings.validate().is_err());
        settings.credential = Credential::AzureCli;
        assert_eq!(settings.validate(), Ok(()));
        settings.tenant = "organizations".into();
        assert!(matches!(settings.validate(), Err(SettingsError::Tenant { .. })));
        settings.tenant = "contoso.com".into();
        settings.credential = Credential::ManagedIdentity;
        assert!(matches!(settings.validate(), Err(SettingsError::TenantId { .. })));
        settings.tenant = "11111111-2222-4333-8444-555555555555".into();
        assert_eq!(settings.validate(), Ok(()));
    }

    #[test]
    fn the_scope_names_the_cloud_and_the_secret_is_never_shown() {
        let settings = settings("https://graph.microsoft.us/");
        assert_eq!(settings.scope(), "https://graph.microsoft.us/.default");
        assert_eq!(settings.version_root(), "https://graph.microsoft.us/v1.0");
        assert_eq!(
            settings.token_url().unwrap().as_str(),
            "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token"
        );
        assert!(!format!("{settings:?}").contains("s3cret"));
    }
}
