//! The signals that ask a process to end: Ctrl-C, and on Unix what service managers and a lost session send.

/// Listens as long as it lives: a signal that comes while an earlier one is dealt with is kept.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    kinds: Vec<tokio::signal::unix::Signal>,
    #[cfg(windows)]
    interrupts: Option<tokio::signal::windows::CtrlC>,
}

impl Signals {
    /// From when this returns, a signal is heard and does nothing by itself. What the platform cannot listen to is never heard.
    pub fn listen() -> Signals {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            // A session that is lost is as good a reason to end as a service manager that says so.
            let kinds = [
                SignalKind::interrupt(),
                SignalKind::terminate(),
                SignalKind::hangup(),
            ];
            Signals {
                kinds: kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect(),
            }
        }
        #[cfg(windows)]
        return Signals {
            interrupts: tokio::signal::windows::ctrl_c().ok(),
        };
        #[cfg(not(any(unix, windows)))]
        Signals {}
    }

    /// Ends when the process is asked to end, once for each time it is.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        std::future::poll_fn(|context| {
            let is_heard = |kind: &mut tokio::signal::unix::Signal| kind.poll_recv(context).is_ready();
            match self.kinds.iter_mut().any(is_heard) {
                true => std::task::Poll::Ready(()),
                false => std::task::Poll::Pending,
            }
        })
        .await;
        #[cfg(windows)]
        if let Some(interrupts) = &mut self.interrupts {
            interrupts.recv().await;
        } else {
            std::future::pending::<()>().await;
        }
        #[cfg(not(any(unix, windows)))]
        std::future::pending::<()>().await;
    }
}
