//! From a transaction's name and figures to the event that was booked.

use domain::U256;
use ledger::events::{Allocation, Cause, Event, Part, Parts, Standing};

use super::Unread;
use super::accounts::{
    BAD_DEBT, CHARGES_RECEIVABLE, FEE_INCOME, FEES_CHARGED_OFF, FRAUD, GOODWILL, INTEREST_CHARGED_OFF, INTEREST_INCOME,
    OVERPAYMENT, RECEIVABLE, RECOVERIES,
};
use super::lines::Figures;

const CHARGES: [Part; 3] = [Part::Interest, Part::Fees, Part::Penalties];
const FEES: [Part; 2] = [Part::Fees, Part::Penalties];
const ANY: [Part; 4] = [Part::Principal, Part::Interest, Part::Fees, Part::Penalties];

/// What the transaction may have been: more than one event where the figures do not tell its parts apart.
pub(super) fn events(transaction: &str, figures: &Figures) -> Result<Vec<Event>, Unread> {
    let on = |account| figures.on(account);
    let allocations = |standing, parts: Vec<Parts>, kind: fn(Allocation) -> Event| {
        let with = move |parts| kind(Allocation { standing, parts, overpayment: on(OVERPAYMENT) });
        parts.into_iter().map(with).collect()
    };
    let paid = |kind| match recovered(figures) {
        standing @ Standing::OnTheBooks => allocations(standing, owed(figures), kind),
        standing => allocations(standing, divided(Parts::default(), on(RECOVERIES), &ANY), kind),
    };
    let (standing, parts) = put_right(figures);
    Ok(match transaction {
        "DISBURSEMENT" => vec![Event::Disbursement { principal: on(RECEIVABLE), overpayment: on(OVERPAYMENT) }],
        "REPAYMENT" => paid(Event::Repayment),
        "DOWN_PAYMENT" => paid(Event::DownPayment),
        "MERCHANT_ISSUED_REFUND" => allocations(standing, parts, Event::MerchantIssuedRefund),
        "PAYOUT_REFUND" => allocations(standing, parts, Event::PayoutRefund),
        "CHARGEBACK" => allocations(standing, parts, Event::Chargeback),
        "CREDIT_BALANCE_REFUND" => {
            let principal = on(RECEIVABLE).saturating_add(loss(figures).1);
            vec![Event::CreditBalanceRefund { standing, overpayment: on(OVERPAYMENT), principal }]
        }
        "GOODWILL_CREDIT" => {
            let principal = on(GOODWILL).saturating_sub(on(OVERPAYMENT));
            allocations(recovered(figures), charged_off(figures, principal), Event::GoodwillCredit)
        }
        "ACCRUAL" => {
            let earned = Parts { interest: on(INTEREST_INCOME), ..Parts::default() };
            let event = |Parts { interest, fees, penalties, .. }| Event::Accrual { interest, fees, penalties };
            divided(earned, on(FEE_INCOME), &FEES).into_iter().map(event).collect()
        }
        "WAIVE_INTEREST" | "WAIVE_CHARGES" => {
            let event = |Parts { interest, fees, penalties, .. }| Event::Waiver { interest, fees, penalties };
            owed(figures).into_iter().map(event).collect()
        }
        "CHARGE_OFF" => {
            let (cause, principal) = loss(figures);
            let event = |parts| Event::ChargeOff { cause, parts };
            charged_off(figures, principal).into_iter().map(event).collect()
        }
        "WRITE_OFF" => parts.into_iter().map(|parts| Event::WriteOff { standing, parts }).collect(),
        "RECOVERY_REPAYMENT" => vec![Event::Recovery { amount: on(RECOVERIES) }],
        other => return Err(Unread::Transaction(other.to_owned())),
    })
}

/// A figure that is of one of several parts, as each of them.
fn divided(known: Parts, figure: U256, among: &[Part]) -> Vec<Parts> {
    among.iter().map(|part| known.with(*part, figure)).collect()
}

/// What is owed, by its accounts.
fn owed(figures: &Figures) -> Vec<Parts> {
    let principal = Parts { principal: figures.on(RECEIVABLE), ..Parts::default() };
    divided(principal, figures.on(CHARGES_RECEIVABLE), &CHARGES)
}

/// Interest and fees by what they cost when they are charged off.
fn charged_off(figures: &Figures, principal: U256) -> Vec<Parts> {
    let known = Parts { principal, interest: figures.on(INTEREST_CHARGED_OFF), ..Parts::default() };
    divided(known, figures.on(FEES_CHARGED_OFF), &FEES)
}

fn loss(figures: &Figures) -> (Cause, U256) {
    let cause = if figures.touch(&[FRAUD]) { Cause::Fraud } else { Cause::BadDebt };
    (cause, figures.on(FRAUD).saturating_add(figures.on(BAD_DEBT)))
}

/// Whether the loan was charged off, by the recoveries. Of what cause makes no difference to them.
fn recovered(figures: &Figures) -> Standing {
    if figures.touch(&[RECOVERIES]) { Standing::ChargedOff(Cause::BadDebt) } else { Standing::OnTheBooks }
}

/// Whether the loan was charged off, by the charge-off's own accounts, and the parts by the same accounts.
fn put_right(figures: &Figures) -> (Standing, Vec<Parts>) {
    if figures.touch(&[BAD_DEBT, FRAUD, INTEREST_CHARGED_OFF, FEES_CHARGED_OFF]) {
        let (cause, principal) = loss(figures);
        (Standing::ChargedOff(cause), charged_off(figures, principal))
    } else {
        (Standing::OnTheBooks, owed(figures))
    }
}
