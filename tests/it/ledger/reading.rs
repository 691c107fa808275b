//! Balances, statements and reports, against everything added up anew.

use adapters::clock::{SystemClock, uuid_at};
use domain::deadline::Clock;
use domain::ids::AccountId;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use ledger::{
    AccountFilter, AccountKind, AsOf, MAX_BALANCES, MAX_LINES, MAX_PAGE, NewAccount, ReadError, Side, StatementRange,
    Sums,
};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::books::{Books, TODAY, fresh_id, post, tenant};
use super::lender::{Dice, FIRST_DAY, Lender, Recorded, sums};

async fn owner(books: &Books) -> PgConnection {
    PgConnection::connect(&books.database.owner_url).await.unwrap()
}

/// Every way to ask about this time gives what the recorded transfers come to.
async fn check_as_of(lender: &Lender, transfers: &[Recorded], as_of: AsOf) {
    let (ledger, tenant) = (&lender.books.ledger, lender.books.tenant);
    let counts = |transfer: &Recorded| match as_of {
        AsOf::Now => true,
        AsOf::Effective(day) => transfer.effective_on <= day,
        AsOf::Recorded(moment) => transfer.recorded_at <= moment,
    };
    let naive = |accounts: &[AccountId]| sums(transfers, accounts, counts);
    for account in lender.accounts() {
        let found = ledger.balance_as_of(tenant, account, as_of).await.unwrap();
        assert_eq!(found, naive(&[account]), "{account} {as_of:?}");
    }
    let found = ledger.balance_as_of(tenant, lender.loans, as_of).await.unwrap();
    assert_eq!(found, naive(&lender.loan), "the control account {as_of:?}");

    for sub_accounts in [false, true] {
        let trial = ledger.trial_balance(tenant, as_of, sub_accounts).await.unwrap();
        let lines = trial.assets.iter().flat_map(|of_asset| &of_asset.lines);
        let mut all = Sums::default();
        for line in lines {
            let under = [line.account];
            let accounts = if line.account == lender.loans { &lender.loan[..] } else { &under[..] };
            assert_eq!(line.sums, naive(accounts), "{} {as_of:?}", line.code);
            all = all.checked_add(&line.sums).unwrap();
        }
        assert_eq!(all, naive(&lender.accounts()), "no account is left out or counted twice: {as_of:?}");
        assert!(trial.assets.iter().all(|of_asset| of_asset.difference().is_zero()));
    }
}

#[tokio::test]
async fn balances_by_both_clocks_are_what_the_transfers_come_to_before_and_after_periods_are_closed() {
    let lender = Lender::open().await;
    let mut dice = Dice::new(7);
    check_as_of(&lender, &[], AsOf::Recorded(SystemClock.now())).await;
    lender.post_at_random(&mut dice, 40).await;
    let days = || (0..8).map(|part| FIRST_DAY.checked_add((part * 57 - 1).days()).unwrap());
    for closing in [None, Some(date(2025, 8, 31)), Some(date(2025, 12, 31))] {
        if let Some(through) = closing {
            lender.books.ledger.close_period(lender.books.tenant, through).await.unwrap();
            let later = lender
                .books
                .ledger
                .post(lender.books.tenant, post(lender.cash, lender.capital, 7, &through.to_string()));
            later.await.unwrap();
        }
        let transfers = lender.recorded().await;
        assert!(transfers.len() > 80 && transfers.iter().any(|transfer| !transfer.posts));
        check_as_of(&lender, &transfers, AsOf::Now).await;
        for day in days().chain(closing) {
            check_as_of(&lender, &transfers, AsOf::Effective(day)).await;
        }
        let mut moments: Vec<Timestamp> = transfers.iter().map(|transfer| transfer.recorded_at).collect();
        moments.sort();
        for moment in moments.iter().step_by(17).chain(moments.last()) {
            check_as_of(&lender, &transfers, AsOf::Recorded(*moment)).await;
            check_as_of(&lender, &transfers, AsOf::Recorded(*moment - 1.microsecond())).await;
        }
        check_as_of(&lender, &transfers, AsOf::Recorded(Timestamp::UNIX_EPOCH)).await;
    }
}

#[tokio::test]
async fn a_statement_pages_over_every_transfer_once_while_new_ones_arrive() {
    let lender = Lender::open().await;
    let (books, account) = (&lender.books, lender.cash);
    lender.post_at_random(&mut Dice::new(11), 60).await;
    let before = lender.recorded().await;
    let touches = |transfer: &&Recorded| [transfer.debit, transfer.credit].contains(&account);
    let expected: Vec<_> = before.iter().filter(touches).collect();
    let range = StatementRange::default();
    let (mut cursor, mut lines, mut opening, mut pages) = (None, Vec::new(), None, 0);
    loop {
        let page = books.ledger.statement(books.tenant, account, range, cursor.as_ref(), 7).await.unwrap();
        assert_eq!(page.opening, opening.unwrap_or_default(), "a page begins where the one before ended");
        opening = Some(page.closing);
        lines.extend(page.lines);
        pages += 1;
        arrive_with_a_small_id(&lender, &format!("late {pages}")).await;
        lender.post(account, lender.capital, 5, TODAY, &format!("new {pages}")).await;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert!(pages > 5, "{pages}");
    let ids: Vec<_> = lines.iter().map(|line| line.transfer.id).collect();
    assert_eq!(ids, expected.iter().map(|transfer| transfer.id).collect::<Vec<_>>());
    for (place, line) in lines.iter().enumerate() {
        let so_far: Vec<Recorded> = expected.iter().take(place + 1).map(|transfer| (*transfer).clone()).collect();
        assert_eq!(line.balance, sums(&so_far, &[account], |_| true).on(Side::Debit));
    }
    let all = books.ledger.statement(books.tenant, account, range, None, MAX_PAGE).await.unwrap();
    assert_eq!(all.lines.len(), expected.len() + 2 * pages, "one that begins now has what arrived");
}

/// A transfer whose id was drawn an hour before it is recorded: behind every reader.
async fn arrive_with_a_small_id(lender: &Lender, reference: &str) {
    let mut application = PgConnection::connect(&lender.books.database.app_url).await.unwrap();
    let set = "SELECT set_config('agio.tenant', $1, false)";
    sqlx::query(set).bind(lender.books.tenant.uuid().to_string()).execute(&mut application).await.unwrap();
    let id = uuid_at(SystemClock.now() - SignedDuration::from_hours(1));
    sqlx::query(
        "INSERT INTO ledger_transfers (tenant_id, transfer_id, batch_id, debit_account_id, credit_account_id, asset_id,
                                       amount, kind, effective_on, reference)
         VALUES ($1, $2, $2, $3, $4, ledger_asset('USD'), 3, 'posted', '2026-03-10', $5)",
    )
    .bind(lender.books.tenant.uuid())
    .bind(id)
    .bind(lender.cash.uuid())
    .bind(lender.deposits.uuid())
    .bind(reference)
    .execute(&mut application)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_statement_of_days_begins_with_what_counted_before_and_ends_with_what_counts_on_the_last() {
    let lender = Lender::open().await;
    let (books, account) = (&lender.books, lender.interest);
    lender.post_at_random(&mut Dice::new(13), 60).await;
    let (from, through) = (date(2025, 10, 1), date(2026, 2, 28));
    let range = StatementRange { from: Some(from), through: Some(through) };
    let page = books.ledger.statement(books.tenant, account, range, None, MAX_PAGE).await.unwrap();
    let transfers = lender.recorded().await;
    let before = sums(&transfers, &[account], |transfer| transfer.effective_on < from);
    let after = sums(&transfers, &[account], |transfer| transfer.effective_on <= through);
    assert_eq!((page.opening, page.closing), (before.on(Side::Credit), after.on(Side::Credit)));
    assert!(page.next.is_none() && !page.lines.is_empty());
    assert!(page.lines.iter().all(|line| (from..=through).contains(&line.transfer.effective_on)));

    let first = books.ledger.statement(books.tenant, account, range, None, 1).await.unwrap();
    let ask = |id, range| books.ledger.statement(books.tenant, id, range, first.next.as_ref(), 1);
    assert!(matches!(ask(lender.cash, range).await, Err(ReadError::Cursor)), "of another account");
    assert!(matches!(ask(account, StatementRange::default()).await, Err(ReadError::Cursor)), "of other days");
}

#[tokio::test]
async fn a_balance_sheet_is_even_with_the_result_that_no_year_has_closed() {
    let lender = Lender::open().await;
    lender.post_at_random(&mut Dice::new(17), 60).await;
    let transfers = lender.recorded().await;
    for on in [date(2025, 9, 30), date(2025, 12, 31), date(2026, 6, 30)] {
        let sheet = lender.books.ledger.balance_sheet(lender.books.tenant, on).await.unwrap();
        let of_usd = &sheet.assets[0];
        let owned = of_usd.total_assets.checked_sub(&of_usd.total_liabilities).unwrap();
        let left = of_usd.total_equity.checked_add(&of_usd.result).unwrap();
        assert_eq!(owned, left, "assets less liabilities are equity and result");
        assert!(of_usd.difference().unwrap().is_zero());
        let mut assets = lender.loan.to_vec();
        assets.push(lender.cash);
        let counts = |transfer: &Recorded| transfer.effective_on <= on;
        assert_eq!(of_usd.total_assets, sums(&transfers, &assets, counts).on(Side::Debit));
        let income = sums(&transfers, &[lender.interest], counts).on(Side::Credit);
        let expense = sums(&transfers, &[lender.losses], counts).on(Side::Debit);
        assert_eq!(of_usd.result, income.checked_sub(&expense).unwrap());
    }
}

#[tokio::test]
async fn a_control_account_that_is_not_the_sum_of_those_under_it_is_named() {
    let lender = Lender::open().await;
    lender.post_at_random(&mut Dice::new(19), 30).await;
    let check = || lender.books.ledger.control_check(lender.books.tenant);
    let lines = check().await.unwrap();
    assert_eq!((lines.len(), lines[0].account, lines[0].accounts, lines[0].agrees()), (1, lender.loans, 3, true));
    let drift = "UPDATE ledger_balances SET debits_posted = debits_posted + 1 WHERE account_id = $1";
    sqlx::query(drift).bind(lender.loan[1].uuid()).execute(&mut owner(&lender.books).await).await.unwrap();
    let lines = check().await.unwrap();
    assert!(!lines[0].agrees() && lines[0].code == "loans.principal", "{lines:?}");
}

#[tokio::test]
async fn accounts_are_found_by_what_they_are_and_those_of_another_tenant_are_not() {
    let lender = Lender::open().await;
    let (ledger, own) = (&lender.books.ledger, lender.books.tenant);
    let find = async |filter: AccountFilter| {
        let page = ledger.accounts(own, &filter, None, MAX_PAGE).await.unwrap();
        page.accounts.into_iter().map(|found| found.account.id).collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(find(AccountFilter { code: text("cash"), ..Default::default() }).await, [lender.cash]);
    assert_eq!(find(AccountFilter { subject: text("ln_2"), ..Default::default() }).await, [lender.loan[1]]);
    assert_eq!(find(AccountFilter { control: Some(lender.loans), ..Default::default() }).await, lender.loan);
    assert_eq!(find(AccountFilter { asset: text("EUR"), ..Default::default() }).await, []);
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = ledger.accounts(own, &AccountFilter::default(), after, 2).await.unwrap();
        paged.extend(page.accounts.into_iter().map(|found| found.account.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, find(AccountFilter::default()).await);
    assert_eq!(paged.len(), 9);

    let stranger = tenant(&lender.books.database).await;
    let unknown = |error| matches!(error, ReadError::UnknownAccount(id) if id == lender.cash);
    assert!(unknown(ledger.account(stranger, lender.cash).await.unwrap_err()));
    assert!(unknown(ledger.balance_as_of(stranger, lender.cash, AsOf::Now).await.unwrap_err()));
    let range = StatementRange::default();
    assert!(unknown(ledger.statement(stranger, lender.cash, range, None, 1).await.unwrap_err()));
    assert!(ledger.balances(stranger, &[lender.cash]).await.unwrap().is_empty());
    assert!(ledger.balances(own, &[lender.cash]).await.unwrap().contains_key(&lender.cash));
    assert!(ledger.trial_balance(stranger, AsOf::Now, true).await.unwrap().assets.is_empty());
    assert!(ledger.accounts(stranger, &AccountFilter::default(), None, 1).await.unwrap().accounts.is_empty());
}

#[tokio::test]
async fn what_is_above_a_limit_is_not_read() {
    let lender = Lender::open().await;
    let (ledger, own) = (&lender.books.ledger, lender.books.tenant);
    for limit in [0, MAX_PAGE + 1] {
        let page = ledger.accounts(own, &AccountFilter::default(), None, limit).await;
        assert!(matches!(page, Err(ReadError::PageSize { .. })));
        let page = ledger.statement(own, lender.cash, StatementRange::default(), None, limit).await;
        assert!(matches!(page, Err(ReadError::PageSize { .. })));
    }
    let many: Vec<_> = (0..=MAX_BALANCES).map(|_| AccountId::new(fresh_id())).collect();
    assert!(matches!(ledger.balances(own, &many).await, Err(ReadError::TooManyAccounts { .. })));
    let page = ledger.statement(own, lender.loans, StatementRange::default(), None, 1).await;
    assert!(matches!(page, Err(ReadError::ControlAccount(id)) if id == lender.loans));

    let one = NewAccount::of_house("one", "USD", AccountKind::Asset);
    let one = ledger.open(own, &[one]).await.unwrap()[0].clone();
    let mut owner = owner(&lender.books).await;
    let open = "INSERT INTO ledger_accounts (tenant_id, account_id, code, asset_id, kind, normal_side)
                SELECT $1, gen_random_uuid(), 'many.n' || n, $2, 'asset', 'debit' FROM generate_series(0, $3) AS n";
    let most = i32::try_from(MAX_LINES).unwrap();
    sqlx::query(open).bind(own.uuid()).bind(one.asset.0).bind(most).execute(&mut owner).await.unwrap();
    let fill = "UPDATE ledger_balances SET debits_posted = 1 WHERE tenant_id = $1";
    sqlx::query(fill).bind::<Uuid>(own.uuid()).execute(&mut owner).await.unwrap();
    let trial = ledger.trial_balance(own, AsOf::Now, false).await;
    assert!(matches!(trial, Err(ReadError::TooManyLines { most: MAX_LINES })));
}
