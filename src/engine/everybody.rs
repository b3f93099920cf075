//! Everybody of the directory, for whoever looks at each user once: in ranges of names at the same time where the directory is large,
//! and then whoever has changed meanwhile once more.
//!
//! Unlike an export, nothing goes through files, and what a user is like is always read from the user: what the changes say is only held
//! against it. So what no column holds (whether somebody is synchronised, restricted, an agent) is known as from a listing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::mpsc;

mod changed;
mod refresh;
mod second;

pub use refresh::{EarlierReading, refresh};
pub use second::look_again;

use self::changed::{Changed, GivenUp, read_changed, who_changed};
use super::event::Reporter;
use super::gather::{Gatherer, Landed, Landing};
use super::ranges::{counted, has_odd_names, is_many, is_refusal, range_size, why_one_by_one};
use super::rounds::SETTLING;
use crate::domain::{Columns, DeltaLink, NameRange, ReadingWay, UserId, UserState};
use crate::graph::{CallError, DeltaError, DirectoryReader, ListQuery, PAGE_SIZE_MAX, PageGate};
use crate::state::{StagedRange, put_ranges};

/// Pages that may wait for whoever looks at them.
const PAGES_WAITING_MAX: usize = 4;

/// What is told of the directory. A user may come several times; the last time is what is true.
#[derive(Debug)]
pub enum Came {
    Users(Vec<UserState>),
    /// Deleted while the directory was read.
    Gone(UserId),
    /// The reading begins anew: whoever came before is forgotten.
    Anew,
}

/// Where the changes after a reading begin. The service may be behind itself, so what was told in a reading is told once more in the next
/// one: that goes on from where this one began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    pub from: DeltaLink,
    /// The place after what this reading was told.
    pub told: DeltaLink,
}

/// How everybody was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EverybodyTold {
    pub way: ReadingWay,
    pub users: u64,
    /// Ranges of names that were read at the same time.
    pub ranges: usize,
    /// Users who changed meanwhile, or since the earlier reading, and were read by themselves or are gone.
    pub changed: u64,
    /// Why one page came after another in a directory that is large.
    pub why_pages: Option<String>,
    /// Why an earlier reading was not brought up to date, where there was one.
    pub why_not_refreshed: Option<String>,
    /// Where the changes after it begin; `None` where nobody tells them, or not all of what follows from them.
    pub links: Option<Links>,
}

impl EverybodyTold {
    fn of_pages(users: u64, why_pages: Option<String>) -> EverybodyTold {
        EverybodyTold {
            way: ReadingWay::Pages,
            users,
            ranges: 0,
            changed: 0,
            why_pages,
            why_not_refreshed: None,
            links: None,
        }
    }
}

/// Everybody who is to be read, and with what.
#[derive(Debug, Clone)]
pub struct Everybody<'a> {
    pub reader: &'a DirectoryReader,
    pub columns: Columns,
    pub reporter: &'a Reporter,
    /// How many users there are, as the service counts them.
    pub users_total: u64,
}

impl Everybody<'_> {
    /// Reads everybody and hands users on as they come.
    ///
    /// # Errors
    /// [`CallError`], after all attempts.
    pub async fn read(&self, take: &mut (dyn FnMut(Came) + Send)) -> Result<EverybodyTold, CallError> {
        if !is_many(self.users_total) {
            return self.one_by_one(take, None).await;
        }
        if let Some(why) = why_one_by_one(&self.columns) {
            return self.one_by_one(take, Some(why)).await;
        }
        match self.in_ranges(take).await {
            Ok(told) => Ok(told),
            Err(GivenUp::Because(why)) => {
                take(Came::Anew);
                self.one_by_one(take, Some(why)).await
            }
            Err(GivenUp::Call(error)) => Err(error),
        }
    }

    async fn one_by_one(
        &self,
        take: &mut (dyn FnMut(Came) + Send),
        why: Option<String>,
    ) -> Result<EverybodyTold, CallError> {
        let mut ids: HashSet<UserId> = HashSet::new();
        let mut pages = self.reader.pages(ListQuery {
            columns: self.columns.clone(),
            filter: None,
            page_size: None,
        });
        while let Some(users) = pages.next_page().await? {
            self.reporter.counters().users_read.add(users.len() as u64);
            ids.extend(users.iter().map(|user| user.id));
            take(Came::Users(users));
        }
        Ok(EverybodyTold::of_pages(ids.len() as u64, why))
    }

    /// Ranges at the same time, then who changed meanwhile. Somebody who was renamed out of a range that was not read yet into one that
    /// was is in no range, and is among those who changed.
    async fn in_ranges(&self, take: &mut (dyn FnMut(Came) + Send)) -> Result<EverybodyTold, GivenUp> {
        self.reader.know_size(self.users_total);
        let from = match self.reader.delta_from_now(&self.columns).await {
            Ok(link) => link,
            Err(DeltaError::Call(error)) => return Err(error.into()),
            Err(refused) => return Err(GivenUp::Because(refused.to_string())),
        };
        let users_max = range_size(self.users_total);
        let everybody = NameRange::everybody();
        let boundaries = everybody.boundaries();
        let parted = counted(self.reader, None, &everybody, &boundaries, users_max).await;
        let ranges = parted.map_err(not_in_ranges)?;
        let (sender, mut receiver) = mpsc::channel::<Vec<UserState>>(PAGES_WAITING_MAX);
        let mut landing = Handed::new(ranges, sender);
        let gatherer = Gatherer {
            reader: self.reader.clone(),
            columns: self.columns.clone(),
            filter: None,
            gate: PageGate::new(),
            counters: Arc::clone(self.reporter.counters()),
            users_max,
        };
        let mut ids: HashSet<UserId> = HashSet::new();
        let gathering = async {
            let gathered = gatherer.gather(&mut landing).await;
            // Nobody else has a sender now: whoever listens comes to the end.
            (gathered, landing.ranges)
        };
        let listening = async {
            while let Some(users) = receiver.recv().await {
                ids.extend(users.iter().map(|user| user.id));
                take(Came::Users(users));
            }
        };
        let ((gathered, ranges), ()) = tokio::join!(gathering, listening);
        gathered.map_err(not_in_ranges)?;
        // Whoever has no name that can be compared is in no range.
        if has_odd_names(self.reader, None, &ranges).await {
            return Err(GivenUp::Because("some users are in no range of names".to_owned()));
        }
        let (mut link, mut changed_ids, mut returned) = (from.clone(), HashSet::new(), false);
        let mut waits = SETTLING.into_iter();
        loop {
            let before = self.count().await?;
            let told = who_changed(self.reader, &self.columns, &link).await?;
            let changed = read_changed(self.reader, &self.columns, told).await?;
            let after = self.count().await?;
            link = changed.link.clone();
            returned |= changed.returned || !changed.gone.is_empty();
            let users = changed.users.iter().map(|user| user.id);
            changed_ids.extend(users.clone().chain(changed.gone.iter().copied()));
            ids.extend(users);
            take(Came::Users(changed.users));
            for id in changed.gone {
                ids.remove(&id);
                take(Came::Gone(id));
            }
            // The index of the count lags behind, so more than it counts is no reason.
            let least = before.min(after);
            if ids.len() as u64 >= least {
                break;
            }
            let Some(wait) = waits.next() else {
                let found = ids.len();
                return Err(GivenUp::Because(format!(
                    "{found} users were found in ranges of names, and the service counts {least}"
                )));
            };
            tokio::time::sleep(wait).await;
        }
        let untold = !self.reader.untold_columns(&self.columns).is_empty();
        Ok(EverybodyTold {
            way: ReadingWay::Ranges,
            users: ids.len() as u64,
            ranges: ranges.len(),
            changed: changed_ids.len() as u64,
            why_pages: None,
            why_not_refreshed: None,
            // Of people whose manager went meanwhile, and may be back, nothing is told.
            links: (!returned && !untold).then_some(Links { from, told: link }),
        })
    }

    async fn count(&self) -> Result<u64, GivenUp> {
        match self.reader.directory_size().await {
            Err(error) if is_refusal(&error) => Err(GivenUp::Because(format!(
                "the service does not count users ({error})"
            ))),
            counted => Ok(counted?),
        }
    }
}

fn not_in_ranges(error: CallError) -> GivenUp {
    match error {
        error if is_refusal(&error) => {
            GivenUp::Because(format!("the service does not list ranges of names ({error})"))
        }
        error => GivenUp::Call(error),
    }
}

/// Ranges whose users are handed on as they come. A range that is read again hands on its users again.
struct Handed {
    ranges: Vec<StagedRange>,
    sender: mpsc::Sender<Vec<UserState>>,
}

struct HandedRange(mpsc::Sender<Vec<UserState>>);

impl Handed {
    fn new(ranges: Vec<(NameRange, u64)>, sender: mpsc::Sender<Vec<UserState>>) -> Handed {
        let mut all = Vec::new();
        put_ranges(&mut all, None, ranges);
        Handed { ranges: all, sender }
    }
}

impl Landing for Handed {
    type Error = CallError;
    type Range = HandedRange;

    fn ranges(&self) -> Vec<StagedRange> {
        self.ranges.clone()
    }

    fn begin(&self, _range: &StagedRange) -> Result<HandedRange, CallError> {
        Ok(HandedRange(self.sender.clone()))
    }

    fn part(&mut self, number: u32, parts: Vec<(NameRange, u64)>) -> Result<Vec<StagedRange>, CallError> {
        Ok(put_ranges(&mut self.ranges, Some(number), parts))
    }

    fn whole(&mut self, _ids: Vec<UserId>) {}
}

impl Landed for HandedRange {
    type Error = CallError;

    async fn page(self, users: Vec<UserState>) -> Result<HandedRange, CallError> {
        // Whoever listens goes on to the end, so somebody does.
        let _heard = self.0.send(users).await;
        Ok(self)
    }

    async fn end(self) -> Result<(), CallError> {
        Ok(())
    }
}
