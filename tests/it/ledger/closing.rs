//! Closing periods and years, tables, and what has to be done from time to time.

use std::collections::HashMap;

use adapters::clock::SystemClock;
use domain::U256;
use domain::asset::AssetRegistry;
use domain::deadline::Clock;
use jiff::SignedDuration;
use jiff::civil::date;
use ledger::{
    AccountKind, AsOf, CloseError, Closed, Csv, Limit, MAX_EXPIRED, Net, NewAccount, Operation, PostError, ReadError,
    Refusal, Refused, Side, StatementRange, Tables, Transfer,
};
use sqlx::{Connection, PgConnection};

use super::books::{Books, asked, post, tenant};
use super::lender::{Dice, FIRST_DAY, Lender, sums};

fn net(amount: u64) -> Net {
    Net::between(U256::from(amount), U256::ZERO)
}

#[tokio::test]
async fn a_closed_period_takes_nothing_dated_back_and_is_closed_once() {
    let lender = Lender::open().await;
    let (ledger, own) = (&lender.books.ledger, lender.books.tenant);
    lender.post(lender.cash, lender.capital, 10, date(2026, 1, 31), "before").await;
    assert_eq!(ledger.close_period(own, date(2026, 1, 31)).await.unwrap(), Closed::Applied);
    assert_eq!(ledger.close_period(own, date(2026, 1, 31)).await.unwrap(), Closed::AlreadyApplied);
    assert_eq!(ledger.close_period(own, date(2025, 12, 31)).await.unwrap(), Closed::AlreadyApplied);
    let back = Transfer { effective_on: date(2026, 1, 31), ..post(lender.cash, lender.capital, 1, "back") };
    let refused = ledger.post(own, back).await.unwrap_err();
    let rule = Refusal::PeriodClosed { through: date(2026, 1, 31) };
    assert!(matches!(refused, PostError::Refused(Refused { refusal, .. }) if refusal == rule));
    let tomorrow = date(9998, 1, 1);
    let open = ledger.close_period(own, tomorrow).await.unwrap_err();
    assert!(matches!(open, CloseError::NotOver { through } if through == tomorrow), "{open:?}");
    let stranger = tenant(&lender.books.database).await;
    assert_eq!(ledger.close_period(stranger, date(2026, 1, 31)).await.unwrap(), Closed::AlreadyApplied);
}

#[tokio::test]
async fn the_close_of_a_year_leaves_income_and_expense_at_zero_and_the_result_in_equity() {
    let lender = Lender::open().await;
    let (ledger, own) = (&lender.books.ledger, lender.books.tenant);
    let (year, next) = (date(2025, 12, 31), date(2026, 2, 1));
    lender.post(lender.cash, lender.interest, 900, date(2025, 11, 5), "interest").await;
    lender.post(lender.losses, lender.loan[0], 200, year, "loss").await;
    lender.post(lender.cash, lender.interest, 50, next, "of the next year").await;
    let retained = NewAccount::of_house("equity.retained", "USD", AccountKind::Equity);
    let retained = ledger.open(own, &[retained]).await.unwrap()[0].id;
    for closed in [Closed::Applied, Closed::AlreadyApplied] {
        assert_eq!(ledger.close_year(own, 2025, &[retained]).await.unwrap(), closed);
        let at = async |account, day| ledger.balance_as_of(own, account, AsOf::Effective(day)).await.unwrap();
        assert!(at(lender.interest, year).await.on(Side::Credit).is_zero());
        assert!(at(lender.losses, year).await.on(Side::Debit).is_zero());
        assert_eq!(at(retained, year).await.on(Side::Credit), net(700));
        assert_eq!(at(lender.interest, next).await.on(Side::Credit), net(50));
    }
    let sheet = ledger.balance_sheet(own, year).await.unwrap();
    assert!(sheet.assets[0].result.is_zero() && sheet.assets[0].difference().unwrap().is_zero());
    assert_eq!(sheet.assets[0].total_equity, net(700));
    let income = ledger.income_statement(own, date(2025, 1, 1), year).await.unwrap();
    let income = &income.assets[0];
    assert_eq!((income.total_income, income.total_expense, income.result), (net(900), net(200), net(700)));
    let back = Transfer { effective_on: year, ..post(lender.cash, lender.interest, 1, "back") };
    assert!(matches!(ledger.post(own, back).await, Err(PostError::Refused(_))), "the year's period is closed");
}

#[tokio::test]
async fn a_year_is_closed_into_one_account_of_equity_an_asset_or_not_at_all() {
    let lender = Lender::open().await;
    let (ledger, own) = (&lender.books.ledger, lender.books.tenant);
    lender.post(lender.cash, lender.interest, 900, date(2025, 11, 5), "interest").await;
    let euro = NewAccount::of_house("equity.retained", "EUR", AccountKind::Equity);
    let euro = ledger.open(own, &[euro]).await.unwrap()[0].id;
    let close = |retained: Vec<_>| async move { ledger.close_year(own, 2025, &retained).await.unwrap_err() };
    assert!(matches!(close(vec![]).await, CloseError::NoAccountFor { asset } if asset == "USD"));
    assert!(matches!(close(vec![euro]).await, CloseError::NoAccountFor { asset } if asset == "USD"));
    assert!(matches!(close(vec![lender.cash]).await, CloseError::NotEquity(id) if id == lender.cash));
    let other = NewAccount::of_house("equity.other", "USD", AccountKind::Equity);
    let other = ledger.open(own, &[other]).await.unwrap()[0].id;
    assert!(matches!(close(vec![lender.capital, other]).await, CloseError::TwoAccounts { .. }));
    let unknown = close(vec![tenant_of_another(&lender.books).await]).await;
    assert!(matches!(unknown, CloseError::Read(ReadError::UnknownAccount(_))));
    assert!(matches!(ledger.close_year(own, 9998, &[other]).await, Err(CloseError::NotOver { .. })));
    assert_eq!(lender.books.count("ledger_transfers").await, 1, "nothing was recorded by any of these");
    assert_eq!(lender.books.count("ledger_closings").await, 0);
    ledger.close_period(own, date(2025, 12, 31)).await.unwrap();
    assert!(matches!(close(vec![other]).await, CloseError::PeriodClosed { .. }));
}

async fn tenant_of_another(books: &Books) -> domain::ids::AccountId {
    let stranger = Books::in_database(books.database.clone()).await;
    let equity = NewAccount::of_house("equity.retained", "USD", AccountKind::Equity);
    stranger.ledger.open(stranger.tenant, &[equity]).await.unwrap()[0].id
}

#[tokio::test]
async fn a_table_reads_back_as_what_was_written() {
    let lender = Lender::open().await;
    let (ledger, own) = (&lender.books.ledger, lender.books.tenant);
    lender.post_at_random(&mut Dice::new(23), 40).await;
    let awkward = "a \"quoted\", long reference";
    lender.post(lender.cash, lender.capital, 1_234_567, FIRST_DAY, awkward).await;
    let registry = AssetRegistry::default();

    let page = ledger.statement(own, lender.cash, StatementRange::default(), None, 200).await.unwrap();
    let mut out = Vec::new();
    let mut tables = Tables::new(Csv::new(&mut out), &registry);
    tables.statement_head().unwrap();
    tables.statement(&page).unwrap();
    let rows = read_csv(&String::from_utf8(out).unwrap());
    assert_eq!(rows.len(), page.lines.len());
    let found = rows.iter().find(|row| row["reference"] == awkward).unwrap();
    assert_eq!((found["debit"].as_str(), found["credit"].as_str(), found["unit"].as_str()), ("12345.67", "", "major"));
    assert_eq!(cents(&rows.last().unwrap()["balance"]), page.closing.to_string().parse::<i64>().unwrap());

    let transfers = lender.recorded().await;
    let trial = ledger.trial_balance(own, AsOf::Now, true).await.unwrap();
    let mut out = Vec::new();
    Tables::new(Csv::new(&mut out), &registry).trial_balance(&trial).unwrap();
    let rows = read_csv(&String::from_utf8(out).unwrap());
    for row in rows.iter().filter(|row| row["row"] == "account") {
        let sums = sums(&transfers, &[row["account"].parse().unwrap()], |_| true);
        let shown = cents(&row["debit"]) - cents(&row["credit"]);
        assert_eq!(shown.to_string(), sums.on(Side::Debit).to_string());
    }
    let total = rows.iter().find(|row| row["row"] == "total").unwrap();
    assert_eq!(total["debit"], total["credit"]);

    let sheet = ledger.balance_sheet(own, date(2026, 6, 30)).await.unwrap();
    let income = ledger.income_statement(own, FIRST_DAY, date(2026, 6, 30)).await.unwrap();
    let (mut of_sheet, mut of_income, mut of_control) = (Vec::new(), Vec::new(), Vec::new());
    Tables::new(Csv::new(&mut of_sheet), &registry).balance_sheet(&sheet).unwrap();
    Tables::new(Csv::new(&mut of_income), &registry).income_statement(&income).unwrap();
    Tables::new(Csv::new(&mut of_control), &registry).control(&ledger.control_check(own).await.unwrap()).unwrap();
    let result = |table: Vec<u8>| {
        let rows = read_csv(&String::from_utf8(table).unwrap());
        rows.iter().find(|row| row["row"] == "result").unwrap()["balance"].clone()
    };
    assert_eq!(result(of_sheet), result(of_income), "all of it is of these days");
    let rows = read_csv(&String::from_utf8(of_control).unwrap());
    assert_eq!((rows.len(), rows[0]["agrees"].as_str()), (1, "yes"));
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

/// RFC 4180, by the names in the first line.
fn read_csv(text: &str) -> Vec<HashMap<String, String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => field.push(letters.next().unwrap()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) => assert_eq!(letters.peek(), Some(&'\n')),
            ('\n', false) => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            (other, _) => field.push(other),
        }
    }
    assert!(!quoted && field.is_empty() && row.is_empty(), "the last line ends");
    let head = rows.remove(0);
    assert!(rows.iter().all(|row| row.len() == head.len()), "every line has as many fields");
    rows.into_iter().map(|row| head.iter().cloned().zip(row).collect()).collect()
}

#[tokio::test]
async fn holds_that_have_run_out_are_ended_in_bounded_rounds_and_no_others_are() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.limited("b", "USD", Limit::None).await);
    let hold = |expires_at, n: usize| {
        let operation = Operation::Hold { debit: a, credit: b, amount: U256::ONE, expires_at };
        asked(operation, &format!("hold {n}")).into()
    };
    let soon = Some(SystemClock.now() + SignedDuration::from_secs(2));
    let late = Some(SystemClock.now() + SignedDuration::from_hours(1));
    let count = MAX_EXPIRED + 3;
    let mut groups: Vec<ledger::Group> = (0..count).map(|n| hold(soon, n)).collect();
    groups.extend([hold(late, count), hold(None, count + 1)]);
    let held = books.ledger.post_batch(books.tenant, &groups).await.unwrap();
    let settled = held[0].as_ref().unwrap().ids()[0];
    let settle = asked(Operation::Settle { pending: settled, amount: None }, "settled in time");
    books.ledger.post(books.tenant, settle).await.unwrap();
    assert_eq!(books.ledger.expire_due(books.tenant).await.unwrap().ended, 0, "none has run out yet");
    // The database's own clock decides.
    let mut owner = PgConnection::connect(&books.database.owner_url).await.unwrap();
    let wait =
        "SELECT pg_sleep_until(max(expires_at)) FROM ledger_transfers WHERE expires_at < now() + interval '1 minute'";
    sqlx::query(wait).execute(&mut owner).await.unwrap();
    let first = books.ledger.expire_due(books.tenant).await.unwrap();
    assert_eq!((first.ended, first.more), (MAX_EXPIRED, true));
    let second = books.ledger.expire_due(books.tenant).await.unwrap();
    assert_eq!((second.ended, second.more), (2, false));
    assert_eq!(books.ledger.expire_due(books.tenant).await.unwrap().ended, 0);
    assert_eq!(books.balance(a).await.debits_pending, U256::from(2), "what runs out later, or never, is held");
}

#[tokio::test]
async fn partitions_of_months_ahead_are_made_once_whoever_else_makes_them_and_past_a_month_that_was_missed() {
    let books = Books::open().await;
    let partitions = "pg_inherits WHERE inhparent = 'ledger_transfers'::regclass";
    let before = books.count(partitions).await;
    let (first, second) = tokio::join!(books.ledger.add_partitions(5), books.ledger.add_partitions(5));
    assert_eq!(first.unwrap() + second.unwrap(), 3, "the migration made this month and two more");
    assert_eq!(books.count(partitions).await, before + 3);

    let mut owner = PgConnection::connect(&books.database.owner_url).await.unwrap();
    let (a, b) = (books.account("a").await, books.account("b").await);
    sqlx::query("SET session_replication_role = replica").execute(&mut owner).await.unwrap();
    sqlx::query(
        "INSERT INTO ledger_transfers (tenant_id, transfer_id, batch_id, debit_account_id, credit_account_id, asset_id,
                                       amount, kind, effective_on, reference)
         SELECT $1, id, id, $2, $3, ledger_asset('USD'), 1, 'posted', now(), 'of a month without a partition'
           FROM ledger_id_at(date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '7 months') AS id",
    )
    .bind(books.tenant.uuid())
    .bind(a.uuid())
    .bind(b.uuid())
    .execute(&mut owner)
    .await
    .unwrap();
    assert_eq!(books.ledger.add_partitions(8).await.unwrap(), 2, "the sixth month and the eighth");
}
