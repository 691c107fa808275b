//! Connections that can be told to misbehave, and that end when their lender does.
//!
//! Some faults lie below HTTP: headers that drip, a connection that is reset. A handler reaches the connection that
//! carries its answer through its [`Line`].

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Pause after each byte of a slow connection.
pub(super) const BYTE_PAUSE: Duration = Duration::from_secs(1);

/// How the connection of one answer is made to misbehave.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(Arc<Faults>);

#[derive(Debug, Default)]
struct Faults {
    slow: AtomicBool,
    reset: AtomicBool,
}

impl Line {
    /// From here on, a byte a second.
    pub(super) fn slow_down(&self) {
        self.0.slow.store(true, Ordering::Relaxed);
    }

    /// When it closes, the other side is told of a reset and not of an end.
    pub(super) fn reset_at_close(&self) {
        self.0.reset.store(true, Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Door>> for Line {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().line.clone()
    }
}

/// Where connections come in.
#[derive(Debug)]
pub(super) struct Door {
    pub listener: TcpListener,
    pub stopped: CancellationToken,
    /// Bytes sent to anybody so far.
    pub sent: Arc<AtomicU64>,
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may wait for one another");
        }
        let connection = Connection {
            stream,
            line: Line::default(),
            stopped: Box::pin(self.stopped.clone().cancelled_owned()),
            sent: Arc::clone(&self.sent),
            pause: None,
        };
        (connection, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    line: Line,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
    sent: Arc<AtomicU64>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    /// Fails once the lender has been stopped, which ends the connection whatever it was busy with.
    fn check_stopped(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.stopped.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }

    fn is_reset_at_close(&self) -> bool {
        self.line.0.reset.load(Ordering::Relaxed)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_reset_at_close()
            && let Err(error) = self.stream.set_zero_linger()
        {
            tracing::warn!(%error, "a connection ends without the reset that was asked for");
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check_stopped(context)?;
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_stopped(context)?;
        let slow = self.line.0.slow.load(Ordering::Relaxed);
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
        }
        let most = if slow { bytes.len().min(1) } else { bytes.len() };
        let bytes = bytes.get(..most).unwrap_or(bytes);
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.pause = slow.then(|| Box::pin(tokio::time::sleep(BYTE_PAUSE)));
        self.sent.fetch_add(u64::try_from(written).unwrap_or(u64::MAX), Ordering::Relaxed);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_reset_at_close() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
