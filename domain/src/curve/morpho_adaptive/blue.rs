//! Morpho Blue's side: a market's totals, how interest is added to them, and what a borrow makes of the rate.
//!
//! A market is touched by anybody; each touch charges the time since the last at the model's average rate for it, and moves
//! the rate at target. The longer nobody comes, the coarser that average: what a term costs depends on how often that will
//! be, so whoever asks for a term says it.

use std::num::NonZeroU32;

use ruint::aliases::U256;

use super::{BorrowRate, CurveError, MAX_RATE_AT_TARGET, MIN_RATE_AT_TARGET, WAD, borrow_rate};

/// The most accruals that a term is cut into: hourly for 92 days, daily for six years.
pub const MAX_ACCRUALS: u32 = 2_208;

/// A market and its rate at target as one block leaves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market {
    /// In the loan asset's smallest unit.
    pub total_supply_assets: u128,
    /// In the loan asset's smallest unit.
    pub total_borrow_assets: u128,
    /// `rateAtTarget` of the model, by the second in wad; 0 where the model has never seen the market.
    pub rate_at_target_wad: u64,
    /// Unix seconds.
    pub last_update: u64,
}

/// A market brought to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accrual {
    pub market: Market,
    /// What was added to both totals.
    pub interest: u128,
    /// What it was charged at, by the second in wad.
    pub rate_per_second_wad: u64,
}

/// A market after somebody has borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterBorrow {
    pub market: Market,
    /// At this instant; it drifts as long as utilisation is off target.
    pub rate_per_second_wad: u64,
    pub utilisation_wad: U256,
}

/// A market at the two ends of a term in which nobody borrows, repays, supplies or withdraws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverTerm {
    pub start: Market,
    pub end: Market,
    /// The rates of the accruals weighted by their time, by the second in wad, cut off.
    pub average_per_second_wad: u64,
}

impl Market {
    /// Borrowed over supplied in wad, cut off; zero where nothing is supplied.
    ///
    /// # Errors
    /// [`CurveError::BorrowAboveSupply`].
    pub fn utilisation(&self) -> Result<U256, CurveError> {
        let (borrowed, supplied) = (self.total_borrow_assets, self.total_supply_assets);
        if borrowed > supplied {
            return Err(CurveError::BorrowAboveSupply { borrowed, supplied });
        }
        let scaled = U256::from(borrowed).checked_mul(WAD).ok_or(CurveError::Overflow("utilisation"))?;
        Ok(scaled.checked_div(U256::from(supplied)).unwrap_or(U256::ZERO))
    }

    /// `borrowRateView` when `elapsed_s` seconds have passed since the last update: the average over them, which for none is
    /// the rate at this instant.
    ///
    /// # Errors
    /// [`CurveError::BorrowAboveSupply`], [`CurveError::RateAtTargetOutOfBounds`].
    pub fn borrow_rate(&self, elapsed_s: u64) -> Result<BorrowRate, CurveError> {
        let start = self.rate_at_target_wad;
        if start != 0 && !(MIN_RATE_AT_TARGET..=MAX_RATE_AT_TARGET).contains(&start) {
            return Err(CurveError::RateAtTargetOutOfBounds(start));
        }
        let utilisation = i128::try_from(self.utilisation()?).map_err(|_| CurveError::Overflow("utilisation"))?;
        borrow_rate(utilisation, start, elapsed_s)
    }

    /// `_accrueInterest` in a block of time `at` (Unix seconds). The fee takes shares and changes neither total.
    ///
    /// # Errors
    /// [`CurveError::TimeBeforeUpdate`], a state that the contract never reaches, and where it reverts.
    pub fn accrued(&self, at: u64) -> Result<Accrual, CurveError> {
        let last_update = self.last_update;
        let elapsed = at.checked_sub(last_update).ok_or(CurveError::TimeBeforeUpdate { at, last_update })?;
        let rate = self.borrow_rate(elapsed)?;
        let rate_per_second_wad = rate.average_per_second_wad;
        if elapsed == 0 {
            return Ok(Accrual { market: *self, interest: 0, rate_per_second_wad });
        }
        let growth = w_taylor_compounded(U256::from(rate_per_second_wad), elapsed)?;
        let interest = U256::from(self.total_borrow_assets).checked_mul(growth).and_then(|raw| raw.checked_div(WAD));
        let interest = to_uint128(interest.ok_or(CurveError::Overflow("interest"))?, "interest")?;
        let add = |total: u128, name| total.checked_add(interest).ok_or(CurveError::Overflow(name));
        let market = Self {
            total_supply_assets: add(self.total_supply_assets, "total supply")?,
            total_borrow_assets: add(self.total_borrow_assets, "total borrow")?,
            rate_at_target_wad: rate.rate_at_target_wad,
            last_update: at,
        };
        Ok(Accrual { market, interest, rate_per_second_wad })
    }

    /// `borrow` in a block of time `at`: accrued at the old utilisation, `amount` added, the curve asked again.
    ///
    /// # Errors
    /// [`CurveError::InsufficientLiquidity`], and those of [`Market::accrued`].
    pub fn after_borrow(&self, amount: U256, at: u64) -> Result<AfterBorrow, CurveError> {
        let mut market = self.accrued(at)?.market;
        // The total that the contract refuses afterwards is refused before, with what would have been possible.
        let available = market.total_supply_assets.saturating_sub(market.total_borrow_assets);
        let insufficient = CurveError::InsufficientLiquidity { amount, available };
        let within = u128::try_from(amount).ok().filter(|amount| *amount <= available);
        let borrowed = within.and_then(|amount| market.total_borrow_assets.checked_add(amount));
        market.total_borrow_assets = borrowed.ok_or(insufficient)?;
        let rate_per_second_wad = market.borrow_rate(0)?.average_per_second_wad;
        Ok(AfterBorrow { market, rate_per_second_wad, utilisation_wad: market.utilisation()? })
    }

    /// What the next `seconds` cost if somebody touches the market `accruals` times in them, evenly, the last time at
    /// their end, and changes nothing. One accrual is what the contract charges a market that is left alone.
    ///
    /// # Errors
    /// [`CurveError::TooManyAccruals`], a time that ends after 2^64 seconds, and those of [`Market::accrued`].
    pub fn over_term(&self, seconds: u64, accruals: NonZeroU32) -> Result<OverTerm, CurveError> {
        if accruals.get() > MAX_ACCRUALS {
            return Err(CurveError::TooManyAccruals(accruals.get()));
        }
        let parts = u128::from(accruals.get());
        let overflow = CurveError::Overflow("term");
        let (mut market, mut weighted) = (*self, 0u128);
        for part in 1..=parts {
            let offset = u128::from(seconds).checked_mul(part).and_then(|product| product.checked_div(parts));
            let offset = offset.and_then(|offset| u64::try_from(offset).ok());
            let at = offset.and_then(|offset| self.last_update.checked_add(offset)).ok_or(overflow)?;
            let accrual = market.accrued(at)?;
            let elapsed = u128::from(at.saturating_sub(market.last_update));
            let charged = u128::from(accrual.rate_per_second_wad).checked_mul(elapsed);
            weighted = charged.and_then(|charged| weighted.checked_add(charged)).ok_or(overflow)?;
            market = accrual.market;
        }
        let average_per_second_wad = match weighted.checked_div(u128::from(seconds)) {
            Some(average) => u64::try_from(average).map_err(|_| overflow)?,
            None => self.borrow_rate(0)?.average_per_second_wad,
        };
        Ok(OverTerm { start: *self, end: market, average_per_second_wad })
    }
}

impl OverTerm {
    /// What a debt of `amount` at the start, part of what was borrowed, is at the end: it grows as the total does, rounded up
    /// as the pool rounds what is repaid. The contract's shares may ask for a few units more.
    ///
    /// # Errors
    /// [`CurveError::Overflow`], also for a debt in a market that owes nothing.
    pub fn debt(&self, amount: U256) -> Result<U256, CurveError> {
        let (start, end) = (U256::from(self.start.total_borrow_assets), U256::from(self.end.total_borrow_assets));
        let raised = amount.checked_mul(end).and_then(|product| product.checked_add(start.saturating_sub(U256::ONE)));
        raised.and_then(|raised| raised.checked_div(start)).ok_or(CurveError::Overflow("debt"))
    }
}

/// `wTaylorCompounded`: the first three terms of e^(rate·seconds) - 1, each cut off, in wad.
///
/// # Errors
/// [`CurveError::Overflow`].
pub fn w_taylor_compounded(rate_per_second_wad: U256, seconds: u64) -> Result<U256, CurveError> {
    let overflow = CurveError::Overflow("compounded interest");
    let next = |term: U256, first: U256, over: u64| {
        let over = WAD.checked_mul(U256::from(over))?;
        term.checked_mul(first)?.checked_div(over)
    };
    let first = rate_per_second_wad.checked_mul(U256::from(seconds)).ok_or(overflow)?;
    let second = next(first, first, 2).ok_or(overflow)?;
    let third = next(second, first, 3).ok_or(overflow)?;
    first.checked_add(second).and_then(|sum| sum.checked_add(third)).ok_or(overflow)
}

fn to_uint128(value: U256, argument: &'static str) -> Result<u128, CurveError> {
    u128::try_from(value).map_err(|_| CurveError::TooWide { argument, found: value })
}
