//! Signing in with what the machine has, by the binary: its managed identity, and whoever is signed in to the Azure CLI.

use std::time::Duration;

use dirsheet::sandbox::{ManagedIdentities, SandboxOptions};
use serde_json::Value as Json;

use super::secrets::nowhere;
use super::stand::{Stand, people};

const ASSIGNED: &str = "5e29463d-71da-4fe0-8e69-999b57db23b0";
const HEADER: &str = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";

/// A directory and an App Service with identities; the commands have neither secret nor app.
fn app_service(updating: usize) -> Stand {
    let mut stand = Stand::open(SandboxOptions {
        managed: Some(ManagedIdentities {
            header: HEADER.to_owned(),
            system: true,
            assigned: vec![ASSIGNED.to_owned()],
            updating,
        }),
        ..people(30)
    });
    stand.unset("AZURE_CLIENT_SECRET");
    stand.unset("AZURE_CLIENT_ID");
    let url = stand.sandbox().url();
    stand.set("IDENTITY_ENDPOINT", &format!("{url}/msi/token"));
    stand.set("IDENTITY_HEADER", HEADER);
    stand.set("DIRSHEET_SIGN_IN", "managed-identity");
    stand
}

#[test]
fn a_managed_identity_signs_in_by_environment_and_profile_and_its_token_is_nowhere() {
    let mut stand = app_service(0);
    let mut streams = vec![stand.run(&["export", "-o", "users.csv"]).must(0)];
    stand.set("AZURE_CLIENT_ID", ASSIGNED);
    streams.push(stand.run(&["doctor"]).must(0));
    let told = &streams[1].stdout;
    assert!(
        told.contains("the managed identity of this machine") && told.contains(ASSIGNED),
        "{told}"
    );
    assert!(told.contains("as an application"), "{told}");
    let sandbox = stand.sandbox();
    stand.write(
        "config.toml",
        format!(
            "[profiles.practice]\ntenant_id = {:?}\nsign_in = \"managed-identity\"\ngraph_url = {:?}\n",
            sandbox.tenant_id(),
            sandbox.url(),
        ),
    );
    for name in ["DIRSHEET_SIGN_IN", "AZURE_CLIENT_ID"] {
        stand.unset(name);
    }
    let by_profile = [
        "plan",
        "users.csv",
        "--config",
        "config.toml",
        "--profile",
        "practice",
    ];
    streams.push(stand.run(&by_profile).must(0));
    nowhere(&stand, &streams, HEADER.as_bytes());
    assert!(stand.stats().token_requests >= 3);
}

#[test]
fn an_endpoint_that_is_being_changed_is_waited_for() {
    let stand = app_service(2);
    stand.run(&["export", "-o", "users.csv"]).must(0);
    assert_eq!(stand.stats().token_requests, 3);
}

#[cfg(unix)]
#[test]
fn whoever_ends_a_command_that_waits_for_an_identity_waits_no_longer() {
    use super::stand::{finish, interrupt, until};
    let stand = app_service(1000);
    let child = stand.command(&["export", "-o", "users.csv"]).spawn().unwrap();
    until("a request", || stand.stats().token_requests > 0);
    interrupt(&child);
    let ran = finish(child, "export".to_owned()).must(130);
    assert!(ran.took < Duration::from_secs(8), "{:?}", ran.took);
    assert!(
        ran.stderr.contains("stopped during the sign-in"),
        "{}",
        ran.stderr
    );
    assert!(!stand.path("users.csv").exists());
}

#[test]
fn an_identity_that_is_not_assigned_or_of_another_tenant_writes_nothing() {
    let mut stand = app_service(0);
    stand.set("AZURE_CLIENT_ID", "11111111-2222-4333-8444-555555555555");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(
        ran.stderr.contains("Identity not found") && ran.stderr.contains("user-assigned"),
        "{}",
        ran.stderr
    );
    stand.unset("AZURE_CLIENT_ID");
    let tenant = stand.sandbox().tenant_id().to_owned();
    stand.set("AZURE_TENANT_ID", "11111111-2222-4333-8444-555555555555");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(
        ran.stderr.contains(&tenant) && ran.stderr.contains("is configured"),
        "{}",
        ran.stderr
    );
    stand.set("AZURE_TENANT_ID", "contoso.example");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(2);
    assert!(ran.stderr.contains("not the id of one"), "{}", ran.stderr);
    stand.set("AZURE_TENANT_ID", &tenant);
    stand.unset("IDENTITY_HEADER");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(2);
    ran.says(&["IDENTITY_ENDPOINT is set, and IDENTITY_HEADER beside it is not"]);
    stand.set("IDENTITY_HEADER", HEADER);
    // Nobody answers there any more, and a secret beside it is another identity.
    stand.set("IDENTITY_ENDPOINT", "http://127.0.0.1:9/msi/token");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(ran.stderr.contains("no managed identity here"), "{}", ran.stderr);
    stand.set("IDENTITY_ENDPOINT", "http://example.com/msi/token");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(ran.stderr.contains("private addresses only"), "{}", ran.stderr);
    assert!(ran.stderr.contains("no managed identity here"), "{}", ran.stderr);
    let secret = stand.sandbox().client_secret().to_owned();
    stand.set("AZURE_CLIENT_SECRET", &secret);
    let ran = stand.run(&["export", "-o", "users.csv"]).must(2);
    assert!(
        ran.stderr.contains("DIRSHEET_SIGN_IN and AZURE_CLIENT_SECRET"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains(&secret) && !stand.path("users.csv").exists());
}

/// Puts a program called `az` on the path.
#[cfg(unix)]
fn install(stand: &mut Stand, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(stand.path("bin")).unwrap();
    let text = format!(
        "#!/bin/sh\necho \"$*\" >> '{}'\n{script}\n",
        stand.path("asked").display()
    );
    stand.write("bin/az", text);
    std::fs::set_permissions(stand.path("bin/az"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let own = stand.path("bin").display().to_string();
    stand.set("PATH", &format!("{own}:{path}"));
}

/// A token of the sandbox's application, as it answers it.
#[cfg(unix)]
fn token(stand: &Stand) -> String {
    let sandbox = stand.sandbox();
    let form = [
        ("client_id", sandbox.client_id()),
        ("client_secret", sandbox.client_secret()),
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
        // The Azure CLI says so of itself.
        ("claims", r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
    ];
    let url = format!("{}/{}/oauth2/v2.0/token", sandbox.url(), sandbox.tenant_id());
    let _second = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer: Json = stand.wait_for(async {
        let sent = client.post(url).form(&form).send().await.unwrap();
        sent.json().await.unwrap()
    });
    answer["access_token"].as_str().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn an_azure_cli_that_says_nothing_or_what_is_no_token_is_told_in_our_words() {
    let mut stand = Stand::of(30);
    stand.unset("AZURE_CLIENT_SECRET");
    stand.set("DIRSHEET_SIGN_IN", "azure-cli");
    for (script, words) in [
        (
            "exit 3",
            "the Azure CLI (`az`) ended with exit code 3 and said nothing",
        ),
        (
            "echo hello",
            "what the Azure CLI (`az`) answered is no token that can be read",
        ),
        ("echo no >&2; exit 1", "the Azure CLI (`az`) gave no token: no"),
    ] {
        install(&mut stand, script);
        stand.run(&["export", "-o", "users.csv"]).must(7).says(&[words]);
    }
}

#[cfg(unix)]
#[test]
fn what_the_azure_cli_started_ends_with_the_command() {
    use super::stand::{finish, interrupt, until};
    let mut stand = Stand::of(30);
    stand.unset("AZURE_CLIENT_SECRET");
    stand.set("DIRSHEET_SIGN_IN", "azure-cli");
    let alive = stand.path("alive").display().to_string();
    install(&mut stand, &format!("(sleep 3; touch '{alive}'); exit 1"));
    let child = stand.command(&["export", "-o", "users.csv"]).spawn().unwrap();
    until("az", || stand.path("asked").exists());
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    finish(child, "export".to_owned()).must(130);
    std::thread::sleep(Duration::from_secs(4));
    assert!(!stand.path("alive").exists());
}

#[cfg(unix)]
#[test]
fn a_claims_challenge_under_the_azure_cli_is_told_with_the_lines_of_whoever_is_signed_in_to_it() {
    let mut stand = Stand::of(30);
    let token = token(&stand);
    stand.unset("AZURE_CLIENT_SECRET");
    stand.set("DIRSHEET_SIGN_IN", "azure-cli");
    let end = jiff::Timestamp::now().as_second() + 3_000;
    let answer = serde_json::json!({"accessToken": token, "expires_on": end, "tokenType": "Bearer"});
    install(&mut stand, &format!("cat <<'END'\n{answer}\nEND"));
    stand.faults("claims,times=1");
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    let (tenant, client) = (stand.sandbox().tenant_id(), stand.sandbox().client_id());
    let ran = ran.says(&[
        "a claims challenge",
        &format!("az login --service-principal --username {client} --tenant {tenant}"),
        "az login --identity",
        "az logout",
    ]);
    assert!(!ran.stderr.contains("--claims-challenge"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn the_azure_cli_is_asked_for_this_tenant_and_what_it_complains_of_is_told() {
    let mut stand = Stand::of(30);
    stand.unset("AZURE_CLIENT_SECRET");
    stand.set("DIRSHEET_SIGN_IN", "azure-cli");
    std::fs::create_dir_all(stand.path("empty")).unwrap();
    let empty = stand.path("empty").display().to_string();
    stand.set("PATH", &empty);
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    assert!(
        ran.stderr.contains("`az`) is not there") && ran.stderr.contains("Install"),
        "{}",
        ran.stderr
    );
    install(
        &mut stand,
        "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1",
    );
    let ran = stand.run(&["export", "-o", "users.csv"]).must(7);
    let tenant = stand.sandbox().tenant_id().to_owned();
    let login = format!("az login --tenant {tenant}");
    for word in ["Please run 'az login' to setup account.", login.as_str()] {
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
    }
    let token = token(&stand);
    let end = jiff::Timestamp::now().as_second() + 3_000;
    let answer =
        serde_json::json!({"accessToken": token, "expires_on": end, "tokenType": "Bearer", "tenant": tenant});
    install(&mut stand, &format!("cat <<'END'\n{answer}\nEND"));
    let ran = stand.run(&["export", "-o", "users.csv"]).must(0);
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("eyJ"));
    let asked = stand.read("asked");
    let scope = format!("{}/.default", stand.sandbox().url());
    let line = asked.lines().last().unwrap();
    assert!(
        line.starts_with("account get-access-token") && line.contains(&tenant) && line.contains(&scope),
        "{line}"
    );
    // Somebody of another tenant.
    stand.set("AZURE_TENANT_ID", "11111111-2222-4333-8444-555555555555");
    let ran = stand.run(&["export", "-o", "other.csv"]).must(7);
    assert!(
        ran.stderr.contains(&tenant) && !stand.path("other.csv").exists(),
        "{}",
        ran.stderr
    );
    let hush = "echo 'ERROR: token eyJhbGciOiJub25lIn0.e30.x is bad' >&2; exit 1";
    install(&mut stand, hush);
    let ran = stand.run(&["export", "-o", "other.csv"]).must(7);
    assert!(
        ran.stderr.contains("is bad") && !ran.stderr.contains("eyJ"),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)]
#[test]
fn a_word_that_is_no_sign_in_is_told_with_those_that_are() {
    let mut stand = Stand::of(3);
    stand.unset("AZURE_CLIENT_SECRET");
    stand.set("DIRSHEET_SIGN_IN", "az");
    let begun = std::time::Instant::now();
    let ran = stand.run(&["export", "-o", "users.csv"]).must(2);
    assert!(
        ran.stderr
            .contains("`managed-identity`, `azure-cli` or `device-code`"),
        "{}",
        ran.stderr
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
}
