//! Instalment tables: terms in the forms of the systems that published them, and the rows that are expected.
//!
//! What a vector is, is told by the shape of its inputs. Each source's form has a file here that reads it into
//! [`domain::schedule::plan`] terms with that source's own rounding as the product's policy, and compares what is
//! printed. The rules and their sources are in `docs/schedules.md`.

mod commission;
mod engine_samples;
mod fineract;
mod frappe;
mod leases;
mod operations;
mod periods;
mod progressive;
mod reading;
mod table;

use serde_json::Value;

use super::verdict::Verdict;
use reading::Unread;
use table::Table;

/// Whether a vector has one of the shapes that are read here.
pub(super) fn reads(vector: &Value) -> bool {
    form(vector).is_some()
}

/// Computes the vector's schedule and compares every figure that it prints.
pub(super) fn judge(vector: &Value) -> Verdict {
    let Some(form) = form(vector) else {
        return Verdict::NotApplicable("of no form of schedule that is computed here".to_owned());
    };
    let mut table = Table::default();
    match form(vector, &mut table) {
        Ok(()) => table.verdict(),
        Err(Unread::Impossible(error)) => {
            Verdict::Failed { expected: "a schedule".to_owned(), found: format!("none ({error})") }
        }
        Err(reason) => Verdict::NotApplicable(reason.to_string()),
    }
}

type Form = fn(&Value, &mut Table) -> Result<(), Unread>;

fn form(vector: &Value) -> Option<Form> {
    let inputs = vector.get("inputs")?;
    let has = |name: &str| inputs.get(name).is_some();
    let kind = vector.get("kind").and_then(Value::as_str).unwrap_or("");
    let forms: [(bool, Form); 6] = [
        (has("terms") && has("disbursements"), fineract::compare),
        (has("see") && has("apr_1dp"), commission::compare),
        (has("days_in_year") && has("days_in_month"), progressive::compare),
        (has("accrual") && has("loan_date"), engine_samples::compare),
        (has("convention") && (has("principal") || has("lender_irr_percent")), leases::compare),
        (frappe::KINDS.iter().any(|known| kind.starts_with(known)), frappe::compare),
    ];
    forms.into_iter().find(|(fits, _)| *fits).map(|(_, form)| form)
}

#[cfg(test)]
mod tests;
