//! What kinds of letter there are, and what each may hold (clauses 14, 22, 32).
//!
//! Why two unrelated types: an answer, an invitation or a proof of an address has no place for anything else,
//! and a letter that nobody asked for at that moment cannot be made without proof that its reader said yes
//! twice and a link that stops it. Neither can be forgotten: it would not compile.
//!
//! ```compile_fail
//! // A letter without its proof and its link.
//! let words = mail::OptInWords { subject: "News".into(), body: "Buy".into(), stop: "Stop".into() };
//! let letter = mail::Mail::<mail::Transactional>::new::<policy::AccountManage>("0a".into(), "a@b.c".into(), words);
//! ```
//!
//! ```compile_fail
//! // A letter of the purpose that needs a yes, sent as one that needs none.
//! let words = mail::Words { subject: "Notice".into(), body: "Changes".into() };
//! let letter = mail::Mail::<mail::Transactional>::new::<policy::NoticeLetter>("0a".into(), "a@b.c".into(), words);
//! ```
//!
//! ```
//! let words = mail::Words { subject: "Hello".into(), body: "You are invited.".into() };
//! let letter = mail::Mail::<mail::Transactional>::new::<policy::AccountManage>("0a".into(), "a@b.c".into(), words);
//! assert_eq!(mail::Letter::from(letter).purpose, "account.manage");
//! ```
//!
//! Must not know: SMTP, tokens.

use std::marker::PhantomData;

use policy::{OptIn, OptInProof, Requested};

/// Class of letters about what somebody asked for or agreed to.
pub enum Transactional {}
/// Class of letters that go only to people who asked for them twice, until they say no.
pub enum Marketing {}

/// Words of a transactional letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Subject line, without line breaks.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Words of a letter that is stopped by one click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptInWords {
    /// Subject line, without line breaks.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// What stands before the link that stops these letters.
    pub stop: String,
}

/// A letter of one class, composed and not sent yet.
pub struct Mail<C> {
    letter: Letter,
    class: PhantomData<C>,
}

/// A letter ready to go: plain text, one recipient. Only [`Mail`] makes one outside this room.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
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
    /// Address that a mail program posts to when its reader stops these letters (RFC 8058); none in
    /// transactional letters.
    pub unsubscribe: Option<String>,
}

impl Mail<Transactional> {
    /// A letter for a purpose that somebody's own act asks for.
    #[must_use]
    pub fn new<P: Requested>(id: String, to: String, words: Words) -> Self {
        Self::of(Letter {
            id,
            purpose: P::KEY,
            to,
            subject: words.subject,
            body: words.body,
            unsubscribe: None,
        })
    }
}

impl Mail<Marketing> {
    /// A letter for a purpose that needs a yes: with its proof, and the link that stops it, which stands in the
    /// text too.
    #[must_use]
    pub fn new<P: OptIn>(
        (id, to): (String, String),
        words: OptInWords,
        unsubscribe: String,
        _proof: &OptInProof<'_, P>,
    ) -> Self {
        Self::of(Letter {
            id,
            purpose: P::KEY,
            to,
            subject: words.subject,
            body: format!(
                "{}\n\n-- \n{}\n{unsubscribe}\n",
                words.body.trim_end(),
                words.stop
            ),
            unsubscribe: Some(unsubscribe),
        })
    }
}

impl<C> Mail<C> {
    const fn of(letter: Letter) -> Self {
        Self {
            letter,
            class: PhantomData,
        }
    }
}

impl<C> From<Mail<C>> for Letter {
    fn from(mail: Mail<C>) -> Self {
        mail.letter
    }
}
