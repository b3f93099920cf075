//! A profile that somebody named, and an environment that means another directory: whoever put the lines of a practice directory into a
//! shell believes that everything goes there, and the profile sends it to the tenant.

use uuid::Uuid;

use super::resolve::Target;
use super::sign_in::{Profile, TENANT_ID, host, without_login};

const GRAPH_URL: &str = "DIRSHEET_GRAPH_URL";

/// What the environment says of a directory beside the profile that was named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Crossed {
    /// Another address: this variable is nobody's but ours, so it was set for dirsheet.
    pub address: Option<String>,
    /// Another tenant only: other tools read the variable too, so it may have been set for them.
    pub tenant: Option<String>,
}

/// Holds a named profile against the environment. What is no named profile, or is no tenant, crosses nothing: without a name the
/// environment counts, or leftovers in it are refused already.
pub(super) fn crossed(
    profile: Option<&Profile>,
    target: &Target,
    variable: impl Fn(&str) -> Option<String>,
) -> Crossed {
    let (Some(profile), Target::Tenant(sign_in)) = (profile.filter(|profile| profile.is_named), target)
    else {
        return Crossed::default();
    };
    let origin = &profile.origin;
    let used = &sign_in.graph_url;
    // Whoever types the address says which one is meant.
    let is_typed = used.origin == "--graph-url";
    let address = variable(GRAPH_URL)
        .filter(|other| !is_typed && host(other) != host(&used.value))
        .map(|other| {
            format!(
                "the {origin} goes to `{}`, and {GRAPH_URL} in the environment is `{}`",
                without_login(&used.value),
                without_login(&other)
            )
        });
    // Only two different ids are two tenants for certain.
    let own = Uuid::try_parse(&sign_in.tenant.value).ok();
    let tenant = variable(TENANT_ID)
        .filter(|other| {
            let other = Uuid::try_parse(other).ok();
            own.is_some() && other.is_some() && own != other
        })
        .map(|other| {
            format!(
                "the {origin} is of tenant {}, and {TENANT_ID} in the environment is {other}; the profile counts",
                sign_in.tenant.value
            )
        });
    Crossed { address, tenant }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, Flags, resolve};

    const OWN: &str = "11111111-2222-4333-8444-555555555555";
    const OTHER: &str = "11111111-2222-4333-8444-555555555556";

    /// The profile `own`, named or the file's default, beside an environment.
    fn with(is_named: bool, graph_url: Option<&str>, variables: &[(&str, &str)]) -> Crossed {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let secret = folder.path().join("secret");
        std::fs::write(&secret, "hush").unwrap();
        let text = format!(
            "default_profile = \"own\"\n[profiles.own]\ntenant_id = \"{OWN}\"\nclient_id = \"c\"\nclient_secret_file = {:?}\n",
            secret.display().to_string()
        );
        std::fs::write(&path, text).unwrap();
        let mut environment = Environment::from([("HOME".to_owned(), folder.path().display().to_string())]);
        environment.extend(
            variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let flags = Flags {
            config: Some(path),
            profile: is_named.then(|| "own".to_owned()),
            graph_url: graph_url.map(str::to_owned),
            ..Flags::default()
        };
        resolve(&flags, &environment).unwrap().crossed
    }

    #[test]
    fn an_address_of_ours_that_is_not_the_profiles_is_told_apart_from_a_tenant_that_may_be_another_tools() {
        let practice = ("DIRSHEET_GRAPH_URL", "http://127.0.0.1:4000");
        let crossed = with(true, None, &[practice, ("AZURE_TENANT_ID", OTHER)]);
        let address = crossed.address.unwrap();
        for word in ["`own`", "https://graph.microsoft.com", practice.1, practice.0] {
            assert!(address.contains(word), "{address}");
        }
        let tenant = crossed.tenant.unwrap();
        for word in ["`own`", OWN, OTHER, "AZURE_TENANT_ID", "the profile counts"] {
            assert!(tenant.contains(word), "{tenant}");
        }
        // By the variable as by the flag.
        let by_variable = with(false, None, &[practice, ("DIRSHEET_PROFILE", "own")]);
        assert!(by_variable.address.is_some());
        let hidden = with(
            true,
            None,
            &[("DIRSHEET_GRAPH_URL", "https://svc:hunter2@gw.example")],
        );
        assert!(!hidden.address.unwrap().contains("hunter2"));
    }

    #[test]
    fn what_says_the_same_or_is_said_by_a_flag_crosses_nothing() {
        for (is_named, graph_url, variables) in [
            (true, None, &[][..]),
            (
                true,
                None,
                &[("DIRSHEET_GRAPH_URL", "https://Graph.microsoft.com/")],
            ),
            (true, None, &[("AZURE_TENANT_ID", "contoso.com")]),
            (true, None, &[("AZURE_TENANT_ID", OWN)]),
            (
                true,
                Some("http://127.0.0.1:1"),
                &[("DIRSHEET_GRAPH_URL", "http://127.0.0.1:4000")],
            ),
            (false, None, &[]),
        ] {
            let crossed = with(is_named, graph_url, variables);
            assert_eq!(crossed, Crossed::default(), "{variables:?}");
        }
    }
}
