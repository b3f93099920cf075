//! Which way everybody is read.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::super::event::Reporter;
use super::super::gather::Gatherer;
use super::super::ranges::{is_many, is_refusal, range_size, why_one_by_one};
use super::held::Whole;
use super::job::Job;
use super::refresh::{Refreshed, known_boundaries, refresh};
use super::told::ReadingTold;
use super::{ExportError, ExportRequest};
use crate::domain::{Columns, Repeats, UserState};
use crate::graph::{DirectoryReader, ListQuery, PageGate, Pages};
use crate::state::StateFolder;

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
    if let Some(why) = why_one_by_one(&columns) {
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
    if !is_many(users) {
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
