//! What the event streams ask: stored events of an actor, and whether the actor may still listen.
//!
//! Must not know: encodings. Opening an event's contents is `hydrate.rs`.

use domain::WorkspaceId;
use store::{Event, Reader};

use crate::{App, actor::Actor, error::AppError};

impl App {
    /// Numbers of the newest and the oldest stored event of a workspace (0 if none).
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn event_range(&self, workspace_id: WorkspaceId) -> Result<(i64, i64), AppError> {
        let range = self
            .store
            .data
            .read(move |tx| store::event_range(tx, workspace_id))
            .await;
        range.map_err(|error: store::StoreError| error.into())
    }

    /// Events that an actor may hear after a number, oldest first, at most `limit`.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn list_events(
        &self,
        actor: &Actor,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Event>, AppError> {
        let workspace_id = actor.workspace_id();
        let reader = match actor {
            Actor::Visitor(visitor) => Reader::Person(visitor.person_id),
            Actor::Agent(_) => Reader::Agents,
        };
        let events = self
            .store
            .data
            .read(move |tx| store::list_events(tx, workspace_id, reader, after, limit));
        events
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Whether the actor's session or person still exists.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn is_live(&self, actor: &Actor) -> Result<bool, AppError> {
        let (actor, now, idle_since) = (*actor, self.now(), self.idle_since());
        let live = self.store.data.read(move |tx| match actor {
            Actor::Visitor(visitor) => {
                store::is_person_active(tx, visitor.workspace_id, visitor.person_id)
            }
            Actor::Agent(agent) => store::is_session_live(
                tx,
                agent.workspace_id,
                (agent.agent_id, agent.session_id),
                (now, idle_since),
            ),
        });
        live.await.map_err(|error: store::StoreError| error.into())
    }
}
