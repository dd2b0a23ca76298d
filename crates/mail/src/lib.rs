//! Letters: composing, sending and receiving. The only room that knows SMTP and IMAP.
//!
//! Must not know: the database, HTTP.

mod dkim;
mod imap;
mod letter;
mod limited;
mod mailbox;
mod memory;
mod none;
mod received;
mod smtp;

use std::{future::Future, pin::Pin};

use thiserror::Error;

pub use dkim::{DkimError, DkimSigner, ed25519_pem};
pub use imap::{
    ImapMailbox, ImapSettings, ImapSettingsError, LETTER_BYTES_MAX, LETTERS_A_ROUND_MAX,
};
pub use letter::{Letter, Mail, Marketing, OptInWords, Transactional, Words};
pub use mailbox::{Mailbox, MailboxError, Reading, Round, SignIn, Taker, Taking, Verdict};
pub use memory::MemoryMailer;
pub use none::NoMailer;
pub use received::{Received, SUBJECT_CHARS_MAX, TEXT_CHARS_MAX};
pub use smtp::{SmtpError, SmtpMailer, SmtpSettings};

/// Why a letter did not go.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MailError {
    /// Trying again may help.
    #[error("mail server: {0}")]
    Unavailable(String),
    /// It will never go: the address or the letter is not acceptable.
    #[error("letter refused: {0}")]
    Refused(String),
}

/// The answer of a mailer.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + 'a>>;

/// What the line to the mail server always has, whatever is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Line {
    /// TLS, of whatever version.
    pub encrypted: bool,
    /// TLS 1.3 or nothing.
    pub tls13: bool,
    /// The sender signs in.
    pub signs_in: bool,
}

/// Sends letters.
pub trait Mailer: Send + Sync {
    /// Sends one letter.
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a>;
    /// Letters sent so far, newest first, where the mailer keeps them (the demo); else none.
    fn sent(&self) -> Vec<Letter> {
        Vec::new()
    }
    /// Where letters go, `host:port` as a policy's processor names it; `None` if they stay here.
    fn host(&self) -> Option<String> {
        None
    }
    /// What the line to that host has.
    fn line(&self) -> Line {
        Line::default()
    }
}

/// Refuses letters that could carry a second header or recipient.
pub(crate) fn check(letter: &Letter) -> Result<(), MailError> {
    let in_line = |text: &str| !text.chars().any(char::is_control);
    let is_link = |url: &String| {
        url.bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'>')
    };
    if in_line(&letter.subject)
        && in_line(&letter.to)
        && !letter.body.contains('\0')
        && letter.unsubscribe.as_ref().is_none_or(is_link)
    {
        return Ok(());
    }
    Err(MailError::Refused(
        "a line break or control character in a header".to_owned(),
    ))
}
