//! TARGET, later TARGET2 and T2. Sources: ECB press releases of 3 September 1998 and 31 March 1999 (for 1999), 15 July
//! 1999 (for 2000) and 14 December 2000 (from 2002); 2001, and the day before TARGET began, as QuantLib keeps them.

use crate::calendar::rule::Holiday;
use crate::calendar::rule::Weekend::Lost;

pub(in crate::calendar) const HOLIDAYS: &[Holiday] = &[
    Holiday::fixed("New Year's Day", 1, 1, Lost),
    Holiday::easter("Good Friday", -2).since(2000),
    Holiday::easter("Easter Monday", 1).since(2000),
    Holiday::fixed("Labour Day", 5, 1, Lost).since(2000),
    Holiday::fixed("Christmas Day", 12, 25, Lost),
    Holiday::fixed("26 December", 12, 26, Lost).since(2000),
    Holiday::once("changeover to the euro", 1998, 12, 31),
    Holiday::once("century date change", 1999, 12, 31),
    Holiday::once("changeover to euro cash", 2001, 12, 31),
];
