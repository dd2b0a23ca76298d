//! Tokens: 256 random bits that stand for a session or a link. The database holds their hashes only.
//!
//! Must not know: what a token opens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{LinkKind, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{App, authenticate::token_hash, error::AppError};

/// A link that no longer works, whatever the reason: they are not told apart.
pub(crate) fn link_invalid() -> AppError {
    AppError::conflict(
        "link_invalid",
        "this link was used, has expired, or never was: ask for a new one",
    )
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
        text
    })
}

impl App {
    /// A fresh token, 43 characters that may stand in an address.
    #[must_use]
    pub fn new_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random::<32>())
    }

    /// A fresh link of a kind: its token, and the row to store.
    pub(crate) fn new_link(
        &self,
        workspace_id: WorkspaceId,
        kind: LinkKind,
        subject_id: &str,
        person_id: Option<PersonId>,
    ) -> (String, store::NewLink) {
        let token = self.new_token();
        let link = store::NewLink {
            workspace_id,
            token_hash: token_hash(&token),
            kind,
            subject_id: subject_id.to_owned(),
            person_id,
            expires_at: self.now().plus_seconds(kind.lifetime_s()),
        };
        (token, link)
    }
}

/// Uses a link up inside the transaction that acts on it.
pub(crate) fn take_link(
    tx: &mut store::Tx<'_>,
    kind: LinkKind,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<store::Link, AppError> {
    store::take_link(tx, kind, hash, now)?.ok_or_else(link_invalid)
}
