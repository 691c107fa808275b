//! What holds for all dates and calendars, on random ones.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use super::*;

fn any_calendar() -> impl Strategy<Value = Calendar> {
    prop::collection::vec(prop::sample::select(Centre::ALL.to_vec()), 0..4)
        .prop_map(|centres| Calendar::joint(&centres).unwrap())
}

fn any_day() -> impl Strategy<Value = Date> {
    (0i32..90_000).prop_map(|days| date(1_950, 1, 1).checked_add(days.days()).unwrap())
}

proptest! {
    #[test]
    fn easter_is_a_sunday_between_22_march_and_25_april(year in -9_999i16..=9_999) {
        let easter = easter_sunday(year).unwrap();
        prop_assert_eq!(easter.weekday(), Weekday::Sunday);
        prop_assert!((date(year, 3, 22)..=date(year, 4, 25)).contains(&easter));
    }

    #[test]
    fn what_rolls_lands_on_the_business_day_next_to_it(calendar in any_calendar(), day in any_day()) {
        for roll in Roll::ALL {
            let found = calendar.adjust(day, roll).unwrap();
            prop_assert_eq!(calendar.adjust(found, roll), Ok(found));
            if roll == Roll::None || calendar.is_business_day(day) {
                prop_assert_eq!(found, day);
                continue;
            }
            prop_assert!(calendar.is_business_day(found));
            let (from, to) = (found.min(day), found.max(day));
            let between = std::iter::successors(from.tomorrow().ok(), |date| date.tomorrow().ok()).take_while(|date| *date < to);
            prop_assert!(between.into_iter().all(|date| !calendar.is_business_day(date)), "{} passes a business day", roll);
            let stays = (found.year(), found.month()) == (day.year(), day.month());
            match roll {
                Roll::Following => prop_assert!(found > day),
                Roll::Preceding => prop_assert!(found < day),
                Roll::ModifiedFollowing | Roll::ModifiedPreceding => prop_assert!(stays, "{}", roll),
                Roll::Nearest => prop_assert_eq!(found > day, matches!(day.weekday(), Weekday::Sunday | Weekday::Monday)),
                Roll::None => {}
            }
        }
    }

    #[test]
    fn business_days_forth_and_back_lead_to_where_they_began(calendar in any_calendar(), day in any_day(), days in 1i32..100) {
        let start = calendar.add_business_days(day, 0).unwrap();
        let there = calendar.add_business_days(start, days).unwrap();
        prop_assert!(there > start && calendar.is_business_day(there));
        prop_assert_eq!(calendar.add_business_days(there, -days), Ok(start));
    }

    #[test]
    fn a_joint_calendar_keeps_the_holidays_of_each(calendar in any_calendar(), day in any_day()) {
        let to = day.checked_add(400.days()).unwrap();
        let together = calendar.holidays(day, to).unwrap();
        let mut each: Vec<_> = calendar.centres().iter().flat_map(|centre| Calendar::from(*centre).holidays(day, to).unwrap()).collect();
        each.sort_unstable();
        each.dedup();
        prop_assert_eq!(together, each);
        prop_assert_eq!(calendar.to_string().parse(), Ok(calendar));
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,100}") {
        if let Ok(found) = text.parse::<Calendar>() {
            prop_assert_eq!(found.to_string().parse::<Calendar>(), Ok(found));
        }
        if let Ok(found) = text.parse::<Roll>() {
            prop_assert_eq!(found.name().parse::<Roll>(), Ok(found));
        }
    }
}
