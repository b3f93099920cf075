//! The gate, the notices and the schedule, as far as their texts can be judged without a file.

use super::Judge;
use crate::domain::shorten;
use crate::feed::gate::GateLimits;
use crate::feed::schedule::problems;
use crate::feed::settings::{GateRules, MailSecurity, Notices, ScheduleRules};

impl Judge {
    pub(super) fn gate(&mut self, gate: &GateRules) -> Option<GateLimits> {
        let problems = match GateLimits::of(gate) {
            Ok(limits) => return Some(limits),
            Err(problems) => problems,
        };
        for problem in problems {
            self.problem(&problem.key, problem.message, problem.help);
        }
        None
    }

    pub(super) fn notices(&mut self, notices: &Notices) {
        if let Some(path) = &notices.metrics
            && !path.ends_with(".prom")
        {
            self.problem(
                "notify.metrics",
                format!(
                    "`{}` does not end in `.prom`, and the collector reads no other file",
                    shorten(path)
                ),
                "write a file that ends in `.prom`",
            );
        }
        let Some(mail) = &notices.mail else { return };
        let is_address = |text: &str| {
            text.split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        };
        if !is_address(&mail.from) {
            self.problem(
                "notify.mail.from",
                format!("`{}` is no address", shorten(&mail.from)),
                "write it as `name@example.com`",
            );
        }
        if mail.to.is_empty() {
            self.problem(
                "notify.mail.to",
                "nobody would get the mail",
                "write `to = [\"name@example.com\"]`",
            );
        }
        for (number, to) in (1..).zip(&mail.to) {
            if !is_address(to) {
                self.problem(
                    &format!("notify.mail.to.{number}"),
                    format!("`{}` is no address", shorten(to)),
                    "write it as `name@example.com`",
                );
            }
        }
        let is_here = ["localhost", "127.0.0.1", "::1"].contains(&mail.host.as_str());
        if mail.security == MailSecurity::None && !is_here {
            self.problem(
                "notify.mail.security",
                "without protection everybody on the way could read the report; that is for a server on this machine only",
                "write `start-tls` or `tls`, or `host = \"localhost\"`",
            );
        }
        if mail.user.is_some() != mail.password.is_some() {
            self.problem(
                "notify.mail",
                "`user` and `password` belong together, and one of them is missing",
                "write both, or none for a server that asks for no sign-in",
            );
        }
    }

    pub(super) fn schedule(&mut self, schedule: &ScheduleRules) {
        for problem in problems(schedule) {
            let help = match problem.setting.as_str() {
                "schedule.at" => "write hours and minutes, like `02:30`",
                "schedule.days" => "write days like `mon-fri` or `mon,thu`; without `days` it is every day",
                "schedule.time-zone" => {
                    "write a name like `Europe/Amsterdam`; without `time-zone` it is that of the machine"
                }
                _ => "write the name of an account of the machine; without `user` it is `dirsheet`",
            };
            self.problem(&problem.setting, problem.reason, help);
        }
    }
}
