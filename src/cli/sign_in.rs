//! From the configuration to what the sign-in needs: the certificate is read, the federated token is found.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::connect::{Context, REQUEST_TIMEOUT, address};
use super::doctor::others_may_read;
use super::error::CliError;
use super::exit::Exit;
use super::person;
use super::warning::WarningKind;
use crate::config::{CertificateFile, PASSWORD_OF_KEY, SignIn, SignInWith, secret_from_file};
use crate::domain::Sourced;
use crate::feed::schedule::shell_word;
use crate::graph::{Certificate, Credential, FederatedToken, GraphSettings};

/// No certificate with the ones above it is larger, in bytes.
const CERTIFICATE_BYTES_MAX: u64 = 256 * 1024;
/// All authorities of a system are less.
const CA_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What is needed to sign in to a tenant.
///
/// # Errors
/// An address is none, or the certificate authorities cannot be read.
pub fn tenant_settings(
    context: &Context,
    sign_in: &SignIn,
    credential: Credential,
) -> Result<GraphSettings, CliError> {
    let authority = &sign_in.authority_host.value;
    // The Azure SDKs take the authority with or without its scheme.
    let authority = if authority.contains("://") {
        authority.clone()
    } else {
        format!("https://{authority}")
    };
    Ok(GraphSettings {
        graph_url: address(&sign_in.graph_url.value, &sign_in.graph_url.origin)?,
        authority_url: address(&authority, &sign_in.authority_host.origin)?,
        tenant: sign_in.tenant.value.clone(),
        client_id: sign_in
            .client_id
            .as_ref()
            .map_or_else(String::new, |id| id.value.clone()),
        credential,
        request_timeout: REQUEST_TIMEOUT,
        ca_file: authorities(context.config.ca_file.as_ref())?,
    })
}

/// The certificate authorities to trust beside the system's.
///
/// # Errors
/// The file cannot be read.
pub fn authorities(file: Option<&Sourced<PathBuf>>) -> Result<Option<Vec<u8>>, CliError> {
    let Some(file) = file else {
        return Ok(None);
    };
    let unusable = |reason: &str| {
        CliError::usage(format!(
            "the certificate authorities of `{}` (from {}) cannot be read: {reason}",
            file.value.display(),
            file.origin
        ))
    };
    let mut bytes = read_some(&file.value, CA_BYTES_MAX).map_err(|error| unusable(&error.to_string()))?;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(unusable("it is UTF-16 text; write it as UTF-8"));
    }
    // The mark of Windows would hide the first certificate.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    Ok(Some(bytes))
}

/// With what is signed in.
///
/// # Errors
/// The certificate cannot be used, or a person has not signed in.
pub async fn credential(context: &Context, sign_in: &SignIn) -> Result<Credential, CliError> {
    Ok(match &sign_in.with {
        SignInWith::Secret(secret) => Credential::Secret(secret.clone()),
        SignInWith::Certificate(file) => Credential::Certificate(Arc::new(certificate(file)?)),
        SignInWith::Federated(file) => Credential::Federated(Arc::new(TokenFile(file.value.clone()))),
        SignInWith::ManagedIdentity => {
            let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            let wrong = other_host(&is_set).or_else(|| half_an_endpoint(&is_set));
            wrong.map_or(Ok(Credential::ManagedIdentity), Err)?
        }
        SignInWith::AzureCli => Credential::AzureCli,
        SignInWith::DeviceCode => person::credential(context, sign_in).await?,
    })
}

/// A host whose managed identity Microsoft's SDK for Rust does not ask (azure_identity 1.0, which tells them by the same variables), and
/// neither does dirsheet. Told before anything is asked, because nothing that could be granted or assigned would help.
/// <https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication>,
/// <https://learn.microsoft.com/azure/service-fabric/how-to-managed-identity-service-fabric-app-code>
fn other_host(is_set: &dyn Fn(&str) -> bool) -> Option<CliError> {
    const AS_APP: &str = "sign in as an app of your own, with a certificate (`AZURE_CLIENT_CERTIFICATE_PATH`) or a client secret; managed identities work on virtual machines, App Service, Functions and Container Apps";
    let has_endpoint = is_set("IDENTITY_ENDPOINT");
    let has_header = is_set("IDENTITY_HEADER");
    let (host, variables, hint) = if has_endpoint && has_header && is_set("IDENTITY_SERVER_THUMBPRINT") {
        (
            "Service Fabric",
            "IDENTITY_ENDPOINT and IDENTITY_SERVER_THUMBPRINT",
            AS_APP,
        )
    } else if has_endpoint && !has_header && is_set("IMDS_ENDPOINT") {
        ("Azure Arc", "IDENTITY_ENDPOINT and IMDS_ENDPOINT", AS_APP)
    } else if !has_endpoint && !has_header && is_set("MSI_ENDPOINT") {
        match is_set("MSI_SECRET") {
            true => ("Azure Machine Learning", "MSI_ENDPOINT and MSI_SECRET", AS_APP),
            false => (
                "the Cloud Shell",
                "MSI_ENDPOINT",
                "`DIRSHEET_SIGN_IN=azure-cli` signs in as whoever has opened it",
            ),
        }
    } else {
        return None;
    };
    Some(
        CliError::usage(format!(
            "this is a machine of {host} ({variables} say so), and its managed identity cannot be used: that way is not built"
        ))
        .hint(hint),
    )
}

/// One of the two variables by which Azure names the endpoint of an app, without the other: then another endpoint would be asked.
/// <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>
/// Azure Arc has an endpoint without a header, and is told by IMDS_ENDPOINT.
fn half_an_endpoint(is_set: &dyn Fn(&str) -> bool) -> Option<CliError> {
    let (set, gap) = match (is_set("IDENTITY_ENDPOINT"), is_set("IDENTITY_HEADER")) {
        (true, false) if !is_set("IMDS_ENDPOINT") => ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"),
        (false, true) => ("IDENTITY_HEADER", "IDENTITY_ENDPOINT"),
        _ => return None,
    };
    Some(
        CliError::usage(format!(
            "the managed identity cannot be asked for: {set} is set, and {gap} beside it is not"
        ))
        .hint(format!(
            "App Service, Functions and Container Apps set both for their processes: hand {gap} on to this one too; on a virtual machine unset {set}"
        )),
    )
}

/// Reads the certificate and its key.
///
/// # Errors
/// Why it cannot be used, and what to do about it.
pub fn certificate(certificate: &CertificateFile) -> Result<Certificate, CliError> {
    let file = &certificate.file;
    let shown = file.value.display();
    let failed = |reason: String| {
        CliError::usage(format!(
            "the certificate `{shown}` (from {}) cannot be used: {reason}",
            file.origin
        ))
    };
    let bytes = read_some(&file.value, CERTIFICATE_BYTES_MAX);
    let bytes = Zeroizing::new(bytes.map_err(|error| failed(error.to_string()))?);
    Certificate::read(&bytes, &certificate.password).map_err(|error| {
        let path = shell_word(&file.value.display().to_string());
        failed(error.to_string()).hint(error.help(&path))
    })
}

/// The mode of a file that others may read. What systemd brings has a mode that says more than it lets: it is for the service alone.
/// <https://systemd.io/CREDENTIALS/> So has what Kubernetes mounts: it is for the pod alone.
pub fn open_to_others(file: &Path) -> Option<u32> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty());
    let is_brought = folder.is_some_and(|folder| file.starts_with(folder));
    others_may_read(file).filter(|_| !is_brought && !is_mounted(file))
}

#[cfg(unix)]
fn is_mounted(file: &Path) -> bool {
    super::mounted::is_secret_of_a_pod(file)
}

#[cfg(not(unix))]
fn is_mounted(_file: &Path) -> bool {
    false
}

/// What is said of the secrets one signs in with, before they are used.
pub fn doubts(sign_in: &SignIn) -> Vec<(WarningKind, String)> {
    let open = open_secrets(sign_in).into_iter();
    let odd = odd_secret(sign_in).map(|told| (WarningKind::OddSecret, told.to_owned()));
    open.map(|told| (WarningKind::OpenSecret, told))
        .chain(odd)
        .collect()
}

/// That others may read a file one signs in with, and what to do; nothing where they may not, or it is no matter of files.
fn open_secrets(sign_in: &SignIn) -> Vec<String> {
    let told = |(what, file): (&str, &Path)| {
        let mode = open_to_others(file)?;
        let shown = file.display();
        let deed = match what {
            PASSWORD_OF_KEY => "open the private key with it",
            _ => "sign in as the app",
        };
        Some(format!(
            "`{shown}` can be read by others (mode {mode:03o}), and whoever reads it can {deed}: `chmod 600 {}`",
            shell_word(&shown.to_string())
        ))
    };
    sign_in.private_files().into_iter().filter_map(told).collect()
}

/// What stands around the client secret that is perhaps none of it. It is sent as it is, and never shown.
pub fn odd_secret(sign_in: &SignIn) -> Option<&'static str> {
    let SignInWith::Secret(secret) = &sign_in.with else {
        return None;
    };
    let secret = secret.expose_secret();
    let quotes = [('"', '"'), ('\'', '\''), ('\u{201c}', '\u{201d}')];
    if secret.trim() != secret {
        Some(
            "the client secret has a blank or the end of a line around it, which is sent as a part of it; take it off if the sign-in is refused",
        )
    } else if secret.chars().count() > 2
        && quotes
            .iter()
            .any(|(first, last)| secret.starts_with(*first) && secret.ends_with(*last))
    {
        Some(
            "the client secret stands in quotation marks, which are sent as a part of it; take them off if the sign-in is refused",
        )
    } else {
        None
    }
}

fn read_some(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The file of a federated token, read each time: whoever writes it renews it.
#[derive(Debug)]
struct TokenFile(PathBuf);

impl FederatedToken for TokenFile {
    fn read(&self) -> Result<SecretString, String> {
        secret_from_file(&self.0).map_err(|error| error.to_string())
    }
}

/// Nothing configured never falls back to the sandbox: three ways on.
pub fn nothing_configured(missing: &[&str], unnamed: Option<&Sourced<Vec<String>>>) -> CliError {
    let error = CliError::new(
        Exit::Usage,
        format!(
            "no directory is configured: {} not set",
            match missing {
                [only] => format!("{only} is"),
                several => format!("{} are", several.join(", ")),
            }
        ),
    );
    let error = match unnamed {
        Some(profiles) => error.hint(which_profile(profiles)),
        None => error,
    };
    error.hint("to try it out, add `--sandbox`, or run `dirsheet demo`")
    .hint("for a tenant, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH, or AZURE_FEDERATED_TOKEN_FILE); with a managed identity, the Azure CLI or a person, DIRSHEET_SIGN_IN in the place of the secret")
    .hint("or put a profile into the configuration file and name it with `--profile NAME`")
}

/// What to do where the file has profiles and nobody said which is meant.
pub fn which_profile(profiles: &Sourced<Vec<String>>) -> String {
    let names: Vec<String> = profiles.value.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "`{}` has {} {} and no `default_profile`: name one with `--profile NAME`, or write `default_profile = \"NAME\"` at its top",
        profiles.origin,
        if names.len() == 1 {
            "the profile"
        } else {
            "the profiles"
        },
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_whose_identity_cannot_be_used_is_told_by_its_name_with_another_way() {
        let arc = &["IDENTITY_ENDPOINT", "IMDS_ENDPOINT"][..];
        let fabric = &[
            "IDENTITY_ENDPOINT",
            "IDENTITY_HEADER",
            "IDENTITY_SERVER_THUMBPRINT",
        ][..];
        for (set, host, way) in [
            (arc, "Azure Arc", "AZURE_CLIENT_CERTIFICATE_PATH"),
            (fabric, "Service Fabric", "AZURE_CLIENT_CERTIFICATE_PATH"),
            (
                &["MSI_ENDPOINT", "MSI_SECRET"],
                "Azure Machine Learning",
                "AZURE_CLIENT_CERTIFICATE_PATH",
            ),
            (&["MSI_ENDPOINT"], "Cloud Shell", "DIRSHEET_SIGN_IN=azure-cli"),
        ] {
            let told = other_host(&|name| set.contains(&name)).unwrap();
            assert!(
                told.exit == Exit::Usage && told.message.contains(host),
                "{told:?}"
            );
            assert!(
                told.message.contains(set[0]) && told.hints[0].contains(way),
                "{told:?}"
            );
        }
        for set in [
            &[][..],
            &["IDENTITY_ENDPOINT", "IDENTITY_HEADER"],
            // An App Service that is told of the address of virtual machines too.
            &["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT"],
            &[
                "IDENTITY_ENDPOINT",
                "IDENTITY_HEADER",
                "MSI_ENDPOINT",
                "MSI_SECRET",
            ],
            &["IMDS_ENDPOINT"],
            // Half of an endpoint is told as such.
            &["IDENTITY_ENDPOINT"],
            &["IDENTITY_HEADER"],
        ] {
            assert_eq!(other_host(&|name| set.contains(&name)), None, "{set:?}");
        }
    }

    #[test]
    fn half_of_an_identity_endpoint_is_told_by_the_half_that_is_missing() {
        for (set, gap) in [
            (&[][..], None),
            (&["IDENTITY_ENDPOINT", "IDENTITY_HEADER"], None),
            (&["IDENTITY_ENDPOINT"], Some("IDENTITY_HEADER beside it is not")),
            (&["IDENTITY_HEADER"], Some("IDENTITY_ENDPOINT beside it is not")),
            (&["IDENTITY_ENDPOINT", "IMDS_ENDPOINT"], None),
        ] {
            let told = half_an_endpoint(&|name| set.contains(&name)).map(|error| error.message);
            match (told, gap) {
                (None, None) => {}
                (Some(told), Some(gap)) => assert!(told.contains(gap), "{told}"),
                (told, _) => panic!("{set:?}: {told:?}"),
            }
        }
    }
}
