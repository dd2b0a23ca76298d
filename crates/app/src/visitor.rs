//! A visitor as they see themselves, and blocking one.
//!
//! Must not know: HTTP, SQL; what is held about them in full (that is a request of theirs).

use domain::{EmailAddress, PersonId, VisitorId, WorkspaceId};
use policy::{Channel, Reading, RightsRequest, Role, Subject};
use serde::Serialize;
use store::{Audience, HeldVisitor, NewEvent, StoreError};
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, Visitor},
    error::AppError,
    opener::Opener,
};

/// A visitor as they see themselves.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitorView {
    /// Id.
    #[schema(value_type = String)]
    pub id: VisitorId,
    /// Name as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address as given, most of it covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_masked: Option<String>,
    /// Whether they chose to be remembered in this browser.
    pub remembered: bool,
    /// Whether they want answers in the chat only.
    pub widget_only: bool,
    /// Whether the policy has room for that choice.
    pub may_choose_channel: bool,
}

opaque_debug!(VisitorView);

impl App {
    /// The rows of a visitor, sealed; none of whoever is nobody here.
    pub(crate) async fn held_visitor(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<HeldVisitor>, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_held_visitor(tx, workspace_id, person_id));
        found.await.map_err(|error: StoreError| error.into())
    }

    /// A visitor as they see themselves.
    ///
    /// # Errors
    /// `NotFound` if they are erased; those of the databases.
    pub async fn visitor_view(&self, visitor: &Visitor) -> Result<VisitorView, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let row: Option<store::VisitorRow> = self
            .store
            .data
            .read(move |tx| store::find_visitor_of_person(tx, workspace_id, person_id))
            .await
            .map_err(AppError::from)?;
        let row = row.ok_or(AppError::NotFound)?;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let reading = Reading::own();
        let subject = Subject::default();
        let permit =
            self.permit::<RightsRequest>(Role::Subject, Channel::Widget, &subject, &reading)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        let id = row.visitor_id;
        let name = row
            .name
            .as_ref()
            .map(|name| opener.name(id, name))
            .transpose()?;
        let email = row
            .email
            .as_ref()
            .map(|email| opener.email(id, email))
            .transpose()?;
        Ok(VisitorView {
            id,
            name,
            email_masked: email
                .and_then(|email| EmailAddress::parse(&email).ok())
                .map(|email| email.masked()),
            remembered: row.remembered_at.is_some(),
            widget_only: row.widget_only_at.is_some(),
            may_choose_channel: self.may_choose_channel(),
        })
    }

    /// Blocks a visitor: they may read, not write.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, and those of the databases.
    pub async fn block_person(&self, agent: &Agent, person_id: PersonId) -> Result<(), AppError> {
        self.set_blocked(agent, person_id, true).await
    }

    /// Lets a visitor write again.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, and those of the databases.
    pub async fn unblock_person(&self, agent: &Agent, person_id: PersonId) -> Result<(), AppError> {
        self.set_blocked(agent, person_id, false).await
    }

    async fn set_blocked(
        &self,
        agent: &Agent,
        person_id: PersonId,
        is_blocked: bool,
    ) -> Result<(), AppError> {
        self.check_answering(agent)?;
        let (workspace_id, agent_id, now) = (agent.workspace_id, agent.agent_id, self.now());
        self.store
            .data
            .write(move |tx| {
                store::find_visitor_of_person(tx, workspace_id, person_id)?
                    .ok_or(AppError::NotFound)?;
                let has_changed = if is_blocked {
                    store::block_visitor(tx, workspace_id, person_id, agent_id, now)?
                } else {
                    store::unblock_visitor(tx, workspace_id, person_id)?
                };
                if !has_changed {
                    return Ok(());
                }
                let event = NewEvent {
                    kind: "person.updated",
                    audience: Audience::Agents,
                    person_id: Some(person_id),
                    conversation_id: None,
                    ref_id: None,
                    seq: None,
                };
                store::append_event(tx, workspace_id, &event, now)?;
                Ok(())
            })
            .await
    }

    /// Whether a visitor has a stream open.
    #[must_use]
    pub fn is_person_online(&self, workspace_id: domain::WorkspaceId, person_id: PersonId) -> bool {
        self.bus.count(bus::Topic::Person(workspace_id, person_id)) > 0
    }
}

/// What a visitor without a name is called: the last four digits of their id, which are random.
pub(crate) fn visitor_label(visitor_id: VisitorId, name: Option<&str>) -> String {
    if let Some(name) = name {
        return name.to_owned();
    }
    let id = visitor_id.to_string().to_uppercase();
    let digits = id.get(id.len().saturating_sub(4)..).unwrap_or_default();
    format!("Visitor {digits}")
}
