//! When a feed runs: the words of `[schedule]`, judged.

use super::ScheduleProblem;
use crate::feed::settings::ScheduleRules;
use jiff::tz::TimeZone;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    pub const ALL: [Day; 7] = [
        Day::Monday,
        Day::Tuesday,
        Day::Wednesday,
        Day::Thursday,
        Day::Friday,
        Day::Saturday,
        Day::Sunday,
    ];

    /// The whole English name.
    pub fn name(self) -> &'static str {
        match self {
            Day::Monday => "Monday",
            Day::Tuesday => "Tuesday",
            Day::Wednesday => "Wednesday",
            Day::Thursday => "Thursday",
            Day::Friday => "Friday",
            Day::Saturday => "Saturday",
            Day::Sunday => "Sunday",
        }
    }

    /// As cron counts: Monday is 1, Sunday is 0.
    pub fn cron(self) -> usize {
        (self as usize + 1) % 7
    }

    fn read(word: &str) -> Option<Day> {
        let word = word.to_ascii_lowercase();
        Day::ALL.into_iter().find(|day| {
            let name = day.name().to_ascii_lowercase();
            word == name || word == name[..3]
        })
    }
}

/// When it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    pub hour: u8,
    pub minute: u8,
    /// The days, in the order of the week; all seven are every day.
    pub days: Vec<Day>,
    /// A name of the IANA time zone database; `None` is the zone of the machine.
    pub zone: Option<String>,
}

/// The first words of the names in the IANA time zone database that have two.
const AREAS: [&str; 11] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Etc",
    "Europe",
    "Indian",
    "Pacific",
];

impl Times {
    /// Judges the words; all problems at once.
    pub fn judge(rules: &ScheduleRules) -> Result<Times, Vec<ScheduleProblem>> {
        let at = read_time(rules.at.as_deref().unwrap_or("02:30"));
        let days = read_days(rules.days.as_deref().unwrap_or("daily"));
        let zone = rules.time_zone.as_deref().map(read_zone).transpose();
        match (at, days, zone) {
            (Ok((hour, minute)), Ok(days), Ok(zone)) => Ok(Times {
                hour,
                minute,
                days,
                zone,
            }),
            (at, days, zone) => Err([
                at.err().map(|reason| ("schedule.at", reason)),
                days.err().map(|reason| ("schedule.days", reason)),
                zone.err().map(|reason| ("schedule.time-zone", reason)),
            ]
            .into_iter()
            .flatten()
            .map(|(setting, reason)| ScheduleProblem::new(setting, reason))
            .collect()),
        }
    }

    pub fn is_daily(&self) -> bool {
        self.days.len() == Day::ALL.len()
    }

    /// `02:30`.
    pub fn clock(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// The five fields of a line of cron.
    pub fn cron(&self) -> String {
        let days = if self.is_daily() {
            "*".to_owned()
        } else {
            let numbers: Vec<String> = self.days.iter().map(|day| day.cron().to_string()).collect();
            numbers.join(",")
        };
        format!("{} {} * * {days}", self.minute, self.hour)
    }

    /// The days in words: `every day`, or `Monday, Friday`.
    pub fn days_in_words(&self) -> String {
        if self.is_daily() {
            return "every day".to_owned();
        }
        let names: Vec<&str> = self.days.iter().map(|day| day.name()).collect();
        names.join(", ")
    }
}

fn read_time(text: &str) -> Result<(u8, u8), String> {
    let wrong = || format!("`{text}` is no time of day: hours and minutes of 24 hours, like `02:30`");
    let (hour, minute) = text.trim().split_once(':').ok_or_else(wrong)?;
    let number = |text: &str, most: u8| {
        (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<u8>().ok())
            .flatten()
            .filter(|number| *number <= most)
    };
    number(hour, 23).zip(number(minute, 59)).ok_or_else(wrong)
}

fn read_days(text: &str) -> Result<Vec<Day>, String> {
    let mut wanted = [false; 7];
    let whole = text.trim().to_ascii_lowercase();
    match whole.as_str() {
        "daily" | "every day" => return Ok(Day::ALL.to_vec()),
        "weekdays" => return Ok(Day::ALL[..5].to_vec()),
        "" => return Err("it is empty; leave it out for every day, or write days like `mon-fri`".to_owned()),
        _ => {}
    }
    let ends = |part: &'_ str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        [first.trim().to_owned(), last.trim().to_owned()]
    };
    let parts: Vec<[String; 2]> = whole.split(',').map(str::trim).map(ends).collect();
    let mut unknown: Vec<String> = Vec::new();
    for word in parts.iter().flatten().filter(|word| Day::read(word).is_none()) {
        let told = format!("`{word}`");
        if !unknown.contains(&told) {
            unknown.push(told);
        }
    }
    if !unknown.is_empty() {
        let are = if unknown.len() == 1 {
            "is no day"
        } else {
            "are no days"
        };
        return Err(format!(
            "{} {are}: write mon, tue, wed, thu, fri, sat and sun, like `mon-fri` or `mon,thu`",
            unknown.join(" and ")
        ));
    }
    for [first, last] in &parts {
        let (Some(first), Some(last)) = (Day::read(first), Day::read(last)) else {
            continue;
        };
        let (first, last) = (first as usize, last as usize);
        // A week is a circle: `sat-mon` are three days.
        for step in 0..=(last + 7 - first) % 7 {
            wanted[(first + step) % 7] = true;
        }
    }
    Ok(Day::ALL.into_iter().filter(|day| wanted[*day as usize]).collect())
}

fn read_zone(text: &str) -> Result<String, String> {
    let wrong = |why: &str| {
        Err(format!(
            "`{text}` is no name of a time zone{why}; write one of the IANA database, like `Europe/Amsterdam` or `UTC`"
        ))
    };
    if text == "UTC" {
        return Ok(text.to_owned());
    }
    let Some((area, place)) = text.split_once('/') else {
        return wrong(" (an abbreviation or an offset says nothing about summer time)");
    };
    if !AREAS.contains(&area) {
        let known = AREAS.iter().find(|known| known.eq_ignore_ascii_case(area));
        return match known {
            Some(known) => wrong(&format!(": did you mean `{known}/{place}`?")),
            None => wrong(""),
        };
    }
    let is_place = place.split('/').all(|part| {
        part.starts_with(|letter: char| letter.is_ascii_uppercase())
            && part
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "_-+".contains(letter))
    });
    if is_place && TimeZone::get(text).is_ok() {
        Ok(text.to_owned())
    } else {
        wrong(" that is known")
    }
}
