//! Workspaces: made by the binary, each with its first site; settings that owners and admins change.
//!
//! Must not know: how the owner gets the link.

use domain::{SiteId, WorkingHours, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, MANAGING},
    error::AppError,
    site,
};

/// A workspace as its members see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WorkspaceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A workspace just made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreatedWorkspace {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Its first site.
    pub site_id: SiteId,
}

impl App {
    /// Makes a workspace with its first site, which the given origins may carry.
    ///
    /// # Errors
    /// `Invalid` if the name or an origin is not acceptable; `Unavailable` or `Full`.
    pub async fn create_workspace(
        &self,
        name: &str,
        origins: &[String],
    ) -> Result<CreatedWorkspace, AppError> {
        let name = parse_name("name", name)?;
        let origins = site::parse_origins(origins)?;
        self.check_listed(&origins)?;
        let now = self.now();
        let workspace_id = WorkspaceId::new(now, self.random());
        let site_id = SiteId::new(now, self.random());
        let workspace = store::Workspace {
            workspace_id,
            name: name.clone(),
            working_hours: hours_text(&WorkingHours::default())?,
            created_at: now,
        };
        let site = site::new_site(workspace_id, site_id, name, &origins, now)?;
        // The workspace's keys are on disk before anything can be sealed under them.
        self.keyring.workspace(workspace_id).await?;
        let stored = self.store.data.write(move |tx| {
            store::create_workspace(tx, &workspace)?;
            store::create_site(tx, &site)
        });
        stored.await.map_err(AppError::from)?;
        self.forget_origins();
        Ok(CreatedWorkspace {
            workspace_id,
            site_id,
        })
    }

    /// The host's own workspace: the first that was made. `None` on a new installation.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn first_workspace(&self) -> Result<Option<WorkspaceId>, AppError> {
        let found = self
            .store
            .data
            .read(|tx| store::list_workspaces(tx, None, 1))
            .await
            .map_err(AppError::from)?;
        Ok(found.first().map(|workspace| workspace.workspace_id))
    }

    /// The agent's workspace.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn get_workspace(&self, agent: &Agent) -> Result<WorkspaceView, AppError> {
        let workspace = self.load_workspace(agent.workspace_id).await?;
        Ok(WorkspaceView {
            id: workspace.workspace_id.to_string(),
            name: workspace.name,
        })
    }

    /// Gives the workspace another name. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden` for other roles; `Invalid` if the name is not acceptable.
    pub async fn rename_workspace(
        &self,
        agent: &Agent,
        name: &str,
    ) -> Result<WorkspaceView, AppError> {
        agent.require(MANAGING)?;
        let name = parse_name("name", name)?;
        let workspace_id = agent.workspace_id;
        let renamed = self
            .store
            .data
            .write(move |tx| store::rename_workspace(tx, workspace_id, &name));
        if !renamed.await.map_err(AppError::from)? {
            return Err(AppError::NotFound);
        }
        self.get_workspace(agent).await
    }

    /// When the workspace answers.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn get_working_hours(&self, agent: &Agent) -> Result<WorkingHours, AppError> {
        let workspace = self.load_workspace(agent.workspace_id).await?;
        parse_hours(&workspace.working_hours)
    }

    /// Replaces when the workspace answers. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden` for other roles; `Invalid` if a part is not acceptable.
    pub async fn update_working_hours(
        &self,
        agent: &Agent,
        hours: WorkingHours,
    ) -> Result<WorkingHours, AppError> {
        agent.require(MANAGING)?;
        hours.check().map_err(|error| {
            let (field, code) = hours_field(&error);
            AppError::invalid(field, code, error.to_string())
        })?;
        let (workspace_id, text) = (agent.workspace_id, hours_text(&hours)?);
        let updated = self
            .store
            .data
            .write(move |tx| store::update_working_hours(tx, workspace_id, &text));
        if !updated.await.map_err(AppError::from)? {
            return Err(AppError::NotFound);
        }
        self.tell_availability(workspace_id).await?;
        Ok(hours)
    }

    pub(crate) async fn load_workspace(
        &self,
        workspace_id: WorkspaceId,
    ) -> Result<store::Workspace, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_workspace(tx, workspace_id))
            .await
            .map_err(AppError::from)?;
        found.ok_or(AppError::NotFound)
    }
}

/// Takes a text as a name of a thing.
pub(crate) fn parse_name(field: &'static str, text: &str) -> Result<String, AppError> {
    domain::parse_name(text)
        .map_err(|error| AppError::invalid(field, "not_a_name", error.to_string()))
}

/// Working hours as they are stored.
pub(crate) fn parse_hours(text: &str) -> Result<WorkingHours, AppError> {
    serde_json::from_str(text).map_err(|_| AppError::Internal("workspace.working_hours".to_owned()))
}

fn hours_text(hours: &WorkingHours) -> Result<String, AppError> {
    serde_json::to_string(hours).map_err(|error| AppError::Internal(error.to_string()))
}

fn hours_field(error: &domain::InvalidWorkingHours) -> (&'static str, &'static str) {
    use domain::InvalidWorkingHours as Why;
    match error {
        Why::Zone => ("timezone", "unknown_zone"),
        Why::Span(_) => ("days", "not_a_time"),
        Why::Overlap => ("days", "overlap"),
        Why::Holiday(_) => ("holidays", "not_a_date"),
        Why::TooMany => ("days", "too_many"),
    }
}
