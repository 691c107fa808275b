use std::process::ExitCode;

use clap::Args;
use devnet::sandbox::{self, SandboxOptions, magic, provider_toml};
use secrecy::SecretString;

use super::{Error, say, stop::Stop};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The secret that all of them sign with (`whsec_` and base64); each has a fresh one of its own unless given.
    #[arg(long, value_name = "SECRET", env = "AGIO_LENDERS_SECRET", hide_env_values = true)]
    secret: Option<SecretString>,
    /// Print the documentation's page of the amounts that force an outcome, and end.
    #[arg(long)]
    magic_page: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    if arguments.magic_page {
        say(magic::page().trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut stop = Stop::listen()?;
    let options = SandboxOptions { secret: arguments.secret, ..SandboxOptions::default() };
    let running = sandbox::start_all(&options).await?;
    for lender in &running {
        say(&provider_toml(lender)?)?;
    }
    stop.requested().await;
    for lender in running {
        lender.stop().await;
    }
    Ok(ExitCode::SUCCESS)
}
