//! Lenders, behind one trait: the guards around every call, the provider protocol over HTTP, and Aave v3 on chain.

pub mod aave;
pub mod clock;
pub mod guard;
pub mod http;
pub mod protocol;
pub mod provider;
pub mod signature;
pub mod trace;
