//! The inbox: pages of conversations by key, and counts kept with each transition.
//!
//! Why no counting query: a rival's list took 200 s at 50 agents. A page reads its rows by index, a count
//! is a row of its own.
//! Must not know: who may see the inbox, plain text.

use domain::{
    AgentId, AuthorKind, ConversationId, ConversationState, MessageId, MessageKind, Status,
    WorkspaceId,
};
use policy::{BrowsingHistory, Language, Name, PrivateContent, Timestamp};
use vault::Sealed;

use crate::{
    conversation::{ConversationRow, conversation_columns, person_is_active, read_conversation},
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// Unread messages counted for a row; a screen shows one more as "99+".
pub const UNREAD_COUNT_MAX: i64 = 100;
/// Rows of counts read for one state: agents of a workspace.
const COUNT_ROWS_MAX: i64 = 1_000;

/// Which conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxView {
    /// Those of one agent.
    Mine(AgentId),
    /// Those of nobody.
    Unassigned,
    /// All.
    All,
}

/// Where a page begins: after this conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxCursor {
    /// Among those whose visitor waits, longest first.
    Waiting(Timestamp, ConversationId),
    /// Among the others, newest first.
    Quiet(Timestamp, ConversationId),
}

/// How many conversations of a state there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxCounts {
    /// Those of the asking agent.
    pub mine: i64,
    /// Those of nobody.
    pub unassigned: i64,
    /// All.
    pub all: i64,
}

/// A conversation as a row of the inbox.
#[derive(Debug, Clone)]
pub struct InboxRow {
    /// The conversation.
    pub conversation: ConversationRow,
    /// Name of its site.
    pub site_name: String,
    /// Name of the visitor.
    pub name: Option<Sealed<Name>>,
    /// Language of the visitor.
    pub locale: Option<Sealed<Language>>,
    /// Page the visitor writes from.
    pub page_url: Option<Sealed<BrowsingHistory>>,
    /// Its title.
    pub page_title: Option<Sealed<BrowsingHistory>>,
    /// Comment on the rating.
    pub rating_comment: Option<Sealed<PrivateContent>>,
    /// The newest message.
    pub last_message: Option<LastMessage>,
    /// Messages of the visitor that no agent has read, or that were put back to unread, at most [`UNREAD_COUNT_MAX`].
    pub unread: i64,
}

/// The newest message of a conversation.
#[derive(Debug, Clone)]
pub struct LastMessage {
    /// Its id.
    pub message_id: MessageId,
    /// What kind it is.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author_kind: AuthorKind,
    /// What it says.
    pub body: Sealed<PrivateContent>,
}

/// Rows of the inbox up to their condition.
macro_rules! select_inbox {
    ($($condition:expr),+) => {
        concat!(
            "select ",
            conversation_columns!(),
            ", site.name, visitor.name_sealed, visitor.locale_sealed,
                 conversation.page_url_sealed, conversation.page_title_sealed,
                 conversation.rating_comment_sealed, message.message_id, message.kind,
                 message.author_kind, message.body_sealed,
                 (select count(*) from (
                     select unread.seq from message unread
                     where unread.workspace_id = conversation.workspace_id
                         and unread.conversation_id = conversation.conversation_id
                         and unread.seq > coalesce(
                             conversation.unread_from_seq - 1, conversation.agent_read_seq)
                         and unread.author_kind = 'visitor'
                     limit 100
                 ) counted)
             from conversation
             join visitor on visitor.workspace_id = conversation.workspace_id
                 and visitor.visitor_id = conversation.visitor_id
             left join site on site.workspace_id = conversation.workspace_id
                 and site.site_id = conversation.site_id
             left join message on message.workspace_id = conversation.workspace_id
                 and message.conversation_id = conversation.conversation_id
                 and message.seq = conversation.last_seq
             where conversation.workspace_id = $1 and ",
            person_is_active!(),
            $($condition),+
        )
    };
}

/// One page: `$3` assignee, `$4` and `$5` the cursor, `$6` the limit.
macro_rules! inbox_page {
    ($view:literal, waiting) => {
        select_inbox!(
            " and conversation.state = $2 ",
            $view,
            " and conversation.waiting_since is not null
              and (conversation.waiting_since, conversation.conversation_id) > ($4, $5)
              order by conversation.waiting_since, conversation.conversation_id
              limit $6"
        )
    };
    ($view:literal, quiet) => {
        select_inbox!(
            " and conversation.state = $2 ",
            $view,
            " and conversation.waiting_since is null
              and (conversation.last_message_at, conversation.conversation_id) < ($4, $5)
              order by conversation.last_message_at desc, conversation.conversation_id desc
              limit $6"
        )
    };
}

/// `$3` is compared in every view, so that each text has the same parameters.
const MINE_WAITING: &str = inbox_page!("and conversation.assignee_id = $3", waiting);
const MINE_QUIET: &str = inbox_page!("and conversation.assignee_id = $3", quiet);
const NOBODY_WAITING: &str =
    inbox_page!("and conversation.assignee_id is null and $3 = ''", waiting);
const NOBODY_QUIET: &str = inbox_page!("and conversation.assignee_id is null and $3 = ''", quiet);
const ALL_WAITING: &str = inbox_page!("and $3 = ''", waiting);
const ALL_QUIET: &str = inbox_page!("and $3 = ''", quiet);

/// A page of the inbox: whose visitor waits longest first, then the newest.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_inbox(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    (view, state): (InboxView, ConversationState),
    after: Option<InboxCursor>,
    limit: i64,
) -> Result<Vec<InboxRow>, StoreError> {
    let (waiting, quiet) = match view {
        InboxView::Mine(_) => (MINE_WAITING, MINE_QUIET),
        InboxView::Unassigned => (NOBODY_WAITING, NOBODY_QUIET),
        InboxView::All => (ALL_WAITING, ALL_QUIET),
    };
    let assignee = match view {
        InboxView::Mine(agent_id) => agent_id.to_string(),
        InboxView::Unassigned | InboxView::All => String::new(),
    };
    let values = |time: i64, id: String, limit: i64| -> [Value; 6] {
        [
            workspace_id.into(),
            state.key().into(),
            assignee.clone().into(),
            time.into(),
            id.into(),
            limit.into(),
        ]
    };
    let mut rows = match after {
        Some(InboxCursor::Quiet(..)) => Vec::new(),
        Some(InboxCursor::Waiting(at, id)) => {
            tx.query(waiting, &values(at.micros(), id.to_string(), limit))?
        }
        None => tx.query(waiting, &values(i64::MIN, String::new(), limit))?,
    };
    let left = limit.saturating_sub(i64::try_from(rows.len()).unwrap_or(limit));
    if left > 0 {
        let (time, id) = match after {
            Some(InboxCursor::Quiet(at, id)) => (at.micros(), id.to_string()),
            _ => (i64::MAX, String::new()),
        };
        rows.extend(tx.query(quiet, &values(time, id, left))?);
    }
    rows.into_iter().map(read_inbox).collect()
}

/// One conversation as a row of the inbox.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_inbox_row(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
) -> Result<Option<InboxRow>, StoreError> {
    let sql = select_inbox!(" and conversation.conversation_id = $2 limit 1");
    let found = tx.find(sql, &[workspace_id.into(), conversation_id.into()])?;
    found.map(read_inbox).transpose()
}

/// The counts of a state.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn inbox_counts(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    state: ConversationState,
) -> Result<InboxCounts, StoreError> {
    let rows = tx.query(
        "select assignee_id, conversations from inbox_count
         where workspace_id = $1 and state = $2
         limit $3",
        &[
            workspace_id.into(),
            state.key().into(),
            COUNT_ROWS_MAX.into(),
        ],
    )?;
    let mut counts = InboxCounts {
        mine: 0,
        unassigned: 0,
        all: 0,
    };
    let me = agent_id.to_string();
    for mut row in rows {
        let assignee = row.text("assignee_id")?;
        let conversations = row.int("conversations")?;
        counts.all += conversations;
        if assignee.is_empty() {
            counts.unassigned += conversations;
        } else if assignee == me {
            counts.mine += conversations;
        }
    }
    Ok(counts)
}

/// Moves a conversation between counts, where its state or assignee changes.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub(crate) fn move_inbox_count(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    before: Option<&Status>,
    after: Option<&Status>,
) -> Result<(), StoreError> {
    let place = |status: &Status| (status.state, status.assignee_id);
    if before.map(place) == after.map(place) {
        return Ok(());
    }
    for (status, change) in [(before, -1_i64), (after, 1)] {
        let Some(status) = status else { continue };
        tx.execute(
            "insert into inbox_count (workspace_id, state, assignee_id, conversations)
             values ($1, $2, $3, $4)
             on conflict (workspace_id, state, assignee_id) do update
             set conversations = inbox_count.conversations + excluded.conversations",
            &[
                workspace_id.into(),
                status.state.key().into(),
                status
                    .assignee_id
                    .map(|id| id.to_string())
                    .unwrap_or_default()
                    .into(),
                change.into(),
            ],
        )?;
    }
    Ok(())
}

fn read_inbox(mut row: Row) -> Result<InboxRow, StoreError> {
    let conversation = read_conversation(&mut row)?;
    let site_name = row.text_opt("name")?.unwrap_or_default();
    let name = row.sealed_opt("name_sealed")?;
    let locale = row.sealed_opt("locale_sealed")?;
    let page_url = row.sealed_opt("page_url_sealed")?;
    let page_title = row.sealed_opt("page_title_sealed")?;
    let rating_comment = row.sealed_opt("rating_comment_sealed")?;
    Ok(InboxRow {
        conversation,
        site_name,
        name,
        locale,
        page_url,
        page_title,
        rating_comment,
        last_message: read_last_message(&mut row)?,
        unread: row.int("unread")?,
    })
}

fn read_last_message(row: &mut Row) -> Result<Option<LastMessage>, StoreError> {
    let message_id = row.parse_opt("message_id")?;
    let kind = row.parse_opt("kind")?;
    let author_kind = row.parse_opt("author_kind")?;
    let body = row.sealed_opt("body_sealed")?;
    let whole = message_id.zip(kind).zip(author_kind).zip(body);
    Ok(
        whole.map(|(((message_id, kind), author_kind), body)| LastMessage {
            message_id,
            kind,
            author_kind,
            body,
        }),
    )
}

/// The inbox no longer counts conversations that nobody sees.
pub(crate) fn leave_inbox(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<(), StoreError> {
    tx.execute(
        "update inbox_count
         set conversations = conversations - (
             select count(*) from conversation c
             where c.workspace_id = $1 and c.person_id = $2 and c.state = inbox_count.state
                 and coalesce(c.assignee_id, '') = inbox_count.assignee_id
         )
         where workspace_id = $1",
        key,
    )?;
    Ok(())
}

/// The inbox counts conversations again that are seen again.
pub(crate) fn return_to_inbox(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<(), StoreError> {
    tx.execute(
        "update inbox_count
         set conversations = conversations + (
             select count(*) from conversation c
             where c.workspace_id = $1 and c.person_id = $2 and c.state = inbox_count.state
                 and coalesce(c.assignee_id, '') = inbox_count.assignee_id
         )
         where workspace_id = $1",
        key,
    )?;
    Ok(())
}
