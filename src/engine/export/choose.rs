//! Which way everybody is read.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::super::event::Reporter;
use super::gather::Gatherer;
use super::held::Whole;
use super::job::Job;
use super::ranges::range_size;
use super::refresh::{Refreshed, known_boundaries, refresh};
use super::told::ReadingTold;
use super::{ExportError, ExportRequest};
use crate::catalogue::{Attribute, OptIn, ReadRule};
use crate::domain::{Columns, Repeats, UserState};
use crate::graph::{CallError, DirectoryReader, ListQuery, PAGE_SIZE_MAX, PageGate, Pages};
use crate::state::StateFolder;

/// Directories of fewer pages are read one page after another: it takes a second or two, and costs nothing else.
const PAGES_FEW: u64 = 10;

/// What the rows are written from.
pub(super) enum Read {
    Pages(Box<OneByOne>),
    Whole(Box<Whole>),
}

/// Pages one after another.
pub(super) struct OneByOne {
    /// The page that was read already.
    pub first: Option<Vec<UserState>>,
    pub pages: Pages,
    pub told: ReadingTold,
}

/// Chooses the way and reads.
pub(super) async fn read(
    reader: &DirectoryReader,
    request: &ExportRequest,
    state: &StateFolder,
    reporter: &Reporter,
) -> Result<Read, ExportError> {
    let columns: Columns = request.columns.clone().into();
    let mut pages = reader.pages(ListQuery {
        columns: columns.clone(),
        filter: request.filter.clone(),
        page_size: None,
    });
    let by_pages = |first, pages, why| {
        Ok(Read::Pages(Box::new(OneByOne {
            first,
            pages,
            told: ReadingTold::of_pages(why),
        })))
    };
    if let Some(why) = columns.iter().find_map(|column| why_one_by_one(column)) {
        return by_pages(None, pages, Some(why));
    }
    let mut why_not_refreshed = None;
    if request.may_refresh {
        match refresh(reader, request, &columns, state).await? {
            Refreshed::Whole(whole) => return Ok(Read::Whole(whole)),
            Refreshed::Not(why) => why_not_refreshed = why,
        }
    }
    let mut job = Job {
        gatherer: Gatherer {
            reader: reader.clone(),
            columns: columns.clone(),
            filter: request.filter.clone(),
            gate: PageGate::new(),
            counters: Arc::clone(reporter.counters()),
            users_max: range_size(0),
        },
        repeats: Repeats::for_users(0),
        why_not_exact: None,
        why_pages: None,
        kept: 0,
        began: Instant::now(),
    };
    if let Some(staging) = state.open_staging(&request.meta, Timestamp::now())? {
        reader.know_size(staging.plan().users);
        job.gatherer.users_max = range_size(staging.plan().users);
        if let Some(held) = job.take_up(staging).await? {
            return job.whole(held, why_not_refreshed).await.map(Read::Whole);
        }
    }
    let first = pages.next_page().await?;
    if pages.is_at_end() {
        return by_pages(first, pages, None);
    }
    let users = match job.count().await {
        Ok(users) => users,
        Err(error) if is_refusal(&error) => {
            let why = format!("the service does not count users ({error})");
            return by_pages(first, pages, Some(why));
        }
        Err(error) => return Err(error.into()),
    };
    if users < PAGES_FEW * u64::from(PAGE_SIZE_MAX) {
        return by_pages(first, pages, None);
    }
    reader.know_size(users);
    job.gatherer.users_max = range_size(users);
    let known = known_boundaries(state, &request.meta);
    let staging = job.begin(request, state, users, &known).await?;
    match staging {
        Some(staging) => job.whole(staging, why_not_refreshed).await.map(Read::Whole),
        None => by_pages(first, pages, job.why_pages),
    }
}

/// Why a column makes every user be asked for by itself, or slowly; then ranges gain nothing.
fn why_one_by_one(column: &Attribute) -> Option<String> {
    match column.read {
        ReadRule::List { .. } | ReadRule::Expand { .. } => None,
        ReadRule::ListOptIn { reason, .. } => (reason == OptIn::SmallPages)
            .then(|| format!("`{}` may be asked for ten times a minute only", column.name)),
        ReadRule::RoleAssignments => Some(format!("`{}` is read in a list of its own", column.name)),
        ReadRule::SingleUser { .. } | ReadRule::Resource(_) | ReadRule::Account | ReadRule::Never => {
            Some(format!("`{}` is read for each user by itself", column.name))
        }
    }
}

/// The service does not do this, rather than being out of order.
pub(super) fn is_refusal(error: &CallError) -> bool {
    matches!(error, CallError::Graph { error, .. } if matches!(error.status, 400 | 403 | 404 | 405 | 501))
}
