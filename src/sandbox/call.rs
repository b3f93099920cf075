//! One call under the version root: what came off the wire, what it asks for, and what that costs.

use super::{
    appointments,
    below::Below,
    deleted,
    delta::{self, DeltaPlan},
    extension_lists,
    faults::Nature,
    list::ListPlan,
    query::{Query, Target, encode},
    reply::Refusal,
    roles::Assignments,
    security,
    select::{Caller, Expansion, Selection},
    throttle::Cost,
};
use serde_json::Value;

/// The body of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// None.
    None,
    /// A JSON value.
    Json(Value),
    /// A picture, or what is said to be one.
    Bytes(Vec<u8>),
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
    /// Whether `Prefer: return=minimal` was there.
    pub minimal: bool,
    /// The content type of the body.
    pub content_type: Option<String>,
    /// The body.
    pub payload: Payload,
    /// Whether it came inside a batch.
    pub item: bool,
}

impl Call {
    /// Whether the call changes something. One that only asks is a POST all the same.
    pub fn writes(&self) -> bool {
        self.method != "GET" && Target::read(&self.path).ok() != Some(Target::ExtensionProperties)
    }

    /// Whether it is an envelope with a write in it.
    fn writes_inside(&self) -> bool {
        let Payload::Json(envelope) = &self.payload else {
            return false;
        };
        let requests = envelope.get("requests").and_then(Value::as_array);
        requests.into_iter().flatten().any(|request| {
            let method = request.get("method").and_then(Value::as_str);
            method.is_some_and(|method| !method.eq_ignore_ascii_case("GET"))
        })
    }

    /// Whom the call is about, by the ids or names in its path; of an envelope, everybody in it.
    pub fn about(&self) -> Vec<String> {
        let user = |path: &str| match Target::read(path).ok()? {
            Target::User(key)
            | Target::Manager(key)
            | Target::ManagerRef(key)
            | Target::Below(key, _)
            | Target::Deleted(key)
            | Target::Restore(key) => Some(key),
            _ => None,
        };
        let requests = match &self.payload {
            Payload::Json(envelope) => envelope.get("requests").and_then(Value::as_array),
            _ => None,
        };
        let Some(requests) = requests else {
            return user(&self.path).into_iter().collect();
        };
        let urls = requests.iter().filter_map(|request| request.get("url")?.as_str());
        urls.filter_map(|url| user(url.split('?').next().unwrap_or(url)))
            .collect()
    }

    /// Whether it goes on where another one ended, by a state token.
    fn resumes(&self) -> bool {
        let query = Query::read_tracked(&self.query).unwrap_or_default();
        let round = query.get("$deltatoken").is_some_and(delta::is_token);
        round || query.get("$skiptoken").is_some()
    }

    /// What the call is to a fault.
    pub fn nature(&self) -> Nature {
        let target = Target::read(&self.path).ok();
        let read = self.method == "GET" || target == Some(Target::ExtensionProperties);
        let patch = self.method == "PATCH" && matches!(target, Some(Target::User(_)));
        let manager = !read && matches!(target, Some(Target::ManagerRef(_)));
        Nature {
            token: false,
            list: read && target == Some(Target::Users),
            delta: read && target == Some(Target::Delta),
            resumes: read && target == Some(Target::Delta) && self.resumes(),
            read,
            patch,
            manager,
            other_write: !read
                && !patch
                && !manager
                && target.as_ref().is_some_and(|target| *target != Target::Batch),
            batch: target == Some(Target::Batch) && !self.item,
            writing: !self.item && self.writes_inside(),
            item: self.item,
        }
    }
}

/// What a call asks for.
#[derive(Debug)]
pub enum Work {
    List(Box<ListPlan>),
    Count(Box<ListPlan>),
    /// Who changed.
    Delta(Box<DeltaPlan>),
    Read(String, Selection, Option<Expansion>),
    Manager(String, Selection),
    ManagerLink(String),
    Organization,
    SubscribedSkus,
    RoleAssignments(Assignments),
    RoleDefinitions,
    /// A user gets a role.
    GiveRole,
    /// The assignment with this id goes.
    TakeRole(String),
    Update(String),
    SetManager(String),
    RemoveManager(String),
    /// A user goes to the deleted ones.
    Delete(String),
    /// The deleted users.
    ListDeleted(Box<deleted::Listing>),
    /// One of them.
    ReadDeleted(String),
    /// One of them goes for good.
    Purge(String),
    /// A deleted user comes back.
    Restore(String),
    /// A new user.
    Create,
    /// The definitions of directory extensions.
    ExtensionProperties,
    /// Those of one application.
    ApplicationExtensions(String),
    /// Those of custom security attributes; whether with their predefined values.
    SecurityDefinitions(bool),
    /// The predefined values of one.
    SecurityValues(String),
    /// Those of schema extensions, or of one.
    SchemaExtensions(Option<String>),
    /// A guest is asked in.
    Invite,
    /// Something below a user.
    Below(String, Below),
}

impl Work {
    /// Reads a call into what it asks for, and what that costs.
    pub fn read(call: &Call, caller: &Caller) -> Result<(Work, Cost), Refusal> {
        let target = Target::read(&call.path)?;
        let query = match target {
            Target::Delta => Query::read_tracked(&call.query)?,
            _ => Query::read(&call.query)?,
        };
        let mut cost = Cost {
            units: 1,
            writes: u32::from(call.writes()),
            sign_in: false,
            invitation: false,
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
                    counted = Query::read(&format!("$count=true&$filter={}", encode(filter)))?;
                }
                Work::Count(Box::new(ListPlan::read(&counted, true, caller)?))
            }
            ("GET", Target::Delta) => {
                cost.units = units(&query);
                Work::Delta(Box::new(DeltaPlan::read(&query, call.minimal, caller)?))
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
            ("GET", Target::SubscribedSkus) => {
                cost.units = 3;
                Work::SubscribedSkus
            }
            ("GET", Target::RoleAssignments) => {
                // One unit like any read without a price of its own, and one for what is expanded.
                cost.units = 1 + u32::from(query.get("$expand").is_some());
                Work::RoleAssignments(Assignments::read(&query, caller)?)
            }
            ("GET", Target::RoleDefinitions) => Work::RoleDefinitions,
            ("POST", Target::RoleAssignments) => {
                appointments::permit(caller)?;
                Work::GiveRole
            }
            ("DELETE", Target::RoleAssignment(id)) => {
                appointments::permit(caller)?;
                Work::TakeRole(id)
            }
            ("POST", Target::ExtensionProperties) => {
                extension_lists::may_read_properties(caller)?;
                Work::ExtensionProperties
            }
            ("GET", Target::ApplicationExtensions(app)) => {
                cost.units = 2;
                extension_lists::may_read_application(caller)?;
                Work::ApplicationExtensions(app)
            }
            ("GET", Target::SchemaExtensions) => {
                Work::SchemaExtensions(extension_lists::schema_wanted(&query, caller)?)
            }
            ("GET", Target::SecurityDefinitions) => {
                security::may_read(caller)?;
                cost.units = 1 + u32::from(query.get("$expand").is_some());
                Work::SecurityDefinitions(query.get("$expand") == Some("allowedValues"))
            }
            ("GET", Target::SecurityValues(id)) => {
                security::may_read(caller)?;
                Work::SecurityValues(id)
            }
            ("POST", Target::Users) => Work::Create,
            ("POST", Target::Invitations) => {
                cost.invitation = true;
                Work::Invite
            }
            ("PATCH", Target::User(key)) => Work::Update(key),
            ("DELETE", Target::User(key)) => Work::Delete(key),
            ("GET", Target::DeletedUsers) => {
                deleted::may_read(caller)?;
                Work::ListDeleted(Box::new(deleted::Listing::read(&query, call.eventual)?))
            }
            ("GET", Target::Deleted(id)) => {
                deleted::may_read(caller)?;
                Work::ReadDeleted(id)
            }
            ("DELETE", Target::Deleted(id)) => Work::Purge(id),
            ("POST", Target::Restore(id)) => Work::Restore(id),
            ("PUT", Target::ManagerRef(key)) => Work::SetManager(key),
            ("DELETE", Target::ManagerRef(key)) => Work::RemoveManager(key),
            (method, Target::Below(key, below)) => {
                below.permit(method, caller)?;
                if below.is_outlook() {
                    // Counted for each mailbox and not in the budgets of the directory.
                    cost = Cost::default();
                }
                Work::Below(key, below)
            }
            (_, Target::Batch) if call.item => {
                return Err(Refusal::unreadable("A batch cannot be inside a batch."));
            }
            _ => return Err(Refusal::method()),
        };
        Ok((work, cost))
    }
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

/// Whether a header `Prefer` asks for what changed alone.
pub fn prefers_minimal(text: &str) -> bool {
    text.split([',', ';'])
        .any(|part| part.trim().eq_ignore_ascii_case("return=minimal"))
}

/// Whether a content type is that of a picture.
pub fn is_picture(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("image/"))
}

/// The JSON body of a write.
pub fn json_body(call: &Call) -> Result<&Value, Refusal> {
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
        Payload::Unreadable | Payload::Bytes(_) => Err(Refusal::unreadable(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )),
        Payload::Json(value) => Ok(value),
    }
}
