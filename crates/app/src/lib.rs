//! What the system does: one file per feature, each permit -> load -> decide -> save + outbox -> publish.
//!
//! Must not know: HTTP, SQL, SMTP.

pub mod actor;
mod app;
mod authenticate;
pub mod backup;
mod erasure;
mod error;
mod host;
mod hydrate;
mod keyring;
mod opener;
mod origin;
mod proof;
mod random;
mod reading;
mod ready;

mod stream;

pub use actor::{Actor, Agent, Visitor};
pub use app::{App, Parts, Settings};
pub use authenticate::token_hash;
pub use error::{AppError, FieldError};
pub use hydrate::HydratedEvent;
pub use keyring::Keyring;
pub use random::{Random, bytes};
pub use reading::person_ref;
