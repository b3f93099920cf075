//! What lies below a user under an address of its own: `/users/{id}/…`. Each kind of it is a file here.

mod licences;
mod methods;
mod photo;
mod sessions;
mod sponsors;

use super::{
    call::Call,
    directory::{Directory, Effect},
    reply::{Refusal, Reply},
    select::Caller,
    view::View,
};
use serde_json::Value;

/// A path below a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Below {
    /// `authentication/phoneMethods` and `authentication/emailMethods`, alone or with the id of a method.
    Methods(methods::Target),
    /// `assignLicense`, an action.
    AssignLicense,
    /// `sponsors` and the references in it.
    Sponsors(sponsors::Target),
    /// `photo`, `photo/$value`, `photos/{size}/$value`.
    Photo(photo::Target),
    /// `revokeSignInSessions`, an action.
    Sessions,
}

impl Below {
    /// Reads the segments behind the user's key; `None` where there is nothing of that name.
    pub fn read(segments: &[&str]) -> Option<Below> {
        match segments {
            ["authentication", rest @ ..] => methods::Target::read(rest).map(Below::Methods),
            ["sponsors", rest @ ..] => sponsors::Target::read(rest).map(Below::Sponsors),
            ["assignLicense"] => Some(Below::AssignLicense),
            ["photo" | "photos", ..] => photo::Target::read(segments).map(Below::Photo),
            ["revokeSignInSessions"] => Some(Below::Sessions),
            _ => None,
        }
    }

    /// Whether Outlook keeps it, which counts for each mailbox.
    pub fn is_outlook(&self) -> bool {
        matches!(self, Below::Photo(_))
    }

    /// Whether its body is no JSON.
    pub fn takes_bytes(&self) -> bool {
        matches!(self, Below::Photo(_))
    }

    /// Whether a write without a body is no write.
    pub fn needs_body(&self) -> bool {
        match self {
            Below::Methods(_) | Below::Photo(_) | Below::AssignLicense | Below::Sponsors(_) => true,
            Below::Sessions => false,
        }
    }

    /// Whether a caller may do this at all; a method that is not spoken here is refused as well.
    pub fn permit(&self, method: &str, caller: &Caller) -> Result<(), Refusal> {
        match self {
            Below::Methods(target) => target.permit(method, caller),
            Below::AssignLicense => licences::permit(method, caller),
            Below::Sponsors(target) => target.permit(method, caller),
            Below::Photo(target) => target.permit(method, caller),
            Below::Sessions => sessions::permit(method, caller),
        }
    }

    /// The answer to a GET.
    pub fn show(&self, user: &View<'_>, base: &str) -> Result<Reply, Refusal> {
        match self {
            Below::Methods(target) => target.show(user, base),
            Below::Sponsors(target) => target.show(user, base),
            Below::AssignLicense => Err(Refusal::method()),
            Below::Photo(target) => target.show(user, base),
            Below::Sessions => Err(Refusal::method()),
        }
    }

    /// What a write does, and its answer.
    pub fn change(
        &self,
        call: &Call,
        directory: &Directory,
        place: u32,
        body: &Value,
        base: &str,
        caller: &Caller,
    ) -> Result<(Effect, Reply), Refusal> {
        match self {
            Below::Methods(target) => target.change(&call.method, directory, place, body, caller),
            Below::AssignLicense => licences::assign(directory, place, body),
            Below::Sponsors(target) => target.change(directory, place, body, base),
            Below::Photo(target) => target.change(call, directory, place),
            Below::Sessions => Ok(sessions::revoke(directory, place)),
        }
    }
}
