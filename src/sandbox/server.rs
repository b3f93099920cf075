//! Start and end of a sandbox, and what can be asked of a running one.

use super::{
    churn,
    directory::Directory,
    faults::{Fault, Meeting},
    http, import,
    options::{People, SandboxError, SandboxOptions},
    people,
    persist::Keeper,
    seen::SeenRequest,
    service::Service,
    stats::{AcceptedWrite, Stats},
    tenant::Tenant,
    wire::{Scissors, Wire},
};
use axum::Router;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::Instant};

/// How long the end waits for requests that are under way.
const GRACE: Duration = Duration::from_secs(5);

/// A running sandbox; dropping it ends it without waiting.
#[derive(Debug)]
pub struct Sandbox {
    service: Arc<Service>,
    tenant: Tenant,
    stop: watch::Sender<bool>,
    task: JoinHandle<std::io::Result<()>>,
}

/// Starts a sandbox.
pub async fn start(options: SandboxOptions) -> Result<Sandbox, SandboxError> {
    if !options.listen.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(options.listen));
    }
    let address = options.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| SandboxError::Listen { address, source })?;
    let local = listener
        .local_addr()
        .map_err(|source| SandboxError::Listen { address, source })?;
    let make = {
        let options = options.clone();
        move || match &options.folder {
            Some(folder) => Keeper::open(folder, || populate(&options))
                .map(|(keeper, directory)| (Some(keeper), directory)),
            None => populate(&options).map(|directory| (None, directory)),
        }
    };
    let (keeper, directory) = tokio::task::spawn_blocking(make)
        .await
        .map_err(|error| SandboxError::Stopped(error.to_string()))??;
    let tenant = directory.tenant.clone();
    let service = Arc::new(Service::new(
        format!("http://{local}"),
        options,
        directory,
        keeper,
    ));
    churn::start(&service);
    let (stop, mut stopped) = watch::channel(false);
    let app = Router::new()
        .fallback(http::serve)
        .with_state(Arc::clone(&service));
    let running = axum::serve(
        Wire {
            listener,
            open: Arc::clone(&service.counters.connections_open),
        },
        app.into_make_service_with_connect_info::<Scissors>(),
    )
    .with_graceful_shutdown(async move {
        // The sender going away ends it too.
        let _ = stopped.wait_for(|stop| *stop).await;
    });
    let task = tokio::spawn(running.into_future());
    Ok(Sandbox {
        service,
        tenant,
        stop,
        task,
    })
}

fn populate(options: &SandboxOptions) -> Result<Directory, SandboxError> {
    let mut tenant = Tenant::of(options.seed);
    tenant.extensions = options.extensions.clone();
    match &options.people {
        People::Empty => Ok(Directory::new(tenant)),
        People::Generated { users } => Ok(people::generate(tenant, *users, options.seed)),
        People::FromSheet(path) => import::read(path, tenant, options.seed),
    }
}

impl Sandbox {
    /// The address, `http://127.0.0.1:PORT`; Graph is under `/v1.0`, sign-in under `/{tenant}/oauth2/v2.0/token`.
    pub fn url(&self) -> String {
        self.service.base.clone()
    }

    /// The tenant's id.
    pub fn tenant_id(&self) -> &str {
        &self.tenant.tenant_id
    }

    /// The client's id.
    pub fn client_id(&self) -> &str {
        &self.tenant.client_id
    }

    /// The client's secret.
    pub fn client_secret(&self) -> &str {
        &self.tenant.client_secret
    }

    /// The verified domains, the default one first.
    pub fn domains(&self) -> &[String] {
        &self.tenant.domains
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.service.counters.read(self.user_count())
    }

    /// Accepted writes in their order.
    pub fn history(&self) -> Vec<AcceptedWrite> {
        self.service.history()
    }

    /// The requests since the last time this was asked, in their order; only with `keeps_requests`.
    pub fn take_requests(&self) -> Vec<SeenRequest> {
        self.service.take_seen()
    }

    /// The access tokens that were issued in the last hour.
    pub fn issued_tokens(&self) -> Vec<String> {
        self.service.tokens().issued()
    }

    /// How many users there are.
    pub fn user_count(&self) -> usize {
        self.service.directory().len()
    }

    /// Bytes that users and indexes take.
    pub fn memory(&self) -> usize {
        self.service.directory().bytes()
    }

    /// All users with every property, `manager` (id or null) and `roles`.
    pub fn dump(&self) -> Vec<Value> {
        self.service.directory().dump()
    }

    /// Stops those who change the directory, and says how many changes they made. After it the last one is in.
    pub fn stop_churn(&self) -> u64 {
        self.service.stop_churn()
    }

    /// The users as the store holds them, at one moment, untouched by the code that answers requests: `id`, `manager` (id or
    /// null), `deleted`, and the properties that are `set`.
    pub fn own_state(&self) -> Vec<Value> {
        let directory = self.service.directory();
        let places = 0..directory.len() as u32;
        places.filter_map(|place| directory.own(place)).collect()
    }

    /// A change behind the client's back: `property` may be a leaf (`employeeOrgData.division`) or `manager`.
    pub fn edit(&self, id_or_upn: &str, property: &str, value: Value) -> Result<(), String> {
        self.service.edit(id_or_upn, property, &value)
    }

    /// Replaces what goes wrong on purpose; a lag that `stale` brought about is over.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.service.set_faults(faults);
    }

    /// How often each of the present faults has happened, in their order.
    pub fn faults_happened(&self) -> Vec<u64> {
        self.service.faults().happened()
    }

    /// The requests that met one of the present faults, in their order; the first ten thousand.
    pub fn faults_met(&self) -> Vec<Meeting> {
        self.service.faults().meetings().to_vec()
    }

    /// Ends every code that waits and every refresh token.
    pub fn end_sign_ins(&self) {
        self.service.tokens().devices.end_all(Instant::now());
    }

    /// Ends every token issued so far.
    pub fn expire_tokens(&self) {
        self.service.tokens().expire(Instant::now());
    }

    /// Ends the server, lets requests that are under way finish, and puts a kept directory in order.
    pub async fn shutdown(mut self) -> Result<(), SandboxError> {
        let _ = self.stop.send(true);
        match tokio::time::timeout(GRACE, &mut self.task).await {
            Err(_) => self.task.abort(),
            Ok(Err(error)) => return Err(SandboxError::Stopped(error.to_string())),
            Ok(Ok(Err(error))) => return Err(SandboxError::Stopped(error.to_string())),
            Ok(Ok(Ok(()))) => {}
        }
        let service = Arc::clone(&self.service);
        tokio::task::spawn_blocking(move || service.compact())
            .await
            .map_err(|error| SandboxError::Stopped(error.to_string()))?
    }
}
