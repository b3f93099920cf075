//! Files as five HR systems write them, of invented people, and what is proposed for them.

use std::collections::BTreeMap;

use super::propose;
use crate::domain::{SourceRow, SourceTable};
use crate::feed::{Mapper, judge, read_settings};

fn table(text: &str) -> SourceTable {
    let mut lines = text
        .trim()
        .lines()
        .map(|line| line.trim().split(';').collect::<Vec<_>>());
    let header = lines.next().unwrap().into_iter().map(str::to_owned).collect();
    let rows = (2..).zip(lines).map(|(row, cells)| SourceRow::new(row, cells));
    SourceTable::new(header, rows.collect())
}

/// The proposal, which must be in order, and every value of the file with it.
#[track_caller]
fn proposed(text: &str) -> String {
    let table = table(text);
    let proposal = propose("people.csv", &table);
    let shown = &proposal.text;
    let written = read_settings(shown).unwrap_or_else(|problems| panic!("{shown}\n{problems:#?}"));
    let feed = judge(written, &BTreeMap::new()).unwrap_or_else(|problems| panic!("{shown}\n{problems:#?}"));
    let mapper = Mapper::new(&feed, table.columns()).unwrap();
    let mut keys = Vec::new();
    for row in table.rows() {
        let Some(mapped) = mapper.row(row) else { continue };
        assert!(mapped.problems.is_empty(), "{shown}\n{mapped:#?}");
        assert!(mapper.refused(&mapped).is_empty(), "{shown}\n{mapped:#?}");
        keys.push(mapped.key.unwrap());
    }
    assert!(keys.len() > 1, "{shown}");
    assert_eq!(proposal.doubts, shown.matches("# ? ").count());
    proposal.text
}

#[track_caller]
fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
}

#[test]
fn workday() {
    let text = proposed(
        "Employee ID;Legal First Name;Legal Last Name;Preferred First Name;Business Title;Supervisory Organization;Cost Center;Location;Primary Work Email;Primary Work Phone;Hire Date;Termination Date;Manager ID;Worker Status
        10001;Robert;O'Neill;Bob;Engineer;Platform;CC100;Chicago;bob@contoso.example;(312) 555-0123;02/28/2019;;10002;Active
        10002;Mary;Diaz;;VP Platform;Platform;CC100;Chicago;mary@contoso.example;+1 312 555 0199;12/15/2015;03/31/2027;;Active",
    );
    holds(
        &text,
        &[
            "column = \"Employee ID\"",
            "first_nonempty(row[\"Preferred First Name\"], row[\"Legal First Name\"])",
            "row[\"Hire Date\"] | date(\"%m/%d/%Y\")",
            "phone(\"US\")",
            "[manager]\ncolumn = \"Manager ID\"",
            "create = false",
            "action = \"report\"",
            "\"Worker Status\" is Active",
        ],
    );
}

#[test]
fn success_factors_with_its_second_header() {
    let text = proposed(
        "STATUS;USERID;USERNAME;FIRSTNAME;LASTNAME;EMAIL;MANAGER;DEPARTMENT;DIVISION;LOCATION;HIREDATE;TITLE;BIZ_PHONE;COUNTRY
        STATUS;USERID;Username;First Name;Last Name;Email;Manager;Department;Division;Location;Hire Date;Title;Phone;Country
        active;500;anna;ANNA;GROSS;anna@contoso.example;NO_MANAGER;Finance;EMEA;Berlin;2019-02-28;CFO;+49 30 1234567;DE
        active;501;jan;JAN;VAN DIJK;jan@contoso.example;500;Finance;EMEA;Berlin;2021-12-01;Clerk;+49 30 1234568;DE",
    );
    holds(
        &text,
        &[
            "rows = 'row[\"USERID\"] != \"USERID\"'",
            "row[\"LASTNAME\"] | title",
            "replace(\"NO_MANAGER\", \"\")",
            "[attributes.usageLocation]\ncolumn = \"COUNTRY\"",
            "not used: USERNAME",
        ],
    );
}

#[test]
fn afas() {
    let text = proposed(
        "Medewerker;Roepnaam;Voornaam;Voorvoegsel;Achternaam;Functie;Afdeling;Kostenplaats;E-mail werk;Telefoonnr. werk;Mobiel werk;Datum in dienst;Datum uit dienst;Leidinggevende
        000123;Sanne;Susanna;van der;Berg;Adviseur;Verkoop;4100;s@contoso.example;020-1234567;06-12345678;1-2-2019;;000124
        000124;Piet;Pieter;;Jansen;Directeur;Directie;4000;p@contoso.example;020-1234568;0612345679;15-3-2010;31-12-2026;",
    );
    holds(
        &text,
        &[
            "[row[\"Voorvoegsel\"], row[\"Achternaam\"]] | join_nonempty(\" \")",
            "phone(\"NL\")",
            "date(\"%d-%m-%Y\")",
            "[leavers]",
            "column = \"Leidinggevende\"",
        ],
    );
}

#[test]
fn adp_with_values_that_are_not_what_they_seem() {
    let text = proposed(
        "Associate ID;Legal First Name;Legal Last Name;Job Title Description;Home Department Description;Work Contact: Work Email;Work Contact: Work Phone;Hire Date;Reports To Name;Country;Position Status
        ABC123;Kim;Lee;Nurse;Ward 5;kim@contoso.example;ask desk;01/02/2020;Diaz, Mary;United States;Active
        ABC124;Mary;Diaz;Head Nurse;Ward 5;mary@contoso.example;312-555-0100;03/04/2018;;United States;Leave",
    );
    holds(
        &text,
        &[
            "is taken as it stands: row 2 is no number",
            "%d/%m/%Y would fit as well",
            "\"Reports To Name\" names managers",
            "`usageLocation` takes two letters",
            "[attributes.country]\ncolumn = \"Country\"",
        ],
    );
    assert!(!text.contains("\n[manager]\n"), "{text}");
}

#[test]
fn bamboo_and_german_columns() {
    let text = proposed(
        "Employee #;Last Name, First Name;First Name;Last Name;Job Title;Department;Division;Location;Work Email;Mobile Phone;Hire Date;Supervisor EID;Status
        1;x;Ana;Costa;Dev;R&D;Product;Porto;ana@contoso.example;+351 912 345 678;2020-01-31;2;Active
        2;y;Rui;Melo;CTO;R&D;Product;Porto;rui@contoso.example;;2018-05-01;;Active",
    );
    holds(
        &text,
        &[
            "column = \"Employee #\"",
            "[manager]\ncolumn = \"Supervisor EID\"",
        ],
    );
    let text = proposed(
        "Personalnummer;Vorname;Nachname;Abteilung;Position;Kostenstelle;Eintrittsdatum;Telefon;E-Mail
        4711;Jörg;Groß;Vertrieb;Leiter;100;01.02.2019;030 1234567;j@contoso.example
        4712;Eva;Weiß;Vertrieb;Kauffrau;100;15.10.2020;0171 1234567;e@contoso.example",
    );
    holds(
        &text,
        &[
            "phone(\"DE\")",
            "date(\"%d.%m.%Y\")",
            "[attributes.\"employeeOrgData.costCenter\"]",
        ],
    );
}

#[test]
fn a_file_that_nobody_knows_is_told_as_such() {
    let proposal = propose("x.csv", &table("A 'quoted' \"one\";B\n1;2\n1;3"));
    assert!(
        proposal
            .text
            .contains("no column looks like a number of the person"),
        "{}",
        proposal.text
    );
    assert!(read_settings(&proposal.text).is_ok(), "{}", proposal.text);
    let proposal = propose("x.csv", &table("Badge code\n77\n78"));
    assert!(
        proposal.text.contains("taken because no value stands twice"),
        "{}",
        proposal.text
    );
}
