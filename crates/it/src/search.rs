//! Looking for a marked value in every byte of a folder, in the forms in which it could hide.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// One place where a form of the value stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// Which form: `plain`, `utf-16 le`, `base64 +1` …
    pub form: String,
}

/// Looks for all forms of some values in one pass.
pub struct Search {
    names: Vec<String>,
    patterns: AhoCorasick,
}

impl Search {
    /// Prepares the search.
    ///
    /// # Panics
    /// When there are no values.
    #[must_use]
    pub fn new(values: &[&str]) -> Self {
        let forms: Vec<_> = values.iter().flat_map(|value| forms_of(value)).collect();
        assert!(!forms.is_empty(), "a search without values finds nothing");
        let patterns = AhoCorasick::new(forms.iter().map(|(_, form)| form));
        let names = forms.into_iter().map(|(name, _)| name).collect();
        Self {
            names,
            patterns: patterns.expect("few and short patterns"),
        }
    }

    /// Names of the forms in which one of the values stands in the bytes, each once.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<String> {
        let found = self.patterns.find_overlapping_iter(bytes);
        let names: BTreeSet<_> = found
            .filter_map(|found| self.names.get(found.pattern().as_usize()))
            .collect();
        names.into_iter().cloned().collect()
    }

    /// All forms in all files below the folder.
    #[must_use]
    pub fn folder(&self, folder: &Path) -> Vec<Found> {
        let mut found = Vec::new();
        for path in list_files(folder) {
            let Ok(bytes) = std::fs::read(&path) else {
                continue;
            };
            let forms = self.bytes(&bytes).into_iter();
            found.extend(forms.map(|form| Found {
                path: path.clone(),
                form,
            }));
        }
        found
    }
}

/// The value as it could be written: plain, UTF-16, percent-encoded, hexadecimal, JSON-escaped, and
/// base64 at each of the three offsets that a longer text can give it.
fn forms_of(value: &str) -> Vec<(String, Vec<u8>)> {
    let utf8 = value.as_bytes();
    let little: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = value.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut forms = vec![
        ("plain".to_owned(), utf8.to_vec()),
        ("upper case".to_owned(), value.to_uppercase().into_bytes()),
        ("lower case".to_owned(), value.to_lowercase().into_bytes()),
        ("utf-16 le".to_owned(), little),
        ("utf-16 be".to_owned(), big),
        ("percent".to_owned(), percent(utf8, false).into_bytes()),
        (
            "percent, every byte".to_owned(),
            percent(utf8, true).into_bytes(),
        ),
        ("hexadecimal".to_owned(), hexadecimal(utf8).into_bytes()),
    ];
    for offset in 0..3_usize {
        for (name, text) in [
            ("base64", STANDARD_NO_PAD.encode(shifted(utf8, offset))),
            ("base64 url", URL_SAFE_NO_PAD.encode(shifted(utf8, offset))),
        ] {
            // The first and last groups depend on the neighbours: only the middle is sure.
            let start = if offset == 0 { 0 } else { 4 };
            let end = text.len().saturating_sub(4);
            if let Some(middle) = text.get(start..end).filter(|middle| middle.len() >= 8) {
                forms.push((format!("{name} +{offset}"), middle.as_bytes().to_vec()));
            }
        }
    }
    forms
}

fn shifted(bytes: &[u8], offset: usize) -> Vec<u8> {
    let mut shifted = vec![0_u8; offset];
    shifted.extend_from_slice(bytes);
    shifted
}

fn percent(bytes: &[u8], is_every_byte: bool) -> String {
    bytes
        .iter()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() && !is_every_byte {
                char::from(*byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// Bytes as hexadecimal digits in lower case.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.concat()
}

/// All files below a folder.
#[must_use]
pub fn list_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "marked-värde-7f3a9c";

    #[test]
    fn value_is_found_in_each_form() {
        let texts = [
            format!("x{VALUE}y").into_bytes(),
            VALUE.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            b"a=marked%2Dv%C3%A4rde%2D7f3a9c".to_vec(),
            STANDARD_NO_PAD
                .encode(format!("{VALUE} and more"))
                .into_bytes(),
            STANDARD_NO_PAD
                .encode(format!("a{VALUE} and more"))
                .into_bytes(),
            URL_SAFE_NO_PAD
                .encode(format!("ab{VALUE} and more"))
                .into_bytes(),
            hexadecimal(VALUE.as_bytes()).into_bytes(),
        ];
        for text in texts {
            assert!(!Search::new(&[VALUE]).bytes(&text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn other_value_is_not_found() {
        assert!(
            Search::new(&[VALUE])
                .bytes(b"marked-varde-000000 of another kind")
                .is_empty()
        );
    }
}
