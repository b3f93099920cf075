//! Which directory it is, and how one signs in.

use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::Error;
use crate::cli::hosted;
use crate::config::{self, Environment, Flags};

/// What the environment says of a sign-in. None of it counts beside an app that the program names.
const OF_SIGN_IN: [&str; 9] = [
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_TOKEN_CREDENTIALS",
    "AZURE_AUTHORITY_HOST",
    "DIRSHEET_GRAPH_URL",
];
const SIGN_IN: &str = "DIRSHEET_SIGN_IN";
const PROFILE: &str = "DIRSHEET_PROFILE";

/// Which directory it is, how one signs in, and where the state folder is.
///
/// What is not said here is found as the tool finds it: in the environment, then in the configuration file, whose guards and protected
/// users count for the library too. The state folder holds snapshots and journals; with the same one the tool can `resume` and `undo`
/// what the library began.
#[derive(Clone)]
pub struct Settings {
    flags: Flags,
    app: Option<App>,
}

#[derive(Clone)]
struct App {
    tenant: String,
    client_id: String,
    secret: SecretString,
    authority: Option<String>,
}

impl Settings {
    /// The sign-in of the environment (`AZURE_TENANT_ID` and the others), or of a profile of the configuration file.
    pub fn from_environment() -> Settings {
        Settings {
            flags: Flags::default(),
            app: None,
        }
    }

    /// The embedded directory for practising, which is kept in the state folder. A missing setting never leads here.
    pub fn sandbox() -> Settings {
        Settings {
            flags: Flags {
                sandbox: true,
                ..Flags::default()
            },
            app: None,
        }
    }

    /// An app with a client secret, whatever the environment says. The secret is not shown by `Debug`, and goes nowhere but to the
    /// sign-in service.
    pub fn app(
        tenant: impl Into<String>,
        client_id: impl Into<String>,
        secret: impl Into<String>,
    ) -> Settings {
        Settings {
            flags: Flags::default(),
            app: Some(App {
                tenant: tenant.into(),
                client_id: client_id.into(),
                secret: SecretString::from(secret.into()),
                authority: None,
            }),
        }
    }

    /// The folder for snapshots and journals, like `--state-dir`.
    #[must_use]
    pub fn state_dir(mut self, folder: impl Into<PathBuf>) -> Settings {
        self.flags.state_dir = Some(folder.into());
        self
    }

    /// The configuration file, like `--config`.
    #[must_use]
    pub fn config_file(mut self, path: impl Into<PathBuf>) -> Settings {
        self.flags.config = Some(path.into());
        self
    }

    /// A profile of the configuration file, like `--profile`.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Settings {
        self.flags.profile = Some(name.into());
        self
    }

    /// Where Microsoft Graph is, like `--graph-url`; without it the worldwide service. Only https, or http on this machine.
    #[must_use]
    pub fn graph_url(mut self, url: impl Into<String>) -> Settings {
        self.flags.graph_url = Some(url.into());
        self
    }

    /// Where the sign-in service of an app is, like `AZURE_AUTHORITY_HOST`; without it the worldwide one. It means nothing beside a
    /// profile or the environment, which say it themselves.
    #[must_use]
    pub fn authority_url(mut self, url: impl Into<String>) -> Settings {
        if let Some(app) = &mut self.app {
            app.authority = Some(url.into());
        }
        self
    }

    /// What the tool would have been given.
    pub(super) fn resolve(&self) -> Result<(Flags, Environment), Error> {
        self.within(hosted::environment())
    }

    fn within(&self, mut environment: Environment) -> Result<(Flags, Environment), Error> {
        let Some(app) = &self.app else {
            return Ok((self.flags.clone(), environment));
        };
        // A profile is a sign-in and its guards. Without it its guards would be forgotten, with it the app that was named.
        let is_named = environment.get(PROFILE).is_some_and(|name| !name.is_empty());
        if self.flags.profile.is_some() || is_named {
            return Err(Error::usage(
                "a profile is named beside an app with its secret, and only one of them can be meant: leave out the profile, or take its sign-in with `Settings::from_environment`",
            ));
        }
        for name in OF_SIGN_IN.into_iter().chain([SIGN_IN]) {
            environment.remove(name);
        }
        let secret = app.secret.expose_secret();
        for (name, value) in [
            ("AZURE_TENANT_ID", app.tenant.as_str()),
            ("AZURE_CLIENT_ID", &app.client_id),
            ("AZURE_CLIENT_SECRET", secret),
        ] {
            // An empty one would count as not said, and something else would be taken.
            if value.is_empty() {
                return Err(Error::usage(format!("{name} is empty")));
            }
            environment.insert(name.to_owned(), value.to_owned());
        }
        if let Some(authority) = &app.authority {
            environment.insert("AZURE_AUTHORITY_HOST".to_owned(), authority.clone());
        }
        Ok((self.flags.clone(), environment))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let app = self.app.as_ref().map(|app| (&app.tenant, &app.client_id));
        let mut shown = formatter.debug_struct("Settings");
        let flags = Flags {
            graph_url: self.flags.graph_url.as_deref().map(config::without_login),
            ..self.flags.clone()
        };
        shown.field("flags", &flags).field("app", &app);
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn an_app_that_is_named_takes_nothing_of_the_environments_sign_in() {
        let of_a_shell = environment(&[
            ("HOME", "anna's"),
            ("AZURE_TENANT_ID", "other"),
            ("AZURE_CLIENT_CERTIFICATE_PATH", "/other.pem"),
            ("AZURE_CLIENT_CERTIFICATE_PASSWORD", "theirs"),
            ("AZURE_AUTHORITY_HOST", "https://other.example"),
            ("DIRSHEET_GRAPH_URL", "https://other.example"),
            ("DIRSHEET_SIGN_IN", "azure-cli"),
        ]);
        let settings = Settings::app("t", "c", "hush");
        let (_, resolved) = settings.within(of_a_shell).unwrap();
        let expected = environment(&[
            ("HOME", "anna's"),
            ("AZURE_TENANT_ID", "t"),
            ("AZURE_CLIENT_ID", "c"),
            ("AZURE_CLIENT_SECRET", "hush"),
        ]);
        assert_eq!(resolved, expected);
    }

    #[test]
    fn an_app_beside_a_profile_is_refused_because_the_guards_of_the_profile_would_be_forgotten() {
        let app = || Settings::app("t", "c", "hush");
        let named = environment(&[("DIRSHEET_PROFILE", "hr")]);
        for refused in [
            app().within(named),
            app().profile("hr").within(environment(&[])),
            Settings::app("t", "c", "").within(environment(&[])),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), super::super::ErrorKind::Usage, "{error}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let settings = Settings::app("t", "c", "hush-hush").graph_url("https://anna:hush@g.example");
        let shown = format!("{settings:?}");
        assert!(!shown.contains("hush"), "{shown}");
    }
}
