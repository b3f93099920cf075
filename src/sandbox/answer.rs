//! One call, from its price to its end, and the batch around several.
//!
//! Single requests and the calls of a batch come the same way, so that what is true of one is true of the other.

use super::{
    batch,
    call::{Call, Work},
    faults::FaultKind,
    mishap,
    options::Quota,
    query::Target,
    reply::{Refusal, Reply, Stamp},
    select::Caller,
    service::{Service, lock},
    throttle::{Cost, Decision},
};
use std::collections::HashSet;
use tokio::time::Instant;

impl Service {
    /// Answers one call. `meets`: another request writes to the same user just now.
    pub fn answer(
        &self,
        call: &Call,
        caller: &Caller,
        stamp: &Stamp,
        meets: bool,
        fault: Option<&FaultKind>,
    ) -> Reply {
        let writes = call.writes();
        if writes {
            self.counters.writes_received.add()
        } else {
            self.counters.reads.add()
        }
        let (result, extra) = match Work::read(call, caller) {
            Ok((work, cost)) => self.charged(call, work, cost, caller, stamp, meets, fault),
            Err(refusal) => {
                // What cannot be read costs as much as what can.
                let cost = Cost {
                    units: 1,
                    writes: u32::from(writes),
                    sign_in: false,
                    invitation: false,
                };
                let (decision, headers) = self.charge(cost);
                (Err(decision.unwrap_or(refusal)), headers)
            }
        };
        let done = result.is_ok();
        let mut reply = result.unwrap_or_else(|refusal| refusal.reply(stamp));
        if writes {
            let counters = &self.counters;
            match (done && reply.status < 400, fault) {
                (true, Some(FaultKind::Lost)) => {}
                (true, _) => counters.writes_accepted.add(),
                (false, _) => counters.writes_refused.add(),
            }
        }
        if done && let Some(trouble) = mishap::afterwards(fault, stamp) {
            reply = trouble;
        }
        reply.headers.extend(extra);
        if reply.status == 429 {
            self.counters.throttled.add();
        }
        reply
    }

    /// Charges the budgets: the refusal, if one is used up, and the headers that tell.
    fn charge(&self, cost: Cost) -> (Option<Refusal>, Vec<(&'static str, String)>) {
        let decision = lock(&self.throttle).take(cost, Instant::now());
        let mut headers = Vec::new();
        if let Some(percentage) = decision.percentage {
            headers.push(("x-ms-throttle-limit-percentage", format!("{percentage:.2}")));
        }
        let refused = decision.refused.map(|seconds| {
            let directory = self.directory();
            let scope = format!(
                "Tenant_Application/{}/{}/{}",
                decision.limit, directory.tenant.client_id, directory.tenant.tenant_id
            );
            headers.push(("x-ms-throttle-scope", scope));
            headers.push(("x-ms-throttle-information", decision.information.to_owned()));
            self.throttled(seconds, &decision)
        });
        (refused, headers)
    }

    /// In scaled time a whole second is long, so the wait is told to the millisecond, and in seconds rounded down.
    fn throttled(&self, seconds: u64, decision: &Decision) -> Refusal {
        if !matches!(self.options.quota, Quota::Fast(_)) {
            return Refusal::throttled(seconds);
        }
        let whole = decision.refused_ms / 1_000;
        let refusal = if whole == 0 {
            Refusal::too_many()
        } else {
            Refusal::throttled(whole)
        };
        refusal.header("retry-after-ms", decision.refused_ms.to_string())
    }

    #[allow(clippy::too_many_arguments)]
    fn charged(
        &self,
        call: &Call,
        work: Work,
        cost: Cost,
        caller: &Caller,
        stamp: &Stamp,
        meets: bool,
        fault: Option<&FaultKind>,
    ) -> (Result<Reply, Refusal>, Vec<(&'static str, String)>) {
        let (refused, mut headers) = self.charge(cost);
        let refused = refused.or_else(|| self.count_mailbox(call).err());
        let result = match (refused, mishap::instead(fault, stamp)) {
            (Some(refusal), _) => Err(refusal),
            (None, Some(reply)) => return (Ok(reply), headers),
            (None, None) if meets => Err(mishap::concurrent()),
            (None, None) => {
                self.before_work(call, fault);
                self.work(call, work, caller, stamp, fault)
            }
        };
        if result.is_ok() {
            headers.push(("x-ms-resource-unit", cost.units.to_string()));
        }
        (result, headers)
    }

    /// What happens a moment before a call is carried out.
    fn before_work(&self, call: &Call, fault: Option<&FaultKind>) {
        match fault {
            Some(FaultKind::Stale(milliseconds)) => self.set_lag(*milliseconds),
            Some(FaultKind::EditBehind(property, value)) => {
                if let Ok(Target::User(key) | Target::Manager(key) | Target::ManagerRef(key)) =
                    Target::read(&call.path)
                {
                    // A property or a user that is not there cannot be edited by anybody.
                    let _ = self.edit(&key, property, value);
                }
            }
            _ => {}
        }
    }

    /// Answers a batch.
    pub fn batch(
        &self,
        envelope: &[batch::Item],
        caller: &Caller,
        stamp: &Stamp,
        blocked: &HashSet<u32>,
        fault: Option<&FaultKind>,
    ) -> Reply {
        self.counters.batches.add();
        if envelope.iter().any(|item| item.call.writes()) {
            self.counters.write_batches.add();
        } else {
            self.counters.read_batches.add();
        }
        if let Some(FaultKind::Stale(milliseconds)) = fault {
            self.set_lag(*milliseconds);
        }
        let reply = batch::run(self, envelope, caller, stamp, blocked, fault);
        mishap::afterwards(fault, stamp).unwrap_or(reply)
    }
}
