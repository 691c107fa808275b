//! The two ways in which a person or a service manager asks us to end.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Error;

/// Listens from when it is made, so that no request between two waits is lost.
#[derive(Debug)]
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    /// Ctrl-C: the terminal has told every process of the foreground.
    Interrupt,
    /// Told to us alone.
    Terminate,
}

impl Stop {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Does `work`, unless we are asked to end before it is done. What it had started is then stopped by its leash.
    pub(super) async fn unless_requested<T, E: Into<Error>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Error> {
        tokio::select! {
            done = work => done.map_err(Into::into),
            _ = self.requested() => Err("asked to end before it was ready".into()),
        }
    }

    pub(super) async fn requested(&mut self) -> Request {
        tokio::select! {
            _ = self.interrupt.recv() => Request::Interrupt,
            _ = self.terminate.recv() => Request::Terminate,
        }
    }
}
