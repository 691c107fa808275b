//! Loans that collateral on a chain secures: what it counts for, when it is sold, and what is owed meanwhile.
//!
//! The integer arithmetic of the contracts in `contracts/src`, to the unit: `Health`, `LiquidationMath`, `RiskRules`,
//! `FeedReader`, `DebtGrowth` and `DebtModel`, and the order in which `CollateralLiquidation` and `SignedDebtBook` apply
//! them. Each rounding is against whoever asks for more. A product is taken in 512 bits and divided once; what does not
//! fit 256 bits is an error that names the quantity, where the contracts revert. Amounts are in smallest units of their
//! asset, prices in 1e18ths of the unit of account for a whole token ("WAD"), values in WAD, shares in basis points (a
//! `u16`), times in seconds since 1970.

mod arithmetic;
mod health;
pub mod liquidation;
mod price;
mod register_debt;
mod risk;
mod signed_debt;

pub use arithmetic::ArithmeticError;
pub use health::{AssetTerms, Debt, Holding, PricedToken, WAD, factor, health, most_that_opens, opens, power, weight};
pub use price::{PriceRefusal, Route, Source};
pub use register_debt::{Payment, RegisterDebt, RegisterDefault, interest_at};
pub use risk::{RAMP_S, Ramp, RiskRefusal, check_risk};
pub use signed_debt::{
    CHALLENGE_DELAY_S, Jump, MAX_VALIDITY_S, SignedDebt, Stated, Statement, StatementRefusal, grown, growth_cap,
};

#[cfg(test)]
mod tests;
