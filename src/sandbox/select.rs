//! `$select` and `$expand`: which properties a read shows, and to whom.

use super::{
    extensions::{Extensions, HIDDEN},
    query::Query,
    reply::Refusal,
    schema::{self, PROPERTIES},
};
use std::sync::Arc;

/// What the client may do, as its token says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// Application permissions.
    pub roles: Vec<String>,
    /// The directory role of the service principal.
    pub app_role: Option<String>,
    /// Whether the profile store takes what an app with `Sites.ReadWrite.All` writes.
    pub profile_store_open: bool,
    /// What applications added to users.
    pub extensions: Arc<Extensions>,
}

/// Permissions that read every ordinary property.
const READERS: [&str; 4] = [
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// What `User.ReadBasic.All` shows of other people.
const BASIC: [&str; 7] = [
    "displayName",
    "givenName",
    "id",
    "mail",
    "securityIdentifier",
    "surname",
    "userPrincipalName",
];

impl Caller {
    /// Whether one of these permissions is there.
    pub fn has_one(&self, roles: &[&str]) -> bool {
        roles
            .iter()
            .any(|role| self.roles.iter().any(|held| held.eq_ignore_ascii_case(role)))
    }

    /// Whether users may be read with all their ordinary properties.
    pub fn reads_all(&self) -> bool {
        self.has_one(&READERS)
    }

    /// Whether the profile store lets this app write. Documented is that it lets none.
    pub fn writes_profiles(&self) -> bool {
        self.profile_store_open && self.has_one(&["Sites.ReadWrite.All"])
    }

    /// Whether users may be read at all.
    pub fn reads(&self) -> bool {
        self.reads_all() || self.has_one(&["User.ReadBasic.All"])
    }
}

/// The properties a read shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Their places.
    pub slots: Vec<u8>,
    /// Their names as they were asked for; `None` when nothing was.
    pub named: Option<Vec<String>>,
    /// The extensions among them.
    pub more: Vec<String>,
}

fn unknown(name: &str) -> Refusal {
    Refusal::unreadable(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.user'."
    ))
}

impl Selection {
    /// Reads `$select` for a caller; a list does not take what is read one user at a time.
    pub fn read(select: Option<&str>, list: bool, caller: &Caller) -> Result<Selection, Refusal> {
        if !caller.reads() {
            return Err(Refusal::denied());
        }
        let Some(text) = select else {
            let shown = |(at, property): (usize, &schema::Property)| {
                let allowed = caller.reads_all() || BASIC.contains(&property.name);
                (property.by_default && allowed)
                    .then(|| u8::try_from(at).ok())
                    .flatten()
            };
            let slots = PROPERTIES.iter().enumerate().filter_map(shown).collect();
            return Ok(Selection {
                slots,
                named: None,
                more: Vec::new(),
            });
        };
        let mut slots = Vec::new();
        let mut single = false;
        let mut more: Vec<String> = Vec::new();
        for name in text.split(',').map(str::trim) {
            if caller.extensions.has(name) {
                if !caller.reads_all() {
                    return Err(Refusal::denied());
                }
                more.push(name.to_owned());
                continue;
            }
            let slot = schema::open_slot(name).ok_or_else(|| unknown(name))?;
            if slots.contains(&slot) {
                continue;
            }
            // The documents answer nothing to whoever may not read it, as for a user without any.
            let hidden = schema::property(slot)
                .is_some_and(|own| own.name == HIDDEN && !caller.has_one(own.read_roles));
            if hidden && caller.reads_all() {
                more.push(name.to_owned());
                continue;
            }
            slots.push(slot);
        }
        let mut named = Vec::new();
        for property in slots.iter().filter_map(|slot| schema::property(*slot)) {
            if !caller.reads_all() && !BASIC.contains(&property.name) {
                return Err(Refusal::denied());
            }
            if !property.read_roles.is_empty() && !caller.has_one(property.read_roles) {
                return Err(Refusal::denied());
            }
            single |= property.single_only;
            named.push(property.name.to_owned());
        }
        if list && single {
            return Err(Refusal::new(
                501,
                "NotImplemented",
                "This operation target is not yet supported.",
            ));
        }
        Ok(Selection {
            slots,
            named: Some({
                named.extend(more.iter().cloned());
                named
            }),
            more,
        })
    }

    /// Whether a property is among them.
    pub fn has(&self, name: &str) -> bool {
        schema::slot(name).is_some_and(|slot| self.slots.contains(&slot))
    }
}

/// The manager to be shown with each user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// The manager's properties.
    pub selection: Selection,
    /// How many managers upward.
    pub levels: usize,
    /// The text between the parentheses' names, for the context.
    pub context: String,
}

/// Navigation properties that are never expanded with a user.
const NEVER: [&str; 7] = [
    "photo",
    "photos",
    "chats",
    "joinedTeams",
    "onPremisesSyncBehavior",
    "permissionGrants",
    "teamwork",
];

impl Expansion {
    /// Reads `$expand`; `advanced` says whether the request is an advanced query.
    pub fn read(query: &Query, advanced: bool, caller: &Caller) -> Result<Option<Expansion>, Refusal> {
        let Some(text) = query.get("$expand") else {
            return Ok(None);
        };
        let (name, inside) = match text.trim().split_once('(') {
            Some((name, rest)) => match rest.strip_suffix(')') {
                Some(inside) => (name, Some(inside)),
                None => return Err(unreadable(text)),
            },
            None => (text.trim(), None),
        };
        if NEVER.contains(&name) {
            let mut letters = name.chars();
            let upper: String = letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect();
            let message =
                format!("Expand is not allowed for property '{upper}' according to the entity schema.");
            return Err(Refusal::new(400, "ExpandNotSupported", message));
        }
        if name != "manager" {
            return Err(unknown(name));
        }
        if !caller.reads_all() {
            return Err(Refusal::denied());
        }
        let Some(inside) = inside else {
            if advanced {
                return Err(Refusal::unsupported(
                    "The query option $expand cannot be combined with an advanced query (ConsistencyLevel and $count).",
                ));
            }
            let selection = Selection::read(None, true, caller)?;
            return Ok(Some(Expansion {
                selection,
                levels: 1,
                context: "manager()".to_owned(),
            }));
        };
        let (mut levels, mut select) = (None, None);
        for part in inside.split(';').map(str::trim) {
            match part.split_once('=') {
                Some(("$levels", "max")) if levels.is_none() => levels = Some(1_000),
                Some(("$levels", number)) if levels.is_none() => {
                    let number = number
                        .trim()
                        .parse()
                        .ok()
                        .filter(|number| (1..=1_000).contains(number));
                    levels = Some(number.ok_or_else(|| unreadable(text))?);
                }
                Some(("$select", names)) if select.is_none() => select = Some(names),
                _ => return Err(unreadable(text)),
            }
        }
        // What is inside the parentheses is documented for the form with $levels only.
        let Some(levels) = levels else {
            return Err(Refusal::unsupported(
                "The query option $select inside $expand=manager is only supported together with $levels.",
            ));
        };
        if !advanced {
            return Err(Refusal::unsupported(
                "Operator '$levels' is not supported because the required parameters might be missing. Try adding \
                 $count=true query parameter and ConsistencyLevel:eventual header. Refer to \
                 https://aka.ms/graph-docs/advanced-queries for more information",
            ));
        }
        let selection = Selection::read(select, true, caller)?;
        let context = format!(
            "manager({})",
            selection.named.as_deref().unwrap_or_default().join(",")
        );
        Ok(Some(Expansion {
            selection,
            levels,
            context,
        }))
    }
}

fn unreadable(text: &str) -> Refusal {
    Refusal::unreadable(format!(
        "Parsing OData Select and Expand failed: the expression '{text}' cannot be parsed."
    ))
}
