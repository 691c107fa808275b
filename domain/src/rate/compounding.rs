//! How often interest joins the balance, and what a nominal rate grows to in a year.

use serde::{Deserialize, Serialize};

use super::{Fixed, Rate, RateError};

/// The compounding that a nominal yearly rate is quoted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compounding {
    Annual,
    SemiAnnual,
    Quarterly,
    Monthly,
    Fortnightly,
    Weekly,
    /// Every day of a year of 365 days.
    Daily365,
    Continuous,
}

impl Compounding {
    /// Compounding periods in a year; `None` when it is continuous.
    #[must_use]
    pub fn periods_per_year(self) -> Option<u32> {
        match self {
            Self::Annual => Some(1),
            Self::SemiAnnual => Some(2),
            Self::Quarterly => Some(4),
            Self::Monthly => Some(12),
            Self::Fortnightly => Some(26),
            Self::Weekly => Some(52),
            Self::Daily365 => Some(365),
            Self::Continuous => None,
        }
    }
}

/// What one unit grows to in `1 / parts` of a year at a nominal rate: (1 + r/c)^(c/parts), or e^(r/parts).
pub(super) fn growth(nominal: Rate, compounding: Compounding, parts: u32) -> Result<Fixed, RateError> {
    let fraction = nominal.value();
    let overflow = || RateError::Overflow(fraction);
    let Some(periods) = compounding.periods_per_year() else {
        return Fixed::exp(fraction, parts).ok_or_else(overflow);
    };
    let common = u32::try_from(gcd(u64::from(periods), u64::from(parts))).unwrap_or(1);
    let per_period = Fixed::one_plus(fraction, periods).ok_or_else(overflow)?;
    let (power, root) = (periods.checked_div(common), parts.checked_div(common));
    power
        .and_then(|power| per_period.pow(power))
        .zip(root)
        .and_then(|(grown, root)| grown.root(root))
        .ok_or_else(overflow)
}

pub(super) fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a.checked_rem(b).unwrap_or(0)) }
}
