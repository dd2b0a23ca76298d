//! Messages: rows in order of their number, and the work that each leaves behind its commit.
//!
//! Must not know: plain text.

use domain::{
    AuthorKind, ClientMessageId, ConversationId, JobId, MessageId, MessageKind, PersonId,
    WorkspaceId,
};
use policy::{PrivateContent, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// A message to be stored.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Conversation.
    pub conversation_id: ConversationId,
    /// The number taken for it.
    pub seq: i64,
    /// Its id.
    pub message_id: MessageId,
    /// The data subject of the conversation.
    pub person_id: PersonId,
    /// What kind it is.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author_kind: AuthorKind,
    /// Id of the visitor or agent who wrote it or did it; `system` for the program.
    pub author_id: String,
    /// The id its writer gave it.
    pub client_msg_id: ClientMessageId,
    /// What it says.
    pub body: Sealed<PrivateContent>,
    /// Keyed digest of what it says.
    pub body_mac: [u8; 32],
    /// Version of the policy in force.
    pub policy_version: u32,
}

/// A stored message.
#[derive(Debug, Clone)]
pub struct MessageRow {
    /// Conversation.
    pub conversation_id: ConversationId,
    /// Its number.
    pub seq: i64,
    /// Its id.
    pub message_id: MessageId,
    /// The data subject of the conversation.
    pub person_id: PersonId,
    /// What kind it is.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author_kind: AuthorKind,
    /// Id of the visitor or agent who wrote it or did it; `system` for the program.
    pub author_id: String,
    /// The id its writer gave it.
    pub client_msg_id: ClientMessageId,
    /// What it says.
    pub body: Sealed<PrivateContent>,
    /// Keyed digest of what it says.
    pub body_mac: Vec<u8>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Who reads a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its visitor: neither notes nor traces.
    Visitor,
    /// Agents: everything.
    Agents,
}

macro_rules! message_columns {
    () => {
        "message.conversation_id, message.seq, message.message_id, message.person_id, message.kind,
         message.author_kind, message.author_id, message.client_msg_id, message.body_sealed,
         message.body_mac, message.created_at"
    };
}

/// Stores a message; `false` if its writer sent one with this id before: then the unit must fail, so that
/// the number it took is given back.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_message(
    tx: &mut Tx<'_>,
    message: &NewMessage,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let stored = tx.execute(
        "insert into message (
             workspace_id, conversation_id, seq, message_id, person_id, kind, author_kind,
             author_id, client_msg_id, body_sealed, body_mac, policy_version, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (workspace_id, conversation_id, author_id, client_msg_id) do nothing",
        &[
            message.workspace_id.into(),
            message.conversation_id.into(),
            message.seq.into(),
            message.message_id.into(),
            message.person_id.into(),
            message.kind.key().into(),
            message.author_kind.key().into(),
            message.author_id.as_str().into(),
            message.client_msg_id.into(),
            (&message.body).into(),
            message.body_mac.as_slice().into(),
            i64::from(message.policy_version).into(),
            now.into(),
        ],
    )?;
    Ok(stored > 0)
}

/// The message that its writer gave this id.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_message_by_client(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    author_id: &str,
    client_msg_id: ClientMessageId,
) -> Result<Option<MessageRow>, StoreError> {
    let found = tx.find(
        concat!(
            "select ",
            message_columns!(),
            " from message
             where workspace_id = $1 and conversation_id = $2 and author_id = $3
                 and client_msg_id = $4"
        ),
        &[
            workspace_id.into(),
            conversation_id.into(),
            author_id.into(),
            client_msg_id.into(),
        ],
    )?;
    found.map(read_message).transpose()
}

/// The message that a visitor gave this id, in any conversation of theirs.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_message_of_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    visitor_id: &str,
    client_msg_id: ClientMessageId,
) -> Result<Option<MessageRow>, StoreError> {
    let found = tx.find(
        concat!(
            "select ",
            message_columns!(),
            " from conversation
             join message on message.workspace_id = conversation.workspace_id
                 and message.conversation_id = conversation.conversation_id
                 and message.author_id = $3 and message.client_msg_id = $4
             where conversation.workspace_id = $1 and conversation.person_id = $2
             limit 1"
        ),
        &[
            workspace_id.into(),
            person_id.into(),
            visitor_id.into(),
            client_msg_id.into(),
        ],
    )?;
    found.map(read_message).transpose()
}

/// One message by its number.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_message(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    seq: i64,
) -> Result<Option<MessageRow>, StoreError> {
    let found = tx.find(
        concat!(
            "select ",
            message_columns!(),
            " from message where workspace_id = $1 and conversation_id = $2 and seq = $3"
        ),
        &[workspace_id.into(), conversation_id.into(), seq.into()],
    )?;
    found.map(read_message).transpose()
}

/// Messages before a number, newest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_messages_before(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    readers: Readers,
    (before_seq, limit): (i64, i64),
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = match readers {
        Readers::Agents => concat!(
            "select ",
            message_columns!(),
            " from message
             where workspace_id = $1 and conversation_id = $2 and seq < $3
             order by seq desc
             limit $4"
        ),
        Readers::Visitor => concat!(
            "select ",
            message_columns!(),
            " from message
             where workspace_id = $1 and conversation_id = $2 and seq < $3
                 and kind in ('message', 'system')
             order by seq desc
             limit $4"
        ),
    };
    let values = [
        workspace_id.into(),
        conversation_id.into(),
        before_seq.into(),
        limit.into(),
    ];
    let rows = tx.query(sql, &values)?;
    rows.into_iter().map(read_message).collect()
}

/// Work that a message leaves for after its commit. Made once: a second one with the same kind, reference
/// and number changes nothing.
#[derive(Debug, Clone)]
pub struct MessageJob {
    /// Id of the job.
    pub job_id: JobId,
    /// Such as `index_message`.
    pub kind: &'static str,
    /// Number of the message, for work on it alone; else the work is on the conversation.
    pub seq: Option<i64>,
    /// Not before.
    pub run_at: Timestamp,
}

/// Stores the jobs of a message: its words to be indexed, and perhaps a letter.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn enqueue_message_jobs(
    tx: &mut Tx<'_>,
    message: &NewMessage,
    index: &MessageJob,
    letter: Option<&MessageJob>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut values: Vec<Value> = vec![
        message.workspace_id.into(),
        message.conversation_id.into(),
        message.person_id.into(),
        now.into(),
    ];
    let row = |job: &MessageJob| -> [Value; 4] {
        [
            job.job_id.into(),
            job.kind.into(),
            job.seq.into(),
            job.run_at.into(),
        ]
    };
    values.extend(row(index));
    let Some(letter) = letter else {
        tx.execute(
            "insert into job (
                 workspace_id, ref_id, person_id, created_at, job_id, kind, seq, run_at, attempts
             )
             values ($1, $2, $3, $4, $5, $6, $7, $8, 0)
             on conflict do nothing",
            &values,
        )?;
        return Ok(());
    };
    values.extend(row(letter));
    tx.execute(
        "insert into job (
             workspace_id, ref_id, person_id, created_at, job_id, kind, seq, run_at, attempts
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0), ($1, $2, $3, $4, $9, $10, $11, $12, 0)
         on conflict do nothing",
        &values,
    )?;
    Ok(())
}

/// An agent as the name beside a message.
#[derive(Debug, Clone)]
pub struct AuthorRow {
    /// The data subject that the agent is.
    pub person_id: PersonId,
    /// Their name.
    pub name: Option<Sealed<policy::Name>>,
}

/// The name of an agent.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_author(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: domain::AgentId,
) -> Result<Option<AuthorRow>, StoreError> {
    let found = tx.find(
        "select person_id, name_sealed from agent where workspace_id = $1 and agent_id = $2",
        &[workspace_id.into(), agent_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some(AuthorRow {
        person_id: row.parse("person_id")?,
        name: row.sealed_opt("name_sealed")?,
    }))
}

fn read_message(mut row: Row) -> Result<MessageRow, StoreError> {
    Ok(MessageRow {
        conversation_id: row.parse("conversation_id")?,
        seq: row.int("seq")?,
        message_id: row.parse("message_id")?,
        person_id: row.parse("person_id")?,
        kind: row.parse("kind")?,
        author_kind: row.parse("author_kind")?,
        author_id: row.text("author_id")?,
        client_msg_id: row.parse("client_msg_id")?,
        body: row.sealed("body_sealed")?,
        body_mac: row.blob("body_mac")?,
        created_at: row.time("created_at")?,
    })
}
