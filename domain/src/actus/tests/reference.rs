//! Whole reference contracts with every event that they must have.
//!
//! From actus-tests of the ACTUS Financial Research Foundation (github.com/actusfrf/actus-tests at acfaab81), licensed
//! CC BY-SA 4.0 (creativecommons.org/licenses/by-sa/4.0); put into lines and shortened to ten places here. The same
//! licence holds for this file.

/// Terms and observed values, and a line for each event: date, type, payoff, principal, rate, accrued interest.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) terms: &'static [(&'static str, &'static str)],
    pub(super) observed: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    pub(super) until: &'static str,
    pub(super) events: &'static str,
}

/// An annuity whose rate is reset, the first time to one that is known, with its payment fixed anew each time.
pub(super) const ANN16: Reference = Reference {
    terms: &[
        ("contractType", "ANN"),
        ("contractRole", "RPA"),
        ("initialExchangeDate", "2013-01-01"),
        ("statusDate", "2012-12-30"),
        ("notionalPrincipal", "5000"),
        ("cycleAnchorDateOfPrincipalRedemption", "2013-03-01"),
        ("dayCountConvention", "A365"),
        ("nominalInterestRate", "0.08"),
        ("currency", "USD"),
        ("cycleOfPrincipalRedemption", "P1ML0"),
        ("amortizationDate", "2014-01-01"),
        ("cycleAnchorDateOfRateReset", "2013-04-01"),
        ("cycleOfRateReset", "P3ML1"),
        ("rateMultiplier", "1.0"),
        ("rateSpread", "0.1"),
        ("nextResetRate", "0.06"),
        ("fixingDays", "P2D"),
        ("cycleAnchorDateOfInterestPayment", "2013-02-01"),
        ("cycleOfInterestPayment", "P1ML0"),
        ("marketObjectCodeOfRateReset", "USD.SWP"),
    ],
    observed: &[("USD.SWP", &[("2013-07-01", "0.011654320987654319"), ("2013-10-01", "0.012765432098765433")])],
    until: "",
    events: "
        2013-01-01 IED -5000 5000 0.08 0
        2013-02-01 IP 33.9726027397 5000 0.08 0
        2013-02-28 PRF 0 5000 0.08 29.5890410959
        2013-03-01 PR 442.0880305679 4557.911969432 0.08 30.6849315068
        2013-03-01 IP 30.6849315068 4557.911969432 0.08 0
        2013-04-01 PR 441.8041355427 4116.1078338894 0.08 30.968826532
        2013-04-01 IP 30.968826532 4116.1078338894 0.08 0
        2013-04-01 RRF 0 4116.1078338894 0.06 0
        2013-04-01 PRF 0 4116.1078338894 0.06 0
        2013-05-01 PR 448.5921031834 3667.515730706 0.06 20.2986139753
        2013-05-01 IP 20.2986139753 3667.515730706 0.06 0
        2013-06-01 PR 450.2014589146 3217.3142717915 0.06 18.6892582441
        2013-06-01 IP 18.6892582441 3217.3142717915 0.06 0
        2013-07-01 PR 453.024509791 2764.2897620004 0.06 15.8662073677
        2013-07-01 IP 15.8662073677 2764.2897620004 0.06 0
        2013-07-01 RR 0 2764.2897620004 0.111654321 0
        2013-07-01 PRF 0 2764.2897620004 0.111654321 0
        2013-08-01 PR 449.7703792605 2314.51938274 0.111654321 26.2136761317
        2013-08-01 IP 26.2136761317 2314.51938274 0.111654321 0
        2013-09-01 PR 454.0355381515 1860.4838445885 0.111654321 21.9485172407
        2013-09-01 IP 21.9485172407 1860.4838445885 0.111654321 0
        2013-10-01 PR 458.9102696079 1401.5735749806 0.111654321 17.0737857843
        2013-10-01 IP 17.0737857843 1401.5735749806 0.111654321 0
        2013-10-01 RR 0 1401.5735749806 0.1127654321 0
        2013-10-01 PRF 0 1401.5735749806 0.1127654321 0
        2013-11-01 PR 462.6484865952 938.9250883854 0.1127654321 13.4233439557
        2013-11-01 IP 13.4233439557 938.9250883854 0.1127654321 0
        2013-12-01 PR 467.3695050741 471.5555833113 0.1127654321 8.7023254767
        2013-12-01 IP 8.7023254767 471.5555833113 0.1127654321 0
        2014-01-01 IP 4.5162472395 471.5555833113 0.1127654321 0
        2014-01-01 MD 471.5555833113 0 0.1127654321 0
    ",
};

/// A loan bought after it began and sold before it ends, at the last second of a day.
pub(super) const LAM18: Reference = Reference {
    terms: &[
        ("contractType", "LAM"),
        ("contractRole", "RPA"),
        ("initialExchangeDate", "2012-12-12"),
        ("statusDate", "2012-12-15"),
        ("notionalPrincipal", "5000"),
        ("cycleAnchorDateOfPrincipalRedemption", "2013-02-01"),
        ("nextPrincipalRedemptionPayment", "500"),
        ("dayCountConvention", "A365"),
        ("nominalInterestRate", "0.08"),
        ("currency", "USD"),
        ("cycleOfPrincipalRedemption", "P1ML0"),
        ("purchaseDate", "2012-12-20"),
        ("priceAtPurchaseDate", "5200"),
        ("terminationDate", "2013-09-14T23:59:59"),
        ("priceAtTerminationDate", "2600"),
        ("cycleAnchorDateOfRateReset", "2013-04-01"),
        ("cycleOfRateReset", "P3ML1"),
        ("rateMultiplier", "1"),
        ("rateSpread", "0.1"),
        ("fixingDays", "P0D"),
        ("cycleAnchorDateOfInterestPayment", "2013-02-01"),
        ("cycleOfInterestPayment", "P1ML0"),
        ("endOfMonthConvention", "SD"),
        ("cycleAnchorDateOfInterestCalculationBase", "2013-05-01"),
        ("cycleOfInterestCalculationBase", "P2ML1"),
        ("interestCalculationBase", "NTIED"),
        ("interestCalculationBaseAmount", "5000"),
        ("marketObjectCodeOfRateReset", "USD.SWP"),
    ],
    observed: &[("USD.SWP", &[("2013-04-01", "0.010567901234567900"), ("2013-07-01", "0.011679012345679000")])],
    until: "2013-09-14T23:59:59",
    events: "
        2012-12-20 PRD -5205.4794520548 5000 0.08 5.4794520548
        2013-02-01 PR 500 4500 0.08 52.602739726
        2013-02-01 IP 52.602739726 4500 0.08 0
        2013-03-01 PR 500 4000 0.08 27.6164383562
        2013-03-01 IP 27.6164383562 4000 0.08 0
        2013-04-01 PR 500 3500 0.08 27.1780821918
        2013-04-01 IP 27.1780821918 3500 0.08 0
        2013-04-01 RR 0 3500 0.1105679012 0
        2013-05-01 PR 500 3000 0.1105679012 31.8072044647
        2013-05-01 IP 31.8072044647 3000 0.1105679012 0
        2013-06-01 PR 500 2500 0.1105679012 28.1720953831
        2013-06-01 IP 28.1720953831 2500 0.1105679012 0
        2013-07-01 PR 500 2000 0.1105679012 22.7194317605
        2013-07-01 IP 22.7194317605 2000 0.1105679012 0
        2013-07-01 RR 0 2000 0.1116790123 0
        2013-08-01 PR 500 1500 0.1116790123 18.9701336039
        2013-08-01 IP 18.9701336039 1500 0.1116790123 0
        2013-09-01 PR 500 1000 0.1116790123 14.2276002029
        2013-09-01 IP 14.2276002029 1000 0.1116790123 0
        2013-09-14T23:59:59 TD 2604.2835785557 0 0.1116790123 0
    ",
};

/// A loan that capitalises its interest at first and ends when its payments have redeemed it.
pub(super) const NAM19: Reference = Reference {
    terms: &[
        ("contractType", "NAM"),
        ("contractRole", "RPA"),
        ("initialExchangeDate", "2013-01-01"),
        ("statusDate", "2012-12-30"),
        ("notionalPrincipal", "5000"),
        ("cycleAnchorDateOfPrincipalRedemption", "2013-10-01"),
        ("cycleOfPrincipalRedemption", "P1ML1"),
        ("nextPrincipalRedemptionPayment", "500"),
        ("dayCountConvention", "A365"),
        ("nominalInterestRate", "0.08"),
        ("currency", "USD"),
        ("cycleAnchorDateOfRateReset", "2013-04-01"),
        ("cycleOfRateReset", "P3ML1"),
        ("marketObjectCodeOfRateReset", "LIBOR_USD"),
        ("rateSpread", "0.10"),
        ("fixingDays", "P0D"),
        ("cycleAnchorDateOfInterestPayment", "2013-10-01"),
        ("cycleOfInterestPayment", "P1ML1"),
        ("capitalizationEndDate", "2013-07-01"),
        ("interestCalculationBase", "NT"),
    ],
    observed: &[(
        "LIBOR_USD",
        &[
            ("2013-04-01", "0.010567901234567900"),
            ("2013-07-01", "0.011679012345679000"),
            ("2013-10-01", "0.012790123456790100"),
            ("2014-01-01", "0.013901234567901200"),
            ("2014-04-01", "0.015012345679012300"),
            ("2014-07-01", "0.016123456790123400"),
            ("2014-10-01", "0.017234567901234500"),
        ],
    )],
    until: "2014-09-01",
    events: "
        2013-01-01 IED -5000 5000 0.08 0
        2013-04-01 RR 0 5000 0.1105679012 98.6301369863
        2013-07-01 IPCI 0 5236.4613563335 0.1105679012 0
        2013-07-01 RR 0 5236.4613563335 0.1116790123 0
        2013-10-01 PR 352.5976422288 4883.8637141047 0.1116790123 147.4023577712
        2013-10-01 IP 147.4023577712 4883.8637141047 0.1116790123 0
        2013-10-01 RR 0 4883.8637141047 0.1127901235 0
        2013-11-01 PR 453.2153443039 4430.6483698007 0.1127901235 46.7846556961
        2013-11-01 IP 46.7846556961 4430.6483698007 0.1127901235 0
        2013-12-01 PR 458.9260238392 3971.7223459615 0.1127901235 41.0739761608
        2013-12-01 IP 41.0739761608 3971.7223459615 0.1127901235 0
        2014-01-01 PR 461.9531433812 3509.7692025803 0.1127901235 38.0468566188
        2014-01-01 IP 38.0468566188 3509.7692025803 0.1127901235 0
        2014-01-01 RR 0 3509.7692025803 0.1139012346 0
        2014-02-01 PR 466.0471824606 3043.7220201197 0.1139012346 33.9528175394
        2014-02-01 IP 33.9528175394 3043.7220201197 0.1139012346 0
        2014-03-01 PR 473.4050863516 2570.3169337681 0.1139012346 26.5949136484
        2014-03-01 IP 26.5949136484 2570.3169337681 0.1139012346 0
        2014-04-01 PR 475.1352590915 2095.1816746766 0.1139012346 24.8647409085
        2014-04-01 IP 24.8647409085 2095.1816746766 0.1139012346 0
        2014-04-01 RR 0 2095.1816746766 0.1150123457 0
        2014-05-01 PR 480.1941019977 1614.9875726789 0.1150123457 19.8058980023
        2014-05-01 IP 19.8058980023 1614.9875726789 0.1150123457 0
        2014-06-01 PR 484.2245238952 1130.7630487837 0.1150123457 15.7754761048
        2014-06-01 IP 15.7754761048 1130.7630487837 0.1150123457 0
        2014-07-01 PR 489.3108183029 641.4522304808 0.1150123457 10.6891816971
        2014-07-01 IP 10.6891816971 641.4522304808 0.1150123457 0
        2014-07-01 RR 0 641.4522304808 0.1161234568 0
        2014-08-01 IP 6.3263483875 641.4522304808 0.1161234568 0
        2014-08-01 MD 641.4522304808 0 0.1161234568 0
    ",
};

/// Interest on month ends, paid on the following business day and computed for the day before the move.
pub(super) const PAM08: Reference = Reference {
    terms: &[
        ("contractType", "PAM"),
        ("statusDate", "2012-12-30"),
        ("currency", "USD"),
        ("notionalPrincipal", "3000"),
        ("initialExchangeDate", "2013-01-31"),
        ("maturityDate", "2014-01-01"),
        ("nominalInterestRate", "0.1"),
        ("cycleAnchorDateOfInterestPayment", "2013-01-31"),
        ("cycleOfInterestPayment", "P1ML0"),
        ("dayCountConvention", "30E360"),
        ("businessDayConvention", "CSF"),
        ("endOfMonthConvention", "EOM"),
        ("calendar", "MF"),
        ("premiumDiscountAtIED", "-200"),
        ("rateMultiplier", "1.0"),
        ("contractRole", "RPA"),
    ],
    observed: &[],
    until: "",
    events: "
        2013-01-31 IED -2800 3000 0.1 0
        2013-01-31 IP 0 3000 0.1 0
        2013-02-28 IP 23.3333333333 3000 0.1 0
        2013-04-01 IP 26.6666666667 3000 0.1 0
        2013-04-30 IP 25 3000 0.1 0
        2013-05-31 IP 25 3000 0.1 0
        2013-07-01 IP 25 3000 0.1 0
        2013-07-31 IP 25 3000 0.1 0
        2013-09-02 IP 25 3000 0.1 0
        2013-09-30 IP 25 3000 0.1 0
        2013-10-31 IP 25 3000 0.1 0
        2013-12-02 IP 25 3000 0.1 0
        2014-01-01 IP 25.8333333333 3000 0.1 0
        2014-01-01 MD 3000 0 0.1 0
    ",
};
