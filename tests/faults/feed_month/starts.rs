//! How a night is started: again and again, killed, on a full disk, without an archive, or twice at once.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::super::stand::{Ran, finish, limited};
use super::Weather::{DiskFull, NoArchive, TwoStarts};
use super::{Month, STARTS_MAX, Weather};

impl Month {
    pub(super) const RUN: [&'static str; 4] = ["feed", "run", "feed/FEED.toml", "--json"];

    /// What a start told.
    pub(super) fn told(ran: &Ran) -> Json {
        let told: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        assert_eq!(told["exit"], ran.code.unwrap(), "{told:#}");
        told
    }

    /// Starts until the night ends as it should.
    pub(super) fn until_ended(&mut self, code: i32, weather: Weather) {
        let mut last = None;
        for _ in 0..STARTS_MAX {
            let ran = self.stand.run(&Self::RUN);
            if ran.code == Some(code) {
                let told = Self::told(&ran);
                if code == 4 {
                    assert_eq!(told["outcome"], "refused", "{told:#}");
                    assert!(!told["refusals"].as_array().unwrap().is_empty(), "{told:#}");
                    assert!(ran.stderr.contains("refused"), "{ran:?}");
                }
                return;
            }
            last = Some(ran);
        }
        panic!("night {} ({weather:?}): {last:?}", self.night);
    }

    /// Starts on a disk that has a little more room each time, until one comes to its end.
    pub(super) fn disk_gets_room(&mut self) {
        let least = 4 + self.chance.below(24) as u64;
        for more in (0..160).step_by(5) {
            let heard = self.hook.heard().len();
            let ran = limited(&self.stand, least + more, &Self::RUN);
            if ran.code == Some(0) {
                break;
            }
            self.stopped_by_disk += 1;
            assert_eq!(ran.code, Some(1), "{ran:?}");
            if !ran.stdout.is_empty() {
                Self::told(&ran);
            }
            let told = ran.stderr.contains("disk") || ran.stderr.contains("cannot write");
            assert!(told, "{ran:?}");
            assert!(self.hook.heard().len() > heard, "it is heard: {ran:?}");
        }
        self.until_ended(0, DiskFull);
    }

    /// A start that is killed after a while, whatever it is doing.
    pub(super) fn kill(&mut self) {
        let mut child = self
            .stand
            .command(&Self::RUN)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        let writes = self.stand.history().len();
        // Half of them as soon as something is written, the others at any moment.
        let soon = self.chance.below(2) == 0;
        let most = Duration::from_millis(5 + self.chance.below(140) as u64);
        while child.try_wait().unwrap().is_none() {
            let is_time = if soon {
                self.stand.history().len() > writes
            } else {
                began.elapsed() > most
            };
            if is_time {
                child.kill().unwrap();
                self.killed += 1;
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        child.wait().unwrap();
        self.stand.settle();
    }

    /// Something that is no folder stands where the archive is.
    pub(super) fn archive_in_the_way(&mut self) {
        let (archive, away) = (self.stand.path("feed/archive"), self.stand.path("away"));
        if archive.exists() {
            std::fs::rename(&archive, &away).unwrap();
        }
        std::fs::write(&archive, "in the way").unwrap();
        let heard = self.hook.heard().len();
        let writes = self.stand.history().len();
        let ran = self.stand.run(&Self::RUN).must(2);
        assert_eq!(
            self.stand.history().len(),
            writes,
            "found before the first write: {ran:?}"
        );
        assert!(ran.stderr.contains("archive"), "it is told: {ran:?}");
        assert_eq!(self.hook.heard().len(), heard + 1, "it is heard: {ran:?}");
        std::fs::remove_file(&archive).unwrap();
        if away.exists() {
            std::fs::rename(&away, &archive).unwrap();
        }
        self.until_ended(0, NoArchive);
    }

    /// Two starts at the same moment.
    pub(super) fn two_starts(&mut self) {
        let start = || self.stand.command(&Self::RUN).spawn().unwrap();
        let both = [start(), start()].map(|child| finish(child, "feed run".to_owned()));
        assert!(both.iter().any(|ran| ran.code == Some(0)), "{both:?}");
        self.until_ended(0, TwoStarts);
    }
}
