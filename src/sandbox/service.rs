//! One call of the directory: from method, path and token to an answer.
//!
//! Single requests and the calls of a batch come the same way, so that what is true of one is true of the other.

use super::{
    batch,
    directory::{Directory, Effect},
    faults::{FaultDesk, FaultKind, Nature},
    list::{self, ListPlan, Pager, Spoil},
    options::SandboxOptions,
    persist::Keeper,
    query::{Query, Target},
    relation,
    reply::{Body, Refusal, Reply, Stamp},
    select::{Caller, Expansion, Selection},
    stats::{AcceptedWrite, Counters},
    throttle::{Cost, Throttle},
    token::TokenBook,
    update,
};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::time::Instant;

/// The body of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// None.
    None,
    /// A JSON value.
    Json(Value),
    /// Something that is not JSON.
    Unreadable,
}

/// A call under the version root.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The method in capitals.
    pub method: String,
    /// The path, such as `/users/x`.
    pub path: String,
    /// What stands behind the question mark.
    pub query: String,
    /// Whether `ConsistencyLevel: eventual` was there.
    pub eventual: bool,
    /// The content type of the body.
    pub content_type: Option<String>,
    /// The body.
    pub payload: Payload,
    /// Whether it came inside a batch.
    pub item: bool,
}

impl Call {
    fn writes(&self) -> bool {
        self.method != "GET"
    }

    /// What the call is to a fault.
    pub fn nature(&self) -> Nature {
        let target = Target::read(&self.path).ok();
        let read = self.method == "GET";
        Nature {
            token: false,
            list: read && target == Some(Target::Users),
            read,
            patch: self.method == "PATCH" && matches!(target, Some(Target::User(_))),
            manager: !read && matches!(target, Some(Target::ManagerRef(_))),
            batch: target == Some(Target::Batch) && !self.item,
            item: self.item,
        }
    }
}

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
    history: Mutex<Vec<AcceptedWrite>>,
    in_flight: Mutex<HashSet<u32>>,
    keeper: Option<Mutex<Keeper>>,
    pager: Pager,
    turn: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
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

    fn directory_mut(&self) -> RwLockWriteGuard<'_, Directory> {
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
        let (result, extra) = match self.admit(call, caller) {
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

    /// Reads a call into what it asks for, and what that costs.
    fn admit(&self, call: &Call, caller: &Caller) -> Result<(Work, Cost), Refusal> {
        let target = Target::read(&call.path)?;
        let query = Query::read(&call.query)?;
        let mut cost = Cost {
            units: 1,
            writes: u32::from(call.writes()),
            sign_in: false,
        };
        let work = match (call.method.as_str(), target) {
            ("GET", Target::Users) => {
                let plan = ListPlan::read(&query, call.eventual, caller)?;
                cost.sign_in = plan.touches_sign_ins();
                cost.units = units(&query);
                Work::List(Box::new(plan))
            }
            ("GET", Target::Count) => {
                if !call.eventual {
                    return Err(Refusal::bad("$count is not currently supported."));
                }
                // The header is all that counting needs; inside it every operator may be used.
                cost.units = 2;
                let mut counted = Query::read("$count=true")?;
                if let Some(filter) = query.get("$filter") {
                    counted = Query::read(&format!("$count=true&$filter={}", super::query::encode(filter)))?;
                }
                Work::Count(Box::new(ListPlan::read(&counted, true, caller)?))
            }
            ("GET", Target::User(key)) => {
                cost.units = units(&query);
                let selection = Selection::read(query.get("$select"), false, caller)?;
                cost.sign_in = selection.has("signInActivity");
                Work::Read(
                    key,
                    selection,
                    Expansion::read(
                        &query,
                        call.eventual && query.get("$count") == Some("true"),
                        caller,
                    )?,
                )
            }
            ("GET", Target::Manager(key)) => {
                Work::Manager(key, Selection::read(query.get("$select"), false, caller)?)
            }
            ("GET", Target::ManagerRef(key)) => {
                Selection::read(None, false, caller)?;
                Work::ManagerLink(key)
            }
            ("GET", Target::Organization) => Work::Organization,
            ("PATCH", Target::User(key)) => Work::Update(key),
            ("PUT", Target::ManagerRef(key)) => Work::SetManager(key),
            ("DELETE", Target::ManagerRef(key)) => Work::RemoveManager(key),
            (_, Target::Batch) if call.item => {
                return Err(Refusal::unreadable("A batch cannot be inside a batch."));
            }
            _ => return Err(Refusal::method()),
        };
        Ok((work, cost))
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

    /// With a lag, every other read still sees what was there before.
    fn staleness(&self) -> Option<Instant> {
        (!self.options.lag.is_zero() && self.turn().is_multiple_of(2)).then(Instant::now)
    }

    fn work(
        &self,
        call: &Call,
        work: Work,
        caller: &Caller,
        stamp: &Stamp,
        fault: Option<FaultKind>,
    ) -> Result<Reply, Refusal> {
        let stale = self.staleness();
        let find =
            |directory: &Directory, key: &str| directory.resolve(key).ok_or_else(|| Refusal::absent(key));
        match work {
            Work::List(plan) => {
                self.counters.list_pages.add();
                let spoil = Spoil {
                    empty: fault == Some(FaultKind::EmptyPage),
                    stale_token: fault == Some(FaultKind::StalePage),
                };
                plan.page(&self.directory(), &self.pager, &self.base, stale, spoil)
            }
            Work::Count(plan) => {
                let total = plan.total(&self.directory(), stale);
                Ok(Reply {
                    status: 200,
                    headers: Vec::new(),
                    body: Body::Text(total.to_string()),
                })
            }
            Work::Read(key, selection, expansion) => {
                let directory = self.directory();
                let user = directory.view(find(&directory, &key)?, stale);
                let mut text = String::new();
                list::write_user(
                    &user,
                    &selection,
                    expansion.as_ref(),
                    &directory,
                    stale,
                    &mut text,
                );
                let context = list::context(&selection, expansion.as_ref());
                Ok(Reply::json(with_context(
                    &format!("{}/v1.0/$metadata#users{context}/$entity", self.base),
                    &text,
                )))
            }
            Work::Manager(key, selection) => {
                let directory = self.directory();
                let user = directory.view(find(&directory, &key)?, stale);
                let manager = user.manager.ok_or_else(|| Refusal::absent("manager"))?;
                let mut text = String::new();
                directory
                    .view(manager, stale)
                    .write(&selection.slots, &mut text, "");
                let context = format!("{}/v1.0/$metadata#directoryObjects/$entity", self.base);
                Ok(Reply::json(with_context(&context, &list::typed(&text))))
            }
            Work::ManagerLink(key) => {
                let directory = self.directory();
                let user = directory.view(find(&directory, &key)?, stale);
                let manager = user.manager.ok_or_else(|| Refusal::absent("manager"))?;
                Ok(Reply::json(
                    json!({
                        "@odata.context": format!("{}/v1.0/$metadata#$ref", self.base),
                        "@odata.id": format!("{}/v1.0/users/{}", self.base, directory.id(manager)),
                    })
                    .to_string(),
                ))
            }
            Work::Organization => self.organization(caller),
            Work::Update(key) => {
                let body = json_body(call)?;
                self.commit(call, &key, body, stamp, |directory, place| {
                    update::plan(directory, place, body, caller)
                })
            }
            Work::SetManager(key) => {
                let body = json_body(call)?;
                self.commit(call, &key, body, stamp, |directory, place| {
                    relation::set(directory, place, body, &self.base, caller)
                })
            }
            Work::RemoveManager(key) => self.commit(call, &key, &Value::Null, stamp, |directory, place| {
                relation::remove(directory, place, caller)
            }),
        }
    }

    fn organization(&self, caller: &Caller) -> Result<Reply, Refusal> {
        let readers = [
            "Organization.Read.All",
            "Organization.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ];
        if !caller.has_one(&readers) {
            return Err(Refusal::denied());
        }
        let tenant = self.directory().tenant.clone();
        let domains = tenant.domains.iter().enumerate().map(|(at, name)| {
            let initial = name == tenant.initial_domain();
            json!({"name": name, "isDefault": at == 0, "isInitial": initial, "type": "Managed", "capabilities": "Email, OfficeCommunicationsOnline"})
        });
        Ok(Reply::json(
            json!({
                "@odata.context": format!("{}/v1.0/$metadata#organization", self.base),
                "value": [{"id": tenant.tenant_id, "displayName": tenant.name, "tenantType": "AAD",
                           "verifiedDomains": domains.collect::<Vec<_>>()}],
            })
            .to_string(),
        ))
    }

    /// Carries out a write: planned, kept on disk, done, remembered, all under one lock.
    fn commit(
        &self,
        call: &Call,
        key: &str,
        body: &Value,
        stamp: &Stamp,
        plan: impl FnOnce(&Directory, u32) -> Result<Effect, Refusal>,
    ) -> Result<Reply, Refusal> {
        let mut directory = self.directory_mut();
        let place = directory.resolve(key).ok_or_else(|| Refusal::absent(key))?;
        let effect = plan(&directory, place)?;
        self.store(&mut directory, place, &effect).map_err(|_| {
            Refusal::new(
                500,
                "Service_InternalServerError",
                "The directory could not be written.",
            )
        })?;
        let mut history = lock(&self.history);
        let sequence = history.len() as u64 + 1;
        history.push(AcceptedWrite {
            sequence,
            user_id: directory.id(place),
            method: call.method.clone(),
            path: call.path.clone(),
            body: body.clone(),
            request_id: stamp.request_id.clone(),
        });
        Ok(Reply::done())
    }

    fn store(&self, directory: &mut Directory, place: u32, effect: &Effect) -> std::io::Result<()> {
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

/// What a call asks for.
#[derive(Debug)]
enum Work {
    List(Box<ListPlan>),
    Count(Box<ListPlan>),
    Read(String, Selection, Option<Expansion>),
    Manager(String, Selection),
    ManagerLink(String),
    Organization,
    Update(String),
    SetManager(String),
    RemoveManager(String),
}

/// The price of reading users: two, less with `$select` or a small `$top`, more with `$expand`, never below one.
fn units(query: &Query) -> u32 {
    let small = query
        .get("$top")
        .and_then(|top| top.parse::<u32>().ok())
        .is_some_and(|top| top < 20);
    let price = 2 + i32::from(query.get("$expand").is_some())
        - i32::from(query.get("$select").is_some())
        - i32::from(small);
    u32::try_from(price.max(1)).unwrap_or(1)
}

fn concurrent() -> Refusal {
    Refusal::new(
        409,
        "Directory_ConcurrencyViolation",
        "A conflicting change of the same object is being carried out. Try again later.",
    )
}

fn with_context(context: &str, object: &str) -> String {
    let rest = object.strip_prefix('{').unwrap_or(object);
    let comma = if rest == "}" { "" } else { "," };
    format!("{{\"@odata.context\":\"{context}\"{comma}{rest}")
}

/// The JSON body of a write.
fn json_body(call: &Call) -> Result<&Value, Refusal> {
    let json = call.content_type.as_deref().is_some_and(|kind| {
        kind.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    match &call.payload {
        Payload::None => Err(Refusal::unreadable("Empty Payload. JSON content expected.")),
        _ if !json => Err(Refusal::bad(
            "The Content-Type header of the request must be application/json.",
        )),
        Payload::Unreadable => Err(Refusal::unreadable(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )),
        Payload::Json(value) => Ok(value),
    }
}
