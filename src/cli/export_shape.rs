//! What an export holds and how its file is laid out, as the flags say.

use std::path::Path;

use super::args::{ExportArgs, ExportFormat};
use super::error::CliError;
use super::extensions;
use super::security;
use crate::catalogue::{self, Attribute, Preset};
use crate::feed::nearest;
use crate::state::SnapshotMeta;
use crate::table::{
    AtomicFile, Delimiter, DirectoryFacts, Guard, KnownExtensions, WorkbookStyle, WriteStyle,
};

pub(super) fn style(arguments: &ExportArgs, people: bool) -> WriteStyle {
    let delimiter = arguments.delimiter.unwrap_or(Delimiter::Comma);
    let style = if people {
        WriteStyle::people(delimiter)
    } else {
        WriteStyle::programs().with_delimiter(delimiter)
    };
    match arguments.guard {
        Some(guard) => style.with_guard(guard),
        None if people => style.with_guard(Guard::Run),
        None => style,
    }
}

pub(super) fn workbook_style(
    arguments: &ExportArgs,
    meta: &SnapshotMeta,
    file: Option<&AtomicFile>,
) -> WorkbookStyle {
    let style = WorkbookStyle::export(DirectoryFacts {
        snapshot: meta.id.to_string(),
        tenant: meta.tenant.clone(),
        taken_at: meta.taken_at,
        filter: meta.filter.clone(),
    })
    .locked(arguments.lock);
    match file {
        // Where there is room for the workbook there is room for its rows.
        Some(file) => style.waiting_in(file.folder()),
        None => style,
    }
}

/// The format asked for, or the one the file's name ends with.
pub(super) fn format(arguments: &ExportArgs, json: bool) -> Result<ExportFormat, CliError> {
    let format = chosen_format(arguments, json)?;
    if format != ExportFormat::Xlsx {
        return if arguments.lock {
            Err(CliError::usage("`--lock` is for workbooks").hint("write to a file that ends in `.xlsx`"))
        } else {
            Ok(format)
        };
    }
    if arguments.output.is_none() {
        return Err(
            CliError::usage("a workbook is no text, so it cannot go to stdout")
                .hint("name a file: `dirsheet export -o users.xlsx`"),
        );
    }
    let of_csv = [
        ("--delimiter", arguments.delimiter.is_some()),
        ("--guard", arguments.guard.is_some()),
        ("--raw", arguments.raw),
    ];
    match of_csv.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => Err(CliError::usage(format!("`{flag}` is for CSV files"))
            .hint("leave it out: every cell of a workbook is text, which no spreadsheet runs or converts")),
        None => Ok(format),
    }
}

fn chosen_format(arguments: &ExportArgs, json: bool) -> Result<ExportFormat, CliError> {
    if let Some(format) = arguments.format {
        return contradicts(format, arguments.output.as_deref()).map_or(Ok(format), Err);
    }
    // `--json` asks for data for programs; on stdout the data are the users.
    if json && arguments.output.is_none() {
        return Ok(ExportFormat::Jsonl);
    }
    let extension = arguments
        .output
        .as_deref()
        .and_then(Path::extension)
        .map(|extension| extension.to_ascii_lowercase());
    match extension.as_deref().and_then(|extension| extension.to_str()) {
        Some("jsonl" | "ndjson") => Ok(ExportFormat::Jsonl),
        Some("xlsx") => Ok(ExportFormat::Xlsx),
        Some(other @ ("xls" | "xlsm" | "xlsb" | "ods" | "numbers")) => {
            Err(CliError::usage(format!("no .{other} file is written"))
                .hint("write to a file that ends in `.xlsx`, which the same programs open, or in `.csv`"))
        }
        _ => Ok(ExportFormat::Csv),
    }
}

/// A name that promises another format: whoever opens the file by its name gets something that is none.
fn contradicts(format: ExportFormat, file: Option<&Path>) -> Option<CliError> {
    let (word, own) = match format {
        ExportFormat::Csv => ("csv", &["csv", "tsv", "txt"][..]),
        ExportFormat::Xlsx => ("xlsx", &["xlsx"][..]),
        ExportFormat::Jsonl => ("jsonl", &["jsonl", "ndjson", "json"][..]),
    };
    const KNOWN: [&str; 11] = [
        "json", "csv", "tsv", "xlsx", "jsonl", "ndjson", "xls", "xlsm", "xlsb", "ods", "numbers",
    ];
    let ending = file?.extension()?.to_str()?.to_ascii_lowercase();
    let is_another = KNOWN.contains(&ending.as_str()) && !own.contains(&ending.as_str());
    is_another.then(|| {
        CliError::usage(format!(
            "`--format {word}` and a file that ends in `.{ending}` contradict each other"
        ))
        .hint(format!(
            "write to a file that ends in `.{word}`; the ending says the format without `--format`"
        ))
    })
}

/// Columns by name, or a preset. `id` and `userPrincipalName` always come first, so that every row finds its user again.
///
/// Names that only the tenant can explain are given back while nobody has asked it (`known` is `None`), and refused when it does not
/// know them.
pub(super) fn columns(
    text: &str,
    known: Option<&KnownExtensions>,
) -> Result<(Vec<&'static Attribute>, Vec<String>), CliError> {
    if let Some(preset) = Preset::by_name(text) {
        return Ok((preset.columns(), Vec::new()));
    }
    if text.split(',').all(|name| name.trim().is_empty()) {
        return Err(CliError::usage("`--columns` names no column").hint(
            "write them with commas in between (`--columns displayName,department`), or a preset (`--columns minimal`); `dirsheet columns` lists both",
        ));
    }
    let mut chosen: Vec<&'static Attribute> = ["id", "userPrincipalName"]
        .into_iter()
        .filter_map(catalogue::by_name)
        .collect();
    let (mut unknown, mut asked) = (Vec::new(), Vec::new());
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let listed = catalogue::all().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
        let own = match (listed, known) {
            (None, Some(known)) if Preset::by_name(name).is_none() => extensions::column(name, known)?,
            _ => None,
        };
        match listed.or(own) {
            Some(attribute) if !attribute.is_exportable() => {
                return Err(CliError::usage(format!(
                    "`{}` cannot be exported: the service never returns it",
                    attribute.name
                )));
            }
            None if known.is_some_and(|known| !security::all_of(name, known).is_empty()) => {
                let all = known
                    .map(|known| security::all_of(name, known))
                    .unwrap_or_default();
                let more: Vec<_> = all.into_iter().filter(|one| !chosen.contains(one)).collect();
                chosen.extend(more);
            }
            Some(attribute) if chosen.contains(&attribute) => {}
            Some(attribute) => chosen.push(attribute),
            None => match Preset::by_name(name) {
                Some(preset) => {
                    let more: Vec<_> = preset
                        .columns()
                        .into_iter()
                        .filter(|column| !chosen.contains(column))
                        .collect();
                    chosen.extend(more);
                }
                None if known.is_none() && extensions::may_be_one(name) => asked.push(name.to_owned()),
                None => unknown.push(name.to_owned()),
            },
        }
    }
    let Some(first) = unknown.first() else {
        return Ok((chosen, asked));
    };
    if let Some(why) = known.and_then(|known| extensions::why_not(first, known)) {
        return Err(CliError::usage(why).hint(match security::is_meant(first) {
            true => "`customSecurityAttributes.*` means all of the tenant",
            false => "`--extensions` exports all directory extensions of the tenant",
        }));
    }
    let names = || catalogue::all().map(|attribute| attribute.name);
    let mut meant: Vec<&str> = unknown.iter().filter_map(|name| nearest(name, names())).collect();
    meant.dedup();
    let quoted = |names: &[&str]| -> String {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    };
    let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
    let told = match unknown.len() {
        1 => "unknown column",
        _ => "unknown columns",
    };
    let error = CliError::usage(format!("{told}: {}", quoted(&unknown)));
    let error = match meant.is_empty() {
        true => error,
        false => error.hint(format!("did you mean {}?", quoted(&meant))),
    };
    Err(error.hint("`dirsheet columns` lists columns and presets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_and_an_ending_of_another_one_contradict_each_other() {
        use ExportFormat::{Csv, Jsonl, Xlsx};
        for (format, file, refused) in [
            (Xlsx, Some("a.csv"), true),
            (Csv, Some("a.XLSX"), true),
            (Csv, Some("a.ods"), true),
            (Jsonl, Some("a.csv"), true),
            (Csv, Some("a.jsonl"), true),
            (Csv, Some("a.json"), true),
            (Csv, Some("a.csv"), false),
            (Csv, Some("a.txt"), false),
            (Jsonl, Some("a.json"), false),
            (Xlsx, Some("renamed"), false),
            (Xlsx, Some("a.b"), false),
            (Csv, None, false),
        ] {
            let told = contradicts(format, file.map(Path::new));
            assert_eq!(told.is_some(), refused, "{file:?}: {told:?}");
        }
    }

    #[test]
    fn columns_that_name_nothing_are_refused_with_what_to_write() {
        for text in ["", " ", ",", " , "] {
            let error = columns(text, None).unwrap_err();
            assert!(error.message.contains("names no column"), "{error:?}");
            assert!(error.hints[0].contains("--columns minimal"), "{error:?}");
        }
        assert_eq!(columns("displayName,", None).unwrap().0.len(), 3);
    }
}
