//! What is written about an invented person: the job, the place of work, phones, what comes from on premises.

use super::{
    chance::{self, Chance},
    names, record, schema,
};
use serde_json::{Value, json};

/// Titles and departments that belong together.
const WORK: [(&str, &[&str]); 12] = [
    ("Sales", &["Account Manager", "Sales Engineer", "Sales Director"]),
    ("Finance", &["Controller", "Accountant", "Treasury Analyst"]),
    (
        "Human Resources",
        &["HR Business Partner", "Recruiter", "Payroll Specialist"],
    ),
    (
        "Engineering",
        &[
            "Software Engineer",
            "Site Reliability Engineer",
            "Architect",
            "Tester",
        ],
    ),
    ("Operations", &["Planner", "Operations Manager", "Shift Lead"]),
    ("Customer Care", &["Service Agent", "Team Lead", "Quality Coach"]),
    ("Legal", &["Counsel", "Contract Manager"]),
    (
        "Research & Development",
        &["Scientist", "Laboratory Technician", "Lead Scientist"],
    ),
    ("Facilities", &["Caretaker", "Facility Manager"]),
    ("Marketing", &["Copywriter", "Brand Manager", "Designer"]),
    ("IT, Workplace", &["Administrator", "Support Engineer"]),
    (
        "Logistics \"North\"",
        &["Driver", "Dispatcher", "Warehouse Clerk"],
    ),
];

/// A place of work.
pub(super) type Site = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Places of work: city, state, country, usage location, postal code, office, language, dialling code.
pub(super) const SITES: [Site; 10] = [
    (
        "Amsterdam",
        "Noord-Holland",
        "Netherlands",
        "NL",
        "1012 AB",
        "AMS-2.14",
        "nl-NL",
        "31",
    ),
    (
        "M\u{fc}nchen",
        "Bayern",
        "Germany",
        "DE",
        "80331",
        "MUC 3/07",
        "de-DE",
        "49",
    ),
    (
        "Krak\u{f3}w",
        "Ma\u{142}opolskie",
        "Poland",
        "PL",
        "31-042",
        "KRK-1",
        "pl-PL",
        "48",
    ),
    (
        "\u{c5}lesund",
        "M\u{f8}re og Romsdal",
        "Norway",
        "NO",
        "6002",
        "AES",
        "nb-NO",
        "47",
    ),
    ("Boston", "MA", "US", "US", "02108", "BOS-11", "en-US", "1"),
    (
        "S\u{e3}o Paulo",
        "SP",
        "Brazil",
        "BR",
        "01310-100",
        "SAO/4",
        "pt-BR",
        "55",
    ),
    (
        "\u{6771}\u{4eac}",
        "\u{6771}\u{4eac}\u{90fd}",
        "Japan",
        "JP",
        "100-0001",
        "TYO-6F",
        "ja-JP",
        "81",
    ),
    (
        "\u{391}\u{3b8}\u{3ae}\u{3bd}\u{3b1}",
        "",
        "Greece",
        "GR",
        "105 57",
        "ATH-2",
        "el-GR",
        "30",
    ),
    (
        "\u{5ea}\u{5dc} \u{5d0}\u{5d1}\u{5d9}\u{5d1}",
        "",
        "Israel",
        "IL",
        "6100000",
        "TLV",
        "he-IL",
        "972",
    ),
    (
        "Bengaluru",
        "Karnataka",
        "India",
        "IN",
        "560001",
        "BLR-9",
        "en-IN",
        "91",
    ),
];

/// Collects the properties of one person.
#[derive(Debug, Default)]
pub(super) struct Sheet(pub(super) Vec<(u8, String)>);

impl Sheet {
    pub(super) fn put(&mut self, name: &str, value: &Value) {
        if let Some(slot) = schema::slot(name)
            && let (slot, Some(json)) = record::packed(slot, value)
        {
            self.0.push((slot, json));
        }
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty()
            && let Some(slot) = schema::slot(name)
        {
            self.0.push((slot, record::quote(value)));
        }
    }
}

pub(super) fn job(sheet: &mut Sheet, chance: &mut Chance, site: Site, place: usize, guest: bool) {
    let (department, titles) = WORK[chance.below(WORK.len())];
    // Outsiders have little; insiders have gaps.
    let mut put = |chance: &mut Chance, name: &str, value: &str, share: usize| {
        let share = if guest { share / 5 } else { share };
        if chance.percent(share) {
            sheet.text(name, value);
        }
    };
    let title = if place == 0 {
        "Chief Executive Officer"
    } else {
        chance.word(titles)
    };
    put(chance, "jobTitle", title, 94);
    put(chance, "department", department, 93);
    put(chance, "companyName", "Contoso", 85);
    put(chance, "officeLocation", site.5, 80);
    put(chance, "city", site.0, 88);
    put(chance, "state", site.1, 80);
    put(chance, "country", site.2, 88);
    put(chance, "postalCode", site.4, 84);
    put(chance, "usageLocation", site.3, 90);
    put(chance, "preferredLanguage", site.6, 60);
    let street = match chance.below(8) {
        0 => format!(
            "Building {}\nFloor {}\n{} Road",
            chance.below(9) + 1,
            chance.below(5),
            site.0
        ),
        1 => format!("{} \"Old Mill\", {}", site.0, chance.below(90)),
        _ => format!("Long Street {}", chance.below(400) + 1),
    };
    put(chance, "streetAddress", &street, 75);
    // Zeros in front are part of the number.
    put(chance, "employeeId", &format!("{:06}", place + 1), 96);
    let kind = ["Employee", "Employee", "Employee", "Contractor", "Consultant"][chance.below(5)];
    put(chance, "employeeType", kind, 70);
    let hired = format!(
        "{}-{:02}-{:02}T00:00:00Z",
        1998 + chance.below(28),
        1 + chance.below(12),
        1 + chance.below(28)
    );
    put(chance, "employeeHireDate", &hired, 78);
    let odd = names::odd(chance);
    put(chance, "faxNumber", odd, 6);
    if !guest && chance.percent(55) {
        let centre = if chance.percent(80) {
            json!(format!("{:04}", chance.below(900)))
        } else {
            Value::Null
        };
        sheet.put(
            "employeeOrgData",
            &json!({"division": chance.word(&["North", "South", "EMEA", "R&D"]), "costCenter": centre}),
        );
    }
}

/// Phones in the forms that people type.
pub(super) fn phones(sheet: &mut Sheet, chance: &mut Chance, code: &str) {
    let (a, b) = (chance.below(900) + 100, chance.below(9_000) + 1_000);
    if chance.percent(72) {
        let phone = match chance.below(6) {
            0 => format!("+{code} 20 {a} {b}"),
            1 => format!("020-{a}{b}"),
            2 => format!("+{code}{a}{b}"),
            3 => format!("({a}) {b}"),
            4 => format!("00{code} {a} {b} ext. {}", chance.below(90) + 10),
            _ => format!("{b}"),
        };
        sheet.put("businessPhones", &json!([phone]));
    }
    if chance.percent(62) {
        let phone = match chance.below(5) {
            0 => format!("06{a}{b}{}", chance.below(10)),
            1 => format!("+{code} 6 {a} {b}"),
            2 => format!("+{code}-6-{a}-{b}"),
            3 => format!("+{code} (0)6 {a}{b}"),
            _ => format!("+{code}6{a}{b}"),
        };
        sheet.text("mobilePhone", &phone);
    }
}

pub(super) fn on_premises(
    sheet: &mut Sheet,
    chance: &mut Chance,
    synced: bool,
    alias: &str,
    name: &str,
    place: usize,
) {
    sheet.put("onPremisesSyncEnabled", &json!(synced));
    sheet.text(
        "onPremisesDistinguishedName",
        &format!("CN={alias},OU=People,DC=corp,DC=contoso,DC=example"),
    );
    sheet.text("onPremisesDomainName", "corp.contoso.example");
    sheet.text("onPremisesSamAccountName", &format!("u{place:06}"));
    sheet.text("onPremisesUserPrincipalName", name);
    let anchor = super::base64::encode(chance::guid(chance.number(), place as u64).as_bytes());
    sheet.text(
        "onPremisesImmutableId",
        &format!("{}==", anchor.replace(['-', '_'], "A")),
    );
    sheet.text(
        "onPremisesSecurityIdentifier",
        &format!("S-1-5-21-1004336348-1177238915-682003330-{}", 1_100 + place),
    );
    sheet.text("onPremisesLastSyncDateTime", &moment(chance, 2026, 0));
    let leaves = json!({"extensionAttribute1": format!("AD{}", chance.below(99)), "extensionAttribute7": "from the forest"});
    sheet.put("onPremisesExtensionAttributes", &leaves);
}

pub(super) fn settings(sheet: &mut Sheet, chance: &mut Chance, head: bool) {
    sheet.put("accountEnabled", &json!(head || !chance.percent(6)));
    if !chance.percent(3) {
        sheet.text("createdDateTime", &moment(chance, 2014, 11));
    }
    if chance.percent(60) {
        sheet.text("lastPasswordChangeDateTime", &moment(chance, 2024, 2));
    }
    if chance.percent(12) {
        sheet.text("passwordPolicies", "DisablePasswordExpiration");
    }
    match chance.below(200) {
        0 => {
            sheet.text("ageGroup", "Minor");
            sheet.text("consentProvidedForMinor", "Granted");
        }
        1..=9 => sheet.text("ageGroup", "Adult"),
        _ => {}
    }
}

/// A moment in the years from one on.
pub(super) fn moment(chance: &mut Chance, year: usize, years: usize) -> String {
    format!(
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        year + chance.below(years + 1),
        1 + chance.below(10),
        1 + chance.below(28),
        chance.below(24),
        chance.below(60),
        chance.below(60)
    )
}
