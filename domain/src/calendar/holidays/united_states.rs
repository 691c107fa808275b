//! The United States. Federal holidays: 5 U.S.C. 6103 and Executive Order 11582 (Saturday's kept on Friday, Sunday's on
//! Monday); the Federal Reserve banks keep no Saturday's. The Uniform Monday Holiday Act moved several to Mondays in
//! 1971. Bond market: SIFMA's recommendations. New York Stock Exchange: rule 7.2 and its record of special closings.
//!
//! Before 1971 (the stock exchange: before 1954) today's rules stand in for those of the time where no entry says
//! otherwise.

use jiff::civil::Weekday::{Monday, Thursday, Tuesday, Wednesday};

use crate::calendar::rule::Holiday;
use crate::calendar::rule::Weekend::{Lost, Nearest, SundayToMonday};

/// Kept by every centre.
pub(in crate::calendar) const COMMON: &[Holiday] = &[
    Holiday::fixed("Memorial Day", 5, 30, Nearest).until(1970),
    Holiday::last_of_31("Memorial Day", Monday, 5).since(1971),
    Holiday::nth("Labor Day", 1, Monday, 9),
    Holiday::nth("Thanksgiving Day", 4, Thursday, 11),
];

/// Kept by banks and government.
pub(in crate::calendar) const CIVIC: &[Holiday] = &[
    // 5 U.S.C. 6103 as amended in 1983 took effect in 1986.
    Holiday::nth("Birthday of Martin Luther King, Jr.", 3, Monday, 1).since(1986),
    WASHINGTON_UNTIL_1970,
    WASHINGTON_SINCE_1971,
    Holiday::nth("Columbus Day", 2, Monday, 10).since(1971),
    Holiday::nth("Veterans Day", 4, Monday, 10).since(1971).until(1977),
];

pub(in crate::calendar) const SETTLEMENT: &[Holiday] = &[
    Holiday::fixed("New Year's Day", 1, 1, Nearest),
    JUNETEENTH,
    INDEPENDENCE_DAY,
    Holiday::fixed("Veterans Day", 11, 11, Nearest).until(1970),
    Holiday::fixed("Veterans Day", 11, 11, Nearest).since(1978),
    CHRISTMAS_DAY,
];

pub(in crate::calendar) const LIBOR_IMPACT: &[Holiday] = &[
    Holiday::fixed("New Year's Day", 1, 1, Nearest),
    JUNETEENTH,
    Holiday::fixed("Independence Day", 7, 4, Nearest).until(2014),
    Holiday::fixed("Independence Day", 7, 4, Lost).since(2015),
    Holiday::fixed("Veterans Day", 11, 11, Nearest).until(1970),
    Holiday::fixed("Veterans Day", 11, 11, Nearest).since(1978),
    CHRISTMAS_DAY,
];

pub(in crate::calendar) const FEDERAL_RESERVE: &[Holiday] = &[
    NEW_YEAR_WITHOUT_SATURDAY,
    Holiday::fixed("Juneteenth", 6, 19, SundayToMonday).since(2022),
    Holiday::fixed("Independence Day", 7, 4, SundayToMonday),
    VETERANS_UNTIL_1970_WITHOUT_SATURDAY,
    VETERANS_SINCE_1978_WITHOUT_SATURDAY,
    Holiday::fixed("Christmas Day", 12, 25, SundayToMonday),
];

pub(in crate::calendar) const GOVERNMENT_BOND: &[Holiday] = &[
    NEW_YEAR_WITHOUT_SATURDAY,
    JUNETEENTH,
    INDEPENDENCE_DAY,
    VETERANS_UNTIL_1970_WITHOUT_SATURDAY,
    VETERANS_SINCE_1978_WITHOUT_SATURDAY,
    CHRISTMAS_DAY,
    Holiday::once("funeral of President Reagan", 2004, 6, 11),
    Holiday::once("hurricane Sandy", 2012, 10, 30),
    Holiday::once("funeral of President George H. W. Bush", 2018, 12, 5),
];

/// Half a day only, since 1996, when the employment figures are published on it.
pub(in crate::calendar) const GOVERNMENT_BOND_GOOD_FRIDAY: &[Holiday] =
    &[Holiday::easter("Good Friday", -2).until(1995), Holiday::good_friday_without_figures("Good Friday").since(1996)];

pub(in crate::calendar) const GOOD_FRIDAY: &[Holiday] = &[Holiday::easter("Good Friday", -2)];

pub(in crate::calendar) const NERC: &[Holiday] = &[
    NEW_YEAR_WITHOUT_SATURDAY,
    Holiday::fixed("Independence Day", 7, 4, SundayToMonday),
    Holiday::fixed("Christmas Day", 12, 25, SundayToMonday),
];

pub(in crate::calendar) const NYSE: &[Holiday] = &[
    NEW_YEAR_WITHOUT_SATURDAY,
    Holiday::nth("Martin Luther King, Jr. Day", 3, Monday, 1).since(1998),
    WASHINGTON_UNTIL_1970,
    WASHINGTON_SINCE_1971,
    JUNETEENTH,
    INDEPENDENCE_DAY,
    CHRISTMAS_DAY,
];

/// The Tuesday after the first Monday of November: every year through 1968, then when a president was elected.
pub(in crate::calendar) const NYSE_ELECTION_DAYS: &[Holiday] = &[
    Holiday::in_week("Election Day", 11, 2, Tuesday).until(1968),
    Holiday::in_week("Election Day", 11, 2, Tuesday).since(1972).until(1972),
    Holiday::in_week("Election Day", 11, 2, Tuesday).since(1976).until(1976),
    Holiday::in_week("Election Day", 11, 2, Tuesday).since(1980).until(1980),
];

pub(in crate::calendar) const NYSE_SPECIAL_CLOSINGS: &[Holiday] = &[
    Holiday::once("Christmas Eve", 1954, 12, 24),
    Holiday::once("Christmas Eve", 1956, 12, 24),
    Holiday::once("day after Christmas", 1958, 12, 26),
    Holiday::once("day before Decoration Day", 1961, 5, 29),
    Holiday::once("funeral of President Kennedy", 1963, 11, 25),
    Holiday::once("Christmas Eve", 1965, 12, 24),
    Holiday::once("mourning for Martin Luther King, Jr.", 1968, 4, 9),
    Holiday::every_from("paperwork crisis", 6, 12, Wednesday).since(1968).until(1968),
    Holiday::once("day after Independence Day", 1968, 7, 5),
    Holiday::once("snow", 1969, 2, 10),
    Holiday::once("funeral of President Eisenhower", 1969, 3, 31),
    Holiday::once("first landing on the moon", 1969, 7, 21),
    Holiday::once("funeral of President Truman", 1972, 12, 28),
    Holiday::once("funeral of President Johnson", 1973, 1, 25),
    Holiday::once("blackout of New York City", 1977, 7, 14),
    Holiday::once("hurricane Gloria", 1985, 9, 27),
    Holiday::once("funeral of President Nixon", 1994, 4, 27),
    Holiday::once("attacks of 11 September", 2001, 9, 11),
    Holiday::once("attacks of 11 September", 2001, 9, 12),
    Holiday::once("attacks of 11 September", 2001, 9, 13),
    Holiday::once("attacks of 11 September", 2001, 9, 14),
    Holiday::once("funeral of President Reagan", 2004, 6, 11),
    Holiday::once("funeral of President Ford", 2007, 1, 2),
    Holiday::once("hurricane Sandy", 2012, 10, 29),
    Holiday::once("hurricane Sandy", 2012, 10, 30),
    Holiday::once("funeral of President George H. W. Bush", 2018, 12, 5),
    Holiday::once("funeral of President Carter", 2025, 1, 9),
];

const NEW_YEAR_WITHOUT_SATURDAY: Holiday = Holiday::fixed("New Year's Day", 1, 1, SundayToMonday);
const WASHINGTON_UNTIL_1970: Holiday = Holiday::fixed("Washington's Birthday", 2, 22, Nearest).until(1970);
const WASHINGTON_SINCE_1971: Holiday = Holiday::nth("Washington's Birthday", 3, Monday, 2).since(1971);
// A holiday since 17 June 2021; banks, bond market and exchanges first closed in 2022.
const JUNETEENTH: Holiday = Holiday::fixed("Juneteenth", 6, 19, Nearest).since(2022);
const INDEPENDENCE_DAY: Holiday = Holiday::fixed("Independence Day", 7, 4, Nearest);
const VETERANS_UNTIL_1970_WITHOUT_SATURDAY: Holiday =
    Holiday::fixed("Veterans Day", 11, 11, SundayToMonday).until(1970);
const VETERANS_SINCE_1978_WITHOUT_SATURDAY: Holiday =
    Holiday::fixed("Veterans Day", 11, 11, SundayToMonday).since(1978);
const CHRISTMAS_DAY: Holiday = Holiday::fixed("Christmas Day", 12, 25, Nearest);
