//! The letters that the instance sends, as a folder holds them: whole messages (RFC 5322), each in a file
//! `*.eml`, or in the folder `new` of a Maildir.
//!
//! Must not know: SMTP. Whoever runs the check lets the instance send into the folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::finding::{Stop, ensure};
use crate::instance::Instance;

const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Letters read at once; older ones are left out.
const LETTERS_MAX: usize = 10_000;
const LETTER_BYTES_MAX: u64 = 1024 * 1024;

/// A letter as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    headers: Vec<(String, String)>,
    /// Everything behind the headers, `quoted-printable` undone.
    pub(crate) body: String,
}

impl Letter {
    /// A header's value, lines put together; nothing when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }

    /// What follows `marker`, up to the first character that no token has.
    pub(crate) fn token_after(&self, marker: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(marker)?;
        let is_token = |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
        Some(rest.chars().take_while(is_token).collect())
    }

    fn parse(text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in head.lines() {
            match (line.starts_with([' ', '\t']), headers.last_mut()) {
                (true, Some((_, value))) => *value = format!("{value} {}", line.trim()),
                _ => headers.extend(
                    line.split_once(':')
                        .map(|(name, value)| (name.to_owned(), value.trim().to_owned())),
                ),
            }
        }
        let is_quoted = text.to_ascii_lowercase().contains("quoted-printable");
        let body = if is_quoted {
            unquote(body)
        } else {
            body.to_owned()
        };
        Self { headers, body }
    }
}

/// `quoted-printable` undone (RFC 2045, 6.7); what is none stays as it is.
fn unquote(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let byte = byte.filter(|_| *first == b'=');
        bytes.push(byte.unwrap_or(*first));
        rest = behind.get(byte.map_or(0, |_| 2)..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Letters to this address, oldest file name first.
pub(crate) fn letters_to(folder: &Path, address: &str) -> Result<Vec<Letter>, Stop> {
    let address = address.to_ascii_lowercase();
    let mut all = Vec::new();
    for path in files(folder)? {
        let size = fs::metadata(&path).map_or(0, |file| file.len());
        if size > LETTER_BYTES_MAX {
            continue;
        }
        let text = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        let letter = Letter::parse(&String::from_utf8_lossy(&text));
        if letter.header("to").to_ascii_lowercase().contains(&address) {
            all.push(letter);
        }
    }
    Ok(all)
}

/// The first letter to this address, if it comes in time.
pub(crate) fn wait_for(instance: &Instance, address: &str) -> Result<Letter, Stop> {
    wait_until(instance, address, |_| true)
}

/// The first such letter to this address, if it comes in time.
pub(crate) fn wait_until(
    instance: &Instance,
    address: &str,
    is_wanted: impl Fn(&Letter) -> bool,
) -> Result<Letter, Stop> {
    let (folder, deadline) = (instance.mail()?, instance.deadline());
    loop {
        let mut letters = letters_to(folder, address)?.into_iter();
        if let Some(letter) = letters.find(&is_wanted) {
            return Ok(letter);
        }
        ensure(Instant::now() < deadline, || {
            "the letter does not come".to_owned()
        })?;
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// Puts a letter into a Maildir, as a mail server does: whole or not at all.
pub(crate) fn deliver(maildir: &Path, id: &str, letter: &[u8]) -> Result<(), Stop> {
    let name = format!("{id}.privacy-check");
    let (before, after) = (
        maildir.join("tmp").join(&name),
        maildir.join("new").join(&name),
    );
    let written = fs::write(&before, letter).and_then(|()| fs::rename(&before, &after));
    written.map_err(|error| unreadable(&after, &error))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let maildir = folder.join("new");
    let is_maildir = maildir.is_dir();
    let folder = if is_maildir {
        maildir.as_path()
    } else {
        folder
    };
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let is_letter =
        |path: &PathBuf| is_maildir || path.extension().is_some_and(|extension| extension == "eml");
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_letter)
        .collect();
    paths.sort();
    let older = paths.len().saturating_sub(LETTERS_MAX);
    Ok(paths.split_off(older))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::NotChecked(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_is_read_with_its_folded_headers_and_its_words() {
        let text = "To: a@b.example\r\nX-Chatham-Purpose: support.letter\r\nSubject: one\r\n two\r\n\
                    Content-Transfer-Encoding: quoted-printable\r\n\r\nhttps://x/verify/ab=\r\n-C_d?\r\n\
                    caf=C3=A9 =ZZ =";

        let letter = Letter::parse(text);

        assert_eq!(letter.header("subject"), "one two");
        assert_eq!(letter.header("x-chatham-purpose"), "support.letter");
        assert_eq!(letter.token_after("/verify/").unwrap(), "ab-C_d");
        assert!(letter.body.ends_with("café =ZZ ="));
        assert_eq!(letter.header("x-none"), "");
    }

    #[test]
    fn what_is_no_letter_is_no_panic() {
        for text in ["", "\n\n", ":", " folded first", "=", "a: b"] {
            let letter = Letter::parse(text);
            assert!(letter.token_after("/verify/").is_none());
        }
    }
}
