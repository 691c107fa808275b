//! Why a liquidation does not happen.

use ruint::aliases::U256;

use crate::secured::ArithmeticError;

/// In the order in which the contract checks. All but the last are the liquidator's to mend or to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LiquidationRefusal {
    #[error("health is {health} and nothing is called: nothing may be repaid")]
    HealthSound { health: U256 },
    #[error("health is {health}: only {closeable} may be repaid")]
    OnlyPart { health: U256, closeable: U256 },
    #[error("nothing is locked of asset {asset}")]
    NothingLocked { asset: usize },
    #[error("nothing would be repaid")]
    NothingRepaid,
    #[error("{repaid} would be paid, at most {max_paid} is wanted")]
    PaidAboveMax { repaid: U256, max_paid: U256 },
    #[error("{given} least amounts for {assets} assets")]
    ListsMismatch { assets: usize, given: usize },
    #[error("{received} of asset {asset} would be received, at least {min_received} is wanted")]
    ReceivedBelowMin { asset: usize, received: U256, min_received: U256 },
    #[error("a debt worth {debt_left} and collateral worth {collateral_left} would be left: below {dust} is dust")]
    DustLeft { debt_left: U256, collateral_left: U256, dust: U256 },
    #[error("health would fall from {before} to {after}")]
    HealthLowered { before: U256, after: U256 },
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}
