use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::Args;
use devnet::{Data, Postgres, PostgresOptions, Toolchain};
use tokio::process::Command;

use super::{Error, run_to_end::run_to_end, say, stop::Stop};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Keep the data in this folder, and use what it holds; without it the data is thrown away.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// A free one unless given.
    #[arg(long)]
    port: Option<u16>,
    #[arg(long, default_value_t = 100)]
    max_connections: u16,
    /// Run this with DATABASE_URL set, stop Postgres when it ends, and answer with its exit code.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    // Data that is kept is worth the wait for the disk.
    let fsync = arguments.data.is_some();
    let options = PostgresOptions {
        data: arguments.data.map_or(Data::Scratch, Data::Folder),
        port: arguments.port,
        fsync,
        max_connections: arguments.max_connections,
        settings: Vec::new(),
    };
    let start = Postgres::start(&toolchain, options);
    let postgres = stop.unless_requested(start).await?;
    let url = postgres.superuser_url();
    let outcome = match arguments.command.split_first() {
        Some((program, rest)) => {
            let mut command = Command::new(program);
            command.args(rest).env("DATABASE_URL", &url);
            run_to_end(command, &mut stop).await
        }
        None => {
            say(&url)?;
            stop.requested().await;
            Ok(ExitCode::SUCCESS)
        }
    };
    postgres.stop().await?;
    outcome
}
