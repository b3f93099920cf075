//! The directory with everything around it: each call is charged, may meet a fault, and is then carried out.
//!
//! Single requests and the calls of a batch come the same way, so that what is true of one is true of the other.

use super::{
    batch,
    call::{Call, Work},
    directory::{Directory, Effect},
    faults::{FaultDesk, FaultKind},
    options::SandboxOptions,
    pager::Pager,
    persist::Keeper,
    query::Target,
    reply::{Body, Refusal, Reply, Stamp},
    select::Caller,
    stats::{AcceptedWrite, Counters},
    throttle::{Cost, Throttle},
    token::TokenBook,
};
use serde_json::Value;
use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::time::Instant;

/// The directory with everything around it.
#[derive(Debug)]
pub struct Service {
    /// The address of the server, `http://127.0.0.1:PORT`.
    pub base: String,
    /// What it was started with.
    pub options: SandboxOptions,
    /// The counters.
    pub counters: Counters,
    directory: RwLock<Directory>,
    tokens: Mutex<TokenBook>,
    throttle: Mutex<Throttle>,
    faults: Mutex<FaultDesk>,
    pub(super) history: Mutex<Vec<AcceptedWrite>>,
    in_flight: Mutex<HashSet<u32>>,
    keeper: Option<Mutex<Keeper>>,
    pub(super) pager: Pager,
    turn: AtomicU64,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// A service over a directory.
    pub fn new(base: String, options: SandboxOptions, directory: Directory, keeper: Option<Keeper>) -> Self {
        let now = Instant::now();
        let epoch = uuid::Uuid::new_v4().as_u64_pair().0;
        Service {
            base,
            counters: Counters::default(),
            throttle: Mutex::new(Throttle::new(options.quota, directory.len(), now)),
            faults: Mutex::new(FaultDesk::new(options.faults.clone(), options.seed)),
            directory: RwLock::new(directory),
            tokens: Mutex::default(),
            history: Mutex::default(),
            in_flight: Mutex::default(),
            keeper: keeper.map(Mutex::new),
            pager: Pager {
                seed: options.seed,
                epoch,
                sorted: Mutex::new(None),
            },
            turn: AtomicU64::new(0),
            options,
        }
    }

    /// Where the chance begins.
    pub fn seed(&self) -> u64 {
        self.options.seed
    }

    /// The directory, to be read.
    pub fn directory(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn directory_mut(&self) -> RwLockWriteGuard<'_, Directory> {
        self.directory.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tokens.
    pub fn tokens(&self) -> MutexGuard<'_, TokenBook> {
        lock(&self.tokens)
    }

    /// The faults.
    pub fn faults(&self) -> MutexGuard<'_, FaultDesk> {
        lock(&self.faults)
    }

    /// The accepted writes so far.
    pub fn history(&self) -> Vec<AcceptedWrite> {
        lock(&self.history).clone()
    }

    /// What the client may do.
    pub fn caller(&self) -> Caller {
        Caller {
            roles: self.options.roles.clone(),
            app_role: self.options.app_role.clone(),
        }
    }

    /// The next number of a sequence that decides orders.
    pub fn turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    /// The user a call writes to, if it is a write to a user who exists.
    pub fn written_place(&self, call: &Call) -> Option<u32> {
        match Target::read(&call.path) {
            Ok(Target::User(key) | Target::ManagerRef(key)) if call.writes() => {
                self.directory().resolve(&key)
            }
            _ => None,
        }
    }

    /// Takes users for writing; those that another request has already are given back apart.
    pub fn claim(&self, places: impl IntoIterator<Item = u32>) -> Claim<'_> {
        let mut held = lock(&self.in_flight);
        let (mut mine, mut blocked) = (HashSet::new(), HashSet::new());
        for place in places {
            if mine.contains(&place) || held.insert(place) {
                mine.insert(place);
            } else {
                blocked.insert(place);
            }
        }
        Claim {
            service: self,
            mine,
            blocked,
        }
    }

    /// Answers one call. `meets`: another request writes to the same user just now.
    pub fn answer(
        &self,
        call: &Call,
        caller: &Caller,
        stamp: &Stamp,
        meets: bool,
        fault: Option<FaultKind>,
    ) -> Reply {
        let writes = call.writes();
        if writes {
            self.counters.writes_received.add()
        } else {
            self.counters.reads.add()
        }
        let fault = if call.item {
            self.faults().next(call.nature())
        } else {
            fault
        };
        let (result, extra) = match Work::read(call, caller) {
            Ok((work, cost)) => self.charged(call, work, cost, caller, stamp, meets, fault),
            Err(refusal) => {
                // What cannot be read costs as much as what can.
                let cost = Cost {
                    units: 1,
                    writes: u32::from(writes),
                    sign_in: false,
                };
                let (decision, headers) = self.charge(cost);
                (Err(decision.unwrap_or(refusal)), headers)
            }
        };
        let mut reply = result.unwrap_or_else(|refusal| refusal.reply(stamp));
        reply.headers.extend(extra);
        if reply.status == 429 {
            self.counters.throttled.add();
        }
        if writes {
            let counters = &self.counters;
            if reply.status < 400 {
                counters.writes_accepted.add()
            } else {
                counters.writes_refused.add()
            }
        }
        reply
    }

    /// Charges the budgets: the refusal, if one is used up, and the headers that tell.
    fn charge(&self, cost: Cost) -> (Option<Refusal>, Vec<(&'static str, String)>) {
        let decision = lock(&self.throttle).take(cost, Instant::now());
        let mut headers = Vec::new();
        if let Some(percentage) = decision.percentage {
            headers.push(("x-ms-throttle-limit-percentage", format!("{percentage:.2}")));
        }
        let refused = decision.refused.map(|wait| {
            let directory = self.directory();
            let scope = format!(
                "Tenant_Application/{}/{}/{}",
                decision.limit, directory.tenant.client_id, directory.tenant.tenant_id
            );
            headers.push(("x-ms-throttle-scope", scope));
            headers.push(("x-ms-throttle-information", decision.information.to_owned()));
            Refusal::throttled(wait)
        });
        (refused, headers)
    }

    #[allow(clippy::too_many_arguments)]
    fn charged(
        &self,
        call: &Call,
        work: Work,
        cost: Cost,
        caller: &Caller,
        stamp: &Stamp,
        meets: bool,
        fault: Option<FaultKind>,
    ) -> (Result<Reply, Refusal>, Vec<(&'static str, String)>) {
        let (refused, mut headers) = self.charge(cost);
        let result = match (refused, fault) {
            (Some(refusal), _) => Err(refusal),
            (None, Some(FaultKind::TooMany(wait))) => Err(Refusal::throttled(wait)),
            (None, Some(FaultKind::Unavailable)) => Err(Refusal::new(
                503,
                "ServiceUnavailable",
                "The service is temporarily unavailable.",
            )),
            (None, Some(FaultKind::GatewayEmpty)) => Ok(Reply {
                status: 504,
                headers: Vec::new(),
                body: Body::Empty,
            }),
            (None, Some(FaultKind::Internal)) => Err(Refusal::new(
                500,
                "Service_InternalServerError",
                "Encountered an internal server error.",
            )),
            (None, Some(FaultKind::Concurrent)) => Err(concurrent()),
            (None, _) if meets => Err(concurrent()),
            (None, fault) => self.work(call, work, caller, stamp, fault),
        };
        if result.is_ok() {
            headers.push(("x-ms-resource-unit", cost.units.to_string()));
        }
        (result, headers)
    }

    pub(super) fn store(
        &self,
        directory: &mut Directory,
        place: u32,
        effect: &Effect,
    ) -> std::io::Result<()> {
        if let Some(keeper) = &self.keeper {
            lock(keeper).append(directory, place, effect)?;
        }
        let now = Instant::now();
        let until = (!self.options.lag.is_zero()).then(|| now + self.options.lag);
        directory.settle(now);
        directory.apply(place, effect, until);
        Ok(())
    }

    /// A change behind the client's back.
    pub fn edit(&self, key: &str, property: &str, value: &Value) -> Result<(), String> {
        let mut directory = self.directory_mut();
        let place = directory
            .resolve(key)
            .ok_or_else(|| format!("there is no user `{key}`"))?;
        let effect = super::edit::effect(&directory, place, property, value)?;
        self.store(&mut directory, place, &effect)
            .map_err(|error| error.to_string())
    }

    /// Writes the whole directory to its folder, when it has one.
    pub fn compact(&self) -> Result<(), super::options::SandboxError> {
        match &self.keeper {
            Some(keeper) => lock(keeper).compact(&self.directory()),
            None => Ok(()),
        }
    }

    /// Answers a batch.
    pub fn batch(
        &self,
        envelope: &[batch::Item],
        caller: &Caller,
        stamp: &Stamp,
        blocked: &HashSet<u32>,
    ) -> Reply {
        self.counters.batches.add();
        batch::run(self, envelope, caller, stamp, blocked, self.turn())
    }
}

/// Users that one request writes to.
#[derive(Debug)]
pub struct Claim<'a> {
    service: &'a Service,
    mine: HashSet<u32>,
    /// Users that another request writes to.
    pub blocked: HashSet<u32>,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut held = lock(&self.service.in_flight);
        for place in &self.mine {
            held.remove(place);
        }
    }
}

fn concurrent() -> Refusal {
    Refusal::new(
        409,
        "Directory_ConcurrencyViolation",
        "A conflicting change of the same object is being carried out. Try again later.",
    )
}
