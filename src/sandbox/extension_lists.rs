//! The definitions of extensions, as they are listed.
//!
//! <https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties>,
//! <https://learn.microsoft.com/graph/api/application-list-extensionproperty>,
//! <https://learn.microsoft.com/graph/api/schemaextension-list>.

use super::{
    chance,
    directory::Directory,
    extensions::ExtensionProperty,
    query::Query,
    reply::{Refusal, Reply},
    rules,
    select::Caller,
};
use serde_json::{Value, json};

/// `POST /directoryObjects/getAvailableExtensionProperties`
pub fn list_properties(directory: &Directory, body: &Value, base: &str) -> Result<Reply, Refusal> {
    let synced = match body.get("isSyncedFromOnPremises") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(synced)) => Some(*synced),
        Some(other) => return Err(rules::mistyped(other, "Edm.Boolean")),
    };
    let extensions = &directory.tenant.extensions;
    let shown = extensions
        .properties
        .iter()
        .filter(|property| !extensions.crowded && synced.is_none_or(|synced| property.synced == synced));
    Ok(listed(
        shown,
        &format!("{base}/v1.0/$metadata#Collection(extensionProperty)"),
    ))
}

/// `GET /applications(appId='…')/extensionProperties`
pub fn list_of_application(directory: &Directory, app: &str, base: &str) -> Result<Reply, Refusal> {
    let digits: String = app.chars().filter(|c| *c != '-').collect();
    let prefix = format!("extension_{}_", digits.to_lowercase());
    let properties = &directory.tenant.extensions.properties;
    let mut own = properties
        .iter()
        .filter(|property| property.name.to_lowercase().starts_with(&prefix))
        .peekable();
    if own.peek().is_none() {
        return Err(Refusal::absent(app));
    }
    Ok(listed(
        own,
        &format!("{base}/v1.0/$metadata#applications('{app}')/extensionProperties"),
    ))
}

fn listed<'a>(properties: impl Iterator<Item = &'a ExtensionProperty>, context: &str) -> Reply {
    let shown: Vec<Value> = properties
        .map(|property| {
            json!({
                "id": chance::guid(chance::hash(0xE7, property.name.as_bytes()), 1).to_string(),
                "deletedDateTime": null,
                "appDisplayName": "Contoso HR",
                "name": property.name,
                "dataType": property.data_type,
                "isMultiValued": property.multi,
                "isSyncedFromOnPremises": property.synced,
                "targetObjects": property.targets,
            })
        })
        .collect();
    Reply::json(json!({"@odata.context": context, "value": shown}).to_string())
}

/// `GET /schemaExtensions`, as a whole or one by `$filter=id eq '…'`.
pub fn list_schemas(directory: &Directory, wanted: Option<&str>, base: &str) -> Reply {
    let schemas = &directory.tenant.extensions.schemas;
    let shown: Vec<Value> = schemas
        .iter()
        .filter(|schema| wanted.is_none_or(|id| schema.id == id))
        .map(|schema| {
            let leaves: Vec<Value> = schema
                .leaves
                .iter()
                .map(|(name, data_type)| json!({"name": name, "type": data_type}))
                .collect();
            json!({
                "id": schema.id, "description": "", "targetTypes": ["User"], "status": "Available",
                "owner": directory.tenant.client_id, "properties": leaves,
            })
        })
        .collect();
    let context = format!("{base}/v1.0/$metadata#schemaExtensions");
    Reply::json(json!({"@odata.context": context, "value": shown}).to_string())
}

/// Whether the definitions of directory extensions may be read.
pub fn may_read_properties(caller: &Caller) -> Result<(), Refusal> {
    match caller.has_one(&["Directory.Read.All", "Directory.ReadWrite.All"]) {
        true => Ok(()),
        false => Err(Refusal::denied()),
    }
}

/// Whether an application's own definitions may be read.
pub fn may_read_application(caller: &Caller) -> Result<(), Refusal> {
    let readers = [
        "Application.Read.All",
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ];
    match caller.has_one(&readers) {
        true => Ok(()),
        false => Err(Refusal::denied()),
    }
}

/// The id that is asked for, when the caller may ask.
pub fn schema_wanted(query: &Query, caller: &Caller) -> Result<Option<String>, Refusal> {
    if !caller.has_one(&["Application.Read.All", "Application.ReadWrite.All"]) {
        return Err(Refusal::denied());
    }
    let Some(filter) = query.get("$filter") else {
        return Ok(None);
    };
    let id = filter
        .strip_prefix("id eq '")
        .and_then(|rest| rest.strip_suffix('\''))
        .filter(|id| !id.contains('\''));
    id.map(|id| Some(id.to_owned())).ok_or_else(|| {
        Refusal::unsupported(
            "Unsupported or invalid query filter clause specified for resource 'SchemaExtension'.",
        )
    })
}
