//! A visitor and an agent talk: every rule and every refusal of the use cases, on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod conversation;
mod message;
mod search;
mod start;
mod world;
