//! Connections that can be made to break.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// No limit.
const WHOLE: i64 = i64::MAX;

/// Lets a connection break after some more bytes.
#[derive(Debug, Clone)]
pub struct Scissors(Arc<AtomicI64>);

impl Scissors {
    /// The connection breaks after this many more bytes were sent.
    pub fn cut_after(&self, bytes: usize) {
        self.0
            .store(i64::try_from(bytes).unwrap_or(WHOLE), Ordering::SeqCst);
    }
}

/// A listener whose connections carry [`Scissors`].
#[derive(Debug)]
pub struct Wire(pub TcpListener);

/// One such connection.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    scissors: Scissors,
}

impl axum::serve::Listener for Wire {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.0).await;
        // Answers are small; waiting for more to send would only cost time.
        let _ = stream.set_nodelay(true);
        (
            Line {
                stream,
                scissors: Scissors(Arc::new(AtomicI64::new(WHOLE))),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, Wire>> for Scissors {
    fn connect_info(stream: axum::serve::IncomingStream<'_, Wire>) -> Self {
        stream.io().scissors.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.scissors.0.load(Ordering::SeqCst);
        if left == WHOLE {
            return Pin::new(&mut self.stream).poll_write(cx, bytes);
        }
        if left <= 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let most = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let part = bytes.get(..most).unwrap_or(bytes);
        let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, part))?;
        self.scissors
            .0
            .fetch_sub(i64::try_from(written).unwrap_or(0), Ordering::SeqCst);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
