//! A headless Chromium, driven through chromedriver as the WebDriver standard says.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A browser with a profile of its own; it ends with the value.
pub struct Browser {
    driver: Child,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    /// The address of the session.
    session: String,
}

const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
];

/// What the programs are called, by system.
const DRIVERS: [&str; 1] = ["chromedriver"];
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

fn first_of(programs: &[&'static str]) -> Option<&'static str> {
    programs.iter().copied().find(|program| {
        Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

impl Browser {
    /// `None`, said loudly, where it is not installed.
    pub fn find(profile: &Path) -> Option<Browser> {
        let Some((driver, browser)) = first_of(&DRIVERS).zip(first_of(&BROWSERS)) else {
            assert!(
                std::env::var("DIRSHEET_CHROMIUM").as_deref() != Ok("required"),
                "DIRSHEET_CHROMIUM=required, but `chromedriver` or `chromium` is missing"
            );
            // Written past the capture of the test harness, so that it is seen.
            let _said = std::io::stderr().write_all(
                b"\n!!!! SKIPPED: Chromium or chromedriver is not installed. The page of a plan was NOT tested in a browser.\n",
            );
            return None;
        };
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let port = port(&mut driver);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        // Only one of several tests in a process can be the first.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut arguments: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let mut browser_of = Browser {
            driver,
            runtime,
            client,
            session: format!("http://127.0.0.1:{port}/session"),
        };
        let asked = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": which(browser), "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let begun = browser_of.ask(reqwest::Method::POST, "", Some(&asked));
        let id = begun["sessionId"].as_str().unwrap().to_owned();
        browser_of.session = format!("{}/{id}", browser_of.session);
        // A new browser shows a page of its own, which has requests of its own.
        browser_of.post("/url", &json!({ "url": "about:blank" }));
        browser_of.requests();
        Some(browser_of)
    }

    fn ask(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.client.request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut answer: Value = self
            .runtime
            .block_on(async { request.send().await.unwrap().json().await.unwrap() });
        assert!(answer["value"]["error"].is_null(), "{path} {body:?}: {answer:#}");
        answer["value"].take()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.ask(reqwest::Method::POST, path, Some(body))
    }

    pub fn open(&self, page: &Path) {
        self.post("/url", &json!({ "url": format!("file://{}", page.display()) }));
    }

    /// The value of an expression in the page.
    pub fn value(&self, expression: &str) -> Value {
        self.run(&format!("return {expression};"))
    }

    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Types into the control, which a person has chosen.
    pub fn keys(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [
                    json!({ "type": "keyDown", "value": key }),
                    json!({ "type": "keyUp", "value": key }),
                ]
            })
            .collect();
        self.post(
            "/actions",
            &json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }),
        );
    }

    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.post("/se/log", &json!({ "type": kind }));
        log.as_array().unwrap().clone()
    }

    /// What the console said since the last look, warnings and worse.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.log("browser");
        log.iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("WARNING" | "SEVERE")))
            .map(|entry| entry["message"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The addresses that the page asked for since the last look, without those that its own policy held back.
    pub fn requests(&self) -> Vec<String> {
        let log = self.log("performance");
        let events: Vec<Value> = log
            .iter()
            .map(|entry| serde_json::from_str(entry["message"].as_str().unwrap()).unwrap())
            .map(|mut event: Value| event["message"].take())
            .collect();
        let held_back = |id: &Value| {
            let of = |event: &&Value| &event["params"]["requestId"] == id;
            let failed = events.iter().filter(of);
            failed
                .filter(|event| event["method"] == "Network.loadingFailed")
                .any(|event| event["params"]["blockedReason"] == "csp")
        };
        let sent = events
            .iter()
            .filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.map(|event| &event["params"])
            .filter(|request| !held_back(&request["requestId"]))
            .map(|request| request["request"]["url"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Everything that a screen reader is told, as roles and names.
    pub fn spoken(&self) -> Vec<(String, String)> {
        let tree = self.devtools("Accessibility.getFullAXTree", &json!({}));
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        tree["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|node| node["ignored"] != true)
            .map(|node| (text(&node["role"]), text(&node["name"])))
            .collect()
    }

    /// A picture of the whole page, as PNG in base64; or the page on paper, as PDF.
    pub fn picture(&self) -> String {
        let picture = self.devtools(
            "Page.captureScreenshot",
            &json!({ "format": "png", "captureBeyondViewport": true }),
        );
        picture["data"].as_str().unwrap().to_owned()
    }

    pub fn on_paper(&self) -> String {
        self.post("/print", &json!({ "orientation": "landscape" }))
            .as_str()
            .unwrap()
            .to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let ended = self.client.delete(&self.session).send();
        let _ended = self.runtime.block_on(ended);
        let _killed = self.driver.kill();
        let _ended = self.driver.wait();
    }
}

/// The port that the driver chose.
fn port(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Nobody reads on: what it says later must not fill the pipe.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    port.expect("chromedriver said on which port it listens")
}

/// Where a program is; a driver may look in other folders than we.
fn which(program: &str) -> String {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .map_or_else(|| program.to_owned(), |path| path.display().to_string())
}
