//! Annual percentage rates: the flows in any of the forms of such files, and the rate that is expected.

use domain::U256;
use domain::apr::eu_ccd::{self, YearFlow};
use domain::apr::us_reg_z::{self, UnitPeriodFlow};
use domain::apr::{AprError, DatedFlow, MAX_FLOWS};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value};

use super::verdict::{Verdict, decimal};

/// Why a vector is not one that is computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Unread {
    #[error("expects no annual percentage rate")]
    NoApr,
    #[error("has no advances and payments")]
    NoFlows,
    #[error("a flow has no time that is understood (t and f, years, days or date)")]
    NoTime,
    #[error("a flow's amount or time is not a number that is understood")]
    BadNumber,
    #[error("counts unit-periods without saying how many make a year")]
    NoUnitPeriods,
    #[error("expands to more than {MAX_FLOWS} flows")]
    TooManyFlows,
}

/// Solves the equation of the vector's flows.
pub(super) fn judge(vector: &Value) -> Verdict {
    let inputs = vector.get("inputs").unwrap_or(&Value::Null);
    let method = vector.get("method").and_then(Value::as_str);
    let read = expected(vector.get("expected").unwrap_or(&Value::Null));
    let (expected, found) = match read.and_then(|expected| Ok((expected, compute(method, inputs)?))) {
        Ok(both) => both,
        Err(reason) => return Verdict::NotApplicable(reason.to_string()),
    };
    let agrees =
        |percent: &Decimal| percent.checked_sub(expected.percent).is_some_and(|off| off.abs() <= expected.tolerance);
    if found.as_ref().is_ok_and(agrees) {
        return Verdict::Passed;
    }
    Verdict::Failed {
        expected: format!("{} % ± {}", expected.percent, expected.tolerance.normalize()),
        found: found.map_or_else(|error| format!("no rate ({error})"), |percent| format!("{percent} %")),
    }
}

/// The figure to meet, in percent, and by how many percentage points it may be missed.
#[derive(Debug, Clone, Copy)]
struct Expected {
    percent: Decimal,
    tolerance: Decimal,
}

/// Half a unit of the last of `decimals` places stands in for a tolerance that is not given.
fn expected(expected: &Value) -> Result<Expected, Unread> {
    let number = |name: &str| expected.get(name).and_then(decimal);
    let percent = number("apr_percent").ok_or(Unread::NoApr)?;
    let places = number("decimals").and_then(|places| places.to_u32()).unwrap_or(2).min(20);
    let tolerance = number("tolerance").unwrap_or_else(|| Decimal::new(5, places.saturating_add(1)));
    Ok(Expected { percent, tolerance })
}

/// The rate of the vector's flows in percent with 6 places, or why its equation has none.
fn compute(method: Option<&str>, inputs: &Value) -> Result<Result<Decimal, AprError>, Unread> {
    let side = |name: &str| inputs.get(name).and_then(Value::as_array).ok_or(Unread::NoFlows);
    let (advances, payments) = (series(side("advances")?)?, series(side("payments")?)?);
    let scale = advances.iter().chain(&payments).map(|flow| flow.amount.scale()).max().unwrap_or(0);
    let has = |name: &str| advances.iter().chain(&payments).all(|flow| flow.fields.contains_key(name));
    let apr = if has("t") {
        let per_year = inputs.get("unit_periods_per_year").and_then(decimal).ok_or(Unread::NoUnitPeriods)?;
        let counted = |flows: &[Flow<'_>]| flows.iter().map(|flow| flow.counted(scale)).collect::<Result<Vec<_>, _>>();
        us_reg_z::from_times(&counted(&advances)?, &counted(&payments)?, per_year).map(|found| found.apr)
    } else if has("years") {
        let drawn = advances.iter().map(|flow| flow.in_years(scale)).collect::<Result<Vec<_>, _>>()?;
        let paid = match days_as_years(inputs, payments.len()) {
            Some(years) => {
                let both = payments.iter().zip(years);
                both.map(|(flow, years)| Ok(YearFlow { amount: flow.units(scale)?, years })).collect()
            }
            None => payments.iter().map(|flow| flow.in_years(scale)).collect::<Result<Vec<_>, _>>(),
        };
        eu_ccd::from_times(&drawn, &paid?).map(|found| found.apr)
    } else if has("date") {
        let dated = |flows: &[Flow<'_>]| flows.iter().map(|flow| flow.dated(scale)).collect::<Result<Vec<_>, _>>();
        let (advances, payments) = (dated(&advances)?, dated(&payments)?);
        if method.is_some_and(|name| name.starts_with("us_")) {
            us_reg_z::from_dates(&advances, &payments).map(|found| found.apr)
        } else {
            eu_ccd::from_dates(&advances, &payments).map(|found| found.apr)
        }
    } else {
        return Err(Unread::NoTime);
    };
    Ok(apr.map(|rate| rate.percent(6)))
}

/// One flow of an expanded level series: `index` steps after the one that is written.
struct Flow<'a> {
    fields: &'a Map<String, Value>,
    amount: Decimal,
    index: u32,
}

/// Writes out every `count`.
fn series(flows: &[Value]) -> Result<Vec<Flow<'_>>, Unread> {
    let mut expanded = Vec::new();
    for flow in flows {
        let fields = flow.as_object().ok_or(Unread::NoFlows)?;
        let amount = fields.get("amount").and_then(decimal).ok_or(Unread::BadNumber)?;
        let count = fields.get("count").map_or(Some(1), Value::as_u64).ok_or(Unread::BadNumber)?;
        let count = u32::try_from(count).ok().filter(|count| usize::try_from(*count).is_ok_and(|n| n <= MAX_FLOWS));
        expanded.extend((0..count.ok_or(Unread::TooManyFlows)?).map(|index| Flow { fields, amount, index }));
        if expanded.len() > MAX_FLOWS {
            return Err(Unread::TooManyFlows);
        }
    }
    Ok(expanded)
}

impl Flow<'_> {
    /// The amount as an integer of 10^-scale.
    fn units(&self, scale: u32) -> Result<U256, Unread> {
        let mut amount = self.amount;
        amount.rescale(scale);
        let mantissa = u128::try_from(amount.mantissa()).map_err(|_| Unread::BadNumber)?;
        if amount.scale() == scale { Ok(U256::from(mantissa)) } else { Err(Unread::BadNumber) }
    }

    fn real(&self, name: &str, default: f64) -> Result<f64, Unread> {
        self.fields.get(name).map_or(Some(default), Value::as_f64).ok_or(Unread::BadNumber)
    }

    fn counted(&self, scale: u32) -> Result<UnitPeriodFlow, Unread> {
        let whole = |name: &str, default: u64| self.fields.get(name).map_or(Some(default), Value::as_u64);
        let (first, every) = whole("t", 0).zip(whole("every", 1)).ok_or(Unread::BadNumber)?;
        let at = every.checked_mul(u64::from(self.index)).and_then(|steps| steps.checked_add(first));
        let whole = at.and_then(|at| u32::try_from(at).ok()).ok_or(Unread::BadNumber)?;
        Ok(UnitPeriodFlow { amount: self.units(scale)?, whole, fraction: self.real("f", 0.0)? })
    }

    fn in_years(&self, scale: u32) -> Result<YearFlow, Unread> {
        let years = self.real("years", 0.0)? + self.real("every_years", 0.0)? * f64::from(self.index);
        Ok(YearFlow { amount: self.units(scale)?, years })
    }

    fn dated(&self, scale: u32) -> Result<DatedFlow, Unread> {
        let text = self.fields.get("date").and_then(Value::as_str).ok_or(Unread::BadNumber)?;
        // A series of dates would need its step; none of the forms of these files names one.
        if self.index > 0 {
            return Err(Unread::NoTime);
        }
        Ok(DatedFlow { on: text.parse().map_err(|_| Unread::BadNumber)?, amount: self.units(scale)? })
    }
}

/// Days over their own basis say the time of each payment more exactly than the decimals written beside them.
fn days_as_years(inputs: &Value, payments: usize) -> Option<Vec<f64>> {
    let basis = inputs.get("day_basis").and_then(Value::as_f64).filter(|basis| *basis > 0.0)?;
    let days = inputs.get("days").and_then(Value::as_array).filter(|days| days.len() == payments)?;
    days.iter().map(|days| days.as_f64().map(|days| days / basis)).collect()
}
