//! What goes wrong on purpose.
//!
//! A fault is written as `KIND[:ARGUMENT][,every=N][,times=N][,after=N][,on=PLACE]`, several of them with `;`
//! between. KIND is one of
//!
//! | kind | what the client meets |
//! |---|---|
//! | `429:SECONDS` | too many requests, with that Retry-After (1 when left out) |
//! | `503`, `503-html`, `504-empty` | an overloaded gateway: JSON body, HTML page, no body |
//! | `500` | an internal error after which nothing was done |
//! | `409` | a concurrent change of the same object |
//! | `html` | status 200 and a page that is not JSON |
//! | `drop-before`, `drop-after` | the connection ends before or after the request took effect |
//! | `truncated` | the request takes effect, and half the answer arrives |
//! | `expire-token-after:N` | every token issued so far is refused after N more calls |
//! | `claims` | 401 with a claims challenge |
//! | `empty-page` | a page without users that has a next page |
//! | `stale-page` | the page token is not valid |
//! | `delay:MS` | the answer takes that much longer |
//!
//! Of the requests that PLACE means, the fault happens to every N-th (`every=`), to a share of them (`share=P`,
//! 0 to 1), or to each; `after=N` lets the first N pass, `times=N` ends it. PLACE is `any`, `token`, `list`,
//! `read`, `patch`, `manager`, `write`, `batch` (the outer request) or `item` (a call inside a batch).

use super::chance;
use std::str::FromStr;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 with a Retry-After of so many seconds.
    TooMany(u64),
    /// 503 with a JSON body.
    Unavailable,
    /// 503 with an HTML page.
    UnavailableHtml,
    /// 504 without a body.
    GatewayEmpty,
    /// 500.
    Internal,
    /// 409.
    Concurrent,
    /// 200 with an HTML page.
    Html,
    /// The connection ends before the request takes effect.
    DropBefore,
    /// The connection ends after the request took effect.
    DropAfter,
    /// Half the answer arrives.
    Truncated,
    /// All tokens issued so far end after so many calls.
    ExpireTokenAfter(u64),
    /// 401 with a claims challenge.
    Claims,
    /// A page without users.
    EmptyPage,
    /// The page token is refused.
    StalePage,
    /// The answer takes longer, in milliseconds.
    Delay(u64),
}

/// Where it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Every request.
    Any,
    /// The token endpoint.
    Token,
    /// A page of users.
    List,
    /// A GET of any kind.
    Read,
    /// A PATCH of a user.
    Patch,
    /// A write of a manager.
    Manager,
    /// Any write.
    Write,
    /// A batch as a whole.
    Batch,
    /// A call inside a batch.
    Item,
}

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// Where.
    pub on: Place,
    /// To every so many requests; 1 is each.
    pub every: u64,
    /// To a share of the requests.
    pub share: Option<f64>,
    /// How often at most.
    pub times: Option<u64>,
    /// How many requests pass first.
    pub after: u64,
}

impl Fault {
    /// A fault that happens to each request everywhere.
    pub fn new(kind: FaultKind) -> Self {
        let on = match kind {
            FaultKind::EmptyPage | FaultKind::StalePage => Place::List,
            FaultKind::Concurrent => Place::Write,
            _ => Place::Any,
        };
        let times = matches!(kind, FaultKind::ExpireTokenAfter(_)).then_some(1);
        let after = if let FaultKind::ExpireTokenAfter(calls) = kind {
            calls
        } else {
            0
        };
        Fault {
            kind,
            on,
            every: 1,
            share: None,
            times,
            after,
        }
    }

    /// Several faults with `;` between.
    pub fn parse_list(text: &str) -> Result<Vec<Fault>, String> {
        text.split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect()
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',').map(str::trim);
        let head = parts.next().unwrap_or_default();
        let (name, argument) = head
            .split_once(':')
            .map_or((head, None), |(name, rest)| (name, Some(rest)));
        let number = |what: &str, text: &str| {
            text.parse::<u64>()
                .map_err(|_| format!("`{what}` in the fault `{head}` needs a whole number, not `{text}`"))
        };
        // `429:P` with a fraction is a share of the requests; `429:SECONDS` is how long to wait.
        let share = argument
            .filter(|_| name != "delay")
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|share| *share > 0.0 && *share < 1.0);
        let whole = match argument {
            Some(text) if share.is_none() => Some(number(name, text)?),
            _ => None,
        };
        let kind = match name {
            "429" => FaultKind::TooMany(whole.unwrap_or(1)),
            "503" => FaultKind::Unavailable,
            "503-html" => FaultKind::UnavailableHtml,
            "504-empty" => FaultKind::GatewayEmpty,
            "500" => FaultKind::Internal,
            "409" => FaultKind::Concurrent,
            "html" => FaultKind::Html,
            "drop-before" => FaultKind::DropBefore,
            "drop-after" => FaultKind::DropAfter,
            "truncated" => FaultKind::Truncated,
            "expire-token-after" => FaultKind::ExpireTokenAfter(whole.unwrap_or(1)),
            "claims" => FaultKind::Claims,
            "empty-page" => FaultKind::EmptyPage,
            "stale-page" => FaultKind::StalePage,
            "delay" => FaultKind::Delay(whole.unwrap_or(1_000)),
            _ => {
                return Err(format!(
                    "`{name}` is not a fault; there are 429, 503, 503-html, 504-empty, 500, 409, html, drop-before, \
                     drop-after, truncated, expire-token-after, claims, empty-page, stale-page and delay"
                ));
            }
        };
        let mut fault = Fault {
            share,
            ..Fault::new(kind)
        };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name {
                "times" => fault.times = Some(number(name, value)?),
                "every" => fault.every = number(name, value)?.max(1),
                "after" => fault.after = number(name, value)?,
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

fn place(text: &str) -> Result<Place, String> {
    Ok(match text {
        "any" => Place::Any,
        "token" => Place::Token,
        "list" => Place::List,
        "read" => Place::Read,
        "patch" => Place::Patch,
        "manager" => Place::Manager,
        "write" => Place::Write,
        "batch" => Place::Batch,
        "item" => Place::Item,
        _ => {
            return Err(format!(
                "`on={text}` is not a place; there are any, token, list, read, patch, manager, write, batch and item"
            ));
        }
    })
}

/// What a request is, to a fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nature {
    /// The token endpoint.
    pub token: bool,
    /// A page of users.
    pub list: bool,
    /// A GET.
    pub read: bool,
    /// A PATCH of a user.
    pub patch: bool,
    /// A write of a manager.
    pub manager: bool,
    /// A batch as a whole.
    pub batch: bool,
    /// Inside a batch.
    pub item: bool,
}

impl Nature {
    fn is_at(self, place: Place) -> bool {
        match place {
            // Inside a batch only faults that say so happen, or those that can be told inside one.
            Place::Any => !self.item,
            Place::Token => self.token,
            Place::List => self.list,
            Place::Read => self.read,
            Place::Patch => self.patch,
            Place::Manager => self.manager,
            Place::Write => self.patch || self.manager,
            Place::Batch => self.batch,
            Place::Item => self.item,
        }
    }
}

/// The faults while they happen.
#[derive(Debug, Default)]
pub struct FaultDesk {
    seed: u64,
    plans: Vec<(Fault, u64, u64)>,
}

impl FaultDesk {
    /// The faults of a run.
    pub fn new(faults: Vec<Fault>, seed: u64) -> Self {
        FaultDesk {
            seed,
            plans: faults.into_iter().map(|fault| (fault, 0, 0)).collect(),
        }
    }

    /// What happens to this request: the first fault that is due.
    pub fn next(&mut self, nature: Nature) -> Option<FaultKind> {
        let mut chosen = None;
        for (at, (fault, seen, happened)) in self.plans.iter_mut().enumerate() {
            if !nature.is_at(fault.on) || (nature.item && !tellable_inside(fault.kind)) {
                continue;
            }
            *seen += 1;
            if *seen <= fault.after || fault.times.is_some_and(|times| *happened >= times) || chosen.is_some()
            {
                continue;
            }
            let turn = *seen - fault.after;
            let due = match fault.share {
                Some(share) => {
                    let roll = chance::mix(self.seed ^ chance::mix(at as u64 ^ (*seen << 8)));
                    (roll >> 11) as f64 / ((1_u64 << 53) as f64) < share
                }
                None => turn.is_multiple_of(fault.every),
            };
            if due {
                *happened += 1;
                chosen = Some(fault.kind);
            }
        }
        chosen
    }
}

/// Whether a fault can be told in the answer to one call of a batch.
fn tellable_inside(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::TooMany(_)
            | FaultKind::Unavailable
            | FaultKind::Internal
            | FaultKind::Concurrent
            | FaultKind::GatewayEmpty
            | FaultKind::EmptyPage
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_from_its_words() {
        let fault: Fault = "429:7,every=10,times=3,on=item".parse().unwrap();
        assert_eq!(
            (fault.kind, fault.every, fault.times, fault.on),
            (FaultKind::TooMany(7), 10, Some(3), Place::Item)
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
        ] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_fault_happens_as_often_as_it_says() {
        let patch = Nature {
            patch: true,
            ..Nature::default()
        };
        let mut desk = FaultDesk::new(vec!["503,every=3,times=2,on=patch".parse().unwrap()], 1);
        let met: Vec<bool> = (0..12).map(|_| desk.next(patch).is_some()).collect();
        assert_eq!(met.iter().filter(|met| **met).count(), 2);
        assert!(met[2] && met[5]);
        let mut desk = FaultDesk::new(vec!["500:0.2".parse().unwrap()], 1);
        let met = (0..1_000).filter(|_| desk.next(patch).is_some()).count();
        assert!((150..250).contains(&met), "{met}");
        let mut desk = FaultDesk::new(vec!["expire-token-after:4".parse().unwrap()], 1);
        let met: Vec<bool> = (0..8).map(|_| desk.next(patch).is_some()).collect();
        assert_eq!(met.iter().position(|met| *met), Some(4));
        assert_eq!(met.iter().filter(|met| **met).count(), 1);
    }
}
