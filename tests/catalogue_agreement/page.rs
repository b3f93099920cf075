//! The presets, and the page that is generated from the catalogue.

use std::path::Path;

use dirsheet::catalogue::{self, Kind, NO_LIMIT, Preset, Section, kind_in_words};

use super::left_out::LEFT_OUT;
use super::{assert_none, first_level};

#[test]
fn presets_begin_with_the_keys_and_hold_nothing_that_must_be_asked_for() {
    let mut mismatches = Vec::new();
    for (name, preset) in Preset::NAMES {
        let columns = preset.columns();
        if columns
            .iter()
            .take(2)
            .map(|column| column.name)
            .ne(["id", "userPrincipalName"])
        {
            mismatches.push(format!("{name} does not begin with id and userPrincipalName"));
        }
        for column in &columns {
            if column.is_opt_in() || !column.is_exportable() {
                mismatches.push(format!("{name} holds {}", column.name));
            }
        }
        if !columns
            .iter()
            .any(|column| column.name == "onPremisesSyncEnabled")
        {
            mismatches.push(format!("{name} does not say who is synchronised"));
        }
    }
    assert_none(&mismatches);
}

#[test]
fn every_name_in_a_preset_is_an_entry() {
    let sizes = [Preset::Minimal, Preset::Hr, Preset::Default].map(|preset| preset.columns().len());
    assert_eq!(
        sizes,
        [9, 24, 34],
        "a name that is spelt wrong is dropped silently by `columns`"
    );
}

#[test]
fn the_default_preset_is_all_that_the_profile_page_lets_one_edit() {
    let columns = Preset::Default.columns();
    let mismatches: Vec<String> = catalogue::all()
        .filter(|attribute| {
            let editable = attribute.is_writable() && attribute.section <= Section::Settings;
            let expected = editable
                && !attribute.is_opt_in()
                && !["passwordPolicies", "assignedLicenses"].contains(&attribute.name);
            let shown = ["id", "createdDateTime", "onPremisesSyncEnabled"].contains(&attribute.name);
            columns.contains(attribute) != (expected || shown)
        })
        .map(|attribute| attribute.name.to_owned())
        .collect();
    assert_none(&mismatches);
}

#[test]
fn the_page_names_everything_that_is_left_out() {
    let page = catalogue::attributes_markdown();
    let mismatches: Vec<String> = LEFT_OUT
        .iter()
        .map(|(name, _)| format!("`{}`", first_level(name)))
        .filter(|name| !page.contains(name))
        .collect();
    assert_none(&mismatches);
}

#[test]
fn the_page_in_docs_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/attributes.md");
    let generated = catalogue::attributes_markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &generated).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == generated,
        "docs/attributes.md is not what the catalogue says. Regenerate it with: \
         UPDATE_DOCS=1 cargo test --test catalogue_agreement"
    );
}

#[test]
fn a_kind_is_told_with_its_limit_and_without_one_that_is_not_published() {
    let told = [
        (Kind::Text { max: Some(64) }, "text of at most 64 characters"),
        (Kind::Text { max: None }, "text"),
        (Kind::Phone { max: NO_LIMIT }, "a telephone number"),
        (
            Kind::Choice(&["Minor", "NotAdult", "Adult"]),
            "Minor, NotAdult or Adult",
        ),
        (
            Kind::TextList {
                items_max: 1,
                item_max: 64,
            },
            "one text of at most 64 characters",
        ),
        (
            Kind::TextList {
                items_max: NO_LIMIT,
                item_max: NO_LIMIT,
            },
            "several texts, separated by semicolons",
        ),
        (
            Kind::EmailList {
                items_max: 250,
                item_max: 250,
            },
            "up to 250 email addresses of at most 250 characters each, separated by semicolons",
        ),
    ];
    for (kind, words) in told {
        assert_eq!(kind_in_words(kind), words);
    }
}
