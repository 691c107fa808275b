//! Events one after another: what the books of a loan say at its end.

use super::*;

const ZERO: U256 = U256::ZERO;

fn units(amount: u64) -> U256 {
    U256::from(amount)
}

fn of(principal: u64, interest: u64, fees: u64, penalties: u64) -> Parts {
    Parts { principal: units(principal), interest: units(interest), fees: units(fees), penalties: units(penalties) }
}

/// 1000 lent; interest 30, a fee of 103 and a penalty of 10 earned.
fn lent_and_accrued() -> [Event; 2] {
    [
        Event::Disbursement { principal: units(1000), overpayment: ZERO },
        Event::Accrual { interest: units(30), fees: units(103), penalties: units(10) },
    ]
}

fn after(events: &[Event]) -> Vec<(Code, i128)> {
    let all = lent_and_accrued().into_iter().chain(events.iter().copied());
    let entries: Vec<_> = all.flat_map(|event| event.entries().unwrap()).collect();
    net(&entries).into_iter().collect()
}

const EARNED: [(Code, i128); 3] = [(Code::IncomeInterest, -30), (Code::IncomeFees, -103), (Code::IncomePenalties, -10)];

/// Sorted as [`after`] is.
fn with_earned(others: &[(Code, i128)]) -> Vec<(Code, i128)> {
    let mut all = [&EARNED[..], others].concat();
    all.sort_unstable();
    all
}

#[test]
fn a_loan_that_is_paid_with_a_surplus_leaves_the_surplus_owed_until_it_is_sent_back() {
    let paid =
        Event::Repayment(Allocation { parts: of(1000, 30, 103, 10), overpayment: units(7), ..Allocation::default() });
    assert_eq!(after(&[paid]), with_earned(&[(Code::LoansOverpayment, -7), (Code::FundingClearing, 150)]));
    let standing = Standing::OnTheBooks;
    let sent = Event::CreditBalanceRefund { standing, overpayment: units(7), principal: ZERO };
    assert_eq!(after(&[paid, sent]), with_earned(&[(Code::FundingClearing, 143)]));
}

#[test]
fn a_charge_off_empties_the_receivables_and_costs_principal_as_a_loss_and_the_rest_as_income() {
    for (cause, loss) in [(Cause::BadDebt, Code::LossesBadDebt), (Cause::Fraud, Code::LossesFraud)] {
        let lost = Event::ChargeOff { cause, parts: of(1000, 30, 103, 10) };
        let charged_off = |principal: i128, interest: i128, fees: i128, cash: i128| {
            with_earned(&[
                (loss, principal),
                (Code::IncomeInterestChargedOff, interest),
                (Code::IncomeFeesChargedOff, fees),
                (Code::IncomePenaltiesChargedOff, 10),
                (Code::FundingClearing, cash),
            ])
        };
        assert_eq!(after(&[lost]), charged_off(1000, 30, 103, -1000));
        let standing = Standing::ChargedOff(cause);
        let some = Allocation { standing, parts: of(367, 20, 100, 0), overpayment: ZERO };
        // What was bought is sent back: that much was never lost.
        assert_eq!(after(&[lost, Event::PayoutRefund(some)]), charged_off(633, 10, 3, -513));
        assert_eq!(after(&[lost, Event::MerchantIssuedRefund(some)]), charged_off(633, 10, 3, -513));
        assert_eq!(
            after(&[lost, Event::PayoutRefund(some), Event::Chargeback(some)]),
            charged_off(1000, 30, 103, -1000)
        );
        // What the borrower pays is recovered, and the loss stays.
        let mut recovered = charged_off(1000, 30, 103, -513);
        recovered.push((Code::IncomeRecoveries, -487));
        recovered.sort_unstable();
        assert_eq!(after(&[lost, Event::Repayment(some)]), recovered);
        assert_eq!(after(&[lost, Event::DownPayment(some)]), recovered);
        // What the house pays in the borrower's place is recovered from itself.
        let mut given = charged_off(1000, 50, 203, -1000);
        given.extend([(Code::IncomeRecoveries, -487), (Code::ExpensesGoodwill, 367)]);
        given.sort_unstable();
        assert_eq!(after(&[lost, Event::GoodwillCredit(some)]), given);
    }
}

#[test]
fn a_write_off_costs_all_that_was_owed_and_money_that_comes_later_is_recovered() {
    let gone = Event::WriteOff { standing: Standing::OnTheBooks, parts: of(1000, 30, 103, 10) };
    let written_off = [(Code::LossesWrittenOff, 1143), (Code::FundingClearing, -1000)];
    assert_eq!(after(&[gone]), with_earned(&written_off));
    let recovered = Event::Recovery { amount: units(200) };
    let books = [(Code::LossesWrittenOff, 1143), (Code::FundingClearing, -800), (Code::IncomeRecoveries, -200)];
    assert_eq!(after(&[gone, recovered]), with_earned(&books));
}

#[test]
fn a_write_off_after_a_charge_off_is_one_loss_and_not_two() {
    for cause in [Cause::BadDebt, Cause::Fraud] {
        let parts = of(1000, 30, 103, 10);
        let events =
            [Event::ChargeOff { cause, parts }, Event::WriteOff { standing: Standing::ChargedOff(cause), parts }];
        assert_eq!(after(&events), with_earned(&[(Code::LossesWrittenOff, 1143), (Code::FundingClearing, -1000)]));
    }
}

#[test]
fn goodwill_costs_the_house_and_moves_no_money() {
    let given = Event::GoodwillCredit(Allocation {
        parts: of(1000, 30, 103, 10),
        overpayment: units(5),
        ..Allocation::default()
    });
    let books = [
        (Code::LoansOverpayment, -5),
        (Code::FundingClearing, -1000),
        (Code::IncomeInterestChargedOff, 30),
        (Code::IncomeFeesChargedOff, 103),
        (Code::IncomePenaltiesChargedOff, 10),
        (Code::ExpensesGoodwill, 1005),
    ];
    assert_eq!(after(&[given]), with_earned(&books));
}

#[test]
fn what_is_waived_is_no_income_that_was_lost() {
    let waived = Event::Waiver { interest: units(30), fees: units(103), penalties: units(10) };
    let books = [(Code::LoansPrincipal, 1000), (Code::FundingClearing, -1000), (Code::LossesWaived, 143)];
    assert_eq!(after(&[waived]), with_earned(&books));
}

#[test]
fn collateral_is_held_and_owed_alike_and_what_is_seized_is_owed_no_more() {
    let events = [
        Event::CollateralLock { amount: units(50) },
        Event::CollateralRelease { amount: units(20) },
        Event::CollateralSeizure { amount: units(12) },
    ];
    let entries: Vec<_> = events.iter().flat_map(|event| event.entries().unwrap()).collect();
    let left = [(Code::CollateralHeld, 18), (Code::CollateralOwed, -18)];
    assert_eq!(net(&entries), BTreeMap::from(left));
    assert_eq!(turnover(&entries)[&Code::CollateralSeized], (units(12), units(12)));
}
