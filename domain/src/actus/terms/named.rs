//! Terms by the names of the ACTUS dictionary, each written as text.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::period::{Cycle, MonthEnd, Stub, TermUnit};

use super::super::ActusError;

/// Terms that say who the parties are and how the record is kept, and such as are of no effect on the four types. The
/// fixing days are among them: what is observed carries the date of the reset (reference test ann16).
const WITHOUT_EFFECT: [&str; 14] = [
    "contractID",
    "contractDealDate",
    "counterpartyID",
    "creatorID",
    "creditLineAmount",
    "delinquencyPeriod",
    "delinquencyRate",
    "fixingDays",
    "fixingPeriod",
    "gracePeriod",
    "marketObjectCode",
    "marketValueObserved",
    "seniority",
    "xDayNotice",
];

const DATE: &str = "must be a date or a date and time as in 2013-01-31T00:00:00";
const NUMBER: &str = "must be a number of at most 28 digits";
const CYCLE: &str = "must be a cycle as in P1ML0: a count above zero of D, W, M, Q, H or Y, and L0 for a long or L1 for a \
                     short last period";

/// Terms not read yet: each is taken once, so that what is left over is what nobody asked for.
#[derive(Debug)]
pub(super) struct Named(BTreeMap<String, String>);

impl Named {
    /// An empty text and NULL are the dictionary's ways of leaving a term out.
    pub(super) fn new(terms: impl IntoIterator<Item = (String, String)>) -> Self {
        let terms = terms.into_iter().map(|(name, text)| (name, text.trim().to_owned()));
        Self(terms.filter(|(_, text)| !text.is_empty() && text != "NULL").collect())
    }

    /// # Errors
    /// [`ActusError::Missing`].
    pub(super) fn needed_text(&mut self, term: &'static str) -> Result<String, ActusError> {
        self.text(term).ok_or(ActusError::Missing { term })
    }

    /// # Errors
    /// [`ActusError::Missing`], [`ActusError::Unreadable`].
    pub(super) fn needed_date(&mut self, term: &'static str) -> Result<DateTime, ActusError> {
        self.date(term)?.ok_or(ActusError::Missing { term })
    }

    /// # Errors
    /// [`ActusError::Missing`], [`ActusError::Unreadable`].
    pub(super) fn needed_number(&mut self, term: &'static str) -> Result<Decimal, ActusError> {
        self.number(term)?.ok_or(ActusError::Missing { term })
    }

    pub(super) fn text(&mut self, term: &'static str) -> Option<String> {
        self.0.remove(term)
    }

    pub(super) fn date(&mut self, term: &'static str) -> Result<Option<DateTime>, ActusError> {
        self.parsed(term, DATE, |text| text.parse().ok())
    }

    pub(super) fn number(&mut self, term: &'static str) -> Result<Option<Decimal>, ActusError> {
        self.parsed(term, NUMBER, |text| Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok())
    }

    pub(super) fn cycle(&mut self, term: &'static str, month_end: MonthEnd) -> Result<Option<Cycle>, ActusError> {
        self.parsed(term, CYCLE, |text| cycle(text).map(|cycle| cycle.with_month_end(month_end)))
    }

    /// # Errors
    /// [`ActusError::Unsupported`] for the first term that is left and could matter.
    pub(super) fn finish(self) -> Result<(), ActusError> {
        let mut left = self.0.into_iter().filter(|(name, _)| !WITHOUT_EFFECT.contains(&name.as_str()));
        left.next().map_or(Ok(()), |(term, found)| Err(ActusError::Unsupported { term, found }))
    }

    fn parsed<T>(
        &mut self,
        term: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ActusError> {
        let Some(text) = self.text(term) else { return Ok(None) };
        match parse(&text) {
            Some(value) => Ok(Some(value)),
            None => Err(ActusError::Unreadable { term, expected, found: text }),
        }
    }
}

/// `P1ML0`, `P2W`, `1M-`, `P1Y6ML1`: parts of one kind, months or days, and the stub. Without one the last period is
/// short.
fn cycle(text: &str) -> Option<Cycle> {
    let text = text.strip_prefix('P').unwrap_or(text);
    let (mut parts, stub) = match text.strip_suffix("L0").or_else(|| text.strip_suffix('+')) {
        Some(parts) => (parts, Stub::Long),
        None => (text.strip_suffix("L1").or_else(|| text.strip_suffix('-')).unwrap_or(text), Stub::Short),
    };
    let (mut total, mut kind) = (0u32, None);
    while let Some(end) = parts.find(|c: char| !c.is_ascii_digit()) {
        let (count, rest) = parts.split_at(end);
        let (unit, times) = match rest.chars().next()? {
            'D' => (TermUnit::Days, 1),
            'W' => (TermUnit::Days, 7),
            'M' => (TermUnit::Months, 1),
            'Q' => (TermUnit::Months, 3),
            'H' => (TermUnit::Months, 6),
            'Y' => (TermUnit::Months, 12),
            _ => return None,
        };
        if *kind.get_or_insert(unit) != unit {
            return None;
        }
        total = count.parse::<u32>().ok()?.checked_mul(times)?.checked_add(total)?;
        // The unit is one byte long.
        parts = rest.get(1..)?;
    }
    // Digits without a unit.
    if !parts.is_empty() {
        return None;
    }
    Cycle::try_new(total, kind?).ok().map(|cycle| cycle.with_stub(stub))
}
