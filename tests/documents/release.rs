//! What packages dirsheet for others: the manifests are filled, and every page and file that goes along is there.

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use super::pages::read;

const ARCHIVES: [&str; 5] = [
    "aarch64-apple-darwin.tar.gz",
    "x86_64-apple-darwin.tar.gz",
    "aarch64-unknown-linux-musl.tar.gz",
    "x86_64-unknown-linux-musl.tar.gz",
    "x86_64-pc-windows-msvc.zip",
];

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Whether the manifests were filled, and what was said where not.
fn fill(archives: &Path, out: &Path) -> Result<(), String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/release/fill");
    let output = Command::new("bash")
        .arg(script)
        .arg("https://example.com/dirsheet")
        .args([archives, out])
        .output()
        .unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[cfg(unix)]
#[test]
fn manifests_name_each_archive_with_its_sum_and_an_archive_that_is_missing_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (archives, out) = (folder.path().join("archives"), folder.path().join("out"));
    std::fs::create_dir(&archives).unwrap();
    for archive in ARCHIVES {
        std::fs::write(
            archives.join(format!("dirsheet-{}-{archive}", version())),
            archive,
        )
        .unwrap();
    }
    fill(&archives, &out).unwrap();
    let filled = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let downloads = format!(
        "https://example.com/dirsheet/releases/download/v{}/dirsheet-{0}-",
        version()
    );
    let sum = |archive: &str| {
        let digest = ring::digest::digest(&ring::digest::SHA256, archive.as_bytes());
        digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let formula = filled("dirsheet.rb");
    for archive in &ARCHIVES[..4] {
        let lines = format!("url \"{downloads}{archive}\"\n      sha256 \"{}\"", sum(archive));
        assert!(formula.contains(&lines), "{archive}\n{formula}");
    }
    let scoop: Json = serde_json::from_str(&filled("scoop.json")).unwrap();
    let windows = &scoop["architecture"]["64bit"];
    assert_eq!(windows["url"], format!("{downloads}{}", ARCHIVES[4]));
    assert_eq!(windows["hash"], sum(ARCHIVES[4]));
    let winget = filled("dirsheet.dirsheet.installer.yaml");
    assert!(winget.contains(&format!("InstallerSha256: \"{}\"", sum(ARCHIVES[4]))));
    // The community's repository takes no manifest in one file; the three are bound by name and version.
    for (file, kind) in [
        ("dirsheet.dirsheet.yaml", "version"),
        ("dirsheet.dirsheet.installer.yaml", "installer"),
        ("dirsheet.dirsheet.locale.en-US.yaml", "defaultLocale"),
    ] {
        let text = filled(file);
        for line in [
            "PackageIdentifier: dirsheet.dirsheet".to_owned(),
            format!("PackageVersion: \"{}\"", version()),
            format!("ManifestType: {kind}"),
        ] {
            assert!(text.lines().any(|known| known == line), "{file}: {line}");
        }
    }

    std::fs::remove_file(archives.join(format!("dirsheet-{}-{}", version(), ARCHIVES[4]))).unwrap();
    let told = fill(&archives, &out).unwrap_err();
    assert!(
        told.contains(ARCHIVES[4]) && told.contains("scoop.json"),
        "{told}"
    );
}

#[test]
fn the_workflow_of_a_release_builds_every_archive_that_a_manifest_names() {
    let workflow = read(".ci/release/workflow.yml");
    for archive in ARCHIVES {
        let target = archive.trim_end_matches(".tar.gz").trim_end_matches(".zip");
        assert!(workflow.contains(&format!("target: {target},")), "{target}");
    }
}

#[test]
fn the_versions_on_the_page_of_compatibility_are_those_of_the_program() {
    let page = read("docs/compatibility.md");
    let middle: Vec<&str> = version().split('.').take(2).collect();
    assert!(page.contains(&format!("version {}", middle.join("."))), "{page}");
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat")).unwrap();
    let folders: Vec<String> = folders
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(folders.contains(&middle.join(".")), "{folders:?}");
}
