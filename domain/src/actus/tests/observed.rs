//! What the contract takes from outside: rates, indices, prepayments, and the fees and penalties beside them.

use super::*;

/// Resets on 1 February, at an index of 10 %, and on 1 March, at 20 %.
const RESETS: (&str, &str) = ("cycleOfRateReset", "P1ML1");

#[test]
fn a_rate_is_reset_within_its_bounds_and_not_on_the_last_day() {
    assert_eq!(
        run(&[RESETS]),
        [
            "2013-01-01 IED -1200 1200 0.12 0",
            "2013-02-01 IP 12 1200 0.12 0",
            "2013-02-01 RR 0 1200 0.1 0",
            "2013-03-01 IP 10 1200 0.1 0",
            "2013-03-01 RR 0 1200 0.2 0",
            "2013-04-01 IP 20 1200 0.2 0",
            "2013-04-01 MD 1200 0 0.2 0",
        ]
    );
    let rates = |changes: &[(&str, &str)]| {
        let lines = run_only(&["RR"], &[&[RESETS], changes].concat());
        lines.iter().map(|line| line.split(' ').nth(4).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rates(&[("rateMultiplier", "1.5"), ("rateSpread", "0.02")]), ["0.17", "0.32"]);
    assert_eq!(rates(&[("lifeCap", "0.15")]), ["0.1", "0.15"]);
    assert_eq!(rates(&[("lifeFloor", "0.11")]), ["0.11", "0.2"]);
    assert_eq!(rates(&[("lifeFloor", "0.11"), ("lifeCap", "0.11")]), ["0.11", "0.11"]);
    assert_eq!(rates(&[("periodCap", "0.05")]), ["0.1", "0.15"]);
    assert_eq!(rates(&[("periodCap", "0")]), ["0.1", "0.1"]);
    assert_eq!(rates(&[("periodFloor", "0.01")]), ["0.11", "0.2"]);
    assert_eq!(rates(&[("periodFloor", "-0.01")]), ["0.11", "0.2"]);
    assert_eq!(rates(&[("periodFloor", "-0.01"), ("periodCap", "0.05"), ("lifeCap", "0.14")]), ["0.11", "0.14"]);
    assert_eq!(rates(&[("cycleOfRateReset", ""), ("cycleAnchorDateOfRateReset", "2013-03-31")]), ["0.2"]);
    assert_eq!(rates(&[("marketObjectCodeOfRateReset", ""), ("marketObjectCodeRateReset", "INDEX")]), ["0.1", "0.2"]);
}

#[test]
fn a_rate_that_is_known_takes_the_place_of_the_first_reset_to_come() {
    let resets = |status| run_only(&["RR", "RRF"], &[RESETS, ("nextResetRate", "0.06"), ("statusDate", status)]);
    assert_eq!(resets("2012-12-31"), ["2013-02-01 RRF 0 1200 0.06 0", "2013-03-01 RR 0 1200 0.2 0"]);
    assert_eq!(resets("2013-01-31"), resets("2012-12-31"));
    assert_eq!(resets("2013-02-01"), ["2013-03-01 RRF 0 1200 0.06 0"]);
}

#[test]
fn an_index_scales_what_it_is_said_to_scale_from_its_date_on() {
    let index = [(time("2013-02-01"), decimal("110")), (time("2013-03-01"), decimal("120"))];
    let market = market().with_series("CPI", index);
    let scaled = |effect, others: &[(&str, &str)]| {
        let terms = [
            ("contractType", "LAM"),
            ("scalingEffect", effect),
            ("cycleOfScalingIndex", "P1ML1"),
            ("marketObjectCodeOfScalingIndex", "CPI"),
            ("scalingIndexAtContractDealDate", "100"),
        ];
        let lines = run_in(&market, &[&terms[..], others].concat());
        lines.iter().map(|line| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let interest = ["IED -1200", "PR 400", "IP 12", "SC 0", "PR 400", "IP 8.8", "SC 0", "IP 4.8", "MD 400"];
    let notional = ["IED -1200", "PR 400", "IP 12", "SC 0", "PR 440", "IP 8", "SC 0", "IP 4", "MD 480"];
    assert_eq!(scaled("I00", &[]), interest);
    assert_eq!(scaled("IOO", &[("scalingIndexAtContractDealDate", ""), ("scalingIndexAtStatusDate", "100")]), interest);
    assert_eq!(scaled("0N0", &[]), notional);
    assert_eq!(scaled("IN0", &[])[4..6], ["PR 440", "IP 8.8"]);
    assert_eq!(scaled("000", &[])[..4], ["IED -1200", "PR 400", "IP 12", "PR 400"]);
    let multipliers = [("interestScalingMultiplier", "2"), ("notionalScalingMultiplier", "3")];
    assert_eq!(scaled("I00", &multipliers)[1..3], ["PR 400", "IP 24"]);
    assert_eq!(scaled("0N0", &multipliers)[1..3], ["PR 1200", "IP 12"]);
    assert_eq!(scaled("000", &multipliers)[1..3], ["PR 400", "IP 12"]);
    // Interest that is due with the principal, without an event of its own.
    let silent = [("nominalInterestRate", ""), ("accruedInterest", "6"), ("interestScalingMultiplier", "2")];
    let late = [("cycleOfScalingIndex", ""), ("cycleAnchorDateOfScalingIndex", "2014-01-01")];
    assert_eq!(scaled("I00", &[&silent[..], &late].concat())[3], "MD 412");
}

#[test]
fn a_prepayment_shortens_the_principal_and_may_cost_a_penalty() {
    let on = |date, amount| market().with_prepayment(time(date), decimal(amount));
    let repaid = |changes: &[(&str, &str)]| run_in(&on("2013-02-16", "200"), changes)[2..4].to_vec();
    assert_eq!(repaid(&[]), ["2013-02-16 PP 200 1000 0.12 6", "2013-03-01 IP 11 1000 0.12 0"]);
    assert_eq!(
        repaid(&[("contractRole", "RPL")]),
        ["2013-02-16 PP -200 -1000 0.12 -6", "2013-03-01 IP -11 -1000 0.12 0"]
    );
    let all = run_in(&on("2013-02-16", "2000"), &[]);
    assert_eq!(all[2..4], ["2013-02-16 PP 1200 0 0.12 6", "2013-03-01 IP 6 0 0.12 0"]);
    let penalty = |kind, changes: &[(&str, &str)]| {
        repaid(&[&[("penaltyType", kind), ("penaltyRate", "0.01")], changes].concat())[0].clone()
    };
    // Half a month: 1 % of 1,200 for 1/24 of a year; 12 % less 10 %.
    assert_eq!(penalty("O", &[]), "2013-02-16 PP 200 1000 0.12 6");
    assert_eq!(penalty("0", &[]), penalty("O", &[]));
    assert_eq!(penalty("A", &[("penaltyRate", "5")]), "2013-02-16 PY 5 1200 0.12 6");
    assert_eq!(penalty("A", &[("penaltyRate", "5"), ("contractRole", "RPL")]), "2013-02-16 PY -5 -1200 0.12 -6");
    assert_eq!(penalty("N", &[]), "2013-02-16 PY 0.5 1200 0.12 6");
    assert_eq!(penalty("N", &[("contractRole", "RPL")]), "2013-02-16 PY -0.5 -1200 0.12 -6");
    assert_eq!(penalty("I", &[]), "2013-02-16 PY 1 1200 0.12 6");
    assert_eq!(penalty("I", &[("nominalInterestRate", "0.09")]), "2013-02-16 PY 0 1200 0.09 4.5");
    // A loan that a LAM repays moves its interest with the prepayment too.
    let lam = run_in(&on("2013-02-01", "100"), &[("contractType", "LAM")]);
    assert_eq!(
        lam[1..5],
        [
            "2013-02-01 PR 400 800 0.12 12",
            "2013-02-01 PP 100 700 0.12 12",
            "2013-02-01 IP 12 700 0.12 0",
            "2013-03-01 PR 400 300 0.12 7"
        ]
    );
}

#[test]
fn prepayments_may_have_dates_of_their_own_and_amounts_that_the_market_names() {
    let amounts = [(time("2013-01-01"), decimal("100")), (time("2013-03-01"), decimal("50"))];
    let market = market().with_series("MODEL", amounts);
    let terms = [("prepaymentEffect", "M"), ("cycleOfOptionality", "P1ML1"), ("objectCodeOfPrepaymentModel", "MODEL")];
    let expected = [
        "2013-01-01 IED -1200 1200 0.12 0",
        "2013-02-01 PP 100 1100 0.12 12",
        "2013-02-01 IP 12 1100 0.12 0",
        "2013-03-01 PP 50 1050 0.12 11",
        "2013-03-01 IP 11 1050 0.12 0",
        "2013-04-01 IP 10.5 1050 0.12 0",
        "2013-04-01 MD 1050 0 0.12 0",
    ];
    assert_eq!(run_in(&market, &terms), expected);
    let older = [("objectCodeOfPrepaymentModel", ""), ("marketObjectCodeOfPrepaymentModel", "MODEL")];
    assert_eq!(run_in(&market, &[&terms[..], &older].concat()), expected);
    assert_eq!(run_in(&market, &[&terms[..], &[("prepaymentEffect", "N")]].concat()).len(), 5);
}

#[test]
fn a_fee_is_an_amount_or_accrues_on_the_principal() {
    let fees = |changes: &[(&str, &str)]| {
        let terms = [("feeRate", "0.01"), ("feeBasis", "N"), ("cycleOfFee", "P1ML1"), ("contractType", "LAM")];
        run_only(&["FP", "MD"], &[&terms[..], changes].concat())
    };
    assert_eq!(
        fees(&[]),
        [
            "2013-02-01 FP 1 1200 0.12 12",
            "2013-03-01 FP 0.666667 800 0.12 8",
            "2013-04-01 FP 0.333333 400 0.12 4",
            "2013-04-01 MD 400 0 0.12 0",
        ]
    );
    assert_eq!(fees(&[("feeBasis", "")]), fees(&[]));
    assert_eq!(fees(&[("contractRole", "RPL")])[0], "2013-02-01 FP -1 -1200 0.12 -12");
    let amounts = fees(&[("feeBasis", "A"), ("feeRate", "5")]);
    assert_eq!(amounts[..2], ["2013-02-01 FP 5 1200 0.12 12", "2013-03-01 FP 5 800 0.12 8"]);
    assert_eq!(amounts.last().unwrap(), "2013-04-01 MD 400 0 0.12 0");
    assert_eq!(
        fees(&[("feeBasis", "A"), ("feeRate", "5"), ("contractRole", "RPL")])[0],
        "2013-02-01 FP -5 -1200 0.12 -12"
    );
    assert_eq!(fees(&[("cycleOfFee", "")])[0], "2013-04-01 FP 2 400 0.12 4");
    assert_eq!(fees(&[("feeRate", "0")]), ["2013-04-01 MD 400 0 0.12 0"]);
    // A contract that has begun: what is stated, what accrued since the last fee, or nothing before the first.
    let first = |status, accrued| fees(&[("statusDate", status), ("feeAccrued", accrued)])[0].clone();
    assert_eq!(first("2013-02-16", ""), "2013-03-01 FP 1 1200 0.12 12");
    assert_eq!(first("2013-02-16", "3"), "2013-03-01 FP 3.5 1200 0.12 12");
    assert_eq!(first("2013-01-16", ""), "2013-02-01 FP 0.5 1200 0.12 6");
    let owing = [("contractRole", "RPL"), ("statusDate", "2013-02-16"), ("feeAccrued", "3")];
    assert_eq!(fees(&owing)[0], "2013-03-01 FP -3.5 -1200 0.12 -12");
}

#[test]
fn payoffs_are_settled_in_another_currency_at_the_rate_of_their_day() {
    let rates = [(time("2013-01-01"), decimal("0.9")), (time("2013-03-01"), decimal("0.8"))];
    let market = market().with_series("USD/CHF", rates);
    assert_eq!(
        run_in(&market, &[("settlementCurrency", "CHF")]),
        [
            "2013-01-01 IED -1080 1200 0.12 0",
            "2013-02-01 IP 10.8 1200 0.12 0",
            "2013-03-01 IP 9.6 1200 0.12 0",
            "2013-04-01 IP 9.6 1200 0.12 0",
            "2013-04-01 MD 960 0 0.12 0",
        ]
    );
    assert_eq!(run(&[("settlementCurrency", "USD")]), run(&[]));
    let currency = |changes: &[(&str, &str)]| loan(changes).unwrap().payoff_currency().to_owned();
    assert_eq!(currency(&[("settlementCurrency", "CHF")]), "CHF");
    assert_eq!(currency(&[]), "USD");
    assert_eq!(loan(&[]).unwrap().contract_type(), ContractType::PrincipalAtMaturity);
}

#[test]
fn of_two_values_at_one_time_the_later_listed_stands_and_none_is_made_up() {
    let twice = [(time("2013-02-01"), decimal("0.3")), (time("2013-02-01"), decimal("0.4"))];
    let market = Market::default().with_series("INDEX", twice);
    let terms = loan(&[RESETS]).unwrap();
    let found = events(&terms, &market, None).unwrap();
    assert_eq!(line(&found[2]), "2013-02-01 RR 0 1200 0.4 0");
    let late = Market::default().with_series("INDEX", [(time("2013-02-02"), decimal("0.3"))]);
    let unobserved = ActusError::Unobserved { code: "INDEX".to_owned(), at: time("2013-02-01") };
    assert_eq!(events(&terms, &late, None), Err(unobserved.clone()));
    assert_eq!(events(&terms, &Market::default(), None), Err(unobserved));
}
