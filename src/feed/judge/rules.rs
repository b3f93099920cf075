//! Rules: exactly one of a column and a template; what a template names must be there.

use super::Judge;
use crate::domain::shorten;
use crate::feed::judged::{Rule, RuleSource};
use crate::feed::near::{listed, suggestion};
use crate::feed::template::{FILTERS, FUNCTIONS, Mention, TESTS, Whose, empty_row, mentions};

impl Judge {
    /// A rule that has either a column or a template.
    pub(super) fn rule(&mut self, key: &str, column: Option<&str>, value: Option<&str>) -> Option<Rule> {
        match (column, value) {
            (Some(column), None) if column.trim().is_empty() => {
                self.problem(
                    key,
                    "`column` is empty",
                    "write the header of a column of the file",
                );
                None
            }
            (Some(column), None) => Some(Rule {
                key: key.to_owned(),
                line: self.spots.line(key),
                source: RuleSource::Column(column.to_owned()),
                columns: vec![column.to_owned()],
            }),
            (None, Some(template)) => self.template(key, template),
            (Some(_), Some(_)) => {
                self.problem(
                    key,
                    "it has both `column` and `value`, and only one can say what it is",
                    "keep `column` for a column as it is, or `value` for a template",
                );
                None
            }
            (None, None) => {
                let broken = |name: &str| self.spots.is_broken(&format!("{key}.{name}"));
                if !broken("column") && !broken("value") {
                    self.problem(
                        key,
                        "it has neither `column` nor `value`, so nothing says what it is",
                        "write `column = \"Header\"`, or `value = '{{ row[\"Header\"] | trim }}'`",
                    );
                }
                None
            }
        }
    }

    /// A template whose result is a text.
    pub(super) fn template(&mut self, key: &str, source: &str) -> Option<Rule> {
        if let Err(fault) = self.templates.add(key, source) {
            self.problem(key, fault.message, fault.help);
            return None;
        }
        self.judged(key, source, "row", false)
    }

    /// An expression that is true or false, over `row` or `user`.
    pub(super) fn condition(&mut self, key: &str, source: &str, word: &'static str) -> Option<Rule> {
        if source.contains("{{") {
            self.problem(
                key,
                "it is an expression, and stands without `{{` and `}}`",
                format!("write it like `{word}[\"Status\"] == \"Active\"`"),
            );
            return None;
        }
        if let Err(fault) = self.templates.add_condition(key, source) {
            self.problem(
                key,
                fault.message.replace("the template", "the expression"),
                format!("write it like `{word}[\"Status\"] == \"Active\"`"),
            );
            return None;
        }
        self.judged(key, source, word, true)
    }

    fn judged(&mut self, key: &str, source: &str, word: &'static str, is_expression: bool) -> Option<Rule> {
        let mut columns = Vec::new();
        let before = self.problems.len();
        for mention in mentions(source, is_expression) {
            match mention {
                Mention::Of(own, name) if own == word => columns.push(name),
                Mention::Of(own, _) => self.problem(
                    key,
                    format!("there is no `{own}` here"),
                    format!("this one is about `{word}[\"…\"]`"),
                ),
                Mention::Filter(name) => self.known(key, "filter", &name, &FILTERS),
                Mention::Test(name) => {
                    let mut tests = TESTS.to_vec();
                    tests.push("in");
                    self.known(key, "test", &name, &tests);
                }
                Mention::Function(name) => self.known(key, "function", &name, &FUNCTIONS),
            }
        }
        for name in self.templates.unknown_names(key, word) {
            self.problem(
                key,
                format!("`{}` means nothing here", shorten(&name)),
                format!("a column is written `{word}[\"Header\"]`, and a text between quotes"),
            );
        }
        if self.problems.len() == before
            && let Err(fault) = self.templates.render(key, &empty_row(word))
            && fault.whose == Whose::Rule
        {
            self.problem(key, fault.message, fault.help);
        }
        (self.problems.len() == before).then(|| Rule {
            key: key.to_owned(),
            line: self.spots.line(key),
            source: RuleSource::Template(source.to_owned()),
            columns,
        })
    }

    fn known(&mut self, key: &str, what: &str, name: &str, known: &[&str]) {
        if !known.contains(&name) {
            let help = match known {
                [one] => format!("there is only {}", listed([*one])),
                known => suggestion(name, known),
            };
            self.problem(key, format!("there is no {what} `{}`", shorten(name)), help);
        }
    }
}
