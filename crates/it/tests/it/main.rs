//! Stories about the whole program, on SQLite and on PostgreSQL. One file for each feature.
#![allow(
    clippy::allow_attributes,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a story fails by panicking; which of these a story needs differs from day to day"
)]

mod age;
mod child;
mod clock;
mod conversation;
mod disclosure;
mod drill;
mod durability;
mod erasure;
mod erasure_crash;
mod evidence;
mod fault;
mod first_run;
mod hold;
mod idempotency;
mod incident;
mod intake;
mod ledger;
mod limit;
mod log;
mod metric;
mod notice;
mod permission;
mod policy;
mod privacy_check;
mod publish;
mod reading;
mod refusal;
mod request;
mod retention;
mod serve;
mod stream;
mod subscription;
mod webhook;
