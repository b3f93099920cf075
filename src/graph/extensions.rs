//! What the tenant made for itself: directory extensions as a list, schema extensions one by one.
//!
//! <https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties>: `Directory.Read.All`. Microsoft says
//! that the list is empty in a tenant with more than 1,000 service principals, and to ask an application for its own then:
//! <https://learn.microsoft.com/graph/api/application-list-extensionproperty>, with the same permission.
//! <https://learn.microsoft.com/graph/api/schemaextension-list>: `Application.Read.All`. That list also holds the extensions of
//! other tenants, so it is only asked for one by its id.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::call_error::CallError;
use super::harmless::beginning;
use super::limits::Cost;
use super::reader::DirectoryReader;
use super::service::{Request, Response};
use crate::catalogue::{Attribute, DataType, Extension, is_directory_extension, schema_leaves};

/// Permissions of which one is enough to list directory extensions.
pub const EXTENSION_READERS: [&str; 2] = ["Directory.Read.All", "Directory.ReadWrite.All"];
/// The same for a schema extension.
pub const SCHEMA_READERS: [&str; 2] = ["Application.Read.All", "Application.ReadWrite.All"];

impl DirectoryReader {
    /// The directory extensions that a user can have, in the order of their names. One request.
    ///
    /// # Errors
    /// [`CallError`], after all attempts; 403 when the permission is missing.
    pub async fn directory_extensions(&self) -> Result<Vec<&'static Attribute>, CallError> {
        let url = self
            .session
            .address("/directoryObjects/getAvailableExtensionProperties")?;
        let read = |response: &Response| {
            serde_json::from_slice::<WireProperties>(&response.body).map_err(|_| beginning(&response.body))
        };
        // A POST without a body is refused; an empty object asks for all of them.
        let request = Request::json(Method::POST, url, Some(&json!({}))).ok_or(CallError::Unsupported {
            what: "an empty body".to_owned(),
        })?;
        let wire = self.get(&request, Cost::of_read(1), read).await?;
        let mut extensions: Vec<&'static Attribute> =
            wire.value.iter().filter_map(WireProperty::attribute).collect();
        extensions.sort_by_key(|attribute| attribute.name);
        extensions.dedup_by_key(|attribute| attribute.name);
        Ok(extensions)
    }

    /// The directory extensions of one application that a user can have; none when it is not of this tenant. `app` is its id
    /// without dashes, as names of extensions have it.
    ///
    /// # Errors
    /// [`CallError`], after all attempts; 403 when the permission is missing.
    pub async fn extensions_of_application(&self, app: &str) -> Result<Vec<&'static Attribute>, CallError> {
        let id = uuid::Uuid::try_parse(app).map_err(|_| CallError::Unsupported {
            what: "an application without an id".to_owned(),
        })?;
        let path = format!("/applications(appId='{id}')/extensionProperties");
        let wire: Vec<WireProperty> = match self.list_all(&path).await {
            Err(CallError::Graph { error, .. }) if error.status == 404 => Vec::new(),
            answer => answer?,
        };
        let mut extensions: Vec<&'static Attribute> =
            wire.iter().filter_map(WireProperty::attribute).collect();
        extensions.sort_by_key(|attribute| attribute.name);
        Ok(extensions)
    }

    /// The leaves of a schema extension that a user can have; none when there is no such one. One request.
    ///
    /// # Errors
    /// [`CallError`], after all attempts; 403 when the permission is missing.
    pub async fn schema_extension(&self, id: &str) -> Result<Vec<&'static Attribute>, CallError> {
        let safe: String = id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let url = self
            .session
            .address(&format!("/schemaExtensions?$filter=id%20eq%20'{safe}'"))?;
        let read = |response: &Response| {
            serde_json::from_slice::<WireSchemas>(&response.body).map_err(|_| beginning(&response.body))
        };
        let wire = self.get(&Request::get(url), Cost::of_read(1), read).await?;
        let own = wire
            .value
            .into_iter()
            .find(|schema| schema.id == safe && is_of_users(&schema.target_types));
        Ok(own.map(WireSchema::leaves).unwrap_or_default())
    }
}

fn is_of_users(targets: &[String]) -> bool {
    targets.iter().any(|target| target.eq_ignore_ascii_case("user"))
}

#[derive(Deserialize)]
struct WireProperties {
    value: Vec<WireProperty>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProperty {
    name: String,
    data_type: String,
    #[serde(default)]
    is_multi_valued: bool,
    #[serde(default)]
    is_synced_from_on_premises: bool,
    #[serde(default)]
    target_objects: Vec<String>,
}

impl WireProperty {
    /// `None` for other objects, and for a type or a name that Microsoft does not document.
    fn attribute(&self) -> Option<&'static Attribute> {
        if !is_of_users(&self.target_objects) || !is_directory_extension(&self.name) {
            return None;
        }
        let extension = Extension {
            is_multi: self.is_multi_valued,
            is_synced: self.is_synced_from_on_premises,
            ..Extension::of(DataType::parse(&self.data_type)?)
        };
        extension.attribute(&self.name)
    }
}

#[derive(Deserialize)]
struct WireSchemas {
    value: Vec<WireSchema>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSchema {
    id: String,
    #[serde(default)]
    target_types: Vec<String>,
    #[serde(default)]
    properties: Vec<WireLeaf>,
}

#[derive(Deserialize)]
struct WireLeaf {
    name: String,
    #[serde(rename = "type")]
    data_type: String,
}

impl WireSchema {
    fn leaves(self) -> Vec<&'static Attribute> {
        let mut leaves: Vec<(String, DataType)> = self
            .properties
            .into_iter()
            .filter_map(|leaf| Some((leaf.name, DataType::parse(&leaf.data_type)?)))
            .collect();
        leaves.sort_by(|a, b| a.0.cmp(&b.0));
        schema_leaves(&self.id, &leaves)
    }
}
