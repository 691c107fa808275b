//! Act/Act ICMA: days over the days of the notional coupon period that they lie in, times the coupons of a year.

use jiff::civil::Date;

use crate::period::{Anchor, months_apart, months_before, months_past};

use super::{DayCountError, YearFraction, actual};

/// One regular coupon period, and how many make a year. Notional periods before and after it have its length in months
/// and stand on the day of the month that both of its ends stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferencePeriod {
    start: Date,
    end: Date,
    per_year: u32,
    anchor: Anchor,
}

impl ReferencePeriod {
    /// # Errors
    /// [`DayCountError::Frequency`] unless `per_year` is 1, 2, 3, 4, 6 or 12, [`DayCountError::OutOfOrder`] unless the
    /// start is the earlier date.
    pub fn try_new(start: Date, end: Date, per_year: u32) -> Result<Self, DayCountError> {
        if !matches!(per_year, 1 | 2 | 3 | 4 | 6 | 12) {
            return Err(DayCountError::Frequency(per_year));
        }
        if start >= end {
            return Err(DayCountError::OutOfOrder { start, end });
        }
        Ok(Self { start, end, per_year, anchor: Anchor::of(&[start, end]) })
    }

    /// With the frequency that the length tells: the nearest whole number of months that divides a year.
    ///
    /// # Errors
    /// [`DayCountError::Irregular`] when the nearest number of months does not divide a year.
    pub fn from_dates(start: Date, end: Date) -> Result<Self, DayCountError> {
        let irregular = || DayCountError::Irregular { start, end };
        // days * 12 / 365 to the nearest integer.
        let months = actual::days(start, end).and_then(|days| days.checked_mul(24)?.checked_add(365));
        let months = months.map(|twice| twice / 730).ok_or_else(irregular)?;
        let per_year = 12u32.checked_div(months).filter(|per_year| per_year.checked_mul(months) == Some(12));
        Self::try_new(start, end, per_year.ok_or_else(irregular)?)
    }

    #[must_use]
    pub fn start(&self) -> Date {
        self.start
    }

    #[must_use]
    pub fn end(&self) -> Date {
        self.end
    }

    /// Coupons of a year.
    #[must_use]
    pub fn per_year(&self) -> u32 {
        self.per_year
    }

    /// ICMA rule 251.1(iii) and 251.3: the sum over the notional periods. Each whole one is 1 / frequency, so the sum is
    /// the difference of two places on a line on which each notional period is one long.
    pub(super) fn fraction(&self, start: Date, end: Date) -> Option<YearFraction> {
        let (first, second) = (self.place(start)?, self.place(end)?);
        let whole = YearFraction::from(u32::try_from(second.period.checked_sub(first.period)?).ok()?);
        let periods = whole.checked_add(second.within)?.checked_sub(first.within)?;
        periods.checked_mul(YearFraction::try_new(1, u128::from(self.per_year)).ok()?)
    }

    fn place(&self, date: Date) -> Option<Place> {
        let months = 12u32.checked_div(self.per_year)?;
        if date < self.start {
            let apart = months_apart(date, self.start)?;
            let mut back = apart.div_ceil(months);
            let mut from = months_before(self.start, back.checked_mul(months)?, self.anchor)?;
            if from > date {
                back = back.checked_add(1)?;
                from = months_before(self.start, back.checked_mul(months)?, self.anchor)?;
            }
            let to = months_before(self.start, back.checked_sub(1)?.checked_mul(months)?, self.anchor)?;
            return Place::new(i64::from(back).checked_neg()?, from, to, date);
        }
        if date < self.end {
            return Place::new(0, self.start, self.end, date);
        }
        let mut ahead = months_apart(self.end, date)?.checked_div(months)?;
        let mut from = months_past(self.end, ahead.checked_mul(months)?, self.anchor)?;
        if from > date {
            ahead = ahead.checked_sub(1)?;
            from = months_past(self.end, ahead.checked_mul(months)?, self.anchor)?;
        }
        let to = months_past(self.end, ahead.checked_add(1)?.checked_mul(months)?, self.anchor)?;
        Place::new(i64::from(ahead).checked_add(1)?, from, to, date)
    }
}

/// Where a date lies: in which notional period, 0 being the reference period, and how far into it.
struct Place {
    period: i64,
    within: YearFraction,
}

impl Place {
    fn new(period: i64, from: Date, to: Date, date: Date) -> Option<Self> {
        let (passed, all) = (actual::days(from, date)?, actual::days(from, to)?);
        Some(Self { period, within: YearFraction::try_new(u128::from(passed), u128::from(all)).ok()? })
    }
}
