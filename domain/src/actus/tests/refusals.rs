//! What is refused, by the name of the term and the rule that it breaks.

use super::*;
use crate::period::MAX_INSTALMENTS;

/// What the changed loan is refused with, when it is read or when it is run.
fn refusal(changes: &[(&str, &str)]) -> String {
    let found = loan(changes).and_then(|terms| events(&terms, &market(), None));
    found.map_or_else(|error| error.to_string(), |events| format!("{} events", events.len()))
}

#[test]
fn a_term_that_is_missing_is_named() {
    for term in [
        "contractType",
        "contractRole",
        "currency",
        "statusDate",
        "initialExchangeDate",
        "maturityDate",
        "notionalPrincipal",
        "dayCountConvention",
    ] {
        assert_eq!(refusal(&[(term, "")]), format!("{term}: is needed"));
        assert_eq!(refusal(&[(term, "NULL")]), format!("{term}: is needed"));
    }
    let amortizing = |kind, changes: &[(&str, &str)]| refusal(&[&[("contractType", kind)], changes].concat());
    let (no_cycle, no_end) = (("cycleOfPrincipalRedemption", ""), ("maturityDate", ""));
    let anchor = ("cycleAnchorDateOfPrincipalRedemption", "2013-02-01");
    let payment = ("nextPrincipalRedemptionPayment", "400");
    assert_eq!(amortizing("NAM", &[]), "nextPrincipalRedemptionPayment: is needed");
    for kind in ["LAM", "ANN", "NAM"] {
        assert_eq!(amortizing(kind, &[no_cycle, payment]), "cycleOfPrincipalRedemption: is needed");
        assert_eq!(amortizing(kind, &[no_cycle, anchor, no_end, payment]), "cycleOfPrincipalRedemption: is needed");
    }
    assert_eq!(amortizing("LAM", &[no_end]), "maturityDate: is needed");
    assert_eq!(amortizing("ANN", &[no_end]), "maturityDate: is needed");
    assert_eq!(amortizing("LAM", &[no_end, ("amortizationDate", "2013-04-01")]), "maturityDate: is needed");
    // One redemption on a date of its own needs no cycle.
    assert_eq!(amortizing("LAM", &[no_cycle, anchor]), "6 events");
    let scaling = [("scalingEffect", "I00"), ("cycleOfScalingIndex", "P1ML1")];
    assert_eq!(refusal(&scaling), "marketObjectCodeOfScalingIndex: is needed");
    let coded = [&scaling[..], &[("marketObjectCodeOfScalingIndex", "CPI")]].concat();
    assert_eq!(refusal(&coded), "scalingIndexAtContractDealDate: is needed");
    let reset = [("cycleOfRateReset", "P1ML1"), ("marketObjectCodeOfRateReset", "")];
    assert_eq!(refusal(&reset), "marketObjectCodeOfRateReset: is needed");
    assert_eq!(refusal(&[("prepaymentEffect", "M")]), "cycleOfOptionality: is needed");
    let prepayments = [("prepaymentEffect", "M"), ("cycleOfOptionality", "P1ML1")];
    assert_eq!(refusal(&prepayments), "objectCodeOfPrepaymentModel: is needed");
}

#[test]
fn a_text_that_cannot_be_read_is_shown_with_what_was_expected() {
    let date = |term, text: &str| {
        let expected = "must be a date or a date and time as in 2013-01-31T00:00:00";
        assert_eq!(refusal(&[(term, text)]), format!("{term}: {expected}, found {text:?}"));
    };
    date("maturityDate", "2013-02-30");
    date("statusDate", "yesterday");
    date("cycleAnchorDateOfInterestPayment", "2013");
    let number = |term, text: &str| {
        assert_eq!(refusal(&[(term, text)]), format!("{term}: must be a number of at most 28 digits, found {text:?}"));
    };
    number("notionalPrincipal", "many");
    number("notionalPrincipal", "100000000000000000000000000000");
    number("nominalInterestRate", "8%");
    number("lifeCap", "NaN");
    let cycle = |text: &str| {
        let found = loan(&[("cycleOfInterestPayment", text)]);
        assert!(
            matches!(&found, Err(ActusError::Unreadable { term: "cycleOfInterestPayment", found, .. }) if found == text),
            "{text}: {found:?}"
        );
    };
    for text in [
        "P0ML0",
        "P-1ML0",
        "-1M",
        "PML1",
        "P1",
        "P1M5L1",
        "P1XL0",
        "P1M1DL0",
        "P1ML2",
        "P1.5M",
        "P5000000000D",
        "P4294967295Y",
        "P4294967295M1M",
        "P",
        "L0",
        "P1é",
    ] {
        cycle(text);
    }
    // An exponent is how a number of JSON may be written.
    assert!(loan(&[("nominalInterestRate", "1.2E-1")]).is_ok_and(|terms| Ok(terms) == loan(&[])));
}

#[test]
fn what_is_not_supported_is_refused_and_what_has_no_effect_is_not() {
    for (term, text) in [
        ("contractType", "CLM"),
        ("contractRole", "CLO"),
        ("businessDayConvention", "SCX"),
        ("businessDayConvention", "SC"),
        ("businessDayConvention", "F"),
        ("calendar", "Atlantis"),
        ("dayCountConvention", "B252"),
        ("dayCountConvention", "28E336"),
        ("endOfMonthConvention", "XX"),
        ("interestCalculationBase", "NTX"),
        ("scalingEffect", "I0M"),
        ("feeBasis", "X"),
        ("prepaymentEffect", "A"),
        ("penaltyType", "X"),
        ("cyclePointOfInterestPayment", "B"),
        ("cyclePointOfRateReset", "E"),
        ("contractPerformance", "DF"),
        ("optionExerciseEndDate", "2013-03-01"),
        ("arrayRate", "0.1"),
    ] {
        assert_eq!(refusal(&[(term, text)]), format!("{term}: {text:?} is not supported"));
    }
    for (term, text) in [
        ("cyclePointOfInterestPayment", "E"),
        ("cyclePointOfRateReset", "B"),
        ("contractPerformance", "PF"),
        ("contractID", "1"),
        ("contractDealDate", "no date"),
        ("counterpartyID", "x"),
        ("creatorID", "x"),
        ("creditLineAmount", "x"),
        ("delinquencyPeriod", "x"),
        ("delinquencyRate", "x"),
        ("fixingDays", "P2D"),
        ("fixingPeriod", "P2D"),
        ("gracePeriod", "x"),
        ("marketObjectCode", "x"),
        ("marketValueObserved", "x"),
        ("seniority", "x"),
        ("xDayNotice", "x"),
        ("calendar", "NC"),
        ("calendar", "NoCalendar"),
        ("calendar", "MondayToFriday"),
        ("businessDayConvention", "NULL"),
        ("businessDayConvention", "NOS"),
        ("cycleAnchorDateOfFee", "2013-02-01"),
    ] {
        assert_eq!(refusal(&[(term, text)]), "5 events", "{term} {text}");
    }
    for role in ["RPA", "LG", "BUY", "RFL", "RF", "COL", "CNO", "OBL", "UDL", "UDLP"] {
        assert_eq!(run(&[("contractRole", role)]), run(&[]), "{role}");
    }
    for role in ["RPL", "ST", "SEL", "PFL", "PF", "GUA", "UDLM"] {
        assert_eq!(run(&[("contractRole", role)])[0], "2013-01-01 IED 1200 -1200 0.12 0", "{role}");
    }
}

#[test]
fn terms_that_contradict_each_other_are_refused_with_the_rule() {
    let exchange = "must not lie before initialExchangeDate";
    let late = "must not lie after the maturity";
    let interest = "must be above the interest of a period where no maturityDate is given";
    let open = [("contractType", "NAM"), ("maturityDate", "")];
    for (changes, term, rule) in [
        (&[("notionalPrincipal", "0")][..], "notionalPrincipal", "must be above zero: the role gives the sign"),
        (&[("notionalPrincipal", "-1")], "notionalPrincipal", "must be above zero: the role gives the sign"),
        (&[("nextPrincipalRedemptionPayment", "-1")], "nextPrincipalRedemptionPayment", "must not be negative"),
        (&[("maturityDate", "2013-01-01")], "maturityDate", "must lie after initialExchangeDate"),
        (&[("amortizationDate", "2013-01-01")], "amortizationDate", "must lie after initialExchangeDate"),
        (&[("capitalizationEndDate", "2012-12-31")], "capitalizationEndDate", exchange),
        (&[("purchaseDate", "2012-12-31")], "purchaseDate", exchange),
        (&[("terminationDate", "2012-12-31")], "terminationDate", exchange),
        (&[("capitalizationEndDate", "2013-04-02")], "capitalizationEndDate", late),
        (&[("purchaseDate", "2013-04-02")], "purchaseDate", late),
        (&[("terminationDate", "2013-04-02")], "terminationDate", late),
        (
            &[("purchaseDate", "2013-02-01"), ("terminationDate", "2013-02-01")],
            "terminationDate",
            "must lie after purchaseDate",
        ),
        (&[("lifeCap", "0.01"), ("lifeFloor", "0.011")], "lifeCap", "must not lie below lifeFloor"),
        (&[("periodCap", "-0.01")], "periodCap", "must not be negative"),
        (
            &[
                ("scalingEffect", "I00"),
                ("marketObjectCodeOfScalingIndex", "CPI"),
                ("scalingIndexAtContractDealDate", "0"),
            ],
            "scalingIndexAtContractDealDate",
            "must not be zero",
        ),
        (
            &[&open[..], &[("nextPrincipalRedemptionPayment", "12")]].concat(),
            "nextPrincipalRedemptionPayment",
            interest,
        ),
        (
            &[&open[..], &[("nextPrincipalRedemptionPayment", "11")]].concat(),
            "nextPrincipalRedemptionPayment",
            interest,
        ),
        (
            &[("contractType", "LAM"), ("maturityDate", ""), ("nextPrincipalRedemptionPayment", "0")],
            "nextPrincipalRedemptionPayment",
            interest,
        ),
    ] {
        assert_eq!(refusal(changes), format!("{term}: {rule}"), "{changes:?}");
    }
    // What is allowed beside each of them.
    for changes in [
        &[("capitalizationEndDate", "2013-01-01")][..],
        &[("capitalizationEndDate", "2013-04-01")],
        &[("purchaseDate", "2013-01-01")],
        &[("purchaseDate", "2013-04-01")],
        &[("terminationDate", "2013-04-01")],
        &[("terminationDate", "2013-01-01")],
        &[("lifeCap", "0.01"), ("lifeFloor", "0.01")],
        &[("amortizationDate", "2013-01-02")],
        &[("nextPrincipalRedemptionPayment", "0")],
    ] {
        assert!(refusal(changes).ends_with("events"), "{changes:?}: {}", refusal(changes));
    }
}

#[test]
fn schedules_and_figures_beyond_the_limits_are_errors() {
    let daily = |days: u32| {
        let end = time("2013-01-02").date().checked_add(jiff::Span::new().days(days)).unwrap().to_string();
        refusal(&[("cycleOfInterestPayment", "P1DL1"), ("maturityDate", &end)])
    };
    assert_eq!(daily(MAX_INSTALMENTS), "4003 events");
    assert_eq!(daily(MAX_INSTALMENTS + 1), "cycleOfInterestPayment: a cycle has at most 4000 dates before its end");
    let open = |payment| {
        let lam = [("contractType", "LAM"), ("maturityDate", "")];
        refusal(&[&lam[..], &[("nextPrincipalRedemptionPayment", payment)]].concat())
    };
    let cycle = "cycleOfPrincipalRedemption: a cycle has at most 4000 dates before its end";
    assert_eq!(open("0.1"), cycle);
    assert_eq!(open("0.001"), "nextPrincipalRedemptionPayment: redeems the principal beyond the calendar");
    let unending = "number of payments: the result needs more than 28 digits";
    assert_eq!(open("0.0000000001"), unending);
    let old =
        [("cycleOfPrincipalRedemption", "P1DL1"), ("statusDate", "2030-01-01"), ("initialExchangeDate", "2000-01-01")];
    let lam = [("contractType", "LAM"), ("maturityDate", ""), ("nextPrincipalRedemptionPayment", "1")];
    assert_eq!(refusal(&[&old[..], &lam].concat()), cycle);
    let last = ("cycleOfInterestPayment", "P9000YL1");
    assert_eq!(refusal(&[last]), "cycleOfInterestPayment: leads out of the calendar");
    assert_eq!(
        refusal(&[("nominalInterestRate", "70000000000000000000000000")]),
        "accruedInterest: the result needs more than 28 digits"
    );
    let premium = [
        ("notionalPrincipal", "70000000000000000000000000000"),
        ("premiumDiscountAtIED", "70000000000000000000000000000"),
    ];
    assert_eq!(refusal(&premium), "payoff: the result needs more than 28 digits");
    let growth = [("contractType", "ANN"), ("nominalInterestRate", "-13"), ("dayCountConvention", "A360")];
    assert_eq!(refusal(&growth), "nextPrincipalRedemptionPayment: the result needs more than 28 digits");
}
