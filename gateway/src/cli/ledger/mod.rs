//! `agio ledger`: the books of a tenant, their closing, and what has to be done from time to time.

mod balances;
mod books;
mod closing;
mod reports;
mod statement;
mod table;
mod upkeep;
mod verify;

use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use ledger::AsOf;

use super::CommandError;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Balances of accounts, now or as of a time.
    Balances(balances::Args),
    /// Every transfer of an account, with the balance after each.
    Statement(statement::Args),
    /// The balance of every account, now or as of a time; fails when debits are not credits.
    TrialBalance(reports::TrialArgs),
    /// What is owned, what is owed and what is left at the end of a day.
    BalanceSheet(reports::SheetArgs),
    /// What came in and what it cost, from one day through another.
    IncomeStatement(reports::IncomeArgs),
    /// Control accounts against what stands under them; fails when one is not the sum.
    Control(reports::ControlArgs),
    /// Close all days through the last one of a period that is over.
    Close(closing::PeriodArgs),
    /// Move the result of a calendar year into equity and close the year.
    CloseYear(closing::YearArgs),
    /// Make the partitions of this month and of those to come.
    Partitions(upkeep::PartitionArgs),
    /// End holds that have run out.
    Expire(upkeep::ExpireArgs),
    /// Compute every hash, balance and control account anew; names the first row that is not as it was recorded.
    Verify(verify::Args),
}

/// Whose books, and in what form they are shown.
#[derive(Debug, clap::Args)]
struct Shown {
    /// Name of the tenant, which the owner's address of the database is needed for, or its id, `tnt_…`.
    #[arg(long)]
    tenant: String,
    /// As CSV (RFC 4180).
    #[arg(long)]
    csv: bool,
}

/// Of which time; now when none is given.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Time {
    /// The end of this day, by what counts for it and for days before.
    #[arg(long, value_name = "DAY")]
    effective_on: Option<Date>,
    /// By what was recorded at this moment or before (RFC 3339).
    #[arg(long, value_name = "MOMENT")]
    recorded_at: Option<Timestamp>,
}

impl Time {
    fn as_of(&self) -> AsOf {
        match (self.effective_on, self.recorded_at) {
            (Some(day), _) => AsOf::Effective(day),
            (None, Some(moment)) => AsOf::Recorded(moment),
            (None, None) => AsOf::Now,
        }
    }
}

pub(super) async fn run(args: &Args, config: &Config) -> Result<ExitCode, CommandError> {
    match &args.action {
        Action::Balances(args) => balances::show(args, config).await,
        Action::Statement(args) => statement::show(args, config).await,
        Action::TrialBalance(args) => reports::trial_balance(args, config).await,
        Action::BalanceSheet(args) => reports::balance_sheet(args, config).await,
        Action::IncomeStatement(args) => reports::income_statement(args, config).await,
        Action::Control(args) => reports::control(args, config).await,
        Action::Close(args) => closing::period(args, config).await,
        Action::CloseYear(args) => closing::year(args, config).await,
        Action::Partitions(args) => upkeep::partitions(args, config).await,
        Action::Expire(args) => upkeep::expire(args, config).await,
        Action::Verify(args) => verify::verify(args, config).await,
    }
}
