//! What became of one vector, and how its figures are read.

use rust_decimal::Decimal;
use serde_json::Value;

/// What the comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    /// The figures, as people read them.
    Failed {
        expected: String,
        found: String,
    },
    /// Nothing was compared, for this reason.
    NotApplicable(String),
}

/// A JSON number by its own text, so that 219.17 is 219.17.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_number()?.to_string();
    Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// A field of a vector, among its inputs or beside them.
pub(super) fn field<'a>(vector: &'a Value, name: &str) -> Option<&'a Value> {
    vector.get(name).or_else(|| vector.get("inputs")?.get(name))
}
