//! `man`: the manual pages, made from the same grammar as the help.

use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use super::grammar::grammar;
use super::output::Output;

/// Writes `dirsheet.1`, `dirsheet-export.1` and so on into a folder, which is made where it is not there.
pub fn run(folder: &Path, output: Output) -> Result<Exit, CliError> {
    let failed = |error: std::io::Error| {
        CliError::usage(format!(
            "`{}`: the pages cannot be written: {error}",
            folder.display()
        ))
        .hint("name a folder of your own, such as `~/.local/share/man/man1`")
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut whole = grammar().disable_help_subcommand(true);
    whole.build();
    write(&whole, folder).map_err(failed)?;
    output.say(&format!(
        "Wrote the manual pages into {}; `man -l {}` shows the first.",
        folder.display(),
        folder.join("dirsheet.1").display()
    ));
    Ok(Exit::Done)
}

/// The page of a command and of those below it.
fn write(command: &clap::Command, folder: &Path) -> std::io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        write(below, folder)?;
    }
    let page = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    std::fs::write(
        folder.join(page.get_filename()),
        with_usual_headings(&String::from_utf8_lossy(&text)),
    )
}

/// What stands behind the flags of a help is headed `EXTRA` by the library, whatever it is; the headings that people look for are others.
/// <https://man7.org/linux/man-pages/man7/man-pages.7.html>
fn with_usual_headings(page: &str) -> String {
    let page = page.replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n");
    page.replace(".SH EXTRA\nExit codes:\n", ".SH \"EXIT STATUS\"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_has_a_heading_that_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut whole = grammar().disable_help_subcommand(true);
        whole.build();
        write(&whole, folder.path()).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(
            read("dirsheet.1").contains("EXIT STATUS"),
            "{}",
            read("dirsheet.1")
        );
        assert!(read("dirsheet-export.1").contains(".SH EXAMPLES\n"));
        assert!(read("dirsheet-feed-run.1").contains(".SH EXAMPLES\n"));
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let page = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(!page.contains("EXTRA"), "{page}");
        }
    }
}
