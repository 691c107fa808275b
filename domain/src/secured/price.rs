//! How a price is read from two feeds: `contracts/src/collateral/FeedReader.sol`, but for the sequencer of a second layer.

use ruint::aliases::U256;

use super::arithmetic::{ArithmeticError, BPS, mul, power_of_ten, sub};

/// Decimals of a WAD.
const PRICE_DECIMALS: u8 = 18;
/// Beyond it an answer is beyond every bound.
const ANSWER_BITS: usize = 128;

/// Why there is no price. The feed is to blame; another second may answer otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceRefusal {
    #[error("the answer is not above zero")]
    AnswerNotPositive,
    #[error("the answer is from second {updated_at}, which is not yet")]
    AnswerFromFuture { updated_at: U256 },
    #[error("the answer of second {updated_at} is older than {heartbeat_s} seconds")]
    AnswerStale { updated_at: U256, heartbeat_s: u32 },
    #[error("a price of {price} is not inside the bounds {min} and {max}")]
    OutOfBounds { price: U256, min: u128, max: u128 },
    #[error("the sources say {primary} and {secondary}")]
    SourcesDisagree { primary: U256, secondary: U256 },
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// A feed and its newest answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The `int256` of the feed as it lies in its word: two's complement.
    pub answer: U256,
    pub decimals: u8,
    pub updated_at: U256,
    /// The most seconds since the last update.
    pub heartbeat_s: u32,
}

/// Two feeds of one asset and what they must fulfil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub primary: Source,
    pub secondary: Source,
    /// The price must be above it, in WAD.
    pub min: u128,
    /// The price must be below it, in WAD.
    pub max: u128,
    /// How far the two may be apart, as a share of the lower.
    pub max_deviation_bps: u16,
}

impl Route {
    /// The price in WAD at a second: the primary's, where the secondary agrees.
    ///
    /// # Errors
    /// The first check that fails, the primary's before the secondary's.
    pub fn price_at(&self, timestamp: u64) -> Result<U256, PriceRefusal> {
        let primary = self.read(&self.primary, timestamp)?;
        let secondary = self.read(&self.secondary, timestamp)?;
        let (low, high) = (primary.min(secondary), primary.max(secondary));
        let apart = mul(sub(high, low, "deviation")?, U256::from(BPS), "deviation")?;
        if apart > mul(low, U256::from(self.max_deviation_bps), "deviation")? {
            return Err(PriceRefusal::SourcesDisagree { primary, secondary });
        }
        Ok(primary)
    }

    fn read(&self, source: &Source, timestamp: u64) -> Result<U256, PriceRefusal> {
        let Source { answer, decimals, updated_at, heartbeat_s } = *source;
        if answer.is_zero() || answer.bit(255) {
            return Err(PriceRefusal::AnswerNotPositive);
        }
        let age = U256::from(timestamp).checked_sub(updated_at).ok_or(PriceRefusal::AnswerFromFuture { updated_at })?;
        if age > U256::from(heartbeat_s) {
            return Err(PriceRefusal::AnswerStale { updated_at, heartbeat_s });
        }
        let out_of_bounds = |price| PriceRefusal::OutOfBounds { price, min: self.min, max: self.max };
        if answer.bit_len() > ANSWER_BITS {
            return Err(out_of_bounds(answer));
        }
        let missing = PRICE_DECIMALS.checked_sub(decimals).ok_or(ArithmeticError::BelowZero("decimals of the feed"))?;
        let price = mul(answer, power_of_ten(missing, "decimals of the feed")?, "price")?;
        if price <= U256::from(self.min) || price >= U256::from(self.max) {
            return Err(out_of_bounds(price));
        }
        Ok(price)
    }
}
