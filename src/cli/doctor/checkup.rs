//! What was looked at, in the order in which it was, and how it is told.

use serde_json::{Value as Json, json};

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::report::{Paint, counted};

/// How one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Well,
    /// The work goes on, and somebody should look at it.
    Warning,
    /// The work cannot go on.
    Error,
}

impl Health {
    pub fn as_str(self) -> &'static str {
        match self {
            Health::Well => "ok",
            Health::Warning => "warning",
            Health::Error => "error",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub health: Health,
    pub found: String,
    pub help: Vec<String>,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Checkup {
    checks: Vec<Check>,
    /// Of the first thing that stops the work.
    exit: Option<Exit>,
}

impl Checkup {
    pub fn well(&mut self, name: &'static str, found: impl Into<String>) {
        self.add(name, Health::Well, found.into(), Vec::new());
    }

    pub fn warning(
        &mut self,
        name: &'static str,
        found: impl Into<String>,
        help: impl IntoIterator<Item = String>,
    ) {
        self.add(name, Health::Warning, found.into(), help.into_iter().collect());
    }

    pub fn error(&mut self, name: &'static str, error: CliError) {
        self.exit.get_or_insert(error.exit);
        self.add(name, Health::Error, error.message, error.hints);
    }

    fn add(&mut self, name: &'static str, health: Health, found: String, help: Vec<String>) {
        self.checks.push(Check {
            name,
            health,
            found,
            help,
        });
    }

    /// Done where nothing stops the work, else what the first thing that does would end a command with.
    pub fn exit(&self) -> Exit {
        self.exit.unwrap_or(Exit::Done)
    }

    /// `quiet`: only what is not well, and no sentence at the end.
    pub fn text(&self, paint: Paint, quiet: bool) -> String {
        let mut text = self.lines(paint, quiet);
        let count = |health| {
            let found = self.checks.iter().filter(|check| check.health == health).count();
            (found, counted(found as u64, "thing", "things"))
        };
        text.push_str(&match (count(Health::Error), count(Health::Warning)) {
            _ if quiet => String::new(),
            ((0, _), (0, _)) => "Everything is as it should be.\n".to_owned(),
            ((0, _), (_, warnings)) => {
                format!("Nothing stands in the way; {warnings} should be looked at.\n")
            }
            ((_, errors), _) => format!("{errors} must be mended before dirsheet can work.\n"),
        });
        text
    }

    /// What was found so far, without a sentence at the end.
    pub fn lines(&self, paint: Paint, quiet: bool) -> String {
        let mut text = String::new();
        let shown = |check: &&Check| !quiet || check.health != Health::Well;
        for check in self.checks.iter().filter(shown) {
            let word = format!("{:<8}", check.health.as_str());
            let word = match check.health {
                Health::Well => paint.good(&word),
                Health::Warning => paint.warn(&word),
                Health::Error => paint.bad(&word),
            };
            text.push_str(&format!("{word} {:<14} {}\n", check.name, check.found));
            for help in &check.help {
                text.push_str(&format!("{:24}help: {help}\n", ""));
            }
        }
        text
    }

    pub fn json(&self) -> Json {
        let one = |check: &Check| {
            json!({
                "name": check.name,
                "status": check.health.as_str(),
                "found": check.found,
                "help": check.help,
            })
        };
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "checks": self.checks.iter().map(one).collect::<Json>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_one_and_quiet_tells_only_what_is_not_well() {
        let mut checkup = Checkup::default();
        let paint = Paint::new(false);
        checkup.well("clock", "right");
        assert_eq!(checkup.text(paint, true), "");
        assert!(
            checkup
                .text(paint, false)
                .ends_with("Everything is as it should be.\n")
        );
        checkup.warning("runs", "odd", []);
        assert!(
            checkup
                .text(paint, false)
                .ends_with("; 1 thing should be looked at.\n")
        );
        checkup.warning("tenant", "odd", []);
        assert!(
            checkup
                .text(paint, false)
                .ends_with("; 2 things should be looked at.\n")
        );
        checkup.error("sign-in", CliError::usage("bad"));
        assert!(
            checkup
                .text(paint, false)
                .ends_with("1 thing must be mended before dirsheet can work.\n")
        );
        let quiet = checkup.text(paint, true);
        assert_eq!(quiet.lines().count(), 3, "{quiet}");
        assert!(!quiet.contains("clock"), "{quiet}");
    }
}
