//! The tables of words: each file was read, has its two columns, and says one thing about a word.

use std::collections::BTreeMap;

use super::Judge;
use crate::domain::{SourceTable, shorten};
use crate::feed::Words;
use crate::feed::near::suggestion;
use crate::feed::settings::{FeedSettings, LookupTable};

impl Judge {
    pub(super) fn words(
        &mut self,
        settings: &FeedSettings,
        tables: &BTreeMap<String, Result<SourceTable, String>>,
    ) -> Words {
        let mut words = Words::default();
        for (name, own) in &settings.tables {
            words.put_empty(name);
            match tables.get(name) {
                Some(Ok(table)) => self.table(name, own, table, &mut words),
                Some(Err(reason)) => self.problem(
                    &format!("tables.{name}.file"),
                    format!(
                        "the table of words `{}` cannot be read: {reason}",
                        shorten(&own.file)
                    ),
                    "correct the path, which is from the folder of FEED.toml, or put the file there",
                ),
                None => self.problem(
                    &format!("tables.{name}.file"),
                    format!("`{}` was not read", shorten(&own.file)),
                    "the path is from the folder of FEED.toml",
                ),
            }
        }
        words
    }

    fn table(&mut self, name: &str, own: &LookupTable, table: &SourceTable, words: &mut Words) {
        let columns: Vec<&str> = table.columns().iter().map(|column| column.trim()).collect();
        let mut place = |what: &str, header: &str| {
            let found = columns.iter().position(|column| *column == header.trim());
            if found.is_none() {
                self.problem(
                    &format!("tables.{name}.{what}"),
                    format!("`{}` has no column `{}`", shorten(&own.file), shorten(header)),
                    suggestion(header, &columns),
                );
            }
            found
        };
        let (Some(key), Some(value)) = (place("key", &own.key), place("value", &own.value)) else {
            return;
        };
        for row in table.rows() {
            let (word, becomes) = (row.cell(key).trim(), row.cell(value).trim());
            if word.is_empty() {
                continue;
            }
            let before = words.put(name, word, becomes);
            if before.is_some_and(|before| before != becomes) {
                self.problem(
                    &format!("tables.{name}.file"),
                    format!(
                        "`{}` says two things about `{}` (row {} and one before it)",
                        shorten(&own.file),
                        shorten(word),
                        row.row()
                    ),
                    "keep one of the two rows; case and blanks at the ends do not part words",
                );
            }
        }
    }
}
