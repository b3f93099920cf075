//! Everybody of the directory, with what a feed needs of them: a large directory as the last night read it, with whoever has changed
//! since; else everybody anew.

use jiff::Timestamp;
use jiff::civil::Date;

use super::keeping::Keeping;
use super::missing::{all_keys, missed};
use super::opening::Opened;
use crate::catalogue::{self, Attribute, ReadRule};
use crate::cli::args::FeedRunArgs;
use crate::cli::connect::Job;
use crate::cli::error::CliError;
use crate::domain::{Columns, Directory};
use crate::engine::{
    Came, EarlierReading, Everybody, EverybodyTold, Reporter, StopReason, SurveyError, is_many,
    look_at_kept_again, refresh_everybody,
};
use crate::feed::settings::Missing;
use crate::feed::{Ground, Mapping, Touched, decide, match_rows, missing_people, touched};
use crate::table::PlainTable;

/// Everybody, and how they were read.
pub struct WholeDirectory {
    pub directory: Directory,
    pub told: EverybodyTold,
    /// When everybody was last read, and not only who has changed.
    pub whole_at: Timestamp,
}

/// The file of a night, as far as it is worked out before the directory is known.
#[derive(Clone, Copy)]
pub struct Worked<'a> {
    pub plain: &'a PlainTable,
    pub mapping: &'a Mapping,
    pub today: Date,
}

/// Reads everybody. What no list holds is not read: the plan reads it, of those alone who may change.
pub async fn everybody(
    loaded: &Opened,
    worked: Worked<'_>,
    arguments: &FeedRunArgs,
    job: Job<'_>,
) -> Result<WholeDirectory, CliError> {
    let columns = columns(loaded, job);
    let keeping = Keeping::new(loaded, &columns, arguments, job).await;
    let (progress, reporter) = job.context.progress();
    let reading = read(loaded, worked, columns, &keeping, job, &reporter);
    let read = tokio::select! {
        read = reading => read,
        () = job.stop.drained() => {
            let reason = job.stop.reason().unwrap_or(StopReason::Interrupted);
            Err(SurveyError::Stopped(reason).into())
        }
    };
    drop(reporter);
    progress.finish().await;
    let read = read?;
    keeping.keep(&read, job);
    Ok(read)
}

async fn read(
    loaded: &Opened,
    worked: Worked<'_>,
    columns: Columns,
    keeping: &Keeping,
    job: Job<'_>,
    reporter: &Reporter,
) -> Result<WholeDirectory, CliError> {
    let everybody = Everybody {
        reader: &job.connected.reader,
        columns,
        reporter,
        users_total: job
            .connected
            .reader
            .directory_size()
            .await
            .map_err(SurveyError::from)?,
    };
    let why_not = match is_many(everybody.users_total) {
        true => match keeping.earlier().await {
            Ok(Some((earlier, whole_at))) => {
                match from_earlier(loaded, worked, &everybody, earlier, whole_at).await? {
                    Ok(read) => return Ok(read),
                    Err(why) => Some(why),
                }
            }
            Ok(None) => None,
            Err(why) => Some(why),
        },
        false => None,
    };
    let mut directory = empty(loaded, &everybody.columns);
    let mut take = |came: Came| match came {
        Came::Users(users) => users.into_iter().for_each(|user| directory.insert(user)),
        Came::Gone(id) => directory.remove(&id),
        Came::Anew => directory.forget_users(),
    };
    let mut told = everybody.read(&mut take).await.map_err(SurveyError::from)?;
    told.why_not_refreshed = why_not;
    directory.set_users_total(told.users);
    Ok(WholeDirectory {
        directory,
        told,
        whole_at: keeping.now,
    })
}

/// The directory as the last night read it, with whoever has changed since. Whom the night would change, and whoever may be in its way, is
/// read once more: changes may be told late, and a night does not go by what was true yesterday. Where that is not enough, the reason
/// why everybody is to be read.
async fn from_earlier(
    loaded: &Opened,
    worked: Worked<'_>,
    everybody: &Everybody<'_>,
    earlier: EarlierReading,
    whole_at: Timestamp,
) -> Result<Result<WholeDirectory, String>, CliError> {
    let (users, told) = match refresh_everybody(everybody, earlier).await {
        Ok(refreshed) => refreshed,
        Err(why) => return Ok(Err(why)),
    };
    let mut directory = empty(loaded, &everybody.columns);
    users.into_values().for_each(|user| directory.insert(user));
    directory.set_users_total(told.users);
    let Touched { users, values } = touched_by(loaded, worked, &directory)?;
    let looked = look_at_kept_again(everybody, &directory, users.into_iter().collect(), &values).await;
    Ok(looked.map(|()| WholeDirectory {
        directory,
        told,
        whole_at,
    }))
}

/// Whom the night would touch by this directory, and who is missing.
fn touched_by(loaded: &Opened, worked: Worked<'_>, directory: &Directory) -> Result<Touched, CliError> {
    let (feed, rows) = (&loaded.feed, &worked.mapping.rows);
    let key = feed.key.attribute;
    let matches = match_rows(rows, directory, key);
    let ground = Ground {
        settings: &feed.settings,
        directory,
        key,
        names: feed.names.as_ref(),
        today: worked.today,
    };
    let mut touched = touched(&decide(rows, &matches, ground), rows, key, directory);
    if feed.settings.missing.action != Missing::Nothing {
        let all = all_keys(loaded, worked.plain, worked.mapping)?;
        let missing = missing_people(all.iter().map(String::as_str), rows, &matches, directory, key);
        let missed = missed(feed, missing, directory)?;
        missed.into_iter().for_each(|user| touched.user(user.id));
    }
    Ok(touched)
}

fn empty(loaded: &Opened, columns: &Columns) -> Directory {
    let mut directory = Directory::new(columns.clone());
    let feed = &loaded.feed;
    let first = feed.first_match.iter().map(|own| own.attribute);
    for attribute in first.chain([feed.key.attribute]) {
        directory.watch(attribute);
    }
    directory
}

fn columns(loaded: &Opened, job: Job<'_>) -> Columns {
    let feed = &loaded.feed;
    // What changes of it is told only where it is among the columns.
    let own = [
        "userPrincipalName",
        "accountEnabled",
        "userType",
        "onPremisesSyncEnabled",
    ];
    let own = own.iter().filter_map(|name| catalogue::by_name(name));
    let manager = feed.manager.as_ref().and_then(|_| catalogue::by_name("manager"));
    let all = own
        .chain([feed.key.attribute])
        .chain(feed.first_match.iter().map(|own| own.attribute))
        .chain(feed.attributes.iter().map(|own| own.attribute))
        .chain(manager);
    // Who is new and who was deleted and is back is told apart by this, which matters for managers alone.
    let all = all.chain(manager.and_then(|_| catalogue::by_name("createdDateTime")));
    let mut columns: Vec<&'static Attribute> = Vec::new();
    for attribute in all {
        let is_listed = matches!(
            attribute.read,
            ReadRule::List { .. } | ReadRule::ListOptIn { .. } | ReadRule::Expand { .. }
        );
        if is_listed && !columns.contains(&attribute) && !job.connected.cloud.lacks(attribute) {
            columns.push(attribute);
        }
    }
    columns.into()
}
