//! How much may go on with one mailbox, where pictures and mailbox settings are kept.
//!
//! <https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>: for each application and mailbox 4 requests at
//! once, 10,000 in 10 minutes, and 150 MB sent in 5 minutes. In an envelope the service lets the rest wait, so only requests of
//! their own are counted as under way; all are counted in the windows.

use super::{
    call::{Call, Payload},
    options::Quota,
    query::Target,
    reply::Refusal,
    service::{Service, lock},
};
use std::{collections::HashMap, sync::Mutex, time::Duration};
use tokio::time::Instant;

const AT_ONCE: u32 = 4;
const REQUESTS: (u64, Duration) = (10_000, Duration::from_secs(600));
const UPLOAD: (u64, Duration) = (150_000_000, Duration::from_secs(300));

/// What is known of all mailboxes.
#[derive(Debug, Default)]
pub struct Mailboxes(Mutex<HashMap<u32, Mailbox>>);

#[derive(Debug, Default)]
struct Mailbox {
    under_way: u32,
    requests: Window,
    upload: Window,
}

#[derive(Debug, Default)]
struct Window {
    since: Option<Instant>,
    used: u64,
}

impl Window {
    /// Charges; the seconds to wait when it was too much. Refused calls count as well.
    fn take(&mut self, amount: u64, (most, length): (u64, Duration), now: Instant) -> Option<u64> {
        let since = match self.since {
            Some(since) if now.duration_since(since) < length => since,
            _ => {
                self.used = 0;
                *self.since.insert(now)
            }
        };
        self.used += amount;
        (self.used > most).then(|| (length - now.duration_since(since)).as_secs() + 1)
    }
}

/// A place at a mailbox, until the request is answered.
#[derive(Debug)]
pub struct MailboxPass<'a> {
    mailboxes: &'a Mailboxes,
    place: u32,
}

impl Drop for MailboxPass<'_> {
    fn drop(&mut self) {
        if let Some(mailbox) = lock(&self.mailboxes.0).get_mut(&self.place) {
            mailbox.under_way -= 1;
        }
    }
}

impl Mailboxes {
    fn enter(&self, place: u32) -> Result<MailboxPass<'_>, Refusal> {
        let mut all = lock(&self.0);
        let mailbox = all.entry(place).or_default();
        if mailbox.under_way >= AT_ONCE {
            return Err(busy(1));
        }
        mailbox.under_way += 1;
        Ok(MailboxPass {
            mailboxes: self,
            place,
        })
    }

    fn count(&self, place: u32, bytes: usize) -> Result<(), Refusal> {
        let mut all = lock(&self.0);
        let mailbox = all.entry(place).or_default();
        let now = Instant::now();
        let waits = [
            mailbox.requests.take(1, REQUESTS, now),
            mailbox.upload.take(bytes as u64, UPLOAD, now),
        ];
        match waits.into_iter().flatten().max() {
            Some(seconds) => Err(busy(seconds)),
            None => Ok(()),
        }
    }
}

fn busy(seconds: u64) -> Refusal {
    Refusal::new(
        429,
        "ApplicationThrottled",
        "Application is over its MailboxConcurrency limit.",
    )
    .header("Retry-After", seconds.to_string())
}

impl Service {
    fn mailbox(&self, call: &Call) -> Option<u32> {
        match Target::read(&call.path) {
            Ok(Target::Below(key, below)) if below.is_outlook() => self.directory().resolve(&key),
            _ => None,
        }
    }

    /// Takes a place at the mailbox a call is about, if it is about one.
    pub fn enter_mailbox(&self, call: &Call) -> Result<Option<MailboxPass<'_>>, Refusal> {
        match self.mailbox(call) {
            Some(place) => self.mailboxes.enter(place).map(Some),
            None => Ok(None),
        }
    }

    /// Counts a call in the windows of its mailbox.
    pub fn count_mailbox(&self, call: &Call) -> Result<(), Refusal> {
        let bytes = match &call.payload {
            Payload::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        match self.mailbox(call) {
            Some(place) if !matches!(self.options.quota, Quota::Off) => self.mailboxes.count(place, bytes),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_mailbox_takes_four_at_once_and_so_much_in_its_windows() {
        let all = Mailboxes::default();
        let passes: Vec<_> = (0..4).map(|_| all.enter(7).unwrap()).collect();
        assert_eq!(all.enter(7).unwrap_err().status, 429);
        assert!(all.enter(8).is_ok());
        drop(passes);
        assert!(all.enter(7).is_ok());
        for _ in 0..37 {
            assert!(all.count(7, 4_000_000).is_ok());
        }
        assert_eq!(all.count(7, 4_000_000).unwrap_err().status, 429);
        assert!(all.count(8, 4_000_000).is_ok());
        tokio::time::advance(Duration::from_secs(301)).await;
        assert!(all.count(7, 4_000_000).is_ok());
    }
}
