//! What goes wrong on purpose.
//!
//! A fault is written as `KIND[:ARGUMENT][,every=N][,share=P][,times=N][,after=N][,on=PLACE]`, several of them with
//! `;` between. `docs/formats/faults.md` lists the kinds and the places; `fault_words.rs` reads the words, `mishap.rs`
//! makes the answers.

use super::chance;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// 429.
    TooMany(Wait),
    /// An error instead of the work.
    Fails(Failure),
    /// The work, and then an error.
    FailsAfter(Failure),
    /// 409.
    Concurrent,
    /// 403: this call is not allowed.
    Denied,
    /// 404: nobody is there.
    Absent,
    /// 200 with an HTML page.
    Html,
    /// The connection ends before the request takes effect.
    DropBefore,
    /// The connection ends after the request took effect.
    DropAfter,
    /// Half the answer arrives.
    Truncated,
    /// The body trickles in over so many milliseconds.
    SlowBody(u64),
    /// A batch answer without one item, which took effect.
    Missing,
    /// A batch answer without one item, which was not carried out.
    MissingBefore,
    /// A batch answer with one item twice.
    Twice,
    /// 204, and nothing is stored.
    Lost,
    /// From now on reads lag so many milliseconds behind writes.
    Stale(u64),
    /// Somebody else writes this property just before.
    EditBehind(String, serde_json::Value),
    /// All tokens issued so far end after so many calls.
    ExpireTokenAfter(u64),
    /// A claims challenge.
    Claims,
    /// A page without users.
    EmptyPage,
    /// The page token is refused.
    StalePage,
    /// The state token is not known any more.
    DeltaExpired,
    /// The state behind the token was thrown away: 410.
    DeltaReset,
    /// So many of the newest changes are told in the next round only.
    LateChange(u64),
    /// The answer takes longer, in milliseconds.
    Delay(u64),
}

/// How a 429 says when to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// In seconds.
    Seconds(u64),
    /// Not at all.
    Bare,
    /// In milliseconds.
    Milliseconds(u64),
    /// By a date so many seconds away, told by a clock that is an hour ahead.
    Date(u64),
}

/// An error of the service or of a gateway before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// 500.
    Internal,
    /// 502.
    BadGateway,
    /// 503 with a JSON body.
    Unavailable,
    /// 503 with an HTML page.
    UnavailableHtml,
    /// 504 with a JSON body.
    GatewayTimeout,
    /// 504 without a body.
    GatewayEmpty,
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
    /// A page of users who changed.
    Delta,
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
    /// A batch as a whole that writes something.
    WriteBatch,
    /// A batch as a whole that only reads.
    ReadBatch,
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
    /// A fault that happens to each request everywhere, or everywhere it can happen.
    pub fn new(kind: FaultKind) -> Self {
        let on = match kind {
            FaultKind::EmptyPage | FaultKind::StalePage => Place::List,
            FaultKind::DeltaExpired | FaultKind::DeltaReset | FaultKind::LateChange(_) => Place::Delta,
            FaultKind::Concurrent | FaultKind::Lost | FaultKind::EditBehind(..) => Place::Write,
            FaultKind::Missing | FaultKind::MissingBefore | FaultKind::Twice => Place::Batch,
            _ => Place::Any,
        };
        let once = matches!(kind, FaultKind::ExpireTokenAfter(_) | FaultKind::Stale(_));
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
            times: once.then_some(1),
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

/// What a request is, to a fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nature {
    /// The token endpoint.
    pub token: bool,
    /// A page of users.
    pub list: bool,
    /// A page of users who changed.
    pub delta: bool,
    /// One that goes on by a state token.
    pub resumes: bool,
    /// A GET.
    pub read: bool,
    /// A PATCH of a user.
    pub patch: bool,
    /// A write of a manager.
    pub manager: bool,
    /// Any other write about one user: it is deleted or restored, or something below it changes.
    pub other_write: bool,
    /// A batch as a whole.
    pub batch: bool,
    /// A batch with a write in it.
    pub writing: bool,
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
            Place::Delta => self.delta,
            Place::Read => self.read,
            Place::Patch => self.patch,
            Place::Manager => self.manager,
            Place::Write => self.patch || self.manager || self.other_write,
            Place::Batch => self.batch,
            Place::WriteBatch => self.batch && self.writing,
            Place::ReadBatch => self.batch && !self.writing,
            Place::Item => self.item,
        }
    }
}

/// A request that met a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// The place of the fault in its list.
    pub fault: usize,
    /// What went wrong.
    pub kind: FaultKind,
    /// Whom the request was about, by the id or name in its path; of a batch as a whole, everybody in it.
    pub users: Vec<String>,
}

/// So many meetings are remembered.
const MEETINGS_MAX: usize = 10_000;

/// The faults while they happen.
#[derive(Debug, Default)]
pub struct FaultDesk {
    seed: u64,
    plans: Vec<(Fault, u64, u64)>,
    meetings: Vec<Meeting>,
}

impl FaultDesk {
    /// The faults of a run.
    pub fn new(faults: Vec<Fault>, seed: u64) -> Self {
        FaultDesk {
            seed,
            plans: faults.into_iter().map(|fault| (fault, 0, 0)).collect(),
            meetings: Vec::new(),
        }
    }

    /// How often each fault has happened, in their order.
    pub fn happened(&self) -> Vec<u64> {
        self.plans.iter().map(|(_, _, happened)| *happened).collect()
    }

    /// The requests that met a fault, in their order; the first ten thousand.
    pub fn meetings(&self) -> &[Meeting] {
        &self.meetings
    }

    /// What happens to this request: the first fault that is due. `about` names the users of the request.
    pub fn next(&mut self, nature: Nature, about: impl FnOnce() -> Vec<String>) -> Option<FaultKind> {
        let mut chosen = None;
        for (at, (fault, seen, happened)) in self.plans.iter_mut().enumerate() {
            if !nature.is_at(fault.on) || !tellable(&fault.kind, nature) {
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
                chosen = Some((at, fault.kind.clone()));
            }
        }
        let (fault, kind) = chosen?;
        if self.meetings.len() < MEETINGS_MAX {
            self.meetings.push(Meeting {
                fault,
                kind: kind.clone(),
                users: about(),
            });
        }
        Some(kind)
    }
}

/// Whether a fault can be told in the answer to this request: one call of a batch has no connection of its own, and
/// only a batch has items.
fn tellable(kind: &FaultKind, nature: Nature) -> bool {
    match kind {
        FaultKind::Missing | FaultKind::MissingBefore | FaultKind::Twice => nature.item || nature.batch,
        FaultKind::Lost | FaultKind::EditBehind(..) => !nature.batch && !nature.token,
        FaultKind::Denied | FaultKind::Absent => !nature.token,
        FaultKind::DeltaExpired | FaultKind::DeltaReset | FaultKind::LateChange(_) => nature.resumes,
        FaultKind::TooMany(_)
        | FaultKind::Concurrent
        | FaultKind::EmptyPage
        | FaultKind::Stale(_)
        | FaultKind::Fails(_)
        | FaultKind::FailsAfter(_) => true,
        _ => !nature.item,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_happens_as_often_as_it_says() {
        let patch = Nature {
            patch: true,
            ..Nature::default()
        };
        let mut desk = FaultDesk::new(vec!["503,every=3,times=2,on=patch".parse().unwrap()], 1);
        let met: Vec<bool> = (0..12).map(|_| desk.next(patch, Vec::new).is_some()).collect();
        assert_eq!(met.iter().filter(|met| **met).count(), 2);
        assert!(met[2] && met[5]);
        let mut desk = FaultDesk::new(vec!["500:0.2".parse().unwrap()], 1);
        let met = (0..1_000)
            .filter(|_| desk.next(patch, Vec::new).is_some())
            .count();
        assert!((150..250).contains(&met), "{met}");
        let mut desk = FaultDesk::new(vec!["expire-token-after:4".parse().unwrap()], 1);
        let met: Vec<bool> = (0..8).map(|_| desk.next(patch, Vec::new).is_some()).collect();
        assert_eq!(met.iter().position(|met| *met), Some(4));
        assert_eq!(met.iter().filter(|met| **met).count(), 1);
    }

    #[test]
    fn a_batch_is_met_where_it_is_meant_and_its_items_only_with_what_can_be_told_inside() {
        let batch = |writing| Nature {
            batch: true,
            writing,
            ..Nature::default()
        };
        let item = Nature {
            item: true,
            patch: true,
            ..Nature::default()
        };
        for (fault, writes, reads, inside) in [
            ("503,on=batch", true, true, false),
            ("503,on=write-batch", true, false, false),
            ("503,on=read-batch", false, true, false),
            ("503,on=item", false, false, true),
            ("503,on=any", true, true, false),
            ("drop-after,on=item", false, false, false),
            ("slow-body:1,on=item", false, false, false),
            ("missing,on=item", false, false, true),
            ("missing", true, true, false),
            ("missing,on=patch", false, false, true),
            ("lost", false, false, true),
            ("lost,on=batch", false, false, false),
            ("403,on=item", false, false, true),
            ("403,on=write-batch", true, false, false),
            ("404,on=patch", false, false, true),
            ("404,on=read", false, false, false),
        ] {
            let met = |nature| {
                FaultDesk::new(vec![fault.parse().unwrap()], 1)
                    .next(nature, Vec::new)
                    .is_some()
            };
            assert_eq!(
                (met(batch(true)), met(batch(false)), met(item)),
                (writes, reads, inside),
                "{fault}"
            );
        }
        let single = Nature {
            patch: true,
            ..Nature::default()
        };
        let mut desk = FaultDesk::new(vec!["missing,on=patch".parse().unwrap()], 1);
        assert_eq!(desk.next(single, Vec::new), None, "a single answer has no items");
    }
}
