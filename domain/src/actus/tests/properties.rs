use proptest::prelude::*;

use super::*;
use crate::period::Frequency;
use crate::rate::{Bps, Compounding, PeriodicRate, Rate};
use crate::schedule::Schedule;
use ruint::aliases::U256;

/// A loan of any type with whatever else it may have; most of them make sense.
fn any_loan() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let pick = |texts: &'static [&'static str]| prop::sample::select(texts).prop_map(str::to_owned);
    let day = || {
        (0i64..500)
            .prop_map(|days| time("2013-01-01").date().checked_add(jiff::Span::new().days(days)).unwrap().to_string())
    };
    let cycles = &["P1ML0", "P1ML1", "P2ML0", "P3ML1", "P2WL1", "P45DL0", "P1QL1", "P1YL1", "", "P0ML0"][..];
    let amounts =
        &["", "0", "100", "37.5", "-3", "1e3", "79228162514264337593543950335", "0.0000000000000000000000000001"][..];
    let rates = &["", "0.12", "0", "-0.05", "0.37", "90000", "-40"][..];
    let kind = (
        pick(&["PAM", "LAM", "NAM", "ANN"]),
        pick(&["RPA", "RPL"]),
        pick(&["A360", "A365", "AA", "30E360", "30E360ISDA", "30360"]),
        pick(&["NOS", "SCF", "SCMF", "CSF", "CSMF", "SCP", "SCMP", "CSP", "CSMP"]),
        pick(&["NC", "MF", "TARGET"]),
        pick(&["SD", "EOM"]),
    );
    let times = (day(), day(), prop::option::weighted(0.7, day()), day(), day(), prop::option::weighted(0.2, day()));
    let numbers = (pick(rates), pick(amounts), pick(amounts), pick(amounts), pick(rates), pick(rates));
    let cycles = (pick(cycles), pick(cycles), pick(cycles), pick(cycles));
    let more = (
        pick(&["NT", "NTIED", "NTL"]),
        pick(&["000", "IN0"]),
        pick(&["A", "N"]),
        prop::option::weighted(0.2, day()),
        prop::option::weighted(0.2, day()),
    );
    (kind, times, numbers, cycles, more).prop_map(|(kind, times, numbers, cycles, more)| {
        vec![
            ("contractType", kind.0),
            ("contractRole", kind.1),
            ("dayCountConvention", kind.2),
            ("businessDayConvention", kind.3),
            ("calendar", kind.4),
            ("endOfMonthConvention", kind.5),
            ("statusDate", times.0),
            ("cycleAnchorDateOfInterestPayment", times.1),
            ("maturityDate", times.2.unwrap_or_default()),
            ("cycleAnchorDateOfPrincipalRedemption", times.3),
            ("cycleAnchorDateOfRateReset", times.4),
            ("capitalizationEndDate", times.5.unwrap_or_default()),
            ("nominalInterestRate", numbers.0),
            ("nextPrincipalRedemptionPayment", numbers.1),
            ("accruedInterest", numbers.2),
            ("interestCalculationBaseAmount", numbers.3),
            ("rateSpread", numbers.4),
            ("feeRate", numbers.5),
            ("cycleOfInterestPayment", cycles.0),
            ("cycleOfPrincipalRedemption", cycles.1),
            ("cycleOfRateReset", cycles.2),
            ("cycleOfFee", cycles.3.clone()),
            ("cycleOfScalingIndex", cycles.3.clone()),
            ("cycleOfInterestCalculationBase", cycles.3),
            ("marketObjectCodeOfScalingIndex", "INDEX".to_owned()),
            ("scalingIndexAtContractDealDate", "0.1".to_owned()),
            ("interestCalculationBase", more.0),
            ("scalingEffect", more.1),
            ("feeBasis", more.2),
            ("purchaseDate", more.3.unwrap_or_default()),
            ("terminationDate", more.4.unwrap_or_default()),
        ]
    })
}

fn evaluated(
    terms: &[(&'static str, String)],
    changes: &[(&str, &str)],
    market: &Market,
) -> Result<Vec<Event>, ActusError> {
    let named: Vec<(&str, &str)> = terms.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let terms = loan(&[&named[..], changes].concat())?;
    events(&terms, market, None)
}

/// An annuity or an amortizer over so many months from the exchange.
fn monthly(kind: &'static str, notional: u64, bps: u32, months: u32) -> Vec<(&'static str, String)> {
    let end = Frequency::Monthly.date_after(time("2013-01-01").date(), months).unwrap();
    vec![
        ("contractType", kind.to_owned()),
        ("notionalPrincipal", notional.to_string()),
        ("nominalInterestRate", Decimal::new(i64::from(bps), 4).to_string()),
        ("maturityDate", end.to_string()),
    ]
}

/// What events of a type pay together.
fn total(events: &[Event], kind: EventKind) -> Decimal {
    events.iter().filter(|event| event.kind == kind).map(|event| event.payoff).sum()
}

proptest! {
    #[test]
    fn whatever_the_terms_the_principal_is_conserved_and_never_turns(terms in any_loan(), prepaid in 0u32..2_000) {
        let market = market().with_prepayment(time("2013-05-05"), Decimal::from(prepaid)).with_analysis(time("2013-06-06"));
        let plain = [("scalingEffect", ""), ("purchaseDate", ""), ("capitalizationEndDate", "")];
        if let Ok(found) = evaluated(&terms, &plain, &market) {
            let side = Decimal::from(if terms.contains(&("contractRole", "RPL".to_owned())) { -1 } else { 1 });
            let mut before = side * Decimal::from(1_200);
            for event in &found {
                prop_assert!(event.notional * side >= Decimal::ZERO, "{}", line(event));
                let repaid = match event.kind {
                    EventKind::PrincipalRedemption | EventKind::Prepayment => event.payoff,
                    // Interest has an event of its own before it, or there is no rate and it is due with the principal.
                    EventKind::Maturity | EventKind::Termination => before,
                    _ => Decimal::ZERO,
                };
                prop_assert_eq!(event.notional, before - repaid, "{}", line(event));
                before = event.notional;
            }
            let ended = found.last().is_none_or(|event| matches!(event.kind, EventKind::Maturity | EventKind::Termination));
            prop_assert!(ended && (found.is_empty() || before.is_zero()));
        }
    }

    #[test]
    fn what_one_side_receives_the_other_pays(terms in any_loan()) {
        let mirrored = |role| evaluated(&terms, &[("contractRole", role), ("priceAtPurchaseDate", ""), ("purchaseDate", ""), ("terminationDate", "")], &market());
        match (mirrored("RPA"), mirrored("RPL")) {
            (Ok(asset), Ok(liability)) => {
                prop_assert_eq!(asset.len(), liability.len());
                for (one, other) in asset.iter().zip(&liability) {
                    let opposite = Event { payoff: -other.payoff, notional: -other.notional, accrued: -other.accrued, ..other.clone() };
                    prop_assert_eq!(one, &opposite);
                }
            }
            (asset, liability) => prop_assert_eq!(asset.is_err(), liability.is_err()),
        }
    }

    #[test]
    fn any_terms_are_evaluated_or_refused(terms in any_loan(), kept in prop::collection::vec(any::<bool>(), 31)) {
        let some: Vec<_> = terms.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(term, _)| term).collect();
        let _ = evaluated(&some, &[], &market());
    }

    #[test]
    fn any_text_in_any_term_is_read_or_refused(name in 0usize..12, text in "\\PC{0,12}") {
        let name = LOAN[name].0;
        let _ = evaluated(&[(name, text)], &[], &market());
    }

    /// Payments are level and the last of them leaves nothing: the annuity closes at its maturity.
    #[test]
    fn an_annuity_closes_with_its_last_payment(notional in 1u64..1_000_000_000, bps in 0u32..5_000, months in 2u32..60, convention in 0usize..4) {
        let mut terms = monthly("ANN", notional, bps, months);
        terms.push(("dayCountConvention", ["A360", "A365", "AA", "30E360"][convention].to_owned()));
        let found = evaluated(&terms, &[], &market()).unwrap();
        let paid = |date: DateTime| found.iter().filter(|event| event.at == date).map(|event| event.payoff).sum::<Decimal>();
        let dates: Vec<_> = found.iter().filter(|event| event.kind == EventKind::InterestPayment).map(|event| event.at).collect();
        let level = paid(dates[0]);
        for date in &dates {
            prop_assert!((paid(*date) - level).abs() <= Decimal::new(1, 15), "{}: {} {}", date, paid(*date), level);
        }
        let redeemed = total(&found, EventKind::PrincipalRedemption) + total(&found, EventKind::Maturity);
        prop_assert!((redeemed - Decimal::from(notional)).abs() <= Decimal::new(1, 15));
        // The level payment is that of an ordinary loan's schedule, which rounds it to a whole unit.
        if convention == 3 {
            let rate = PeriodicRate::from_nominal(Rate::from_bps(Bps(bps)).unwrap(), Compounding::Monthly, Frequency::Monthly).unwrap();
            let drawn = time("2013-01-01").date();
            let due = Frequency::Monthly.due_dates_after(drawn, months).unwrap();
            let schedule = Schedule::annuity(U256::from(notional), &rate, Frequency::Monthly, drawn, &due).unwrap();
            let payment = u64::try_from(schedule.instalments()[0].payment().unwrap()).unwrap();
            prop_assert!((level - Decimal::from(payment)).abs() <= decimal("0.5000001"), "{} {}", level, payment);
        }
    }

    #[test]
    fn an_amortizer_repays_equal_parts_that_add_up(notional in 1u64..1_000_000_000, bps in 0u32..5_000, months in 2u32..60) {
        let found = evaluated(&monthly("LAM", notional, bps, months), &[], &market()).unwrap();
        let parts: Vec<_> = found.iter().filter(|event| matches!(event.kind, EventKind::PrincipalRedemption | EventKind::Maturity)).collect();
        prop_assert_eq!(parts.len(), months as usize);
        let part = Decimal::from(notional) / Decimal::from(months);
        for event in &parts {
            prop_assert!((event.payoff - part).abs() <= Decimal::new(1, 15));
        }
        let total = parts.iter().map(|event| event.payoff).sum::<Decimal>();
        prop_assert!((total - Decimal::from(notional)).abs() <= Decimal::new(1, 15));
    }

    /// Interest on the same principal is that of all the days together, however they are divided.
    #[test]
    fn interest_is_that_of_all_days_together(bps in 0i64..5_000, days in 1i64..2_000, cycle in 0usize..4) {
        let end = time("2013-01-01").date().checked_add(jiff::Span::new().days(days)).unwrap();
        let terms = [
            ("dayCountConvention", "A360".to_owned()),
            ("nominalInterestRate", Decimal::new(bps, 4).to_string()),
            ("maturityDate", end.to_string()),
            ("cycleOfInterestPayment", ["P1ML0", "P1ML1", "P2WL0", "P27DL1"][cycle].to_owned()),
        ];
        let found = evaluated(&terms, &[], &market()).unwrap();
        let expected = Decimal::from(1_200) * Decimal::new(bps, 4) * Decimal::from(days) / Decimal::from(360);
        prop_assert!((total(&found, EventKind::InterestPayment) - expected).abs() <= Decimal::new(1, 18));
    }
}
