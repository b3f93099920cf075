//! The rows of a plan out of its file: packed, some of them at a time, so that a large plan never stands open in memory.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};

use super::PlannedRow;
use crate::domain::cells::{self, ROWS_PER_PACK};

/// Reads the rows.
pub(super) fn rows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PlannedRow>, D::Error> {
    deserializer.deserialize_seq(Rows)
}

struct Rows;

impl<'de> Visitor<'de> for Rows {
    type Value = Vec<PlannedRow>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rows of a plan")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<PlannedRow>, A::Error> {
        let mut rows: Vec<PlannedRow> = Vec::new();
        let mut open = 0;
        while let Some(row) = elements.next_element()? {
            rows.push(row);
            if rows.len() - open == ROWS_PER_PACK {
                pack(&mut rows[open..]);
                open = rows.len();
            }
        }
        pack(&mut rows[open..]);
        Ok(rows)
    }
}

fn pack(rows: &mut [PlannedRow]) {
    for row in rows.iter_mut() {
        row.label.in_cell_of(&row.cells);
    }
    cells::pack(rows.iter_mut().map(|row| &mut row.cells));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_out_of_a_file_as_they_went_in_and_packed() {
        let row = |number: usize| {
            serde_json::json!({
                "row": number, "line": number, "cells": [format!("{number}"), "", "Zürich"], "user": null,
                "label": "", "writes": [], "notes": [],
            })
        };
        let json =
            serde_json::Value::from((0..ROWS_PER_PACK * 2 + 3).map(row).collect::<Vec<_>>()).to_string();
        let read = rows(&mut serde_json::Deserializer::from_str(&json)).unwrap();
        let packed = read.iter().filter(|row| row.cells.is_packed()).count();
        assert!(
            packed >= ROWS_PER_PACK * 2,
            "a few rows may not be worth it: {packed}"
        );
        let back = serde_json::to_value(&read).unwrap();
        assert_eq!(back, serde_json::from_str::<serde_json::Value>(&json).unwrap());
        for (number, row) in read.iter().enumerate() {
            assert_eq!(row.cells.to_vec(), [number.to_string().as_str(), "", "Zürich"]);
        }
    }
}
