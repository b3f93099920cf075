//! What dirsheet exists for, pure and synchronous: values, edits, checks, the three-way merge, the plan, its guards, packing and outcomes.
//!
//! This room sees no clock, file, network or environment, so it cannot fail for a reason outside its arguments.

mod account;
mod actor;
mod alone;
mod alternate;
mod apostrophe;
mod appointing;
mod approve;
mod base;
mod build;
mod cell;
mod cells;
mod check;
mod choices;
mod circle;
mod cleared;
mod compare;
mod contacts;
mod damage;
mod directory;
mod disputed;
mod domains;
mod doubles;
mod edit;
mod explain;
mod extension;
mod finding;
mod forecast;
mod foresee;
mod foreseen;
mod former;
mod guards;
mod han;
mod header_row;
mod identify;
mod identities;
mod ids;
mod in_cell;
mod invisible;
mod invitation;
mod item_by_item;
mod items;
mod joiner;
mod key_value;
mod kinds;
mod licences;
mod licensing;
mod look_over;
mod mark;
mod merge;
mod minor;
mod mojibake;
mod name_range;
mod name_template;
mod operation;
mod outcome;
mod pack;
mod parsed;
mod password;
mod patterns;
mod picture;
mod place;
mod plan;
mod reading;
mod reconcile;
mod repeats;
mod resolve;
mod restore;
mod retention;
mod review;
mod roles;
mod row;
mod rules;
mod sealing;
mod security;
mod service;
mod shuffle;
mod source_table;
mod sparing;
mod spellings;
mod surgery;
mod telephone;
#[cfg(test)]
mod tests;
mod undo;
mod unread;
mod user;
mod value;
mod web;
mod written;

pub use account::{AccountAction, UnknownAction};
pub use actor::{Actor, ActorKind};
pub use apostrophe::{is_exported_text, is_risky, take_off, would_lose_apostrophe};
pub use appointing::{RoleBook, RoleDefinition};
pub use approve::{ApprovedOperations, ApprovedPlan, NotApproved, Obstacle};
pub use base::{Base, BaseRow, ColumnRole, SheetColumn};
pub use build::{ConflictPolicy, build_plan};
#[cfg(test)]
pub use cells::times_unpacked;
pub use cells::{CellTexts, CellTextsBuilder, ROWS_PER_PACK};
pub use check::{CheckOptions, CheckedCell, CheckedRow, Checker, read_only_without_base};
pub use choices::{
    Choice, Choices, ChosenIn, Contradiction, Settled, SettledBy, Settling, Side, UnknownWord,
};
pub use cleared::ClearedColumn;
pub use compare::{Comparison, NOBODY, Person, When};
pub use contacts::{Contacts, is_masked_text, masked, told_text};
pub use damage::yes_or_no;
pub use directory::Directory;
pub use disputed::{disputed_text, was_rewritten};
pub use domains::domains_not_known;
pub use doubles::find_doubles;
pub use edit::{CLEAR_WORD, Edit, NOT_READ_WORD, UserKey};
use finding::is_told_whole;
pub use finding::{Extent, FOUND_CHARS_MAX, Finding, Severity, shorten};
pub use forecast::{Forecast, Pace, UnderWay, forecast, seconds_left};
pub use foresee::{Caller, Foresight};
pub use foreseen::{ForeseenReason, Withheld, foreseen};
pub use former::DeletedUser;
pub use guards::{GuardReport, Limit, Limits, People, Permission, Sourced, inspect};
pub use han::has_han;
pub use identities::{
    GUEST_ISSUERS_MAX, IdentityKey, guest_issuers, identities_json, identities_not_known, identity_items,
};
pub use ids::{RunId, SnapshotId, UpnKey, UserId};
pub use invisible::{is_blank, is_direction_control, is_invisible};
pub use invitation::{Addresses, Invitation, InvitationPart, Inviting, guest_name_start, invitee_id};
pub use item_by_item::{Cell, cell_of, told_together};
pub use items::{LIST_SEPARATOR, join_items, split_items};
pub use joiner::{Joining, newcomer_id, newcomer_in};
pub use key_value::{Holders, KeyValue};
pub use licences::{Licence, Product, Products, licences_of};
pub use licensing::Seats;
pub use look_over::{look_over, weigh_guess};
pub use mark::{Stranger, sheet_mark, stranger};
pub use merge::{Verdict, merge};
pub use mojibake::undo_mojibake;
pub use name_range::{NameRange, join_small};
pub use name_template::{NAMES_TRIED, NameTemplate, plain_letters};
pub use operation::{
    Action, BATCH_OPERATIONS_MAX, Batch, Change, Companion, METHODS_TOGETHER_MAX, Operation, OperationNumber,
};
pub use outcome::{ChangeOutcome, OperationResult, Outcome, Refusal, RowStatus};
pub use pack::{Stage, pack};
pub use parsed::ParsedRow;
pub use password::{first_password, password_fault, passwords_offline, passwords_used, weak_password};
pub use patterns::refuse_mixed;
pub use picture::{Pictures, fingerprint, fingerprint_digits, path_below, photo_file_name};
pub use place::{Place, column_letters};
pub use plan::{
    Conflict, Label, PersonFacts, Plan, PlanBinding, PlanSummary, PlannedRow, RowNote, There, UserChanges,
};
pub use reading::{DeltaLink, Reading, ReadingWay};
pub use reconcile::{Standing, reconcile, standing};
pub use repeats::Repeats;
pub use restore::{Restore, RestoreUser, build_restore, exported_value};
pub use retention::{KeptSnapshot, Pruning, Retention, Spared, prune};
pub use review::{ALIKE_MIN, Alike, ColumnCount, DepartmentCount, Part, Review};
pub use roles::{Role, RoleHolders, role_needed};
pub use row::RawRow;
pub use rules::{CellProblem, interpret, read_cell};
pub use sealing::{
    Consent, FINGERPRINT_DIGITS_MIN, FingerprintPrefix, Sealing, WrongAge, age_in_words, check_age, parse_age,
};
pub use service::{is_same_service, service_name};
pub use source_table::{SourceRow, SourceTable};
pub use spellings::Spellings;
pub use surgery::{part, part_off};
pub use undo::{build_undo, irreversible};
pub use user::{Columns, UserState};
pub use value::{Reference, Value, same};
pub use web::is_web_address;
pub use written::{Freshness, MadeUser, SharedRequest, Undo, UndoRow, Written, WrittenOperation};
