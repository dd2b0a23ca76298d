//! The words: types, states and transitions. Pure.
//!
//! Must not know: storage, HTTP, keys, the wall clock.

mod conversation;
mod email;
mod id;
mod message;
mod text;

pub use conversation::*;
pub use email::{EMAIL_BYTES_MAX, EmailAddress, InvalidEmail};
pub use id::*;
pub use message::{AuthorKind, MessageKind, SystemCode, UnknownWord};
pub use text::*;
