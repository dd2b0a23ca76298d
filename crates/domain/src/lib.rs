//! The words: types, states and transitions. Pure.
//!
//! Must not know: storage, HTTP, keys, the wall clock.

mod email;
mod id;

pub use email::{EMAIL_BYTES_MAX, EmailAddress, InvalidEmail};
pub use id::*;
