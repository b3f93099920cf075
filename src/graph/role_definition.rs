//! A directory role as the service describes it. <https://learn.microsoft.com/graph/api/resources/unifiedroledefinition>

use serde::Deserialize;

use super::harmless::harmless;
use crate::domain::{Role, RoleDefinition};

/// The wire form of a role.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire {
    id: String,
    template_id: Option<String>,
    display_name: Option<String>,
    /// Not in every version of the service.
    is_privileged: Option<bool>,
}

impl From<Wire> for RoleDefinition {
    fn from(wire: Wire) -> RoleDefinition {
        let id = harmless(&wire.id, 200).to_lowercase();
        let template = wire
            .template_id
            .map_or_else(|| id.clone(), |id| harmless(&id, 200).to_lowercase());
        let name = harmless(&wire.display_name.unwrap_or_default(), 200);
        let mut role = RoleDefinition {
            is_privileged: wire
                .is_privileged
                .unwrap_or_else(|| Role::of_id(&template).is_privileged()),
            name: if name.is_empty() { id.clone() } else { name },
            id,
            template,
        };
        role.is_privileged |= role.is_global_administrator();
        role
    }
}
