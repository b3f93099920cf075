//! With what is signed in: what a profile names, what the environment names, and never two of them.

use std::path::PathBuf;

use secrecy::SecretString;

use super::raw::ConfigError;
use super::secret::{certificate_password, secret};
use super::sign_in::Profile;
use crate::domain::Sourced;

pub(super) const CLIENT_SECRET: &str = "AZURE_CLIENT_SECRET";
pub(super) const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
/// The name that the Azure SDKs have for it.
/// <https://learn.microsoft.com/javascript/api/@azure/identity/defaultazurecredentialenvvars>
pub(super) const CERTIFICATE_PASSWORD: &str = "AZURE_CLIENT_CERTIFICATE_PASSWORD";
pub(super) const FEDERATED: &str = "AZURE_FEDERATED_TOKEN_FILE";
/// The words of a profile's `sign_in`, for one shell.
pub(super) const SIGN_IN: &str = "DIRSHEET_SIGN_IN";
/// With it the Azure SDKs are told to use one sign-in instead of trying several.
/// <https://learn.microsoft.com/dotnet/azure/sdk/authentication/credential-chains>
const TOKEN_CREDENTIALS: &str = "AZURE_TOKEN_CREDENTIALS";

const MANAGED_IDENTITY: &str = "managed-identity";
const AZURE_CLI: &str = "azure-cli";
const DEVICE_CODE: &str = "device-code";

/// With what is signed in.
#[derive(Debug, Clone)]
pub enum SignInWith {
    Secret(SecretString),
    /// The app's certificate and its private key.
    Certificate(CertificateFile),
    /// A file with a token of another issuer.
    Federated(Sourced<PathBuf>),
    /// The identity that Azure gives to the machine.
    ManagedIdentity,
    /// Whoever is signed in to the Azure CLI.
    AzureCli,
    /// A person, who enters a code in a browser.
    DeviceCode,
}

/// A PEM or PFX file, and what opens it.
#[derive(Debug, Clone)]
pub struct CertificateFile {
    pub file: Sourced<PathBuf>,
    /// Empty where none is named.
    pub password: SecretString,
    /// The file that the password came from; `None` where it came otherwise, or there is none.
    pub password_file: Option<PathBuf>,
}

/// Whose id a sign-in takes beside the tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum App {
    Needed,
    /// Without one it is the machine's own identity, with one an identity that was assigned to it.
    Chooses,
    /// The Azure CLI is an app of its own.
    Fixed,
}

impl SignInWith {
    pub(super) fn app(&self) -> App {
        match self {
            SignInWith::Secret(_)
            | SignInWith::Certificate(_)
            | SignInWith::Federated(_)
            | SignInWith::DeviceCode => App::Needed,
            SignInWith::ManagedIdentity => App::Chooses,
            SignInWith::AzureCli => App::Fixed,
        }
    }

    pub(super) fn of_word(setting: &str, word: &str, origin: &str) -> Result<SignInWith, ConfigError> {
        match word {
            MANAGED_IDENTITY => Ok(SignInWith::ManagedIdentity),
            AZURE_CLI => Ok(SignInWith::AzureCli),
            DEVICE_CODE => Ok(SignInWith::DeviceCode),
            _ => Err(ConfigError::Setting {
                setting: setting.to_owned(),
                origin: origin.to_owned(),
                reason: format!(
                    "{}it can be `{MANAGED_IDENTITY}`, `{AZURE_CLI}` or `{DEVICE_CODE}`",
                    misspelt(word)
                ),
            }),
        }
    }
}

/// The word, where it looks like one: somebody may have put the secret itself there.
fn misspelt(word: &str) -> String {
    let is_plain = word
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_');
    match is_plain && (1..=24).contains(&word.len()) {
        true => format!("`{word}` is none; "),
        false => String::new(),
    }
}

/// What the profile itself signs in with.
pub(super) fn of_its_own(profile: &Profile) -> Result<Option<SignInWith>, ConfigError> {
    let raw = &profile.raw;
    let own = |name: &str, path: &Option<PathBuf>| {
        path.clone()
            .map(|path| file(name, path, &profile.origin))
            .transpose()
    };
    own("client_secret_file", &raw.client_secret_file)?;
    let certificate = own("client_certificate_file", &raw.client_certificate_file)?;
    let federated = own("federated_token_file", &raw.federated_token_file)?.map(SignInWith::Federated);
    let word = raw.sign_in.as_deref();
    let word = word
        .map(|word| SignInWith::of_word("sign_in", word, &profile.origin))
        .transpose()?;
    password_alone(profile)?;
    let has_secret = raw.client_secret_file.is_some() || raw.client_secret_command.is_some();
    let named = [
        has_secret,
        certificate.is_some(),
        federated.is_some(),
        word.is_some(),
    ];
    if named.into_iter().filter(|is_named| *is_named).count() > 1 {
        return Err(ConfigError::Setting {
            setting:
                "client_secret_file, client_secret_command, client_certificate_file, federated_token_file, sign_in"
                    .to_owned(),
            origin: profile.origin.clone(),
            reason: "a profile signs in with one of them; take the others out".to_owned(),
        });
    }
    if raw.client_id.is_some() && word.as_ref().is_some_and(|word| word.app() == App::Fixed) {
        return Err(ConfigError::Setting {
            setting: "client_id".to_owned(),
            origin: profile.origin.clone(),
            reason: format!("with `sign_in = \"{AZURE_CLI}\"` it is the app of the Azure CLI; take it out"),
        });
    }
    let secret = secret(raw)?.map(SignInWith::Secret);
    let certificate = certificate.map(|file| with_password(file, profile)).transpose()?;
    Ok(secret.or(certificate).or(federated).or(word))
}

/// The password of a certificate, said twice or without the certificate.
fn password_alone(profile: &Profile) -> Result<(), ConfigError> {
    let raw = &profile.raw;
    let (file, command) = (
        &raw.client_certificate_password_file,
        &raw.client_certificate_password_command,
    );
    let reason = match (file.is_some(), command.is_some()) {
        (true, true) => "a certificate has one password; take one of them out",
        (false, false) => return Ok(()),
        _ if raw.client_certificate_file.is_some() => return Ok(()),
        _ => "it opens the file of `client_certificate_file`, and the profile names none",
    };
    Err(ConfigError::Setting {
        setting: "client_certificate_password_file, client_certificate_password_command".to_owned(),
        origin: profile.origin.clone(),
        reason: reason.to_owned(),
    })
}

fn with_password(file: Sourced<PathBuf>, profile: &Profile) -> Result<SignInWith, ConfigError> {
    Ok(SignInWith::Certificate(CertificateFile {
        file,
        password: certificate_password(&profile.raw)?.unwrap_or_default(),
        password_file: profile.raw.client_certificate_password_file.clone(),
    }))
}

/// What the environment signs in with, in the order of the Azure SDKs where it names several, and the variable.
///
/// # Errors
/// What should name a file is the certificate or the token itself, or a sign-in that was chosen by its name stands beside another
/// one.
pub(super) fn of_variables(
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(&'static str, SignInWith)>, ConfigError> {
    let proofs = [CLIENT_SECRET, CERTIFICATE, FEDERATED];
    if let Some((name, with)) = chosen(variable)? {
        // Whoever set the other one meant another identity.
        if let Some(other) = proofs.into_iter().find(|other| variable(other).is_some()) {
            return Err(ConfigError::Setting {
                setting: format!("{name} and {other}"),
                origin: "the environment".to_owned(),
                reason: "they are two ways to sign in, as two identities; unset one of them".to_owned(),
            });
        }
        return Ok(Some((name, with)));
    }
    if let Some(secret) = variable(CLIENT_SECRET) {
        return Ok(Some((
            CLIENT_SECRET,
            SignInWith::Secret(SecretString::from(secret)),
        )));
    }
    for name in [CERTIFICATE, FEDERATED] {
        let Some(value) = variable(name) else {
            continue;
        };
        let named = file(name, PathBuf::from(value), "the environment")?;
        let named = Sourced {
            origin: format!("{name} in the environment"),
            ..named
        };
        let with = match name {
            CERTIFICATE => SignInWith::Certificate(CertificateFile {
                file: named,
                password: SecretString::from(variable(CERTIFICATE_PASSWORD).unwrap_or_default()),
                password_file: None,
            }),
            _ => SignInWith::Federated(named),
        };
        return Ok(Some((name, with)));
    }
    Ok(None)
}

/// A sign-in by its name: ours first, because it is for this program alone. Of the Azure SDKs' words only the two that name one of
/// ours count: `dev` and `prod` mean trying several.
fn chosen(
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(&'static str, SignInWith)>, ConfigError> {
    if let Some(word) = variable(SIGN_IN) {
        let with = SignInWith::of_word(SIGN_IN, &word, "the environment")?;
        return Ok(Some((SIGN_IN, with)));
    }
    let word = variable(TOKEN_CREDENTIALS)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let with = match word.as_str() {
        "managedidentitycredential" => SignInWith::ManagedIdentity,
        "azureclicredential" => SignInWith::AzureCli,
        _ => return Ok(None),
    };
    Ok(Some((TOKEN_CREDENTIALS, with)))
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
