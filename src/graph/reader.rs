//! Reading the directory: the type that cannot write, its attempts, and the small reads.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::beside::Untold;
use super::call_error::CallError;
use super::endless::{Counted, believed};
use super::harmless::{beginning, harmless};
use super::limits::{Cost, Limits};
use super::retry::{Decision, Failure, Tries};
use super::service::{Request, Response};
use super::session::{Session, Turn};
use super::trouble::ShownHere;

/// How long one read is tried when no deadline was given.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Reads users, and what little else there is to know about a tenant. Repeats what may be repeated, up to its deadline.
#[derive(Debug, Clone)]
pub struct DirectoryReader {
    pub(super) session: Arc<Session>,
    deadline: Option<Instant>,
    pub(super) untold: Arc<Untold>,
    /// Columns that the service refused to show to this sign-in, and why.
    pub(super) closed: Arc<Mutex<Vec<(&'static str, String)>>>,
    pub(super) counted: Arc<Counted>,
}

/// The tenant itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub id: String,
    pub display_name: String,
    pub verified_domains: Vec<String>,
    /// The one of them that is the default, which issues the identities of local accounts.
    pub default_domain: Option<String>,
}

/// What is to be read out of an answer.
///
/// # Errors
/// [`CallError::Unreadable`], which names the request.
pub(super) fn readable<T>(
    response: &Response,
    read: impl Fn(&Response) -> Result<T, String>,
) -> Result<T, CallError> {
    read(response).map_err(|reason| CallError::Unreadable {
        status: response.status.as_u16(),
        reason,
        request_id: response.request_id(),
    })
}

impl DirectoryReader {
    pub fn new(session: Arc<Session>) -> DirectoryReader {
        DirectoryReader {
            session,
            deadline: None,
            untold: Arc::default(),
            closed: Arc::default(),
            counted: Arc::default(),
        }
    }

    /// Nothing is waited for beyond this moment. Without a deadline each read is tried for five minutes.
    pub fn until(mut self, deadline: Option<Instant>) -> DirectoryReader {
        self.deadline = deadline;
        self
    }

    /// The directory is this large, which decides how much may be asked of it. Where there is no budget, there is still none.
    pub fn know_size(&self, users: u64) {
        self.counted.know(users);
        if self.session.pace_state().resource_units.is_some() {
            self.session.set_limits(Limits::for_directory(Some(users)));
        }
    }

    /// How many users there are. The service counts in an index that may lag behind.
    /// <https://learn.microsoft.com/graph/aad-advanced-queries>
    ///
    /// # Errors
    /// [`CallError`], after all attempts.
    pub async fn directory_size(&self) -> Result<u64, CallError> {
        let url = self.session.address("/users/$count")?;
        let read = |response: &Response| {
            let text = String::from_utf8_lossy(&response.body);
            let number = text.trim_start_matches('\u{feff}').trim().parse();
            believed(number.map_err(|_| beginning(&response.body))?)
        };
        let request = Request::get(url).eventual();
        let users = self.get(&request, Cost::of_read(2), read).await?;
        self.counted.know(users);
        Ok(users)
    }

    /// The tenant's name and domains; `None` when the application may not read it.
    /// <https://learn.microsoft.com/graph/api/organization-list>
    ///
    /// # Errors
    /// [`CallError`], after all attempts.
    pub async fn organization(&self) -> Result<Option<Organization>, CallError> {
        let url = self
            .session
            .address("/organization?$select=id,displayName,verifiedDomains")?;
        let read = |response: &Response| {
            let list: Organizations =
                serde_json::from_slice(&response.body).map_err(|_| beginning(&response.body))?;
            Ok(list.value.into_iter().next())
        };
        match self.get(&Request::get(url), Cost::of_read(1), read).await {
            Ok(first) => Ok(first.map(Organization::from)),
            Err(CallError::Graph { error, .. }) if error.status == 403 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// When the attempts of a read that begins now must end.
    pub(super) fn end(&self) -> Instant {
        self.deadline.unwrap_or_else(|| Instant::now() + PATIENCE)
    }

    /// Sends a reading request until the answer can be read.
    pub(super) async fn get<T>(
        &self,
        request: &Request,
        cost: Cost,
        read: impl Fn(&Response) -> Result<T, String>,
    ) -> Result<T, CallError> {
        let end = Some(self.end());
        let mut tries = Tries::new(true, end);
        loop {
            let outcome = self
                .session
                .send(request.clone(), Turn::Ask(cost), end)
                .await
                .and_then(|response| readable(&response, &read));
            match outcome {
                Ok(value) => return Ok(value),
                Err(error) => self.pause(&mut tries, &error.failure()).await.ok_or(error)?,
            }
        }
    }

    /// What stands in the way of reading at the moment, and since when; `None` while all is well.
    pub fn trouble(&self) -> Option<(String, Duration)> {
        self.session.troubles().now()
    }

    /// Waits for the next wait of a second or more.
    pub async fn next_wait(&self) {
        let mut waits = self.session.troubles().waits();
        let _sender_is_ours = waits.changed().await;
    }

    /// While it lives, whoever calls shows what stands in the way.
    pub fn show_trouble_here(&self) -> ShownHere<'_> {
        self.session.troubles().show_here()
    }

    /// Waits before the next attempt; `None` when there is none.
    pub(super) async fn pause(&self, tries: &mut Tries, failure: &Failure) -> Option<()> {
        match tries.after(failure) {
            Decision::Again {
                after,
                new_connection,
                ..
            } => {
                if new_connection {
                    self.session.renew_connections();
                }
                self.session.troubles().note_wait(failure, tries.failed(), after);
                sleep(after).await;
                Some(())
            }
            // A read changes nothing, so there is nothing to doubt.
            Decision::GiveUp | Decision::InDoubt => {
                self.session.troubles().note(failure);
                None
            }
        }
    }
}

#[derive(Deserialize)]
struct Organizations {
    value: Vec<WireOrganization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOrganization {
    id: String,
    display_name: Option<String>,
    verified_domains: Option<Vec<WireDomain>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDomain {
    name: String,
    is_default: Option<bool>,
}

impl From<WireOrganization> for Organization {
    fn from(wire: WireOrganization) -> Organization {
        let domains = wire.verified_domains.unwrap_or_default();
        let default = domains.iter().find(|domain| domain.is_default == Some(true));
        Organization {
            default_domain: default.map(|domain| harmless(&domain.name, 300)),
            id: harmless(&wire.id, 100),
            display_name: harmless(&wire.display_name.unwrap_or_default(), 300),
            verified_domains: domains.iter().map(|domain| harmless(&domain.name, 300)).collect(),
        }
    }
}
