//! From stored events (ids only) and passing signals to what a stream says, opened under a permit of its own.
//!
//! Why at the last moment: the permit is asked again for each event, so a role that was taken away, a person
//! who is being erased and a note are silent at once (`policy-spec` section 4, live sockets).
//! Must not know: encodings, SQL.

use bus::{Signal, Topic, Writer};
use domain::{AgentId, Availability, ConversationId, PersonId, WorkspaceId};
use serde::Serialize;
use serde_json::{Value, json};
use store::{Event, StoreError};

use crate::{
    App,
    actor::{Actor, Agent},
    error::AppError,
    held::LOOKING,
};

/// An event ready for an actor.
#[derive(Clone)]
pub struct HydratedEvent {
    /// Such as `message.created`.
    pub kind: String,
    /// What it says.
    pub data: Value,
}

opaque_debug!(HydratedEvent);

impl HydratedEvent {
    fn new(kind: &str, data: Value) -> Self {
        Self {
            kind: kind.to_owned(),
            data,
        }
    }
}

impl App {
    /// What an actor hears of a stored event; `None` if it is not for them (any more).
    ///
    /// # Errors
    /// `Unavailable` if a database does not answer; a defect.
    pub async fn hydrate(
        &self,
        actor: &Actor,
        event: &Event,
    ) -> Result<Option<HydratedEvent>, AppError> {
        let data = match event.kind.as_str() {
            "message.created" => self.message_created(actor, event).await,
            "conversation.created" | "conversation.updated" => {
                self.conversation_changed(actor, event).await
            }
            "conversation.read" => self.conversation_read(actor, event).await,
            "person.erased" | "person.frozen" => self.person_erased(actor, event).await,
            "person.updated" => person_updated(actor, event),
            "site.seen" => self.site_heard(actor, event).await,
            _ => Ok(None),
        };
        match data {
            Ok(data) => Ok(data.map(|data| HydratedEvent::new(&event.kind, data))),
            // Gone since, or not for this role: silence, and the stream goes on.
            Err(AppError::NotFound | AppError::Denied(_) | AppError::Forbidden) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What an actor hears of a passing signal (typing, presence, availability); `None` if it is not for them.
    pub async fn hydrate_signal(&self, actor: &Actor, signal: &Signal) -> Option<HydratedEvent> {
        let heard = match signal {
            Signal::Typing(conversation_id, writer) => {
                self.typing_heard(actor, *conversation_id, *writer).await
            }
            Signal::Presence(person_id) => self.presence_heard(actor, *person_id),
            Signal::AgentPresence(agent_id) => self.agent_presence_heard(actor, *agent_id).await,
            Signal::Availability(availability) => Ok(availability_heard(actor, *availability)),
            _ => Ok(None),
        };
        // A signal that cannot be told is as good as one that came too late.
        heard.ok().flatten()
    }

    async fn message_created(
        &self,
        actor: &Actor,
        event: &Event,
    ) -> Result<Option<Value>, AppError> {
        let Some((conversation_id, seq)) = event.conversation_id.zip(event.seq) else {
            return Ok(None);
        };
        let workspace_id = actor.workspace_id();
        let row: Option<store::MessageRow> = self
            .store
            .data
            .read(move |tx| store::find_message(tx, workspace_id, conversation_id, seq))
            .await
            .map_err(AppError::from)?;
        let is_theirs = |row: &store::MessageRow| match actor {
            Actor::Agent(_) => true,
            Actor::Visitor(visitor) => {
                visitor.person_id == row.person_id && row.kind.is_for_visitor()
            }
        };
        let Some(row) = row.filter(is_theirs) else {
            return Ok(None);
        };
        self.check_active(workspace_id, row.person_id).await?;
        let views = self.message_views(actor, row.person_id, &[row]).await?;
        Ok(views
            .into_iter()
            .next()
            .map(|message| json!({ "conversation_id": conversation_id, "message": message })))
    }

    async fn conversation_changed(
        &self,
        actor: &Actor,
        event: &Event,
    ) -> Result<Option<Value>, AppError> {
        let Some(id) = event.conversation_id else {
            return Ok(None);
        };
        match actor {
            Actor::Visitor(visitor) => {
                conversation_data(&self.get_own_conversation(visitor, id).await?)
            }
            Actor::Agent(agent) => conversation_data(&self.get_conversation(agent, id).await?),
        }
    }

    async fn conversation_read(
        &self,
        actor: &Actor,
        event: &Event,
    ) -> Result<Option<Value>, AppError> {
        let Some((id, reader)) = event.conversation_id.zip(event.ref_id.as_deref()) else {
            return Ok(None);
        };
        if let Actor::Agent(agent) = actor {
            self.check_reading(agent)?;
        }
        let workspace_id = actor.workspace_id();
        let found: Option<store::ConversationRow> = self
            .store
            .data
            .read(move |tx| store::find_conversation(tx, workspace_id, id))
            .await
            .map_err(AppError::from)?;
        let row = found.ok_or(AppError::NotFound)?;
        if matches!(actor, Actor::Visitor(visitor) if visitor.person_id != row.person_id) {
            return Ok(None);
        }
        let reach = match reader {
            "visitor" => row.visitor,
            _ => row.agent,
        };
        Ok(Some(json!({
            "conversation_id": id,
            "reader": reader,
            "read_seq": reach.read_seq,
            "delivered_seq": reach.delivered_seq,
        })))
    }

    /// The one event that outlives its person: ids only, so that screens forget them.
    async fn person_erased(&self, actor: &Actor, event: &Event) -> Result<Option<Value>, AppError> {
        let Some(person_id) = event.person_id else {
            return Ok(None);
        };
        check_person(actor, person_id)?;
        let workspace_id = actor.workspace_id();
        let ids: Vec<ConversationId> = self
            .store
            .data
            .read(move |tx| store::list_erased_conversations(tx, workspace_id, person_id))
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        Ok(Some(
            json!({ "person_id": person_id, "conversation_ids": ids }),
        ))
    }

    async fn site_heard(&self, actor: &Actor, event: &Event) -> Result<Option<Value>, AppError> {
        let site_id = event.ref_id.as_deref().and_then(|id| id.parse().ok());
        let (Actor::Agent(agent), Some(site_id)) = (actor, site_id) else {
            return Ok(None);
        };
        let seen = self.site_seen(agent.workspace_id, site_id).await?;
        seen.map(|seen| to_value(&seen)).transpose()
    }

    async fn typing_heard(
        &self,
        actor: &Actor,
        conversation_id: ConversationId,
        writer: Writer,
    ) -> Result<Option<HydratedEvent>, AppError> {
        let author = match (actor, writer) {
            // What visitors do is the answering agents' business only.
            (Actor::Agent(agent), Writer::Visitor) => {
                self.check_answering(agent)?;
                json!({ "kind": "visitor" })
            }
            (Actor::Visitor(_), Writer::Visitor) => return Ok(None),
            (Actor::Agent(agent), Writer::Agent(id)) if agent.agent_id == id => return Ok(None),
            (_, Writer::Agent(id)) => {
                let names = self.agent_names(actor.workspace_id(), [id]).await?;
                json!({ "kind": "agent", "id": id, "name": names.get(&id) })
            }
        };
        let data = json!({ "conversation_id": conversation_id, "author": author });
        Ok(Some(HydratedEvent::new("typing", data)))
    }

    fn presence_heard(
        &self,
        actor: &Actor,
        person_id: PersonId,
    ) -> Result<Option<HydratedEvent>, AppError> {
        let Actor::Agent(agent) = actor else {
            return Ok(None);
        };
        self.check_reading(agent)?;
        let online = self.is_person_online(agent.workspace_id, person_id);
        let data = json!({ "person_id": person_id, "online": online });
        Ok(Some(HydratedEvent::new("presence", data)))
    }

    async fn agent_presence_heard(
        &self,
        actor: &Actor,
        agent_id: AgentId,
    ) -> Result<Option<HydratedEvent>, AppError> {
        let Actor::Agent(agent) = actor else {
            return Ok(None);
        };
        let Some(presence) = self.agent_presence(agent, agent_id).await? else {
            return Ok(None);
        };
        Ok(Some(HydratedEvent::new(
            "presence",
            json!({ "agents": [presence] }),
        )))
    }

    async fn agent_presence(
        &self,
        asking: &Agent,
        agent_id: AgentId,
    ) -> Result<Option<Value>, AppError> {
        let workspace_id = asking.workspace_id;
        let found: Option<store::Agent> = self
            .store
            .data
            .read(move |tx| store::find_agent(tx, workspace_id, agent_id))
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        let online = self.bus.count(Topic::Agent(workspace_id, agent_id)) > 0;
        Ok(found.map(|found| {
            let availability = found.availability.key();
            json!({ "id": agent_id, "online": online, "availability": availability })
        }))
    }

    async fn check_active(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<(), AppError> {
        let is_active: bool = self
            .store
            .data
            .read(move |tx| store::is_person_active(tx, workspace_id, person_id))
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        if is_active {
            return Ok(());
        }
        Err(AppError::NotFound)
    }
}

/// The persons' own events are for themselves and for who may look at people.
fn check_person(actor: &Actor, person_id: PersonId) -> Result<(), AppError> {
    match actor {
        Actor::Agent(agent) => agent.require(LOOKING),
        Actor::Visitor(visitor) if visitor.person_id == person_id => Ok(()),
        Actor::Visitor(_) => Err(AppError::NotFound),
    }
}

fn person_updated(actor: &Actor, event: &Event) -> Result<Option<Value>, AppError> {
    let Some(person_id) = event.person_id else {
        return Ok(None);
    };
    check_person(actor, person_id)?;
    Ok(Some(json!({ "person_id": person_id })))
}

fn conversation_data(view: &impl Serialize) -> Result<Option<Value>, AppError> {
    Ok(Some(json!({ "conversation": to_value(view)? })))
}

fn to_value(view: &impl Serialize) -> Result<Value, AppError> {
    serde_json::to_value(view).map_err(|error| AppError::Internal(error.to_string()))
}

fn availability_heard(actor: &Actor, availability: Availability) -> Option<HydratedEvent> {
    let data = json!({ "availability": availability.key() });
    matches!(actor, Actor::Visitor(_)).then(|| HydratedEvent::new("availability.changed", data))
}
