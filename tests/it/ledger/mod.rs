//! The ledger on a real Postgres.

mod accounts;
mod books;
mod chart;
mod closing;
mod commands;
mod histories;
mod killed;
mod lender;
mod posting;
mod raw_sql;
mod reading;
mod reference;
mod routes;
mod verifying;
