use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::Args;
use devnet::{Data, Postgres, PostgresOptions, Toolchain};
use tokio::process::{Child, Command};

use super::{
    Error, say,
    stop::{Request, Stop},
};

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

/// Runs `command` in the foreground: Ctrl-C reaches it from the terminal, a SIGTERM from us, and either way it may take
/// its time, with its database still there.
async fn run_to_end(mut command: Command, stop: &mut Stop) -> Result<ExitCode, Error> {
    let mut child = command.kill_on_drop(true).spawn().map_err(|error| {
        let program = command.as_std().get_program().to_string_lossy();
        format!("cannot run {program}: {error}")
    })?;
    loop {
        tokio::select! {
            status = child.wait() => {
                // Ended by a signal: as a shell would, but without inventing which.
                let code = status?.code().and_then(|code| u8::try_from(code).ok());
                return Ok(code.map_or(ExitCode::FAILURE, ExitCode::from));
            }
            request = stop.requested() => {
                if request == Request::Terminate {
                    terminate(&child).await?;
                }
            }
        }
    }
}

async fn terminate(child: &Child) -> Result<(), Error> {
    if let Some(pid) = child.id() {
        Command::new("kill").args(["-s", "TERM", &pid.to_string()]).status().await?;
    }
    Ok(())
}
