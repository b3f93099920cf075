//! Tests of the domain that need people, sheets and a directory; `fixtures` makes them.

mod actions;
mod build;
mod check;
mod choices;
mod counted;
mod damage;
mod emptied;
mod evidence;
pub(super) mod fixtures;
mod forecast;
mod foreknown;
mod foreseeing;
mod guarding;
mod guards;
mod guests;
mod handed;
mod joiners;
mod kinds;
mod live;
mod merge;
mod outcome;
mod patterns;
mod plan;
mod restore;
mod roles;
mod rules;
mod sponsors;
mod undo;
mod untouched;
mod value;
mod whole_sheet;
mod written;

use super::*;
use crate::catalogue;
use fixtures::*;
