//! What a night wants: whom the rows are about, whether the file is right as a whole, and what becomes of everybody.

use super::believing::Good;
use super::gate;
use super::guarding::tell_of_protection;
use super::missing::{all_keys, judge_leavers, missing};
use super::night::Night;
use super::run::Desk;
use super::undo_runs::OfFeed;
use super::undone::Undone;
use crate::cli::error::CliError;
use crate::domain::Directory;
use crate::feed::gate::Counted;
use crate::feed::settings::Missing;
use crate::feed::{Decided, Ground, Mapping, NightStep, Unbelieved, decide, match_rows};
use crate::state::{Ledger, NightFile};
use crate::table::PlainTable;

/// What a night has read.
#[derive(Clone, Copy)]
pub struct NightRead<'a> {
    pub file: &'a NightFile,
    pub plain: &'a PlainTable,
    pub mapping: &'a Mapping,
    pub directory: &'a Directory,
    pub today: jiff::civil::Date,
    /// What a person took back.
    pub undos: &'a OfFeed,
}

/// In the first night nothing but the number may tell whom the rows are about: then nobody can say whether it is the right number.
fn tell_of_people(counted: &Counted, ledger: &Ledger, night: &mut Night) -> Result<(), CliError> {
    let facts = counted.figures.directory.as_ref();
    let cannot_be_told = facts.is_some_and(|facts| facts.found > 0 && facts.comparable == 0);
    if cannot_be_told && ledger.last_good()?.is_none() {
        night.remarks.push("whether these are the right people cannot be told: the file has neither names nor an address to hold against the directory (`gate.disputed`); map `displayName`, or set `key.first-match`, or compare some rows by hand".to_owned());
    }
    Ok(())
}

/// Decides about everybody.
///
/// # Errors
/// The gate or a limit refuses the file; what a person took back cannot be read.
pub fn decided(
    desk: &Desk<'_>,
    read: NightRead<'_>,
    ledger: &Ledger,
    night: &mut Night,
    good: &mut Good,
) -> Result<Decided, CliError> {
    let (feed, mapping, directory) = (&desk.loaded.feed, read.mapping, read.directory);
    let is_refeed = desk.arguments.refeed.is_some();
    let mut matches = match_rows(&mapping.rows, directory, feed.key.attribute);
    if !is_refeed {
        let name = night.summary.file.clone().unwrap_or_default();
        let found = (matches.as_slice(), directory);
        let counted = gate::count(desk.loaded, read.plain, mapping, found, &name, read.file);
        let passed = gate::pass(desk, &counted, ledger, night)?;
        good.begins = passed.begins;
        tell_of_people(&counted, ledger, night)?;
        good.counted = Some(counted);
        night.teller.step(NightStep::Gate);
    }
    let ground = Ground {
        settings: &feed.settings,
        directory,
        key: feed.key.attribute,
        names: feed.names.as_ref(),
        today: read.today,
    };
    let unbelieved = Unbelieved::of(&mapping.rows, &matches);
    // Before it is decided: a row that is about nobody any more is nobody's manager either.
    good.undone = Undone::of(desk.state, ledger, read.undos, feed.key.attribute.name)?;
    let modified = read.file.modified;
    good.undone.weigh(&mapping.rows, &matches, ground, modified, desk);
    good.undone
        .unmatch(&mapping.rows, &mut matches, ground, desk, night);
    let mut decided = decide(&mapping.rows, &matches, ground);
    let unbelieved = unbelieved.with_joiners(&mapping.rows, &matches, &decided);
    good.weigh(&unbelieved, read.plain.unreadable.len() as u64, &decided, night);
    tell_of_protection(desk, ledger, night)?;
    good.undone.hold(&mut decided, ground, desk, night);
    judge_leavers(desk, ground, &decided, night)?;
    if !is_refeed && feed.settings.missing.action != Missing::Nothing {
        let keys = all_keys(desk.loaded, read.plain, mapping)?;
        let whom = (mapping, matches.as_slice());
        let tally = missing(
            desk,
            &keys,
            whom,
            ground,
            ledger,
            &good.undone,
            &mut decided,
            night,
        )?;
        good.missing = Some(tally);
    }
    // Who is missing is known only now.
    good.undone.hold(&mut decided, ground, desk, night);
    night.count(&decided);
    night.teller.step(NightStep::Matching);
    Ok(decided)
}
