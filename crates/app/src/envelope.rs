//! Sealing a copy to somebody's public key, as it is passed in.
//!
//! Must not know: the format, where its randomness comes from.

/// Seals bytes to a public key. The only implementation is in the binary (its format draws randomness itself).
pub trait Envelope: Send + Sync {
    /// Whether this is a public key of the format.
    fn is_recipient(&self, key: &str) -> bool;

    /// The bytes, sealed so that the private key alone opens them; none if the key is not one or sealing fails.
    fn seal(&self, key: &str, plain: &[u8]) -> Option<Vec<u8>>;
}
