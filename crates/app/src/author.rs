//! Names of agents beside what they wrote: visitors and colleagues see who speaks to them.
//!
//! Why no reading entry: an agent's name in a conversation is shown by the program to whoever takes part
//! in it; nobody looks it up. E-mail addresses are never read here.
//! Must not know: who asks.

use std::collections::HashMap;

use domain::{AgentId, WorkspaceId};
use policy::{AccountManage, Channel, Permit, Reading, Role, Subject};
use vault::Place;

use crate::{App, error::AppError};

/// Names of agents; those without a name, or erased, are left out.
pub(crate) type AgentNames = HashMap<AgentId, String>;

impl App {
    /// Names of these agents.
    ///
    /// # Errors
    /// `Unavailable` if a database does not answer.
    pub(crate) async fn agent_names(
        &self,
        workspace_id: WorkspaceId,
        agent_ids: impl IntoIterator<Item = AgentId>,
    ) -> Result<AgentNames, AppError> {
        let reading = Reading::own();
        let subject = Subject::default();
        let mut names = AgentNames::new();
        // A policy without this purpose shows no names; the conversation goes on.
        let Ok(permit) =
            self.permit::<AccountManage>(Role::System, Channel::Internal, &subject, &reading)
        else {
            return Ok(names);
        };
        for agent_id in agent_ids {
            if names.contains_key(&agent_id) {
                continue;
            }
            if let Some(name) = self.agent_name(workspace_id, agent_id, &permit).await? {
                names.insert(agent_id, name);
            }
        }
        Ok(names)
    }

    async fn agent_name(
        &self,
        workspace_id: WorkspaceId,
        agent_id: AgentId,
        permit: &Permit<'_, AccountManage>,
    ) -> Result<Option<String>, AppError> {
        let author: Option<store::AuthorRow> = self
            .store
            .data
            .read(move |tx| store::find_author(tx, workspace_id, agent_id))
            .await
            .map_err(AppError::from)?;
        let Some((person_id, name)) = author.and_then(|it| Some((it.person_id, it.name?))) else {
            return Ok(None);
        };
        let Some(key) = self.keyring.find_person(workspace_id, person_id).await? else {
            return Ok(None);
        };
        let (workspace, row) = (workspace_id.to_string(), agent_id.to_string());
        let place = Place {
            workspace: &workspace,
            table: "agent",
            column: "name_sealed",
            row: &row,
        };
        Ok(Some(
            vault::open(&key, &place, &name)?.read(permit)?.clone(),
        ))
    }
}
