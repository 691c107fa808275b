//! The unit-period of a transaction and the number of unit-periods between two dates: Regulation Z Appendix J (b)(3)
//! to (b)(5), followed to the letter. Where the letter is silent: a period that occurs most often but is no standard
//! interval (every 10 days) is counted in unit-periods of a day, which have no fractions; a period that can be read
//! in two ways (1 February to 1 March: a month, four weeks) counts as both, and the rest of the schedule decides.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::period::{Anchor, days_between, months_and_days, months_before, whole_months};

use super::AprError;

/// Days between two dates of the same half month, such as the 1st and the 16th, in any month.
const SEMIMONTH_DAYS: std::ops::RangeInclusive<i64> = 13..=18;

/// The interval that a transaction's time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitPeriod {
    /// One day, or the days of the whole term where that is the unit-period.
    Days(u32),
    Weeks(u32),
    Semimonth,
    /// Up to 11.
    Months(u32),
    Year,
}

impl UnitPeriod {
    /// Unit-periods in a year as a ratio: 365 days, 52 weeks, 24 semimonths or 12 months over the multiple.
    fn ratio(self) -> (u32, u32) {
        match self {
            Self::Days(count) => (365, count),
            Self::Weeks(count) => (52, count),
            Self::Semimonth => (24, 1),
            Self::Months(count) => (12, count),
            Self::Year => (1, 1),
        }
    }

    /// Unit-periods in a year: 12 for a month, 365/255 for a term of 255 days. Rounded to 28 digits.
    #[must_use]
    pub fn per_year(self) -> Decimal {
        let (numerator, denominator) = self.ratio();
        if denominator == 1 {
            return Decimal::from(numerator);
        }
        Decimal::from(numerator).checked_div(Decimal::from(denominator)).unwrap_or(Decimal::ONE)
    }

    pub(super) fn per_year_f64(self) -> f64 {
        let (numerator, denominator) = self.ratio();
        f64::from(numerator) / f64::from(denominator.max(1))
    }

    /// Length in days where periods are put in order: a month counts 30.
    fn days(self) -> u32 {
        match self {
            Self::Days(count) => count,
            Self::Weeks(count) => count.saturating_mul(7),
            Self::Semimonth => 15,
            Self::Months(count) => count.saturating_mul(30),
            Self::Year => 365,
        }
    }

    /// Appendix J (b)(4): no unit-period is longer than a year, and one of twelve months is the year. Days that are no
    /// standard interval are counted one by one.
    fn standard(self) -> Self {
        match self {
            Self::Days(count) if count > 365 => Self::Year,
            Self::Days(_) => Self::Days(1),
            Self::Weeks(count) if count > 52 => Self::Year,
            Self::Months(count) if count > 11 => Self::Year,
            other => other,
        }
    }

    /// Appendix J (b)(5): whole unit-periods between two dates and the part of one that is left. `to` alone tells on
    /// which day its months stand: 28 February of a common year is a month's end. `None` when `to` is the earlier date,
    /// or a count of days or weeks is none.
    #[must_use]
    pub fn count_between(self, from: Date, to: Date) -> Option<UnitPeriodCount> {
        self.count(from, to, Anchor::of(&[to]))
    }

    /// As [`UnitPeriod::count_between`], with the fraction as a number. `anchor` is that of the series that `to` belongs
    /// to.
    pub(super) fn between(self, from: Date, to: Date, anchor: Anchor) -> Option<(u32, f64)> {
        let count = self.count(from, to, anchor)?;
        Some((count.whole, f64::from(count.odd) / f64::from(count.of)))
    }

    fn count(self, from: Date, to: Date, anchor: Anchor) -> Option<UnitPeriodCount> {
        match self {
            Self::Days(count) => divide(days_of(from, to)?, count),
            Self::Weeks(count) => divide(days_of(from, to)?, count.checked_mul(7)?),
            Self::Semimonth => divide(months_as_days(from, to, anchor)?, 15),
            Self::Months(1) => {
                let (whole, odd) = months_and_days(from, to, anchor)?;
                Some(UnitPeriodCount { whole, odd, of: 30 })
            }
            Self::Months(count) => divide(months_as_days(from, to, anchor)?, count.checked_mul(30)?),
            Self::Year => {
                let (months, days) = months_and_days(from, to, anchor)?;
                let (whole, odd) = (months.checked_div(12)?, months.checked_rem(12)?);
                if days == 0 && odd > 0 {
                    return Some(UnitPeriodCount { whole, odd, of: 12 });
                }
                let start = months_before(to, whole.checked_mul(12)?, anchor)?;
                Some(UnitPeriodCount { whole, odd: days_of(from, start)?, of: 365 })
            }
        }
    }
}

/// Whole unit-periods, and `odd / of` of one more: odd days over the days that a unit-period counts (30 a month, 15 a
/// semimonth, 7 a week, 365 a year), or odd months over the 12 of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitPeriodCount {
    pub whole: u32,
    pub odd: u32,
    pub of: u32,
}

fn days_of(from: Date, to: Date) -> Option<u32> {
    u32::try_from(days_between(from, to)).ok()
}

fn months_as_days(from: Date, to: Date, anchor: Anchor) -> Option<u32> {
    let (months, days) = months_and_days(from, to, anchor)?;
    months.checked_mul(30)?.checked_add(days)
}

fn divide(days: u32, unit: u32) -> Option<UnitPeriodCount> {
    Some(UnitPeriodCount { whole: days.checked_div(unit)?, odd: days.checked_rem(unit)?, of: unit })
}

/// Appendix J (b)(4): the unit-period of advances and payments on these dates (sorted, each once). Payments on the
/// day of the first advance are prepaid charges and make no period, unless they are the only ones.
pub(super) fn unit_period(advances: &[Date], payments: &[Date]) -> Result<UnitPeriod, AprError> {
    let first_advance = *advances.first().ok_or(AprError::NoAdvance)?;
    let later: Cow<'_, [Date]> = if payments.contains(&first_advance) {
        payments.iter().copied().filter(|date| *date != first_advance).collect()
    } else {
        Cow::Borrowed(payments)
    };
    let Some(first_payment) = later.first().copied() else {
        return if advances.len() > 1 { most_common(advances, &[]) } else { Err(AprError::NoTerm) };
    };
    if advances.len() == 1 && later.len() == 1 {
        return Ok(term(first_advance.min(first_payment), first_advance.max(first_payment)));
    }
    most_common(advances, &later)
}

/// A single advance and a single payment: the term, in whole months or in days, up to a year.
fn term(from: Date, to: Date) -> UnitPeriod {
    let (months, days) = months_and_days(from, to, Anchor::of(&[to])).unwrap_or_default();
    match (months, days) {
        (1..=11, 0) => UnitPeriod::Months(months),
        (0..=11, _) => UnitPeriod::Days(days_of(from, to).unwrap_or(1)),
        _ => UnitPeriod::Year,
    }
}

fn most_common(advances: &[Date], payments: &[Date]) -> Result<UnitPeriod, AprError> {
    let wait = advances.first().zip(payments.first()).map(|(advance, payment)| {
        let (from, to) = (*advance.min(payment), *advance.max(payment));
        Interval { from, to, days: days_between(from, to), semimonth: false }
    });
    // In order of length, so that of two with the same count the smaller is met first.
    let mut counts: BTreeMap<(u32, UnitPeriod), usize> = BTreeMap::new();
    let (mut periods, mut total) = (0_i64, 0_i64);
    for interval in consecutive(advances).chain(consecutive(payments)).chain(wait) {
        (periods, total) = (periods.saturating_add(1), total.saturating_add(interval.days));
        for reading in interval.readings() {
            let count = counts.entry((reading.days(), reading)).or_default();
            *count = count.saturating_add(1);
        }
    }
    let mut best: Option<(usize, UnitPeriod)> = None;
    for ((_, unit), count) in counts {
        if count > 1 && best.is_none_or(|(most, _)| count > most) {
            best = Some((count, unit));
        }
    }
    match best {
        Some((_, unit)) => Ok(unit.standard()),
        None => average(periods, total),
    }
}

/// No common period: the average of all, rounded to the nearest standard interval, the lower of two equally near.
fn average(count: i64, total: i64) -> Result<UnitPeriod, AprError> {
    let standard = [UnitPeriod::Days(1), UnitPeriod::Semimonth, UnitPeriod::Year].into_iter();
    let standard = standard.chain((1..=52).map(UnitPeriod::Weeks)).chain((1..=11).map(UnitPeriod::Months));
    let distance = |unit: &UnitPeriod| i64::from(unit.days()).saturating_mul(count).abs_diff(total);
    standard.min_by_key(|unit| (distance(unit), unit.days())).ok_or(AprError::NoTerm)
}

/// Two consecutive dates of a series.
#[derive(Debug, Clone, Copy)]
struct Interval {
    from: Date,
    to: Date,
    days: i64,
    semimonth: bool,
}

impl Interval {
    /// Every standard interval that this one is; its days when it is none.
    fn readings(&self) -> impl Iterator<Item = UnitPeriod> + use<> {
        let days = u32::try_from(self.days).unwrap_or(u32::MAX);
        let months = whole_months(self.from, self.to).map(UnitPeriod::Months);
        let semimonth = self.semimonth.then_some(UnitPeriod::Semimonth);
        let weeks = (days % 7 == 0).then_some(UnitPeriod::Weeks(days / 7));
        let standard = months.or(semimonth).or(weeks).is_some();
        let odd = (!standard).then_some(UnitPeriod::Days(days));
        [months, semimonth, weeks, odd].into_iter().flatten()
    }
}

/// The periods of a series. Two neighbouring ones of about half a month that make a month are semimonths.
fn consecutive(dates: &[Date]) -> impl Iterator<Item = Interval> + '_ {
    let pairs = dates.iter().zip(dates.iter().skip(1));
    let after = dates.iter().skip(2).copied().map(Some).chain(std::iter::once(None));
    let mut joined = false;
    pairs.zip(after).map(move |((from, to), after)| {
        let days = days_between(*from, *to);
        let joins = after.is_some_and(|after| {
            SEMIMONTH_DAYS.contains(&days)
                && SEMIMONTH_DAYS.contains(&days_between(*to, after))
                && whole_months(*from, after) == Some(1)
        });
        let semimonth = joined || joins;
        joined = joins;
        Interval { from: *from, to: *to, days, semimonth }
    })
}

#[cfg(test)]
mod tests;
