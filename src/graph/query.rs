//! The addresses of requests for users. <https://learn.microsoft.com/graph/query-parameters>

use std::fmt::Write as _;

use super::call_error::CallError;
use super::limits::Cost;
use crate::catalogue::{OptIn, ReadRule};
use crate::domain::{Columns, UserKey};

/// The largest page of `GET /users`, and the largest when a column asks for small pages.
/// <https://learn.microsoft.com/graph/api/user-list>
pub const PAGE_SIZE_MAX: u16 = 999;
/// The same for lists that ask for what makes pages smaller.
pub const PAGE_SIZE_MAX_SMALL: u16 = 500;

/// What is read of every user, asked for or not: who it is, and what decides whether it can be written.
const ALWAYS: [&str; 4] = [
    "id",
    "userPrincipalName",
    "onPremisesSyncEnabled",
    "isManagementRestricted",
];

/// Which users to list, and what of them.
#[derive(Debug, Clone)]
pub struct ListQuery {
    pub columns: Columns,
    /// An OData filter, not yet encoded.
    pub filter: Option<String>,
    /// At most this many users on a page; the largest allowed when `None`.
    pub page_size: Option<u16>,
}

/// The part of a query that the columns decide.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    /// `$select=…`, and `$expand=…` where needed.
    options: String,
    /// `ConsistencyLevel: eventual` and `$count=true` belong to the documented way to read a manager along with users.
    pub advanced: bool,
    pub cost: Cost,
    pub page_size_max: u16,
}

impl Selection {
    #[cfg(test)]
    pub fn of(columns: &Columns) -> Result<Selection, CallError> {
        Selection::without(columns, &[])
    }

    /// These columns, without the opt-in columns of these names.
    ///
    /// # Errors
    /// A column that cannot be read this way.
    pub fn without(columns: &Columns, left_out: &[&'static str]) -> Result<Selection, CallError> {
        let mut select: Vec<&str> = ALWAYS.to_vec();
        let mut expand: Vec<&str> = Vec::new();
        let mut page_size_max = PAGE_SIZE_MAX;
        for attribute in columns.iter() {
            match attribute.read {
                ReadRule::List { select: name } => select.push(name),
                ReadRule::ListOptIn { .. } if left_out.contains(&attribute.name) => {}
                ReadRule::ListOptIn { select: name, reason } => {
                    select.push(name);
                    if reason == OptIn::SmallPages {
                        page_size_max = PAGE_SIZE_MAX_SMALL;
                    }
                }
                ReadRule::Expand { navigation } => expand.push(navigation),
                // Each of these is a request of its own, made when the user is known.
                ReadRule::SingleUser { .. }
                | ReadRule::Resource(_)
                | ReadRule::RoleAssignments
                | ReadRule::Account => {}
                ReadRule::Never => {
                    return Err(CallError::Unsupported {
                        what: format!("`{}` cannot be read together with other columns", attribute.name),
                    });
                }
            }
        }
        let mut options = format!("$select={}", once_each(&select).join(","));
        let expand = once_each(&expand);
        if !expand.is_empty() {
            let parts: Vec<String> = expand
                .iter()
                .map(|navigation| format!("{navigation}($levels=1;$select=id,userPrincipalName)"))
                .collect();
            let _ = write!(options, "&$expand={}", parts.join(","));
        }
        Ok(Selection {
            options,
            advanced: !expand.is_empty(),
            // 2 RU for users, one less with $select, one more with $expand.
            cost: Cost::of_read(if expand.is_empty() { 1 } else { 2 }),
            page_size_max,
        })
    }

    /// The first page of a listing. `advanced` asks for the advanced query engine beyond what the columns need.
    pub fn list_path(&self, filter: Option<&str>, page_size: Option<u16>, advanced: bool) -> String {
        let page_size = page_size
            .unwrap_or(self.page_size_max)
            .clamp(1, self.page_size_max);
        let mut path = format!("/users?{}&$top={page_size}", self.options);
        if let Some(filter) = filter {
            let _ = write!(path, "&$filter={}", encoded(filter));
        }
        if advanced || self.advanced {
            path.push_str("&$count=true");
        }
        path
    }

    /// One user.
    pub fn user_path(&self, key: &UserKey) -> String {
        let count = if self.advanced { "&$count=true" } else { "" };
        format!("{}?{}{count}", key_path(key), self.options)
    }
}

/// `/users/{id}`, `/users/{upn}`, or the form with parentheses for a name that begins with `$`.
fn key_path(key: &UserKey) -> String {
    match key {
        UserKey::Id(id) => format!("/users/{id}"),
        UserKey::Upn(upn) if upn.as_str().starts_with('$') => {
            format!("/users('{}')", encoded(&upn.as_str().replace('\'', "''")))
        }
        UserKey::Upn(upn) => format!("/users/{}", encoded(upn.as_str())),
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986 and `@`.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                out.push(char::from(b))
            }
            _ => {
                let _ = write!(out, "%{b:02X}");
            }
        }
    }
    out
}

fn once_each<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut seen = Vec::with_capacity(names.len());
    for name in names {
        if !seen.contains(name) {
            seen.push(*name);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UpnKey;
    use crate::graph::testing;

    #[test]
    fn a_listing_names_each_property_once_and_the_largest_page() {
        let selection = Selection::of(&testing::columns(&[
            "id",
            "jobTitle",
            "employeeOrgData.division",
            "employeeOrgData.costCenter",
        ]))
        .unwrap();
        assert_eq!(
            selection.list_path(None, None, false),
            "/users?$select=id,userPrincipalName,onPremisesSyncEnabled,isManagementRestricted,jobTitle,employeeOrgData&$top=999"
        );
        assert!(!selection.advanced);
        assert_eq!(selection.cost, Cost::of_read(1));
    }

    #[test]
    fn a_manager_is_read_in_the_documented_form() {
        let selection = Selection::of(&testing::columns(&["manager"])).unwrap();
        assert!(selection.advanced);
        assert_eq!(
            selection.list_path(None, Some(50), false),
            "/users?$select=id,userPrincipalName,onPremisesSyncEnabled,isManagementRestricted\
             &$expand=manager($levels=1;$select=id,userPrincipalName)&$top=50&$count=true"
        );
    }

    #[test]
    fn sign_in_activity_halves_the_pages() {
        let selection = Selection::of(&testing::columns(&["signInActivity"])).unwrap();
        assert!(selection.list_path(None, Some(999), false).ends_with("&$top=500"));
        let skills = Selection::of(&testing::columns(&["skills"])).unwrap();
        assert!(!skills.list_path(None, None, false).contains("skills"));
    }

    #[test]
    fn filters_and_names_are_encoded() {
        let selection = Selection::of(&testing::columns(&[])).unwrap();
        let path = selection.list_path(Some("startsWith(displayName,'O''Brien & Co+#')"), None, true);
        assert!(
            path.ends_with(
                "&$filter=startsWith%28displayName%2C%27O%27%27Brien%20%26%20Co%2B%23%27%29&$count=true"
            ),
            "{path}"
        );
        let path = |upn: &str| key_path(&UserKey::Upn(UpnKey::new(upn)));
        assert_eq!(
            path("a_b.com#EXT#@c.onmicrosoft.com"),
            "/users/a_b.com%23ext%23@c.onmicrosoft.com"
        );
        assert_eq!(path("$o'x@c.com"), "/users('%24o%27%27x@c.com')");
        assert_eq!(path("../me?x"), "/users/..%2Fme%3Fx");
    }
}
