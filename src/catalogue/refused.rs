//! What a bad value gets: the rules that a cell of an attribute can break.

use super::{Attribute, ClearRule, Kind, NO_LIMIT, ReadOnlyReason, WriteRule};

/// The rules of findings that a text in a cell of this attribute can break by itself, as `docs/problems.md` names them; without
/// those that hold for every cell (`control-character`, `only-blanks`, `word-for-nothing`).
pub fn rules_of(attribute: &Attribute) -> Vec<&'static str> {
    let mut rules = match attribute.write {
        WriteRule::ReadOnly(ReadOnlyReason::Secret) => return vec!["secret-column"],
        WriteRule::ReadOnly(_) => return vec!["read-only"],
        WriteRule::Licences => vec![
            "not-a-license",
            "unknown-license",
            "license-twice",
            "license-without-usage-location",
            "list-quotes",
            "too-long",
        ],
        WriteRule::Roles => vec!["unknown-role", "list-quotes", "too-long"],
        _ => of_kind(attribute.kind),
    };
    // These are told in part where people read them, and what was told in part is no value.
    if attribute.is_masked() {
        rules.push("masked-value");
    }
    if attribute.clear == ClearRule::Never {
        rules.push("not-clearable");
    }
    rules
}

fn of_kind(kind: Kind) -> Vec<&'static str> {
    let limited = |limit: Option<u16>| limit.map(|_| "too-long");
    match kind {
        Kind::Text { max } => limited(max).into_iter().collect(),
        Kind::Phone { .. } => vec!["too-long"],
        Kind::SignInPhone { .. } => vec!["not-a-sign-in-number"],
        Kind::Email { max } => ["not-an-address"].into_iter().chain(limited(max)).collect(),
        Kind::WebAddress => vec!["not-a-web-address"],
        Kind::UserPrincipalName => vec!["not-a-user-principal-name"],
        Kind::MailNickname { .. } => vec!["not-a-mail-nickname", "too-long"],
        Kind::Language => vec!["not-a-language"],
        Kind::Country => vec!["not-a-country"],
        Kind::Boolean => vec!["not-true-or-false"],
        Kind::Integer => vec!["not-a-number"],
        Kind::DateTime => vec!["not-a-date"],
        Kind::Guid => vec!["not-an-id"],
        Kind::Choice(_) | Kind::Flags(_) => vec!["not-a-choice"],
        Kind::TextList { items_max, .. } => of_list("list-quotes", items_max),
        Kind::EmailList { items_max, .. } => of_list("not-an-address", items_max),
        Kind::Identities { .. } => vec![
            "not-an-identity",
            "identity-renames",
            "identity-issuer",
            "identity-taken",
        ],
        Kind::Reference => vec![
            "not-a-user",
            "unknown-reference",
            "ambiguous-reference",
            "own-manager",
            "manager-circle",
        ],
        Kind::References { .. } => vec![
            "no-items",
            "not-a-user",
            "too-many-items",
            "unknown-reference",
            "own-sponsor",
        ],
        Kind::Picture => vec![
            "not-a-file-name",
            "photos-not-given",
            "photo-file",
            "not-a-picture",
            "picture-size",
            "picture-damaged",
        ],
        Kind::Json => Vec::new(),
    }
}

/// A list that holds one item at most has no separator, so neither quotes nor a count are asked for.
fn of_list(form: &'static str, items_max: u16) -> Vec<&'static str> {
    let mut rules = vec!["no-items"];
    if items_max > 1 || form != "list-quotes" {
        rules.push(form);
    }
    if items_max > 1 && items_max != NO_LIMIT {
        rules.push("too-many-items");
    }
    rules.push("too-long");
    rules
}
