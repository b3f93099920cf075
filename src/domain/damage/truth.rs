//! The words for true and false, in the languages of spreadsheets.

/// The words of one language: true, false, and what people write for yes and no.
struct Language {
    truths: [&'static str; 2],
    answers: [&'static [&'static str]; 2],
}

const fn language(
    truths: [&'static str; 2],
    yes: &'static [&'static str],
    no: &'static [&'static str],
) -> Language {
    Language {
        truths,
        answers: [yes, no],
    }
}

static LANGUAGES: [Language; 14] = [
    language(["true", "false"], &["yes"], &["no"]),
    language(["waar", "onwaar"], &["ja"], &["nee"]),
    language(["wahr", "falsch"], &["ja"], &["nein"]),
    language(["vrai", "faux"], &["oui"], &["non"]),
    language(["verdadero", "falso"], &["sí", "si"], &["no"]),
    language(["vero", "falso"], &["sì", "si"], &["no"]),
    language(["verdadeiro", "falso"], &["sim"], &["não"]),
    language(["prawda", "fałsz"], &["tak"], &["nie"]),
    language(["sant", "falskt"], &["ja"], &["nej"]),
    language(["sand", "falsk"], &["ja"], &["nej"]),
    language(["sann", "usann"], &["ja"], &["nei"]),
    language(["tosi", "epätosi"], &["kyllä"], &["ei"]),
    language(["pravda", "nepravda"], &["ano"], &["ne"]),
    language(["igaz", "hamis"], &["igen"], &["nem"]),
];

/// The truth value a word of a spreadsheet stands for.
pub fn truth(text: &str) -> Option<bool> {
    let lower = text.trim().to_lowercase();
    LANGUAGES.iter().find_map(|language| {
        let at = language.truths.iter().position(|word| *word == lower)?;
        Some(at == 0)
    })
}

/// The truth value a person may mean by yes, no, 1 or 0.
pub fn likely_truth(text: &str) -> Option<bool> {
    let lower = text.trim().to_lowercase();
    match lower.as_str() {
        "1" => Some(true),
        "0" => Some(false),
        _ => LANGUAGES.iter().find_map(|language| answer(language, &lower)),
    }
}

/// What a word of agreement or of truth says; no word means both in two languages.
pub fn yes_or_no(text: &str) -> Option<bool> {
    let lower = text.trim().to_lowercase();
    truth(&lower).or_else(|| LANGUAGES.iter().find_map(|language| answer(language, &lower)))
}

fn answer(language: &Language, lower: &str) -> Option<bool> {
    let at = language.answers.iter().position(|words| words.contains(&lower))?;
    Some(at == 0)
}

/// Which languages a sheet speaks, by the truth words of its cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken(Vec<usize>);

impl Spoken {
    /// Notes the language of a cell. The exported spelling, `true` and `false`, says nothing of the spreadsheet.
    pub fn hear(&mut self, cell: &str) {
        if matches!(cell, "true" | "false") {
            return;
        }
        let lower = cell.trim().to_lowercase();
        for (at, language) in LANGUAGES.iter().enumerate() {
            if language.truths.contains(&lower.as_str()) && !self.0.contains(&at) {
                self.0.push(at);
            }
        }
    }

    /// What yes or no means in a language of the sheet.
    pub fn answer(&self, text: &str) -> Option<bool> {
        let lower = text.trim().to_lowercase();
        self.0.iter().find_map(|at| answer(&LANGUAGES[*at], &lower))
    }
}

/// Whether `edited` is a spreadsheet's word for the truth value that stood there as a text. Spreadsheets write capitals;
/// people who are called Sand or Sant do not.
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    let in_capitals = !edited.chars().any(char::is_lowercase);
    let english = |word: &str| matches!(word.trim().to_lowercase().as_str(), "true" | "false");
    // No spreadsheet translates between two languages that are not English; and a family is called Sand or Vero.
    let is_possible =
        english(base) || english(edited) || base.trim().to_lowercase() == edited.trim().to_lowercase();
    (base != edited && in_capitals && is_possible && truth(base).is_some() && truth(base) == truth(edited))
        .then_some("a spreadsheet took this word for a truth value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_yes_in_one_language_and_no_in_another() {
        let words = |yes: bool| -> Vec<&str> {
            let at = usize::from(!yes);
            let of =
                |language: &'static Language| [&[language.truths[at]][..], language.answers[at]].concat();
            LANGUAGES.iter().flat_map(of).collect()
        };
        for word in words(true) {
            assert_eq!(yes_or_no(word), Some(true), "{word}");
        }
        for word in words(false) {
            assert_eq!(yes_or_no(word), Some(false), "{word}");
        }
        for word in ["", "1", "0", "y", "perhaps"] {
            assert_eq!(yes_or_no(word), None, "{word}");
        }
    }

    #[test]
    fn a_truth_word_of_another_language_is_the_same() {
        for (base, edited) in [
            ("true", "TRUE"),
            ("true", "WAAR"),
            ("False", "FALSCH"),
            ("false", "FAUX"),
            ("true", "VERDADERO"),
            ("true", "VERO"),
            ("true", "VERDADEIRO"),
            ("false", "ONWAAR"),
            ("waar", "TRUE"),
        ] {
            assert!(rewritten(base, edited).is_some(), "{base} {edited}");
        }
    }

    #[test]
    fn another_value_or_a_name_is_an_edit() {
        for (base, edited) in [
            ("true", "false"),
            ("true", "FALSE"),
            ("true", "TRUE!"),
            ("yes", "TRUE"),
            ("Sand", "Sant"),
            ("Vero", "True"),
            ("TRUE", "true"),
            ("1", "TRUE"),
            ("TRUE", "TRUE"),
        ] {
            assert_eq!(rewritten(base, edited), None, "{base} {edited}");
        }
    }

    #[test]
    fn yes_and_no_are_likely_and_not_certain() {
        for (word, value) in [
            ("ja", true),
            ("Nee", false),
            ("OUI", true),
            ("1", true),
            ("0", false),
        ] {
            assert_eq!((truth(word), likely_truth(word)), (None, Some(value)), "{word}");
        }
        assert_eq!(likely_truth("perhaps"), None);
    }
}
