//! The page of the HR feed and its schema against the program.

use dirsheet::feed::{FILTERS, FUNCTIONS, TESTS, settings_schema};
use serde_json::Value as Json;

use super::pages::{first_cells, read};

#[test]
fn every_filter_function_and_test_has_a_line() {
    let page = read("docs/feed.md");
    let told = first_cells(&page);
    for name in FILTERS.iter().chain(&FUNCTIONS).chain(&TESTS) {
        assert!(
            told.iter().any(|cell| cell.trim_matches('`') == *name),
            "docs/feed.md has no line for `{name}`"
        );
    }
}

#[test]
fn every_key_of_the_settings_is_on_the_page() {
    fn keys(schema: &Json, found: &mut Vec<String>) {
        match schema {
            Json::Object(map) => {
                if let Some(Json::Object(properties)) = map.get("properties") {
                    found.extend(properties.keys().cloned());
                }
                map.values().for_each(|inner| keys(inner, found));
            }
            Json::Array(items) => items.iter().for_each(|inner| keys(inner, found)),
            _ => {}
        }
    }
    let page = read("docs/feed.md");
    let mut found = Vec::new();
    keys(&settings_schema(), &mut found);
    assert!(found.len() > 60, "{}", found.len());
    for key in found {
        let is_told = [format!("`{key}`"), format!("[{key}"), format!("{key} = ")]
            .iter()
            .any(|form| page.contains(form));
        assert!(is_told, "docs/feed.md does not name `{key}`");
    }
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = "docs/formats/feed.schema.json";
    let own = format!("{:#}\n", settings_schema());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path), &own).unwrap();
    }
    assert!(
        read(path) == own,
        "{path} is not that of the types; write it with UPDATE_DOCS=1"
    );
}
