//! What was measured, by name.

use super::GasError;

/// Whose operation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Agio,
    Aave,
    Morpho,
}

impl Party {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Agio => "Agio",
            Self::Aave => "Aave v3",
            Self::Morpho => "Morpho Blue",
        }
    }

    /// Figures of our own need no name before them.
    fn prefix(self) -> &'static str {
        match self {
            Self::Agio => "gas_",
            Self::Aave => "gas_aave_",
            Self::Morpho => "gas_morpho_",
        }
    }
}

/// One transaction of a kind, or what several of them come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) party: Party,
    /// As in `figure NAME VALUE UNIT`.
    pub(super) name: String,
    pub(super) what: String,
    pub(super) gas: u64,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    operations: Vec<Operation>,
}

impl Ledger {
    pub(super) fn record(&mut self, party: Party, name: &str, what: &str, gas: u64) -> Result<(), GasError> {
        let name = format!("{}{name}", party.prefix());
        if self.operations.iter().any(|operation| operation.name == name) {
            return Err(GasError::Twice(name));
        }
        self.operations.push(Operation { party, name, what: what.to_owned(), gas });
        Ok(())
    }

    pub(super) fn of(&self, party: Party) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(move |operation| operation.party == party)
    }

    pub(super) fn all(&self) -> &[Operation] {
        &self.operations
    }

    /// What the named figures come to.
    pub(super) fn sum(&self, names: &[&'static str]) -> Result<u64, GasError> {
        let mut sum = 0;
        for &name in names {
            let operation = self.operations.iter().find(|operation| operation.name == name);
            sum += operation.ok_or(GasError::NotMeasured(name))?.gas;
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_measured_twice_is_an_error_and_not_the_later_figure() {
        let mut ledger = Ledger::default();
        ledger.record(Party::Aave, "supply", "", 1).unwrap();
        assert!(matches!(ledger.record(Party::Aave, "supply", "", 2), Err(GasError::Twice(_))));
        assert!(ledger.record(Party::Morpho, "supply", "", 3).is_ok());
        assert_eq!(ledger.sum(&["gas_aave_supply", "gas_morpho_supply"]).unwrap(), 4);
    }

    #[test]
    fn a_figure_that_is_missing_is_not_taken_for_nothing() {
        let missing = Ledger::default().sum(&["gas_fund"]);
        assert!(matches!(missing, Err(GasError::NotMeasured("gas_fund"))));
    }
}
