//! `columns`: what can be exported and edited, and the presets.

use serde_json::{Value as Json, json};

use super::error::CliError;
use super::exit::Exit;
use super::output::Output;
use crate::catalogue::{self, Attribute, ClearRule, Preset, Sensitivity, kind_in_words};

pub fn run(output: Output) -> Result<Exit, CliError> {
    if output.json {
        output.json(&as_json())?;
    } else {
        output.data(&text())?;
    }
    Ok(Exit::Done)
}

fn as_json() -> Json {
    let one = |attribute: &'static Attribute| {
        json!({
            "name": attribute.name,
            "label": attribute.label,
            "section": attribute.section.title(),
            "kind": kind_in_words(attribute.kind),
            "exportable": attribute.is_exportable(),
            "only_when_named": attribute.is_opt_in(),
            "writable": attribute.is_writable(),
            "clearable": attribute.is_writable() && attribute.clear != ClearRule::Never,
            "sensitive": attribute.sensitivity == Sensitivity::Sensitive,
            "read_permission": attribute.read_permission.in_words(),
            "write_permission": attribute.write_permission.in_words(),
            "note": attribute.note,
        })
    };
    let presets: serde_json::Map<String, Json> = Preset::NAMES
        .iter()
        .map(|(name, preset)| {
            (
                (*name).to_owned(),
                preset
                    .columns()
                    .iter()
                    .map(|attribute| attribute.name)
                    .collect::<Json>(),
            )
        })
        .collect();
    json!({ "columns": catalogue::all().map(one).collect::<Json>(), "presets": presets })
}

fn text() -> String {
    let mut text = String::new();
    let mut section = None;
    for attribute in catalogue::all() {
        if section != Some(attribute.section) {
            section = Some(attribute.section);
            text.push_str(&format!("\n{}\n", attribute.section.title()));
        }
        let mut words = vec![kind_in_words(attribute.kind)];
        words.extend((!attribute.is_writable()).then(|| "read-only".to_owned()));
        words.extend((!attribute.is_exportable()).then(|| "never exported".to_owned()));
        words.extend(attribute.is_opt_in().then(|| "only when named".to_owned()));
        words.extend(
            (attribute.is_writable() && attribute.clear == ClearRule::Never)
                .then(|| "cannot be cleared".to_owned()),
        );
        words.extend((attribute.sensitivity == Sensitivity::Sensitive).then(|| "sensitive".to_owned()));
        text.push_str(&format!("  {:<50} {}\n", attribute.name, words.join(", ")));
    }
    text.push_str("\nPresets for `--columns`\n");
    for (name, preset) in Preset::NAMES {
        let columns: Vec<&str> = preset.columns().iter().map(|attribute| attribute.name).collect();
        text.push_str(&format!("  {name:<8} {}\n", columns.join(", ")));
    }
    text
}
