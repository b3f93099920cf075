//! A first `FEED.toml` out of a file's headers and values. It is careful: it makes nobody, switches nobody off, and says what it
//! was unsure of in comments that begin with `# ?`.

mod headers;
mod people;
mod values;
mod writing;

use headers::{Holds, find};
use values::Values;
use writing::{Page, cell, quoted, template};

use super::judge::known_attribute;
use crate::domain::{SourceRow, SourceTable, shorten};

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The text of a `FEED.toml`.
    pub text: String,
    /// How many attributes it maps.
    pub rules: usize,
    /// How many comments a person must look at.
    pub doubts: usize,
}

/// Proposes settings for files like this one. `file`: its path from the folder of the settings.
pub fn propose(file: &str, table: &SourceTable) -> Proposal {
    let columns = table.columns();
    let mut proposing = Proposing {
        columns,
        rows: table.rows(),
        page: Page::default(),
    };
    proposing.all(file);
    let Page { text, rules, doubts } = proposing.page;
    Proposal { text, rules, doubts }
}

struct Proposing<'t> {
    columns: &'t [String],
    rows: &'t [SourceRow],
    page: Page,
}

impl<'t> Proposing<'t> {
    fn header(&self, place: usize) -> &'t str {
        self.columns
            .get(place)
            .map(|column| column.trim())
            .unwrap_or_default()
    }

    fn values(&self, place: usize) -> Values<'t> {
        Values::new(self.rows, place)
    }

    fn all(&mut self, file: &str) {
        self.page.line(format!(
            "# Proposed by `dirsheet feed init` from {}. docs/feed.md explains every key.",
            shorten(file)
        ));
        self.page
            .line("# Lines that begin with `# ?` want a person's eye.\n");
        self.page.line("name = \"hr\"");
        let key = self.key_place();
        self.second_header(key);
        self.page.line("\n[source]");
        self.page.line(format!("path = {}", quoted(file)));
        self.page
            .doubt("when the name holds a date, write a pattern such as \"inbox/people-*.csv\"");
        self.key(key);
        self.names();
        self.plain();
        self.phones();
        self.mail_and_country();
        self.manager(key);
        self.days();
        self.status();
        self.page.line("\n[missing]\naction = \"report\"");
        self.others();
    }

    /// The column whose values are the people's numbers.
    fn key_place(&self) -> Option<usize> {
        let known = find(self.columns, Holds::Key).filter(|place| !self.values(*place).is_empty());
        let unique = || {
            (0..self.columns.len()).find(|place| {
                let header = headers::plain(self.header(*place));
                let is_number = ["id", "nr", "no", "number", "nummer", "code"]
                    .iter()
                    .any(|end| header.ends_with(end));
                is_number && self.values(*place).is_unique()
            })
        };
        known.or_else(unique)
    }

    /// SAP SuccessFactors writes the labels of its columns as a second row.
    fn second_header(&mut self, key: Option<usize>) {
        let Some((key, first)) = key.zip(self.rows.first()) else {
            return;
        };
        let header = self.header(key);
        if headers::plain(first.cell(key)) == headers::plain(header) {
            let text = first.cell(key).trim().to_owned();
            self.rows = self.rows.get(1..).unwrap_or_default();
            self.page.line("# The first row below the header repeats it.");
            self.page.line(format!(
                "rows = {}",
                quoted(&format!("{} != {}", cell(header), text_of(&text)))
            ));
        }
    }

    fn key(&mut self, key: Option<usize>) {
        self.page.line("\n[key]");
        match key {
            Some(place) => {
                let header = self.header(place);
                if !self.values(place).is_unique() {
                    self.page.doubt("some rows have no number, or one that another row has too; `dirsheet feed check` names them");
                } else if find(self.columns, Holds::Key) != Some(place) {
                    self.page.doubt("taken because no value stands twice; is it the person's number, and does it never change?");
                }
                self.page.line(format!("column = {}", quoted(header)));
            }
            None => {
                self.page
                    .doubt("no column looks like a number of the person; name the one that never changes");
                let first = self.columns.iter().position(|column| !column.trim().is_empty());
                self.page.line(format!(
                    "column = {}",
                    quoted(self.header(first.unwrap_or_default()))
                ));
            }
        }
        if let Some(mail) = self.mail_place() {
            self.page
                .line("# Who has no number in the directory yet is found by this, once.");
            let rule = quoted(self.header(mail));
            self.page.line(format!(
                "first-match = {{ userPrincipalName = {rule}, mail = {rule} }}"
            ));
        }
    }

    fn mail_place(&self) -> Option<usize> {
        find(self.columns, Holds::Mail).filter(|place| self.values(*place).are_addresses())
    }

    /// Columns that are an attribute as they stand.
    fn plain(&mut self) {
        for (holds, _) in headers::HEADERS {
            if let Holds::Plain(name) = holds
                && let Some(place) = find(self.columns, *holds)
            {
                self.column(name, place);
            }
        }
    }

    /// One column as an attribute, unless a value of it would be refused.
    fn column(&mut self, name: &str, place: usize) {
        let header = self.header(place);
        if self.values(place).is_empty() {
            self.page
                .doubt(format!("\"{header}\" may be `{name}`; it is empty in this file"));
            return;
        }
        match known_attribute(name).and_then(|attribute| self.values(place).refused(attribute)) {
            None => self.page.attribute(name, "column", header),
            Some((row, why)) => self.page.doubt(format!(
                "\"{header}\" may be `{name}`, but row {row} would be refused: {why}"
            )),
        }
    }

    fn phones(&mut self) {
        let is_of = |endings: &[&str]| {
            let all = self.columns.iter().map(|column| headers::plain(column));
            all.filter(|column| endings.contains(&column.as_str())).count()
        };
        let dutch = is_of(&["achternaam", "voornaam", "afdeling", "functie"]);
        let german = is_of(&["nachname", "vorname", "abteilung", "personalnummer"]);
        let countries: &[&str] = match (dutch, german) {
            (0, 0) => &["US", "GB", "NL", "DE", "BE", "FR"],
            (0, _) => &["DE", "AT", "CH"],
            _ => &["NL", "BE"],
        };
        for (holds, _) in headers::HEADERS {
            let Holds::Phone(name) = holds else { continue };
            let Some(place) = find(self.columns, *holds) else {
                continue;
            };
            let header = self.header(place);
            if self.values(place).is_empty() {
                self.column(name, place);
                continue;
            }
            match self.values(place).numbers_of(countries) {
                Ok(country) => {
                    if self
                        .values(place)
                        .filled()
                        .any(|(_, text)| !text.starts_with(['+', '0']))
                        || countries.len() > 3
                    {
                        self.page.doubt(format!(
                            "numbers of \"{header}\" without a country code are taken for {country}"
                        ));
                    }
                    let rule = template(&format!("{} | phone(\"{country}\")", cell(header)));
                    self.page.attribute(name, "value", &rule);
                }
                Err(row) => {
                    self.page.doubt(format!(
                        "\"{header}\" is taken as it stands: row {row} is no number that `phone(\"{}\")` can read",
                        countries.first().unwrap_or(&"NL")
                    ));
                    self.column(name, place);
                }
            }
        }
    }

    fn mail_and_country(&mut self) {
        if let Some(place) = find(self.columns, Holds::Country) {
            let header = self.header(place);
            let is_code = self
                .values(place)
                .distinct(300)
                .is_some_and(|all| !all.is_empty() && all.iter().all(|text| text.len() == 2));
            if is_code {
                self.column("usageLocation", place);
            } else {
                self.page.doubt(format!(
                    "`usageLocation` takes two letters, and \"{header}\" has names: a table of [tables] and `lookup` make letters of them"
                ));
                self.column("country", place);
            }
        }
    }

    /// The template of a date, when all values have one form.
    fn day(&mut self, place: usize) -> Option<String> {
        let header = self.header(place);
        let forms = self.values(place).date_forms();
        let form = match forms.as_slice() {
            [] => {
                let what = if self.values(place).is_empty() {
                    "is empty in this file"
                } else {
                    "has no one form of date"
                };
                self.page.doubt(format!(
                    "\"{header}\" looks like a date and {what}, so no rule reads it"
                ));
                return None;
            }
            [form] => *form,
            [first, other, ..] => {
                // The United States write the month first, and with strokes.
                let form = if forms.contains(&"%m/%d/%Y") && find(self.columns, Holds::Prefix).is_none() {
                    "%m/%d/%Y"
                } else {
                    *first
                };
                let other = if form == *other { first } else { other };
                self.page.doubt(format!(
                    "dates of \"{header}\" are read as {form}; {other} would fit as well: which is meant?"
                ));
                form
            }
        };
        Some(template(&format!("{} | date(\"{form}\")", cell(header))))
    }

    fn days(&mut self) {
        if let Some(place) = find(self.columns, Holds::FirstDay)
            && let Some(rule) = self.day(place)
        {
            self.page.attribute("employeeHireDate", "value", &rule);
            self.page.line("\n[joiners]");
            self.page
                .line("# true makes them, with `names` and `passwords`; guards.allow needs \"create\" then.");
            self.page.line("create = false");
            self.page.line(format!("first-day = {}", quoted(&rule)));
        }
        if let Some(place) = find(self.columns, Holds::LastDay)
            && let Some(rule) = self.day(place)
        {
            self.page.line("\n[leavers]");
            self.page
                .line("# \"disable\" switches accounts off; guards.allow needs \"disable\" then.");
            self.page.line("action = \"report\"");
            self.page.line(format!("last-day = {}", quoted(&rule)));
        }
    }

    fn status(&mut self) {
        let Some(place) = find(self.columns, Holds::Status) else {
            return;
        };
        let header = self.header(place);
        if let Some(words) = self.values(place).distinct(12) {
            let words: Vec<String> = words.iter().map(|word| shorten(word)).collect();
            self.page.line("");
            self.page.doubt(format!(
                "\"{header}\" is {}; `rows` can leave rows out by it, or `leavers.when` tell who has left",
                words.join(", ")
            ));
        }
    }

    /// Columns that nothing was made of.
    fn others(&mut self) {
        let unused: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.trim())
            .filter(|column| !column.is_empty())
            .filter(|column| {
                !self.page.text.contains(&quoted(column)) && !self.page.text.contains(&cell(column))
            })
            .map(shorten)
            .collect();
        if !unused.is_empty() {
            self.page.line("");
            self.page.doubt(format!("not used: {}", unused.join(", ")));
        }
    }
}

/// A text inside a template.
fn text_of(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests;
