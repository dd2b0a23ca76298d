//! The inbox: conversations as agents see them, whose visitor waits longest first.
//!
//! Must not know: HTTP, SQL.

use std::collections::HashMap;

use domain::{
    AgentId, ConversationId, ConversationState, PersonId, SiteId, VisitorId, WorkspaceId,
};
use policy::{Channel, Reading, Subject, SupportReply, Timestamp};
use serde::Serialize;
use store::{InboxCursor, InboxRow, InboxView, StoreError};
use utoipa::ToSchema;

use crate::{
    App,
    actor::Agent,
    cursor::{read_cursor, time_and_id, write_cursor},
    error::AppError,
    opener::Opener,
    terms::unless_denied,
    visitor::visitor_label,
};

/// Conversations on one page, at most.
pub const INBOX_PAGE_MAX: i64 = 100;
/// Conversations on one page, if the reader does not say.
pub const INBOX_PAGE: i64 = 50;
/// Characters of the newest message in a row.
const PREVIEW_CHARS_MAX: usize = 120;

/// A visitor as agents see them.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InboxVisitorView {
    /// Id.
    #[schema(value_type = String)]
    pub id: VisitorId,
    /// Name as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What to call them.
    pub label: String,
    /// Whether they have the conversation open now.
    pub online: bool,
    /// Whether they may not write.
    pub blocked: bool,
    /// Language of their browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// The newest message in a row.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LastMessageView {
    /// `message`, `note` or `system`.
    pub kind: &'static str,
    /// `visitor`, `agent` or `system`.
    pub author_kind: &'static str,
    /// Its beginning, on one line.
    pub preview: String,
}

/// The page a visitor writes from.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PageView {
    /// Address, without query and fragment.
    pub url: String,
    /// Title.
    pub title: String,
}

/// A rating as agents see it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingView {
    /// 1 to 5.
    pub score: i64,
    /// What the visitor says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A conversation as agents see it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationView {
    /// Id.
    #[schema(value_type = String)]
    pub id: ConversationId,
    /// Where it began.
    #[schema(value_type = String)]
    pub site_id: SiteId,
    /// Name of that site.
    pub site_name: String,
    /// The data subject.
    #[schema(value_type = String)]
    pub person_id: PersonId,
    /// The visitor.
    pub visitor: InboxVisitorView,
    /// `open`, `snoozed` or `resolved`.
    pub state: &'static str,
    /// Until when it is put aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub snoozed_until: Option<Timestamp>,
    /// Who answers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub assignee_id: Option<AgentId>,
    /// Number of the newest message.
    pub last_seq: i64,
    /// When something was last said to the visitor or by them.
    #[schema(value_type = i64)]
    pub last_message_at: Timestamp,
    /// The newest message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<LastMessageView>,
    /// Since when the visitor waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub waiting_since: Option<Timestamp>,
    /// Messages of the visitor that no agent has read, at most 100.
    pub unread: i64,
    /// Number of the newest message the visitor has read.
    pub visitor_read_seq: i64,
    /// Number of the newest message that reached the visitor's screen.
    pub visitor_delivered_seq: i64,
    /// The page the visitor writes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageView>,
    /// The visitor's rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingView>,
    /// When it began.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// When it was resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub resolved_at: Option<Timestamp>,
    /// `restricted` while the person does not let it be used: nothing said in it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<&'static str>,
}

/// How many conversations there are in the asked state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct InboxCountsView {
    /// Those of the asking agent.
    pub mine: i64,
    /// Those of nobody.
    pub unassigned: i64,
    /// All.
    pub all: i64,
}

/// A page of the inbox.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InboxPageView {
    /// The conversations.
    pub conversations: Vec<ConversationView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Counts of the asked state.
    pub counts: InboxCountsView,
}

/// A conversation alone.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OneConversationView {
    /// The conversation.
    pub conversation: ConversationView,
}

opaque_debug!(
    InboxVisitorView,
    LastMessageView,
    PageView,
    RatingView,
    ConversationView,
    InboxPageView,
    OneConversationView,
);

/// Which page of the inbox.
pub struct InboxQuery {
    /// `mine`, `unassigned` or `all`.
    pub view: Option<String>,
    /// `open`, `snoozed` or `resolved`.
    pub state: Option<String>,
    /// Where it begins, as the page before said.
    pub cursor: Option<String>,
    /// How many.
    pub limit: Option<i64>,
}

impl App {
    /// A page of the inbox.
    ///
    /// # Errors
    /// `Denied` by the policy, `Invalid` query, and those of the databases.
    pub async fn list_conversations(
        &self,
        agent: &Agent,
        query: &InboxQuery,
    ) -> Result<InboxPageView, AppError> {
        let workspace_id = agent.workspace_id;
        let (view, state, after) = parse_query(agent.agent_id, query)?;
        let limit = query.limit.unwrap_or(INBOX_PAGE).clamp(1, INBOX_PAGE_MAX);
        self.check_reading(agent)?;
        let agent_id = agent.agent_id;
        let (mut rows, counts) = self
            .store
            .data
            .read(move |tx| {
                let page = store::list_inbox(tx, workspace_id, (view, state), after, limit + 1)?;
                Ok::<_, StoreError>((
                    page,
                    store::inbox_counts(tx, workspace_id, agent_id, state)?,
                ))
            })
            .await
            .map_err(AppError::from)?;
        let limit = usize::try_from(limit).unwrap_or_default();
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| has_more)
            .map(|row| write_cursor(place_of(row)));
        Ok(InboxPageView {
            conversations: self.conversation_views(agent, &rows).await?,
            next_cursor,
            counts: InboxCountsView {
                mine: counts.mine,
                unassigned: counts.unassigned,
                all: counts.all,
            },
        })
    }

    /// One conversation as an agent sees it.
    ///
    /// # Errors
    /// `NotFound`, `Denied` by the policy, and those of the databases.
    pub async fn get_conversation(
        &self,
        agent: &Agent,
        conversation_id: ConversationId,
    ) -> Result<ConversationView, AppError> {
        self.check_reading(agent)?;
        let workspace_id = agent.workspace_id;
        let row: Option<InboxRow> = self
            .store
            .data
            .read(move |tx| store::find_inbox_row(tx, workspace_id, conversation_id))
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        let row = row.ok_or(AppError::NotFound)?;
        let views = self.conversation_views(agent, &[row]).await?;
        views.into_iter().next().ok_or(AppError::NotFound)
    }

    /// Whether an agent may read conversations at all: said even where there is none.
    pub(crate) fn check_reading(&self, agent: &Agent) -> Result<(), AppError> {
        let reading = Reading::own();
        let subject = Subject::default();
        self.permit::<SupportReply>(agent.role, Channel::Widget, &subject, &reading)?;
        Ok(())
    }

    async fn conversation_views(
        &self,
        agent: &Agent,
        rows: &[InboxRow],
    ) -> Result<Vec<ConversationView>, AppError> {
        self.check_reading(agent)?;
        let workspace_id = agent.workspace_id;
        // What a person restricted is not opened, so it is no reading either.
        let usable = rows.iter().filter(|row| !row.conversation.is_restricted);
        let persons: Vec<PersonId> = usable.map(|row| row.conversation.person_id).collect();
        let keys = self.keyring.persons(workspace_id, persons).await?;
        let who = (agent.role, Channel::Widget);
        let older = self.older_terms(workspace_id, keys.keys().copied()).await?;
        let keys = self.under_terms::<SupportReply>(who, &older, keys)?;
        let reading = self.account_reading::<SupportReply>(agent, &keys).await?;
        let permits = self.permits::<SupportReply>(who, &older, &reading)?;
        let openers: HashMap<PersonId, Opener<'_, SupportReply>> = keys
            .iter()
            .filter_map(|(person_id, key)| {
                let permit = permits.get(*person_id)?;
                Some((*person_id, Opener::new(workspace_id, key, permit)))
            })
            .collect();
        rows.iter()
            .filter_map(|row| {
                if row.conversation.is_restricted {
                    return Some(Ok(self.frozen_view(workspace_id, row)));
                }
                let opener = openers.get(&row.conversation.person_id)?;
                Some(self.conversation_view(workspace_id, row, opener))
            })
            .collect()
    }

    /// A conversation whose person does not let it be used: that it is there, and nothing said in it.
    fn frozen_view(&self, workspace_id: WorkspaceId, row: &InboxRow) -> ConversationView {
        let of = &row.conversation;
        ConversationView {
            id: of.conversation_id,
            site_id: of.site_id,
            site_name: row.site_name.clone(),
            person_id: of.person_id,
            visitor: InboxVisitorView {
                id: of.visitor_id,
                name: None,
                label: visitor_label(of.visitor_id, None),
                online: self.is_person_online(workspace_id, of.person_id),
                blocked: of.is_blocked,
                locale: None,
            },
            state: of.status.state.key(),
            snoozed_until: of.status.snoozed_until,
            assignee_id: of.status.assignee_id,
            last_seq: of.last_seq,
            last_message_at: of.last_message_at,
            last_message: None,
            waiting_since: of.status.waiting_since,
            unread: 0,
            visitor_read_seq: of.visitor.read_seq,
            visitor_delivered_seq: of.visitor.delivered_seq,
            page: None,
            rating: None,
            created_at: of.created_at,
            resolved_at: of.status.resolved_at,
            frozen: Some("restricted"),
        }
    }

    fn conversation_view(
        &self,
        workspace_id: WorkspaceId,
        row: &InboxRow,
        opener: &Opener<'_, SupportReply>,
    ) -> Result<ConversationView, AppError> {
        let of = &row.conversation;
        Ok(ConversationView {
            id: of.conversation_id,
            site_id: of.site_id,
            site_name: row.site_name.clone(),
            person_id: of.person_id,
            visitor: self.inbox_visitor(workspace_id, row, opener)?,
            state: of.status.state.key(),
            snoozed_until: of.status.snoozed_until,
            assignee_id: of.status.assignee_id,
            last_seq: of.last_seq,
            last_message_at: of.last_message_at,
            last_message: last_message(row, opener)?,
            waiting_since: of.status.waiting_since,
            unread: row.unread,
            visitor_read_seq: of.visitor.read_seq,
            visitor_delivered_seq: of.visitor.delivered_seq,
            page: page(row, opener)?,
            rating: rating(row, opener)?,
            created_at: of.created_at,
            resolved_at: of.status.resolved_at,
            frozen: None,
        })
    }

    fn inbox_visitor(
        &self,
        workspace_id: WorkspaceId,
        row: &InboxRow,
        opener: &Opener<'_, SupportReply>,
    ) -> Result<InboxVisitorView, AppError> {
        let id = row.conversation.visitor_id;
        let name = row.name.as_ref().map(|name| opener.name(id, name));
        let name = name.map(unless_denied).transpose()?.flatten();
        let locale = row.locale.as_ref().map(|locale| opener.locale(id, locale));
        let locale = locale.map(unless_denied).transpose()?.flatten();
        Ok(InboxVisitorView {
            id,
            label: visitor_label(id, name.as_deref()),
            name,
            online: self.is_person_online(workspace_id, row.conversation.person_id),
            blocked: row.conversation.is_blocked,
            locale,
        })
    }
}

fn last_message(
    row: &InboxRow,
    opener: &Opener<'_, SupportReply>,
) -> Result<Option<LastMessageView>, AppError> {
    let Some(message) = &row.last_message else {
        return Ok(None);
    };
    let body = opener.body(message.message_id, &message.body)?;
    Ok(Some(LastMessageView {
        kind: message.kind.view(),
        author_kind: message.author_kind.key(),
        preview: one_line(&body, PREVIEW_CHARS_MAX),
    }))
}

fn page(row: &InboxRow, opener: &Opener<'_, SupportReply>) -> Result<Option<PageView>, AppError> {
    let Some(url) = &row.page_url else {
        return Ok(None);
    };
    let id = row.conversation.conversation_id;
    let Some(url) = unless_denied(opener.page(id, "page_url_sealed", url))? else {
        return Ok(None);
    };
    let title = row
        .page_title
        .as_ref()
        .map(|title| opener.page(id, "page_title_sealed", title))
        .transpose()?;
    Ok(Some(PageView {
        url,
        title: title.unwrap_or_default(),
    }))
}

fn rating(
    row: &InboxRow,
    opener: &Opener<'_, SupportReply>,
) -> Result<Option<RatingView>, AppError> {
    let Some(score) = row.conversation.rating else {
        return Ok(None);
    };
    let id = row.conversation.conversation_id;
    let comment = row
        .rating_comment
        .as_ref()
        .map(|comment| opener.rating_comment(id, comment))
        .transpose()?;
    Ok(Some(RatingView { score, comment }))
}

/// The beginning of a text on one line.
pub(crate) fn one_line(text: &str, chars_max: usize) -> String {
    let mut line = String::new();
    let mut left = chars_max;
    for word in text.split_whitespace() {
        let separator = (!line.is_empty()).then_some(' ');
        for character in separator.into_iter().chain(word.chars()) {
            if left == 0 {
                line.push('…');
                return line;
            }
            line.push(character);
            left -= 1;
        }
    }
    line
}

fn parse_query(
    agent_id: AgentId,
    query: &InboxQuery,
) -> Result<(InboxView, ConversationState, Option<InboxCursor>), AppError> {
    let view = match query.view.as_deref() {
        None | Some("mine") => InboxView::Mine(agent_id),
        Some("unassigned") => InboxView::Unassigned,
        Some("all") => InboxView::All,
        Some(_) => {
            let why = "must be mine, unassigned or all";
            return Err(AppError::invalid("view", "unknown_word", why));
        }
    };
    let state = query
        .state
        .as_deref()
        .unwrap_or("open")
        .parse()
        .map_err(|_| {
            AppError::invalid("state", "unknown_word", "must be open, snoozed or resolved")
        })?;
    let after = query
        .cursor
        .as_deref()
        .map(|cursor| read_cursor(cursor, read_place))
        .transpose()?;
    Ok((view, state, after))
}

/// The place of a row, as text.
fn place_of(row: &InboxRow) -> String {
    let of = &row.conversation;
    match of.status.waiting_since {
        Some(since) => format!("w.{}.{}", since.micros(), of.conversation_id),
        None => format!("q.{}.{}", of.last_message_at.micros(), of.conversation_id),
    }
}

fn read_place(text: &str) -> Option<InboxCursor> {
    let (kind, place) = text.split_once('.')?;
    let (time, id) = time_and_id(place)?;
    match kind {
        "w" => Some(InboxCursor::Waiting(time, id)),
        "q" => Some(InboxCursor::Quiet(time, id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preview_is_one_line_and_ends_with_an_ellipsis_when_cut() {
        assert_eq!(one_line("a\n b\tc ", 10), "a b c");
        assert_eq!(one_line("abcdef", 3), "abc…");
    }

    #[test]
    fn cursor_of_a_stranger_is_refused() {
        for cursor in ["", "x", "dy4x", "cS5hLmI", "!!"] {
            assert!(read_cursor(cursor, read_place).is_err(), "{cursor}");
        }
    }
}
