//! What is configured, and where each part comes from.

use super::checkup::Checkup;
use super::state::others_may_read;
use crate::cli::connect::Context;
use crate::cli::sign_in::certificate;
use crate::config::{SignInWith, Target, without_login};
use crate::domain::Sourced;
use crate::feed::schedule::shell_word;

/// The variables that send requests through a proxy, or past it.
const PROXIES: [&str; 5] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY"];

pub fn look(context: &Context, checkup: &mut Checkup) {
    match &context.config.target {
        Target::Sandbox => checkup.well(
            "configuration",
            "the embedded directory of the state folder (`--sandbox`), with invented people",
        ),
        // The sign-in tells what is missing.
        Target::Missing { .. } => {}
        Target::Tenant(sign_in) => {
            let with = match &sign_in.with {
                SignInWith::Secret(_) => "a client secret".to_owned(),
                SignInWith::Certificate(file) => {
                    format!("the certificate `{}` ({})", file.value.display(), file.origin)
                }
                SignInWith::Federated(file) => {
                    format!(
                        "the federated token in `{}` ({})",
                        file.value.display(),
                        file.origin
                    )
                }
                SignInWith::ManagedIdentity => "the managed identity of this machine".to_owned(),
                SignInWith::DeviceCode => "a person".to_owned(),
                SignInWith::AzureCli => "the Azure CLI, as whoever is signed in to it".to_owned(),
            };
            let sourced = |one: &Sourced<String>| format!("{} ({})", one.value, one.origin);
            let address = |one: &Sourced<String>| format!("{} ({})", without_login(&one.value), one.origin);
            checkup.well(
                "configuration",
                format!(
                    "tenant {}; {}with {with}; Graph {}; sign-in service {}",
                    sourced(&sign_in.tenant),
                    sign_in
                        .client_id
                        .as_ref()
                        .map_or_else(String::new, |id| format!("app {}, ", sourced(id))),
                    address(&sign_in.graph_url),
                    address(&sign_in.authority_host)
                ),
            );
        }
    }
    if let Target::Tenant(sign_in) = &context.config.target
        && let SignInWith::Certificate(file) = &sign_in.with
        && let Ok(certificate) = certificate(file)
    {
        checkup.well(
            "certificate",
            format!(
                "thumbprint {} (SHA-1), {} (SHA-256)",
                certificate.short_thumbprint(),
                certificate.thumbprint()
            ),
        );
    }
    if let Target::Tenant(sign_in) = &context.config.target
        && let SignInWith::Certificate(file) = &sign_in.with
        && let Some(mode) = others_may_read(&file.value)
    {
        checkup.warning(
            "private key",
            format!(
                "`{}` can be read by others (mode {mode:03o})",
                file.value.display()
            ),
            [format!(
                "`chmod 600 {}`: whoever reads it can sign in as the app",
                shell_word(&file.value.display().to_string())
            )],
        );
    }
    let set: Vec<&str> = PROXIES
        .into_iter()
        .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        .collect();
    if !set.is_empty() {
        // Its address may hold a password.
        checkup.well("proxy", format!("as {} in the environment says", set.join(", ")));
    }
    let limits = &context.config.limits;
    let protected = limits.protected.value.len();
    match (protected, &limits.protected_filter) {
        (0, None) => checkup.warning(
            "protection",
            "nobody is protected: a sheet may change anybody but administrators",
            ["name the accounts for emergencies, and whoever else no sheet may change, in `guards.protected` of the profile".to_owned()],
        ),
        (count, filter) => checkup.well(
            "protection",
            format!(
                "{count} named ({}){}",
                limits.protected.origin,
                filter.as_ref().map_or_else(String::new, |filter| format!(
                    ", and whomever `{}` finds ({})",
                    filter.value, filter.origin
                ))
            ),
        ),
    }
}
