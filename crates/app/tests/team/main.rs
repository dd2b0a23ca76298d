//! The team's stories: signing in, access, invitations, passwords, second factor, sites, letters.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "../common/mod.rs"]
mod common;

mod agent;
mod canned_reply;
mod housekeeping;
mod invitation;
mod letter;
mod office;
mod password;
mod session;
mod setup;
mod site;
mod totp;
