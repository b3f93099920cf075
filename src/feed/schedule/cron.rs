//! A table for cron.

use super::quote::{cron_word, shell_word};
use super::{Job, ScheduleProblem, ScheduleText};

/// The longest command that every cron takes whole: `MAX_COMMAND` of Vixie cron is 1000 bytes, its end included.
const COMMAND_MAX: usize = 999;

pub(super) fn text(job: &Job) -> Result<ScheduleText, ScheduleProblem> {
    let unit = job.unit();
    let paths = &job.paths;
    let mut words = Vec::new();
    if job.given().next().is_some() {
        words.push("env".to_owned());
        words.extend(
            job.given()
                .map(|file| format!("{}={}", file.setting, cron_word(&file.path))),
        );
    }
    words.push(cron_word(&paths.program));
    words.extend(
        job.arguments(&paths.settings, &paths.state)
            .iter()
            .map(|word| cron_word(word)),
    );
    let variables = job.all_variables();
    let environment = format!("/etc/dirsheet/{}.env", job.name);
    let command = if variables.is_empty() {
        words.join(" ")
    } else {
        format!("set -a; . {}; exec {}", shell_word(&environment), words.join(" "))
    };
    if command.len() > COMMAND_MAX {
        return Err(ScheduleProblem::new(
            "the line of cron",
            format!(
                "the command has {} bytes, and cron takes {COMMAND_MAX}; use shorter paths",
                command.len()
            ),
        ));
    }
    let secrets = if variables.is_empty() {
        String::new()
    } else {
        format!(
            "# Secrets come from {environment}, which only `{}` may read (mode 0600), a line each: {}.\n",
            job.user,
            variables.join(", ")
        )
    };
    let zone = match &job.times.zone {
        Some(zone) => format!(
            "# The time zone. cronie (Red Hat, SUSE, Arch) heeds this line; Debian's and Ubuntu's cron does not, and runs by the clock\n\
             # of the machine: there, set the machine to {zone}, or use the systemd timer.\n\
             CRON_TZ={zone}\n"
        ),
        None => "# The time is that of the machine.\n".to_owned(),
    };
    let text = format!(
        "# {unit}: the feed `{name}`, {days} at {clock}. Made by `dirsheet feed schedule`.\n\
         # Lines for the table of the account `{user}` (there is no column for an account here).\n\
         # cron makes up for no night that the machine slept through. Two nights never meet: the feed has a lock of its own.\n\
         SHELL=/bin/sh\n\
         PATH=/usr/local/bin:/usr/bin:/bin\n\
         # cron mails whatever is printed to this account; a mail that nobody reads is silence, so put an address of people here.\n\
         MAILTO={user}\n\
         {zone}\
         {secrets}\
         {fields} {command}\n",
        name = job.name,
        days = job.times.days_in_words(),
        clock = job.times.clock(),
        user = job.user,
        fields = job.times.cron(),
    );
    Ok(ScheduleText {
        name: format!("{unit}.cron"),
        text,
        install: vec![
            format!(
                "add the lines to the account's table: sudo crontab -u {} -e",
                shell_word(&job.user)
            ),
            format!("(`crontab {unit}.cron` would replace the whole table)"),
        ],
    })
}
