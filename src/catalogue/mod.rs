//! The attributes of a user as data: how each one is read, parsed, checked, compared and written.
//!
//! This room imports nothing. One entry feeds headers, checks, the `$select` list, the write rule and the documentation.
//! The facts are Microsoft's; each theme names the page they come from. `tests/catalogue_agreement.rs` holds this table
//! against `tests/facts/user-attributes.csv` and against the sandbox's own schema, three sides written apart.

mod account;
mod attribute;
mod authentication;
mod cloud;
mod contact;
mod document;
mod entries;
mod entry;
mod extension;
mod identity;
mod job;
mod key;
mod labels;
mod on_premises;
mod permission;
mod preset;
mod profile;
mod refused;
mod relation;
mod resource;
mod role;
mod security;
mod settings;
mod tenant;

pub use account::{AccountPart, DELETED, PRESENT, account_attribute, account_attributes};
pub use attribute::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, OptIn, PatchPlace, ReadOnlyReason, ReadRule, Section,
    Sensitivity, Spread, WriteRule,
};
pub use cloud::Cloud;
pub use document::{attributes_markdown, clear_in_words, kind_in_words, write_in_words};
pub use entries::{VERSION, all, by_name};
pub use key::{KEY_NAMES, key_attribute};
pub use labels::{AMBIGUOUS, LABEL_LANGUAGES, LABELS, OTHER_LABELS};
pub use on_premises::active_directory_name;
pub use permission::Permissions;
pub use preset::Preset;
pub use refused::rules_of;
pub use relation::MANAGER;
pub use resource::{PhoneType, Resource};
pub use security::{
    Definition, SECURITY_ATTRIBUTES, SECURITY_TEXT_MAX, SECURITY_VALUES_MAX, security_attribute,
    set_and_name, told_name,
};
pub use tenant::is_tenants_own;
pub use tenant::{
    DataType, EXTENSION_TEXT_MAX, EXTENSION_VALUES_MAX, Extension, is_directory_extension, is_schema_leaf,
    schema_leaves, short_name, sibling_leaves, stored_name,
};
