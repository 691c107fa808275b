//! What was measured, as a table for people and as a line for each figure.

use super::chain::HARDFORK;
use super::ledger::Party;
use super::ratio::{RATIOS, Ratio};
use super::{GasError, Measured};

impl Measured {
    /// For people.
    ///
    /// # Errors
    /// When something that is compared was not measured.
    pub fn table(&self) -> Result<String, GasError> {
        let mut table = format!("gas used by a transaction, as its receipt says; rules of {HARDFORK}\n");
        for party in [Party::Agio, Party::Aave, Party::Morpho] {
            table.push_str(&format!("\n  {}\n", party.title()));
            for operation in self.ledger.of(party) {
                table.push_str(&format!("  {:>12}  {}\n", grouped(operation.gas), operation.what));
            }
        }
        table.push_str("\n  side by side\n");
        for ratio in RATIOS {
            let (over, under) = self.sides(ratio)?;
            let times = thousandths(over, under);
            table.push_str(&format!(
                "  {:>12}  {} / {}  {}\n",
                format!("{times} x"),
                grouped(over),
                grouped(under),
                ratio.what
            ));
        }
        Ok(table)
    }

    /// For machines: `figure NAME VALUE UNIT`.
    ///
    /// # Errors
    /// As [`Measured::table`].
    pub fn figures(&self) -> Result<Vec<String>, GasError> {
        let operations = self.ledger.all().iter();
        let mut lines: Vec<_> =
            operations.map(|operation| format!("figure {} {} gas", operation.name, operation.gas)).collect();
        for ratio in RATIOS {
            let (over, under) = self.sides(ratio)?;
            lines.push(format!("figure {} {} x", ratio.name, thousandths(over, under)));
        }
        Ok(lines)
    }

    fn sides(&self, ratio: &Ratio) -> Result<(u64, u64), GasError> {
        let (over, under) = ratio.parts();
        Ok((self.ledger.sum(over)?, self.ledger.sum(under)?))
    }
}

/// To three places, rounded up: a limit that is passed is never hidden.
fn thousandths(over: u64, under: u64) -> String {
    let times = (over * 1_000).div_ceil(under.max(1));
    format!("{}.{:03}", times / 1_000, times % 1_000)
}

fn grouped(gas: u64) -> String {
    let digits = gas.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i != 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_rounded_up_and_never_hides_that_a_limit_is_passed() {
        assert_eq!(thousandths(110, 100), "1.100");
        assert_eq!(thousandths(1_100_001, 1_000_000), "1.101");
        assert_eq!(thousandths(1, 3), "0.334");
    }

    #[test]
    fn digits_are_grouped_by_three_from_the_right() {
        let texts = [0, 999, 1_000, 21_000, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "21,000", "1,234,567"]);
    }
}
