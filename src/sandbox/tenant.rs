//! The tenant and the one app registration in it.

use super::{chance, extensions::Extensions};
use serde::{Deserialize, Serialize};

/// Who the directory belongs to, and what the client signs in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// The tenant's id.
    pub tenant_id: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret, with the characters that have to be encoded in a form.
    pub client_secret: String,
    /// The organisation's name.
    pub name: String,
    /// The verified domains, the default one first, the initial one last.
    pub domains: Vec<String>,
    /// What applications added to users.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

impl Tenant {
    /// The tenant of a seed.
    pub fn of(seed: u64) -> Self {
        let key = chance::mix(seed ^ 0x7E_4A_47);
        let tail = super::base64::encode(&chance::mix(key ^ 3).to_le_bytes());
        Tenant {
            tenant_id: chance::guid(key, 1).to_string(),
            client_id: chance::guid(key, 2).to_string(),
            client_secret: format!("sbx8Q~{tail}+a/b=.c"),
            name: "Contoso (sandbox)".to_owned(),
            domains: vec![
                "contoso.example".to_owned(),
                "contoso.com".to_owned(),
                "contoso.onmicrosoft.com".to_owned(),
            ],
            extensions: Extensions::default(),
        }
    }

    /// The id of the client's service principal.
    pub fn principal_id(&self) -> String {
        chance::guid(chance::hash(0x5E_41_CE, self.client_id.as_bytes()), 1).to_string()
    }

    /// The domain that comes with the tenant, where guests get their names.
    pub fn initial_domain(&self) -> &str {
        self.domains.last().map_or("", String::as_str)
    }

    /// Whether names may be given in a domain.
    pub fn has_domain(&self, domain: &str) -> bool {
        self.domains
            .iter()
            .any(|known| known.eq_ignore_ascii_case(domain))
    }

    /// Whether a path segment of the token endpoint means this tenant.
    pub fn answers_to(&self, segment: &str) -> bool {
        self.tenant_id.eq_ignore_ascii_case(segment) || self.has_domain(segment)
    }
}
