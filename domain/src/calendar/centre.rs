//! The places whose holidays are known.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::spelling;

use super::holidays::{germany, target, united_kingdom, united_states};
use super::rule::Holiday;
use super::{CalendarError, is_weekend};

/// A market or payment system with holidays of its own. All of them rest on Saturdays and Sundays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Centre {
    /// No holidays: only Saturdays and Sundays are closed.
    WeekendsOnly,
    /// The Eurosystem's payment system: ECB, long-term calendar of 14 December 2000.
    Target,
    /// Federal holidays of the United States (5 U.S.C. 6103), Saturday's kept on Friday.
    UsSettlement,
    /// US settlement as it weighed on LIBOR fixings: since 2015 an Independence Day on a weekend did not.
    UsLiborImpact,
    /// The Federal Reserve banks: Saturday's holidays are kept nowhere else.
    UsFederalReserve,
    /// US government securities, as SIFMA recommends.
    UsGovernmentBond,
    /// Publication of the secured overnight financing rate: as government securities, and every Good Friday.
    UsSofr,
    /// North American Electric Reliability Corporation: off-peak days.
    UsNerc,
    /// The New York Stock Exchange, rule 7.2, and its special closings.
    Nyse,
    /// Bank holidays of England and Wales (Banking and Financial Dealings Act 1971): settlement, London Stock Exchange
    /// and London Metal Exchange.
    UkSettlement,
    /// Settlement in Germany: public holidays of Frankfurt am Main, and Christmas Eve.
    GermanySettlement,
    /// Frankfurt Stock Exchange.
    Frankfurt,
    /// Xetra: as Frankfurt.
    Xetra,
    /// Eurex: as Frankfurt, and New Year's Eve.
    Eurex,
    /// EUWAX in Stuttgart: as Frankfurt, and Whit Monday.
    Euwax,
}

impl Centre {
    /// Every centre there is.
    pub const ALL: [Self; 15] = [
        Self::WeekendsOnly,
        Self::Target,
        Self::UsSettlement,
        Self::UsLiborImpact,
        Self::UsFederalReserve,
        Self::UsGovernmentBond,
        Self::UsSofr,
        Self::UsNerc,
        Self::Nyse,
        Self::UkSettlement,
        Self::GermanySettlement,
        Self::Frankfurt,
        Self::Xetra,
        Self::Eurex,
        Self::Euwax,
    ];

    /// The name that it is shown by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WeekendsOnly => "Weekends only",
            Self::Target => "TARGET",
            Self::UsSettlement => "US settlement",
            Self::UsLiborImpact => "US LIBOR impact",
            Self::UsFederalReserve => "US Federal Reserve",
            Self::UsGovernmentBond => "US government bond market",
            Self::UsSofr => "US SOFR",
            Self::UsNerc => "US NERC",
            Self::Nyse => "New York Stock Exchange",
            Self::UkSettlement => "UK settlement",
            Self::GermanySettlement => "Germany settlement",
            Self::Frankfurt => "Frankfurt Stock Exchange",
            Self::Xetra => "Xetra",
            Self::Eurex => "Eurex",
            Self::Euwax => "EUWAX",
        }
    }

    fn other_names(self) -> &'static [&'static str] {
        match self {
            Self::Target => &["T2"],
            Self::UsSettlement => &["United States settlement"],
            Self::UsFederalReserve => &["Federal Reserve"],
            Self::UsGovernmentBond => &["US government bond", "US government securities", "SIFMA"],
            Self::UsSofr => &["SOFR"],
            Self::UsNerc => &["NERC"],
            Self::Nyse => &["NYSE", "US NYSE", "US New York Stock Exchange"],
            Self::UkSettlement => &[
                "United Kingdom settlement",
                "England and Wales bank holidays",
                "UK exchange",
                "London Stock Exchange",
                "UK metals",
                "London Metal Exchange",
            ],
            Self::Frankfurt => &["Frankfurt", "Germany Frankfurt", "Germany Frankfurt Stock Exchange"],
            Self::Xetra => &["Germany Xetra"],
            Self::Eurex => &["Germany Eurex"],
            Self::Euwax => &["Germany EUWAX"],
            Self::WeekendsOnly | Self::UsLiborImpact | Self::GermanySettlement => &[],
        }
    }

    /// The holiday that is kept on this date. A Saturday or Sunday may be one as well.
    #[must_use]
    pub fn holiday(self, date: Date) -> Option<&'static str> {
        self.lists().iter().flat_map(|list| list.iter()).find(|holiday| holiday.falls_on(date)).map(|day| day.name)
    }

    /// Whether it is open: neither weekend nor holiday.
    #[must_use]
    pub fn is_business_day(self, date: Date) -> bool {
        !is_weekend(date) && self.holiday(date).is_none()
    }

    fn lists(self) -> &'static [&'static [Holiday]] {
        match self {
            Self::WeekendsOnly => &[],
            Self::Target => &[target::HOLIDAYS],
            Self::UsSettlement => &[united_states::COMMON, united_states::SETTLEMENT, united_states::CIVIC],
            Self::UsLiborImpact => &[united_states::COMMON, united_states::LIBOR_IMPACT, united_states::CIVIC],
            Self::UsFederalReserve => &[united_states::COMMON, united_states::FEDERAL_RESERVE, united_states::CIVIC],
            Self::UsGovernmentBond => &[
                united_states::COMMON,
                united_states::GOVERNMENT_BOND,
                united_states::GOVERNMENT_BOND_GOOD_FRIDAY,
                united_states::CIVIC,
            ],
            Self::UsSofr => &[
                united_states::COMMON,
                united_states::GOVERNMENT_BOND,
                united_states::GOOD_FRIDAY,
                united_states::CIVIC,
            ],
            Self::UsNerc => &[united_states::COMMON, united_states::NERC],
            Self::Nyse => &[
                united_states::COMMON,
                united_states::NYSE,
                united_states::GOOD_FRIDAY,
                united_states::NYSE_ELECTION_DAYS,
                united_states::NYSE_SPECIAL_CLOSINGS,
            ],
            Self::UkSettlement => &[united_kingdom::HOLIDAYS, united_kingdom::ONCE],
            Self::GermanySettlement => &[germany::EXCHANGES, germany::SETTLEMENT],
            Self::Frankfurt | Self::Xetra => &[germany::EXCHANGES],
            Self::Eurex => &[germany::EXCHANGES, germany::EUREX],
            Self::Euwax => &[germany::EXCHANGES, germany::EUWAX],
        }
    }
}

impl fmt::Display for Centre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Centre {
    type Err = CalendarError;

    /// Capitals, spaces and hyphens do not matter.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let key = spelling::key(text);
        let means = |name: &&str| spelling::key(name) == key;
        let found = Self::ALL.into_iter().find(|known| means(&known.name()) || known.other_names().iter().any(means));
        found.ok_or_else(|| CalendarError::UnknownCalendar(spelling::shown(text)))
    }
}
