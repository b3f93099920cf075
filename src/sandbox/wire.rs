//! Connections that can be made to break, or to be slow.

use super::stats::{Counter, Held};
use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Sleep, sleep},
};

/// In how many pieces a slow body comes.
const PIECES: usize = 10;

/// How a connection sends.
#[derive(Debug, Clone, Copy)]
enum Sending {
    /// As fast as it can.
    Whole,
    /// It breaks after so many more bytes.
    Cut(usize),
    /// So many bytes at once, and then in pieces with a pause before each.
    Trickle {
        at_once: usize,
        piece: usize,
        pause: Duration,
    },
}

/// Lets a connection break, or makes it slow, from the next bytes it sends.
#[derive(Debug, Clone)]
pub struct Scissors(Arc<Mutex<Sending>>);

impl Scissors {
    /// The connection breaks after this many more bytes were sent.
    pub fn cut_after(&self, bytes: usize) {
        *self.sending() = Sending::Cut(bytes);
    }

    /// A head of about so many bytes is sent at once, the body behind it in pieces over this time.
    pub fn trickle(&self, head: usize, body: usize, time: Duration) {
        *self.sending() = Sending::Trickle {
            at_once: head,
            piece: body.div_ceil(PIECES).max(1),
            pause: time.div_f64(PIECES as f64),
        };
    }

    /// A slow connection is as fast as ever again; a broken one stays broken.
    pub fn mend(&self) {
        let mut sending = self.sending();
        if let Sending::Trickle { .. } = *sending {
            *sending = Sending::Whole;
        }
    }

    fn sending(&self) -> MutexGuard<'_, Sending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener whose connections carry [`Scissors`].
#[derive(Debug)]
pub struct Wire {
    /// Where they come in.
    pub listener: TcpListener,
    /// How many of them are open.
    pub open: Arc<Counter>,
}

/// One such connection.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    scissors: Scissors,
    pause: Option<Pin<Box<Sleep>>>,
    _held: Held,
}

impl axum::serve::Listener for Wire {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.listener).await;
        // Answers are small; waiting for more to send would only cost time.
        let _ = stream.set_nodelay(true);
        (
            Line {
                stream,
                scissors: Scissors(Arc::new(Mutex::new(Sending::Whole))),
                pause: None,
                _held: self.open.held(),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
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

impl Line {
    fn write_part(&mut self, cx: &mut Context<'_>, bytes: &[u8], most: usize) -> Poll<io::Result<usize>> {
        let part = bytes.get(..most).unwrap_or(bytes);
        Pin::new(&mut self.stream).poll_write(cx, part)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sending = *self.scissors.sending();
        match sending {
            Sending::Whole => self.write_part(cx, bytes, bytes.len()),
            Sending::Cut(0) => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            Sending::Cut(left) => {
                let written = ready!(self.write_part(cx, bytes, left))?;
                self.scissors.cut_after(left.saturating_sub(written));
                Poll::Ready(Ok(written))
            }
            Sending::Trickle {
                at_once,
                piece,
                pause,
            } => {
                if at_once == 0 {
                    let waiting = self.pause.get_or_insert_with(|| Box::pin(sleep(pause)));
                    ready!(waiting.as_mut().poll(cx));
                }
                let most = if at_once == 0 { piece } else { at_once };
                let written = ready!(self.write_part(cx, bytes, most))?;
                self.pause = None;
                *self.scissors.sending() = Sending::Trickle {
                    at_once: at_once.saturating_sub(written),
                    piece,
                    pause,
                };
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
