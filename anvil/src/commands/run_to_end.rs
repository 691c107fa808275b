//! A command that is run with something of ours around it.

use std::process::ExitCode;

use tokio::process::{Child, Command};

use super::Error;
use super::stop::{Request, Stop};

/// Runs `command` in the foreground: Ctrl-C reaches it from the terminal, a SIGTERM from us, and either way it may take
/// its time, with its database still there.
pub(super) async fn run_to_end(mut command: Command, stop: &mut Stop) -> Result<ExitCode, Error> {
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
