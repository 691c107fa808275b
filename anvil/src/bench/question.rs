//! What is asked: the credit request that both sides are posted, and the question that a lender gets for it.

use adapters::protocol::wire::QuoteQuestion;
use domain::consent::CONSENT_TEXTS;
use serde_json::{Value, json};

const AMOUNT: &str = "10000.00";
const INCOME: &str = "90000.00";
const DEBTS: &str = "500.00";

fn usd(amount: &str) -> Value {
    json!({"amount": amount, "asset": "USD"})
}

/// The body that is posted.
pub(super) fn credit_request() -> Vec<u8> {
    let consents = CONSENT_TEXTS.iter().map(
        |text| json!({"purpose": text.purpose.code(), "version": text.version, "granted_at": "2026-11-01T00:00:00Z"}),
    );
    let request = json!({
        "amount": usd(AMOUNT),
        "term": {"count": 36, "unit": "months"},
        "purpose": "working_capital",
        "borrower": {
            "client_reference": "bench-borrower",
            "country": "US",
            "state": "CA",
            "annual_income": usd(INCOME),
            "monthly_debt_payments": usd(DEBTS),
        },
        "consents": consents.collect::<Vec<_>>(),
    });
    request.to_string().into_bytes()
}

/// What the bare side sends each lender: what the gateway makes of the request, of the same length.
pub(super) fn protocol_question() -> Result<Vec<u8>, serde_json::Error> {
    let question = json!({
        "request_id": "crq_019a5b0e7c5e7a3c8f0d2b6a4e1c9d33",
        "amount": usd(AMOUNT),
        "term": {"count": 36, "unit": "months"},
        "purpose": "working_capital",
        "frequency": "monthly",
        "rate_preference": "any",
        "collateral": [],
        "borrower": {
            "reference": "5f1d3a9c7be24e08a6c4d2f01b9e7a35",
            "country": "US",
            "state": "CA",
            "annual_income": usd(INCOME),
            "monthly_debt_payments": usd(DEBTS),
        },
        "drawn_on": "2026-11-02",
    });
    serde_json::to_vec(&serde_json::from_value::<QuoteQuestion>(question)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_of_the_bare_side_is_one_of_the_protocol() {
        protocol_question().unwrap();
    }
}
