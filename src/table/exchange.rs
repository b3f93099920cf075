//! Two names of a folder that change what they stand for, in one step: what was saved in the very last moment has a name afterwards.

use std::io;
use std::path::Path;

/// Exchanges the names. Both must be there.
///
/// # Errors
/// One of them is missing, or the system refused; [`is_unknown`] tells whether it knows no such thing.
#[cfg(target_os = "linux")]
pub fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

/// On this system names are not exchanged.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether system or file system know no exchange: an old kernel, a network share.
pub fn is_unknown(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, InvalidInput, Unsupported};
    matches!(error.kind(), Unsupported | InvalidInput | CrossesDevices)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn names_are_exchanged_when_both_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        fs::write(&one, "1").unwrap();
        let error = exchange(&one, &other).unwrap_err();
        assert!(error.kind() == io::ErrorKind::NotFound && !is_unknown(&error));
        fs::write(&other, "2").unwrap();
        match exchange(&one, &other) {
            Ok(()) => assert_eq!(
                [fs::read(one).unwrap(), fs::read(other).unwrap()],
                [b"2", b"1"].map(|text| text.to_vec())
            ),
            Err(error) => assert!(is_unknown(&error), "{error}"),
        }
    }
}
