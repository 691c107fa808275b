//! The ledger on a real Postgres.

mod books;
mod histories;
mod posting;
mod raw_sql;
mod reference;
mod verifying;
