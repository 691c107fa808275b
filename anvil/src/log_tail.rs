//! The end of a log file, for error messages.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// Enough for the reason a program did not start; a whole log would bury it.
const TAIL_BYTES: u64 = 4_000;

/// The end of `log` after its first `from` bytes; a log that cannot be read is described instead.
pub(crate) fn log_tail(log: &Path, from: u64) -> String {
    match read_tail(log, from) {
        Ok(text) => text,
        Err(error) => format!("(cannot read {}: {error})", log.display()),
    }
}

fn read_tail(log: &Path, from: u64) -> std::io::Result<String> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES).max(from)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}
