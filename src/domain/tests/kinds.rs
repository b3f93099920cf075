//! The rules of names, addresses, languages, countries, dates, choices and lists.

use super::super::rules::read_cell;
use super::rules::{reads, refuses};
use super::*;

#[test]
fn a_user_principal_name_follows_the_rules_of_the_directory() {
    let local = "a".repeat(64);
    let domain = format!("{}.example.com", "d".repeat(36));
    assert_eq!(domain.len(), 48);
    reads(
        "userPrincipalName",
        &format!("{local}@{domain}"),
        text(&format!("{local}@{domain}")),
    );
    for cell in [
        "jan",
        "@example.com",
        &format!("a{local}@{domain}"),
        &format!("{local}@d{domain}"),
        "jan.@example.com",
        "jan smit@example.com",
        "jan@smit@example.com",
        "jané@example.com",
        "\u{212a}im@example.com",
        "јan@example.com",
        "jan@exämple.com",
        "jan@-example.com",
        "jan@example..com",
        "jan@",
        "jan+x@example.com",
    ] {
        refuses("userPrincipalName", cell, "not-a-user-principal-name");
    }
}

#[test]
fn an_email_address_is_bare_ascii() {
    for cell in [
        "jan",
        "jan@",
        "@x.nl",
        "jan@x",
        "jan@x..nl",
        "Jan <jan@x.nl>",
        "Jan<jan@x.nl",
        "SMTP:jan@x.nl",
        "a@x.nl,b@x.nl",
        "a,b@x.nl",
        "jan@x.nl.",
        "ján@x.nl",
        "jan@х.nl",
        "jan@x.nl/",
        "a b@x.nl",
        "\"a\"@x.nl",
        "jan@x_y.nl",
    ] {
        refuses("mail", cell, "not-an-address");
        refuses("otherMails", cell, "not-an-address");
    }
    refuses("mail", "mailto:jan@x.nl", "link-added");
}

#[test]
fn a_mail_nickname_holds_no_blank_and_no_address_sign() {
    for cell in ["jan smit", "jan@x", "jan(1)", "jané", "a;b", "a,b", "a\\b"] {
        refuses("mailNickname", cell, "not-a-mail-nickname");
    }
}

#[test]
fn a_language_is_a_tag_and_not_a_word() {
    for cell in [
        "Dutch",
        "english",
        "nl_NL",
        "de",
        "nl-XX",
        "x-foo",
        "n",
        "nl-",
        "-NL",
        "1",
        "i-klingon",
    ] {
        refuses("preferredLanguage", cell, "not-a-language");
    }
}

#[test]
fn a_country_is_two_letters_and_only_a_certain_one_is_suggested() {
    for (cell, code) in [
        ("UK", Some("GB")),
        ("Netherlands", Some("NL")),
        ("netherl", Some("NL")),
        ("NLD", Some("NL")),
        ("Niger", Some("NE")),
        ("Guinea", Some("GN")),
        ("United", None),
        ("Korea", None),
        ("Aust", None),
        ("XX", None),
        ("N", None),
        ("Nederland", None),
        ("ＮＬ", None),
    ] {
        assert_eq!(
            refuses("usageLocation", cell, "not-a-country").as_deref(),
            code,
            "{cell}"
        );
    }
    reads("country", "United Kingdom", text("United Kingdom"));
}

#[test]
fn a_date_is_iso_has_a_zone_or_no_time_and_exists() {
    for cell in [
        "5-6-2026",
        "05/06/2026",
        "2026-6-5",
        "20260605",
        "2026-W23-5",
        "20260605T0",
        "2026-06-05T10:00:00",
        "2026-06-05 10:00",
        "2023-02-29",
        "2026-02-30",
        "2026-13-01",
        "0026-06-05",
        "1899-12-31",
        "46178",
        "46178.5",
        "June 5, 2026",
        "2026-06-05T25:00:00Z",
        "10000-01-01",
        "9999-12-31",
        "2026",
        "2026-06",
        "today",
        "２０２６-06-05",
    ] {
        refuses("employeeHireDate", cell, "not-a-date");
    }
}

#[test]
fn choices_and_flags_take_only_their_words() {
    for (name, cell) in [
        ("ageGroup", "Kid"),
        ("ageGroup", "Not Adult"),
        ("userType", "member, guest"),
        ("passwordPolicies", "DisablePasswordExpiration,"),
        ("passwordPolicies", "None, DisableStrongPassword"),
        ("passwordPolicies", "DisableWeakPassword"),
    ] {
        refuses(name, cell, "not-a-choice");
    }
}

#[test]
fn a_list_has_limits_and_separators_alone_are_no_way_to_clear_it() {
    let address = |number: usize| format!("a{number}@example.com");
    let full = (0..250).map(address).collect::<Vec<_>>().join("; ");
    assert!(read_cell(attribute("otherMails"), &full).is_ok());
    refuses("otherMails", &format!("{full}; x@example.com"), "too-many-items");
    // What compares as one item is one.
    let twice = read_cell(
        attribute("otherMails"),
        "a@example.com; A@example.com; b@example.com",
    );
    let once = Value::list(vec!["a@example.com".to_owned(), "b@example.com".to_owned()]);
    assert_eq!(twice, Ok(Edit::Set(once)));
    // One number, with whatever belongs to it; two are two.
    assert!(read_cell(attribute("businessPhones"), "+31 20 1234567; ext. 16").is_ok());
    refuses("businessPhones", "+31 6 12345678; 020-1234567", "too-many-items");
    let long = format!("{}@example.com", "a".repeat(238));
    assert_eq!(long.len(), 250);
    assert!(read_cell(attribute("otherMails"), &long).is_ok());
    refuses("otherMails", &format!("a{long}"), "too-long");
    for cell in [";", " ; ; "] {
        refuses("otherMails", cell, "no-items");
    }
}
