//! Credit requests: taken in, put to every lender at once, stored as answered, read back, streamed.

pub mod engine;
pub mod explain;
pub mod hub;
pub mod input;
pub mod packed;
pub mod read;
pub mod snapshot;
pub mod start;
pub mod store;
mod stored_schedule;
pub mod stream;
pub mod sweep;
pub mod turns;
pub mod view;
