//! The words: types, states and transitions. Pure.
//!
//! Must not know: storage, HTTP, keys, the wall clock.

mod id;

pub use id::*;
