//! A mailbox that is read in rounds: each letter is handed over, and only then marked.
//!
//! Why a verdict: a letter leaves the mailbox, or is marked there, after what it caused is on disk. Whatever
//! stops in between, the letter is there again in the next round.
//! Must not know: what a letter causes.

use std::{future::Future, pin::Pin};

use thiserror::Error;

use crate::Received;

/// What becomes of a letter in its mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken, and kept here: it leaves the mailbox.
    Taken,
    /// A program wrote it: it stays, marked as seen.
    Left,
    /// A person must read it: it stays as unread as it was, flagged.
    ForPerson,
    /// It cannot be taken now: it stays as it is, and the round ends.
    Later,
}

/// The verdict on one letter.
pub type Taking<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// Takes letters.
pub trait Taker: Send + Sync {
    /// Takes one letter; `None`: nobody can tell who wrote it.
    fn take(&self, letter: Option<Received>) -> Taking<'_>;
}

/// Why a mailbox was not read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MailboxError {
    /// Not reached, or no acceptable TLS.
    #[error("the mailbox's server cannot be reached: {0}")]
    Unreachable(String),
    /// It refused the sign-in.
    #[error("the mailbox's server refused the sign-in")]
    SignIn,
    /// It did not answer in time.
    #[error("the mailbox's server did not answer in time")]
    Slow,
    /// It answered what nobody expects.
    #[error("the mailbox's server answered {0}")]
    Answer(String),
}

/// Whether the sign-in works.
pub type SignIn<'a> = Pin<Box<dyn Future<Output = Result<(), MailboxError>> + Send + 'a>>;

/// What a round saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Letters it looked at.
    pub letters: usize,
    /// Letters flagged for a person that nobody has opened yet, this round's among them.
    pub waiting: usize,
}

/// One round.
pub type Reading<'a> = Pin<Box<dyn Future<Output = Result<Round, MailboxError>> + Send + 'a>>;

/// A mailbox on some server.
pub trait Mailbox: Send + Sync {
    /// Where it is, `host:port` as a policy's processor names it.
    fn host(&self) -> String;
    /// Signs in and reads nothing, to tell whether the settings work.
    fn try_sign_in(&self) -> SignIn<'_>;
    /// One round: hands over letters that nobody has seen, oldest first.
    fn read<'a>(&'a self, taker: &'a dyn Taker) -> Reading<'a>;
}
