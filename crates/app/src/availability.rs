//! Whether somebody answers: working hours, who is here, and what they say about themselves.
//!
//! Must not know: greetings' words.

use domain::{AgentAvailability, AgentState, Availability, WorkspaceId};

use crate::{App, actor::ANSWERING, agent::agent_limit, error::AppError, workspace::parse_hours};

/// Seconds somebody counts as here after their last stream closed: a page reload is no absence.
pub(crate) const GRACE_S: i64 = 60;

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
}
