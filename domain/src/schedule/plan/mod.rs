//! Schedules from parameters: what is drawn when, at what rate, repaid how, rounded how.
//!
//! [`Terms`] say everything, [`Plan::try_new`] refuses what cannot be, and [`Plan::schedule`] computes. The parts go
//! together freely: a step loan with a grace period, two drawdowns and a balloon is four parameters. What has no agreed
//! meaning together is refused by name. Interest is exact and rounded once a period unless the product says otherwise;
//! the level payment is the exact one over the periods as long as they are, see [`level`].
//!
//! Interest that an instalment does not cover joins the balance on its due date and is shown as an [`super::Addition`].
//! Every instalment is taken for paid when it is due unless [`Payments`] say otherwise: their rules are in [`payment`].
//! Formulas, their sources, and where sources disagree: `docs/schedules.md`. The builders of [`super::Schedule`] itself
//! are the narrow, fast ones that quoting uses.

mod basis;
mod checks;
mod dates;
mod engine;
mod error;
mod exact;
mod implied;
mod level;
mod levelling;
mod paying;
mod payment;
mod reset;
mod rounding;
mod settle;
mod show;

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::civil::Date;
use ruint::aliases::U256;

use super::Schedule;
use crate::rate::{PeriodicRate, Rate};

pub use basis::{Basis, MonthLength, Stretch, YearLength};
pub use dates::{DueDay, Interval};
pub use error::PlanError;
pub use level::present_value;
pub use payment::{Due, Late, MAX_PAYMENTS, Paid, Payment, Payments, Surplus};
pub use reset::{RateReset, Resets};
pub use rounding::{Mode, Residue, Round, Rounding};

use engine::Engine;

/// The most drawdowns of one plan.
pub const MAX_DRAWDOWNS: usize = 100;

/// The most rate changes of one plan: monthly for over thirty years.
pub const MAX_RATE_CHANGES: usize = 400;

/// An amount paid out, in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawdown {
    pub on: Date,
    pub amount: U256,
}

/// A yearly rate from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateChange {
    pub on: Date,
    pub rate: Rate,
}

/// What interest is charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pricing {
    /// A nominal yearly rate by days or periods, and what it changes to.
    Yearly { rate: Rate, basis: Basis, changes: Vec<RateChange> },
    /// The rate of each period, for rates that are roots and for products that name them; a part of a period bears its
    /// rate by days.
    PerPeriod(Vec<PeriodicRate>),
}

/// Payments in proportion: a period's is the full payment, as rounded, times its part over `full`, rounded again. A part
/// of zero skips a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// One for each due date.
    pub parts: Vec<u32>,
    /// The part of a full payment.
    pub full: NonZeroU32,
}

/// How principal is repaid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repayment {
    /// Equal payments, or payments in proportion.
    Level(Option<Weights>),
    EqualPrincipal,
    /// The same principal each time, the rest with the last.
    FixedPrincipal(U256),
    /// The same payment until all is repaid, which may be before the last due date and must not be after.
    FixedPayment(U256),
    /// Interest on the original principal for every period; it and principal in equal parts.
    Flat,
    /// Principal with the last instalment.
    InterestOnly,
}

/// Periods from the first that are let off something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Grace {
    /// Interest is paid and no principal.
    pub principal: u32,
    /// Interest is charged and falls due with that of the next period after them.
    pub interest: u32,
    /// No interest is charged.
    pub interest_free: u32,
    /// Nothing is paid, and interest joins the balance.
    pub capitalised: u32,
}

/// Everything that decides a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The first day of the first period: usually that of the first drawdown.
    pub start: Date,
    /// In any order. Those of one day are one, but for their down payments.
    pub drawdowns: Vec<Drawdown>,
    /// Each after the one before. In advance, the first is `start` itself: a period without days or interest.
    pub due_dates: Vec<Date>,
    pub pricing: Pricing,
    pub repayment: Repayment,
    /// Paid with the last instalment on top of it. For level payments and equal principal.
    pub balloon: U256,
    pub grace: Grace,
    /// The share of each drawdown that is paid on its day; the rest is repaid by instalments.
    pub down_payment: Option<Rate>,
    /// Payments are all principal, and interest joins the balance every so many periods and with the last.
    pub posting: Option<NonZeroU32>,
    pub rounding: Rounding,
    /// On other days or of other amounts than the schedule asks for.
    pub payments: Payments,
}

impl Terms {
    /// One drawdown, and nothing out of the ordinary.
    #[must_use]
    pub fn new(drawdown: Drawdown, due_dates: Vec<Date>, pricing: Pricing, repayment: Repayment) -> Self {
        Self {
            start: drawdown.on,
            drawdowns: vec![drawdown],
            due_dates,
            pricing,
            repayment,
            balloon: U256::ZERO,
            grace: Grace::default(),
            down_payment: None,
            posting: None,
            rounding: Rounding::default(),
            payments: Payments::default(),
        }
    }
}

/// Terms that go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    terms: Terms,
}

/// A drawdown in signed base units.
#[derive(Debug, Clone, Copy)]
struct Drawing {
    amount: i128,
    paid_down: i128,
}

/// A stretch of a period between two changes of balance or rate, and its rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Of the period, from 1.
    pub period: u32,
    pub from: Date,
    pub to: Date,
    pub rate: PeriodicRate,
}

impl Plan {
    /// # Errors
    /// Every [`PlanError`] names the argument and the rule that it breaks.
    pub fn try_new(terms: Terms) -> Result<Self, PlanError> {
        checks::check(&terms)?;
        Ok(Self { terms })
    }

    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What is paid when. A payment on a day of its own is an instalment of that day, and the one that it is towards is
    /// what is left of it.
    ///
    /// # Errors
    /// [`PlanError::Overflow`], [`PlanError::BalloonTooLarge`], [`PlanError::NotRepaid`], [`PlanError::NoRate`],
    /// [`PlanError::PaymentTooLarge`], and what the basis cannot count.
    pub fn schedule(&self) -> Result<Schedule, PlanError> {
        let (engine, drawn) = self.run()?;
        engine.schedule(&drawn)
    }

    /// What each instalment comes to, whenever it is paid, before a grace of interest moves interest to a later one.
    ///
    /// # Errors
    /// As [`Plan::schedule`].
    pub fn dues(&self) -> Result<Vec<Due>, PlanError> {
        let (engine, _) = self.run()?;
        engine.dues()
    }

    /// The stretches that interest is charged on, in order. A drawdown on the first day has an empty one before it.
    ///
    /// # Errors
    /// As [`Plan::schedule`].
    pub fn cuts(&self) -> Result<Vec<Cut>, PlanError> {
        let (engine, _) = self.run()?;
        let numbered = (1u32..).zip(&engine.periods);
        let cuts = numbered.flat_map(|(period, held)| {
            held.segments.iter().map(move |cut| Cut { period, from: cut.from, to: cut.to, rate: cut.rate })
        });
        Ok(cuts.collect())
    }

    /// Plays what happens in order of the dates. On one date what is drawn comes first, and a new rate last: what is paid on
    /// its day meets the instalments as they were.
    fn run(&self) -> Result<(Engine<'_>, BTreeMap<Date, Vec<Drawing>>), PlanError> {
        let drawn = show::drawings(&self.terms)?;
        let changes: &[RateChange] = match &self.terms.pricing {
            Pricing::Yearly { changes, .. } => changes,
            Pricing::PerPeriod(_) => &[],
        };
        let paid = (1usize..).zip(&self.terms.payments.made);
        let mut events: Vec<(Date, Event<'_>)> =
            changes.iter().map(|change| (change.on, Event::Rate(change.rate))).collect();
        events.extend(drawn.iter().map(|(on, drawings)| (*on, Event::Draw(drawings))));
        events.extend(paid.map(|(number, payment)| (payment.on, Event::Pay(number, *payment))));
        events.sort_by_key(|(on, event)| (*on, event.rank()));
        let mut engine = Engine::new(&self.terms)?;
        for (on, event) in events {
            match event {
                Event::Rate(rate) => engine.change_rate(on, rate)?,
                Event::Draw(drawings) => engine.draw(on, show::financed(drawings)?)?,
                Event::Pay(number, payment) => engine.pay(number, payment)?,
            }
        }
        Ok((engine, drawn))
    }
}

/// What changes a plan on a day.
enum Event<'a> {
    Draw(&'a [Drawing]),
    /// With its number among the payments.
    Pay(usize, Payment),
    Rate(Rate),
}

impl Event<'_> {
    fn rank(&self) -> u8 {
        match self {
            Self::Draw(_) => 0,
            Self::Pay(..) => 1,
            Self::Rate(_) => 2,
        }
    }
}

#[cfg(test)]
mod tests;
