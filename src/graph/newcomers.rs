//! Users who are being made. Until the service has given them an id, this tool calls them by one of its own; here the two are
//! held together, so that nobody else needs to know of it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use serde_json::Value as Json;

use super::call_error::CallError;
use super::encode::Encoded;
use super::invitations::LinkKeeper;
use super::passwords;
use super::reader::DirectoryReader;
use super::session::Session;
use crate::domain::{
    Action, Columns, MadeUser, Operation, Reference, UpnKey, UserId, UserKey, UserState, Value, invitee_id,
};

/// Makes a password for each user who is made or gets a new one, and hands it to whoever is to give it to them, before the request
/// is sent.
pub trait PasswordKeeper: fmt::Debug + Send + Sync {
    /// The password of this user; the same one however often it is asked for.
    ///
    /// # Errors
    /// In words: it could not be put where it will be found again.
    fn password(&self, upn: &str) -> Result<SecretString, String>;
}

/// A new user.
#[derive(Debug)]
struct Newcomer {
    upn: String,
    /// The id of whoever has the name, as far as that was seen.
    id: Option<UserId>,
    /// Whether the answer to the making named this id, so that it is no find by name.
    is_answered: bool,
    /// Whether this run is known to have made whoever has the name. Somebody else may have taken it meanwhile, and nothing of
    /// this run is for them.
    is_ours: bool,
    /// Whether what became of the making is settled, and this run has not made the user.
    is_given_up: bool,
}

/// The new users of a run.
#[derive(Debug, Default)]
pub(super) struct Newcomers {
    known: Mutex<Known>,
    keeper: Mutex<Option<Arc<dyn PasswordKeeper>>>,
    /// Passwords that somebody chose, by the name of the user they are for.
    offered: Mutex<HashMap<String, SecretString>>,
    links: Mutex<Option<Arc<dyn LinkKeeper>>>,
}

#[derive(Debug, Default)]
struct Known {
    by_own_id: HashMap<UserId, Newcomer>,
    /// Our id by the service's, of users who are ours.
    own_ids: HashMap<UserId, UserId>,
}

impl Known {
    fn settle(&mut self, own: UserId) {
        if let Some(Newcomer {
            id: Some(id),
            is_ours: true,
            ..
        }) = self.by_own_id.get(&own)
        {
            self.own_ids.insert(*id, own);
        }
    }
}

impl Newcomers {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody has the name of a user who is to be made, and goes by our id where that user was asked for.
    pub fn meet(&self, own: UserId, user: &mut UserState) {
        let mut known = self.known();
        // Who is ours and known goes by our id already.
        if user.id != own
            && let Some(newcomer) = known.by_own_id.get_mut(&own)
            && (!newcomer.is_answered || newcomer.id == Some(user.id))
        {
            newcomer.id = Some(user.id);
            user.id = own;
            known.settle(own);
        }
    }

    fn offered(&self) -> MutexGuard<'_, HashMap<String, SecretString>> {
        self.offered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trust(&self, own: UserId, upn: &str, id: Option<UserId>) {
        let mut known = self.known();
        let newcomer = known.by_own_id.entry(own).or_insert_with(|| Newcomer {
            upn: upn.to_owned(),
            id: None,
            is_answered: false,
            is_ours: false,
            is_given_up: false,
        });
        newcomer.is_ours = true;
        if id.is_some() {
            newcomer.id = id;
            newcomer.is_answered = true;
        }
        known.settle(own);
    }

    /// The key by which the service knows a user.
    pub fn key(&self, key: &UserKey) -> UserKey {
        let UserKey::Id(own) = key else {
            return key.clone();
        };
        match self.known().by_own_id.get(own) {
            None => key.clone(),
            Some(Newcomer {
                id: Some(id),
                is_ours: true,
                ..
            }) => UserKey::Id(*id),
            Some(Newcomer { upn, .. }) => UserKey::Upn(UpnKey::new(upn)),
        }
    }

    /// The address of a guest who is known by nothing else yet.
    pub fn address_of(&self, key: &UserKey) -> Option<String> {
        let UserKey::Id(own) = key else { return None };
        match self.known().by_own_id.get(own)? {
            Newcomer {
                id: Some(_),
                is_ours: true,
                ..
            } => None,
            Newcomer { upn, .. } => (*own == invitee_id(upn)).then(|| upn.clone()),
        }
    }

    /// Calls a user that was read, and whom it points to, by the ids of this run.
    pub fn rename(&self, user: &mut UserState) {
        let known = self.known();
        if known.by_own_id.is_empty() {
            return;
        }
        if let Some(own) = known.own_ids.get(&user.id) {
            user.id = *own;
        }
        for value in &mut user.values {
            for Reference { id, .. } in value.pointed_to_mut() {
                if let Some(own) = known.own_ids.get(id) {
                    *id = *own;
                }
            }
        }
    }

    /// Puts the service's own names into a request.
    pub fn address(&self, operation: &Operation, encoded: &mut Encoded) {
        let known = self.known();
        if known.by_own_id.is_empty() {
            return;
        }
        let name = |own: &UserId| known.by_own_id.get(own)?.id.map(|id| id.to_string());
        if let Some(name) = name(&operation.user) {
            encoded.path = encoded.path.replacen(&operation.user.to_string(), &name, 1);
        }
        if let Some(name) = name(&operation.user)
            && let Some(Json::String(principal)) =
                encoded.body.as_mut().and_then(|body| body.get_mut("principalId"))
        {
            *principal = name;
        }
        let (Action::Relation { change } | Action::Resource { change }) = &operation.action else {
            return;
        };
        if let Value::Reference(Reference { id, .. }) = &change.after
            && let Some(name) = name(id)
            && let Some(Json::String(link)) = encoded.body.as_mut().and_then(|body| body.get_mut("@odata.id"))
        {
            *link = link.replacen(&id.to_string(), &name, 1);
        }
        // Of several, the one who is taken away stands in the path.
        if let Value::Reference(Reference { id, .. }) = &change.before
            && change.is_clear()
            && let Some(name) = name(id)
        {
            encoded.path = encoded.path.replacen(&id.to_string(), &name, 1);
        }
    }

    /// Adds the password to the request that makes a user or gives it a new one.
    ///
    /// # Errors
    /// Nobody keeps passwords, or the one of this user could not be kept: nothing may be sent then.
    pub fn give_password(&self, operation: &Operation, encoded: &mut Encoded) -> Result<(), String> {
        if !operation.sets_password() {
            return Ok(());
        }
        let offered = self.offered().get(&operation.upn).cloned();
        let password = match offered {
            Some(password) => password,
            None => {
                let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let keeper = keeper.ok_or("there is nowhere to put the new password")?;
                keeper.password(&operation.upn)?
            }
        };
        passwords::put(&password, encoded);
        Ok(())
    }

    /// Takes in what the service says of a user it has made.
    pub fn born(&self, operation: &Operation, body: &Json) {
        if !matches!(operation.action, Action::Create { .. }) {
            return;
        }
        let id = if operation.invitation().is_some() {
            if let Some(link) = body.get("inviteRedeemUrl").and_then(Json::as_str) {
                let links = self.links.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some(links) = links {
                    links.keep(&operation.upn, SecretString::from(link.to_owned()));
                }
            }
            body.pointer("/invitedUser/id")
        } else {
            body.get("id")
        };
        if let Some(id) = id.and_then(Json::as_str).and_then(UserId::parse) {
            let mut known = self.known();
            if let Some(newcomer) = known.by_own_id.get_mut(&operation.user) {
                newcomer.id = Some(id);
                newcomer.is_answered = true;
                newcomer.is_ours = true;
                known.settle(operation.user);
            }
        }
    }
}

impl Session {
    /// These users, by our own ids and their names, may still have to be made.
    pub fn expect_newcomers<'n>(&self, newcomers: impl Iterator<Item = (UserId, &'n str)>) {
        let mut known = self.newcomers.known();
        for (own, upn) in newcomers {
            known.by_own_id.entry(own).or_insert_with(|| Newcomer {
                upn: upn.to_owned(),
                id: None,
                is_answered: false,
                is_ours: false,
                is_given_up: false,
            });
        }
    }

    /// Who keeps the passwords of new users.
    pub fn keep_passwords(&self, keeper: Arc<dyn PasswordKeeper>) {
        *self
            .newcomers
            .keeper
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(keeper);
    }

    /// Passwords that somebody chose, by the name of the user they are for, in the place of any that were offered before.
    pub fn offer_passwords(&self, passwords: HashMap<String, SecretString>) {
        *self.newcomers.offered() = passwords;
    }

    /// Whether passwords were chosen for some users.
    pub fn offers_passwords(&self) -> bool {
        !self.newcomers.offered().is_empty()
    }

    /// Whether a password was chosen for this user.
    pub fn offers_password(&self, upn: &str) -> bool {
        self.newcomers.offered().contains_key(upn)
    }

    /// Who keeps the links of guests.
    pub fn keep_links(&self, keeper: Arc<dyn LinkKeeper>) {
        *self
            .newcomers
            .links
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(keeper);
    }

    /// The service's id of a user whom this run has made; from now on the user is called by it, as anybody else is.
    pub fn let_go(&self, own: UserId) -> Option<UserId> {
        let mut known = self.newcomers.known();
        let id = match known.by_own_id.get(&own)? {
            Newcomer {
                id: Some(id),
                is_ours: true,
                ..
            } => *id,
            _ => return None,
        };
        known.by_own_id.remove(&own);
        known.own_ids.remove(&id);
        Some(id)
    }

    /// This run has made these users, as a look after a doubtful answer says.
    pub fn trust_newcomers<'n>(&self, made: impl Iterator<Item = (UserId, &'n str)>) {
        made.for_each(|(own, upn)| self.newcomers.trust(own, upn, None));
    }

    /// This run has made these users, as its journal says; who has an id there is not looked for by name.
    pub fn trust_made<'n>(&self, made: impl Iterator<Item = &'n MadeUser>) {
        made.for_each(|user| self.newcomers.trust(user.own, &user.upn, user.id));
    }

    /// The service's id of a user whom this run has made, where the answer to the making named it.
    pub fn id_as_answered(&self, own: UserId) -> Option<UserId> {
        let known = self.newcomers.known();
        let newcomer = known.by_own_id.get(&own)?;
        newcomer.id.filter(|_| newcomer.is_answered)
    }

    /// This run was to make these users, and did not: nobody has to wait for them.
    pub fn give_up_newcomers<'n>(&self, unmade: impl Iterator<Item = (UserId, &'n str)>) {
        let unmade: Vec<(UserId, &str)> = unmade.collect();
        self.expect_newcomers(unmade.iter().copied());
        let mut known = self.newcomers.known();
        for (own, _) in unmade {
            if let Some(newcomer) = known.by_own_id.get_mut(&own) {
                newcomer.is_given_up = true;
            }
        }
    }

    /// Whether it is settled that this run does not make this new user.
    pub fn is_given_up(&self, user: UserId) -> bool {
        let known = self.newcomers.known();
        let newcomer = known.by_own_id.get(&user);
        newcomer.is_some_and(|newcomer| newcomer.is_given_up && !newcomer.is_ours)
    }

    /// Whether this run has made this new user, and where it is known by which id.
    pub fn is_born(&self, user: UserId) -> bool {
        let known = self.newcomers.known();
        let newcomer = known.by_own_id.get(&user);
        newcomer.is_some_and(|newcomer| newcomer.is_ours && newcomer.id.is_some())
    }
}

impl DirectoryReader {
    /// This run has made these users.
    pub fn trust_newcomers<'n>(&self, made: impl Iterator<Item = (UserId, &'n str)>) {
        self.session.trust_newcomers(made);
    }

    /// The same, and whoever was made already, perhaps by an earlier process, is found by name.
    ///
    /// # Errors
    /// [`CallError`] when a whole request failed after all attempts; not to be there is none.
    pub async fn meet_newcomers<'n>(
        &self,
        newcomers: impl Iterator<Item = (UserId, &'n str)>,
    ) -> Result<(), CallError> {
        self.session.expect_newcomers(newcomers);
        let unmet: Vec<UserKey> = {
            let known = self.session.newcomers.known();
            let unmet = known
                .by_own_id
                .iter()
                .filter(|(_, newcomer)| newcomer.id.is_none());
            unmet.map(|(own, _)| UserKey::Id(*own)).collect()
        };
        if unmet.is_empty() {
            return Ok(());
        }
        // Finding whoever has the name is learning the id.
        self.users_by_key(&unmet, &Columns::from([])).await?;
        Ok(())
    }
}
