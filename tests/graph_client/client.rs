//! Microsoft's JavaScript client, found and driven.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use super::stand::{Stand, finish};

/// The client with the practice directory that it speaks to.
pub struct Client {
    modules: PathBuf,
    practice: String,
}

/// Where `.ci/run` installs the client: beside what is built, so that nothing of it stands in the repository.
fn modules() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_dirsheet"))
        .ancestors()
        .nth(2)
        .unwrap();
    target.join("graph_client/node_modules")
}

impl Client {
    /// `None`, said loudly, where it is not installed.
    pub fn find(stand: &Stand) -> Option<Client> {
        let modules = modules();
        let has_node = Command::new("node")
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !has_node || !modules.join("@microsoft/microsoft-graph-client").exists() {
            assert!(
                std::env::var("DIRSHEET_GRAPH_CLIENT").as_deref() != Ok("required"),
                "DIRSHEET_GRAPH_CLIENT=required, but `node` or the client is missing"
            );
            // Written past the capture of the test harness, so that it is seen.
            let _said = std::io::stderr().write_all(
                b"\n!!!! SKIPPED: Node.js or Microsoft's Graph client is not installed. The practice directory was NOT driven by it.\n",
            );
            return None;
        }
        let sandbox = stand.sandbox();
        let practice = json!({
            "base": sandbox.url(),
            "tenant": sandbox.tenant_id(),
            "client_id": sandbox.client_id(),
            "client_secret": sandbox.client_secret(),
        });
        Some(Client {
            modules,
            practice: practice.to_string(),
        })
    }

    /// One step of `drive.js`; what the client got.
    #[track_caller]
    pub fn step(&self, step: &str, given: &Json) -> Json {
        let mut command = Command::new("node");
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graph_client/drive.js"))
            .args([step, &given.to_string()])
            .env("NODE_PATH", &self.modules)
            .env("PRACTICE", &self.practice)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let ran = finish(command.spawn().unwrap(), step.to_owned()).must(0);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }
}
