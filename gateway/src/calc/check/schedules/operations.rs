//! The operations of Apache Fineract's progressive calculator as payments and rate changes of a plan.
//!
//! A vector may lack the day of a payment or of a new rate, a payment's due date, or the payment itself. What is missing is taken from the
//! printed table only where it follows from it: the rate factors say on which days a period is cut, and a balance that
//! falls by more than the principal of its period says what was paid ahead in it. [`Told::possible`] lists what may
//! stand for the missing; which of them the table admits is decided in [`super::progressive`].

use domain::rate::Rate;
use domain::schedule::plan::{Drawdown, Paid, Payment, RateChange};
use domain::{Decimal, U256};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use super::periods::Printed;
use super::reading::{Unread, cents, number, percent, rows, text};

/// No vector is searched further.
const MAX_READINGS: usize = 20_000;

/// What a state comes after.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub drawdowns: Vec<Drawdown>,
    pub changes: Vec<RateChange>,
    pub payments: Vec<Payment>,
    /// (day, cents) of interest that is paid with principal: a figure, since a plan finds it.
    pub interest: Vec<(Date, Decimal)>,
    /// Principal whose due date, or day, or both are not given, in cents.
    undated: Vec<(Option<Date>, U256)>,
    undated_rates: Vec<Rate>,
}

impl Told {
    pub(super) fn read(operations: &[Value]) -> Result<Self, Unread> {
        let mut told = Self::default();
        for operation in operations {
            let days = days(operation)?;
            let amount = || number(operation, "amount");
            match (text(operation, "op")?, days.as_slice()) {
                ("addDisbursement", [on]) => {
                    told.drawdowns.push(Drawdown { on: *on, amount: cents(amount()?, "amount")? });
                }
                ("changeInterestRate", days @ ([_] | [])) => {
                    let rate = percent(number(operation, "rate").or_else(|_| amount())?)?;
                    match days.first() {
                        // The source holds a new rate from the day before.
                        Some(on) => {
                            let on = on.checked_sub(1.days()).map_err(|_| Unread::Field("dates"))?;
                            told.changes.push(RateChange { on, rate });
                        }
                        None => told.undated_rates.push(rate),
                    }
                }
                ("payPrincipal", [due, on]) => told.pay(*due, *on, cents(amount()?, "amount")?),
                ("payPrincipal", [due]) => told.undated.push((Some(*due), cents(amount()?, "amount")?)),
                ("payPrincipal", []) => told.undated.push((None, cents(amount()?, "amount")?)),
                ("payInterest", [_, on]) => told.interest.push((*on, amount()?)),
                ("payInterest", _) => return Err(Unread::Lacking("with a payment of interest whose day is not given")),
                ("addDisbursement" | "changeInterestRate" | "payPrincipal", _) => {
                    return Err(Unread::Lacking("with an operation whose date is not given"));
                }
                (other, _) => return Err(Unread::Unknown { what: "operation", value: other.to_owned() }),
            }
        }
        Ok(told)
    }

    fn pay(&mut self, due: Date, on: Date, amount: U256) {
        self.payments.push(Payment { on, paid: Paid::Principal { due, amount } });
    }

    /// All ways to read the operations together with the table: only one where nothing is missing.
    pub(super) fn possible(&self, printed: &Printed) -> Result<Vec<Self>, Unread> {
        let mut readings = vec![Self { undated: vec![], undated_rates: vec![], ..self.clone() }];
        for rate in &self.undated_rates {
            readings = extend(&readings, |reading| {
                let days = printed.days();
                days.iter()
                    .map(|on| reading.with(|next| next.changes.push(RateChange { on: *on, rate: *rate })))
                    .collect()
            })?;
        }
        let ahead = printed.ahead();
        for (due, amount) in &self.undated {
            let dues = match (due, ahead.as_ref().ok().and_then(Option::as_ref).and_then(|ahead| ahead.of(*amount))) {
                (Some(due), _) => vec![*due],
                (None, Some(due)) => vec![due],
                (None, None) => printed.due_dates(),
            };
            readings = extend(&readings, |reading| {
                let days = printed.days();
                let pairs = dues.iter().flat_map(|due| days.iter().map(move |on| (*due, *on)));
                pairs.map(|(due, on)| reading.with(|next| next.pay(due, on, *amount))).collect()
            })?;
        }
        let Some(ahead) = ahead? else { return Ok(readings) };
        let given = self.undated.iter().map(|(_, amount)| *amount).chain(self.payments.iter().map(principal_of));
        if given.fold(U256::ZERO, U256::saturating_add) >= ahead.total() {
            return Ok(readings);
        }
        extend(&readings, |reading| {
            let days = printed.days_of(&ahead.within);
            let ways = days.iter().flat_map(|on| [(*on, true), (*on, false)]);
            let read = ways.map(|(on, own)| {
                reading.with(|next| {
                    if own {
                        let paid = Paid::Sum { due: ahead.within.due, amount: ahead.instalment };
                        next.payments.push(Payment { on, paid });
                    }
                    ahead.later.iter().for_each(|(due, amount)| next.pay(*due, on, *amount));
                })
            });
            read.collect()
        })
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        next
    }

    /// Whether a payment lacks its due date or its day, or a rate its day.
    pub(super) fn lacks_days(&self) -> bool {
        !self.undated.is_empty() || !self.undated_rates.is_empty()
    }

    /// Every new rate.
    pub(super) fn rates(&self) -> impl Iterator<Item = Rate> {
        self.changes.iter().map(|change| change.rate).chain(self.undated_rates.iter().copied())
    }

    /// The last day on which something is paid or a rate changes.
    pub(super) fn last_day(&self) -> Option<Date> {
        let paid = self.payments.iter().map(|payment| payment.on);
        paid.chain(self.changes.iter().map(|change| change.on)).max()
    }

    pub(super) fn drawn(&self) -> U256 {
        self.drawdowns.iter().fold(U256::ZERO, |sum, drawdown| sum.saturating_add(drawdown.amount))
    }
}

fn principal_of(payment: &Payment) -> U256 {
    match payment.paid {
        Paid::Principal { amount, .. } | Paid::Sum { amount, .. } => amount,
        Paid::Everything => U256::ZERO,
    }
}

fn extend(readings: &[Told], each: impl Fn(&Told) -> Vec<Told>) -> Result<Vec<Told>, Unread> {
    let mut all = Vec::new();
    for reading in readings {
        all.extend(each(reading));
        if all.len() > MAX_READINGS {
            return Err(Unread::Lacking("with more missing dates than are searched"));
        }
    }
    Ok(all)
}

fn days(operation: &Value) -> Result<Vec<Date>, Unread> {
    let day = |value: &Value| value.as_str().and_then(|text| text.parse().ok()).ok_or(Unread::Field("dates"));
    rows(operation, "dates").iter().map(day).collect()
}
