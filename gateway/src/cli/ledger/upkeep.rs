//! `agio ledger partitions` and `expire`: to be run from time to time.

use std::process::ExitCode;

use ledger::MAX_MONTHS_AHEAD;

use super::books::{Books, every_tenant, ledger};
use crate::cli::CommandError;
use crate::config::Config;
use crate::db::Db;

#[derive(Debug, clap::Args)]
pub(super) struct PartitionArgs {
    /// Months after this one.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_MONTHS_AHEAD)))]
    ahead: u8,
}

pub(super) async fn partitions(args: &PartitionArgs, config: &Config) -> Result<ExitCode, CommandError> {
    let added = ledger(&Db::try_new(&config.database)?).add_partitions(args.ahead).await?;
    println!("{added} partitions are new");
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, clap::Args)]
pub(super) struct ExpireArgs {
    /// Name of the tenant, or its id, `tnt_…`; every tenant when left out, as the owner of the database.
    #[arg(long)]
    tenant: Option<String>,
}

pub(super) async fn expire(args: &ExpireArgs, config: &Config) -> Result<ExitCode, CommandError> {
    let tenants = match &args.tenant {
        Some(tenant) => vec![Books::open(config, tenant).await?.tenant],
        None => every_tenant(config).await?,
    };
    let ledger = ledger(&Db::try_new(&config.database)?);
    let mut ended = 0_usize;
    for tenant in tenants {
        loop {
            let round = ledger.expire_due(tenant).await?;
            ended = ended.saturating_add(round.ended);
            if !round.more {
                break;
            }
        }
    }
    println!("{ended} holds have been ended");
    Ok(ExitCode::SUCCESS)
}
