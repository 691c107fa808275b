//! The names of day counts.

use std::fmt;
use std::str::FromStr;

use crate::spelling;

use super::{DayCount, DayCountError};

impl DayCount {
    /// Every convention there is.
    pub const ALL: [Self; 13] = [
        Self::Thirty360BondBasis,
        Self::Thirty360Us,
        Self::Thirty360Psa,
        Self::ThirtyE360,
        Self::ThirtyE360Isda,
        Self::Act360,
        Self::Act364,
        Self::Act365Fixed,
        Self::Act36525,
        Self::Nl365,
        Self::ActActIsda,
        Self::ActActIcma,
        Self::ActActAfb,
    ];

    /// The name that it is shown by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Thirty360BondBasis => "30/360 Bond Basis",
            Self::Thirty360Us => "30/360 US",
            Self::Thirty360Psa => "30/360 PSA",
            Self::ThirtyE360 => "30E/360",
            Self::ThirtyE360Isda => "30E/360 ISDA",
            Self::Act360 => "Act/360",
            Self::Act364 => "Act/364",
            Self::Act365Fixed => "Act/365F",
            Self::Act36525 => "Act/365.25",
            Self::Nl365 => "NL/365",
            Self::ActActIsda => "Act/Act ISDA",
            Self::ActActIcma => "Act/Act ICMA",
            Self::ActActAfb => "Act/Act AFB",
        }
    }

    /// Other names that mean this convention and nothing else. "30/360", "Act/Act" and "Act/365" are not among them:
    /// markets, statutes and programs use each for several; nor is "30/360 ISDA", which some use for the bond basis and
    /// some for 30E/360 ISDA.
    fn other_names(self) -> &'static [&'static str] {
        match self {
            Self::Thirty360BondBasis => &["Bond Basis", "30/360 Bond Basis (ISDA 4.16(f))"],
            Self::Thirty360Us => &["30U/360", "30US/360", "30/360 USA", "30/360 US (USA)"],
            Self::Thirty360Psa => &["30/360 BMA", "30/360 SIFMA"],
            Self::ThirtyE360 => &[
                "30E/360 Eurobond",
                "30E/360 Eurobond Basis",
                "30/360 Eurobond Basis",
                "Eurobond Basis",
                "30/360 ICMA",
            ],
            Self::ThirtyE360Isda => &["30E/360 German", "30/360 German"],
            Self::Act365Fixed => &["Act/365 Fixed"],
            Self::Nl365 => &["Act/365 No Leap"],
            Self::ActActIcma => &["Act/Act ISMA", "Act/Act Bond", "Act/Act ICMA (ISMA)"],
            Self::ActActAfb => &["Act/Act Euro"],
            Self::Act360 | Self::Act364 | Self::Act36525 | Self::ActActIsda => &[],
        }
    }
}

impl fmt::Display for DayCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DayCount {
    type Err = DayCountError;

    /// Capitals, spaces, hyphens and brackets do not matter, nor whether "Act" is written out.
    fn from_str(text: &str) -> Result<Self, DayCountError> {
        let key = spelling::key(text);
        let means = |name: &&str| spelling::key(name) == key;
        let found = Self::ALL.into_iter().find(|known| means(&known.name()) || known.other_names().iter().any(means));
        found.ok_or_else(|| DayCountError::Unknown(spelling::shown(text)))
    }
}

impl TryFrom<String> for DayCount {
    type Error = DayCountError;

    fn try_from(text: String) -> Result<Self, DayCountError> {
        text.parse()
    }
}

impl From<DayCount> for String {
    fn from(convention: DayCount) -> Self {
        convention.name().to_owned()
    }
}
