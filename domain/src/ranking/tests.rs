use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::capabilities::ProviderKind;
use crate::deadline::Deadline;
use crate::ids::{CreditRequestId, QuoteId, TenantId};
use crate::normalise::tests::{DRAWN_ON, nominal, offer, usd, usdc};
use crate::normalise::{AprMethod, normalise};
use crate::offer::{ChainState, Offer};
use crate::period::{Term, TermUnit};
use crate::policy::Par;
use crate::quote::ProviderRef;
use crate::request::{Borrower, Purpose, RatePreference};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// 10,000 USD, or USDC in their place, over 36 months.
fn request() -> CreditRequest {
    CreditRequest {
        id: CreditRequestId::new(Uuid::from_u128(1)),
        tenant: TenantId::new(Uuid::from_u128(2)),
        amount: usd("10000.00"),
        accept_assets: vec![usdc()],
        term: Term { count: 36, unit: TermUnit::Months },
        purpose: Purpose::WorkingCapital,
        frequency: Frequency::Monthly,
        rate_preference: RatePreference::Any,
        collateral: Vec::new(),
        borrower: Borrower {
            client_reference: "borrower-1".to_owned(),
            country: "US".parse().unwrap(),
            us_state: Some("CA".parse().unwrap()),
            annual_income: None,
            monthly_debt_payments: None,
            wallets: Vec::new(),
        },
        consents: Vec::new(),
        created_at: NOW,
        drawn_on: DRAWN_ON,
        deadline: Deadline::after(NOW, Duration::from_secs(1)),
    }
}

fn policy() -> Policy {
    let par = Par { token: usdc().to_string(), currency: "USD".to_owned() };
    Policy { pars: vec![par], ..Policy::default() }
}

fn provider(number: u128) -> ProviderId {
    ProviderId::new(Uuid::from_u128(number))
}

fn quote(number: u128, offer: Offer) -> Quote {
    Quote {
        id: QuoteId::new(Uuid::from_u128(number)),
        credit_request_id: request().id,
        provider: ProviderRef { id: provider(number), name: format!("Lender {number}"), kind: ProviderKind::Bank },
        created_at: NOW,
        terms: normalise(&offer, DRAWN_ON, AprMethod::UsRegZ).unwrap(),
        offer,
    }
}

fn assessed(number: u128, offer: Offer) -> Assessment {
    assess(&request(), &policy(), &quote(number, offer)).unwrap()
}

/// The numbers of the quotes, best first.
fn order(offers: Vec<Offer>) -> Vec<u128> {
    let assessments: Vec<_> = (1..).zip(offers).map(|(number, offer)| assessed(number, offer)).collect();
    let standings: Vec<&Standing> = assessments.iter().map(|one| &one.standing).collect();
    rank(&standings).into_iter().map(|index| u128::try_from(index).unwrap() + 1).collect()
}

fn plain(rate: &str) -> Offer {
    offer(nominal(rate))
}

fn parts(assessment: &Assessment) -> Vec<(&'static str, String)> {
    assessment.components.iter().map(|part| (part.name, part.amount.amount())).collect()
}

#[test]
fn premiums_are_named_and_add_up_to_what_is_compared() {
    let firm = assessed(1, plain("0.12"));
    assert_eq!(parts(&firm), [("total_cost", firm.adjusted_cost.amount())], "a firm, fixed offer has none");
    let old = ChainState {
        chain: "eip155:1".parse().unwrap(),
        block: 1,
        block_hash: "0x1".to_owned(),
        time: NOW - SignedDuration::from_secs(61),
    };
    let risky =
        Offer { binding: Binding::Indicative, rate_kind: RateKind::Variable, as_of: Some(old), ..plain("0.12") };
    let found = assessed(1, risky);
    let cost = firm.adjusted_cost.amount();
    // 10 bps; 50 bps a year for 1,096 days, rounded up; 25 bps. All of 10,000.
    let expected = [
        ("total_cost", cost.as_str()),
        ("indicative_premium", "10.00"),
        ("variable_premium", "150.14"),
        ("stale_premium", "25.00"),
    ];
    assert_eq!(parts(&found), expected.map(|(name, amount)| (name, amount.to_owned())));
    let sum = found.components.iter().fold(usd("0"), |sum, part| sum.checked_add(&part.amount).unwrap());
    assert_eq!(sum, found.adjusted_cost);
    assert_eq!(found.warnings, [Warning::VariableRate, Warning::Stale]);
}

#[test]
fn a_stablecoin_ranks_at_its_par_with_a_warning() {
    let principal = usd("10000.00").at_par_in(&usdc()).unwrap();
    let in_token = assessed(1, Offer { principal, ..plain("0.12") });
    assert_eq!(in_token.adjusted_cost.asset(), request().amount.asset());
    assert_eq!(in_token.warnings, [Warning::RankedAtPar]);
    let cheaper = Offer { principal: usd("10000.00").at_par_in(&usdc()).unwrap(), ..plain("0.10") };
    assert_eq!(order(vec![plain("0.12"), cheaper]), [2, 1]);
}

#[test]
fn an_offer_that_falls_short_follows_every_one_that_does_not() {
    let less = Offer { principal: usd("9999.99"), ..plain("0.01") };
    assert_eq!(assessed(1, less.clone()).warnings, [Warning::PartialAmount]);
    let shorter = Offer { term: Term { count: 24, unit: TermUnit::Months }, ..plain("0.02") };
    assert_eq!(assessed(1, shorter.clone()).warnings, [Warning::OtherTerm]);
    assert_eq!(order(vec![shorter, less, plain("0.30")]), [3, 2, 1], "and among themselves they go by APR");
}

#[test]
fn partial_offers_go_by_apr_and_not_by_how_little_they_lend() {
    let tiny = Offer { principal: usd("1000.00"), ..plain("0.20") };
    let most = Offer { principal: usd("9000.00"), ..plain("0.10") };
    assert_eq!(order(vec![tiny, most]), [2, 1]);
}

#[test]
fn a_payment_by_which_the_end_is_missed_by_no_more_than_a_period_meets_the_term() {
    let late = Offer { first_due: Some(jiff::civil::date(2026, 2, 15)), ..plain("0.12") };
    assert!(assessed(1, late).warnings.is_empty());
}

#[test]
fn ties_go_to_the_more_certain_then_the_faster_then_the_lower_id() {
    let base = || plain("0.12");
    let preapproved = Offer { assurance: Assurance::Preapproved, ..base() };
    let slower = Offer { funding_hours: 48, ..base() };
    assert_eq!(order(vec![preapproved.clone(), slower.clone(), base(), base()]), [3, 4, 2, 1]);
    let certain_but_slow = Offer { funding_hours: 900, ..base() };
    assert_eq!(order(vec![preapproved, certain_but_slow]), [2, 1]);
}

#[test]
fn who_pays_to_be_shown_ranks_no_better() {
    let sponsored = Offer { sponsored: true, reward_rate: Some(crate::rate::Rate::MAX), ..plain("0.12") };
    assert_eq!(assessed(1, sponsored), assessed(1, plain("0.12")));
}

fn standing() -> impl Strategy<Value = Standing> {
    let binding = prop_oneof![Just(Binding::Firm), Just(Binding::Indicative)];
    let assurance = prop_oneof![Just(Assurance::Approved), Just(Assurance::Preapproved), Just(Assurance::Prequalified)];
    // Few values, so that ties are common.
    (0_u8..3, 0_u64..4, binding, assurance, 0_u32..3, 0_u128..4, 0_u8..3).prop_map(
        |(class, cost, binding, assurance, funding_hours, number, reference)| {
            let (provider, reference) = (provider(number), reference.to_string());
            match class {
                0 => {
                    let adjusted_cost = U256::from(cost);
                    Standing::Full { adjusted_cost, binding, assurance, funding_hours, provider, reference }
                }
                1 => {
                    let apr = Decimal::from(cost);
                    Standing::Partial { apr, binding, assurance, funding_hours, provider, reference }
                }
                _ => Standing::Refused { usefulness: u8::try_from(cost).unwrap(), provider },
            }
        },
    )
}

fn class(standing: &Standing) -> u8 {
    match standing {
        Standing::Full { .. } => 0,
        Standing::Partial { .. } => 1,
        Standing::Refused { .. } => 2,
    }
}

fn ranked(standings: &[Standing]) -> Vec<Standing> {
    let all: Vec<&Standing> = standings.iter().collect();
    rank(&all).into_iter().map(|index| standings[index].clone()).collect()
}

proptest! {
    #[test]
    fn the_order_does_not_depend_on_who_answered_first(
        (before, after) in prop::collection::vec(standing(), 0..20)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        prop_assert_eq!(ranked(&before), ranked(&after));
    }

    #[test]
    fn full_offers_come_first_then_partial_ones_then_refusals(all in prop::collection::vec(standing(), 0..20)) {
        let order = ranked(&all);
        prop_assert_eq!(order.len(), all.len(), "nobody is left out");
        prop_assert!(order.is_sorted_by_key(class));
        let costs = order.iter().filter_map(|one| match one {
            Standing::Full { adjusted_cost, .. } => Some(*adjusted_cost),
            _ => None,
        });
        prop_assert!(costs.is_sorted());
    }

    #[test]
    fn a_standing_read_back_from_storage_ranks_the_same(one in standing()) {
        let text = serde_json::to_string(&one).unwrap();
        prop_assert_eq!(serde_json::from_str::<Standing>(&text).unwrap(), one);
    }
}
