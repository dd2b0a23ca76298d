//! Search: messages that have all words of a query, newest first.
//!
//! Why behind the commit: a message is acknowledged when it is on disk; its words are indexed by a job of
//! the same transaction, so none is forgotten and none delays the writer.
//! Must not know: HTTP, SQL; how words become tokens (`vault`).

use std::collections::HashMap;

use domain::{ConversationId, EmailAddress, MessageKind, PersonId, VisitorId, WorkspaceId};
use policy::{Channel, Name, Reading, Role, SupportReply, Timestamp};
use serde::Serialize;
use store::{MessageRow, QUERY_WORDS_MAX, SearchCursor, SearchHit, StoreError, Tx};
use utoipa::ToSchema;
use vault::Sealed;

use crate::{
    App,
    actor::Agent,
    cursor::{read_cursor, time_and_id, write_cursor},
    error::AppError,
    inbox::one_line,
    opener::Opener,
    visitor::visitor_label,
};

/// Results on one page.
pub const SEARCH_PAGE: i64 = 20;
/// Longest query in characters.
pub const QUERY_CHARS_MAX: usize = 200;
/// Characters of a message shown in a result.
const SNIPPET_CHARS_MAX: usize = 160;
/// Characters shown before the first word found.
const SNIPPET_LEAD_CHARS: usize = 40;

/// A message that was found.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchResultView {
    /// Conversation.
    #[schema(value_type = String)]
    pub conversation_id: ConversationId,
    /// Number of the message.
    pub seq: i64,
    /// `visitor` or `agent`.
    pub author_kind: &'static str,
    /// The words around the first one found.
    pub snippet: String,
    /// When it was written.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// What to call the visitor.
    pub label: String,
}

/// A page of results.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchPageView {
    /// The results.
    pub results: Vec<SearchResultView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

opaque_debug!(SearchResultView, SearchPageView);

/// What a query looks for.
struct Wanted {
    tokens: Vec<[u8; 8]>,
    email_index: Option<[u8; 32]>,
    after: Option<SearchCursor>,
}

/// A hit with what is shown of it.
struct Found {
    hit: SearchHit,
    message: MessageRow,
    visitor_id: VisitorId,
    name: Option<Sealed<Name>>,
}

impl App {
    /// Messages and notes that have all words of the query.
    ///
    /// # Errors
    /// `Denied` by the policy, `Invalid` query or cursor, and those of the databases.
    pub async fn search(
        &self,
        agent: &Agent,
        query: &str,
        cursor: Option<&str>,
    ) -> Result<SearchPageView, AppError> {
        self.check_reading(agent)?;
        if query.chars().take(QUERY_CHARS_MAX + 1).count() > QUERY_CHARS_MAX {
            let why = format!("must not be longer than {QUERY_CHARS_MAX}");
            return Err(AppError::invalid("q", "too_long", why));
        }
        let after = cursor
            .map(|cursor| read_cursor(cursor, read_place))
            .transpose()?;
        let workspace_id = agent.workspace_id;
        let wanted = self.wanted(workspace_id, query, after).await?;
        let mut found: Vec<Found> = self
            .store
            .data
            .read(move |tx| find(tx, workspace_id, &wanted))
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        let page = usize::try_from(SEARCH_PAGE).unwrap_or_default();
        let has_more = found.len() > page;
        found.truncate(page);
        let next_cursor = found
            .last()
            .filter(|_| has_more)
            .map(|last| write_cursor(place_of(&last.hit)));
        let results = self.results(agent, query, &found).await?;
        Ok(SearchPageView {
            results,
            next_cursor,
        })
    }

    /// What stands for the query in the index. An address finds whoever gave it, by its keyed look-up.
    async fn wanted(
        &self,
        workspace_id: WorkspaceId,
        query: &str,
        after: Option<SearchCursor>,
    ) -> Result<Wanted, AppError> {
        let keys = self.keyring.workspace(workspace_id).await?;
        let address = EmailAddress::parse(query).ok().filter(|_| after.is_none());
        Ok(Wanted {
            tokens: keys
                .query_tokens(query)
                .into_iter()
                .take(QUERY_WORDS_MAX)
                .collect(),
            email_index: address.map(|address| keys.blind_index(address.as_str())),
            after,
        })
    }

    async fn results(
        &self,
        agent: &Agent,
        query: &str,
        found: &[Found],
    ) -> Result<Vec<SearchResultView>, AppError> {
        let workspace_id = agent.workspace_id;
        let persons: Vec<PersonId> = found.iter().map(|found| found.hit.person_id).collect();
        let keys = self.keyring.persons(workspace_id, persons).await?;
        let who = (agent.role, Channel::Widget);
        let older = self.older_terms(workspace_id, keys.keys().copied()).await?;
        let keys = self.under_terms::<SupportReply>(who, &older, keys)?;
        let reading = self.account_reading::<SupportReply>(agent, &keys).await?;
        let permits = self.permits::<SupportReply>(who, &older, &reading)?;
        let openers: HashMap<_, _> = keys
            .iter()
            .filter_map(|(person_id, key)| {
                let permit = permits.get(*person_id)?;
                Some((*person_id, Opener::new(workspace_id, key, permit)))
            })
            .collect();
        found
            .iter()
            .filter_map(|found| Some((found, openers.get(&found.hit.person_id)?)))
            .map(|(found, opener)| result(found, opener, query))
            .collect()
    }

    /// Indexes the words of a message. For the job that its commit left; repeating it changes nothing, and
    /// what is gone by now is left out.
    ///
    /// # Errors
    /// Those of the databases.
    pub async fn index_message(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        seq: i64,
    ) -> Result<(), AppError> {
        let row: Option<MessageRow> = self
            .store
            .data
            .read(move |tx| find_active_message(tx, workspace_id, conversation_id, seq))
            .await
            .map_err(AppError::from)?;
        let is_said =
            |row: &MessageRow| matches!(row.kind, MessageKind::Message | MessageKind::Note);
        let Some(row) = row.filter(is_said) else {
            return Ok(());
        };
        let Some(key) = self
            .keyring
            .find_person(workspace_id, row.person_id)
            .await?
        else {
            return Ok(());
        };
        let reading = Reading::own();
        let subject = self.subject_under(workspace_id, row.person_id).await?;
        let permit =
            self.permit::<SupportReply>(Role::System, Channel::Internal, &subject, &reading)?;
        let body = Opener::new(workspace_id, &key, &permit).body(row.message_id, &row.body)?;
        let keys = self.keyring.workspace(workspace_id).await?;
        let tokens: Vec<[u8; 8]> = keys.search_tokens(&body).into_iter().collect();
        let hit = SearchHit {
            conversation_id,
            seq,
            person_id: row.person_id,
            created_at: row.created_at,
        };
        let written = self.store.data.write(move |tx| {
            // Asked again under the writer: an erasure in between must not leave tokens behind.
            if !store::is_person_active(tx, workspace_id, hit.person_id)? {
                return Ok(());
            }
            store::create_search_tokens(tx, workspace_id, &hit, &tokens)
        });
        written.await.map_err(|error: StoreError| error.into())
    }
}

fn find(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    wanted: &Wanted,
) -> Result<Vec<Found>, StoreError> {
    let mut hits = match &wanted.email_index {
        Some(index) => store::search_by_email(tx, workspace_id, index, SEARCH_PAGE)?,
        None => Vec::new(),
    };
    let (tokens, after) = (&wanted.tokens, wanted.after);
    let by_words = store::search_messages(tx, workspace_id, tokens, after, SEARCH_PAGE + 1)?;
    let is_new = |hit: &SearchHit, hits: &[SearchHit]| {
        let place = |hit: &SearchHit| (hit.conversation_id, hit.seq);
        hits.iter().all(|known| place(known) != place(hit))
    };
    for hit in by_words {
        if is_new(&hit, &hits) {
            hits.push(hit);
        }
    }
    let mut found = Vec::with_capacity(hits.len());
    for hit in hits {
        let message = store::find_message(tx, workspace_id, hit.conversation_id, hit.seq)?;
        let visitor = store::find_visitor_of_person(tx, workspace_id, hit.person_id)?;
        // What a person restricted is not found.
        let usable = visitor.filter(|visitor| visitor.restricted_at.is_none());
        if let Some((message, visitor)) = message.zip(usable) {
            found.push(Found {
                hit,
                message,
                visitor_id: visitor.visitor_id,
                name: visitor.name,
            });
        }
    }
    Ok(found)
}

fn find_active_message(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    seq: i64,
) -> Result<Option<MessageRow>, StoreError> {
    if store::find_conversation(tx, workspace_id, conversation_id)?.is_none() {
        return Ok(None);
    }
    store::find_message(tx, workspace_id, conversation_id, seq)
}

fn result(
    found: &Found,
    opener: &Opener<'_, SupportReply>,
    query: &str,
) -> Result<SearchResultView, AppError> {
    let message = &found.message;
    let body = opener.body(message.message_id, &message.body)?;
    let name = found
        .name
        .as_ref()
        .map(|name| opener.name(found.visitor_id, name))
        .transpose()?;
    Ok(SearchResultView {
        conversation_id: found.hit.conversation_id,
        seq: found.hit.seq,
        author_kind: message.author_kind.key(),
        snippet: snippet(&body, query),
        created_at: found.hit.created_at,
        label: visitor_label(found.visitor_id, name.as_deref()),
    })
}

/// The words around the first one of the query; the beginning if none stands there as it was typed.
fn snippet(body: &str, query: &str) -> String {
    let line = one_line(body, body.len());
    let lower = line.to_lowercase();
    // Byte places of both agree only where lower case kept the lengths; else the beginning will do.
    let place = (lower.len() == line.len())
        .then(|| {
            query
                .split_whitespace()
                .find_map(|word| lower.find(&word.to_lowercase()))
        })
        .flatten()
        .unwrap_or(0);
    let before = line.get(..place).unwrap_or_default();
    let chars_before = before.chars().count();
    if chars_before <= SNIPPET_LEAD_CHARS {
        return one_line(&line, SNIPPET_CHARS_MAX);
    }
    let cut: String = line
        .chars()
        .skip(chars_before - SNIPPET_LEAD_CHARS)
        .collect();
    format!("…{}", one_line(&cut, SNIPPET_CHARS_MAX))
}

/// A place in the results, as text.
fn place_of(hit: &SearchHit) -> String {
    let (at, id, seq) = (hit.created_at.micros(), hit.conversation_id, hit.seq);
    format!("{at}.{id}.{seq}")
}

fn read_place(text: &str) -> Option<SearchCursor> {
    let (place, seq) = text.rsplit_once('.')?;
    let (created_at, conversation_id) = time_and_id(place)?;
    Some(SearchCursor {
        created_at,
        conversation_id,
        seq: seq.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippet_shows_the_words_around_the_first_one_found() {
        let body = format!("{} needle {}", "hay ".repeat(60), "straw ".repeat(60));

        let shown = snippet(&body, "Needle");

        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.contains("needle"), "{shown}");
        assert!(shown.chars().count() <= SNIPPET_CHARS_MAX + 2, "{shown}");
    }

    #[test]
    fn snippet_of_a_short_text_is_the_text() {
        assert_eq!(
            snippet("Where is\nmy İstanbul order?", "order"),
            "Where is my İstanbul order?"
        );
    }
}
