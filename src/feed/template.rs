//! The templates of `FEED.toml`: Jinja2's language with filters for what HR systems write. Compiled once, used for every row.

mod dates;
mod dialling;
mod fault;
mod filters;
mod lists;
mod names;
mod phone;
mod row;
mod scan;
mod tables;
mod text;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

pub use fault::Fault;
pub(in crate::feed) use fault::Whose;
pub use filters::{FILTERS, FUNCTIONS, TESTS};
pub(in crate::feed) use phone::read_number;
pub(in crate::feed) use row::{Header, empty_row, row_value, trimmed, user_value};
pub(in crate::feed) use scan::{Mention, mentions};
pub use tables::Words;

/// All templates of a feed, by the key of `FEED.toml` in which they stand.
#[derive(Debug)]
pub(in crate::feed) struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Without a template yet. `words`: the tables for `lookup`, by name.
    pub(in crate::feed) fn new(words: Words) -> Templates {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        filters::add(&mut environment, words);
        Templates { environment }
    }

    /// Takes a template whose result is a text.
    pub(in crate::feed) fn add(&mut self, key: &str, source: &str) -> Result<(), Fault> {
        self.environment
            .add_template_owned(key.to_owned(), source.to_owned())
            .map_err(|error| syntax(&error))
    }

    /// Takes an expression that is true or false.
    pub(in crate::feed) fn add_condition(&mut self, key: &str, source: &str) -> Result<(), Fault> {
        self.environment
            .compile_expression_owned(source.to_owned())
            .map_err(|error| syntax(&error))?;
        self.add(key, &format!("{{% if ({source}) %}}true{{% endif %}}"))
    }

    /// Names that a template uses and nobody has given a meaning.
    pub(in crate::feed) fn unknown_names(&self, key: &str, word: &str) -> Vec<String> {
        let Ok(template) = self.environment.get_template(key) else {
            return Vec::new();
        };
        let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        // `row` and `user` were looked at already, wrong ones and functions too.
        names.retain(|name| {
            name != word && name != "row" && name != "user" && !FUNCTIONS.contains(&name.as_str())
        });
        names.sort();
        names
    }

    /// What a template makes of a row, without blanks at its ends.
    pub(in crate::feed) fn render(&self, key: &str, context: &Value) -> Result<String, Fault> {
        let template = self.environment.get_template(key);
        let rendered = template.and_then(|template| template.render(context.clone()));
        let text = rendered.map_err(|error| Fault::of(&error))?;
        let kept = row::trimmed(&text);
        Ok(if kept.len() == text.len() {
            text
        } else {
            kept.to_owned()
        })
    }

    /// Whether a condition is true of a row.
    pub(in crate::feed) fn is_true(&self, key: &str, context: &Value) -> Result<bool, Fault> {
        Ok(!self.render(key, context)?.is_empty())
    }
}

fn syntax(error: &Error) -> Fault {
    let detail = error.detail().unwrap_or("it cannot be read");
    let line = match error.line() {
        Some(line) if line > 1 => format!(" (line {line} of the template)"),
        _ => String::new(),
    };
    debug_assert!(error.kind() != ErrorKind::TemplateNotFound);
    Fault::rule(
        format!("the template is not whole: {detail}{line}"),
        "a value stands between `{{` and `}}`, a text in it between quotes, a filter behind `|`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SourceRow;

    /// What a template makes of one row; what went wrong in brackets.
    fn made(template: &str) -> String {
        let mut words = Words::default();
        for (word, becomes) in [("10", "Sales"), ("r&d", "Research")] {
            words.put("departments", word, becomes);
        }
        let mut templates = Templates::new(words);
        let header = ["Last", "First", "Mid", "Dep", "Start", "Phone", "No"].map(str::to_owned);
        let row = SourceRow::new(
            2,
            [
                "  VAN DIJK ",
                "anna maria",
                "",
                "R&D",
                "1-2-2026",
                "06-12345678",
                "0042",
            ],
        );
        let context = row_value(&Header::of(&header), &row);
        match templates
            .add("rule", template)
            .and_then(|()| templates.render("rule", &context))
        {
            Ok(text) => text,
            Err(fault) => format!("[{}]", fault.message),
        }
    }

    #[test]
    fn every_filter_works_in_a_template() {
        let shown = [
            ("upper", r#"{{ row["First"] | upper }}"#, "ANNA MARIA"),
            ("lower", r#"{{ row["Last"] | lower }}"#, "van dijk"),
            ("title", r#"{{ row["Last"] | title }}"#, "van Dijk"),
            (
                "upper_first",
                r#"{{ row["Last"] | title | upper_first }}"#,
                "Van Dijk",
            ),
            ("trim", r#"{{ " x " | trim }}"#, "x"),
            ("squeeze", r#"{{ "a  b" | squeeze }}"#, "a b"),
            ("first_word", r#"{{ row.First | first_word }}"#, "anna"),
            ("last_word", r#"{{ row.First | last_word }}"#, "maria"),
            ("rest", r#"{{ row.First | rest }}"#, "maria"),
            ("given_name", r#"{{ "Berg, Anna van der" | given_name }}"#, "Anna"),
            (
                "surname",
                r#"{{ "Berg, Anna van der" | surname }}"#,
                "van der Berg",
            ),
            ("phone", r#"{{ row["Phone"] | phone("NL") }}"#, "+31 612345678"),
            ("date", r#"{{ row["Start"] | date("%d-%m-%Y") }}"#, "2026-02-01"),
            (
                "lookup",
                r#"{{ row["Dep"] | lookup("departments") }}"#,
                "Research",
            ),
            (
                "lookup",
                r#"{{ "99" | lookup("departments", "Other") }}"#,
                "Other",
            ),
            ("default", r#"{{ row["Mid"] | default("none") }}"#, "none"),
            ("ascii", r#"{{ "Żółć" | ascii }}"#, "Zolc"),
            (
                "replace",
                r#"{{ row["Dep"] | replace("&", " and ") }}"#,
                "R and D",
            ),
            ("remove", r#"{{ row["Dep"] | remove("&") }}"#, "RD"),
            ("split", r#"{{ (row["Phone"] | split("-"))[1] }}"#, "12345678"),
            ("part", r#"{{ row["Phone"] | part("-", 1) }}"#, "06"),
            ("left", r#"{{ row["First"] | left(1) }}."#, "a."),
            ("right", r#"{{ row["Phone"] | right(4) }}"#, "5678"),
            ("pad", r#"{{ row["Dep"] | pad(6) }}"#, "000R&D"),
            ("strip_zeros", r#"{{ row["No"] | strip_zeros }}"#, "42"),
            ("digits", r#"{{ row["Phone"] | digits }}"#, "0612345678"),
            ("join", r#"{{ [row["Mid"], row["No"]] | join("-") }}"#, "-0042"),
            (
                "join_nonempty",
                r#"{{ [row["First"], row["Mid"], row["Dep"]] | join_nonempty(", ") }}"#,
                "anna maria, R&D",
            ),
            (
                "first_nonempty",
                r#"{{ first_nonempty(row["Mid"], row["Dep"]) }}"#,
                "R&D",
            ),
            ("blank", r#"{% if row["Mid"] is blank %}yes{% endif %}"#, "yes"),
            (
                "startingwith",
                r#"{% if row["No"] is startingwith("00") %}yes{% endif %}"#,
                "yes",
            ),
            (
                "endingwith",
                r#"{% if row["No"] is not endingwith("00") %}yes{% endif %}"#,
                "yes",
            ),
            (
                "containing",
                r#"{% if row["Dep"] is containing("&") %}yes{% endif %}"#,
                "yes",
            ),
            (
                "in",
                r#"{% if row["Dep"] in ["A", "R&D"] %}yes{% else %}no{% endif %}"#,
                "yes",
            ),
        ];
        for (_, template, text) in shown {
            assert_eq!(made(template), text, "{template}");
        }
        let names = FILTERS.iter().chain(&FUNCTIONS).chain(&TESTS);
        for name in names {
            assert!(shown.iter().any(|(own, ..)| own == name), "{name} is not shown");
        }
    }

    #[test]
    fn what_goes_wrong_is_told_in_words_of_ours() {
        for (template, told) in [
            (r#"{{ row["Lsat"] }}"#, "uses something that is not there"),
            (r#"{{ row["Lsat"] | upper }}"#, "uses something that is not there"),
            (
                r#"{{ (row["Dep"] | split("-"))[5] }}"#,
                "uses something that is not there",
            ),
            (
                r#"{{ "r & d" | lookup("departments") }}"#,
                "`r & d` is not in the table `departments`; `r&d` is near",
            ),
            (
                r#"{{ "9" | lookup("departmens") }}"#,
                "there is no table `departmens`",
            ),
            (r#"{{ row["Dep"] | split("-") | upper }}"#, "was given a list"),
            (r#"{{ row["Dep"] | pad }}"#, "too few or too many arguments"),
            (r#"{{ row["Dep"] | nofilter }}"#, "cannot be worked out"),
            (r#"{{ row["Dep"] "#, "not whole"),
            ("line\n{{ x | }}", "(line 2 of the template)"),
        ] {
            let made = made(template);
            assert!(made.starts_with('[') && made.contains(told), "{template}: {made}");
        }
    }
}
