//! Intake by mail: a letter with the policy's subject and nothing else in it opens a request of whoever wrote it
//! (clauses 33, 69, 78).
//!
//! Why nothing is answered but by the letter that asks whether it was them: the sender of a letter is what anybody
//! wrote there. What is known about an address never shows, neither in an answer nor in its absence to others
//! than its reader.
//! Must not know: IMAP, HTTP, SQL.

use std::sync::{Mutex, PoisonError};

use domain::WorkspaceId;
use mail::{Mailbox, MailboxError, Received, Taker, Taking, Verdict};
use policy::{Category, Purpose as _, RightsRequest, Timestamp};
use serde::Serialize;

use utoipa::ToSchema;

use crate::{App, error::AppError};

/// What a letter can hold: who wrote it, and what.
const CATEGORIES: [Category; 2] = [Category::ContactEmail, Category::PrivateContent];

/// The mailbox of the contact address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct MailboxView {
    /// Letters there that a person must read, and nobody has opened yet.
    pub waiting: usize,
    /// When it was last read; absent before the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub read_at: Option<Timestamp>,
    /// The last round failed: letters wait there, and none is lost.
    pub failing: bool,
}

/// What the rounds of this process saw. In memory alone: the next round sees it again.
#[derive(Debug, Default)]
pub(crate) struct IntakeState(Mutex<Option<MailboxView>>);

impl IntakeState {
    fn note(&self, waiting: Option<usize>, now: Timestamp) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = state.take();
        *state = Some(MailboxView {
            waiting: waiting.unwrap_or_else(|| last.map_or(0, |last| last.waiting)),
            read_at: waiting.map_or_else(|| last.and_then(|last| last.read_at), |_| Some(now)),
            failing: waiting.is_none(),
        });
    }

    fn view(&self) -> MailboxView {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.unwrap_or(MailboxView {
            waiting: 0,
            read_at: None,
            failing: false,
        })
    }
}

/// One round's taker of letters.
struct Intake<'app> {
    app: &'app App,
    workspace_id: WorkspaceId,
}

/// A letter of a person, as it is taken.
pub(crate) struct MailedLetter {
    pub(crate) workspace_id: WorkspaceId,
    /// Who wrote it, or in whose name.
    pub(crate) from: String,
    /// Keyed hash that tells it from every other letter.
    pub(crate) hash: [u8; 32],
    /// When the mailbox got it, at the latest now.
    pub(crate) received_at: Timestamp,
}

impl App {
    /// One round over the mailbox of the contact address. Without a mailbox: nothing.
    ///
    /// # Errors
    /// `Denied` if the policy does not name the mailbox's host as a processor for requests, `Unavailable` if the
    /// mailbox or the database does not answer.
    pub async fn read_mailbox(&self) -> Result<(), AppError> {
        let Some(mailbox) = &self.mailbox else {
            return Ok(());
        };
        let read = self.read_letters(&**mailbox).await;
        self.intake.note(read.as_ref().ok().copied(), self.now());
        read.map(drop)
    }

    /// How the mailbox stands, as the last rounds of this process saw it; none: no mailbox is read.
    pub(crate) fn mailbox_view(&self) -> Option<MailboxView> {
        self.mailbox.as_ref()?;
        Some(self.intake.view())
    }

    async fn read_letters(&self, mailbox: &dyn Mailbox) -> Result<usize, AppError> {
        let host = mailbox.host();
        self.policy()
            .egress(&host, RightsRequest::KEY, &CATEGORIES)?;
        let found = self.store.data.read(store::find_host_workspace);
        let found: Option<WorkspaceId> = found.await.map_err(AppError::from)?;
        // Before the owner's first sign-in nobody is there to answer: letters wait.
        let Some(workspace_id) = found else {
            return Ok(0);
        };
        let intake = Intake {
            app: self,
            workspace_id,
        };
        let read = mailbox.read(&intake).await;
        read.map(|round| round.waiting)
            .map_err(|error: MailboxError| AppError::Unavailable(error.to_string()))
    }

    /// Whether a subject is the one that opens a request: those words alone, whatever blanks stand around them,
    /// in capital letters or not. Mail programs encode and fold a subject as they like; it is decoded before.
    fn asks_by_subject(&self, subject: &str) -> bool {
        let policy = self.policy();
        let wanted = &policy.file().policy.contact.subject;
        let words = |text: &str| {
            let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
            words.join(" ")
        };
        words(subject) == words(wanted) || policy::rule::is_off(78)
    }

    fn is_for_contact(&self, to: &[String]) -> bool {
        let policy = self.policy();
        let contact = policy.file().policy.contact.email.to_lowercase();
        to.contains(&contact)
    }
}

impl Intake<'_> {
    async fn verdict(&self, letter: Received) -> Result<Verdict, AppError> {
        let app = self.app;
        let asks = app.asks_by_subject(&letter.subject) && app.is_for_contact(&letter.to);
        if letter.is_machine {
            return Ok(Verdict::Left);
        }
        if !asks || policy::rule::is_off(33) {
            return Ok(Verdict::ForPerson);
        }
        let keys = app.keyring.workspace(self.workspace_id).await?;
        let now = app.now();
        let mailed = MailedLetter {
            workspace_id: self.workspace_id,
            hash: keys.commitment(&format!("letter\n{}", letter.identity)),
            received_at: letter.arrived_at.map_or(now, |at| Timestamp(at).min(now)),
            from: letter.from,
        };
        let is_taken = app.take_mailed_request(mailed).await?;
        Ok(if is_taken {
            Verdict::Taken
        } else {
            Verdict::ForPerson
        })
    }
}

impl Taker for Intake<'_> {
    fn take(&self, letter: Option<Received>) -> Taking<'_> {
        Box::pin(async move {
            let Some(letter) = letter else {
                return Verdict::ForPerson;
            };
            match self.verdict(letter).await {
                Ok(verdict) => verdict,
                Err(error) => {
                    tracing::warn!(%error, "a letter waits in its mailbox");
                    Verdict::Later
                }
            }
        })
    }
}
