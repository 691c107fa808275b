//! The payments of most loans: on one day of the month, equally many months apart. What the general way finds in their
//! dates one by one follows here from the first of them.

use jiff::civil::Date;

use super::DatedFlow;

/// Fewest payments of which the months between them, and no other reading of their dates, are the most common interval.
const FEWEST: usize = 3;

/// Up to this day no date is the end of its month, so nothing but an equal day makes whole months.
const LAST_PLAIN_DAY: i8 = 27;

/// A period of twelve months is a year, which is counted otherwise.
const MOST_MONTHS: i32 = 11;

/// One advance, and payments after it on one day of the month.
#[derive(Debug, Clone, Copy)]
pub(super) struct Monthly<'a> {
    pub(super) advance: &'a DatedFlow,
    pub(super) first: Date,
    /// From one payment to the next.
    pub(super) months: u32,
}

impl<'a> Monthly<'a> {
    /// `None` for any other flows, and where one of them is nothing.
    pub(super) fn of(advances: &'a [DatedFlow], payments: &[DatedFlow]) -> Option<Self> {
        let ([advance], [first, second, ..]) = (advances, payments) else { return None };
        let day = first.on.day();
        let months = month_number(second.on) - month_number(first.on);
        if payments.len() < FEWEST
            || day > LAST_PLAIN_DAY
            || !(1..=MOST_MONTHS).contains(&months)
            || advance.on >= first.on
            || advance.amount.is_zero()
        {
            return None;
        }
        let mut due = month_number(first.on);
        for payment in payments {
            if payment.on.day() != day || month_number(payment.on) != due || payment.amount.is_zero() {
                return None;
            }
            due += months;
        }
        Some(Self { advance, first: first.on, months: u32::try_from(months).ok()? })
    }
}

fn month_number(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month())
}

#[cfg(test)]
mod tests {
    use super::super::tests::on;
    use super::*;

    fn found(advances: &[DatedFlow], payments: &[DatedFlow]) -> Option<(Date, u32)> {
        Monthly::of(advances, payments).map(|monthly| (monthly.first, monthly.months))
    }

    fn of(dates: &[&str]) -> Option<u32> {
        let payments: Vec<_> = dates.iter().map(|date| on(date, 10)).collect();
        found(&[on("2026-10-15", 100)], &payments).map(|(_, months)| months)
    }

    #[test]
    fn equal_days_equal_months_apart_are_monthly_also_across_years() {
        assert_eq!(of(&["2026-11-15", "2026-12-15", "2027-01-15"]), Some(1));
        assert_eq!(of(&["2026-12-27", "2027-01-27", "2027-02-27"]), Some(1));
        assert_eq!(of(&["2026-12-15", "2027-11-15", "2028-10-15", "2029-09-15"]), Some(11));
        let first = on("2026-10-16", 10);
        let payments = [first, on("2026-11-16", 10), on("2026-12-16", 10)];
        assert_eq!(found(&[on("2026-10-15", 100)], &payments), Some((first.on, 1)));
    }

    #[test]
    fn what_the_general_way_reads_otherwise_is_left_to_it() {
        assert_eq!(of(&["2026-11-15", "2026-12-15"]), None, "too few");
        assert_eq!(of(&["2026-11-28", "2026-12-28", "2027-01-28"]), None, "a day that may be a month's end");
        assert_eq!(of(&["2026-11-15", "2027-11-15", "2028-11-15"]), None, "a year");
        assert_eq!(of(&["2026-11-15", "2026-11-15", "2026-11-15"]), None, "one day");
        assert_eq!(of(&["2026-11-15", "2026-12-16", "2027-01-15"]), None, "another day");
        assert_eq!(of(&["2026-11-15", "2026-12-15", "2027-02-15"]), None, "another interval");
        assert_eq!(of(&["2026-10-15", "2026-11-15", "2026-12-15"]), None, "paid when it is advanced");
        let payments = [on("2026-11-15", 10), on("2026-12-15", 10), on("2027-01-15", 10)];
        assert_eq!(found(&[on("2026-10-15", 0)], &payments), None, "nothing advanced");
        assert_eq!(found(&[on("2026-10-15", 1), on("2026-10-15", 1)], &payments), None, "two advances");
        let nothing = [payments[0], payments[1], on("2027-01-15", 0)];
        assert_eq!(found(&[on("2026-10-15", 100)], &nothing), None, "nothing paid");
    }
}
