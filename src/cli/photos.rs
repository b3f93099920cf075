//! `--photos`: the folder that a sheet's pictures are in, or that is a sheet itself.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use super::args::SheetArgs;
use super::error::CliError;
use super::exit::Exit;
use super::output::Output;
use crate::domain::{Finding, Plan, UserId, Value, shorten};
use crate::engine::{Intake, PictureFacts};
use crate::photo::PhotoFolder;
use crate::report::counted;
use crate::state::StateFolder;
use crate::table::{Guard, SheetWriter, WriteStyle};

/// How many pictures are listed.
const SHOWN_MAX: usize = 20;

/// The folder, opened.
pub fn folder(reading: &SheetArgs) -> Result<Option<PhotoFolder>, CliError> {
    let open = |path: &PathBuf| {
        PhotoFolder::open(path).map_err(|error| {
            CliError::usage(format!("`--photos`: {error}")).hint("name the folder that holds the pictures")
        })
    };
    reading.photos.as_ref().map(open).transpose()
}

/// A folder of photos as a sheet of its own: a file is named as its user's id or userPrincipalName, or with `--key` as that value.
/// The sheet is kept in the state folder, so that a plan of it can be applied later.
pub fn sheet_of(
    reading: &SheetArgs,
    state: &StateFolder,
    output: Output,
) -> Result<Option<PathBuf>, CliError> {
    let Some(folder) = folder(reading)? else {
        return Ok(None);
    };
    let (files, others) = folder
        .pictures()
        .map_err(|error| CliError::usage(format!("`--photos`: {error}")))?;
    if others > 0 {
        output.complain(&format!(
            "{} in `{}` {} not looked at.",
            counted(others as u64, "file", "files"),
            folder.path().display(),
            if others == 1 {
                "is no picture by its name, and is"
            } else {
                "are no pictures by their names, and are"
            }
        ));
    }
    if files.is_empty() {
        return Err(CliError::usage(format!(
            "`--photos`: there is no picture in `{}`, so there is nothing to do",
            folder.path().display()
        ))
        .hint("name the folder that holds the pictures; each is named after its user"));
    }
    let header = match reading.key {
        Some(key) => vec![key.name],
        None => vec!["id", "userPrincipalName"],
    };
    let failed = |error: io::Error| CliError::usage(format!("cannot write the sheet of photos: {error}"));
    let mut sheet =
        SheetWriter::new(Vec::new(), WriteStyle::programs().with_guard(Guard::Run)).map_err(failed)?;
    let header: Vec<&str> = header.into_iter().chain(["photo"]).collect();
    sheet.write_header(&header).map_err(failed)?;
    for file in &files {
        let stem = file
            .rsplit_once('.')
            .map_or(file.as_str(), |(stem, _)| stem)
            .trim();
        let keys = match reading.key {
            Some(_) => vec![stem],
            None if UserId::parse(stem).is_some() => vec![stem, ""],
            None => vec!["", stem],
        };
        let cells = keys.into_iter().chain([file.as_str()]);
        sheet.write_row(cells).map_err(failed)?;
    }
    let (bytes, _) = sheet.finish().map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(state.keep_photo_sheet(&text)?))
}

/// The sheet that was named, or the one of the folder.
pub fn sheet_or_folder(
    sheet: Option<&Path>,
    reading: &SheetArgs,
    state: &StateFolder,
    output: Output,
) -> Result<Option<PathBuf>, CliError> {
    match sheet {
        Some(sheet) => Ok(Some(sheet.to_owned())),
        None => sheet_of(reading, state, output),
    }
}

/// How messages name a sheet that was made of a folder; `None` for any other.
pub fn folder_name(path: &Path, reading: &SheetArgs, state: &StateFolder) -> Option<String> {
    let folder = reading.photos.as_ref().filter(|_| state.is_photo_sheet(path))?;
    Some(shorten(&folder.display().to_string()))
}

/// Everything that was found. About a sheet that nobody has, it is told by the files that it was made of.
pub fn findings(path: &Path, reading: &SheetArgs, state: &StateFolder, intake: &Intake) -> Vec<Finding> {
    let findings = intake.all_findings();
    if folder_name(path, reading, state).is_none() {
        return findings;
    }
    let files: HashMap<u64, String> = intake
        .rows
        .iter()
        .filter_map(|row| {
            let cells = row.raw().cells.at_hand();
            Some((row.raw().row, shorten(cells.iter().next_back()?)))
        })
        .collect();
    findings
        .into_iter()
        .map(|finding| by_file(finding, &files))
        .collect()
}

fn by_file(mut finding: Finding, files: &HashMap<u64, String>) -> Finding {
    let Some(file) = finding.place.and_then(|place| files.get(&place.row)) else {
        return finding;
    };
    let other = finding
        .message
        .strip_prefix("row ")
        .and_then(|text| text.split_once(' '))
        .and_then(|(row, rest)| Some((files.get(&row.parse().ok()?)?, rest)));
    if let Some((other, rest)) = other {
        finding.message = format!("`{other}` {rest}");
        finding.help = "keep one file for each user".to_owned();
    }
    finding.place = None;
    finding.column = Some(file.clone());
    finding
}

/// What becomes of the files.
pub fn tell(output: Output, pictures: &[PictureFacts]) {
    for one in pictures.iter().take(SHOWN_MAX) {
        output.say(&format!(
            "Photo of {}: `{}` ({} x {}) is sent as {} x {}, {} kB.",
            shorten(&one.label),
            shorten(&one.file),
            one.width,
            one.height,
            one.side,
            one.side,
            one.bytes.div_ceil(1000)
        ));
    }
    if let Some(more) = pictures.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
        output.say(&format!("And {more} photos more."));
    }
}

/// Refuses a plan with pictures that are no longer in the state folder: to send, or to put back.
pub fn check_kept(plan: &Plan, state: &StateFolder) -> Result<(), CliError> {
    let store = state.pictures();
    let missing = plan.changes().filter(|(_, change)| match &change.after {
        Value::Text(fingerprint) if change.attribute.name == "photo" => !store.has(fingerprint),
        _ => false,
    });
    match missing.count() {
        0 => Ok(()),
        count => Err(CliError::new(
            Exit::Usage,
            format!("{count} pictures of this plan are not kept in the state folder; nothing was written"),
        )
        .hint("make the plan again from the files, with `--photos DIR`")
        .hint("or leave the column out with `--columns`")),
    }
}
