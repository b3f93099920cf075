//! Sign-ins of every kind, and those that are refused.

use super::super::signing_in::PASSWORD;
use super::super::stand::Stand;
use super::WRONG;

/// `must`: runs a command, and expects its exit code.
pub fn all(stand: &mut Stand, must: &dyn Fn(&Stand, &str, i32)) {
    stand.faults("html,on=token");
    must(stand, "plan edited.csv", 7);
    stand.faults("");
    let secret = stand.sandbox().client_secret().to_owned();
    stand.set("AZURE_CLIENT_SECRET", WRONG);
    must(stand, "plan edited.csv", 7);
    must(stand, "doctor", 7);
    stand.unset("AZURE_CLIENT_SECRET");
    let of_files = [
        ("app.pem", "", 0),
        ("other.pem", "", 7),
        ("app.pfx", WRONG, 2),
        ("app.pfx", PASSWORD, 0),
    ];
    for (file, password, code) in of_files {
        stand.set("AZURE_CLIENT_CERTIFICATE_PATH", file);
        stand.set("AZURE_CLIENT_CERTIFICATE_PASSWORD", password);
        must(stand, "plan edited.csv", code);
        must(stand, "doctor", code);
    }
    stand.unset("AZURE_CLIENT_CERTIFICATE_PASSWORD");
    stand.unset("AZURE_CLIENT_CERTIFICATE_PATH");
    stand.set("AZURE_FEDERATED_TOKEN_FILE", "issuer-token");
    must(stand, "plan edited.csv", 0);
    stand.set("AZURE_FEDERATED_TOKEN_FILE", "stranger-token");
    must(stand, "plan edited.csv", 7);
    stand.unset("AZURE_FEDERATED_TOKEN_FILE");
    stand.set("AZURE_CLIENT_SECRET", &secret);
    stand.set("AZURE_AUTHORITY_HOST", "http://127.0.0.1:9");
    must(stand, "plan edited.csv", 8);
}
