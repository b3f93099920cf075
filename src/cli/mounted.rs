//! Files that Kubernetes mounts into a pod: their mode lets everybody read them, and there is nobody but the pod.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The link below which Kubernetes puts what it mounts, so that all of it is exchanged at once.
/// <https://kubernetes.io/docs/concepts/configuration/secret/#mounted-secrets-are-updated-automatically>
const DATA: &str = "..data";

/// Whether it is a file of a Secret that Kubernetes has mounted: a link by way of `..data` to a file of root's in memory, or below
/// such a link, where `items` of the volume names it with a folder. Such files have the mode 0644 unless somebody says otherwise,
/// and belong to root whoever the process is.
pub fn is_secret_of_a_pod(file: &Path) -> bool {
    let by_way_of_data = |part: &Path| {
        let target = std::fs::read_link(part);
        target.is_ok_and(|target| {
            target.components().next().map(|first| first.as_os_str()) == Some(OsStr::new(DATA))
        })
    };
    let has_way_up = file
        .components()
        .any(|part| part == std::path::Component::ParentDir);
    if has_way_up {
        return false;
    }
    if !std::path::absolute(file).is_ok_and(|file| file.ancestors().any(by_way_of_data)) {
        return false;
    }
    let is_of_root = std::fs::metadata(file).is_ok_and(|found| found.uid() == 0);
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let is_in_memory = |file: PathBuf| is_in_memory(&mounts, &file);
    is_of_root && std::fs::canonicalize(file).is_ok_and(is_in_memory)
}

/// Whether a file is in a file system that is memory alone. `mounts`: `/proc/self/mountinfo`, form in proc_pid_mountinfo(5).
fn is_in_memory(mounts: &[u8], file: &Path) -> bool {
    let mut innermost: Option<(usize, bool)> = None;
    for line in mounts.split(|byte| *byte == b'\n') {
        let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        let kind = words.iter().position(|word| word == b"-");
        let (Some(place), Some(kind)) = (words.get(4), kind.and_then(|at| words.get(at + 1))) else {
            continue;
        };
        let place = unescaped(place);
        let depth = place.components().count();
        // What was mounted later lies above.
        if file.starts_with(&place) && innermost.is_none_or(|(most, _)| depth >= most) {
            innermost = Some((depth, *kind == b"tmpfs"));
        }
    }
    innermost.is_some_and(|(_, is_tmpfs)| is_tmpfs)
}

/// A path in which blanks, tabs, line ends and backslashes stand as three octal digits.
fn unescaped(word: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..3).filter(|_| *first == b'\\');
        let octal = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(octal.unwrap_or(*first));
        rest = if octal.is_some() { &behind[3..] } else { behind };
    }
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_file_is_in_memory_where_the_innermost_mount_is() {
        let mounts = b"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            30 22 0:40 / /run/secrets rw - tmpfs tmpfs rw\n\
            31 30 8:2 / /run/secrets/disk rw - ext4 /dev/sdb rw\n\
            32 22 0:41 / /etc/my\\040app ro,nosuid master:3 propagate_from:2 - tmpfs tmpfs ro\n\
            nonsense\n";
        for (file, is_in) in [
            ("/run/secrets/x/app.pem", true),
            ("/run/secrets/disk/app.pem", false),
            ("/run/secretsandmore/app.pem", false),
            ("/etc/my app/..2026/app.pem", true),
            ("/etc/app.pem", false),
        ] {
            assert_eq!(is_in_memory(mounts, Path::new(file)), is_in, "{file}");
        }
        assert!(!is_in_memory(b"", Path::new("/run/secrets/app.pem")));
    }

    #[test]
    fn only_what_kubernetes_has_mounted_is_taken_for_a_secret_of_a_pod() {
        // Memory that every Linux has; a process that is not root can make nothing of root's there.
        let memory = Path::new("/dev/shm");
        let on_disk = tempfile::tempdir().unwrap();
        let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
        let in_memory = tempfile::tempdir_in(memory).ok();
        let folders = in_memory.iter().chain([&on_disk]);
        for folder in folders {
            let root = folder.path();
            let version = root.join("..2026_11_30");
            std::fs::create_dir(&version).unwrap();
            let file = version.join("app.pem");
            std::fs::write(&file, "key").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
            symlink("..2026_11_30", root.join("..data")).unwrap();
            symlink("..data/app.pem", root.join("app.pem")).unwrap();
            symlink("..2026_11_30/app.pem", root.join("other.pem")).unwrap();
            // `items: [{key: app.pem, path: keys/of/app.pem}]`
            std::fs::create_dir_all(version.join("keys/of")).unwrap();
            std::fs::rename(&file, version.join("keys/of/app.pem")).unwrap();
            std::fs::copy(version.join("keys/of/app.pem"), &file).unwrap();
            symlink("..data/keys", root.join("keys")).unwrap();
            let is_of_root = std::fs::metadata(&file).unwrap().uid() == 0;
            let expected = is_of_root && is_in_memory(&mounts, &root.canonicalize().unwrap());
            for name in ["app.pem", "keys/of/app.pem"] {
                let file = root.join(name);
                assert_eq!(is_secret_of_a_pod(&file), expected, "{}", file.display());
            }
            assert!(!is_secret_of_a_pod(&root.join("other.pem")) && !is_secret_of_a_pod(&file));
        }
    }

    #[test]
    fn a_name_of_a_mount_is_read_as_it_was() {
        for (word, path) in [
            (&b"/a\\040b\\134c"[..], "/a b\\c"),
            (b"/a\\0", "/a\\0"),
            (b"/a\\xyz", "/a\\xyz"),
        ] {
            assert_eq!(unescaped(word).as_os_str().as_bytes(), path.as_bytes());
        }
    }
}
