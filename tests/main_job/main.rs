//! The main job, end to end: the real binary against an embedded directory over real HTTP on 127.0.0.1.

// Helpers of tests may stop a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod accounts_faults;
mod accounts_plans;
mod asking;
mod authentication_contacts;
mod authentication_telling;
mod bad_input;
mod bad_values;
mod big;
mod breaking_off;
mod careful;
mod choice_notes;
mod choices_kept;
mod choices_refused;
mod choosing;
mod compat;
mod compat_folder;
mod compat_old;
mod conflicts;
mod crossed;
mod differences;
mod doctor;
mod domains;
mod everything;
mod exporting;
mod exporting_large;
mod extensions;
mod extensions_named;
mod extensions_roads;
mod feed;
mod feed_again;
mod feed_apart;
mod feed_approved;
mod feed_beliefs;
mod feed_by_hand;
mod feed_days;
mod feed_decay;
mod feed_first;
mod feed_folders;
mod feed_history;
mod feed_inbox;
mod feed_large;
mod feed_letters;
mod feed_lift;
mod feed_measure;
mod feed_namesakes;
mod feed_nights;
mod feed_office;
mod feed_protected;
mod feed_refeed;
mod feed_refusals;
#[cfg(unix)]
mod feed_secrets;
mod feed_silent;
mod feed_taken_back;
mod feed_undo_lost;
mod feed_undone;
mod feed_watch;
#[cfg(unix)]
mod feed_withdrawn;
mod foreign;
mod foreseen;
mod full_disk;
mod guards;
mod guest_names;
mod guests;
mod guests_there;
mod guests_undone;
mod held_back;
mod injection;
mod joiners;
mod joiners_apart;
mod kept_sheets;
mod keys;
mod killing;
mod library;
mod library_runs;
mod library_warnings;
mod licences;
mod logging_in;
mod many_photos;
mod metadata;
mod mixed_exports;
mod named;
mod nothing_asked;
mod other_hands;
mod output;
mod pacing;
mod papers;
mod partial;
mod passwords;
mod photos;
#[cfg(unix)]
mod pipes;
mod planning_large;
mod practice;
mod private_ca;
mod private_ca_ways;
mod profile_store;
mod proving;
mod pruning;
mod redaction;
mod repairing;
mod reports;
mod restoring;
mod restoring_by_name;
mod roles;
mod sealed;
mod secrets;
mod security_attributes;
mod security_refused;
mod service;
mod sheet_passwords;
mod signing_in;
mod signing_in_machine;
mod small_words;
mod sponsors;
mod storms;
#[cfg(unix)]
mod terminal;
mod twice;
mod undoing;
mod undoing_own;
mod whole_together;
mod workbooks;

// Shared with `tests/faults`, which needs more of them, or less.
#[allow(dead_code)]
#[path = "../common/hr.rs"]
mod hr;
#[allow(dead_code)]
#[path = "../common/receiver.rs"]
mod receiver;
#[allow(dead_code)]
#[path = "../common/sheet.rs"]
mod sheet;
#[allow(dead_code)]
#[path = "../common/stand.rs"]
mod stand;
#[allow(dead_code)]
#[path = "../common/wishes.rs"]
mod wishes;
