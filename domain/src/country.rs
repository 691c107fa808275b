//! Where a borrower lives: ISO 3166-1 alpha-2 countries, and the states of the United States (ISO 3166-2:US).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text names no place that is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    #[error("`{0}` is not an ISO 3166-1 alpha-2 country code such as US")]
    Country(String),
    #[error("`{0}` is not a two-letter code of a US state, district or territory such as CA")]
    UsState(String),
}

/// Officially assigned codes of ISO 3166-1, as of its 2024 edition.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE \
KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE \
SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE \
VG VI VN VU WF WS YE YT ZA ZM ZW";

const US_STATES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY \
NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI";

fn two_letters(text: &str, list: &str) -> Option<[u8; 2]> {
    list.split_ascii_whitespace().find(|code| *code == text).and_then(|code| code.as_bytes().try_into().ok())
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $list:ident, $error:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 2]);

        impl $name {
            /// Every code there is, in the order of the standard.
            pub fn all() -> impl Iterator<Item = &'static str> {
                $list.split_ascii_whitespace()
            }
        }

        impl FromStr for $name {
            type Err = PlaceError;

            fn from_str(text: &str) -> Result<Self, PlaceError> {
                two_letters(text, $list)
                    .map(Self)
                    .ok_or_else(|| PlaceError::$error(text.chars().take(16).collect()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = PlaceError;

            fn try_from(text: String) -> Result<Self, PlaceError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.to_string()
            }
        }
    };
}

code!(
    /// An ISO 3166-1 alpha-2 country.
    Country,
    COUNTRIES,
    Country
);
code!(
    /// A state, district or territory of the United States.
    UsState,
    US_STATES,
    UsState
);

impl Country {
    pub const US: Self = Self(*b"US");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_have_as_many_codes_as_the_standards() {
        assert_eq!(Country::all().count(), 249);
        assert_eq!(UsState::all().count(), 56);
    }

    #[test]
    fn only_exact_codes_are_read() {
        assert_eq!("US".parse(), Ok(Country::US));
        for text in ["us", "USA", "", "ZZ", "U S", " US"] {
            assert!(text.parse::<Country>().is_err(), "{text:?}");
        }
        assert!("CA".parse::<UsState>().is_ok() && "ZZ".parse::<UsState>().is_err());
    }
}
