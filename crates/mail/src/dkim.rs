//! DKIM: a signature over a letter's headers and text, so that its recipient's server knows the sender's domain
//! answers for it, the links that stop it among the rest (RFC 6376; Ed25519: RFC 8463).
//!
//! Why written here on `ring`: the libraries that sign bring a second implementation of RSA with a timing
//! advisory, or a resolver; what is needed is one way to sign a letter of our own making. An independent
//! verifier checks it in the tests.
//! Must not know: where keys are kept, what letters say.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use thiserror::Error;

/// Headers that are signed where the letter has them.
const SIGNED: [&str; 12] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
    "x-chatham-purpose",
    "list-unsubscribe",
    "list-unsubscribe-post",
];
/// Headers of which a second one breaks the signature: nobody on the way adds another sender or link.
const ONCE: [&str; 5] = [
    "from",
    "to",
    "subject",
    "list-unsubscribe",
    "list-unsubscribe-post",
];
/// Longest line of a folded signature.
const LINE_BYTES: usize = 72;
/// A private key for Ed25519 as PKCS #8, before its 32 bytes (RFC 8410).
const ED25519_PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// `rsaEncryption` without parameters, as it stands before a public key.
const RSA_ALGORITHM: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// Why a key cannot sign.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DkimError {
    /// Not a key of a known kind.
    #[error("it is no private key as PKCS #8 in PEM, Ed25519 or RSA of 2048 bits or more")]
    Key,
    /// Not a name in the DNS.
    #[error("a selector has letters, digits and hyphens only, such as 2026a")]
    Selector,
}

enum Key {
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// Signs letters in the name of a domain.
pub struct DkimSigner {
    selector: String,
    key: Key,
}

impl DkimSigner {
    /// A signer with a key of PKCS #8 in PEM.
    ///
    /// # Errors
    /// What cannot be used.
    pub fn new(selector: &str, pem: &str) -> Result<Self, DkimError> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if selector.is_empty() || selector.len() > 63 || !selector.bytes().all(is_name) {
            return Err(DkimError::Selector);
        }
        let der = read_pem(pem).ok_or(DkimError::Key)?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map(Key::Ed25519)
            .or_else(|_| RsaKeyPair::from_pkcs8(&der).map(Key::Rsa))
            .map_err(|_| DkimError::Key)?;
        Ok(Self {
            selector: selector.to_owned(),
            key,
        })
    }

    /// The record to publish in the DNS for a domain: its name, and its text.
    #[must_use]
    pub fn record(&self, domain: &str) -> (String, String) {
        let (kind, public) = match &self.key {
            Key::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
            Key::Rsa(key) => ("rsa", public_key_info(key.public().as_ref())),
        };
        (
            format!("{}._domainkey.{domain}", self.selector),
            format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(public)),
        )
    }

    /// The header to put before a letter, with its line break.
    ///
    /// # Errors
    /// If the key refuses to sign.
    pub(crate) fn sign(&self, domain: &str, letter: &[u8]) -> Result<String, DkimError> {
        let (headers, body) = split(letter);
        let names = signed_names(&headers);
        let algorithm = match &self.key {
            Key::Ed25519(_) => "ed25519-sha256",
            Key::Rsa(_) => "rsa-sha256",
        };
        let hash = STANDARD.encode(digest(&SHA256, &relaxed_body(body)));
        // What is named once more than it is there must not come again.
        let mentioned = [names.as_slice(), ONCE.as_slice()].concat().join(":");
        let value = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={domain};\r\n\ts={}; h={};\r\n\tbh={hash};\r\n\tb=",
            self.selector,
            fold(&mentioned, ':')
        );
        let mut lines: Vec<String> = names
            .iter()
            .filter_map(|name| headers.iter().rev().find(|(known, _)| known == name))
            .map(|(name, text)| format!("{name}:{text}"))
            .collect();
        lines.push(format!("dkim-signature:{}", relaxed_value(&value)));
        let signed = lines.join("\r\n");
        let signature = STANDARD.encode(self.key.sign(signed.as_bytes())?);
        Ok(format!(
            "DKIM-Signature: {value}{}\r\n",
            fold(&signature, ' ')
        ))
    }
}

impl Key {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, DkimError> {
        match self {
            // RFC 8463: what is signed is the hash.
            Self::Ed25519(key) => Ok(key.sign(digest(&SHA256, data).as_ref()).as_ref().to_vec()),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    data,
                    &mut signature,
                )
                .map_err(|_| DkimError::Key)?;
                Ok(signature)
            }
        }
    }
}

/// A key for Ed25519 as a PEM file, from 32 random bytes.
#[must_use]
pub fn ed25519_pem(seed: &[u8; 32]) -> String {
    let der = [ED25519_PKCS8.as_slice(), seed.as_slice()].concat();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    )
}

fn read_pem(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let text: String = body.split_whitespace().collect();
    STANDARD.decode(text).ok()
}

/// `SubjectPublicKeyInfo` around a public key for RSA: what verifiers read.
fn public_key_info(key: &[u8]) -> Vec<u8> {
    let bits = tagged(0x03, &[&[0], key].concat());
    tagged(0x30, &[RSA_ALGORITHM.as_slice(), &bits].concat())
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    match (length.as_slice(), u8::try_from(length.len())) {
        ([short], _) if *short < 0x80 => out.push(*short),
        (long, Ok(count)) => {
            out.push(0x80 | count);
            out.extend_from_slice(long);
        }
        (_, Err(_)) => {}
    }
    out.extend_from_slice(content);
    out
}

/// The headers in their relaxed form, in order, and the text.
fn split(letter: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let end = letter.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = match end {
        Some(end) => letter.split_at(end),
        None => (letter, [].as_slice()),
    };
    let head = String::from_utf8_lossy(head);
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        let is_folded = line.starts_with([' ', '\t']);
        match (
            headers.last_mut().filter(|_| is_folded),
            line.split_once(':'),
        ) {
            (Some((_, value)), _) => value.push_str(line),
            (None, Some((name, value))) => {
                headers.push((name.trim_end().to_ascii_lowercase(), value.to_owned()));
            }
            (None, None) => {}
        }
    }
    for (_, value) in &mut headers {
        *value = relaxed_value(value);
    }
    (headers, body.get(4..).unwrap_or_default())
}

fn signed_names(headers: &[(String, String)]) -> Vec<&'static str> {
    let has = |name: &&&str| headers.iter().any(|(known, _)| known == **name);
    SIGNED.iter().filter(has).copied().collect()
}

/// White space counts as one blank, and at the ends not at all (RFC 6376, 3.4.2).
fn relaxed_value(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// RFC 6376, 3.4.4: blanks at the ends of lines and empty lines at the end do not count.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut relaxed = Vec::with_capacity(line.len());
        for byte in line {
            let is_blank = matches!(byte, b' ' | b'\t');
            if !is_blank {
                relaxed.push(*byte);
            } else if relaxed.last() != Some(&b' ') {
                relaxed.push(b' ');
            }
        }
        if relaxed.last() == Some(&b' ') {
            relaxed.pop();
        }
        lines.push(relaxed);
    }
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    for line in lines {
        out.extend_from_slice(&line);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Breaks a long value into lines, after `at` or, where that is a blank, anywhere.
fn fold(value: &str, at: char) -> String {
    let mut out = String::with_capacity(value.len() + 32);
    let mut length = 0;
    for letter in value.chars() {
        out.push(letter);
        length += 1;
        if length >= LINE_BYTES && (at == ' ' || letter == at) {
            out.push_str("\r\n\t ");
            length = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_relaxed_as_the_rfc_shows() {
        // The example of RFC 6376, 3.4.5.
        let letter = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";

        let (headers, body) = split(letter);

        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(headers, [pair("a", "X"), pair("b", "Y Z")]);
        assert_eq!(relaxed_body(body), b" C\r\nD E\r\n");
        assert!(relaxed_body(b"").is_empty());
        assert!(relaxed_body(b"\r\n\r\n").is_empty());
    }

    #[test]
    fn record_of_the_key_of_rfc_8463_is_the_one_it_prints() {
        let seed = STANDARD
            .decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
            .unwrap();
        let seed: [u8; 32] = seed.try_into().unwrap();
        let signer = DkimSigner::new("brisbane", &ed25519_pem(&seed)).unwrap();

        let (name, text) = signer.record("football.example.com");

        assert_eq!(name, "brisbane._domainkey.football.example.com");
        assert_eq!(
            text,
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
        );
    }

    #[test]
    fn what_is_no_key_or_no_selector_is_refused() {
        let good = ed25519_pem(&[7; 32]);

        for selector in ["", "a.b", "a b", "ü", "a;"] {
            assert_eq!(
                DkimSigner::new(selector, &good).err(),
                Some(DkimError::Selector)
            );
        }
        for pem in [
            "",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
        ] {
            assert_eq!(DkimSigner::new("a", pem).err(), Some(DkimError::Key));
        }
    }
}
