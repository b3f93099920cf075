//! Whose sign-in it is, as a table: which fields a profile has, and what stands in the environment.

use secrecy::ExposeSecret;

use super::super::way::{CERTIFICATE, CERTIFICATE_PASSWORD, FEDERATED};
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
            client_secret_file: fields.contains('s').then(|| file.clone()),
            client_certificate_file: fields.contains('z').then(|| "own.pem".into()),
            client_certificate_password_file: fields.contains('w').then_some(file),
            client_certificate_password_command: fields
                .contains('u')
                .then(|| vec!["echo".to_owned(), "printed".to_owned()]),
            federated_token_file: fields.contains('f').then(|| "own-token".into()),
            sign_in: has('m', "managed-identity")
                .or(has('k', "azure-cli"))
                .or(has('p', "device-code")),
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
            one.client_id.map_or_else(|| "-".to_owned(), |id| id.value),
            with(&one.with),
            one.graph_url.value,
            one.authority_host.value
        ),
        Ok(Target::Missing { missing }) => format!("missing {}", missing.join(", ")),
        Ok(Target::Sandbox) => unreachable!(),
        Err(error) => error.to_string(),
    }
}

fn with(one: &SignInWith) -> String {
    match one {
        SignInWith::Secret(secret) => secret.expose_secret().to_owned(),
        SignInWith::Certificate(certificate) => {
            let password = certificate.password.expose_secret();
            let mark = if password.is_empty() { "" } else { "/" };
            format!("certificate:{}{mark}{password}", certificate.file.value.display())
        }
        SignInWith::Federated(file) => format!("federated:{}", file.value.display()),
        SignInWith::ManagedIdentity => "machine".to_owned(),
        SignInWith::AzureCli => "az".to_owned(),
        SignInWith::DeviceCode => "person".to_owned(),
    }
}

#[test]
fn a_sign_in_that_the_machine_has_is_named_and_stands_alone() {
    let at = |rest: &str| format!("{rest} {GRAPH_URL} {AUTHORITY_HOST}");
    assert_eq!(signs_in(true, "tm", &[]), at("own-t - machine"));
    assert_eq!(signs_in(true, "tcm", &[]), at("own-t own-c machine"));
    assert_eq!(signs_in(true, "tk", &[]), at("own-t - az"));
    assert_eq!(signs_in(true, "tcp", &[]), at("own-t own-c person"));
    // The app of the Azure CLI is not the one that another command left in the environment.
    assert_eq!(signs_in(true, "tk", &[SANDBOX[1]]), at("own-t - az"));
    for (fields, variables, words) in [
        ("tcsm", &[][..], ["one of them", "`prod`"]),
        ("tcfk", &[], ["one of them", "`prod`"]),
        ("tck", &[], ["client_id", "take it out"]),
        ("m", &[], ["missing", "tenant_id of the profile"]),
        ("tp", &[], ["missing", "client_id of the profile"]),
        // Another identity than the machine's own.
        ("tm", &[SANDBOX[1]], [CLIENT_ID, "no `client_id`"]),
    ] {
        let told = signs_in(true, fields, variables);
        for word in words {
            assert!(told.contains(word), "{fields}: {told}");
        }
    }
    let (own, sdk) = (
        (SIGN_IN, "azure-cli"),
        ("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential"),
    );
    let shell = |more: &[(&str, &str)]| signs_in(false, "", &[&[SANDBOX[0]][..], more].concat());
    assert_eq!(shell(&[own]), at("sandbox-t - az"));
    assert_eq!(shell(&[sdk]), at("sandbox-t - machine"));
    assert_eq!(shell(&[sdk, SANDBOX[1]]), at("sandbox-t sandbox-c machine"));
    assert_eq!(shell(&[sdk, own]), at("sandbox-t - az"));
    // To try several is no sign-in.
    let chain = ("AZURE_TOKEN_CREDENTIALS", "prod");
    assert_eq!(shell(&[chain]), "missing AZURE_CLIENT_ID, AZURE_CLIENT_SECRET");
    for other in [SANDBOX[2], ("AZURE_FEDERATED_TOKEN_FILE", "/run/token")] {
        let told = shell(&[own, other]);
        assert!(
            told.contains(SIGN_IN) && told.contains(other.0) && told.contains("unset"),
            "{told}"
        );
    }
    let told = shell(&[(SIGN_IN, "az")]);
    assert!(
        told.contains("managed-identity") && told.contains("azure-cli"),
        "{told}"
    );
    // A person takes the place of no app of a profile.
    for way in [own, ("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")] {
        let told = signs_in(true, "tc", &[way]);
        assert!(
            told.contains(way.0) && told.contains("`prod`") && told.contains("client_id"),
            "{told}"
        );
    }
    // What a shell was told stands beside no profile that signs in.
    let told = signs_in(false, "tcs", &[own]);
    assert!(told.contains(SIGN_IN) && told.contains("`prod`"), "{told}");
}

#[test]
fn a_certificate_and_a_federated_token_stand_in_the_place_of_a_secret_and_only_one_of_them() {
    let own = |with: &str| format!("own-t own-c {with} {GRAPH_URL} {AUTHORITY_HOST}");
    assert_eq!(signs_in(true, "tcz", &SANDBOX), own("certificate:own.pem"));
    assert_eq!(signs_in(true, "tcf", &[]), own("federated:own-token"));
    for two in ["tcsz", "tczf", "tcsf"] {
        let told = signs_in(true, two, &[]);
        assert!(told.contains("one of them") && told.contains("`prod`"), "{told}");
    }
    let (certificate, federated) = ((CERTIFICATE, "shell.pem"), (FEDERATED, "/run/token"));
    let shell = |with: &str| format!("sandbox-t sandbox-c {with} {GRAPH_URL} {AUTHORITY_HOST}");
    let names = [SANDBOX[0], SANDBOX[1]];
    let of = |more: &[(&str, &str)]| signs_in(false, "", &[&names[..], more].concat());
    assert_eq!(of(&[certificate]), shell("certificate:shell.pem"));
    assert_eq!(of(&[federated]), shell("federated:/run/token"));
    // The order of the Azure SDKs.
    assert_eq!(of(&[federated, certificate]), shell("certificate:shell.pem"));
    assert_eq!(of(&[federated, certificate, SANDBOX[2]]), shell("sandbox-s"));
    // Beside a profile that names nothing, and never another app's.
    assert_eq!(signs_in(true, "tc", &[certificate]), own("certificate:shell.pem"));
    let told = signs_in(true, "tc", &[federated, SANDBOX[1]]);
    assert!(told.contains(FEDERATED) && told.contains(CLIENT_ID), "{told}");
}

#[test]
fn the_password_of_a_certificate_comes_from_where_the_certificate_comes_from() {
    let own = |with: &str| format!("own-t own-c certificate:{with} {GRAPH_URL} {AUTHORITY_HOST}");
    let (certificate, password) = ((CERTIFICATE, "shell.pfx"), (CERTIFICATE_PASSWORD, "opens"));
    assert_eq!(signs_in(true, "tczw", &[]), own("own.pem/own-s"));
    // Somebody else's password is not tried.
    assert_eq!(signs_in(true, "tcz", &[password]), own("own.pem"));
    assert_eq!(signs_in(true, "tczw", &[password]), own("own.pem/own-s"));
    assert_eq!(
        signs_in(true, "tc", &[certificate, password]),
        own("shell.pfx/opens")
    );
    let shell = [SANDBOX[0], SANDBOX[1], certificate, password];
    assert!(signs_in(false, "", &shell).contains("certificate:shell.pfx/opens "));
    for (fields, words) in [
        ("tcw", "`client_certificate_file`, and the profile names none"),
        ("tcsu", "`client_certificate_file`, and the profile names none"),
        ("tczwu", "one password"),
    ] {
        let told = signs_in(true, fields, &[certificate]);
        assert!(
            told.contains(words) && told.contains("`prod`"),
            "{fields}: {told}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_password_of_a_certificate_may_be_printed_by_a_program() {
    let told = signs_in(true, "tczu", &[]);
    assert!(told.contains("certificate:own.pem/printed "), "{told}");
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

#[test]
fn a_key_or_a_token_in_the_place_of_a_file_is_told_and_not_shown() {
    let names = [SANDBOX[0], SANDBOX[1]];
    for (variable, value) in [
        (
            CERTIFICATE,
            "-----BEGIN PRIVATE KEY-----\nMIIEhush\n-----END PRIVATE KEY-----",
        ),
        (CERTIFICATE, "-----BEGIN PRIVATE KEY-----MIIEhush"),
        (FEDERATED, "eyJhbGciOiJ.hush.sig"),
    ] {
        let told = signs_in(false, "", &[&names[..], &[(variable, value)]].concat());
        assert!(
            told.contains(variable) && told.contains("name the file"),
            "{told}"
        );
        assert!(!told.contains("hush") && !told.contains("BEGIN"), "{told}");
    }
}

#[test]
fn a_proof_of_the_environment_goes_to_no_other_sign_in_service() {
    let told = signs_in(
        true,
        "tc",
        &[
            SANDBOX[2],
            ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us"),
        ],
    );
    assert!(
        told.contains("AZURE_AUTHORITY_HOST") && told.contains("`prod`"),
        "{told}"
    );
    let same = [
        SANDBOX[2],
        ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/"),
    ];
    assert!(signs_in(true, "tc", &same).contains("sandbox-s"));
}

#[test]
fn an_address_is_shown_without_the_login_in_it() {
    for (address, shown) in [
        ("https://svc:hunter2@gw.example/x@y", "https://…@gw.example/x@y"),
        ("svc:hunter2@gw.example", "…@gw.example"),
        (
            "https://graph.microsoft.com/x@y",
            "https://graph.microsoft.com/x@y",
        ),
    ] {
        assert_eq!(without_login(address), shown);
    }
}
