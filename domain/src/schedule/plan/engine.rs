//! The periods of a plan as drawdowns, rate changes and payments leave them.
//!
//! A period is cut where its balance or its rate changes. What happens on a date belongs to the period that ends on it
//! and is booked at the end of the stretch that ends there: a drawdown on a due date bears interest from that date, and
//! leaves the instalment that is due on it alone.

use jiff::civil::Date;

use crate::period::days_between;
use crate::rate::{PeriodicRate, Rate};

use super::basis::Stretch;
use super::exact::add;
use super::paying::{Made, Overdue};
use super::{PlanError, Pricing, Repayment, Terms};

/// What a period is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Interest and principal together; principal is what interest leaves of it.
    Payment(i128),
    /// Principal, and its interest on top.
    Principal(i128),
    /// Nothing: interest joins the balance.
    Nothing,
    /// All that is owed.
    All,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub from: Date,
    pub to: Date,
    pub rate: PeriodicRate,
    /// Principal that is not repaid, but for what is overdue.
    pub balance: i128,
    /// What bears interest in it: the balance and what is overdue.
    pub bearing: i128,
    /// Drawn less repaid at its end, beside instalments.
    pub change: i128,
    pub drawn: i128,
}

/// What a period comes to, in base units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// What earlier periods left unpaid.
    pub brought: i128,
    /// Interest of the period and what is brought.
    pub accrued: i128,
    /// The part of it that the instalment pays.
    pub interest: i128,
    pub principal: i128,
    /// Interest that joins the balance.
    pub capitalised: i128,
    /// At the end, with what is drawn on the due date.
    pub balance: i128,
    /// Interest that waits for the next posting.
    pub unposted: i128,
}

impl Row {
    pub(super) fn payment(&self) -> Result<i128, PlanError> {
        add(self.interest, self.principal)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Period {
    pub start: Date,
    pub due: Date,
    pub segments: Vec<Segment>,
    pub target: Target,
    /// Interest that stands whatever the balance: of a flat rate, or of a last instalment that closes.
    pub given: Option<i128>,
    pub paid_principal: i128,
    pub paid_interest: i128,
    /// Payments have brought the whole instalment, which stands from then on.
    pub met: bool,
    /// Paid in it towards later instalments or to the balance.
    pub ahead: i128,
    /// The part of that which is paid on the due date, out of what the instalment leaves.
    pub ahead_when_due: i128,
    /// The level payment that it was last asked for.
    pub level: i128,
    pub row: Row,
}

impl Period {
    /// An instalment that is met is asked for what it was.
    pub(super) fn ask(&mut self, target: Target) -> Result<(), PlanError> {
        self.target = if self.met { Target::Payment(self.paid()?) } else { target };
        Ok(())
    }
}

#[derive(Debug, Clone)]
pub(super) struct Engine<'a> {
    pub terms: &'a Terms,
    pub periods: Vec<Period>,
    /// From the earliest; the first holds before any change.
    pub rates: Vec<(Date, Rate)>,
    pub overdue: Vec<Overdue>,
    /// In order of the days, but for what is paid on the due date of its instalment.
    pub made: Vec<Made>,
    /// Interest that no instalment pays.
    pub unpaid: i128,
}

impl<'a> Engine<'a> {
    /// Nothing drawn yet.
    pub(super) fn new(terms: &'a Terms) -> Result<Self, PlanError> {
        let rates = match &terms.pricing {
            Pricing::Yearly { rate, .. } => vec![(terms.start, *rate)],
            Pricing::PerPeriod(_) => Vec::new(),
        };
        let periods = Vec::with_capacity(terms.due_dates.len());
        let mut engine = Self { terms, periods, rates, overdue: Vec::new(), made: Vec::new(), unpaid: 0 };
        let mut start = terms.start;
        for due in &terms.due_dates {
            let stretch = engine.stretch(start, *due, start, *due);
            let rate = engine.rate_of(engine.periods.len(), stretch)?;
            let whole = Segment { from: start, to: *due, rate, balance: 0, bearing: 0, change: 0, drawn: 0 };
            engine.periods.push(Period {
                start,
                due: *due,
                segments: vec![whole],
                target: Target::Nothing,
                given: None,
                paid_principal: 0,
                paid_interest: 0,
                met: false,
                ahead: 0,
                ahead_when_due: 0,
                level: 0,
                row: Row::default(),
            });
            start = *due;
        }
        Ok(engine)
    }

    fn stretch(&self, from: Date, to: Date, start: Date, due: Date) -> Stretch {
        Stretch { from, to, start, due, termination: self.terms.due_dates.last().copied().unwrap_or(due) }
    }

    fn rate_of(&self, index: usize, stretch: Stretch) -> Result<PeriodicRate, PlanError> {
        let free = usize::try_from(self.terms.grace.interest_free).unwrap_or(usize::MAX);
        if index < free {
            return Ok(PeriodicRate::ZERO);
        }
        match &self.terms.pricing {
            Pricing::Yearly { rate, basis, .. } => {
                let held = self.rates.iter().rev().find(|(since, _)| *since <= stretch.from);
                basis.rate(held.map_or(*rate, |(_, rate)| *rate), stretch)
            }
            Pricing::PerPeriod(rates) => {
                let rate = rates.get(index).copied().unwrap_or(PeriodicRate::ZERO);
                pro_rata(rate, stretch)
            }
        }
    }

    /// Cuts the period that holds a date, books a change of the balance there, and names the period.
    ///
    /// # Errors
    /// [`PlanError::Overflow`] when no period holds the date: the terms were checked against that.
    pub(super) fn touch(&mut self, on: Date, drawn: i128, change: i128) -> Result<usize, PlanError> {
        let outside = PlanError::Overflow("date");
        let index = self.periods.iter().position(|period| on <= period.due).ok_or(outside.clone())?;
        let period = self.periods.get(index).ok_or(outside.clone())?;
        let (start, due) = (period.start, period.due);
        let ends_there = |segment: &Segment| segment.to == on;
        let at = match period.segments.iter().position(ends_there) {
            Some(at) => at,
            None => {
                let begun = |segment: &Segment| segment.from <= on;
                let at = period.segments.iter().rposition(begun).ok_or(outside.clone())?;
                let cut = *period.segments.get(at).ok_or(outside.clone())?;
                let before = self.stretch(cut.from, on, start, due);
                let after = self.stretch(on, cut.to, start, due);
                let before = Segment { to: on, rate: self.rate_of(index, before)?, change: 0, drawn: 0, ..cut };
                let after = Segment { from: on, rate: self.rate_of(index, after)?, ..cut };
                let segments = &mut self.periods.get_mut(index).ok_or(outside.clone())?.segments;
                segments.splice(at..=at, [before, after]);
                at
            }
        };
        let segment = self.periods.get_mut(index).and_then(|period| period.segments.get_mut(at)).ok_or(outside)?;
        segment.change = add(segment.change, add(drawn, change)?)?;
        segment.drawn = add(segment.drawn, drawn)?;
        Ok(index)
    }

    /// A rate from a date on: cuts there, where the second stretch bears it, and prices every later period again.
    pub(super) fn price(&mut self, on: Date, rate: Rate) -> Result<usize, PlanError> {
        let after = self.rates.partition_point(|(since, _)| *since <= on);
        self.rates.insert(after, (on, rate));
        let index = self.touch(on, 0, 0)?;
        for number in index.saturating_add(1)..self.periods.len() {
            let Some(period) = self.periods.get(number) else { break };
            let stretches: Vec<Stretch> = period
                .segments
                .iter()
                .map(|segment| self.stretch(segment.from, segment.to, period.start, period.due))
                .collect();
            let rates = stretches.iter().map(|stretch| self.rate_of(number, *stretch));
            let rates = rates.collect::<Result<Vec<_>, _>>()?;
            let segments = self.periods.get_mut(number).map_or(&mut [][..], |period| &mut period.segments[..]);
            for (segment, rate) in segments.iter_mut().zip(rates) {
                segment.rate = rate;
            }
        }
        Ok(index)
    }

    pub(super) fn level(&self) -> bool {
        matches!(self.terms.repayment, Repayment::Level(_))
    }
}

/// A period's rate for a stretch of it, by days.
fn pro_rata(rate: PeriodicRate, stretch: Stretch) -> Result<PeriodicRate, PlanError> {
    if (stretch.from, stretch.to) == (stretch.start, stretch.due) {
        return Ok(rate);
    }
    let days = |from, to| u64::try_from(days_between(from, to)).ok().map(ruint::aliases::U256::from);
    let scaled = || {
        let numerator = rate.numerator().checked_mul(days(stretch.from, stretch.to)?)?;
        let denominator = rate.denominator().checked_mul(days(stretch.start, stretch.due)?)?;
        PeriodicRate::from_ratio(numerator, denominator).ok()
    };
    scaled().ok_or(PlanError::Overflow("rate"))
}
