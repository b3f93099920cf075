//! Everybody of the directory, with what a feed needs of them: one list, page by page.

use crate::catalogue::{self, Attribute, ReadRule};
use crate::cli::connect::Job;
use crate::cli::error::CliError;
use crate::domain::Directory;
use crate::engine::{Reporter, StopReason, SurveyError};
use crate::feed::Feed;
use crate::graph::ListQuery;

/// Reads everybody. What no list holds is not read: the plan reads it, of those alone who may change.
pub async fn everybody(feed: &Feed, job: Job<'_>, reporter: &Reporter) -> Result<Directory, CliError> {
    let columns = columns(feed);
    let mut directory = Directory::new(columns.clone().into());
    let first = feed.first_match.iter().map(|own| own.attribute);
    for attribute in first.chain([feed.key.attribute]) {
        directory.watch(attribute);
    }
    let reading = async {
        let mut pages = job.connected.reader.pages(ListQuery {
            columns: columns.into(),
            filter: None,
            page_size: None,
        });
        let mut total = 0;
        while let Some(users) = pages.next_page().await? {
            total += users.len() as u64;
            reporter.counters().users_read.add(users.len() as u64);
            users.into_iter().for_each(|user| directory.insert(user));
        }
        directory.set_users_total(total);
        Ok::<_, SurveyError>(())
    };
    tokio::select! {
        read = reading => read?,
        () = job.stop.drained() => {
            let reason = job.stop.reason().unwrap_or(StopReason::Interrupted);
            return Err(SurveyError::Stopped(reason).into());
        }
    }
    Ok(directory)
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
