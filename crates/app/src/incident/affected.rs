//! Whom an incident reached, by the keyed reference of each, and which categories could be read.
//!
//! Must not know: names, addresses.

use domain::{IncidentId, IncidentScope, PersonId, WorkspaceId};
use policy::Protect;
use serde::Serialize;
use store::{IncidentReach, IncidentRow};
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, RIGHTS},
    cursor::{read_cursor, write_cursor},
    error::AppError,
    reading::person_ref,
    reading_list::shown_reference,
};

/// Persons looked at for one page.
const PAGE: usize = 200;

/// Somebody whom an incident reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AffectedView {
    /// The beginning of their keyed reference.
    pub reference: String,
    /// Their id.
    pub person_id: String,
}

/// A page of them. Where only one account was misused, a page may be empty and yet not the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AffectedPageView {
    /// The people, in the order in which they came.
    pub people: Vec<AffectedView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl App {
    /// A page of the people whom an incident reached and who are held still.
    ///
    /// # Errors
    /// `Forbidden` role, `NotFound`, `Invalid` cursor, `Unavailable`.
    pub async fn list_affected(
        &self,
        agent: &Agent,
        incident_id: IncidentId,
        cursor: Option<&str>,
    ) -> Result<AffectedPageView, AppError> {
        agent.require(RIGHTS)?;
        self.list_affected_for(agent.workspace_id, incident_id, cursor)
            .await
    }

    /// The same for whoever runs the installation.
    ///
    /// # Errors
    /// As [`Self::list_affected`], without `Forbidden`.
    pub async fn list_affected_for(
        &self,
        workspace_id: WorkspaceId,
        incident_id: IncidentId,
        cursor: Option<&str>,
    ) -> Result<AffectedPageView, AppError> {
        if policy::rule::is_off(71) {
            return Ok(AffectedPageView {
                people: Vec::new(),
                next_cursor: None,
            });
        }
        let after = cursor
            .map(|cursor| read_cursor(cursor, |text| text.parse().ok()))
            .transpose()?;
        let row = self.get_incident(workspace_id, incident_id).await?;
        let reach = row.reach;
        let after = after.map_or_else(String::new, |after: PersonId| after.to_string());
        let persons = self.reached(workspace_id, reach, after, PAGE).await?;
        let last = persons.last().filter(|_| persons.len() == PAGE);
        let next_cursor = last.map(write_cursor);
        let people = self.affected_among(workspace_id, reach, persons).await?;
        let view = |(person_id, reference): (PersonId, [u8; 32])| AffectedView {
            reference: shown_reference(reference),
            person_id: person_id.to_string(),
        };
        Ok(AffectedPageView {
            people: people.into_iter().map(view).collect(),
            next_cursor,
        })
    }

    pub(super) async fn get_incident(
        &self,
        workspace_id: WorkspaceId,
        incident_id: IncidentId,
    ) -> Result<IncidentRow, AppError> {
        let row = self
            .store
            .data
            .read(move |tx| store::find_incident(tx, workspace_id, incident_id));
        let row: Option<IncidentRow> = row.await.map_err(AppError::from)?;
        row.ok_or(AppError::NotFound)
    }

    pub(super) async fn reached(
        &self,
        workspace_id: WorkspaceId,
        reach: IncidentReach,
        after: String,
        limit: usize,
    ) -> Result<Vec<PersonId>, AppError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let persons = self
            .store
            .data
            .read(move |tx| store::list_reached(tx, workspace_id, (&reach, &after), limit));
        persons
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Those of these persons whom it reached, with their references.
    pub(super) async fn affected_among(
        &self,
        workspace_id: WorkspaceId,
        reach: IncidentReach,
        persons: Vec<PersonId>,
    ) -> Result<Vec<(PersonId, [u8; 32])>, AppError> {
        let mut referred = Vec::with_capacity(persons.len());
        for person_id in persons {
            // A key that is gone belongs to somebody who is being erased.
            if let Some(key) = self.keyring.find_person(workspace_id, person_id).await? {
                referred.push((person_id, person_ref(workspace_id, person_id, &key)));
            }
        }
        let Some(agent_id) = reach.agent_id else {
            return Ok(referred);
        };
        let read = self.store.data.read(move |tx| {
            let whose = (agent_id, &reach);
            let found = referred.iter().map(|one| {
                let was_read = store::was_read_by(tx, workspace_id, one.1, whose)?;
                Ok(was_read.then_some(*one))
            });
            let found: Result<Vec<_>, store::StoreError> = found.collect();
            Ok(found?.into_iter().flatten().collect())
        });
        read.await.map_err(|error: store::StoreError| error.into())
    }

    /// Categories that somebody could read: of a copy without its keys only those that no person's key seals, of
    /// a misused account those of the purposes it read for.
    pub(super) async fn categories_reached(
        &self,
        row: &IncidentRow,
    ) -> Result<Vec<String>, AppError> {
        let policy = self.policy();
        let (workspace_id, reach) = (row.workspace_id, row.reach);
        let held = policy
            .file()
            .category
            .iter()
            .filter(|category| !category.fields.is_empty());
        let mut keys: Vec<String> = match (reach.scope, reach.agent_id) {
            (IncidentScope::Agent, Some(agent_id)) => {
                let purposes = self.store.data.read(move |tx| {
                    store::list_purposes_read(tx, workspace_id, (agent_id, &reach))
                });
                let purposes: Vec<String> = purposes.await.map_err(AppError::from)?;
                let read = policy.file().purpose.iter();
                read.filter(|purpose| purposes.contains(&purpose.key))
                    .flat_map(|purpose| &purpose.categories)
                    .cloned()
                    .collect()
            }
            (IncidentScope::Copy, _) => held
                .filter(|category| category.protect != Protect::SubjectKey)
                .map(|category| category.key.clone())
                .collect(),
            _ => held.map(|category| category.key.clone()).collect(),
        };
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }
}
