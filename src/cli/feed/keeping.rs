//! What a night keeps of the directory for the next one, and when that is of use.

use jiff::{SignedDuration, Timestamp};

use super::directory::WholeDirectory;
use super::opening::Opened;
use crate::cli::args::FeedRunArgs;
use crate::cli::connect::Job;
use crate::domain::Columns;
use crate::engine::{EarlierReading, Links};
use crate::feed::settings::OutOfReach;
use crate::graph::Claims;
use crate::state::{Kept, KeptSince, ReadingOf, StateError, StateFolder};

/// After so long everybody is read anew, whatever the changes say: should they ever be wrong, they are not wrong for long. A link is
/// good for seven days (<https://learn.microsoft.com/graph/delta-query-overview>), but each night has new ones.
const ANEW_AFTER: SignedDuration = SignedDuration::from_hours(6 * 24 + 12);

/// Clocks of machines may differ by so much.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// What may be done with what an earlier night read.
pub struct Keeping {
    state: StateFolder,
    feed: String,
    of: ReadingOf,
    /// Why nothing that was kept is of use to this feed.
    why_never: Option<&'static str>,
    /// Everybody is to be read, because somebody said so.
    is_full: bool,
    /// A rehearsal keeps nothing.
    is_rehearsal: bool,
    /// When the night reads.
    pub now: Timestamp,
}

impl Keeping {
    /// What this night may do.
    pub async fn new(loaded: &Opened, columns: &Columns, arguments: &FeedRunArgs, job: Job<'_>) -> Keeping {
        let settings = &loaded.feed.settings;
        let claims = job.connected.session.claims().await;
        let granted = claims.as_ref().map(Claims::granted).unwrap_or_default();
        let sign_in = claims.as_ref().and_then(|claims| claims.oid.as_deref());
        let connected = job.connected;
        Keeping {
            state: job.state.clone(),
            feed: settings.name.clone(),
            of: ReadingOf::new(&connected.tenant, &connected.graph_url, columns).by(sign_in, granted),
            why_never: (settings.people.restricted == OutOfReach::Leave).then_some(
                "who leaves a restricted administrative unit is not told, and `people.restricted` depends on it",
            ),
            is_full: arguments.full,
            is_rehearsal: arguments.dry_run,
            now: Timestamp::now(),
        }
    }

    /// What an earlier night read, and when everybody was last read whole.
    ///
    /// # Errors
    /// The reason why it is of no use, where there is something.
    pub async fn earlier(&self) -> Result<Option<(EarlierReading, Timestamp)>, String> {
        if self.is_full {
            return Ok(None);
        }
        if let Some(why) = self.why_never {
            return Err(why.to_owned());
        }
        let (state, feed, of) = (self.state.clone(), self.feed.clone(), self.of.clone());
        let reading = tokio::task::spawn_blocking(move || state.kept_users(&feed, &of));
        let kept = match reading.await {
            Ok(kept) => kept.map_err(|error| error.to_string())?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        let kept = match kept {
            Kept::Nothing => return Ok(None),
            Kept::OfSomethingElse => {
                return Err(
                    "what the last night kept is of other columns, another tenant or another sign-in"
                        .to_owned(),
                );
            }
            Kept::Users(kept) => kept,
        };
        if let Some(why) = too_old(&kept.since, self.now) {
            return Err(why.to_owned());
        }
        let KeptSince {
            links: [from, told],
            whole_at,
        } = kept.since;
        let reading = EarlierReading {
            users: kept.users,
            links: Links { from, told },
        };
        Ok(Some((reading, whole_at)))
    }

    /// Keeps what was read for the next night. A night without it is slower and nothing else.
    pub fn keep(&self, read: &WholeDirectory, job: Job<'_>) {
        if self.is_rehearsal {
            return;
        }
        if let Err(why) = self.try_to_keep(read) {
            job.context.output.complain(&format!(
                "warning: what was read could not be kept, so the next night reads everybody: {why}"
            ));
        }
    }

    fn try_to_keep(&self, read: &WholeDirectory) -> Result<(), StateError> {
        let Some(links) = read.told.links.clone().filter(|_| self.why_never.is_none()) else {
            return self.state.forget_users(&self.feed);
        };
        let since = KeptSince {
            links: [links.from, links.told],
            whole_at: read.whole_at,
        };
        let users = read.directory.all();
        self.state
            .keep_users(&self.feed, &self.of, since, users)
            .map(drop)
    }
}

/// Why what is kept is of no use by now.
fn too_old(since: &KeptSince, now: Timestamp) -> Option<&'static str> {
    let age = now.duration_since(since.whole_at);
    if age > ANEW_AFTER {
        Some("everybody is read anew once a week")
    } else if age < -CLOCKS {
        Some("the last reading is of a moment that is still to come")
    } else if since.links.iter().any(|link| now >= link.good_until()) {
        Some("the service no longer tells what has changed since the last night")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DeltaLink;

    #[test]
    fn what_was_kept_is_of_use_for_less_than_a_week_and_never_from_the_future() {
        let hours = |hours: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let link = |at: i64| DeltaLink::new("https://graph.example/delta".to_owned(), hours(at));
        for (whole_at, from, told, word) in [
            (1_000, 1_000, 1_000, None),
            (1_000 - 156, 976, 1_000, None),
            (1_000 - 157, 976, 1_000, Some("once a week")),
            (1_001, 1_000, 1_000, Some("still to come")),
            (1_000, 1_000 - 162, 1_000, Some("no longer tells")),
            (1_000, 1_000 - 161, 1_000, None),
        ] {
            let since = KeptSince {
                links: [link(from), link(told)],
                whole_at: hours(whole_at),
            };
            let why = too_old(&since, hours(1_000));
            match word {
                None => assert_eq!(why, None, "{since:?}"),
                Some(word) => assert!(why.unwrap().contains(word), "{since:?}: {why:?}"),
            }
        }
    }
}
