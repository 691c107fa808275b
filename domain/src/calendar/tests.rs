use jiff::civil::{Date, date};

use super::*;

fn dates(list: &str) -> Vec<Date> {
    list.split_whitespace().map(|text| text.parse().unwrap()).collect()
}

fn calendar(name: &str) -> Calendar {
    name.parse().unwrap()
}

/// Holidays of whole years. QuantLib's tests (BSD-3) and the sources of each centre.
fn check(name: &str, first: i16, last: i16, expected: &str) {
    let found = calendar(name).holidays(date(first, 1, 1), date(last, 12, 31)).unwrap();
    assert_eq!(found, dates(expected), "{name} {first} to {last}");
}

#[test]
fn easter_is_where_the_tables_have_it() {
    // Meeus, Astronomical Algorithms, chapter 8, and the extremes of the Gregorian calendar.
    for sunday in dates(
        "1818-03-22 1886-04-25 1943-04-25 1954-04-18 1961-04-02 1991-03-31 1992-04-19 2000-04-23 2008-03-23 2011-04-24 2024-03-31 2025-04-20 2038-04-25 2285-03-22",
    ) {
        assert_eq!(easter_sunday(sunday.year()), Some(sunday));
    }
}

#[test]
fn target_began_with_two_holidays_and_has_its_long_term_calendar_since_2002() {
    check("TARGET", 1998, 1999, "1998-01-01 1998-12-25 1998-12-31 1999-01-01 1999-12-31");
    check(
        "TARGET",
        2000,
        2001,
        "2000-04-21 2000-04-24 2000-05-01 2000-12-25 2000-12-26 2001-01-01 2001-04-13 2001-04-16 2001-05-01 2001-12-25 \
         2001-12-26 2001-12-31",
    );
    check(
        "TARGET",
        2005,
        2006,
        "2005-03-25 2005-03-28 2005-12-26 2006-04-14 2006-04-17 2006-05-01 2006-12-25 2006-12-26",
    );
}

#[test]
fn federal_holidays_move_to_the_nearest_weekday_and_before_1971_kept_their_dates() {
    check(
        "US settlement",
        2004,
        2004,
        "2004-01-01 2004-01-19 2004-02-16 2004-05-31 2004-07-05 2004-09-06 2004-10-11 2004-11-11 2004-11-25 2004-12-24 \
         2004-12-31",
    );
    check(
        "US settlement",
        1961,
        1961,
        "1961-01-02 1961-02-22 1961-05-30 1961-07-04 1961-09-04 1961-11-10 1961-11-23 1961-12-25",
    );
    let open = |name: &str, list: &str| {
        for date in dates(list) {
            assert!(calendar(name).is_business_day(date), "{name} {date}");
        }
    };
    let closed = |name: &str, list: &str| {
        for date in dates(list) {
            assert!(!calendar(name).is_business_day(date), "{name} {date}");
        }
    };
    // The first years of the Monday holidays, of Veterans Day in October, of Martin Luther King's and Juneteenth.
    closed("US settlement", "1970-02-23 1970-05-29 1970-11-11 1971-02-15 1971-05-31 1971-10-11 1971-10-25 1977-10-24");
    open("US settlement", "1970-02-16 1970-10-12 1970-10-26 1971-02-22 1971-11-11 1977-11-11 1978-10-23 1985-01-21");
    closed("US settlement", "1978-11-10 1986-01-20 2022-06-20 2026-06-19 2027-06-18");
    open("US settlement", "2021-06-18 2021-06-21");
    // The Federal Reserve banks keep no Saturday's holiday.
    open("US Federal Reserve", "2004-12-24 2004-12-31 2020-07-03 2023-11-10 2027-06-18");
    closed("US Federal Reserve", "2021-07-05 2022-06-20 2022-12-26 2023-01-02 2018-11-12 2033-06-20");
    closed("US LIBOR impact", "2010-07-05 2009-07-03 2014-07-04 2016-07-04");
    open("US LIBOR impact", "2015-07-03 2021-07-05");
    check(
        "US NERC",
        2010,
        2011,
        "2010-01-01 2010-05-31 2010-07-05 2010-09-06 2010-11-25 2011-05-30 2011-07-04 2011-09-05 2011-11-24 2011-12-26",
    );
}

#[test]
fn bonds_trade_on_good_friday_when_employment_figures_are_published() {
    check(
        "US government bond market",
        2004,
        2004,
        "2004-01-01 2004-01-19 2004-02-16 2004-04-09 2004-05-31 2004-06-11 2004-07-05 2004-09-06 2004-10-11 2004-11-11 \
         2004-11-25 2004-12-24",
    );
    let (bonds, sofr) = (calendar("US government bond market"), calendar("US SOFR"));
    for good_friday in dates("1996-04-05 2007-04-06 2010-04-02 2012-04-06 2015-04-03 2021-04-02 2023-04-07 2026-04-03")
    {
        assert!(bonds.is_business_day(good_friday) && !sofr.is_business_day(good_friday), "{good_friday}");
    }
    for good_friday in dates("1994-04-01 2008-03-21 2018-03-30 2022-04-15 2024-03-29 2025-04-18 2039-04-08") {
        assert!(!bonds.is_business_day(good_friday) && !sofr.is_business_day(good_friday), "{good_friday}");
    }
    // The Fridays before Veterans Day on a Saturday and before New Year's Day on one.
    for friday in dates("2023-11-10 2004-12-31") {
        assert!(bonds.is_business_day(friday));
    }
}

#[test]
fn the_stock_exchange_closed_for_elections_funerals_and_storms() {
    check(
        "NYSE",
        2004,
        2005,
        "2004-01-01 2004-01-19 2004-02-16 2004-04-09 2004-05-31 2004-06-11 2004-07-05 2004-09-06 2004-11-25 2004-12-24 \
         2005-01-17 2005-02-21 2005-03-25 2005-05-30 2005-07-04 2005-09-05 2005-11-24 2005-12-26",
    );
    let nyse = calendar("NYSE");
    let closed = "1954-12-24 1956-12-24 1958-12-26 1961-05-29 1963-11-25 1964-11-03 1965-12-24 1968-04-09 1968-06-12 \
                  1968-06-19 1968-07-03 1968-07-05 1968-12-18 1968-11-05 1969-02-10 1969-03-31 1969-07-21 1972-11-07 \
                  1972-12-28 1973-01-25 1976-11-02 1977-07-14 1980-11-04 1985-09-27 1994-04-27 2001-09-11 2001-09-14 \
                  2004-06-11 2007-01-02 2012-10-29 2012-10-30 2018-12-05 2025-01-09 1960-11-08 1998-01-19 2022-06-20";
    for date in dates(closed) {
        assert!(!nyse.is_business_day(date), "{date}");
    }
    let open = "1960-11-01 1968-06-05 1969-11-04 1969-06-18 1970-11-03 1974-11-05 1984-11-06 1997-01-20 2001-09-10 \
                2001-09-17 2004-10-11 2004-11-11 2004-12-31 2021-06-18";
    for date in dates(open) {
        assert!(nyse.is_business_day(date), "{date}");
    }
}

#[test]
fn english_bank_holidays_have_substitutes_and_royal_exceptions() {
    check(
        "UK settlement",
        2004,
        2006,
        "2004-01-01 2004-04-09 2004-04-12 2004-05-03 2004-05-31 2004-08-30 2004-12-27 2004-12-28 2005-01-03 2005-03-25 \
         2005-03-28 2005-05-02 2005-05-30 2005-08-29 2005-12-26 2005-12-27 2006-01-02 2006-04-14 2006-04-17 2006-05-01 \
         2006-05-29 2006-08-28 2006-12-25 2006-12-26",
    );
    check(
        "UK settlement",
        2022,
        2023,
        "2022-01-03 2022-04-15 2022-04-18 2022-05-02 2022-06-02 2022-06-03 2022-08-29 2022-09-19 2022-12-26 2022-12-27 \
         2023-01-02 2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 2023-08-28 2023-12-25 2023-12-26",
    );
    check(
        "London Stock Exchange",
        2020,
        2020,
        "2020-01-01 2020-04-10 2020-04-13 2020-05-08 2020-05-25 2020-08-31 2020-12-25 2020-12-28",
    );
    let (uk, once) = (
        calendar("UK settlement"),
        "1973-11-14 1977-06-07 1981-07-29 1995-05-08 1999-12-31 2002-06-03 2002-06-04 2011-04-29 2012-06-04 2012-06-05",
    );
    for date in dates(once) {
        assert!(!uk.is_business_day(date), "{date}");
    }
    for moved in dates("1995-05-01 2002-05-27 2012-05-28 2020-05-04 2022-05-30 2024-05-08") {
        assert!(uk.is_business_day(moved), "{moved}");
    }
    assert_eq!(Centre::UkSettlement.holiday(date(2022, 9, 19)), Some("state funeral of Queen Elizabeth II"));
    assert_eq!(Centre::UkSettlement.holiday(date(2022, 9, 20)), None);
}

#[test]
fn german_exchanges_keep_fewer_days_than_the_state() {
    let exchanges = "2003-01-01 2003-04-18 2003-04-21 2003-05-01 2003-12-24 2003-12-25 2003-12-26";
    check("Frankfurt", 2003, 2003, exchanges);
    check("Germany Xetra", 2003, 2003, exchanges);
    check("Eurex", 2003, 2003, &format!("{exchanges} 2003-12-31"));
    check("EUWAX", 2021, 2021, "2021-01-01 2021-04-02 2021-04-05 2021-05-24 2021-12-24");
    check(
        "Germany settlement",
        2018,
        2018,
        "2018-01-01 2018-03-30 2018-04-02 2018-05-01 2018-05-10 2018-05-21 2018-05-31 2018-10-03 2018-12-24 2018-12-25 \
         2018-12-26",
    );
    assert!(calendar("Germany settlement").is_business_day(date(1989, 10, 3)));
    assert!(!calendar("Germany settlement").is_business_day(date(1990, 10, 3)));
}

#[test]
fn a_joint_calendar_is_open_when_every_centre_is() {
    let joint = calendar("TARGET + New York Stock Exchange");
    assert_eq!(joint.centres(), [Centre::Target, Centre::Nyse]);
    // Easter Monday closes the one, Thanksgiving the other, Christmas both.
    for closed in dates("2024-04-01 2024-11-28 2024-12-25 2024-12-28") {
        assert!(!joint.is_business_day(closed));
    }
    assert!(joint.is_business_day(date(2024, 12, 27)));
    assert_eq!(Calendar::joint(&[Centre::Target; 9]), Err(CalendarError::TooManyCentres(9)));
    assert_eq!(vec!["TARGET"; 20].join("+").parse::<Calendar>(), Err(CalendarError::TooManyCentres(9)));
    assert!(Calendar::joint(&[Centre::Target; 8]).is_ok());
    assert_eq!(Calendar::from(Centre::WeekendsOnly).holidays(date(2024, 1, 1), date(2024, 12, 31)), Ok(vec![]));
    assert!(Calendar::NONE.is_business_day(date(2024, 12, 28)) && Calendar::NONE.is_business_day(date(2024, 12, 25)));
}

/// 2006 ISDA Definitions, 4.12, on days of 2024 and 2025.
#[test]
fn dates_of_no_business_roll_as_the_convention_says() {
    use Roll::{Following, ModifiedFollowing, ModifiedPreceding, Nearest, None, Preceding};
    let target = calendar("TARGET");
    let table = [
        // A Saturday and a Sunday in mid-month.
        ("2024-06-15", [(Following, "2024-06-17"), (Preceding, "2024-06-14"), (Nearest, "2024-06-14")]),
        ("2024-06-16", [(Following, "2024-06-17"), (Preceding, "2024-06-14"), (Nearest, "2024-06-17")]),
        // The last day of a month, and the first.
        (
            "2024-03-31",
            [(Following, "2024-04-02"), (ModifiedFollowing, "2024-03-28"), (ModifiedPreceding, "2024-03-28")],
        ),
        (
            "2024-06-01",
            [(Preceding, "2024-05-31"), (ModifiedPreceding, "2024-06-03"), (ModifiedFollowing, "2024-06-03")],
        ),
        // Easter Monday, a Thursday holiday, a year's end.
        ("2024-04-01", [(Nearest, "2024-04-02"), (ModifiedPreceding, "2024-04-02"), (None, "2024-04-01")]),
        ("2024-12-26", [(Nearest, "2024-12-24"), (Following, "2024-12-27"), (ModifiedFollowing, "2024-12-27")]),
        ("2025-01-01", [(Preceding, "2024-12-31"), (ModifiedPreceding, "2025-01-02"), (Nearest, "2024-12-31")]),
        // A business day never moves.
        ("2024-06-14", [(Following, "2024-06-14"), (Preceding, "2024-06-14"), (Nearest, "2024-06-14")]),
    ];
    for (from, expected) in table {
        for (roll, to) in expected {
            let (from, to): (Date, Date) = (from.parse().unwrap(), to.parse().unwrap());
            assert_eq!(target.adjust(from, roll), Ok(to), "{from} {roll}");
        }
    }
}

#[test]
fn business_days_are_counted_both_ways_and_within_bounds() {
    let target = calendar("TARGET");
    let table = [(1, "2024-04-02"), (2, "2024-04-03"), (-1, "2024-03-27"), (0, "2024-03-28"), (5, "2024-04-08")];
    for (days, expected) in table {
        assert_eq!(target.add_business_days(date(2024, 3, 28), days), Ok(expected.parse().unwrap()), "{days}");
    }
    // Good Friday itself is no business day: none of the counts includes it.
    let table = [(0, "2024-04-02"), (1, "2024-04-02"), (-1, "2024-03-28")];
    for (days, expected) in table {
        assert_eq!(target.add_business_days(date(2024, 3, 29), days), Ok(expected.parse().unwrap()), "{days}");
    }
    let weekdays = Calendar::from(Centre::WeekendsOnly);
    assert_eq!(weekdays.add_business_days(date(2024, 1, 1), 10_000), Ok(date(2062, 5, 1)));
    for days in [10_001, -10_001, i32::MIN, i32::MAX] {
        assert_eq!(target.add_business_days(date(2024, 1, 1), days), Err(CalendarError::TooManyDays(days)));
    }
    assert!(matches!(weekdays.add_business_days(Date::MAX, 1), Err(CalendarError::OutsideCalendar(_))));
    assert!(matches!(weekdays.add_business_days(Date::MIN, -1), Err(CalendarError::OutsideCalendar(_))));
}

#[test]
fn a_calendar_that_never_opens_is_told_and_not_searched_for_ever() {
    let from = date(2024, 1, 1);
    let mut steps = 0;
    let found = roll::search(
        from,
        |_| {
            steps += 1;
            false
        },
        Date::tomorrow,
    );
    assert_eq!((found, steps), (Err(CalendarError::Closed(from)), MAX_CLOSED_DAYS));
}

#[test]
fn holidays_are_listed_for_both_ends_of_a_bounded_range() {
    let target = calendar("TARGET");
    let christmas = date(2024, 12, 25);
    assert_eq!(target.holidays(christmas, christmas), Ok(vec![christmas]));
    assert_eq!(
        target.holidays(christmas, date(2024, 12, 24)),
        Err(CalendarError::Range { from: christmas, to: date(2024, 12, 24) })
    );
    let (from, to) = (date(1900, 1, 1), date(2100, 1, 3));
    assert_eq!(target.holidays(from, to), Err(CalendarError::Range { from, to }));
    assert!(target.holidays(from, date(2100, 1, 2)).is_ok());
    assert!(target.holidays(date(9999, 12, 1), Date::MAX).is_ok());
}

#[test]
fn names_are_read_as_they_are_written_and_others_refused() {
    for centre in Centre::ALL {
        assert_eq!(centre.name().parse(), Ok(centre));
        let json = serde_json::to_string(&Calendar::from(centre)).unwrap();
        assert_eq!(serde_json::from_str::<Calendar>(&json).unwrap(), Calendar::from(centre));
    }
    assert_eq!(calendar("none"), Calendar::NONE);
    assert_eq!(Calendar::NONE.to_string(), "none");
    assert_eq!(Calendar::default(), Calendar::NONE);
    assert_eq!(calendar("target+nyse").to_string(), "TARGET + New York Stock Exchange");
    for (name, centre) in [
        ("USGovernmentBond", Centre::UsGovernmentBond),
        ("UKExchange", Centre::UkSettlement),
        ("us-sofr", Centre::UsSofr),
    ] {
        assert_eq!(name.parse(), Ok(centre));
    }
    for (text, unknown) in [("", ""), ("Narnia", "Narnia"), ("TARGET+", ""), ("TARGET, NYSE", "TARGET, NYSE")] {
        assert_eq!(text.parse::<Calendar>(), Err(CalendarError::UnknownCalendar(unknown.to_owned())));
    }
    for roll in Roll::ALL {
        assert_eq!(roll.to_string().parse(), Ok(roll));
        assert_eq!(serde_json::from_str::<Roll>(&serde_json::to_string(&roll).unwrap()).unwrap(), roll);
    }
    for (name, roll) in [
        ("ModifiedFollowing", Roll::ModifiedFollowing),
        ("MODPRECEDING", Roll::ModifiedPreceding),
        ("unadjusted", Roll::None),
    ] {
        assert_eq!(name.parse(), Ok(roll));
    }
    assert_eq!("sideways".parse::<Roll>(), Err(CalendarError::UnknownRoll("sideways".to_owned())));
}
