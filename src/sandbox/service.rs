//! The directory with everything around it: budgets, tokens, faults, and who is writing to whom.

use super::{
    call::Call,
    churn::Churn,
    directory::{Directory, Effect, NewUser},
    extensions::Extensions,
    faults::{Fault, FaultDesk},
    mailbox::Mailboxes,
    options::SandboxOptions,
    pager::Pager,
    persist::Keeper,
    query::Target,
    seen::SeenRequest,
    select::Caller,
    stats::{AcceptedWrite, Counters},
    throttle::Throttle,
    token::TokenBook,
};
use serde_json::Value;
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
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
    pub(super) throttle: Mutex<Throttle>,
    faults: Mutex<FaultDesk>,
    pub(super) history: Mutex<Vec<AcceptedWrite>>,
    pub(super) seen: Mutex<Vec<SeenRequest>>,
    in_flight: Mutex<HashSet<u32>>,
    pub(super) mailboxes: Mailboxes,
    keeper: Option<Mutex<Keeper>>,
    pub(super) pager: Pager,
    extensions: Arc<Extensions>,
    turn: AtomicU64,
    started: Instant,
    /// How long reads may lag behind writes now, in milliseconds.
    lag: AtomicU64,
    pub(super) churn: Mutex<Churn>,
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// A service over a directory.
    pub fn new(
        base: String,
        options: SandboxOptions,
        mut directory: Directory,
        keeper: Option<Keeper>,
    ) -> Self {
        directory.rewrites_photos = options.rewrites_photos;
        directory.note_changes();
        let extensions = Arc::new(directory.tenant.extensions.clone());
        let now = Instant::now();
        let epoch = uuid::Uuid::new_v4().as_u64_pair().0;
        Service {
            base,
            counters: Counters::default(),
            throttle: Mutex::new(
                Throttle::new(options.quota, directory.len(), now).shared(options.others_writes_per_second),
            ),
            faults: Mutex::new(FaultDesk::new(options.faults.clone(), options.seed)),
            directory: RwLock::new(directory),
            tokens: Mutex::default(),
            history: Mutex::default(),
            seen: Mutex::default(),
            in_flight: Mutex::default(),
            mailboxes: Mailboxes::default(),
            keeper: keeper.map(Mutex::new),
            pager: Pager {
                seed: options.seed,
                epoch,
                sorted: Mutex::new(None),
            },
            extensions,
            turn: AtomicU64::new(0),
            started: now,
            lag: AtomicU64::new(milliseconds(options.lag)),
            churn: Mutex::new(Churn::of(options.seed)),
            options,
        }
    }

    /// Where the chance begins.
    pub fn seed(&self) -> u64 {
        self.options.seed
    }

    /// Takes as long as the options say. Nothing at all without a latency: even a sleep of nothing waits for the next millisecond.
    pub async fn dawdle(&self) {
        if !self.options.latency.is_zero() {
            tokio::time::sleep(self.options.latency).await;
        }
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

    /// Other faults from now on; a lag that one of them brought about is over.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        *self.faults() = FaultDesk::new(faults, self.seed());
        self.set_lag(milliseconds(self.options.lag));
    }

    /// From now on reads may lag so many milliseconds behind writes.
    pub(super) fn set_lag(&self, milliseconds: u64) {
        self.lag.store(milliseconds, Ordering::Relaxed);
    }

    pub(super) fn lag(&self) -> Duration {
        Duration::from_millis(self.lag.load(Ordering::Relaxed))
    }

    /// Milliseconds since the start.
    pub(super) fn elapsed_ms(&self) -> u64 {
        milliseconds(self.started.elapsed())
    }

    /// The accepted writes so far.
    pub fn history(&self) -> Vec<AcceptedWrite> {
        lock(&self.history).clone()
    }

    /// What whoever made a call may do: a person what the token says and their roles allow, an application what it was given.
    pub fn caller_of(&self, authorization: Option<&str>) -> Caller {
        let person = self.tokens().person(authorization).cloned();
        let caller = self.caller();
        match person {
            None => caller,
            Some(person) => Caller {
                roles: person.permissions(),
                app_role: person.roles.first().cloned(),
                ..caller
            },
        }
    }

    /// What the client may do.
    pub fn caller(&self) -> Caller {
        Caller {
            roles: self.options.roles.clone(),
            app_role: self.options.app_role.clone(),
            profile_store_open: self.options.profile_store_open,
            extensions: Arc::clone(&self.extensions),
        }
    }

    /// The next number of a sequence that decides orders.
    pub fn turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    /// The user a call writes to, if it is a write to a user who exists.
    pub fn written_place(&self, call: &Call) -> Option<u32> {
        match Target::read(&call.path) {
            // What Outlook keeps meets nothing of the directory.
            Ok(Target::Below(_, below)) if below.is_outlook() => None,
            Ok(Target::User(key) | Target::ManagerRef(key) | Target::Below(key, _)) if call.writes() => {
                self.directory().resolve(&key)
            }
            Ok(Target::Restore(id) | Target::Deleted(id)) if call.writes() => {
                self.directory().resolve_deleted(&id)
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
        let until = Some(self.lag()).filter(|lag| !lag.is_zero()).map(|lag| now + lag);
        directory.settle(now);
        directory.apply(place, effect, until);
        Ok(())
    }

    /// Adds a user and keeps it.
    pub(super) fn bear(&self, directory: &mut Directory, user: NewUser) -> std::io::Result<u32> {
        if let Some(keeper) = &self.keeper {
            lock(keeper).append_user(&user)?;
        }
        let now = Instant::now();
        directory.settle(now);
        let place = directory
            .add(user)
            .map_err(|property| std::io::Error::other(format!("`{property}` is taken")))?;
        if !self.lag().is_zero() {
            directory.hide_newborn(place, now + self.lag());
        }
        Ok(place)
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
