//! Accounting entries: what a loan's transaction debits and credits.
//!
//! A vector names a transaction and lists its entries. Of these only so much is read as whoever books the transaction knows
//! without them: what it settles, what it leaves over, how the loan stood. The event that says this is booked by the
//! templates of [`ledger::events`], and every account must be debited and credited as listed, and no other.
//!
//! The books of the vectors have one account where the chart has several. How its figure divides is not told, so that the
//! whole of it is booked as each of the parts in turn: all must come to the same entries.

mod accounts;
mod lines;
mod transactions;

use std::collections::BTreeMap;

use ledger::events::{Entry, Event, EventError};
use serde_json::Value;

use super::verdict::{Verdict, field};
use lines::{Figures, Line, Sums};

/// Why a vector is not one that is computed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unread {
    #[error("entries of a transaction that is not booked: {0}")]
    Transaction(String),
    #[error("entries on an account that the chart does not have: {0}")]
    Account(String),
    #[error("entries that are not understood: an account, and an amount of at most {} decimal places", lines::PLACES)]
    Line,
    #[error("a transaction without entries")]
    Empty,
}

/// Whether a vector has the shape that is read here.
pub(super) fn reads(vector: &Value) -> bool {
    field(vector, "transaction").is_some_and(Value::is_string) && field(vector, "entries").is_some_and(Value::is_array)
}

/// Books the vector's transaction and compares every account.
pub(super) fn judge(vector: &Value) -> Verdict {
    verdict(vector, Event::entries).unwrap_or_else(|reason| Verdict::NotApplicable(reason.to_string()))
}

/// Books with other templates where a test asks for them.
fn verdict(vector: &Value, book: impl Fn(&Event) -> Result<Vec<Entry>, EventError>) -> Result<Verdict, Unread> {
    let lines = lines::read(field(vector, "entries"))?;
    if lines.is_empty() {
        return Err(Unread::Empty);
    }
    let (lines, undone) = with_reversal(&lines);
    let transaction = field(vector, "transaction").and_then(Value::as_str).unwrap_or_default();
    let expected = lines::sums(lines);
    for event in transactions::events(transaction, &Figures::of(lines))? {
        let entries = match book(&event) {
            Ok(entries) => entries,
            Err(error) => {
                let (expected, found) = ("entries".to_owned(), format!("none ({error})"));
                return Ok(Verdict::Failed { expected, found });
            }
        };
        if let Some(failed) = differing(&expected, &accounts::sums(&entries)) {
            return Ok(failed);
        }
        let reversed: Vec<_> = entries.iter().rev().map(|entry| entry.reversed()).collect();
        let failed = undone.and_then(|undone| differing(&lines::sums(undone), &accounts::sums(&reversed)));
        if let Some(failed) = failed {
            return Ok(failed);
        }
    }
    Ok(Verdict::Passed)
}

/// A transaction that was reversed lists its entries, and then as many that undo them.
fn with_reversal<'a>(lines: &'a [Line<'a>]) -> (&'a [Line<'a>], Option<&'a [Line<'a>]>) {
    let (first, second) = lines.split_at(lines.len().div_ceil(2));
    let undoes = |(line, other): (&Line, &Line)| {
        (line.account, line.debit, line.credit) == (other.account, other.credit, other.debit)
    };
    if first.len() == second.len() && first.iter().zip(second).all(undoes) {
        (first, Some(second))
    } else {
        (lines, None)
    }
}

/// The first account that is not debited and credited as expected.
fn differing(expected: &BTreeMap<String, Sums>, found: &BTreeMap<String, Sums>) -> Option<Verdict> {
    let sums = |book: &BTreeMap<String, Sums>, account| book.get(account).copied().unwrap_or_default();
    let mut accounts = expected.keys().chain(found.keys());
    let account = accounts.find(|account| sums(expected, account.as_str()) != sums(found, account.as_str()))?;
    let told = |book| format!("{account}: {}", sums(book, account.as_str()));
    Some(Verdict::Failed { expected: told(expected), found: told(found) })
}

#[cfg(test)]
mod tests;
