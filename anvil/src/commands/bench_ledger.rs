use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use devnet::Toolchain;
use devnet::bench::{LedgerBenchOptions, measure_ledger};

use super::{Error, say, stop::Stop};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Length of each measurement.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many transfers there are when the growth is measured, ascending.
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000, 10_000_000])]
    history: Vec<u64>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    let options =
        LedgerBenchOptions { time: Duration::from_secs(arguments.seconds.max(1)), history: arguments.history };
    let next = |what: &str| tracing::info!("{what}");
    let figures = Box::pin(stop.unless_requested(measure_ledger(&toolchain, &options, next))).await?;
    say(&figures.table())?;
    for line in figures.lines() {
        say(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}
