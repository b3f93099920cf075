//! Paths and query options as they come off the wire.

use super::{below::Below, reply::Refusal};

/// The query options of a request, decoded, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

/// The options a request for users may carry.
const KNOWN: [&str; 9] = [
    "$select",
    "$top",
    "$filter",
    "$count",
    "$orderby",
    "$expand",
    "$search",
    "$skiptoken",
    "$format",
];

impl Query {
    /// Reads the part behind the question mark.
    pub fn read(text: &str) -> Result<Query, Refusal> {
        Query::read_with(text, &[])
    }

    /// The same of a request that takes one more option, a state token.
    pub fn read_tracked(text: &str) -> Result<Query, Refusal> {
        Query::read_with(text, &["$deltatoken"])
    }

    fn read_with(text: &str, more: &[&'static str]) -> Result<Query, Refusal> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (Some(mut name), Some(value)) = (decode(name, true), decode(value, true)) else {
                return Err(Refusal::unreadable(
                    "The query string is not a valid percent-encoded text.",
                ));
            };
            if name.starts_with('$') {
                // The documents write the names of tokens in two ways.
                if let Some(token) = more.iter().find(|token| token.eq_ignore_ascii_case(&name)) {
                    name = (*token).to_owned();
                }
                if !KNOWN.contains(&name.as_str()) && !more.contains(&name.as_str()) {
                    return Err(Refusal::bad(format!(
                        "The query option '{name}' is not supported by this resource."
                    )));
                }
                if pairs.iter().any(|(known, _)| *known == name) {
                    return Err(Refusal::unreadable(format!(
                        "Query option '{name}' was specified more than once, but it must be specified at most once."
                    )));
                }
            }
            pairs.push((name, value));
        }
        Ok(Query { pairs })
    }

    /// The value of an option.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The options as a text that can be put into a link, without the page token.
    pub fn link(&self) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| name != "$skiptoken");
        kept.map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// Percent-decodes a text; `None` when it is not UTF-8 or a percent sign stands alone.
pub fn decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                bytes.push((high * 16 + low) as u8);
            }
            b'+' if plus_is_space => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Percent-encodes a text for a query.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'$' | b',' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// What a path under the version root means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `/users`
    Users,
    /// `/users/$count`
    Count,
    /// `/users/delta`
    Delta,
    /// `/users/{key}`
    User(String),
    /// `/users/{key}/manager`
    Manager(String),
    /// `/users/{key}/manager/$ref`
    ManagerRef(String),
    /// `/users/{key}/…`: what lies below a user.
    Below(String, Below),
    /// `/directory/deletedItems/microsoft.graph.user`
    DeletedUsers,
    /// `/directory/deletedItems/{id}`
    Deleted(String),
    /// `/directory/deletedItems/{id}/restore`
    Restore(String),
    /// `/invitations`
    Invitations,
    /// `/organization`
    Organization,
    /// `/subscribedSkus`
    SubscribedSkus,
    /// `/roleManagement/directory/roleAssignments`
    RoleAssignments,
    /// `/roleManagement/directory/roleAssignments/{id}`
    RoleAssignment(String),
    /// `/roleManagement/directory/roleDefinitions`
    RoleDefinitions,
    /// `/directoryObjects/getAvailableExtensionProperties`
    ExtensionProperties,
    /// `/applications(appId='…')/extensionProperties`
    ApplicationExtensions(String),
    /// `/schemaExtensions`
    SchemaExtensions,
    /// `/directory/customSecurityAttributeDefinitions`
    SecurityDefinitions,
    /// `/directory/customSecurityAttributeDefinitions/{id}/allowedValues`
    SecurityValues(String),
    /// `/$batch`
    Batch,
}

impl Target {
    /// Reads a path under the version root, such as `/users/x`.
    pub fn read(path: &str) -> Result<Target, Refusal> {
        let missing =
            |segment: &str| Refusal::unreadable(format!("Resource not found for the segment '{segment}'."));
        let decoded: Option<Vec<String>> = path
            .trim_matches('/')
            .split('/')
            .map(|segment| decode(segment, false))
            .collect();
        let Some(segments) = decoded else {
            return Err(missing(path));
        };
        let mut segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let first = segments.first().copied().unwrap_or("");
        // The form with parentheses is the only one for a name that starts with a dollar sign.
        let quoted = first
            .strip_prefix("users('")
            .and_then(|rest| rest.strip_suffix("')"))
            .map(|key| key.replace("''", "'"));
        let keyed = quoted.is_some();
        if let Some(key) = &quoted {
            segments.splice(0..1, ["users", key.as_str()]);
        }
        match segments.as_slice() {
            ["$batch"] => Ok(Target::Batch),
            ["invitations"] => Ok(Target::Invitations),
            ["subscribedSkus"] => Ok(Target::SubscribedSkus),
            ["organization"] => Ok(Target::Organization),
            ["directory", "customSecurityAttributeDefinitions"] => Ok(Target::SecurityDefinitions),
            [
                "directory",
                "customSecurityAttributeDefinitions",
                id,
                "allowedValues",
            ] if !id.is_empty() => Ok(Target::SecurityValues((*id).to_owned())),
            ["directory", "deletedItems", "microsoft.graph.user"] => Ok(Target::DeletedUsers),
            ["directory", "deletedItems", id] if !id.is_empty() => Ok(Target::Deleted((*id).to_owned())),
            ["directory", "deletedItems", id, "restore"] => Ok(Target::Restore((*id).to_owned())),
            ["roleManagement", "directory", "roleAssignments"] => Ok(Target::RoleAssignments),
            ["roleManagement", "directory", "roleAssignments", id] if !id.is_empty() => {
                Ok(Target::RoleAssignment((*id).to_owned()))
            }
            ["roleManagement", "directory", "roleDefinitions"] => Ok(Target::RoleDefinitions),
            ["directoryObjects", "getAvailableExtensionProperties"] => Ok(Target::ExtensionProperties),
            [application, "extensionProperties"] => {
                let id = application.strip_prefix("applications(appId='");
                match id.and_then(|rest| rest.strip_suffix("')")) {
                    Some(id) => Ok(Target::ApplicationExtensions(id.to_owned())),
                    None => Err(missing(application)),
                }
            }
            ["schemaExtensions"] => Ok(Target::SchemaExtensions),
            ["users"] => Ok(Target::Users),
            ["users", "$count"] if !keyed => Ok(Target::Count),
            ["users", "delta" | "microsoft.graph.delta"] if !keyed => Ok(Target::Delta),
            ["users", key, ..] if !keyed && key.starts_with('$') => Err(missing(key)),
            ["users", ""] => Err(missing("users")),
            ["users", key] => Ok(Target::User((*key).to_owned())),
            ["users", key, "manager"] => Ok(Target::Manager((*key).to_owned())),
            ["users", key, "manager", "$ref"] => Ok(Target::ManagerRef((*key).to_owned())),
            ["users", key, below @ ..] if !below.is_empty() => match Below::read(below) {
                Some(below) => Ok(Target::Below((*key).to_owned(), below)),
                None => Err(missing(below.first().copied().unwrap_or_default())),
            },
            [segment, ..] => Err(missing(segment)),
            [] => Err(missing("")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_the_way_they_are_written() {
        for (path, target) in [
            ("/users", Some(Target::Users)),
            ("users/%24count", Some(Target::Count)),
            ("/users/delta", Some(Target::Delta)),
            ("/users/microsoft.graph.delta", Some(Target::Delta)),
            ("/users/a%23EXT%23%40x", Some(Target::User("a#EXT#@x".into()))),
            ("/users('$a@b''c')", Some(Target::User("$a@b'c".into()))),
            ("/users('a')/manager/$ref", Some(Target::ManagerRef("a".into()))),
            ("/users/$a@b", None),
            ("/users/a/nonsense", None),
            ("/nonsense", None),
            ("/users/%", None),
        ] {
            assert_eq!(Target::read(path).ok(), target, "{path}");
        }
    }

    #[test]
    fn an_option_given_twice_or_unknown_is_refused() {
        assert!(Query::read("$top=1&$top=2").is_err());
        assert!(Query::read("$skip=1").is_err());
        let query = Query::read("%24filter=a%20eq+%27b%27&x=1").unwrap();
        assert_eq!(query.get("$filter"), Some("a eq 'b'"));
        assert_eq!(Query::read(&query.link()).unwrap(), query);
    }
}
