//! Each rule on a loan small enough for the figures to be worked out by hand.

use super::*;

#[test]
fn principal_is_repaid_by_the_way_of_the_type() {
    assert_eq!(
        run(&[]),
        [
            "2013-01-01 IED -1200 1200 0.12 0",
            "2013-02-01 IP 12 1200 0.12 0",
            "2013-03-01 IP 12 1200 0.12 0",
            "2013-04-01 IP 12 1200 0.12 0",
            "2013-04-01 MD 1200 0 0.12 0",
        ]
    );
    let equal_parts = [
        "2013-01-01 IED -1200 1200 0.12 0",
        "2013-02-01 PR 400 800 0.12 12",
        "2013-02-01 IP 12 800 0.12 0",
        "2013-03-01 PR 400 400 0.12 8",
        "2013-03-01 IP 8 400 0.12 0",
        "2013-04-01 IP 4 400 0.12 0",
        "2013-04-01 MD 400 0 0.12 0",
    ];
    assert_eq!(run(&[("contractType", "LAM")]), equal_parts);
    assert_eq!(run(&[("contractType", "LAM"), ("nextPrincipalRedemptionPayment", "400")]), equal_parts);
    assert_eq!(
        run(&[("contractType", "NAM"), ("nextPrincipalRedemptionPayment", "10")]),
        [
            "2013-01-01 IED -1200 1200 0.12 0",
            "2013-02-01 PR -2 1202 0.12 12",
            "2013-02-01 IP 12 1202 0.12 0",
            "2013-03-01 PR -2.02 1204.02 0.12 12.02",
            "2013-03-01 IP 12.02 1204.02 0.12 0",
            "2013-04-01 IP 12.0402 1204.02 0.12 0",
            "2013-04-01 MD 1204.02 0 0.12 0",
        ]
    );
    // 1,200 · 0.01 / (1 - 1.01^-3) = 408.0265 a month.
    assert_eq!(
        run(&[("contractType", "ANN")]),
        [
            "2013-01-01 IED -1200 1200 0.12 0",
            "2013-01-31 PRF 0 1200 0.12 11.6",
            "2013-02-01 PR 396.026534 803.973466 0.12 12",
            "2013-02-01 IP 12 803.973466 0.12 0",
            "2013-03-01 PR 399.986799 403.986667 0.12 8.039735",
            "2013-03-01 IP 8.039735 403.986667 0.12 0",
            "2013-04-01 IP 4.039867 403.986667 0.12 0",
            "2013-04-01 MD 403.986667 0 0.12 0",
        ]
    );
}

#[test]
fn the_signs_are_those_of_the_side_that_keeps_the_record() {
    assert_eq!(
        run(&[
            ("contractType", "LAM"),
            ("contractRole", "RPL"),
            ("premiumDiscountAtIED", "-20"),
            ("accruedInterest", "3")
        ]),
        [
            "2013-01-01 IED 1180 -1200 0.12 -3",
            "2013-02-01 PR -400 -800 0.12 -15",
            "2013-02-01 IP -15 -800 0.12 0",
            "2013-03-01 PR -400 -400 0.12 -8",
            "2013-03-01 IP -8 -400 0.12 0",
            "2013-04-01 IP -4 -400 0.12 0",
            "2013-04-01 MD -400 0 0.12 0",
        ]
    );
}

#[test]
fn a_payment_is_never_more_than_the_principal_and_events_of_nothing_go_on() {
    let paid = run_only(&["PR", "MD"], &[("contractType", "LAM"), ("nextPrincipalRedemptionPayment", "700")]);
    assert_eq!(paid, ["2013-02-01 PR 700 500 0.12 12", "2013-03-01 PR 500 0 0.12 5", "2013-04-01 MD 0 0 0.12 0"]);
    let liability = [("contractType", "NAM"), ("contractRole", "RPL"), ("nextPrincipalRedemptionPayment", "1500")];
    assert_eq!(
        run_only(&["PR", "MD"], &liability),
        ["2013-02-01 PR -1200 0 0.12 -12", "2013-03-01 PR 0 0 0.12 0", "2013-04-01 MD 0 0 0.12 0"]
    );
}

#[test]
fn without_a_maturity_the_contract_ends_with_the_payment_that_redeems_it() {
    let end = |changes: &[(&str, &str)]| {
        let open = [changes, &[("maturityDate", "")]].concat();
        run(&open).last().unwrap().clone()
    };
    let lam = |payment| end(&[("contractType", "LAM"), ("nextPrincipalRedemptionPayment", payment)]);
    assert_eq!(lam("400"), "2013-04-01 MD 400 0 0.12 0");
    assert_eq!(lam("399.99"), "2013-05-01 MD 0.03 0 0.12 0");
    // 412 a month less 12 of interest: three payments, and not four for a last place that was rounded up.
    let nam = |payment| end(&[("contractType", "NAM"), ("nextPrincipalRedemptionPayment", payment)]);
    assert_eq!(nam("412"), "2013-04-01 MD 396 0 0.12 0");
    assert_eq!(nam("411.99"), "2013-05-01 MD 0 0 0.12 0");
    // Interest of minus a third: 100 / (33 + 1/3) is 3, and by decimals a little more.
    let thirds = [("notionalPrincipal", "100"), ("dayCountConvention", "A360"), ("nominalInterestRate", "-0.04")];
    let april = [("cycleAnchorDateOfPrincipalRedemption", "2013-04-01"), ("nextPrincipalRedemptionPayment", "33")];
    let exact = [&thirds[..], &april, &[("contractType", "ANN"), ("cycleOfPrincipalRedemption", "P30DL0")]].concat();
    assert!(end(&exact).starts_with("2013-05-31 MD 3"), "{}", end(&exact));
    // A negative rate helps to redeem.
    let negative =
        [("contractType", "ANN"), ("nextPrincipalRedemptionPayment", "390"), ("nominalInterestRate", "-0.12")];
    assert!(end(&negative).starts_with("2013-04-01 MD"));
    // An annuity that is to be redeemed by a date ends there.
    assert!(end(&[("contractType", "ANN"), ("amortizationDate", "2013-06-01")]).starts_with("2013-06-01 MD"));
}

#[test]
fn a_stated_payment_stands_until_the_rate_is_reset() {
    let stated = [("contractType", "ANN"), ("nextPrincipalRedemptionPayment", "300")];
    let found = run_only(&["PRF", "PR", "MD"], &stated);
    assert_eq!(
        found,
        ["2013-02-01 PR 288 912 0.12 12", "2013-03-01 PR 290.88 621.12 0.12 9.12", "2013-04-01 MD 621.12 0 0.12 0",]
    );
    // At 10 % from February on: 912 / 120 = 7.6 of interest, and 919.6 / (1 + 120 / 121) = 461.707884 a month.
    let reset = run_only(
        &["PRF", "PR", "RR", "MD"],
        &[&stated[..], &[("cycleOfRateReset", "P2ML1"), ("cycleAnchorDateOfRateReset", "2013-02-01")]].concat(),
    );
    assert_eq!(
        reset,
        [
            "2013-02-01 PR 288 912 0.12 12",
            "2013-02-01 RR 0 912 0.1 0",
            "2013-02-01 PRF 0 912 0.1 0",
            "2013-03-01 PR 454.107884 457.892116 0.1 7.6",
            "2013-04-01 MD 457.892116 0 0.1 0",
        ]
    );
}

#[test]
fn an_annuity_spread_over_more_time_than_the_contract_has_leaves_a_rest_at_maturity() {
    // 1,200 · 0.01 / (1 - 1.01^-12) = 106.6185 a month.
    let found = run_only(&["PR", "MD"], &[("contractType", "ANN"), ("amortizationDate", "2014-01-01")]);
    assert_eq!(
        found,
        [
            "2013-02-01 PR 94.618546 1105.381454 0.12 12",
            "2013-03-01 PR 95.564732 1009.816722 0.12 11.053815",
            "2013-04-01 MD 1009.816722 0 0.12 0",
        ]
    );
}

#[test]
fn a_first_payment_on_the_day_of_the_exchange_is_fixed_before_the_contract_begins() {
    let found = run(&[("contractType", "ANN"), ("cycleAnchorDateOfPrincipalRedemption", "2013-01-01")]);
    // Four payments, the first at once: 1,200 = A (1 + v + v² + v³) with v = 1 / 1.01.
    assert_eq!(
        found[..3].to_vec(),
        [
            "2013-01-01 IED -1200 1200 0.12 0",
            "2013-01-01 PR 304.492389 895.507611 0.12 0",
            "2013-01-01 IP 0 895.507611 0.12 0",
        ]
    );
    assert_eq!(found.last().unwrap(), "2013-04-01 MD 301.477613 0 0.12 0");
    assert!(found.iter().all(|line| !line.contains("PRF")));
}

#[test]
fn interest_before_the_first_redemption_has_a_cycle_of_its_own() {
    let late = ("cycleAnchorDateOfPrincipalRedemption", "2013-07-01");
    let paid = |kind, own: &[(&str, &str)]| {
        let others =
            [("contractType", kind), ("maturityDate", "2013-09-01"), ("nextPrincipalRedemptionPayment", "100"), late];
        let lines = run_only(&["IP"], &[&others[..], own].concat());
        lines.iter().map(|line| line[5..10].to_owned()).collect::<Vec<_>>()
    };
    let redeeming = ["07-01", "08-01", "09-01"];
    let every_second = [("cycleAnchorDateOfInterestPayment", "2013-02-01"), ("cycleOfInterestPayment", "P2ML1")];
    // One step before the redemptions begin, the cycle of its own has ended.
    assert_eq!(paid("NAM", &every_second), [&["02-01", "04-01", "06-01"], &redeeming[..]].concat());
    assert_eq!(paid("ANN", &every_second), [&["02-01", "04-01", "06-01"], &redeeming[..]].concat());
    let third = [("cycleAnchorDateOfInterestPayment", "2013-03-01"), ("cycleOfInterestPayment", "P2ML1")];
    assert_eq!(paid("NAM", &third), [&["03-01", "05-01", "06-01"], &redeeming[..]].concat());
    // From that step on there is but the anchor.
    let on_it = [("cycleAnchorDateOfInterestPayment", "2013-06-01")];
    assert_eq!(paid("NAM", &on_it), [&["06-01"], &redeeming[..]].concat());
    let between = [("cycleAnchorDateOfInterestPayment", "2013-06-15")];
    assert_eq!(paid("NAM", &between), [&["06-15"], &redeeming[..]].concat());
    assert_eq!(paid("NAM", &[("cycleAnchorDateOfInterestPayment", "2013-07-01")]), redeeming);
    // A linear amortizer keeps the two cycles apart.
    let lam = paid("LAM", &[("cycleAnchorDateOfInterestPayment", "2013-03-01"), ("cycleOfInterestPayment", "P2ML1")]);
    assert_eq!(lam, ["03-01", "05-01", "07-01", "09-01"]);
}

#[test]
fn interest_is_capitalised_up_to_its_last_day_and_paid_on_the_same_dates_after_it() {
    let capitalised = |until| run_only(&["IP", "IPCI"], &[("capitalizationEndDate", until)]);
    assert_eq!(
        capitalised("2013-02-16"),
        [
            "2013-02-01 IPCI 0 1212 0.12 0",
            "2013-02-16 IPCI 0 1218.06 0.12 0",
            "2013-03-01 IP 6.0903 1218.06 0.12 0",
            "2013-04-01 IP 12.1806 1218.06 0.12 0",
        ]
    );
    assert_eq!(
        capitalised("2013-03-01"),
        ["2013-02-01 IPCI 0 1212 0.12 0", "2013-03-01 IPCI 0 1224.12 0.12 0", "2013-04-01 IP 12.2412 1224.12 0.12 0"]
    );
    assert!(
        run_only(&["IP", "IPCI"], &[("capitalizationEndDate", "2013-03-01"), ("nominalInterestRate", "")]).is_empty()
    );
}

#[test]
fn amounts_are_computed_after_the_move_or_before_it() {
    // 2 February and 2 March 2013 are Saturdays. Actual days over 360: 0.40 a day.
    let interest = |convention| {
        let days = [("calendar", "MF"), ("businessDayConvention", convention), ("dayCountConvention", "A360")];
        let cycle = [("cycleAnchorDateOfInterestPayment", "2013-02-02"), ("cycleOfInterestPayment", "P1ML1")];
        run_only(&["IP"], &[&days[..], &cycle].concat())
    };
    assert_eq!(
        interest("SCF"),
        ["2013-02-04 IP 13.6 1200 0.12 0", "2013-03-04 IP 11.2 1200 0.12 0", "2013-04-01 IP 11.2 1200 0.12 0"]
    );
    assert_eq!(
        interest("CSF"),
        ["2013-02-04 IP 12.8 1200 0.12 0", "2013-03-04 IP 11.2 1200 0.12 0", "2013-04-01 IP 12 1200 0.12 0"]
    );
}

#[test]
fn business_days_move_what_recurs_and_not_what_was_agreed() {
    let moved = |convention, anchor| {
        let days = [("calendar", "MF"), ("businessDayConvention", convention), ("maturityDate", "2013-08-31")];
        let once = [("cycleAnchorDateOfInterestPayment", anchor), ("cycleOfInterestPayment", "")];
        let lines = run_only(&["IP", "MD"], &[&days[..], &once].concat());
        assert_eq!(lines.iter().map(|line| &line[5..13]).skip(1).collect::<Vec<_>>(), ["08-31 IP", "08-31 MD"]);
        lines[0][5..10].to_owned()
    };
    // Saturdays all three: the first of June, the 29th, and the maturity at the end of August.
    for (convention, first, last) in [
        ("NOS", "06-01", "06-29"),
        ("SCF", "06-03", "07-01"),
        ("SCMF", "06-03", "06-28"),
        ("SCP", "05-31", "06-28"),
        ("SCMP", "06-03", "06-28"),
        ("CSF", "06-03", "07-01"),
        ("CSMF", "06-03", "06-28"),
        ("CSP", "05-31", "06-28"),
        ("CSMP", "06-03", "06-28"),
    ] {
        assert_eq!(moved(convention, "2013-06-01"), first, "{convention}");
        assert_eq!(moved(convention, "2013-06-29"), last, "{convention}");
    }
    // Without a calendar every day is a business day; the calendars of other modules have names of their own.
    let saturday = ("cycleAnchorDateOfInterestPayment", "2013-02-02");
    assert!(run(&[("businessDayConvention", "SCF"), saturday])[1].starts_with("2013-02-02 IP"));
    let target = run(&[("calendar", "TARGET"), ("businessDayConvention", "SCF"), ("maturityDate", "2013-05-15")]);
    assert!(target[3].starts_with("2013-04-02 IP"), "Easter Monday: {}", target[3]);
}

#[test]
fn a_maturity_that_follows_from_the_payments_moves_to_a_business_day() {
    let days = [("calendar", "MF"), ("businessDayConvention", "SCF"), ("maturityDate", "")];
    let lam = [("contractType", "LAM"), ("nextPrincipalRedemptionPayment", "400")];
    let anchors =
        [("cycleAnchorDateOfPrincipalRedemption", "2013-01-02"), ("cycleAnchorDateOfInterestPayment", "2013-01-02")];
    let found = run(&[&days[..], &lam, &anchors].concat());
    assert_eq!(found[found.len() - 2..], ["2013-03-04 IP 4 400 0.12 0", "2013-03-04 MD 400 0 0.12 0"]);
}

#[test]
fn a_payment_is_fixed_on_the_day_before_the_first_redemption_wherever_business_days_put_that() {
    let fixed = |convention, first| {
        let days = [("calendar", "MF"), ("businessDayConvention", convention), ("contractType", "ANN")];
        let anchors = [("cycleAnchorDateOfPrincipalRedemption", first), ("maturityDate", "2013-08-01")];
        run_only(&["PRF"], &[&days[..], &anchors].concat()).iter().map(|line| line[..10].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(fixed("SCF", "2013-02-02"), ["2013-02-01"]);
    assert_eq!(fixed("SCP", "2013-02-03"), ["2013-01-31"]);
    assert_eq!(fixed("CSP", "2013-02-03"), ["2013-02-02"]);
}

#[test]
fn month_ends_and_stubs_are_those_of_the_cycle() {
    let dates = |changes: &[(&str, &str)]| {
        let others = [("initialExchangeDate", "2013-01-01"), ("cycleAnchorDateOfInterestPayment", "2013-02-28")];
        let lines = run_only(&["IP"], &[&others[..], changes].concat());
        lines.iter().map(|line| line[5..10].to_owned()).collect::<Vec<_>>()
    };
    let until = ("maturityDate", "2013-05-15");
    assert_eq!(dates(&[until, ("endOfMonthConvention", "EOM")]), ["02-28", "03-31", "05-15"]);
    assert_eq!(dates(&[until, ("endOfMonthConvention", "SD")]), ["02-28", "03-28", "05-15"]);
    assert_eq!(dates(&[until, ("cycleOfInterestPayment", "P1ML1")]), ["02-28", "03-28", "04-28", "05-15"]);
    for (cycle, expected) in [
        ("P2WL1", &["02-28", "03-14", "03-28", "04-11", "04-25", "05-09", "05-15"][..]),
        ("P40D", &["02-28", "04-09", "05-15"]),
        ("P1QL0", &["02-28", "05-15"]),
        ("1M-", &["02-28", "03-28", "04-28", "05-15"]),
        ("1M+", &["02-28", "03-28", "05-15"]),
        ("P1HL1", &["02-28", "05-15"]),
        ("P1YL1", &["02-28", "05-15"]),
        ("P0Y2ML1", &["02-28", "04-28", "05-15"]),
        ("P1M1ML1", &["02-28", "04-28", "05-15"]),
    ] {
        assert_eq!(dates(&[until, ("cycleOfInterestPayment", cycle)]), expected, "{cycle}");
    }
    let years = [("maturityDate", "2015-03-01"), ("cycleOfInterestPayment", "P1YL1")];
    assert_eq!(dates(&years), ["02-28", "02-28", "02-28", "03-01"]);
    let halves = [("maturityDate", "2014-03-01"), ("cycleOfInterestPayment", "P1HL1")];
    assert_eq!(dates(&halves), ["02-28", "08-28", "02-28", "03-01"]);
    // No cycle, one date; no dates, interest at maturity alone.
    assert_eq!(dates(&[until, ("cycleOfInterestPayment", "")]), ["02-28", "05-15"]);
    assert_eq!(dates(&[until, ("cycleOfInterestPayment", ""), ("cycleAnchorDateOfInterestPayment", "")]), ["05-15"]);
    assert_eq!(dates(&[("maturityDate", "2013-02-28"), ("cycleOfInterestPayment", "")]), ["02-28"]);
}

#[test]
fn each_day_count_measures_the_interest() {
    // 1,200 at 12 % from the end of January 2012 to the end of February, which has 29 days.
    let interest = |convention| {
        let dates =
            [("initialExchangeDate", "2012-01-31"), ("statusDate", "2012-01-01"), ("maturityDate", "2012-02-29")];
        let named = [("dayCountConvention", convention), ("cycleOfInterestPayment", "")];
        let found = run_only(&["IP"], &[&dates[..], &named].concat());
        found[0].split(' ').nth(2).unwrap().to_owned()
    };
    assert_eq!(interest("A360"), "11.6");
    assert_eq!(interest("A365"), "11.441096");
    assert_eq!(interest("AA"), "11.409836");
    assert_eq!(interest("A/AISDA"), interest("AA"));
    assert_eq!(interest("30E/360"), "11.6");
    // The contract ends on that day, which is then counted as the 29th.
    assert_eq!(interest("30E360ISDA"), "11.6");
    assert_eq!(interest("30/360"), "11.6");
    let to_march =
        [("initialExchangeDate", "2012-02-29"), ("statusDate", "2012-01-01"), ("maturityDate", "2012-03-31")];
    let found = |convention| {
        let named = [("dayCountConvention", convention), ("cycleOfInterestPayment", "")];
        run_only(&["IP"], &[&to_march[..], &named].concat())
    };
    assert_eq!(found("30E360")[0], "2012-03-31 IP 12.4 1200 0.12 0");
    assert_eq!(found("30E360ISDA")[0], "2012-03-31 IP 12 1200 0.12 0");
    assert_eq!(found("30360")[0], "2012-03-31 IP 12.8 1200 0.12 0");
}

#[test]
fn the_end_of_a_day_counts_the_day_and_is_no_date_of_the_cycle() {
    let found = run_only(&["IP", "MD"], &[("maturityDate", "2013-03-31T23:59:59")]);
    assert_eq!(
        found,
        [
            "2013-02-01 IP 12 1200 0.12 0",
            "2013-03-31T23:59:59 IP 24 1200 0.12 0",
            "2013-03-31T23:59:59 MD 1200 0 0.12 0",
        ]
    );
    assert_eq!(run(&[("maturityDate", "2013-03-31T23:59")])[2], "2013-03-31T23:59:00 IP 24 1200 0.12 0");
    assert_eq!(run(&[("maturityDate", "2013-03-31T23:58:59")])[2], "2013-03-31T23:58:59 IP 23.6 1200 0.12 0");
    assert_eq!(run(&[("maturityDate", "2013-03-31T22:59")])[2], "2013-03-31T22:59:00 IP 23.6 1200 0.12 0");
}

#[test]
fn events_are_listed_up_to_a_date_and_a_look_at_the_state_changes_nothing() {
    let terms = loan(&[]).unwrap();
    let looking = market().with_analysis(time("2013-03-16")).with_analysis(time("2013-05-01"));
    let until = |date: &str| events(&terms, &looking, Some(time(date))).unwrap().iter().map(line).collect::<Vec<_>>();
    assert_eq!(until("2013-02-28").len(), 2);
    assert_eq!(until("2013-03-01").len(), 3);
    assert_eq!(until("2013-03-31")[3], "2013-03-16 AD 0 1200 0.12 6");
    assert_eq!(until("2013-12-31").len(), 6);
    assert!(until("2012-12-31").is_empty());
}
