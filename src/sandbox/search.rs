//! `$search`: words of one property, joined by AND or OR.

use super::{reply::Refusal, schema, view::View};
use serde_json::Value;

/// The properties that can be searched.
const SEARCHED: [&str; 2] = ["displayName", "mobilePhone"];

/// A search that may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    any: Vec<Vec<(u8, String)>>,
}

impl Search {
    /// Reads `"displayName:text"`, and several of them with AND and OR between; AND binds closer.
    pub fn read(text: &str, eventual: bool) -> Result<Search, Refusal> {
        if !eventual {
            return Err(Refusal::unsupported(
                "Request with $search query parameter only works through MSGraph with a special request header: \
                 'ConsistencyLevel: eventual'",
            ));
        }
        let wrong = || {
            Refusal::unreadable(
                "Syntax error: the $search clause must be \"property:text\" within double quotes.",
            )
        };
        let any = text.split(" OR ").map(|part| {
            part.split(" AND ")
                .map(|clause| {
                    let inner = clause
                        .trim()
                        .strip_prefix('"')
                        .and_then(|rest| rest.strip_suffix('"'));
                    let (name, wanted) = inner.and_then(|inner| inner.split_once(':')).ok_or_else(wrong)?;
                    if !SEARCHED.contains(&name) {
                        return Err(Refusal::unsupported(format!(
                            "Property '{name}' does not support $search."
                        )));
                    }
                    Ok((schema::slot(name).ok_or_else(wrong)?, wanted.to_lowercase()))
                })
                .collect::<Result<Vec<_>, Refusal>>()
        });
        Ok(Search {
            any: any.collect::<Result<_, _>>()?,
        })
    }

    /// Whether a user passes: some word of the property begins with the text.
    pub fn passes(&self, user: &View<'_>) -> bool {
        let holds = |(slot, wanted): &(u8, String)| match user.value(*slot) {
            Value::String(found) => {
                let found = found.to_lowercase();
                found.starts_with(wanted)
                    || found
                        .split_whitespace()
                        .any(|word| word.starts_with(wanted.as_str()))
            }
            _ => false,
        };
        self.any.iter().any(|all| all.iter().all(holds))
    }
}
