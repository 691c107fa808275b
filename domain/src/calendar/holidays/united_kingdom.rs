//! Bank holidays of England and Wales: Banking and Financial Dealings Act 1971, schedule 1, and royal proclamations.
//!
//! Before 1978, when the last of the regular ones was added, today's rules stand in for those of the time.

use jiff::civil::Weekday::Monday;

use crate::calendar::rule::Holiday;
use crate::calendar::rule::Weekend::{ToMonday, TwoDaysLater};

pub(in crate::calendar) const HOLIDAYS: &[Holiday] = &[
    Holiday::fixed("New Year's Day", 1, 1, ToMonday),
    Holiday::easter("Good Friday", -2),
    Holiday::easter("Easter Monday", 1),
    Holiday::nth("Early May bank holiday", 1, Monday, 5).except(&[1995, 2020]),
    Holiday::last_of_31("Spring bank holiday", Monday, 5).except(&[2002, 2012, 2022]),
    Holiday::last_of_31("Summer bank holiday", Monday, 8),
    Holiday::fixed("Christmas Day", 12, 25, TwoDaysLater),
    Holiday::fixed("Boxing Day", 12, 26, TwoDaysLater),
];

/// Holidays that were moved, and those that were given once.
pub(in crate::calendar) const ONCE: &[Holiday] = &[
    Holiday::once("wedding of Princess Anne", 1973, 11, 14),
    Holiday::once("Silver Jubilee", 1977, 6, 7),
    Holiday::once("wedding of the Prince of Wales", 1981, 7, 29),
    Holiday::once("Early May bank holiday, on VE Day", 1995, 5, 8),
    Holiday::once("millennium", 1999, 12, 31),
    Holiday::once("Golden Jubilee", 2002, 6, 3),
    Holiday::once("Spring bank holiday, moved for the Golden Jubilee", 2002, 6, 4),
    Holiday::once("wedding of Prince William", 2011, 4, 29),
    Holiday::once("Spring bank holiday, moved for the Diamond Jubilee", 2012, 6, 4),
    Holiday::once("Diamond Jubilee", 2012, 6, 5),
    Holiday::once("Early May bank holiday, on VE Day", 2020, 5, 8),
    Holiday::once("Spring bank holiday, moved for the Platinum Jubilee", 2022, 6, 2),
    Holiday::once("Platinum Jubilee", 2022, 6, 3),
    Holiday::once("state funeral of Queen Elizabeth II", 2022, 9, 19),
    Holiday::once("coronation of King Charles III", 2023, 5, 8),
];
