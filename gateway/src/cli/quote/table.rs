//! Quotes and outcomes as tables for people.

use adapters::protocol::wire::Money;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use domain::Decimal;
use domain::offer::Repayment;

use crate::quotes::explain::ExplanationView;
use crate::quotes::view::{OutcomeView, QuoteView};

/// `0.0799` as `7.99 %`.
fn percent(rate: &str) -> String {
    rate.parse::<Decimal>().map_or_else(|_| rate.to_owned(), |rate| format!("{:.2} %", rate * Decimal::ONE_HUNDRED))
}

/// The last part of an asset's id is enough to tell currencies from tokens.
fn money(money: &Money) -> String {
    let token = money.asset.rsplit_once(':').map(|(_, reference)| reference);
    let short = token.map(|t| format!("{}…", t.chars().take(8).collect::<String>()));
    format!("{} {}", grouped(&money.amount), short.unwrap_or_else(|| money.asset.to_string()))
}

/// Digits of the whole part in threes.
fn grouped(amount: &str) -> String {
    let (whole, fraction) = amount.split_once('.').map_or((amount, None), |(w, f)| (w, Some(f)));
    let mut digits = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            digits.push(',');
        }
        digits.push(digit);
    }
    fraction.map_or_else(|| digits.clone(), |fraction| format!("{digits}.{fraction}"))
}

/// What the lender itself says: `7.99 % nominal`, `factor 1.18`.
fn quoted(quote: &QuoteView) -> String {
    let words = quote.quoted.convention.replace('_', " ");
    match (&quote.quoted.value, quote.quoted.convention.as_str()) {
        (Some(factor), "factor") => format!("factor {factor}"),
        (Some(rate), "flows") => format!("{} {}", percent(rate), name_of(&quote.rate_type)),
        (Some(rate), _) => format!("{} {words}", percent(rate)),
        (None, _) => words,
    }
}

fn how_often(quote: &QuoteView) -> String {
    match quote.repayment {
        Repayment::Bullet => "at the end".to_owned(),
        Repayment::Annuity | Repayment::InterestOnly => name_of(&quote.frequency),
    }
}

fn name_of<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What a borrower should know before comparing.
fn notes(quote: &QuoteView) -> String {
    let notes: Vec<String> = quote.warnings.iter().map(|w| name_of(&w.code).replace('_', " ")).collect();
    notes.join(", ")
}

fn table(headers: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(headers);
    table
}

fn align_right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

pub(super) fn arrival(quote: &QuoteView) -> String {
    let at = quote.as_of.as_ref().map_or_else(String::new, |state| {
        format!(", at block {} {} of {}", state.block, state.block_hash, state.chain)
    });
    format!(
        "  + {}: {} APR, {} in all, rank {} so far{at}",
        quote.provider.name,
        percent(&quote.apr),
        money(&quote.total_cost),
        quote.rank
    )
}

pub(super) fn refusal(outcome: &OutcomeView) -> String {
    let reason = outcome.refusal.as_ref().map_or("", |refusal| refusal.detail.as_str());
    format!("  - {}: {} ({reason})", outcome.provider.name, outcome.outcome)
}

/// Every lender that was considered.
pub(super) fn outcomes(outcomes: &[OutcomeView]) -> String {
    let mut table = table(&["lender", "kind", "outcome", "ms", "reason"]);
    for outcome in outcomes {
        table.add_row([
            outcome.provider.name.clone(),
            name_of(&outcome.provider.kind),
            outcome.outcome.clone(),
            outcome.elapsed_ms.to_string(),
            outcome.refusal.as_ref().map(|refusal| refusal.detail.clone()).unwrap_or_default(),
        ]);
    }
    align_right(&mut table, &[3]);
    table.to_string()
}

/// The quotes in their order.
pub(super) fn ranked(quotes: &[QuoteView]) -> String {
    let mut table = table(&["rank", "lender", "kind", "as quoted", "APR", "payment", "total cost", "binding", "notes"]);
    for quote in quotes {
        table.add_row([
            quote.rank.to_string(),
            quote.provider.name.clone(),
            name_of(&quote.provider.kind),
            quoted(quote),
            percent(&quote.apr),
            format!("{} {}", money(&quote.payment), how_often(quote)),
            money(&quote.total_cost),
            name_of(&quote.binding),
            notes(quote),
        ]);
    }
    align_right(&mut table, &[0, 4, 5, 6]);
    table.to_string()
}

/// Why the first is first.
pub(super) fn why(first: &QuoteView, why: &ExplanationView) -> String {
    let reasons: Vec<String> = why.because.iter().map(|reason| format!("  because {reason}")).collect();
    format!("{} is first (policy {}),\n{}", first.provider.name, why.policy_version, reasons.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_rates_are_read_at_a_glance() {
        assert_eq!(grouped("1234567.89"), "1,234,567.89");
        assert_eq!(grouped("999"), "999");
        assert_eq!(percent("0.0799"), "7.99 %");
    }
}
