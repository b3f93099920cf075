//! What the tenant would refuse, told by what is known of it: domains that are not its own, and licences it does not have.

use std::sync::Arc;

use super::*;
use crate::domain::licences::tests::products;

fn of_tenant(users: impl IntoIterator<Item = UserState>, domains: Option<&[&str]>) -> Directory {
    let mut directory = directory(users);
    let domains = domains.map(|domains| domains.iter().map(|domain| (*domain).to_owned()).collect());
    directory.set_verified_domains(domains);
    directory
}

#[test]
fn a_new_user_of_a_domain_that_is_not_verified_is_not_made_and_the_domains_are_named() {
    let names = ["userPrincipalName", "displayName", "accountEnabled"];
    for (domains, makes) in [
        (Some(&["contoso.com", "Example.COM"][..]), true),
        (Some(&["contoso.com"][..]), false),
        // A tenant without any does not tell them.
        (Some(&[][..]), true),
        // Nobody knows, so the service decides.
        (None, true),
    ] {
        let mut rows = foreign_rows(&names, &[&["new@example.com", "New", "true"]]);
        let settling = Settling::from(ConflictPolicy::Stop).with_new_users(Some(Joining::default()));
        let plan = build_plan(binding(), &mut rows, 0, &of_tenant([], domains), settling);
        assert_eq!(plan.users().len(), usize::from(makes), "{domains:?}");
        if !makes {
            let finding = &rows[0].findings()[0];
            assert_eq!(finding.rule, "unverified-domain");
            assert!(finding.message.contains("`example.com`"), "{}", finding.message);
            assert!(
                domains
                    .unwrap()
                    .iter()
                    .all(|domain| finding.help.contains(domain))
            );
        }
    }
}

#[test]
fn a_rename_is_held_against_the_domains_and_one_within_the_present_domain_is_not() {
    let names = ["id", "userPrincipalName"];
    for (new, domains, refused) in [
        ("other@example.com", &["contoso.com"][..], false),
        ("user1@fabrikam.com", &["contoso.com"][..], true),
        ("user1@contoso.com", &["contoso.com"][..], false),
        ("user1@sub.contoso.com", &["contoso.com"][..], true),
    ] {
        let key = id(1).to_string();
        let mut rows = [checked(&names, &[&key, new], base(&names, &[&key, &upn(1)]))];
        let plan = plan(&mut rows, &of_tenant([user(1, &[])], Some(domains)));
        assert_eq!(plan.changes().count(), usize::from(!refused), "{new}");
        assert_eq!(rules(&rows[0]).contains(&"unverified-domain"), refused, "{new}");
    }
}

#[test]
fn a_name_made_by_a_template_is_held_against_the_domains() {
    let names = ["employeeId", "displayName", "givenName", "accountEnabled"];
    let columns = sheet(&names);
    let key = Some(attribute("employeeId"));
    let options = CheckOptions {
        key,
        ..CheckOptions::default()
    };
    let template: NameTemplate = "{givenName}@example.com".parse().unwrap();
    for (domain, makes) in [("example.com", true), ("contoso.com", false)] {
        let parsed = ParsedRow::read_by(raw(2, &["E1", "New", "Ada", "true"]), &columns, key);
        let mut rows = [CheckedRow::check(parsed, &columns, Base::None, &options)];
        let joining = Joining {
            names: Some(&template),
        };
        let settling = Settling::from(ConflictPolicy::Stop).with_new_users(Some(joining));
        let mut directory = of_tenant([], Some(&[domain]));
        directory.watch(attribute("employeeId"));
        let plan = build_plan(binding(), &mut rows, 0, &directory, settling);
        assert_eq!(plan.users().len(), usize::from(makes), "{:?}", rows[0].findings());
        assert_eq!(rules(&rows[0]).contains(&"unverified-domain"), !makes);
    }
}

#[test]
fn an_id_of_a_product_that_the_tenant_does_not_have_is_refused_unless_the_user_has_it() {
    const OTHER: &str = "11111111-2222-3333-4444-555555555555";
    const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
    let names = ["id", "assignedLicenses"];
    let licences = |items: &[&str]| Value::list(items.iter().map(|item| (*item).to_owned()).collect());
    for (before, cell, known, refused) in [
        (vec![], OTHER.to_owned(), true, true),
        (vec![], OTHER.to_owned(), false, false),
        (vec![], E3.to_owned(), true, false),
        // Of a subscription that is over, and kept.
        (vec![OTHER], format!("{OTHER}; ENTERPRISEPACK"), true, false),
        (vec![OTHER], "ENTERPRISEPACK".to_owned(), true, false),
        (vec![], format!("ENTERPRISEPACK(-{OTHER})"), true, true),
        (
            vec!["ENTERPRISEPACK(-11111111-2222-3333-4444-555555555555)"],
            format!("ENTERPRISEPACK(-{OTHER} -TEAMS1)"),
            true,
            false,
        ),
    ] {
        let live = licences(&before);
        let mut directory = directory([user(
            1,
            &[("assignedLicenses", live.clone()), ("usageLocation", text("NL"))],
        )]);
        if known {
            directory.set_products(Some(Arc::new(products())));
        }
        let key = id(1).to_string();
        let exported = base(&names, &[&key, &live.to_cell()]);
        let mut rows = [checked(&names, &[&key, &cell], exported)];
        let plan = plan(&mut rows, &directory);
        let found = rules(&rows[0]);
        assert_eq!(
            found.contains(&"unknown-license"),
            refused,
            "{before:?} {cell} {found:?}"
        );
        assert_eq!(plan.changes().next().is_none(), refused, "{before:?} {cell}");
    }
}
