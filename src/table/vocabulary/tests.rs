//! What each header means, and which mean nothing.

use super::*;
use crate::table::testing::{attribute_named, vocabulary};

#[test]
fn a_header_is_known_by_name_label_or_alias_in_any_dress() {
    let vocabulary = vocabulary();
    for (text, name) in [
        ("jobTitle", "jobTitle"),
        ("JOBTITLE", "jobTitle"),
        ("Job title", "jobTitle"),
        ("\u{feff}job\u{a0}title ", "jobTitle"),
        ("job\u{200b}Title", "jobTitle"),
        ("Object ID", "id"),
        ("UPN", "userPrincipalName"),
        ("employeeOrgData.division", "employeeOrgData.division"),
    ] {
        assert_eq!(
            vocabulary.meaning(text),
            Meaning::Attribute(attribute_named(name)),
            "{text:?}"
        );
    }
    assert_eq!(vocabulary.meaning("_Snapshot"), Meaning::Snapshot);
    assert_eq!(vocabulary.meaning("_finished_at"), Meaning::Report);
    assert_eq!(vocabulary.meaning("shoe size"), Meaning::Unknown);
    assert_eq!(vocabulary.meaning(" \u{feff}"), Meaning::Blank);
}

#[test]
fn a_misspelt_header_is_told_its_nearest_name() {
    let vocabulary = vocabulary();
    for (text, nearest) in [
        ("jobTilte", Some("jobTitle")),
        ("departement", Some("department")),
        ("userPrincipleName", Some("userPrincipalName")),
        ("_snapshots", Some("_snapshot")),
        ("shoe size", None),
        ("x", None),
    ] {
        assert_eq!(vocabulary.nearest(text), nearest, "{text:?}");
    }
    assert_eq!(vocabulary.nearest(&"jobTitle".repeat(1000)), None);
}

#[test]
fn every_label_in_another_language_means_its_attribute_and_every_ambiguous_word_means_none() {
    let vocabulary = Vocabulary::new(crate::catalogue::all());
    let labels = LABELS
        .iter()
        .flat_map(|(name, labels)| labels.iter().map(move |label| (*name, *label)));
    let others = OTHER_LABELS
        .iter()
        .flat_map(|(name, labels)| labels.iter().map(move |label| (*name, *label)));
    for (name, label) in labels.chain(others) {
        let attribute = crate::catalogue::by_name(name).unwrap();
        assert_eq!(
            vocabulary.meaning(label),
            Meaning::Attribute(attribute),
            "{label}"
        );
    }
    for (word, names) in AMBIGUOUS {
        assert_eq!(vocabulary.meaning(word), Meaning::Unknown, "{word}");
        assert_eq!(vocabulary.candidates(word), Some(*names), "{word}");
    }
}

#[test]
fn two_attributes_that_claim_one_foreign_word_make_it_ambiguous() {
    let (title, department) = (attribute_named("jobTitle"), attribute_named("department"));
    let mut fresh = Vocabulary {
        meanings: HashMap::new(),
        spellings: Vec::new(),
        extensions: KnownExtensions::default(),
        reads_sheets: false,
        ambiguous: HashMap::new(),
    };
    fresh.claim("Puesto", title, &HashMap::new());
    fresh.claim("Puesto", department, &HashMap::new());
    assert_eq!(fresh.meaning("puesto"), Meaning::Unknown);
    assert_eq!(fresh.candidates("Puesto"), Some(&["jobTitle", "department"][..]));
    fresh.claim("Puesto", title, &HashMap::new());
    assert_eq!(
        fresh.meaning("puesto"),
        Meaning::Unknown,
        "once ambiguous, always ambiguous"
    );
}

/// <https://learn.microsoft.com/exchange/troubleshoot/administration/update-contact-information> in Dutch, German, French and Spanish.
/// Left out is what the translation has in English, and what is ambiguous.
#[test]
fn the_words_of_the_exchange_admin_center_are_known_in_four_languages() {
    let vocabulary = Vocabulary::new(crate::catalogue::all());
    for (name, words) in [
        ("givenName", &["Voornaam", "Vorname", "Prénom"][..]),
        ("surname", &["Achternaam", "Nachname", "Apellidos"]),
        (
            "displayName",
            &[
                "Weergavenaam",
                "Anzeigename",
                "Nom d’affichage",
                "Nombre para mostrar",
            ],
        ),
        ("streetAddress", &["Straße"]),
        ("city", &["Plaats", "Stadt", "Ville", "Población"]),
        (
            "state",
            &[
                "Staat/provincie",
                "Bundesland/Kanton",
                "État/Province",
                "Estado o provincia",
            ],
        ),
        (
            "postalCode",
            &["Postcode", "Postleitzahl", "Code postal", "Código postal"],
        ),
        (
            "country",
            &["Land/regio", "Land/Region", "Pays/Région", "País o región"],
        ),
        ("officeLocation", &["Kantoor"]),
        (
            "businessPhones",
            &[
                "Telefoon werk",
                "Telefon (Arbeit)",
                "Téléphone professionnel",
                "Teléfono del trabajo",
            ],
        ),
        ("faxNumber", &["Fax"]),
        (
            "mobilePhone",
            &[
                "Mobiel nummer",
                "Mobiltelefonnummer",
                "Numéro de portable",
                "Número de celular",
            ],
        ),
    ] {
        for word in words {
            let meant = crate::catalogue::by_name(name).map_or(Meaning::Unknown, Meaning::Attribute);
            assert_eq!(vocabulary.meaning(word), meant, "{word:?}");
        }
    }
}
