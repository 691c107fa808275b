//! `devnet`: parts of the local world from the command line.

mod commands;

use std::{io::IsTerminal, process::ExitCode};

use clap::{Parser, Subcommand};
use commands::{
    aave, anvil, bare_fan_out, bench_gas, bench_ledger, bench_quotes, demo, lenders, postgres, queries, up,
};

#[derive(Debug, Parser)]
#[command(
    name = "devnet",
    about = "The local world: Postgres, Anvil, Aave v3, sandbox lenders. All of it stops when this does."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A private Postgres, for as long as a command runs or until Ctrl-C.
    Postgres(postgres::Arguments),
    /// One Anvil chain, until Ctrl-C.
    Anvil(anvil::Arguments),
    /// An Anvil chain with an Aave v3 market on it, until Ctrl-C.
    Aave(aave::Arguments),
    /// The six sandbox lenders, until Ctrl-C. Prints their part of a gateway's configuration.
    Lenders(lenders::Arguments),
    /// Write the checked queries of the gateway from its migrations, or compare them.
    Queries(queries::Arguments),
    /// The whole world: Postgres, chain, lenders and gateway, until Ctrl-C.
    Up(up::Arguments),
    /// The whole world, and two requests put to it.
    Demo(demo::Arguments),
    /// Measure the gateway beside a bare fan-out to the same lenders.
    BenchQuotes(bench_quotes::Arguments),
    /// Measure what operations cost in gas beside those of Aave v3 and Morpho Blue.
    BenchGas,
    /// Measure the ledger beside pgbench on the same Postgres.
    BenchLedger(bench_ledger::Arguments),
    #[command(hide = true)]
    BareFanOut(bare_fan_out::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .init();
    let outcome = match Arguments::parse().command {
        Command::Postgres(arguments) => postgres::run(arguments).await,
        Command::Anvil(arguments) => anvil::run(arguments).await,
        Command::Aave(arguments) => aave::run(arguments).await,
        Command::Lenders(arguments) => lenders::run(arguments).await,
        Command::Queries(arguments) => queries::run(arguments).await,
        Command::Up(arguments) => Box::pin(up::run(arguments)).await,
        Command::Demo(arguments) => Box::pin(demo::run(arguments)).await,
        Command::BenchQuotes(arguments) => bench_quotes::run(arguments).await,
        Command::BenchGas => Box::pin(bench_gas::run()).await,
        Command::BenchLedger(arguments) => bench_ledger::run(arguments).await,
        Command::BareFanOut(arguments) => bare_fan_out::run(arguments).await,
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
