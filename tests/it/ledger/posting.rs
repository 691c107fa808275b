//! Posting: alone, linked, in batches, from many tasks, and in a caller's transaction.

use adapters::clock::SystemClock;
use domain::U256;
use domain::deadline::Clock;
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use jiff::SignedDuration;
use ledger::{
    Group, LedgerError, Limit, MAX_BATCH, MAX_WAITING, Operation, PostError, Posted, Refusal, Refused, Transfer,
};

use sqlx::{Connection, PgConnection};

use super::books::{Books, TODAY, asked, post};

fn refusal(outcome: Result<Posted, PostError>) -> (usize, Refusal) {
    match outcome {
        Err(PostError::Refused(Refused { index, refusal })) => (index, refusal),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn the_same_transfer_again_is_the_same_transfer_and_another_under_its_reference_is_refused() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let first = books.ledger.post(books.tenant, post(a, b, 5, "one")).await.unwrap();
    let Posted::Applied(ids) = first else { panic!("{first:?}") };
    let again = books.ledger.post(books.tenant, post(a, b, 5, "one")).await.unwrap();
    assert_eq!(again, Posted::AlreadyApplied(ids.clone()));
    let other = |transfer: Transfer| books.ledger.post(books.tenant, transfer);
    let expected = |field| (0, Refusal::ExistsWithDifferent { transfer: ids[0], field });
    assert_eq!(refusal(other(post(a, b, 6, "one")).await), expected("amount"));
    assert_eq!(refusal(other(post(b, a, 5, "one")).await), expected("debit"));
    let dated = Transfer { effective_on: TODAY.yesterday().unwrap(), ..post(a, b, 5, "one") };
    assert_eq!(refusal(other(dated).await), expected("effective_on"));
    let noted = Transfer { metadata: Some(serde_json::json!({"n": 1})), ..post(a, b, 5, "one") };
    assert_eq!(refusal(other(noted).await), expected("metadata"));
    let hold = Operation::Hold { debit: a, credit: b, amount: U256::from(5), expires_at: None };
    assert_eq!(refusal(other(asked(hold, "one")).await), expected("kind"));
    assert_eq!(books.balance(a).await.debits_posted, U256::from(5));
}

#[tokio::test]
async fn a_linked_group_fails_as_a_whole_and_the_rest_of_its_batch_is_recorded() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let euro = books.limited("a", "EUR", Limit::None).await;
    let groups = [
        Group::of(post(a, b, 1, "before")),
        Group::linked(vec![post(a, b, 2, "linked 0"), post(a, euro, 2, "linked 1")]).unwrap(),
        Group::linked(vec![post(a, b, 4, "pair 0"), post(a, b, 8, "pair 1")]).unwrap(),
        Group::of(post(a, a, 16, "self")),
        Group::of(post(a, b, 0, "zero")),
        Group::of(post(a, b, 32, "after")),
    ];
    let outcomes = books.ledger.post_batch(books.tenant, &groups).await.unwrap();
    let refused: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().err().cloned()).collect();
    let rule = |index, refusal| Some(Refused { index, refusal });
    let expected = [
        None,
        rule(1, Refusal::AssetMismatch { debit: a, credit: euro }),
        None,
        rule(0, Refusal::SameAccount(a)),
        rule(0, Refusal::ZeroAmount),
        None,
    ];
    assert_eq!(refused, expected);
    assert_eq!(books.balance(a).await.debits_posted, U256::from(1 + 4 + 8 + 32));
    assert_eq!(books.count("ledger_transfers").await, 4);
    assert_eq!(books.count("ledger_batches").await, 1, "one batch, one transaction");
}

#[tokio::test]
async fn part_of_a_group_that_is_recorded_does_not_stand_for_the_group() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let first = books.ledger.post(books.tenant, post(a, b, 1, "one")).await.unwrap();
    let transfer = first.ids()[0];
    for group in [vec![post(a, b, 1, "one"), post(a, b, 2, "two")], vec![post(a, b, 2, "two"), post(a, b, 1, "one")]] {
        let outcome = books.ledger.post(books.tenant, Group::linked(group).unwrap()).await;
        assert_eq!(refusal(outcome), (1, Refusal::PartlyRecorded { transfer }));
    }
    assert_eq!(books.count("ledger_transfers").await, 1);
}

#[tokio::test]
async fn a_limit_says_how_much_is_left_and_counts_what_is_pending() {
    let books = Books::open().await;
    let (cash, wallet) = (books.account("cash").await, books.limited("w", "USD", Limit::DebitsAtMostCredits).await);
    let ledger = &books.ledger;
    ledger.post(books.tenant, post(cash, wallet, 100, "fund")).await.unwrap();
    let hold = Operation::Hold { debit: wallet, credit: cash, amount: U256::from(70), expires_at: None };
    let held = ledger.post(books.tenant, asked(hold, "hold")).await.unwrap().ids()[0];
    let left = |left: u64| Refusal::LimitExceeded {
        account: wallet,
        limit: Limit::DebitsAtMostCredits,
        left: U256::from(left),
    };
    assert_eq!(refusal(ledger.post(books.tenant, post(wallet, cash, 31, "more")).await), (0, left(30)));
    let settle = Operation::Settle { pending: held, amount: Some(U256::from(20)) };
    ledger.post(books.tenant, asked(settle, "settle")).await.unwrap();
    assert_eq!(refusal(ledger.post(books.tenant, post(wallet, cash, 81, "more")).await), (0, left(80)));
    ledger.post(books.tenant, post(wallet, cash, 80, "all")).await.unwrap();
    let balance = books.balance(wallet).await;
    assert_eq!((balance.debits_posted, balance.debits_pending), (U256::from(100), U256::ZERO));
}

#[tokio::test]
async fn a_pending_transfer_ends_once_by_settling_voiding_or_expiring() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let ledger = &books.ledger;
    let hold = |expires_at| Operation::Hold { debit: a, credit: b, amount: U256::from(9), expires_at };
    let held = ledger.post(books.tenant, asked(hold(None), "h1")).await.unwrap().ids()[0];
    let above = Operation::Settle { pending: held, amount: Some(U256::from(10)) };
    let rule = Refusal::AboveHeld { original: held, held: U256::from(9) };
    assert_eq!(refusal(ledger.post(books.tenant, asked(above, "s1")).await), (0, rule));
    let expire = Operation::Expire { pending: held };
    assert_eq!(refusal(ledger.post(books.tenant, asked(expire, "e1")).await), (0, Refusal::NotExpired(held)));
    let voided = ledger.post(books.tenant, asked(Operation::Void { pending: held }, "v1")).await.unwrap().ids()[0];
    let settle = Operation::Settle { pending: held, amount: None };
    let rule = Refusal::AlreadyEnded { original: held, by: voided };
    assert_eq!(refusal(ledger.post(books.tenant, asked(settle, "s2")).await), (0, rule));
    let reverse = Operation::Reverse { posted: held };
    assert_eq!(refusal(ledger.post(books.tenant, asked(reverse, "r1")).await), (0, Refusal::NotPosted(held)));
    let past = hold(Some(SystemClock.now() - SignedDuration::from_secs(1)));
    assert_eq!(refusal(ledger.post(books.tenant, asked(past, "h2")).await), (0, Refusal::ExpiryOver));
    let balance = books.balance(a).await;
    assert_eq!((balance.debits_posted, balance.debits_pending), (U256::ZERO, U256::ZERO));
}

#[tokio::test]
async fn a_posted_transfer_is_reversed_once() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let ledger = &books.ledger;
    let posted = ledger.post(books.tenant, post(a, b, 7, "p")).await.unwrap().ids()[0];
    let reverse = || asked(Operation::Reverse { posted }, "r");
    let by = ledger.post(books.tenant, reverse()).await.unwrap().ids()[0];
    assert_eq!(ledger.post(books.tenant, reverse()).await.unwrap(), Posted::AlreadyApplied(vec![by]));
    let again = asked(Operation::Reverse { posted }, "r again");
    let rule = Refusal::AlreadyEnded { original: posted, by };
    assert_eq!(refusal(ledger.post(books.tenant, again).await), (0, rule));
    let balance = books.balance(a).await;
    assert_eq!((balance.debits_posted, balance.credits_posted), (U256::from(7), U256::from(7)));
}

#[tokio::test]
async fn a_balance_never_passes_256_bits() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let all = |reference: &str| asked(Operation::Post { debit: a, credit: b, amount: U256::MAX }, reference);
    books.ledger.post(books.tenant, all("all")).await.unwrap();
    let outcome = books.ledger.post(books.tenant, post(a, b, 1, "one more")).await;
    assert_eq!(refusal(outcome), (0, Refusal::Overflow(a)));
    assert_eq!(books.balance(a).await.debits_posted, U256::MAX);
}

#[tokio::test]
async fn a_batch_above_the_limit_is_turned_away_whole() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let groups: Vec<_> = (0..=MAX_BATCH).map(|n| Group::of(post(a, b, 1, &n.to_string()))).collect();
    let outcome = books.ledger.post_batch(books.tenant, &groups).await;
    assert!(matches!(outcome, Err(LedgerError::TooMany { given, most: MAX_BATCH }) if given == MAX_BATCH + 1));
    assert_eq!(books.count("ledger_transfers").await, 0);
}

#[tokio::test]
async fn a_refusal_leaves_the_callers_transaction_good_and_a_roll_back_leaves_nothing() {
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let begin = async || {
        let mut transaction = books.pool.begin().await.unwrap();
        let sql = "SELECT set_config('agio.tenant', $1, true)";
        sqlx::query(sql).bind(books.tenant.uuid().to_string()).execute(&mut *transaction).await.unwrap();
        transaction
    };
    let mut transaction = begin().await;
    let in_tx = &books.ledger;
    let good = Group::of(post(a, b, 3, "good"));
    let bad = Group::of(post(a, a, 3, "bad"));
    let outcome = in_tx.post_in_tx(&mut transaction, books.tenant, &bad).await;
    assert_eq!(refusal(outcome), (0, Refusal::SameAccount(a)));
    in_tx.post_in_tx(&mut transaction, books.tenant, &good).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(books.count("ledger_transfers").await, 0);
    let mut transaction = begin().await;
    in_tx.post_in_tx(&mut transaction, books.tenant, &good).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(books.balance(a).await.debits_posted, U256::from(3));
}

/// The ledger is kept from moving on by one who holds its lock.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_when_the_queue_is_full_is_turned_away_at_once_and_the_rest_is_recorded() {
    // More than the two workers take from the queue, and more than fits into it.
    const ASKED: usize = MAX_WAITING + 2_000;
    let books = Books::open().await;
    let (a, b) = (books.account("a").await, books.account("b").await);
    let mut owner = PgConnection::connect(&books.database.owner_url).await.unwrap();
    let mut held = owner.begin().await.unwrap();
    let sql = "SELECT number FROM ledger_heads WHERE tenant_id = $1 FOR UPDATE";
    sqlx::query(sql).bind(books.tenant.uuid()).execute(&mut *held).await.unwrap();
    let transfers: Vec<_> = (0..ASKED).map(|n| post(a, b, 1, &n.to_string())).collect();
    let mut posts: FuturesUnordered<_> =
        transfers.into_iter().map(|transfer| books.ledger.post(books.tenant, transfer)).collect();
    let first = posts.next().await.unwrap();
    let full = |outcome: &Result<Posted, PostError>| {
        matches!(outcome, Err(PostError::Ledger(LedgerError::Busy { waiting: MAX_WAITING })))
    };
    assert!(full(&first), "only a refusal comes while the lock is held: {first:?}");
    held.rollback().await.unwrap();
    let (mut refused, mut recorded) = (1, 0);
    while let Some(outcome) = posts.next().await {
        if full(&outcome) {
            refused += 1;
        } else {
            outcome.unwrap();
            recorded += 1;
        }
    }
    assert!(recorded >= MAX_WAITING, "{recorded} recorded, {refused} refused");
    assert_eq!(books.count("ledger_transfers").await, i64::try_from(recorded).unwrap());
}

/// Every task posts to one account and to others in an order of its own.
#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_on_one_hot_account_lose_nothing_and_meet_no_deadlock() {
    const TASKS: u64 = 64;
    const EACH: u64 = 20;
    let books = Books::open().await;
    let hot = books.account("hot").await;
    let mut accounts = Vec::new();
    for other in 0..16 {
        accounts.push(books.account(&other.to_string()).await);
    }
    let one = |task: u64, turn: u64| {
        let (books, accounts) = (&books, &accounts);
        async move {
            let at = |n: u64| accounts[usize::try_from((task * 7 + turn * 5 + n * 3) % 16).unwrap()];
            let names = |n: u64| format!("{task} {turn} {n}");
            if turn % 4 == 3 {
                let batch: Vec<_> = (0..8).map(|n| Group::of(post(at(n), hot, 1, &names(n)))).collect();
                let outcomes = books.ledger.post_batch(books.tenant, &batch).await.unwrap();
                assert!(outcomes.iter().all(Result::is_ok));
                8
            } else {
                let pair = vec![post(hot, at(1), 1, &names(0)), post(at(1), at(2), 1, &names(1))];
                books.ledger.post(books.tenant, Group::linked(pair).unwrap()).await.unwrap();
                2
            }
        }
    };
    let tasks = (0..TASKS).map(|task| async move {
        let mut posted = 0;
        for turn in 0..EACH {
            posted += one(task, turn).await;
        }
        posted
    });
    let posted: u64 = join_all(tasks).await.into_iter().sum();
    let balance = books.balance(hot).await;
    assert_eq!(balance.debits_posted, U256::from(TASKS * EACH * 3 / 4));
    assert_eq!(balance.credits_posted, U256::from(TASKS * EACH / 4 * 8));
    assert_eq!(books.count("ledger_transfers").await, i64::try_from(posted).unwrap());
    assert!(books.count("ledger_batches").await < i64::try_from(TASKS * EACH).unwrap(), "postings share transactions");
}
