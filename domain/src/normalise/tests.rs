use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::asset::{Asset, Token};
use crate::offer::{Assurance, Binding, Prepayment, RateKind};
use crate::period::{Frequency, Term, TermUnit};
use crate::rate::{Compounding, effective_annual};

pub(crate) const DRAWN_ON: Date = date(2026, 1, 1);

pub(crate) fn usd(text: &str) -> Money {
    Money::parse(text, &Asset::fiat("USD").unwrap()).unwrap()
}

/// A dollar token of six decimals.
pub(crate) fn usdc() -> Asset {
    let id = "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48".parse().unwrap();
    Asset::Token(Arc::new(Token { id, symbol: "USDC".into(), decimals: 6 }))
}

fn rate(text: &str) -> Rate {
    Rate::try_new(text.parse().unwrap()).unwrap()
}

pub(crate) fn nominal(text: &str) -> Pricing {
    Pricing::Nominal { rate: rate(text), compounding: Compounding::Monthly }
}

/// 10,000 USD over 36 months, firm and without fees.
pub(crate) fn offer(pricing: Pricing) -> Offer {
    Offer {
        reference: "offer-1".to_owned(),
        principal: usd("10000.00"),
        pricing,
        repayment: Repayment::Annuity,
        term: Term { count: 36, unit: TermUnit::Months },
        frequency: Frequency::Monthly,
        first_due: None,
        fees: Vec::new(),
        rate_kind: RateKind::Fixed,
        rate_index: None,
        reward_rate: None,
        binding: Binding::Firm,
        assurance: Assurance::Approved,
        sponsored: false,
        valid_until: Timestamp::MAX,
        funding_hours: 24,
        prepayment: Prepayment { allowed: true, fee: None },
        collateral: Vec::new(),
        as_of: None,
        execution_plan: Vec::new(),
        issues: Vec::new(),
        disclosures: Vec::new(),
    }
}

fn fee(amount: &str, timing: FeeTiming, in_apr: bool) -> Fee {
    Fee { kind: FeeKind::Origination, amount: FeeAmount::Fixed(usd(amount)), timing, in_apr }
}

fn with_fee(fee: Fee) -> Offer {
    Offer { fees: vec![fee], ..offer(nominal("0.12")) }
}

fn terms(offer: &Offer) -> Terms {
    normalise(offer, DRAWN_ON, AprMethod::UsRegZ).unwrap()
}

fn payments(terms: &Terms) -> Vec<(Date, U256)> {
    terms.schedule.instalments().iter().map(|one| (one.due, one.payment().unwrap())).collect()
}

fn cents(money: &Money) -> Decimal {
    money.units().to::<u64>().into()
}

fn near(a: Rate, b: Rate, within: &str) -> bool {
    (a.value() - b.value()).abs() < within.parse().unwrap()
}

#[test]
fn the_same_payments_are_the_same_offer_in_every_convention() {
    let plain = terms(&offer(nominal("0.12")));
    let owed = usd("10000.00");
    let factor = cents(&plain.total_repayable) / cents(&owed);
    let per_year = (factor - Decimal::ONE) / Decimal::from(3);
    let stated: [(&str, Pricing); 5] = [
        ("nominal", nominal("0.12")),
        ("effective", Pricing::EffectiveAnnual { rate: effective_annual(rate("0.12"), Compounding::Monthly).unwrap() }),
        ("flat", Pricing::Flat { rate: Rate::try_new(per_year).unwrap() }),
        ("factor", Pricing::Factor { factor }),
        ("flows", Pricing::Flows { payments: payments(&plain), stated_rate: None }),
    ];
    for method in [AprMethod::UsRegZ, AprMethod::EuCcd] {
        let expected = normalise(&offer(nominal("0.12")), DRAWN_ON, method).unwrap();
        for (name, pricing) in stated.clone() {
            let found = normalise(&offer(pricing), DRAWN_ON, method).unwrap();
            assert_eq!(payments(&found), payments(&expected), "{name}");
            assert_eq!((found.apr, &found.total_cost), (expected.apr, &expected.total_cost), "{name}");
            assert_eq!(found.effective_annual_rate, expected.effective_annual_rate, "{name}");
            assert!(near(found.nominal_rate, rate("0.12"), "0.0001"), "{name}: {}", found.nominal_rate);
        }
    }
}

#[test]
fn without_fees_the_apr_is_the_nominal_rate_and_the_european_one_its_yearly_growth() {
    let found = terms(&offer(nominal("0.12")));
    assert!(near(found.apr, rate("0.12"), "0.00001"), "{}", found.apr);
    let european = normalise(&offer(nominal("0.12")), DRAWN_ON, AprMethod::EuCcd).unwrap();
    assert!(near(european.apr, rate("0.126825"), "0.00001"), "{}", european.apr);
    assert_eq!(found.total_cost, found.total_repayable.checked_sub(&found.disbursed).unwrap());
}

#[test]
fn a_fee_is_taken_where_the_offer_says_and_counted_once() {
    let bare = terms(&offer(nominal("0.12")));
    let interest = bare.total_cost.clone();
    let plus = |money: &Money, more: &str| money.checked_add(&usd(more)).unwrap();

    let up_front = terms(&with_fee(fee("100.00", FeeTiming::UpFront, true)));
    assert_eq!((&up_front.disbursed, &up_front.principal), (&usd("9900.00"), &usd("10000.00")));
    assert_eq!((&up_front.total_repayable, up_front.total_cost), (&bare.total_repayable, plus(&interest, "100.00")));

    let separate = terms(&with_fee(fee("100.00", FeeTiming::Separate, true)));
    assert_eq!((&separate.disbursed, separate.total_cost), (&usd("10000.00"), plus(&interest, "100.00")));
    assert_eq!(separate.apr, up_front.apr, "100 less received is 100 paid on that day");

    let financed = terms(&with_fee(fee("100.00", FeeTiming::Financed, true)));
    assert_eq!((&financed.disbursed, &financed.principal), (&usd("10000.00"), &usd("10100.00")));
    assert!(cents(&financed.total_cost) > cents(&interest) + Decimal::from(10_000), "it bears interest too");

    let each = terms(&with_fee(fee("2.50", FeeTiming::PerInstalment, true)));
    assert_eq!(each.payment, plus(&bare.payment, "2.50"));
    assert_eq!((each.total_cost.clone(), each.fees_total().unwrap()), (plus(&interest, "90.00"), usd("90.00")));
    assert_eq!(each.schedule.total_interest(), bare.schedule.total_interest());

    for costlier in [&up_front.apr, &separate.apr, &financed.apr, &each.apr] {
        assert!(*costlier > bare.apr, "{costlier}");
    }
}

#[test]
fn what_the_law_does_not_count_stays_out_of_the_apr_and_in_the_cost() {
    let bare = terms(&offer(nominal("0.12")));
    for timing in [FeeTiming::UpFront, FeeTiming::Separate, FeeTiming::PerInstalment, FeeTiming::Financed] {
        let found = terms(&with_fee(fee("50.00", timing, false)));
        // A financed fee makes other payments, whose cents round otherwise.
        assert!(near(found.apr, bare.apr, "0.00001"), "{timing:?}: {} and {}", found.apr, bare.apr);
        assert!(found.total_cost.units() > bare.total_cost.units(), "{timing:?}");
        assert!(found.fees.iter().all(|fee| !fee.in_apr));
    }
}

#[test]
fn a_late_first_payment_moves_all_of_them_and_bears_interest_for_the_wait() {
    let (regular, first) = (terms(&offer(nominal("0.12"))), date(2026, 2, 15));
    let odd = terms(&Offer { first_due: Some(first), ..offer(nominal("0.12")) });
    let (on_time, late) = (payments(&regular), payments(&odd));
    assert_eq!((late.len(), late[0].0, late[35].0), (on_time.len(), first, date(2029, 1, 15)));
    assert!(odd.total_cost.units() > regular.total_cost.units());
    assert!(near(odd.apr, rate("0.12"), "0.001"), "{}", odd.apr);
}

#[test]
fn what_pays_nothing_out_or_not_even_that_back_is_no_offer() {
    let all_kept = normalise(&with_fee(fee("10000.00", FeeTiming::UpFront, true)), DRAWN_ON, AprMethod::UsRegZ);
    assert!(matches!(all_kept, Err(NormaliseError::NothingDisbursed { .. })), "{all_kept:?}");
    let gift = Pricing::Flows { payments: vec![(date(2026, 2, 1), usd("9000.00").units())], stated_rate: None };
    assert!(normalise(&offer(gift), DRAWN_ON, AprMethod::UsRegZ).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_higher_fee_never_lowers_apr_or_cost(low in 0_u64..200_000, more in 1_u64..200_000, timing in 0_usize..4) {
        let timing =
            [FeeTiming::UpFront, FeeTiming::Separate, FeeTiming::Financed, FeeTiming::PerInstalment][timing];
        let charged = |cents: u64| {
            let amount = FeeAmount::Fixed(usd("0").with_units(U256::from(cents)));
            terms(&with_fee(Fee { kind: FeeKind::Other, amount, timing, in_apr: true }))
        };
        let (less, more) = (charged(low), charged(low + more));
        prop_assert!(less.total_cost.units() < more.total_cost.units());
        prop_assert!(less.apr <= more.apr, "{} and {}", less.apr, more.apr);
    }

    #[test]
    fn a_higher_rate_never_lowers_apr_or_cost(low in 0_u32..3_000, more in 1_u32..1_000, repayment in 0_usize..3, odd in any::<bool>()) {
        let repayment = [Repayment::Annuity, Repayment::InterestOnly, Repayment::Bullet][repayment];
        let first_due = odd.then_some(date(2026, 2, 16));
        let at = |bps: u32| {
            let rate = Rate::from_bps(crate::rate::Bps(bps)).unwrap();
            let pricing = Pricing::Nominal { rate, compounding: Compounding::Monthly };
            let offer = Offer { repayment, first_due, ..offer(pricing) };
            [AprMethod::UsRegZ, AprMethod::EuCcd].map(|method| normalise(&offer, DRAWN_ON, method).unwrap())
        };
        for (less, more) in at(low).iter().zip(at(low + more)) {
            prop_assert!(less.total_cost.units() <= more.total_cost.units());
            prop_assert!(less.apr <= more.apr, "{} and {}", less.apr, more.apr);
        }
    }

    #[test]
    fn every_cent_is_accounted_for(yearly in 0_u32..4_000, up_front in 0_u64..5_000, each in 0_u64..1_000) {
        let yearly = Rate::from_bps(crate::rate::Bps(yearly)).unwrap();
        let cents = |units: u64| FeeAmount::Fixed(usd("0").with_units(U256::from(units)));
        let fees = [(up_front, FeeTiming::UpFront), (each, FeeTiming::PerInstalment)]
            .map(|(units, timing)| Fee { kind: FeeKind::Other, amount: cents(units), timing, in_apr: true });
        let pricing = Pricing::Nominal { rate: yearly, compounding: Compounding::Monthly };
        let found = terms(&Offer { fees: fees.to_vec(), ..offer(pricing) });
        let paid: U256 = payments(&found).iter().map(|(_, units)| *units).sum();
        prop_assert_eq!(paid, found.total_repayable.units());
        prop_assert_eq!(found.total_cost.units(), paid - found.disbursed.units());
        let interest = found.schedule.total_interest().unwrap();
        prop_assert_eq!(found.total_cost.units(), interest + found.fees_total().unwrap().units());
    }

    #[test]
    fn the_payment_shown_is_the_one_that_occurs_most_often(amounts in prop::collection::vec(1_u64..5, 1..12)) {
        let dated: Vec<_> = (1_i64..).map(|day| DRAWN_ON.checked_add(jiff::Span::new().days(day)).unwrap())
            .zip(amounts.iter().map(|amount| U256::from(*amount))).collect();
        let schedule = Schedule::from_flows(U256::ONE, DRAWN_ON, &dated).unwrap();
        let count = |wanted: u64| amounts.iter().filter(|amount| **amount == wanted).count();
        let expected = (1_u64..5).max_by_key(|amount| count(*amount)).unwrap();
        prop_assert_eq!(most_common_payment(&schedule).unwrap(), U256::from(expected));
    }
}
