//! What can be looked up without being readable: e-mail addresses, suppressed addresses, words, and the
//! subjects of ledger entries. Each is a keyed digest under a key of its own.
//!
//! Must not know: how an e-mail is normalised (the caller parses it), where tokens are stored.

use std::collections::BTreeSet;

use crate::{mac, word, workspace::WorkspaceKeys};

/// A search token: eight bytes are enough to tell words apart and too few to prove one.
type Token = [u8; 8];

impl WorkspaceKeys {
    /// Look-up key of a normalised e-mail address. Goes with the person.
    #[must_use]
    pub fn blind_index(&self, value: &str) -> [u8; 32] {
        mac::mac(&self.index, value.as_bytes())
    }

    /// What stays after an erasure, so that the address is not taken in again. Tells nothing of it.
    #[must_use]
    pub fn suppression_hash(&self, value: &str) -> [u8; 32] {
        mac::mac(&self.suppression, value.as_bytes())
    }

    /// What shows that a link which stops letters was made here: the link holds the hash of the suppression list
    /// itself, so that it works without a row, for as long as the workspace has its keys.
    #[must_use]
    pub fn unsubscribe_tag(&self, suppression_hash: &[u8; 32]) -> [u8; 16] {
        let tag = mac::mac(&self.unsubscribe, suppression_hash);
        let Some(short) = tag.first_chunk() else {
            unreachable!("128 bits are fewer than a digest has");
        };
        *short
    }

    /// What a ledger entry says instead of naming a subject.
    #[must_use]
    pub fn commitment(&self, subject: &str) -> [u8; 32] {
        mac::mac(&self.commitment, subject.as_bytes())
    }

    /// What signs the deliveries of a webhook; another number, another secret.
    #[must_use]
    pub fn webhook_secret(&self, webhook_id: &str, version: i64) -> [u8; 32] {
        mac::mac(&self.webhook, format!("{webhook_id}.{version}").as_bytes())
    }

    /// Tokens of the words of a text, at most [`word::TOKENS_MAX`]: those of its first words.
    #[must_use]
    pub fn search_tokens(&self, text: &str) -> BTreeSet<Token> {
        word::words(text)
            .iter()
            .map(|word| self.token(word))
            .collect()
    }

    /// Tokens that a text must all have to match the query.
    #[must_use]
    pub fn query_tokens(&self, query: &str) -> BTreeSet<Token> {
        self.search_tokens(query)
    }

    fn token(&self, word: &str) -> Token {
        let tag = mac::mac(&self.search, word.as_bytes());
        let Some(token) = tag.first_chunk() else {
            unreachable!("a token is shorter than the digest it comes from");
        };
        *token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(workspace: &str) -> WorkspaceKeys {
        WorkspaceKeys::derive(&[4; 32], workspace)
    }

    #[test]
    fn a_query_finds_a_text_whatever_its_case_and_accents() {
        let text = keys("w").search_tokens("Mi pedido número 123 NO llegó.");

        for query in ["pedido", "NUMERO", "llego", "llegó no", "123"] {
            assert!(keys("w").query_tokens(query).is_subset(&text), "{query}");
        }
        assert!(!keys("w").query_tokens("pedidos").is_subset(&text));
    }

    #[test]
    fn the_same_word_differs_between_workspaces_and_uses() {
        let here = keys("w");

        assert_ne!(here.search_tokens("word"), keys("v").search_tokens("word"));
        assert_ne!(here.blind_index("a@b.c"), keys("v").blind_index("a@b.c"));
        assert_ne!(here.blind_index("a@b.c"), here.suppression_hash("a@b.c"));
        assert_ne!(here.suppression_hash("a@b.c"), here.commitment("a@b.c"));
    }

    #[test]
    fn a_text_gives_at_most_512_tokens() {
        let text = (0..2_000)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(" word");

        assert_eq!(keys("w").search_tokens(&text).len(), word::TOKENS_MAX);
    }
}
