//! The way out of a refusal that no feed may lift: the sheet that the night leaves, and the command by which a person applies it.

use super::guarding::{Ground, as_flags, by_a_person, limits};
use super::opening::whole_path;
use super::papers::write_outcome;
use super::resuming::passwords_file;
use crate::domain::{GuardReport, Limits, Plan};
use crate::report::counted;

/// What only a person can mean, and can do with the sheet of the night.
pub const BY_HAND: [&str; 2] = ["emptied", "shuffled"];

/// The rows of the sheet whose people a guard about people leaves to a person, by the numbers that a spreadsheet shows.
pub fn left_to_people(plan: &Plan, limits: &Limits) -> Vec<u64> {
    let mut apart = plan.clone();
    apart.leave_to_people(limits, by_a_person);
    let both = plan.rows().iter().zip(apart.rows());
    let left = both.filter(|(before, after)| after.notes.len() > before.notes.len());
    left.map(|(row, _)| row.row).collect()
}

/// Takes these rows out of the sheet that the night leaves: `apply` knows the list of a profile and not that of the feed, and would
/// write them.
///
/// # Errors
/// The sheet cannot be written; then it is removed.
pub fn leave_out<'g>(ground: Ground<'g>, rows: &[u64]) -> Result<Ground<'g>, String> {
    let Some(path) = ground.sheet.filter(|_| !rows.is_empty()) else {
        return Ok(ground);
    };
    let sheet = ground.outcome.without(rows);
    write_outcome(&sheet, path).map_err(|error| {
        let gone = match std::fs::remove_file(path) {
            Ok(()) => "it is removed".to_owned(),
            Err(error) => format!("it could not be removed either ({error}): nobody must apply it"),
        };
        format!(
            "the sheet `{}` is also about people whom a feed leaves to a person, and could not be written without them: {}; {gone}",
            path.display(),
            error.message
        )
    })?;
    Ok(Ground {
        sheet: ground.sheet.filter(|_| !sheet.rows.is_empty()),
        left_out: rows.len() as u64,
        ..ground
    })
}

/// The command that applies the sheet, with the flags for everything that was refused or lifted; `None` where that is no way out.
pub fn by_hand(refused: &[&GuardReport], ground: Ground<'_>) -> Option<String> {
    let word = |guard: &GuardReport| guard.flag.strip_prefix("--allow ").map(str::to_owned);
    let words: Vec<String> = refused.iter().filter_map(|guard| word(guard)).collect();
    let sheet = ground.sheet?;
    if !words.iter().any(|word| BY_HAND.contains(&word.as_str())) {
        return None;
    }
    let limited = refused.iter().copied().filter(|guard| word(guard).is_none());
    let mut flags = as_flags(limited);
    flags.extend(ground.lifted.iter().cloned());
    let settings = &ground.loaded.feed.settings;
    let mut allow = settings.guards.allow.clone();
    words.into_iter().for_each(|word| {
        if !allow.contains(&word) {
            allow.push(word);
        }
    });
    let passwords = match &settings.joiners {
        Some(joiners) if joiners.create => {
            let name = sheet.file_stem().unwrap_or_default().to_string_lossy();
            let stamp = name
                .strip_prefix(&format!("feed-{}-", settings.name))
                .unwrap_or(&name);
            // Where the folder cannot be made, they lie beside the sheet.
            let file = passwords_file(ground.loaded, stamp).ok().flatten();
            let file = file.unwrap_or_else(|| sheet.with_file_name(format!("{name}-passwords.csv")));
            format!(" --passwords {}", whole_path(&file))
        }
        _ => String::new(),
    };
    let command = format!(
        "dirsheet apply {} --feed {}{} --allow {}{}{passwords}{}",
        whole_path(sheet),
        whole_path(&ground.loaded.folder.join(&ground.loaded.name)),
        limits(ground.loaded, &flags),
        allow.join(","),
        if ground.has_errors { " --skip-errors" } else { "" },
        ground.place
    );
    let left_out = match ground.left_out {
        0 => String::new(),
        count => format!(
            "; {} whom a feed leaves to a person {} not in it",
            counted(count, "user", "users"),
            if count == 1 { "is" } else { "are" }
        ),
    };
    Some(format!(
        "`{command}`, only until the next file is taken, which removes the sheet{left_out}"
    ))
}
