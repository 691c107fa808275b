//! The bare side of `bench-quotes`, as a process of its own.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use devnet::bench::{Book, serve_bare};

use super::{Error, say};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The lenders to ask (TOML).
    #[arg(long, value_name = "FILE")]
    lenders: PathBuf,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    serve_bare(Book::read(&arguments.lenders)?, say).await?;
    Ok(ExitCode::SUCCESS)
}
