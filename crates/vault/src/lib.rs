//! The seal: keys of persons, sealed fields, blind index, search tokens. Pure.
//!
//! Why: nothing personal is ever stored readable, so destroying a person's key erases every copy of what
//! they gave, in old pages, journals and backups alike (`policy-spec` section 6).
//! Must not know: storage, the clock, randomness. Nonces and key bytes are arguments; a nonce must come
//! from a random source of the caller and never be used twice (24 random bytes do).

mod index;
mod key;
mod mac;
mod place;
mod seal;
mod word;
mod workspace;

pub use key::SubjectKey;
pub use mac::same;
pub use place::Place;
pub use seal::{OpenError, Sealed, body_mac, open, seal};
pub use word::{TOKENS_MAX, WORD_LENGTH_MAX, WORD_LENGTH_MIN};
pub use workspace::WorkspaceKeys;

/// Bytes of a nonce (`XChaCha20`).
pub const NONCE_BYTES: usize = 24;

/// Bytes that sealing adds to a value: the nonce and the authentication tag.
pub const SEAL_OVERHEAD_BYTES: usize = NONCE_BYTES + 16;
