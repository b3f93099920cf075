//! Invented people: the same ones for the same number and seed, each made from the seed and a place alone.
//!
//! What real directories hold is here on purpose: many scripts, guests, synced and formerly synced users,
//! administrators, disabled accounts, gaps, phones in every form, texts that a spreadsheet would run.

use super::{
    chance::{self, Chance},
    directory::{Directory, Effect, NewUser},
    names::{self, Script},
    profile::{SITES, Sheet, job, moment, on_premises, phones, settings},
    record::Record,
    tenant::Tenant,
};
use serde_json::json;

/// Directory roles in the order in which administrators get them.
const ROLES: [&str; 6] = [
    "Global Administrator",
    "User Administrator",
    "Helpdesk Administrator",
    "Directory Readers",
    "Authentication Administrator",
    "Reports Reader",
];

/// What kind of account stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Account {
    Member,
    Guest,
    Agent,
}

/// The lanes of chance, so that a new property changes no other.
mod lane {
    pub const ACCOUNT: u64 = 1;
    pub const NAME: u64 = 2;
    pub const WORK: u64 = 3;
    pub const PHONE: u64 = 4;
    pub const REST: u64 = 5;
    pub const MANAGER: u64 = 6;
}

fn stream(seed: u64, lane: u64, place: usize) -> Chance {
    Chance::new(seed ^ (lane << 56), place as u64)
}

fn account(seed: u64, place: usize) -> Account {
    match place {
        // The first few are staff, so that a tiny directory has a head and administrators.
        0..=7 => Account::Member,
        17 => Account::Agent,
        _ if stream(seed, lane::ACCOUNT, place).percent(8) => Account::Guest,
        _ => Account::Member,
    }
}

/// A directory of so many invented people.
pub fn generate(tenant: Tenant, users: usize, seed: u64) -> Directory {
    let mut directory = Directory::new(tenant);
    directory.reserve(users);
    for place in 0..users {
        let user = person(&directory, place, seed);
        // The name carries the place when it is taken, so that this cannot fail.
        if let Ok(at) = directory.add(user)
            && let Some(manager) = manager(place, seed)
        {
            directory.apply(
                at,
                &Effect {
                    settings: Vec::new(),
                    manager: Some(Some(manager)),
                },
                None,
            );
        }
    }
    directory.version = 0;
    directory
}

/// The manager of a place: somebody before it, so that the whole is a tree under the first.
fn manager(place: usize, seed: u64) -> Option<u32> {
    let mut chance = stream(seed, lane::MANAGER, place);
    let without = if account(seed, place) == Account::Guest {
        60
    } else {
        3
    };
    if place == 0 || chance.percent(without) {
        return None;
    }
    let mut at = (place - 1) / (4 + chance.below(6));
    while account(seed, at) != Account::Member {
        at = at.saturating_sub(1);
    }
    u32::try_from(at).ok()
}

fn person(directory: &Directory, place: usize, seed: u64) -> NewUser {
    let account = account(seed, place);
    let mut chance = stream(seed, lane::NAME, place);
    let script = names::script(&mut chance, place);
    let (first, last) = names::pick(&mut chance, script);
    let mut sheet = Sheet(Vec::with_capacity(24));

    let display = match (account, script) {
        (Account::Agent, _) => "Facilities Agent".to_owned(),
        (_, Script::FamilyFirst(_)) => format!("{}{}", last.0, first.0),
        _ if chance.percent(6) => format!("{}, {}", last.0, first.0),
        _ => format!("{} {}", first.0, last.0),
    };
    sheet.text("displayName", &display);
    sheet.text("givenName", first.0);
    sheet.text("surname", last.0);

    let tenant = &directory.tenant;
    let domain = match chance.below(10) {
        0 => tenant.domains.get(1).map_or("", String::as_str),
        _ => tenant.domains.first().map_or("", String::as_str),
    };
    let mut alias = format!("{}.{}", first.1, last.1);
    if account == Account::Guest {
        alias = format!(
            "{alias}_{}#EXT#",
            ["fabrikam.example", "adatum.example"][place % 2]
        );
    }
    let upn = |alias: &str| match account {
        Account::Guest => format!("{alias}@{}", tenant.initial_domain()),
        _ => format!("{alias}@{domain}"),
    };
    if directory.by_name(&upn(&alias)).is_some() || directory.by_address(&upn(&alias)).is_some() {
        alias = match account {
            Account::Guest => alias.replacen('_', &format!("{place}_"), 1),
            _ => format!("{alias}{place}"),
        };
    }
    let name = upn(&alias);
    sheet.text("userPrincipalName", &name);
    let nick = alias.replace('#', "");
    sheet.text("mailNickname", nick.get(..64).unwrap_or(&nick));
    match account {
        Account::Guest => guest(&mut sheet, &alias, &mut chance),
        _ => {
            sheet.text("mail", &name);
            sheet.text("userType", "Member");
        }
    }

    let mut work = stream(seed, lane::WORK, place);
    let site = SITES[work.below(SITES.len())];
    job(&mut sheet, &mut work, site, place, account == Account::Guest);
    phones(&mut sheet, &mut stream(seed, lane::PHONE, place), site.7);
    let mut rest = stream(seed, lane::REST, place);
    let synced = account == Account::Member && place > 2 && rest.percent(15);
    let formerly = !synced && account == Account::Member && place > 2 && rest.percent(1);
    if synced || formerly {
        on_premises(&mut sheet, &mut rest, synced, &alias, &name, place);
    }
    let head = place == 0;
    settings(&mut sheet, &mut rest, head);
    if place == 12 || (place > 100 && rest.below(2_000) == 0) {
        sheet.put("isManagementRestricted", &json!(true));
    }
    if account == Account::Agent {
        sheet.text("identityParentId", &chance::guid(seed, u64::MAX).to_string());
    }
    if !synced && rest.percent(10) {
        let leaves = json!({"extensionAttribute1": format!("grade-{}", rest.below(9)),
                            "extensionAttribute15": names::odd(&mut rest)});
        sheet.put("onPremisesExtensionAttributes", &leaves);
    }
    NewUser {
        id: chance::guid(seed, place as u64),
        record: Record::of(sheet.0),
        roles: roles(place, account, &mut rest),
    }
}

fn guest(sheet: &mut Sheet, alias: &str, chance: &mut Chance) {
    let outside = alias.trim_end_matches("#EXT#");
    let address = outside
        .rsplit_once('_')
        .map_or(String::new(), |(name, domain)| format!("{name}@{domain}"));
    sheet.text("mail", &address);
    sheet.text("userType", "Guest");
    sheet.text("creationType", "Invitation");
    let accepted = chance.percent(70);
    sheet.text(
        "externalUserState",
        if accepted { "Accepted" } else { "PendingAcceptance" },
    );
    sheet.text("externalUserStateChangeDateTime", &moment(chance, 2021, 4));
    sheet.put("otherMails", &json!([address]));
}

fn roles(place: usize, account: Account, chance: &mut Chance) -> Vec<String> {
    let role = match place {
        0 => ROLES.first().copied(),
        5 => ROLES.get(2).copied(),
        7 => ROLES.get(3).copied(),
        _ if account == Account::Member && place > 20 && chance.below(250) == 0 => {
            chance.pick(&ROLES).copied()
        }
        _ => None,
    };
    role.map(str::to_owned).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::schema;
    use serde_json::Value;

    #[test]
    fn the_same_seed_makes_the_same_people() {
        let make = |seed| generate(Tenant::of(seed), 300, seed).dump();
        assert_eq!(make(7), make(7));
        assert_ne!(make(7), make(8));
    }

    #[test]
    fn a_directory_of_a_thousand_has_everyone_that_is_wanted() {
        let people = generate(Tenant::of(1), 1_000, 1).dump();
        assert_eq!(people.len(), 1_000);
        let share = |test: &dyn Fn(&Value) -> bool| people.iter().filter(|person| test(person)).count();
        let synced = share(&|p| p["onPremisesSyncEnabled"] == true);
        assert!((100..200).contains(&synced), "{synced} synced");
        let guests = share(&|p| p["userPrincipalName"].as_str().unwrap().contains("#EXT#"));
        assert!((40..120).contains(&guests), "{guests} guests");
        assert!(share(&|p| !p["roles"].as_array().unwrap().is_empty()) >= 3);
        assert!((20..120).contains(&share(&|p| p["accountEnabled"] == false)));
        assert!(share(&|p| p["streetAddress"].as_str().is_some_and(|s| s.contains('\n'))) > 20);
        assert!(share(&|p| p["employeeId"].as_str().is_some_and(|s| s.starts_with("00"))) > 900);
        assert!(share(&|p| p["identityParentId"].is_string()) == 1);
        assert!(share(&|p| p["isManagementRestricted"] == true) >= 1);
        assert!(share(&|p| p["manager"].is_null()) > 20);
        for sign in ['=', '@', '-', '\''] {
            assert!(
                share(&|p| p["faxNumber"].as_str().is_some_and(|s| s.starts_with(sign))) > 0,
                "{sign}"
            );
        }
        let beyond_ascii = share(&|p| !p["displayName"].as_str().unwrap().is_ascii());
        assert!(beyond_ascii > 400, "{beyond_ascii}");
        assert!(
            people
                .iter()
                .all(|p| p["userPrincipalName"].as_str().unwrap().is_ascii())
        );
    }

    #[test]
    fn managers_make_a_tree() {
        let people = generate(Tenant::of(3), 2_000, 3);
        for place in 0..2_000 {
            let manager = people.manager(place);
            assert!(manager.is_none_or(|manager| manager < place));
        }
    }

    #[test]
    fn what_is_invented_would_be_accepted_back() {
        let people = generate(Tenant::of(2), 500, 2);
        for place in 0..500 {
            let user = people.view(place, None);
            for (slot, property) in schema::PROPERTIES.iter().enumerate().filter(|(_, p)| p.updatable) {
                let value = user.value(slot as u8);
                let plain = !["identities", "passwordProfile", "birthday"].contains(&property.name);
                let guest_name =
                    property.name == "userPrincipalName" && value.as_str().unwrap().contains("#EXT#");
                if plain && !value.is_null() && !guest_name {
                    let checked = super::super::rules::check(property, &value, &people.tenant);
                    assert!(checked.is_ok(), "{} {value} {checked:?}", property.name);
                }
            }
        }
    }
}
