//! Bodies of credit requests.

use serde_json::{Value, json};

/// A whole request for so many dollars over three years.
pub fn dollars(amount: &str) -> Value {
    json!({
        "amount": {"amount": amount, "asset": "USD"},
        "term": {"count": 36, "unit": "months"},
        "purpose": "working_capital",
        "frequency": "monthly",
        "borrower": {
            "client_reference": "borrower-1",
            "country": "US",
            "state": "CA",
            "annual_income": {"amount": "90000.00", "asset": "USD"},
            "monthly_debt_payments": {"amount": "500.00", "asset": "USD"}
        },
        "consents": [
            {"purpose": "share_with_lenders", "version": "2026-11", "granted_at": "2026-11-01T00:00:00Z"},
            {"purpose": "soft_inquiry", "version": "2026-11", "granted_at": "2026-11-01T00:00:00Z"}
        ],
        "deadline_ms": 5000
    })
}

/// The same with one field replaced, by JSON pointer; `Value::Null` removes it.
pub fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent {
        Value::Object(map) if value.is_null() => {
            map.remove(field);
        }
        Value::Object(map) => {
            map.insert(field.to_owned(), value);
        }
        Value::Array(items) => {
            let index: usize = field.parse().unwrap();
            items[index] = value;
        }
        _ => panic!("{pointer} has no parent that holds fields"),
    }
    body
}
