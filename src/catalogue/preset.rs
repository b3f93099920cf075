//! Named sets of columns for `--columns`.

use super::{Attribute, all};

/// A named set of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// What the portal's profile page shows.
    Default,
    /// Everything that can be read without a permission of its own.
    All,
    /// Who is who.
    Minimal,
    /// What an HR department keeps.
    Hr,
}

impl Preset {
    pub const NAMES: [(&'static str, Preset); 4] = [
        ("default", Preset::Default),
        ("all", Preset::All),
        ("minimal", Preset::Minimal),
        ("hr", Preset::Hr),
    ];

    pub fn by_name(name: &str) -> Option<Preset> {
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, preset)| *preset)
    }

    /// The preset's columns, in catalogue order; `id` and `userPrincipalName` are in every one.
    pub fn columns(self) -> Vec<&'static Attribute> {
        let named: &[&str] = match self {
            Preset::All => return all().filter(|a| a.is_exportable() && !a.is_opt_in()).collect(),
            Preset::Default => &[],
            Preset::Minimal => &[],
            Preset::Hr => &[],
        };
        all()
            .filter(|a| a.name == "id" || a.name == "userPrincipalName" || named.contains(&a.name))
            .collect()
    }
}
