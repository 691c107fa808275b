//! The local world with its real programs.

mod aave;
mod anvil;
mod binary;
mod gas;
mod leash;
mod postgres;
mod sandbox;
mod support;
