use std::process::ExitCode;

use clap::Args;
use devnet::{Toolchain, aave};
use serde_json::json;

use super::{Error, anvil::Chain, say, stop::Stop};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    chain: Chain,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    let start = aave::start(&toolchain, arguments.chain.into_options());
    let (anvil, market) = stop.unless_requested(start).await?;
    let shown = json!({ "rpc_url": anvil.rpc_url(), "market": market });
    say(&serde_json::to_string_pretty(&shown)?)?;
    stop.requested().await;
    anvil.stop().await?;
    Ok(ExitCode::SUCCESS)
}
