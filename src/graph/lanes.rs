//! Lanes of their own: what the service counts beside the two budgets of the directory. A request of a lane enters it first and
//! waits for its ordinary turn after that.
//!
//! Nothing uses them yet: photos, mailbox settings and authentication methods will.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::bucket::Bucket;
use super::limits::{Budget, Limits};
use super::pacer::DeadlinePassed;
use crate::domain::UserId;

/// Requests for one mailbox at the same time, for each application; more would wait in the service or get 429.
/// <https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>
pub const MAILBOX_IN_FLIGHT: usize = 4;
/// Requests for authentication methods at the same time. No number is published; with 5 in 10 seconds more would only wait.
pub const METHODS_IN_FLIGHT: usize = 2;
/// So many mailboxes are remembered before those that are at rest are let go.
const MAILBOXES_REMEMBERED: usize = 1_024;

/// What a request needs beside the budgets of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Photo and mailbox settings are kept by Outlook, which counts for each mailbox.
    Outlook(UserId),
    /// Phone and mail methods of sign-in.
    Methods,
}

/// A place in a lane, kept until the request has been answered.
#[derive(Debug)]
pub struct LanePass {
    _place: Option<OwnedSemaphorePermit>,
}

/// All lanes of an application in a tenant.
#[derive(Debug)]
pub struct Lanes {
    shared: Mutex<Shared>,
}

#[derive(Debug)]
struct Shared {
    mailbox: Option<Budget>,
    methods: Option<Budget>,
    open: HashMap<Lane, Arc<Road>>,
}

#[derive(Debug)]
struct Road {
    places: Arc<Semaphore>,
    /// A fair queue of its own: who waits for the bucket keeps the turn.
    bucket: tokio::sync::Mutex<Option<Bucket>>,
}

impl Lanes {
    pub fn new(limits: Limits) -> Lanes {
        Lanes {
            shared: Mutex::new(Shared {
                mailbox: limits.mailbox,
                methods: limits.methods,
                open: HashMap::new(),
            }),
        }
    }

    /// Changes the budgets, for lanes that are open already with their next request.
    pub fn set_limits(&self, limits: Limits) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        (shared.mailbox, shared.methods) = (limits.mailbox, limits.methods);
    }

    /// Waits for a place in the lane and for one request of its budget. Can be cancelled.
    ///
    /// # Errors
    /// [`DeadlinePassed`]; nothing was sent.
    pub async fn enter(&self, lane: Lane, deadline: Option<Instant>) -> Result<LanePass, DeadlinePassed> {
        let (road, budget) = self.road(lane);
        let enter = async {
            // The semaphore is never closed; were it, nobody should be locked out.
            let place = road.places.clone().acquire_owned().await.ok();
            let mut bucket = road.bucket.lock().await;
            Bucket::adapt(&mut bucket, budget);
            let mut need = 1;
            while let Some(until) = bucket.as_mut().and_then(|bucket| bucket.take(&mut need)) {
                sleep_until(until).await;
            }
            LanePass { _place: place }
        };
        match deadline {
            None => Ok(enter.await),
            Some(deadline) if Instant::now() >= deadline => Err(DeadlinePassed),
            Some(deadline) => timeout_at(deadline, enter).await.map_err(|_| DeadlinePassed),
        }
    }

    fn road(&self, lane: Lane) -> (Arc<Road>, Option<Budget>) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let (budget, in_flight) = match lane {
            Lane::Outlook(_) => (shared.mailbox, MAILBOX_IN_FLIGHT),
            Lane::Methods => (shared.methods, METHODS_IN_FLIGHT),
        };
        if shared.open.len() >= MAILBOXES_REMEMBERED && !shared.open.contains_key(&lane) {
            shared.open.retain(|_, road| !Road::is_at_rest(road));
        }
        let road = shared.open.entry(lane).or_insert_with(|| {
            Arc::new(Road {
                places: Arc::new(Semaphore::new(in_flight)),
                bucket: tokio::sync::Mutex::new(budget.and_then(Bucket::new)),
            })
        });
        (Arc::clone(road), budget)
    }
}

impl Road {
    /// Nobody is on it, and a new one would be as full.
    fn is_at_rest(road: &Arc<Road>) -> bool {
        Arc::strong_count(road) == 1
            && Arc::strong_count(&road.places) == 1
            && road
                .bucket
                .try_lock()
                .is_ok_and(|bucket| bucket.as_ref().is_none_or(Bucket::is_full))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn user(number: u32) -> UserId {
        UserId::parse(&format!("0a1b2c3d-0000-4000-8000-{number:012}")).unwrap()
    }

    /// When each of so many requests of a second's length could begin.
    async fn begins(lanes: &Arc<Lanes>, lane: Lane, count: usize) -> Vec<u64> {
        let begin = Instant::now();
        let tasks: Vec<_> = (0..count)
            .map(|_| {
                let lanes = lanes.clone();
                tokio::spawn(async move {
                    let pass = lanes.enter(lane, None).await.unwrap();
                    let began = begin.elapsed().as_secs();
                    sleep(SECOND).await;
                    drop(pass);
                    began
                })
            })
            .collect();
        let mut began = Vec::new();
        for task in tasks {
            began.push(task.await.unwrap());
        }
        began.sort_unstable();
        began
    }

    #[tokio::test(start_paused = true)]
    async fn one_mailbox_takes_four_at_a_time_and_another_is_not_concerned() {
        let lanes = Arc::new(Lanes::new(Limits::for_directory(None)));
        let (busy, other) = (Lane::Outlook(user(1)), Lane::Outlook(user(2)));
        let (busy, other) = tokio::join!(begins(&lanes, busy, 10), begins(&lanes, other, 4));
        assert_eq!(busy, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
        assert_eq!(other, [0, 0, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn one_mailbox_takes_ten_thousand_requests_in_ten_minutes() {
        let lanes = Lanes::new(Limits::for_directory(None));
        let begin = Instant::now();
        for _ in 0..9_900 + 1_000 {
            lanes.enter(Lane::Outlook(user(1)), None).await.unwrap();
        }
        let took = begin.elapsed().as_secs_f64();
        assert!((59.9..60.2).contains(&took), "{took}: 1,000 at 10,000 in 600 s");
    }

    #[tokio::test(start_paused = true)]
    async fn methods_go_five_at_first_then_one_in_two_seconds_and_two_together() {
        let lanes = Arc::new(Lanes::new(Limits::for_directory(Some(10_000))));
        let began = begins(&lanes, Lane::Methods, 9).await;
        assert_eq!(began, [0, 0, 1, 1, 2, 2, 4, 6, 8]);
        let late = Instant::now() + SECOND / 2;
        assert!(lanes.enter(Lane::Methods, Some(late)).await.is_err());
        assert_eq!(Instant::now(), late);
        assert!(lanes.enter(Lane::Methods, Some(late)).await.is_err());
        lanes.set_limits(Limits::unlimited());
        assert_eq!(begins(&lanes, Lane::Methods, 4).await, [0, 0, 1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn mailboxes_at_rest_are_let_go_and_busy_ones_kept() {
        let lanes = Lanes::new(Limits::for_directory(None));
        let busy = lanes.enter(Lane::Outlook(user(0)), None).await.unwrap();
        for number in 1..10_000 {
            lanes.enter(Lane::Outlook(user(number)), None).await.unwrap();
            sleep(Duration::from_millis(100)).await;
        }
        let open = || lanes.shared.lock().unwrap().open.len();
        assert!(open() <= MAILBOXES_REMEMBERED, "{}", open());
        assert!(
            lanes
                .shared
                .lock()
                .unwrap()
                .open
                .contains_key(&Lane::Outlook(user(0)))
        );
        drop(busy);
    }
}
