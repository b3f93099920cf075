//! The names by which people know the attributes: labels and keys.

use std::collections::HashMap;

use dirsheet::catalogue::{self, Section};

use super::{Row, assert_agreement, facts_by_name, same};

#[test]
fn labels_and_sections_are_the_portals_own_where_it_has_one_for_each() {
    let facts = facts_by_name();
    let plain = |row: &Row| {
        row["portal_label"]
            .split(" [")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut uses: HashMap<String, usize> = HashMap::new();
    // The methods of signing in stand on a page of their own, and share no label with the profile.
    let on_profile = |row: &&Row| row["portal_section"] != "Authentication";
    for row in facts
        .values()
        .filter(|row| catalogue::by_name(&row["column"]).is_some())
        .filter(on_profile)
    {
        *uses.entry(plain(row)).or_default() += 1;
    }
    assert_agreement(|attribute, row| {
        // The portal does not show the profile store.
        let section = match attribute.section {
            Section::Profile => "",
            other => other.title(),
        };
        same("section", section, row["portal_section"].as_str())?;
        let label = plain(row);
        let others = uses.get(&label).copied().unwrap_or_default() - usize::from(on_profile(&row));
        if !label.is_empty() && others == 0 {
            return same("label", attribute.label, label.as_str());
        }
        same(
            "has a label of its own",
            !attribute.label.is_empty() && attribute.label != label,
            true,
        )
    });
}

#[test]
fn a_key_can_be_asked_for_with_eq_and_in_without_the_advanced_engine() {
    let facts = facts_by_name();
    for name in catalogue::KEY_NAMES {
        let row = &facts[name];
        let ways = &row["filterable_ops"];
        let has = |way| ways.split([',', ';']).any(|known| known.trim() == way);
        assert!(
            has("eq") && has("in") && !ways.contains("advanced"),
            "{name}: {ways}"
        );
        assert_eq!(row["type"], "string", "{name}");
    }
}
