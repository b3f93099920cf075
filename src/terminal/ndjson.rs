//! One JSON object a line on stderr, for programs that watch.

use tokio::sync::mpsc;

use crate::engine::Event;

#[expect(clippy::print_stderr, reason = "this is the listener that prints events")]
pub(super) async fn listen(mut events: mpsc::Receiver<Event>) {
    while let Some(event) = events.recv().await {
        if let Ok(line) = serde_json::to_string(&event) {
            eprintln!("{line}");
        }
    }
}
