//! The promise: the policy file as a program. Pure, no I/O.
//!
//! Must not know: storage, HTTP, the wall clock, any other room.

mod category;
mod permit;
mod personal;
mod policy;
mod purpose;
mod refusal;
mod time;

pub use category::*;
pub use permit::{Permit, Reading};
pub use personal::Personal;
pub use policy::{Ask, Channel, Policy, Role, Subject};
pub use purpose::*;
pub use refusal::Refusal;
pub use time::{Clock, Timestamp};
