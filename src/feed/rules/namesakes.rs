//! New people who have all the names of somebody in the directory: perhaps the same person, whom first matching could not tell.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::super::MappedRow;
use super::super::matching::{Doubt, Match, is_guest};
use super::super::name_words::{NAMES, plain_words, words};
use super::Ground;
use crate::domain::{UserId, UserState, has_han, shorten};
use crate::feed::settings;

/// So many people of one name are told.
const TOLD_MAX: usize = 5;

/// What the namesakes of a new person mean.
pub enum Namesake {
    /// One of them is a member who holds no number.
    PerhapsThem(Doubt),
    /// All are somebody else, in words.
    Others(String),
}

/// The new people of a file who have namesakes, by their rows.
pub struct Namesakes(HashMap<u64, Namesake>);

impl Namesakes {
    /// Finds them for the rows that would make an account.
    pub fn find<'r>(
        new: impl Iterator<Item = &'r MappedRow>,
        matches: &[Match],
        ground: Ground<'_>,
    ) -> Namesakes {
        let mut rows: HashMap<BTreeSet<String>, Vec<&MappedRow>> = HashMap::new();
        for row in new {
            if let Some(whole) = whole(|name| told(row, name)) {
                rows.entry(whole).or_default().push(row);
            }
        }
        if rows.is_empty() {
            return Namesakes(HashMap::new());
        }
        let mut found: HashMap<u64, Vec<&UserState>> = HashMap::new();
        for user in ground.directory.all() {
            let held = |name: &str| ground.directory.value(user, name).to_cell();
            for whole in [whole(held), words_of(&held("displayName"))]
                .into_iter()
                .flatten()
                .collect::<HashSet<_>>()
            {
                for row in rows.get(&whole).into_iter().flatten() {
                    if are_all_the_same(row, held) {
                        found.entry(row.row).or_default().push(user);
                    }
                }
            }
        }
        // Who is told by an address for the first time gets that row's number tonight.
        let matched: HashSet<UserId> = matches.iter().filter_map(Match::user).collect();
        let of = |(row, mut users): (u64, Vec<&UserState>)| {
            users.sort_by(|a, b| (&a.upn, a.id).cmp(&(&b.upn, b.id)));
            (row, meaning(&users, &matched, ground))
        };
        Namesakes(found.into_iter().map(of).collect())
    }

    /// Those of the person in this row.
    pub fn of(&self, row: &MappedRow) -> Option<&Namesake> {
        self.0.get(&row.row)
    }
}

fn meaning(users: &[&UserState], matched: &HashSet<UserId>, ground: Ground<'_>) -> Namesake {
    let directory = ground.directory;
    let number = |user: &UserState| directory.value(user, ground.key.name).to_cell();
    let may_be_them = |user: &&&UserState| {
        number(user).is_empty() && !matched.contains(&user.id) && !is_guest(user, directory)
    };
    let perhaps: Vec<&UserState> = users.iter().filter(may_be_them).copied().collect();
    let rules = ground.settings.joiners.as_ref();
    let is_let = rules.is_some_and(|rules| rules.namesakes == settings::Namesakes::Create);
    if perhaps.is_empty() || is_let {
        return Namesake::Others(format!(
            "is new, and has all the names of {}; an account is made",
            listed(users, |user| match number(user) {
                none if none.is_empty() && is_guest(user, directory) => " (a guest)".to_owned(),
                none if none.is_empty() => String::new(),
                number => format!(" (number `{}`)", shorten(&number)),
            })
        ));
    }
    Namesake::PerhapsThem(Doubt::new(
        format!(
            "nobody holds the number, and {}, without a number, has all the names of the row, so it may be the same person",
            listed(&perhaps, |_| String::new())
        ),
        "if it is the same person, give that user the number in the directory; if not, make the account by hand with the number, or let the feed make such accounts with `joiners.namesakes = \"create\"`",
    ))
}

fn listed(users: &[&UserState], about: impl Fn(&UserState) -> String) -> String {
    let told = users.iter().take(TOLD_MAX);
    let mut told: Vec<String> = told
        .map(|user| format!("`{}`{}", shorten(&user.upn), about(user)))
        .collect();
    if users.len() > TOLD_MAX {
        told.push(format!("{} more", users.len() - TOLD_MAX));
    }
    told.join(", ")
}

fn told(row: &MappedRow, name: &str) -> String {
    row.cell(name).map(|cell| cell.text.clone()).unwrap_or_default()
}

/// The words of the whole name: given name and surname, else what is displayed.
fn whole(name: impl Fn(&str) -> String) -> Option<BTreeSet<String>> {
    let [given, surname, displayed] = NAMES.map(&name);
    match (words_of(&given), words_of(&surname)) {
        (Some(given), Some(surname)) => Some(given.into_iter().chain(surname).collect()),
        _ => words_of(&displayed),
    }
}

/// Whether every name that both have is the same.
fn are_all_the_same(row: &MappedRow, held: impl Fn(&str) -> String) -> bool {
    NAMES.into_iter().all(|name| {
        let (told, held) = (told(row, name), held(name));
        match (words_of(&told), words_of(&held)) {
            // Other characters may be read alike.
            (Some(_), Some(_)) if has_han(&told) && has_han(&held) => words(&told) == words(&held),
            (Some(told), Some(held)) => told == held,
            _ => true,
        }
    })
}

/// The words of a name; `None` where it has none.
fn words_of(text: &str) -> Option<BTreeSet<String>> {
    Some(plain_words(text)).filter(|words| !words.is_empty())
}
