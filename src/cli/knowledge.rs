//! What is read beside the users when a plan changes anybody: whom the profile's filter protects, who holds roles, and
//! what the sign-in itself may do.

use std::collections::HashSet;

use super::connect::Job;
use super::error::CliError;
use super::exit::Exit;
use crate::catalogue;
use crate::domain::{Caller, Directory, Foresight, Limits, People, Plan, Sourced, UserId, UserKey};
use crate::engine::{StopReason, SurveyError, role_holders};
use crate::graph::{CallError, Claims, ListQuery, Lookup};

/// What is known of the caller; what is known of others goes into the limits.
#[derive(Debug, Default)]
pub struct Knowledge {
    granted: Vec<String>,
    is_application: bool,
}

/// Reads it once. Nothing is asked for a plan that changes nobody.
pub async fn read(plan: &Plan, limits: &mut Limits, job: Job<'_>) -> Result<Knowledge, CliError> {
    if plan.is_empty() {
        return Ok(Knowledge::default());
    }
    let claims = job.connected.session.claims().await;
    let work = async {
        let roles = role_holders(&job.connected.reader, claims.as_ref()).await?;
        let filtered = match &limits.protected_filter {
            Some(filter) => protected_by(filter, job).await?,
            None => HashSet::new(),
        };
        let listed = protected_list(&limits.protected.value, job).await?;
        Ok::<_, CliError>((roles, filtered, listed))
    };
    let (roles, filtered, (listed, listed_nobody)) = tokio::select! {
        read = work => read?,
        () = job.stop.drained() => {
            let reason = job.stop.reason().unwrap_or(StopReason::Interrupted);
            return Err(SurveyError::Stopped(reason).into());
        }
    };
    limits.people = People {
        roles: roles.holders,
        caller: roles.caller,
        own: claims.as_ref().and_then(Claims::person).and_then(UserId::parse),
        filtered,
        listed,
        listed_nobody,
    };
    Ok(Knowledge {
        is_application: claims.as_ref().is_some_and(Claims::is_application),
        granted: claims.map(|claims| claims.granted()).unwrap_or_default(),
    })
}

/// Whom the entries of the list mean now, and which of them mean nobody.
pub async fn protected_list(
    list: &[UserKey],
    job: Job<'_>,
) -> Result<(HashSet<UserId>, Vec<String>), CliError> {
    let mut listed = HashSet::new();
    let mut nobody = Vec::new();
    if list.is_empty() {
        return Ok((listed, nobody));
    }
    let columns = catalogue::by_name("id").into_iter().collect();
    let found = job.connected.reader.users_by_key(list, &columns).await?;
    for (key, lookup) in list.iter().zip(found) {
        match lookup {
            Lookup::Found(user) => {
                listed.insert(user.id);
            }
            // What the service does not take for a name is nobody's; of any other refusal it says nothing about the entry.
            Lookup::Failed(error) if error.status != 400 => return Err(not_looked_up(error.status)),
            Lookup::NotFound | Lookup::Mismatch | Lookup::Failed(_) => nobody.push(key.to_string()),
        }
    }
    Ok((listed, nobody))
}

fn not_looked_up(status: u16) -> CliError {
    let exit = match status {
        401 | 403 => Exit::SignIn,
        _ => Exit::Unavailable,
    };
    CliError::new(
        exit,
        format!(
            "a user of `guards.protected` could not be looked up (the service answered {status}), so it is not known whom the list protects; nothing was written"
        ),
    )
    .hint("the same command, or the next start of the feed, tries again; if it stays so, see whether the app may read that user")
}

/// Everybody the filter finds. The service evaluates it, so that it means what it means in an export.
pub async fn protected_by(filter: &Sourced<String>, job: Job<'_>) -> Result<HashSet<UserId>, CliError> {
    let mut pages = job.connected.reader.pages(ListQuery {
        columns: catalogue::by_name("id").into_iter().collect(),
        filter: Some(filter.value.clone()),
        page_size: None,
    });
    let mut found = HashSet::new();
    loop {
        match pages.next_page().await {
            Ok(Some(users)) => found.extend(users.iter().map(|user| user.id)),
            Ok(None) => return Ok(found),
            Err(CallError::Graph { error, .. }) if error.status == 400 => {
                return Err(CliError::usage(format!(
                    "the service does not understand the filter `{}` ({}): {}; nothing was written",
                    filter.value, filter.origin, error.message
                ))
                .hint(
                    "write it like `department eq 'Board'`; `dirsheet export --filter` shows whom it finds",
                ));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

impl Knowledge {
    /// Takes out of the plan what the service would refuse to this sign-in. What would be cleared then is counted again.
    pub fn foresee(&self, plan: &mut Plan, limits: &Limits, directory: &Directory) {
        plan.foresee(Foresight {
            caller: Caller {
                granted: &self.granted,
                roles: limits.people.caller.as_deref(),
                is_application: self.is_application,
                own: limits.people.own,
            },
            roles: &limits.people.roles,
        });
        plan.count_cleared(directory);
    }
}
