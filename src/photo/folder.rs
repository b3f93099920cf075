//! A folder of pictures, and the files in it that a sheet may name.
//!
//! A name never leaves the folder: its parts are checked as text first ([`path_below`]), and where the file really stands, behind
//! symbolic links, is looked at before it is opened.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;

use crate::domain::path_below;

/// No photo of a person is larger; what is, is not read.
const FILE_BYTES_MAX: u64 = 40 * 1024 * 1024;
/// Files that are looked at in one folder.
const FILES_MAX: usize = 1_000_000;

/// A folder of pictures.
#[derive(Debug, Clone)]
pub struct PhotoFolder {
    shown: PathBuf,
    root: PathBuf,
    /// What was listed, folder by folder: a sheet of many rows asks again and again.
    listed: Arc<Mutex<HashMap<PathBuf, Listing>>>,
}

/// The names in a folder, by their small letters.
type Listing = Arc<HashMap<String, Vec<String>>>;

/// Why a file of the folder cannot be used.
#[derive(Debug, Error)]
pub enum FolderError {
    #[error("`{}` is not a folder that can be read: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("the name leads out of the folder of `--photos`")]
    Outside,
    #[error("there is no such file in the folder of `--photos`")]
    Missing,
    #[error("several files of the folder have this name in other capitals: {0}")]
    Ambiguous(String),
    #[error("it is no ordinary file")]
    NoFile,
    #[error("the file has more than {} MB", FILE_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    #[error("the file cannot be read: {0}")]
    Unreadable(io::Error),
}

impl PhotoFolder {
    /// # Errors
    /// [`FolderError::Folder`].
    pub fn open(path: &Path) -> Result<PhotoFolder, FolderError> {
        let failed = |source| FolderError::Folder {
            path: path.to_owned(),
            source,
        };
        let root = fs::canonicalize(path).map_err(failed)?;
        fs::read_dir(&root).map_err(failed)?;
        Ok(PhotoFolder {
            shown: path.to_owned(),
            root,
            listed: Arc::default(),
        })
    }

    /// The folder, as it was named.
    pub fn path(&self) -> &Path {
        &self.shown
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// Everything but [`FolderError::Folder`].
    pub fn read(&self, name: &str) -> Result<Vec<u8>, FolderError> {
        let path = self.find(name)?;
        let metadata = fs::metadata(&path).map_err(FolderError::Unreadable)?;
        if !metadata.is_file() {
            return Err(FolderError::NoFile);
        }
        if metadata.len() > FILE_BYTES_MAX {
            return Err(FolderError::TooLarge);
        }
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
            .map_err(FolderError::Unreadable)?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(FolderError::TooLarge);
        }
        Ok(bytes)
    }

    /// Where a file stands: under its very name, or the only one that differs in capitals.
    fn find(&self, name: &str) -> Result<PathBuf, FolderError> {
        let parts = path_below(name).ok_or(FolderError::Outside)?;
        let mut path = self.root.clone();
        for part in parts {
            let exact = path.join(part);
            path = match fs::symlink_metadata(&exact) {
                Ok(_) => exact,
                Err(_) => self.in_other_capitals(&path, part)?,
            };
        }
        let real = fs::canonicalize(&path).map_err(|_| FolderError::Missing)?;
        if real.starts_with(&self.root) {
            Ok(real)
        } else {
            Err(FolderError::Outside)
        }
    }

    fn in_other_capitals(&self, folder: &Path, part: &str) -> Result<PathBuf, FolderError> {
        // A link that leads out is not looked into either.
        let real = fs::canonicalize(folder).map_err(|_| FolderError::Missing)?;
        if !real.starts_with(&self.root) {
            return Err(FolderError::Outside);
        }
        let listing = self.listing(&real).map_err(|_| FolderError::Missing)?;
        let mut found = listing.get(&part.to_lowercase()).cloned().unwrap_or_default();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(real.join(only)),
            (Some(last), false) => {
                found.push(last);
                found.sort();
                Err(FolderError::Ambiguous(found.join(", ")))
            }
            (None, _) => Err(FolderError::Missing),
        }
    }

    fn listing(&self, folder: &Path) -> io::Result<Listing> {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = listed.get(folder) {
            return Ok(Arc::clone(known));
        }
        let mut by_letters: HashMap<String, Vec<String>> = HashMap::new();
        for name in names(folder)? {
            by_letters.entry(name.to_lowercase()).or_default().push(name);
        }
        let listing = Arc::new(by_letters);
        listed.insert(folder.to_owned(), Arc::clone(&listing));
        Ok(listing)
    }

    /// The files right inside the folder that look like pictures by their ending, in the order of their names, and how many others
    /// there are. What is hidden does not count.
    ///
    /// # Errors
    /// [`FolderError::Folder`].
    pub fn pictures(&self) -> Result<(Vec<String>, usize), FolderError> {
        let failed = |source| FolderError::Folder {
            path: self.shown.clone(),
            source,
        };
        let is_picture = |name: &String| {
            let ending = name
                .rsplit_once('.')
                .map_or("", |(_, ending)| ending)
                .to_lowercase();
            [
                "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "heic", "bmp", "tif", "tiff", "avif",
            ]
            .contains(&ending.as_str())
        };
        let visible = names(&self.root).map_err(failed)?.into_iter();
        let (mut pictures, others): (Vec<String>, Vec<String>) = visible
            .filter(|name| !name.starts_with('.'))
            .partition(is_picture);
        pictures.sort();
        Ok((pictures, others.len()))
    }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)?.take(FILES_MAX) {
        // A name that is no text cannot stand in a sheet.
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, PhotoFolder) {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("photos");
        fs::create_dir_all(root.join("team")).unwrap();
        for name in ["anna.jpg", "Bob.JPG", "team/eva.png", ".hidden.jpg", "notes.txt"] {
            fs::write(root.join(name), name).unwrap();
        }
        fs::write(place.path().join("secret.jpg"), "secret").unwrap();
        let folder = PhotoFolder::open(&root).unwrap();
        (place, folder)
    }

    #[test]
    fn a_file_is_found_by_its_name_in_any_capitals() {
        let (_place, folder) = folder();
        for (name, bytes) in [
            ("anna.jpg", "anna.jpg"),
            ("ANNA.jpg", "anna.jpg"),
            ("bob.jpg", "Bob.JPG"),
            ("team/eva.png", "team/eva.png"),
            ("Team\\Eva.PNG", "team/eva.png"),
        ] {
            assert_eq!(folder.read(name).unwrap(), bytes.as_bytes(), "{name}");
        }
        assert!(matches!(folder.read("nobody.jpg"), Err(FolderError::Missing)));
        assert!(matches!(folder.read("team"), Err(FolderError::NoFile)));
        assert_eq!(
            folder.pictures().unwrap(),
            (vec!["Bob.JPG".to_owned(), "anna.jpg".to_owned()], 2)
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn two_names_that_differ_in_capitals_only_are_never_guessed_between() {
        let (place, folder) = folder();
        fs::write(place.path().join("photos/ANNA.jpg"), "other").unwrap();
        assert_eq!(folder.read("anna.jpg").unwrap(), b"anna.jpg");
        assert!(matches!(folder.read("Anna.jpg"), Err(FolderError::Ambiguous(_))));
    }

    #[test]
    fn a_name_that_leads_out_is_refused() {
        let (place, folder) = folder();
        let absolute = place.path().join("secret.jpg");
        for name in [
            "../secret.jpg",
            "team/../../secret.jpg",
            absolute.to_str().unwrap(),
            "NUL",
        ] {
            assert!(matches!(folder.read(name), Err(FolderError::Outside)), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_refused_and_one_that_stays_is_not() {
        use std::os::unix::fs::symlink;
        let (place, folder) = folder();
        let root = place.path().join("photos");
        symlink(place.path().join("secret.jpg"), root.join("link.jpg")).unwrap();
        symlink(place.path(), root.join("up")).unwrap();
        symlink(root.join("anna.jpg"), root.join("inside.jpg")).unwrap();
        for name in ["link.jpg", "up/secret.jpg", "up/SECRET.jpg"] {
            assert!(matches!(folder.read(name), Err(FolderError::Outside)), "{name}");
        }
        assert_eq!(folder.read("inside.jpg").unwrap(), b"anna.jpg");
    }

    #[test]
    fn a_file_that_no_photo_is_as_large_as_is_not_read() {
        let (place, folder) = folder();
        let file = File::create(place.path().join("photos/huge.jpg")).unwrap();
        file.set_len(FILE_BYTES_MAX + 1).unwrap();
        assert!(matches!(folder.read("huge.jpg"), Err(FolderError::TooLarge)));
    }
}
