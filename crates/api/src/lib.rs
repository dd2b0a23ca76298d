//! JSON over HTTP, event streams, and the accept loop.
//!
//! Handlers read like a sentence: extract, call one `app` function, map to a view.
//! Must not know: SQL, keys, the policy's decisions.

mod address;
mod agent;
mod asset;
mod body;
mod canned_reply;
mod channel;
mod child;
mod consent;
mod contact;
mod conversation;
mod cors;
mod disclosure;
mod drill;
mod erasure;
mod evidence;
mod extract;
mod header;
mod health;
mod held;
mod hold;
mod idempotency;
mod incident;
mod invitation;
mod limit;
mod loader;
mod message;
mod metric;
mod notice;
mod password;
mod path;
mod person_block;
mod policy;
mod privacy_check;
mod problem;
mod purge;
mod reading;
mod request;
mod router;
mod search;
mod serve;
mod session;
mod setup;
mod site;
mod stream;
mod stream_socket;
mod stream_sse;
mod subscription;
mod tls;
mod totp;
mod webhook;
mod widget_config;
mod widget_conversation;
mod workspace;

pub use address::TrustedProxies;
pub use metric::metrics_router;
pub use router::{RouterSettings, openapi, router};
pub use serve::{ConnectionSettings, Connections, serve};
pub use tls::{AcmeSettings, Tls};
