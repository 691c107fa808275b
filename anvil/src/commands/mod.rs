//! One file a command. Each runs until what it started has stopped, and answers with its exit code.

pub(crate) mod aave;
pub(crate) mod anvil;
pub(crate) mod bare_fan_out;
pub(crate) mod bench_gas;
pub(crate) mod bench_ledger;
pub(crate) mod bench_quotes;
pub(crate) mod demo;
pub(crate) mod lenders;
pub(crate) mod postgres;
pub(crate) mod queries;
mod run_to_end;
mod stop;
pub(crate) mod up;

use std::io::{self, Write};

/// Whatever ends a command: it is only ever printed.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// Prints one line for a person or a pipe, at once even into a file.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
