//! The names of the months as spreadsheets write them: short and long, in English, Dutch, German, French, Spanish, Italian
//! and Portuguese. No name means two months.

const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "january", "januari", "januar", "jän", "jänner", "janv", "janvier", "ene", "enero", "gen",
        "gennaio", "janeiro",
    ],
    &[
        "feb",
        "february",
        "februari",
        "februar",
        "févr",
        "fév",
        "février",
        "febrero",
        "febbraio",
        "fev",
        "fevereiro",
    ],
    &[
        "mar", "march", "mrt", "maart", "mär", "mrz", "märz", "mars", "marzo", "março",
    ],
    &["apr", "april", "avr", "avril", "abr", "abril", "aprile"],
    &["may", "mei", "mai", "mayo", "mag", "maggio", "maio"],
    &["jun", "june", "juni", "juin", "junio", "giu", "giugno", "junho"],
    &[
        "jul", "july", "juli", "juil", "juillet", "julio", "lug", "luglio", "julho",
    ],
    &["aug", "august", "augustus", "août", "ago", "agosto"],
    &[
        "sep",
        "sept",
        "september",
        "septembre",
        "septiembre",
        "set",
        "settembre",
        "setembro",
    ],
    &[
        "oct", "october", "okt", "oktober", "octobre", "octubre", "ott", "ottobre", "out", "outubro",
    ],
    &["nov", "november", "novembre", "noviembre", "novembro"],
    &[
        "dec",
        "december",
        "dez",
        "dezember",
        "déc",
        "décembre",
        "dic",
        "diciembre",
        "dicembre",
        "dezembro",
    ],
];

/// The month a word names, from 1.
pub(super) fn month(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    MONTHS
        .iter()
        .position(|names| names.contains(&lower.as_str()))
        .and_then(|index| u32::try_from(index + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_months() {
        let mut all: Vec<&str> = MONTHS.iter().flat_map(|names| names.iter().copied()).collect();
        let before = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), before);
        assert!(all.iter().all(|name| name.to_lowercase() == *name));
    }

    #[test]
    fn names_are_read_in_every_case() {
        for (word, number) in [
            ("MAR", 3),
            ("Mrz", 3),
            ("mrt", 3),
            ("Août", 8),
            ("DÉC", 12),
            ("ene", 1),
        ] {
            assert_eq!(month(word), Some(number), "{word}");
        }
        assert_eq!(month("Marc"), None);
    }
}
