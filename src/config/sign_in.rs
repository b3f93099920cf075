//! Whose sign-in it is: a profile's or the environment's, always as a whole.
//!
//! A field from here and a field from there make a sign-in that nobody meant: a profile's secret sent to another sign-in
//! service, or a sheet applied to the tenant that an earlier `export` in this shell has left behind.

use secrecy::SecretString;

use super::raw::{ConfigError, RawProfile};
use super::resolve::{SignIn, Target};
use super::secret::secret;
use crate::domain::Sourced;

/// The service of the worldwide cloud. <https://learn.microsoft.com/graph/deployments>
pub(super) const GRAPH_URL: &str = "https://graph.microsoft.com";
const AUTHORITY_HOST: &str = "https://login.microsoftonline.com";

const TENANT_ID: &str = "AZURE_TENANT_ID";
const CLIENT_ID: &str = "AZURE_CLIENT_ID";
const CLIENT_SECRET: &str = "AZURE_CLIENT_SECRET";

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
            graph_url,
            authority_host,
            cloud: _,
            guards: _,
        } = &self.raw;
        let texts = [tenant_id, client_id, graph_url, authority_host];
        texts.into_iter().any(Option::is_some)
            || client_secret_file.is_some()
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
        let client_secret = match secret(&profile.raw)? {
            Some(secret) => Some(secret),
            None => self.secret_beside(profile)?,
        };
        let (Some(tenant), Some(client), Some(client_secret)) = (tenant_id, client_id, client_secret.clone())
        else {
            return Ok(self.missing([
                (tenant_id.is_none(), "tenant_id of the profile"),
                (client_id.is_none(), "client_id of the profile"),
                (client_secret.is_none(), "client_secret_file of the profile"),
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
                    return Err(mixed(name, profile, format!("the profile uses `{}`", used.value)));
                }
            }
        }
        Ok(Target::Tenant(SignIn {
            tenant: from_profile(tenant),
            client_id: from_profile(client),
            client_secret,
            graph_url: graph,
            authority_host: authority,
        }))
    }

    /// The secret of the environment, for a profile that names none: only if it cannot be another app's.
    fn secret_beside(&self, profile: &Profile) -> Result<Option<SecretString>, ConfigError> {
        let Some(secret) = (self.variable)(CLIENT_SECRET) else {
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
                return Err(mixed(CLIENT_SECRET, profile, reason));
            }
        }
        Ok(Some(SecretString::from(secret)))
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
            (self.variable)(CLIENT_SECRET),
        );
        let (Some(tenant), Some(client_id), Some(client_secret)) = parts.clone() else {
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
        Ok(Target::Tenant(SignIn {
            tenant,
            client_id,
            client_secret: SecretString::from(client_secret),
            graph_url: self
                .typed_graph_url()
                .or_else(|| sourced("DIRSHEET_GRAPH_URL"))
                .unwrap_or_else(|| Sourced::default_value(GRAPH_URL.to_owned())),
            authority_host: sourced("AZURE_AUTHORITY_HOST")
                .unwrap_or_else(|| Sourced::default_value(AUTHORITY_HOST.to_owned())),
        }))
    }

    fn typed_graph_url(&self) -> Option<Sourced<String>> {
        self.graph_url.clone().map(|value| Sourced {
            value,
            origin: "--graph-url".to_owned(),
        })
    }

    fn missing(&self, named: [(bool, &'static str); 3]) -> Target {
        let unsupported = ["AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"];
        Target::Missing {
            missing: named
                .into_iter()
                .filter(|(is_missing, _)| *is_missing)
                .map(|(_, name)| name)
                .collect(),
            unsupported: unsupported
                .into_iter()
                .find(|name| (self.variable)(name).is_some()),
        }
    }
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
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const SANDBOX: [(&str, &str); 5] = [
        (TENANT_ID, "sandbox-t"),
        (CLIENT_ID, "sandbox-c"),
        (CLIENT_SECRET, "sandbox-s"),
        ("AZURE_AUTHORITY_HOST", "http://127.0.0.1:1"),
        ("DIRSHEET_GRAPH_URL", "http://127.0.0.1:1"),
    ];

    /// A profile, which of its fields it has, and the environment, to one line: where it signs in, what is missing, or why not.
    fn signs_in(is_named: bool, fields: &str, variables: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "own-s").unwrap();
        let has = |letter: char, value: &str| fields.contains(letter).then(|| value.to_owned());
        let profile = Profile {
            raw: RawProfile {
                tenant_id: has('t', "own-t"),
                client_id: has('c', "own-c"),
                client_secret_file: fields.contains('s').then_some(file),
                graph_url: has('g', "https://own-g"),
                authority_host: has('a', "https://own-a"),
                ..RawProfile::default()
            },
            origin: "profile `prod`".to_owned(),
            is_named,
        };
        let variable = |name: &str| {
            let known = variables.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| (*value).to_owned())
        };
        let sources = Sources {
            profile: Some(&profile),
            graph_url: None,
            variable: &variable,
        };
        match sources.target() {
            Ok(Target::Tenant(one)) => format!(
                "{} {} {} {} {}",
                one.tenant.value,
                one.client_id.value,
                one.client_secret.expose_secret(),
                one.graph_url.value,
                one.authority_host.value
            ),
            Ok(Target::Missing { missing, .. }) => format!("missing {}", missing.join(", ")),
            Ok(Target::Sandbox) => unreachable!(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_named_profile_is_a_whole_and_nothing_of_the_environment_gets_into_it() {
        let own = "own-t own-c own-s https://own-g https://own-a";
        assert_eq!(signs_in(true, "tcsga", &[]), own);
        assert_eq!(signs_in(true, "tcsga", &SANDBOX), own);
        assert_eq!(
            signs_in(true, "tcs", &SANDBOX),
            format!("own-t own-c own-s {GRAPH_URL} {AUTHORITY_HOST}")
        );
        for (fields, variables, words) in [
            (
                "tc",
                &SANDBOX[..],
                ["AZURE_CLIENT_SECRET", "`prod`", "AZURE_TENANT_ID"],
            ),
            (
                "tc",
                &[SANDBOX[1], SANDBOX[2]],
                ["AZURE_CLIENT_SECRET", "`prod`", "AZURE_CLIENT_ID"],
            ),
            ("cs", &SANDBOX, ["AZURE_TENANT_ID", "`prod`", "no `tenant_id`"]),
            ("ts", &SANDBOX, ["AZURE_CLIENT_ID", "`prod`", "no `client_id`"]),
            ("", &SANDBOX, ["AZURE_TENANT_ID", "`prod`", "no `tenant_id`"]),
            ("c", &[], ["missing", "tenant_id of", "client_secret_file of"]),
        ] {
            let told = signs_in(true, fields, variables);
            for word in words {
                assert!(told.contains(word), "{fields}: {told}");
            }
        }
    }

    #[test]
    fn a_secret_from_the_environment_goes_with_a_profile_only_if_it_cannot_be_another_apps() {
        let with_it = format!("own-t own-c shell-s {GRAPH_URL} {AUTHORITY_HOST}");
        let secret = (CLIENT_SECRET, "shell-s");
        for is_named in [true, false] {
            assert_eq!(signs_in(is_named, "tc", &[secret]), with_it);
            // The profile's own source is the one it names.
            assert!(signs_in(is_named, "tcs", &[secret]).contains("own-s"));
        }
        let same = [secret, (TENANT_ID, "OWN-T"), (CLIENT_ID, "own-c")];
        assert_eq!(signs_in(true, "tc", &same), with_it);
    }

    #[test]
    fn without_a_named_profile_the_environment_is_a_whole() {
        let sandbox = "sandbox-t sandbox-c sandbox-s http://127.0.0.1:1 http://127.0.0.1:1";
        for fields in ["", "tcsga", "g", "s"] {
            assert_eq!(signs_in(false, fields, &SANDBOX), sandbox, "{fields}");
        }
        // An earlier profile's address is not the environment's.
        assert_eq!(
            signs_in(false, "tcsga", &SANDBOX[..3]),
            format!("sandbox-t sandbox-c sandbox-s {GRAPH_URL} {AUTHORITY_HOST}")
        );
        // The default profile counts when the environment names no tenant and no client.
        assert!(signs_in(false, "tcsga", &[]).starts_with("own-t own-c own-s"));
        assert_eq!(
            signs_in(false, "", &[]),
            "missing AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET"
        );
        assert_eq!(
            signs_in(false, "", &[SANDBOX[0]]),
            "missing AZURE_CLIENT_ID, AZURE_CLIENT_SECRET"
        );
    }

    #[test]
    fn leftovers_beside_the_default_profile_are_an_error_that_names_both() {
        for (fields, leftover) in [
            ("tcs", SANDBOX[0]),
            ("tcs", SANDBOX[1]),
            ("tcs", SANDBOX[3]),
            ("tcsg", SANDBOX[4]),
        ] {
            let told = signs_in(false, fields, &[leftover]);
            assert!(
                told.contains(leftover.0) && told.contains("profile `prod`"),
                "{told}"
            );
        }
        let same = [
            ("AZURE_AUTHORITY_HOST", "own-a"),
            ("DIRSHEET_GRAPH_URL", "https://own-g/"),
        ];
        assert!(signs_in(false, "tcsga", &same).starts_with("own-t"));
    }
}
