//! States of the progressive calculator that lack days or payments: apache/fineract, ProgressiveEMICalculatorTest, 100.00
//! at 7 % over the first half of 2024.

use super::*;

/// (instalment, interest, principal, balance) of a period.
type Row = (f64, f64, f64, f64);

fn state(after: Value, rows: [Row; 6], factors: &[(u32, u32, f64)]) -> Value {
    let periods = (1..).zip(rows).map(|(nr, (instalment, interest, principal, balance))| {
        json!({"period": nr, "instalment": instalment, "interest": interest, "principal": principal, "balance": balance})
    });
    let factors = factors.iter().map(|(period, sub, factor)| json!({"period": period, "sub": sub, "factor": factor}));
    json!({"after": after, "periods": periods.collect::<Vec<_>>(), "rate_factors": factors.collect::<Vec<_>>()})
}

fn vector(states: &[Value]) -> Value {
    let month = |nr: u32| format!("2024-{nr:02}-01");
    let periods: Vec<_> = (1..7).map(|nr| json!({"nr": nr, "start": month(nr), "due": month(nr + 1)})).collect();
    json!({"inputs": {"annual_rate_percent": 7.0, "days_in_year": "DAYS_360", "days_in_month": "DAYS_30", "repay_every": 1,
        "unit": "MONTHS", "periods": periods}, "expected": {"states": states}})
}

fn drawn() -> Value {
    json!({"op": "addDisbursement", "dates": ["2024-01-01"], "amount": 100.0})
}

fn principal(dates: &[&str], amount: f64) -> Value {
    json!({"op": "payPrincipal", "dates": dates, "amount": amount})
}

const WHOLE: f64 = 0.005_833_333_333;
const FEBRUARY_CUT: [(u32, u32, f64); 4] =
    [(1, 1, WHOLE), (2, 0, 0.002_816_091_954), (2, 1, 0.003_017_241_379), (3, 0, WHOLE)];

/// add_balance_correction_on0215: neither due date nor day of either payment.
fn undated() -> Value {
    let first = [
        (17.01, 0.58, 16.43, 83.57),
        (17.01, 0.24, 16.77, 66.8),
        (17.01, 0.59, 16.42, 50.38),
        (17.01, 0.29, 16.72, 33.66),
        (17.01, 0.2, 16.81, 16.85),
        (16.95, 0.1, 16.85, 0.0),
    ];
    let second = [
        (17.01, 0.58, 16.43, 83.57),
        (17.01, 0.24, 16.77, 50.38),
        (17.01, 0.49, 16.52, 50.28),
        (17.01, 0.29, 16.72, 33.56),
        (17.01, 0.2, 16.81, 16.75),
        (16.85, 0.1, 16.75, 0.0),
    ];
    let one = json!([drawn(), principal(&[], 16.77)]);
    let two = json!([drawn(), principal(&[], 16.77), principal(&[], 16.42)]);
    vector(&[state(one, first, &FEBRUARY_CUT), state(two, second, &FEBRUARY_CUT)])
}

/// payoff_on0215: the late payment lacks its day, and all that is paid ahead is missing.
fn paid_off() -> Value {
    let rows = [
        (17.01, 0.58, 16.43, 83.57),
        (17.01, 0.24, 16.77, 0.0),
        (17.01, 0.0, 17.01, 0.0),
        (17.01, 0.0, 17.01, 0.0),
        (17.01, 0.0, 17.01, 0.0),
        (15.77, 0.0, 15.77, 0.0),
    ];
    vector(&[state(json!([drawn(), principal(&["2024-02-01"], 15.0)]), rows, &FEBRUARY_CUT)])
}

/// reschedule_interest_on0120_adjsLst: a payment of the last instalment and a new rate.
fn new_rate(after: Value) -> Value {
    let rows = [
        (16.8, 0.44, 16.36, 66.63),
        (16.8, 0.22, 16.58, 50.05),
        (16.8, 0.17, 16.63, 33.42),
        (16.8, 0.11, 16.69, 16.73),
        (16.79, 0.06, 16.73, 0.0),
        (17.01, 0.0, 17.01, 0.0),
    ];
    let factors = [(1, 0, 0.0), (1, 1, 0.002_634_408_602), (1, 2, 0.000_752_688_172), (1, 3, 0.001_397_849_462)];
    vector(&[state(after, rows, &factors)])
}

#[test]
fn days_that_the_table_tells_are_taken_from_it() {
    for vector in [undated(), paid_off()] {
        assert_eq!(judge(&vector), Verdict::Passed, "{vector}");
    }
    let rate = |dates: &[&str]| json!({"op": "changeInterestRate", "dates": dates, "rate": 4.0});
    let paid = || principal(&["2024-07-01", "2024-01-15"], 17.01);
    for rate in [rate(&["2024-01-20"]), rate(&[])] {
        assert_eq!(judge(&new_rate(json!([drawn(), paid(), rate]))), Verdict::Passed);
        assert_eq!(judge(&new_rate(json!([drawn(), principal(&[], 17.01), rate]))), Verdict::Passed);
        assert_eq!(judge(&new_rate(json!([drawn(), rate]))), Verdict::Passed);
    }
}

#[test]
fn a_table_that_tells_a_day_still_has_every_figure_compared() {
    let labels = ["/op", "/dates/0", "/period", "/sub", "/after/0/amount"];
    // What is paid late without interest past due is what the plan has paid when it was due. And a balance that is off by
    // 0.01, without interest on that, is one of a payment of 0.01 less.
    for (vector, late, off) in [(undated(), "none", 0.01), (paid_off(), "/after/1/amount", 1.0)] {
        let mut figures = Vec::new();
        places(vector.get("expected").unwrap(), "/expected", &mut figures);
        for place in figures.iter().filter(|place| !labels.iter().chain([&late]).any(|label| place.ends_with(label))) {
            let mut moved = vector.clone();
            let figure = moved.pointer_mut(place).unwrap();
            *figure = json!(figure.as_f64().unwrap() + off);
            assert_ne!(judge(&moved), Verdict::Passed, "{place} of {vector}");
        }
    }
    let mut moved = undated();
    *moved.pointer_mut("/expected/states/0/periods/5/interest").unwrap() = json!(0.11);
    assert!(matches!(judge(&moved), Verdict::Failed { .. }), "a figure that tells no day is computed and differs");
}

#[test]
fn interest_that_is_paid_is_what_has_accrued() {
    let interest = |amount| json!({"op": "payInterest", "dates": ["2024-03-01", "2024-02-15"], "amount": amount});
    let with = |operation| {
        let mut vector = undated();
        let dated = principal(&["2024-03-01", "2024-02-15"], 16.77);
        vector["expected"]["states"].as_array_mut().unwrap().truncate(1);
        vector["expected"]["states"][0]["after"] = json!([drawn(), dated, operation]);
        judge(&vector)
    };
    assert_eq!(with(interest(0.24)), Verdict::Passed);
    let told = "a schedule with interest paid that has not accrued, or has and is not paid";
    assert_eq!(with(interest(0.44)), Verdict::NotApplicable(told.to_owned()));
}
