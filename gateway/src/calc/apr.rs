//! The annual percentage rate of dated flows.

use adapters::protocol::wire::Payment;
use domain::U256;
use domain::apr::{DatedFlow, MAX_FLOWS, UnitPeriod, eu_ccd, us_reg_z};
use domain::asset::{Asset, AssetRegistry};
use domain::money::Money;
use domain::normalise::AprMethod;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{FieldError, Problem};

/// What the borrower receives and pays, and when.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AprInput {
    pub method: AprMethod,
    /// ISO 4217 code or CAIP-19 id that all amounts are in.
    #[schema(example = "USD", min_length = 3, max_length = 200)]
    pub asset: String,
    #[schema(min_items = 1, max_items = 2500)]
    pub advances: Vec<Payment>,
    #[schema(min_items = 1, max_items = 2500)]
    pub payments: Vec<Payment>,
}

/// The rate, and how the law counts its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AprView {
    pub method: AprMethod,
    /// Decimal fraction, to 12 places.
    #[schema(example = "0.1283")]
    pub apr: String,
    /// In percent, with the decimals that the law shows.
    #[schema(example = "12.83")]
    pub shown_percent: String,
    pub effective_annual_rate: Option<String>,
    /// Regulation Z only: the unit-period found in the dates, in words.
    pub unit_period: Option<String>,
    pub unit_periods_per_year: Option<String>,
}

/// Decimals in percent: two in the United States, one in Europe (Annex I, remark (d)).
const US_PLACES: u32 = 2;
const EU_PLACES: u32 = 1;

/// # Errors
/// A problem that names the field, or says why no rate exists.
pub fn apr(input: &AprInput, registry: &AssetRegistry) -> Result<AprView, Problem> {
    let one = |error: FieldError| Problem::invalid(vec![error]);
    let asset = registry.resolve(&input.asset).map_err(|e| one(FieldError::new("/asset", "known_asset", e)))?;
    let advances = flows("/advances", &input.advances, &asset)?;
    let payments = flows("/payments", &input.payments, &asset)?;
    let unsolved = |error: domain::apr::AprError| one(FieldError::new("/payments", "apr_exists", error));
    match input.method {
        AprMethod::UsRegZ => {
            let found = us_reg_z::from_dates(&advances, &payments).map_err(unsolved)?;
            Ok(AprView {
                method: input.method,
                apr: found.apr.to_string(),
                shown_percent: found.apr.percent(US_PLACES).to_string(),
                effective_annual_rate: found.effective_annual_rate.map(|rate| rate.to_string()),
                unit_period: found.unit_period.map(in_words),
                unit_periods_per_year: Some(found.unit_periods_per_year.normalize().to_string()),
            })
        }
        AprMethod::EuCcd => {
            let found = eu_ccd::from_dates(&advances, &payments).map_err(unsolved)?;
            Ok(AprView {
                method: input.method,
                apr: found.apr.to_string(),
                shown_percent: found.apr.percent(EU_PLACES).to_string(),
                effective_annual_rate: Some(found.apr.to_string()),
                unit_period: None,
                unit_periods_per_year: None,
            })
        }
    }
}

fn in_words(unit: UnitPeriod) -> String {
    let plural = |count: u32, unit: &str| if count == 1 { unit.to_owned() } else { format!("{count} {unit}s") };
    match unit {
        UnitPeriod::Days(count) => plural(count, "day"),
        UnitPeriod::Weeks(count) => plural(count, "week"),
        UnitPeriod::Semimonth => "semimonth".to_owned(),
        UnitPeriod::Months(count) => plural(count, "month"),
        UnitPeriod::Year => "year".to_owned(),
    }
}

fn flows(pointer: &str, given: &[Payment], asset: &Asset) -> Result<Vec<DatedFlow>, Problem> {
    let invalid = |error| Problem::invalid(vec![error]);
    if given.is_empty() || given.len() > MAX_FLOWS / 2 {
        let detail = format!("1 to {} flows are taken", MAX_FLOWS / 2);
        return Err(invalid(FieldError::new(pointer, "count", detail)));
    }
    let read = |(i, flow): (usize, &Payment)| {
        let at = || format!("{pointer}/{i}/amount");
        let money = Money::parse(&flow.amount, asset)
            .map_err(|error| invalid(FieldError::new(at(), "decimal_amount", error)))?;
        if money.units() == U256::ZERO {
            return Err(invalid(FieldError::new(at(), "positive", "the amount must be more than zero")));
        }
        Ok(DatedFlow { on: flow.due, amount: money.units() })
    };
    given.iter().enumerate().map(read).collect()
}
