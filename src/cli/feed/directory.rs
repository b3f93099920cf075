//! Everybody of the directory, with what a feed needs of them: a large directory as the last night read it, with whoever has changed
//! since; else everybody anew.

use jiff::{SignedDuration, Timestamp};

use crate::catalogue::{self, Attribute, ReadRule};
use crate::cli::args::FeedRunArgs;
use crate::cli::connect::Job;
use crate::cli::error::CliError;
use crate::domain::{Columns, Directory, ReadingWay};
use crate::engine::{
    Came, EarlierReading, Everybody, EverybodyTold, Reporter, StopReason, SurveyError, is_many,
    refresh_everybody,
};
use crate::feed::Feed;
use crate::state::ReadingOf;
use crate::terminal::Progress;

/// After so long everybody is read anew, whatever the changes say: should they ever be wrong, they are not wrong for long. A link is
/// good for seven days (<https://learn.microsoft.com/graph/delta-query-overview>), but each night has a new one.
const ANEW_AFTER: SignedDuration = SignedDuration::from_hours(6 * 24 + 12);

/// Everybody, and how they were read.
pub struct Read {
    pub directory: Directory,
    pub told: EverybodyTold,
}

/// What may be done with what an earlier night read.
#[derive(Debug, Clone, Copy)]
struct Keeping<'a> {
    /// The feed's name.
    feed: &'a str,
    /// Everybody is to be read, whatever is kept.
    anew: bool,
    /// A rehearsal keeps nothing.
    rehearsal: bool,
}

/// Reads everybody. What no list holds is not read: the plan reads it, of those alone who may change.
pub async fn everybody(feed: &Feed, arguments: &FeedRunArgs, job: Job<'_>) -> Result<Read, CliError> {
    let keeping = Keeping {
        feed: &feed.settings.name,
        anew: arguments.full,
        rehearsal: arguments.dry_run,
    };
    let columns: Columns = columns(feed).into();
    let (progress, reporter) = Progress::start(job.context.output.progress());
    let reading = read(feed, keeping, columns, job, &reporter);
    let read = tokio::select! {
        read = reading => read,
        () = job.stop.drained() => {
            let reason = job.stop.reason().unwrap_or(StopReason::Interrupted);
            Err(SurveyError::Stopped(reason).into())
        }
    };
    drop(reporter);
    progress.finish().await;
    read
}

async fn read(
    feed: &Feed,
    keeping: Keeping<'_>,
    columns: Columns,
    job: Job<'_>,
    reporter: &Reporter,
) -> Result<Read, CliError> {
    let reader = &job.connected.reader;
    let everybody = Everybody {
        reader,
        columns: columns.clone(),
        reporter,
        users_total: reader.directory_size().await?,
    };
    let empty = || {
        let mut directory = Directory::new(columns.clone());
        let first = feed.first_match.iter().map(|own| own.attribute);
        for attribute in first.chain([feed.key.attribute]) {
            directory.watch(attribute);
        }
        directory
    };
    let of = ReadingOf::new(&job.connected.tenant, &job.connected.graph_url, &columns);
    let now = Timestamp::now();
    let mut whole_at = now;
    let earlier = match is_many(everybody.users_total) && !keeping.anew {
        true => earlier(keeping, &of, now, job),
        false => Ok(None),
    };
    let mut why_not = earlier.as_ref().err().cloned();
    let mut read = None;
    if let Ok(Some((kept, read_whole_at))) = earlier {
        match refresh_everybody(&everybody, kept).await? {
            Ok((users, told)) => {
                let mut directory = empty();
                users.into_values().for_each(|user| directory.insert(user));
                whole_at = read_whole_at;
                read = Some(Read { directory, told });
            }
            Err(why) => why_not = Some(why),
        }
    }
    let mut read = match read {
        Some(read) => read,
        None => {
            let mut directory = empty();
            let mut take = |came: Came| match came {
                Came::Users(users) => users.into_iter().for_each(|user| directory.insert(user)),
                Came::Gone(id) => directory.remove(&id),
                Came::Anew => directory.forget_users(),
            };
            let told = everybody.read(&mut take).await?;
            Read { directory, told }
        }
    };
    if read.told.way != ReadingWay::Refresh {
        read.told.why_not_refreshed = why_not;
    }
    read.directory.set_users_total(read.told.users);
    if !keeping.rehearsal {
        keep(keeping, &of, whole_at, &read, job);
    }
    Ok(read)
}

/// What an earlier night read, and when everybody was last read whole; the reason why it is of no use, where there was something.
fn earlier(
    keeping: Keeping<'_>,
    of: &ReadingOf,
    now: Timestamp,
    job: Job<'_>,
) -> Result<Option<(EarlierReading, Timestamp)>, String> {
    let kept = job.state.kept_users(keeping.feed, of);
    let Some(kept) = kept.map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    if now.duration_since(kept.whole_at) > ANEW_AFTER {
        return Err("everybody is read anew once a week".to_owned());
    }
    if now >= kept.link.good_until() {
        return Err("the service no longer tells what has changed since the last reading".to_owned());
    }
    let reading = EarlierReading {
        users: kept.users,
        link: kept.link,
    };
    Ok(Some((reading, kept.whole_at)))
}

/// Keeps what was read for the next night. A night without it is slower and nothing else.
fn keep(keeping: Keeping<'_>, of: &ReadingOf, whole_at: Timestamp, read: &Read, job: Job<'_>) {
    let kept = match &read.told.link {
        Some(link) => {
            let users = read.directory.all();
            job.state
                .keep_users(keeping.feed, of, link, whole_at, users)
                .map(drop)
        }
        None => job.state.forget_users(keeping.feed),
    };
    if let Err(error) = kept {
        job.context.output.complain(&format!(
            "warning: what was read could not be kept, so the next night reads everybody: {error}"
        ));
    }
}

fn columns(feed: &Feed) -> Vec<&'static Attribute> {
    let own = ["userPrincipalName", "accountEnabled", "userType"];
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
        if is_listed && !columns.contains(&attribute) {
            columns.push(attribute);
        }
    }
    columns
}
