//! Puts a lender's offer, stated in the lender's convention, on the terms that all offers are compared in.
//!
//! Every convention ends as the same shape: one drawdown, dated instalments in whole units, and from those the APR of
//! the borrower's law, the total cost and the effective annual rate. Two offers of the same payments are equal here,
//! whatever they were called.

use jiff::civil::Date;
use ruint::aliases::U256;
use serde::{Deserialize, Serialize};

use crate::apr::{AprError, DatedFlow, eu_ccd, us_reg_z};
use crate::money::{Money, MoneyError};
use crate::offer::{Fee, FeeAmount, FeeKind, FeeTiming, MAX_INSTALMENTS, Offer, Pricing, Repayment};
use crate::period::PeriodError;
use crate::rate::{PeriodicRate, Rate, RateError};
use crate::schedule::{Instalment, Schedule, ScheduleError};

/// Which law's annual percentage rate is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AprMethod {
    /// Regulation Z, 12 CFR 1026, Appendix J, actuarial method.
    UsRegZ,
    /// Directive 2008/48/EC, Annex I; Directive (EU) 2023/2225, Annex III.
    EuCcd,
}

impl AprMethod {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UsRegZ => "us_reg_z",
            Self::EuCcd => "eu_ccd",
        }
    }
}

/// Why an offer cannot be put on equal terms. All of them are the lender's to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NormaliseError {
    #[error("fees of {fees} leave nothing of {principal} to pay out")]
    NothingDisbursed { fees: String, principal: String },
    #[error("the payments add up to less than was paid out")]
    PaymentsBelowDisbursement,
    #[error("more than {MAX_INSTALMENTS} instalments")]
    TooManyInstalments,
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("rate: {0}")]
    Rate(#[from] RateError),
    #[error("term: {0}")]
    Period(#[from] PeriodError),
    #[error("schedule: {0}")]
    Schedule(#[from] ScheduleError),
    #[error("APR: {0}")]
    Apr(#[from] AprError),
}

/// A fee with its amount worked out, over the whole life of the credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargedFee {
    pub kind: FeeKind,
    pub timing: FeeTiming,
    pub in_apr: bool,
    pub amount: Money,
}

/// An offer on equal terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What is owed on the first day, financed fees included.
    pub principal: Money,
    /// What the borrower receives.
    pub disbursed: Money,
    /// The payment that occurs most often, fees included.
    pub payment: Money,
    /// All instalments together.
    pub total_repayable: Money,
    /// Everything paid, over what was received.
    pub total_cost: Money,
    pub fees: Vec<ChargedFee>,
    /// The yearly rate of interest alone, fees left out.
    pub nominal_rate: Rate,
    pub apr: Rate,
    pub apr_method: AprMethod,
    /// None where the yearly growth is beyond what a rate can hold.
    pub effective_annual_rate: Option<Rate>,
    pub schedule: Schedule,
}

impl Terms {
    /// # Errors
    /// When the fees do not fit in an amount.
    pub fn fees_total(&self) -> Result<Money, MoneyError> {
        self.fees.iter().try_fold(self.principal.with_units(U256::ZERO), |sum, fee| sum.checked_add(&fee.amount))
    }
}

/// Works out the terms of `offer`, paid out on `drawn_on`, with the APR of `method`.
///
/// # Errors
/// When the offer's parts contradict each other or no APR exists.
pub fn normalise(offer: &Offer, drawn_on: Date, method: AprMethod) -> Result<Terms, NormaliseError> {
    let money = |units| offer.principal.with_units(units);
    let mut fees = Fees::at_drawdown(offer)?;
    let face = money(add(offer.principal.units(), fees.financed)?);
    let disbursed = offer.principal.checked_sub(&money(fees.up_front)).ok().filter(|left| !left.is_zero());
    let disbursed = disbursed.ok_or_else(|| NormaliseError::NothingDisbursed {
        fees: money(fees.up_front).to_string(),
        principal: offer.principal.to_string(),
    })?;

    let bare = build_schedule(offer, face.units(), drawn_on)?;
    fees.add_per_instalment(offer, bare.instalments().len())?;
    let schedule = bare.with_fee_per_instalment(fees.per_instalment)?;

    let total_repayable = money(schedule.total_payments()?);
    let paid = total_repayable.checked_add(&money(fees.separate))?;
    let total_cost = paid.checked_sub(&disbursed).map_err(|_| NormaliseError::PaymentsBelowDisbursement)?;

    let flows = apr_flows(offer, &fees, &schedule)?;
    let (apr, effective_annual_rate) = annual_rates(method, &flows)?;
    // Where no fee counts, the interest alone makes the same flows.
    let interest_only = flows.0.amount == schedule.principal() && fees.per_instalment_in_apr.is_zero();
    let interest_apr = (interest_only && method == AprMethod::UsRegZ).then_some(apr);
    Ok(Terms {
        nominal_rate: nominal_rate(offer, &schedule, interest_apr)?,
        payment: money(most_common_payment(&schedule)?),
        principal: face,
        disbursed,
        total_repayable,
        total_cost,
        fees: fees.charged,
        apr,
        apr_method: method,
        effective_annual_rate,
        schedule,
    })
}

fn add(a: U256, b: U256) -> Result<U256, MoneyError> {
    a.checked_add(b).ok_or(MoneyError::Overflow)
}

/// The fees of one offer, added up by when they are paid, and the part of each that the APR leaves out.
#[derive(Debug, Default)]
struct Fees {
    charged: Vec<ChargedFee>,
    up_front: U256,
    financed: U256,
    separate: U256,
    per_instalment: U256,
    /// Of the up-front and financed ones: what the law does not count. It is treated as credit received.
    credit_not_cost: U256,
    separate_in_apr: U256,
    per_instalment_in_apr: U256,
}

impl Fees {
    fn at_drawdown(offer: &Offer) -> Result<Self, NormaliseError> {
        let mut fees = Self::default();
        for fee in offer.fees.iter().filter(|fee| fee.timing != FeeTiming::PerInstalment) {
            let units = fee_units(fee, offer)?;
            let sum = match fee.timing {
                FeeTiming::UpFront => &mut fees.up_front,
                FeeTiming::Financed => &mut fees.financed,
                FeeTiming::Separate | FeeTiming::PerInstalment => &mut fees.separate,
            };
            *sum = add(*sum, units)?;
            match (fee.timing, fee.in_apr) {
                (FeeTiming::Separate, true) => fees.separate_in_apr = add(fees.separate_in_apr, units)?,
                (FeeTiming::UpFront | FeeTiming::Financed, false) => {
                    fees.credit_not_cost = add(fees.credit_not_cost, units)?;
                }
                _ => {}
            }
            fees.charge(fee, offer, units);
        }
        Ok(fees)
    }

    fn add_per_instalment(&mut self, offer: &Offer, instalments: usize) -> Result<(), NormaliseError> {
        for fee in offer.fees.iter().filter(|fee| fee.timing == FeeTiming::PerInstalment) {
            let units = fee_units(fee, offer)?;
            self.per_instalment = add(self.per_instalment, units)?;
            if fee.in_apr {
                self.per_instalment_in_apr = add(self.per_instalment_in_apr, units)?;
            }
            let total = units.checked_mul(U256::from(instalments)).ok_or(MoneyError::Overflow)?;
            self.charge(fee, offer, total);
        }
        Ok(())
    }

    fn charge(&mut self, fee: &Fee, offer: &Offer, units: U256) {
        self.charged.push(ChargedFee {
            kind: fee.kind,
            timing: fee.timing,
            in_apr: fee.in_apr,
            amount: offer.principal.with_units(units),
        });
    }
}

fn fee_units(fee: &Fee, offer: &Offer) -> Result<U256, NormaliseError> {
    match &fee.amount {
        FeeAmount::Fixed(amount) => Ok(amount.units()),
        FeeAmount::Share(share) => Ok(share.of(offer.principal.units())?),
    }
}

fn build_schedule(offer: &Offer, face: U256, drawn_on: Date) -> Result<Schedule, NormaliseError> {
    if let Pricing::Flows { payments, .. } = &offer.pricing {
        return Ok(Schedule::from_flows(face, drawn_on, payments)?);
    }
    let count = offer.term.instalments_from(drawn_on, offer.frequency)?;
    if usize::try_from(count).map_or(true, |count| count > MAX_INSTALMENTS) {
        return Err(NormaliseError::TooManyInstalments);
    }
    let due_dates = match offer.first_due {
        Some(first) => offer.frequency.due_dates(first, count)?,
        None => offer.frequency.due_dates_after(drawn_on, count)?,
    };
    match &offer.pricing {
        Pricing::Nominal { rate, compounding } => {
            let periodic = PeriodicRate::from_nominal(*rate, *compounding, offer.frequency)?;
            amortise(offer, face, &periodic, drawn_on, &due_dates)
        }
        Pricing::EffectiveAnnual { rate } => {
            let periodic = PeriodicRate::from_effective(*rate, offer.frequency)?;
            amortise(offer, face, &periodic, drawn_on, &due_dates)
        }
        Pricing::Flat { rate } => {
            let interest = rate.flat_interest(face, offer.term)?;
            level(offer, face, add(face, interest)?, drawn_on, &due_dates)
        }
        Pricing::Factor { factor } => level(offer, face, Rate::try_new(*factor)?.of(face)?, drawn_on, &due_dates),
        Pricing::Flows { payments, .. } => Ok(Schedule::from_flows(face, drawn_on, payments)?),
    }
}

fn amortise(
    offer: &Offer,
    face: U256,
    periodic: &PeriodicRate,
    drawn_on: Date,
    due_dates: &[Date],
) -> Result<Schedule, NormaliseError> {
    Ok(match offer.repayment {
        Repayment::Annuity => Schedule::annuity(face, periodic, offer.frequency, drawn_on, due_dates)?,
        Repayment::InterestOnly => Schedule::interest_only(face, periodic, offer.frequency, drawn_on, due_dates)?,
        Repayment::Bullet => Schedule::bullet(face, periodic, offer.frequency, drawn_on, due_dates)?,
    })
}

/// Equal payments that add up to `total`; one payment where the offer says everything comes at the end.
fn level(
    offer: &Offer,
    face: U256,
    total: U256,
    drawn_on: Date,
    due_dates: &[Date],
) -> Result<Schedule, NormaliseError> {
    match (offer.repayment, due_dates.last()) {
        (Repayment::Bullet, Some(last)) => Ok(Schedule::from_flows(face, drawn_on, &[(*last, total)])?),
        _ => Ok(Schedule::level_total(face, total, drawn_on, due_dates)?),
    }
}

/// The flows that the APR is the rate of: what was received against what is paid, uncounted fees left out.
fn apr_flows(offer: &Offer, fees: &Fees, schedule: &Schedule) -> Result<(DatedFlow, Vec<DatedFlow>), NormaliseError> {
    let received = add(offer.principal.units(), fees.financed)?;
    let counted = add(fees.up_front, fees.financed)?.saturating_sub(fees.credit_not_cost);
    let received = received
        .checked_sub(counted)
        .and_then(|left| left.checked_sub(fees.separate_in_apr))
        .filter(|left| !left.is_zero())
        .ok_or_else(|| NormaliseError::NothingDisbursed {
            fees: offer.principal.with_units(counted).to_string(),
            principal: offer.principal.to_string(),
        })?;
    let uncounted = fees.per_instalment.saturating_sub(fees.per_instalment_in_apr);
    let payments = schedule.instalments().iter().map(|instalment| {
        let amount = instalment.payment()?.saturating_sub(uncounted);
        Ok(DatedFlow { on: instalment.due, amount })
    });
    let advance = DatedFlow { on: schedule.drawn_on(), amount: received };
    Ok((advance, payments.collect::<Result<_, ScheduleError>>()?))
}

/// APR under the method, and effective annual rate.
fn annual_rates(
    method: AprMethod,
    (advance, payments): &(DatedFlow, Vec<DatedFlow>),
) -> Result<(Rate, Option<Rate>), NormaliseError> {
    let advances = std::slice::from_ref(advance);
    match method {
        AprMethod::UsRegZ => {
            let found = us_reg_z::from_dates(advances, payments)?;
            Ok((found.apr, found.effective_annual_rate))
        }
        AprMethod::EuCcd => {
            let apr = eu_ccd::from_dates(advances, payments)?.apr;
            Ok((apr, Some(apr)))
        }
    }
}

/// The lender's own rate where it names one on the declining balance; otherwise the one its interest amounts to, which
/// may be known.
fn nominal_rate(offer: &Offer, schedule: &Schedule, interest_apr: Option<Rate>) -> Result<Rate, NormaliseError> {
    if let Pricing::Nominal { rate, .. } | Pricing::Flows { stated_rate: Some(rate), .. } = &offer.pricing {
        return Ok(*rate);
    }
    if schedule.total_interest()?.is_zero() {
        return Ok(Rate::ZERO);
    }
    if let Some(known) = interest_apr {
        return Ok(known);
    }
    let advance = DatedFlow { on: schedule.drawn_on(), amount: schedule.principal() };
    let payments: Vec<_> = schedule
        .instalments()
        .iter()
        .map(|i| Ok(DatedFlow { on: i.due, amount: add(i.principal, i.interest)? }))
        .collect::<Result<_, MoneyError>>()?;
    Ok(us_reg_z::from_dates(std::slice::from_ref(&advance), &payments)?.apr)
}

/// The larger of two that occur equally often.
fn most_common_payment(schedule: &Schedule) -> Result<U256, NormaliseError> {
    if let Some(payment) = majority_payment(schedule.instalments())? {
        return Ok(payment);
    }
    let mut payments = schedule.instalments().iter().map(|i| i.payment()).collect::<Result<Vec<_>, _>>()?;
    payments.sort_unstable();
    let most = payments.chunk_by(|a, b| a == b).max_by_key(|run| run.len());
    Ok(most.and_then(|run| run.first()).copied().unwrap_or_default())
}

/// The first payment where more than half of the instalments are equal to it: all level schedules.
fn majority_payment(instalments: &[Instalment]) -> Result<Option<U256>, ScheduleError> {
    let Some(first) = instalments.first() else {
        return Ok(None);
    };
    let (payment, mut count) = (first.payment()?, 0_usize);
    for instalment in instalments {
        count = count.saturating_add(usize::from(instalment.payment()? == payment));
    }
    Ok((count > instalments.len() / 2).then_some(payment))
}

#[cfg(test)]
pub(crate) mod tests;
