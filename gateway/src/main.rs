//! The binary `agio`: the service and the commands around it.

use std::process::ExitCode;

use clap::Parser;
use gateway::cli::{self, Cli};

/// A request makes some thousands of small allocations; this one makes them several times as fast as the C library's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            cli::print_error(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
