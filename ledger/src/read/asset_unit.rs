//! In what an asset's amounts are shown.

use domain::asset::AssetRegistry;
use domain::money::write_major;
use ruint::aliases::U256;

use super::sums::Net;

/// Major units with the decimals of a currency or of a token that is configured; base units of anything else, whose decimals
/// nobody here knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssetUnit {
    decimals: Option<u8>,
}

impl AssetUnit {
    #[must_use]
    pub fn of(asset: &str, registry: &AssetRegistry) -> Self {
        Self { decimals: registry.resolve(asset).ok().map(|asset| asset.decimals()) }
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        if self.decimals.is_some() { "major" } else { "base" }
    }

    #[must_use]
    pub fn amount(self, units: U256) -> String {
        let mut text = String::with_capacity(24);
        write_major(&mut text, units, self.decimals.unwrap_or(0));
        text
    }

    /// With a minus sign below zero.
    #[must_use]
    pub fn net(self, net: Net) -> String {
        let amount = self.amount(net.amount());
        if net.is_below_zero() { format!("-{amount}") } else { amount }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_known_decimals_is_shown_in_major_units_and_the_rest_in_base_units() {
        let registry = AssetRegistry::default();
        let shown = |asset, units: u64| AssetUnit::of(asset, &registry).amount(U256::from(units));
        assert_eq!(shown("USD", 125_050), "1250.50");
        assert_eq!(shown("JPY", 125_050), "125050");
        assert_eq!(shown("eip155:1/slip44:60", 125_050), "125050");
        assert_eq!(AssetUnit::of("eip155:1/slip44:60", &registry).name(), "base");
        let below = Net::between(U256::ZERO, U256::from(5));
        assert_eq!(AssetUnit::of("USD", &registry).net(below), "-0.05");
    }
}
