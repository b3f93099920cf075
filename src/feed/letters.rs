//! Letters of a wrong code page inside a value. A file may be right as a whole and have a few such cells, from another system or
//! another decade; nobody wants them in a directory.

use unicode_script::{Script, UnicodeScript};

use crate::domain::{shorten, undo_mojibake};

/// What to do about them.
pub(super) const HELP: &str = "correct the cell in the HR system, or set `source.encoding` if the file is read wrongly; if the value is really so, write it by hand once, and the feed leaves it alone";

/// What to do about a number or an address that nobody holds, with letters of a wrong code page: it may be that of somebody who is
/// there.
pub(super) const GARBLED: &str = "correct the cell in the HR system, or set `source.encoding` if the file is read wrongly; nobody is found by it, and nobody is made";

/// The scripts whose letters code pages take for each other. Others stand beside each other in one word in many languages, as kana,
/// kanji and Latin letters do.
const OF_CODE_PAGES: [Script; 6] = [
    Script::Latin,
    Script::Greek,
    Script::Cyrillic,
    Script::Hebrew,
    Script::Arabic,
    Script::Thai,
];

fn script_of(letter: char) -> Option<Script> {
    Some(letter.script()).filter(|script| OF_CODE_PAGES.contains(script))
}

/// What is wrong with the letters of a value, in one sentence; `None` where nothing is.
pub(super) fn damage(text: &str) -> Option<String> {
    let told = shorten(text);
    if let Some(word) = text.split_whitespace().find(|word| has_gap(word)) {
        return Some(format!(
            "`{told}` has lost a letter on its way: a program put `?` in its place, in `{}`",
            shorten(word)
        ));
    }
    if text.is_ascii() {
        return None;
    }
    if text.contains('\u{FFFD}') {
        return Some(format!(
            "`{told}` has lost a letter on its way: a program put the mark � in its place"
        ));
    }
    let mut words = text.split_whitespace();
    let undone = undone(text).or_else(|| words.find_map(undone_word));
    if let Some(undone) = undone {
        return Some(format!(
            "`{told}` is a text that a program read in the wrong encoding; it was `{}`",
            shorten(&undone)
        ));
    }
    let mut words = text.split(|letter: char| !letter.is_alphabetic());
    let (word, one, other) = words.find_map(|word| mixed(word).map(|(one, other)| (word, one, other)))?;
    Some(format!(
        "`{told}` has {} and {} letters in one word, `{}`, as when a file is read in the wrong encoding",
        one.full_name(),
        other.full_name(),
        shorten(word)
    ))
}

/// Whether a question mark stands where a letter was: nobody asks in the middle of a word. Addresses of pages have such marks.
fn has_gap(word: &str) -> bool {
    let is_gap = |(at, _): (usize, &str)| {
        let next = word.get(at + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(char::is_alphabetic)
    };
    !word.contains(['/', '=', '&']) && word.match_indices('?').any(is_gap)
}

/// Whether a text is what the directory holds, with question marks for letters that a code page does not have.
pub(super) fn lost_from(live: &str, text: &str) -> bool {
    text.contains('?')
        && live.chars().count() == text.chars().count()
        && live
            .chars()
            .zip(text.chars())
            .all(|(live, now)| live == now || (now == '?' && !live.is_ascii()))
}

/// The text before a program read it in the wrong encoding. Quotes, apostrophes and dashes beside an accent (`Chef d’équipe`,
/// `“CAFÉ”`) are the bytes of some letter by chance; so only letters count that are usual, and that begin as their scripts do.
fn undone(text: &str) -> Option<String> {
    let begins = |with: &[char]| text.contains('Ã') || text.contains(with);
    let is_usual = |letter: char| match letter {
        '\0'..='\u{7F}' | '\u{A0}'..='\u{17F}' | '\u{1E00}'..='\u{1EFF}' => true,
        '\u{2010}'..='\u{203A}' | '€' | '™' => true,
        '\u{218}'..='\u{21B}' => begins(&['È']),
        '\u{384}'..='\u{3CE}' => begins(&['Î', 'Ï']),
        '\u{400}'..='\u{45F}' | 'Ґ' | 'ґ' => begins(&['Ð', 'Ñ', 'Ò']),
        '\u{5D0}'..='\u{5EA}' => begins(&['×']),
        '\u{621}'..='\u{64A}' | '\u{679}'..='\u{6D2}' => begins(&['Ø', 'Ù', 'Ú', 'Û']),
        '\u{E01}'..='\u{E5B}' => begins(&['à']),
        // One of them may be `é…”` at the end of a Latin word.
        '\u{3040}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => {
            !text.contains(|c: char| c.is_ascii_alphabetic())
        }
        _ => false,
    };
    undo_mojibake(text).filter(|undone| undone.chars().all(is_usual))
}

/// One word of a text of which the others are right; what becomes of it must be a word.
fn undone_word(word: &str) -> Option<String> {
    undone(word).filter(|undone| {
        let is_of_word =
            |letter: char| letter.is_alphanumeric() || letter.is_ascii_punctuation() || letter == '’';
        undone.chars().all(is_of_word)
    })
}

/// Two scripts that do not belong into one word.
fn mixed(word: &str) -> Option<(Script, Script)> {
    let scripts: Vec<Script> = word.chars().filter_map(script_of).collect();
    let has = |script: Script| scripts.contains(&script);
    if !has(Script::Latin) {
        return (has(Script::Greek) && has(Script::Cyrillic)).then_some((Script::Greek, Script::Cyrillic));
    }
    if has(Script::Cyrillic) {
        return Some((Script::Latin, Script::Cyrillic));
    }
    if has(Script::Greek) {
        return (!is_of_science(word)).then_some((Script::Latin, Script::Greek));
    }
    // In these a Latin word may follow without a blank; between Latin letters they stand by accident.
    let between = scripts.iter().enumerate().find(|(at, script)| {
        let (before, after) = scripts.split_at(*at);
        **script != Script::Latin && before.contains(&Script::Latin) && after.contains(&Script::Latin)
    });
    between.map(|(_, script)| (Script::Latin, *script))
}

/// Units (`μm`, `kΩ`) and names of science (`TGFβ`, `αSMA`).
fn is_of_science(word: &str) -> bool {
    let is_unit = word.chars().count() <= 3 && word.contains(['μ', 'Ω']);
    let is_greek = |letter: char| script_of(letter) == Some(Script::Greek) && letter.is_lowercase();
    let rest = word.trim_matches(is_greek);
    is_unit || (!rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_a_wrong_code_page_are_seen_in_single_cells() {
        for (text, told) in [
            ("Мьnchen", "Latin and Cyrillic letters in one word, `Мьnchen`"),
            ("Mьller", "Latin and Cyrillic"),
            ("Anna Jos\u{439}", "`Jos\u{439}`"),
            ("Mόller", "Latin and Greek"),
            ("Renι", "Latin and Greek"),
            ("RENΙ", "Latin and Greek"),
            ("Mהller", "Latin and Hebrew"),
            ("Müller-Lьdenscheidt", "`Lьdenscheidt`"),
            ("MÃ¼ller", "it was `Müller`"),
            ("Zoë MÃ¼ller", "it was `Müller`"),
            ("M√ºller", "it was `Müller`"),
            ("MÃƒÂ¼ller", "it was `Müller`"),
            ("Dâ€™Angelo", "it was `D’Angelo`"),
            ("Å»aneta", "it was `Żaneta`"),
            ("Ð˜Ð²Ð°Ð½", "it was `Иван`"),
            ("Î‘Î½Î½Î±", "it was `Αννα`"),
            ("æž—", "it was `林`"),
            ("M\u{FFFD}ller", "has lost a letter"),
            ("Αнна", "Greek and Cyrillic"),
            ("K?the", "put `?` in its place, in `K?the`"),
            ("?lise", "put `?`"),
            ("Chef d'?quipe", "in `d'?quipe`"),
        ] {
            let damage = damage(text).unwrap_or_default();
            assert!(damage.contains(told), "{text}: {damage}");
        }
    }

    #[test]
    fn a_question_mark_for_a_letter_shows_beside_what_the_directory_holds() {
        assert!(lost_from("Qualité", "Qualit?"));
        assert!(lost_from("Łódź", "??d?"));
        for (live, text) in [
            ("Quality", "Qualit?"),
            ("Qualité", "Qualite"),
            ("Qualité", "Qualité"),
            ("Qualité", "Qualit??"),
            ("", "?"),
        ] {
            assert!(!lost_from(live, text), "{live}, {text}");
        }
    }

    #[test]
    fn what_people_and_places_are_called_is_no_damage() {
        for text in [
            "Anna",
            "Müller",
            "Łódź",
            "Ağaoğlu",
            "Nguyễn Thị Ánh",
            "São João",
            "CONCEIÇÃO",
            "Zoë’s",
            "Ёлкин",
            "Мюнхен",
            "IT-отдел",
            "Отдел IT",
            "1С разработчик",
            "Καλημέρα",
            "山田タロウ",
            "東京IT部",
            "Tシャツ",
            "山田 Taro",
            "μm",
            "5 kΩ",
            "µCT",
            "TGFβ",
            "αSMA",
            "ฝ่ายIT",
            "מנהל IT",
            "לCEO",
            "الـIT",
            "한국IT센터",
            "½ Tag",
            "5 °C",
            "naïve café",
            "😀",
            "ﬁnance",
            "Ｔａｒｏ",
            "Who is that?",
            "Manager (acting?)",
            "https://contoso.example/page?id=7",
            "Chef d’équipe",
            "Directeur de l’école",
            "Conseil d’État",
            "Chargé d’études",
            "Direction de l’Énergie",
            "Paris–Évry",
            "D’Évry",
            "“Élan",
            "‘Été’",
            "L’Œuvre d’Ève",
            "“CAFÉ”",
            "“FUNDACIÓ”",
            "„Spaß“",
            "„Fuß“",
            "«PÂTÉ»",
            "“Il est né…”",
            "CAFFÈ–BAR",
        ] {
            assert_eq!(damage(text), None, "{text}");
        }
    }
}
