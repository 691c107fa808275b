//! `agio ledger verify`: whether the books are what they say, from the first row to the last.

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};

use super::books::Books;
use crate::cli::CommandError;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Name of the tenant, which the owner's address of the database is needed for, or its id, `tnt_…`.
    #[arg(long)]
    tenant: String,
}

pub(super) async fn verify(args: &Args, config: &Config) -> Result<ExitCode, CommandError> {
    let books = Books::open(config, &args.tenant).await?;
    // On standard error, and only for a person who watches.
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(
        "{bar:40} {human_pos} of {human_len} transfers, {per_sec}, {eta} left",
    )?);
    let verified = books
        .ledger
        .verify(books.tenant, |done, total| {
            bar.set_length(u64::try_from(total).unwrap_or(0));
            bar.set_position(u64::try_from(done).unwrap_or(0));
        })
        .await;
    bar.finish_and_clear();
    let verified = verified?;
    for fault in &verified.faults {
        println!("{fault}");
    }
    println!(
        "{} transfers in {} batches between {} accounts; {}; the chain ends in {}",
        verified.transfers,
        verified.batches,
        verified.accounts,
        if verified.faults.is_empty() {
            "everything is as it was recorded"
        } else {
            "something is not as it was recorded"
        },
        verified.head,
    );
    Ok(if verified.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
