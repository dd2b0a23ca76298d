//! Sealing and opening one field: XChaCha20-Poly1305 under the person's key, bound to its place.
//!
//! Form: nonce (24 bytes), then the sealed bytes, then the tag (16 bytes).
//! Must not know: where nonces come from, or where the bytes go.

use std::{fmt, marker::PhantomData};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use policy::{DataCategory, Personal};
use thiserror::Error;

use crate::{NONCE_BYTES, SEAL_OVERHEAD_BYTES, key::SubjectKey, mac, place::Place};

const FIELD_LABEL: &str = "chatham field v1";
const BODY_LABEL: &str = "chatham body v1";

/// A sealed value of category `C`: bytes that are worth nothing without the person's key.
pub struct Sealed<C: DataCategory> {
    bytes: Vec<u8>,
    category: PhantomData<C>,
}

/// Why something did not open. Carries nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Fewer bytes than the nonce and the tag take.
    #[error("cannot open a sealed value: it is too short to be one")]
    TooShort,
    /// Another key, another place, or altered bytes. Which of them cannot be told.
    #[error("cannot open a sealed value: wrong key, wrong place or altered")]
    Refused,
    /// Opened, but not what was sealed: no text, or no key of 32 bytes.
    #[error("cannot open a sealed value: its content has the wrong form")]
    WrongForm,
}

/// Seals a value for its place. `nonce` must be random and used once.
#[must_use]
pub fn seal<C: DataCategory>(
    key: &SubjectKey,
    place: &Place<'_>,
    plain: &Personal<String, C>,
    nonce: [u8; NONCE_BYTES],
) -> Sealed<C> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the vault is the one caller: what it exposes leaves sealed"
    )]
    let text = plain.expose_to_seal();
    let aad = place.encode(FIELD_LABEL);
    Sealed::from_bytes(seal_bytes(key.bytes(), &aad, text.as_bytes(), nonce))
}

/// Opens a value at its place.
///
/// # Errors
/// If the key or the place is another one, or the bytes were altered.
pub fn open<C: DataCategory>(
    key: &SubjectKey,
    place: &Place<'_>,
    sealed: &Sealed<C>,
) -> Result<Personal<String, C>, OpenError> {
    let plain = open_bytes(key.bytes(), &place.encode(FIELD_LABEL), &sealed.bytes)?;
    let text = String::from_utf8(plain).map_err(|_| OpenError::WrongForm)?;
    Ok(Personal::new(text))
}

/// A keyed digest of a body at its place: tells whether a repeated request carries the same text,
/// without keeping the text. Dies with the person's key.
#[must_use]
pub fn body_mac(key: &SubjectKey, place: &Place<'_>, text: &str) -> [u8; 32] {
    let aad = place.encode(BODY_LABEL);
    let message = mac::encode(BODY_LABEL, &[&aad, text.as_bytes()]);
    mac::mac(&key.derive(BODY_LABEL), &message)
}

impl<C: DataCategory> Sealed<C> {
    /// Takes bytes as they were stored. Whether they open is seen when they are opened.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            category: PhantomData,
        }
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes to store, without copying them.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl<C: DataCategory> Clone for Sealed<C> {
    fn clone(&self) -> Self {
        Self::from_bytes(self.bytes.clone())
    }
}

impl<C: DataCategory> fmt::Debug for Sealed<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<sealed {}>", C::CATEGORY.key())
    }
}

pub(crate) fn seal_bytes(
    key: &[u8; 32],
    aad: &[u8],
    plain: &[u8],
    nonce: [u8; NONCE_BYTES],
) -> Vec<u8> {
    let payload = Payload { msg: plain, aad };
    let cipher = XChaCha20Poly1305::new(key.into());
    let Ok(body) = cipher.encrypt(&nonce.into(), payload) else {
        unreachable!("XChaCha20-Poly1305 refuses only values above 256 GiB");
    };
    let mut bytes = Vec::with_capacity(plain.len() + SEAL_OVERHEAD_BYTES);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&body);
    bytes
}

pub(crate) fn open_bytes(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
    let Some((nonce, body)) = sealed.split_first_chunk::<NONCE_BYTES>() else {
        return Err(OpenError::TooShort);
    };
    if sealed.len() < SEAL_OVERHEAD_BYTES {
        return Err(OpenError::TooShort);
    }
    XChaCha20Poly1305::new(key.into())
        .decrypt(nonce.into(), Payload { msg: body, aad })
        .map_err(|_| OpenError::Refused)
}

#[cfg(test)]
mod tests {
    use policy::PrivateContent;
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'static> = Place {
        workspace: "w",
        table: "message",
        column: "body",
        row: "r",
    };

    fn sealed(text: &str) -> Sealed<PrivateContent> {
        let key = SubjectKey::from_bytes([7; 32]);
        seal(&key, &PLACE, &Personal::new(text.to_owned()), [9; 24])
    }

    fn opened(key: [u8; 32], place: &Place<'_>, bytes: Vec<u8>) -> Result<String, OpenError> {
        let sealed = Sealed::<PrivateContent>::from_bytes(bytes);
        open(&SubjectKey::from_bytes(key), place, &sealed).map(|plain| text_of(&plain))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test of the vault compares what was sealed"
    )]
    fn text_of(plain: &Personal<String, PrivateContent>) -> String {
        plain.expose_to_seal().clone()
    }

    #[test]
    fn a_value_opens_only_at_its_place() {
        let bytes = sealed("hello").into_bytes();
        let elsewhere = [
            Place {
                workspace: "v",
                ..PLACE
            },
            Place {
                table: "note",
                ..PLACE
            },
            Place {
                column: "name",
                ..PLACE
            },
            Place { row: "s", ..PLACE },
        ];

        assert_eq!(
            opened([7; 32], &PLACE, bytes.clone()),
            Ok("hello".to_owned())
        );
        for place in elsewhere {
            assert_eq!(
                opened([7; 32], &place, bytes.clone()),
                Err(OpenError::Refused)
            );
        }
        assert_eq!(opened([8; 32], &PLACE, bytes), Err(OpenError::Refused));
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let bytes = sealed("a message").into_bytes();

        for bit in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                opened([7; 32], &PLACE, altered),
                Err(OpenError::Refused),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = sealed("a message").into_bytes();

        for length in 0..bytes.len() {
            let cut = opened([7; 32], &PLACE, bytes[..length].to_vec());
            let too_short = length < SEAL_OVERHEAD_BYTES;
            let expected = if too_short {
                OpenError::TooShort
            } else {
                OpenError::Refused
            };
            assert_eq!(cut, Err(expected), "length {length}");
        }
    }

    #[test]
    fn debug_shows_the_category_only() {
        assert_eq!(
            format!("{:?}", sealed("secret")),
            "<sealed user.content.private>"
        );
    }

    #[test]
    fn sealing_agrees_with_the_draft_vector_of_xchacha20_poly1305() {
        // draft-irtf-cfrg-xchacha-03, appendix A.3.1.
        let key: [u8; 32] = std::array::from_fn(|index| 0x80 + u8::try_from(index).unwrap());
        let nonce: [u8; 24] = std::array::from_fn(|index| 0x40 + u8::try_from(index).unwrap());
        let aad = [
            0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
        ];
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one \
            tip for the future, sunscreen would be it.";

        let bytes = seal_bytes(&key, &aad, plain, nonce);

        let tag = [
            0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a,
            0xcf, 0x49,
        ];
        assert_eq!(bytes[24..28], [0xbd, 0x6d, 0x17, 0x9d]);
        assert_eq!(bytes[bytes.len() - 16..], tag);
    }

    #[test]
    fn a_body_mac_depends_on_key_place_and_text() {
        let key = SubjectKey::from_bytes([1; 32]);
        let mac = body_mac(&key, &PLACE, "text");

        assert_eq!(mac, body_mac(&key, &PLACE, "text"));
        assert_ne!(mac, body_mac(&key, &PLACE, "text "));
        assert_ne!(mac, body_mac(&key, &Place { row: "s", ..PLACE }, "text"));
        assert_ne!(
            mac,
            body_mac(&SubjectKey::from_bytes([2; 32]), &PLACE, "text")
        );
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(text in ".*", nonce in any::<[u8; 24]>(), key in any::<[u8; 32]>()) {
            let subject = SubjectKey::from_bytes(key);
            let plain = Personal::<String, PrivateContent>::new(text.clone());

            let bytes = seal(&subject, &PLACE, &plain, nonce).into_bytes();

            prop_assert_eq!(bytes.len(), text.len() + SEAL_OVERHEAD_BYTES);
            prop_assert_eq!(opened(key, &PLACE, bytes), Ok(text));
        }
    }
}
