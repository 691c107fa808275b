use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use devnet::Toolchain;
use devnet::bench::{self, BenchOptions};

use super::{Error, say, stop::Stop};

/// The gateway takes no more providers.
const MOST_LENDERS: u64 = 60;
const MOST_CONNECTIONS: u64 = 1_000;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Length of each measurement.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How many lenders to ask, one comparison for each number.
    #[arg(long, value_delimiter = ',', default_value = "1,10,50", value_parser = up_to(MOST_LENDERS))]
    lenders: Vec<usize>,
    /// Callers at once at full load.
    #[arg(long, default_value_t = 64, value_parser = up_to(MOST_CONNECTIONS))]
    connections: usize,
}

fn up_to(most: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=most)
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let mut stop = Stop::listen()?;
    let toolchain = Toolchain::locate()?;
    if cfg!(debug_assertions) {
        say("This is a build without optimisation: run `make bench-quotes` for figures that mean something.")?;
    }
    let mut figures = Vec::new();
    for lenders in arguments.lenders {
        let options =
            BenchOptions { lenders, connections: arguments.connections, time: Duration::from_secs(arguments.seconds) };
        let comparison = stop.unless_requested(bench::compare(&toolchain, options)).await?;
        say(&comparison.table()?)?;
        figures.extend(comparison.figures()?);
    }
    for figure in figures {
        say(&figure)?;
    }
    Ok(ExitCode::SUCCESS)
}
