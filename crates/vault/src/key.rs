//! The key of one person: 32 random bytes. Whoever destroys it has erased the person.
//!
//! Must not know: where the wrapped key is kept.

use std::fmt;

use zeroize::Zeroizing;

use crate::mac::{self, Secret};

/// The key under which everything personal of one person is sealed. Wiped from memory when dropped.
pub struct SubjectKey(Zeroizing<[u8; 32]>);

impl SubjectKey {
    /// Takes 32 random bytes as a key.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A further key for one use, so that no key serves two algorithms.
    pub(crate) fn derive(&self, label: &'static str) -> Secret {
        mac::derive(&[], self.bytes(), label)
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SubjectKey(..)")
    }
}
