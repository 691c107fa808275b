//! What raises a balance after the first drawing, and what a schedule may leave.
//!
//! Most schedules have neither: one drawing that is repaid to zero. They carry nothing for it.

use jiff::civil::Date;
use ruint::aliases::U256;

use super::{Instalment, Schedule, ScheduleError, sum};

/// Why a balance rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AdditionKind {
    Drawdown,
    /// Interest that no instalment pays and that bears interest from here on.
    Interest,
}

/// A rise of the balance, in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Addition {
    pub on: Date,
    pub amount: U256,
    pub kind: AdditionKind,
    /// The number of the instalment that it comes just before: instalments of the same date may stand on either side.
    pub before: u32,
}

/// See [`Schedule::additions`] and [`Schedule::left`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Extras {
    additions: Vec<Addition>,
    left: U256,
}

impl Schedule {
    /// Instalments of several drawdowns, with capitalised interest, or that leave something: additions in order, the
    /// first the first drawing. What has none of these is the same as [`Schedule::try_new`] makes.
    ///
    /// # Errors
    /// As [`Schedule::check`], [`ScheduleError::NoPrincipal`] where the first addition is no drawdown.
    pub fn with_additions(
        drawn_on: Date,
        additions: Vec<Addition>,
        left: U256,
        instalments: Vec<Instalment>,
    ) -> Result<Self, ScheduleError> {
        let drawn = |addition: &&Addition| addition.kind == AdditionKind::Drawdown;
        let principal = sum(additions.iter().filter(drawn).map(|addition| addition.amount), "drawdowns")?;
        let mut rest = additions.into_iter();
        match rest.next() {
            Some(first) if first.kind == AdditionKind::Drawdown && first.on == drawn_on && first.before == 1 => {}
            _ => return Err(ScheduleError::NoPrincipal),
        }
        let additions: Vec<Addition> = rest.collect();
        let plain = additions.is_empty() && left.is_zero();
        let extras = if plain { None } else { Some(Box::new(Extras { additions, left })) };
        let schedule = Self { drawn_on, principal, instalments, extras };
        schedule.check()?;
        Ok(schedule)
    }

    /// Later drawdowns and capitalised interest, in order. The first drawing is not among them.
    #[must_use]
    pub fn additions(&self) -> &[Addition] {
        self.extras.as_ref().map_or(&[], |extras| &extras.additions)
    }

    /// What the last instalment leaves: zero unless the product leaves its residue.
    #[must_use]
    pub fn left(&self) -> U256 {
        self.extras.as_ref().map_or(U256::ZERO, |extras| extras.left)
    }

    /// Whether one drawing is repaid to zero without interest joining it: such a schedule is its instalments.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.extras.is_none()
    }

    /// All principal that the instalments repay: what is drawn and capitalised less what is left.
    ///
    /// # Errors
    /// [`ScheduleError::Overflow`].
    pub fn principal_repaid(&self) -> Result<U256, ScheduleError> {
        let Some(extras) = &self.extras else { return Ok(self.principal) };
        let capitalised = extras.additions.iter().filter(|addition| addition.kind == AdditionKind::Interest);
        let raised = sum(capitalised.map(|addition| addition.amount), "capitalised interest")?;
        let total = self.principal.checked_add(raised).and_then(|total| total.checked_sub(extras.left));
        total.ok_or(ScheduleError::Overflow("principal repaid"))
    }

    /// The first drawing: everything drawn but for the later drawdowns.
    pub(super) fn first_drawing(&self) -> Result<U256, ScheduleError> {
        if self.is_plain() {
            return Ok(self.principal);
        }
        let later = self.additions().iter().filter(|addition| addition.kind == AdditionKind::Drawdown);
        let later = sum(later.map(|addition| addition.amount), "drawdowns")?;
        let first = self.principal.checked_sub(later).filter(|first| !first.is_zero());
        first.ok_or(ScheduleError::Broken("drawdowns add up to the principal"))
    }
}

/// The additions of a schedule while its instalments are gone through.
pub(super) struct Pending<'a> {
    additions: std::slice::Iter<'a, Addition>,
    next: Option<&'a Addition>,
    last_on: Date,
}

impl<'a> Pending<'a> {
    pub(super) fn new(schedule: &'a Schedule) -> Self {
        let mut additions = schedule.additions().iter();
        let next = additions.next();
        Self { additions, next, last_on: schedule.drawn_on }
    }

    /// What joins the balance just before an instalment, each after the instalment before it and not after its own.
    pub(super) fn before(&mut self, instalment: &Instalment, previous: Date) -> Result<U256, ScheduleError> {
        let mut total = U256::ZERO;
        self.last_on = self.last_on.max(previous);
        while let Some(addition) = self.next.filter(|addition| addition.before == instalment.number) {
            if addition.amount.is_zero() {
                return Err(ScheduleError::Broken("an addition is above zero"));
            }
            if addition.on < self.last_on || addition.on > instalment.due {
                return Err(ScheduleError::Broken("an addition lies between the instalments that it stands between"));
            }
            self.last_on = addition.on;
            total = total.checked_add(addition.amount).ok_or(ScheduleError::Overflow("balance"))?;
            self.next = self.additions.next();
        }
        Ok(total)
    }

    /// # Errors
    /// [`ScheduleError::Broken`] when an addition stands before no instalment.
    pub(super) fn finish(&self) -> Result<(), ScheduleError> {
        match self.next {
            None => Ok(()),
            Some(_) => Err(ScheduleError::Broken("additions are in the order of the instalments that they precede")),
        }
    }
}
