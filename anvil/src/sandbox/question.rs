//! A question of the protocol, read into the domain's types.

use adapters::protocol::wire;
use domain::U256;
use domain::asset::{Asset, AssetError, AssetRegistry};
use domain::money::{Money, MoneyError};
use domain::period::{Term, TermUnit};
use jiff::civil::Date;

/// Why a body that parses is still no question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    #[error("{field}: {source}")]
    Asset { field: &'static str, source: AssetError },
    #[error("{field}: {source}")]
    Money { field: &'static str, source: MoneyError },
    #[error("amount: must be above zero")]
    NoAmount,
    #[error("term: must be at least a day and end within the calendar")]
    Term,
}

/// What pricing looks at.
#[derive(Debug, Clone)]
pub struct Question {
    pub wire: wire::QuoteQuestion,
    /// None for a token: these lenders know currencies only.
    pub amount: Option<Money>,
    pub term: Term,
    pub drawn_on: Date,
    pub days: i32,
    /// The term in months, started ones in full.
    pub months: u32,
    /// Declared, in the currency asked for; one in another currency is as good as none.
    pub annual_income: Option<U256>,
    pub monthly_debt_payments: U256,
}

impl Question {
    /// # Errors
    /// When a field breaks a rule of the protocol that its type does not hold.
    pub fn try_new(wire: wire::QuoteQuestion) -> Result<Self, QuestionError> {
        let amount = read_money("amount", &wire.amount)?;
        if amount.as_ref().is_some_and(Money::is_zero) {
            return Err(QuestionError::NoAmount);
        }
        let term = Term::from(wire.term);
        let end = term.end_from(wire.drawn_on).map_err(|_| QuestionError::Term)?;
        let days = wire.drawn_on.until(end).map_err(|_| QuestionError::Term)?.get_days();
        if days < 1 {
            return Err(QuestionError::Term);
        }
        let asset = amount.as_ref().map(Money::asset);
        let annual_income = declared("borrower.annual_income", wire.borrower.annual_income.as_ref(), asset)?;
        let debts = declared("borrower.monthly_debt_payments", wire.borrower.monthly_debt_payments.as_ref(), asset)?;
        let monthly_debt_payments = debts.unwrap_or(U256::ZERO);
        let (months, drawn_on) = (started_months(term), wire.drawn_on);
        Ok(Self { wire, amount, term, drawn_on, days, months, annual_income, monthly_debt_payments })
    }

    /// What existing debts take of declared income, in basis points; `None` when no income is declared.
    #[must_use]
    pub fn debts_bps(&self) -> Option<u32> {
        Some(share_bps(self.monthly_debt_payments, self.annual_income?))
    }

    /// What existing debts and an equal part of the principal, month by month, take of declared income.
    #[must_use]
    pub fn burden_bps(&self) -> Option<u32> {
        let part = self.amount.as_ref()?.units().div_ceil(U256::from(self.months.max(1)));
        Some(share_bps(self.monthly_debt_payments.saturating_add(part), self.annual_income?))
    }
}

fn share_bps(monthly: U256, annual_income: U256) -> u32 {
    let yearly = monthly.saturating_mul(U256::from(12 * 10_000));
    yearly.checked_div(annual_income).and_then(|bps| u32::try_from(bps).ok()).unwrap_or(u32::MAX)
}

fn started_months(term: Term) -> u32 {
    match term.unit {
        TermUnit::Days => term.count.saturating_mul(12).div_ceil(365),
        TermUnit::Weeks => term.count.saturating_mul(12).div_ceil(52),
        TermUnit::Months => term.count,
        TermUnit::Years => term.count.saturating_mul(12),
    }
}

fn read_money(field: &'static str, money: &wire::Money) -> Result<Option<Money>, QuestionError> {
    match AssetRegistry::default().resolve(&money.asset) {
        Ok(asset) => {
            let read = Money::parse(&money.amount, &asset);
            read.map(Some).map_err(|source| QuestionError::Money { field, source })
        }
        Err(AssetError::UnknownToken(_)) => Ok(None),
        Err(source) => Err(QuestionError::Asset { field, source }),
    }
}

fn declared(
    field: &'static str,
    money: Option<&wire::Money>,
    asset: Option<&Asset>,
) -> Result<Option<U256>, QuestionError> {
    let Some(money) = money else { return Ok(None) };
    let read = read_money(field, money)?;
    Ok(read.filter(|money| Some(money.asset()) == asset).map(|money| money.units()))
}
