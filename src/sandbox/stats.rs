//! What the directory counted.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// Requests to the token endpoint.
    pub token_requests: u64,
    /// HTTP requests of every kind, a batch counting once.
    pub http_requests: u64,
    /// Connections that are open now. What came over one and is not answered is given up with it.
    pub connections_open: u64,
    /// Pages of users served.
    pub list_pages: u64,
    /// `$batch` requests whose envelope could be read.
    pub batches: u64,
    /// Those of them with at least one write.
    pub write_batches: u64,
    /// Those of them that only read.
    pub read_batches: u64,
    /// GET calls, single or inside a batch.
    pub reads: u64,
    /// PATCH, PUT, POST and DELETE calls, single or inside a batch.
    pub writes_received: u64,
    /// Writes that were carried out, whatever the client was told.
    pub writes_accepted: u64,
    /// Writes that were refused for any reason; one that was lost is neither accepted nor refused.
    pub writes_refused: u64,
    /// Calls answered with 429, single or inside a batch, a batch refused as a whole counting once.
    pub throttled: u64,
    /// Claims challenges made.
    pub challenges: u64,
    /// Users in the directory.
    pub users: u64,
}

/// A write that was carried out.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct AcceptedWrite {
    /// Its place among all accepted writes, from 1.
    pub sequence: u64,
    /// The user written to.
    pub user_id: String,
    /// The method.
    pub method: String,
    /// The path under the version root.
    pub path: String,
    /// The body as sent; null when there was none.
    pub body: serde_json::Value,
    /// The server's id of the call.
    pub request_id: String,
    /// When it was carried out, in milliseconds since the sandbox started.
    pub at_ms: u64,
}

/// One counter.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    /// One more until the guard is dropped.
    pub fn held(self: &Arc<Self>) -> Held {
        self.0.fetch_add(1, Ordering::SeqCst);
        Held(Arc::clone(self))
    }
    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One that is counted for as long as this lives.
#[derive(Debug)]
pub struct Held(Arc<Counter>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The counters while they count.
#[derive(Debug, Default)]
pub struct Counters {
    /// See [`Stats`].
    pub token_requests: Counter,
    /// See [`Stats`].
    pub http_requests: Counter,
    /// See [`Stats`].
    pub connections_open: Arc<Counter>,
    /// See [`Stats`].
    pub list_pages: Counter,
    /// See [`Stats`].
    pub batches: Counter,
    /// See [`Stats`].
    pub write_batches: Counter,
    /// See [`Stats`].
    pub read_batches: Counter,
    /// See [`Stats`].
    pub reads: Counter,
    /// See [`Stats`].
    pub writes_received: Counter,
    /// See [`Stats`].
    pub writes_accepted: Counter,
    /// See [`Stats`].
    pub writes_refused: Counter,
    /// See [`Stats`].
    pub throttled: Counter,
    /// See [`Stats`].
    pub challenges: Counter,
}

impl Counters {
    /// The counters now.
    pub fn read(&self, users: usize) -> Stats {
        Stats {
            token_requests: self.token_requests.get(),
            http_requests: self.http_requests.get(),
            connections_open: self.connections_open.get(),
            list_pages: self.list_pages.get(),
            batches: self.batches.get(),
            write_batches: self.write_batches.get(),
            read_batches: self.read_batches.get(),
            reads: self.reads.get(),
            writes_received: self.writes_received.get(),
            writes_accepted: self.writes_accepted.get(),
            writes_refused: self.writes_refused.get(),
            throttled: self.throttled.get(),
            challenges: self.challenges.get(),
            users: users as u64,
        }
    }
}
