//! Amounts: a whole number of an asset's smallest unit, never a float, never an implied currency.

use std::cmp::Ordering;
use std::fmt;

use ruint::aliases::U256;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::asset::Asset;

/// Why an amount could not be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("`{0}` is not a plain decimal number such as 1250.00")]
    Malformed(String),
    #[error("{asset} has {decimals} decimals, the amount has {found}")]
    TooManyDecimals { asset: String, decimals: u8, found: usize },
    #[error("the amount does not fit in 78 digits of the smallest unit")]
    Overflow,
    #[error("the result would be below zero")]
    Negative,
    #[error("amounts of {0} and {1} cannot be combined")]
    AssetMismatch(String, String),
}

/// An amount of one asset in base units (cents, wei). Never negative: direction is told by where an amount stands.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Money {
    units: U256,
    asset: Asset,
}

impl Money {
    #[must_use]
    pub fn new(units: U256, asset: Asset) -> Self {
        Self { units, asset }
    }

    #[must_use]
    pub fn zero(asset: Asset) -> Self {
        Self::new(U256::ZERO, asset)
    }

    /// Reads a decimal in major units: `"1250.5"` of USD is 125,050 cents.
    ///
    /// # Errors
    /// When the text is not digits with at most one point, has more decimals than the asset, or is too large.
    pub fn parse(text: &str, asset: &Asset) -> Result<Self, MoneyError> {
        let malformed = || MoneyError::Malformed(text.chars().take(40).collect());
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || fraction.is_some_and(|f| !digits(f)) || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(malformed());
        }
        let fraction = fraction.unwrap_or("");
        let decimals = usize::from(asset.decimals());
        if fraction.len() > decimals {
            return Err(MoneyError::TooManyDecimals {
                asset: asset.symbol().to_owned(),
                decimals: asset.decimals(),
                found: fraction.len(),
            });
        }
        if whole.len() + decimals > MAX_DIGITS {
            return Err(MoneyError::Overflow);
        }
        let text = format!("{whole}{fraction:0<decimals$}");
        let units = U256::from_str_radix(&text, 10).map_err(|_| MoneyError::Overflow)?;
        Ok(Self::new(units, asset.clone()))
    }

    #[must_use]
    pub fn units(&self) -> U256 {
        self.units
    }

    #[must_use]
    pub fn asset(&self) -> &Asset {
        &self.asset
    }

    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.units.is_zero()
    }

    /// The same asset with other units.
    #[must_use]
    pub fn with_units(&self, units: U256) -> Self {
        Self::new(units, self.asset.clone())
    }

    fn same_asset(&self, other: &Self) -> Result<(), MoneyError> {
        if self.asset == other.asset {
            return Ok(());
        }
        Err(MoneyError::AssetMismatch(self.asset.to_string(), other.asset.to_string()))
    }

    /// # Errors
    /// When the assets differ or the sum overflows.
    pub fn checked_add(&self, other: &Self) -> Result<Self, MoneyError> {
        self.same_asset(other)?;
        self.units.checked_add(other.units).map(|units| self.with_units(units)).ok_or(MoneyError::Overflow)
    }

    /// # Errors
    /// When the assets differ or the difference would be below zero.
    pub fn checked_sub(&self, other: &Self) -> Result<Self, MoneyError> {
        self.same_asset(other)?;
        self.units.checked_sub(other.units).map(|units| self.with_units(units)).ok_or(MoneyError::Negative)
    }

    /// # Errors
    /// When the assets differ.
    pub fn compare(&self, other: &Self) -> Result<Ordering, MoneyError> {
        self.same_asset(other)?;
        Ok(self.units.cmp(&other.units))
    }

    /// The same number of major units in another asset, rounded up where the other has fewer decimals:
    /// 20,000 USDC (6 decimals) at par is 20,000 USD (2 decimals).
    ///
    /// # Errors
    /// When the result does not fit.
    pub fn at_par_in(&self, asset: &Asset) -> Result<Self, MoneyError> {
        let (from, to) = (self.asset.decimals(), asset.decimals());
        let units = if to >= from {
            self.units.checked_mul(power_of_ten(to - from))
        } else {
            Some(self.units.div_ceil(power_of_ten(from - to)))
        };
        units.map(|units| Self::new(units, asset.clone())).ok_or(MoneyError::Overflow)
    }

    /// The amount alone, in major units with all of the asset's decimals: `1250.50`.
    #[must_use]
    pub fn amount(&self) -> String {
        let mut text = String::with_capacity(24);
        write_major(&mut text, self.units, self.asset.decimals());
        text
    }
}

/// Writes base units in major units with all of the asset's decimals. Amounts are written by the hundred for each quote,
/// so the usual ones, below 2^64, do not pass through 256-bit division.
pub fn write_major(out: &mut String, units: U256, decimals: u8) {
    match u64::try_from(units) {
        Ok(small) => write_digits(out, itoa::Buffer::new().format(small), usize::from(decimals)),
        Err(_) => write_digits(out, &units.to_string(), usize::from(decimals)),
    }
}

/// Puts the point before the last `decimals` of the digits, after at least one.
fn write_digits(out: &mut String, digits: &str, decimals: usize) {
    let whole = digits.len().checked_sub(decimals).and_then(|whole| digits.split_at_checked(whole));
    match whole {
        _ if decimals == 0 => out.push_str(digits),
        Some((whole, fraction)) => {
            out.push_str(if whole.is_empty() { "0" } else { whole });
            out.push('.');
            out.push_str(fraction);
        }
        None => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', decimals.saturating_sub(digits.len())));
            out.push_str(digits);
        }
    }
}

/// Decimal digits that every 256-bit amount, and `NUMERIC(78,0)`, can hold.
const MAX_DIGITS: usize = 77;

fn power_of_ten(exponent: u8) -> U256 {
    U256::from(10).pow(U256::from(exponent))
}

/// For people: `1250.50 USD`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.asset.symbol())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.asset)
    }
}

/// The wire form: `{"amount": "1250.50", "asset": "USD"}`.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Money", 2)?;
        fields.serialize_field("amount", &self.amount())?;
        fields.serialize_field("asset", &self.asset)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::asset::Token;

    fn usd() -> Asset {
        Asset::fiat("USD").unwrap()
    }

    fn weth() -> Asset {
        let id = "eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2".parse().unwrap();
        Asset::Token(std::sync::Arc::new(Token { id, symbol: "WETH".into(), decimals: 18 }))
    }

    #[test]
    fn amounts_are_read_in_major_units() {
        for (text, units) in [("0", 0), ("0.01", 1), ("1250.5", 125_050), ("10000.00", 1_000_000)] {
            assert_eq!(Money::parse(text, &usd()).unwrap().units(), U256::from(units), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in ["", ".", ".5", "5.", "-1", "+1", "1e3", "NaN", "1,000", " 1", "1 ", "00.1", "0x1", "١", "1.2.3"] {
            assert_eq!(Money::parse(text, &usd()), Err(MoneyError::Malformed(text.into())), "{text:?}");
        }
        assert!(matches!(Money::parse("1.001", &usd()), Err(MoneyError::TooManyDecimals { found: 3, .. })));
        assert_eq!(Money::parse(&"9".repeat(78), &usd()), Err(MoneyError::Overflow));
    }

    #[test]
    fn par_scales_between_decimals_and_rounds_against_the_lender() {
        let id = "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48".parse().unwrap();
        let usdc = Asset::Token(std::sync::Arc::new(Token { id, symbol: "USDC".into(), decimals: 6 }));
        let par = |text| Money::parse(text, &usdc).unwrap().at_par_in(&usd()).unwrap().amount();
        assert_eq!(par("20000"), "20000.00");
        assert_eq!(par("0.000001"), "0.01");
        let back = |text| Money::parse(text, &usd()).unwrap().at_par_in(&usdc).unwrap().amount();
        assert_eq!(back("12.34"), "12.340000");
        assert_eq!(Money::new(U256::MAX, usd()).at_par_in(&usdc), Err(MoneyError::Overflow));
    }

    #[test]
    fn amounts_have_77_digits_of_the_smallest_unit_and_no_more() {
        let most = "9".repeat(75);
        assert_eq!(Money::parse(&most, &usd()).unwrap().amount(), format!("{most}.00"));
        assert_eq!(Money::parse(&"9".repeat(76), &usd()), Err(MoneyError::Overflow));
    }

    #[test]
    fn sums_and_differences_are_exact_or_an_error() {
        let money = |cents: u64| Money::new(U256::from(cents), usd());
        assert_eq!(money(5).checked_add(&money(3)), Ok(money(8)));
        assert_eq!(money(5).checked_sub(&money(3)), Ok(money(2)));
        assert_eq!(money(3).checked_sub(&money(5)), Err(MoneyError::Negative));
        assert_eq!(Money::new(U256::MAX, usd()).checked_add(&money(1)), Err(MoneyError::Overflow));
        assert_eq!(money(3).compare(&money(5)), Ok(Ordering::Less));
        assert!(money(0).is_zero() && Money::zero(usd()).is_zero() && !money(1).is_zero());
        assert_eq!(money(5).with_units(U256::ONE), money(1));
    }

    #[test]
    fn an_amount_is_written_with_its_asset_for_people_and_in_parts_for_programs() {
        let money = Money::parse("1250.5", &usd()).unwrap();
        assert_eq!(money.to_string(), "1250.50 USD");
        assert_eq!(format!("{money:?}"), format!("1250.50 {}", usd()));
        assert_eq!(serde_json::to_value(&money).unwrap()["amount"], "1250.50");
        for (units, decimals, text) in [(0, 0, "0"), (7, 0, "7"), (7, 1, "0.7"), (7, 3, "0.007"), (1_234, 3, "1.234")] {
            let mut out = String::new();
            write_major(&mut out, U256::from(units), decimals);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn assets_do_not_mix() {
        let (a, b) = (Money::parse("1", &usd()).unwrap(), Money::parse("1", &weth()).unwrap());
        assert!(matches!(a.checked_add(&b), Err(MoneyError::AssetMismatch(..))));
        assert!(matches!(a.compare(&b), Err(MoneyError::AssetMismatch(..))));
    }

    proptest! {
        #[test]
        fn writing_and_reading_an_amount_gives_it_back(limbs in any::<[u64; 3]>()) {
            let units = U256::from_limbs([limbs[0], limbs[1], limbs[2], 0]);
            for asset in [usd(), weth(), Asset::fiat("JPY").unwrap()] {
                let money = Money::new(units, asset.clone());
                prop_assert_eq!(Money::parse(&money.amount(), &asset).unwrap(), money);
            }
        }

        #[test]
        fn reading_any_text_never_panics(text in ".*") {
            let _ = Money::parse(&text, &weth());
        }
    }
}
