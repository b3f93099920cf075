//! `export`: all users into a sheet, and a snapshot of them into the state folder.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::args::{ExportArgs, ExportFormat};
use super::connect::{Connected, Context};
use super::error::CliError;
use super::exit::Exit;
use super::export_shape::{columns, format, style, workbook_style};
use super::export_told::{reading_json, tell, tell_kept};
use super::extensions;
use super::keeper::{Keeper, KeptFile};
use super::output::Output;
use super::prune;
use super::warning::WarningKind;
use crate::catalogue::{self, Attribute, is_directory_extension};
use crate::domain::{NOT_READ_WORD, Pictures, SnapshotId, UserId};
use crate::engine::{ExportError, ExportRequest, JsonLines, PhotoExport, Unkept, export, kept_reading};
use crate::graph::Unreadable;
use crate::report::counted;
use crate::state::{SnapshotMeta, StateFolder};
use crate::table::{AtomicFile, DigestedFile, KnownExtensions, SheetWriter, ToldBy, WorkbookWriter};

pub async fn run(context: &Context, arguments: &ExportArgs) -> Result<Exit, CliError> {
    let begun = Begun::new(context, arguments)?;
    let state = context.state()?;
    let connected = Connected::open(context, &state).await?;
    let exported = begun.export(context, arguments, &connected, &state).await;
    let closed = connected.close().await;
    let exported = exported?;
    closed?;
    Ok(exported.exit)
}

/// An export that is known to be possible as far as that can be known without the directory.
pub struct Begun {
    /// Names that only the tenant can explain.
    asked: Vec<String>,
    photos: Option<Arc<PhotoExport>>,
    format: ExportFormat,
    file: Option<AtomicFile>,
}

/// What was exported.
pub struct Written {
    pub exit: Exit,
    pub users: u64,
    /// `None` where the reader of stdout went away.
    pub snapshot: Option<SnapshotId>,
    /// Where the file is kept that stood there.
    pub kept: Option<PathBuf>,
    /// Columns of which some cells could not be read.
    pub unread: Vec<Unreadable>,
}

impl Begun {
    /// Names that only the tenant can explain wait for the connection; everything else is refused before it.
    ///
    /// # Errors
    /// Flags that do not fit together, an unknown column, a file that cannot be written.
    pub fn new(context: &Context, arguments: &ExportArgs) -> Result<Begun, CliError> {
        let (_, asked) = columns(&arguments.columns, None)?;
        let photos = arguments.photos.as_deref().map(photo_folder).transpose()?;
        Ok(Begun {
            asked,
            photos: photos.map(Arc::new),
            format: format(arguments, context.output.json)?,
            // The file is tried before anything is read, so that an hour of reading is not lost to a wrong path.
            file: arguments.output.as_deref().map(AtomicFile::create).transpose()?,
        })
    }

    /// Reads everybody, and writes the sheet and its snapshot.
    ///
    /// # Errors
    /// The directory cannot be read, or the sheet or the snapshot not be written.
    pub async fn export(
        self,
        context: &Context,
        arguments: &ExportArgs,
        connected: &Connected,
        state: &StateFolder,
    ) -> Result<Written, CliError> {
        // What is only read needs no way back, so it is not kept in the state folder.
        connected.session.keep_pictures(match &self.photos {
            Some(photos) => Arc::clone(photos) as Arc<dyn Pictures>,
            None => Arc::new(Unkept),
        });
        export_from(context, arguments, connected, state, self).await
    }
}

async fn export_from(
    context: &Context,
    arguments: &ExportArgs,
    connected: &Connected,
    state: &StateFolder,
    begun: Begun,
) -> Result<Written, CliError> {
    let Begun {
        asked,
        photos,
        format,
        file,
    } = begun;
    let known = if arguments.extensions || !asked.is_empty() {
        extensions::of_tenant(connected, &asked, arguments.extensions).await?
    } else {
        KnownExtensions::default()
    };
    let (mut columns, _) = columns(&arguments.columns, Some(&known))?;
    if arguments.extensions {
        if let ToldBy::Nobody(reason) = &known.told_by {
            return Err(CliError::new(
                Exit::SignIn,
                format!("the extensions of the tenant could not be read: {reason}"),
            )
            .hint("grant it with admin consent"));
        }
        let more = known.attributes.iter().copied();
        let more: Vec<_> = more.filter(|own| !columns.contains(own)).collect();
        columns.extend(more.iter().filter(|own| is_directory_extension(own.name)));
    }
    if arguments.photos.is_some() {
        let photo = catalogue::by_name("photo").filter(|photo| !columns.contains(photo));
        columns.extend(photo);
    }
    let lacking: Vec<&str> = columns
        .extract_if(.., |column| connected.cloud.lacks(column))
        .map(|column| column.name)
        .collect();
    if !lacking.is_empty() {
        let names = lacking.join(", ");
        context.output.say(&format!(
            "Left out, because this national cloud does not have them: {names}."
        ));
    }
    let chosen = Chosen {
        columns,
        known,
        photos,
    };
    write(context, arguments, connected, state, chosen, (format, file)).await
}

/// What is exported.
struct Chosen {
    columns: Vec<&'static Attribute>,
    known: KnownExtensions,
    photos: Option<Arc<PhotoExport>>,
}

async fn write(
    context: &Context,
    arguments: &ExportArgs,
    connected: &Connected,
    state: &StateFolder,
    Chosen {
        columns,
        known,
        photos,
    }: Chosen,
    (format, file): (ExportFormat, Option<AtomicFile>),
) -> Result<Written, CliError> {
    let now = jiff::Timestamp::now();
    let chance = uuid::Uuid::new_v4().into_bytes();
    let place = (connected.tenant.as_str(), connected.graph_url.as_str());
    let names = columns.iter().map(|attribute| attribute.name);
    let meta = SnapshotMeta {
        filter: arguments.filter.clone(),
        extensions: extensions::kept(&known.attributes),
        ..SnapshotMeta::begun(SnapshotId::new(now, [chance[0], chance[1]]), place, now, names)
    };
    let request = ExportRequest {
        columns,
        filter: arguments.filter.clone(),
        meta: meta.clone(),
        photos: photos.clone(),
        may_refresh: !arguments.full,
    };
    let (progress, reporter) = context.progress();
    let style = style(arguments, file.is_some() && !arguments.raw);
    let workbook = workbook_style(arguments, &request.meta, file.as_ref()).with_extensions(known.attributes);
    let sink = BufWriter::with_capacity(
        1 << 16,
        file.map_or(Destination::Stdout(std::io::stdout()), |file| {
            Destination::File(Box::new(DigestedFile::new(file)))
        }),
    );
    let cannot_write =
        |error: std::io::Error| CliError::new(Exit::Unexpected, format!("cannot write the export: {error}"));
    let (reader, stop) = (&connected.reader, &context.stop);
    let written = match format {
        ExportFormat::Csv => {
            let sink = SheetWriter::new(sink, style).map_err(cannot_write)?;
            export(reader, request, state, sink, &reporter, stop).await
        }
        ExportFormat::Jsonl => export(reader, request, state, JsonLines::new(sink), &reporter, stop).await,
        ExportFormat::Xlsx => {
            let sink = WorkbookWriter::new(sink, workbook).map_err(cannot_write)?;
            export(reader, request, state, sink, &reporter, stop).await
        }
    };
    drop(reporter);
    progress.finish().await;
    let (exported, (buffer, written)) = match written {
        // A reader that has gone away (`| head`) ends the command in silence, and without a snapshot.
        Err(ExportError::Sink(error))
            if arguments.output.is_none() && error.kind() == std::io::ErrorKind::BrokenPipe =>
        {
            return Ok(Written {
                exit: Exit::Done,
                users: 0,
                snapshot: None,
                kept: None,
                unread: Vec::new(),
            });
        }
        Err(error) => {
            if let Some(kept) = kept_reading(state, &meta) {
                tell_kept(context.output, kept);
            }
            return Err(error.into());
        }
        Ok(written) => written,
    };
    let kept = match buffer
        .into_inner()
        .map_err(|error| cannot_write(error.into_error()))?
    {
        // Said before anything else can end the command.
        Destination::File(file) => KeptFile::new(*file, Keeper::new(state, context.output)).commit()?,
        Destination::Stdout(mut stdout) => {
            stdout.flush().map_err(cannot_write)?;
            None
        }
    };
    let place = arguments
        .output
        .as_ref()
        .map(|path| format!(" to {}", path.display()))
        .unwrap_or_default();
    if written.unguarded_cells > 0 && arguments.output.is_some() {
        let places: Vec<String> = written
            .unguarded_places
            .iter()
            .filter_map(|place| place.cell_name())
            .collect();
        let told = format!(
            "warning: {} cells begin like a formula and are not guarded ({}, …); do not open this file in a spreadsheet",
            written.unguarded_cells,
            places.join(", ")
        );
        context.warner().complain(WarningKind::Formulas, &told);
    }
    let photos_removed = photos.map_or(0, |photos| remove(context.output, &photos, &exported.photos_gone));
    let unread = connected.reader.unreadable();
    tell_unreadable(context.output, &unread);
    if let (true, Some(path)) = (context.output.json, &arguments.output) {
        let file = path.display().to_string();
        let unread: serde_json::Map<String, serde_json::Value> = unread
            .iter()
            .map(|one| (one.attribute.to_owned(), one.users.into()))
            .collect();
        context.output.json(&json!({
            "users": exported.users,
            "snapshot": exported.snapshot.id,
            "file": file,
            "kept": kept.as_ref().map(|kept| kept.display().to_string()),
            "unread": unread,
            "photos_removed": photos_removed,
            "reading": reading_json(&exported.told),
        }))?;
    }
    context.output.say(&format!(
        "Exported {}{place}; snapshot {}.",
        counted(exported.users, "user", "users"),
        exported.snapshot.id
    ));
    tell(context.output, &exported.told, exported.users);
    prune::after_export(context, state);
    Ok(Written {
        exit: if unread.is_empty() {
            Exit::Done
        } else {
            Exit::SomeFailed
        },
        users: exported.users,
        snapshot: Some(exported.snapshot.id),
        kept,
        unread,
    })
}

/// The folder that pictures are written into.
fn photo_folder(path: &Path) -> Result<PhotoExport, CliError> {
    PhotoExport::open(path).map_err(|error| {
        CliError::usage(format!("`--photos {}`: {error}", path.display()))
            .hint("name a folder that can be made or written")
    })
}

/// Removes the files of photos that are gone, and says how many these were.
fn remove(output: Output, photos: &PhotoExport, gone: &[UserId]) -> u64 {
    match photos.remove(gone) {
        Ok(0) => 0,
        Ok(1) => {
            output.say("Removed the photo of 1 person who has none any more.");
            1
        }
        Ok(count) => {
            output.say(&format!(
                "Removed the photos of {count} people who have none any more."
            ));
            count
        }
        Err(error) => {
            output.complain(&format!(
                "warning: the photo of a person who has none any more could not be removed: {error}"
            ));
            0
        }
    }
}

/// Which columns hold cells that could not be read, and why.
pub(super) fn tell_unreadable(output: Output, unread: &[Unreadable]) {
    for Unreadable {
        attribute,
        users,
        reason,
    } in unread
    {
        output.complain(&format!(
            "warning: `{attribute}` could not be read for {users} users, whose cells say `{NOT_READ_WORD}`: {reason}"
        ));
    }
}

/// Where the sheet goes. A file stands in its place only after everything was written.
enum Destination {
    File(Box<DigestedFile>),
    Stdout(std::io::Stdout),
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Destination::File(file) => file.write(bytes),
            Destination::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Destination::File(file) => file.flush(),
            Destination::Stdout(stdout) => stdout.flush(),
        }
    }
}
