//! A month of nights of an HR feed, with everything that goes wrong at night: killed at any moment, throttled, a full disk, an
//! archive that cannot be written, a webhook that is down, two starts at once, and files that are no good. At the end the
//! directory says what the HR system says, no change was made twice, and every refusal was heard.

#[path = "feed_month/proof.rs"]
mod proof;
#[path = "feed_month/starts.rs"]
mod starts;

use std::collections::BTreeSet;
use std::time::Duration;

use super::hr::{HrFile, System};
use super::receiver::{Ear, Receiver};
use super::stand::{Stand, is_ordinary};
use dirsheet::sandbox::{Quota, SandboxOptions};

/// What goes wrong in a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weather {
    Calm,
    Killed,
    Throttled,
    DiskFull,
    NoArchive,
    TwoStarts,
    Doubled,
    Short,
    Emptied,
    Shifted,
    LastWeek,
    /// A doubled file while the webhook is down.
    HookDown,
    /// A doubled file, and a start that is killed at any moment of its refusal.
    KilledRefusing,
}

use Weather::*;

/// Thirty nights; their order is by chance.
const NIGHTS: [Weather; 30] = [
    Calm,
    Calm,
    Killed,
    Killed,
    Killed,
    Killed,
    Killed,
    Killed,
    Throttled,
    Throttled,
    Throttled,
    Throttled,
    DiskFull,
    DiskFull,
    DiskFull,
    DiskFull,
    NoArchive,
    NoArchive,
    TwoStarts,
    TwoStarts,
    TwoStarts,
    Doubled,
    Short,
    Emptied,
    Shifted,
    LastWeek,
    HookDown,
    KilledRefusing,
    KilledRefusing,
    KilledRefusing,
];

/// How often a timer starts again in one night, at most.
const STARTS_MAX: usize = 4;

/// The same numbers for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % most
    }
}

/// The month so far.
struct Month {
    stand: Stand,
    file: HrFile,
    chance: Chance,
    /// Rows of people whom nothing keeps from being edited, with their numbers.
    people: Vec<(usize, String)>,
    /// The webhook, and the watchdog.
    hook: Receiver,
    watch: Receiver,
    night: usize,
    joiners: usize,
    leavers: usize,
    /// The files that had to be refused, and in which weather they came.
    bad: Vec<(String, Weather)>,
    killed: usize,
    stopped_by_disk: usize,
}

fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}

impl Month {
    fn begin(seed: u64) -> Month {
        let mut stand = Stand::open(SandboxOptions {
            quota: Quota::Off,
            latency: Duration::from_millis(10),
            ..SandboxOptions::for_practice()
        });
        let system = System::named("workday");
        let settings = std::fs::read_to_string(system.folder().join("FEED.toml")).unwrap();
        let settings = settings
            .replace("# archive", "archive")
            .replace("# quarantine", "quarantine")
            .replace("stable-for = \"1s\"", "stable-for = \"1ms\"");
        std::fs::create_dir(stand.path("feed")).unwrap();
        stand.write(
            "feed/FEED.toml",
            settings
                + "\n[notify]\nping = { env = \"WATCH\" }\n\
                   [[notify.webhooks]]\nurl = { env = \"HOOK\" }\nwhen = \"trouble\"\n",
        );
        let (hook, watch) = (Receiver::open(), Receiver::open());
        stand.set("HOOK", &hook.at("hook"));
        stand.set("WATCH", &watch.at("watch"));
        let file = HrFile::sample(system);
        let users = stand.dump();
        let managers: BTreeSet<String> = users.values().map(|user| user["manager"].to_string()).collect();
        let mut people = file.people();
        people.retain(|(row, number)| {
            let user = users.values().find(|user| user["employeeId"] == number.as_str());
            user.is_some_and(|user| {
                is_ordinary(user)
                    && user["accountEnabled"] == true
                    && !managers.contains(&user["id"].to_string())
                    && file.cell(*row, system.left).is_empty()
            })
        });
        Month {
            stand,
            file,
            chance: Chance(seed),
            people,
            hook,
            watch,
            night: 0,
            joiners: 0,
            leavers: 0,
            bad: Vec::new(),
            killed: 0,
            stopped_by_disk: 0,
        }
    }

    /// Changes of people who are there.
    fn edits(&mut self, count: usize) {
        let system = self.file.system;
        for change in 0..count {
            let (row, _) = self.people[self.chance.below(self.people.len())];
            let text = format!("{} of day {}", change, self.night);
            match self.chance.below(4) {
                0 => self
                    .file
                    .set(row, system.department, &format!("Team {text} (Head)")),
                1 => {
                    let (_, boss) = &self.people[0];
                    let boss = if self.file.cell(row, system.manager) == boss {
                        "000004"
                    } else {
                        boss
                    };
                    let boss = boss.to_owned();
                    if self.file.cell(row, system.key) != boss {
                        self.file.set(row, system.manager, &boss);
                    }
                }
                2 => self.file.rename(row, &format!("Name {text}")),
                _ => self.file.set(row, system.title, &format!("Title {text}")),
            }
        }
    }

    /// What HR does in a day.
    fn a_day(&mut self) {
        let system = self.file.system;
        let count = 2 + self.chance.below(8);
        self.edits(count);
        if self.chance.below(3) == 0 {
            let like = self.people[1].0;
            let number = format!("{:06}", 300 + self.night);
            self.file
                .join(like, &number, &format!("New{}", letters(self.night)), today());
            self.joiners += 1;
        }
        if self.chance.below(4) == 0 {
            // The last of the list, so that nobody's manager leaves.
            let (row, _) = self.people.pop().unwrap();
            self.file
                .set(row, system.left, &system.day(today().yesterday().unwrap()));
            self.leavers += 1;
        }
    }

    fn drop(&self, bytes: &[u8]) -> std::path::PathBuf {
        let name = format!("feed/{}", self.name());
        self.stand.write(&name, bytes);
        self.stand.path(&name)
    }

    /// Of the night's file.
    fn name(&self) -> String {
        format!("workers-{:03}.csv", self.night)
    }

    fn a_night(&mut self, weather: Weather) {
        self.night += 1;
        self.a_day();
        if weather == DiskFull {
            // A larger run, whose journal needs more room than the ledger.
            self.edits(25);
        }
        let system = self.file.system;
        let file = match weather {
            Doubled | HookDown | KilledRefusing => self.file.doubled(),
            Short => self.file.without_last(40),
            Emptied => self.file.emptied(system.title),
            Shifted => self.file.shifted(system.title),
            _ => self.file.clone(),
        };
        let path = self.drop(&file.bytes());
        if matches!(
            weather,
            Doubled | Short | Emptied | Shifted | LastWeek | HookDown | KilledRefusing
        ) {
            self.bad.push((self.name(), weather));
        }
        match weather {
            Doubled | Short | Emptied | Shifted => self.until_ended(4, weather),
            LastWeek => {
                let then = std::time::SystemTime::now() - Duration::from_secs(7 * 24 * 3600);
                let file = std::fs::File::options().write(true).open(&path).unwrap();
                file.set_modified(then).unwrap();
                self.until_ended(4, weather);
            }
            Killed => {
                self.kill();
                if self.chance.below(2) == 0 {
                    self.kill();
                }
                self.until_ended(0, weather);
            }
            Throttled => {
                let faults = ["429-ms:40,on=item,share=0.4,times=30", "503:0.3,on=any,times=6"];
                self.stand.faults(faults[self.chance.below(2)]);
                self.until_ended(0, weather);
                self.stand.faults("");
            }
            DiskFull => self.disk_gets_room(),
            NoArchive => self.archive_in_the_way(),
            TwoStarts => self.two_starts(),
            HookDown => {
                self.hook.turn(Ear::Down);
                self.until_ended(4, weather);
                self.hook.turn(Ear::Up);
            }
            KilledRefusing => {
                self.kill();
                // Killed after its end, the next start finds no file and tells late.
                if path.exists() {
                    self.until_ended(4, weather);
                }
                self.until_ended(0, weather);
            }
            Calm => self.until_ended(0, weather),
        }
        assert!(
            !path.exists(),
            "night {} ({weather:?}): the file is still there",
            self.night
        );
    }
}

fn letters(number: usize) -> String {
    let letter = |at: usize| char::from(b'a' + u8::try_from(at % 26).unwrap());
    format!("{}{}", letter(number / 26), letter(number))
}

#[test]
fn after_a_month_of_nights_under_faults_directory_and_feed_agree_and_nothing_was_written_twice() {
    let seed = 20_261_129;
    let mut month = Month::begin(seed);
    month.drop(&month.file.bytes());
    month.stand.run(&[&Month::RUN[..], &["--go"]].concat()).must(0);
    let mut nights = NIGHTS;
    for at in (1..nights.len()).rev() {
        let with = month.chance.below(at + 1);
        nights.swap(at, with);
    }
    for weather in nights {
        month.a_night(weather);
    }
    // One calm night at the end: the last file may have been one of the bad ones.
    month.a_night(Calm);
    month.agrees();
    month.nothing_twice();
    let writes = month.stand.history().len();
    month.night += 1;
    month.drop(&month.file.bytes());
    let again = month.stand.run(&[&Month::RUN[..], &["--again"]].concat()).must(0);
    assert_eq!(Month::told(&again)["outcome"], "unchanged");
    assert_eq!(month.stand.history().len(), writes);

    // The month was one: people came and left, starts were killed and stopped.
    assert!(
        month.joiners >= 3 && month.leavers >= 3,
        "{} {}",
        month.joiners,
        month.leavers
    );
    assert!(month.killed >= 7, "{} starts were killed", month.killed);
    assert!(
        month.stopped_by_disk >= 12,
        "{} starts met a full disk",
        month.stopped_by_disk
    );
    month.every_refusal_was_heard();
}
