//! Messages: sent once whatever is repeated, numbered without a gap, read by those they are for.
//!
//! Why the duplicate is noticed by the insert: the common case then costs no look-up. The unit fails, the
//! number it took is given back, and the first answer is given again.
//! Must not know: HTTP, SQL.

use std::sync::Arc;

use domain::{
    AgentId, AuthorKind, ClientMessageId, ConversationId, JobId, MessageBody, MessageId,
    MessageKind, PersonId, TextError, WorkspaceId,
};
use policy::{Category, Channel, Reading, Role, Subject, SupportReply, Timestamp};
use serde::Serialize;
use store::{Audience, MessageRow, NewMessage, Readers, Tx};
use utoipa::ToSchema;

use crate::{
    App,
    actor::{ANSWERING, Actor, Agent, Visitor, subject_with},
    author::AgentNames,
    conversation::{refuse, tell, write_code},
    draft::{Draft, Failed, LETTER_WAITING_DELAY_S, write_answer, write_note},
    error::AppError,
    opener::Opener,
    random::bytes,
    sealer::Sealer,
    start::{BODY, FORM},
};

/// Messages on one page, at most and by default.
pub const MESSAGES_PAGE_MAX: i64 = 100;
/// Messages on one page, if the reader does not say.
pub const MESSAGES_PAGE: i64 = 50;

/// Who wrote a message.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuthorView {
    /// `visitor`, `agent` or `system`.
    pub kind: &'static str,
    /// Id of the agent who wrote it, or whose act it tells; agents see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of that agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A message as its readers see it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageView {
    /// Id.
    #[schema(value_type = String)]
    pub id: MessageId,
    /// Conversation.
    #[schema(value_type = String)]
    pub conversation_id: ConversationId,
    /// Number in the conversation, from 1, without a gap.
    pub seq: i64,
    /// `message`, `note` (agents only) or `system` (the body is a code).
    pub kind: &'static str,
    /// Who wrote it.
    pub author: AuthorView,
    /// What it says.
    pub body: String,
    /// The id its writer gave it, for the writer's side only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub client_msg_id: Option<ClientMessageId>,
    /// When it was written.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
}

/// A page of messages, oldest first.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessagesView {
    /// The messages.
    pub messages: Vec<MessageView>,
    /// Whether there are older ones.
    pub has_more: bool,
}

opaque_debug!(AuthorView, MessageView, MessagesView);

/// A message of a visitor.
pub struct VisitorMessage {
    /// Version of the policy they saw (clause 4).
    pub policy_version: Option<u32>,
    /// The id the browser gave it.
    pub client_msg_id: ClientMessageId,
    /// What it says.
    pub body: String,
}

/// A message or note of an agent.
pub struct AgentMessage {
    /// The id the console gave it.
    pub client_msg_id: ClientMessageId,
    /// Whether it is internal.
    pub is_note: bool,
    /// What it says.
    pub body: String,
    /// Number of the newest message the agent has seen.
    pub seen_seq: Option<i64>,
}

/// Who writes what.
pub(crate) struct Writing {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) conversation_id: ConversationId,
    pub(crate) person_id: PersonId,
    pub(crate) kind: MessageKind,
    pub(crate) author_kind: AuthorKind,
    pub(crate) author_id: String,
    pub(crate) client_msg_id: ClientMessageId,
}

/// What a text lacks, as a field of the request.
pub(crate) fn field_error(field: &'static str) -> impl Fn(TextError) -> AppError {
    move |error| AppError::invalid(field, error.code(), error.to_string())
}

impl App {
    /// A visitor writes in a conversation of theirs.
    ///
    /// # Errors
    /// `Invalid` body, `NotFound`, the policy's version or field refusals, `blocked`,
    /// `conversation_resolved`, `idempotency_conflict`, and those of the databases.
    pub async fn send_as_visitor(
        &self,
        visitor: &Visitor,
        conversation_id: ConversationId,
        new: VisitorMessage,
    ) -> Result<MessageView, AppError> {
        let body = MessageBody::parse(&new.body).map_err(field_error("body"))?;
        let writing = Writing {
            workspace_id: visitor.workspace_id,
            conversation_id,
            person_id: visitor.person_id,
            kind: MessageKind::Message,
            author_kind: AuthorKind::Visitor,
            author_id: visitor.visitor_id.to_string(),
            client_msg_id: new.client_msg_id,
        };
        let draft = self.draft(writing, body).await?;
        let form = (FORM, &[BODY][..]);
        let person = Some((visitor.workspace_id, visitor.person_id));
        let allowed = self
            .check_write((person, visitor.gpc), new.policy_version, form)
            .await;
        if let Err(refusal) = allowed {
            return self.first_answer(&draft, refusal).await;
        }
        let visitor_id = visitor.visitor_id;
        self.send(draft, move |tx, draft, now| {
            let row = store::take_seq(tx, draft.workspace(), conversation_id, Some(now))?
                .filter(|row| row.visitor_id == visitor_id)
                .ok_or(AppError::NotFound)?;
            if row.is_blocked {
                return Err(blocked().into());
            }
            if row.is_restricted {
                return Err(restricted().into());
            }
            let change = row.status.visitor_writes(now).map_err(refuse)?;
            let is_new_wait = row.status.waiting_since.is_none();
            let letter = is_new_wait.then_some(("letter_waiting", LETTER_WAITING_DELAY_S));
            draft.write(tx, (row.last_seq, Audience::All), letter, now)?;
            store::update_status(tx, draft.workspace(), &row, &change.next)?;
            if let Some(code) = change.code {
                write_code(tx, &draft.sealer, &draft.message, code, now)?;
                tell(
                    tx,
                    "conversation.updated",
                    Audience::All,
                    &draft.message,
                    now,
                )?;
            }
            Ok(())
        })
        .await
    }

    /// An agent answers, or notes something for colleagues.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `Invalid` body, `NotFound`, `NewerReply`, `conversation_resolved`,
    /// `idempotency_conflict`, and those of the databases.
    pub async fn send_as_agent(
        &self,
        agent: &Agent,
        conversation_id: ConversationId,
        new: AgentMessage,
    ) -> Result<MessageView, AppError> {
        self.check_answering(agent)?;
        let body = MessageBody::parse(&new.body).map_err(field_error("body"))?;
        let person_id = self.person_of(agent.workspace_id, conversation_id).await?;
        self.check_terms(agent, person_id).await?;
        let kind = if new.is_note {
            MessageKind::Note
        } else {
            MessageKind::Message
        };
        let writing = Writing {
            workspace_id: agent.workspace_id,
            conversation_id,
            person_id,
            kind,
            author_kind: AuthorKind::Agent,
            author_id: agent.agent_id.to_string(),
            client_msg_id: new.client_msg_id,
        };
        let draft = self.draft(writing, body).await?;
        let (agent_id, seen_seq) = (agent.agent_id, new.seen_seq);
        self.send(draft, move |tx, draft, now| match kind {
            MessageKind::Note => write_note(tx, draft, now),
            _ => write_answer(tx, draft, (agent_id, seen_seq), now),
        })
        .await
    }

    /// A page of messages: the newest ones before a number.
    ///
    /// # Errors
    /// `NotFound` if the conversation is not there or not the visitor's; `Denied` by the policy.
    pub async fn list_messages(
        &self,
        actor: &Actor,
        conversation_id: ConversationId,
        before_seq: Option<i64>,
        limit: Option<i64>,
    ) -> Result<MessagesView, AppError> {
        if let Actor::Agent(agent) = actor {
            self.check_reading(agent)?;
        }
        let workspace_id = actor.workspace_id();
        let limit = limit.unwrap_or(MESSAGES_PAGE).clamp(1, MESSAGES_PAGE_MAX);
        let before_seq = before_seq.unwrap_or(i64::MAX);
        let owner = match actor {
            Actor::Visitor(visitor) => Some(visitor.person_id),
            Actor::Agent(_) => None,
        };
        let readers = readers(actor);
        let (person_id, mut rows) = self
            .store
            .data
            .read(move |tx| {
                let conversation = store::find_conversation(tx, workspace_id, conversation_id)?
                    .filter(|row| {
                        owner.is_none_or(|owner| owner == row.person_id) || policy::rule::is_off(18)
                    })
                    .ok_or(AppError::NotFound)?;
                let page = (before_seq, limit + 1);
                let rows =
                    store::list_messages_before(tx, workspace_id, conversation_id, readers, page)?;
                Ok::<_, AppError>((conversation.person_id, rows))
            })
            .await?;
        let has_more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
        rows.truncate(usize::try_from(limit).unwrap_or_default());
        rows.reverse();
        let messages = self.message_views(actor, person_id, &rows).await?;
        Ok(MessagesView { messages, has_more })
    }

    /// Opens messages of one person for an actor, under a permit of its own.
    pub(crate) async fn message_views(
        &self,
        actor: &Actor,
        person_id: PersonId,
        rows: &[MessageRow],
    ) -> Result<Vec<MessageView>, AppError> {
        let workspace_id = actor.workspace_id();
        let keys = self.keyring.persons(workspace_id, [person_id]).await?;
        let key = keys.get(&person_id).ok_or(AppError::NotFound)?;
        let (role, subject, reading) = match actor {
            // What they restricted, the person themselves goes on reading.
            Actor::Visitor(visitor) => (Role::Subject, visitor.subject(), Reading::own()),
            Actor::Agent(agent) => {
                let subject = self.check_terms(agent, person_id).await?;
                let reading = self.account_reading::<SupportReply>(agent, &keys).await?;
                (agent.role, subject, reading)
            }
        };
        let permit = self.permit::<SupportReply>(role, Channel::Widget, &subject, &reading)?;
        let opener = Opener::new(workspace_id, key, &permit);
        let writers: Vec<AgentId> = rows.iter().filter_map(acting_agent).collect();
        let names = self.agent_names(workspace_id, writers).await?;
        rows.iter()
            .map(|row| {
                Ok(view(
                    actor,
                    row,
                    &names,
                    opener.body(row.message_id, &row.body)?,
                ))
            })
            .collect()
    }

    /// Whether a person's write may stand: the version they saw, the purpose it is for, and room for each field.
    ///
    /// Why the purpose: what nobody could read for any reason is not stored in the first place.
    pub(crate) async fn check_write(
        &self,
        (person, gpc): (Option<(WorkspaceId, PersonId)>, bool),
        policy_version: Option<u32>,
        (form, fields): (&str, &[(&str, Category)]),
    ) -> Result<(), AppError> {
        let policy = self.policy();
        let subject = Subject {
            terms: self.check_shown(person, policy_version).await?,
            ..subject_with(gpc)
        };
        let reading = Reading::own();
        let permit =
            self.permit::<SupportReply>(Role::Subject, Channel::Widget, &subject, &reading)?;
        for (field, category) in fields {
            policy.form_takes(form, field)?;
            if let Some(terms) = &subject.terms {
                terms.form_takes(form, field)?;
            }
            permit.check(*category)?;
        }
        Ok(())
    }

    /// Whether an agent may answer: by role, and by the policy.
    pub(crate) fn check_answering(&self, agent: &Agent) -> Result<(), AppError> {
        agent.require(ANSWERING)?;
        let reading = Reading::own();
        let subject = Subject::default();
        self.permit::<SupportReply>(agent.role, Channel::Widget, &subject, &reading)?;
        Ok(())
    }

    /// Whether an agent may read and answer this person under the terms they stand on; what the policy must know
    /// of them.
    pub(crate) async fn check_terms(
        &self,
        agent: &Agent,
        person_id: PersonId,
    ) -> Result<Subject, AppError> {
        let subject = self.subject(agent.workspace_id, person_id).await?;
        let unread = Reading::own();
        self.permit::<SupportReply>(agent.role, Channel::Widget, &subject, &unread)?;
        Ok(subject)
    }

    /// The data subject of a conversation.
    pub(crate) async fn person_of(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
    ) -> Result<PersonId, AppError> {
        self.store
            .data
            .read(move |tx| {
                let found = store::find_conversation(tx, workspace_id, conversation_id)?;
                Ok(found.ok_or(AppError::NotFound)?.person_id)
            })
            .await
    }

    /// Seals a message under its person's key.
    pub(crate) async fn draft(
        &self,
        writing: Writing,
        body: MessageBody,
    ) -> Result<Draft, AppError> {
        let key = self
            .keyring
            .person(writing.workspace_id, writing.person_id)
            .await?;
        let version = self
            .row_version(writing.workspace_id, writing.person_id)
            .await?;
        let mut draft = self.draft_under(key, writing, body);
        draft.message.policy_version = version;
        Ok(draft)
    }

    /// Seals a message under a key at hand.
    pub(crate) fn draft_under(
        &self,
        key: Arc<vault::SubjectKey>,
        writing: Writing,
        body: MessageBody,
    ) -> Draft {
        let now = self.now();
        let sealer = Sealer::new(writing.workspace_id, key, self.random_source());
        let message_id = MessageId::new(now, self.random());
        let text = body.as_str().to_owned();
        Draft {
            message: NewMessage {
                workspace_id: writing.workspace_id,
                conversation_id: writing.conversation_id,
                seq: 0,
                message_id,
                person_id: writing.person_id,
                kind: writing.kind,
                author_kind: writing.author_kind,
                author_id: writing.author_id,
                client_msg_id: writing.client_msg_id,
                body_mac: sealer.mac(writing.client_msg_id, writing.kind.key(), &text),
                body: sealer.body(message_id, body),
                policy_version: self.policy().version(),
            },
            sealer,
            text,
            jobs: (
                JobId::new(now, self.random()),
                JobId::new(now, self.random()),
            ),
        }
    }

    /// Stores a draft; if it was stored before, or may not be stored now, its first answer again.
    async fn send(
        &self,
        draft: Draft,
        unit: impl FnOnce(&mut Tx<'_>, &mut Draft, Timestamp) -> Result<(), Failed> + Send + 'static,
    ) -> Result<MessageView, AppError> {
        let now = self.now();
        let repeated = draft.repeated();
        let written = self.store.data.write(move |tx| {
            let mut draft = draft;
            unit(tx, &mut draft, now).map(|()| draft)
        });
        match written.await {
            Ok(draft) => self.written_view(&draft, now).await,
            Err(Failed::Duplicate) => self.first_answer(&repeated, AppError::NotFound).await,
            Err(Failed::App(error @ (AppError::Full | AppError::Unavailable(_)))) => Err(error),
            Err(Failed::App(refusal)) => self.first_answer(&repeated, refusal).await,
        }
    }

    /// What was just stored, for its writer; nothing needs to be opened.
    pub(crate) async fn written_view(
        &self,
        draft: &Draft,
        now: Timestamp,
    ) -> Result<MessageView, AppError> {
        let message = &draft.message;
        let agent_id = match message.author_kind {
            AuthorKind::Agent => message.author_id.parse::<AgentId>().ok(),
            _ => None,
        };
        let names = self.agent_names(message.workspace_id, agent_id).await?;
        Ok(MessageView {
            id: message.message_id,
            conversation_id: message.conversation_id,
            seq: message.seq,
            kind: message.kind.view(),
            author: AuthorView {
                kind: message.author_kind.key(),
                id: agent_id.map(|id| id.to_string()),
                name: agent_id.and_then(|id| names.get(&id).cloned()),
            },
            body: draft.text.clone(),
            client_msg_id: Some(message.client_msg_id),
            created_at: now,
        })
    }

    /// The answer given when this message was stored first; else the refusal.
    async fn first_answer(
        &self,
        draft: &Draft,
        refusal: AppError,
    ) -> Result<MessageView, AppError> {
        let (workspace_id, conversation_id) = (draft.workspace(), draft.message.conversation_id);
        let (author, client_msg_id) =
            (draft.message.author_id.clone(), draft.message.client_msg_id);
        let found: Option<MessageRow> = self
            .store
            .data
            .read(move |tx| {
                store::find_message_by_client(
                    tx,
                    workspace_id,
                    conversation_id,
                    &author,
                    client_msg_id,
                )
            })
            .await
            .map_err(AppError::from)?;
        let first = found.ok_or(refusal)?;
        self.stored_view(draft, &first).await
    }

    /// The view of what was stored first, if the repeated message is the same.
    pub(crate) async fn stored_view(
        &self,
        draft: &Draft,
        first: &MessageRow,
    ) -> Result<MessageView, AppError> {
        if !vault::same(&first.body_mac, &draft.message.body_mac) {
            return Err(AppError::conflict(
                "idempotency_conflict",
                "another message was sent with this client_msg_id",
            ));
        }
        let mut repeated = draft.repeated();
        repeated.message.message_id = first.message_id;
        repeated.message.conversation_id = first.conversation_id;
        repeated.message.seq = first.seq;
        self.written_view(&repeated, first.created_at).await
    }
}

/// Nobody writes where the person does not let it be used.
pub(crate) fn restricted() -> AppError {
    let refusal = policy::RefusalCode::PersonRestricted.refuse(
        "this person had processing restricted: nothing is added and nothing is read",
        "the person lifts it in the privacy centre, at /privacy/me",
    );
    AppError::Denied(refusal)
}

/// The visitor may not write.
pub(crate) fn blocked() -> AppError {
    AppError::conflict("blocked", "the workspace has blocked this visitor")
}

/// What an actor may read.
pub(crate) const fn readers(actor: &Actor) -> Readers {
    match actor {
        Actor::Visitor(_) => Readers::Visitor,
        Actor::Agent(_) => Readers::Agents,
    }
}

/// The agent who wrote a message, or whose act it tells.
fn acting_agent(row: &MessageRow) -> Option<AgentId> {
    match row.author_kind {
        AuthorKind::Visitor => None,
        AuthorKind::Agent | AuthorKind::System => row.author_id.parse().ok(),
    }
}

fn view(actor: &Actor, row: &MessageRow, names: &AgentNames, body: String) -> MessageView {
    let own_id = match actor {
        Actor::Visitor(visitor) => visitor.visitor_id.to_string(),
        Actor::Agent(agent) => agent.agent_id.to_string(),
    };
    // A visitor's act is told with the visitor's id, which is no agent's: it has no name here.
    let agent_id = acting_agent(row).filter(|id| names.contains_key(id));
    let author = AuthorView {
        kind: row.author_kind.key(),
        id: agent_id.map(|id| id.to_string()),
        name: agent_id.and_then(|id| names.get(&id).cloned()),
    };
    MessageView {
        id: row.message_id,
        conversation_id: row.conversation_id,
        seq: row.seq,
        kind: row.kind.view(),
        author,
        body,
        client_msg_id: (row.author_id == own_id && row.author_kind != AuthorKind::System)
            .then_some(row.client_msg_id),
        created_at: row.created_at,
    }
}

/// A fresh id for what the program itself writes.
pub(crate) fn fresh_id(sealer: &Sealer, now: Timestamp) -> (MessageId, ClientMessageId) {
    let random = sealer.random();
    (
        MessageId::new(now, bytes(random)),
        ClientMessageId::new(now, bytes(random)),
    )
}
