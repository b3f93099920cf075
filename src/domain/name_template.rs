//! Names for new users: `{givenName}.{surname}@contoso.com`, in the letters that a userPrincipalName may have.

use std::fmt;
use std::str::FromStr;

use super::rules;
use super::{Edit, has_han};
use crate::catalogue::{self, Attribute};

/// How many names are tried for one person: the name itself, and with 2 to 9 behind it.
pub const NAMES_TRIED: usize = 9;

/// A text with attributes in braces before an `@` and a domain. An attribute may be cut: `{givenName:1}` is its first letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate {
    text: String,
    local: Vec<Piece>,
    domain: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Attribute {
        attribute: &'static Attribute,
        letters_max: usize,
    },
}

impl NameTemplate {
    /// The attributes it is made of.
    pub fn attributes(&self) -> impl Iterator<Item = &'static Attribute> {
        self.local.iter().filter_map(|piece| match piece {
            Piece::Attribute { attribute, .. } => Some(*attribute),
            Piece::Text(_) => None,
        })
    }

    /// The first of its attributes that has Chinese characters: nobody knows how they are read, so no name is made of them.
    pub fn unreadable<'v>(
        &self,
        value: impl Fn(&Attribute) -> Option<&'v str>,
    ) -> Option<&'static Attribute> {
        self.attributes()
            .find(|attribute| value(attribute).is_some_and(has_han))
    }

    /// The names for somebody, the best first. Empty when one of the attributes is, or has no known reading ([`Self::unreadable`]), or
    /// when no name comes out of them.
    pub fn names<'v>(&self, value: impl Fn(&Attribute) -> Option<&'v str>) -> Vec<String> {
        let mut local = String::new();
        for piece in &self.local {
            match piece {
                Piece::Text(text) => local.push_str(text),
                Piece::Attribute {
                    attribute,
                    letters_max,
                } => {
                    let letters = value(attribute).filter(|text| !has_han(text)).map(plain);
                    let Some(letters) = letters.filter(|letters| !letters.is_empty()) else {
                        return Vec::new();
                    };
                    local.extend(letters.chars().take(*letters_max));
                }
            }
        }
        let local = local.trim_matches('.');
        let numbered = (1..=NAMES_TRIED).map(|number| match number {
            1 => format!("{local}@{}", self.domain),
            number => format!("{local}{number}@{}", self.domain),
        });
        let name = catalogue::by_name("userPrincipalName");
        let holds =
            |text: &String| name.is_some_and(|name| matches!(rules::read_cell(name, text), Ok(Edit::Set(_))));
        numbered.filter(holds).collect()
    }
}

/// Whether it is a picture (emoji) or belongs to one: no part of a name, and in plain letters its description.
/// <https://www.unicode.org/charts/>: Miscellaneous Symbols to Dingbats, and everything from Mahjong Tiles to Symbols and Pictographs Extended-A.
fn is_picture(letter: char) -> bool {
    matches!(letter, '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}' | '\u{200D}' | '\u{20E3}')
}

/// The text in Latin letters without accents, and without pictures: of each it would be the description. José is Jose.
pub fn plain_letters(text: &str) -> String {
    deunicode::deunicode(&text.replace(is_picture, ""))
}

/// The letters and digits of a text as plain ones, in lower case: `Łukasz van 't Hoff` is `lukaszvanthoff`.
fn plain(text: &str) -> String {
    let plain = plain_letters(text);
    let kept = plain
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-');
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}

impl FromStr for NameTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<NameTemplate, String> {
        let Some((local, domain)) = text.rsplit_once('@') else {
            return Err(
                "a name has an `@` and a domain, like `{givenName}.{surname}@contoso.com`".to_owned(),
            );
        };
        if domain.is_empty() || domain.contains(['{', '}', ' ']) {
            return Err(format!("`{domain}` is no domain"));
        }
        let mut pieces = Vec::new();
        let mut rest = local;
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, behind) = after
                .split_once('}')
                .ok_or("a brace `{` is not closed by a `}`")?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(attribute_piece(inside)?);
            rest = behind;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        if pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) {
            return Err("without an attribute in braces everybody would get the same name".to_owned());
        }
        Ok(NameTemplate {
            text: text.to_owned(),
            local: pieces,
            domain: domain.to_owned(),
        })
    }
}

fn attribute_piece(inside: &str) -> Result<Piece, String> {
    let (name, letters) = match inside.split_once(':') {
        Some((name, letters)) => (name, Some(letters)),
        None => (inside, None),
    };
    let attribute = catalogue::all()
        .find(|known| known.name.eq_ignore_ascii_case(name.trim()))
        .ok_or_else(|| format!("`{name}` is no column; `dirsheet columns` lists them"))?;
    let letters_max = match letters {
        None => usize::MAX,
        Some(number) => number
            .trim()
            .parse()
            .ok()
            .filter(|number| (1..=64).contains(number))
            .ok_or_else(|| format!("`{inside}`: behind the colon stands how many letters, 1 to 64"))?,
    };
    Ok(Piece::Attribute {
        attribute,
        letters_max,
    })
}

impl fmt::Display for NameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(template: &str, given: &str, surname: &str) -> Vec<String> {
        let template: NameTemplate = template.parse().unwrap();
        template.names(|attribute| match attribute.name {
            "givenName" => Some(given),
            "surname" => Some(surname),
            _ => None,
        })
    }

    #[test]
    fn names_have_plain_letters_and_a_number_where_they_are_taken() {
        for (template, given, surname, first) in [
            (
                "{givenName}.{surname}@c.example",
                "Noor",
                "Jansen",
                "noor.jansen@c.example",
            ),
            (
                "{givenName}.{surname}@c.example",
                "Łukasz",
                "Żółć",
                "lukasz.zolc@c.example",
            ),
            (
                "{givenName}.{surname}@c.example",
                "Joost",
                "van 't Hoff",
                "joost.vanthoff@c.example",
            ),
            (
                "{givenName:1}{surname}@c.example",
                "Jörg",
                "Groß",
                "jgross@c.example",
            ),
            ("x-{surname}@c.example", "", "O'Brien", "x-obrien@c.example"),
        ] {
            let names = names(template, given, surname);
            assert_eq!(names[0], first);
            assert_eq!(names.len(), NAMES_TRIED);
            assert_eq!(names[1], first.replacen('@', "2@", 1));
        }
    }

    #[test]
    fn no_name_is_made_of_characters_whose_reading_nobody_knows() {
        let template: NameTemplate = "{givenName}.{surname}@c.example".parse().unwrap();
        for (given, surname, unreadable, first) in [
            ("Taro", "田中", Some("surname"), None),
            ("太郎", "Tanaka", Some("givenName"), None),
            ("たろう", "タナカ", None, Some("tarou.tanaka@c.example")),
            ("민준", "김", None, Some("minjun.gim@c.example")),
        ] {
            let value = |attribute: &Attribute| match attribute.name {
                "givenName" => Some(given),
                _ => Some(surname),
            };
            let found = template.unreadable(value).map(|attribute| attribute.name);
            let names = template.names(value);
            assert_eq!(
                (found, names.first().map(String::as_str)),
                (unreadable, first),
                "{given} {surname}"
            );
        }
    }

    #[test]
    fn somebody_without_the_parts_of_a_name_gets_none() {
        assert!(names("{givenName}.{surname}@c.example", "Noor", "").is_empty());
        assert!(names("{givenName}.{surname}@c.example", "!!", "Jansen").is_empty());
        assert!(names("{department}@c.example", "Noor", "Jansen").is_empty());
        // Longer than a name may be.
        assert!(names("{surname}@c.example", "", &"x".repeat(80)).is_empty());
    }

    #[test]
    fn what_is_no_template_says_why() {
        for (text, why) in [
            ("{givenName}", "`@`"),
            ("{givenName@c.example", "not closed"),
            ("{firstName}@c.example", "`firstName` is no column"),
            ("{givenName:0}@c.example", "1 to 64"),
            ("somebody@c.example", "same name"),
            ("{givenName}@", "no domain"),
        ] {
            let error = text.parse::<NameTemplate>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
