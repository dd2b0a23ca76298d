//! Copies sealed to a public key, in the format of `age` (X25519), so that the tool of that name opens them.

use std::io::Write;

use age::x25519::Recipient;
use app::Envelope;

/// Seals with `age`.
pub(crate) struct AgeEnvelope;

impl Envelope for AgeEnvelope {
    fn is_recipient(&self, key: &str) -> bool {
        key.parse::<Recipient>().is_ok()
    }

    fn seal(&self, key: &str, plain: &[u8]) -> Option<Vec<u8>> {
        let recipient: Recipient = key.parse().ok()?;
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).ok()?;
        let mut sealed = Vec::new();
        let mut writer = encryptor.wrap_output(&mut sealed).ok()?;
        writer.write_all(plain).ok()?;
        writer.finish().ok()?;
        Some(sealed)
    }
}
