//! Pages that are read together: how many, what held them up, and the read that goes through the gate.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::call_error::CallError;
use super::gate::{Ending, Gate, GateSettings};
use super::limits::Cost;
use super::reader::{DirectoryReader, readable};
use super::retry::Tries;
use super::service::{Request, Response};
use super::session::Turn;

/// Pages together at the most: with answers in 150 ms that is 200 pages of 999 users a second, far more than the rest of the road lasts for.
pub const PAGES_TOGETHER_MAX: u32 = 32;

/// One for all listings that are read at the same time. A clone is the same gate.
#[derive(Debug, Clone)]
pub struct PageGate {
    gate: Gate,
    told: Arc<Told>,
}

#[derive(Debug, Default)]
struct Told {
    pages: AtomicU64,
    repeated: AtomicU64,
    throttled: AtomicU64,
    budget_micros: AtomicU64,
    answer_micros: AtomicU64,
    most: AtomicU64,
}

/// How the pages were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PagePace {
    /// Answers, also those that were of no use.
    pub pages: u64,
    /// Requests that had to be sent again.
    pub repeated: u64,
    /// Answers that said "too many requests".
    pub throttled: u64,
    /// Waited for the budgets, all requests together.
    pub budget_wait: Duration,
    /// Waited for answers, all requests together.
    pub answer_wait: Duration,
    /// As many were allowed together at the most.
    pub most_together: u32,
}

impl PageGate {
    pub fn new() -> PageGate {
        PageGate {
            gate: Gate::new(GateSettings {
                max: PAGES_TOGETHER_MAX,
                ..GateSettings::default()
            }),
            told: Arc::default(),
        }
    }

    /// How many pages may be asked for together at the moment.
    pub fn limit(&self) -> u32 {
        self.gate.limit()
    }

    /// What was met so far.
    pub fn pace(&self) -> PagePace {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        PagePace {
            pages: read(&self.told.pages),
            repeated: read(&self.told.repeated),
            throttled: read(&self.told.throttled),
            budget_wait: Duration::from_micros(read(&self.told.budget_micros)),
            answer_wait: Duration::from_micros(read(&self.told.answer_micros)),
            most_together: u32::try_from(read(&self.told.most)).unwrap_or(u32::MAX),
        }
    }
}

impl Default for PageGate {
    fn default() -> PageGate {
        PageGate::new()
    }
}

fn add(number: &AtomicU64, time: Duration) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    number.fetch_add(micros, Ordering::Relaxed);
}

impl DirectoryReader {
    /// Sends a reading request through the gate until the answer can be read. What is read out of it holds up nobody.
    pub(super) async fn get_through<T>(
        &self,
        gate: &PageGate,
        request: &Request,
        cost: Cost,
        read: impl Fn(&Response) -> Result<T, String>,
    ) -> Result<T, CallError> {
        let end = Some(self.end());
        let mut tries = Tries::new(true, end);
        let told = &gate.told;
        loop {
            let mut pass = gate.gate.enter().await;
            let asked = Instant::now();
            self.session.turn(cost, end).await?;
            add(&told.budget_micros, asked.elapsed());
            pass.sends();
            told.most.fetch_max(u64::from(gate.limit()), Ordering::Relaxed);
            let sent = Instant::now();
            let outcome = self
                .session
                .send(request.clone(), Turn::Taken(cost.touched()), end)
                .await;
            let ending = match &outcome {
                Ok(_) => Ending::Good,
                Err(error) => Ending::of_failure(&error.failure()),
            };
            pass.done(sent.elapsed(), ending);
            add(&told.answer_micros, sent.elapsed());
            told.pages.fetch_add(1, Ordering::Relaxed);
            told.throttled
                .fetch_add(u64::from(ending == Ending::Throttled), Ordering::Relaxed);
            match outcome.and_then(|response| readable(&response, &read)) {
                Ok(value) => return Ok(value),
                Err(error) => {
                    self.pause(&mut tries, &error.failure()).await.ok_or(error)?;
                    told.repeated.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}
