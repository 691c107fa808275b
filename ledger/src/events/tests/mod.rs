mod laws;
mod lives;
mod posting;

use std::collections::BTreeMap;

use proptest::prelude::*;
use ruint::aliases::U256;

use super::*;

/// Debits and credits of each account.
type Turnover = BTreeMap<Code, (U256, U256)>;

fn turnover<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Turnover {
    let mut sums = Turnover::new();
    for entry in entries {
        sums.entry(entry.debit).or_default().0 += entry.amount;
        sums.entry(entry.credit).or_default().1 += entry.amount;
    }
    sums
}

/// Debits less credits, where they differ.
fn net<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeMap<Code, i128> {
    let signed = |amount: U256| i128::try_from(amount).unwrap();
    let moved = turnover(entries).into_iter().map(|(code, (debits, credits))| (code, signed(debits) - signed(credits)));
    moved.filter(|(_, moved)| *moved != 0).collect()
}

/// Zero as often as not.
fn amount() -> impl Strategy<Value = U256> {
    prop_oneof![Just(0_u64), 1..1_000_000_u64, 1..u64::MAX].prop_map(U256::from)
}

fn parts() -> impl Strategy<Value = Parts> {
    let four = (amount(), amount(), amount(), amount());
    four.prop_map(|(principal, interest, fees, penalties)| Parts { principal, interest, fees, penalties })
}

fn cause() -> impl Strategy<Value = Cause> {
    prop_oneof![Just(Cause::BadDebt), Just(Cause::Fraud)]
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![Just(Standing::OnTheBooks), cause().prop_map(Standing::ChargedOff)]
}

fn allocation() -> impl Strategy<Value = Allocation> {
    let fields = (standing(), parts(), amount());
    fields.prop_map(|(standing, parts, overpayment)| Allocation { standing, parts, overpayment })
}

/// Of every kind, of those that move nothing too.
fn event() -> impl Strategy<Value = Event> {
    let three = || (amount(), amount(), amount());
    prop_oneof![
        (amount(), amount()).prop_map(|(principal, overpayment)| Event::Disbursement { principal, overpayment }),
        allocation().prop_map(Event::DownPayment),
        allocation().prop_map(Event::Repayment),
        allocation().prop_map(Event::MerchantIssuedRefund),
        allocation().prop_map(Event::PayoutRefund),
        allocation().prop_map(Event::GoodwillCredit),
        allocation().prop_map(Event::Chargeback),
        (standing(), amount(), amount()).prop_map(|(standing, overpayment, principal)| Event::CreditBalanceRefund {
            standing,
            overpayment,
            principal
        }),
        three().prop_map(|(interest, fees, penalties)| Event::Accrual { interest, fees, penalties }),
        amount().prop_map(|amount| Event::Fee { amount }),
        amount().prop_map(|amount| Event::Penalty { amount }),
        three().prop_map(|(interest, fees, penalties)| Event::Waiver { interest, fees, penalties }),
        (cause(), parts()).prop_map(|(cause, parts)| Event::ChargeOff { cause, parts }),
        (standing(), parts()).prop_map(|(standing, parts)| Event::WriteOff { standing, parts }),
        amount().prop_map(|amount| Event::Recovery { amount }),
        amount().prop_map(|amount| Event::CollateralLock { amount }),
        amount().prop_map(|amount| Event::CollateralRelease { amount }),
        amount().prop_map(|amount| Event::CollateralSeizure { amount }),
    ]
}

/// Each part of an event as an event of its own.
fn apart(event: Event) -> Vec<Event> {
    let zero = U256::ZERO;
    let by_part = |parts: Parts| parts.each().map(|(part, amount)| Parts::default().with(part, amount));
    let allocations = |whole: Allocation, kind: fn(Allocation) -> Event| {
        let overpaid = Allocation { parts: Parts::default(), ..whole };
        let each = by_part(whole.parts).map(|parts| Allocation { parts, overpayment: zero, ..whole });
        each.into_iter().chain([overpaid]).map(kind).collect()
    };
    match event {
        Event::Disbursement { principal, overpayment } => {
            vec![
                Event::Disbursement { principal, overpayment: zero },
                Event::Disbursement { principal: zero, overpayment },
            ]
        }
        Event::DownPayment(whole) => allocations(whole, Event::DownPayment),
        Event::Repayment(whole) => allocations(whole, Event::Repayment),
        Event::MerchantIssuedRefund(whole) => allocations(whole, Event::MerchantIssuedRefund),
        Event::PayoutRefund(whole) => allocations(whole, Event::PayoutRefund),
        Event::GoodwillCredit(whole) => allocations(whole, Event::GoodwillCredit),
        Event::Chargeback(whole) => allocations(whole, Event::Chargeback),
        Event::CreditBalanceRefund { standing, overpayment, principal } => vec![
            Event::CreditBalanceRefund { standing, overpayment, principal: zero },
            Event::CreditBalanceRefund { standing, overpayment: zero, principal },
        ],
        Event::Accrual { interest, fees, penalties } => vec![
            Event::Accrual { interest, fees: zero, penalties: zero },
            Event::Fee { amount: fees },
            Event::Penalty { amount: penalties },
        ],
        Event::Waiver { interest, fees, penalties } => vec![
            Event::Waiver { interest, fees: zero, penalties: zero },
            Event::Waiver { interest: zero, fees, penalties: zero },
            Event::Waiver { interest: zero, fees: zero, penalties },
        ],
        Event::ChargeOff { cause, parts } => by_part(parts).map(|parts| Event::ChargeOff { cause, parts }).to_vec(),
        Event::WriteOff { standing, parts } => by_part(parts).map(|parts| Event::WriteOff { standing, parts }).to_vec(),
        whole => vec![whole],
    }
}
