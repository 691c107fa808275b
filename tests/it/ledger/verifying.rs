//! What a superuser changes behind the ledger's back is found, and named.

use domain::U256;
use ledger::{Fault, Group, Operation, Verified};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::books::{Books, asked, post};

impl Books {
    async fn verified(&self) -> Verified {
        ledger::verify(&self.pool, self.tenant, |_, _| {}).await.unwrap()
    }

    /// As superuser, with every trigger out of the way.
    async fn tampered(&self, sql: &str) -> Vec<Fault> {
        let mut owner = PgConnection::connect(&self.database.owner_url).await.unwrap();
        let mut transaction = owner.begin().await.unwrap();
        sqlx::query("SET LOCAL session_replication_role = replica").execute(&mut *transaction).await.unwrap();
        let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut *transaction).await.unwrap();
        assert_ne!(done.rows_affected(), 0, "{sql}");
        transaction.commit().await.unwrap();
        self.verified().await.faults
    }

    /// Three batches: plain ones, a hold that is settled, and a reversal.
    async fn with_history() -> Self {
        let books = Self::open().await;
        let (a, b) = (books.account("a").await, books.account("b").await);
        let plain: Vec<_> = (1..=20).map(|n| Group::of(post(a, b, n, &format!("plain {n}")))).collect();
        books.ledger.post_batch(books.tenant, &plain).await.unwrap();
        let hold = Operation::Hold { debit: b, credit: a, amount: U256::from(9), expires_at: None };
        let held = books.ledger.post(books.tenant, asked(hold, "hold")).await.unwrap().ids()[0];
        let settle = Operation::Settle { pending: held, amount: Some(U256::from(4)) };
        let posted = books.ledger.post(books.tenant, asked(settle, "settle")).await.unwrap().ids()[0];
        books.ledger.post(books.tenant, asked(Operation::Reverse { posted }, "reverse")).await.unwrap();
        let verified = books.verified().await;
        assert_eq!((verified.batches, verified.transfers, verified.accounts), (4, 23, 2));
        assert_eq!(verified.faults, []);
        assert_eq!(verified.head.len(), 64);
        books
    }

    async fn id_of(&self, reference: &str) -> domain::ids::TransferId {
        let mut owner = PgConnection::connect(&self.database.owner_url).await.unwrap();
        let sql = "SELECT transfer_id FROM ledger_references WHERE reference = $1";
        let id = sqlx::query_scalar(sql).bind(reference).fetch_one(&mut owner).await.unwrap();
        domain::ids::TransferId::new(id)
    }
}

#[tokio::test]
async fn a_row_that_was_changed_is_named_whatever_was_changed_in_it() {
    for change in [
        "amount = amount + 1",
        "effective_on = effective_on + 1",
        "reference = 'plain 8'",
        "metadata = '{}'",
        "debit_account_id = credit_account_id, credit_account_id = debit_account_id",
        "kind = 'pending'",
    ] {
        let books = Books::with_history().await;
        let transfer = books.id_of("plain 7").await;
        let sql = format!("UPDATE ledger_transfers SET {change} WHERE reference = 'plain 7'");
        assert_eq!(books.tampered(&sql).await, [Fault::RowChanged { batch: 1, transfer }], "{change}");
    }
}

#[tokio::test]
async fn a_row_that_is_gone_or_was_slipped_in_is_noticed() {
    let books = Books::with_history().await;
    let faults = books.tampered("DELETE FROM ledger_transfers WHERE reference = 'plain 20'").await;
    assert_eq!(faults, [Fault::RowsMissing { batch: 1, recorded: 20, found: 19 }]);

    let books = Books::with_history().await;
    let columns = "tenant_id, debit_account_id, credit_account_id, asset_id, amount, kind, effective_on";
    let copy = |id: &str, batch: &str, reference: &str| {
        format!(
            "INSERT INTO ledger_transfers ({columns}, transfer_id, batch_id, reference)
             SELECT {columns}, {id}, {batch}, '{reference}' FROM ledger_transfers WHERE reference = 'plain 7'"
        )
    };
    let extra = copy("(left(transfer_id::text, 34) || 'ff')::uuid", "batch_id", "extra");
    let faults = books.tampered(&extra).await;
    assert_eq!(faults, [Fault::RowsMissing { batch: 1, recorded: 20, found: 21 }]);

    let books = Books::with_history().await;
    let stray = "01ffffff-ffff-7000-8000-000000000000";
    let faults = books.tampered(&copy(&format!("'{stray}'"), "batch_id", "stray")).await;
    let transfer = domain::ids::TransferId::new(stray.parse().unwrap());
    assert!(faults.contains(&Fault::RowWithoutBatch { transfer }), "{faults:?}");
}

#[tokio::test]
async fn a_chain_that_was_rewritten_does_not_hold() {
    let flipped = "set_byte(x, 5, get_byte(x, 5) # 1)";
    for (sql, fault) in [
        (format!("UPDATE ledger_batches SET hash = {} WHERE number = 2", flipped.replace('x', "hash")), 2),
        ("UPDATE ledger_batches SET recorded_at = recorded_at - interval '1 day' WHERE number = 1".to_owned(), 1),
        ("DELETE FROM ledger_batches WHERE number = 2".to_owned(), 3),
    ] {
        let books = Books::with_history().await;
        assert_eq!(books.tampered(&sql).await, [Fault::ChainBroken { batch: fault }], "{sql}");
    }
    let books = Books::with_history().await;
    let faults = books.tampered("UPDATE ledger_heads SET number = 3").await;
    assert_eq!(faults, [Fault::HeadDiffers { head: 3, last: 4 }]);
    let books = Books::with_history().await;
    let sql = format!("UPDATE ledger_batches SET row_hashes = {} WHERE number = 1", flipped.replace('x', "row_hashes"));
    let transfer = books.id_of("plain 1").await;
    assert_eq!(books.tampered(&sql).await, [Fault::RowChanged { batch: 1, transfer }]);
}

#[tokio::test]
async fn what_follows_from_the_rows_is_computed_again() {
    let books = Books::with_history().await;
    let faults =
        books.tampered("UPDATE ledger_balances SET debits_posted = debits_posted + 1 WHERE debits_posted > 100").await;
    assert!(matches!(faults.as_slice(), [Fault::BalanceDiffers { member: "debits_posted", .. }]), "{faults:?}");
    let books = Books::with_history().await;
    let transfer = books.id_of("settle").await;
    let faults = books.tampered("DELETE FROM ledger_settlements WHERE transfer_id = (SELECT transfer_id FROM ledger_references WHERE reference = 'settle')").await;
    assert_eq!(faults, [Fault::EndingWrong { transfer }]);
    let books = Books::with_history().await;
    let transfer = books.id_of("plain 3").await;
    let faults = books.tampered("DELETE FROM ledger_references WHERE reference = 'plain 3'").await;
    assert_eq!(faults, [Fault::ReferenceWrong { transfer }]);
}

#[tokio::test]
async fn windows_meet_without_a_gap() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    // More rows than a window reads at once.
    for batch in 0..6 {
        let groups: Vec<_> = (0..10_000).map(|n| Group::of(post(a, b, 1, &format!("{batch} {n}")))).collect();
        books.ledger.post_batch(books.tenant, &groups).await.unwrap();
    }
    let mut told = Vec::new();
    let verified = ledger::verify(&books.pool, books.tenant, |done, of| told.push((done, of))).await.unwrap();
    assert_eq!(verified.faults, []);
    assert_eq!(told, [(50_000, 60_000), (60_000, 60_000)]);
}
