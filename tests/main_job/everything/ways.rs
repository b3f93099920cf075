//! How a change leaves the machine, where it is then seen, and the requests of every step.

use std::collections::BTreeMap;
use std::fmt;

use dirsheet::sandbox::{SeenCall, SeenRequest};

/// Where a value stands at the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In `GET /users/{id}`, by its name; a leaf with a dot.
    Property(&'static str),
    Manager,
    Sponsors,
    Roles,
    /// The number of this type among the methods for signing in.
    Phone(&'static str),
    Email,
    Photo,
    /// Among the users or among the deleted ones.
    Account,
    /// Whoever has this address or name.
    WithMail(&'static str),
}

/// How a change is read and written. What goes the same way costs the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// One PATCH of the user; read with the list.
    Patch,
    /// The same; the new name may be somebody's.
    Rename,
    /// The same; a new identity may be somebody's.
    Identities,
    /// The same with definitions that are asked for first.
    DirectoryExtension,
    SchemaExtension,
    /// Custom security attributes.
    Security,
    Manager,
    Sponsors,
    Licences,
    Roles,
    /// A PATCH of the profile store, which no list holds.
    Profile,
    Phone,
    Email,
    Photo,
    /// `disable` and `enable`.
    Switch,
    Delete,
    Restore,
    RevokeSessions,
    ResetPassword,
    Create,
    Invite,
}

/// Something for each step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps<T> {
    pub export: T,
    pub plan: T,
    /// The run up to its last write.
    pub apply: T,
    /// The run after it.
    pub verify: T,
    pub undo: T,
}

impl<T> Steps<T> {
    pub fn map<U>(&self, each: impl Fn(&T) -> U) -> Steps<U> {
        Steps {
            export: each(&self.export),
            plan: each(&self.plan),
            apply: each(&self.apply),
            verify: each(&self.verify),
            undo: each(&self.undo),
        }
    }
}

/// Requests of one kind that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub requests: u32,
    pub is_batch: bool,
    /// What was asked, without ids and names, and how often.
    pub calls: BTreeMap<String, u32>,
    pub units: u32,
    pub writes: u32,
}

impl fmt::Display for Asked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.calls.iter().map(|(template, count)| match count {
            1 => template.clone(),
            count => format!("{count} × {template}"),
        });
        let calls = calls.collect::<Vec<_>>().join(", ");
        let batch = if self.is_batch { "$batch: " } else { "" };
        write!(out, "{} {batch}{calls} = {}", self.requests, self.units)?;
        if self.writes > 0 {
            write!(out, " w")?;
        }
        Ok(())
    }
}

/// Batches of the same question that follow each other become one entry.
pub fn merged(all: impl IntoIterator<Item = Asked>) -> Vec<Asked> {
    let mut merged: Vec<Asked> = Vec::new();
    for asked in all {
        let last = merged.last_mut();
        match last.filter(|last| last.is_batch && asked.is_batch && last.calls.keys().eq(asked.calls.keys()))
        {
            Some(last) => {
                last.requests += asked.requests;
                last.units += asked.units;
                last.writes += asked.writes;
                for (template, count) in asked.calls {
                    *last.calls.entry(template).or_insert(0) += count;
                }
            }
            None => merged.push(asked),
        }
    }
    merged
}

/// The requests of a step.
pub fn told(seen: &[SeenRequest]) -> Vec<Asked> {
    merged(seen.iter().map(|request| {
        let mut calls = BTreeMap::new();
        for call in &request.calls {
            *calls.entry(template(call)).or_insert(0) += 1;
        }
        let sum = |number: fn(&SeenCall) -> u32| request.calls.iter().map(number).sum::<u32>();
        Asked {
            requests: 1,
            is_batch: request.is_batch,
            calls,
            units: sum(|call| call.units),
            writes: sum(|call| call.writes),
        }
    }))
}

/// Method and path without ids and names.
fn template(call: &SeenCall) -> String {
    if call.path.ends_with("/oauth2/v2.0/token") {
        return "sign in".to_owned();
    }
    let segments = call.path.split('/').map(|segment| {
        let dashes = segment.bytes().filter(|byte| *byte == b'-').count();
        match segment {
            _ if dashes >= 4 => "{id}",
            _ if segment.contains('@') || segment.contains("%40") => "{name}",
            _ => segment,
        }
    });
    let path: Vec<&str> = segments.collect();
    let filter = match call.query.contains("filter=") {
        true => "?$filter",
        false => "",
    };
    format!("{} {}{filter}", call.method, path.join("/"))
}
