//! The words in which a fault is asked for.

use super::faults::{Failure, Fault, FaultKind, Place, Wait};
use serde_json::Value;
use std::str::FromStr;

/// Every kind that takes no argument.
static PLAIN: [(&str, FaultKind); 22] = [
    ("429-bare", FaultKind::TooMany(Wait::Bare)),
    ("500", FaultKind::Fails(Failure::Internal)),
    ("502", FaultKind::Fails(Failure::BadGateway)),
    ("503", FaultKind::Fails(Failure::Unavailable)),
    ("503-html", FaultKind::Fails(Failure::UnavailableHtml)),
    ("504", FaultKind::Fails(Failure::GatewayTimeout)),
    ("504-empty", FaultKind::Fails(Failure::GatewayEmpty)),
    ("500-after", FaultKind::FailsAfter(Failure::Internal)),
    ("503-after", FaultKind::FailsAfter(Failure::Unavailable)),
    ("504-after", FaultKind::FailsAfter(Failure::GatewayTimeout)),
    ("403", FaultKind::Denied),
    ("404", FaultKind::Absent),
    ("409", FaultKind::Concurrent),
    ("html", FaultKind::Html),
    ("drop-before", FaultKind::DropBefore),
    ("drop-after", FaultKind::DropAfter),
    ("truncated", FaultKind::Truncated),
    ("missing", FaultKind::Missing),
    ("missing-before", FaultKind::MissingBefore),
    ("twice", FaultKind::Twice),
    ("lost", FaultKind::Lost),
    ("claims", FaultKind::Claims),
];

/// The others that take none; they only happen to pages.
static PAGES: [(&str, FaultKind); 4] = [
    ("empty-page", FaultKind::EmptyPage),
    ("stale-page", FaultKind::StalePage),
    ("delta-expired", FaultKind::DeltaExpired),
    ("delta-reset", FaultKind::DeltaReset),
];

/// A kind that takes a number, and the number when none is given.
type Numbered = (&'static str, fn(u64) -> FaultKind, u64);

const NUMBERED: [Numbered; 8] = [
    ("429", |seconds| FaultKind::TooMany(Wait::Seconds(seconds)), 1),
    ("429-ms", |wait| FaultKind::TooMany(Wait::Milliseconds(wait)), 250),
    ("429-date", |seconds| FaultKind::TooMany(Wait::Date(seconds)), 1),
    ("slow-body", FaultKind::SlowBody, 1_000),
    ("stale", FaultKind::Stale, 1_000),
    ("expire-token-after", FaultKind::ExpireTokenAfter, 1),
    ("delay", FaultKind::Delay, 1_000),
    ("late-change", FaultKind::LateChange, 1),
];

/// Kinds whose argument is a time, and never a share of the requests.
const TIMED: [&str; 3] = ["delay", "slow-body", "stale"];

const PLACES: [(&str, Place); 12] = [
    ("any", Place::Any),
    ("token", Place::Token),
    ("list", Place::List),
    ("delta", Place::Delta),
    ("read", Place::Read),
    ("patch", Place::Patch),
    ("manager", Place::Manager),
    ("write", Place::Write),
    ("batch", Place::Batch),
    ("write-batch", Place::WriteBatch),
    ("read-batch", Place::ReadBatch),
    ("item", Place::Item),
];

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',').map(str::trim);
        let head = parts.next().unwrap_or_default();
        let (kind, share) = kind(head)?;
        let mut fault = Fault {
            share,
            ..Fault::new(kind)
        };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name {
                "times" => fault.times = Some(number(head, name, value)?),
                "every" => fault.every = number(head, name, value)?.max(1),
                "after" => fault.after = number(head, name, value)?,
                "share" => {
                    let share = value
                        .parse::<f64>()
                        .ok()
                        .filter(|share| (0.0..=1.0).contains(share));
                    fault.share = Some(
                        share.ok_or_else(|| format!("`share` needs a number from 0 to 1, not `{value}`"))?,
                    );
                }
                "on" => fault.on = place(value)?,
                _ => {
                    return Err(format!(
                        "`{part}` is not known in the fault `{head}`; there are times=, every=, share=, after= and on="
                    ));
                }
            }
        }
        Ok(fault)
    }
}

/// The kind, and the share of the requests when that is its argument.
fn kind(head: &str) -> Result<(FaultKind, Option<f64>), String> {
    let (name, argument) = head
        .split_once(':')
        .map_or((head, None), |(name, rest)| (name, Some(rest)));
    if name == "edit-behind" {
        return edit(head, argument.unwrap_or_default()).map(|kind| (kind, None));
    }
    // `429:P` with a fraction is a share of the requests; `429:SECONDS` is how long to wait.
    let share = argument
        .filter(|_| !TIMED.contains(&name))
        .and_then(|text| text.parse::<f64>().ok())
        .filter(|share| *share > 0.0 && *share < 1.0);
    let whole = match argument {
        Some(text) if share.is_none() => Some(number(head, name, text)?),
        _ => None,
    };
    let plain = PLAIN.iter().chain(&PAGES).find(|(known, _)| *known == name);
    if let Some((_, kind)) = plain {
        return Ok((kind.clone(), share));
    }
    if let Some((_, make, otherwise)) = NUMBERED.iter().find(|(known, ..)| *known == name) {
        return Ok((make(whole.unwrap_or(*otherwise)), share));
    }
    let mut names: Vec<&str> = NUMBERED.iter().map(|(name, ..)| *name).collect();
    names.extend(PLAIN.iter().chain(&PAGES).map(|(name, _)| *name));
    Err(format!(
        "`{name}` is not a fault; there are {} and edit-behind",
        names.join(", ")
    ))
}

/// `PROPERTY=VALUE`; a value that is JSON and no number is taken as such, so that `null`, `true` and lists can be written.
fn edit(head: &str, argument: &str) -> Result<FaultKind, String> {
    match argument.split_once('=') {
        Some((property, value)) if !property.is_empty() => {
            let read = serde_json::from_str::<Value>(value).ok();
            let value = read
                .filter(|value| !value.is_number())
                .unwrap_or_else(|| Value::String(value.to_owned()));
            Ok(FaultKind::EditBehind(property.to_owned(), value))
        }
        _ => Err(format!(
            "the fault `{head}` needs a property and a value, such as `edit-behind:jobTitle=Nurse`"
        )),
    }
}

fn number(head: &str, what: &str, text: &str) -> Result<u64, String> {
    text.parse::<u64>()
        .map_err(|_| format!("`{what}` in the fault `{head}` needs a whole number, not `{text}`"))
}

fn place(text: &str) -> Result<Place, String> {
    let found = PLACES.iter().find(|(known, _)| *known == text);
    found.map(|(_, place)| *place).ok_or_else(|| {
        let names: Vec<&str> = PLACES.iter().map(|(name, _)| *name).collect();
        format!("`on={text}` is not a place; there are {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fault_is_read_from_its_words() {
        let fault: Fault = "429:7,every=10,times=3,on=item".parse().unwrap();
        assert_eq!(
            (fault.kind, fault.every, fault.times, fault.on),
            (FaultKind::TooMany(Wait::Seconds(7)), 10, Some(3), Place::Item)
        );
        assert_eq!("429:0.25".parse::<Fault>().unwrap().share, Some(0.25));
        assert_eq!(Fault::parse_list("html; drop-after,on=batch").unwrap().len(), 2);
        for wrong in [
            "",
            "nonsense",
            "429:x",
            "html,on=moon",
            "html,every",
            "html,share=2",
            "html,color=red",
            "edit-behind",
            "edit-behind:jobTitle",
            "edit-behind:=x",
            "stale:x",
        ] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_kind_has_its_place_and_its_number_when_nothing_is_said() {
        for (text, kind, on, times) in [
            ("429-bare", FaultKind::TooMany(Wait::Bare), Place::Any, None),
            (
                "429-ms",
                FaultKind::TooMany(Wait::Milliseconds(250)),
                Place::Any,
                None,
            ),
            ("429-date:3", FaultKind::TooMany(Wait::Date(3)), Place::Any, None),
            (
                "502,on=write-batch",
                FaultKind::Fails(Failure::BadGateway),
                Place::WriteBatch,
                None,
            ),
            (
                "500-after,on=read-batch",
                FaultKind::FailsAfter(Failure::Internal),
                Place::ReadBatch,
                None,
            ),
            ("403,on=read,times=2", FaultKind::Denied, Place::Read, Some(2)),
            ("404", FaultKind::Absent, Place::Any, None),
            ("slow-body:0", FaultKind::SlowBody(0), Place::Any, None),
            ("missing", FaultKind::Missing, Place::Batch, None),
            ("twice,on=item", FaultKind::Twice, Place::Item, None),
            ("lost", FaultKind::Lost, Place::Write, None),
            ("delta-reset", FaultKind::DeltaReset, Place::Delta, None),
            ("late-change:3", FaultKind::LateChange(3), Place::Delta, None),
            ("stale:20", FaultKind::Stale(20), Place::Any, Some(1)),
            (
                "edit-behind:jobTitle=Nurse",
                FaultKind::EditBehind("jobTitle".into(), json!("Nurse")),
                Place::Write,
                None,
            ),
            (
                "edit-behind:accountEnabled=false",
                FaultKind::EditBehind("accountEnabled".into(), json!(false)),
                Place::Write,
                None,
            ),
            (
                "edit-behind:postalCode=1234",
                FaultKind::EditBehind("postalCode".into(), json!("1234")),
                Place::Write,
                None,
            ),
        ] {
            let fault: Fault = text.parse().unwrap();
            assert_eq!((fault.kind, fault.on, fault.times), (kind, on, times), "{text}");
        }
    }
}
