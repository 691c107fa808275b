//! One table of each form, whose every figure counts.

mod missing;

use serde_json::{Value, json};

use super::*;

fn fineract() -> Value {
    // apache/fineract, LoanDownPayment.feature:2349: two drawings of one day, a quarter of each paid down.
    let row = |nr: Value, due, principal: Value, balance| {
        json!({"nr": nr, "due": due, "principal": principal, "interest": if principal.is_null() { Value::Null } else { json!(0.0) },
            "fees": 0.0, "total": if principal.is_null() { json!(0.0) } else { principal.clone() }, "balance": balance})
    };
    json!({"inputs": {"terms": {"product": "LP2_DOWNPAYMENT_AUTO", "submitted": "2023-10-01", "principal": 1000,
            "annual_rate_percent": 0, "interest_type": "FLAT", "interest_period": "SAME_AS_REPAYMENT_PERIOD",
            "amortization": "EQUAL_INSTALLMENTS", "repay_every": 15, "repay_unit": "DAYS", "instalments": 3,
            "grace_principal": 0, "grace_interest": 0, "interest_free": 0,
            "config": {"days_in_year": "ACTUAL", "days_in_month": "ACTUAL", "down_payment_percent": 25, "schedule_type": "CUMULATIVE"}},
        "disbursements": [{"date": "2023-10-01", "amount": 100.0}, {"date": "2023-10-01", "amount": 900.0}]},
    "expected": {"rows": [
        row(Value::Null, "2023-10-01", Value::Null, 100.0), row(Value::Null, "2023-10-01", Value::Null, 900.0),
        row(json!(1.0), "2023-10-01", json!(25.0), 975.0), row(json!(2.0), "2023-10-01", json!(225.0), 750.0),
        row(json!(3.0), "2023-10-16", json!(250.0), 500.0), row(json!(4.0), "2023-10-31", json!(250.0), 250.0),
        row(json!(5.0), "2023-11-15", json!(250.0), 0.0)]}})
}

fn progressive() -> Value {
    // apache/fineract, ProgressiveEMICalculatorTest: every two weeks over 364 days.
    let period = |nr, start, due| json!({"nr": nr, "start": start, "due": due});
    let found = |nr, instalment, interest, principal, balance| json!({"period": nr, "instalment": instalment, "interest": interest, "principal": principal, "balance": balance});
    json!({"inputs": {"annual_rate_percent": 9.4822, "days_in_year": "DAYS_364", "days_in_month": "ACTUAL", "repay_every": 2,
        "unit": "WEEKS", "periods": [period(1, "2024-01-01", "2024-01-15"), period(2, "2024-01-15", "2024-01-29"),
            period(3, "2024-01-29", "2024-02-12")]},
    "expected": {"states": [{"after": [{"op": "addDisbursement", "dates": ["2024-01-01"], "amount": 100.0}],
        "periods": [found(1, 33.57, 0.36, 33.21, 66.79), found(2, 33.57, 0.24, 33.33, 33.46), found(3, 33.58, 0.12, 33.46, 0.0)],
        "rate_factors": [{"period": 1, "sub": 0, "factor": 0.0}, {"period": 1, "sub": 1, "factor": 0.003647},
            {"period": 2, "sub": 0, "factor": 0.003647}]}]}})
}

fn commission() -> Value {
    // European Commission, examples for the calculation of the APRC (2015), example 1.
    let row = |period, initial, interest, capital, last| {
        json!({"period": period, "initial": initial, "rate_percent": 6.0, "interest": interest, "capital": capital,
            "interest_paid": interest, "total_capital_interest": 1432.86, "final": last})
    };
    json!({"inputs": {"see": "elsewhere", "apr_1dp": "6.4"}, "expected": {"rows": [
        row(1, 200_000.0, 1000.0, 432.86, 199_567.14), row(2, 199_567.14, 997.84, 435.03, 199_132.11),
        row(3, 199_132.11, 995.66, 437.2, 198_694.91)]}})
}

fn engine_sample() -> Value {
    // shermanloan/scejson-doc, module-singlepmt.
    json!({"inputs": {"loan_date": "2022-07-20", "due": "2022-12-31", "rate_percent": 5.5, "proceeds": 5000, "financed_fee": 25,
        "accrual": "Actual/365 Simple"},
    "expected": {"rows": [{"nr": 1, "due": "2022-12-31", "begin": 5025, "payment": 5149.18, "interest": 124.18,
        "principal": 5025, "end": 0}], "apr": 6.64, "finance_charge": 149.18}})
}

fn lease() -> Value {
    // andrewmurphy353/curo, example 3.
    json!({"inputs": {"principal": 10000, "start": "2026-01-05", "rate_percent": 8.25, "n": 6, "convention": "US 30/360",
        "compounding": "quarterly"},
    "expected": {"instalment": 1706.67, "interest_postings": [{"date": "2026-04-05", "interest": 171.04, "balance": 5051.03},
        {"date": "2026-07-05", "interest": 68.98, "balance": 0.0}]}})
}

fn whole_units() -> Value {
    // frappe/lending, test_loan.py.
    json!({"kind": "monthly term loan, amounts rounded to whole units",
        "inputs": {"principal": 280_000, "n": 20, "rate_percent": 8.4},
        "expected": {"level_payment": 15052, "total_interest": 21034, "total_payment": 301_034,
            "rows": [{"nr": 4, "principal": 13369, "interest": 1683, "balance": 227_080}]}})
}

fn due_dates() -> Value {
    json!({"kind": "due dates: pro-rated calendar months, last day of month",
        "inputs": {"n": 12, "repayment_start": "2022-10-17"},
        "expected": {"first": "2022-10-31", "second": "2022-11-30", "last": "2023-09-30"}})
}

fn all() -> [Value; 7] {
    [fineract(), progressive(), commission(), engine_sample(), lease(), whole_units(), due_dates()]
}

/// Every place of a figure or a date below a value, as a JSON pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| places(field, &format!("{at}/{name}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        Value::Number(_) | Value::String(_) => found.push(at.to_owned()),
        Value::Null | Value::Bool(_) => {}
    }
}

#[test]
fn each_form_is_told_by_its_shape_and_computed() {
    for vector in all() {
        assert!(reads(&vector), "{vector}");
        assert_eq!(judge(&vector), Verdict::Passed, "{vector}");
    }
}

#[test]
fn every_printed_figure_is_compared() {
    // What says which row it is, what no rule is known of, and what another figure of the same row already says.
    let labels = ["/op", "/dates/0", "/after/0/amount", "/fees", "/rate_percent", "/period", "/sub"];
    for vector in all() {
        let mut figures = Vec::new();
        places(vector.get("expected").unwrap(), "/expected", &mut figures);
        for place in figures.iter().filter(|place| !labels.iter().any(|label| place.ends_with(label))) {
            let mut moved = vector.clone();
            let figure = moved.pointer_mut(place).unwrap();
            *figure = match figure.as_f64() {
                Some(number) => json!(number + 1.0),
                None => json!("2022-02-02"),
            };
            assert_ne!(judge(&moved), Verdict::Passed, "{place} of {vector}");
        }
    }
}

#[test]
fn what_is_not_understood_is_counted_with_its_reason() {
    let reason = |change: fn(&mut Value), vector: Value| {
        let mut vector = vector;
        change(&mut vector);
        match judge(&vector) {
            Verdict::NotApplicable(reason) => reason,
            verdict => panic!("{verdict:?}"),
        }
    };
    let undated = |v: &mut Value| {
        let paid = json!({"op": "payPrincipal", "dates": [], "amount": 90.0});
        v["expected"]["states"][0]["after"].as_array_mut().unwrap().push(paid);
    };
    assert_eq!(
        reason(undated, progressive()),
        "a schedule with a payment or a rate whose day neither it nor its figures tell"
    );
    let other_amount = |v: &mut Value| v["expected"]["states"][0]["after"][0]["amount"] = json!(99);
    let told = "a schedule whose periods repay another amount than its operations draw";
    assert_eq!(reason(other_amount, progressive()), told);
    let pause = |v: &mut Value| v["expected"]["states"][0]["after"][0]["op"] = json!("pause");
    assert_eq!(reason(pause, progressive()), "a schedule with operation `pause`");
    let accrual = |v: &mut Value| v["inputs"]["accrual"] = json!("Actual/Actual");
    assert_eq!(reason(accrual, engine_sample()), "a schedule with accrual `Actual/Actual`");
    let skip = |v: &mut Value| v["inputs"]["skip_months"] = json!([6, 7]);
    assert_eq!(reason(skip, engine_sample()), "a schedule with input `skip_months`");
    assert_eq!(reason(skip, lease()), "a schedule with input `skip_months`");
    let late_flat = |v: &mut Value| {
        v["inputs"]["terms"]["annual_rate_percent"] = json!(12);
        v["inputs"]["disbursements"][1]["date"] = json!("2023-10-02");
    };
    let offered =
        "a schedule with terms that are not offered (flat interest: not together with drawdowns after the first day)";
    assert_eq!(reason(late_flat, fineract()), offered);
    assert_eq!(
        reason(|v| drop(v["expected"]["rows"].take()), commission()),
        "a schedule whose rows is not given or not understood"
    );
}

#[test]
fn terms_that_make_no_schedule_fail() {
    let mut vector = engine_sample();
    vector["inputs"]["due"] = json!("2022-07-19");
    let Verdict::Failed { found, .. } = judge(&vector) else { panic!("dates out of order made a schedule") };
    assert_eq!(found, "none (due dates: number 1 is due on 2022-07-19, not after 2022-07-20)");
}
