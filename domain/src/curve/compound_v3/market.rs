//! A market's stored state: its two indices, the principals that they scale, and what a moment or a borrow makes of them.
//!
//! Between accruals the indices grow by simple interest at the rate that the stored totals give. An accrual happens when
//! anybody touches the market, and compounds; this module accrues exactly when it is told to.

use ruint::aliases::U256;

use super::{Curve, CurveError, mul_factor, safe64, utilisation};

/// `BASE_INDEX_SCALE`: where both indices start.
const BASE_INDEX_SCALE: U256 = U256::from_limbs([1_000_000_000_000_000, 0, 0, 0]);

/// Principals are `uint104`; a borrower's is an `int104`.
const PRINCIPAL_BITS: usize = 104;
const SIGNED_PRINCIPAL_BITS: usize = 103;

/// Times are `uint40`.
const TIME_BITS: usize = 40;

/// The curves of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curves {
    pub supply: Curve,
    pub borrow: Curve,
}

/// `totalsBasic()` as one block leaves it, the rewards left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market {
    /// From 1e15.
    pub base_supply_index: u64,
    /// From 1e15.
    pub base_borrow_index: u64,
    /// Principal, below 2^104: the present value is this times the index over 1e15.
    pub total_supply_base: u128,
    /// Principal, below 2^104.
    pub total_borrow_base: u128,
    /// Unix seconds, below 2^40.
    pub last_accrual: u64,
}

/// A market after somebody who owed nothing has borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterBorrow {
    pub market: Market,
    /// What the borrower owes is this times the borrow index over 1e15.
    pub principal: u128,
    /// Above 1e18 where more is lent out than was supplied.
    pub utilisation_wad: U256,
    pub rate_per_second_wad: u64,
}

impl Market {
    /// `totalSupply()` in the base asset's smallest unit, as of the last accrual.
    ///
    /// # Errors
    /// [`CurveError::TooWide`].
    pub fn total_supply(&self) -> Result<U256, CurveError> {
        present_value(self.total_supply_base, self.base_supply_index)
    }

    /// `totalBorrow()` in the base asset's smallest unit, as of the last accrual.
    ///
    /// # Errors
    /// [`CurveError::TooWide`].
    pub fn total_borrow(&self) -> Result<U256, CurveError> {
        present_value(self.total_borrow_base, self.base_borrow_index)
    }

    /// `getUtilization()`, in wad. It knows nothing of the interest since the last accrual, and neither do the rates.
    ///
    /// # Errors
    /// [`CurveError::TooWide`].
    pub fn utilisation(&self) -> Result<U256, CurveError> {
        utilisation(self.total_borrow()?, self.total_supply()?)
    }

    /// `accrueInternal`: the market with its indices brought to `at` (Unix seconds).
    ///
    /// # Errors
    /// [`CurveError::TimeBeforeAccrual`], and where the contract reverts.
    pub fn accrued(&self, curves: &Curves, at: u64) -> Result<Self, CurveError> {
        fits(U256::from(at), TIME_BITS, "time")?;
        let last_accrual = self.last_accrual;
        let elapsed = at.checked_sub(last_accrual).ok_or(CurveError::TimeBeforeAccrual { at, last_accrual })?;
        if elapsed == 0 {
            return Ok(*self);
        }
        let utilisation = self.utilisation()?;
        let (supply, borrow) =
            (curves.supply.rate_per_second(utilisation)?, curves.borrow.rate_per_second(utilisation)?);
        Ok(Self {
            base_supply_index: index_after(self.base_supply_index, supply, elapsed)?,
            base_borrow_index: index_after(self.base_borrow_index, borrow, elapsed)?,
            last_accrual: at,
            ..*self
        })
    }

    /// `withdrawBase` by an account without a balance, in a block of time `at`: accrued, the principal added. Whether the
    /// contract holds the amount, and whether the account may borrow it, is not asked here.
    ///
    /// # Errors
    /// [`CurveError::TimeBeforeAccrual`], and where the contract reverts.
    pub fn after_borrow(&self, curves: &Curves, amount: U256, at: u64) -> Result<AfterBorrow, CurveError> {
        let accrued = self.accrued(curves, at)?;
        let principal = borrow_principal(amount, accrued.base_borrow_index)?;
        fits(U256::from(principal), SIGNED_PRINCIPAL_BITS, "principal")?;
        let total = accrued.total_borrow_base.checked_add(principal).ok_or(CurveError::Overflow("total borrow"))?;
        let market = Self { total_borrow_base: total, ..accrued };
        let utilisation_wad = market.utilisation()?;
        let rate_per_second_wad = curves.borrow.rate_per_second(utilisation_wad)?;
        Ok(AfterBorrow { market, principal, utilisation_wad, rate_per_second_wad })
    }
}

impl AfterBorrow {
    /// `borrowBalanceOf` the borrower at `at` (Unix seconds) if nobody touches the market until then: the least that will be
    /// owed at a utilisation that does not fall, since every accrual on the way compounds.
    ///
    /// # Errors
    /// [`CurveError::TimeBeforeAccrual`], and where the contract reverts.
    pub fn debt_at(&self, curves: &Curves, at: u64) -> Result<U256, CurveError> {
        present_value(self.principal, self.market.accrued(curves, at)?.base_borrow_index)
    }
}

/// One index of `accruedInterestIndices`: index + index·(rate·seconds) / 1e18, cut off.
///
/// # Errors
/// [`CurveError::TooWide`] and [`CurveError::Overflow`] where the contract reverts.
pub fn index_after(index: u64, rate_per_second_wad: u64, seconds: u64) -> Result<u64, CurveError> {
    let factor = U256::from(rate_per_second_wad).checked_mul(U256::from(seconds));
    let factor = factor.ok_or(CurveError::Overflow("rate over time"))?;
    let grown = safe64(mul_factor(U256::from(index), factor, "index growth")?, "index growth")?;
    index.checked_add(grown).ok_or(CurveError::Overflow("index"))
}

/// `presentValueSupply` and `presentValueBorrow`: principal·index / 1e15, cut off.
///
/// # Errors
/// [`CurveError::TooWide`] for a principal of more than 104 bits.
pub fn present_value(principal: u128, index: u64) -> Result<U256, CurveError> {
    let principal = fits(U256::from(principal), PRINCIPAL_BITS, "principal")?;
    let scaled = principal.checked_mul(U256::from(index)).and_then(|scaled| scaled.checked_div(BASE_INDEX_SCALE));
    scaled.ok_or(CurveError::Overflow("present value"))
}

/// `principalValueSupply`: present·1e15 / index, cut off, in the pool's favour.
///
/// # Errors
/// [`CurveError::ZeroIndex`], and [`CurveError::Overflow`] and [`CurveError::TooWide`] where the contract reverts.
pub fn supply_principal(present: U256, index: u64) -> Result<u128, CurveError> {
    principal(present, index, U256::ZERO, "supply index")
}

/// `principalValueBorrow`: present·1e15 / index, rounded up, in the pool's favour.
///
/// # Errors
/// [`CurveError::ZeroIndex`], and [`CurveError::Overflow`] and [`CurveError::TooWide`] where the contract reverts.
pub fn borrow_principal(present: U256, index: u64) -> Result<u128, CurveError> {
    principal(present, index, U256::from(index.saturating_sub(1)), "borrow index")
}

fn principal(present: U256, index: u64, raise: U256, name: &'static str) -> Result<u128, CurveError> {
    let raised = present.checked_mul(BASE_INDEX_SCALE).and_then(|scaled| scaled.checked_add(raise));
    let raised = raised.ok_or(CurveError::Overflow("principal"))?;
    let principal = raised.checked_div(U256::from(index)).ok_or(CurveError::ZeroIndex(name))?;
    let principal = fits(principal, PRINCIPAL_BITS, "principal")?;
    u128::try_from(principal).map_err(|_| CurveError::Overflow("principal"))
}

fn fits(value: U256, bits: usize, argument: &'static str) -> Result<U256, CurveError> {
    if value.bit_len() > bits { Err(CurveError::TooWide { argument, bits, found: value }) } else { Ok(value) }
}
