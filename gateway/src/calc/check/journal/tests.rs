use ledger::chart::Code;
use serde_json::json;

use super::*;

/// Lines as `kind account side amount`.
fn vector(transaction: &str, lines: &[(&str, &str, char, f64)]) -> Value {
    let line = |(kind, name, side, amount): &(&str, &str, char, f64)| {
        let amount = |of: char| if *side == of { json!(amount) } else { Value::Null };
        json!({"type": kind, "account_name": name, "debit": amount('D'), "credit": amount('C')})
    };
    json!({"transaction": transaction, "entries": lines.iter().map(line).collect::<Vec<_>>()})
}

const LOANS: (&str, &str) = ("ASSET", "Loans Receivable");
const CHARGES: (&str, &str) = ("ASSET", "Interest/Fee Receivable");
const CLEARING: (&str, &str) = ("LIABILITY", "Suspense/Clearing account");
const OVERPAID: (&str, &str) = ("LIABILITY", "Overpayment account");
const LOSS: (&str, &str) = ("EXPENSE", "Credit Loss/Bad Debt");
const FRAUD: (&str, &str) = ("EXPENSE", "Credit Loss/Bad Debt-Fraud");
const INTEREST_OFF: (&str, &str) = ("INCOME", "Interest Income Charge Off");
const FEES_OFF: (&str, &str) = ("INCOME", "Fee Charge Off");
const RECOVERIES: (&str, &str) = ("INCOME", "Recoveries");
const GOODWILL: (&str, &str) = ("EXPENSE", "Goodwill Expense Account");
const WRITTEN_OFF: (&str, &str) = ("EXPENSE", "Written off");

type Listed = ((&'static str, &'static str), char, f64);

fn listed(transaction: &str, lines: &[Listed]) -> Value {
    let lines: Vec<_> = lines.iter().map(|((kind, name), side, amount)| (*kind, *name, *side, *amount)).collect();
    vector(transaction, &lines)
}

/// From Apache Fineract's scenarios (Loan, LoanChargeOff, LoanChargeback and LoanRepayment).
fn published() -> Vec<(&'static str, Vec<Listed>)> {
    let interest = ("INCOME", "Interest Income");
    let fees = ("INCOME", "Fee Income");
    vec![
        ("DISBURSEMENT", vec![(LOANS, 'D', 1000.0), (CLEARING, 'C', 1000.0)]),
        ("REPAYMENT", vec![(LOANS, 'C', 90.0), (CHARGES, 'C', 5.0), (OVERPAID, 'C', 10.0), (CLEARING, 'D', 105.0)]),
        ("REPAYMENT", vec![(RECOVERIES, 'C', 200.0), (CLEARING, 'D', 200.0)]),
        ("DOWN_PAYMENT", vec![(LOANS, 'C', 125.0), (CLEARING, 'D', 125.0)]),
        ("MERCHANT_ISSUED_REFUND", vec![(LOSS, 'C', 90.0), (FEES_OFF, 'C', 10.0), (CLEARING, 'D', 100.0)]),
        ("MERCHANT_ISSUED_REFUND", vec![(LOANS, 'C', 10.0), (CLEARING, 'D', 10.0)]),
        (
            "PAYOUT_REFUND",
            vec![(FRAUD, 'C', 367.0), (INTEREST_OFF, 'C', 20.0), (FEES_OFF, 'C', 113.0), (CLEARING, 'D', 500.0)],
        ),
        ("CHARGEBACK", vec![(OVERPAID, 'D', 3.0), (LOANS, 'D', 4.0), (CLEARING, 'C', 7.0)]),
        ("CHARGEBACK", vec![(CLEARING, 'C', 280.0), (LOANS, 'D', 250.0), (CHARGES, 'D', 30.0)]),
        ("CHARGEBACK", vec![(CLEARING, 'C', 250.0), (LOSS, 'D', 250.0)]),
        ("CREDIT_BALANCE_REFUND", vec![(LOANS, 'D', 100.0), (OVERPAID, 'D', 100.0), (CLEARING, 'C', 200.0)]),
        (
            "GOODWILL_CREDIT",
            vec![
                (LOANS, 'C', 277.0),
                (CHARGES, 'C', 23.0),
                (GOODWILL, 'D', 277.0),
                (INTEREST_OFF, 'D', 10.0),
                (FEES_OFF, 'D', 13.0),
            ],
        ),
        (
            "GOODWILL_CREDIT",
            vec![(RECOVERIES, 'C', 300.0), (GOODWILL, 'D', 277.0), (INTEREST_OFF, 'D', 10.0), (FEES_OFF, 'D', 13.0)],
        ),
        (
            "ACCRUAL",
            vec![
                (CHARGES, 'D', 30.0),
                (interest, 'C', 30.0),
                (CHARGES, 'D', 113.0),
                (fees, 'C', 103.0),
                (fees, 'C', 10.0),
            ],
        ),
        (
            "CHARGE_OFF",
            vec![
                (LOANS, 'C', 1000.0),
                (CHARGES, 'C', 143.0),
                (FRAUD, 'D', 1000.0),
                (INTEREST_OFF, 'D', 30.0),
                (FEES_OFF, 'D', 113.0),
            ],
        ),
        ("CHARGE_OFF", vec![(LOANS, 'C', 750.0), (LOSS, 'D', 750.0)]),
        ("WRITE_OFF", vec![(LOANS, 'C', 100.0), (WRITTEN_OFF, 'D', 100.0)]),
        (
            "WRITE_OFF",
            vec![(LOSS, 'C', 1000.0), (INTEREST_OFF, 'C', 30.0), (FEES_OFF, 'C', 113.0), (WRITTEN_OFF, 'D', 1143.0)],
        ),
        ("WAIVE_INTEREST", vec![(CHARGES, 'C', 30.0), (WRITTEN_OFF, 'D', 30.0)]),
        ("RECOVERY_REPAYMENT", vec![(RECOVERIES, 'C', 200.0), (CLEARING, 'D', 200.0)]),
    ]
}

fn opposite(lines: &[Listed]) -> Vec<Listed> {
    lines.iter().map(|(account, side, amount)| (*account, if *side == 'D' { 'C' } else { 'D' }, *amount)).collect()
}

fn fails(vector: &Value) -> bool {
    matches!(judge(vector), Verdict::Failed { .. })
}

#[test]
fn every_published_transaction_is_booked_as_listed_and_so_is_its_reversal() {
    for (transaction, lines) in published() {
        assert_eq!(judge(&listed(transaction, &lines)), Verdict::Passed, "{transaction} {lines:?}");
        let undone = [&lines[..], &opposite(&lines)].concat();
        assert_eq!(judge(&listed(transaction, &undone)), Verdict::Passed, "{transaction} {lines:?}");
    }
}

#[test]
fn a_transaction_on_the_wrong_side_fails_and_so_does_one_that_is_undone_before_it_is_made() {
    for (transaction, lines) in published() {
        let opposite = opposite(&lines);
        assert!(fails(&listed(transaction, &opposite)), "{transaction} {lines:?}");
        assert!(fails(&listed(transaction, &[&opposite[..], &lines].concat())), "{transaction} {lines:?}");
    }
}

#[test]
fn a_line_of_another_amount_or_side_or_kind_or_that_is_missing_or_said_twice_fails() {
    for (transaction, lines) in published() {
        for at in 0..lines.len() {
            let (account, side, amount) = lines[at];
            let other_side = if side == 'D' { 'C' } else { 'D' };
            let changed = |line: &[Listed]| listed(transaction, &[&lines[..at], line, &lines[at + 1..]].concat());
            let wrong = [
                changed(&[(account, side, amount + 0.01)]),
                changed(&[(account, other_side, amount)]),
                changed(&[(("EQUITY", account.1), side, amount)]),
                changed(&[(account, side, amount), (account, side, amount)]),
            ];
            for vector in wrong {
                assert!(fails(&vector), "{vector}");
            }
            // Nothing is left to be booked of a transaction that had one line.
            assert!(fails(&changed(&[])), "{transaction} {lines:?} without {at}");
        }
    }
}

#[test]
fn a_template_that_moves_any_entry_to_another_account_or_side_fails() {
    let caught = |change: &dyn Fn(Entry, usize) -> Entry| {
        let passes = |(transaction, lines): &(&str, Vec<Listed>)| {
            let wrong = |event: &Event| {
                let entries = event.entries()?;
                Ok(entries.into_iter().enumerate().map(|(at, entry)| change(entry, at)).collect())
            };
            verdict(&listed(transaction, lines), wrong) == Ok(Verdict::Passed)
        };
        published().iter().filter(|vector| !passes(vector)).count()
    };
    assert_eq!(caught(&|entry, _| entry), 0);
    assert_eq!(caught(&|entry, _| entry.reversed()), published().len());
    let least = |count: usize| assert!(count > 0, "no vector has such an entry");
    for code in Code::ALL.iter().filter(|code| accounts::known_code(**code)) {
        let instead = |found: Code| if found == *code { Code::CollateralHeld } else { found };
        least(caught(&|entry, _| Entry { debit: instead(entry.debit), credit: instead(entry.credit), ..entry }));
    }
    for at in 0..3 {
        least(caught(&|entry, number| if number == at { entry.reversed() } else { entry }));
    }
}

#[test]
fn what_is_not_booked_is_told_apart_from_what_is_booked_wrongly() {
    let reason = |vector: &Value| match judge(vector) {
        Verdict::NotApplicable(reason) => reason,
        verdict => panic!("{verdict:?}"),
    };
    let paid = [(LOANS, 'C', 10.0), (CLEARING, 'D', 10.0)];
    assert_eq!(reason(&listed("RE_AGE", &paid)), "entries of a transaction that is not booked: RE_AGE");
    let elsewhere = [(("LIABILITY", "Deferred Income"), 'C', 10.0), (CLEARING, 'D', 10.0)];
    let unknown = "entries on an account that the chart does not have: Deferred Income";
    assert_eq!(reason(&listed("REPAYMENT", &elsewhere)), unknown);
    assert_eq!(reason(&listed("REPAYMENT", &[])), "a transaction without entries");
    let unread = "entries that are not understood: an account, and an amount of at most 6 decimal places";
    for amount in [json!("10"), json!(-10), json!(0.000_000_1), json!(1e30)] {
        let mut vector = listed("REPAYMENT", &paid);
        vector["entries"][0]["credit"] = amount;
        assert_eq!(reason(&vector), unread);
    }
    assert!(!reads(&json!({"transaction": "REPAYMENT", "entries": {}})));
    assert!(reads(&json!({"inputs": {"transaction": "REPAYMENT"}, "entries": []})));
}

#[test]
fn the_account_that_differs_is_told_with_both_figures() {
    let short = listed("REPAYMENT", &[(LOANS, 'C', 100.5), (CLEARING, 'D', 100.0)]);
    let expected = "LIABILITY Suspense/Clearing account: debit 100, credit 0".to_owned();
    let found = "LIABILITY Suspense/Clearing account: debit 100.5, credit 0".to_owned();
    assert_eq!(judge(&short), Verdict::Failed { expected, found });
}
