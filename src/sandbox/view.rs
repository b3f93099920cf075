//! A user as a reader sees it: what is computed, what is spread, what is never shown.

use super::{
    directory::{Directory, at},
    record::{self, Record},
    schema::{self, Kind},
    security,
};
use serde_json::{Map, Value, json};
use std::{borrow::Cow, sync::LazyLock};

/// One user as a reader sees it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub(super) directory: &'a Directory,
    /// The user's place.
    pub place: u32,
    pub(super) record: &'a Record,
    /// The manager's place.
    pub manager: Option<u32>,
    /// Whether it is shown in a list of deleted users, where the id stands before the name.
    pub(super) among_deleted: bool,
}

impl View<'_> {
    /// The user as the deleted ones are shown: the id, without its dashes, stands before the name, which is free for others.
    /// <https://learn.microsoft.com/graph/api/directory-deleteditems-list>
    pub fn marked(self) -> Self {
        View {
            among_deleted: true,
            ..self
        }
    }

    /// The user's id.
    pub fn id(&self) -> String {
        self.directory.id(self.place)
    }

    /// Whether the reader sees it among the deleted users.
    pub fn is_deleted(&self) -> bool {
        self.record.raw(*at::DELETED).is_some()
    }

    /// Whether it is a user of the kind that programs use.
    pub fn is_agent(&self) -> bool {
        self.record.raw(*at::PARENT).is_some()
    }

    /// Whether it is one of them no longer, and nowhere else.
    pub fn is_gone(&self) -> bool {
        self.record.raw(*at::GONE).is_some()
    }

    /// The JSON text of a property, as a read shows it.
    pub fn json(&self, slot: u8) -> Cow<'_, str> {
        if slot == *at::ID {
            return Cow::Owned(record::quote(&self.directory.id(self.place)));
        }
        if slot == *at::PASSWORD {
            // Write-only.
            return Cow::Borrowed("null");
        }
        if slot == *at::UPN && self.among_deleted {
            let mark = self.directory.id(self.place).replace('-', "");
            let name = self.record.text(slot).unwrap_or_default();
            return Cow::Owned(record::quote(&format!("{mark}{name}")));
        }
        if slot == *at::LEGAL_AGE {
            return Cow::Borrowed(self.legal_age());
        }
        if slot == *at::SECURITY
            && let Some(raw) = self.record.raw(slot)
        {
            return Cow::Owned(security::shown(raw));
        }
        let property = schema::property(slot);
        match (self.record.raw(slot), property.map(|p| p.kind)) {
            (Some(raw), Some(Kind::Group(leaves))) => Cow::Owned(spread(raw, leaves)),
            (Some(raw), _) => Cow::Borrowed(raw),
            (None, _) => self.unset(slot),
        }
    }

    /// Whether there is a mailbox, taken for granted where there is an address.
    pub fn has_mailbox(&self) -> bool {
        self.record.text(*at::MAIL).is_some()
    }

    /// What is worked out of the age group and the consent; for a minor of whose parents nothing is known the documents have
    /// the word Undefined at most.
    /// <https://learn.microsoft.com/graph/api/resources/users#legal-age-group-property-definitions>
    fn legal_age(&self) -> &'static str {
        let word = |slot: u8| self.record.text(slot).unwrap_or_default();
        match (word(*at::AGE_GROUP).as_str(), word(*at::CONSENT).as_str()) {
            ("", _) => "null",
            ("Adult", _) => "\"Adult\"",
            ("NotAdult", _) => "\"NotAdult\"",
            ("Minor", "Granted") => "\"MinorWithParentalConsent\"",
            ("Minor", "NotRequired") => "\"MinorNoParentalConsentRequired\"",
            _ => "\"Undefined\"",
        }
    }

    /// The value of a property, as a read shows it.
    pub fn value(&self, slot: u8) -> Value {
        serde_json::from_str(&self.json(slot)).unwrap_or(Value::Null)
    }

    fn unset(&self, slot: u8) -> Cow<'_, str> {
        if slot == *at::SID {
            let id = self.directory.uuid(self.place).as_u128();
            let part = |shift: u32| ((id >> shift) as u32).swap_bytes();
            return Cow::Owned(format!(
                "\"S-1-12-1-{}-{}-{}-{}\"",
                part(96),
                part(64),
                part(32),
                part(0)
            ));
        }
        if slot == *at::IDENTITIES {
            let issuer = self.directory.tenant.initial_domain();
            let name = self.record.text(*at::UPN).unwrap_or_default();
            let entry =
                json!([{"signInType": "userPrincipalName", "issuer": issuer, "issuerAssignedId": name}]);
            return Cow::Owned(entry.to_string());
        }
        if slot == *at::PROXIES
            && let Some(mail) = self.record.raw(*at::MAIL).and_then(|mail| mail.strip_prefix('"'))
        {
            return Cow::Owned(format!("[\"SMTP:{mail}]"));
        }
        if slot == *at::BIRTHDAY || slot == *at::HIRE {
            return Cow::Borrowed("\"0001-01-01T00:00:00Z\"");
        }
        if slot == *at::MAILBOX && self.has_mailbox() {
            static FIRST: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
                json!({
                    "archiveFolder": null, "automaticRepliesSetting": {"status": "disabled"}, "dateFormat": "dd-MM-yyyy",
                    "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
                    "language": {"locale": "en-GB", "displayName": "English (United Kingdom)"}, "timeFormat": "HH:mm",
                    "timeZone": "W. Europe Standard Time", "userPurpose": "user",
                    "workingHours": {"daysOfWeek": ["monday", "tuesday"], "startTime": "08:00:00.0000000", "endTime": "17:00:00.0000000"},
                })
                .to_string()
            });
            return Cow::Borrowed(&FIRST);
        }
        if slot == *at::PREFERRED_NAME {
            return Cow::Borrowed("\"\"");
        }
        if slot == *at::EXTENSIONS {
            static EMPTY: std::sync::LazyLock<String> =
                std::sync::LazyLock::new(|| match schema::property(*at::EXTENSIONS).map(|p| p.kind) {
                    Some(Kind::Group(leaves)) => spread("{}", leaves),
                    _ => "null".to_owned(),
                });
            return Cow::Borrowed(&EMPTY);
        }
        Cow::Borrowed(if schema::property(slot).is_some_and(schema::Property::is_list) {
            "[]"
        } else {
            "null"
        })
    }

    /// Writes the user as a JSON object with these properties, and `more` behind them.
    pub fn write(&self, slots: &[u8], out: &mut String, more: &str) {
        out.push('{');
        let mut first = true;
        if self.record.raw(*at::PARENT).is_some() {
            out.push_str("\"@odata.type\":\"#microsoft.graph.agentUser\"");
            first = false;
        }
        let set = self.record.by_place();
        for slot in slots {
            let Some(form) = FORMS.get(usize::from(*slot)) else {
                continue;
            };
            if !first {
                out.push(',');
            }
            first = false;
            out.push_str(&form.key);
            if *slot == *at::ID {
                let mut letters = [0; uuid::fmt::Hyphenated::LENGTH];
                let id = self.directory.uuid(self.place);
                out.push('"');
                out.push_str(id.as_hyphenated().encode_lower(&mut letters));
                out.push('"');
            } else if form.worked_out || (self.among_deleted && *slot == *at::UPN) {
                out.push_str(&self.json(*slot));
            } else {
                out.push_str(
                    set.get(usize::from(*slot))
                        .copied()
                        .flatten()
                        .unwrap_or(form.unset),
                );
            }
        }
        if !more.is_empty() {
            if !first {
                out.push(',');
            }
            out.push_str(more);
        }
        out.push('}');
    }
}

/// How a property stands in an answer.
struct Form {
    /// `"name":`
    key: String,
    /// What an unset one reads as.
    unset: &'static str,
    /// Whether it is more than a copy of what is stored.
    worked_out: bool,
}

/// The forms of all properties by their places.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let made = [
        *at::PASSWORD,
        *at::LEGAL_AGE,
        *at::SECURITY,
        *at::SID,
        *at::IDENTITIES,
        *at::PROXIES,
        *at::BIRTHDAY,
        *at::HIRE,
        *at::MAILBOX,
        *at::PREFERRED_NAME,
    ];
    let form = |(slot, property): (usize, &schema::Property)| Form {
        key: format!("\"{}\":", property.name),
        unset: if property.is_list() { "[]" } else { "null" },
        worked_out: matches!(property.kind, Kind::Group(_))
            || made.iter().any(|own| usize::from(*own) == slot),
    };
    schema::PROPERTIES.iter().enumerate().map(form).collect()
});

/// A group with every leaf, null where it is not set.
fn spread(raw: &str, leaves: &[schema::Leaf]) -> String {
    let set: Map<String, Value> = serde_json::from_str(raw).unwrap_or_default();
    let all = leaves.iter().map(|leaf| {
        (
            leaf.name.to_owned(),
            set.get(leaf.name).cloned().unwrap_or(Value::Null),
        )
    });
    let mut text = String::from("{");
    for (name, value) in all {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&format!("\"{name}\":{value}"));
    }
    text.push('}');
    text
}
