//! What the system does: one file per feature, each permit -> load -> decide -> save + outbox -> publish.
//!
//! Must not know: HTTP, SQL, SMTP.

pub mod actor;
mod app;
mod authenticate;
pub mod backup;
mod consent;
mod erasure;
mod error;
mod export;
mod held;
mod host;
mod hydrate;
mod inventory;
mod keyring;
mod opener;
mod origin;
mod policy_chain;
mod proof;
mod random;
mod reading;
mod ready;

mod stream;

pub use actor::{Actor, Agent, Visitor};
pub use app::{App, Parts, Settings};
pub use authenticate::token_hash;
pub use consent::RememberView;
pub use error::{AppError, FieldError};
pub use export::Export;
pub use held::{ConsentView, HeldItem, HeldPerson, HeldReader, HeldView};
pub use hydrate::HydratedEvent;
pub use inventory::{ColumnView, InventoryView};
pub use keyring::Keyring;
pub use policy_chain::{PolicyStart, PolicyStartError, PublishedVersion, start_policy};
pub use random::{Random, bytes};
pub use reading::person_ref;
