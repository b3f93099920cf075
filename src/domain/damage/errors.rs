//! Error values: what a spreadsheet shows where a formula or a name has no result.

/// Error values that are not built like the others.
const WORDS: [&str; 8] = [
    "#N/A",
    "#N/B",
    "#N/D",
    "#NV",
    "#I/T",
    "#¡N/D",
    "#GETTING_DATA",
    "#PUUTTUU",
];

/// How LibreOffice begins its numbered errors, by language: `Err:509`, `Fout:509`, `Fehler:509`.
const NUMBERED: [&str; 13] = [
    "ERR", "ERROR", "ERREUR", "FOUT", "FEHLER", "ERRO", "ERRORE", "CHYBA", "FEL", "FEJL", "FEIL", "BŁĄD",
    "HIBA",
];

/// The longest error value known is `#¡DESBORDAMIENTO!`.
const CHARS_MAX: usize = 20;

/// Whether the text is an error value, in any language: `#NAME?`, `#NAAM?`, `#NOM ?`, `#¡VALOR!`, `Fout:509`, or the
/// number signs of a column that was too narrow.
pub(super) fn is_error_value(text: &str) -> bool {
    if text.chars().nth(CHARS_MAX + 4).is_some() {
        return text.chars().all(|c| c == '#');
    }
    let upper = text.to_uppercase().replace(['\u{a0}', '\u{202f}', ' '], "");
    if let Some((word, number)) = upper.split_once(':') {
        return NUMBERED.contains(&word)
            && number.len() == 3
            && number.starts_with('5')
            && number.bytes().all(|b| b.is_ascii_digit());
    }
    WORDS.contains(&upper.as_str())
        || (upper.len() >= 3 && upper.bytes().all(|b| b == b'#'))
        || is_shaped(text, &upper)
}

/// `#WORD!` and `#WORD?`, in capitals as spreadsheets write them or in small letters.
fn is_shaped(text: &str, upper: &str) -> bool {
    let Some(word) = upper
        .strip_prefix('#')
        .and_then(|rest| rest.strip_suffix(['!', '?']))
    else {
        return false;
    };
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 2
        && word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '/' | '0' | '_' | '¡' | '¿'))
        && !(text.chars().any(char::is_lowercase) && text.chars().any(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_values_of_every_language_are_recognised() {
        for text in [
            "#NAME?",
            "#N/A",
            "#REF!",
            "#VALUE!",
            "#DIV/0!",
            "#NUM!",
            "#NULL!",
            "#SPILL!",
            "#CALC!",
            "#GETTING_DATA",
            "#ERROR!",
            "#NAAM?",
            "#N/B",
            "#VERW!",
            "#WAARDE!",
            "#DEEL/0!",
            "#GETAL!",
            "#LEEG!",
            "#OVERLOOP!",
            "#NV",
            "#BEZUG!",
            "#WERT!",
            "#ZAHL!",
            "#ÜBERLAUF!",
            "#NOM?",
            "#NOM ?",
            "#NOM\u{a0}?",
            "#VALEUR!",
            "#NOMBRE!",
            "#NUL!",
            "#¿NOMBRE?",
            "#¡VALOR!",
            "#¡REF!",
            "#¡DIV/0!",
            "#N/D",
            "#NOME?",
            "#RIF!",
            "#VALORE!",
            "#NÚM!",
            "#NAZWA?",
            "#ADR!",
            "#I/T",
            "Err:509",
            "Err :509",
            "Fout:509",
            "Fehler:522",
            "Erro:502",
            "#######",
            "###",
        ] {
            assert!(is_error_value(text), "{text}");
        }
    }

    #[test]
    fn a_text_that_only_looks_like_one_is_a_text() {
        for text in [
            "N/A",
            "#1",
            "#1!",
            "##",
            "#Name?",
            "#Winning!",
            "C#",
            "Err: see notes",
            "Fout",
            "Err:12",
            "Room:501",
            "#sales",
            "Fehler 509",
            "#A!",
            "",
            "#",
        ] {
            assert!(!is_error_value(text), "{text}");
        }
    }
}
