//! The ledger on a real Postgres.

mod books;
mod chart;
mod posting;
mod raw_sql;
