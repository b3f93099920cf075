//! How the live values of a plan were read, in words: which way, and what it cost.

use std::time::{Duration, Instant};

use super::connect::{Connected, Job};
use crate::domain::ReadingWay;
use crate::engine::{EverybodyTold, is_many};
use crate::report::counted;

/// Where a reading began.
pub struct Began {
    requests: u64,
    at: Instant,
}

/// What a reading cost.
struct ReadingCost {
    /// Users who were asked for by name.
    named: usize,
    users_total: u64,
    requests: u64,
    took: Duration,
}

impl Began {
    /// Here.
    pub fn now(connected: &Connected) -> Began {
        Began {
            requests: connected.session.requests_sent(),
            at: Instant::now(),
        }
    }

    /// Says how it was read and what it cost: so many were asked for by name, of so many. In a small directory reading takes a second or two
    /// whichever way, and needs no words.
    pub fn tell(self, job: Job<'_>, told: Option<&EverybodyTold>, (named, users_total): (usize, u64)) {
        if is_many(users_total) {
            let cost = ReadingCost {
                named,
                users_total,
                requests: job.connected.session.requests_sent() - self.requests,
                took: self.at.elapsed(),
            };
            job.context.output.say(&words(told, &cost));
        }
    }
}

fn words(told: Option<&EverybodyTold>, cost: &ReadingCost) -> String {
    let of = format!(
        "{}, {:.1} s",
        counted(cost.requests, "request", "requests"),
        cost.took.as_secs_f64()
    );
    let Some(told) = told else {
        return format!(
            "Read {} of {} users, because reading everybody takes more requests: {of}.",
            cost.named, cost.users_total
        );
    };
    let way = match told.way {
        ReadingWay::Pages => "one page after another".to_owned(),
        ReadingWay::Ranges => format!(
            "in {} at the same time",
            counted(told.ranges as u64, "range of names", "ranges of names")
        ),
        ReadingWay::Refresh => "from an earlier reading and its changes".to_owned(),
    };
    let changed = match told.changed {
        0 => String::new(),
        1 => "; 1 user changed meanwhile".to_owned(),
        changed => format!("; {changed} users changed meanwhile"),
    };
    let why = told.why_pages.as_ref().map_or_else(String::new, |why| {
        format!("; not in ranges of names, because {why}")
    });
    format!(
        "Read all {} users {way}, because asking for {} of them takes more requests: {of}{changed}{why}.",
        told.users, cost.named
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(way: ReadingWay) -> EverybodyTold {
        EverybodyTold {
            way,
            users: 1_000_000,
            ranges: 269,
            changed: 40,
            why_pages: None,
            why_not_refreshed: None,
            links: None,
        }
    }

    #[test]
    fn the_way_and_its_cost_are_said() {
        let cost = ReadingCost {
            named: 200_000,
            users_total: 1_000_000,
            requests: 1_310,
            took: Duration::from_millis(26_140),
        };
        let by_pages = EverybodyTold {
            why_pages: Some("the service does not tell changes".to_owned()),
            changed: 0,
            ..told(ReadingWay::Pages)
        };
        let all = [
            words(None, &cost),
            words(Some(&told(ReadingWay::Ranges)), &cost),
            words(Some(&by_pages), &cost),
        ];
        insta::assert_snapshot!(all.join("\n"), @r"
        Read 200000 of 1000000 users, because reading everybody takes more requests: 1310 requests, 26.1 s.
        Read all 1000000 users in 269 ranges of names at the same time, because asking for 200000 of them takes more requests: 1310 requests, 26.1 s; 40 users changed meanwhile.
        Read all 1000000 users one page after another, because asking for 200000 of them takes more requests: 1310 requests, 26.1 s; not in ranges of names, because the service does not tell changes.
        ");
    }
}
