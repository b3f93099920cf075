//! What a fault answers.

use super::{
    faults::{Failure, FaultKind, Wait},
    reply::{Body, Refusal, Reply, Stamp},
};
use jiff::{SignedDuration, Timestamp};

/// What a gateway shows to people.
const PAGE: &str = "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h2>The service is busy.</h2></body></html>";

/// How far the clock of `429-date` is ahead.
const CLOCK_JUMP: SignedDuration = SignedDuration::from_hours(1);

/// The answer of a gateway in front of the directory, which asks nobody for a token.
pub fn gateway(fault: Option<&FaultKind>, stamp: &Stamp) -> Option<Reply> {
    match fault? {
        FaultKind::Fails(
            failure @ (Failure::BadGateway
            | Failure::UnavailableHtml
            | Failure::GatewayTimeout
            | Failure::GatewayEmpty),
        ) => Some(failed(*failure, stamp)),
        FaultKind::Html => Some(Reply {
            status: 200,
            headers: Vec::new(),
            body: Body::Html(PAGE.to_owned()),
        }),
        _ => None,
    }
}

/// The answer of the directory instead of the work; `None` when the work is to be done.
pub fn instead(fault: Option<&FaultKind>, stamp: &Stamp) -> Option<Reply> {
    match fault? {
        FaultKind::TooMany(wait) => Some(too_many(*wait).reply(stamp)),
        FaultKind::Fails(failure) => Some(failed(*failure, stamp)),
        FaultKind::Concurrent => Some(concurrent().reply(stamp)),
        FaultKind::Denied => Some(Refusal::denied().reply(stamp)),
        FaultKind::Absent => Some(Refusal::absent("it").reply(stamp)),
        _ => None,
    }
}

/// The answer after the work; `None` when the work's own answer stays.
pub fn afterwards(fault: Option<&FaultKind>, stamp: &Stamp) -> Option<Reply> {
    match fault? {
        FaultKind::FailsAfter(failure) => Some(failed(*failure, stamp)),
        _ => None,
    }
}

/// 409: two changes of one object at the same time.
pub fn concurrent() -> Refusal {
    Refusal::new(
        409,
        "Directory_ConcurrencyViolation",
        "A conflicting change of the same object is being carried out. Try again later.",
    )
}

fn too_many(wait: Wait) -> Refusal {
    let refusal = Refusal::too_many();
    match wait {
        Wait::Seconds(seconds) => Refusal::throttled(seconds),
        Wait::Bare => refusal,
        Wait::Milliseconds(wait) => refusal
            .header("retry-after-ms", wait.to_string())
            .header("x-ms-retry-after-ms", wait.to_string()),
        Wait::Date(seconds) => {
            let now = Timestamp::now()
                .saturating_add(CLOCK_JUMP)
                .unwrap_or(Timestamp::MAX);
            let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            let until = now.saturating_add(seconds).unwrap_or(Timestamp::MAX);
            refusal
                .header("Date", http_date(now))
                .header("Retry-After", http_date(until))
        }
    }
}

/// A moment as HTTP writes it.
pub fn http_date(moment: Timestamp) -> String {
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn failed(failure: Failure, stamp: &Stamp) -> Reply {
    let (status, code, message) = match failure {
        Failure::Internal => (
            500,
            "Service_InternalServerError",
            "Encountered an internal server error.",
        ),
        Failure::BadGateway => (502, "UnknownError", "The gateway got no good answer."),
        Failure::Unavailable => (
            503,
            "ServiceUnavailable",
            "The service is temporarily unavailable.",
        ),
        Failure::GatewayTimeout => (504, "UnknownError", "The gateway got no answer in time."),
        Failure::UnavailableHtml => {
            return Reply {
                status: 503,
                headers: vec![("Retry-After", "1".to_owned())],
                body: Body::Html(PAGE.to_owned()),
            };
        }
        Failure::GatewayEmpty => {
            return Reply {
                status: 504,
                headers: Vec::new(),
                body: Body::Empty,
            };
        }
    };
    Refusal::new(status, code, message).reply(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_429_says_when_to_come_again_in_every_way_there_is() {
        let names = |wait| {
            let refusal = too_many(wait);
            let names: Vec<&str> = refusal.headers.iter().map(|(name, _)| *name).collect();
            (refusal.status, names)
        };
        assert_eq!(names(Wait::Seconds(3)), (429, vec!["Retry-After"]));
        assert_eq!(names(Wait::Bare), (429, vec![]));
        assert_eq!(
            names(Wait::Milliseconds(9)),
            (429, vec!["retry-after-ms", "x-ms-retry-after-ms"])
        );
        assert_eq!(names(Wait::Date(2)), (429, vec!["Date", "Retry-After"]));
        let refusal = too_many(Wait::Date(2));
        let read = |at: usize| {
            jiff::fmt::rfc2822::parse(&refusal.headers[at].1)
                .unwrap()
                .timestamp()
        };
        assert_eq!(read(1).duration_since(read(0)), SignedDuration::from_secs(2));
        assert!(read(0).duration_since(Timestamp::now()) > SignedDuration::from_mins(59));
    }
}
