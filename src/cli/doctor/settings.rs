//! What is configured, and where each part comes from.

use jiff::Timestamp;

use super::checkup::Checkup;
use crate::cli::connect::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::sign_in::{certificate, odd_secret, open_to_others};
use crate::config::{CertificateFile, PASSWORD_OF_KEY, SignInWith, Target, without_login};
use crate::domain::Sourced;
use crate::feed::schedule::shell_word;
use crate::report::counted;

/// The variables that send requests through a proxy, or past it.
const PROXIES: [&str; 5] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY"];

/// How many days before its end a certificate is told.
const WARN_DAYS: i64 = 30;

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
                SignInWith::Certificate(CertificateFile { file, .. }) => {
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
        let thumbprints = format!(
            "thumbprint {} (SHA-1), {} (SHA-256)",
            certificate.short_thumbprint(),
            certificate.thumbprint()
        );
        tell_certificate(&thumbprints, certificate.end(), Timestamp::now(), checkup);
    }
    if let Target::Tenant(sign_in) = &context.config.target {
        for (what, file) in sign_in.private_files() {
            let Some(mode) = open_to_others(file) else {
                continue;
            };
            let deed = match what {
                PASSWORD_OF_KEY => "open the private key",
                _ => "sign in as the app",
            };
            checkup.warning(
                what,
                format!("`{}` can be read by others (mode {mode:03o})", file.display()),
                [format!(
                    "`chmod 600 {}`: whoever reads it can {deed}",
                    shell_word(&file.display().to_string())
                )],
            );
        }
    }
    if let Target::Tenant(sign_in) = &context.config.target
        && let Some(told) = odd_secret(sign_in)
    {
        checkup.warning("client secret", told, []);
    }
    // What a sign-in would say of it stands here.
    context.told_of_secret.call_once(|| {});
    let set: Vec<&str> = PROXIES
        .into_iter()
        .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        .collect();
    if !set.is_empty() {
        // Its address may hold a password.
        checkup.well("proxy", format!("as {} in the environment says", set.join(", ")));
    }
    if let Some(file) = &context.config.ca_file {
        checkup.well(
            "authorities",
            format!(
                "those of the system and of `{}` ({})",
                file.value.display(),
                file.origin
            ),
        );
    }
    let limits = &context.config.limits;
    if limits.protected.value.is_empty() && limits.protected_filter.is_none() {
        checkup.warning(
            "protection",
            "nobody is protected: a sheet may change anybody but administrators",
            ["name the accounts for emergencies, and whoever else no sheet may change, in `guards.protected` of the profile".to_owned()],
        );
    }
}

/// A certificate that ends soon is a night that fails soon.
fn tell_certificate(thumbprints: &str, end: Option<Timestamp>, now: Timestamp, checkup: &mut Checkup) {
    const NEW: &str = "make a new one, upload it on the app registration's page Certificates & secrets beside the old one, and name its file; then take the old one away";
    let Some(end) = end else {
        return checkup.well("certificate", thumbprints);
    };
    let day = end.strftime("%Y-%m-%d");
    let days = end.duration_since(now).as_hours() / 24;
    if end <= now {
        let error = CliError::new(Exit::SignIn, format!("it ended on {day}; {thumbprints}"));
        return checkup.error("certificate", error.hint(NEW));
    }
    let found = format!("good until {day}; {thumbprints}");
    match days < WARN_DAYS {
        true => checkup.warning(
            "certificate",
            format!(
                "it ends on {day}, in {}; {thumbprints}",
                counted(days.unsigned_abs(), "day", "days")
            ),
            [NEW.to_owned()],
        ),
        false => checkup.well("certificate", found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_told_thirty_days_before_its_end_and_is_an_error_after_it() {
        let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        for (end, status, words) in [
            (Some("2027-11-30T00:00:00Z"), "ok", "good until 2027-11-30"),
            (Some("2026-12-30T13:00:00Z"), "ok", "good until 2026-12-30"),
            (Some("2026-12-30T11:00:00Z"), "warning", "in 29 days"),
            (Some("2026-12-01T13:00:00Z"), "warning", "in 1 day;"),
            (Some("2026-11-30T12:00:00Z"), "error", "it ended on 2026-11-30"),
            (None, "ok", "AB12"),
        ] {
            let mut checkup = Checkup::default();
            let end = end.map(|end| end.parse().unwrap());
            tell_certificate("AB12", end, now, &mut checkup);
            let told = checkup.json()["checks"][0].clone();
            assert_eq!(told["status"], status, "{told}");
            assert!(told["found"].as_str().unwrap().contains(words), "{told}");
        }
    }
}
