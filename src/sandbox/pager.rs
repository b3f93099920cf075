//! What pages have in common: tokens that only this process understands, and the last sorted sequence.

use super::{
    base64, chance,
    directory::{Directory, ranks::Step},
    filter,
};
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

/// Where a listing goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cursor {
    /// At a place of the sequence.
    At(usize),
    /// At a step in the order of a name.
    Step(Step),
}

impl Pager {
    /// The token of a place in a listing; `hop`: the page before it was empty.
    pub(super) fn seal(&self, at: &Cursor, hop: bool, link: &str) -> String {
        let (number, name) = match at {
            Cursor::At(at) => (*at as u64, None),
            Cursor::Step((name, place)) => (u64::from(*place), Some(name)),
        };
        let mut bytes = number.to_le_bytes().to_vec();
        bytes.push(u8::from(hop) | (u8::from(name.is_some()) << 1));
        bytes.extend_from_slice(name.map_or("", |name| name.as_str()).as_bytes());
        self.seal_bytes(bytes, link)
    }

    /// The place a token of this listing leads to.
    pub(super) fn open(&self, token: &str, link: &str) -> Option<(Cursor, bool)> {
        let bytes = self.open_bytes(token, link)?;
        let (head, name) = bytes.split_at_checked(9)?;
        let (number, marks) = head.split_at_checked(8)?;
        let number = u64::from_le_bytes(number.try_into().ok()?);
        let marks = marks.first()?;
        let cursor = match marks & 2 {
            0 => Cursor::At(usize::try_from(number).ok()?),
            _ => Cursor::Step((
                String::from_utf8(name.to_vec()).ok()?,
                u32::try_from(number).ok()?,
            )),
        };
        Some((cursor, marks & 1 == 1))
    }

    /// A token of some bytes, that is good for what `link` says and in this process only.
    pub(super) fn seal_bytes(&self, mut bytes: Vec<u8>, link: &str) -> String {
        let mark = self.mark(&bytes, link);
        bytes.extend_from_slice(&mark.to_le_bytes());
        base64::encode(&bytes)
    }

    /// The bytes of such a token.
    pub(super) fn open_bytes(&self, token: &str, link: &str) -> Option<Vec<u8>> {
        let mut bytes = base64::decode(token)?;
        let mark = bytes.split_off(bytes.len().checked_sub(8)?);
        (mark == self.mark(&bytes, link).to_le_bytes()).then_some(bytes)
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
