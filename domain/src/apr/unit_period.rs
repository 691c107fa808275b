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
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn no_unit_period_is_longer_than_a_year() {
        let table = [
            (UnitPeriod::Days(2), UnitPeriod::Days(1)),
            (UnitPeriod::Days(365), UnitPeriod::Days(1)),
            (UnitPeriod::Days(366), UnitPeriod::Year),
            (UnitPeriod::Weeks(52), UnitPeriod::Weeks(52)),
            (UnitPeriod::Weeks(53), UnitPeriod::Year),
            (UnitPeriod::Months(11), UnitPeriod::Months(11)),
            (UnitPeriod::Months(12), UnitPeriod::Year),
            (UnitPeriod::Semimonth, UnitPeriod::Semimonth),
        ];
        for (unit, standard) in table {
            assert_eq!(unit.standard(), standard, "{unit:?}");
        }
    }

    #[test]
    fn unit_periods_of_a_year_are_those_of_the_appendix_over_the_multiple() {
        let table = [
            (UnitPeriod::Days(1), Decimal::from(365)),
            (UnitPeriod::Days(73), Decimal::from(5)),
            (UnitPeriod::Weeks(4), Decimal::from(13)),
            (UnitPeriod::Semimonth, Decimal::from(24)),
            (UnitPeriod::Months(3), Decimal::from(4)),
            (UnitPeriod::Year, Decimal::ONE),
        ];
        for (unit, count) in table {
            assert_eq!(unit.per_year(), count, "{unit:?}");
            assert_eq!(Decimal::try_from(unit.per_year_f64()), Ok(count), "{unit:?}");
        }
    }

    fn of(advances: &[Date], payments: &[Date]) -> UnitPeriod {
        unit_period(advances, payments).unwrap()
    }

    #[test]
    fn the_most_common_interval_is_the_unit_period_and_the_shorter_of_two() {
        let start = date(2026, 1, 1);
        let later = |days: i64| start.checked_add(days.days()).unwrap();
        let each = |days: i64, count: i64| -> Vec<_> { (1..=count).map(|index| later(days * index)).collect() };
        assert_eq!(of(&[start], &each(14, 5)), UnitPeriod::Weeks(2));
        assert_eq!(of(&[start], &each(20, 5)), UnitPeriod::Days(1));
        assert_eq!(of(&[start], &each(366, 3)), UnitPeriod::Year);
        // Two of 14 days and two of 7.
        assert_eq!(of(&[start], &[14, 28, 35, 42].map(later)), UnitPeriod::Weeks(1));
        // Advances count as payments do, and so does the wait for the first payment.
        assert_eq!(of(&[start, later(21), later(42)], &[later(100)]), UnitPeriod::Weeks(3));
        assert_eq!(of(&[start], &[later(21), later(42)]), UnitPeriod::Weeks(3));
        // A charge on the first day makes no period, and advances alone have theirs.
        assert_eq!(of(&[start, later(21), later(42)], &[start]), UnitPeriod::Weeks(3));
    }

    #[test]
    fn half_months_are_told_from_other_days_by_the_month_that_two_of_them_make() {
        let dates = [date(2026, 1, 1), date(2026, 1, 16), date(2026, 2, 1), date(2026, 2, 16), date(2026, 3, 1)];
        assert_eq!(of(&dates[..1], &dates[1..]), UnitPeriod::Semimonth);
        // 12 and 19 days make a month but are no halves of it.
        let uneven = [date(2026, 1, 13), date(2026, 2, 1), date(2026, 2, 13), date(2026, 3, 1), date(2026, 3, 13)];
        assert_eq!(of(&dates[..1], &uneven), UnitPeriod::Days(1));
        // Nor are 16 and 12, or 8 and 23: 12 days are common in the first, and nothing is in the second.
        let (sixteen, eight) =
            ([date(2026, 2, 13), date(2026, 3, 1), date(2026, 3, 13)], [1, 9].map(|day| date(2026, 3, day)));
        assert_eq!(of(&[date(2026, 2, 1)], &sixteen), UnitPeriod::Days(1));
        assert_eq!(of(&[date(2026, 2, 1)], &[eight[0], eight[1], date(2026, 4, 1)]), UnitPeriod::Weeks(3));
    }

    #[test]
    fn one_advance_and_one_payment_are_a_term_of_whole_months_or_days_up_to_a_year() {
        let from = date(2026, 1, 10);
        let table = [
            (date(2026, 1, 11), UnitPeriod::Days(1)),
            (date(2026, 2, 10), UnitPeriod::Months(1)),
            (date(2026, 12, 10), UnitPeriod::Months(11)),
            (date(2027, 1, 9), UnitPeriod::Days(364)),
            (date(2027, 1, 10), UnitPeriod::Year),
            (date(2028, 1, 11), UnitPeriod::Year),
        ];
        for (to, unit) in table {
            assert_eq!(of(&[from], &[to]), unit, "{to}");
        }
        assert_eq!(unit_period(&[from], &[from]), Err(AprError::NoTerm));
    }

    #[test]
    fn the_average_is_the_nearest_standard_interval_and_the_lower_of_two() {
        let table = [
            (1, 0, UnitPeriod::Days(1)),
            (1, 4, UnitPeriod::Days(1)),
            (1, 5, UnitPeriod::Weeks(1)),
            (1, 11, UnitPeriod::Weeks(2)),
            (2, 29, UnitPeriod::Weeks(2)),
            (1, 15, UnitPeriod::Semimonth),
            (2, 59, UnitPeriod::Months(1)),
            (3, 1_071, UnitPeriod::Weeks(51)),
            (1, 5_000, UnitPeriod::Year),
        ];
        for (count, total, unit) in table {
            assert_eq!(average(count, total), Ok(unit), "{total} over {count}");
        }
    }
}
