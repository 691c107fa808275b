//! Fields of a vector as the types of schedules.

use domain::apr::AprError;
use domain::rate::{Rate, RateError};
use domain::schedule::ScheduleError;
use domain::schedule::plan::PlanError;
use domain::{Decimal, U256};
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use crate::calc::check::verdict::decimal;

/// Why a vector is not computed, or that its terms make no schedule.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error("a schedule whose {0} is not given or not understood")]
    Field(&'static str),
    #[error("a schedule {0}")]
    Lacking(&'static str),
    #[error("a schedule with {what} `{value}`")]
    Unknown { what: &'static str, value: String },
    #[error("a schedule with terms that are not offered ({0})")]
    NotOffered(PlanError),
    #[error(transparent)]
    Impossible(PlanError),
}

impl From<PlanError> for Unread {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::NotTogether { .. } => Self::NotOffered(error),
            error => Self::Impossible(error),
        }
    }
}

impl From<ScheduleError> for Unread {
    fn from(error: ScheduleError) -> Self {
        Self::Impossible(error.into())
    }
}

impl From<RateError> for Unread {
    fn from(error: RateError) -> Self {
        Self::Impossible(error.into())
    }
}

impl From<AprError> for Unread {
    fn from(_: AprError) -> Self {
        Self::Lacking("whose flows have no rate")
    }
}

/// A field that is not known may be a term that changes every row: such a vector is not guessed at.
pub(super) fn known_only(fields: &Value, known: &[&str]) -> Result<(), Unread> {
    let names = fields.as_object().into_iter().flat_map(|fields| fields.keys());
    let unknown = names.filter(|name| !known.contains(&name.as_str())).min();
    unknown.map_or(Ok(()), |name| Err(Unread::Unknown { what: "input", value: name.clone() }))
}

pub(super) fn number(fields: &Value, name: &'static str) -> Result<Decimal, Unread> {
    fields.get(name).and_then(decimal).ok_or(Unread::Field(name))
}

/// A whole number, also where it is written with a point.
pub(super) fn count(fields: &Value, name: &'static str) -> Result<u32, Unread> {
    number(fields, name)?.normalize().to_u32().ok_or(Unread::Field(name))
}

pub(super) fn text<'a>(fields: &'a Value, name: &'static str) -> Result<&'a str, Unread> {
    fields.get(name).and_then(Value::as_str).ok_or(Unread::Field(name))
}

pub(super) fn date(fields: &Value, name: &'static str) -> Result<Date, Unread> {
    text(fields, name)?.parse().map_err(|_| Unread::Field(name))
}

pub(super) fn list<'a>(fields: &'a Value, name: &'static str) -> Result<&'a [Value], Unread> {
    fields.get(name).and_then(Value::as_array).map(Vec::as_slice).ok_or(Unread::Field(name))
}

/// A list that may be absent.
pub(super) fn rows<'a>(fields: &'a Value, name: &str) -> &'a [Value] {
    fields.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn percent(value: Decimal) -> Result<Rate, Unread> {
    let fraction = value.checked_div(Decimal::ONE_HUNDRED).ok_or(Unread::Field("rate"))?;
    Ok(Rate::try_new(fraction)?)
}

/// Units of 10^-places.
pub(super) fn units(amount: Decimal, places: u32, name: &'static str) -> Result<U256, Unread> {
    let scale = Decimal::from_i128_with_scale(10_i128.checked_pow(places).ok_or(Unread::Field(name))?, 0);
    let scaled = amount.checked_mul(scale).map(|scaled| scaled.normalize()).filter(|scaled| scaled.scale() == 0);
    let mantissa = scaled.and_then(|scaled| u128::try_from(scaled.mantissa()).ok());
    mantissa.map(U256::from).ok_or(Unread::Field(name))
}

pub(super) fn cents(amount: Decimal, name: &'static str) -> Result<U256, Unread> {
    units(amount, 2, name)
}
