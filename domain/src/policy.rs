//! The ranking policy: every number that orders quotes besides their own cost, under a version.

use serde::{Deserialize, Serialize};

use crate::asset::Asset;
use crate::rate::Bps;

/// A stablecoin and the currency that it ranks as, one for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Par {
    /// CAIP-19 id of the token.
    pub token: String,
    /// ISO 4217 code.
    pub currency: String,
}

/// What is added to an offer's cost before it is compared. Nothing else moves an offer: who pays for it does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Stored with each ranking, so that it can be done again later.
    pub version: String,
    /// For an offer that the lender may still withdraw, in basis points of the amount.
    pub indicative_premium_bps: Bps,
    /// For a rate that can change, in basis points of the amount for each year of the term.
    pub variable_premium_bps_per_year: Bps,
    /// For an offer computed from data older than `stale_after_seconds`, in basis points of the amount.
    pub stale_premium_bps: Bps,
    pub stale_after_seconds: u32,
    pub pars: Vec<Par>,
}

impl Policy {
    /// Whether `a` and `b` count as the same money, one major unit for one.
    #[must_use]
    pub fn at_par(&self, a: &Asset, b: &Asset) -> bool {
        if a == b {
            return true;
        }
        let currency_of = |asset: &Asset| match asset {
            Asset::Fiat(currency) => Some(currency.code().to_owned()),
            Asset::Token(token) => {
                let id = token.id.to_string();
                self.pars.iter().find(|par| par.token.eq_ignore_ascii_case(&id)).map(|par| par.currency.clone())
            }
        };
        matches!((currency_of(a), currency_of(b)), (Some(x), Some(y)) if x == y)
    }
}

/// The policy in force unless the operator configures another.
impl Default for Policy {
    fn default() -> Self {
        Self {
            version: "2026-11".to_owned(),
            indicative_premium_bps: Bps(10),
            variable_premium_bps_per_year: Bps(50),
            stale_premium_bps: Bps(25),
            stale_after_seconds: 60,
            pars: Vec::new(),
        }
    }
}
