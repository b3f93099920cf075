//! Cells of a row without a base, looked at again beside the directory: there the live value can say what a finding is worth.

use super::cell::{Kept, means_the_base, repaired};
use super::{CheckedRow, Directory, UserState, damage};

/// Takes back findings about cells that hold what the directory holds, and says which others only a program changed.
pub(super) fn explain(row: &mut CheckedRow, user: &UserState, directory: &Directory) {
    if row.doubted().is_empty() {
        return;
    }
    let cells = row.raw().cells.at_hand();
    for (column, attribute) in row.doubted().to_vec() {
        if !directory.columns().contains(&attribute) || directory.is_unread(user, attribute.name) {
            continue;
        }
        let live = directory.value(user, attribute.name).to_cell();
        let text = cells.get(column).unwrap_or_default();
        if live == text || means_the_base(attribute, &live, text) {
            row.replace_finding(column, None);
        } else if !row.accepts_derived(attribute)
            && let Some(damage) = damage::rewritten(attribute.kind, &live, text)
        {
            let finding = repaired(attribute, damage, &live, Kept::Live)
                .at(row.place().at(column))
                .column(attribute.name)
                .found(text);
            row.replace_finding(column, Some(finding));
        }
    }
}
