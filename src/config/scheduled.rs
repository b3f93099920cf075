//! How a command signs in that a scheduler starts, as far as that can be told here: nothing is fetched, no secret is read.

use std::path::PathBuf;

use super::raw::{ConfigError, Environment, Flags, RawProfile};
use super::resolve::config_file;
use super::sign_in::{CLIENT_ID, TENANT_ID};
use super::way::{CERTIFICATE, CERTIFICATE_PASSWORD, CLIENT_SECRET, FEDERATED, SignInWith, of_variables};

const AUTHORITY_HOST: &str = "AZURE_AUTHORITY_HOST";
const GRAPH_URL: &str = "DIRSHEET_GRAPH_URL";
const CA_FILE: &str = "DIRSHEET_CA_FILE";

/// Where the sign-in comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduledSignIn {
    /// From these variables of the environment.
    Variables(Vec<String>),
    /// From a file that the profile names: a client secret or a certificate.
    File,
    /// From the profile, and nothing has to be brought.
    Profile,
}

/// # Errors
/// The configuration file cannot be read, the environment names two ways, or a person would have to sign in.
pub fn scheduled_sign_in(flags: &Flags, environment: &Environment) -> Result<ScheduledSignIn, ConfigError> {
    let variable = |name: &str| environment.get(name).filter(|value| !value.is_empty()).cloned();
    let of_shell = || match of_variables(&variable)? {
        Some((name, SignInWith::DeviceCode | SignInWith::AzureCli)) => {
            Err(needs_a_person(name, "the environment"))
        }
        found => Ok(found),
    };
    let proof =
        |found: &Option<(&'static str, SignInWith)>| found.as_ref().map_or(CLIENT_SECRET, |(name, _)| *name);
    // What locks the file of a certificate goes with it.
    let lock = |found: &Option<(&'static str, SignInWith)>| {
        let is_certificate = matches!(found, Some((_, SignInWith::Certificate(_))));
        (is_certificate && variable(CERTIFICATE_PASSWORD).is_some()).then_some(CERTIFICATE_PASSWORD)
    };
    if flags.profile.is_none() && flags.config.is_none() {
        let found = of_shell()?;
        let is_machine = matches!(found, Some((_, SignInWith::ManagedIdentity)));
        let needs_app = !is_machine || variable(CLIENT_ID).is_some();
        let names = [
            Some(TENANT_ID),
            needs_app.then_some(CLIENT_ID),
            Some(proof(&found)),
            lock(&found),
        ];
        let names = names.into_iter().flatten().map(str::to_owned);
        return Ok(ScheduledSignIn::Variables(names.collect()));
    }
    // The file may be one of the machine it is for.
    let Ok((path, Some(file))) = config_file(flags, environment) else {
        return Ok(ScheduledSignIn::File);
    };
    let name = flags.profile.as_ref().or(file.default_profile.as_ref());
    let Some(profile) = name.and_then(|name| file.profiles.get(name)) else {
        return Ok(ScheduledSignIn::File);
    };
    let RawProfile {
        client_secret_file,
        client_secret_command,
        client_certificate_file,
        federated_token_file,
        sign_in,
        ..
    } = profile;
    if let Some(word) = sign_in {
        let origin = format!("`{}`", path.display());
        return match SignInWith::of_word("sign_in", word, &origin)? {
            SignInWith::DeviceCode | SignInWith::AzureCli => Err(needs_a_person("sign_in", &origin)),
            _ => Ok(ScheduledSignIn::Profile),
        };
    }
    if client_secret_file.is_some() || client_certificate_file.is_some() {
        return Ok(ScheduledSignIn::File);
    }
    if client_secret_command.is_some() || federated_token_file.is_some() {
        return Ok(ScheduledSignIn::Profile);
    }
    let found = of_shell()?;
    let names = [Some(proof(&found)), lock(&found)];
    let names = names.into_iter().flatten().map(str::to_owned);
    Ok(ScheduledSignIn::Variables(names.collect()))
}

/// The variables that are set here and that a command which a scheduler starts needs beside its sign-in: other addresses than
/// Microsoft's worldwide ones, where the sign-in is the environment's, and a private certificate authority.
pub fn scheduled_surroundings(flags: &Flags, environment: &Environment) -> Vec<String> {
    let by_environment = flags.profile.is_none() && flags.config.is_none();
    let names = [
        (by_environment, AUTHORITY_HOST),
        (by_environment && flags.graph_url.is_none(), GRAPH_URL),
        (true, CA_FILE),
    ];
    let is_set = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
    names
        .into_iter()
        .filter(|(counts, name)| *counts && !flags.sandbox && is_set(name))
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// A file that the command reads on its way to a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledFile {
    /// The variable, or the setting of the configuration file, that names it.
    pub setting: String,
    /// As it is written there.
    pub path: PathBuf,
    /// It is a variable, which has to be set for the scheduler too.
    pub is_variable: bool,
}

/// The files that the sign-in of a scheduled command reads, as far as that can be told here: those that variables name, and those that
/// the profile names.
pub fn scheduled_files(flags: &Flags, environment: &Environment, variables: &[String]) -> Vec<ScheduledFile> {
    let of_shell = [CERTIFICATE, FEDERATED, CA_FILE].into_iter().filter_map(|name| {
        let value = environment.get(name).filter(|value| !value.is_empty())?;
        variables
            .iter()
            .any(|known| known == name)
            .then(|| ScheduledFile {
                setting: name.to_owned(),
                path: PathBuf::from(value),
                is_variable: true,
            })
    });
    let mut files: Vec<ScheduledFile> = of_shell.collect();
    let by_file = flags.profile.is_some() || flags.config.is_some();
    let Some(file) = config_file(flags, environment)
        .ok()
        .and_then(|(_, file)| file)
        .filter(|_| by_file && !flags.sandbox)
    else {
        return files;
    };
    let name = flags.profile.as_ref().or(file.default_profile.as_ref());
    let none = RawProfile::default();
    let profile = name.and_then(|name| file.profiles.get(name)).unwrap_or(&none);
    let named_by_shell = files.iter().any(|file| file.setting == CA_FILE);
    let of_file = [
        ("client_secret_file", &profile.client_secret_file),
        ("client_certificate_file", &profile.client_certificate_file),
        (
            "client_certificate_password_file",
            &profile.client_certificate_password_file,
        ),
        ("federated_token_file", &profile.federated_token_file),
        ("ca_file", &file.ca_file),
    ];
    let of_file = of_file
        .into_iter()
        .filter(|(setting, _)| *setting != "ca_file" || !named_by_shell)
        .filter_map(|(setting, path)| {
            Some(ScheduledFile {
                setting: setting.to_owned(),
                path: path.clone()?,
                is_variable: false,
            })
        });
    files.extend(of_file);
    files
}

fn needs_a_person(setting: &str, origin: &str) -> ConfigError {
    ConfigError::Setting {
        setting: setting.to_owned(),
        origin: origin.to_owned(),
        reason: "a feed runs when nobody is there, and this signs in a person; let it sign in as an app, or as a managed identity".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(profile: Option<&str>, pairs: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, format!("[profiles.a]\n{}\n", profile.unwrap_or_default())).unwrap();
        let flags = Flags {
            profile: profile.map(|_| "a".to_owned()),
            config: profile.map(|_| path),
            ..Flags::default()
        };
        let environment = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        match scheduled_sign_in(&flags, &environment) {
            Ok(ScheduledSignIn::Variables(names)) => names.join(" "),
            Ok(other) => format!("{other:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_a_scheduler_must_bring_is_what_the_sign_in_needs() {
        let app = "AZURE_TENANT_ID AZURE_CLIENT_ID";
        let machine = ("DIRSHEET_SIGN_IN", "managed-identity");
        for (profile, pairs, wanted) in [
            (None, &[][..], format!("{app} AZURE_CLIENT_SECRET")),
            (
                None,
                &[("AZURE_CLIENT_SECRET", "hush")],
                format!("{app} AZURE_CLIENT_SECRET"),
            ),
            (
                None,
                &[("AZURE_CLIENT_CERTIFICATE_PATH", "/a.pem")],
                format!("{app} AZURE_CLIENT_CERTIFICATE_PATH"),
            ),
            (
                None,
                &[
                    ("AZURE_CLIENT_CERTIFICATE_PATH", "/a.pfx"),
                    ("AZURE_CLIENT_CERTIFICATE_PASSWORD", "hush"),
                ],
                format!("{app} AZURE_CLIENT_CERTIFICATE_PATH AZURE_CLIENT_CERTIFICATE_PASSWORD"),
            ),
            (
                None,
                &[
                    ("AZURE_CLIENT_SECRET", "hush"),
                    ("AZURE_CLIENT_CERTIFICATE_PASSWORD", "left over"),
                ],
                format!("{app} AZURE_CLIENT_SECRET"),
            ),
            (
                None,
                &[("AZURE_FEDERATED_TOKEN_FILE", "/token")],
                format!("{app} AZURE_FEDERATED_TOKEN_FILE"),
            ),
            (None, &[machine], "AZURE_TENANT_ID DIRSHEET_SIGN_IN".to_owned()),
            (
                None,
                &[machine, ("AZURE_CLIENT_ID", "c")],
                format!("{app} DIRSHEET_SIGN_IN"),
            ),
            (Some("client_secret_file = \"/s\""), &[], "File".to_owned()),
            (
                Some("client_certificate_file = \"/c\""),
                &[machine],
                "File".to_owned(),
            ),
            (
                Some("client_secret_command = [\"pass\"]"),
                &[],
                "Profile".to_owned(),
            ),
            (Some("federated_token_file = \"/t\""), &[], "Profile".to_owned()),
            (Some("sign_in = \"managed-identity\""), &[], "Profile".to_owned()),
            (Some("tenant_id = \"t\""), &[], "AZURE_CLIENT_SECRET".to_owned()),
        ] {
            assert_eq!(told(profile, pairs), wanted, "{profile:?} {pairs:?}");
        }
        let person = ("DIRSHEET_SIGN_IN", "azure-cli");
        for (profile, pairs) in [
            (Some("sign_in = \"device-code\""), &[][..]),
            (None, &[person]),
            (Some("tenant_id = \"t\""), &[person]),
        ] {
            assert!(told(profile, pairs).contains("nobody is there"), "{profile:?}");
        }
        let misspelt = told(Some("sign_in = \"managed-identty\""), &[]);
        assert!(misspelt.contains("managed-identty"), "{misspelt}");
        // What the shell says twice is nothing to a profile that has its own.
        let two = [person, ("AZURE_CLIENT_SECRET", "hush")];
        assert_eq!(told(Some("client_secret_file = \"/s\""), &two), "File");
        // A file of another machine says nothing here.
        let flags = Flags {
            config: Some("/nowhere/config.toml".into()),
            ..Flags::default()
        };
        let file = scheduled_sign_in(&flags, &Environment::new()).unwrap();
        assert_eq!(file, ScheduledSignIn::File);
    }

    #[test]
    fn addresses_and_an_authority_of_the_shell_are_asked_for_where_they_count() {
        let all = [
            (AUTHORITY_HOST, "l.example"),
            (GRAPH_URL, "https://g.example"),
            (CA_FILE, "/ca.pem"),
        ];
        let environment = |pairs: &[(&str, &str)]| -> Environment {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let flags = Flags::default;
        let some = |text: &str| Some(text.to_owned());
        for (flags, pairs, wanted) in [
            (
                flags(),
                &all[..],
                "AZURE_AUTHORITY_HOST DIRSHEET_GRAPH_URL DIRSHEET_CA_FILE",
            ),
            (flags(), &[], ""),
            (flags(), &[(CA_FILE, "")], ""),
            (
                Flags {
                    profile: some("a"),
                    ..flags()
                },
                &all,
                "DIRSHEET_CA_FILE",
            ),
            (
                Flags {
                    graph_url: some("https://x"),
                    ..flags()
                },
                &all,
                "AZURE_AUTHORITY_HOST DIRSHEET_CA_FILE",
            ),
            (
                Flags {
                    sandbox: true,
                    ..flags()
                },
                &all,
                "",
            ),
        ] {
            assert_eq!(
                scheduled_surroundings(&flags, &environment(pairs)).join(" "),
                wanted,
                "{flags:?}"
            );
        }
    }
}
