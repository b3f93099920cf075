//! `--photos`: the folder that a sheet's pictures are in, or that is a sheet itself.

use std::io;
use std::path::{Path, PathBuf};

use super::args::SheetArgs;
use super::error::CliError;
use super::exit::Exit;
use super::output::Output;
use crate::domain::{Plan, UserId, Value, shorten};
use crate::engine::PictureFacts;
use crate::photo::PhotoFolder;
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
            "{others} files in `{}` are no pictures by their names, and are not looked at.",
            folder.path().display()
        ));
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
