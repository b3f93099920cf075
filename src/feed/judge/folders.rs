//! The folders of the settings: where files come from and where they go must be different places.

use std::path::{Component, Path, PathBuf};

use super::Judge;
use crate::domain::shorten;
use crate::feed::settings::FeedSettings;

impl Judge {
    /// What goes into the folder that files are taken from would be taken for the next file.
    pub(super) fn folders(&mut self, settings: &FeedSettings) {
        let source = &settings.source;
        let file = plain(&source.path);
        let inbox = file.parent().map(Path::to_owned).unwrap_or_default();
        let passwords = settings
            .joiners
            .as_ref()
            .and_then(|joiners| joiners.passwords.as_ref());
        for (key, folder) in [
            ("source.archive", source.archive.as_ref()),
            ("source.quarantine", source.quarantine.as_ref()),
            ("joiners.passwords", passwords),
            ("approve.folder", settings.approve.folder.as_ref()),
        ] {
            let Some(folder) = folder else { continue };
            let own = plain(folder);
            if own == inbox {
                self.problem(
                    key,
                    format!(
                        "`{}` is the folder that `source.path` takes files from: what goes there could be taken as the next file",
                        shorten(folder)
                    ),
                    "name another folder",
                );
            } else if own == file {
                self.problem(
                    key,
                    format!(
                        "`{}` is the file of `source.path`, and no folder",
                        shorten(folder)
                    ),
                    "name another folder",
                );
            }
        }
        if let (Some(archive), Some(quarantine)) = (&source.archive, &source.quarantine)
            && plain(archive) == plain(quarantine)
        {
            self.problem(
                "source.quarantine",
                format!(
                    "`{}` is the archive too, so nobody could tell refused files from good ones",
                    shorten(quarantine)
                ),
                "name another folder",
            );
        }
    }
}

/// A path without `.` and with `..` taken back, as far as its letters say it.
fn plain(path: &str) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in Path::new(path.trim()).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(whole.components().next_back(), Some(Component::Normal(_))) => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::super::tests::feed_of;

    #[test]
    fn a_folder_that_would_be_read_again_is_a_mistake_with_its_line() {
        for (path, folders, told) in [
            (
                "inbox/hr-*.csv",
                "archive = \"inbox\"",
                vec!["line 5: source.archive"],
            ),
            (
                "inbox/hr-*.csv",
                "archive = \"./inbox/\"",
                vec!["line 5: source.archive"],
            ),
            (
                "inbox/hr-*.csv",
                "quarantine = \"x/../inbox\"",
                vec!["line 5: source.quarantine"],
            ),
            ("hr-*.csv", "archive = \".\"", vec!["line 5: source.archive"]),
            (
                "/srv/in/hr.csv",
                "archive = \"/srv/in\"",
                vec!["line 5: source.archive"],
            ),
            (
                "inbox/hr.csv",
                "archive = \"inbox/hr.csv\"",
                vec!["line 5: source.archive"],
            ),
            (
                "inbox/hr-*.csv",
                "archive = \"done\"\nquarantine = \"done/.\"",
                vec!["line 6: source.quarantine"],
            ),
            (
                "inbox/hr-*.csv",
                "archive = \"inbox\"\nquarantine = \"inbox\"",
                vec![
                    "line 5: source.archive",
                    "line 6: source.quarantine",
                    "line 6: source.quarantine",
                ],
            ),
            (
                "inbox/hr-*.csv",
                "archive = \"inbox/archive\"\nquarantine = \"../inbox\"",
                vec![],
            ),
        ] {
            let text = format!(
                "name = \"hr\"\nkey = {{ column = \"Number\" }}\n[source]\npath = \"{path}\"\n{folders}\n[attributes]\ncity = {{ column = \"City\" }}\n"
            );
            let problems = feed_of(&text).err().unwrap_or_default();
            let found: Vec<String> = problems
                .iter()
                .map(|problem| format!("line {}: {}", problem.line.unwrap_or_default(), problem.key))
                .collect();
            assert_eq!(found, told, "{path} {folders}: {problems:?}");
        }
    }

    #[test]
    fn passwords_and_plans_do_not_go_where_files_come_from() {
        let text = "name = \"hr\"\nkey = { column = \"Number\" }\n[source]\npath = \"in/hr-*\"\n[approve]\nfolder = \"in\"\n\
                    [joiners]\npasswords = \"in\"\n";
        let problems = feed_of(text).err().unwrap_or_default();
        let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, ["approve.folder", "joiners.passwords"], "{problems:?}");
    }
}
