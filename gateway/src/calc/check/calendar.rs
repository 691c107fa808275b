//! Holidays of a market within ranges of dates, and months added to a date.

use domain::calendar::{Calendar, Centre};
use domain::period::{Term, TermUnit};
use jiff::civil::Date;
use serde_json::Value;

use super::verdict::{Verdict, field};

/// Why a vector is not one that is computed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unread {
    #[error("holidays of a calendar that is not known: {0}")]
    Calendar(String),
    #[error("a list that is not one of dates")]
    NoDates,
    #[error("a date, a number of months above zero or a result that is not understood")]
    NoMonths,
}

/// Compares the holidays of the vector's calendar, or the date after its months.
pub(super) fn judge(vector: &Value) -> Verdict {
    let verdict = if field(vector, "expected_holidays").is_some() { holidays(vector) } else { months(vector) };
    verdict.unwrap_or_else(|reason| Verdict::NotApplicable(reason.to_string()))
}

/// Within a range the lists must be the same, weekends left out; a date outside all ranges must be a day of no
/// business. A bound of a range that is a 1 January may be listed although it is no holiday: it was read from the range.
fn holidays(vector: &Value) -> Result<Verdict, Unread> {
    let calendar = calendar(vector)?;
    let expected = dates(field(vector, "expected_holidays"))?;
    let bounds = dates(field(vector, "ranges"))?;
    let ranges: Vec<_> = bounds.chunks(2).filter_map(|range| Some((*range.first()?, *range.get(1)?))).collect();
    let is_within = |date: Date| ranges.iter().any(|(from, to)| (*from..=*to).contains(&date));
    let mut found: Vec<Date> = Vec::new();
    for (from, to) in &ranges {
        found.extend(calendar.holidays(*from, *to).map_err(|_| Unread::NoDates)?);
    }
    let excused = |date: Date| bounds.contains(&date) && (date.month(), date.day()) == (1, 1);
    let missed = expected.iter().copied().filter(|date| {
        if is_within(*date) { !found.contains(date) && !excused(*date) } else { calendar.is_business_day(*date) }
    });
    let added = found.iter().copied().filter(|date| !expected.contains(date));
    let (missed, added): (Vec<_>, Vec<_>) = (missed.collect(), added.collect());
    if missed.is_empty() && added.is_empty() {
        return Ok(Verdict::Passed);
    }
    Ok(Verdict::Failed {
        expected: format!("{} holidays", expected.len()),
        found: format!("business on {missed:?}, holidays more: {added:?}"),
    })
}

/// The calendar by its name; without one, by the id of the vector, which begins with the name of the list's author and
/// goes on with the calendar's and perhaps with a topic: `ql-usfederalreservejuneteenth`.
fn calendar(vector: &Value) -> Result<Calendar, Unread> {
    if let Some(name) = field(vector, "calendar").and_then(Value::as_str) {
        return name.parse().map_err(|_| Unread::Calendar(name.to_owned()));
    }
    let id = vector.get("id").and_then(Value::as_str).unwrap_or_default();
    let name = id.split_once('-').map_or(id, |(_, name)| name);
    // Shorter beginnings could be those of another name.
    let beginnings = name.char_indices().map(|(at, letter)| at.saturating_add(letter.len_utf8())).filter(|at| *at >= 5);
    let mut centres = beginnings.rev().filter_map(|at| name.get(..at)?.parse::<Centre>().ok());
    centres.next().map(Calendar::from).ok_or_else(|| Unread::Calendar(name.to_owned()))
}

fn dates(list: Option<&Value>) -> Result<Vec<Date>, Unread> {
    let Some(list) = list else {
        return Ok(Vec::new());
    };
    let as_date = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    let dates = list.as_array().and_then(|list| list.iter().map(as_date).collect());
    dates.ok_or(Unread::NoDates)
}

fn months(vector: &Value) -> Result<Verdict, Unread> {
    let as_date = |value: Option<&Value>| value.and_then(Value::as_str).and_then(|text| text.parse::<Date>().ok());
    let months = field(vector, "months").and_then(Value::as_u64).and_then(|months| u32::try_from(months).ok());
    let read = as_date(field(vector, "start")).zip(months).zip(as_date(vector.get("expected")));
    let ((start, count), expected) = read.ok_or(Unread::NoMonths)?;
    let found = Term { count, unit: TermUnit::Months }.end_from(start);
    if found == Ok(expected) {
        return Ok(Verdict::Passed);
    }
    let found = found.map_or_else(|error| format!("a refusal ({error})"), |found| found.to_string());
    Ok(Verdict::Failed { expected: expected.to_string(), found })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn frankfurt(holidays: &[&str], ranges: &[&str]) -> Verdict {
        judge(&json!({"id": "ql-germanyfrankfurt", "expected_holidays": holidays, "ranges": ranges}))
    }

    #[test]
    fn within_a_range_the_lists_are_the_same_and_beyond_it_each_day_is_closed() {
        let year = ["2004-01-01", "2004-12-31"];
        let all = ["2004-01-01", "2004-04-09", "2004-04-12", "2004-12-24"];
        assert_eq!(frankfurt(&all, &year), Verdict::Passed);
        assert!(matches!(frankfurt(&all[..3], &year), Verdict::Failed { .. }));
        let with = |date: &'static str| [&all[..], &[date][..]].concat();
        assert!(matches!(frankfurt(&with("2004-04-13"), &year), Verdict::Failed { .. }));
        // Weekends are in no list of holidays, and closed all the same.
        assert!(matches!(frankfurt(&with("2004-12-25"), &year), Verdict::Failed { .. }));
        assert_eq!(frankfurt(&with("2005-12-25"), &year), Verdict::Passed);
        assert!(matches!(frankfurt(&with("2005-12-27"), &year), Verdict::Failed { .. }));
        assert_eq!(frankfurt(&all, &[]), Verdict::Passed);
        assert!(matches!(frankfurt(&["2004-04-13"], &[]), Verdict::Failed { .. }));
    }

    #[test]
    fn a_range_that_begins_on_a_first_of_january_may_list_it() {
        let year = ["2005-01-01", "2005-12-31"];
        let all = ["2005-01-01", "2005-03-25", "2005-03-28", "2005-12-26"];
        assert_eq!(frankfurt(&all, &year), Verdict::Passed);
        assert_eq!(frankfurt(&all[1..], &year), Verdict::Passed);
        assert!(matches!(frankfurt(&all, &["2004-12-31", "2005-12-31"]), Verdict::Failed { .. }));
    }

    #[test]
    fn the_calendar_is_named_by_the_vector_or_its_id() {
        let list = |id: &str, calendar: Option<&str>| {
            let calendar = calendar.map_or(Value::Null, |name| json!(name));
            let mut vector =
                json!({"id": id, "expected_holidays": ["2023-11-23"], "ranges": ["2023-11-23", "2023-11-24"]});
            if !calendar.is_null() {
                vector["calendar"] = calendar;
            }
            judge(&vector)
        };
        assert_eq!(list("ql-usfederalreservejuneteenth", None), Verdict::Passed);
        assert_eq!(list("x", Some("TARGET + New York Stock Exchange")), Verdict::Passed);
        let unknown = Verdict::NotApplicable("holidays of a calendar that is not known: narnia".to_owned());
        assert_eq!(list("ql-narnia", None), unknown);
        assert_eq!(list("ql-ussettlement", Some("narnia")), unknown);
    }

    #[test]
    fn months_keep_the_day_or_end_with_the_month() {
        let rolled = |expected: &str| judge(&json!({"start": "2024-01-31", "months": 1, "expected": expected}));
        assert_eq!(rolled("2024-02-29"), Verdict::Passed);
        let failed = Verdict::Failed { expected: "2024-03-02".to_owned(), found: "2024-02-29".to_owned() };
        assert_eq!(rolled("2024-03-02"), failed);
        let unread = judge(&json!({"start": "2024-01-31", "months": -1, "expected": "2023-12-31"}));
        assert!(matches!(unread, Verdict::NotApplicable(_)));
        let unread = judge(&json!({"expected_holidays": "all", "calendar": "TARGET"}));
        assert_eq!(unread, Verdict::NotApplicable("a list that is not one of dates".to_owned()));
    }
}
