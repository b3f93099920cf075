//! One signed-in way to one tenant: the seam, the token and the pacer together. Sends once; repeating is decided elsewhere.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::call_error::CallError;
use super::challenge::Challenge;
use super::claims::Claims;
use super::error::GraphError;
use super::gate::{Gate, GateSettings};
use super::harmless::{beginning, taken_out_of};
use super::lanes::{Lane, LanePass, Lanes};
use super::limits::{Cost, Limits, Touched};
use super::newcomers::Newcomers;
use super::pacer::{PaceState, Pacer, Refused};
use super::pictures::Shelf;
use super::refusal::{exceeded, names_budget};
use super::retry::{Decision, Tries};
use super::retry_after::parse_retry_after;
use super::role_column::RolesSeen;
use super::service::{Request, Response, Sent, Service};
use super::settings::{GraphSettings, SettingsError};
use super::token::TokenSource;
use super::trouble::{ANSWER, SIGN_IN, Troubles};
use super::waiting::Waiting;
use crate::domain::Products;

/// A good answer of more than this is a page of users, and no echo of a request.
const ECHO_BYTES_MAX: usize = 256 * 1024;

/// How long the first sign-in is tried while the authority is out of order.
const SIGN_IN_PATIENCE: Duration = Duration::from_secs(60);

/// Whether a request still has to wait for its turn.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    Ask(Cost),
    /// It was waited for before, and its answer speaks of this budget.
    Taken(Touched),
    /// The same, and a refusal holds up this lane, or only this request, instead of everybody.
    Beside(Option<Lane>, Touched),
}

/// Shared by all readers and writers of a run.
#[derive(Debug)]
pub struct Session {
    graph_url: Url,
    version_root: String,
    tenant: String,
    pub(super) service: Service,
    tokens: TokenSource,
    pacer: Pacer,
    gate: Gate,
    lanes: Lanes,
    troubles: Troubles,
    pub(super) newcomers: Newcomers,
    pub(super) products: OnceCell<Option<Arc<Products>>>,
    pub(super) roles: RolesSeen,
    pub(super) shelf: Shelf,
}

impl Session {
    /// Checks the settings and prepares the client; nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn open(settings: &GraphSettings, limits: Limits) -> Result<Arc<Session>, SettingsError> {
        settings.validate()?;
        Ok(Arc::new(Session {
            graph_url: settings.graph_url.clone(),
            version_root: settings.version_root(),
            tenant: settings.tenant.clone(),
            service: Service::new(settings)?,
            tokens: TokenSource::new(settings)?,
            pacer: Pacer::new(limits),
            gate: Gate::new(GateSettings::default()),
            lanes: Lanes::new(limits),
            troubles: Troubles::default(),
            newcomers: Newcomers::default(),
            products: OnceCell::new(),
            roles: RolesSeen::default(),
            shelf: Shelf::default(),
        }))
    }

    /// Fetches a token now, so that a wrong secret is found before any work is done.
    ///
    /// # Errors
    /// [`CallError::SignIn`].
    pub async fn sign_in(&self) -> Result<(), CallError> {
        let patience = self.tokens.patience(SIGN_IN_PATIENCE);
        let mut tries = Tries::new(true, Some(Instant::now() + patience));
        loop {
            let token = self.tokens.bearer(&self.service);
            let Err(error) = self.troubles.told_if_silent(SIGN_IN, token).await else {
                self.troubles.is_over();
                return Ok(());
            };
            let error = CallError::from(error);
            let failure = error.failure();
            match tries.after(&failure) {
                Decision::Again { after, .. } => {
                    self.troubles.note_wait(&failure, tries.failed(), after);
                    tokio::time::sleep(after).await;
                }
                Decision::GiveUp | Decision::InDoubt => return Err(error),
            }
        }
    }

    /// The permissions in the token, for messages; `None` before the first request, or when the token cannot be read.
    pub async fn granted(&self) -> Option<Vec<String>> {
        self.tokens.claims().await.map(|claims| claims.granted())
    }

    /// What the token says about itself.
    pub async fn claims(&self) -> Option<Claims> {
        self.tokens.claims().await
    }

    /// As it was configured: an id or a domain.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    pub fn graph_url(&self) -> &Url {
        &self.graph_url
    }

    /// Changes the pace, once the size of the directory is known.
    pub fn set_limits(&self, limits: Limits) {
        self.pacer.set_limits(limits);
        self.lanes.set_limits(limits);
    }

    /// So many writes were sent to this tenant in the last 150 seconds, by earlier runs for instance: the burst is used only as
    /// far as the service's bucket is known to be full.
    pub fn note_spent(&self, writes: u32) {
        self.pacer.note_spent(writes);
    }

    /// What is left of the budgets, at which rate they refill, and what is waited for.
    pub fn pace_state(&self) -> PaceState {
        self.pacer.state()
    }

    /// What requests wait for at the moment.
    pub fn wait_reason(&self) -> Option<Waiting> {
        self.pacer.wait_reason()
    }

    /// How many batches of writes are in flight together. The session itself does not pass it: the worker that holds a batch
    /// enters before it waits for its turn.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Waits for a place in a lane, which is kept until the call with so many requests has been answered. The ordinary turn comes
    /// after it.
    ///
    /// # Errors
    /// [`CallError::DeadlinePassed`].
    pub async fn enter_lane(
        &self,
        lane: Lane,
        requests: u32,
        deadline: Option<Instant>,
    ) -> Result<LanePass, CallError> {
        let pass = self.lanes.enter(lane, requests, deadline).await;
        pass.map_err(|_| CallError::DeadlinePassed)
    }

    /// Starts the next request on a fresh connection; see `Decision::Again`.
    pub fn renew_connections(&self) {
        self.service.renew_connections();
    }

    /// What stands in the way at the moment, and each wait; for people who wait.
    pub(super) fn troubles(&self) -> &Troubles {
        &self.troubles
    }

    /// `{graph_url}/v1.0`
    pub(super) fn version_root(&self) -> &str {
        &self.version_root
    }

    /// The address of a path below the version root; path and query are encoded already.
    pub(super) fn address(&self, path: &str) -> Result<Url, CallError> {
        Url::parse(&format!("{}{path}", self.version_root)).map_err(|_| CallError::Unsupported {
            what: "a request that has no valid address".to_owned(),
        })
    }

    /// The address of a link that the service gave; only on the configured scheme, host and port.
    pub(super) fn link(&self, link: &str) -> Result<Url, CallError> {
        let url = Url::parse(link).map_err(|_| CallError::unreadable(200, "a link that is no address"))?;
        self.guard(&url)?;
        Ok(url)
    }

    /// Waits for the turn of a request of this cost.
    ///
    /// # Errors
    /// [`CallError::DeadlinePassed`].
    pub(super) async fn turn(&self, cost: Cost, deadline: Option<Instant>) -> Result<(), CallError> {
        let in_turn = self.pacer.acquire_until(cost, deadline).await;
        in_turn.map_err(|_| CallError::DeadlinePassed)
    }

    /// Waits until nobody is asked to wait any more, for a request whose turn has come already; it is charged no second time.
    ///
    /// # Errors
    /// [`CallError::DeadlinePassed`].
    pub(super) async fn wait_out_hold(&self, deadline: Option<Instant>) -> Result<(), CallError> {
        let over = self.pacer.wait_out_hold(deadline).await;
        over.map_err(|_| CallError::DeadlinePassed)
    }

    /// Sends once, in its turn, with a token that is good now. Any status from 300 up is an error.
    ///
    /// # Errors
    /// Every kind of [`CallError`]; nothing is repeated.
    pub(super) async fn send(
        &self,
        request: Request,
        turn: Turn,
        deadline: Option<Instant>,
    ) -> Result<Response, CallError> {
        let (response, retry_after) = self.exchange(request, turn, deadline).await?;
        if is_served(response.status.as_u16()) {
            self.answered(response.sent);
        }
        judged(response, retry_after)
    }

    /// The same for a request that carries others. Its own status says nothing about them, so a good one is no answer yet:
    /// whoever reads what is inside calls [`Session::answered`].
    ///
    /// # Errors
    /// See [`Session::send`].
    pub(super) async fn send_envelope(
        &self,
        request: Request,
        turn: Turn,
        deadline: Option<Instant>,
    ) -> Result<Response, CallError> {
        let (response, retry_after) = self.exchange(request, turn, deadline).await?;
        judged(response, retry_after)
    }

    /// One request and its answer of any status, with the wait it asks for. What the answer repeats of the token and of the request's
    /// secrets is taken out.
    async fn exchange(
        &self,
        mut request: Request,
        turn: Turn,
        deadline: Option<Instant>,
    ) -> Result<(Response, Option<Duration>), CallError> {
        self.guard(&request.url)?;
        let touched = match turn {
            Turn::Ask(cost) => {
                self.turn(cost, deadline).await?;
                cost.touched()
            }
            Turn::Taken(touched) | Turn::Beside(_, touched) => {
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    return Err(CallError::DeadlinePassed);
                }
                touched
            }
        };
        let token = self.tokens.bearer(&self.service);
        let bearer = self.troubles.told_if_silent(SIGN_IN, token).await?;
        request.headers.insert(AUTHORIZATION, bearer.header.clone());
        let secrets = std::mem::take(&mut request.secrets);
        let sent = self.service.send(request);
        let mut response = self.troubles.told_if_silent(ANSWER, sent).await?;
        response.sent.touched = touched;
        response.sent.token_generation = bearer.generation;
        let status = response.status.as_u16();
        let retry_after = match turn {
            Turn::Beside(lane, _) => self.observe_beside(lane, status, &response.headers, response.sent),
            Turn::Ask(_) | Turn::Taken(_) => self.observe(status, &response.headers, response.sent),
        };
        // A service that repeats what it was sent must not bring the token or a password into a report or a journal.
        if !response.status.is_success() || response.body.len() < ECHO_BYTES_MAX || !secrets.is_empty() {
            response.body = taken_out_of(response.body, bearer.token());
            for secret in &secrets {
                response.body = taken_out_of(response.body, secret.expose_secret());
            }
        }
        Ok((response, retry_after))
    }

    /// The service did its work: no trouble any more, and refusals from now on are not in a row.
    pub(super) fn answered(&self, sent: Sent) {
        self.pacer.answered(sent.at);
        self.troubles.is_over();
    }

    /// Takes in what an answer, or one item of a batch, says about pace and token. Gives the wait it asks for.
    pub(super) fn observe(&self, status: u16, headers: &HeaderMap, sent: Sent) -> Option<Duration> {
        let percentage = headers.get("x-ms-throttle-limit-percentage");
        let fraction: Option<f64> = percentage.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        if let Some(fraction) = fraction {
            self.pacer.observe_percentage(sent.touched, fraction, sent.at);
        }
        if status == 401 {
            self.tokens
                .reject(sent.token_generation, Challenge::read(headers));
        }
        let wish = parse_retry_after(headers, sent.date.unwrap_or_else(Timestamp::now));
        match (status, wish) {
            (429, _) => self.pacer.refused(Refused {
                exceeded: exceeded(headers, fraction.is_some(), sent.touched),
                wish,
                asked: sent.at,
            }),
            (503 | 504, Some(wish)) => self.pacer.hold_until(Instant::now() + wish),
            _ => {}
        }
        wish
    }

    /// The same for a request that the budgets of the directory do not count: being told to wait holds up its lane alone, or only
    /// itself where it has none, unless the service names a budget of the directory.
    pub(super) fn observe_beside(
        &self,
        lane: Option<Lane>,
        status: u16,
        headers: &HeaderMap,
        sent: Sent,
    ) -> Option<Duration> {
        let wish = parse_retry_after(headers, sent.date.unwrap_or_else(Timestamp::now));
        let is_wait = status == 429 || (matches!(status, 503 | 504) && wish.is_some());
        if !is_wait || names_budget(headers) {
            return self.observe(status, headers, sent);
        }
        if let Some(lane) = lane {
            self.lanes.refused(lane, wish);
        }
        wish
    }

    /// Tokens go to the configured origin and nowhere else.
    fn guard(&self, url: &Url) -> Result<(), CallError> {
        let same = url.scheme() == self.graph_url.scheme()
            && url.host_str() == self.graph_url.host_str()
            && url.port_or_known_default() == self.graph_url.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none();
        if same {
            return Ok(());
        }
        let shown = format!(
            "{}://{}{}",
            url.scheme(),
            url.host_str().unwrap_or_default(),
            url.port().map(|port| format!(":{port}")).unwrap_or_default()
        );
        Err(CallError::ForeignHost {
            host: beginning(shown.as_bytes()),
        })
    }
}

/// Whether an answer, or one inside a batch, shows that the service does its work, be it to refuse the content.
pub(super) fn is_served(status: u16) -> bool {
    matches!(status, 200..=299 | 400..=499) && !matches!(status, 401 | 408 | 429)
}

/// Any status from 300 up is an error.
fn judged(response: Response, retry_after: Option<Duration>) -> Result<Response, CallError> {
    let status = response.status.as_u16();
    if response.status.is_success() {
        return Ok(response);
    }
    if status < 400 {
        return Err(CallError::Unreadable {
            status,
            reason: "a redirection, which is not followed".to_owned(),
            request_id: response.request_id(),
        });
    }
    let mut error = GraphError::read(status, &response.headers, &response.body);
    error.client_request_id.get_or_insert(response.client_request_id);
    Err(CallError::Graph {
        error: Box::new(error),
        retry_after,
    })
}
