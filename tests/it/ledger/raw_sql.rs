//! What Postgres refuses by itself, issued as SQL by the application's role.

use domain::ids::AccountId;
use ledger::{AccountKind, Limit, NewAccount};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::books::{Books, fresh_id, post, tenant};

/// Columns of a transfer as SQL, to be changed one at a time.
#[derive(Clone)]
struct Columns {
    tenant: String,
    id: String,
    batch: String,
    debit: String,
    credit: String,
    asset: String,
    amount: String,
    kind: String,
    original: String,
    released: String,
    expires_at: String,
    effective_on: String,
    reference: String,
}

impl Columns {
    fn values(&self) -> String {
        let Self { tenant, id, batch, debit, credit, asset, amount, kind, original, released, .. } = self;
        let Self { expires_at, effective_on, reference, .. } = self;
        format!(
            "('{tenant}', '{id}', '{batch}', '{debit}', '{credit}', {asset}, {amount}, '{kind}', {original}, {released}, \
             {expires_at}, '{effective_on}', '{reference}')"
        )
    }
}

struct Raw {
    books: Books,
    application: PgConnection,
    good: Columns,
    other: AccountId,
    euro: AccountId,
}

impl Raw {
    async fn start() -> Self {
        let books = Books::open().await;
        let [debit, credit, other] = [books.account("a").await, books.account("b").await, books.account("c").await];
        let euro = books.limited("a", "EUR", Limit::None).await;
        let mut application = PgConnection::connect(&books.database.app_url).await.unwrap();
        let sql = "SELECT set_config('agio.tenant', $1, false)";
        sqlx::query(sql).bind(books.tenant.uuid().to_string()).execute(&mut application).await.unwrap();
        let asset: i32 = sqlx::query_scalar("SELECT ledger_asset('USD')").fetch_one(&mut application).await.unwrap();
        let id = fresh_id();
        let good = Columns {
            tenant: books.tenant.uuid().to_string(),
            id: id.to_string(),
            batch: id.to_string(),
            debit: debit.uuid().to_string(),
            credit: credit.uuid().to_string(),
            asset: asset.to_string(),
            amount: "5".into(),
            kind: "posted".into(),
            original: "NULL".into(),
            released: "NULL".into(),
            expires_at: "NULL".into(),
            effective_on: "2026-03-10".into(),
            reference: "raw-1".into(),
        };
        Self { books, application, good, other, euro }
    }

    async fn run(&mut self, sql: String) -> Result<(), String> {
        match sqlx::query(AssertSqlSafe(sql)).execute(&mut self.application).await {
            Ok(_) => Ok(()),
            Err(sqlx::Error::Database(error)) => {
                let name = error.constraint().map(str::to_owned);
                Err(name.unwrap_or_else(|| error.code().unwrap_or_default().into_owned()))
            }
            Err(error) => panic!("{error}"),
        }
    }

    async fn insert(&mut self, rows: &[Columns]) -> Result<(), String> {
        let values: Vec<_> = rows.iter().map(Columns::values).collect();
        let columns = "tenant_id, transfer_id, batch_id, debit_account_id, credit_account_id, asset_id, amount, kind, \
                       original_id, released, expires_at, effective_on, reference";
        self.run(format!("INSERT INTO ledger_transfers ({columns}) VALUES {}", values.join(", "))).await
    }

    /// The name of the rule that refuses the good row with a change, and that nothing is recorded.
    async fn refused(&mut self, change: impl FnOnce(&mut Columns)) -> String {
        let mut row = self.good.clone();
        change(&mut row);
        let before = self.books.count("ledger_transfers").await;
        let rule = self.insert(&[row]).await.unwrap_err();
        assert_eq!(self.books.count("ledger_transfers").await, before);
        rule
    }
}

/// Postgres' code for a privilege that is not there.
const NOT_PERMITTED: &str = "42501";

#[tokio::test]
async fn a_good_row_moves_both_balances_and_is_sealed() {
    let mut raw = Raw::start().await;
    let good = raw.good.clone();
    raw.insert(std::slice::from_ref(&good)).await.unwrap();
    let debit = AccountId::new(good.debit.parse().unwrap());
    assert_eq!(raw.books.balance(debit).await.debits_posted.to::<u64>(), 5);
    assert_eq!(raw.books.count("ledger_batches").await, 1);
    assert_eq!(raw.books.count("ledger_references").await, 1);
}

#[tokio::test]
async fn a_transfer_is_neither_changed_nor_deleted_by_the_application_or_the_owner() {
    let mut raw = Raw::start().await;
    let good = raw.good.clone();
    raw.insert(&[good]).await.unwrap();
    for sql in ["UPDATE ledger_transfers SET amount = 6", "DELETE FROM ledger_transfers", "TRUNCATE ledger_transfers"] {
        assert_eq!(raw.run(sql.to_owned()).await.unwrap_err(), NOT_PERMITTED, "{sql}");
    }
    raw.application = PgConnection::connect(&raw.books.database.owner_url).await.unwrap();
    for table in ["ledger_transfers", "ledger_batches", "ledger_accounts", "ledger_references"] {
        for sql in [format!("UPDATE {table} SET tenant_id = tenant_id"), format!("DELETE FROM {table}")] {
            assert_eq!(raw.run(sql.clone()).await.unwrap_err(), "ledger_append_only", "{sql}");
        }
        let sql = format!("TRUNCATE {table} CASCADE");
        assert_eq!(raw.run(sql.clone()).await.unwrap_err(), "ledger_append_only", "{sql}");
    }
}

#[tokio::test]
async fn what_follows_from_transfers_is_not_written_by_the_application() {
    let mut raw = Raw::start().await;
    for table in ["balances", "batches", "references", "settlements", "heads", "closings", "closing_balances", "assets"]
    {
        for sql in [format!("UPDATE ledger_{table} SET x = 1"), format!("DELETE FROM ledger_{table}")] {
            let refused = raw.run(sql.replace("SET x = 1", "SET tenant_id = NULL")).await.unwrap_err();
            assert!([NOT_PERMITTED, "42703"].contains(&refused.as_str()), "{sql}: {refused}");
        }
        assert_eq!(raw.run(format!("INSERT INTO ledger_{table} DEFAULT VALUES")).await.unwrap_err(), NOT_PERMITTED);
    }
}

#[tokio::test]
async fn one_side_alone_or_nothing_is_no_transfer() {
    let mut raw = Raw::start().await;
    assert_eq!(raw.refused(|row| row.amount = "0".into()).await, "ledger_transfers_amount_positive");
    assert_eq!(raw.refused(|row| row.amount = "-5".into()).await, "ledger_transfers_amount_positive");
    assert_eq!(raw.refused(|row| row.credit.clone_from(&row.debit)).await, "ledger_transfers_two_accounts");
    let sql = raw.good.values().replace(&format!("'{}'", raw.good.credit), "NULL");
    let columns = "tenant_id, transfer_id, batch_id, debit_account_id, credit_account_id, asset_id, amount, kind, \
                   original_id, released, expires_at, effective_on, reference";
    let refused = raw.run(format!("INSERT INTO ledger_transfers ({columns}) VALUES {sql}")).await.unwrap_err();
    assert_eq!(refused, "23502", "a transfer without a credit account");
}

#[tokio::test]
async fn both_accounts_are_known_and_of_the_asset() {
    let mut raw = Raw::start().await;
    let euro = raw.euro.uuid().to_string();
    assert_eq!(raw.refused(|row| row.credit = euro.clone()).await, "ledger_transfers_accounts");
    assert_eq!(raw.refused(|row| row.debit = euro).await, "ledger_transfers_accounts");
    assert_eq!(raw.refused(|row| row.debit = fresh_id().to_string()).await, "ledger_transfers_accounts");
    assert_eq!(raw.refused(|row| row.asset = "2147483647".into()).await, "ledger_transfers_accounts");
}

#[tokio::test]
async fn an_account_of_another_tenant_is_not_there() {
    let mut raw = Raw::start().await;
    let stranger = Books::in_database(raw.books.database.clone()).await;
    let theirs = stranger.account("a").await.uuid().to_string();
    assert_eq!(raw.refused(|row| row.credit = theirs).await, "ledger_transfers_accounts");
    let other = tenant(&raw.books.database).await;
    assert_eq!(raw.refused(|row| row.tenant = other.uuid().to_string()).await, NOT_PERMITTED);
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM ledger_accounts WHERE tenant_id = $1")
        .bind(stranger.tenant.uuid())
        .fetch_one(&mut raw.application)
        .await
        .unwrap();
    assert_eq!(seen, 0);
}

#[tokio::test]
async fn nothing_is_dated_back_into_a_closed_period() {
    let mut raw = Raw::start().await;
    raw.run("SELECT ledger_close('2026-03-05')".into()).await.unwrap();
    assert_eq!(raw.refused(|row| row.effective_on = "2026-03-05".into()).await, "ledger_transfers_period_open");
    assert_eq!(raw.refused(|row| row.effective_on = "1999-01-01".into()).await, "ledger_transfers_period_open");
    let day_after = Columns { effective_on: "2026-03-06".into(), ..raw.good.clone() };
    raw.insert(&[day_after]).await.unwrap();
}

#[tokio::test]
async fn a_reference_is_taken_once_and_a_pending_transfer_ended_once() {
    let mut raw = Raw::start().await;
    let pending = Columns { kind: "pending".into(), ..raw.good.clone() };
    raw.insert(std::slice::from_ref(&pending)).await.unwrap();
    let again = |row: &mut Columns| {
        row.id = fresh_id().to_string();
        row.batch.clone_from(&row.id);
    };
    assert_eq!(raw.refused(again).await, "ledger_references_unique");
    let settle = |row: &mut Columns| {
        again(row);
        row.kind = "settled".into();
        row.original = format!("'{}'", pending.id);
        row.released = "5".into();
        row.reference = row.id.clone();
    };
    let other = raw.other.uuid().to_string();
    for change in [
        |row: &mut Columns, _: &str| row.released = "6".into(),
        |row: &mut Columns, other: &str| row.debit = other.into(),
        |row: &mut Columns, _: &str| row.original = format!("'{}'", fresh_id()),
        |row: &mut Columns, _: &str| (row.kind, row.amount) = ("voided".into(), "4".into()),
        |row: &mut Columns, _: &str| row.kind = "expired".into(),
        |row: &mut Columns, _: &str| (row.kind, row.released) = ("reversed".into(), "NULL".into()),
    ] {
        let refused = raw.refused(|row| {
            settle(row);
            change(row, &other);
        });
        assert_eq!(refused.await, "ledger_transfers_fits_original");
    }
    assert_eq!(
        raw.refused(|row| {
            settle(row);
            row.amount = "6".into();
        })
        .await,
        "ledger_transfers_released_where_due"
    );
    let mut settled = raw.good.clone();
    settle(&mut settled);
    raw.insert(&[settled]).await.unwrap();
    assert_eq!(raw.refused(settle).await, "ledger_settlements_once");
}

#[tokio::test]
async fn a_limit_holds_with_pending_amounts_counted() {
    let mut raw = Raw::start().await;
    let limited = raw.books.limited("limited", "USD", Limit::DebitsAtMostCredits).await.uuid().to_string();
    let rule = "ledger_balances_debits_at_most_credits";
    assert_eq!(raw.refused(|row| row.debit = limited.clone()).await, rule);
    assert_eq!(raw.refused(|row| (row.debit, row.kind) = (limited.clone(), "pending".into())).await, rule);
    let pending_credit = Columns { credit: limited.clone(), kind: "pending".into(), ..raw.good.clone() };
    raw.insert(&[pending_credit]).await.unwrap();
    let debit = |row: &mut Columns| {
        row.id = fresh_id().to_string();
        row.batch.clone_from(&row.id);
        row.debit.clone_from(&limited);
        row.reference = "raw-2".into();
    };
    assert_eq!(raw.refused(debit).await, rule, "what is only pending covers nothing");
}

#[tokio::test]
async fn a_batch_is_one_statement_and_its_ids_are_of_now() {
    let mut raw = Raw::start().await;
    let second = Columns { id: fresh_id().to_string(), reference: "raw-2".into(), ..raw.good.clone() };
    let stray = Columns { batch: second.id.clone(), ..second.clone() };
    assert_eq!(raw.insert(&[raw.good.clone(), stray]).await.unwrap_err(), "ledger_transfers_one_batch");
    raw.insert(&[raw.good.clone()]).await.unwrap();
    assert_eq!(raw.insert(&[second]).await.unwrap_err(), "ledger_batches_once");
    let old = "01000000-0000-7000-8000-000000000000";
    let refused = raw.refused(|row| (row.id, row.reference) = (old.into(), "old".into())).await;
    assert_eq!(refused, "ledger_transfers_id_of_now");
    let refused = raw.refused(|row| (row.id, row.reference) = (format!("f{}", &old[1..]), "far".into())).await;
    assert_eq!(refused, "ledger_transfers_id_of_now");
}

#[tokio::test]
async fn nothing_is_posted_to_a_control_account_which_is_the_sum_of_those_under_it() {
    let mut raw = Raw::start().await;
    let books = &raw.books;
    let control = NewAccount { is_control: true, ..NewAccount::of_house("loans.principal", "USD", AccountKind::Asset) };
    let control = books.ledger.open(books.tenant, &[control]).await.unwrap()[0].id;
    let under = |subject: &str| NewAccount {
        subject: Some(subject.to_owned()),
        control: Some(control),
        ..NewAccount::of_house("loans.principal.loan", "USD", AccountKind::Asset)
    };
    let loans = books.ledger.open(books.tenant, &[under("ln_1"), under("ln_2")]).await.unwrap();
    let cash = books.account("cash").await;
    for (loan, amount) in [(&loans[0], 30), (&loans[1], 12)] {
        books.ledger.post(books.tenant, post(loan.id, cash, amount, &format!("lend {amount}"))).await.unwrap();
    }
    books.ledger.post(books.tenant, post(cash, loans[0].id, 10, "repay")).await.unwrap();
    let sum = books.balance(control).await;
    assert_eq!((sum.debits_posted.to::<u64>(), sum.credits_posted.to::<u64>()), (42, 10));
    let control = control.uuid().to_string();
    assert_eq!(raw.refused(|row| row.debit = control).await, "ledger_transfers_accounts");
}
