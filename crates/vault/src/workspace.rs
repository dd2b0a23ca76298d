//! Keys of one workspace, all derived from its 32-byte secret: one for each use.
//!
//! Must not know: where the secret is kept.

use std::fmt;

use zeroize::Zeroizing;

use crate::{
    NONCE_BYTES,
    key::SubjectKey,
    mac::{self, Secret},
    seal::{OpenError, open_bytes, seal_bytes},
};

/// The keys of a workspace. Wiped from memory when dropped.
pub struct WorkspaceKeys {
    workspace_id: String,
    pub(crate) wrap: Secret,
    pub(crate) index: Secret,
    pub(crate) search: Secret,
    pub(crate) commitment: Secret,
    pub(crate) suppression: Secret,
    pub(crate) webhook: Secret,
    pub(crate) unsubscribe: Secret,
}

impl WorkspaceKeys {
    /// Derives every key of the workspace. The id is bound in: the same secret under another id gives
    /// other keys.
    #[must_use]
    pub fn derive(secret: &[u8; 32], workspace_id: &str) -> Self {
        let key = |label| mac::derive(workspace_id.as_bytes(), secret, label);
        Self {
            workspace_id: workspace_id.to_owned(),
            wrap: key("chatham wrap v1"),
            index: key("chatham index v1"),
            search: key("chatham search v1"),
            commitment: key("chatham commitment v1"),
            suppression: key("chatham suppression v1"),
            webhook: key("chatham webhook v1"),
            unsubscribe: key("chatham unsubscribe v1"),
        }
    }

    /// Wraps a person's key for storage. `nonce` must be random and used once.
    #[must_use]
    pub fn wrap(&self, person_id: &str, key: &SubjectKey, nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
        seal_bytes(&self.wrap, &self.wrap_aad(person_id), key.bytes(), nonce)
    }

    /// Unwraps a person's key.
    ///
    /// # Errors
    /// If it was wrapped by another workspace or for another person, or was altered.
    pub fn unwrap(&self, person_id: &str, wrapped: &[u8]) -> Result<SubjectKey, OpenError> {
        let plain = Zeroizing::new(open_bytes(&self.wrap, &self.wrap_aad(person_id), wrapped)?);
        let bytes = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| OpenError::WrongForm)?;
        Ok(SubjectKey::from_bytes(bytes))
    }

    fn wrap_aad(&self, person_id: &str) -> Vec<u8> {
        let parts = [self.workspace_id.as_bytes(), person_id.as_bytes()];
        mac::encode("chatham wrap v1", &parts)
    }
}

impl fmt::Debug for WorkspaceKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WorkspaceKeys({})", self.workspace_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(workspace: &str) -> WorkspaceKeys {
        WorkspaceKeys::derive(&[3; 32], workspace)
    }

    #[test]
    fn a_wrapped_key_comes_back_for_its_person_only() {
        let wrapped = keys("w").wrap("person", &SubjectKey::from_bytes([5; 32]), [6; 24]);

        assert_eq!(
            keys("w").unwrap("person", &wrapped).unwrap().bytes(),
            &[5; 32]
        );
        assert_eq!(
            keys("w").unwrap("another", &wrapped).unwrap_err(),
            OpenError::Refused
        );
        assert_eq!(
            keys("v").unwrap("person", &wrapped).unwrap_err(),
            OpenError::Refused
        );
    }

    #[test]
    fn a_flipped_byte_of_a_wrapped_key_is_refused() {
        let wrapped = keys("w").wrap("person", &SubjectKey::from_bytes([5; 32]), [6; 24]);

        for index in 0..wrapped.len() {
            let mut altered = wrapped.clone();
            altered[index] ^= 0x40;
            assert_eq!(
                keys("w").unwrap("person", &altered).unwrap_err(),
                OpenError::Refused
            );
        }
    }

    #[test]
    fn no_key_serves_two_uses() {
        let keys = keys("w");
        let all = [
            &keys.wrap,
            &keys.index,
            &keys.search,
            &keys.commitment,
            &keys.suppression,
            &keys.unsubscribe,
        ];

        for (index, left) in all.iter().enumerate() {
            for right in &all[index + 1..] {
                assert_ne!(left.as_slice(), right.as_slice());
            }
        }
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", keys("w")), "WorkspaceKeys(w)");
    }
}
