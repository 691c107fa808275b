//! The ledger on a real Postgres.

mod accounts;
mod books;
mod chart;
mod histories;
mod killed;
mod posting;
mod raw_sql;
mod reference;
mod verifying;
