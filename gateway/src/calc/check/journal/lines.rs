//! The entries of a vector, and their sums.

use std::collections::BTreeMap;
use std::fmt;

use domain::{Decimal, U256};
use serde_json::Value;

use super::{Unread, accounts};
use crate::calc::check::verdict::decimal;

/// Decimal places that are read: more than any currency has.
pub(super) const PLACES: u32 = 6;

/// One line of a vector's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) account: &'static str,
    kind: &'a str,
    pub(super) debit: U256,
    pub(super) credit: U256,
}

/// What an account is debited and credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sums {
    debits: U256,
    credits: U256,
}

impl Sums {
    pub(super) fn debit(&mut self, amount: U256) {
        self.debits = self.debits.saturating_add(amount);
    }

    pub(super) fn credit(&mut self, amount: U256) {
        self.credits = self.credits.saturating_add(amount);
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |amount: U256| {
            let mantissa = i128::try_from(amount).ok();
            let amount = mantissa.and_then(|mantissa| Decimal::try_from_i128_with_scale(mantissa, PLACES).ok());
            amount.map_or_else(|| "too much".to_owned(), |amount| amount.normalize().to_string())
        };
        write!(f, "debit {}, credit {}", shown(self.debits), shown(self.credits))
    }
}

pub(super) fn read(entries: Option<&Value>) -> Result<Vec<Line<'_>>, Unread> {
    entries.and_then(Value::as_array).into_iter().flatten().map(line).collect()
}

fn line(entry: &Value) -> Result<Line<'_>, Unread> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).ok_or(Unread::Line);
    let name = text("account_name")?;
    let account = accounts::known(name).ok_or_else(|| Unread::Account(name.to_owned()))?;
    Ok(Line { account, kind: text("type")?, debit: amount(entry, "debit")?, credit: amount(entry, "credit")? })
}

/// Units of 10^-[`PLACES`]; nothing is zero.
fn amount(entry: &Value, side: &str) -> Result<U256, Unread> {
    let Some(value) = entry.get(side).filter(|value| !value.is_null()) else { return Ok(U256::ZERO) };
    let mut amount = decimal(value).ok_or(Unread::Line)?.normalize();
    let is_exact = amount.scale() <= PLACES;
    amount.rescale(PLACES);
    let mantissa = u128::try_from(amount.mantissa()).ok().filter(|_| is_exact && amount.scale() == PLACES);
    mantissa.map(U256::from).ok_or(Unread::Line)
}

pub(super) fn sums(lines: &[Line<'_>]) -> BTreeMap<String, Sums> {
    let mut sums = BTreeMap::<String, Sums>::new();
    for line in lines {
        let of_account = sums.entry(accounts::key(line.kind, line.account)).or_default();
        of_account.debit(line.debit);
        of_account.credit(line.credit);
    }
    sums
}

/// How much a transaction moves on each account, and not in which direction: that is for the templates to say.
#[derive(Debug)]
pub(super) struct Figures(BTreeMap<&'static str, U256>);

impl Figures {
    pub(super) fn of(lines: &[Line<'_>]) -> Self {
        let mut moved = BTreeMap::<_, U256>::new();
        for line in lines {
            let amount = moved.entry(line.account).or_default();
            *amount = amount.saturating_add(line.debit).saturating_add(line.credit);
        }
        Self(moved)
    }

    pub(super) fn on(&self, account: &str) -> U256 {
        self.0.get(account).copied().unwrap_or_default()
    }

    pub(super) fn touch(&self, accounts: &[&str]) -> bool {
        accounts.iter().any(|account| !self.on(account).is_zero())
    }
}
