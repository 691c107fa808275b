//! What the vectors call the accounts of the chart.

use std::collections::BTreeMap;

use ledger::AccountKind;
use ledger::chart::Code;
use ledger::events::Entry;

use super::lines::Sums;

pub(super) const RECEIVABLE: &str = "Loans Receivable";
pub(super) const CHARGES_RECEIVABLE: &str = "Interest/Fee Receivable";
pub(super) const OVERPAYMENT: &str = "Overpayment account";
pub(super) const CLEARING: &str = "Suspense/Clearing account";
pub(super) const INTEREST_INCOME: &str = "Interest Income";
pub(super) const FEE_INCOME: &str = "Fee Income";
pub(super) const INTEREST_CHARGED_OFF: &str = "Interest Income Charge Off";
pub(super) const FEES_CHARGED_OFF: &str = "Fee Charge Off";
pub(super) const RECOVERIES: &str = "Recoveries";
pub(super) const BAD_DEBT: &str = "Credit Loss/Bad Debt";
pub(super) const FRAUD: &str = "Credit Loss/Bad Debt-Fraud";
pub(super) const WRITTEN_OFF: &str = "Written off";
pub(super) const GOODWILL: &str = "Goodwill Expense Account";

/// Those of Apache Fineract's scenarios, where a product has no accounts of its own for penalties, and none for waivers.
const NAMES: [(&str, &[Code]); 13] = [
    (RECEIVABLE, &[Code::LoansPrincipal]),
    (CHARGES_RECEIVABLE, &[Code::LoansInterest, Code::LoansFees, Code::LoansPenalties]),
    (OVERPAYMENT, &[Code::LoansOverpayment]),
    (CLEARING, &[Code::FundingClearing]),
    (INTEREST_INCOME, &[Code::IncomeInterest]),
    (FEE_INCOME, &[Code::IncomeFees, Code::IncomePenalties]),
    (INTEREST_CHARGED_OFF, &[Code::IncomeInterestChargedOff]),
    (FEES_CHARGED_OFF, &[Code::IncomeFeesChargedOff, Code::IncomePenaltiesChargedOff]),
    (RECOVERIES, &[Code::IncomeRecoveries]),
    (BAD_DEBT, &[Code::LossesBadDebt]),
    (FRAUD, &[Code::LossesFraud]),
    (WRITTEN_OFF, &[Code::LossesWrittenOff, Code::LossesWaived]),
    (GOODWILL, &[Code::ExpensesGoodwill]),
];

/// As vectors name it; one that they have no name for keeps that of the chart, and so is never an expected one.
fn name(code: Code) -> &'static str {
    let found = NAMES.iter().find(|(_, codes)| codes.contains(&code));
    found.map_or(code.row().text, |(name, _)| name)
}

/// The table's own text, which outlives the vector's.
pub(super) fn known(name: &str) -> Option<&'static str> {
    NAMES.iter().map(|(known, _)| *known).find(|known| *known == name)
}

/// Kind and name together are an account.
pub(super) fn key(kind: &str, name: &str) -> String {
    format!("{kind} {name}")
}

const fn kind(code: Code) -> &'static str {
    match code.row().kind {
        AccountKind::Asset => "ASSET",
        AccountKind::Liability => "LIABILITY",
        AccountKind::Equity => "EQUITY",
        AccountKind::Income => "INCOME",
        AccountKind::Expense => "EXPENSE",
        AccountKind::Memo => "MEMO",
    }
}

/// Debits and credits of entries, under the vectors' names.
pub(super) fn sums(entries: &[Entry]) -> BTreeMap<String, Sums> {
    let mut sums = BTreeMap::<String, Sums>::new();
    for entry in entries {
        let account = |code| key(kind(code), name(code));
        sums.entry(account(entry.debit)).or_default().debit(entry.amount);
        sums.entry(account(entry.credit)).or_default().credit(entry.amount);
    }
    sums
}

#[cfg(test)]
pub(super) fn known_code(code: Code) -> bool {
    NAMES.iter().any(|(_, codes)| codes.contains(&code))
}
