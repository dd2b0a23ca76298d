//! Letters: composing and sending. The only room that knows SMTP.
//!
//! Must not know: the database, HTTP.

mod memory;
mod none;
mod smtp;

use std::{future::Future, pin::Pin};

use thiserror::Error;

pub use memory::MemoryMailer;
pub use none::NoMailer;
pub use smtp::{SmtpError, SmtpMailer, SmtpSettings};

/// A letter ready to go: plain text, one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// A random id of hexadecimal digits; stands in `Message-ID`.
    pub id: String,
    /// Purpose it is sent for; stands in a header (clause 22).
    pub purpose: &'static str,
    /// Address of the recipient.
    pub to: String,
    /// Subject line, without line breaks.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

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
}

/// Refuses letters that could carry a second header or recipient.
pub(crate) fn check(letter: &Letter) -> Result<(), MailError> {
    let in_line = |text: &str| !text.chars().any(char::is_control);
    if in_line(&letter.subject) && in_line(&letter.to) && !letter.body.contains('\0') {
        return Ok(());
    }
    Err(MailError::Refused(
        "a line break or control character in a header".to_owned(),
    ))
}
