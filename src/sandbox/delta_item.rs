//! One user among those who changed: which changes are followed, and what of the user is shown.

use super::{
    directory::{
        Directory, at,
        changes::{Change, MANAGER},
    },
    extensions,
    reply::Refusal,
    schema,
    select::{Caller, Selection},
    view::View,
};
use std::sync::LazyLock;

/// Kept outside of the directory, which follows no change of them. What is read one by one is refused as in lists.
/// <https://learn.microsoft.com/graph/delta-query-overview#limitations>
const OUTSIDE: [&str; 3] = ["signInActivity", "deviceEnrollmentLimit", "print"];

/// What is followed.
#[derive(Debug)]
pub struct Tracked {
    /// The properties shown.
    pub selection: Selection,
    manager: bool,
    /// Without `$select` a change of any property shows the user.
    all: bool,
}

impl Tracked {
    /// Reads `$select`, which may name the manager here.
    pub fn read(select: Option<&str>, caller: &Caller) -> Result<Tracked, Refusal> {
        let Some(text) = select else {
            return Ok(Tracked {
                selection: Selection::read(None, true, caller)?,
                manager: false,
                all: true,
            });
        };
        let (manager, named): (Vec<&str>, Vec<&str>) = text
            .split(',')
            .map(str::trim)
            .partition(|name| *name == "manager");
        let selection = match named.is_empty() {
            true => Selection {
                slots: Vec::new(),
                named: Some(Vec::new()),
                more: Vec::new(),
            },
            false => Selection::read(Some(&named.join(",")), true, caller)?,
        };
        if let Some(name) = OUTSIDE.iter().find(|name| selection.has(name)) {
            let message = format!("The property '{name}' is not supported with change tracking.");
            return Err(Refusal::unsupported(message));
        }
        Ok(Tracked {
            selection,
            manager: !manager.is_empty(),
            all: false,
        })
    }

    /// A user as a round shows it that began after a version, or nothing when nothing of it changed; without one, everybody is
    /// shown. `minimal`: only what changed.
    pub fn item(
        &self,
        directory: &Directory,
        place: u32,
        since: Option<u64>,
        minimal: bool,
    ) -> Option<String> {
        let user = directory.view(place, None);
        let change = directory.change(place);
        let Some(since) = since else {
            if user.is_deleted() {
                // Those who came and went before are not told; those who went may be.
                let went = change.is_some_and(|change| change.of(*at::DELETED) > 0 && change.born == 0);
                return went.then(|| removed(&user));
            }
            return Some(self.write(&user, change, None, None));
        };
        let change = change?;
        if user.is_deleted() {
            let went = change.of(*at::DELETED).max(change.of(*at::GONE)) > since;
            return went.then(|| removed(&user));
        }
        let whole = change.born > since || change.of(*at::DELETED) > since;
        if !(whole || self.touched(change, since)) {
            return None;
        }
        let only = (minimal && !whole).then_some(since);
        Some(self.write(&user, Some(change), Some(since), only))
    }

    /// What may be told of a user before its present state: that it was removed, when it has come back since.
    pub fn before_restored(&self, directory: &Directory, place: u32, since: Option<u64>) -> Option<String> {
        let user = directory.view(place, None);
        let back = directory.change(place)?.of(*at::DELETED) > since?;
        (back && !user.is_deleted()).then(|| removed(&user))
    }

    /// Whether anything that is followed changed after a version.
    fn touched(&self, change: &Change, since: u64) -> bool {
        if self.all {
            return FOLLOWED.iter().any(|slot| change.of(*slot) > since);
        }
        self.selection
            .slots
            .iter()
            .any(|slot| changed(change, *slot) > since)
            || (self.manager && change.of(MANAGER) > since)
            || (!self.selection.more.is_empty() && change.of(*at::EXTENSION_VALUES) > since)
    }

    /// The user: with what is set and what ever was, or, with `only`, what changed after that version.
    fn write(
        &self,
        user: &View<'_>,
        change: Option<&Change>,
        since: Option<u64>,
        only: Option<u64>,
    ) -> String {
        let mut text = String::from("{");
        if user.is_agent() {
            text.push_str("\"@odata.type\":\"#microsoft.graph.agentUser\",");
        }
        text.push_str(&format!("\"id\":\"{}\"", user.id()));
        for slot in self.selection.slots.iter().filter(|slot| **slot != *at::ID) {
            let when = change.map_or(0, |change| changed(change, *slot));
            let value = user.json(*slot);
            let shown = match only {
                Some(since) => when > since,
                None => when > 0 || is_set(user, *slot, &value),
            };
            if shown && let Some(property) = schema::property(*slot) {
                text.push_str(&format!(",\"{}\":{value}", property.name));
            }
        }
        let when = change.map_or(0, |change| change.of(*at::EXTENSION_VALUES));
        if only.is_none_or(|since| when > since) {
            for name in &self.selection.more {
                let member = extensions::members(user, std::slice::from_ref(name));
                if !member.is_empty() {
                    text.push_str(&format!(",{member}"));
                } else if when > 0 {
                    text.push_str(&format!(",\"{name}\":null"));
                }
            }
        }
        let when = change.map_or(0, |change| change.of(MANAGER));
        if self.manager && only.is_none_or(|since| when > since) {
            let former = change.filter(|_| since.is_some_and(|since| when > since));
            let former = former.and_then(|change| change.former_manager);
            let entry = |place: u32, head: &str| {
                let id = user.directory.id(place);
                format!("{{{head}\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"{id}\"}}")
            };
            let mut entries: Vec<String> = Vec::new();
            entries.extend(
                former
                    .filter(|former| user.manager != Some(*former))
                    .map(|former| entry(former, "\"@removed\":{\"reason\":\"deleted\"},")),
            );
            entries.extend(user.manager.map(|manager| entry(manager, "")));
            if !entries.is_empty() {
                text.push_str(&format!(",\"manager@delta\":[{}]", entries.join(",")));
            }
        }
        text.push('}');
        text
    }
}

/// Every property whose change shows a user when none were chosen.
static FOLLOWED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let followed = |(slot, property): (usize, &schema::Property)| {
        let slot = u8::try_from(slot).ok()?;
        let inside = !property.hidden && !property.single_only && !OUTSIDE.contains(&property.name);
        (inside || slot == *at::EXTENSION_VALUES)
            .then_some(slot)
            .filter(|slot| *slot != *at::LICENCE_STATES)
    };
    schema::PROPERTIES
        .iter()
        .enumerate()
        .filter_map(followed)
        .collect()
});

/// When what a property shows changed last. Some are worked out of others, and the states of licences are not followed.
fn changed(change: &Change, slot: u8) -> u64 {
    let other = if slot == *at::IDENTITIES {
        change.of(*at::UPN)
    } else if slot == *at::PROXIES {
        change.of(*at::MAIL)
    } else if slot == *at::LEGAL_AGE {
        change.of(*at::AGE_GROUP).max(change.of(*at::CONSENT))
    } else {
        0
    };
    match slot == *at::LICENCE_STATES {
        true => 0,
        false => change.of(slot).max(other),
    }
}

/// Whether there is something to show. A property that was never set is left out.
fn is_set(user: &View<'_>, slot: u8, value: &str) -> bool {
    let empty = value == "null" || value == "[]";
    !empty && (slot != *at::EXTENSIONS || user.record.raw(slot).is_some())
}

fn removed(user: &View<'_>) -> String {
    let reason = if user.is_gone() { "deleted" } else { "changed" };
    format!(
        "{{\"id\":\"{}\",\"@removed\":{{\"reason\":\"{reason}\"}}}}",
        user.id()
    )
}
