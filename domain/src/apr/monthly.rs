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
