//! `feed init`: a proposal for `FEED.toml`, made from the headers and values of a file.

use std::io::Write;
use std::path::Path;

use super::reading;
use crate::cli::args::FeedInitArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::feed;
use crate::table::PlainOptions;

pub fn run(output: Output, arguments: &FeedInitArgs) -> Result<Exit, CliError> {
    let read = reading::table(&arguments.file, &PlainOptions::default(), output)?;
    let path = from_folder_of(arguments.output.as_deref(), &arguments.file);
    let proposal = feed::propose(&path, &read.table);
    let Some(target) = &arguments.output else {
        output.data(&proposal.text)?;
        return Ok(Exit::Done);
    };
    // `create_new` refuses a file that is there in the same step in which it makes one.
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(target)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => CliError::usage(format!(
                "`{}` is there already, and is left as it is",
                target.display()
            ))
            .hint("name another file with `-o`"),
            _ => CliError::usage(format!("cannot write `{}`: {error}", target.display())),
        })?;
    file.write_all(proposal.text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| {
            CliError::new(
                Exit::Unexpected,
                format!("cannot write `{}`: {error}", target.display()),
            )
        })?;
    output.say(&format!(
        "{} proposes {} rules; look at the {} comments that begin with `# ?` before you use it, then run\n    dirsheet feed check {} {}",
        target.display(),
        proposal.rules,
        proposal.doubts,
        target.display(),
        arguments.file.display()
    ));
    Ok(Exit::Done)
}

/// The path of the file as `FEED.toml` names it, from its own folder: relative where the file is below that, else absolute.
fn from_folder_of(settings: Option<&Path>, file: &Path) -> String {
    let folder = settings.and_then(Path::parent).unwrap_or(Path::new(""));
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = match folder.as_os_str().is_empty() {
        true => absolute(Path::new(".")),
        false => absolute(folder),
    };
    let file = absolute(file);
    let below = file.strip_prefix(&folder).unwrap_or(&file);
    // A pattern or a path of `FEED.toml` is written with slashes everywhere.
    below.display().to_string().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_proposal_is_from_the_folder_of_the_settings() {
        let told =
            |settings: Option<&str>, file: &str| from_folder_of(settings.map(Path::new), Path::new(file));
        assert_eq!(told(None, "inbox/people.csv"), "inbox/people.csv");
        assert_eq!(told(Some("FEED.toml"), "inbox/people.csv"), "inbox/people.csv");
        assert_eq!(
            told(Some("hr/FEED.toml"), "hr/inbox/people.csv"),
            "inbox/people.csv"
        );
        assert_eq!(
            told(Some("/etc/hr/FEED.toml"), "/srv/hr/people.csv"),
            "/srv/hr/people.csv"
        );
        assert!(Path::new(&told(Some("hr/FEED.toml"), "people.csv")).is_absolute());
    }
}
