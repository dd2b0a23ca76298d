//! Events: what the streams deliver, as ids only, numbered without a gap in each workspace.
//!
//! Why: the number is given in the commit that made the event, under the workspace's row lock, so every
//! node sees the same order and a stream resumes with exactly what it missed (promises P3, P4).
//! Must not know: plain text; streams open sealed fields under their own permit.

use domain::{ConversationId, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{
    error::StoreError,
    tx::{Announcement, Tx},
};

/// Who may hear an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The workspace's agents and the person it is about.
    All,
    /// The workspace's agents only (notes, assignments).
    Agents,
}

impl Audience {
    const fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Agents => "agents",
        }
    }
}

/// An event to be stored.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Such as `message.created`.
    pub kind: &'static str,
    /// Who may hear it.
    pub audience: Audience,
    /// The person it is about.
    pub person_id: Option<PersonId>,
    /// The conversation it is about.
    pub conversation_id: Option<ConversationId>,
    /// Another id it is about.
    pub ref_id: Option<String>,
    /// The message it is about.
    pub seq: Option<i64>,
}

/// A stored event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Number in the workspace.
    pub event_id: i64,
    /// Such as `message.created`.
    pub kind: String,
    /// The person it is about.
    pub person_id: Option<PersonId>,
    /// The conversation it is about.
    pub conversation_id: Option<ConversationId>,
    /// Another id it is about.
    pub ref_id: Option<String>,
    /// The message it is about.
    pub seq: Option<i64>,
    /// When.
    pub created_at: Timestamp,
}

/// Whose events a stream reads.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    /// An agent: all of the workspace.
    Agents,
    /// A visitor: their own.
    Person(PersonId),
}

/// Stores an event in the running transaction and wakes the streams after the commit.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn append_event(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    event: &NewEvent,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let mut row = tx.get(
        "update workspace
         set event_last = event_last + 1
         where workspace_id = $1
         returning event_last",
        &[workspace_id.into()],
    )?;
    let event_id = row.int("event_last")?;
    tx.execute(
        "insert into event (
             workspace_id, event_id, kind, audience, person_id, conversation_id, ref_id, seq,
             created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            workspace_id.into(),
            event_id.into(),
            event.kind.into(),
            event.audience.key().into(),
            event.person_id.into(),
            event.conversation_id.into(),
            event.ref_id.clone().into(),
            event.seq.into(),
            now.into(),
        ],
    )?;
    let person_id = event.person_id.filter(|_| event.audience == Audience::All);
    tx.announce(Announcement {
        workspace_id,
        person_id,
        event_id,
    });
    Ok(event_id)
}

/// The number of the newest event, and of the oldest still stored (0 if none).
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn event_range(tx: &mut Tx<'_>, workspace_id: WorkspaceId) -> Result<(i64, i64), StoreError> {
    let mut row = tx.get(
        "select event_last,
             coalesce((select min(event_id) from event where workspace_id = $1), 0)
         from workspace
         where workspace_id = $1",
        &[workspace_id.into()],
    )?;
    Ok((row.int("event_last")?, row.int("event_first")?))
}

/// Events after `after`, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_events(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    reader: Reader,
    after: i64,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let rows = match reader {
        Reader::Agents => tx.query(
            "select event_id, kind, person_id, conversation_id, ref_id, seq, created_at
             from event
             where workspace_id = $1 and event_id > $2
             order by event_id
             limit $3",
            &[workspace_id.into(), after.into(), limit.into()],
        )?,
        Reader::Person(person_id) => tx.query(
            "select event_id, kind, person_id, conversation_id, ref_id, seq, created_at
             from event
             where workspace_id = $1 and person_id = $2 and event_id > $3 and audience = 'all'
             order by event_id
             limit $4",
            &[
                workspace_id.into(),
                person_id.into(),
                after.into(),
                limit.into(),
            ],
        )?,
    };
    rows.into_iter()
        .map(|mut row| {
            Ok(Event {
                event_id: row.int("event_id")?,
                kind: row.text("kind")?,
                person_id: row.parse_opt("person_id")?,
                conversation_id: row.parse_opt("conversation_id")?,
                ref_id: row.text_opt("ref_id")?,
                seq: row.int_opt("seq")?,
                created_at: row.time("created_at")?,
            })
        })
        .collect()
}
