//! Which failure is worth another try, and when: tables of answers and decisions.

use std::time::Duration;

use tokio::time::Instant;

use super::super::*;

fn answer(status: u16, code: &str, retry_after: Option<u64>) -> Failure {
    Failure::Answer {
        status,
        code: code.to_owned(),
        retry_after: retry_after.map(Duration::from_secs),
    }
}

fn transport(kind: TransportErrorKind, sent: bool, first_contact: bool) -> Failure {
    Failure::Transport {
        kind,
        sent,
        first_contact,
    }
}

struct Case {
    failure: Failure,
    attempt: u32,
    idempotent: bool,
    token_renewed: bool,
    maybe_applied: bool,
    seconds_left: Option<u64>,
}

fn case(failure: Failure) -> Case {
    Case {
        failure,
        attempt: 1,
        idempotent: true,
        token_renewed: false,
        maybe_applied: false,
        seconds_left: None,
    }
}

fn decided(case: &Case, chance: f64) -> Decision {
    let now = Instant::now();
    let situation = Situation {
        failure: &case.failure,
        attempt: case.attempt,
        idempotent: case.idempotent,
        token_renewed: case.token_renewed,
        maybe_applied: case.maybe_applied,
        just_created: false,
        now,
        deadline: case
            .seconds_left
            .map(|seconds| now + Duration::from_secs(seconds)),
    };
    decide(&situation, chance)
}

fn again(milliseconds: u64, refresh_token: bool, new_connection: bool) -> Decision {
    Decision::Again {
        after: Duration::from_millis(milliseconds),
        refresh_token,
        new_connection,
    }
}

const DRESSED: &str = "-1, Microsoft.Office.Server.Directory.DirectoryObjectUnauthorizedAccessException";

#[test]
fn every_failure_has_its_decision() {
    use Decision::{GiveUp, InDoubt};
    use TransportErrorKind as Kind;
    for (name, case, expected) in [
        (
            "429 with a wish",
            case(answer(429, "TooManyRequests", Some(7))),
            again(7_000, false, false),
        ),
        (
            "429 without",
            case(answer(429, "", None)),
            again(500, false, false),
        ),
        (
            "429 without, later",
            Case {
                attempt: 4,
                ..case(answer(429, "", None))
            },
            again(4_000, false, false),
        ),
        (
            "429 never gives up by count",
            Case {
                attempt: 900,
                ..case(answer(429, "", None))
            },
            again(30_000, false, false),
        ),
        (
            "503",
            case(answer(503, NO_GRAPH_ERROR, Some(2))),
            again(2_000, false, true),
        ),
        ("502", case(answer(502, "", None)), again(500, false, true)),
        (
            "504",
            case(answer(504, "UnknownError", None)),
            again(500, false, true),
        ),
        (
            "500",
            case(answer(500, "UnknownError", None)),
            again(500, false, false),
        ),
        (
            "500 a last time",
            Case {
                attempt: ATTEMPTS_FEW,
                ..case(answer(500, "", None))
            },
            InDoubt,
        ),
        (
            "a refusal dressed as 500",
            case(answer(500, DRESSED, None)),
            GiveUp,
        ),
        (
            "500 with -1",
            case(answer(500, "-1, Some.Exception", None)),
            GiveUp,
        ),
        ("501", case(answer(501, "NotImplemented", None)), GiveUp),
        (
            "401",
            case(answer(401, "InvalidAuthenticationToken", None)),
            again(0, true, false),
        ),
        (
            "401 after renewal",
            Case {
                token_renewed: true,
                ..case(answer(401, "", None))
            },
            GiveUp,
        ),
        (
            "401 without an identity",
            case(answer(401, "Authorization_IdentityNotFound", None)),
            GiveUp,
        ),
        (
            "403",
            case(answer(403, "Authorization_RequestDenied", None)),
            GiveUp,
        ),
        ("404", case(answer(404, "Request_ResourceNotFound", None)), GiveUp),
        ("400", case(answer(400, "Request_BadRequest", Some(1))), GiveUp),
        (
            "400 after a timeout is a refusal",
            Case {
                maybe_applied: true,
                ..case(answer(400, "", None))
            },
            GiveUp,
        ),
        (
            "409 of the same moment",
            case(answer(409, "Directory_ConcurrencyViolation", None)),
            again(500, false, false),
        ),
        (
            "409 of the same moment, short",
            case(answer(409, "ConcurrencyViolation", Some(1))),
            again(1_000, false, false),
        ),
        (
            "409 otherwise",
            case(answer(409, "Request_MultipleObjectsWithSameKeyValue", None)),
            GiveUp,
        ),
        ("412", case(answer(412, "", None)), GiveUp),
        (
            "refused connection",
            case(transport(Kind::Refused, false, false)),
            again(500, false, true),
        ),
        (
            "refused connection of a new host",
            Case {
                attempt: 3,
                ..case(transport(Kind::Refused, false, true))
            },
            GiveUp,
        ),
        (
            "unknown name",
            Case {
                attempt: 2,
                ..case(transport(Kind::Dns, false, true))
            },
            again(1_000, false, true),
        ),
        (
            "certificate",
            case(transport(Kind::Certificate, false, false)),
            GiveUp,
        ),
        (
            "timeout",
            case(transport(Kind::Timeout, true, false)),
            again(500, false, true),
        ),
        (
            "timeout of what must not be done twice",
            Case {
                idempotent: false,
                ..case(transport(Kind::Timeout, true, false))
            },
            InDoubt,
        ),
        (
            "not sent, and must not be done twice",
            Case {
                idempotent: false,
                ..case(transport(Kind::Refused, false, false))
            },
            again(500, false, true),
        ),
        (
            "503 of what must not be done twice",
            Case {
                idempotent: false,
                ..case(answer(503, "", Some(1)))
            },
            InDoubt,
        ),
        (
            "429 of what must not be done twice",
            Case {
                idempotent: false,
                ..case(answer(429, "", Some(1)))
            },
            again(1_000, false, false),
        ),
        (
            "too large",
            case(transport(Kind::BodyTooLarge, true, false)),
            InDoubt,
        ),
        (
            "no HTTP",
            case(transport(Kind::Malformed, true, false)),
            again(500, false, true),
        ),
        (
            "no HTTP a last time",
            Case {
                attempt: ATTEMPTS_FEW,
                ..case(transport(Kind::Malformed, true, false))
            },
            InDoubt,
        ),
        (
            "HTML with 200",
            case(Failure::Unreadable),
            again(500, false, true),
        ),
        (
            "HTML with 200 a last time",
            Case {
                attempt: ATTEMPTS_FEW,
                ..case(Failure::Unreadable)
            },
            InDoubt,
        ),
        (
            "deadline before the wish",
            Case {
                seconds_left: Some(6),
                ..case(answer(429, "", Some(7)))
            },
            GiveUp,
        ),
        (
            "deadline right at the wish",
            Case {
                seconds_left: Some(7),
                ..case(answer(429, "", Some(7)))
            },
            again(7_000, false, false),
        ),
        (
            "deadline after a timeout",
            Case {
                seconds_left: Some(0),
                ..case(transport(Kind::Timeout, true, false))
            },
            InDoubt,
        ),
        (
            "deadline, throttled, but a timeout before",
            Case {
                seconds_left: Some(0),
                maybe_applied: true,
                ..case(answer(429, "", None))
            },
            InDoubt,
        ),
        (
            "wrong secret",
            case(Failure::SignIn {
                transient: false,
                doubtful: false,
                first_contact: false,
                retry_after: None,
            }),
            GiveUp,
        ),
        (
            "busy sign-in",
            case(Failure::SignIn {
                transient: true,
                doubtful: false,
                first_contact: false,
                retry_after: None,
            }),
            again(500, false, false),
        ),
        ("never sent", case(Failure::NotSent), GiveUp),
        (
            "never sent, but a timeout before",
            Case {
                maybe_applied: true,
                ..case(Failure::NotSent)
            },
            InDoubt,
        ),
    ] {
        assert_eq!(decided(&case, 0.0), expected, "{name}");
    }
}

#[test]
fn chance_spreads_the_waits_within_bounds() {
    let wished = case(answer(429, "", Some(100)));
    assert_eq!(decided(&wished, 1.0), again(101_000, false, false));
    assert_eq!(
        decided(&case(answer(429, "", Some(5))), 1.0),
        again(5_500, false, false)
    );
    let own = Case {
        attempt: 3,
        ..case(answer(429, "", None))
    };
    assert_eq!(decided(&own, 0.0), again(2_000, false, false));
    assert_eq!(decided(&own, 0.5), again(3_000, false, false));
    assert_eq!(decided(&own, 7.0), again(4_000, false, false));
    let late = Case {
        attempt: u32::MAX,
        ..case(answer(429, "", None))
    };
    assert_eq!(decided(&late, 1.0), again(60_000, false, false));
}

#[test]
fn the_attempts_of_a_request_remember_doubt_and_renewal() {
    let mut tries = Tries::new(true, None);
    let unauthorized = answer(401, "", None);
    assert!(matches!(
        tries.after(&unauthorized),
        Decision::Again {
            refresh_token: true,
            ..
        }
    ));
    assert!(matches!(
        tries.after(&answer(429, "", None)),
        Decision::Again { .. }
    ));
    assert_eq!(tries.after(&unauthorized), Decision::GiveUp);

    let mut tries = Tries::new(true, None);
    assert!(matches!(
        tries.after(&transport(TransportErrorKind::Timeout, true, false)),
        Decision::Again { .. }
    ));
    assert_eq!(tries.after(&Failure::NotSent), Decision::InDoubt);
    assert_eq!(tries.failed(), 2);
}
