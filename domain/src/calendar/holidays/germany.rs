//! Germany. The exchanges' own calendars keep fewer days than the state of Hesse, where Frankfurt lies.

use crate::calendar::rule::Holiday;
use crate::calendar::rule::Weekend::Lost;

/// Frankfurt and Xetra, and every other German centre.
pub(in crate::calendar) const EXCHANGES: &[Holiday] = &[
    Holiday::fixed("New Year's Day", 1, 1, Lost),
    Holiday::easter("Good Friday", -2),
    Holiday::easter("Easter Monday", 1),
    Holiday::fixed("Labour Day", 5, 1, Lost),
    Holiday::fixed("Christmas Eve", 12, 24, Lost),
    Holiday::fixed("Christmas Day", 12, 25, Lost),
    Holiday::fixed("Boxing Day", 12, 26, Lost),
];

/// Public holidays of Hesse that the exchanges do not keep. German Unity Day: Unification Treaty, article 2(2).
pub(in crate::calendar) const SETTLEMENT: &[Holiday] = &[
    Holiday::easter("Ascension Day", 39),
    WHIT_MONDAY,
    Holiday::easter("Corpus Christi", 60),
    Holiday::fixed("German Unity Day", 10, 3, Lost).since(1990),
];

pub(in crate::calendar) const EUREX: &[Holiday] = &[Holiday::fixed("New Year's Eve", 12, 31, Lost)];

pub(in crate::calendar) const EUWAX: &[Holiday] = &[WHIT_MONDAY];

const WHIT_MONDAY: Holiday = Holiday::easter("Whit Monday", 50);
