//! What a night leaves for the next ones: the figures of good files, and who was missing.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::night::{KeptFigures, MissingTally, NightEnd, NightId};

/// So many good nights are kept: more than any feed is held against.
const GOOD_NIGHTS: u32 = 400;
/// So many of them with their hashes: each may be undone, and then the one before it counts.
const WITH_PRINTS: u32 = 4;

/// Keeps the figures of a file that was taken: as those of a good night, or until its plan is approved.
pub(super) fn keep(connection: &Connection, night: NightId, kept: &KeptFigures) -> rusqlite::Result<()> {
    let KeptFigures {
        figures,
        prints,
        begins,
        waits,
        fingerprint,
    } = kept;
    if *waits {
        connection.execute(
            "INSERT OR REPLACE INTO waiting (one, night, figures, prints, begins, fingerprint) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            params![night.0, figures, prints, begins, fingerprint],
        )?;
        return Ok(());
    }
    // A newer file was taken: what waited is overtaken.
    connection.execute("DELETE FROM waiting", [])?;
    good(connection, night.0, figures, prints, *begins)
}

/// Keeps the figures of a night that ends so. One whose file was taken and that leaves none may have begun its run with some.
pub(super) fn end(connection: &Connection, night: NightId, end: &NightEnd) -> rusqlite::Result<()> {
    match &end.good {
        Some(kept) => keep(connection, night, kept),
        None if end.processed => connection
            .execute("DELETE FROM waiting WHERE night = ?1", [night.0])
            .map(drop),
        None => Ok(()),
    }
}

/// Takes the night that waits for a good one.
pub(super) fn waiting_is_good(connection: &Connection) -> rusqlite::Result<()> {
    let waiting = connection
        .query_row("SELECT night, figures, prints, begins FROM waiting", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((night, figures, prints, begins)) = waiting else {
        return Ok(());
    };
    let (figures, prints): (String, Vec<u8>) = (figures, prints);
    good(connection, night, &figures, &prints, begins)?;
    connection.execute("DELETE FROM waiting", [])?;
    Ok(())
}

fn good(
    connection: &Connection,
    night: i64,
    figures: &str,
    prints: &[u8],
    begins: bool,
) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO good (one, night, figures, prints) VALUES (1, ?1, ?2, ?3)",
        params![night, figures, prints],
    )?;
    connection.execute(
        "INSERT OR REPLACE INTO good_nights (night, figures, begins, prints) VALUES (?1, ?2, ?3, ?4)",
        params![night, figures, begins, prints],
    )?;
    connection.execute(
        "UPDATE good_nights SET prints = NULL \
         WHERE night NOT IN (SELECT night FROM good_nights ORDER BY night DESC LIMIT ?1)",
        [WITH_PRINTS],
    )?;
    connection.execute(
        "DELETE FROM good_nights WHERE night NOT IN (SELECT night FROM good_nights ORDER BY night DESC LIMIT ?1)",
        [GOOD_NIGHTS],
    )?;
    Ok(())
}

/// Forgets the last good night, whose run was taken back: the one before it is the last good one.
pub(super) fn disown_last(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM good_nights WHERE night IN (SELECT night FROM good)",
        [],
    )?;
    connection.execute("DELETE FROM good", [])?;
    // Without hashes keys and values are not compared, and the gate says so.
    connection.execute(
        "INSERT INTO good (one, night, figures, prints) \
         SELECT 1, night, figures, coalesce(prints, x'') FROM good_nights ORDER BY night DESC LIMIT 1",
        [],
    )?;
    Ok(())
}

/// The figures of good nights, the newest first.
pub(super) fn good_nights(connection: &Connection, most: u32) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT figures FROM good_nights \
         WHERE night >= (SELECT coalesce(max(night), 0) FROM good_nights WHERE begins) ORDER BY night DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([most], |row| row.get(0))?;
    rows.collect()
}

/// Who is missing and was let pass.
pub(super) fn missing_let(connection: &Connection) -> rusqlite::Result<HashSet<String>> {
    let mut statement = connection.prepare("SELECT key FROM missing_let")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}

/// Counts a day for whoever is missing on it for the first time, and forgets whoever is back.
pub(super) fn missing(connection: &Connection, tally: &MissingTally) -> rusqlite::Result<()> {
    let day = tally.day.to_string();
    let missing: HashSet<&str> = tally.keys.iter().map(String::as_str).collect();
    let known: Vec<String> = connection
        .prepare("SELECT key FROM missing")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for back in known.iter().filter(|key| !missing.contains(key.as_str())) {
        connection
            .prepare_cached("DELETE FROM missing WHERE key = ?1")?
            .execute([back])?;
    }
    for key in &missing {
        connection
            .prepare_cached(
                "INSERT INTO missing (key, first_day, last_day, days) VALUES (?1, ?2, ?2, 1) \
                 ON CONFLICT (key) DO UPDATE SET days = days + 1, last_day = ?2 WHERE last_day < ?2",
            )?
            .execute(params![key, day])?;
    }
    if tally.let_pass {
        connection.execute(
            "INSERT OR IGNORE INTO missing_let (key) SELECT key FROM missing",
            [],
        )?;
    }
    connection.execute(
        "DELETE FROM missing_let WHERE key NOT IN (SELECT key FROM missing)",
        [],
    )?;
    Ok(())
}
