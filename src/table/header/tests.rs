//! What a header row must give.

use super::*;
use crate::table::testing::vocabulary;

fn read(texts: &[&str]) -> (Header, Vec<Finding>) {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    Header::read(texts, Place::row(1, 1), &vocabulary(), None, None)
}

fn rules(texts: &[&str]) -> Vec<&'static str> {
    read(texts).1.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_good_header_is_silent_and_tells_its_columns() {
    let (header, findings) = read(&["id", "Job title", "_snapshot", "_status", "DEPARTMENT"]);
    assert_eq!(findings, []);
    let columns: Vec<_> = header.attribute_columns().map(|(i, a)| (i, a.name)).collect();
    assert_eq!(columns, [(0, "id"), (1, "jobTitle"), (4, "department")]);
    assert_eq!(header.snapshot_column(), Some(2));
    assert_eq!(header.columns()[3].meaning, Meaning::Report);
    assert_eq!(header.index_of("department"), Some(4));
    assert_eq!(header.index_of("displayName"), None);
    assert_eq!(header.text(1), Some("Job title"));
}

#[test]
fn each_fault_of_a_header_has_its_rule() {
    for (texts, expected) in [
        (&["UPN"][..], &[][..]),
        (&["id", "jobTitle", "Title"], &["duplicate-column"]),
        (&["id", "ID"], &["duplicate-column"]),
        (&["id", "_snapshot", "_SNAPSHOT"], &["duplicate-column"]),
        (&["id", "_status", "_status"], &[]),
        (&["id", "shoe size"], &["unknown-column"]),
        (&["jobTitle"], &["no-key-column"]),
        (
            &["x", "y"],
            &["unknown-column", "unknown-column", "no-key-column"],
        ),
        (&["id", "", "jobTitle"], &[]),
    ] {
        assert_eq!(rules(texts), expected, "{texts:?}");
    }
}

#[test]
fn a_duplicate_names_both_columns_and_counts_once() {
    let (header, findings) = read(&["id", "jobTitle", "department", "Job Title"]);
    assert!(
        findings[0].message.contains("B (`jobTitle`) and D (`Job Title`)"),
        "{}",
        findings[0].message
    );
    assert_eq!(findings[0].extent, Extent::Sheet);
    assert_eq!(header.attribute_columns().count(), 3);
}

#[test]
fn a_misspelt_column_is_offered_its_name() {
    let (_, findings) = read(&["id", "jobTilte"]);
    assert_eq!(findings[0].repair.as_deref(), Some("jobTitle"));
    assert!(findings[0].help.contains("did you mean `jobTitle`?"));
    assert_eq!(
        findings[0].place.and_then(|p| p.cell_name()).as_deref(),
        Some("B1")
    );
}

#[test]
fn a_flood_of_unknown_columns_is_summed_up() {
    let names: Vec<String> = (0..500).map(|n| format!("unknown {n}")).collect();
    let mut texts = vec!["id"];
    texts.extend(names.iter().map(String::as_str));
    let (_, findings) = read(&texts);
    assert_eq!(findings.len(), UNKNOWN_LISTED_MAX + 1);
    assert!(findings[UNKNOWN_LISTED_MAX].message.starts_with("400 more"));
    assert_eq!(rules(&vec!["x"; COLUMNS_MAX + 1]), ["too-many-columns"]);
}

#[test]
fn a_property_in_brackets_decides_whatever_the_label_says() {
    let (header, findings) = read(&[
        "Object [id]",
        "Functie [jobTitle] Vereist",
        "Abteilung [department]",
    ]);
    assert_eq!(findings, []);
    let columns: Vec<_> = header.attribute_columns().map(|(_, a)| a.name).collect();
    assert_eq!(columns, ["id", "jobTitle", "department"]);
    assert_eq!(rules(&["id", "Job title [shoeSize]"]), ["unknown-column"]);
}

#[test]
fn labels_in_other_languages_are_known_with_and_without_accents() {
    for (texts, names) in [
        (
            &["Object-id", "Weergavenaam", "Functie", "AFDELING"][..],
            &["id", "displayName", "jobTitle", "department"][..],
        ),
        (
            &["Objekt-ID", "Anzeigename", "Position", "Abteilung"],
            &["id", "displayName", "jobTitle", "department"],
        ),
        (
            &["ID d’objet", "Nom complet", "Fonction", "Service"],
            &["id", "displayName", "jobTitle", "department"],
        ),
        (
            &["Id. de objeto", "Telefono movil", "Puesto"],
            &["id", "mobilePhone", "jobTitle"],
        ),
    ] {
        let (header, findings) = read(texts);
        assert_eq!(findings, [], "{texts:?}");
        let columns: Vec<_> = header.attribute_columns().map(|(_, a)| a.name).collect();
        assert_eq!(columns, names);
    }
}

#[test]
fn a_word_that_means_two_attributes_is_asked_about_and_not_guessed() {
    let texts = ["id", "Name"].map(str::to_owned).to_vec();
    let vocabulary = Vocabulary::new(catalogue::all());
    let (_, findings) = Header::read(texts, Place::row(1, 1), &vocabulary, None, None);
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].help.contains("`displayName` or `surname`"),
        "{}",
        findings[0].help
    );
    assert_eq!(findings[0].repair, None);
}

#[test]
fn a_near_miss_of_a_foreign_label_is_offered_the_attributes_name() {
    let (_, findings) = read(&["id", "Abteilnug"]);
    assert_eq!(findings[0].repair.as_deref(), Some("department"));
}
