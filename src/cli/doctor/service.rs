//! The service: who is signed in, how large the directory is, how long an answer takes, and whose clock is wrong.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::checkup::Checkup;
use crate::cli::connect::Job;
use crate::cli::error::CliError;
use crate::graph::{Limits, Probe};
use crate::report::counted;

/// How many answers are timed.
const PROBES: usize = 5;
/// Two clocks that differ by more make an assertion invalid, and days of the feed wrong.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(4);

pub async fn look(job: Job<'_>, took: Duration, checkup: &mut Checkup) {
    let connected = job.connected;
    let claims = connected.session.claims().await;
    let who = match claims
        .as_ref()
        .map(|claims| (claims.is_application(), claims.person_name()))
    {
        Some((true, _)) => "as an application".to_owned(),
        Some((false, Some(name))) => format!("as a person, {name}"),
        _ => "with a token that does not tell as whom".to_owned(),
    };
    checkup.well(
        "sign-in",
        format!(
            "{who}, in tenant {}, in {} ms",
            connected.tenant,
            took.as_millis()
        ),
    );
    organization(job, checkup).await;
    match connected.reader.directory_size().await {
        Ok(users) => checkup.well(
            "directory",
            format!(
                "{}; {}",
                counted(users, "user", "users"),
                quota(connected.paced, users)
            ),
        ),
        Err(error) => checkup.error("directory", CliError::from(error)),
    }
    let mut probes: Vec<Probe> = Vec::new();
    for _ in 0..PROBES {
        match connected.reader.probe().await {
            Ok(probe) => probes.push(probe),
            Err(error) => return checkup.error("latency", CliError::from(error)),
        }
    }
    let mut times: Vec<Duration> = probes.iter().map(|probe| probe.took).collect();
    times.sort_unstable();
    checkup.well(
        "latency",
        format!(
            "{} ms an answer (median of {PROBES}, from {} to {})",
            times[times.len() / 2].as_millis(),
            times[0].as_millis(),
            times[times.len() - 1].as_millis()
        ),
    );
    if let Some(last) = probes.last() {
        clock(last.served_at, last.answered_at, checkup);
    }
}

async fn organization(job: Job<'_>, checkup: &mut Checkup) {
    match job.connected.reader.organization().await {
        Ok(Some(organization)) => checkup.well(
            "tenant",
            format!(
                "{}, with {}",
                organization.display_name,
                organization.verified_domains.join(", ")
            ),
        ),
        Ok(None) => checkup.warning(
            "tenant",
            "its name and domains may not be read",
            ["`Organization.Read.All` shows them; without it new names are not checked against the verified domains".to_owned()],
        ),
        Err(error) => checkup.error("tenant", CliError::from(error)),
    }
}

/// What may be asked of a directory of this size.
fn quota(is_paced: bool, users: u64) -> String {
    let limits = if is_paced {
        Limits::for_directory(Some(users))
    } else {
        Limits::unlimited()
    };
    let (Some(units), Some(writes)) = (limits.resource_units, limits.writes) else {
        return "no quota is kept".to_owned();
    };
    format!(
        "quota by Microsoft's documents: {} resource units in {} s, {} writes in {} s",
        units.units_max,
        units.window.as_secs(),
        writes.units_max,
        writes.window.as_secs()
    )
}

fn clock(served_at: Option<Timestamp>, now: Timestamp, checkup: &mut Checkup) {
    let Some(served_at) = served_at else {
        return checkup.well("clock", "the service does not tell its time");
    };
    let ahead = now.duration_since(served_at);
    let seconds = ahead.as_secs();
    if ahead.abs() <= CLOCKS_APART {
        return checkup.well(
            "clock",
            format!("within {} s of the service's", seconds.abs().max(1)),
        );
    }
    let direction = if seconds > 0 { "ahead of" } else { "behind" };
    checkup.warning(
        "clock",
        format!("this machine is {} s {direction} the service", seconds.abs()),
        ["set the clock: a certificate signs for ten minutes only, and a feed reckons first and last days by it".to_owned()],
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_minutes_away_is_told_with_its_direction() {
        let now: Timestamp = "2026-11-30T02:00:00Z".parse().unwrap();
        for (seconds, word) in [
            (0, "within 1 s"),
            (-200, "within 200 s"),
            (-300, "300 s ahead of"),
            (600, "600 s behind"),
        ] {
            let mut checkup = Checkup::default();
            clock(Some(now + SignedDuration::from_secs(seconds)), now, &mut checkup);
            let text = checkup.json().to_string();
            assert!(text.contains(word), "{seconds}: {text}");
            assert_eq!(text.contains("\"warning\""), seconds.abs() > 240, "{text}");
        }
    }

    #[test]
    fn the_quota_is_that_of_the_size() {
        assert!(quota(true, 20).contains("3500 resource units in 10 s"));
        assert!(quota(true, 5_000).contains("8000 resource units in 10 s, 3000 writes in 150 s"));
        assert_eq!(quota(false, 5_000), "no quota is kept");
    }
}
