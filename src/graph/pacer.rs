//! The pace of the whole run: two budgets, two queues, one shared "not before".
//!
//! A caller takes its turn in a fair queue and keeps it until the shared hold has passed and both budgets have room; so a batch
//! of twenty is never overtaken for ever by single reads, and a `Retry-After` stops everybody, not only the one who got it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::bucket::{Bucket, Fill};
use super::limits::{Cost, Limits, Touched};
use super::spacing::{PERCENTAGE_FIRST, Spacing};
use super::waiting::{Queue, WaitReason, Waiting, Waits};

/// A 429 without a wish stops everybody for this long, because refused calls count as well; the next one twice as long.
const HOLD_FIRST: Duration = Duration::from_secs(2);
/// The longest hold of our own; the service may ask for more.
const HOLD_MAX: Duration = Duration::from_secs(64);
/// From the second refusal in a row on, a shorter wish than this is not believed.
const HOLD_AGAIN_MIN: Duration = Duration::from_secs(1);
/// The longest pause after a report that others use the budget.
const LOOK_AROUND_MAX: Duration = Duration::from_secs(2);
/// Who waits looks again after this time, in case more is known by then.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How the pacer stands at the moment, for display.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaceState {
    /// `None` without a limit.
    pub writes: Option<Fill>,
    /// `None` without a limit.
    pub resource_units: Option<Fill>,
    /// `None` while the way is free. Writes before reads: what holds up the writes holds up the run.
    pub waiting: Option<Waiting>,
}

/// The deadline passed while a request waited for its turn; it was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadlinePassed;

/// What a 429 is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exceeded {
    /// The service says that this budget is used up.
    Budget(Touched),
    /// It says nothing; if it is a budget, then this one.
    Perhaps(Touched),
    /// It says that something else is used up.
    Other,
}

/// A request that the service refused with 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub exceeded: Exceeded,
    /// How long the service asks to wait.
    pub wish: Option<Duration>,
    /// When the request left.
    pub asked: Instant,
}

/// One for the whole run, shared by everything that sends.
#[derive(Debug)]
pub struct Pacer {
    /// The two queues; see [`Queue`].
    writes: tokio::sync::Mutex<()>,
    reads: tokio::sync::Mutex<()>,
    shared: Mutex<Shared>,
}

#[derive(Debug)]
struct Shared {
    resource_units: Option<Bucket>,
    writes: Option<Bucket>,
    spacing: Spacing,
    not_before: Option<Instant>,
    /// Others use the budget as well, and the answers under way will tell how much.
    look_around_until: Option<Instant>,
    refusals_in_a_row: u32,
    /// When the hold of the last refusal ends: what was asked before tells nothing new.
    refused_until: Option<Instant>,
    waits: Waits,
    /// How many wait in no queue, for the end of the hold only.
    held_up: usize,
}

impl Pacer {
    pub fn new(limits: Limits) -> Pacer {
        Pacer {
            writes: tokio::sync::Mutex::default(),
            reads: tokio::sync::Mutex::default(),
            shared: Mutex::new(Shared {
                resource_units: limits.resource_units.and_then(Bucket::new),
                writes: limits.writes.and_then(Bucket::new),
                spacing: Spacing::default(),
                not_before: None,
                look_around_until: None,
                refusals_in_a_row: 0,
                refused_until: None,
                waits: Waits::default(),
                held_up: 0,
            }),
        }
    }

    /// Changes the budgets, for instance when the size of the directory is known. What was used of a budget stays used, and a
    /// budget where there was none begins empty, so that a change never gives more than a window holds.
    pub fn set_limits(&self, limits: Limits) {
        let mut shared = self.shared();
        Bucket::adapt(&mut shared.resource_units, limits.resource_units);
        Bucket::adapt(&mut shared.writes, limits.writes);
    }

    /// So many writes were sent a short time ago by somebody we know of: an earlier run, or another process. They are taken
    /// out of the budget as if they had been sent now.
    pub fn note_spent(&self, writes: u32) {
        if let Some(bucket) = &mut self.shared().writes {
            bucket.charge(writes);
        }
    }

    /// Waits until a request of this cost may be sent.
    pub async fn acquire(&self, cost: Cost) {
        let queue = Queue::of(cost);
        let _turn = match queue {
            Queue::Writes => self.writes.lock().await,
            Queue::Reads => self.reads.lock().await,
        };
        // Whatever happens to this future, the state shown must not stay behind.
        let _shown = Shown(self, queue);
        let mut need = cost;
        loop {
            let obstacle = self.shared().obstacle(&mut need, queue);
            let Some(waiting) = obstacle else { break };
            sleep_until(waiting.until.min(Instant::now() + LOOK_AGAIN)).await;
        }
        self.shared().space(cost);
    }

    /// The same, but gives up at the deadline.
    ///
    /// # Errors
    /// [`DeadlinePassed`]; nothing was sent.
    pub async fn acquire_until(&self, cost: Cost, deadline: Option<Instant>) -> Result<(), DeadlinePassed> {
        in_time(deadline, self.acquire(cost)).await
    }

    /// Waits until the shared hold is over, for a request whose turn has come already: it stands in no queue, and nothing is
    /// charged. A hold that grows meanwhile is kept to. May be dropped at any moment.
    ///
    /// # Errors
    /// [`DeadlinePassed`].
    pub async fn wait_out_hold(&self, deadline: Option<Instant>) -> Result<(), DeadlinePassed> {
        let hold = async {
            let _held_up = HeldUp::new(self);
            loop {
                let hold = self.shared().hold();
                let Some(hold) = hold else { break };
                sleep_until(hold.until).await;
            }
        };
        in_time(deadline, hold).await
    }

    /// Nobody sends before this moment; of several moments the latest counts.
    pub fn hold_until(&self, moment: Instant) {
        self.shared().hold_until(moment);
    }

    /// Takes in `x-ms-throttle-limit-percentage`, a fraction of the limit that the service sends from 0.8 upward. `touched` is
    /// the budget it speaks of, `asked` when the request left.
    ///
    /// It is a measurement. If more is used than we used ourselves, others use the same budget, and the difference is taken out
    /// of our bucket. What we have in flight is not in the report yet, so one round trip is waited for the answers that tell.
    /// A report that agrees with us is no reason to slow down. Without a budget requests are spaced instead.
    pub fn observe_percentage(&self, touched: Touched, fraction: f64, asked: Instant) {
        if !fraction.is_finite() || fraction < PERCENTAGE_FIRST {
            return;
        }
        let mut shared = self.shared();
        match shared.bucket(touched) {
            Some(bucket) => {
                if bucket.report(fraction, asked) {
                    let now = Instant::now();
                    let round_trip = now.saturating_duration_since(asked);
                    shared.look_around_until = Some(now + round_trip.min(LOOK_AROUND_MAX));
                }
            }
            None => shared.spacing.report(fraction),
        }
    }

    /// The service refused with 429: everybody waits, the budget is empty after that, and less of its rate is believed to be
    /// ours for a while. A volley of refusals, as of the items of one batch, counts once.
    ///
    /// A budget that is used up comes with its name or with a percentage. A refusal that has neither is passing trouble at
    /// first; when nothing succeeds between it and the next, it is taken for the budget.
    pub(super) fn refused(&self, refused: Refused) {
        let now = Instant::now();
        let mut shared = self.shared();
        let is_news = shared.refused_until.is_none_or(|until| refused.asked >= until);
        let in_a_row = shared.refusals_in_a_row;
        let until = match (refused.wish, is_news) {
            (Some(wish), false) => now + wish,
            (Some(wish), true) if in_a_row > 0 => now + wish.max(HOLD_AGAIN_MIN),
            (Some(wish), true) => now + wish,
            (None, true) => {
                let doubled = HOLD_FIRST.saturating_mul(1 << in_a_row.min(16));
                now + doubled.min(HOLD_MAX)
            }
            (None, false) => now,
        };
        if is_news {
            shared.refusals_in_a_row = in_a_row.saturating_add(1);
        }
        shared.refused_until = shared.refused_until.max(Some(until));
        shared.hold_until(until);
        let until = shared.not_before.unwrap_or(until);
        let budget = match refused.exceeded {
            Exceeded::Budget(budget) => Some(budget),
            Exceeded::Perhaps(budget) if shared.refusals_in_a_row > 1 => Some(budget),
            Exceeded::Perhaps(_) | Exceeded::Other => None,
        };
        if let Some(bucket) = budget.and_then(|budget| shared.bucket(budget)) {
            bucket.refused(until, is_news);
        }
    }

    /// The service did what was asked: refusals from now on are not consecutive.
    pub(super) fn answered(&self, asked: Instant) {
        let mut shared = self.shared();
        if shared.refused_until.is_none_or(|until| asked >= until) {
            shared.refusals_in_a_row = 0;
        }
    }

    /// What requests wait for at the moment, writes before reads; `None` when the way is free.
    pub fn wait_reason(&self) -> Option<Waiting> {
        self.shared().waiting()
    }

    /// What is left of the budgets, at which rate they refill, and what is waited for.
    pub fn state(&self) -> PaceState {
        let shared = self.shared();
        PaceState {
            writes: shared.writes.as_ref().map(Bucket::fill),
            resource_units: shared.resource_units.as_ref().map(Bucket::fill),
            waiting: shared.waiting(),
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn bucket(&mut self, touched: Touched) -> Option<&mut Bucket> {
        match touched {
            Touched::ResourceUnits => self.resource_units.as_mut(),
            Touched::Writes => self.writes.as_mut(),
        }
    }

    fn hold_until(&mut self, moment: Instant) {
        self.not_before = self.not_before.max(Some(moment));
    }

    fn waiting(&self) -> Option<Waiting> {
        let held_up = if self.held_up > 0 { self.hold() } else { None };
        held_up.or_else(|| self.waits.shown())
    }

    /// What the first of a queue waits for, whose request still needs this much. What can be taken of it is taken.
    fn obstacle(&mut self, need: &mut Cost, queue: Queue) -> Option<Waiting> {
        let waiting = self.barrier().or_else(|| {
            let budgets = [
                (
                    WaitReason::ResourceUnits,
                    &mut self.resource_units,
                    &mut need.resource_units,
                ),
                (WaitReason::Writes, &mut self.writes, &mut need.writes),
            ];
            budgets.into_iter().find_map(|(reason, bucket, units)| {
                let bucket = bucket.as_mut()?;
                let until = bucket.take(units)?;
                let reason = if bucket.is_in_debt() {
                    WaitReason::NearLimit
                } else {
                    reason
                };
                Some(Waiting { reason, until })
            })
        });
        self.waits.set(queue, waiting);
        waiting
    }

    /// What stands before the budgets: the shared hold, then the spacing.
    fn barrier(&self) -> Option<Waiting> {
        self.hold()
            .or_else(|| ahead(self.look_around_until, WaitReason::NearLimit))
            .or_else(|| ahead(self.spacing.until(), WaitReason::NearLimit))
    }

    /// The shared hold, while it lasts.
    fn hold(&self) -> Option<Waiting> {
        ahead(self.not_before, WaitReason::RetryAfter)
    }

    fn space(&mut self, cost: Cost) {
        let unless = |bucket: &Option<Bucket>, units| if bucket.is_some() { 0 } else { units };
        let units = unless(&self.resource_units, cost.resource_units).max(unless(&self.writes, cost.writes));
        self.spacing.after(units);
    }
}

fn ahead(moment: Option<Instant>, reason: WaitReason) -> Option<Waiting> {
    let now = Instant::now();
    let until = moment.filter(|moment| *moment > now)?;
    Some(Waiting { reason, until })
}

/// What is waited for, up to the deadline; not at all when that has passed already.
async fn in_time(deadline: Option<Instant>, wait: impl Future<Output = ()>) -> Result<(), DeadlinePassed> {
    let Some(deadline) = deadline else {
        wait.await;
        return Ok(());
    };
    if Instant::now() >= deadline {
        return Err(DeadlinePassed);
    }
    timeout_at(deadline, wait).await.map_err(|_| DeadlinePassed)
}

/// Takes the shown state back when its waiter leaves, also when it is cancelled.
struct Shown<'a>(&'a Pacer, Queue);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.0.shared().waits.set(self.1, None);
    }
}

/// Counts one who waits for the end of the hold, until that one leaves.
struct HeldUp<'a>(&'a Pacer);

impl<'a> HeldUp<'a> {
    fn new(pacer: &'a Pacer) -> HeldUp<'a> {
        pacer.shared().held_up += 1;
        HeldUp(pacer)
    }
}

impl Drop for HeldUp<'_> {
    fn drop(&mut self) {
        let mut shared = self.0.shared();
        shared.held_up = shared.held_up.saturating_sub(1);
    }
}
