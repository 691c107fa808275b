//! Easter Sunday of the Gregorian calendar.

use jiff::civil::Date;

/// Easter Sunday of a year, by the anonymous Gregorian computus (Nature, 20 April 1876; Meeus, Astronomical Algorithms,
/// chapter 8): always between 22 March and 25 April. `None` never happens for a year of the calendar.
#[must_use]
pub fn easter_sunday(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (century, of_century) = (year_number.div_euclid(100), year_number.rem_euclid(100));
    let (leap_centuries, left_centuries) = (century.div_euclid(4), century.rem_euclid(4));
    let (leap_years, left_years) = (of_century.div_euclid(4), of_century.rem_euclid(4));
    let moon_correction = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let golden = year_number.rem_euclid(19);
    // Days from 21 March to the full moon, and from there to the Sunday after it.
    let moon = (19 * golden + century - leap_centuries - moon_correction + 15).rem_euclid(30);
    let to_sunday = (32 + 2 * left_centuries + 2 * leap_years - moon - left_years).rem_euclid(7);
    let late = (golden + 11 * moon + 22 * to_sunday).div_euclid(451);
    let days = moon + to_sunday - 7 * late + 114;
    let (month, day) = (days.div_euclid(31), days.rem_euclid(31) + 1);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
