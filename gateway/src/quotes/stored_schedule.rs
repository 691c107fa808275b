//! A schedule as it is stored: a twentieth of its size in the API, and exactly the same.
//!
//! A row of whole numbers, each as LEB128 (seven bits a byte, least first): the day of the drawing, counted from the year
//! -9999, then for each instalment the days since the one before, principal, interest and fees, in the asset's smallest
//! unit. Numbers, payments and balances follow from these where one drawing is repaid to zero; a schedule that is more
//! than that is refused.

use std::fmt;

use domain::schedule::{Instalment, Schedule};
use jiff::ToSpan;
use jiff::civil::Date;
use ruint::aliases::U256;
use serde::de::{self, Visitor};
use serde::{Deserializer, Serializer};

/// The bytes are not a schedule in the form in which they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a schedule that can be stored")]
pub struct NotASchedule;

/// What an instalment of a few thousand units takes.
const INSTALMENT_BYTES: usize = 8;

/// # Errors
/// When there is more to the schedule than its instalments.
pub fn check(schedule: &Schedule) -> Result<(), NotASchedule> {
    if schedule.is_plain() { Ok(()) } else { Err(NotASchedule) }
}

fn bytes_of(schedule: &Schedule) -> Result<Vec<u8>, NotASchedule> {
    check(schedule)?;
    let mut bytes = Vec::with_capacity(schedule.instalments().len() * INSTALMENT_BYTES + INSTALMENT_BYTES);
    let mut before = Date::MIN;
    push(&mut bytes, days(before, schedule.drawn_on())?);
    before = schedule.drawn_on();
    for instalment in schedule.instalments() {
        push(&mut bytes, days(before, instalment.due)?);
        for units in [instalment.principal, instalment.interest, instalment.fees] {
            push_wide(&mut bytes, units);
        }
        before = instalment.due;
    }
    Ok(bytes)
}

fn days(from: Date, to: Date) -> Result<u64, NotASchedule> {
    u64::try_from(from.duration_until(to).as_hours() / 24).map_err(|_| NotASchedule)
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// 256 bits, most of which hold small numbers.
fn push_wide(bytes: &mut Vec<u8>, mut number: U256) {
    while number.bit_len() > 64 {
        bytes.push(number.byte(0) | 0x80);
        number >>= 7;
    }
    push(bytes, number.to());
}

/// Takes the next number off the front.
fn next(bytes: &mut &[u8]) -> Option<U256> {
    let mut number = U256::ZERO;
    let mut shift = 0;
    loop {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= U256::from(first & 0x7f).checked_shl(shift)?;
        shift += 7;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
}

fn next_date(bytes: &mut &[u8], from: Date) -> Option<Date> {
    let days = i32::try_from(u64::try_from(next(bytes)?).ok()?).ok()?;
    from.checked_add(days.days()).ok()
}

fn schedule_of(mut bytes: &[u8]) -> Option<Schedule> {
    let drawn_on = next_date(&mut bytes, Date::MIN)?;
    let (mut due, mut principal) = (drawn_on, U256::ZERO);
    let mut instalments = Vec::new();
    for number in 1_u32.. {
        if bytes.is_empty() {
            break;
        }
        due = next_date(&mut bytes, due)?;
        let (repaid, interest, fees) = (next(&mut bytes)?, next(&mut bytes)?, next(&mut bytes)?);
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
    serializer.serialize_bytes(&bytes_of(schedule).map_err(serde::ser::Error::custom)?)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Schedule, D::Error> {
    deserializer.deserialize_bytes(Stored)
}

struct Stored;

impl Visitor<'_> for Stored {
    type Value = Schedule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a schedule")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Schedule, E> {
        schedule_of(bytes).ok_or_else(|| E::custom(NotASchedule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(fees: u64, times: U256) -> Schedule {
        let flow = |due, amount: u64| (due, U256::from(amount) * times);
        let flows = [flow(Date::constant(2026, 12, 22), 5_100), flow(Date::constant(2027, 1, 31), 5_100)];
        let schedule = Schedule::from_flows(U256::from(10_000) * times, Date::constant(2026, 11, 22), &flows).unwrap();
        schedule.with_fee_per_instalment(U256::from(fees)).unwrap()
    }

    #[test]
    fn a_schedule_is_read_back_as_it_was() {
        for fees in [0, 7, u64::MAX] {
            for times in [U256::from(1), U256::from(u64::MAX), U256::from(1) << 200] {
                let schedule = schedule(fees, times);
                assert_eq!(schedule_of(&bytes_of(&schedule).unwrap()), Some(schedule));
            }
        }
    }

    #[test]
    fn numbers_are_written_as_leb128_lays_down() {
        for (number, expected) in [(0, &[0][..]), (127, &[0x7f]), (128, &[0x80, 1]), (624_485, &[0xe5, 0x8e, 0x26])] {
            let mut bytes = Vec::new();
            push_wide(&mut bytes, U256::from(number));
            assert_eq!(bytes, expected);
        }
    }

    #[test]
    fn a_schedule_that_is_more_than_its_instalments_is_not_stored_as_them() {
        let plain = schedule(0, U256::from(1));
        let left = plain.instalments().first().map(|first| first.balance_after).unwrap();
        let first = domain::schedule::Addition {
            on: plain.drawn_on(),
            amount: plain.principal(),
            kind: domain::schedule::AdditionKind::Drawdown,
            before: 1,
        };
        let cut = plain.instalments().iter().take(1).cloned().collect();
        let leaves = Schedule::with_additions(plain.drawn_on(), vec![first], left, cut).unwrap();
        assert_eq!(bytes_of(&leaves), Err(NotASchedule));
    }

    #[test]
    fn what_is_no_schedule_is_not_read_as_one() {
        let whole = bytes_of(&schedule(0, U256::from(1))).unwrap();
        for end in 0..whole.len() {
            // A schedule may end after each instalment but not within one.
            if let Some(read) = schedule_of(&whole[..end]) {
                assert_eq!(bytes_of(&read).unwrap(), &whole[..end]);
            }
        }
        let endless = [0xff; 64];
        for bytes in [&[][..], &[0x80], &endless, &whole[..whole.len() - 1]] {
            assert_eq!(schedule_of(bytes), None, "{bytes:?}");
        }
    }
}
