//! The family that gives every month 30 days: 360 (Y2 - Y1) + 30 (M2 - M1) + (D2 - D1), each member with its own way
//! of bringing the 31st and the end of February to a 30th.

use jiff::civil::Date;

/// Which of the family, with the rule for the days of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thirty {
    /// D1 31 becomes 30; D2 31 becomes 30 when D1 is then 30.
    BondBasis,
    /// As the bond basis, after both ends of February became 30: D1 always, D2 when D1 is one as well.
    Us,
    /// As the bond basis, after D1 became 30 at the end of February.
    Psa,
    /// D1 and D2 31 become 30.
    European,
    /// As the European, and both ends of February become 30, D2 unless the contract terminates then.
    EuropeanIsda { termination: Date },
}

/// Days from one date to a later one. `None` never happens for dates in order.
pub(super) fn days(rule: Thirty, start: Date, end: Date) -> Option<u32> {
    // Counted by the letter, the last of February to itself would be two days less than none in some of them.
    if start == end {
        return Some(0);
    }
    let (mut first, mut second) = (start.day(), end.day());
    match rule {
        Thirty::BondBasis | Thirty::European => {}
        Thirty::Psa => {
            if ends_february(start) {
                first = 30;
            }
        }
        Thirty::Us => {
            if ends_february(start) {
                first = 30;
                if ends_february(end) {
                    second = 30;
                }
            }
        }
        Thirty::EuropeanIsda { termination } => {
            if ends_february(start) {
                first = 30;
            }
            if ends_february(end) && end != termination {
                second = 30;
            }
        }
    }
    first = first.min(30);
    let european = matches!(rule, Thirty::European | Thirty::EuropeanIsda { .. });
    if european || first == 30 {
        second = second.min(30);
    }
    let years = i32::from(end.year()).checked_sub(i32::from(start.year()))?.checked_mul(360)?;
    let months = i32::from(end.month()).checked_sub(i32::from(start.month()))?.checked_mul(30)?;
    let days = i32::from(second).checked_sub(i32::from(first))?;
    u32::try_from(years.checked_add(months)?.checked_add(days)?).ok()
}

fn ends_february(date: Date) -> bool {
    date.month() == 2 && date.day() == date.days_in_month()
}
