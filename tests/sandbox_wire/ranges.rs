//! Ranges of names: lists and counts of a part of the directory.

use crate::{Desk, escape, people};
use dirsheet::sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

/// A small sequence of numbers, always the same one.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

fn name<'a>(user: &'a Value, property: &str) -> &'a str {
    user[property].as_str().unwrap_or_default()
}

async fn ids(desk: &Desk, filter: &str) -> BTreeSet<String> {
    let path = format!("/users?$select=id&$top=97&$filter={}", escape(filter));
    let (users, _) = desk.all(&path).await;
    let ids: BTreeSet<String> = users.iter().map(|user| name(user, "id").to_owned()).collect();
    assert_eq!(ids.len(), users.len(), "nobody comes twice: {filter}");
    ids
}

/// Changes names, deletes and creates, so that the order of names has to be kept up.
async fn stir(desk: &Desk, dice: &mut Dice, turns: usize) {
    for turn in 0..turns {
        let all = desk.sandbox.dump();
        let user = &all[dice.below(all.len())];
        let letter = char::from(b'a' + dice.below(26) as u8);
        let (property, value) = match dice.below(4) {
            0 => ("displayName", format!("{letter}É Stirred {turn}")),
            _ => (
                "userPrincipalName",
                format!("{letter}.Stirred{turn}@contoso.example"),
            ),
        };
        if user["deletedDateTime"].is_null() {
            desk.sandbox
                .edit(name(user, "id"), property, json!(value))
                .unwrap();
        }
        if turn % 5 == 0 {
            let path = format!("/users/{}", name(&all[dice.below(all.len())], "id"));
            crate::send(desk.request(Method::DELETE, &path)).await;
        }
    }
}

#[tokio::test]
async fn a_range_of_names_holds_exactly_those_whose_names_lie_in_it_whatever_was_renamed_or_deleted() {
    let options = SandboxOptions {
        roles: vec!["User.ReadWrite.All".into(), "User.DeleteRestore.All".into()],
        app_role: Some("User Administrator".into()),
        ..people(700)
    };
    let desk = Desk::open(options).await;
    let mut dice = Dice(7);
    for round in 0..24 {
        let all = desk.sandbox.dump();
        let mut bounds: Vec<String> = (0..2)
            .map(|_| {
                let user = &all[dice.below(all.len())];
                let whole = name(user, "userPrincipalName");
                let cut = 1 + dice.below(6);
                // In capitals it is the same name.
                let part: String = whole.chars().take(cut).collect();
                [whole.to_owned(), part.clone(), part.to_uppercase()][dice.below(3)].clone()
            })
            .collect();
        bounds.sort_by_key(|bound| bound.to_lowercase());
        let (low, high) = (bounds[0].to_lowercase(), bounds[1].to_lowercase());
        let display: String = name(&all[dice.below(all.len())], "displayName")
            .chars()
            .take(2)
            .collect();
        let quoted = display.replace('\'', "''");
        type Test<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
        let principal = |user: &Value| name(user, "userPrincipalName").to_lowercase();
        let cases: Vec<(String, Test<'_>)> = vec![
            (
                format!(
                    "userPrincipalName ge '{}' and userPrincipalName le '{}'",
                    bounds[0], bounds[1]
                ),
                Box::new(|user| principal(user) >= low && principal(user) <= high),
            ),
            (
                format!("startsWith(userPrincipalName,'{}')", bounds[0]),
                Box::new(|user| principal(user).starts_with(&low)),
            ),
            (
                format!("startsWith(displayName,'{quoted}') and userType eq 'Member'"),
                Box::new(|user| {
                    name(user, "displayName")
                        .to_lowercase()
                        .starts_with(&display.to_lowercase())
                        && user["userType"] == "Member"
                }),
            ),
            (
                format!(
                    "userPrincipalName le '{}' or startsWith(userPrincipalName,'{}')",
                    bounds[0], bounds[1]
                ),
                Box::new(|user| principal(user) <= low || principal(user).starts_with(&high)),
            ),
            (
                format!(
                    "userPrincipalName ge '{}' and displayName ge '{quoted}'",
                    bounds[1]
                ),
                Box::new(|user| {
                    principal(user) >= high
                        && name(user, "displayName").to_lowercase() >= display.to_lowercase()
                }),
            ),
            (
                format!("userPrincipalName in ('{}','{}')", bounds[0], bounds[1]),
                Box::new(|user| principal(user) == low || principal(user) == high),
            ),
        ];
        for (filter, test) in cases {
            let alive = all.iter().filter(|user| user["deletedDateTime"].is_null());
            let wanted: BTreeSet<String> = alive
                .filter(|user| test(user))
                .map(|user| name(user, "id").to_owned())
                .collect();
            assert_eq!(ids(&desk, &filter).await, wanted, "round {round}: {filter}");
            let count = desk
                .advanced(&format!("/users/$count?$filter={}", escape(&filter)))
                .await;
            assert_eq!(count.text, wanted.len().to_string(), "round {round}: {filter}");
        }
        stir(&desk, &mut dice, 8).await;
    }
}

#[tokio::test]
async fn ranges_that_lie_beside_each_other_hold_everybody_once() {
    let desk = Desk::with(900).await;
    let mut found = BTreeSet::new();
    let cuts = ["", "d", "j", "m", "s", "\u{10FFFF}"];
    for pair in cuts.windows(2) {
        // Both ends belong to a range: the lower one is let out again.
        let filter = format!(
            "userPrincipalName ge '{}' and userPrincipalName le '{}'",
            pair[0], pair[1]
        );
        found.append(&mut ids(&desk, &filter).await);
    }
    assert_eq!(found.len(), 900);
}

#[tokio::test]
async fn an_order_by_name_goes_on_behind_the_last_one_while_names_change() {
    let desk = Desk::with(300).await;
    let mut next = Some(desk.url("/users?$select=id,userPrincipalName&$orderby=userPrincipalName&$top=20"));
    let (mut seen, mut last) = (BTreeSet::new(), String::new());
    let mut turn = 0;
    while let Some(url) = next {
        let page = desk.get(&url).await;
        assert_eq!(page.status, 200, "{}", page.text);
        for user in page.json["value"].as_array().unwrap() {
            let own = name(user, "userPrincipalName").to_lowercase();
            assert!(own > last, "{own} after {last}");
            last = own;
            seen.insert(name(user, "id").to_owned());
        }
        // Somebody who was on a page already gets a name before all others: everybody else stays where they are.
        if let Some(id) = seen.iter().nth(turn) {
            desk.sandbox
                .edit(id, "userPrincipalName", json!(format!("0{turn}@contoso.example")))
                .unwrap();
        }
        turn += 1;
        next = page.json["@odata.nextLink"].as_str().map(str::to_owned);
    }
    assert_eq!(seen.len(), 300);
}

#[tokio::test]
async fn with_a_lag_every_other_reader_meets_a_renamed_user_where_it_stood_before() {
    let desk = Desk::open(SandboxOptions {
        lag: Duration::from_secs(30),
        ..people(120)
    })
    .await;
    let user = desk.stored(&desk.plain());
    let (id, old) = (
        name(&user, "id").to_owned(),
        name(&user, "userPrincipalName").to_owned(),
    );
    desk.sandbox
        .edit(&id, "userPrincipalName", json!("zz.renamed@contoso.example"))
        .unwrap();
    let mut met = BTreeSet::new();
    for _ in 0..4 {
        let at_old = ids(&desk, &format!("startsWith(userPrincipalName,'{old}')"))
            .await
            .contains(&id);
        met.insert(at_old);
    }
    assert_eq!(met.len(), 2, "before and after");
    let mut met = BTreeSet::new();
    for _ in 0..4 {
        met.insert(ids(&desk, "userPrincipalName ge 'zz.r'").await.contains(&id));
    }
    assert_eq!(met.len(), 2, "before and after");
}
