//! Figures compared one by one; the first that differs is told.

use domain::schedule::{AdditionKind, Instalment, Schedule};
use domain::{Decimal, U256};
use serde_json::Value;

use crate::calc::check::verdict::{Verdict, decimal};

/// What was compared so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    compared: usize,
    differs: Option<(String, String)>,
}

impl Table {
    /// Passed when every figure agreed and there was one.
    pub(super) fn verdict(self) -> Verdict {
        match self.differs {
            Some((expected, found)) => Verdict::Failed { expected, found },
            None if self.compared == 0 => Verdict::NotApplicable("a schedule without figures".to_owned()),
            None => Verdict::Passed,
        }
    }

    /// A figure as printed: the same number. What is not printed is not compared.
    pub(super) fn figure(&mut self, what: &str, found: Option<Decimal>, expected: Option<&Value>) {
        self.near(what, found, expected, Decimal::ZERO);
    }

    pub(super) fn near(&mut self, what: &str, found: Option<Decimal>, expected: Option<&Value>, tolerance: Decimal) {
        let Some(expected) = expected.filter(|expected| !expected.is_null()) else { return };
        let wanted = decimal(expected);
        let off = wanted.zip(found).and_then(|(wanted, found)| found.checked_sub(wanted));
        let agrees = off.is_some_and(|off| off.abs() <= tolerance);
        self.same(
            agrees,
            what,
            || expected.to_string(),
            || found.map_or_else(|| "none".to_owned(), |found| found.normalize().to_string()),
        );
    }

    /// Anything else that is written, such as a date.
    pub(super) fn text(&mut self, what: &str, found: &str, expected: Option<&Value>) {
        let expected = expected.and_then(Value::as_str).unwrap_or("");
        self.same(found == expected, what, || expected.to_owned(), || found.to_owned());
    }

    pub(super) fn count(&mut self, what: &str, found: usize, expected: usize) {
        self.same(found == expected, what, || expected.to_string(), || found.to_string());
    }

    fn same(&mut self, agrees: bool, what: &str, expected: impl FnOnce() -> String, found: impl FnOnce() -> String) {
        self.compared = self.compared.saturating_add(1);
        if !agrees && self.differs.is_none() {
            self.differs = Some((format!("{what} {}", expected()), found()));
        }
    }
}

/// Base units as a number with `places` decimals.
pub(super) fn major(units: U256, places: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(i128::try_from(units).ok()?, places).ok()
}

pub(super) fn euros(units: U256) -> Option<Decimal> {
    major(units, 2)
}

/// What interest joins the balance just before an instalment, in base units.
pub(super) fn capitalised(schedule: &Schedule, instalment: &Instalment) -> U256 {
    let own = schedule
        .additions()
        .iter()
        .filter(|addition| addition.before == instalment.number && addition.kind == AdditionKind::Interest);
    own.fold(U256::ZERO, |sum, addition| sum.saturating_add(addition.amount))
}

/// Principal as tables print it: below zero where interest joins the balance.
pub(super) fn net_principal(schedule: &Schedule, instalment: &Instalment) -> Option<Decimal> {
    euros(instalment.principal)?.checked_sub(euros(capitalised(schedule, instalment))?)
}

/// Interest of the period as tables print it, paid or not.
pub(super) fn gross_interest(schedule: &Schedule, instalment: &Instalment) -> Option<Decimal> {
    euros(instalment.interest)?.checked_add(euros(capitalised(schedule, instalment))?)
}
