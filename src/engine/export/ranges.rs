//! Ranges of about the same size, found by counting.

use crate::domain::{NameRange, join_small};
use crate::graph::{CallError, DirectoryReader, PAGE_SIZE_MAX};

/// A range holds about so many pages: enough that asking for it costs little, few enough that the last ranges end together and that
/// little is lost when an export is broken off.
const PAGES_PER_RANGE: u64 = 10;
/// In a smaller directory there are about so many ranges, of two pages at least.
const RANGES_FEW: u64 = 24;
/// No more is counted than this; what is then too large stays so.
const COUNTS_MAX: usize = 3_000;
const ROUNDS_MAX: usize = 24;

/// About so many users belong into a range of a directory of this size.
pub(super) fn range_size(users: u64) -> u64 {
    let page = u64::from(PAGE_SIZE_MAX);
    (users / RANGES_FEW).clamp(2 * page, PAGES_PER_RANGE * page)
}

/// Parts a range so that no part holds many more users than asked for, as far as names can tell them apart. `known` are boundaries
/// of an earlier day, which spare most of the counting.
pub(super) async fn part(
    reader: &DirectoryReader,
    filter: Option<&str>,
    whole: &NameRange,
    known: &[String],
    users_max: u64,
) -> Result<Vec<(NameRange, u64)>, CallError> {
    let first = if known.is_empty() {
        whole.boundaries()
    } else {
        known.to_vec()
    };
    let mut ranges = count(reader, filter, whole.split_at(&first)).await?;
    let mut counts = ranges.len();
    for _ in 0..ROUNDS_MAX {
        let parts: Vec<Vec<NameRange>> = ranges
            .iter()
            .map(|(range, users)| {
                if users * 2 <= users_max * 3 {
                    return Vec::new();
                }
                let boundaries = range.boundaries();
                if boundaries.is_empty() {
                    Vec::new()
                } else {
                    range.split_at(&boundaries)
                }
            })
            .collect();
        let asked: usize = parts.iter().map(Vec::len).sum();
        if asked == 0 || counts + asked > COUNTS_MAX {
            break;
        }
        counts += asked;
        let mut counted = count(reader, filter, parts.iter().flatten().cloned().collect())
            .await?
            .into_iter();
        ranges = ranges
            .into_iter()
            .zip(parts)
            .flat_map(|(range, parts)| match parts.len() {
                0 => vec![range],
                many => counted.by_ref().take(many).collect(),
            })
            .collect();
    }
    Ok(join_small(ranges, users_max))
}

async fn count(
    reader: &DirectoryReader,
    filter: Option<&str>,
    ranges: Vec<NameRange>,
) -> Result<Vec<(NameRange, u64)>, CallError> {
    let filters: Vec<Option<String>> = ranges.iter().map(|range| range.filter(filter)).collect();
    let users = reader.count_each(&filters).await?;
    Ok(ranges.into_iter().zip(users).collect())
}
