//! The ledger on a real Postgres.

mod books;
mod posting;
mod raw_sql;
mod verifying;
