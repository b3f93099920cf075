//! The sandbox: an embedded directory that answers as Microsoft Graph is documented to answer.
//!
//! It imports nothing of the other rooms and has a schema of its own, so that a mistake in the client cannot be
//! hidden by the same mistake here. Where the documents are silent it takes the stricter reading.
//!
//! ```text
//! server    the HTTP edge, start and end          wire       connections that can be made to break
//! service   one call, single or inside a batch    batch      the envelope of up to twenty calls
//! query     paths and options                     token      sign-in and which tokens are good
//! list      pages of users                        select     $select, $expand, and who may read what
//! filter    $filter                               search     $search
//! update    PATCH                                 rules      what a value must look like
//! relation  the manager                           roles      who may do sensitive things to whom
//! directory the store                             record     one user, packed
//! schema    the properties                        tenant     the tenant and its one client
//! people    invented people, with names           import     a directory out of a sheet
//! persist   a directory kept in a folder          edit       changes behind the client's back
//! throttle  the budgets                           faults     what goes wrong on purpose
//! reply     answers and refusals                  stats      what was counted
//! options   what it is started with               chance, base64   small tools
//! ```

pub mod base64;
pub mod batch;
pub mod chance;
pub mod directory;
pub mod edit;
pub mod faults;
pub mod filter;
pub mod import;
pub mod list;
pub mod names;
pub mod options;
pub mod people;
pub mod persist;
pub mod query;
pub mod record;
pub mod relation;
pub mod reply;
pub mod roles;
pub mod rules;
pub mod schema;
pub mod search;
pub mod select;
pub mod server;
pub mod service;
pub mod stats;
pub mod tenant;
pub mod throttle;
pub mod token;
pub mod update;
pub mod wire;

pub use faults::{Fault, FaultKind, Place};
pub use options::{DEFAULT_ROLES, People, Quota, SandboxError, SandboxOptions};
pub use persist::{exists, remove};
pub use server::{Sandbox, start};
pub use stats::{AcceptedWrite, Stats};
