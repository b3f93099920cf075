//! What pages have in common: tokens that only this process understands, and the last sorted sequence.

use super::{base64, chance, directory::Directory, filter};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// What pages of this process have in common.
#[derive(Debug)]
pub struct Pager {
    /// Where the chance begins.
    pub seed: u64,
    /// Makes page tokens of other processes worthless.
    pub epoch: u64,
    /// The last sorted sequence.
    pub sorted: Mutex<Option<Sorted>>,
}

/// A sorted sequence, and what it is the answer to.
#[derive(Debug, Clone)]
pub struct Sorted {
    order: String,
    version: u64,
    places: Arc<Vec<u32>>,
}

impl Pager {
    /// The token of a place in a listing.
    pub(super) fn seal(&self, at: usize, hop: bool, link: &str) -> String {
        let mut bytes = (at as u64).to_le_bytes().to_vec();
        bytes.push(u8::from(hop));
        bytes.extend_from_slice(&self.mark(&bytes, link).to_le_bytes());
        base64::encode(&bytes)
    }

    /// The place a token of this listing leads to.
    pub(super) fn open(&self, token: &str, link: &str) -> Option<(usize, bool)> {
        let bytes = base64::decode(token)?;
        let (head, mark) = bytes.split_at_checked(9)?;
        if mark != self.mark(head, link).to_le_bytes() {
            return None;
        }
        let at: [u8; 8] = head.get(..8)?.try_into().ok()?;
        Some((
            usize::try_from(u64::from_le_bytes(at)).ok()?,
            head.get(8) == Some(&1),
        ))
    }

    fn mark(&self, head: &[u8], link: &str) -> u64 {
        chance::hash(chance::hash(self.epoch, head), link.as_bytes())
    }

    /// The places of all users in an order.
    pub(super) fn sorted(&self, directory: &Directory, order: &str, slot: u8, down: bool) -> Arc<Vec<u32>> {
        let mut kept = self.sorted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sorted) = kept.as_ref()
            && sorted.order == order
            && sorted.version == directory.version
            && sorted.places.len() == directory.len()
        {
            return Arc::clone(&sorted.places);
        }
        let mut keyed: Vec<(Value, u32)> = (0..directory.len() as u32)
            .map(|place| (directory.view(place, None).value(slot), place))
            .collect();
        keyed.sort_by(|(a, _), (b, _)| {
            // Nulls come first.
            let null = b.is_null().cmp(&a.is_null());
            null.then_with(|| filter::order(a, b).unwrap_or(std::cmp::Ordering::Equal))
        });
        if down {
            keyed.reverse();
        }
        let places = Arc::new(keyed.into_iter().map(|(_, place)| place).collect::<Vec<_>>());
        *kept = Some(Sorted {
            order: order.to_owned(),
            version: directory.version,
            places: Arc::clone(&places),
        });
        places
    }
}
