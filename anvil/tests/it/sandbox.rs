//! The sandbox lenders, asked as the gateway asks them: through its own client and guards.

mod asking;
mod magic;
mod pricing;
mod protocol;
mod running;
