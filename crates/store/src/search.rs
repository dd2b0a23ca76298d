//! Search: messages by keyed word tokens, without a word in clear.
//!
//! Why the rarest word leads: its newest rows are walked in order and the other words are looked up beside
//! them, so a common word costs no more than a rare one. What is walked is bounded.
//! Must not know: the words.

use domain::{ConversationId, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// Words of a query that are looked for; further ones are left out.
pub const QUERY_WORDS_MAX: usize = 8;
/// Rows counted to tell which word is the rarest.
const PROBE_ROWS_MAX: i64 = 2_000;
/// Newest rows of the leading word that are walked for one page.
const WALK_ROWS_MAX: i64 = 20_000;

/// A message that has all words.
#[derive(Debug, Clone)]
pub struct SearchHit {
    /// Conversation.
    pub conversation_id: ConversationId,
    /// Number of the message.
    pub seq: i64,
    /// The data subject.
    pub person_id: PersonId,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Where a page begins: after this hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchCursor {
    /// When the last hit was written.
    pub created_at: Timestamp,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Its number.
    pub seq: i64,
}

/// Stores the tokens of a message. Repeating it changes nothing.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_search_tokens(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    hit: &SearchHit,
    tokens: &[[u8; 8]],
) -> Result<(), StoreError> {
    for token in tokens {
        tx.execute(
            "insert into search_token (
                 workspace_id, token, created_at, conversation_id, seq, person_id
             )
             values ($1, $2, $3, $4, $5, $6)
             on conflict (workspace_id, token, created_at, conversation_id, seq) do nothing",
            &[
                workspace_id.into(),
                token.as_slice().into(),
                hit.created_at.into(),
                hit.conversation_id.into(),
                hit.seq.into(),
                hit.person_id.into(),
            ],
        )?;
    }
    Ok(())
}

/// Messages of active persons that have all tokens, newest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn search_messages(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    tokens: &[[u8; 8]],
    after: Option<SearchCursor>,
    limit: i64,
) -> Result<Vec<SearchHit>, StoreError> {
    let Some(tokens) = rarest_first(tx, workspace_id, tokens)? else {
        return Ok(Vec::new());
    };
    let (time, conversation, seq) = after.map_or((i64::MAX, String::new(), 0), |cursor| {
        (
            cursor.created_at.micros(),
            cursor.conversation_id.to_string(),
            cursor.seq,
        )
    });
    let mut values: Vec<Value> = vec![
        workspace_id.into(),
        time.into(),
        conversation.into(),
        seq.into(),
        limit.into(),
        WALK_ROWS_MAX.into(),
        i64::try_from(tokens.len()).unwrap_or(0).into(),
    ];
    // A missing word is given as the first again: it is there already.
    let first = tokens.first().copied().unwrap_or_default();
    let padding = std::iter::repeat(&first);
    let padded = tokens.iter().chain(padding).take(QUERY_WORDS_MAX);
    values.extend(padded.map(|token| Value::from(token.as_slice())));
    let rows = tx.query(
        "select walked.conversation_id, walked.seq, walked.person_id, walked.created_at
         from (
             select conversation_id, seq, person_id, created_at
             from search_token
             where workspace_id = $1 and token = $8
                 and (created_at, conversation_id, seq) < ($2, $3, $4)
             order by created_at desc, conversation_id desc, seq desc
             limit $6
         ) walked
         join person on person.workspace_id = $1 and person.person_id = walked.person_id
             and person.state = 'active'
         where $7 = (
             select count(*) from search_token found
             where found.workspace_id = $1
                 and found.token in ($8, $9, $10, $11, $12, $13, $14, $15)
                 and found.created_at = walked.created_at
                 and found.conversation_id = walked.conversation_id and found.seq = walked.seq
         )
         order by walked.created_at desc, walked.conversation_id desc, walked.seq desc
         limit $5",
        &values,
    )?;
    rows.into_iter().map(read_hit).collect()
}

/// The newest words of each conversation whose visitor gave this address, newest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn search_by_email(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    email_index: &[u8; 32],
    limit: i64,
) -> Result<Vec<SearchHit>, StoreError> {
    let rows = tx.query(
        "select message.conversation_id, message.seq, message.person_id, message.created_at
         from visitor
         join person on person.workspace_id = visitor.workspace_id
             and person.person_id = visitor.person_id and person.state = 'active'
         join conversation on conversation.workspace_id = visitor.workspace_id
             and conversation.person_id = visitor.person_id
         join message on message.workspace_id = conversation.workspace_id
             and message.conversation_id = conversation.conversation_id
             and message.seq = (
                 select max(newest.seq) from message newest
                 where newest.workspace_id = conversation.workspace_id
                     and newest.conversation_id = conversation.conversation_id
                     and newest.kind = 'message'
             )
         where visitor.workspace_id = $1 and visitor.email_index = $2
         order by message.created_at desc, message.conversation_id desc
         limit $3",
        &[
            workspace_id.into(),
            email_index.as_slice().into(),
            limit.into(),
        ],
    )?;
    rows.into_iter().map(read_hit).collect()
}

/// The tokens with the rarest first; `None` if one of them is nowhere, or there is none.
fn rarest_first(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    tokens: &[[u8; 8]],
) -> Result<Option<Vec<[u8; 8]>>, StoreError> {
    let mut counted = Vec::with_capacity(QUERY_WORDS_MAX);
    for token in tokens.iter().take(QUERY_WORDS_MAX) {
        let mut row = tx.get(
            "select count(*) from (
                 select seq from search_token where workspace_id = $1 and token = $2 limit $3
             ) probed",
            &[
                workspace_id.into(),
                token.as_slice().into(),
                PROBE_ROWS_MAX.into(),
            ],
        )?;
        let count = row.int("count")?;
        if count == 0 {
            return Ok(None);
        }
        counted.push((count, *token));
    }
    if counted.is_empty() {
        return Ok(None);
    }
    counted.sort_unstable();
    Ok(Some(counted.into_iter().map(|(_, token)| token).collect()))
}

fn read_hit(mut row: Row) -> Result<SearchHit, StoreError> {
    Ok(SearchHit {
        conversation_id: row.parse("conversation_id")?,
        seq: row.int("seq")?,
        person_id: row.parse("person_id")?,
        created_at: row.time("created_at")?,
    })
}
