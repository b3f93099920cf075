//! Ranges of about the same size, found by counting.

use crate::catalogue::{Attribute, OptIn, ReadRule};
use crate::domain::{Columns, NameRange, join_small};
use crate::graph::{CallError, DirectoryReader, PAGE_SIZE_MAX};
use crate::state::StagedRange;

/// Directories of fewer pages are read one page after another: it takes a second or two, and costs nothing else.
const PAGES_FEW: u64 = 10;

/// Whether a directory of so many users is worth more than reading one page after another.
pub fn is_many(users: u64) -> bool {
    users >= PAGES_FEW * u64::from(PAGE_SIZE_MAX)
}

/// A range holds about so many pages: enough that asking for it costs little, few enough that the last ranges end together and that
/// little is lost when an export is broken off.
const PAGES_PER_RANGE: u64 = 10;
/// In a smaller directory there are about so many ranges, of two pages at least.
const RANGES_FEW: u64 = 24;

/// About so many users belong into a range of a directory of this size.
pub(super) fn range_size(users: u64) -> u64 {
    let page = u64::from(PAGE_SIZE_MAX);
    (users / RANGES_FEW).clamp(2 * page, PAGES_PER_RANGE * page)
}

/// Whether a range is to be parted before it is read.
pub(super) fn is_large(users: u64, users_max: u64) -> bool {
    users * 2 > users_max * 3
}

/// The ranges between these boundaries, with how many users are in each; neighbours that are small together are one.
pub(super) async fn counted(
    reader: &DirectoryReader,
    filter: Option<&str>,
    whole: &NameRange,
    boundaries: &[String],
    users_max: u64,
) -> Result<Vec<(NameRange, u64)>, CallError> {
    let ranges = whole.split_at(boundaries);
    let filters: Vec<Option<String>> = ranges.iter().map(|range| range.filter(filter)).collect();
    let users = reader.count_each(&filters).await?;
    Ok(join_small(ranges.into_iter().zip(users).collect(), users_max))
}

/// So many times it is asked whether somebody has no name that can be compared; others write meanwhile, and each answer counts alone.
const ASKED_FOR_ODD_NAMES: usize = 3;

/// Whether somebody is neither below nor above a name. The three counts that tell are asked for together, several times.
pub(super) async fn has_odd_names(
    reader: &DirectoryReader,
    filter: Option<&str>,
    ranges: &[StagedRange],
) -> bool {
    if ranges.iter().any(|range| range.range.is_everybody()) {
        return false;
    }
    for step in 1..=ASKED_FOR_ODD_NAMES {
        let place = (ranges.len() * step / (ASKED_FOR_ODD_NAMES + 1)).max(1);
        let name = ranges.get(place).and_then(|range| range.range.from());
        let Some(name) = name else { return false };
        let everybody = NameRange::everybody();
        let mut filters = vec![everybody.filter(filter)];
        let halves = everybody.split_at(&[name.to_owned()]);
        filters.extend(halves.iter().map(|half| half.filter(filter)));
        match reader.count_each(&filters).await.as_deref() {
            Ok([all, below, above]) if below + above < *all => {}
            _ => return false,
        }
    }
    true
}

/// The service does not do this, rather than being out of order.
pub(super) fn is_refusal(error: &CallError) -> bool {
    matches!(error, CallError::Graph { error, .. } if matches!(error.status, 400 | 403 | 404 | 405 | 501))
}

/// Why one of the columns makes every user be asked for by itself, or slowly; then ranges gain nothing.
pub(super) fn why_one_by_one(columns: &Columns) -> Option<String> {
    columns.iter().find_map(|column| why_slow(column))
}

fn why_slow(column: &Attribute) -> Option<String> {
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
