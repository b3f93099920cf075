//! What must not be done twice, what is not visible yet, and every way a connection breaks.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::super::testing::{Server, change, json_answer, operation, text};
use super::super::*;

fn answer(status: u16, code: &str) -> Failure {
    Failure::Answer {
        status,
        code: code.to_owned(),
        retry_after: None,
    }
}

fn transport(kind: TransportErrorKind, sent: bool) -> Failure {
    Failure::Transport {
        kind,
        sent,
        first_contact: false,
    }
}

#[derive(Debug, PartialEq)]
enum Short {
    Again,
    AgainElsewhere,
    GiveUp,
    InDoubt,
}

fn short(decision: Decision) -> Short {
    match decision {
        Decision::Again {
            new_connection: true, ..
        } => Short::AgainElsewhere,
        Decision::Again { .. } => Short::Again,
        Decision::GiveUp => Short::GiveUp,
        Decision::InDoubt => Short::InDoubt,
    }
}

fn decided(failure: &Failure, idempotent: bool, maybe_applied: bool, just_created: bool) -> Short {
    let situation = Situation {
        failure,
        attempt: 1,
        idempotent,
        token_renewed: false,
        maybe_applied,
        just_created,
        now: Instant::now(),
        deadline: None,
    };
    short(decide(&situation, 0.5))
}

#[test]
fn what_can_be_done_twice_is_repeated_and_a_creation_in_doubt_is_looked_at_first() {
    use Short::{Again, AgainElsewhere as Elsewhere, GiveUp, InDoubt};
    use TransportErrorKind as Kind;
    for (name, failure, twice, once, once_in_doubt) in [
        (
            "no connection",
            transport(Kind::Refused, false),
            Elsewhere,
            Elsewhere,
            InDoubt,
        ),
        (
            "reset before the write",
            transport(Kind::Connect, false),
            Elsewhere,
            Elsewhere,
            InDoubt,
        ),
        (
            "reset after the write",
            transport(Kind::Reset, true),
            Elsewhere,
            InDoubt,
            InDoubt,
        ),
        (
            "timeout",
            transport(Kind::Timeout, true),
            Elsewhere,
            InDoubt,
            InDoubt,
        ),
        (
            "truncated body",
            transport(Kind::Truncated, true),
            Elsewhere,
            InDoubt,
            InDoubt,
        ),
        ("HTML with 200", Failure::Unreadable, Elsewhere, InDoubt, InDoubt),
        (
            "HTML with 503",
            answer(503, NO_GRAPH_ERROR),
            Elsewhere,
            InDoubt,
            InDoubt,
        ),
        ("502", answer(502, ""), Elsewhere, InDoubt, InDoubt),
        (
            "504 without a body",
            answer(504, NO_GRAPH_ERROR),
            Elsewhere,
            InDoubt,
            InDoubt,
        ),
        (
            "500",
            answer(500, "Service_InternalServerError"),
            Again,
            InDoubt,
            InDoubt,
        ),
        (
            "500 that is a refusal",
            answer(500, "-1, Some.UnauthorizedAccessException"),
            GiveUp,
            GiveUp,
            InDoubt,
        ),
        ("429", answer(429, "TooManyRequests"), Again, Again, InDoubt),
        (
            "409 of the same moment",
            answer(409, "Directory_ConcurrencyViolation"),
            Again,
            Again,
            InDoubt,
        ),
        (
            "401",
            answer(401, "InvalidAuthenticationToken"),
            Again,
            Again,
            InDoubt,
        ),
        // The first attempt may be the very object that stands in the way.
        (
            "400 ObjectConflict",
            answer(400, "Request_BadRequest"),
            GiveUp,
            GiveUp,
            InDoubt,
        ),
        (
            "404",
            answer(404, "Request_ResourceNotFound"),
            GiveUp,
            GiveUp,
            InDoubt,
        ),
        ("not sent", Failure::NotSent, GiveUp, GiveUp, InDoubt),
    ] {
        assert_eq!(decided(&failure, true, false, false), twice, "{name}");
        assert_eq!(decided(&failure, false, false, false), once, "{name}, once only");
        assert_eq!(
            decided(&failure, false, true, false),
            once_in_doubt,
            "{name}, once only, after doubt"
        );
    }
}

#[test]
fn a_404_is_worth_another_try_only_for_what_was_just_created_and_not_for_ever() {
    let not_found = answer(404, "Request_ResourceNotFound");
    assert_eq!(decided(&not_found, true, false, false), Short::GiveUp);
    assert_eq!(decided(&not_found, true, false, true), Short::Again);
    assert_eq!(
        decided(&answer(400, "Request_BadRequest"), true, false, true),
        Short::GiveUp
    );

    let mut tries = Tries::new(true, None).just_created();
    let mut waited = Duration::ZERO;
    for _ in 1..ATTEMPTS_JUST_CREATED {
        let Decision::Again { after, .. } = tries.after(&not_found) else {
            panic!("{} attempts", tries.failed())
        };
        waited += after;
    }
    assert_eq!(tries.after(&not_found), Decision::GiveUp);
    // The next part of the row is about the same new object.
    let mut next = tries.in_doubt().anew();
    assert_eq!((next.failed(), next.maybe_applied()), (0, false));
    assert!(matches!(next.after(&not_found), Decision::Again { .. }));
    let minutes = waited.as_secs_f64() / 60.0;
    assert!((0.9..2.1).contains(&minutes), "{minutes}");
    assert_eq!(Tries::new(true, None).after(&not_found), Decision::GiveUp);
}

#[tokio::test]
async fn a_moment_inside_a_batch_is_meant_by_the_clock_of_the_whole_answer() {
    // The clock of this machine is years away from the service's.
    let server = Server::start(|_, _| {
        let mut answer = json_answer(
            200,
            &json!({"responses": [
                {"id": "1", "status": 204},
                {"id": "2", "status": 429, "headers": {"Retry-After": "Sun, 23 Nov 2008 15:00:03 GMT"}}
            ]}),
        );
        let date = "Sun, 23 Nov 2008 15:00:00 GMT".parse().unwrap();
        answer.headers_mut().insert("date", date);
        answer
    })
    .await;
    let operations = [1, 2].map(|number| operation(number, vec![change("jobTitle", text("Nurse"))]));
    let answers = DirectoryWriter::new(server.session())
        .send_operations(&operations)
        .await
        .unwrap();
    assert!(
        matches!(answers[1].failure(), Some(Failure::Answer { retry_after: Some(wish), .. }) if wish.as_secs() == 3),
        "{answers:?}"
    );
}

#[test]
fn a_doubt_of_an_earlier_process_is_none_of_these_attempts() {
    let mut tries = Tries::new(true, None).in_doubt();
    let told_to_wait = answer(429, "TooManyRequests");
    tries.after(&told_to_wait);
    assert_eq!((tries.maybe_applied(), tries.is_own_doubt()), (true, false));
    tries.after(&Failure::Unreadable);
    assert_eq!((tries.maybe_applied(), tries.is_own_doubt()), (true, true));
    assert!(!tries.anew().is_own_doubt());
}
