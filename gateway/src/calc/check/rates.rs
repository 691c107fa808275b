//! Conversions between nominal, effective and periodic rates, and yields.
//!
//! The names of the inputs decide what is converted into what. Where they leave it open (which period, how often), the
//! vector's own words do, and only those that are known: a guess would check our reading and not our arithmetic.

use std::num::NonZeroU32;

use domain::rate::{
    PeriodicRate, Rate, annual_percentage_yield, compound_v2_apy, effective_from_nominal, nominal_from_effective,
    three_term_effective,
};
use domain::{Decimal, U256};
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value};

use super::verdict::{Verdict, decimal};

/// By how much a figure may be missed when the vector does not say.
const TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Decimal places of a figure in percent.
const PLACES: u32 = 18;

/// A hundredth.
const PERCENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// The effective rate in percent by Aave's approximation.
const THREE_TERMS: &str = "aave_three_term_binomial_percent";

/// What vectors call a period: the unit, the adjective, how many a year has.
const PERIODS: [(&str, &str, u32); 5] = [
    ("day", "daily", 365),
    ("week", "weekly", 52),
    ("month", "monthly", 12),
    ("quarter", "quarterly", 4),
    ("year", "annual", 1),
];

/// Why a vector is not one that is computed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unread {
    #[error("expects a value of inputs that are not those of a conversion")]
    Inputs,
    #[error("says what is to be computed in words that are not understood: {0}")]
    Words(String),
    #[error("expects {0}, which is not computed from these inputs")]
    Expected(String),
    #[error("{0} is not a number that is understood")]
    BadNumber(String),
}

/// A figure, or why there is none.
type Computed = Result<Decimal, String>;

/// Converts as the vector asks.
pub(super) fn judge(vector: &Value) -> Verdict {
    let pairs = match figures(vector) {
        Ok(pairs) => pairs,
        Err(reason) => return Verdict::NotApplicable(reason.to_string()),
    };
    let tolerance = vector.get("tolerance").and_then(decimal).unwrap_or(TOLERANCE);
    let agrees = |expected: &Decimal, found: &Computed| {
        let off = found.as_ref().ok().and_then(|found| found.checked_sub(*expected));
        off.is_some_and(|off| off.abs() <= tolerance)
    };
    let Some((expected, found)) = pairs.into_iter().find(|(expected, found)| !agrees(expected, found)) else {
        return Verdict::Passed;
    };
    Verdict::Failed {
        expected: format!("{expected} ± {}", tolerance.normalize()),
        found: found.map_or_else(|error| format!("none ({error})"), |found| found.to_string()),
    }
}

/// What is expected beside what is found, for each figure.
fn figures(vector: &Value) -> Result<Vec<(Decimal, Computed)>, Unread> {
    let fields = |name: &str| vector.get(name).and_then(Value::as_object).ok_or(Unread::Inputs);
    let (inputs, expected) = (Inputs(fields("inputs")?), fields("expected")?);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let (kind, what) = (text(vector.get("kind")), text(expected.get("what")));
    let mut pairs = Vec::new();
    for (name, value) in expected.iter().filter(|(name, _)| *name != "what") {
        let found = match name.as_str() {
            "value" => convert(&inputs, &kind, &what)?,
            THREE_TERMS => three_terms(&inputs)?,
            other => return Err(Unread::Expected(other.to_owned())),
        };
        pairs.push((decimal(value).ok_or_else(|| Unread::BadNumber(name.clone()))?, found));
    }
    Ok(pairs)
}

fn convert(inputs: &Inputs<'_>, kind: &str, what: &str) -> Result<Computed, Unread> {
    let words = || Unread::Words(format!("{kind}; {what}"));
    let said = |unit: &str| if what.starts_with(unit) { Ok(()) } else { Err(words()) };
    Ok(match inputs.names().as_slice() {
        ["apr_percent" | "nominal_percent", "periods_per_year"] => {
            said("APY %").or_else(|_| said("effective %"))?;
            let (nominal, periods) = (inputs.percent(inputs.first())?, inputs.count("periods_per_year")?);
            nominal.and_then(|nominal| percent(effective_from_nominal(nominal, periods)))
        }
        ["apy_percent", "periods_per_year"] => {
            said("APR %").or_else(|_| said("nominal %"))?;
            let (effective, periods) = (inputs.percent("apy_percent")?, inputs.count("periods_per_year")?);
            effective.and_then(|effective| percent(nominal_from_effective(effective, periods)))
        }
        ["effective_percent", "periods_per_year"] => {
            let (effective, periods) = (inputs.percent("effective_percent")?, inputs.count("periods_per_year")?);
            if said("periodic %").is_ok() {
                effective.and_then(|effective| period_rate(effective, periods)).map(in_percent)
            } else {
                said("APR %").or_else(|_| said("nominal %"))?;
                effective.and_then(|effective| percent(nominal_from_effective(effective, periods)))
            }
        }
        ["effective_percent"] => {
            let asked = kind.rsplit_once("-> ").and_then(|(_, asked)| adjective(asked, " rate"));
            let periods = adjective(what, " %").or(asked).ok_or_else(words)?;
            let effective = inputs.percent("effective_percent")?;
            effective.and_then(|effective| period_rate(effective, periods)).map(in_percent)
        }
        ["balance", "effective_percent"] => {
            let periods = adjective(what, " interest").ok_or_else(words)?;
            let (effective, balance) = (inputs.percent("effective_percent")?, inputs.number("balance")?);
            effective.and_then(|effective| of(balance, period_rate(effective, periods)?))
        }
        ["balance", "nominal_percent"] => {
            said("balance")?;
            let (count, periods) = rolled_up(kind).ok_or_else(words)?;
            let (nominal, balance) = (inputs.percent("nominal_percent")?, inputs.number("balance")?);
            nominal.and_then(|nominal| grown(balance, nominal, periods, count))
        }
        ["days", "interest", "principal"] => {
            said("APY %")?;
            let (interest, principal) = inputs.amounts("interest", "principal")?;
            percent(annual_percentage_yield(interest, principal, inputs.count("days")?))
        }
        ["blocks_per_day", "days", "rate_per_block_mantissa"] => {
            said("APY %")?;
            let rate = inputs.whole("rate_per_block_mantissa")?;
            let (blocks, days) = (inputs.count("blocks_per_day")?, inputs.count("days")?);
            percent(compound_v2_apy(rate, blocks.get(), days.get()))
        }
        _ => return Err(Unread::Inputs),
    })
}

/// The same conversion by Aave's approximation of it.
fn three_terms(inputs: &Inputs<'_>) -> Result<Computed, Unread> {
    if inputs.names() != ["apr_percent", "periods_per_year"] {
        return Err(Unread::Expected(THREE_TERMS.to_owned()));
    }
    let (nominal, periods) = (inputs.percent("apr_percent")?, inputs.count("periods_per_year")?);
    Ok(nominal.and_then(|nominal| percent(three_term_effective(nominal, periods))))
}

/// The period whose adjective the words start with, followed by what is asked of it.
fn adjective(words: &str, asked: &str) -> Option<NonZeroU32> {
    let named = |adjective: &str| words.strip_prefix(adjective).is_some_and(|rest| rest.starts_with(asked));
    PERIODS.iter().find(|(_, adjective, _)| named(adjective)).and_then(|(_, _, count)| NonZeroU32::new(*count))
}

/// "200000 rolled up 6 months at 7.5% nominal": how many periods, and how many of them a year has.
fn rolled_up(kind: &str) -> Option<(u32, NonZeroU32)> {
    let (_, rest) = kind.split_once(" rolled up ")?;
    let mut words = rest.split(' ');
    let (count, unit) = (words.next()?.parse().ok()?, words.next()?);
    let nominal = words.next() == Some("at") && words.next()?.ends_with('%') && words.next() == Some("nominal");
    if !nominal || words.next().is_some() {
        return None;
    }
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    let periods = PERIODS.iter().find(|(name, _, _)| *name == unit)?.2;
    Some((count, NonZeroU32::new(periods)?))
}

fn period_rate(effective: Rate, periods: NonZeroU32) -> Computed {
    let period = PeriodicRate::effective_over(effective, periods).map_err(|error| error.to_string())?;
    period.to_decimal().ok_or_else(|| "too large".to_owned())
}

fn grown(balance: Decimal, nominal: Rate, periods: NonZeroU32, count: u32) -> Computed {
    let growth = PeriodicRate::nominal_over(nominal, periods).and_then(|period| period.compounded(count));
    let interest = of(balance, growth.map_err(|error| error.to_string())?.value())?;
    balance.checked_add(interest).ok_or_else(|| "too large".to_owned())
}

fn of(balance: Decimal, fraction: Decimal) -> Computed {
    balance.checked_mul(fraction).ok_or_else(|| "too large".to_owned())
}

fn in_percent(fraction: Decimal) -> Decimal {
    fraction.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(Decimal::MAX)
}

fn percent(rate: Result<Rate, domain::rate::RateError>) -> Computed {
    rate.map(|rate| rate.percent(PLACES)).map_err(|error| error.to_string())
}

struct Inputs<'a>(&'a Map<String, Value>);

impl Inputs<'_> {
    /// In alphabetical order.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn first(&self) -> &str {
        self.names().first().copied().unwrap_or_default()
    }

    fn number(&self, name: &str) -> Result<Decimal, Unread> {
        self.0.get(name).and_then(decimal).ok_or_else(|| Unread::BadNumber(name.to_owned()))
    }

    /// A rate that is given in percent; one that no rate can be is a figure that cannot be found.
    fn percent(&self, name: &str) -> Result<Result<Rate, String>, Unread> {
        let fraction = self.number(name)?.checked_mul(PERCENT).ok_or_else(|| Unread::BadNumber(name.to_owned()))?;
        Ok(Rate::try_new(fraction).map_err(|error| error.to_string()))
    }

    fn whole(&self, name: &str) -> Result<U256, Unread> {
        let whole = Some(self.number(name)?).filter(Decimal::is_integer).and_then(|number| number.to_u128());
        whole.map(U256::from).ok_or_else(|| Unread::BadNumber(name.to_owned()))
    }

    fn count(&self, name: &str) -> Result<NonZeroU32, Unread> {
        let count = u32::try_from(self.whole(name)?).ok().and_then(NonZeroU32::new);
        count.ok_or_else(|| Unread::BadNumber(name.to_owned()))
    }

    /// Two amounts as integers of the same unit.
    fn amounts(&self, first: &str, second: &str) -> Result<(U256, U256), Unread> {
        let scale = self.number(first)?.scale().max(self.number(second)?.scale());
        let units = |name: &str| {
            let mut amount = self.number(name)?;
            amount.rescale(scale);
            let mantissa = u128::try_from(amount.mantissa()).ok().filter(|_| amount.scale() == scale);
            mantissa.map(U256::from).ok_or_else(|| Unread::BadNumber(name.to_owned()))
        };
        Ok((units(first)?, units(second)?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn vector(kind: &str, inputs: &Value, value: f64, what: &str) -> Value {
        json!({"kind": kind, "inputs": inputs, "expected": {"value": value, "what": what}, "tolerance": 0.005})
    }

    fn reason(vector: &Value) -> String {
        match judge(vector) {
            Verdict::NotApplicable(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_conversion_is_told_by_its_inputs_and_held_to_its_tolerance() {
        let balance = |percent: f64| json!({"effective_percent": percent, "balance": 30_000});
        let rolled = json!({"nominal_percent": 7.5, "balance": 200_000});
        let of_effective = json!({"effective_percent": 7.5, "periods_per_year": 12});
        let cases = [
            vector("Reg DD", &json!({"principal": 1000.0, "interest": 30.37, "days": 182}), 6.18, "APY %"),
            vector("effective to monthly", &json!({"effective_percent": 7.5}), 0.604, "monthly %; printed 0.604"),
            vector("x", &json!({"effective_percent": 7.5}), 1.8245, "quarterly %"),
            vector("effective 7.5% -> daily rate", &json!({"effective_percent": 7.5}), 0.0198, "%"),
            vector("interest on 30000", &balance(7.0), 169.62, "monthly interest"),
            vector("same", &balance(7.0), 39.06, "weekly interest"),
            vector("200000 rolled up 6 months at 7.5% nominal", &rolled, 207_618.17, "balance"),
            vector("200000 rolled up 1 quarter at 7.5% nominal", &rolled, 203_750.0, "balance"),
            vector("x", &json!({"apy_percent": 6.0, "periods_per_year": 2_254_153}), 5.8269, "APR %"),
            vector("x", &json!({"apr_percent": 5, "periods_per_year": 31_536_000}), 5.1271, "APY %"),
            vector("x", &json!({"nominal_percent": 12, "periods_per_year": 12}), 12.6825, "effective %"),
            vector("x", &of_effective, 7.2539, "nominal %"),
            vector("x", &of_effective, 0.6045, "periodic %"),
            vector(
                "x",
                &json!({"rate_per_block_mantissa": 1_000_000_000_000_000u64, "blocks_per_day": 100, "days": 2.0}),
                21.0,
                "APY %",
            ),
        ];
        for case in cases {
            assert_eq!(judge(&case), Verdict::Passed, "{case}");
            let mut off = case.clone();
            off["expected"]["value"] = json!(case["expected"]["value"].as_f64().unwrap() + 0.02);
            assert!(matches!(judge(&off), Verdict::Failed { .. }), "{off}");
        }
    }

    #[test]
    fn aaves_approximation_is_checked_beside_the_rate_itself() {
        let vector = |terms: f64| {
            json!({"kind": "APR -> APY", "inputs": {"apr_percent": 40.0, "periods_per_year": 31_536_000}, "tolerance": 1e-7,
                "expected": {"value": 49.182469386, "what": "APY %", "aave_three_term_binomial_percent": terms}})
        };
        assert_eq!(judge(&vector(49.066666312)), Verdict::Passed);
        let expected = "49.066667 ± 0.0000001".to_owned();
        let found = "49.066666311516998594".to_owned();
        assert_eq!(judge(&vector(49.066667)), Verdict::Failed { expected, found });
        let mut other = vector(1.0);
        other["inputs"] = json!({"apy_percent": 1, "periods_per_year": 12});
        other["expected"]["what"] = json!("APR %");
        assert!(reason(&other).contains("expects aave_three_term_binomial_percent"));
    }

    #[test]
    fn a_figure_without_a_tolerance_is_held_to_a_millionth() {
        let case = |value: f64| json!({"inputs": {"apr_percent": 12, "periods_per_year": 12}, "expected": {"value": value, "what": "APY %"}});
        assert_eq!(judge(&case(12.682504)), Verdict::Passed);
        assert!(matches!(judge(&case(12.682505)), Verdict::Failed { .. }));
    }

    #[test]
    fn words_and_inputs_that_are_not_known_are_not_guessed_at() {
        let inputs = "expects a value of inputs that are not those of a conversion";
        assert_eq!(reason(&vector("auc", &json!({"y": [0, 1]}), 1.0, "auc")), inputs);
        assert_eq!(reason(&json!({"expected": {"value": 1}})), inputs);
        let two = json!({"effective_percent": 7.5, "balance": 1, "term": 3});
        assert_eq!(reason(&vector("x", &two, 1.0, "monthly interest")), inputs);
        let effective = json!({"effective_percent": 7.5});
        let rolled = json!({"nominal_percent": 7.5, "balance": 200_000});
        let unknown = [
            vector("x", &effective, 1.0, "lunar %"),
            vector("x", &effective, 1.0, "monthly"),
            vector("x", &json!({"effective_percent": 7.5, "periods_per_year": 12}), 1.0, "yield"),
            vector("x", &json!({"apr_percent": 7.5, "periods_per_year": 12}), 1.0, "discount %"),
            vector("200000 rolled up 6 moons at 7.5% nominal", &rolled, 1.0, "balance"),
            vector("200000 rolled up 6 months at 7.5% effective", &rolled, 1.0, "balance"),
            vector("200000 rolled up 6 months at 7.5% nominal daily", &rolled, 1.0, "balance"),
        ];
        for vector in unknown {
            assert!(reason(&vector).starts_with("says what is to be computed in words"), "{vector}");
        }
        let half = json!({"apr_percent": 7.5, "periods_per_year": 12.5});
        assert_eq!(reason(&vector("x", &half, 1.0, "APY %")), "periods_per_year is not a number that is understood");
        let mut more = vector("x", &effective, 0.604, "monthly %");
        more["expected"]["yearly"] = json!(1);
        assert_eq!(reason(&more), "expects yearly, which is not computed from these inputs");
    }

    #[test]
    fn a_rate_that_cannot_be_is_a_failure_with_its_reason() {
        let lost = vector("x", &json!({"apr_percent": -100, "periods_per_year": 12}), 1.0, "APY %");
        let Verdict::Failed { found, .. } = judge(&lost) else { panic!("{lost}") };
        assert!(found.starts_with("none (a yearly rate lies above -1"), "{found}");
    }
}
