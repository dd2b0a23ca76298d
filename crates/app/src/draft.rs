//! A message on its way into the database: what is stored with it in one transaction, and what may fail.
//!
//! Must not know: HTTP, SQL.

use domain::{AgentId, JobId, WorkspaceId};
use policy::Timestamp;
use store::{Audience, MessageJob, NewMessage, StoreError, Tx};

use crate::{
    conversation::{refuse, tell},
    error::AppError,
    sealer::Sealer,
};

/// How long a visitor waits before agents who are away get a letter.
pub(crate) const LETTER_WAITING_DELAY_S: i64 = 5 * 60;
/// How long an answer waits to be read before it goes out as a letter.
const LETTER_ANSWER_DELAY_S: i64 = 2 * 60;

/// Why a unit failed: a refusal, or the message is stored already.
#[derive(Debug)]
pub(crate) enum Failed {
    /// A refusal.
    App(AppError),
    /// Its writer sent one with this id before.
    Duplicate,
}

impl From<AppError> for Failed {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// A message ready to be stored, but for its number.
pub(crate) struct Draft {
    pub(crate) message: NewMessage,
    pub(crate) sealer: Sealer,
    pub(crate) text: String,
    pub(crate) jobs: (JobId, JobId),
}

impl Draft {
    pub(crate) fn workspace(&self) -> WorkspaceId {
        self.message.workspace_id
    }

    /// The same once more, for after the unit took it away.
    pub(crate) fn repeated(&self) -> Self {
        Self {
            message: self.message.clone(),
            sealer: self.sealer.clone(),
            text: self.text.clone(),
            jobs: self.jobs,
        }
    }

    /// Stores the message with its number, its event, and the work it leaves.
    pub(crate) fn write(
        &mut self,
        tx: &mut Tx<'_>,
        (seq, audience): (i64, Audience),
        letter: Option<(&'static str, i64)>,
        now: Timestamp,
    ) -> Result<(), Failed> {
        self.message.seq = seq;
        if !store::create_message(tx, &self.message, now)? {
            return Err(Failed::Duplicate);
        }
        tell(tx, "message.created", audience, &self.message, now)?;
        let index = MessageJob {
            job_id: self.jobs.0,
            kind: "index_message",
            seq: Some(seq),
            run_at: now,
        };
        let letter = letter.map(|(kind, delay_s)| MessageJob {
            job_id: self.jobs.1,
            kind,
            seq: None,
            run_at: now.plus_seconds(delay_s),
        });
        store::enqueue_message_jobs(tx, &self.message, &index, letter.as_ref(), now)?;
        Ok(())
    }

    /// As [`Self::write`], for the first message of a conversation.
    pub(crate) fn write_first(&mut self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Failed> {
        let letter = Some(("letter_waiting", LETTER_WAITING_DELAY_S));
        self.write(tx, (1, Audience::All), letter, now)
    }
}

/// Stores a note; the visitor hears nothing of it.
pub(crate) fn write_note(tx: &mut Tx<'_>, draft: &mut Draft, now: Timestamp) -> Result<(), Failed> {
    let row = store::take_seq(tx, draft.workspace(), draft.message.conversation_id, None)?
        .ok_or(AppError::NotFound)?;
    if row.is_restricted {
        return Err(crate::message::restricted().into());
    }
    draft.write(tx, (row.last_seq, Audience::Agents), None, now)
}

/// Stores an agent's answer, unless somebody else's is newer than what they saw.
pub(crate) fn write_answer(
    tx: &mut Tx<'_>,
    draft: &mut Draft,
    (agent_id, seen_seq): (AgentId, Option<i64>),
    now: Timestamp,
) -> Result<(), Failed> {
    let row = store::take_seq(
        tx,
        draft.workspace(),
        draft.message.conversation_id,
        Some(now),
    )?
    .ok_or(AppError::NotFound)?;
    if row.is_restricted {
        return Err(crate::message::restricted().into());
    }
    let is_of_another = row.last_agent_id.is_some_and(|last| last != agent_id);
    if is_of_another && seen_seq.is_some_and(|seen| seen < row.last_agent_seq) {
        let latest_seq = row.last_agent_seq;
        return Err(AppError::NewerReply { latest_seq }.into());
    }
    let change = row.status.agent_answers(agent_id).map_err(refuse)?;
    let letter = Some(("letter_answer", LETTER_ANSWER_DELAY_S));
    draft.write(tx, (row.last_seq, Audience::All), letter, now)?;
    store::update_answered(tx, draft.workspace(), &row, &change.next, agent_id)?;
    if change.next.assignee_id != row.status.assignee_id {
        tell(
            tx,
            "conversation.updated",
            Audience::All,
            &draft.message,
            now,
        )?;
    }
    Ok(())
}
