//! Conversations, persons and accounts past their time: with the last of them a key goes, so they go one by
//! one.
//!
//! Must not know: periods, how often it is called.

use domain::{AgentId, ConversationId, PersonId, WorkspaceId};
use policy::{Role, Timestamp};
use store::{Due, Ended, StoreError, Tx};

use crate::{
    App,
    agent::{AccessAct, access_entry},
    error::AppError,
    sweep::{BATCHES_MAX, Counted, Round},
};

/// Conversations, persons or accounts looked at at once.
const PAGE: i64 = 50;

impl App {
    /// Conversations whose words are past their time. A person whose last conversation goes, goes whole: their
    /// key is destroyed, so that no old copy can be read either.
    pub(crate) async fn expire_conversations(
        &self,
        (workspace_id, counted): (WorkspaceId, Counted),
        due: Due,
        round: &mut Round,
    ) -> Result<(), AppError> {
        for _ in 0..BATCHES_MAX {
            let page = self.store.data.read(move |tx| match counted {
                Counted::FromEnd => store::list_ended_conversations(tx, workspace_id, due, PAGE),
                Counted::FromStart => {
                    store::list_emptied_conversations(tx, workspace_id, due, PAGE)
                }
            });
            let page: Vec<_> = page
                .await
                .map_err(|error: StoreError| AppError::from(error))?;
            let Some((_, oldest)) = page.first().copied() else {
                return Ok(());
            };
            let mut done = 0;
            for (conversation_id, _) in page {
                done += self
                    .expire_conversation((workspace_id, conversation_id), round)
                    .await?;
            }
            round.count("conversation", done);
            if done == 0 {
                round.overdue(due.before, oldest);
                return Ok(());
            }
        }
        Ok(())
    }

    async fn expire_conversation(
        &self,
        (workspace_id, conversation_id): (WorkspaceId, ConversationId),
        round: &mut Round,
    ) -> Result<u64, AppError> {
        let ended = self
            .store
            .data
            .write(move |tx| store::delete_ended_conversation(tx, workspace_id, conversation_id));
        match ended
            .await
            .map_err(|error: StoreError| AppError::from(error))?
        {
            Ended::Deleted(deleted) => Ok(u64::from(deleted)),
            Ended::Last(person_id) => {
                self.expire_person((workspace_id, person_id), round).await?;
                Ok(1)
            }
        }
    }

    /// Visitors' persons of whom nothing but the row is left.
    pub(crate) async fn expire_persons(
        &self,
        workspace_id: WorkspaceId,
        due: Due,
        round: &mut Round,
    ) -> Result<(), AppError> {
        for _ in 0..BATCHES_MAX {
            let page = self
                .store
                .data
                .read(move |tx| store::list_silent_persons(tx, workspace_id, due, PAGE));
            let page: Vec<_> = page
                .await
                .map_err(|error: StoreError| AppError::from(error))?;
            if page.is_empty() {
                return Ok(());
            }
            for (person_id, _) in page {
                self.expire_person((workspace_id, person_id), round).await?;
            }
        }
        Ok(())
    }

    /// Persons who came for letters about the policy alone, and get none any more.
    pub(crate) async fn expire_left_subscribers(
        &self,
        workspace_id: WorkspaceId,
        round: &mut Round,
    ) -> Result<(), AppError> {
        for _ in 0..BATCHES_MAX {
            let page = self
                .store
                .data
                .read(move |tx| store::list_left_subscribers(tx, workspace_id, PAGE));
            let page: Vec<_> = page
                .await
                .map_err(|error: StoreError| AppError::from(error))?;
            if page.is_empty() {
                return Ok(());
            }
            for (person_id, _) in page {
                self.expire_person((workspace_id, person_id), round).await?;
            }
        }
        Ok(())
    }

    async fn expire_person(
        &self,
        (workspace_id, person_id): (WorkspaceId, PersonId),
        round: &mut Round,
    ) -> Result<(), AppError> {
        match self.erase_for(workspace_id, person_id, "retention").await {
            Ok(_) => round.count("person", 1),
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Accounts of members who were disabled long enough ago, and invitations that nobody took.
    pub(crate) async fn expire_accounts(
        &self,
        workspace_id: WorkspaceId,
        before: Timestamp,
        round: &mut Round,
    ) -> Result<(), AppError> {
        let now = self.now();
        let closed = self
            .store
            .data
            .read(move |tx| store::list_closed_agents(tx, workspace_id, before, PAGE));
        let closed: Vec<_> = closed
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        for (agent_id, _) in closed {
            let ended = self
                .store
                .data
                .write(move |tx| end_account(tx, (workspace_id, agent_id), before, now));
            let ended = ended
                .await
                .map_err(|error: StoreError| AppError::from(error))?;
            if let Some(person_id) = ended {
                self.keyring.destroy_person(workspace_id, person_id).await?;
                round.count("account", 1);
            }
        }
        Ok(())
    }
}

fn end_account(
    tx: &mut Tx<'_>,
    (workspace_id, agent_id): (WorkspaceId, AgentId),
    before: Timestamp,
    now: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    let person_id = store::delete_closed_agent(tx, workspace_id, agent_id, before)?;
    if person_id.is_some() {
        let entry = access_entry(AccessAct::Erased, agent_id, None, Role::System, now);
        store::append_entry(tx, workspace_id, &entry)?;
    }
    Ok(person_id)
}
