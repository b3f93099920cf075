//! Names and managers of a proposal.

use std::collections::BTreeSet;

use super::Proposing;
use super::headers::{Holds, find};
use super::writing::{cell, quoted, template};

impl Proposing<'_> {
    pub(super) fn names(&mut self) {
        let find = |holds| find(self.columns, holds);
        let (given, preferred, prefix) = (
            find(Holds::GivenName),
            find(Holds::PreferredName),
            find(Holds::Prefix),
        );
        let (family, full) = (find(Holds::Surname), find(Holds::FullName));
        let of = |place: usize| {
            let titled = if self.values(place).is_capitals() {
                " | title"
            } else {
                ""
            };
            format!("{}{titled}", cell(self.header(place)))
        };
        let (given, family) = match (given, family, full) {
            (Some(given), Some(family), _) => {
                let given = match preferred {
                    Some(preferred) => format!("first_nonempty({}, {})", of(preferred), of(given)),
                    None => of(given),
                };
                let family = match prefix {
                    // A particle alone is a word like any other, and stays as it is.
                    Some(prefix) => format!(
                        "[{}, {}] | join_nonempty(\" \")",
                        cell(self.header(prefix)),
                        of(family)
                    ),
                    None => of(family),
                };
                (given, family)
            }
            (_, _, Some(full)) => {
                let header = self.header(full);
                self.page.doubt(format!(
                    "given name and surname are guessed from \"{header}\"; two columns would be certain"
                ));
                let titled = if self.values(full).is_capitals() {
                    " | title"
                } else {
                    ""
                };
                (
                    format!("{}{titled} | given_name", cell(header)),
                    format!("{}{titled} | surname", cell(header)),
                )
            }
            _ => {
                self.page.doubt("no columns look like given name and surname");
                return;
            }
        };
        if given.contains("| title") || family.contains("| title") {
            self.page
                .doubt("names stand in capitals; `title` writes them as people do, but not every name");
        }
        self.page.attribute("givenName", "value", &template(&given));
        self.page.attribute("surname", "value", &template(&family));
        let whole = format!(
            "[{}, {}] | join_nonempty(\" \")",
            bracketed(&given),
            bracketed(&family)
        );
        self.page.doubt(
            "names are put together in the Western order; write `always` when the HR system is to decide what people are called",
        );
        self.page.attribute("displayName", "value", &template(&whole));
        self.page.line("authority = \"on-create\"");
    }

    pub(super) fn manager(&mut self, key: Option<usize>) {
        let Some(place) = find(self.columns, Holds::Manager) else {
            if let Some(place) = find(self.columns, Holds::ManagerName) {
                let header = self.header(place);
                self.page.doubt(format!(
                    "\"{header}\" names managers; let the HR system write their numbers as well, for [manager]"
                ));
            }
            return;
        };
        let header = self.header(place);
        let keys: BTreeSet<&str> = key
            .into_iter()
            .flat_map(|key| self.values(key).filled())
            .map(|(_, text)| text)
            .collect();
        let values: Vec<&str> = self.values(place).filled().map(|(_, text)| text).collect();
        let nobody = values
            .iter()
            .any(|text| *text == "NO_MANAGER" || *text == "NO_MGR");
        let known = values.iter().filter(|text| keys.contains(**text)).count();
        if known * 2 < values.len() {
            self.page.doubt(format!(
                "\"{header}\" holds few numbers of people in the file, so it makes no [manager]; which column has the manager's number?"
            ));
            return;
        }
        self.page.line("\n[manager]");
        if nobody {
            let rule = format!(
                "{} | replace(\"NO_MANAGER\", \"\") | replace(\"NO_MGR\", \"\")",
                cell(header)
            );
            self.page.line(format!("value = {}", quoted(&template(&rule))));
        } else {
            self.page.line(format!("column = {}", quoted(header)));
        }
    }
}

/// A part of a list: what has a filter stands between brackets.
fn bracketed(expression: &str) -> String {
    if expression.contains('|') {
        format!("({expression})")
    } else {
        expression.to_owned()
    }
}
