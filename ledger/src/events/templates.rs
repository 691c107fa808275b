//! Which accounts an event debits and credits.
//!
//! Who pays is debited: the clearing account for money, the house's own accounts for what it gives up. What is paid is
//! credited: the receivables, or after a charge-off, which emptied them, what stands in their place.

use ruint::aliases::U256;

use super::{Allocation, Entry, Event, Part, Parts, Standing};
use crate::chart::Code;

/// Amounts of zero included.
type Lines = Vec<Entry>;

impl Event {
    pub(super) fn lines(&self) -> Lines {
        match *self {
            Self::Disbursement { principal, overpayment } => vec![
                line(Code::LoansOverpayment, Code::FundingClearing, overpayment),
                line(Code::LoansPrincipal, Code::FundingClearing, principal),
            ],
            Self::DownPayment(paid) | Self::Repayment(paid) => repayment(paid),
            Self::MerchantIssuedRefund(paid) | Self::PayoutRefund(paid) => refund(paid),
            Self::GoodwillCredit(given) => goodwill(given),
            Self::Chargeback(taken) => sent_back(taken.standing, taken.overpayment, taken.parts),
            Self::CreditBalanceRefund { standing, overpayment, principal } => {
                sent_back(standing, overpayment, Parts { principal, ..Parts::default() })
            }
            Self::Accrual { interest, fees, penalties } => vec![
                line(Code::LoansInterest, Code::IncomeInterest, interest),
                line(Code::LoansFees, Code::IncomeFees, fees),
                line(Code::LoansPenalties, Code::IncomePenalties, penalties),
            ],
            Self::Fee { amount } => vec![line(Code::LoansFees, Code::IncomeFees, amount)],
            Self::Penalty { amount } => vec![line(Code::LoansPenalties, Code::IncomePenalties, amount)],
            Self::Waiver { interest, fees, penalties } => {
                let parts = Parts { principal: U256::ZERO, interest, fees, penalties };
                settled(parts, |_| Code::LossesWaived, Part::receivable)
            }
            Self::ChargeOff { cause, parts } => settled(parts, |part| part.charged_off(cause), Part::receivable),
            Self::WriteOff { standing, parts } => {
                settled(parts, |_| Code::LossesWrittenOff, |part| owed_or_charged_off(part, standing))
            }
            Self::Recovery { amount } => vec![line(Code::FundingClearing, Code::IncomeRecoveries, amount)],
            Self::CollateralLock { amount } => vec![line(Code::CollateralHeld, Code::CollateralOwed, amount)],
            Self::CollateralRelease { amount } => vec![line(Code::CollateralOwed, Code::CollateralHeld, amount)],
            // By way of an account of its own, so that the books tell what was lost from what was given back.
            Self::CollateralSeizure { amount } => vec![
                line(Code::CollateralOwed, Code::CollateralSeized, amount),
                line(Code::CollateralSeized, Code::CollateralHeld, amount),
            ],
        }
    }
}

const fn line(debit: Code, credit: Code, amount: U256) -> Entry {
    Entry { debit, credit, amount }
}

/// What a part is paid on when the money is the borrower's, or is as good as that.
const fn owed_or_recovered(part: Part, standing: Standing) -> Code {
    match standing {
        Standing::OnTheBooks => part.receivable(),
        Standing::ChargedOff(_) => Code::IncomeRecoveries,
    }
}

/// What a part is paid on, or owed on again, when the charge-off itself is put right.
const fn owed_or_charged_off(part: Part, standing: Standing) -> Code {
    match standing {
        Standing::OnTheBooks => part.receivable(),
        Standing::ChargedOff(cause) => part.charged_off(cause),
    }
}

/// Each part is debited to who pays it and credited to what it is paid on.
fn settled(parts: Parts, by: impl Fn(Part) -> Code, on: impl Fn(Part) -> Code) -> Lines {
    parts.each().map(|(part, amount)| line(by(part), on(part), amount)).to_vec()
}

fn with_overpayment(mut lines: Lines, by: Code, overpayment: U256) -> Lines {
    lines.push(line(by, Code::LoansOverpayment, overpayment));
    lines
}

fn repayment(paid: Allocation) -> Lines {
    let parts = settled(paid.parts, |_| Code::FundingClearing, |part| owed_or_recovered(part, paid.standing));
    with_overpayment(parts, Code::FundingClearing, paid.overpayment)
}

/// The purchase is undone: what was charged off for it was no loss, where a repayment would be a recovery.
fn refund(paid: Allocation) -> Lines {
    let parts = settled(paid.parts, |_| Code::FundingClearing, |part| owed_or_charged_off(part, paid.standing));
    with_overpayment(parts, Code::FundingClearing, paid.overpayment)
}

fn goodwill(given: Allocation) -> Lines {
    let parts = settled(given.parts, Part::goodwill, |part| owed_or_recovered(part, given.standing));
    with_overpayment(parts, Code::ExpensesGoodwill, given.overpayment)
}

/// Money goes out again. On a loan that is charged off it is lost at once: nothing is lent anew.
fn sent_back(standing: Standing, overpayment: U256, parts: Parts) -> Lines {
    let mut lines = vec![line(Code::LoansOverpayment, Code::FundingClearing, overpayment)];
    lines.extend(settled(parts, |part| owed_or_charged_off(part, standing), |_| Code::FundingClearing));
    lines
}
