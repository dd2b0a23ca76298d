//! No mailer: the operator named no mail server.

use crate::{Letter, MailError, Mailer, Sending};

/// Sends nothing and says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMailer;

impl Mailer for NoMailer {
    fn send<'a>(&'a self, _letter: &'a Letter) -> Sending<'a> {
        let why = "no mail server is configured (--smtp-url)".to_owned();
        Box::pin(async move { Err(MailError::Unavailable(why)) })
    }
}
