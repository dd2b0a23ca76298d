//! The only SQL: one text for SQLite and PostgreSQL behind one concrete [`Store`].
//!
//! Must not know: HTTP, the policy's decisions, plain text of anything sealed.

mod db;
mod dialect;
mod error;
mod reserve;
mod session;
mod tx;
mod value;
mod work;

pub use db::{Db, Listener, Location};
pub use dialect::Dialect;
pub use error::StoreError;
pub use reserve::{Reserve, Reserves};
pub use tx::{Announcement, Tx};
pub use value::{Row, Value};
