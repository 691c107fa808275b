//! Pure lending: money, rates, APR, schedules, requests, offers, quotes and their ranking.
//!
//! Everything here is a function of its inputs. There is no I/O, no async and no clock: a caller that needs
//! "now" passes it in. What the gateway says about a price is decided in this crate and nowhere else.

#![warn(clippy::float_arithmetic)]

pub mod actus;
pub mod apr;
pub mod asset;
pub mod caip;
pub mod calendar;
pub mod capabilities;
pub mod consent;
pub mod country;
pub mod curve;
pub mod day_count;
pub mod deadline;
pub mod decline;
pub mod ids;
pub mod money;
pub mod normalise;
pub mod offer;
pub mod period;
pub mod policy;
pub mod quote;
pub mod ranking;
pub mod rate;
pub mod refusal;
pub mod request;
pub mod schedule;
pub mod secured;
mod spelling;

pub use ruint::aliases::U256;
pub use rust_decimal::Decimal;
