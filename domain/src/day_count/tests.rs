use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn ratio(numerator: u128, denominator: u128) -> YearFraction {
    YearFraction::try_new(numerator, denominator).unwrap()
}

/// The fraction with 12 places, as the sources print it.
fn years(convention: DayCount, accrual: &Accrual) -> String {
    convention.year_fraction_of(accrual).unwrap().rounded(12).unwrap().to_string()
}

fn accrual(start: &str, end: &str) -> Accrual {
    Accrual::try_new(day(start), day(end)).unwrap()
}

/// Days by bond basis, US, PSA, 30E/360, 30E/360 ISDA before and at the termination date. ISDA's worked table of 22
/// December 2008 as QuantLib's tests keep it (BSD-3), and further dates by the formulas of the 2006 ISDA Definitions.
#[test]
fn the_30_360_family_differs_at_the_ends_of_months_and_nowhere_else() {
    let table = [
        ("2006-08-20", "2007-02-20", [180, 180, 180, 180, 180, 180]),
        ("2006-08-31", "2007-02-28", [178, 178, 178, 178, 180, 178]),
        ("2007-02-28", "2007-08-31", [183, 180, 180, 182, 180, 180]),
        ("2007-08-31", "2008-02-29", [179, 179, 179, 179, 180, 179]),
        ("2008-02-29", "2008-08-31", [182, 180, 180, 181, 180, 180]),
        ("2008-02-29", "2009-02-28", [359, 360, 358, 359, 360, 358]),
        ("2007-02-28", "2008-02-28", [360, 358, 358, 360, 358, 358]),
        ("2007-02-28", "2008-02-29", [361, 360, 359, 361, 360, 359]),
        ("2008-02-28", "2008-08-31", [183, 183, 183, 182, 182, 182]),
        ("2007-02-26", "2008-02-29", [363, 363, 363, 363, 364, 363]),
        ("2006-02-28", "2006-03-03", [5, 3, 3, 5, 3, 3]),
        ("2007-02-28", "2007-03-01", [3, 1, 1, 3, 1, 1]),
        ("2007-02-28", "2007-03-31", [33, 30, 30, 32, 30, 30]),
        ("2006-01-29", "2006-03-31", [62, 62, 62, 61, 61, 61]),
        ("2006-01-30", "2006-03-31", [60, 60, 60, 60, 60, 60]),
        ("2006-01-31", "2006-03-31", [60, 60, 60, 60, 60, 60]),
        ("2006-01-31", "2006-03-30", [60, 60, 60, 60, 60, 60]),
        ("2006-01-30", "2006-01-31", [0, 0, 0, 0, 0, 0]),
        ("2006-10-31", "2006-11-28", [28, 28, 28, 28, 28, 28]),
        ("2012-05-29", "2013-08-31", [452, 452, 452, 451, 451, 451]),
        ("2007-02-28", "2007-02-28", [0, 0, 0, 0, 0, 0]),
    ];
    for (start, end, expected) in table {
        let plain = accrual(start, end);
        let found = [
            DayCount::Thirty360BondBasis.days_of(&plain),
            DayCount::Thirty360Us.days_of(&plain),
            DayCount::Thirty360Psa.days_of(&plain),
            DayCount::ThirtyE360.days_of(&plain),
            DayCount::ThirtyE360Isda.days_of(&plain.terminating_on(date(2100, 1, 1))),
            DayCount::ThirtyE360Isda.days_of(&plain.terminating_on(day(end))),
        ];
        assert_eq!(found, expected.map(Ok), "{start} to {end}");
    }
}

/// OpenGamma Strata's tests (Apache-2.0).
#[test]
fn calendar_days_are_divided_by_the_year_of_the_convention() {
    let table = [
        (DayCount::Act360, "2011-12-28", "2012-03-01", 64, ratio(64, 360)),
        (DayCount::Act364, "2011-12-28", "2016-02-29", 1_524, ratio(1_524, 364)),
        (DayCount::Act365Fixed, "2011-12-28", "2012-02-29", 63, ratio(63, 365)),
        (DayCount::Act36525, "2012-02-28", "2012-03-28", 29, ratio(2_900, 36_525)),
        (DayCount::Nl365, "2011-12-28", "2012-02-28", 62, ratio(62, 365)),
        (DayCount::Nl365, "2011-12-28", "2012-02-29", 62, ratio(62, 365)),
        (DayCount::Nl365, "2011-12-28", "2012-03-01", 63, ratio(63, 365)),
        (DayCount::Nl365, "2011-12-28", "2016-03-01", 1_523, ratio(1_523, 365)),
        (DayCount::Nl365, "2012-02-28", "2012-03-28", 28, ratio(28, 365)),
        (DayCount::Nl365, "2012-02-29", "2012-03-28", 28, ratio(28, 365)),
        // 1900 has no leap day and 2000 has one.
        (DayCount::Nl365, "1899-12-31", "1900-12-31", 365, ratio(1, 1)),
        (DayCount::Nl365, "1999-12-31", "2000-12-31", 365, ratio(1, 1)),
        (DayCount::Nl365, "1896-03-01", "2000-03-01", 37_960, ratio(104, 1)),
        (DayCount::Thirty360BondBasis, "2011-12-28", "2016-02-28", 1_500, ratio(1_500, 360)),
    ];
    for (convention, start, end, days, fraction) in table {
        assert_eq!(convention.days(day(start), day(end)), Ok(days), "{convention} {start} to {end}");
        assert_eq!(convention.year_fraction(day(start), day(end)), Ok(fraction), "{convention} {start} to {end}");
    }
    assert_eq!(
        DayCount::ThirtyE360Isda
            .year_fraction_of(&accrual("2007-02-28", "2007-08-31").terminating_on(date(2009, 1, 1))),
        Ok(ratio(1, 2))
    );
}

/// "The Actual/Actual Day Count Fraction", ISDA 1999, as QuantLib's tests keep it (BSD-3), and Strata's.
#[test]
fn act_act_isda_splits_at_the_new_year_and_afb_counts_years_back_from_the_end() {
    let table = [
        (DayCount::ActActIsda, "2003-11-01", "2004-05-01", "0.497724380567"),
        (DayCount::ActActIsda, "1999-02-01", "1999-07-01", "0.410958904110"),
        (DayCount::ActActIsda, "1999-07-01", "2000-07-01", "1.001377348604"),
        (DayCount::ActActIsda, "2003-07-15", "2004-01-15", "0.504004790778"),
        (DayCount::ActActIsda, "2000-01-30", "2000-06-30", "0.415300546448"),
        (DayCount::ActActIsda, "2011-12-28", "2016-02-29", "4.172161089902"),
        (DayCount::ActActAfb, "2003-11-01", "2004-05-01", "0.497267759563"),
        (DayCount::ActActAfb, "1999-07-01", "2000-07-01", "1.000000000000"),
        (DayCount::ActActAfb, "2003-07-15", "2004-01-15", "0.504109589041"),
        (DayCount::ActActAfb, "2000-01-30", "2000-06-30", "0.415300546448"),
        (DayCount::ActActAfb, "2011-12-28", "2012-02-28", "0.169863013699"),
        (DayCount::ActActAfb, "2011-12-28", "2012-02-29", "0.172602739726"),
        (DayCount::ActActAfb, "2011-12-28", "2012-03-01", "0.174863387978"),
        (DayCount::ActActAfb, "2011-12-28", "2016-02-28", "4.169863013699"),
        (DayCount::ActActAfb, "2011-12-28", "2016-02-29", "4.172602739726"),
        (DayCount::ActActAfb, "2011-12-28", "2016-03-01", "4.174863387978"),
        (DayCount::ActActAfb, "2012-02-28", "2012-03-28", "0.079234972678"),
        (DayCount::ActActAfb, "2012-02-29", "2012-03-28", "0.076502732240"),
        (DayCount::ActActAfb, "2012-03-01", "2012-03-28", "0.073972602740"),
        (DayCount::ActActAfb, "2004-02-28", "2008-02-27", "3.997267759563"),
        (DayCount::ActActAfb, "2004-02-28", "2008-02-28", "4.000000000000"),
        (DayCount::ActActAfb, "2004-02-28", "2008-02-29", "4.002739726027"),
    ];
    for (convention, start, end, expected) in table {
        assert_eq!(years(convention, &accrual(start, end)), expected, "{convention} {start} to {end}");
    }
    assert_eq!(DayCount::ActActAfb.days(day("2011-12-28"), day("2012-03-01")), Ok(64));
}

/// The same memorandum, with its reference periods; the last four by ICMA rule 251.3 by hand.
#[test]
fn act_act_icma_divides_by_the_notional_period_that_each_day_lies_in() {
    let table = [
        ("2003-11-01", "2004-05-01", "2003-11-01", "2004-05-01", 2, "0.500000000000"),
        ("1999-02-01", "1999-07-01", "1998-07-01", "1999-07-01", 1, "0.410958904110"),
        ("2002-08-15", "2003-07-15", "2003-01-15", "2003-07-15", 2, "0.915760869565"),
        ("2000-01-30", "2000-06-30", "2000-01-30", "2000-07-30", 2, "0.417582417582"),
        // 91/(91*4) + 61/(92*4): the quarters of a bond that pays on month ends.
        ("1999-11-30", "2000-04-30", "1999-08-31", "1999-11-30", 4, "0.415760869565"),
        // Three whole quarters before the reference period, and none of it.
        ("2003-04-15", "2004-01-15", "2004-01-15", "2004-04-15", 4, "0.750000000000"),
        // Two months of 31 days after it, and 10 of 30.
        ("2024-07-01", "2024-09-11", "2024-06-01", "2024-07-01", 12, "0.194444444444"),
        // 11/29 of February and 3/31 of March, a twelfth each.
        ("2024-02-19", "2024-03-04", "2024-01-01", "2024-02-01", 12, "0.039673711531"),
    ];
    for (start, end, from, to, per_year, expected) in table {
        let reference = ReferencePeriod::try_new(day(from), day(to), per_year).unwrap();
        assert_eq!(years(DayCount::ActActIcma, &accrual(start, end).by(reference)), expected, "{start} to {end}");
        assert_eq!(ReferencePeriod::from_dates(day(from), day(to)), Ok(reference));
    }
}

#[test]
fn a_reference_period_tells_its_frequency_or_is_refused() {
    let months = |months: i8| ReferencePeriod::from_dates(date(2023, 1, 1), date(2023, 1 + months, 1));
    for (length, per_year) in [(1, 12), (2, 6), (3, 4), (4, 3), (6, 2)] {
        let found = months(length).unwrap();
        assert_eq!((found.start(), found.end()), (date(2023, 1, 1), date(2023, 1 + length, 1)));
        assert_eq!(found.per_year(), per_year);
    }
    for (from, to) in [("2023-01-01", "2023-06-01"), ("2023-01-01", "2023-01-16"), ("2023-01-01", "2025-01-01")] {
        let irregular = DayCountError::Irregular { start: day(from), end: day(to) };
        assert_eq!(ReferencePeriod::from_dates(day(from), day(to)), Err(irregular));
    }
    // 16 days are nearer to one month than to none, and 380 nearer to twelve than to thirteen.
    assert_eq!(ReferencePeriod::from_dates(day("2023-01-01"), day("2023-01-17")).unwrap().per_year(), 12);
    assert_eq!(ReferencePeriod::from_dates(day("2023-01-01"), day("2024-01-16")).unwrap().per_year(), 1);
    for per_year in [0, 5, 7, 8, 13, 52] {
        let refused = ReferencePeriod::try_new(date(2023, 1, 1), date(2023, 2, 1), per_year);
        assert_eq!(refused, Err(DayCountError::Frequency(per_year)));
    }
    let same = ReferencePeriod::try_new(date(2023, 1, 1), date(2023, 1, 1), 12);
    assert!(matches!(same, Err(DayCountError::OutOfOrder { .. })));
}

#[test]
fn what_a_convention_needs_is_asked_for_and_dates_out_of_order_are_refused() {
    let (start, end) = (date(2026, 1, 1), date(2026, 7, 1));
    assert_eq!(DayCount::ThirtyE360Isda.days(start, end), Err(DayCountError::NoTermination));
    assert_eq!(DayCount::ThirtyE360Isda.year_fraction(start, end), Err(DayCountError::NoTermination));
    assert_eq!(DayCount::ActActIcma.year_fraction(start, end), Err(DayCountError::NoReference));
    assert_eq!(DayCount::ActActIcma.days(start, end), Ok(181));
    for convention in DayCount::ALL {
        let refusal = DayCountError::OutOfOrder { start: end, end: start };
        assert_eq!(convention.days(end, start), Err(refusal.clone()));
        assert_eq!(convention.year_fraction(end, start), Err(refusal));
    }
    let accrual = Accrual::try_new(start, end).unwrap();
    assert_eq!((accrual.start(), accrual.end()), (start, end));
}

#[test]
fn the_whole_calendar_can_be_counted_and_no_further() {
    let (first, last) = (Date::MIN, Date::MAX);
    assert_eq!(DayCount::Act360.days(first, last), Ok(7_304_483));
    assert_eq!(DayCount::Thirty360BondBasis.days(first, last), Ok(7_199_640));
    let isda = DayCount::ActActIsda.year_fraction(first, last).unwrap();
    assert_eq!(isda, ratio(19_998 * 365 + 364, 365));
    assert!(DayCount::ActActAfb.year_fraction(first, last).is_ok());
    let reference = ReferencePeriod::try_new(date(9_998, 1, 1), date(9_999, 1, 1), 1).unwrap();
    let within = Accrual::try_new(date(-9_998, 1, 1), date(9_998, 1, 1)).unwrap().by(reference);
    assert_eq!(DayCount::ActActIcma.year_fraction_of(&within), Ok(YearFraction::from(19_996)));
    // The period that begins on this day would end in the year 10000.
    let beyond = Accrual::try_new(date(-9_998, 1, 1), date(9_999, 1, 1)).unwrap().by(reference);
    let outside = DayCountError::OutsideCalendar { start: beyond.start(), end: beyond.end() };
    assert_eq!(DayCount::ActActIcma.year_fraction_of(&beyond), Err(outside));
}

#[test]
fn names_are_precise_and_others_are_refused_by_name() {
    for convention in DayCount::ALL {
        assert_eq!(convention.name().parse(), Ok(convention));
        let json = serde_json::to_string(&convention).unwrap();
        assert_eq!(json, format!("\"{convention}\""));
        assert_eq!(serde_json::from_str::<DayCount>(&json).unwrap(), convention);
    }
    let table = [
        ("30/360 BondBasis (ISDA 4.16(f))", DayCount::Thirty360BondBasis),
        ("30/360 US (USA)", DayCount::Thirty360Us),
        ("30/360 psa", DayCount::Thirty360Psa),
        ("30E/360 Eurobond", DayCount::ThirtyE360),
        ("30E/360 (ISDA)", DayCount::ThirtyE360Isda),
        ("ACT/360", DayCount::Act360),
        ("Actual/364", DayCount::Act364),
        ("Act/365 (Fixed)", DayCount::Act365Fixed),
        ("act/365.25", DayCount::Act36525),
        ("NL/365", DayCount::Nl365),
        ("Actual/Actual (ISDA)", DayCount::ActActIsda),
        ("Act/Act ICMA (ISMA)", DayCount::ActActIcma),
        ("Act/Act AFB", DayCount::ActActAfb),
    ];
    for (name, convention) in table {
        assert_eq!(name.parse(), Ok(convention), "{name}");
    }
    for name in
        ["30/360", "Act/Act", "Act/365", "30/360 ISDA", "30E+/360", "Act/361", "Act/36525", "", "(", "30/360\u{0}"]
    {
        assert_eq!(name.parse::<DayCount>(), Err(DayCountError::Unknown(name.to_owned())), "{name:?}");
    }
    let long = "30/360 Bond Basis".repeat(1_000);
    assert!(matches!(long.parse::<DayCount>(), Err(DayCountError::Unknown(shown)) if shown.len() == 64));
}

#[test]
fn fractions_are_exact_until_they_are_shown() {
    assert_eq!((ratio(270, 360).numerator(), ratio(270, 360).denominator()), (3, 4));
    assert_eq!(ratio(0, 7), YearFraction::ZERO);
    assert_eq!(ratio(1, 3).to_string(), "1/3");
    assert_eq!(YearFraction::try_new(1, 0), Err(DayCountError::ZeroDenominator));
    assert_eq!(ratio(1, 6).checked_add(ratio(1, 10)), Some(ratio(4, 15)));
    assert_eq!(ratio(1, 6).checked_sub(ratio(1, 10)), Some(ratio(1, 15)));
    assert_eq!(ratio(1, 10).checked_sub(ratio(1, 6)), None);
    assert_eq!(ratio(2, 3).checked_mul(ratio(9, 4)), Some(ratio(3, 2)));
    assert_eq!(ratio(u128::MAX, 3).checked_mul(ratio(3, u128::MAX)), Some(ratio(1, 1)));
    assert_eq!(ratio(u128::MAX, 1).checked_add(ratio(1, 1)), None);
    assert_eq!(ratio(u128::MAX, 2).checked_mul(ratio(u128::MAX, 3)), None);
    assert_eq!(ratio(1, u128::MAX).checked_add(ratio(1, 2)), None);
    assert!(ratio(1, 3) < ratio(34, 100) && ratio(2, 3) > ratio(66, 100));
    assert!(ratio(u128::MAX, u128::MAX - 1) > ratio(1, 1));
    assert_eq!(ratio(1, 8).rounded(2), Some(Decimal::new(12, 2)));
    assert_eq!(ratio(3, 8).rounded(2), Some(Decimal::new(38, 2)));
    assert_eq!(ratio(2, 3).rounded(99).unwrap().to_string(), "0.66666666666666666667");
    assert_eq!(ratio(u128::MAX, 1).rounded(0), None);
    assert_eq!(ratio(1, 3).to_f64(), 1.0 / 3.0);
}
