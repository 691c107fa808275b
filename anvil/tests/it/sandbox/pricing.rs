//! What the lenders ask for their money, and whom they turn away.

use std::collections::BTreeSet;
use std::error::Error;

use adapters::clock::uuid_at;
use devnet::sandbox::{self, RunningLender};
use domain::Decimal;
use domain::decline::DeclineReason;
use domain::ids::CreditRequestId;
use domain::normalise::normalise;
use domain::period::{Term, TermUnit};
use domain::refusal::Refusal;
use domain::request::{CreditRequest, Purpose};

use super::asking::{PATIENT, at_once, call, gateway, money, now, request, request_with, start};
use crate::support::TestResult;

/// APR in percent of the first offer that the lender makes; a flaky one is asked until it answers.
async fn apr(lender: &RunningLender, request: &CreditRequest) -> Result<Decimal, Box<dyn Error>> {
    let gateway = gateway(lender);
    let mut last = Err(Refusal::Unknown);
    for _ in 0..3 {
        let id = CreditRequestId::new(uuid_at(now()));
        last = gateway.quote(call(CreditRequest { id, ..request.clone() }, PATIENT)).await;
        if let Ok(offers) = &last {
            let offer = offers.first().ok_or("no offer")?;
            return Ok(normalise(offer, request.drawn_on, request.apr_method())?.apr.percent(2));
        }
    }
    Err(format!("{}: {last:?}", lender.capabilities().name).into())
}

#[tokio::test]
async fn every_lender_has_a_plausible_price_of_its_own() -> TestResult {
    let lenders = sandbox::start_all(&at_once()).await?;
    let mut prices = BTreeSet::new();
    for lender in &lenders {
        let apr = apr(lender, &request()).await?;
        assert!(Decimal::from(7) < apr && apr < Decimal::from(40), "{}: {apr} %", lender.capabilities().name);
        assert!(prices.insert(apr), "{}: {apr} % is another's price", lender.capabilities().name);
    }
    Ok(())
}

#[tokio::test]
async fn prices_stay_plausible_over_every_amount_and_term_that_a_lender_serves() -> TestResult {
    let lenders = sandbox::start_all(&at_once()).await?;
    for lender in &lenders {
        let range = &lender.capabilities().amounts[0];
        let currency = range.min.asset().to_string();
        for amount in [&range.min, &range.max] {
            for months in [6, 12, 24, 36] {
                let request = request_with(|request| {
                    request.amount = amount.clone();
                    request.term = Term { count: months, unit: TermUnit::Months };
                    request.borrower.annual_income = Some(money("9000000.00", &currency));
                    request.borrower.monthly_debt_payments = None;
                });
                let apr = apr(lender, &request).await?;
                let case = format!("{} {amount} {months} months: {apr} %", lender.capabilities().name);
                assert!(Decimal::from(6) < apr && apr < Decimal::from(45), "{case}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn price_depends_on_term_debts_and_declared_income() -> TestResult {
    let lender = start(1).await;
    let price = apr(&lender, &request()).await?;
    let longer = request_with(|request| request.term.count = 60);
    let indebted = request_with(|request| request.borrower.monthly_debt_payments = Some(money("2400.00", "USD")));
    assert!(price < apr(&lender, &indebted).await?);
    // The fee of 1 % weighs less on a longer term; the rate itself rises.
    let rate = async |request| {
        let offers = gateway(&lender).quote(call(request, PATIENT)).await?;
        Ok::<_, Refusal>(offers[0].pricing.stated())
    };
    assert!(rate(request()).await? < rate(longer).await?);
    let swift = start(2).await;
    let undeclared = request_with(|request| request.borrower.annual_income = None);
    assert!(apr(&swift, &request()).await? < apr(&swift, &undeclared).await?);
    Ok(())
}

#[tokio::test]
async fn a_european_borrower_is_served_in_euros() -> TestResult {
    let lender = start(4).await;
    let request = request_with(|request| {
        request.amount = money("10000.00", "EUR");
        request.borrower.country = "FR".parse().unwrap();
        request.borrower.us_state = None;
        request.borrower.annual_income = Some(money("60000.00", "EUR"));
        request.borrower.monthly_debt_payments = None;
    });
    let apr = apr(&lender, &request).await?;
    assert!(Decimal::from(7) < apr && apr < Decimal::from(12), "{apr} %");
    Ok(())
}

#[tokio::test]
async fn two_years_are_offered_where_three_are_asked_and_sponsorship_is_told() -> TestResult {
    let lender = start(2).await;
    let offers = gateway(&lender).quote(call(request(), PATIENT)).await?;
    assert_eq!(offers[0].term, Term { count: 24, unit: TermUnit::Months });
    assert!(offers[0].sponsored);
    Ok(())
}

/// A lender, what is changed in the request, and the reasons it must give.
type Case = (u8, fn(&mut CreditRequest), &'static [DeclineReason]);

#[tokio::test]
async fn declines_carry_the_reasons_that_hold() -> TestResult {
    use DeclineReason as R;
    let cases: [Case; 9] = [
        (1, |r| r.borrower.country = "FR".parse().unwrap(), &[R::ResidenceNotServed]),
        (5, |r| r.purpose = Purpose::Vehicle, &[R::PurposeNotServed]),
        (3, |r| r.amount = money("50000.02", "USD"), &[R::AmountNotOffered]),
        (1, |r| r.amount = money("10000.00", "EUR"), &[R::AmountNotOffered, R::UnableToVerify]),
        (2, |r| r.term.count = 37, &[R::TermNotOffered]),
        (1, |r| r.borrower.annual_income = None, &[R::UnableToVerify]),
        (
            3,
            |r| r.borrower.monthly_debt_payments = Some(money("3000.00", "USD")),
            &[R::ObligationsExcessive, R::IncomeInsufficient],
        ),
        (3, |r| r.borrower.annual_income = Some(money("35000.00", "USD")), &[R::IncomeInsufficient]),
        (
            5,
            |r| {
                r.borrower.country = "FR".parse().unwrap();
                r.purpose = Purpose::Vehicle;
                r.amount = money("1.00", "USD");
                r.term.count = 1;
                r.borrower.annual_income = Some(money("0.00", "USD"));
            },
            &[R::ResidenceNotServed, R::PurposeNotServed, R::AmountNotOffered, R::TermNotOffered],
        ),
    ];
    let lenders = sandbox::start_all(&at_once()).await?;
    for (number, change, reasons) in cases {
        let lender = lenders.iter().find(|lender| lender.number() == number).ok_or("no such lender")?;
        let answer = gateway(lender).quote(call(request_with(change), PATIENT)).await;
        assert_eq!(answer, Err(Refusal::Declined { reasons: reasons.to_vec() }), "{}", lender.capabilities().name);
    }
    Ok(())
}
