//! What the directory does for a call.

use super::{
    appointments, birth,
    call::{Call, Payload, Work, json_body},
    deleted, delta,
    directory::{Directory, Effect},
    extension_lists,
    faults::FaultKind,
    invitations::{self, Invited},
    licences,
    list::{self, Spoil},
    query::Target,
    relation,
    reply::{Body, Refusal, Reply, Stamp},
    security,
    select::Caller,
    service::{Service, lock},
    stats::AcceptedWrite,
    update,
};
use serde_json::{Value, json};
use tokio::time::Instant;

/// The disk of a kept directory is full, or its folder is gone.
fn not_written() -> Refusal {
    Refusal::new(
        500,
        "Service_InternalServerError",
        "The directory could not be written.",
    )
}

impl Service {
    /// With a lag, every other read still sees what was there before.
    fn staleness(&self) -> Option<Instant> {
        (!self.lag().is_zero() && self.turn().is_multiple_of(2)).then(Instant::now)
    }

    /// Does what a call asks for, once it was paid for.
    pub(super) fn work(
        &self,
        call: &Call,
        work: Work,
        caller: &Caller,
        stamp: &Stamp,
        fault: Option<&FaultKind>,
    ) -> Result<Reply, Refusal> {
        let lost = fault == Some(&FaultKind::Lost);
        let stale = self.staleness();
        let find = |directory: &Directory, key: &str| {
            directory
                .resolve_seen(key, stale)
                .ok_or_else(|| Refusal::absent(key))
        };
        match work {
            Work::List(plan) => {
                self.counters.list_pages.add();
                let spoil = Spoil {
                    empty: fault == Some(&FaultKind::EmptyPage),
                    stale_token: fault == Some(&FaultKind::StalePage),
                    late: None,
                };
                plan.page(&self.directory(), &self.pager, &self.base, stale, spoil)
            }
            Work::Delta(plan) => {
                self.counters.list_pages.add();
                match fault {
                    Some(FaultKind::DeltaExpired) => return Err(delta::expired()),
                    Some(FaultKind::DeltaReset) => return Err(delta::reset(&self.base)),
                    _ => {}
                }
                let spoil = Spoil {
                    empty: fault == Some(&FaultKind::EmptyPage),
                    stale_token: fault == Some(&FaultKind::StalePage),
                    late: match fault {
                        Some(FaultKind::LateChange(newest)) => Some(*newest),
                        _ => None,
                    },
                };
                plan.page(&self.directory(), &self.pager, &self.base, caller, spoil)
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
                if selection.has("mailboxSettings") && !user.has_mailbox() {
                    return Err(Refusal::new(
                        404,
                        "MailboxNotEnabledForRESTAPI",
                        "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
                    ));
                }
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
            Work::SubscribedSkus => licences::list(&self.directory(), &self.base, caller),
            Work::Organization => self.organization(caller),
            Work::RoleAssignments(list) => list.page(
                &self.directory(),
                caller.app_role.as_deref(),
                &self.pager,
                &self.base,
                stale,
            ),
            Work::RoleDefinitions => appointments::definitions(&self.directory(), &self.base, caller),
            Work::GiveRole => {
                let body = json_body(call)?;
                let principal = appointments::principal(body)?;
                let mut answer = None;
                let done = self.commit(call, &principal, body, stamp, lost, |directory, place| {
                    let (effect, reply) = appointments::give(directory, place, body)?;
                    answer = Some(reply);
                    Ok(effect)
                })?;
                Ok(answer.unwrap_or(done))
            }
            Work::TakeRole(id) => {
                let principal = appointments::principal_of(&id)?;
                self.commit(call, &principal, &Value::Null, stamp, lost, |directory, place| {
                    appointments::take(directory, place, &id)
                })
            }
            Work::ExtensionProperties => {
                extension_lists::list_properties(&self.directory(), json_body(call)?, &self.base)
            }
            Work::ApplicationExtensions(app) => {
                extension_lists::list_of_application(&self.directory(), &app, &self.base)
            }
            Work::SchemaExtensions(id) => Ok(extension_lists::list_schemas(
                &self.directory(),
                id.as_deref(),
                &self.base,
            )),
            Work::SecurityDefinitions(expanded) => {
                Ok(security::list(&self.directory(), expanded, &self.base))
            }
            Work::SecurityValues(id) => security::list_values(&self.directory(), &id, &self.base),
            Work::Create => self.create(call, json_body(call)?, caller, stamp, lost),
            Work::Invite => self.invite(call, json_body(call)?, caller, stamp, lost),
            Work::Update(key) => {
                let body = json_body(call)?;
                self.commit(call, &key, body, stamp, lost, |directory, place| {
                    update::plan(directory, place, body, caller)
                })
            }
            Work::SetManager(key) => {
                let body = json_body(call)?;
                self.commit(call, &key, body, stamp, lost, |directory, place| {
                    relation::set(directory, place, body, &self.base, caller)
                })
            }
            Work::RemoveManager(key) => {
                self.commit(call, &key, &Value::Null, stamp, lost, |directory, place| {
                    relation::remove(directory, place, caller)
                })
            }
            Work::Delete(key) => self.commit(call, &key, &Value::Null, stamp, lost, |directory, place| {
                deleted::delete(directory, place, caller)
            }),
            Work::ListDeleted(listing) => listing.page(&self.directory(), stale, &self.base),
            Work::ReadDeleted(id) => deleted::show(&self.directory(), &id, stale, &self.base),
            Work::Purge(id) => self.commit(call, &id, &Value::Null, stamp, lost, |directory, place| {
                deleted::purge(directory, place, caller)
            }),
            Work::Restore(id) => {
                let body = match &call.payload {
                    Payload::None => &Value::Null,
                    _ => json_body(call)?,
                };
                self.commit(call, &id, body, stamp, lost, |directory, place| {
                    deleted::restore(directory, place, body, caller)
                })?;
                deleted::restored(&self.directory(), &id, lost, &self.base)
            }
            Work::Below(key, below) if call.method == "GET" => {
                let directory = self.directory();
                let place = find(&directory, &key)?;
                below.show(&directory.view(place, stale), &self.base)
            }
            Work::Below(key, below) => {
                let body = match call.method.as_str() {
                    "DELETE" => &Value::Null,
                    _ if below.takes_bytes() => &Value::Null,
                    _ if call.payload == Payload::None && !below.needs_body() => &Value::Null,
                    _ => json_body(call)?,
                };
                let mut answer = None;
                let done = self.commit(call, &key, body, stamp, lost, |directory, place| {
                    let (effect, reply) = below.change(call, directory, place, body, &self.base, caller)?;
                    answer = Some(reply);
                    Ok(effect)
                })?;
                Ok(answer.unwrap_or(done))
            }
        }
    }

    /// Makes a user, under the same lock and with the same care as any write.
    fn create(
        &self,
        call: &Call,
        body: &Value,
        caller: &Caller,
        stamp: &Stamp,
        lost: bool,
    ) -> Result<Reply, Refusal> {
        let mut directory = self.directory_mut();
        let user = birth::plan(&directory, body, caller)?;
        if lost {
            return Ok(Reply::created("{}".to_owned()));
        }
        let place = self.bear(&mut directory, user).map_err(|_| not_written())?;
        let mut body = body.clone();
        // The first password of a user is not kept. A new one, of a PATCH, is: whoever runs this in a test can compare it.
        body["passwordProfile"]["password"] = json!("…");
        self.remember(&directory, call, place, &body, stamp);
        birth::answer(&directory, place, caller, &self.base)
    }

    /// Asks a guest in. Whoever is asked once more stays who it is, and gets a mail once more.
    fn invite(
        &self,
        call: &Call,
        body: &Value,
        caller: &Caller,
        stamp: &Stamp,
        lost: bool,
    ) -> Result<Reply, Refusal> {
        let mut directory = self.directory_mut();
        let invited = invitations::plan(&directory, body, caller)?;
        if lost {
            return Ok(Reply::created("{}".to_owned()));
        }
        let place = match invited {
            Invited::There(place) => place,
            Invited::Stranger(user) => self.bear(&mut directory, *user).map_err(|_| not_written())?,
        };
        self.remember(&directory, call, place, body, stamp);
        Ok(invitations::answer(&directory.id(place), body, &self.base))
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

    /// Carries out a write: planned, kept on disk, done, remembered, all under one lock. One that gets lost is
    /// looked at like any other, and answered as if it were done.
    fn commit(
        &self,
        call: &Call,
        key: &str,
        body: &Value,
        stamp: &Stamp,
        lost: bool,
        plan: impl FnOnce(&Directory, u32) -> Result<Effect, Refusal>,
    ) -> Result<Reply, Refusal> {
        let mut directory = self.directory_mut();
        let found = match Target::read(&call.path) {
            Ok(Target::Restore(_) | Target::Deleted(_)) => directory.resolve_deleted(key),
            _ => directory.resolve(key),
        };
        let place = found.ok_or_else(|| Refusal::absent(key))?;
        let effect = plan(&directory, place)?;
        if lost {
            return Ok(Reply::done());
        }
        self.store(&mut directory, place, &effect)
            .map_err(|_| not_written())?;
        self.remember(&directory, call, place, body, stamp);
        Ok(Reply::done())
    }

    /// Adds a write to the history.
    fn remember(&self, directory: &Directory, call: &Call, place: u32, body: &Value, stamp: &Stamp) {
        let mut history = lock(&self.history);
        let sequence = history.len() as u64 + 1;
        history.push(AcceptedWrite {
            sequence,
            user_id: directory.id(place),
            method: call.method.clone(),
            path: call.path.clone(),
            body: body.clone(),
            request_id: stamp.request_id.clone(),
            at_ms: self.elapsed_ms(),
        });
    }
}

pub(super) fn with_context(context: &str, object: &str) -> String {
    let rest = object.strip_prefix('{').unwrap_or(object);
    let comma = if rest == "}" { "" } else { "," };
    format!("{{\"@odata.context\":\"{context}\"{comma}{rest}")
}
