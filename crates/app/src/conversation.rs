//! Conversations: what visitors see of theirs, and the transitions of both sides.
//!
//! Must not know: HTTP, SQL; which transitions are allowed (`domain`).

use domain::{
    AgentId, AuthorKind, ConversationId, ConversationRefusal, ConversationState, JobId, PersonId,
    Status, SystemCode, Transition, WorkspaceId,
};
use policy::Timestamp;
use serde::Serialize;
use store::{Audience, ConversationRow, NewEvent, NewMessage, StoreError, Tx, UNREAD_COUNT_MAX};
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, Visitor},
    draft::Failed,
    error::AppError,
    inbox::ConversationView,
    message::fresh_id,
    sealer::Sealer,
};

/// Conversations a visitor is shown.
pub const OWN_CONVERSATIONS_MAX: i64 = 20;

/// An assignee as visitors see them.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssigneeView {
    /// Name.
    pub name: String,
}

/// A rating as its giver sees it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnRatingView {
    /// 1 to 5.
    pub score: i64,
}

/// A conversation as its visitor sees it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitorConversationView {
    /// Id.
    #[schema(value_type = String)]
    pub id: ConversationId,
    /// `open` or `resolved`: that it is snoozed is the workspace's business.
    pub state: &'static str,
    /// When it began.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// Number of the newest message the visitor may read.
    pub last_seq: i64,
    /// When it came.
    #[schema(value_type = i64)]
    pub last_message_at: Timestamp,
    /// Answers not read yet, at most 100.
    pub unread: i64,
    /// Number of the newest message an agent has read.
    pub agent_read_seq: i64,
    /// Number of the newest message that reached an agent's screen.
    pub agent_delivered_seq: i64,
    /// Number of the newest message the visitor has read.
    pub visitor_read_seq: i64,
    /// The visitor's rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<OwnRatingView>,
    /// Who answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<AssigneeView>,
}

/// Conversations of a visitor, newest first.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitorConversationsView {
    /// The conversations, at most 20.
    pub conversations: Vec<VisitorConversationView>,
}

opaque_debug!(
    VisitorConversationView,
    VisitorConversationsView,
    AssigneeView,
    OwnRatingView
);

/// A conversation with what only its visitor is told.
struct Own {
    row: ConversationRow,
    last_visible: (i64, Timestamp),
    unread: i64,
}

/// Who changes a conversation.
#[derive(Clone)]
pub(crate) struct Changer {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) conversation_id: ConversationId,
    /// The only person whose conversation it may be, for a visitor.
    pub(crate) owner: Option<PersonId>,
    /// Id that stands beside the code: of the agent or visitor, or `system`.
    pub(crate) actor_id: String,
}

impl App {
    /// A visitor's conversations.
    ///
    /// # Errors
    /// Those of the databases.
    pub async fn list_own_conversations(
        &self,
        visitor: &Visitor,
    ) -> Result<VisitorConversationsView, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let owns: Vec<Own> = self
            .store
            .data
            .read(move |tx| {
                store::list_conversations_of_person(
                    tx,
                    workspace_id,
                    person_id,
                    OWN_CONVERSATIONS_MAX,
                )?
                .into_iter()
                .map(|row| load_own(tx, workspace_id, row))
                .collect()
            })
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        let mut conversations = Vec::with_capacity(owns.len());
        for own in owns {
            conversations.push(self.own_view(workspace_id, own).await?);
        }
        Ok(VisitorConversationsView { conversations })
    }

    /// One conversation of a visitor.
    ///
    /// # Errors
    /// `NotFound` if it is not theirs; those of the databases.
    pub async fn get_own_conversation(
        &self,
        visitor: &Visitor,
        conversation_id: ConversationId,
    ) -> Result<VisitorConversationView, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let own = self
            .store
            .data
            .read(move |tx| {
                let row = store::find_conversation(tx, workspace_id, conversation_id)?
                    .filter(|row| row.person_id == person_id)
                    .ok_or(AppError::NotFound)?;
                Ok::<_, AppError>(load_own(tx, workspace_id, row)?)
            })
            .await?;
        self.own_view(workspace_id, own).await
    }

    async fn own_view(
        &self,
        workspace_id: WorkspaceId,
        own: Own,
    ) -> Result<VisitorConversationView, AppError> {
        let Own {
            row,
            last_visible: (last_seq, last_message_at),
            unread,
        } = own;
        let assignee_id = row.status.assignee_id;
        let names = self.agent_names(workspace_id, assignee_id).await?;
        let assignee = assignee_id.and_then(|id| names.get(&id).cloned());
        Ok(VisitorConversationView {
            id: row.conversation_id,
            state: match row.status.state {
                ConversationState::Open | ConversationState::Snoozed => "open",
                ConversationState::Resolved => "resolved",
            },
            created_at: row.created_at,
            last_seq,
            last_message_at,
            unread,
            // Numbers of internal messages say nothing here.
            agent_read_seq: row.agent.read_seq.min(last_seq),
            agent_delivered_seq: row.agent.delivered_seq.min(last_seq),
            visitor_read_seq: row.visitor.read_seq.min(last_seq),
            rating: row.rating.map(|score| OwnRatingView { score }),
            assignee: assignee.map(|name| AssigneeView { name }),
        })
    }

    /// A visitor ends a conversation of theirs. Again: nothing changes.
    ///
    /// # Errors
    /// `NotFound` if it is not theirs; those of the databases.
    pub async fn end_conversation(
        &self,
        visitor: &Visitor,
        conversation_id: ConversationId,
    ) -> Result<(), AppError> {
        let changer = Changer {
            workspace_id: visitor.workspace_id,
            conversation_id,
            owner: Some(visitor.person_id),
            actor_id: visitor.visitor_id.to_string(),
        };
        let now = self.now();
        self.change(changer, move |status| Ok(status.end(now)))
            .await
    }

    /// An agent gives a conversation to an agent, or to nobody.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, `Invalid` assignee, `conversation_resolved`, and those of the
    /// databases.
    pub async fn assign_conversation(
        &self,
        agent: &Agent,
        conversation_id: ConversationId,
        assignee_id: Option<AgentId>,
    ) -> Result<ConversationView, AppError> {
        self.check_answering(agent)?;
        let workspace_id = agent.workspace_id;
        if let Some(assignee_id) = assignee_id {
            let is_answering: bool = self
                .store
                .data
                .read(move |tx| store::is_answering(tx, workspace_id, assignee_id))
                .await
                .map_err(|error: StoreError| AppError::from(error))?;
            if !is_answering {
                let why = "must be an active agent, admin or owner of this workspace";
                return Err(AppError::invalid("assignee_id", "not_assignable", why));
            }
        }
        self.change_as_agent(agent, conversation_id, move |status| {
            status.assign(assignee_id)
        })
        .await
    }

    /// An agent puts a conversation aside until a time.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, `Invalid` time, `conversation_resolved`, and those of the
    /// databases.
    pub async fn snooze_conversation(
        &self,
        agent: &Agent,
        conversation_id: ConversationId,
        until: Timestamp,
    ) -> Result<ConversationView, AppError> {
        self.check_answering(agent)?;
        let now = self.now();
        self.change_as_agent(agent, conversation_id, move |status| {
            status.snooze(until, now)
        })
        .await
    }

    /// An agent is done with a conversation. Again: nothing changes.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, and those of the databases.
    pub async fn resolve_conversation(
        &self,
        agent: &Agent,
        conversation_id: ConversationId,
    ) -> Result<ConversationView, AppError> {
        self.check_answering(agent)?;
        let now = self.now();
        self.change_as_agent(
            agent,
            conversation_id,
            move |status| Ok(status.resolve(now)),
        )
        .await
    }

    /// An agent opens a conversation again. Of an open one: nothing changes.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, and those of the databases.
    pub async fn reopen_conversation(
        &self,
        agent: &Agent,
        conversation_id: ConversationId,
    ) -> Result<ConversationView, AppError> {
        self.check_answering(agent)?;
        self.change_as_agent(agent, conversation_id, |status| Ok(status.reopen()))
            .await
    }

    /// Opens a snoozed conversation if its time has come. For the job that the snooze left; a later snooze
    /// left a job of its own.
    ///
    /// # Errors
    /// Those of the databases.
    pub async fn wake_conversation(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
    ) -> Result<(), AppError> {
        let changer = Changer {
            workspace_id,
            conversation_id,
            owner: None,
            actor_id: "system".to_owned(),
        };
        let now = self.now();
        match self
            .change(changer, move |status| Ok(status.wake(now)))
            .await
        {
            // Erased in between: there is nothing to wake.
            Err(AppError::NotFound) => Ok(()),
            other => other,
        }
    }

    async fn change_as_agent(
        &self,
        agent: &Agent,
        conversation_id: ConversationId,
        decide: impl FnOnce(Status) -> Result<Transition, ConversationRefusal> + Send + 'static,
    ) -> Result<ConversationView, AppError> {
        let changer = Changer {
            workspace_id: agent.workspace_id,
            conversation_id,
            owner: None,
            actor_id: agent.agent_id.to_string(),
        };
        self.change(changer, decide).await?;
        self.get_conversation(agent, conversation_id).await
    }

    /// Carries out a transition: the code that says what happened takes the next number, and the status
    /// changes under the lock that came with it.
    async fn change(
        &self,
        changer: Changer,
        decide: impl FnOnce(Status) -> Result<Transition, ConversationRefusal> + Send + 'static,
    ) -> Result<(), AppError> {
        let (workspace_id, conversation_id) = (changer.workspace_id, changer.conversation_id);
        let person_id = self.person_of(workspace_id, conversation_id).await?;
        if changer.owner.is_some_and(|owner| owner != person_id) {
            return Err(AppError::NotFound);
        }
        let key = self.keyring.person(workspace_id, person_id).await?;
        let sealer = Sealer::new(workspace_id, key, self.random_source());
        let (now, policy_version) = (self.now(), self.policy().version());
        let job_id = JobId::new(now, self.random());
        let written = self.store.data.write(move |tx| {
            let row = store::take_seq(tx, workspace_id, conversation_id, None)?
                .ok_or(AppError::NotFound)?;
            let change = decide(row.status).map_err(refuse)?;
            // Nothing to say: the unit fails, so that the number goes back.
            let code = change.code.ok_or(Failed::Duplicate)?;
            let message = code_message(&sealer, (&changer, person_id, policy_version), code, now);
            let message = NewMessage {
                seq: row.last_seq,
                ..message
            };
            store::create_message(tx, &message, now)?;
            store::update_status(tx, workspace_id, &row, &change.next)?;
            tell(tx, "message.created", audience(code), &message, now)?;
            tell(tx, "conversation.updated", Audience::All, &message, now)?;
            if let Some(until) = change.next.snoozed_until {
                store::enqueue_job(tx, &wake_job(&message, job_id, until), now)?;
            }
            Ok(())
        });
        match written.await {
            Ok(()) | Err(Failed::Duplicate) => Ok(()),
            Err(Failed::App(error)) => Err(error),
        }
    }
}

fn load_own(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    row: ConversationRow,
) -> Result<Own, StoreError> {
    let last_visible = store::find_last_visible(tx, workspace_id, row.conversation_id)?;
    Ok(Own {
        last_visible: last_visible.unwrap_or((0, row.created_at)),
        unread: store::count_unread_of_visitor(tx, workspace_id, &row, UNREAD_COUNT_MAX)?,
        row,
    })
}

/// The timer of a snooze, in the database: it outlives a restart.
fn wake_job(message: &NewMessage, job_id: JobId, until: Timestamp) -> store::NewJob {
    store::NewJob {
        workspace_id: message.workspace_id,
        job_id,
        kind: "wake_conversation",
        ref_id: message.conversation_id.to_string(),
        person_id: Some(message.person_id),
        seq: Some(message.seq),
        run_at: until,
    }
}

/// Who is told of a code.
const fn audience(code: SystemCode) -> Audience {
    if code.kind().is_for_visitor() {
        Audience::All
    } else {
        Audience::Agents
    }
}

/// A code as a message that still needs its number.
fn code_message(
    sealer: &Sealer,
    (changer, person_id, policy_version): (&Changer, PersonId, u32),
    code: SystemCode,
    now: Timestamp,
) -> NewMessage {
    let (message_id, client_msg_id) = fresh_id(sealer, now);
    NewMessage {
        workspace_id: changer.workspace_id,
        conversation_id: changer.conversation_id,
        seq: 0,
        message_id,
        person_id,
        kind: code.kind(),
        author_kind: AuthorKind::System,
        author_id: changer.actor_id.clone(),
        client_msg_id,
        body: sealer.code(message_id, code.key()),
        body_mac: sealer.mac(client_msg_id, code.kind().key(), code.key()),
        policy_version,
    }
}

/// Says in the conversation of a message what it brought about.
pub(crate) fn write_code(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    said: &NewMessage,
    code: SystemCode,
    now: Timestamp,
) -> Result<(), Failed> {
    let row = store::take_seq(tx, said.workspace_id, said.conversation_id, None)?
        .ok_or(AppError::NotFound)?;
    let changer = Changer {
        workspace_id: said.workspace_id,
        conversation_id: said.conversation_id,
        owner: None,
        actor_id: said.author_id.clone(),
    };
    let about = (&changer, said.person_id, said.policy_version);
    let message = NewMessage {
        seq: row.last_seq,
        ..code_message(sealer, about, code, now)
    };
    store::create_message(tx, &message, now)?;
    tell(tx, "message.created", audience(code), &message, now)?;
    Ok(())
}

/// Stores an event about a message or its conversation.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    kind: &'static str,
    audience: Audience,
    message: &NewMessage,
    now: Timestamp,
) -> Result<(), StoreError> {
    let event = NewEvent {
        kind,
        audience,
        person_id: Some(message.person_id),
        conversation_id: Some(message.conversation_id),
        ref_id: None,
        seq: (kind == "message.created").then_some(message.seq),
    };
    store::append_event(tx, message.workspace_id, &event, now)?;
    Ok(())
}

/// A transition's refusal as the app says it.
pub(crate) fn refuse(refusal: ConversationRefusal) -> AppError {
    match refusal {
        ConversationRefusal::Resolved => {
            AppError::conflict("conversation_resolved", refusal.to_string())
        }
        ConversationRefusal::StillOpen => {
            AppError::conflict("conversation_open", refusal.to_string())
        }
        ConversationRefusal::RatingClosed => {
            AppError::conflict("rating_closed", refusal.to_string())
        }
        ConversationRefusal::UnusableTime => {
            AppError::invalid("until", "unusable_time", refusal.to_string())
        }
    }
}
