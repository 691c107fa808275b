use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use devnet::{Anvil, AnvilOptions, Mining, Toolchain};

use super::{Error, say, stop::Stop};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    chain: Chain,
    /// Start from a state written by Anvil.
    #[arg(long, value_name = "FILE")]
    load_state: Option<PathBuf>,
}

/// What every chain can be asked for.
#[derive(Debug, Args)]
pub(super) struct Chain {
    #[arg(long, default_value_t = 31_337)]
    chain_id: u64,
    /// A free one unless given.
    #[arg(long)]
    port: Option<u16>,
    /// Make a block every so many seconds instead of one for each transaction.
    #[arg(long, value_name = "SECONDS")]
    block_time: Option<u64>,
    /// Blocks until `safe` and `finalized` follow the head.
    #[arg(long, value_name = "BLOCKS")]
    slots_in_an_epoch: Option<u64>,
}

impl Chain {
    pub(super) fn into_options(self) -> AnvilOptions {
        AnvilOptions {
            chain_id: self.chain_id,
            port: self.port,
            mining: self.block_time.map_or(Mining::OnTransaction, Mining::EverySeconds),
            slots_in_an_epoch: self.slots_in_an_epoch,
            ..AnvilOptions::default()
        }
    }
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    let options = AnvilOptions { load_state: arguments.load_state, ..arguments.chain.into_options() };
    let start = Anvil::start(&toolchain, options);
    let anvil = stop.unless_requested(start).await?;
    say(&anvil.rpc_url())?;
    stop.requested().await;
    anvil.stop().await?;
    Ok(ExitCode::SUCCESS)
}
