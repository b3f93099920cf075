//! Answers that come a byte at a time.

use std::time::Duration;

use super::server::{Answer, Asked};
use super::{MEBIBYTES, sign_in};

const SECOND: Duration = Duration::from_secs(1);

/// A good head, and then a blank a second.
fn body(_: &Asked) -> Answer {
    Answer::Raw(Box::new(|line| {
        line.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n")?;
        line.for_ever(b" ", SECOND)
    }))
}

/// A head that never ends, slowly.
fn head(_: &Asked) -> Answer {
    Answer::Raw(Box::new(|line| {
        line.write(b"HTTP/1.1 200 OK\r\nx-slow: ")?;
        line.for_ever(b"y", SECOND)
    }))
}

#[test]
fn a_sign_in_of_a_byte_a_second_ends_when_one_request_may_take_no_longer() {
    // Side by side, because each waits for the whole time that one request may take.
    let both = [body, head].map(|answer| std::thread::spawn(move || sign_in(answer).0));
    for ended in both {
        ended
            .join()
            .unwrap()
            .must(8, &["did not answer in time"], 115, MEBIBYTES);
    }
}
