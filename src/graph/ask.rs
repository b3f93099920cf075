//! Many small reads: twenty in one request, each tried again until its answer is final.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::Method;

use super::call_error::CallError;
use super::envelope::{self, Found, Item, ItemResponse};
use super::lanes::Lane;
use super::limits::Cost;
use super::reader::DirectoryReader;
use super::retry::Tries;
use super::session::Turn;

/// One GET below the version root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    pub path: String,
    /// Whether it is an advanced query, which needs a header of its own.
    pub eventual: bool,
    /// What the service counts for it.
    pub resource_units: u32,
    /// What it needs beside the budgets of the directory. Questions that are sent together have the same.
    pub lane: Option<Lane>,
}

impl DirectoryReader {
    /// Sends up to twenty questions together. `read` looks at one answer, with the wait the service asked for: an error is
    /// tried again as long as that is worth it, anything else is final. `at_last` says what the error of one answer comes to when
    /// that is over. The results stand in the order of the questions.
    pub(super) async fn ask_together<T>(
        &self,
        asks: &[Ask],
        read: impl Fn(usize, ItemResponse, Option<Duration>) -> Result<T, CallError>,
        at_last: impl Fn(CallError) -> Result<T, CallError>,
    ) -> Result<Vec<T>, CallError> {
        let mut found: Vec<Option<T>> = asks.iter().map(|_| None).collect();
        let end = Some(self.end());
        let mut tries = Tries::new(true, end);
        loop {
            let open: Vec<(usize, &Ask)> = asks
                .iter()
                .enumerate()
                .filter(|(index, _)| found.get(*index).is_some_and(Option::is_none))
                .collect();
            if open.is_empty() {
                return Ok(found.into_iter().flatten().collect());
            }
            let items: Vec<Item> = open.iter().map(|(index, ask)| item(*index, ask)).collect();
            let units = open
                .iter()
                .fold(0_u32, |sum, (_, ask)| sum.saturating_add(ask.resource_units));
            let lane = open.first().and_then(|(_, ask)| ask.lane);
            let pass = match lane {
                Some(lane) => Some(self.session.enter_lane(lane, open.len() as u32, end).await?),
                None => None,
            };
            let sent = envelope::send(&self.session, &items, Turn::Ask(Cost::of_read(units)), end).await;
            // Who waits for another attempt holds up nobody.
            drop(pass);
            let mut answers = match sent {
                Ok(answers) => answers,
                Err(error) => {
                    self.pause(&mut tries, &error.failure()).await.ok_or(error)?;
                    continue;
                }
            };
            let mut failed: Vec<(usize, CallError)> = Vec::new();
            for ((index, ask), item) in open.iter().zip(&items) {
                let outcome = match answers.take(&item.id) {
                    Found::One(response) => {
                        let (status, headers) = (response.status, &response.headers);
                        let wish = match lane {
                            None if ask.resource_units > 0 => {
                                self.session.observe(status, headers, answers.sent)
                            }
                            lane => self.session.observe_beside(lane, status, headers, answers.sent),
                        };
                        read(*index, response, wish)
                    }
                    Found::None | Found::Several => {
                        let reason = "a batch answer that lacks an item or has it twice";
                        Err(CallError::unreadable(200, reason))
                    }
                };
                match outcome {
                    Ok(result) => {
                        if let Some(place) = found.get_mut(*index) {
                            *place = Some(result);
                        }
                    }
                    Err(error) => failed.push((*index, error)),
                }
            }
            // The longest wait of the batch is the one to keep.
            let worst = failed
                .iter()
                .map(|(_, error)| error)
                .reduce(|worst, error| if wish(worst) < wish(error) { error } else { worst });
            let Some(failure) = worst.map(CallError::failure) else {
                continue;
            };
            if self.pause(&mut tries, &failure).await.is_none() {
                for (index, error) in failed {
                    if let Some(place) = found.get_mut(index) {
                        *place = Some(at_last(error)?);
                    }
                }
            }
        }
    }
}

fn wish(error: &CallError) -> Option<Duration> {
    match error {
        CallError::Graph { retry_after, .. } => *retry_after,
        _ => None,
    }
}

fn item(index: usize, ask: &Ask) -> Item<'_> {
    Item {
        id: index.to_string(),
        method: Method::GET,
        path: Cow::Borrowed(&ask.path),
        eventual: ask.eventual,
        body: None,
    }
}
