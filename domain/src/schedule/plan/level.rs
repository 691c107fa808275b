//! The level payment over unequal periods.
//!
//! With v_k = Π 1 / (1 + f_j) over the periods up to k, a balance B is brought to the balloon Z by payments p·w_k where
//! p = (B - Z·v_n) / Σ w_k·v_k. Where interest joins the balance every few periods only, the end value of the balance
//! and that of payments of w_k are found by going through the periods, and p is their ratio.
//!
//! v_k has 256 binary places, each product off by less than one last place. A payment is first rounded to 64 binary
//! places of a unit, which for amounts below 2^120 and terms of at most 4,000 periods brings a value that is a half
//! back to being one, and then as the product says.

use ruint::Uint;
use ruint::aliases::{U256, U512, U1024};

use crate::rate::{FRACTION_BITS, Fixed, PeriodicRate, half_even};

use super::PlanError;
use super::exact::{shown, units};
use super::rounding::Round;

/// Binary places of a unit that a payment is taken to before the product's own rounding.
const GUARD_BITS: usize = 64;

/// What is to be repaid and over what.
#[derive(Debug)]
pub(super) struct Level<'a> {
    pub balance: i128,
    /// Left after the last payment.
    pub balloon: i128,
    /// Of each period, in order: growth factor and weight.
    pub periods: &'a [(Fixed, u32)],
    /// Interest joins the balance when so many periods have passed since it last did, and with the last. The first
    /// period may follow some that have not been posted.
    pub posting: Option<Posting>,
}

/// Interest that joins the balance every so many periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posting {
    pub every: usize,
    /// Periods since the last posting.
    pub since: usize,
    /// Their interest, which joins the balance with the next posting.
    pub unposted: i128,
}

/// One plus the rates of the stretches of a period.
pub(super) fn growth(rates: impl Iterator<Item = PeriodicRate>) -> Result<Fixed, PlanError> {
    let mut sum = Fixed::ONE;
    for rate in rates {
        let next = Fixed::from_ratio(rate.numerator(), rate.denominator()).and_then(|part| sum.checked_add(part));
        sum = next.ok_or(PlanError::Overflow("rate"))?;
    }
    Ok(sum)
}

impl Level<'_> {
    /// The payment of a period whose weight is `full`, rounded. Nothing where no period has a weight.
    ///
    /// # Errors
    /// [`PlanError::BalloonTooLarge`], [`PlanError::Overflow`].
    pub(super) fn payment(&self, full: u32, rule: Round) -> Result<i128, PlanError> {
        let overflow = || PlanError::Overflow("level payment");
        if self.periods.iter().all(|(_, weight)| *weight == 0) {
            return Ok(0);
        }
        let (kept, value) = match self.posting {
            None => self.present_values(),
            Some(posting) => self.end_values(posting),
        }
        .ok_or_else(overflow)?;
        let (owed, balloon) = kept;
        let repaid = owed
            .checked_sub(balloon)
            .ok_or_else(|| PlanError::BalloonTooLarge { balloon: Uint::try_from(self.balloon).unwrap_or_default() })?;
        rounded(repaid, value, full, rule).ok_or_else(overflow)
    }

    /// ((B, Z·v_n), Σ w·v), all times 2^256.
    fn present_values(&self) -> Option<((U1024, U1024), U1024)> {
        let (mut discount, mut value) = (Fixed::ONE, U1024::ZERO);
        for (growth, weight) in self.periods {
            discount = discount.checked_div(*growth)?;
            value = value.checked_add(U1024::from(discount.bits()).checked_mul(U1024::from(*weight))?)?;
        }
        let owed = U1024::try_from(self.balance).ok()? << FRACTION_BITS;
        let balloon = U1024::from(discount.bits()).checked_mul(U1024::try_from(self.balloon).ok()?)?;
        Some(((owed, balloon), value))
    }

    /// ((B and the interest that waits, grown, Z), the end value of payments of w), all times 2^256.
    fn end_values(&self, posting: Posting) -> Option<((U1024, U1024), U1024)> {
        let (mut grown, mut grown_due) = (Fixed::ONE, Fixed::ZERO);
        let (mut value, mut value_due) = (Fixed::ZERO, Fixed::ZERO);
        let (mut joined, mut joined_due) = (Fixed::ZERO, Fixed::ONE);
        let mut since = posting.since;
        for (index, (growth, weight)) in (1usize..).zip(self.periods) {
            let rate = growth.checked_sub(Fixed::ONE)?;
            grown_due = grown_due.checked_add(grown.checked_mul(rate)?)?;
            value_due = value_due.checked_add(value.checked_mul(rate)?)?;
            joined_due = joined_due.checked_add(joined.checked_mul(rate)?)?;
            value = value.checked_add(Fixed::whole(*weight)?)?;
            since = since.checked_add(1)?;
            if since >= posting.every || index == self.periods.len() {
                (grown, grown_due) = (grown.checked_add(grown_due)?, Fixed::ZERO);
                (value, value_due) = (value.checked_add(value_due)?, Fixed::ZERO);
                (joined, joined_due) = (joined.checked_add(joined_due)?, Fixed::ZERO);
                since = 0;
            }
        }
        let owed = U1024::from(grown.bits()).checked_mul(U1024::try_from(self.balance).ok()?)?;
        let waiting = U1024::from(joined.bits()).checked_mul(U1024::try_from(posting.unposted).ok()?)?;
        let owed = owed.checked_add(waiting)?;
        let balloon = U1024::try_from(self.balloon).ok()? << FRACTION_BITS;
        Some(((owed, balloon), U1024::from(value.bits())))
    }
}

/// repaid · full / value in multiples of the rule's unit.
fn rounded(repaid: U1024, value: U1024, full: u32, rule: Round) -> Option<i128> {
    let unit = U1024::from(rule.unit.get());
    let numerator = repaid.checked_mul(U1024::from(full))?.checked_shl(GUARD_BITS)?;
    let guarded: U512 = Uint::checked_from_limbs_slice(half_even(numerator, value.checked_mul(unit)?)?.as_limbs())?;
    let whole: U512 = guarded >> GUARD_BITS;
    let one = U512::ONE << GUARD_BITS;
    let rest = guarded.checked_sub(whole << GUARD_BITS)?;
    let missing = one.checked_sub(rest)?;
    let up = rule.mode.goes_up(whole.bit(0), rest.is_zero(), &rest, &missing);
    let multiples = whole.checked_add(U512::from(u8::from(up)))?;
    i128::try_from(multiples.checked_mul(U512::from(rule.unit.get()))?).ok()
}

/// What payments are worth before the first of their periods, at the rate of each period: Σ payment · v_k, rounded.
///
/// # Errors
/// [`PlanError::Overflow`], [`PlanError::TooLarge`].
pub fn present_value(payments: &[(PeriodicRate, U256)], rule: Round) -> Result<U256, PlanError> {
    let overflow = || PlanError::Overflow("present value");
    let (mut discount, mut value) = (Fixed::ONE, U1024::ZERO);
    for (rate, payment) in payments {
        let payment = U1024::try_from(units(*payment, "payment")?).map_err(|_| overflow())?;
        discount = discount.checked_div(growth(std::iter::once(*rate))?).ok_or_else(overflow)?;
        let worth = U1024::from(discount.bits()).checked_mul(payment);
        value = worth.and_then(|worth| value.checked_add(worth)).ok_or_else(overflow)?;
    }
    let rounded = rounded(value, U1024::ONE << FRACTION_BITS, 1, rule).ok_or_else(overflow)?;
    shown(rounded, "present value")
}
