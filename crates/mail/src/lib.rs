//! Letters: composing and sending. The only room that knows SMTP.
//!
//! Must not know: the database, HTTP.

use std::{future::Future, pin::Pin};

use thiserror::Error;

/// A letter ready to go: plain text, one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
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
}
