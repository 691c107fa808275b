//! Contracts that have begun when they are looked at, are bought, are sold, or bear interest on another amount.

use super::*;

#[test]
fn a_contract_that_has_begun_goes_on_from_its_status_date() {
    let seasoned = |changes: &[(&str, &str)]| run(&[&[("statusDate", "2013-02-16")], changes].concat());
    assert_eq!(
        seasoned(&[]),
        ["2013-03-01 IP 12 1200 0.12 0", "2013-04-01 IP 12 1200 0.12 0", "2013-04-01 MD 1200 0 0.12 0"]
    );
    assert_eq!(seasoned(&[("contractRole", "RPL")])[0], "2013-03-01 IP -12 -1200 0.12 0");
    assert_eq!(seasoned(&[("accruedInterest", "5")])[0], "2013-03-01 IP 11 1200 0.12 0");
    assert_eq!(seasoned(&[("accruedInterest", "5"), ("contractRole", "RPL")])[0], "2013-03-01 IP -11 -1200 0.12 0");
    // Before the first interest date nothing has accrued unless it is stated.
    assert_eq!(run(&[("statusDate", "2013-01-16")])[0], "2013-02-01 IP 6 1200 0.12 0");
    // What falls on the status date is past: an exchange, an interest payment.
    assert_eq!(run(&[("statusDate", "2013-01-01")])[0], "2013-02-01 IP 12 1200 0.12 0");
    assert_eq!(run(&[("statusDate", "2013-02-01")])[0], "2013-03-01 IP 12 1200 0.12 0");
    assert_eq!(run(&[("statusDate", "2013-03-31")]).len(), 2);
    assert!(run(&[("statusDate", "2013-04-01")]).is_empty());
}

#[test]
fn payments_to_come_share_the_principal_of_the_status_date() {
    let seasoned = |kind, status| run_only(&["PR", "MD"], &[("contractType", kind), ("statusDate", status)]);
    let shared = ["2013-03-01 PR 600 600 0.12 12", "2013-04-01 MD 600 0 0.12 0"];
    assert_eq!(seasoned("LAM", "2013-02-16"), shared);
    assert_eq!(seasoned("LAM", "2013-02-01"), shared);
    assert_eq!(seasoned("LAM", "2013-01-31").len(), 3);
    // 1,200 and two halves of a month's interest: 1,212 / (1 + 1 / 1.01) = 609.014925, of which 12 is interest.
    let level = ["2013-03-01 PR 597.014925 602.985075 0.12 12", "2013-04-01 MD 602.985075 0 0.12 0"];
    assert_eq!(seasoned("ANN", "2013-02-16"), level);
    assert_eq!(seasoned("ANN", "2013-02-01"), level);
    // On the day of fixing the payment is that day's; one day earlier its event is still to come.
    assert_eq!(seasoned("ANN", "2013-01-31")[0], "2013-02-01 PR 403.721329 796.278671 0.12 0.4");
    let fixed = run_only(&["PRF"], &[("contractType", "ANN"), ("statusDate", "2013-01-30")]);
    assert_eq!(fixed, ["2013-01-31 PRF 0 1200 0.12 0"]);
    // The payments that redeem an open contract are counted from the status date on.
    let open = [("statusDate", "2013-02-16"), ("maturityDate", ""), ("nextPrincipalRedemptionPayment", "412")];
    let ends = |kind| run(&[&open[..], &[("contractType", kind)]].concat()).last().unwrap()[..13].to_owned();
    assert_eq!(ends("NAM"), "2013-05-01 MD");
    assert_eq!(ends("LAM"), "2013-05-01 MD");
    let on_a_payment = [&open[..], &[("statusDate", "2013-02-01"), ("contractType", "LAM")]].concat();
    assert_eq!(run(&on_a_payment).last().unwrap()[..13], *"2013-05-01 MD");
}

/// The interest of the period that the next payment closes counts, and those differ in length.
#[test]
fn the_period_of_the_next_payment_decides_how_many_redeem_an_open_contract() {
    let end = |status, payment| {
        let terms = [("contractType", "NAM"), ("maturityDate", ""), ("dayCountConvention", "A360")];
        let others = [("statusDate", status), ("nextPrincipalRedemptionPayment", payment)];
        run(&[&terms[..], &others].concat()).last().unwrap()[..13].to_owned()
    };
    // February has 28 days and 11.20 of interest; from January on it is March with 31 and 12.40.
    assert_eq!(end("2013-02-16", "411.20"), "2013-05-01 MD");
    assert_eq!(end("2013-02-16", "411.19"), "2013-06-01 MD");
    assert_eq!(end("2013-03-01", "412.40"), "2013-06-01 MD");
    assert_eq!(end("2013-03-01", "412.39"), "2013-07-01 MD");
    // Before the first payment: the first period of the cycle, from its anchor on.
    assert_eq!(end("2012-12-31", "411.20"), "2013-04-01 MD");
    assert_eq!(end("2012-12-31", "411.19"), "2013-05-01 MD");
    assert_eq!(end("2013-02-01", "411.20"), "2013-05-01 MD");
}

#[test]
fn interest_before_the_exchange_is_that_since_an_earlier_anchor_or_as_stated() {
    let anchored = |others: &[(&str, &str)]| {
        let anchor = [("cycleAnchorDateOfInterestPayment", "2012-12-16"), ("cycleOfInterestPayment", "P1ML1")];
        run(&[&anchor[..], &[("statusDate", "2012-12-01")], others].concat())[..2].to_vec()
    };
    assert_eq!(anchored(&[]), ["2013-01-01 IED -1200 1200 0.12 6", "2013-01-16 IP 12 1200 0.12 0"]);
    assert_eq!(anchored(&[("accruedInterest", "2")])[0], "2013-01-01 IED -1200 1200 0.12 2");
    assert_eq!(anchored(&[("contractRole", "RPL")])[0], "2013-01-01 IED 1200 -1200 0.12 -6");
    assert_eq!(anchored(&[("cycleAnchorDateOfInterestPayment", "2013-01-01")])[0], "2013-01-01 IED -1200 1200 0.12 0");
    // Without a rate there is no interest and no event of it.
    assert_eq!(run(&[("nominalInterestRate", "")]), ["2013-01-01 IED -1200 1200 0 0", "2013-04-01 MD 1200 0 0 0"]);
    let seasoned = run(&[("nominalInterestRate", ""), ("accruedInterest", "2"), ("statusDate", "2013-02-01")]);
    assert_eq!(seasoned, ["2013-04-01 MD 1200 0 0 0"]);
}

#[test]
fn a_day_that_moved_over_the_status_date_is_still_to_come_and_accrues_nothing_twice() {
    let days = [("calendar", "MF"), ("businessDayConvention", "CSF"), ("statusDate", "2013-02-03")];
    let anchor = [("cycleAnchorDateOfInterestPayment", "2013-02-02"), ("cycleOfInterestPayment", "P1ML1")];
    let found = run_only(&["IP"], &[&days[..], &anchor].concat());
    // Computed for 2 February, of which one day had accrued by the 3rd; from there to 2 March it is 29 days.
    assert_eq!(found[..2], ["2013-02-04 IP 0.4 1200 0.12 0", "2013-03-04 IP 11.6 1200 0.12 0"]);
}

#[test]
fn a_bought_contract_begins_with_its_purchase_and_a_sold_one_ends_with_its_sale() {
    let bought = |date, others: &[(&str, &str)]| {
        run(&[&[("purchaseDate", date), ("priceAtPurchaseDate", "1150")], others].concat())
    };
    assert_eq!(bought("2013-02-16", &[])[..2], ["2013-02-16 PRD -1156 1200 0.12 6", "2013-03-01 IP 12 1200 0.12 0"]);
    // The interest of the same day is the seller's.
    assert_eq!(bought("2013-03-01", &[])[0], "2013-03-01 PRD -1150 1200 0.12 0");
    assert_eq!(bought("2013-02-16", &[("contractRole", "RPL")])[0], "2013-02-16 PRD 1144 -1200 0.12 -6");
    assert_eq!(bought("2013-02-16", &[("priceAtPurchaseDate", "")])[0], "2013-02-16 PRD -6 1200 0.12 6");
    // A purchase before the status date is past.
    assert_eq!(bought("2013-02-01", &[("statusDate", "2013-02-16")])[0], "2013-03-01 IP 12 1200 0.12 0");
    let sold = |date, others: &[(&str, &str)]| {
        run(&[&[("terminationDate", date), ("priceAtTerminationDate", "1190")], others].concat())
    };
    assert_eq!(sold("2013-03-16", &[])[2..], ["2013-03-01 IP 12 1200 0.12 0", "2013-03-16 TD 1196 0 0.12 0"]);
    assert_eq!(sold("2013-03-01", &[])[2..], ["2013-03-01 IP 12 1200 0.12 0", "2013-03-01 TD 1190 0 0.12 0"]);
    assert_eq!(sold("2013-03-16", &[("contractRole", "RPL")]).last().unwrap(), "2013-03-16 TD -1184 0 0.12 0");
    assert_eq!(sold("2013-04-01", &[])[3..], ["2013-04-01 IP 12 1200 0.12 0", "2013-04-01 TD 1190 0 0.12 0"]);
    // Sold before it is looked at, it has no events to come.
    assert!(sold("2013-02-01", &[("statusDate", "2013-02-16")]).is_empty());
    let both = [("purchaseDate", "2013-02-16"), ("terminationDate", "2013-02-17")];
    assert_eq!(run(&both), ["2013-02-16 PRD -6 1200 0.12 6", "2013-02-17 TD 6.4 0 0.12 0"]);
}

#[test]
fn interest_may_bear_on_an_amount_that_follows_or_lags_the_principal() {
    let interest = |base: &[(&str, &str)]| {
        let lines = run_only(&["IP", "IPCB"], &[&[("contractType", "LAM")], base].concat());
        lines.iter().map(|line| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let amount = ("interestCalculationBaseAmount", "1000");
    let dates = ("cycleOfInterestCalculationBase", "P2ML1");
    let from_first = ("cycleAnchorDateOfInterestCalculationBase", "2013-02-01");
    assert_eq!(interest(&[("interestCalculationBase", "NT"), amount]), ["IP 12", "IP 8", "IP 4"]);
    assert_eq!(interest(&[("interestCalculationBase", "NTSD"), amount]), ["IP 12", "IP 8", "IP 4"]);
    assert_eq!(interest(&[("interestCalculationBase", "NTIED"), amount, dates]), ["IP 10", "IP 8", "IP 4"]);
    let lags = ("interestCalculationBase", "NTL");
    assert_eq!(interest(&[lags, amount, dates, from_first]), ["IP 10", "IPCB 0", "IP 8", "IP 8"]);
    assert_eq!(interest(&[lags, dates, from_first]), ["IP 12", "IPCB 0", "IP 8", "IP 8"]);
    assert_eq!(interest(&[lags, amount]), ["IP 10", "IP 10", "IP 10"]);
    assert_eq!(interest(&[lags, amount, ("contractRole", "RPL")]), ["IP -10", "IP -10", "IP -10"]);
    // At a status date what has accrued is on the principal; what follows is on the base.
    let seasoned = [lags, amount, ("statusDate", "2013-02-16")];
    assert_eq!(interest(&seasoned), ["IP 11", "IP 10"]);
    // A PAM bears interest on its principal and on nothing else.
    let pam = [lags, amount, dates, from_first, ("contractType", "PAM")];
    assert_eq!(interest(&pam), ["IP 12", "IP 12", "IP 12"]);
}
