//! Those who decide: systemd, Microsoft's schema of tasks, and the references of Kubernetes and GitHub.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use quick_xml::events::Event;
use serde_json::Value;

/// Says loudly what is not tested.
#[expect(clippy::print_stderr, reason = "a test that is left out must be seen")]
fn skipped(what: &str) {
    eprintln!("\n!!!! SKIPPED: {what}\n");
}

fn output(command: &mut Command) -> Option<(bool, String)> {
    let output = command.env("SYSTEMD_LOG_LEVEL", "warning").output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some((
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

/// `systemd-analyze VERB FILES`: whether it is content, and what it said. Units of the machine itself are not our matter.
pub fn systemd(verb: &str, files: &[PathBuf]) -> Option<(bool, String)> {
    let said = output(Command::new("systemd-analyze").arg(verb).args(files));
    if said.is_none() {
        skipped("systemd-analyze is not there. The units are NOT verified.");
    }
    let (is_good, text) = said?;
    let ours: String = text
        .lines()
        .filter(|line| line.contains("dirsheet"))
        .map(|line| format!("{line}\n"))
        .collect();
    Some((is_good, ours))
}

/// `systemd-analyze security` with the most exposure, in tenths; `None` where it cannot look at a file.
pub fn systemd_security(unit: &Path, most: u8) -> Option<(bool, String)> {
    let said = output(
        Command::new("systemd-analyze")
            .args(["security", "--offline=yes", "--no-pager"])
            .arg(format!("--threshold={most}"))
            .arg(unit),
    )?;
    // Before systemd 250 there was no `--offline`.
    if said.1.contains("unrecognized option") {
        skipped("this systemd-analyze cannot judge the hardening of a file.");
        return None;
    }
    Some(said)
}

/// `systemd-analyze calendar`.
pub fn calendar(line: &str) -> Option<(bool, String)> {
    output(Command::new("systemd-analyze").args(["calendar", line]))
}

/// What may stand below an element, and whether it must stand in this order (`xs:sequence`) or in any (`xs:all`).
/// <https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema-complex-types>
const SCHEMA: [(&str, bool, &[&str]); 10] = [
    (
        "Task",
        false,
        &[
            "RegistrationInfo",
            "Triggers",
            "Settings",
            "Data",
            "Principals",
            "Actions",
        ],
    ),
    (
        "RegistrationInfo",
        false,
        &[
            "URI",
            "SecurityDescriptor",
            "Source",
            "Date",
            "Author",
            "Version",
            "Description",
            "Documentation",
        ],
    ),
    ("Triggers", false, &["CalendarTrigger"]),
    // triggerBaseType, and what calendarTriggerType adds to it.
    (
        "CalendarTrigger",
        true,
        &[
            "Enabled",
            "StartBoundary",
            "EndBoundary",
            "Repetition",
            "ExecutionTimeLimit",
            "RandomDelay",
            "ScheduleByDay",
            "ScheduleByWeek",
        ],
    ),
    ("ScheduleByDay", false, &["DaysInterval"]),
    ("ScheduleByWeek", false, &["WeeksInterval", "DaysOfWeek"]),
    (
        "Settings",
        false,
        &[
            "AllowStartOnDemand",
            "RestartOnFailure",
            "MultipleInstancesPolicy",
            "DisallowStartIfOnBatteries",
            "StopIfGoingOnBatteries",
            "AllowHardTerminate",
            "StartWhenAvailable",
            "NetworkProfileName",
            "RunOnlyIfNetworkAvailable",
            "WakeToRun",
            "Enabled",
            "Hidden",
            "DeleteExpiredTaskAfter",
            "IdleSettings",
            "NetworkSettings",
            "ExecutionTimeLimit",
            "Priority",
            "RunOnlyIfIdle",
        ],
    ),
    ("Principals", false, &["Principal"]),
    (
        "Principal",
        false,
        &["UserId", "LogonType", "GroupId", "DisplayName", "RunLevel"],
    ),
    ("Exec", false, &["Command", "Arguments", "WorkingDirectory"]),
];

/// Reads a task and holds it against [`SCHEMA`]; gives the texts of its elements.
pub fn task(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                enter(&mut open, &name)?;
                open.push((name, Vec::new()));
            }
            Event::Empty(tag) => enter(&mut open, tag.name().as_ref())?,
            Event::End(_) => {
                open.pop();
            }
            Event::Text(part) => {
                if let Some((name, _)) = open.last() {
                    texts.entry(name.clone()).or_default().push_str(&part);
                }
            }
            Event::GeneralRef(name) => {
                let letter = match &*name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    other => return Err(other.to_string()),
                };
                if let Some((name, _)) = open.last() {
                    texts.entry(name.clone()).or_default().push(letter);
                }
            }
            Event::Eof if open.is_empty() => return Ok(texts),
            Event::Eof => return Err("the document ends too early".to_owned()),
            _ => {}
        }
    }
}

fn enter(open: &mut [(String, Vec<String>)], name: &str) -> Result<(), String> {
    let Some((parent, before)) = open.last_mut() else {
        return if name == "Task" {
            Ok(())
        } else {
            Err(format!("{name} is the root"))
        };
    };
    if let Some((_, is_sequence, known)) = SCHEMA.iter().find(|(element, _, _)| element == parent) {
        let place = known
            .iter()
            .position(|child| *child == name)
            .ok_or(format!("{parent} takes no {name}"))?;
        if before.iter().any(|other| other == name) {
            return Err(format!("{name} stands twice in {parent}"));
        }
        let last = before
            .last()
            .and_then(|last| known.iter().position(|child| child == last));
        if *is_sequence && last.is_some_and(|last| last > place) {
            return Err(format!("{name} stands too late in {parent}"));
        }
    }
    before.push(name.to_owned());
    Ok(())
}

/// A document of YAML as JSON, read by Python's `yaml`.
pub fn yaml(text: &str) -> Option<Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.yaml");
    std::fs::write(&path, text).unwrap();
    let program = "import json, sys\ntry:\n    import yaml\nexcept ImportError:\n    sys.exit(77)\n\
                   print(json.dumps(yaml.load(open(sys.argv[1], encoding='utf-8'), Loader=yaml.BaseLoader)))";
    let output = Command::new("python3")
        .args(["-c", program])
        .arg(&path)
        .output()
        .ok();
    match output {
        Some(output) if output.status.success() => Some(serde_json::from_slice(&output.stdout).unwrap()),
        Some(output) if output.status.code() != Some(77) => {
            panic!("{}\n{text}", String::from_utf8_lossy(&output.stderr))
        }
        _ => {
            skipped("there is no Python with `yaml`. The YAML is NOT read.");
            None
        }
    }
}

/// The fields of each object that the reference names and that we use: kind, then its fields.
/// <https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.32/>
const FIELDS: [(&str, &[&str]); 13] = [
    ("", &["apiVersion", "kind", "metadata", "spec"]),
    ("/metadata", &["name", "labels", "annotations", "namespace"]),
    (
        "/spec",
        &[
            "schedule",
            "timeZone",
            "startingDeadlineSeconds",
            "concurrencyPolicy",
            "suspend",
            "jobTemplate",
            "successfulJobsHistoryLimit",
            "failedJobsHistoryLimit",
        ],
    ),
    ("/spec/jobTemplate", &["metadata", "spec"]),
    (
        "/spec/jobTemplate/spec",
        &[
            "parallelism",
            "completions",
            "activeDeadlineSeconds",
            "podFailurePolicy",
            "backoffLimit",
            "template",
            "ttlSecondsAfterFinished",
        ],
    ),
    ("/spec/jobTemplate/spec/template", &["metadata", "spec"]),
    (
        "/spec/jobTemplate/spec/template/spec",
        &[
            "volumes",
            "initContainers",
            "containers",
            "restartPolicy",
            "terminationGracePeriodSeconds",
            "serviceAccountName",
            "automountServiceAccountToken",
            "securityContext",
        ],
    ),
    (
        "/spec/jobTemplate/spec/template/spec/securityContext",
        &[
            "runAsUser",
            "runAsGroup",
            "runAsNonRoot",
            "fsGroup",
            "fsGroupChangePolicy",
            "seccompProfile",
        ],
    ),
    (
        "/spec/jobTemplate/spec/template/spec/containers/0",
        &[
            "name",
            "image",
            "command",
            "args",
            "env",
            "envFrom",
            "resources",
            "volumeMounts",
            "securityContext",
        ],
    ),
    (
        "/spec/jobTemplate/spec/template/spec/containers/0/securityContext",
        &[
            "capabilities",
            "allowPrivilegeEscalation",
            "readOnlyRootFilesystem",
            "runAsNonRoot",
        ],
    ),
    (
        "/spec/jobTemplate/spec/template/spec/containers/0/volumeMounts/0",
        &["name", "readOnly", "mountPath", "subPath"],
    ),
    (
        "/spec/jobTemplate/spec/template/spec/volumes/0",
        &["name", "persistentVolumeClaim", "emptyDir", "secret", "configMap"],
    ),
    (
        "/spec/jobTemplate/spec/template/spec/containers/0/envFrom/0",
        &["configMapRef", "prefix", "secretRef"],
    ),
];

/// Holds a CronJob against the reference.
pub fn cron_job(document: &Value) {
    for (place, fields) in FIELDS {
        let object = document
            .pointer(place)
            .unwrap_or_else(|| panic!("{place} is missing"));
        for field in object.as_object().unwrap_or_else(|| panic!("{place}")).keys() {
            assert!(fields.contains(&field.as_str()), "{place} has no field {field}");
        }
    }
    assert_eq!(document["apiVersion"], "batch/v1");
    assert_eq!(document["kind"], "CronJob");
    assert_eq!(document["spec"]["concurrencyPolicy"], "Forbid");
    let pod = &document["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    assert_eq!(pod["restartPolicy"], "Never");
    let volumes: Vec<&Value> = pod["volumes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|volume| &volume["name"])
        .collect();
    for mount in pod["containers"][0]["volumeMounts"].as_array().unwrap() {
        assert!(volumes.contains(&&mount["name"]), "{mount}");
    }
    let arguments = pod["containers"][0]["args"].as_array().unwrap();
    assert_eq!(arguments[..3], ["feed", "run", "/feed/FEED.toml"]);
    assert_eq!(
        document["spec"]["schedule"].as_str().unwrap().split(' ').count(),
        5
    );
}

/// Holds a workflow against GitHub's reference of its syntax.
pub fn workflow(document: &Value, settings: &str) {
    let known = |value: &Value, fields: &[&str]| {
        for field in value.as_object().unwrap().keys() {
            assert!(fields.contains(&field.as_str()), "{field} in {value}");
        }
    };
    known(document, &["name", "on", "permissions", "concurrency", "jobs"]);
    known(&document["on"], &["schedule", "workflow_dispatch"]);
    known(&document["on"]["schedule"][0], &["cron", "timezone"]);
    known(&document["concurrency"], &["group", "cancel-in-progress"]);
    let night = &document["jobs"]["night"];
    known(night, &["runs-on", "timeout-minutes", "environment", "steps"]);
    known(&night["steps"][0], &["name", "shell", "run", "env"]);
    assert_eq!(document["permissions"], serde_json::json!({ "contents": "read" }));
    let run = night["steps"][0]["run"].as_str().unwrap();
    // GitHub puts the text in the place of the expression; only that one may stand there.
    let run = run.replace("${{ '${{' }}", "${{");
    let quoted = settings.replace('\'', "'\\''");
    assert!(run.contains(&quoted), "{run}");
}
