//! The command line. One file a command; this is the table of them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "commands speak to a terminal")]

mod calc;
mod contracts;
mod doctor;
mod key;
mod ledger;
mod openapi;
mod quote;
mod say;
mod serve;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError};
use crate::db;

/// What kept a command from being done.
pub type CommandError = Box<dyn Error + Send + Sync>;

/// One API for credit, from banks to DeFi.
#[derive(Debug, Parser)]
#[command(name = "agio", version)]
pub struct Cli {
    /// Configuration file (TOML). The environment (`AGIO__SECTION__KEY`) goes over it.
    #[arg(long, global = true, env = "AGIO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve,
    /// Bring the database up to date, as its owner.
    Migrate,
    /// Print the OpenAPI document of the service, of the provider protocol, or the catalogue of problems.
    Openapi(openapi::Args),
    /// Check configuration, database, chains and providers, and say how to mend what is wrong.
    Doctor,
    /// Calculate without a service: APR, schedules, and whole files of reference figures.
    Calc(calc::Args),
    /// Deploy the contracts on a chain, and verify what stands there.
    Contracts(contracts::Args),
    /// Post a credit request and show the quotes as they arrive.
    Quote(Box<quote::Args>),
    /// Make and revoke API keys, as the owner of the database.
    Key(key::Args),
    /// Read, close and keep the books of a tenant.
    Ledger(ledger::Args),
}

impl Cli {
    fn load_config(&self) -> Result<Config, ConfigError> {
        Config::load(self.config.as_deref())
    }
}

/// Runs one command.
///
/// # Errors
/// Whatever kept it from being done, in words.
pub async fn run(cli: Cli) -> Result<ExitCode, CommandError> {
    // TLS needs one provider for the whole process; one that is there already serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match &cli.command {
        Command::Serve => serve::serve(&cli.load_config()?).await,
        Command::Migrate => {
            let config = cli.load_config()?;
            db::migrate(owner_url(&config)?).await?;
            println!("the database is up to date");
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi(args) => openapi::print(args),
        Command::Doctor => doctor::examine(cli.load_config()).await,
        Command::Calc(args) => calc::run(args),
        Command::Contracts(args) => contracts::run(args).await,
        Command::Quote(args) => quote::run(args).await,
        Command::Key(args) => key::run(args, &cli.load_config()?).await,
        Command::Ledger(args) => ledger::run(args, &cli.load_config()?).await,
    }
}

fn owner_url(config: &Config) -> Result<&secrecy::SecretString, ConfigError> {
    config.database.owner_url.as_ref().ok_or_else(|| {
        ConfigError::rule("database.owner_url", "is needed by this command: the address that the owner connects with")
    })
}

/// The error and what lies under it, one line each.
pub fn print_error(error: &dyn Error) {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(under) = cause {
        eprintln!("  because: {under}");
        cause = under.source();
    }
}
