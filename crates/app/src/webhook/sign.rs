//! Signatures of deliveries, as Standard Webhooks has them: HMAC-SHA256 over id, time and body.
//!
//! Must not know: where a delivery goes.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A secret as its receiver gets it, once.
pub(super) fn secret_text(secret: &[u8; 32]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// The three headers of a delivery. `at_s` is the time in seconds since 1970.
pub(super) fn headers(
    secret: &[u8; 32],
    id: &str,
    at_s: i64,
    body: &[u8],
) -> [(&'static str, String); 3] {
    let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(secret) else {
        unreachable!("HMAC takes a key of any length");
    };
    hmac.update(format!("{id}.{at_s}.").as_bytes());
    hmac.update(body);
    let signature = STANDARD.encode(hmac.finalize().into_bytes());
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at_s.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification and its reference libraries.
    #[test]
    fn signature_is_the_one_of_the_specification() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let mut padded = [0_u8; 32];
        padded[..secret.len()].copy_from_slice(&secret);
        // A key shorter than the block is padded with zeros, so the padded one gives the same.
        let headers = headers(
            &padded,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );

        assert_eq!(
            headers[2].1,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
