//! A request, resolved piece by piece through the types of the metadata: its path, its query options, the names in its body.
//! <https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html>

use std::collections::BTreeSet;

use dirsheet::sandbox::SeenCall;
use serde_json::Value as Json;

use super::csdl::{Bound, Metadata, Shape};
use super::options;

/// Resolves requests and remembers what it needed for that.
pub struct Resolver {
    pub metadata: Metadata,
    /// `owner.member` of everything that a request named.
    pub used: BTreeSet<String>,
    /// Ids of schema extensions, which are names of properties in the tenant that has them.
    pub schema_extensions: Vec<String>,
}

/// Where a path has led so far.
#[derive(Debug, Clone)]
enum At<'m> {
    Root,
    Thing(Shape),
    /// `$ref` of a navigation.
    References(Shape),
    /// `$value` or `$count`.
    Raw {
        is_stream: bool,
    },
    Call(&'m Bound),
}

/// A word of a path that can be no key: no id, name or number looks like it.
fn looks_like_a_word(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// `users('a@b.c')` and `applications(appId='…')`: the name, and the key between the brackets.
fn with_key(segment: &str) -> (&str, Option<&str>) {
    match segment.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')')),
        None => (segment, None),
    }
}

impl Resolver {
    pub fn new(metadata: Metadata, schema_extensions: &[&str]) -> Resolver {
        Resolver {
            metadata,
            used: BTreeSet::new(),
            schema_extensions: schema_extensions.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    /// A name that an answer is read by: wherever it may stand, it is needed.
    pub fn note(&mut self, name: &str) {
        for (owner, of) in &self.metadata.types {
            if of.properties.contains_key(name) || of.navigations.contains_key(name) {
                self.used.insert(format!("{owner}.{name}"));
            }
        }
    }

    /// # Errors
    /// The first thing of the request that the metadata does not know.
    pub fn check(&mut self, call: &SeenCall) -> Result<(), String> {
        // The envelope's own words are no part of any type: <https://learn.microsoft.com/graph/json-batching>. Its calls come here one by
        // one. The sign-in is no part of Graph: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>.
        if call.path == "/$batch" || call.path.ends_with("/oauth2/v2.0/token") {
            return Ok(());
        }
        let metadata = std::mem::take(&mut self.metadata);
        let end = self.walk(&metadata, &call.path);
        let checked = end.and_then(|at| {
            self.method(&metadata, call, &at)?;
            options::check(self, &metadata, &call.query, at.shape().as_ref())
        });
        self.metadata = metadata;
        checked
    }

    /// The names in a JSON object of this type.
    pub fn names_in(&mut self, shape: &Shape, body: &Json) -> Result<(), String> {
        let metadata = std::mem::take(&mut self.metadata);
        let checked = self.body(&metadata, shape, body);
        self.metadata = metadata;
        checked
    }

    fn walk<'m>(&mut self, metadata: &'m Metadata, path: &str) -> Result<At<'m>, String> {
        let mut at = At::Root;
        for segment in path.trim_start_matches('/').split('/') {
            at = self.step(metadata, at, segment)?;
        }
        Ok(at)
    }

    fn step<'m>(&mut self, metadata: &'m Metadata, at: At<'m>, segment: &str) -> Result<At<'m>, String> {
        let (name, key) = with_key(segment);
        let shape = match at {
            At::Root => {
                let shape = metadata.roots.get(name);
                let shape = shape.ok_or_else(|| format!("`{name}` is not at the root"))?;
                self.used.insert(format!(".{name}"));
                return self.keyed(metadata, shape.clone(), key);
            }
            At::Thing(shape) => shape,
            At::References(_) | At::Raw { .. } | At::Call(_) => {
                return Err(format!("nothing follows here, but `{segment}` does"));
            }
        };
        match name {
            "$ref" => return Ok(At::References(shape)),
            "$count" if shape.is_collection => return Ok(At::Raw { is_stream: false }),
            "$value" if metadata.types.get(&shape.name).is_some_and(|of| of.has_stream) => {
                return Ok(At::Raw { is_stream: true });
            }
            _ => {}
        }
        let is_here = |call: &&Bound| {
            call.name == name
                && call.on.is_collection == shape.is_collection
                && metadata.is_a(&shape.name, &call.on.name)
        };
        // What is bound to the type itself comes before what is bound to its base.
        let exact = metadata.bound.iter().filter(is_here);
        if let Some(call) = exact.max_by_key(|call| metadata.lineage(&call.on.name).len()) {
            return Ok(At::Call(call));
        }
        if shape.is_collection {
            if let Some(cast) = name.strip_prefix("microsoft.graph.") {
                return match metadata.is_a(cast, &shape.name) {
                    true => Ok(At::Thing(Shape {
                        name: cast.to_owned(),
                        ..shape
                    })),
                    false => Err(format!("`{cast}` is no {}", shape.name)),
                };
            }
            return match looks_like_a_word(segment) || segment.starts_with('$') {
                true => Err(format!(
                    "`{segment}` is neither a key of {} nor anything else there",
                    shape.name
                )),
                false => Ok(At::Thing(shape.one())),
            };
        }
        let next = self.member(metadata, &shape, name)?;
        self.keyed(metadata, next, key)
    }

    fn keyed<'m>(
        &mut self,
        metadata: &'m Metadata,
        shape: Shape,
        key: Option<&str>,
    ) -> Result<At<'m>, String> {
        let Some(key) = key else {
            return Ok(At::Thing(shape));
        };
        if !shape.is_collection {
            return Err(format!("one {} has no key", shape.name));
        }
        // Another key than the id is named: `appId='…'`.
        if let Some((named, _)) = key.split_once('=').filter(|(named, _)| looks_like_a_word(named)) {
            self.member(metadata, &shape.one(), named)?;
        }
        Ok(At::Thing(shape.one()))
    }

    /// A property or navigation of a type, of its bases, or of a user where any object of the directory may be meant.
    pub fn member(&mut self, metadata: &Metadata, shape: &Shape, name: &str) -> Result<Shape, String> {
        let mut owners = metadata.lineage(&shape.name);
        if shape.name == "directoryObject" {
            // A manager, sponsor or member may be a user, and its properties are asked for by name:
            // <https://learn.microsoft.com/graph/api/user-list-manager>
            owners.extend(metadata.lineage("user"));
        }
        for (owner, of) in &owners {
            if let Some(found) = of.properties.get(name).or_else(|| of.navigations.get(name)) {
                self.used.insert(format!("{owner}.{name}"));
                return Ok(found.clone());
            }
        }
        let is_open = owners.iter().any(|(_, of)| of.is_open);
        match is_open && self.is_of_a_tenant(&shape.name, name) {
            true => Ok(Shape::read("")),
            false => Err(format!("{} has no `{name}`", shape.name)),
        }
    }

    /// Names that only a tenant's own definitions know.
    fn is_of_a_tenant(&self, owner: &str, name: &str) -> bool {
        let is_word = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let of_an_application = name
            .strip_prefix("extension_")
            .and_then(|rest| rest.split_once('_'));
        match of_an_application {
            _ if owner == "customSecurityAttributeValue" => is_word(name),
            Some((id, own)) => {
                id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_word(own)
            }
            None => self.schema_extensions.iter().any(|id| id == name),
        }
    }

    fn method(&mut self, metadata: &Metadata, call: &SeenCall, at: &At<'_>) -> Result<(), String> {
        let is_entity = |shape: &Shape| metadata.types.get(&shape.name).is_some_and(|of| of.is_entity);
        let fits = match (call.method.as_str(), at) {
            ("GET", At::Thing(_) | At::Raw { .. } | At::References(_)) => true,
            ("GET", At::Call(bound)) => !bound.is_action,
            ("POST", At::Call(bound)) => bound.is_action,
            ("POST", At::Thing(shape)) => shape.is_collection && is_entity(shape),
            ("POST", At::References(shape)) => shape.is_collection,
            ("PATCH", At::Thing(shape)) => !shape.is_collection && is_entity(shape),
            ("DELETE", At::Thing(shape)) => !shape.is_collection && is_entity(shape),
            ("PUT", At::References(shape)) => !shape.is_collection,
            ("DELETE", At::References(_)) => true,
            ("PUT" | "DELETE", At::Raw { is_stream }) => *is_stream,
            _ => false,
        };
        if !fits {
            return Err(format!("no {} there", call.method));
        }
        let Some(body) = &call.body else { return Ok(()) };
        match at {
            At::Thing(shape) => self.body(metadata, &shape.one(), body),
            At::References(_) => match body.as_object().map(|body| body.keys().collect::<Vec<_>>()) {
                Some(keys) if keys == ["@odata.id"] => Ok(()),
                _ => Err("a reference is an `@odata.id` and nothing else".to_owned()),
            },
            At::Call(bound) => {
                for (name, value) in body.as_object().into_iter().flatten() {
                    let shape = bound.parameters.get(name);
                    let shape = shape.ok_or_else(|| format!("`{}` has no parameter `{name}`", bound.name))?;
                    self.body(metadata, shape, value)?;
                }
                Ok(())
            }
            At::Root | At::Raw { .. } => Err("no body there".to_owned()),
        }
    }

    /// The names in a body; its values are the catalogue's business.
    fn body(&mut self, metadata: &Metadata, shape: &Shape, value: &Json) -> Result<(), String> {
        match value {
            Json::Array(items) => items.iter().try_for_each(|item| self.body(metadata, shape, item)),
            Json::Object(members) => members.iter().try_for_each(|(name, value)| {
                // Annotations say the type of what stands beside them.
                let annotated = name.strip_suffix("@odata.type");
                let name = match annotated {
                    Some("") => return Ok(()),
                    Some(name) => name,
                    None => name,
                };
                let inner = self.member(metadata, shape, name)?;
                // What is inside of a value with a name of the tenant's has such names as well.
                match inner.name.as_str() {
                    "" => Ok(()),
                    _ => self.body(metadata, &inner.one(), value),
                }
            }),
            _ => Ok(()),
        }
    }
}

impl At<'_> {
    /// What an answer holds, of which options speak.
    fn shape(&self) -> Option<Shape> {
        match self {
            At::Thing(shape) => Some(shape.clone()),
            At::Call(bound) => bound.returns.clone(),
            At::Root | At::References(_) | At::Raw { .. } => None,
        }
    }
}
