//! Lanes of their own: what the service counts beside the two budgets of the directory. A request of a lane enters it first and
//! waits for its ordinary turn after that. Authentication methods use them; why at this pace: `docs/design/authentication-contacts.md`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::bucket::Bucket;
use super::limits::{Budget, Limits};
use super::pacer::DeadlinePassed;

/// Calls with requests for authentication methods at the same time. No number is published, and gentleness is advised.
pub const METHODS_IN_FLIGHT: usize = 2;
/// Calls with invitations at the same time.
pub const INVITATIONS_IN_FLIGHT: usize = 2;
/// How long a lane stands still after a refusal that names no time.
const HOLD: Duration = Duration::from_secs(10);
/// How long a lane keeps the strict pace after a refusal.
const STRICT: Duration = Duration::from_secs(10 * 60);

/// What a request needs beside the budgets of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Phone and mail methods of sign-in.
    Methods,
    /// Invitations of guests, which the service counts for the tenant.
    Invitations,
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
    limits: Limits,
    open: HashMap<Lane, Arc<Road>>,
}

#[derive(Debug)]
struct Road {
    places: Arc<Semaphore>,
    /// A fair queue of its own: who waits for the bucket keeps the turn.
    bucket: tokio::sync::Mutex<Option<Bucket>>,
    refused: Mutex<Refusals>,
}

/// What the service said last against a lane.
#[derive(Debug, Default)]
struct Refusals {
    hold_until: Option<Instant>,
    strict_until: Option<Instant>,
}

impl Lanes {
    pub fn new(limits: Limits) -> Lanes {
        Lanes {
            shared: Mutex::new(Shared {
                limits,
                open: HashMap::new(),
            }),
        }
    }

    /// Changes the budgets, for lanes that are open already with their next request.
    pub fn set_limits(&self, limits: Limits) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.limits = limits;
    }

    /// Waits for a place in the lane and for so many requests of its budget, which go in one call. Can be cancelled.
    ///
    /// # Errors
    /// [`DeadlinePassed`]; nothing was sent.
    pub async fn enter(
        &self,
        lane: Lane,
        requests: u32,
        deadline: Option<Instant>,
    ) -> Result<LanePass, DeadlinePassed> {
        let road = self.road(lane);
        let enter = async {
            // The semaphore is never closed; were it, nobody should be locked out.
            let place = road.places.clone().acquire_owned().await.ok();
            let mut bucket = road.bucket.lock().await;
            // Only what was asked before it can have been refused while this one waited.
            while let Some(until) = road.hold() {
                sleep_until(until).await;
            }
            Bucket::adapt(&mut bucket, self.budget(lane, &road));
            let mut need = requests;
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

    /// The service refused a request of this lane. It stands still for the time that was named, and is slower for a while; nobody
    /// else is held up.
    pub fn refused(&self, lane: Lane, wish: Option<Duration>) {
        let road = self.road(lane);
        let now = Instant::now();
        let mut refused = road.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.hold_until = refused.hold_until.max(Some(now + wish.unwrap_or(HOLD)));
        refused.strict_until = Some(now + STRICT);
    }

    fn budget(&self, lane: Lane, road: &Road) -> Option<Budget> {
        let limits = self.shared.lock().unwrap_or_else(PoisonError::into_inner).limits;
        match lane {
            Lane::Methods if road.is_strict() => limits.methods_after_refusal(),
            Lane::Methods => limits.methods,
            Lane::Invitations => limits.invitations,
        }
    }

    fn road(&self, lane: Lane) -> Arc<Road> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let (budget, in_flight) = match lane {
            Lane::Methods => (shared.limits.methods, METHODS_IN_FLIGHT),
            Lane::Invitations => (shared.limits.invitations, INVITATIONS_IN_FLIGHT),
        };
        let road = shared.open.entry(lane).or_insert_with(|| {
            Arc::new(Road {
                places: Arc::new(Semaphore::new(in_flight)),
                bucket: tokio::sync::Mutex::new(budget.and_then(Bucket::new)),
                refused: Mutex::default(),
            })
        });
        Arc::clone(road)
    }
}

impl Road {
    /// The moment until which nothing may go, when there is one ahead.
    fn hold(&self) -> Option<Instant> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.hold_until.filter(|until| *until > Instant::now())
    }

    fn is_strict(&self) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.strict_until.is_some_and(|until| until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// When each of so many requests of a second's length could begin.
    async fn begins(lanes: &Arc<Lanes>, lane: Lane, count: usize) -> Vec<u64> {
        let begin = Instant::now();
        let tasks: Vec<_> = (0..count)
            .map(|_| {
                let lanes = lanes.clone();
                tokio::spawn(async move {
                    let pass = lanes.enter(lane, 1, None).await.unwrap();
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
    async fn methods_go_two_calls_at_a_time_and_sixty_requests_in_ten_seconds() {
        let lanes = Arc::new(Lanes::new(Limits::for_directory(Some(10_000))));
        assert_eq!(begins(&lanes, Lane::Methods, 6).await, [0, 0, 1, 1, 2, 2]);
        let lanes = Lanes::new(Limits::for_directory(Some(10_000)));
        let begin = Instant::now();
        for _ in 0..24 {
            lanes.enter(Lane::Methods, 5, None).await.unwrap();
        }
        let took = begin.elapsed().as_secs_f64();
        assert!((9.9..10.5).contains(&took), "{took}: 60 at once and 60 in 10 s");
        let late = Instant::now() + SECOND / 4;
        assert!(lanes.enter(Lane::Methods, 5, Some(late)).await.is_err());
        assert_eq!(Instant::now(), late);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_lane_stands_still_for_the_time_named_and_is_slow_for_ten_minutes() {
        let lanes = Lanes::new(Limits::for_directory(Some(10_000)));
        let begin = Instant::now();
        lanes.enter(Lane::Methods, 1, None).await.unwrap();
        lanes.refused(Lane::Methods, Some(7 * SECOND));
        // A refusal that names less does not shorten it.
        lanes.refused(Lane::Methods, Some(SECOND));
        lanes.enter(Lane::Methods, 1, None).await.unwrap();
        assert!(begin.elapsed() >= 7 * SECOND);
        let slow = Instant::now();
        for _ in 0..15 {
            lanes.enter(Lane::Methods, 1, None).await.unwrap();
        }
        let took = slow.elapsed().as_secs_f64();
        assert!((20.0..=31.0).contains(&took), "{took}: one in two seconds");
        sleep(STRICT).await;
        let quick = Instant::now();
        for _ in 0..10 {
            lanes.enter(Lane::Methods, 1, None).await.unwrap();
        }
        assert!(quick.elapsed() < 6 * SECOND, "{:?}", quick.elapsed());
    }
}
