//! Whether somebody answers: working hours, who is here, and what they say about themselves.
//!
//! Visitors who listen are told when it changes: it is worked out once for the workspace and not for each of
//! them, and an idle visitor costs nothing for it.
//! Must not know: greetings' words.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bus::{Signal, Topic};
use domain::{AgentAvailability, AgentState, Availability, WorkspaceId};

use crate::{App, actor::ANSWERING, agent::agent_limit, error::AppError, workspace::parse_hours};

/// Seconds somebody counts as here after their last stream closed: a page reload is no absence.
pub(crate) const GRACE_S: i64 = 60;

/// What the visitors of each workspace with listeners were told last.
#[derive(Default)]
pub(crate) struct Told(Mutex<HashMap<WorkspaceId, Availability>>);

impl Told {
    fn lock(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Availability>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Whether somebody answers at once in this workspace: `Offline` outside working hours, `Away` while
    /// nobody who answers is here and takes conversations.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn site_availability(
        &self,
        workspace_id: WorkspaceId,
    ) -> Result<Availability, AppError> {
        let workspace = self.load_workspace(workspace_id).await?;
        if !parse_hours(&workspace.working_hours)?.is_open(self.now()) {
            return Ok(Availability::Offline);
        }
        let agents = self
            .store
            .data
            .read(move |tx| store::list_agents(tx, workspace_id, agent_limit()));
        let agents: Vec<store::Agent> = agents.await.map_err(AppError::from)?;
        let online = self.list_online(workspace_id, &agents).await?;
        let answers = agents.iter().any(|agent| {
            agent.state == AgentState::Active
                && agent.availability == AgentAvailability::Online
                && ANSWERING.contains(&agent.role)
                && online.contains(&agent.agent_id)
        });
        Ok(if answers {
            Availability::Online
        } else {
            Availability::Away
        })
    }

    /// What a visitor who begins to listen is told: what the others were told, else what is the case now.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn told_availability(
        &self,
        workspace_id: WorkspaceId,
    ) -> Result<Availability, AppError> {
        let told = self.told.lock().get(&workspace_id).copied();
        match told {
            Some(told) => Ok(told),
            None => self.tell_availability(workspace_id).await,
        }
    }

    /// Tells the visitors who listen whether somebody answers, unless they know.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn tell_availability(
        &self,
        workspace_id: WorkspaceId,
    ) -> Result<Availability, AppError> {
        let now = self.site_availability(workspace_id).await?;
        let before = self.told.lock().insert(workspace_id, now);
        if before != Some(now) {
            let topic = Topic::Visitors(workspace_id);
            self.bus.publish(topic, &Signal::Availability(now));
        }
        Ok(now)
    }

    /// Looks at every workspace with listening visitors: also the clock alone opens and closes, and an agent
    /// who left counts as here for a while.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn tell_all_availability(&self) -> Result<(), AppError> {
        let visited = self.bus.list_visited();
        self.told.lock().retain(|id, _| visited.contains(id));
        for workspace_id in visited {
            self.tell_availability(workspace_id).await?;
        }
        Ok(())
    }
}
