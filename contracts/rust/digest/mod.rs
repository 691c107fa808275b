//! What is signed and proven: EIP-712 digests of every struct that a contract accepts a signature over, roots and proofs
//! of its Merkle trees, and signatures packed as the oracle reads them.
//!
//! Each contract has its domain and its messages, and a message can be hashed in its own contract's domain only. Structs
//! of a contract's interface are those of its bindings; what the contracts hash member by member is declared here.

pub mod debt_book;
mod domain;
pub mod merkle;
pub mod oracle;
pub mod quorum;
pub mod register;

pub use debt_book::DebtBookDomain;
pub use oracle::OracleDomain;
pub use register::RegisterDomain;
