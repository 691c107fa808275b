//! A schedule as it is stored: a tenth of its size in the API, and exactly the same.
//!
//! `2026-11-22 30:24377+7325 31:24558+7144+100`: the day of the drawing, then for each instalment the days since the one
//! before, principal, interest, and fees where there are any, in the asset's smallest unit. Numbers, payments and
//! balances follow from these where one drawing is repaid to zero; a schedule that is more than that is refused.

use std::fmt::Write as _;

use domain::schedule::{Instalment, Schedule};
use jiff::ToSpan;
use jiff::civil::Date;
use ruint::aliases::U256;
use serde::{Deserialize, Deserializer, Serializer, de};

/// The text is not a schedule in the form in which they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a stored schedule")]
pub struct NotASchedule;

fn text_of(schedule: &Schedule) -> Result<String, NotASchedule> {
    if !schedule.is_plain() {
        return Err(NotASchedule);
    }
    let mut text = String::with_capacity(16 + schedule.instalments().len() * 20);
    let mut before = schedule.drawn_on();
    // Writing to a string cannot fail.
    let _ = write!(text, "{before}");
    for instalment in schedule.instalments() {
        let days = before.until(instalment.due).map_err(|_| NotASchedule)?.get_days();
        let _ = write!(text, " {days}:{}+{}", Units(instalment.principal), Units(instalment.interest));
        if !instalment.fees.is_zero() {
            let _ = write!(text, "+{}", Units(instalment.fees));
        }
        before = instalment.due;
    }
    Ok(text)
}

/// 256 bits, most of which hold small numbers: those are not divided at full width to be written.
struct Units(U256);

impl std::fmt::Display for Units {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match u64::try_from(self.0) {
            Ok(small) => small.fmt(f),
            Err(_) => self.0.fmt(f),
        }
    }
}

fn schedule_of(text: &str) -> Option<Schedule> {
    let mut parts = text.split(' ');
    let drawn_on: Date = parts.next()?.parse().ok()?;
    let units = |text: &str| U256::from_str_radix(text, 10).ok();
    let (mut due, mut principal) = (drawn_on, U256::ZERO);
    let mut instalments = Vec::new();
    for (number, part) in (1_u32..).zip(parts) {
        let (days, amounts) = part.split_once(':')?;
        let mut amounts = amounts.split('+').map(units);
        let (repaid, interest) = (amounts.next()??, amounts.next()??);
        let fees = amounts.next().unwrap_or(Some(U256::ZERO))?;
        due = due.checked_add(days.parse::<i32>().ok()?.days()).ok()?;
        principal = principal.checked_add(repaid)?;
        instalments.push(Instalment { number, due, principal: repaid, interest, fees, balance_after: U256::ZERO });
    }
    let mut balance = principal;
    for instalment in &mut instalments {
        balance = balance.checked_sub(instalment.principal)?;
        instalment.balance_after = balance;
    }
    Schedule::try_new(drawn_on, principal, instalments).ok()
}

pub fn serialize<S: Serializer>(schedule: &Schedule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text_of(schedule).map_err(serde::ser::Error::custom)?)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Schedule, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    schedule_of(&text).ok_or_else(|| de::Error::custom(NotASchedule))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(fees: u64) -> Schedule {
        let flows =
            [(Date::constant(2026, 12, 22), U256::from(5_100)), (Date::constant(2027, 1, 31), U256::from(5_100))];
        let schedule = Schedule::from_flows(U256::from(10_000), Date::constant(2026, 11, 22), &flows).unwrap();
        schedule.with_fee_per_instalment(U256::from(fees)).unwrap()
    }

    #[test]
    fn a_schedule_is_read_back_as_it_was() {
        for fees in [0, 7] {
            let text = text_of(&schedule(fees)).unwrap();
            assert!(text.starts_with("2026-11-22 30:"), "{text}");
            assert_eq!(schedule_of(&text), Some(schedule(fees)), "{text}");
        }
    }

    #[test]
    fn a_schedule_that_is_more_than_its_instalments_is_not_stored_as_them() {
        let plain = schedule(0);
        let left = plain.instalments().first().map(|first| first.balance_after).unwrap();
        let first = domain::schedule::Addition {
            on: plain.drawn_on(),
            amount: plain.principal(),
            kind: domain::schedule::AdditionKind::Drawdown,
            before: 1,
        };
        let cut = plain.instalments().iter().take(1).cloned().collect();
        let leaves = Schedule::with_additions(plain.drawn_on(), vec![first], left, cut).unwrap();
        assert_eq!(text_of(&leaves), Err(NotASchedule));
    }

    #[test]
    fn what_is_no_schedule_is_not_read_as_one() {
        for text in ["", "2026-11-22", "2026-11-22 30", "2026-11-22 30:1", "2026-11-22 30:1+x", "2026-11-22 0:-1+2"] {
            assert_eq!(schedule_of(text), None, "{text:?}");
        }
    }
}
