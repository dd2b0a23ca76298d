//! Typing: told to who listens now, never stored, at most twice a second.
//!
//! Must not know: HTTP, SQL.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bus::{Signal, Topic, Writer};
use domain::ConversationId;
use policy::Timestamp;

use crate::{App, actor::Actor, error::AppError};

/// Least time between two signals of one actor: twice a second.
const INTERVAL_MICROS: i64 = 500_000;
/// Actors remembered; past that the memory starts anew.
const REMEMBERED_MAX: usize = 10_000;

/// When each actor last typed.
#[derive(Default)]
pub(crate) struct TypingLimit(Mutex<HashMap<String, Timestamp>>);

impl TypingLimit {
    fn allows(&self, actor_id: String, now: Timestamp) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_soon = last
            .get(&actor_id)
            .is_some_and(|at| now.micros() - at.micros() < INTERVAL_MICROS);
        if is_soon {
            return false;
        }
        if last.len() >= REMEMBERED_MAX {
            last.clear();
        }
        last.insert(actor_id, now);
        true
    }
}

impl App {
    /// Tells the other side that somebody types. What comes too often is left out without a word: the next
    /// signal says the same.
    ///
    /// # Errors
    /// `NotFound` if the conversation is not there or not the visitor's; `Forbidden` or `Denied` for an
    /// agent who may not answer; `blocked` for a visitor; those of the databases.
    pub async fn note_typing(
        &self,
        actor: &Actor,
        conversation_id: ConversationId,
    ) -> Result<(), AppError> {
        if let Actor::Agent(agent) = actor {
            self.check_answering(agent)?;
        }
        let (actor_id, writer) = match actor {
            Actor::Visitor(visitor) => (visitor.visitor_id.to_string(), Writer::Visitor),
            Actor::Agent(agent) => (agent.agent_id.to_string(), Writer::Agent(agent.agent_id)),
        };
        let workspace_id = actor.workspace_id();
        let found: Option<store::ConversationRow> = self
            .store
            .data
            .read(move |tx| store::find_conversation(tx, workspace_id, conversation_id))
            .await
            .map_err(AppError::from)?;
        let row = found.ok_or(AppError::NotFound)?;
        if let Actor::Visitor(visitor) = actor {
            if visitor.person_id != row.person_id && !policy::rule::is_off(25) {
                return Err(AppError::NotFound);
            }
            if row.is_blocked {
                return Err(crate::message::blocked());
            }
        }
        if row.is_restricted {
            return Err(crate::message::restricted());
        }
        if !self.typing.allows(actor_id, self.now()) {
            return Ok(());
        }
        let signal = Signal::Typing(conversation_id, writer);
        self.bus.publish(Topic::Workspace(workspace_id), &signal);
        if matches!(actor, Actor::Agent(_)) {
            self.bus
                .publish(Topic::Person(workspace_id, row.person_id), &signal);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_actor_types_at_most_twice_a_second() {
        let limit = TypingLimit::default();
        let at = |millis: i64| Timestamp(millis * 1_000);

        let told = (0..10).filter(|tenth| limit.allows("a".to_owned(), at(tenth * 100)));

        assert_eq!(told.count(), 2);
        assert!(limit.allows("b".to_owned(), at(950)));
    }
}
