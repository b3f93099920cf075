//! Text in UTF-8 that a program took for Windows-1252, Latin-1 or Mac Roman and saved again: `Ã©` for `é`, `â€™` for `’`.
//!
//! Undoing writes the characters as the bytes they came from and reads these as UTF-8. A text that was not damaged so
//! practically never gives valid UTF-8, so a success is close to certain. The tables are small, and this room knows no
//! library for encodings.

/// What Windows-1252 has for the bytes 0x80 to 0x9F; U+0000 where it has nothing.
const WINDOWS: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“',
    '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// What Mac Roman has for the bytes 0x80 to 0xFF.
const MAC: [char; 128] = [
    'Ä', 'Å', 'Ç', 'É', 'Ñ', 'Ö', 'Ü', 'á', 'à', 'â', 'ä', 'ã', 'å', 'ç', 'é', 'è', 'ê', 'ë', 'í', 'ì', 'î',
    'ï', 'ñ', 'ó', 'ò', 'ô', 'ö', 'õ', 'ú', 'ù', 'û', 'ü', '†', '°', '¢', '£', '§', '•', '¶', 'ß', '®', '©',
    '™', '´', '¨', '≠', 'Æ', 'Ø', '∞', '±', '≤', '≥', '¥', 'µ', '∂', '∑', '∏', 'π', '∫', 'ª', 'º', 'Ω', 'æ',
    'ø', '¿', '¡', '¬', '√', 'ƒ', '≈', '∆', '«', '»', '…', '\u{a0}', 'À', 'Ã', 'Õ', 'Œ', 'œ', '–', '—', '“',
    '”', '‘', '’', '÷', '◊', 'ÿ', 'Ÿ', '⁄', '€', '‹', '›', 'ﬁ', 'ﬂ', '‡', '·', '‚', '„', '‰', 'Â', 'Ê', 'Á',
    'Ë', 'È', 'Í', 'Î', 'Ï', 'Ì', 'Ó', 'Ô', '\u{f8ff}', 'Ò', 'Ú', 'Û', 'Ù', 'ı', 'ˆ', '˜', '¯', '˘', '˙',
    '˚', '¸', '˝', '˛', 'ˇ',
];

/// How often one text may have been read wrongly, one time over the other.
const LAYERS_MAX: usize = 4;

/// The text before it was decoded wrongly, once or several times over; `None` when it does not look so.
///
/// The answer has no control characters and is never the text itself. Only the whole text is undone: where a person
/// typed an accent into it afterwards, nobody can tell the letters apart, and the answer is `None`.
pub fn undo_mojibake(text: &str) -> Option<String> {
    let mut layer = text.to_owned();
    let mut undone = None;
    for _ in 0..LAYERS_MAX {
        match undo_once(&layer) {
            Some(deeper) => layer = deeper,
            None => break,
        }
        // Between two layers the bytes without a letter are control characters.
        if !layer
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            undone = Some(layer.clone());
        }
    }
    undone
}

fn undo_once(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    [windows_byte as fn(char) -> Option<u8>, mac_byte]
        .into_iter()
        .find_map(|byte_of| {
            let bytes: Option<Vec<u8>> = text.chars().map(byte_of).collect();
            let undone = String::from_utf8(bytes?).ok()?;
            (undone != text && !undone.contains('\u{FFFD}')).then_some(undone)
        })
}

/// The byte that Windows-1252 or Latin-1 shows as this character, or LibreOffice for want of one (U+F181 and so on).
fn windows_byte(c: char) -> Option<u8> {
    match c {
        '\0'..='\u{7F}' | '\u{A0}'..='\u{FF}' => u8::try_from(u32::from(c)).ok(),
        '\u{80}'..='\u{9F}' => u8::try_from(u32::from(c)).ok(),
        '\u{F180}'..='\u{F19F}' => u8::try_from(u32::from(c) - 0xF100).ok(),
        c => WINDOWS
            .iter()
            .position(|known| *known == c)
            .and_then(|index| u8::try_from(0x80 + index).ok()),
    }
}

/// The byte that Mac Roman shows as this character.
fn mac_byte(c: char) -> Option<u8> {
    if c.is_ascii() {
        return u8::try_from(u32::from(c)).ok();
    }
    // U+03A9 and U+2126 look the same, and programs differ in which one they write.
    let c = if c == '\u{2126}' { 'Ω' } else { c };
    MAC.iter()
        .position(|known| *known == c)
        .and_then(|index| u8::try_from(0x80 + index).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_was_decoded_wrongly_is_undone() {
        for (text, undone) in [
            ("ZoÃ«", "Zoë"),
            ("JosÃ© GarcÃ\u{ad}a", "José García"),
            ("itâ€™s", "it’s"),
            ("MÃ¼ller", "Müller"),
            ("ÃœbermaÃŸ", "Übermaß"),
            ("ï»¿id", "\u{feff}id"),
            ("Ã¯Â»Â¿id", "\u{feff}id"),
            ("ZoÃƒÂ«", "Zoë"),
            ("Å\u{81}Ã³dÅº", "Łódź"),
            ("Å\u{F181}Ã³dÅº", "Łódź"),
            ("Ã\u{83}Â©", "é"),
            ("Zo√´", "Zoë"),
            ("Jos√©", "José"),
            ("it‚Äôs", "it’s"),
            ("Ôªøid", "\u{feff}id"),
            ("â‚¬ 5", "€ 5"),
            ("Ð\u{98}Ð²Ð°Ð½", "Иван"),
            ("ðŸ˜€", "😀"),
            ("a\nÃ©", "a\né"),
        ] {
            assert_eq!(undo_mojibake(text).as_deref(), Some(undone), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_right_is_left_alone() {
        for text in [
            "",
            "Anna",
            "Zoë",
            "José García",
            "Müller",
            "SÃO PAULO",
            "São João",
            "Übermaß",
            "Łódź",
            "Иван",
            "山田",
            "שלום",
            "it’s",
            "€ 5",
            "5 °C",
            "© Contoso",
            "Ã",
            "â",
            "naïve café",
            "«Ô»",
            "½ ¼",
            "😀",
            // Half of it typed again: nobody can tell.
            "ZoÃ« Zoë",
        ] {
            assert_eq!(undo_mojibake(text), None, "{text}");
        }
    }

    /// A text in UTF-8 as a program shows it that takes it for another encoding.
    fn damaged(text: &str, table: impl Fn(u8) -> char) -> String {
        text.bytes().map(table).collect()
    }

    fn as_windows(byte: u8) -> char {
        match byte {
            0x80..=0x9F if WINDOWS[usize::from(byte - 0x80)] != '\0' => WINDOWS[usize::from(byte - 0x80)],
            byte => char::from(byte),
        }
    }

    fn as_mac(byte: u8) -> char {
        match byte {
            0x80.. => MAC[usize::from(byte - 0x80)],
            byte => char::from(byte),
        }
    }

    proptest! {
        #[test]
        fn whatever_was_damaged_so_is_undone(text in "[a-zA-Zéëüßñçø’–€łŁżИван山田 ]{1,20}") {
            prop_assume!(!text.is_ascii());
            // What looks damaged from the beginning is undone one layer more; such texts are not the matter here.
            prop_assume!(undo_mojibake(&text).is_none());
            let windows = damaged(&text, as_windows);
            prop_assert_eq!(undo_mojibake(&windows), Some(text.clone()));
            prop_assert_eq!(undo_mojibake(&damaged(&windows, as_windows)), Some(text.clone()));
            prop_assert_eq!(undo_mojibake(&damaged(&text, as_mac)), Some(text));
        }

        #[test]
        fn no_text_makes_it_panic_or_return_itself(text in "\\PC{0,20}") {
            if let Some(undone) = undo_mojibake(&text) {
                prop_assert_ne!(undone, text);
            }
        }
    }
}
