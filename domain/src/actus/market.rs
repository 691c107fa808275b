//! What is observed outside the contract: indices and rates, and what the parties did of their own accord.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use super::ActusError;

/// Observed data. A value stands from its time until the next one of its series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Market {
    series: BTreeMap<String, Vec<(DateTime, Decimal)>>,
    prepayments: Vec<(DateTime, Decimal)>,
    analyses: Vec<DateTime>,
}

impl Market {
    /// Adds the values of a series, in any order; of two at one time the one that is listed later stands.
    #[must_use]
    pub fn with_series(
        mut self,
        code: impl Into<String>,
        values: impl IntoIterator<Item = (DateTime, Decimal)>,
    ) -> Self {
        let series = self.series.entry(code.into()).or_default();
        series.extend(values);
        series.sort_by_key(|(at, _)| *at);
        self
    }

    /// Adds a repayment ahead of the schedule: an amount above zero, in units of the contract's currency.
    #[must_use]
    pub fn with_prepayment(mut self, at: DateTime, amount: Decimal) -> Self {
        self.prepayments.push((at, amount));
        self
    }

    /// Adds a time at which the state of the contract is listed.
    #[must_use]
    pub fn with_analysis(mut self, at: DateTime) -> Self {
        self.analyses.push(at);
        self
    }

    pub(super) fn prepayments(&self) -> &[(DateTime, Decimal)] {
        &self.prepayments
    }

    pub(super) fn analyses(&self) -> &[DateTime] {
        &self.analyses
    }

    /// The value that stands at a time.
    ///
    /// # Errors
    /// [`ActusError::Unobserved`] before the first one: a value is never made up.
    pub(super) fn value(&self, code: &str, at: DateTime) -> Result<Decimal, ActusError> {
        let series = self.series.get(code).map_or(&[][..], Vec::as_slice);
        let seen = series.partition_point(|(time, _)| *time <= at);
        let last = seen.checked_sub(1).and_then(|index| series.get(index));
        last.map(|(_, value)| *value).ok_or_else(|| ActusError::Unobserved { code: code.to_owned(), at })
    }
}
