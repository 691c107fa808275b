//! `agio ledger …`, as an operator calls it.

use clap::Parser;
use domain::U256;
use gateway::cli::{self, Cli, CommandError};
use jiff::civil::date;
use ledger::{AccountKind, AsOf, NewAccount, PostError, Side};
use sqlx::{Connection, PgConnection};
use std::process::ExitCode;
use tempfile::NamedTempFile;

use super::books::post;
use super::lender::Lender;

struct Operator {
    lender: Lender,
    config: NamedTempFile,
}

impl Operator {
    async fn start() -> Self {
        let lender = Lender::open().await;
        let config = NamedTempFile::new().unwrap();
        let database = &lender.books.database;
        let text = format!(
            "environment = \"development\"\n[database]\nurl = \"{}\"\nowner_url = \"{}\"\n",
            database.app_url, database.owner_url
        );
        std::fs::write(config.path(), text).unwrap();
        Self { lender, config }
    }

    /// Whether the command ended well, or what it said in the way of an error.
    async fn run(&self, command: &str) -> Result<bool, String> {
        let words = ["agio", "--config", self.config.path().to_str().unwrap(), "ledger"].into_iter();
        let tenant = self.lender.books.tenant.to_string();
        let command = command.replace("TENANT", &format!("--tenant {tenant}"));
        let cli = Cli::try_parse_from(words.chain(command.split(' '))).map_err(|error| error.to_string())?;
        let code = cli::run(cli).await.map_err(|error: CommandError| error.to_string())?;
        Ok(format!("{code:?}") == format!("{:?}", ExitCode::SUCCESS))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_has_a_command_for_people_and_for_machines() {
    let operator = Operator::start().await;
    let lender = &operator.lender;
    lender.post(lender.cash, lender.capital, 5, date(2026, 1, 1), "one").await;
    let (cash, loans) = (lender.cash, lender.loans);
    for command in [
        "balances TENANT".to_owned(),
        format!("balances TENANT {cash}"),
        "balances TENANT --code cash --effective-on 2026-01-01".to_owned(),
        "balances TENANT --recorded-at 2026-01-01T00:00:00Z".to_owned(),
        format!("statement TENANT {cash} --from 2026-01-01 --through 2026-01-31"),
        "trial-balance TENANT --sub-accounts".to_owned(),
        "trial-balance TENANT --effective-on 2026-01-01".to_owned(),
        "balance-sheet TENANT".to_owned(),
        "income-statement TENANT --from 2026-01-01 --through 2026-12-31".to_owned(),
        "control TENANT".to_owned(),
    ] {
        assert_eq!(operator.run(&command).await, Ok(true), "{command}");
        assert_eq!(operator.run(&format!("{command} --csv")).await, Ok(true), "{command} --csv");
    }
    let name = lender.books.tenant.to_string().replace("tnt_", "tnt_0");
    for (command, words) in [
        (format!("control --tenant {name}"), "no tenant has the name"),
        (format!("control --tenant {}", cash.to_string().replace("acc_", "tnt_")), "no tenant tnt_"),
        (format!("statement TENANT {loans}"), "control account"),
        ("income-statement TENANT --from 2026-02-01 --through 2026-01-01".to_owned(), "--through"),
        (
            "trial-balance TENANT --effective-on 2026-01-01 --recorded-at 2026-01-01T00:00:00Z".to_owned(),
            "cannot be used",
        ),
        ("close TENANT --through 9998-01-01".to_owned(), "is not over"),
        ("partitions --ahead 121".to_owned(), "121"),
    ] {
        let error = operator.run(&command).await.unwrap_err();
        assert!(error.contains(words), "{command}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn books_that_are_wrong_make_their_command_fail() {
    let operator = Operator::start().await;
    let lender = &operator.lender;
    lender.post(lender.loan[0], lender.cash, 5, date(2026, 1, 1), "lend").await;
    let mut owner = PgConnection::connect(&lender.books.database.owner_url).await.unwrap();
    let drift = "UPDATE ledger_balances SET debits_posted = debits_posted + 1 WHERE account_id = $1";
    sqlx::query(drift).bind(lender.loan[0].uuid()).execute(&mut owner).await.unwrap();
    assert_eq!(operator.run("control TENANT").await, Ok(false));
    assert_eq!(operator.run("trial-balance TENANT").await, Ok(true), "it is the control account's own balance");
    assert_eq!(operator.run("trial-balance TENANT --sub-accounts").await, Ok(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_closed_and_the_books_are_kept_by_command() {
    let operator = Operator::start().await;
    let lender = &operator.lender;
    let (ledger, own) = (&lender.books.ledger, lender.books.tenant);
    lender.post(lender.cash, lender.interest, 900, date(2025, 11, 5), "interest").await;
    let missing = operator.run("close-year TENANT --year 2025 --into equity.retained").await.unwrap_err();
    assert!(missing.contains("no account of equity"), "{missing}");
    let retained = NewAccount::of_house("equity.retained", "USD", AccountKind::Equity);
    let retained = ledger.open(own, &[retained]).await.unwrap()[0].id;
    for _ in 0..2 {
        assert_eq!(operator.run("close-year TENANT --year 2025 --into equity.retained").await, Ok(true));
        let moved = ledger.balance_as_of(own, retained, AsOf::Now).await.unwrap().on(Side::Credit);
        assert_eq!((moved.amount(), moved.is_below_zero()), (U256::from(900), false));
    }
    assert_eq!(operator.run("close TENANT --through 2026-03-31").await, Ok(true));
    let back = ledger.post(own, post(lender.cash, lender.capital, 1, "in March")).await;
    assert!(matches!(back, Err(PostError::Refused(_))));
    assert_eq!(operator.run("partitions --ahead 4").await, Ok(true));
    assert_eq!(ledger.add_partitions(4).await.unwrap(), 0, "the command has made them");
    assert_eq!(operator.run("expire").await, Ok(true));
    assert_eq!(operator.run("expire TENANT").await, Ok(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_fails_where_a_row_is_not_as_it_was_recorded() {
    let operator = Operator::start().await;
    let lender = &operator.lender;
    lender.post(lender.cash, lender.capital, 5, date(2026, 1, 1), "one").await;
    assert_eq!(operator.run("verify TENANT").await, Ok(true));
    let mut owner = PgConnection::connect(&lender.books.database.owner_url).await.unwrap();
    let mut transaction = owner.begin().await.unwrap();
    for sql in ["SET LOCAL session_replication_role = replica", "UPDATE ledger_transfers SET reference = 'on' || 'E'"] {
        sqlx::query(sql).execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    assert_eq!(operator.run("verify TENANT").await, Ok(false));
}
