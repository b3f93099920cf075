//! The users that rows and cells name by what they hold, and the managers above the ones that a sheet names.

use std::collections::{HashMap, HashSet};

use super::{Reporter, SurveyError, Wanted, add};
use crate::catalogue;
use crate::domain::{BATCH_OPERATIONS_MAX, Columns, Directory, Holders, KeyValue, UserId, UserKey, Value};
use crate::graph::{DirectoryReader, Lookup, VALUES_MAX, listings_by_address, listings_by_value};

impl Wanted {
    /// And the managers above these users, up to the top.
    pub fn below(mut self, managers: HashSet<UserKey>) -> Wanted {
        self.managers = managers;
        self
    }
}

/// How many requests it takes at least to ask for these values.
pub(super) fn requests(values: &HashSet<KeyValue>) -> u64 {
    let mut of_attribute: HashMap<&str, usize> = HashMap::new();
    for value in values {
        let doubts = if value.may_have_lost_zeros() {
            value.before_a_spreadsheet().len()
        } else {
            0
        };
        *of_attribute.entry(value.attribute().name).or_default() += 1 + doubts;
    }
    of_attribute
        .values()
        .map(|values| values.div_ceil(VALUES_MAX) as u64)
        .sum()
}

/// Reads everybody who holds one of the wanted values, and who holds a number that a spreadsheet makes into one of them.
pub(super) async fn read_holders(
    reader: &DirectoryReader,
    wanted: &Wanted,
    columns: &Columns,
    reporter: &Reporter,
    directory: &mut Directory,
) -> Result<(), SurveyError> {
    let mut values: Vec<KeyValue> = wanted.values.iter().cloned().collect();
    values.sort_by(|a, b| (a.attribute().name, a.text()).cmp(&(b.attribute().name, b.text())));
    read_values(reader, &values, columns, directory).await?;
    reporter.counters().users_read.add(values.len() as u64);
    // A number that lost its zeros on the way is somebody else's number, or nobody's.
    let doubted: Vec<KeyValue> = values
        .iter()
        .filter(|value| {
            value.may_have_lost_zeros()
                || matches!(value.holders(directory), Holders::None { ref near } if near.is_empty())
        })
        .flat_map(KeyValue::before_a_spreadsheet)
        .collect();
    read_values(reader, &doubted, columns, directory).await
}

/// Reads everybody who has one of the wanted addresses.
pub(super) async fn read_guests(
    reader: &DirectoryReader,
    wanted: &Wanted,
    columns: &Columns,
    reporter: &Reporter,
    directory: &mut Directory,
) -> Result<(), SurveyError> {
    let addresses: Vec<String> = wanted.addresses.iter().cloned().collect();
    for listing in listings_by_address(&addresses, columns) {
        let mut pages = reader.pages(listing);
        while let Some(users) = pages.next_page().await? {
            for user in users {
                add(directory, user, columns);
            }
        }
    }
    reporter.counters().users_read.add(addresses.len() as u64);
    Ok(())
}

async fn read_values(
    reader: &DirectoryReader,
    values: &[KeyValue],
    columns: &Columns,
    directory: &mut Directory,
) -> Result<(), SurveyError> {
    for listing in listings_by_value(values, columns) {
        let mut pages = reader.pages(listing);
        while let Some(users) = pages.next_page().await? {
            for user in users {
                add(directory, user, columns);
            }
        }
    }
    Ok(())
}

/// Follows the managers of everybody a cell makes a manager, up to the top. Each user is read at most once, twenty in one
/// request; who cannot be seen ends the way.
pub(super) async fn read_managers_above(
    reader: &DirectoryReader,
    wanted: &Wanted,
    directory: &mut Directory,
) -> Result<(), SurveyError> {
    let named = wanted.managers.iter().filter_map(|key| directory.find(key));
    let held = wanted
        .values
        .iter()
        .filter_map(|value| match value.holders(directory) {
            Holders::One(user) => Some(user),
            Holders::Several(_) | Holders::None { .. } => None,
        });
    let mut open: HashSet<UserId> = named.chain(held).map(|user| user.id).collect();
    if wanted.managers.is_empty() && wanted.values.is_empty() {
        return Ok(());
    }
    let Some(manager) = catalogue::by_name("manager").filter(|manager| wanted.columns.contains(manager))
    else {
        return Ok(());
    };
    let columns: Columns = vec![manager].into();
    let mut seen: HashSet<UserId> = HashSet::new();
    while !open.is_empty() {
        let mut unknown: Vec<UserId> = Vec::new();
        let mut next: HashSet<UserId> = HashSet::new();
        for user in open.into_iter().filter(|user| seen.insert(*user)) {
            match directory.manager_of(&user) {
                Some(manager) => next.extend(manager.map(|manager| manager.id)),
                None => unknown.push(user),
            }
        }
        unknown.sort();
        for users in unknown.chunks(BATCH_OPERATIONS_MAX) {
            let keys: Vec<UserKey> = users.iter().copied().map(UserKey::Id).collect();
            let found = reader.users_by_key(&keys, &columns).await?;
            for (user, lookup) in users.iter().zip(found) {
                let above = match lookup {
                    Lookup::Found(found) => match found.value(&columns, manager.name) {
                        Some(Value::Reference(manager)) => Some(manager.clone()),
                        _ => None,
                    },
                    Lookup::NotFound | Lookup::Mismatch | Lookup::Failed(_) => None,
                };
                next.extend(above.as_ref().map(|manager| manager.id));
                directory.set_manager(*user, above);
            }
        }
        open = next;
    }
    Ok(())
}
