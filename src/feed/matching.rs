//! Whom a row is about. A doubt is a doubt: nobody is guessed, and nobody is made who may be there already.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::MappedRow;
use super::letters;
use super::name_words::{NAMES, plain_words};
use crate::catalogue::Attribute;
use crate::domain::{Directory, Holders, KeyValue, UpnKey, UserId, UserKey, UserState, Value, shorten};

/// Whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The one user who holds the number.
    Holder(UserId),
    /// Nobody holds the number, and this user, who holds none, is told by this attribute. The number is then written.
    FirstTime { user: UserId, by: &'static Attribute },
    /// Nobody: a joiner.
    Nobody,
    /// A person decides.
    Unclear(Doubt),
}

impl Match {
    /// The user, where it is one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Match::Holder(user) | Match::FirstTime { user, .. } => Some(*user),
            Match::Nobody | Match::Unclear(_) => None,
        }
    }
}

/// Why a row, or a cell of it, needs a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What was found, in one sentence.
    pub reason: String,
    /// What to do.
    pub help: String,
}

impl Doubt {
    pub(super) fn new(reason: impl Into<String>, help: impl Into<String>) -> Doubt {
        Doubt {
            reason: reason.into(),
            help: help.into(),
        }
    }
}

/// Matches all rows, in their order. The directory must hold everybody and watch `key` and the attributes of first matching
/// ([`Directory::watch`]).
pub fn match_rows(rows: &[MappedRow], directory: &Directory, key: &'static Attribute) -> Vec<Match> {
    let mut matches: Vec<Match> = rows.iter().map(|row| match_row(row, directory, key)).collect();
    let mut told = doubled_users(rows, &matches);
    // What two rows share with each other explains more than whom they are about.
    told.extend(doubled_keys(rows, key));
    for (index, doubt) in told {
        if let Some(found) = matches.get_mut(index) {
            *found = Match::Unclear(doubt);
        }
    }
    matches
}

fn match_row(row: &MappedRow, directory: &Directory, key: &'static Attribute) -> Match {
    let name = key.name;
    let Some(value) = row.key.as_deref().and_then(|text| KeyValue::new(key, text)) else {
        return unclear(
            "the row has no number, so nobody can be found by it",
            "give the person a number in the HR system",
        );
    };
    match value.holders(directory) {
        Holders::One(user) => {
            contradicted(row, user, directory).map_or(Match::Holder(user.id), Match::Unclear)
        }
        Holders::Several(users) => unclear(
            format!("{name} `{}` is held by {}", shorten(value.text()), names(&users)),
            "let only one of them hold the number in the directory",
        ),
        Holders::None { near } if near.is_empty() => match letters::damage(value.text()) {
            Some(damage) => unclear(format!("{name}: {damage}"), letters::GARBLED),
            None => first_time(row, &value, directory),
        },
        Holders::None { near } => unclear(
            format!(
                "nobody holds {name} `{}` as it stands, and it is nearly what {} holds",
                shorten(value.text()),
                holdings(&near, key, directory)
            ),
            if value.text().is_ascii() {
                "write the number alike in both, with all its zeros and capitals"
            } else {
                "write the number alike in both: a letter of it may only look like the other, and be of another alphabet"
            },
        ),
    }
}

/// Whom names and addresses tell, where nobody holds the number.
fn first_time(row: &MappedRow, key: &KeyValue, directory: &Directory) -> Match {
    let mut found: Vec<(&UserState, &'static Attribute)> = Vec::new();
    for (attribute, text) in &row.first_match {
        let told = match candidates(attribute, text, directory) {
            Ok(told) => told,
            Err(doubt) => return Match::Unclear(doubt),
        };
        found.extend(told.map(|user| (user, *attribute)));
    }
    let Some((user, by)) = found.first().copied() else {
        let mut garbled = row
            .first_match
            .iter()
            .filter_map(|(attribute, text)| Some((attribute.name, letters::damage(text)?)));
        return garbled.next().map_or(Match::Nobody, |(name, damage)| {
            unclear(format!("{name}: {damage}"), letters::GARBLED)
        });
    };
    if let Some((other, with)) = found.iter().find(|(other, _)| other.id != user.id) {
        return unclear(
            format!(
                "{} tells `{}`, and {} tells `{}`",
                by.name,
                shorten(&user.upn),
                with.name,
                shorten(&other.upn)
            ),
            "correct the one that is wrong, or give the right user the number in the directory",
        );
    }
    let held = directory.value(user, key.attribute().name);
    if !held.is_empty() && !held.to_cell().is_empty() {
        return unclear(
            format!(
                "{} tells `{}`, who holds another number: `{}`",
                by.name,
                shorten(&user.upn),
                shorten(&held.to_cell())
            ),
            "correct the number in the HR system or in the directory: who holds a number is never taken for another",
        );
    }
    if has_another_name(row, user, directory) {
        return unclear(
            format!(
                "{} tells `{}`, whose names are others: `{}`",
                by.name,
                shorten(&user.upn),
                shorten(&directory.value(user, "displayName").to_cell())
            ),
            "if it is the same person, give the number to that user in the directory once; if not, correct the address in the HR system",
        );
    }
    if is_guest(user, directory) {
        return unclear(
            format!("{} tells only the guest `{}`", by.name, shorten(&user.upn)),
            "give the guest the number if it is the same person; else give the row another address",
        );
    }
    Match::FirstTime { user: user.id, by }
}

/// Why a row is perhaps not about the holder of its number: an address of it is somebody else's, or nothing of it is the holder's. Without
/// an address that tells the holder the names decide, all of them, for one changes with a wedding.
pub(super) fn contradicted(row: &MappedRow, holder: &UserState, directory: &Directory) -> Option<Doubt> {
    let mut is_theirs = false;
    for (attribute, text) in &row.first_match {
        match candidates(attribute, text, directory) {
            Ok(Some(other)) if other.id != holder.id => {
                return Some(Doubt::new(
                    format!(
                        "the number is that of `{}`, and {} tells `{}`",
                        shorten(&holder.upn),
                        attribute.name,
                        shorten(&other.upn)
                    ),
                    "correct the one that is wrong; nobody's profile is given to somebody else",
                ));
            }
            Ok(Some(_)) | Err(_) => is_theirs = true,
            Ok(None) => {}
        }
    }
    let told = |name: &str| row.cell(name).map(|cell| !cell.text.trim().is_empty());
    let has_whole_name = match (told("givenName"), told("surname")) {
        (Some(given), Some(surname)) => given && surname,
        _ => told("displayName") == Some(true),
    };
    (!is_theirs && has_whole_name && has_another_name(row, holder, directory)).then(|| {
        Doubt::new(
            format!(
                "the number is that of `{}`, and the row has other names, and no address of theirs",
                shorten(&holder.upn)
            ),
            "if HR gave the number to somebody else, give that person a new one; if it is the same person, correct the names or the address in the directory first",
        )
    })
}

/// Whether every name that both have is another one: an address alone may be that of a shared mailbox or of a machine.
pub(super) fn has_another_name(row: &MappedRow, user: &UserState, directory: &Directory) -> bool {
    // A letter alone may be anybody's initial.
    let words = |text: &str| -> BTreeSet<String> {
        let words = plain_words(text).into_iter();
        words.filter(|word| word.chars().count() > 1).collect()
    };
    let mut names = NAMES.into_iter().filter_map(|name| {
        let told = words(&row.cell(name)?.text);
        let held = words(&directory.value(user, name).to_cell());
        (!told.is_empty() && !held.is_empty()).then(|| told.is_disjoint(&held))
    });
    match names.next() {
        None => false,
        Some(first) => first && names.all(|is_other| is_other),
    }
}

/// The one user who holds this name or address.
pub(super) fn candidates<'d>(
    attribute: &'static Attribute,
    text: &str,
    directory: &'d Directory,
) -> Result<Option<&'d UserState>, Doubt> {
    if attribute.name == "userPrincipalName" {
        return Ok(directory.find(&UserKey::Upn(UpnKey::new(text))));
    }
    let Some(value) = KeyValue::new(attribute, text) else {
        return Ok(None);
    };
    match value.holders(directory) {
        Holders::One(user) => Ok(Some(user)),
        // A name that is nearly somebody's is nobody's, as for a userPrincipalName.
        Holders::None { .. } => Ok(None),
        Holders::Several(users) => Err(Doubt::new(
            format!(
                "{} `{}` is held by {}",
                attribute.name,
                shorten(text),
                names(&users)
            ),
            "give the right one the number in the directory",
        )),
    }
}

/// Everybody who holds this name or address.
fn told_by<'d>(attribute: &'static Attribute, text: &str, directory: &'d Directory) -> Vec<&'d UserState> {
    if attribute.name == "userPrincipalName" {
        let found = directory.find(&UserKey::Upn(UpnKey::new(text)));
        return found.into_iter().collect();
    }
    match KeyValue::new(attribute, text).map(|value| value.holders(directory)) {
        Some(Holders::One(user)) => vec![user],
        Some(Holders::Several(users) | Holders::None { near: users }) => users,
        None => Vec::new(),
    }
}

pub(super) fn is_guest(user: &UserState, directory: &Directory) -> bool {
    directory.value(user, "userType") == Value::Text("Guest".to_owned())
}

/// Rows that share a number, also in other capitals: nobody can tell which of them is right.
fn doubled_keys(rows: &[MappedRow], key: &'static Attribute) -> Vec<(usize, Doubt)> {
    let mut rows_of: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(value) = row.key.as_deref().and_then(|text| KeyValue::new(key, text)) {
            rows_of
                .entry(value.text().to_lowercase())
                .or_default()
                .push(index);
        }
    }
    shared(
        rows,
        rows_of.into_values(),
        "several rows have this number",
        "leave one row for each person in the file",
    )
}

/// Rows that are about the same user.
fn doubled_users(rows: &[MappedRow], matches: &[Match]) -> Vec<(usize, Doubt)> {
    let mut rows_of: HashMap<UserId, Vec<usize>> = HashMap::new();
    for (index, found) in matches.iter().enumerate() {
        if let Some(user) = found.user() {
            rows_of.entry(user).or_default().push(index);
        }
    }
    shared(
        rows,
        rows_of.into_values(),
        "several rows are about the same user",
        "give each person one row, with the number that the directory holds",
    )
}

/// The doubt of every row that shares something with another.
fn shared(
    rows: &[MappedRow],
    groups: impl Iterator<Item = Vec<usize>>,
    what: &str,
    help: &str,
) -> Vec<(usize, Doubt)> {
    let mut told = Vec::new();
    for indices in groups.filter(|indices| indices.len() > 1) {
        let doubt = Doubt::new(format!("{what}: {}", numbers(rows, &indices)), help);
        told.extend(indices.into_iter().map(|index| (index, doubt.clone())));
    }
    told
}

/// The row numbers a spreadsheet shows, in words.
fn numbers(rows: &[MappedRow], indices: &[usize]) -> String {
    let shown: Vec<String> = indices
        .iter()
        .take(5)
        .filter_map(|index| rows.get(*index))
        .map(|row| row.row.to_string())
        .collect();
    let more = match indices.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("rows {}{more}", shown.join(", "))
}

fn names(users: &[&UserState]) -> String {
    let shown: Vec<String> = users
        .iter()
        .take(3)
        .map(|user| format!("`{}`", shorten(&user.upn)))
        .collect();
    match users.len().saturating_sub(3) {
        0 => shown.join(" and "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn holdings(users: &[&UserState], key: &Attribute, directory: &Directory) -> String {
    let shown: Vec<String> = users
        .iter()
        .take(3)
        .map(|user| {
            let held = directory.value(user, key.name).to_cell();
            format!("`{}` (`{}`)", shorten(&user.upn), shorten(&held))
        })
        .collect();
    shown.join(" and ")
}

fn unclear(reason: impl Into<String>, help: impl Into<String>) -> Match {
    Match::Unclear(Doubt::new(reason, help))
}

/// The users who hold a number and whom no row of the file is about, in the order of their names. A row is about somebody also
/// when it needs a person, or was left out: `keys` are those of all rows of the file, whatever became of them. Where it is not clear
/// whom a row is about, it is perhaps about those whom its names and addresses tell.
pub fn missing_people<'d>(
    keys: impl Iterator<Item = &'d str>,
    rows: &[MappedRow],
    matches: &[Match],
    directory: &'d Directory,
    key: &'static Attribute,
) -> Vec<&'d UserState> {
    let loose = |text: &str| KeyValue::new(key, text).map(|value| value.loose());
    let named: HashSet<String> = keys.filter_map(loose).collect();
    let mut matched: HashSet<UserId> = matches.iter().filter_map(Match::user).collect();
    let unclear = rows
        .iter()
        .zip(matches)
        .filter(|(_, found)| matches!(found, Match::Unclear(_)));
    for (attribute, text) in unclear.flat_map(|(row, _)| &row.first_match) {
        matched.extend(told_by(attribute, text, directory).iter().map(|user| user.id));
    }
    let mut missing: Vec<&UserState> = directory
        .all()
        .filter(|user| !matched.contains(&user.id))
        .filter(|user| {
            let held = loose(&directory.value(user, key.name).to_cell());
            held.is_some_and(|held| !named.contains(&held))
        })
        .collect();
    missing.sort_by(|a, b| (&a.upn, a.id).cmp(&(&b.upn, b.id)));
    missing
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
