//! Texts that rows share, open or packed.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use zstd::bulk::{Compressor, Decompressor};

use super::Texts;

/// How hard texts are packed. A higher level makes people's rows hardly smaller.
const LEVEL: i32 = 1;

/// Ends a text: a byte that no text in UTF-8 has.
const END: u8 = 0xFF;

/// What rows share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    packed: Option<Packed>,
    /// Empty as long as nobody asked for a text that is packed.
    texts: OnceLock<Texts>,
}

/// Texts as a frame of zstd, each with [`END`] behind it.
#[derive(Debug)]
struct Packed {
    frame: Box<[u8]>,
    /// How long it is unpacked, and how many texts there are.
    bytes: usize,
    cells: usize,
}

impl Shared {
    /// Texts as they are.
    pub fn open(texts: Texts) -> Shared {
        Shared {
            packed: None,
            texts: texts.into(),
        }
    }

    /// Texts packed, where that wins something.
    pub fn packed(texts: Texts) -> Shared {
        match Packed::of(&texts) {
            Some(packed) => Shared {
                packed: Some(packed),
                texts: OnceLock::new(),
            },
            None => Shared::open(texts),
        }
    }

    /// Whether its texts are packed and nobody unpacked them for good.
    pub fn is_packed(&self) -> bool {
        self.texts.get().is_none() && self.packed.is_some()
    }

    /// The texts. What was packed is unpacked, and stays so.
    pub fn texts(&self) -> &Texts {
        let unpack = || self.packed.as_ref().map(Packed::unpack).unwrap_or_default();
        self.texts.get_or_init(unpack)
    }
}

impl Packed {
    /// `None` when packing wins nothing, or cannot be done.
    fn of(texts: &Texts) -> Option<Packed> {
        let mut plain = Vec::with_capacity(texts.text.len() + texts.ends.len());
        for index in 0..texts.ends.len() {
            plain.extend_from_slice(texts.get(index)?.as_bytes());
            plain.push(END);
        }
        let frame = PACKER.with_borrow_mut(|packer| {
            if packer.is_none() {
                *packer = Compressor::new(LEVEL).ok();
            }
            packer.as_mut()?.compress(&plain).ok()
        })?;
        (frame.len() < plain.len()).then(|| Packed {
            frame: frame.into_boxed_slice(),
            bytes: plain.len(),
            cells: texts.ends.len(),
        })
    }

    fn unpack(&self) -> Texts {
        #[cfg(test)]
        UNPACKED.set(UNPACKED.get() + 1);
        let texts = || {
            let plain = UNPACKER.with_borrow_mut(|unpacker| {
                if unpacker.is_none() {
                    *unpacker = Decompressor::new().ok();
                }
                unpacker.as_mut()?.decompress(&self.frame, self.bytes).ok()
            })?;
            let mut text = Vec::with_capacity(plain.len());
            let mut ends = Vec::with_capacity(self.cells);
            for cell in plain.split_inclusive(|byte| *byte == END) {
                text.extend_from_slice(cell.strip_suffix(&[END])?);
                ends.push(text.len() as u32);
            }
            let text = String::from_utf8(text).ok()?;
            (ends.len() == self.cells).then_some(Texts { text, ends })
        };
        // It was packed in this process, and nobody could write to it since.
        texts().unwrap_or_else(|| unreachable!("what was packed can be unpacked"))
    }
}

/// How often this thread has unpacked something.
#[cfg(test)]
pub fn times_unpacked() -> usize {
    UNPACKED.get()
}

#[cfg(test)]
thread_local! {
    static UNPACKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Texts as they are packed, and open.
type Unpacked = (Arc<Shared>, Arc<Shared>);

thread_local! {
    /// What zstd works with, some hundred kilobytes: made once for each thread.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    /// What was unpacked last, and before that, beside what it was packed as: rows are mostly looked at one after another, and
    /// those that somebody edited are packed apart from those between them.
    static LAST: RefCell<[Option<Unpacked>; 2]> = const { RefCell::new([None, None]) };
}

/// The same texts, open.
pub(super) fn at_hand(shared: &Arc<Shared>) -> Arc<Shared> {
    let Some(packed) = shared.packed.as_ref().filter(|_| shared.is_packed()) else {
        return Arc::clone(shared);
    };
    LAST.with_borrow_mut(|last| {
        let is_it =
            |one: &Option<Unpacked>| one.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, shared));
        if !last.first().is_some_and(is_it) {
            last.reverse();
        }
        match last {
            [Some((known, open)), _] if Arc::ptr_eq(known, shared) => Arc::clone(open),
            [one, _] => {
                let open = Arc::new(Shared::open(packed.unpack()));
                *one = Some((Arc::clone(shared), Arc::clone(&open)));
                open
            }
        }
    })
}
