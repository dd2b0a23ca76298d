//! JSON over HTTP, event streams, and the accept loop.
//!
//! Handlers read like a sentence: extract, call one `app` function, map to a view.
//! Must not know: SQL, keys, the policy's decisions.

mod address;
mod asset;
mod body;
mod cookie;
mod cors;
mod extract;
mod header;
mod health;
mod limit;
mod problem;
mod router;
mod serve;
mod stream;
mod stream_socket;
mod stream_sse;
mod tls;

pub use address::TrustedProxies;
pub use router::{RouterSettings, openapi, router};
pub use serve::{ConnectionSettings, serve};
pub use tls::{AcmeSettings, Tls};
