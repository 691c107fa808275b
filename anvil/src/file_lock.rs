//! Waiting for another process without holding a thread.

use std::{
    fs::{File, TryLockError},
    io,
    time::Duration,
};

const POLL: Duration = Duration::from_millis(50);

/// Locks `file` until it is dropped.
///
/// By trying again and again: a thread blocked in the system's own lock cannot be cancelled, so that Ctrl-C would wait
/// for the other process.
pub(crate) async fn lock(file: File) -> io::Result<File> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(POLL).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}
