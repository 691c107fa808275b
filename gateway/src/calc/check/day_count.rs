//! Days and fractions of a year between two dates: by day count convention, and by the time rules of the annual
//! percentage rates of the European Union, the United Kingdom and the United States.

use domain::apr::{UnitPeriod, eu_ccd, uk_conc};
use domain::day_count::{Accrual, DayCount, DayCountError, ReferencePeriod, YearFraction};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::verdict::{Verdict, decimal, field};

/// By how much a fraction of a year may be missed.
const TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// Decimals of a fraction that is compared and shown.
const PLACES: u32 = 18;

/// Why a vector is not one that is computed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unread {
    #[error("a day count without a convention and two dates")]
    NoDates,
    #[error("a day count that expects neither days, nor a fraction of a year, nor unit-periods")]
    NoFigure,
    #[error("a unit-period of no kind that is known: {0}")]
    UnitPeriod(String),
    #[error("a time unit of no kind that is known: {0}")]
    TimeUnit(String),
    #[error("{0}")]
    Convention(DayCountError),
}

/// What is compared: the figures that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Figures {
    days: Option<i64>,
    year_fraction: Option<Decimal>,
    /// Whole unit-periods, odd days, and the days that they are set against.
    unit_periods: Option<(i64, i64, i64)>,
}

/// Counts the time between the dates of a vector.
pub(super) fn judge(vector: &Value) -> Verdict {
    let read = expected(vector).and_then(|expected| Ok((expected, compute(vector)?)));
    let (expected, found) = match read {
        Ok(both) => both,
        Err(reason) => return Verdict::NotApplicable(reason.to_string()),
    };
    match found {
        Ok(found) if expected.met_by(found) => Verdict::Passed,
        Ok(found) => Verdict::Failed { expected: expected.in_words(), found: found.among(expected).in_words() },
        Err(refusal) => Verdict::Failed { expected: expected.in_words(), found: format!("a refusal ({refusal})") },
    }
}

fn expected(vector: &Value) -> Result<Figures, Unread> {
    let figure = |name: &str| vector.get("expected")?.get(name);
    let whole = |name: &str| figure(name).and_then(Value::as_i64);
    let unit_periods = whole("t").zip(whole("odd_days")).zip(whole("divisor"));
    let figures = Figures {
        days: whole("days"),
        year_fraction: figure("year_fraction").and_then(decimal),
        unit_periods: unit_periods.map(|((whole, odd), of)| (whole, odd, of)),
    };
    if figures == Figures::default() { Err(Unread::NoFigure) } else { Ok(figures) }
}

/// The figures of the vector's convention, or its refusal of the dates.
fn compute(vector: &Value) -> Result<Result<Figures, String>, Unread> {
    let date = |name: &str| field(vector, name).and_then(as_date);
    let convention = field(vector, "convention").and_then(Value::as_str).ok_or(Unread::NoDates)?;
    let (start, end) = date("start").zip(date("end")).ok_or(Unread::NoDates)?;
    let years = |years: YearFraction| Figures { year_fraction: years.rounded(PLACES), ..Figures::default() };
    if convention.starts_with("EU ") {
        let unit =
            [("week", eu_ccd::TimeUnit::Weeks), ("month", eu_ccd::TimeUnit::Months), ("year", eu_ccd::TimeUnit::Years)];
        let unit = named(convention, &unit)?;
        Ok(eu_ccd::years_between(unit, start, end).map(years).map_err(|error| error.to_string()))
    } else if convention.starts_with("UK CONC") {
        let unit = if convention.contains("single") {
            uk_conc::TimeUnit::of_single_repayment(start, end)
        } else {
            Ok(named(convention, &[("week", uk_conc::TimeUnit::Weeks), ("month", uk_conc::TimeUnit::Months)])?)
        };
        let found = unit.and_then(|unit| uk_conc::years_between(unit, start, end));
        Ok(found.map(years).map_err(|error| error.to_string()))
    } else if let Some((_, unit)) = convention.split_once("unit-period ") {
        Ok(unit_periods(unit, start, end)?.ok_or_else(|| "dates out of order".to_owned()))
    } else {
        by_day_count(vector, convention, start, end)
    }
}

/// The one time unit that a convention's words name.
fn named<T: Copy>(convention: &str, units: &[(&str, T)]) -> Result<T, Unread> {
    // What stands in brackets is a remark.
    let words = convention.split('(').next().unwrap_or(convention);
    let mut found = units.iter().filter(|(word, _)| words.contains(word));
    match (found.next(), found.next()) {
        (Some((_, unit)), None) => Ok(*unit),
        _ => Err(Unread::TimeUnit(convention.to_owned())),
    }
}

fn unit_periods(unit: &str, start: Date, end: Date) -> Result<Option<Figures>, Unread> {
    let unknown = || Unread::UnitPeriod(unit.to_owned());
    let spelt = unit.replace("half year", "half-year").replace("halfYear", "half-year");
    let words: Vec<_> = spelt.split_whitespace().collect();
    let (count, word) = match words.as_slice() {
        [word] => (1, *word),
        [count, word] => (count.parse().map_err(|_| unknown())?, *word),
        _ => return Err(unknown()),
    };
    let period = match (count, word.trim_end_matches('s')) {
        (1, "day") => UnitPeriod::Days(1),
        (1, "semimonth") => UnitPeriod::Semimonth,
        (1, "year") => UnitPeriod::Year,
        (1, "fortnight") => UnitPeriod::Weeks(2),
        (1, "quarter") => UnitPeriod::Months(3),
        (1, "half-year") => UnitPeriod::Months(6),
        (1..=52, "week") => UnitPeriod::Weeks(count),
        (1..=11, "month") => UnitPeriod::Months(count),
        _ => return Err(unknown()),
    };
    Ok(period.count_between(start, end).map(|found| {
        // Unit-periods of a day are written as days of a year.
        let parts = match period {
            UnitPeriod::Days(_) => (0, found.whole, 365),
            _ => (found.whole, found.odd, found.of),
        };
        let unit_periods = (i64::from(parts.0), i64::from(parts.1), i64::from(parts.2));
        Figures { unit_periods: Some(unit_periods), ..Figures::default() }
    }))
}

fn by_day_count(vector: &Value, name: &str, start: Date, end: Date) -> Result<Result<Figures, String>, Unread> {
    let convention: DayCount = name.parse().map_err(Unread::Convention)?;
    let mut accrual = Accrual::try_new(start, end).map_err(Unread::Convention)?;
    if let Some(termination) = field(vector, "termination_date").and_then(as_date) {
        accrual = accrual.terminating_on(termination);
    }
    if let Some([from, to]) = field(vector, "reference_period").and_then(Value::as_array).map(Vec::as_slice) {
        let (from, to) = as_date(from).zip(as_date(to)).ok_or(Unread::NoDates)?;
        let per_year = field(vector, "frequency").and_then(Value::as_u64).and_then(|count| u32::try_from(count).ok());
        let reference = match per_year {
            Some(per_year) => ReferencePeriod::try_new(from, to, per_year),
            None => ReferencePeriod::from_dates(from, to),
        };
        accrual = accrual.by(reference.map_err(Unread::Convention)?);
    }
    let fraction = match convention.year_fraction_of(&accrual) {
        // The vector leaves out what its convention needs: nothing can be computed.
        Err(missing @ (DayCountError::NoTermination | DayCountError::NoReference)) => {
            return Err(Unread::Convention(missing));
        }
        other => other,
    };
    let figures = fraction.and_then(|fraction| {
        let days = Some(i64::from(convention.days_of(&accrual)?));
        Ok(Figures { days, year_fraction: fraction.rounded(PLACES), unit_periods: None })
    });
    Ok(figures.map_err(|error| error.to_string()))
}

fn as_date(value: &Value) -> Option<Date> {
    value.as_str()?.parse().ok()
}

impl Figures {
    /// Every figure that is expected was found: days exactly, fractions within [`TOLERANCE`].
    fn met_by(self, found: Self) -> bool {
        let near = |expected: Decimal| {
            let off = found.year_fraction.and_then(|found| found.checked_sub(expected));
            off.is_some_and(|off| off.abs() <= TOLERANCE)
        };
        self.days.is_none_or(|days| found.days == Some(days))
            && self.year_fraction.is_none_or(near)
            && self.unit_periods.is_none_or(|parts| found.unit_periods == Some(parts))
    }

    /// Those of the figures that the other has as well.
    fn among(self, other: Self) -> Self {
        Self {
            days: self.days.filter(|_| other.days.is_some()),
            year_fraction: self.year_fraction.filter(|_| other.year_fraction.is_some()),
            unit_periods: self.unit_periods.filter(|_| other.unit_periods.is_some()),
        }
    }

    fn in_words(self) -> String {
        let days = self.days.map(|days| format!("{days} days"));
        let years = self.year_fraction.map(|years| format!("{} of a year", years.round_dp(12).normalize()));
        let parts = self.unit_periods.map(|(whole, odd, of)| format!("{whole} + {odd}/{of} unit-periods"));
        let all: Vec<_> = [days, years, parts].into_iter().flatten().collect();
        if all.is_empty() { "no such figure".to_owned() } else { all.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn vector(convention: &str, start: &str, end: &str, expected: Value) -> Value {
        json!({"convention": convention, "start": start, "end": end, "expected": expected})
    }

    fn not_applicable(vector: &Value) -> String {
        match judge(vector) {
            Verdict::NotApplicable(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_family_is_computed_and_a_wrong_figure_fails() {
        let years = |years: f64| json!({"year_fraction": years});
        let parts = |t: u32, odd_days: u32, divisor: u32| json!({"t": t, "odd_days": odd_days, "divisor": divisor});
        let table = [
            ("Act/360", "2011-12-28", "2012-03-01", json!({"days": 64, "year_fraction": 0.177777777778})),
            ("EU 2008/48/EC interval, months", "2012-01-12", "2012-02-15", years(0.0915525114155251)),
            ("EU 2008/48/EC interval, weeks", "2012-01-12", "2013-01-10", years(1.0)),
            (
                "UK CONC App 1.2 months (residual split over calendar years)",
                "2025-01-12",
                "2025-02-15",
                years(0.0915525114155251),
            ),
            (
                "UK CONC App 1.1 single payment: month beats week",
                "2020-02-01",
                "2020-03-01",
                years(0.08333333333333333),
            ),
            ("Reg Z Appendix J unit-period 4 weeks", "1978-03-18", "1978-04-20", parts(1, 5, 28)),
            ("Reg Z Appendix J unit-period half year", "2026-01-10", "2026-08-01", parts(1, 22, 180)),
            ("Reg Z Appendix J unit-period day", "2025-12-06", "2026-01-17", parts(0, 42, 365)),
        ];
        for (convention, start, end, expected) in table {
            assert_eq!(judge(&vector(convention, start, end, expected)), Verdict::Passed, "{convention}");
            for wrong in [years(0.5), json!({"days": 1}), parts(9, 9, 9)] {
                let verdict = judge(&vector(convention, start, end, wrong));
                assert!(matches!(verdict, Verdict::Failed { .. }), "{convention}: {verdict:?}");
            }
        }
    }

    #[test]
    fn days_are_exact_and_fractions_near() {
        let act = |expected: Value| judge(&vector("Act/365F", "2026-01-01", "2026-03-15", expected));
        assert_eq!(act(json!({"year_fraction": 0.200000001})), Verdict::Passed);
        let failed =
            Verdict::Failed { expected: "0.2000000011 of a year".to_owned(), found: "0.2 of a year".to_owned() };
        assert_eq!(act(json!({"year_fraction": 0.2000000011})), failed);
        let failed = Verdict::Failed { expected: "74 days".to_owned(), found: "73 days".to_owned() };
        assert_eq!(act(json!({"days": 74})), failed);
        assert!(matches!(act(json!({"days": 74, "year_fraction": 0.2})), Verdict::Failed { .. }));
    }

    #[test]
    fn what_the_contract_adds_is_read_from_the_vector() {
        let half = json!({"year_fraction": 0.5});
        let mut isda = vector("30E/360 ISDA", "2006-08-31", "2007-02-28", half.clone());
        assert!(not_applicable(&isda).contains("termination date"));
        isda["termination_date"] = json!("2009-02-28");
        assert_eq!(judge(&isda), Verdict::Passed);
        isda["termination_date"] = json!("2007-02-28");
        assert!(matches!(judge(&isda), Verdict::Failed { .. }));

        let mut icma = vector("Act/Act ICMA (ISMA)", "2003-07-15", "2004-01-15", half);
        assert!(not_applicable(&icma).contains("coupon period"));
        icma["reference_period"] = json!(["2003-07-15", "2004-01-15"]);
        assert_eq!(judge(&icma), Verdict::Passed);
        icma["frequency"] = json!(1);
        assert!(matches!(judge(&icma), Verdict::Failed { .. }));
    }

    #[test]
    fn what_is_not_computed_says_why() {
        let days = json!({"days": 3});
        let reason = |convention: &str, end: &str, expected: &Value| {
            not_applicable(&vector(convention, "2026-01-01", end, expected.clone()))
        };
        assert!(reason("30/360", "2026-01-04", &days).contains("`30/360` is not the name of one day count"));
        assert!(reason("Act/360", "2025-01-04", &days).contains("ends before it starts"));
        assert!(reason("Act/360", "4 January", &days).contains("two dates"));
        assert!(reason("Act/360", "2026-01-04", &json!({"price": 3})).contains("neither days"));
        assert!(reason("Reg Z Appendix J unit-period lustrum", "2026-01-04", &days).contains("lustrum"));
        assert!(reason("Reg Z Appendix J unit-period 12 months", "2026-01-04", &days).contains("12 months"));
        assert!(reason("EU 2008/48/EC interval, days", "2026-01-04", &days).contains("time unit"));
        assert!(reason("UK CONC App months or weeks", "2026-01-04", &days).contains("time unit"));
    }
}
