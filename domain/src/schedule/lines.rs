//! A schedule as text.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::Schedule;
use crate::money::write_major;

impl Schedule {
    /// A line an instalment, amounts in major units of an asset with these decimals: number, due date, payment, principal,
    /// interest, fees, balance after it, separated by spaces.
    #[must_use]
    pub fn lines(&self, decimals: u8) -> String {
        let mut lines = String::with_capacity(self.instalments.len() * 64);
        let mut digits = itoa::Buffer::new();
        for i in &self.instalments {
            lines.push_str(digits.format(i.number));
            lines.push(' ');
            write_date(&mut lines, i.due);
            // All payments together fit, as every schedule has proven when it was made.
            let payment = i.principal.saturating_add(i.interest).saturating_add(i.fees);
            for part in [payment, i.principal, i.interest, i.fees, i.balance_after] {
                lines.push(' ');
                write_major(&mut lines, part, decimals);
            }
            lines.push('\n');
        }
        lines
    }
}

/// As `Display` writes a date: `2026-01-31`.
fn write_date(out: &mut String, date: Date) {
    let mut digits = itoa::Buffer::new();
    if !(1_000..=9_999).contains(&date.year()) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{date}");
        return;
    }
    out.push_str(digits.format(date.year()));
    for part in [date.month(), date.day()] {
        out.push_str(if part < 10 { "-0" } else { "-" });
        out.push_str(digits.format(part));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_has_every_part_of_an_instalment_in_major_units() {
        let (drawn, due) = (date(2026, 1, 15), [date(2026, 2, 5), date(2026, 12, 15)]);
        let payments = [(due[0], 5_050_u64), (due[1], 5_050)].map(|(on, paid)| (on, ruint::aliases::U256::from(paid)));
        let schedule = Schedule::from_flows(ruint::aliases::U256::from(10_100), drawn, &payments).unwrap();
        let schedule = schedule.with_fee_per_instalment(ruint::aliases::U256::from(7)).unwrap();
        assert_eq!(
            schedule.lines(2),
            "1 2026-02-05 50.57 50.50 0.00 0.07 50.50\n2 2026-12-15 50.57 50.50 0.00 0.07 0.00\n"
        );
    }

    proptest! {
        #[test]
        fn dates_are_written_as_the_calendar_writes_them(year in -9_999_i16..=9_999, month in 1_i8..=12, day in 1_i8..=28) {
            let mut text = String::new();
            write_date(&mut text, date(year, month, day));
            prop_assert_eq!(text, date(year, month, day).to_string());
        }
    }
}
