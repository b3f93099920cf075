//! The HTTP edge to Microsoft Graph: sign-in, pace, reading and writing. It knows HTTP, the catalogue and the domain, and no files.
//!
//! ```text
//! settings         which tenant, where, as whom; only https, or http on this machine
//! service          one request in, one answer out; transport tells why none came
//! credential       with what an application proves itself; certificate signs for it
//! token, claims    one token for all workers; token_endpoint is who gives it; challenge is what the service asks of the next; sign_in tells why there is none
//! limits, bucket   how much may be asked, and one budget as it is used and measured
//! pacer, spacing   the queue in which everything waits its turn; spacing is for a service without known budgets
//! waiting          why requests wait, for display
//! lanes            what the service counts beside the directory: authentication methods
//! gate             how many requests are in flight together
//! session          seam, token, pacer, lanes and gate as one: sends once, learns from every answer
//! call_error       everything that can go wrong with a call; error and advice read the service's own errors
//! retry            pure: whether a failure is worth another try, and when; retry_after reads the wish
//! query, decode    addresses of users, and users out of bytes
//! probe            one small question, for its time; peer tells how the line to a host is secured
//! reader           reads with attempts; users lists page by page, lookup reads single users
//! page_gate        pages of several listings together; ranges counts what filters find
//! delta            what has changed since a moment; endless says when a listing is none
//! ask, beside      many small reads together, and what must be read of each user by itself
//! encode           operations as requests, resource those below a user; envelope is the form of `$batch`
//! newcomers        users who are being made, and their first passwords
//! invitations      guests who are being invited, and their links
//! role_column      the column of roles, and the requests that give and take one
//! licences         products by name here and by id on the wire, and the request for them
//! batch            the only type that can write
//! ```
//!
//! Reading repeats by itself. Writing never does: the worker that holds a batch asks [`Tries`], journals, and sends again.

mod account;
mod administrators;
mod advice;
mod ask;
mod azure_cli;
mod batch;
mod beside;
mod bucket;
mod by_identity;
mod by_value;
mod call_error;
mod certificate;
mod challenge;
mod claims;
mod closed;
mod credential;
mod decode;
mod delta;
mod device;
mod encode;
mod endless;
mod envelope;
mod error;
mod extensions;
mod former;
mod gate;
mod harmless;
mod invitations;
mod item_answer;
mod lanes;
mod licences;
mod limits;
mod lookup;
mod machine;
mod newcomers;
mod pacer;
mod page_gate;
mod passwords;
mod peer;
mod pictures;
mod probe;
mod query;
mod ranges;
mod reach;
mod reader;
mod refusal;
mod resource;
mod retry;
mod retry_after;
mod role_column;
mod role_definition;
mod roles;
mod security;
mod service;
mod session;
mod settings;
mod sign_in;
mod spacing;
mod token;
mod token_endpoint;
mod transport;
mod trouble;
mod users;
mod waiting;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use batch::DirectoryWriter;
pub use beside::Unreadable;
pub use bucket::Fill;
pub use by_identity::IdentityHolders;
pub use by_value::{VALUES_MAX, listings_by_value};
pub use call_error::CallError;
pub use certificate::{Certificate, CertificateError};
pub use claims::Claims;
pub use credential::{Credential, FederatedToken};
pub use delta::{ChangedUser, Delta, DeltaError, DeltaItem};
pub use device::{DeviceCode, DeviceSignIn, KeptSignIn, SignedIn};
pub use error::{Detail, GraphError, NO_GRAPH_ERROR};
pub use extensions::{EXTENSION_READERS, SCHEMA_READERS};
pub use former::FormerLookup;
pub use gate::{Ending, Gate, GateSettings, Pass};
pub use invitations::{ADDRESSES_MAX, LinkKeeper, listings_by_address};
pub use item_answer::{Answer, ItemAnswer};
pub use lanes::{Lane, LanePass, Lanes, METHODS_IN_FLIGHT};
pub use limits::{Budget, Cost, Limits, Touched};
pub use lookup::Lookup;
pub use newcomers::PasswordKeeper;
pub use pacer::{DeadlinePassed, PaceState, Pacer};
pub use page_gate::{PAGES_TOGETHER_MAX, PageGate, PagePace};
pub use peer::{Peer, peer};
pub use probe::Probe;
pub use query::{ListQuery, PAGE_SIZE_MAX, PAGE_SIZE_MAX_SMALL};
pub use reader::{DirectoryReader, Organization};
pub use retry::{
    ATTEMPTS_FEW, ATTEMPTS_FIRST_CONTACT, ATTEMPTS_JUST_CREATED, BACKOFF_FIRST, BACKOFF_MAX, Decision,
    Failure, Situation, Tries, decide,
};
pub use retry_after::{RETRY_AFTER_MAX, parse_retry_after};
pub use roles::{ROLE_READERS, RoleAssignment};
pub use security::{DEFINITION_READERS, SecurityAttributes};
pub use session::Session;
pub use settings::{GraphSettings, SettingsError};
pub use sign_in::{SignInError, SignInReason};
pub use transport::{TransportError, TransportErrorKind};
pub use users::Pages;
pub use waiting::{WaitReason, Waiting};
