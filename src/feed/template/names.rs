//! People's names: their letters, and which part is which. No rule is right for every name; what these do is said in
//! docs/feed.md, and a name that they would spoil belongs into its own columns of the HR system.

use super::row::trimmed;
use super::text::{upper_first, words};

/// Words that belong to the surname behind them and are written small between other names.
const PARTICLES: [&str; 47] = [
    "van",
    "der",
    "den",
    "de",
    "het",
    "ter",
    "ten",
    "te",
    "'t",
    "\u{2019}t",
    "'s",
    "\u{2019}s",
    "op",
    "in",
    "aan",
    "bij",
    "uit",
    "von",
    "vom",
    "zu",
    "zum",
    "zur",
    "am",
    "auf",
    "da",
    "das",
    "do",
    "dos",
    "di",
    "del",
    "della",
    "dello",
    "dei",
    "degli",
    "du",
    "des",
    "la",
    "le",
    "las",
    "los",
    "af",
    "av",
    "bin",
    "ibn",
    "bint",
    "y",
    "e",
];

fn is_particle(word: &str) -> bool {
    let lower = word.to_lowercase();
    PARTICLES.contains(&lower.as_str())
}

/// Names in capitals or small letters as people write them: `O'BRIEN` is `O'Brien`, `VAN DER BERG` is `van der Berg`,
/// `MCDONALD` is `McDonald`, `SMITH-JONES` is `Smith-Jones`. A word that has both already stays: `DiCaprio`.
pub(super) fn title(text: &str) -> String {
    let all: Vec<&str> = words(text).collect();
    let titled = (0..).zip(&all).map(|(at, word): (usize, &&str)| {
        let has_both =
            word.chars().any(char::is_lowercase) && word.chars().filter(|c| c.is_uppercase()).count() > 0;
        let is_last = at + 1 == all.len();
        if has_both && !is_particle(word) {
            (*word).to_owned()
        } else if is_particle(word) && !is_last {
            word.to_lowercase()
        } else if is_numeral(word) && at > 0 && is_last {
            word.to_uppercase()
        } else {
            word.split('-').map(titled_part).collect::<Vec<_>>().join("-")
        }
    });
    titled.collect::<Vec<_>>().join(" ")
}

/// `III` behind a name.
fn is_numeral(word: &str) -> bool {
    ["ii", "iii", "iv", "vi", "vii", "viii"].contains(&word.to_lowercase().as_str())
}

/// A word without hyphens.
fn titled_part(part: &str) -> String {
    let lower = part.to_lowercase();
    // `'s-Hertogenbosch`, `'t`.
    if matches!(lower.as_str(), "'s" | "\u{2019}s" | "'t" | "\u{2019}t") {
        return lower;
    }
    if let Some(behind) = lower
        .strip_prefix("mc")
        .filter(|behind| behind.chars().count() > 2)
    {
        return format!("Mc{}", upper_first(behind));
    }
    let mut titled = String::new();
    let mut starts = true;
    let letters: Vec<char> = lower.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        if starts && letter.is_alphabetic() {
            titled.extend(letter.to_uppercase());
            starts = false;
        } else {
            titled.push(*letter);
        }
        // `D'Angelo` and `J.P.`, but not the `s` of `James's`.
        let is_apostrophe = matches!(letter, '\'' | '\u{2019}') && letters.len() - at > 2;
        starts = starts || is_apostrophe || *letter == '.';
    }
    titled
}

/// The surname and the given names of `Berg, Anna van der` and of `Anna van der Berg`.
fn parted(text: &str) -> (String, String) {
    if let Some((before, behind)) = text.split_once(',') {
        let mut given: Vec<&str> = words(behind).collect();
        let particles = given.iter().rev().take_while(|word| is_particle(word)).count();
        // Somebody whose given name is `Dos` has no other.
        let particles = if particles == given.len() { 0 } else { particles };
        let moved = given.split_off(given.len() - particles);
        let surname: Vec<&str> = moved.into_iter().chain(words(before)).collect();
        return (surname.join(" "), given.join(" "));
    }
    let all: Vec<&str> = words(text).collect();
    if all.len() < 2 {
        return (String::new(), trimmed(text).to_owned());
    }
    let particle = all
        .iter()
        .skip(1)
        .position(|word| is_particle(word))
        .map(|at| at + 1);
    let border = particle.filter(|at| at + 1 < all.len()).unwrap_or(all.len() - 1);
    let (given, surname) = all.split_at(border);
    (surname.join(" "), given.join(" "))
}

/// The given names of a full name.
pub(super) fn given_name(text: &str) -> String {
    parted(text).1
}

/// The surname of a full name, with the particles before it.
pub(super) fn surname(text: &str) -> String {
    parted(text).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_people_write_them() {
        for (text, titled) in [
            ("O'BRIEN", "O'Brien"),
            ("o\u{2019}neill", "O\u{2019}Neill"),
            ("VAN DER BERG", "van der Berg"),
            ("Van der Berg", "van der Berg"),
            ("ANNA VAN DER BERG", "Anna van der Berg"),
            ("MCDONALD", "McDonald"),
            ("McDonald", "McDonald"),
            ("MACHADO", "Machado"),
            ("SMITH-JONES", "Smith-Jones"),
            ("JEAN-LUC d'ARC", "Jean-Luc d'ARC"),
            ("D'ANGELO", "D'Angelo"),
            ("'T HOEN", "'t Hoen"),
            ("'S-GRAVESANDE", "'s-Gravesande"),
            ("DiCaprio", "DiCaprio"),
            ("J.P. MORGAN", "J.P. Morgan"),
            ("HENRY FORD III", "Henry Ford III"),
            ("ÉMILIE ÅBERG", "Émilie Åberg"),
            ("ŁUKASZ", "Łukasz"),
            ("DE", "De"),
            ("MC", "Mc"),
            ("  anna   maria ", "Anna Maria"),
            ("", ""),
        ] {
            assert_eq!(title(text), titled, "{text}");
        }
    }

    #[test]
    fn a_full_name_is_parted_at_its_comma_or_its_particle() {
        for (text, given, family) in [
            ("Berg, Anna van der", "Anna", "van der Berg"),
            ("van der Berg, Anna", "Anna", "van der Berg"),
            ("Anna van der Berg", "Anna", "van der Berg"),
            ("Jansen, Anna Maria", "Anna Maria", "Jansen"),
            ("Anna Maria Jansen", "Anna Maria", "Jansen"),
            ("Joost van 't Hoff", "Joost", "van 't Hoff"),
            ("Groß, Jörg von", "Jörg", "von Groß"),
            ("García Márquez, Gabriel", "Gabriel", "García Márquez"),
            ("Plato", "Plato", ""),
            ("Jansen,", "", "Jansen"),
            ("Silva, Dos", "Dos", "Silva"),
            ("Li Da", "Li", "Da"),
            ("", "", ""),
        ] {
            assert_eq!(
                (given_name(text).as_str(), surname(text).as_str()),
                (given, family),
                "{text}"
            );
        }
    }
}
