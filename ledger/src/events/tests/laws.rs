//! What holds of every event.

use super::*;
use crate::account::AccountKind;
use crate::chart::Book;

fn sum(amounts: impl IntoIterator<Item = U256>) -> i128 {
    amounts.into_iter().map(|amount| i128::try_from(amount).unwrap()).sum()
}

fn signed(amount: U256) -> i128 {
    sum([amount])
}

/// Net debits of what is owed, of the overpayment and of the clearing account, by what the event says and not by its
/// templates.
fn expected(event: Event) -> BTreeMap<Code, i128> {
    let total = |parts: Parts| sum(parts.each().map(|(_, amount)| amount));
    let owed = |parts: Parts, standing: Standing, sign: i128| {
        let is_owed = standing == Standing::OnTheBooks;
        parts.each().map(|(part, amount)| (part.receivable(), if is_owed { sign * signed(amount) } else { 0 })).to_vec()
    };
    let moved = |whole: Allocation, sign: i128, cash: i128| {
        let mut moved = owed(whole.parts, whole.standing, -sign);
        moved.push((Code::LoansOverpayment, -sign * signed(whole.overpayment)));
        moved.push((Code::FundingClearing, cash * (total(whole.parts) + signed(whole.overpayment))));
        moved
    };
    let charged = |interest, fees, penalties, sign| {
        owed(Parts { principal: U256::ZERO, interest, fees, penalties }, Standing::OnTheBooks, sign)
    };
    let parts = |principal| Parts { principal, ..Parts::default() };
    let moved = match event {
        Event::Disbursement { principal, overpayment } => {
            moved(Allocation { parts: parts(principal), overpayment, ..Allocation::default() }, -1, -1)
        }
        Event::DownPayment(paid)
        | Event::Repayment(paid)
        | Event::MerchantIssuedRefund(paid)
        | Event::PayoutRefund(paid) => moved(paid, 1, 1),
        Event::GoodwillCredit(given) => moved(given, 1, 0),
        Event::Chargeback(taken) => moved(taken, -1, -1),
        Event::CreditBalanceRefund { standing, overpayment, principal } => {
            moved(Allocation { standing, parts: parts(principal), overpayment }, -1, -1)
        }
        Event::Accrual { interest, fees, penalties } => charged(interest, fees, penalties, 1),
        Event::Fee { amount } => charged(U256::ZERO, amount, U256::ZERO, 1),
        Event::Penalty { amount } => charged(U256::ZERO, U256::ZERO, amount, 1),
        Event::Waiver { interest, fees, penalties } => charged(interest, fees, penalties, -1),
        Event::ChargeOff { parts, .. } => owed(parts, Standing::OnTheBooks, -1),
        Event::WriteOff { standing, parts } => owed(parts, standing, -1),
        Event::Recovery { amount } => vec![(Code::FundingClearing, signed(amount))],
        Event::CollateralLock { .. } | Event::CollateralRelease { .. } | Event::CollateralSeizure { .. } => Vec::new(),
    };
    moved.into_iter().filter(|(_, moved)| *moved != 0).collect()
}

/// Whether all amounts of an event are zero.
fn is_empty(event: Event) -> bool {
    apart(event).iter().all(|part| part.entries().is_err())
}

proptest! {
    #[test]
    fn entries_balance_within_one_book_and_none_is_of_zero(event in event()) {
        let Ok(entries) = event.entries() else { return Ok(()) };
        let book = entries[0].debit.row().book;
        for entry in &entries {
            prop_assert!(!entry.amount.is_zero());
            prop_assert_ne!(entry.debit, entry.credit);
            prop_assert_eq!((entry.debit.row().book, entry.credit.row().book), (book, book));
        }
        let is_memo = |code: &Code| code.row().kind == AccountKind::Memo;
        let touched = turnover(&entries);
        prop_assert!(touched.keys().all(|code| is_memo(code) == (book == Book::Collateral)));
        prop_assert_eq!(touched.values().map(|sums| sums.0).sum::<U256>(), touched.values().map(|sums| sums.1).sum::<U256>());
    }

    #[test]
    fn what_is_owed_overpaid_and_paid_moves_by_the_parts_of_the_event_and_by_nothing_else(event in event()) {
        let entries = event.entries().unwrap_or_default();
        let own = |code: &Code| matches!(
            code,
            Code::LoansPrincipal | Code::LoansInterest | Code::LoansFees | Code::LoansPenalties
                | Code::LoansOverpayment | Code::FundingClearing
        );
        let found: BTreeMap<_, _> = net(&entries).into_iter().filter(|(code, _)| own(code)).collect();
        prop_assert_eq!(found, expected(event));
    }

    #[test]
    fn an_event_and_its_reversal_leave_every_account_where_it_was(event in event()) {
        let entries = event.entries().unwrap_or_default();
        let reversed: Vec<_> = entries.iter().map(|entry| entry.reversed()).collect();
        prop_assert_eq!(net(entries.iter().chain(&reversed)), BTreeMap::new());
    }

    #[test]
    fn parts_may_come_apart_and_in_any_order(
        (event, shuffled) in event().prop_flat_map(|event| (Just(event), Just(apart(event)).prop_shuffle()))
    ) {
        let entries: Vec<_> = shuffled.iter().flat_map(|part| part.entries().unwrap_or_default()).collect();
        prop_assert_eq!(turnover(&entries), turnover(&event.entries().unwrap_or_default()));
    }

    #[test]
    fn an_event_without_amounts_is_refused_and_no_other(event in event()) {
        prop_assert_eq!(event.entries() == Err(EventError::NothingMoves), is_empty(event));
    }
}

#[test]
fn an_event_whose_parts_are_too_much_together_is_refused() {
    let most = U256::MAX;
    let one = U256::from(1);
    let with = |principal, interest| {
        let parts = Parts { principal, interest, ..Parts::default() };
        Event::Repayment(Allocation { parts, ..Allocation::default() }).entries()
    };
    assert_eq!(with(most, one), Err(EventError::Overflow));
    assert_eq!(with(most - one, one).unwrap().len(), 2);
    // Accounts that have nothing to do with each other.
    assert_eq!(Event::Accrual { interest: most, fees: most, penalties: most }.entries().unwrap().len(), 3);
    assert_eq!(Event::Disbursement { principal: one, overpayment: most }.entries(), Err(EventError::Overflow));
}

#[test]
fn the_seized_account_tells_all_that_was_seized_and_keeps_nothing() {
    let most = U256::MAX;
    let entries = Event::CollateralSeizure { amount: most }.entries().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(turnover(&entries)[&Code::CollateralSeized], (most, most));
}
