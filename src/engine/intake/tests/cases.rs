//! Sheets that came back, of every kind.

use proptest::prelude::*;

use super::super::Sizes;
use super::deeds::{Deed, Names, deed};
use crate::table::{AskedEncoding, Delimiter, Guard, LineEnd, WriteStyle};

fn style() -> impl Strategy<Value = WriteStyle> {
    let delimiter = prop_oneof![
        Just(Delimiter::Comma),
        Just(Delimiter::Semicolon),
        Just(Delimiter::Tab)
    ];
    let guard = prop_oneof![Just(Guard::Run), Just(Guard::Full), Just(Guard::Off)];
    let line_end = prop_oneof![Just(LineEnd::CrLf), Just(LineEnd::Lf)];
    (any::<(bool, bool)>(), delimiter, guard, line_end).prop_map(
        |((bom, quote_all), delimiter, guard, line_end)| WriteStyle {
            bom,
            delimiter,
            line_end,
            quote_all,
            guard,
        },
    )
}

/// How the bytes of a sheet are written, beside UTF-8.
#[derive(Debug, Clone, Copy)]
pub enum Letters {
    Utf8,
    Utf16,
    /// With the encoding named, or guessed.
    Western {
        is_named: bool,
    },
}

impl Letters {
    pub fn written(self, bytes: Vec<u8>) -> Vec<u8> {
        let text = String::from_utf8(bytes).unwrap();
        let plain = text.trim_start_matches('\u{FEFF}');
        match self {
            Letters::Utf8 => text.into_bytes(),
            Letters::Utf16 => {
                let marked = format!("\u{FEFF}{plain}");
                marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
            }
            Letters::Western { .. } => encoding_rs::WINDOWS_1252.encode(plain).0.into_owned(),
        }
    }

    pub fn named(self) -> Option<AskedEncoding> {
        matches!(self, Letters::Western { is_named: true }).then(|| "windows-1252".parse().unwrap())
    }
}

/// A sheet that came back, and how it is read.
#[derive(Debug, Clone)]
pub struct Case {
    pub people: usize,
    pub odd: String,
    pub names: Names,
    pub deeds: Vec<Deed>,
    pub style: WriteStyle,
    pub letters: Letters,
    pub sizes: Sizes,
    pub by_key: bool,
    pub shuffled: bool,
    pub keep_guard: bool,
    pub derived: bool,
    /// A file is the base, with these two columns exchanged, and somebody in it twice.
    pub base_file: Option<(usize, usize, Option<usize>)>,
}

pub fn case() -> impl Strategy<Value = Case> {
    let odd = prop_oneof![
        "[A-Za-zé ]{1,9}",
        Just("'s-Gravesande".to_owned()),
        Just("'0042".to_owned()),
        Just("=1+1".to_owned())
    ];
    let names = prop_oneof![2 => Just(Names::Usual), 1 => Just(Names::Long), 1 => Just(Names::Foreign)];
    let letters = prop_oneof![
        4 => Just(Letters::Utf8),
        1 => Just(Letters::Utf16),
        1 => any::<bool>().prop_map(|is_named| Letters::Western { is_named }),
    ];
    let twice = prop_oneof![9 => Just(None), 1 => (0..40_usize).prop_map(Some)];
    let base_file = proptest::option::of((0..9_usize, 0..9_usize, twice));
    let sizes = (2..8_usize, 2..8_usize).prop_map(|(chunk, pack)| Sizes { chunk, pack });
    let flags = any::<(bool, bool, bool, bool)>();
    let deeds = proptest::collection::vec(deed(), 0..6);
    let sheet = (3..40_usize, odd, names, deeds, style(), letters);
    (sheet, sizes, flags, base_file).prop_map(
        |(
            (people, odd, names, deeds, style, letters),
            sizes,
            (by_key, shuffled, keep_guard, derived),
            base_file,
        )| Case {
            people,
            odd,
            names,
            deeds,
            style,
            letters,
            sizes,
            by_key,
            shuffled,
            keep_guard,
            derived,
            base_file,
        },
    )
}
