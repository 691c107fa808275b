//! What is hashed and signed in Rust against three others: the contracts, ethers.js and Foundry.

mod elsewhere;
mod on_chain;
mod structs;
