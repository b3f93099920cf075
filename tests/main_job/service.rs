//! What stands between the client and the directory: sign-in, permissions, the network. Clear words, typed ends, nothing half done.

use dirsheet::sandbox::SandboxOptions;
use serde_json::json;

use super::big::id;
use super::stand::{Stand, people};

/// A sheet with one new title, while all is well.
fn with_an_edit(stand: &Stand) -> String {
    let mut sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    sheet.set(&user, "jobTitle", "Pilot");
    stand.save("users.csv", &sheet);
    user
}

/// `export`, `plan` and `apply` all end with this code and these words, and nothing is written.
#[track_caller]
fn all_end(stand: &Stand, code: i32, words: &[&str]) {
    stand.run(&["export", "-o", "again.csv"]).must(code).says(words);
    assert!(!stand.path("again.csv").exists());
    stand.run(&["plan", "users.csv"]).must(code).says(words);
    stand.run(&["apply", "users.csv", "--yes"]).must(code).says(words);
}

#[test]
fn a_wrong_secret_ends_with_the_authoritys_own_words_and_what_to_do() {
    let mut stand = Stand::of(20);
    with_an_edit(&stand);
    stand.set("AZURE_CLIENT_SECRET", "wrong-secret-value");
    all_end(&stand, 7, &["AADSTS7000215", "help: ", "secret"]);
    let ran = stand.run(&["plan", "users.csv"]);
    assert!(!ran.stderr.contains("wrong-secret-value"), "{}", ran.stderr);
    assert!(stand.history().is_empty());
}

#[test]
fn a_wrong_tenant_or_client_ends_with_the_authoritys_own_words() {
    let mut stand = Stand::of(20);
    with_an_edit(&stand);
    let (tenant, client) = (
        stand.sandbox().tenant_id().to_owned(),
        stand.sandbox().client_id().to_owned(),
    );
    stand.set("AZURE_TENANT_ID", "00000000-0000-4000-8000-000000000001");
    all_end(&stand, 7, &["AADSTS90002", "the tenant does not exist"]);
    stand.set("AZURE_TENANT_ID", &tenant);
    stand.set("AZURE_CLIENT_ID", "00000000-0000-4000-8000-000000000001");
    all_end(&stand, 7, &["AADSTS700016", "check the client id"]);
    stand.set("AZURE_CLIENT_ID", &client);
    stand.run(&["plan", "users.csv"]).must(0);
}

#[test]
fn nothing_configured_shows_the_ways_on_and_never_uses_the_sandbox() {
    let mut stand = Stand::of(20);
    with_an_edit(&stand);
    stand.unset("AZURE_CLIENT_SECRET");
    all_end(
        &stand,
        2,
        &[
            "AZURE_CLIENT_SECRET",
            "--sandbox",
            "--profile NAME",
            "dirsheet demo",
        ],
    );
    stand.run(&["check", "users.csv"]).must(0);
}

#[test]
fn each_wait_for_a_service_that_is_down_is_said_with_its_reason_attempt_and_length_and_not_with_quiet() {
    let stand = Stand::of(5);
    let export = ["export", "-o", "users.csv", "--full"];
    stand.faults("503,on=token,times=2");
    stand
        .run(&export)
        .must(0)
        .says(&["Waiting: ", "; attempt 3 follows in "]);
    stand.faults("503,on=list,times=2");
    stand
        .run(&export)
        .must(0)
        .says(&["the service answered 503; attempt 3 follows in "]);
    stand.faults("503,on=token,times=2");
    let ran = stand.run(&[&export[..], &["--quiet"]].concat()).must(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn without_the_permission_to_read_nothing_is_exported() {
    let stand = Stand::open(SandboxOptions {
        roles: vec!["Organization.Read.All".to_owned()],
        ..people(20)
    });
    stand.run(&["export", "-o", "users.csv"]).must(7).says(&[
        "Authorization_RequestDenied",
        "help: ",
        "permission",
    ]);
    assert!(!stand.path("users.csv").exists());
    assert_eq!(stand.json(&["snapshots"], 0), json!([]));
}

#[test]
fn without_the_permission_to_write_nothing_is_sent_and_the_permission_is_named() {
    let stand = Stand::open(SandboxOptions {
        roles: vec!["User.Read.All".to_owned(), "Organization.Read.All".to_owned()],
        ..people(20)
    });
    with_an_edit(&stand);
    stand.run(&["apply", "users.csv", "--yes"]).must(7).says(&[
        "it has User.Read.All",
        "nothing was written",
        "admin consent",
        "User.ReadWrite.All",
    ]);
    assert_eq!(stand.stats().writes_received, 0);
}

#[test]
fn a_host_that_is_not_there_ends_with_8() {
    let mut stand = Stand::of(20);
    with_an_edit(&stand);
    stand.close_directory();
    all_end(&stand, 8, &["127.0.0.1", "refused the connection", "help: "]);
}

#[test]
fn a_host_that_does_not_speak_tls_ends_with_8_and_says_tls() {
    let mut stand = Stand::of(20);
    with_an_edit(&stand);
    let secure = stand.sandbox().url().replace("http://", "https://");
    stand.set("AZURE_AUTHORITY_HOST", &secure);
    all_end(&stand, 8, &["no secure connection", "TLS 1.2"]);
}

#[test]
fn plain_http_is_spoken_to_this_computer_only() {
    let mut stand = Stand::of(20);
    with_an_edit(&stand);
    stand.set("DIRSHEET_GRAPH_URL", "http://graph.example.com");
    stand.run(&["plan", "users.csv"]).must(2).says(&["https"]);
    assert_eq!(stand.stats().writes_received, 0);
}

#[test]
fn a_page_of_html_instead_of_json_ends_with_8_and_names_the_proxy() {
    let stand = Stand::of(20);
    with_an_edit(&stand);
    for faults in ["html,on=list", "html,on=token"] {
        stand.faults(faults);
        let ran = stand.run(&["export", "-o", "again.csv"]);
        let code = ran.code;
        assert!(code == Some(8) || code == Some(7), "{ran:?}");
        ran.says(&["help: ", "proxy"]);
        assert!(!stand.path("again.csv").exists());
    }
    assert!(stand.history().is_empty());
}

#[test]
fn html_in_the_middle_of_a_run_leaves_rows_to_resume() {
    let stand = Stand::of(20);
    let user = with_an_edit(&stand);
    stand.faults("html,on=batch,after=1");
    stand.json(&["plan", "users.csv"], 0);
    stand.faults("html,on=batch,times=2");
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    assert_eq!(stand.dump()[&user]["jobTitle"], "Pilot");
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn tokens_that_end_in_the_middle_are_renewed_and_nothing_is_lost() {
    let (stand, wishes, before) = super::breaking_off::slow(300, 160, 0);
    let tokens = stand.stats().token_requests;
    stand.faults("expire-token-after:4");
    stand.run(&super::breaking_off::APPLY).must(0);
    super::big::same_directory(&super::big::fulfilled(&before, &wishes), &stand.dump());
    assert_eq!(stand.history().len(), super::big::requests(&wishes));
    assert_eq!(
        stand.stats().token_requests,
        tokens + 2,
        "one at the start, one renewal for all workers"
    );
}

#[test]
fn a_token_that_lives_for_seconds_is_renewed_again_and_again() {
    let stand = Stand::open(SandboxOptions {
        token_lifetime: std::time::Duration::from_secs(2),
        latency: std::time::Duration::from_millis(400),
        ..people(3_000)
    });
    let sheet = stand.export();
    assert_eq!(sheet.rows.len(), 3_000);
}
