//! The live values of the users a sheet names: read one by one in batches when there are few, else by reading the whole list.

use std::collections::HashSet;

mod former;
mod holders;
mod identities;
mod siblings;
mod wanted;

pub use wanted::Wanted;

use former::read_former;
use holders::{read_guests, read_holders, read_managers_above, requests};
use identities::{has_identity, read_identities};

use super::event::{Event, Phase, Reporter};
use super::everybody::{Came, Everybody, EverybodyTold};
use super::stop::{Stop, StopReason};

use crate::catalogue::WriteRule;
use crate::domain::{
    Addresses, BATCH_OPERATIONS_MAX, Columns, Directory, GUEST_ISSUERS_MAX, Holders, KeyValue, UserId,
    UserKey, UserState, Value,
};
use crate::graph::{ADDRESSES_MAX, CallError, DirectoryReader, Lookup, PAGE_SIZE_MAX};

/// What went wrong while reading the directory.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the service refused to show the user `{user}`: {message}")]
    Hidden {
        user: String,
        message: String,
        hint: String,
    },
    #[error("stopped while the directory was read")]
    Stopped(StopReason),
}

/// What was read, and whom the service would not show.
#[derive(Debug)]
pub(super) struct Read {
    pub directory: Directory,
    /// Among those who were asked for by name.
    hidden: Vec<Hidden>,
    /// Among those who were found by what they have or had: nobody can tell which rows they would touch.
    hidden_others: Vec<Hidden>,
    /// How everybody was read; `None` where only the named users were.
    told: Option<EverybodyTold>,
}

#[derive(Debug)]
struct Hidden {
    key: UserKey,
    message: String,
    hint: String,
}

impl From<Hidden> for SurveyError {
    fn from(Hidden { key, message, hint }: Hidden) -> SurveyError {
        SurveyError::Hidden {
            user: key.to_string(),
            message,
            hint,
        }
    }
}

impl Read {
    /// Everybody who is in it was shown.
    #[cfg(test)]
    pub fn of(directory: Directory) -> Read {
        Read {
            directory,
            hidden: Vec::new(),
            hidden_others: Vec::new(),
            told: None,
        }
    }

    fn into_error(self) -> Result<Directory, SurveyError> {
        match self.hidden.into_iter().chain(self.hidden_others).next() {
            None => Ok(self.directory),
            Some(hidden) => Err(hidden.into()),
        }
    }

    /// Why the service does not show this user, if it refused to.
    pub fn hidden(&self, user: UserId) -> Option<&str> {
        let hidden = self
            .hidden
            .iter()
            .chain(&self.hidden_others)
            .find(|hidden| hidden.key == UserKey::Id(user))?;
        Some(&hidden.message)
    }
}

/// Reads the users. The directory's size is asked for first, because guards count shares of it.
///
/// # Errors
/// Also one user whom the service refuses to show.
pub async fn survey(
    reader: &DirectoryReader,
    wanted: &Wanted,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Directory, SurveyError> {
    survey_what_shows(reader, wanted, reporter, stop)
        .await?
        .into_error()
}

/// The same for the rows of a sheet: whom the service refuses to show is noted in the directory, so that only the rows about that
/// user cannot be planned. Also gives how everybody was read, where not only the named users were.
///
/// # Errors
/// Also when nobody is shown, which is about the sign-in and not about a row.
pub async fn survey_for_rows(
    reader: &DirectoryReader,
    wanted: &Wanted,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<(Directory, Option<EverybodyTold>), SurveyError> {
    let mut read = survey_what_shows(reader, wanted, reporter, stop).await?;
    if !read.directory.is_empty() {
        let not_shown = std::mem::take(&mut read.hidden).into_iter();
        let not_shown = not_shown.map(|Hidden { key, message, .. }| (key, message));
        read.directory.set_not_shown(not_shown.collect());
    }
    let told = read.told.take();
    Ok((read.into_error()?, told))
}

/// The same where a user who is not shown is no reason to stop.
pub(super) async fn survey_what_shows(
    reader: &DirectoryReader,
    wanted: &Wanted,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Read, SurveyError> {
    let told = async {
        let users_total = reader.directory_size().await?;
        let total = match way(wanted, users_total) {
            Way::Named => wanted.named() as u64,
            Way::Everybody => users_total,
        };
        let phase = Phase::Survey;
        // A command may survey twice: whom it was asked about, and then whom they name.
        reporter.counters().users_read.begin_anew();
        reporter
            .emit(Event::PhaseStarted {
                phase,
                total: Some(total),
            })
            .await;
        let mut read = read(reader, wanted, users_total, reporter).await?;
        if read.directory.roles().is_some() {
            reader.know_administrators().await?;
            read.directory.set_roles(reader.role_book());
        }
        let done = reporter.counters().users_read.get();
        reporter.emit(Event::PhaseFinished { phase, done }).await;
        Ok(read)
    };
    until_stopped(told, reader, reporter, stop).await
}

/// The same without telling of a phase of its own, in a directory whose size is known.
pub(super) async fn read_back(
    reader: &DirectoryReader,
    wanted: &Wanted,
    users_total: u64,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Read, SurveyError> {
    let read = read(reader, wanted, users_total, reporter);
    until_stopped(read, reader, reporter, stop).await
}

async fn until_stopped(
    work: impl Future<Output = Result<Read, SurveyError>>,
    reader: &DirectoryReader,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Read, SurveyError> {
    tokio::select! {
        found = work => found,
        never = reporter.watch(reader) => match never {},
        () = stop.drained() => Err(SurveyError::Stopped(stop.reason().unwrap_or(StopReason::Interrupted))),
    }
}

/// The way that needs fewer requests.
enum Way {
    Named,
    Everybody,
}

fn way(wanted: &Wanted, users_total: u64) -> Way {
    let requests_for = |keys: usize| keys.div_ceil(BATCH_OPERATIONS_MAX) as u64;
    // Whoever is asked for by itself is, whichever way the others go.
    let by_list = wanted.keys.difference(&wanted.beside.keys).count() + wanted.untouched.len();
    let batches = requests_for(by_list)
        + requests(&wanted.values)
        + wanted.addresses.len().div_ceil(ADDRESSES_MAX) as u64
        // Whom no address finds is asked for by identity.
        + requests_for(wanted.identities.len() + wanted.addresses.len() * GUEST_ISSUERS_MAX);
    let pages = users_total.div_ceil(u64::from(PAGE_SIZE_MAX));
    if batches <= pages {
        Way::Named
    } else {
        Way::Everybody
    }
}

async fn read(
    reader: &DirectoryReader,
    wanted: &Wanted,
    users_total: u64,
    reporter: &Reporter,
) -> Result<Read, SurveyError> {
    let mut directory = Directory::new(wanted.columns.clone());
    directory.set_users_total(users_total);
    directory.set_lacking(wanted.lacking.clone());
    for value in &wanted.values {
        directory.watch(value.attribute());
    }
    let listed = wanted.listed();
    let mut hidden = Vec::new();
    let mut hidden_others = Vec::new();
    let mut told = None;
    match way(wanted, users_total) {
        Way::Named => {
            let untouched = wanted.untouched.iter().copied().map(UserKey::Id);
            let by_list = wanted.keys.difference(&wanted.beside.keys).cloned();
            let by_list: Vec<UserKey> = by_list.chain(untouched).collect();
            hidden.extend(read_named(reader, &by_list, &listed, reporter, &mut directory).await?);
            read_holders(reader, wanted, &listed, reporter, &mut directory).await?;
            read_guests(reader, wanted, &listed, reporter, &mut directory).await?;
            hidden_others.extend(read_identities(reader, wanted, &listed, reporter, &mut directory).await?);
        }
        Way::Everybody => {
            let read = read_everybody(reader, wanted, &listed, users_total, reporter, &mut directory);
            told = Some(read.await?);
        }
    }
    // After the others: somebody may be named twice, and this tells more.
    let beside = read_beside(reader, wanted, reporter, &mut directory).await?;
    hidden.extend(beside);
    if wanted
        .columns
        .iter()
        .any(|attribute| attribute.write == WriteRule::Licences)
    {
        directory.set_products(reader.products().await?);
    }
    if wanted
        .columns
        .iter()
        .any(|attribute| attribute.write == WriteRule::Roles)
    {
        reader.know_roles(&wanted.columns).await?;
        directory.set_roles(reader.role_book());
    }
    read_managers_above(reader, wanted, &mut directory).await?;
    if !wanted.former.is_empty() {
        hidden_others.extend(read_former(reader, wanted, &mut directory).await?);
    }
    Ok(Read {
        directory,
        hidden,
        hidden_others,
        told,
    })
}

/// Reads whom it is asked what no list holds.
async fn read_beside(
    reader: &DirectoryReader,
    wanted: &Wanted,
    reporter: &Reporter,
    directory: &mut Directory,
) -> Result<Vec<Hidden>, SurveyError> {
    let holders = wanted.beside.values.iter();
    let holders = holders.flat_map(|value| match value.holders(directory) {
        Holders::One(user) => vec![UserKey::Id(user.id)],
        Holders::Several(users) => users.iter().map(|user| UserKey::Id(user.id)).collect(),
        Holders::None { .. } => Vec::new(),
    });
    let addresses = Addresses::of(&wanted.beside.addresses);
    let guests = directory.all();
    let guests = guests.filter(|user| addresses.hold(user, directory.columns()));
    let keys: HashSet<UserKey> = wanted
        .keys
        .intersection(&wanted.beside.keys)
        .cloned()
        .chain(holders)
        .chain(guests.map(|user| UserKey::Id(user.id)))
        .collect();
    let keys: Vec<UserKey> = keys.into_iter().collect();
    read_named(reader, &keys, &wanted.columns, reporter, directory).await
}

async fn read_named(
    reader: &DirectoryReader,
    keys: &[UserKey],
    columns: &Columns,
    reporter: &Reporter,
    directory: &mut Directory,
) -> Result<Vec<Hidden>, SurveyError> {
    let mut hidden = Vec::new();
    // What is one list for everybody, as roles are, is then read once for as many as stand on a page.
    for keys in keys.chunks(PAGE_SIZE_MAX as usize) {
        let found = reader.users_by_key(keys, columns).await?;
        for (key, lookup) in keys.iter().zip(found) {
            match lookup {
                Lookup::Found(user) => add(directory, *user, columns),
                // Whoever is not there is a finding of the row that names them, with its place.
                Lookup::NotFound | Lookup::Mismatch => {}
                Lookup::Failed(error) => hidden.push(Hidden {
                    key: key.clone(),
                    hint: error.hint(),
                    message: error.to_string(),
                }),
            }
        }
        reporter.counters().users_read.add(keys.len() as u64);
    }
    Ok(hidden)
}

/// Adds a user who was read with these columns.
fn add(directory: &mut Directory, user: UserState, columns: &Columns) {
    let user = user.in_columns(columns, directory.columns());
    directory.insert(user);
}

async fn read_everybody(
    reader: &DirectoryReader,
    wanted: &Wanted,
    columns: &Columns,
    users_total: u64,
    reporter: &Reporter,
    directory: &mut Directory,
) -> Result<EverybodyTold, SurveyError> {
    // Whoever holds a wanted value, or what a spreadsheet may have made it from.
    let loose: HashSet<(&str, String)> = wanted
        .values
        .iter()
        .map(|value| (value.attribute().name, value.loose()))
        .collect();
    let watched: HashSet<&str> = loose.iter().map(|(name, _)| *name).collect();
    let holds = |user: &UserState| {
        watched.iter().any(|name| {
            let attribute = columns.iter().find(|attribute| attribute.name == *name);
            let text = user.value(columns, name).map(Value::to_cell).unwrap_or_default();
            let key = attribute.and_then(|attribute| KeyValue::new(attribute, &text));
            key.is_some_and(|key| loose.contains(&(name, key.loose())))
        })
    };
    let addresses = Addresses::of(&wanted.addresses);
    let mut take = |came: Came| match came {
        Came::Users(users) => {
            for user in users {
                let named = wanted.names(&user)
                    || holds(&user)
                    || addresses.hold(&user, columns)
                    || has_identity(&user, columns, wanted);
                let user = user.in_columns(columns, directory.columns());
                if named {
                    directory.insert(user);
                } else if wanted.is_untouched(&user.id) {
                    directory.insert_named(user);
                } else {
                    // Who was named when the reading began may have another name now.
                    directory.remove(&user.id);
                    directory.note_manager(&user);
                }
            }
        }
        Came::Gone(id) => directory.remove(&id),
        Came::Anew => directory.forget_users(),
    };
    let everybody = Everybody {
        reader,
        columns: columns.clone(),
        reporter,
        users_total,
    };
    let told = everybody.read(&mut take).await?;
    // What was really read is better than a count that may lag behind.
    directory.set_users_total(told.users);
    Ok(told)
}
