//! A mailer that keeps letters in memory: the demo's mail page shows what would have been sent.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use crate::{Letter, Mailer, Sending, check};

/// Letters kept; the oldest goes when one more comes.
const KEPT_MAX: usize = 100;

/// Keeps the last 100 letters; sends nothing.
#[derive(Default)]
pub struct MemoryMailer(Mutex<VecDeque<Letter>>);

impl Mailer for MemoryMailer {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(async move {
            check(letter)?;
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.truncate(KEPT_MAX - 1);
            kept.push_front(letter.clone());
            Ok(())
        })
    }

    fn sent(&self) -> Vec<Letter> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MailError;

    fn letter(number: usize) -> Letter {
        Letter {
            id: format!("{number:032x}"),
            purpose: "account.manage",
            to: "ana@example.com".to_owned(),
            subject: format!("Letter {number}"),
            body: "Hello".to_owned(),
            unsubscribe: None,
        }
    }

    #[tokio::test]
    async fn last_hundred_letters_are_kept_newest_first() {
        let mailer = MemoryMailer::default();
        for number in 0..103 {
            mailer.send(&letter(number)).await.unwrap();
        }

        let sent = mailer.sent();

        assert_eq!(sent.len(), 100);
        assert_eq!(sent[0].subject, "Letter 102");
        assert_eq!(sent[99].subject, "Letter 3");
    }

    #[tokio::test]
    async fn line_breaks_in_headers_are_refused() {
        let mailer = MemoryMailer::default();
        let subject = Letter {
            subject: "Hello\r\nBcc: x@y.example".to_owned(),
            ..letter(1)
        };
        let recipient = Letter {
            to: "ana@example.com\nBcc: x@y.example".to_owned(),
            ..letter(2)
        };

        for broken in [subject, recipient] {
            let outcome = mailer.send(&broken).await;
            assert!(matches!(outcome, Err(MailError::Refused(_))));
        }
        assert!(mailer.sent().is_empty());
    }
}
