//! What somebody who has looked at a file may let pass for one night.

use std::str::FromStr;

use super::gate::MeasureName;
use super::near::{listed, nearest};
use crate::domain::{Limit, Limits, Sourced};

/// One thing that may pass, by the word that stands in `FEED.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lift {
    /// A measure of the gate.
    Measure(MeasureName),
    /// A limit of `[guards]`.
    Guard(&'static str),
    /// `leavers.max`.
    Leavers,
    /// `missing.max`.
    Missing,
}

/// The limits of `[guards]`. What is allowed there by a word is for good, and nothing that is lifted.
pub const LIFTED_GUARDS: [&str; 6] = [
    "max-users",
    "max-column",
    "max-clears",
    "max-same-value",
    "max-enables",
    "max-licenses",
];

impl Lift {
    /// Everything that can be lifted.
    pub fn all() -> impl Iterator<Item = Lift> {
        let measures = MeasureName::ALL.into_iter().filter(|name| name.can_be_lifted());
        measures
            .map(Lift::Measure)
            .chain(LIFTED_GUARDS.into_iter().map(Lift::Guard))
            .chain([Lift::Leavers, Lift::Missing])
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Lift::Measure(name) => name.as_str(),
            Lift::Guard(name) => name,
            Lift::Leavers => "leavers.max",
            Lift::Missing => "missing.max",
        }
    }

    /// The measures of the gate among them.
    pub fn measures(lifts: &[Lift]) -> Vec<MeasureName> {
        let measure = |lift: &Lift| match lift {
            Lift::Measure(name) => Some(*name),
            Lift::Guard(_) | Lift::Leavers | Lift::Missing => None,
        };
        lifts.iter().filter_map(measure).collect()
    }

    /// Takes away the limits that are lifted.
    pub fn take_away(lifts: &[Lift], limits: &mut Limits) {
        for lift in lifts {
            let Lift::Guard(name) = lift else { continue };
            let none = Sourced {
                value: Limit::Users(u64::MAX),
                origin: format!("--lift {name}"),
            };
            match *name {
                "max-users" => limits.users = none,
                "max-column" => limits.column = None,
                "max-clears" => limits.clears = none,
                "max-same-value" => {
                    limits.same_value_individual = none.clone();
                    limits.same_value_shared = none;
                }
                "max-enables" => limits.enables = none,
                "max-licenses" => limits.licenses = none,
                _ => {}
            }
        }
    }
}

impl FromStr for Lift {
    type Err = String;

    fn from_str(text: &str) -> Result<Lift, String> {
        let word = text.trim();
        if word == MeasureName::ColumnMissing.as_str() {
            return Err(
                "it cannot be lifted: without a column that is read nothing can be made of the rows"
                    .to_owned(),
            );
        }
        Lift::all().find(|lift| lift.as_str() == word).ok_or_else(|| {
            let meant = nearest(word, Lift::all().map(Lift::as_str));
            let meant = meant.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            format!(
                "it is nothing that can be lifted for one night; {meant}There are {}",
                listed(Lift::all().map(Lift::as_str))
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::settings::settings_schema;

    #[test]
    fn every_limit_of_the_guards_in_the_settings_can_be_lifted_by_its_name() {
        let schema = settings_schema();
        let guards = schema["$defs"]["FeedGuards"]["properties"].as_object().unwrap();
        let limits = guards.keys().filter(|name| name.starts_with("max-"));
        let mut limits: Vec<&str> = limits.map(String::as_str).collect();
        let mut lifted = LIFTED_GUARDS.to_vec();
        limits.sort_unstable();
        lifted.sort_unstable();
        assert_eq!(limits, lifted);
        let usual = Limits {
            column: Some(Sourced::default_value(Limit::Users(1))),
            ..Limits::default()
        };
        for name in LIFTED_GUARDS {
            let mut limits = usual.clone();
            Lift::take_away(&[name.parse().unwrap()], &mut limits);
            assert_ne!(limits, usual, "{name}");
        }
    }

    #[test]
    fn a_word_that_lifts_nothing_is_told_with_the_one_that_was_meant() {
        for (word, told) in [
            ("max-user", "did you mean `max-users`?"),
            ("rows-lot", "did you mean `rows-lost`?"),
            ("leaver.max", "did you mean `leavers.max`?"),
            ("emptied", "There are `rows-min`"),
            ("column-missing", "nothing can be made of the rows"),
        ] {
            let error = word.parse::<Lift>().unwrap_err();
            assert!(error.contains(told), "{word}: {error}");
        }
        for lift in Lift::all() {
            assert_eq!(lift.as_str().parse(), Ok(lift));
        }
    }
}
