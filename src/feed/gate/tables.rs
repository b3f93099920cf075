//! The tables of words beside those of the last good night: a table that lost its rows gives people wrong words, or none.

use super::Figures;
use super::limits::GateLimits;
use super::measure::{Amount, Measure, MeasureName, Standing};
use super::weigh::{held, plain};

/// The measures of tables that both nights have.
pub(super) fn tables(now: &Figures, then: &Figures, limits: &GateLimits) -> Vec<Measure> {
    let both = now.tables.iter().filter_map(|table| {
        let before = then.tables.iter().find(|before| before.name == table.name)?;
        Some((table, before))
    });
    let mut measures: Vec<Measure> = Vec::new();
    let mut changed: Vec<&str> = Vec::new();
    for (table, before) in both {
        measures.push(Measure {
            table: Some(table.name.clone()),
            now: Amount::Count(table.rows),
            then: Some(Amount::Count(before.rows)),
            ..held(
                MeasureName::TableRows,
                before.rows.saturating_sub(table.rows),
                before.rows,
                &limits.table_rows,
            )
        });
        if table.sha256 != before.sha256 {
            changed.push(&table.name);
        }
    }
    if !changed.is_empty() {
        let names = Amount::Text(changed.join(", "));
        measures.push(plain(MeasureName::TablesChanged, names, Standing::Warned));
    }
    measures
}
