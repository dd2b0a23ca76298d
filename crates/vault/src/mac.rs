//! The two primitives behind every keyed value: HKDF-SHA256 and HMAC-SHA256.
//!
//! Must not know: what a value means.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A derived key, wiped when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Whether two keyed values are the same, in time that does not depend on where they differ.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// HKDF-SHA256 of a secret, with a label for its one use.
pub(crate) fn derive(salt: &[u8], secret: &[u8; 32], label: &str) -> Secret {
    let mut out = Zeroizing::new([0_u8; 32]);
    if Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(label.as_bytes(), out.as_mut_slice())
        .is_err()
    {
        unreachable!("HKDF-SHA256 refuses only more than 8160 bytes");
    }
    out
}

/// HMAC-SHA256 over bytes that are already unambiguous.
pub(crate) fn mac(key: &Secret, message: &[u8]) -> [u8; 32] {
    let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(key.as_slice()) else {
        unreachable!("HMAC takes a key of any length");
    };
    hmac.update(message);
    hmac.finalize().into_bytes().into()
}

/// Writes parts so that no two lists of parts give the same bytes: each with its length in front.
pub(crate) fn encode(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len() + 8).sum::<usize>();
    let mut out = Vec::with_capacity(label.len() + 8 + length);
    for part in std::iter::once(label.as_bytes()).chain(parts.iter().copied()) {
        out.extend_from_slice(&(part.len() as u64).to_le_bytes());
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_boundary_changes_the_encoding() {
        assert_ne!(encode("l", &[b"ab", b"c"]), encode("l", &[b"a", b"bc"]));
        assert_ne!(encode("l", &[b"ab"]), encode("l", &[b"ab", b""]));
        assert_ne!(encode("la", &[b"b"]), encode("l", &[b"ab"]));
    }

    #[test]
    fn hmac_agrees_with_rfc_4231_case_2_extended_to_32_byte_keys() {
        // RFC 4231 test case 2 has the key "Jefe"; a key padded with zeros to 32 bytes is the same
        // HMAC key, since HMAC pads to the block with zeros.
        let mut key = Zeroizing::new([0_u8; 32]);
        key[..4].copy_from_slice(b"Jefe");

        let tag = mac(&key, b"what do ya want for nothing?");

        let expected = [
            0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95,
            0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9,
            0x64, 0xec, 0x38, 0x43,
        ];
        assert_eq!(tag, expected);
    }
}
