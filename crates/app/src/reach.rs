//! Read and delivered: how far each side has come. Three separate states with "sent", none implied by
//! another, and none ever goes back. "Unread" is a mark beside them, which only agents see.
//!
//! Must not know: HTTP, SQL.

use domain::ConversationId;
use store::{Audience, NewEvent, Reach, Side};

use crate::{
    App,
    actor::{Actor, Agent},
    error::AppError,
};

/// What happened to a message at its reader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It is on a screen.
    Delivered,
    /// It was read.
    Read,
}

impl App {
    /// Notes that messages up to a number reached an actor, or were read by them. What lies beyond the
    /// newest message is cut; what was noted before changes nothing.
    ///
    /// # Errors
    /// `NotFound` if the conversation is not there or not the visitor's; `Forbidden` or `Denied` for an
    /// agent who may not answer; those of the databases.
    pub async fn note_reached(
        &self,
        actor: &Actor,
        conversation_id: ConversationId,
        seq: i64,
        reached: Reached,
    ) -> Result<(), AppError> {
        if let Actor::Agent(agent) = actor {
            self.check_answering(agent)?;
        }
        let (workspace_id, now) = (actor.workspace_id(), self.now());
        let (owner, side, reader) = match actor {
            Actor::Visitor(visitor) => (Some(visitor.person_id), Side::Visitor, "visitor"),
            Actor::Agent(_) => (None, Side::Agents, "agent"),
        };
        let to = Reach {
            // What was read was on a screen before.
            delivered_seq: seq,
            read_seq: match reached {
                Reached::Read => seq,
                Reached::Delivered => 0,
            },
        };
        self.store
            .data
            .write(move |tx| {
                let row = store::find_conversation(tx, workspace_id, conversation_id)?
                    .filter(|row| owner.is_none_or(|owner| owner == row.person_id))
                    .ok_or(AppError::NotFound)?;
                let moved = store::update_reach(tx, workspace_id, conversation_id, side, to)?;
                if moved.is_none() {
                    return Ok(());
                }
                let event = NewEvent {
                    kind: "conversation.read",
                    audience: Audience::All,
                    person_id: Some(row.person_id),
                    conversation_id: Some(conversation_id),
                    ref_id: Some(reader.to_owned()),
                    seq: None,
                };
                store::append_event(tx, workspace_id, &event, now)?;
                Ok(())
            })
            .await
    }

    /// Puts the visitor's newest message back to unread, for all agents, until one reads it again. The visitor
    /// hears nothing of it: that it was read stays true.
    ///
    /// # Errors
    /// `NotFound` if the conversation is not there; `Forbidden` or `Denied` for who may not answer; those of
    /// the databases.
    pub async fn mark_unread(
        &self,
        agent: &Agent,
        conversation_id: ConversationId,
    ) -> Result<(), AppError> {
        self.check_answering(agent)?;
        let (workspace_id, now) = (agent.workspace_id, self.now());
        self.store
            .data
            .write(move |tx| {
                let row = store::find_conversation(tx, workspace_id, conversation_id)?
                    .ok_or(AppError::NotFound)?;
                if !store::mark_unread(tx, workspace_id, conversation_id)? {
                    return Ok(());
                }
                let event = NewEvent {
                    kind: "conversation.updated",
                    audience: Audience::Agents,
                    person_id: Some(row.person_id),
                    conversation_id: Some(conversation_id),
                    ref_id: None,
                    seq: None,
                };
                store::append_event(tx, workspace_id, &event, now)?;
                Ok(())
            })
            .await
    }
}
