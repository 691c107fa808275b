//! Rates and interest of on-chain lenders, held to the contracts' own integers: every one that is expected, and exactly.
//!
//! What is computed follows from the names of the inputs and of the figures that are expected. An input that is not
//! understood could change the figure, so nothing is computed beside one.

use std::fmt;

use domain::curve::{compound_v3, morpho_adaptive};
use domain::{Decimal, U256};
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value};

use super::verdict::{Verdict, decimal};

/// 1e18.
const WAD: Decimal = Decimal::from_parts(2_808_348_672, 232_830_643, 0, false, 0);

/// Why a vector is not one that is computed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unread {
    #[error("of protocol {0}, which is not computed here")]
    Protocol(String),
    #[error("has no inputs and expected figures")]
    NoFigures,
    #[error("has no input {0}")]
    Missing(&'static str),
    #[error("input {0} is not understood")]
    Input(String),
    #[error("expects {0}, which is not computed from these inputs")]
    Expected(String),
    #[error("{0} is not a number that the contract could hold")]
    BadNumber(String),
}

/// A figure, or why the contract would have none.
type Computed = Result<U256, String>;

/// Computes every figure that the vector expects.
pub(super) fn judge(vector: &Value) -> Verdict {
    let differing = match differing(vector) {
        Ok(differing) => differing,
        Err(reason) => return Verdict::NotApplicable(reason.to_string()),
    };
    if differing.is_empty() {
        return Verdict::Passed;
    }
    let list = |text: fn(&Difference) -> &str| {
        let named = differing.iter().map(|figure| format!("{} {}", figure.name, text(figure)));
        named.collect::<Vec<_>>().join(", ")
    };
    Verdict::Failed { expected: list(|figure| &figure.expected), found: list(|figure| &figure.found) }
}

/// An expected figure that is not the one found.
struct Difference {
    name: String,
    expected: String,
    found: String,
}

fn differing(vector: &Value) -> Result<Vec<Difference>, Unread> {
    let fields = |name: &str| vector.get(name).and_then(Value::as_object).filter(|fields| !fields.is_empty());
    let (inputs, expected) = fields("inputs").zip(fields("expected")).ok_or(Unread::NoFigures)?;
    let compute = match vector.get("protocol").and_then(Value::as_str) {
        Some("compound_v3") => compound,
        Some("morpho_adaptive_curve") => morpho,
        other => return Err(Unread::Protocol(other.unwrap_or("without a name").to_owned())),
    };
    let mut differing = Vec::new();
    for (name, value) in expected {
        let expected = integer(value).ok_or_else(|| Unread::BadNumber(name.clone()))?;
        let found = compute(inputs, name)?;
        if found != Ok(expected) {
            let found = found.map_or_else(|error| format!("none ({error})"), |found| found.to_string());
            differing.push(Difference { name: name.clone(), expected: expected.to_string(), found });
        }
    }
    Ok(differing)
}

/// The rate of one curve, a supplier's or a borrower's alike, from the yearly parameters that the contract is built with.
fn compound(inputs: &Map<String, Value>, figure: &str) -> Result<Computed, Unread> {
    only(inputs, &["kink", "base_apr", "slope_low_apr", "slope_high_apr", "utilization_wad"])?;
    let curve = compound_v3::Curve::from_yearly(compound_v3::YearlyCurve {
        kink_wad: wad(inputs, "kink")?,
        base_wad: wad(inputs, "base_apr")?,
        slope_low_wad: wad(inputs, "slope_low_apr")?,
        slope_high_wad: wad(inputs, "slope_high_apr")?,
    });
    let utilisation = whole(inputs, "utilization_wad")?;
    match figure {
        "rate_per_second_wad" => Ok(computed(curve.rate_per_second(utilisation))),
        other => Err(Unread::Expected(other.to_owned())),
    }
}

/// What the market charges once some seconds have passed since its last update, and what it has become then.
fn morpho(inputs: &Map<String, Value>, figure: &str) -> Result<Computed, Unread> {
    only(inputs, &["rate_at_target_wad", "total_supply_assets", "total_borrow_assets", "elapsed_s"])?;
    let market = morpho_adaptive::Market {
        total_supply_assets: narrow(inputs, "total_supply_assets")?,
        total_borrow_assets: narrow(inputs, "total_borrow_assets")?,
        rate_at_target_wad: narrow(inputs, "rate_at_target_wad")?,
        last_update: 0,
    };
    let elapsed = narrow(inputs, "elapsed_s")?;
    let rate = || market.borrow_rate(elapsed);
    let accrual = || market.accrued(elapsed);
    match figure {
        "rate_per_second_wad" => Ok(computed(rate().map(|rate| rate.average_per_second_wad))),
        "rate_at_target_wad" => Ok(computed(rate().map(|rate| rate.rate_at_target_wad))),
        "interest_assets" => Ok(computed(accrual().map(|accrual| accrual.interest))),
        "total_supply_assets" => Ok(computed(accrual().map(|accrual| accrual.market.total_supply_assets))),
        "total_borrow_assets" => Ok(computed(accrual().map(|accrual| accrual.market.total_borrow_assets))),
        other => Err(Unread::Expected(other.to_owned())),
    }
}

fn computed<N: Into<u128>>(found: Result<N, impl fmt::Display>) -> Computed {
    found.map(|found| U256::from(found.into())).map_err(|error| error.to_string())
}

fn only(inputs: &Map<String, Value>, known: &[&str]) -> Result<(), Unread> {
    let unknown = inputs.keys().find(|name| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| Err(Unread::Input(name.clone())))
}

/// An integer, written as such or, where JSON's numbers are too short for it, as a string of digits.
fn integer(value: &Value) -> Option<U256> {
    let digits = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| U256::from_str_radix(&digits, 10).ok()).flatten()
}

fn whole(inputs: &Map<String, Value>, name: &'static str) -> Result<U256, Unread> {
    let value = inputs.get(name).ok_or(Unread::Missing(name))?;
    integer(value).ok_or_else(|| Unread::BadNumber(name.to_owned()))
}

fn narrow<T: TryFrom<U256>>(inputs: &Map<String, Value>, name: &'static str) -> Result<T, Unread> {
    T::try_from(whole(inputs, name)?).map_err(|_| Unread::BadNumber(name.to_owned()))
}

/// A decimal fraction as the contract's integer of 1e-18, which it must be exactly.
fn wad(inputs: &Map<String, Value>, name: &'static str) -> Result<u64, Unread> {
    let fraction = inputs.get(name).ok_or(Unread::Missing(name)).map(decimal)?;
    let scaled = fraction.and_then(|fraction| fraction.checked_mul(WAD)).filter(Decimal::is_integer);
    scaled.and_then(|scaled| scaled.to_u64()).ok_or_else(|| Unread::BadNumber(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn comet(utilisation: &str, rate: &str) -> Value {
        json!({"protocol": "compound_v3", "expected": {"rate_per_second_wad": rate}, "inputs": {"kink": 0.8,
            "base_apr": 0.015, "slope_low_apr": 0.035, "slope_high_apr": 0.25, "utilization_wad": utilisation}})
    }

    fn market(elapsed: u64, expected: &Value) -> Value {
        json!({"protocol": "morpho_adaptive_curve", "expected": expected, "inputs": {"rate_at_target_wad": "1268389667",
            "total_supply_assets": "1000000000000000000000000", "total_borrow_assets": "600000000000000000000000",
            "elapsed_s": elapsed}})
    }

    fn reason(vector: &Value) -> String {
        match judge(vector) {
            Verdict::NotApplicable(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rates_of_both_protocols_are_held_to_the_unit() {
        assert_eq!(judge(&comet("900000000000000000", "2156265853")), Verdict::Passed);
        let wrong = judge(&comet("900000000000000000", "2156265854"));
        let expected = "rate_per_second_wad 2156265854".to_owned();
        assert_eq!(wrong, Verdict::Failed { expected, found: "rate_per_second_wad 2156265853".to_owned() });
        assert_eq!(judge(&market(0, &json!({"rate_per_second_wad": "951292250"}))), Verdict::Passed);
        let accrued = json!({"interest_assets": "2052841455709800000", "rate_at_target_wad": 1_265_978_740,
            "total_supply_assets": "1000002052841455709800000", "total_borrow_assets": "600002052841455709800000"});
        assert_eq!(judge(&market(3_600, &accrued)), Verdict::Passed);
        let half = json!({"interest_assets": "2052841455709800000", "rate_at_target_wad": "1"});
        let found = "rate_at_target_wad 1265978740".to_owned();
        let expected = "rate_at_target_wad 1".to_owned();
        assert_eq!(judge(&market(3_600, &half)), Verdict::Failed { expected, found });
    }

    #[test]
    fn a_state_that_the_contract_refuses_is_a_failure_with_its_reason() {
        let mut above = market(0, &json!({"rate_per_second_wad": "1"}));
        above["inputs"]["total_borrow_assets"] = json!("1000000000000000000000001");
        let Verdict::Failed { found, .. } = judge(&above) else { panic!("{above}") };
        assert!(found.starts_with("rate_per_second_wad none (total borrow: "), "{found}");
    }

    #[test]
    fn what_is_not_understood_is_not_computed() {
        let mut other = comet("1", "1");
        other["protocol"] = json!("euler");
        assert_eq!(reason(&other), "of protocol euler, which is not computed here");
        assert_eq!(reason(&json!({"protocol": "compound_v3"})), "has no inputs and expected figures");
        let mut reserved = comet("1", "1");
        reserved["inputs"]["reserve_rate"] = json!(0.1);
        assert_eq!(reason(&reserved), "input reserve_rate is not understood");
        let mut bare = comet("1", "1");
        bare["inputs"] = json!({"utilization_wad": "1"});
        assert_eq!(reason(&bare), "has no input kink");
        let fees = market(0, &json!({"fee_shares": "1"}));
        assert_eq!(reason(&fees), "expects fee_shares, which is not computed from these inputs");
        for (name, value) in [
            ("kink", json!(18.5)),
            ("kink", json!(-0.1)),
            ("base_apr", json!(1e-19)),
            ("utilization_wad", json!("0x1")),
        ] {
            let mut bad = comet("1", "1");
            bad["inputs"][name] = value;
            assert_eq!(reason(&bad), format!("{name} is not a number that the contract could hold"));
        }
        for value in [json!("-1"), json!(1.5), json!(""), json!(null)] {
            let vague = market(0, &json!({"rate_per_second_wad": value}));
            assert_eq!(reason(&vague), "rate_per_second_wad is not a number that the contract could hold");
        }
    }
}
