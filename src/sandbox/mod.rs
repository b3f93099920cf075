//! The sandbox: an embedded directory that answers as Microsoft Graph is documented to answer.
//!
//! It imports nothing of the other rooms and has a schema of its own, so that a mistake in the client cannot be
//! hidden by the same mistake here. Where the documents are silent it takes the stricter reading.
//!
//! ```text
//! server    start and end                         http       one HTTP request, and its faults
//! wire      connections that can be made to break  options    what it is started with
//! service   what all calls share                  call, work what a call asks for, and doing it
//! batch     the envelope of up to twenty calls    query      paths and options
//! token     sign-in and which tokens are good     select     $select, $expand, and who may read what
//! assertion signing in by certificate, or by the token of another issuer
//! list      pages of users                        pager      page tokens and sorted sequences
//! delta     who changed since a moment            sequence   the order in which a listing walks
//! churn     others who write                      control    what a test asks of a running directory
//! filter    $filter, and filter_read its reader   search     $search
//! update    PATCH                                 rules      what a value must look like
//! relation  the manager                           roles      who may do sensitive things to whom
//! directory the store                             record     one user, packed
//! view      a user as a reader sees it            edit       changes behind the client's back
//! schema    what a property is                    properties the table of them
//! people    invented people, profile and names    import     a directory out of a sheet
//! tenant    the tenant and its one client         persist    a directory kept in a folder
//! throttle  the budgets                           faults     what goes wrong on purpose
//! fault_words  the words of a fault               mishap     what a fault answers
//! answer    one call, from its price to its end   claims     challenges, and tokens that answer them
//! reply     answers and refusals                  stats      what was counted
//! mailbox   how much may go on with one mailbox   appointments roles given and taken
//! extensions what applications added to users, extension_lists the lists of it
//! security  custom security attributes and their definitions
//! chance, base64   small tools
//! ```

pub mod answer;
pub mod appointments;
pub mod assertion;
pub mod base64;
pub mod batch;
pub mod below;
pub mod birth;
pub mod call;
mod cells;
pub mod chance;
mod churn;
pub mod claims;
mod control;
pub mod deleted;
pub mod delta;
mod delta_item;
pub mod device;
mod directory;
pub mod doors;
pub mod edit;
pub mod extension_lists;
pub mod extensions;
pub mod fault_words;
pub mod faults;
pub mod filter;
pub mod filter_read;
pub mod filter_words;
pub mod form;
pub mod http;
pub mod import;
pub mod invitations;
pub mod jwt;
mod licences;
pub mod list;
pub mod mailbox;
pub mod managed;
pub mod mishap;
pub mod names;
pub mod options;
pub mod pager;
pub mod people;
pub mod persist;
pub mod profile;
pub mod properties;
pub mod query;
pub mod record;
pub mod relation;
pub mod reply;
pub mod roles;
pub mod rules;
pub mod schema;
pub mod search;
pub mod security;
pub mod seen;
pub mod select;
mod sequence;
pub mod server;
pub mod service;
pub mod stats;
pub mod tenant;
pub mod throttle;
pub mod token;
pub mod update;
pub mod view;
pub mod wire;
pub mod work;

pub use assertion::Registered;
pub use extensions::{ExtensionProperty, Extensions, SchemaExtension};
pub use faults::{Failure, Fault, FaultKind, Meeting, Place, Wait};
pub use managed::ManagedIdentities;
pub use options::{
    DEFAULT_ROLES, PRACTICE_APP_ROLE, PRACTICE_ROLES, People, Quota, SandboxError, SandboxOptions,
};
pub use persist::{exists, remove};
pub use security::SecurityAttribute;
pub use seen::{SeenCall, SeenRequest};
pub use server::{Sandbox, start};
pub use stats::{AcceptedWrite, Stats};
