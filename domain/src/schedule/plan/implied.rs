//! The rate that rounded payments amount to, as a multiple of the agreed one.

use ruint::aliases::{U256, U512};

use crate::rate::{Fixed, PeriodicRate};

use super::PlanError;
use super::level::Posting;

/// Binary places of the multiple.
const PLACES: usize = 100;

/// A multiple is searched below 2^2: rounding a payment does not move a rate by more.
const BITS: usize = PLACES + 2;

/// A multiple of every rate of a plan: bits / 2^100.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale(U256);

impl Scale {
    /// # Errors
    /// [`PlanError::Overflow`].
    pub(super) fn apply(self, rate: PeriodicRate) -> Result<PeriodicRate, PlanError> {
        let both = rate.numerator().checked_mul(self.0).zip(rate.denominator().checked_shl(PLACES));
        let (numerator, denominator) = both.ok_or(PlanError::Overflow("rate"))?;
        Ok(PeriodicRate::from_ratio(numerator, denominator)?)
    }
}

/// The multiple at which payments of `payment` · weight / `full` bring a balance to zero, by halving: the end balance
/// rises with the rate. None where no multiple between 0 and 4 does, as for a rate of zero.
pub(super) fn scale(
    balance: i128,
    payment: i128,
    full: u32,
    periods: &[(Fixed, u32)],
    posting: Option<Posting>,
) -> Result<Option<Scale>, PlanError> {
    let owed = U256::try_from(balance).ok().and_then(|balance| balance.checked_mul(U256::from(full)));
    let payment = U256::try_from(payment).ok();
    let (owed, payment) = owed.zip(payment).ok_or(PlanError::Overflow("rate of the payments"))?;
    let mut bits = U256::ZERO;
    for place in (0..BITS).rev() {
        let tried = bits | (U256::ONE << place);
        if !leaves_debt(owed, payment, periods, tried, posting).ok_or(PlanError::Overflow("rate of the payments"))? {
            bits = tried;
        }
    }
    let highest = (U256::ONE << BITS).saturating_sub(U256::ONE);
    Ok(if bits.is_zero() || bits == highest { None } else { Some(Scale(bits)) })
}

/// Whether something is still owed after the last payment. Amounts have 128 binary places.
fn leaves_debt(
    owed: U256,
    payment: U256,
    periods: &[(Fixed, u32)],
    scale: U256,
    posting: Option<Posting>,
) -> Option<bool> {
    const AMOUNT_PLACES: usize = 128;
    let scale = Fixed::from_ratio(scale, U256::ONE << PLACES)?;
    let mut balance = U512::from(owed).checked_shl(AMOUNT_PLACES)?;
    let (mut unposted, mut since) = (U512::ZERO, posting.map_or(0, |posting| posting.since));
    for (number, (growth, weight)) in (1usize..).zip(periods) {
        let rate = growth.checked_sub(Fixed::ONE)?.checked_mul(scale)?;
        let interest = Fixed::from_bits(balance).checked_mul(rate)?.bits();
        unposted = unposted.checked_add(interest)?;
        since = since.checked_add(1)?;
        let posts = posting.is_none_or(|posting| since >= posting.every) || number == periods.len();
        let paid = U512::from(payment).checked_mul(U512::from(*weight))?.checked_shl(AMOUNT_PLACES)?;
        if posts {
            balance = balance.checked_add(std::mem::take(&mut unposted))?;
            since = 0;
        }
        match balance.checked_sub(paid) {
            Some(rest) => balance = rest,
            None => return Some(false),
        }
    }
    Some(!balance.is_zero())
}
