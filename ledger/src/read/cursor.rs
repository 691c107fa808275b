//! Where a statement goes on.
//!
//! A statement is of one state of the books: its first page notes the number of the newest batch, and later pages show nothing
//! newer. Ids alone would not do: of two transfers at one moment the one with the smaller id may be recorded later, behind a
//! reader who has passed it. The cursor also carries the sums so far, so a page costs the same wherever it lies. It opens
//! nothing that its holder may not read anyway.

use std::fmt;
use std::str::FromStr;

use domain::ids::{AccountId, TransferId};
use jiff::civil::Date;
use ruint::aliases::U256;
use uuid::Uuid;

use super::ReadError;
use super::statement::StatementRange;
use super::sums::Sums;

/// Of this form; another is refused.
const VERSION: u8 = 1;

/// A place between two lines of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementCursor {
    pub(super) account: AccountId,
    pub(super) range: StatementRange,
    /// Nothing of a later batch belongs to this statement.
    pub(super) newest: i64,
    /// The last transfer before this place.
    pub(super) last: TransferId,
    /// What was posted before this place.
    pub(super) sums: Sums,
}

impl StatementCursor {
    const LENGTH: usize = 1 + 16 + 2 * DAY + 8 + 16 + 2 * 32;
}

/// Bytes of a day: whether there is one, year, month and day.
const DAY: usize = 5;

fn write_day(bytes: &mut Vec<u8>, day: Option<Date>) {
    bytes.push(u8::from(day.is_some()));
    let day = day.unwrap_or(Date::ZERO);
    bytes.extend(day.year().to_be_bytes());
    bytes.extend(day.month().to_be_bytes());
    bytes.extend(day.day().to_be_bytes());
}

fn read_day(bytes: [u8; DAY]) -> Option<Option<Date>> {
    let [there, year @ .., month, day] = bytes;
    let date = Date::new(i16::from_be_bytes(year), i8::from_be_bytes([month]), i8::from_be_bytes([day])).ok()?;
    match there {
        0 => Some(None),
        1 => Some(Some(date)),
        _ => None,
    }
}

/// Hexadecimal.
impl fmt::Display for StatementCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::with_capacity(Self::LENGTH);
        bytes.push(VERSION);
        bytes.extend(self.account.uuid().as_bytes());
        write_day(&mut bytes, self.range.from);
        write_day(&mut bytes, self.range.through);
        bytes.extend(self.newest.to_be_bytes());
        bytes.extend(self.last.uuid().as_bytes());
        bytes.extend(self.sums.debits.to_be_bytes::<32>());
        bytes.extend(self.sums.credits.to_be_bytes::<32>());
        f.write_str(&const_hex::encode(bytes))
    }
}

impl FromStr for StatementCursor {
    type Err = ReadError;

    fn from_str(text: &str) -> Result<Self, ReadError> {
        let bytes: [u8; Self::LENGTH] = const_hex::decode_to_array(text).map_err(|_| ReadError::Cursor)?;
        read(&bytes).ok_or(ReadError::Cursor)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

fn read(mut rest: &[u8]) -> Option<StatementCursor> {
    let rest = &mut rest;
    let [version] = take(rest)?;
    if version != VERSION {
        return None;
    }
    Some(StatementCursor {
        account: AccountId::new(Uuid::from_bytes(take(rest)?)),
        range: StatementRange { from: read_day(take(rest)?)?, through: read_day(take(rest)?)? },
        newest: i64::from_be_bytes(take(rest)?),
        last: TransferId::new(Uuid::from_bytes(take(rest)?)),
        sums: Sums { debits: U256::from_be_bytes::<32>(take(rest)?), credits: U256::from_be_bytes::<32>(take(rest)?) },
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_given_and_what_is_none_is_refused() {
        let ranges = [
            StatementRange::default(),
            StatementRange { from: Some(date(2025, 1, 1)), through: None },
            StatementRange { from: Some(date(-1, 12, 31)), through: Some(date(9999, 12, 31)) },
        ];
        for range in ranges {
            let cursor = StatementCursor {
                account: AccountId::new(Uuid::from_u128(7)),
                range,
                newest: 12,
                last: TransferId::new(Uuid::max()),
                sums: Sums { debits: U256::MAX, credits: U256::from(3) },
            };
            let text = cursor.to_string();
            assert_eq!(text.parse::<StatementCursor>().unwrap(), cursor);
            for broken in ["", "zz", text.get(2..).unwrap(), &text.replacen("01", "02", 1), &format!("{text}00")] {
                assert!(broken.parse::<StatementCursor>().is_err(), "{broken:?}");
            }
        }
    }
}
