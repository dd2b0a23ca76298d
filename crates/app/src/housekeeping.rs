//! The round of housekeeping: what is past its time goes, as the policy file says.
//!
//! Must not know: how often it is called.

use domain::{AgentId, WorkspaceId};
use policy::{Event, Retention, Role, Timestamp};
use store::{EndedConversation, StoreError, Tx};

use crate::{
    App,
    agent::{AccessAct, access_entry},
    error::AppError,
};

/// Rows deleted of one kind in one round: a round must not hold the writer.
const BATCH: i64 = 500;
/// Conversations and accounts past their time handled in one round.
const ENDED_MAX: i64 = 50;
/// Workspaces looked at in one page.
const WORKSPACES_PAGE: i64 = 100;
/// Pages of workspaces in one round.
const PAGES_MAX: usize = 10_000;
const DAY_S: i64 = 24 * 3_600;
/// Streams resume at most this far back; then they get a `gap`.
const EVENT_DAYS: i64 = 7;
/// A repeated command is known this long.
const COMMAND_DAYS: i64 = 7;
/// Jobs given up are shown this long.
const GIVEN_UP_DAYS: i64 = 7;

impl App {
    /// One round: sessions, links, events, commands and jobs past their time; then people's data as the
    /// policy's retention says. What one part cannot do does not keep the others.
    ///
    /// # Errors
    /// The first failure, after every part had its turn.
    pub async fn keep_house(&self) -> Result<(), AppError> {
        let parts = [
            self.clear_expired().await,
            self.spread_notices().await,
            self.trim_events().await,
            self.end_conversations().await,
            self.end_accounts().await,
            self.resume_erasures().await.map(drop),
            self.run_due_requests().await.map(drop),
            self.clear_requests().await,
        ];
        parts.into_iter().collect()
    }

    async fn clear_expired(&self) -> Result<(), AppError> {
        let (now, idle_since) = (self.now(), self.idle_since());
        let before = |days: i64| now.plus_seconds(-days * DAY_S);
        let (commands, given_up) = (before(COMMAND_DAYS), before(GIVEN_UP_DAYS));
        let cleared = self.store.data.write(move |tx| {
            store::delete_ended_sessions(tx, now, idle_since, BATCH)?;
            store::delete_expired_links(tx, now, BATCH)?;
            store::delete_old_commands(tx, commands, BATCH)?;
            store::delete_given_up_jobs(tx, given_up, BATCH)
        });
        cleared
            .await
            .map(drop)
            .map_err(|error: StoreError| error.into())
    }

    async fn trim_events(&self) -> Result<(), AppError> {
        let before = self.now().plus_seconds(-EVENT_DAYS * DAY_S);
        let mut after = None;
        for _ in 0..PAGES_MAX {
            let page = self
                .store
                .data
                .read(move |tx| store::list_workspaces(tx, after, WORKSPACES_PAGE));
            let page: Vec<store::Workspace> = page.await.map_err(AppError::from)?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.workspace_id);
            let trimmed = self.store.data.write(move |tx| trim(tx, &page, before));
            trimmed
                .await
                .map_err(|error: StoreError| AppError::from(error))?;
        }
        Ok(())
    }

    /// Requests answered long enough ago.
    async fn clear_requests(&self) -> Result<(), AppError> {
        let Some(before) = self.ended_before("request.kind", Event::RequestAnswered) else {
            return Ok(());
        };
        let cleared = self
            .store
            .data
            .write(move |tx| store::delete_closed_requests(tx, before, BATCH));
        cleared
            .await
            .map(drop)
            .map_err(|error: StoreError| error.into())
    }

    /// Conversations whose words are past their time. A person whose last conversation goes, goes whole: their
    /// key is destroyed, so that no old copy can be read either.
    async fn end_conversations(&self) -> Result<(), AppError> {
        let Some(before) = self.ended_before("message.body", Event::ConversationClosed) else {
            return Ok(());
        };
        let ended = self
            .store
            .data
            .read(move |tx| store::list_ended_conversations(tx, before, ENDED_MAX));
        let ended: Vec<EndedConversation> = ended.await.map_err(AppError::from)?;
        for conversation in ended {
            self.expire_conversation(conversation, before).await?;
        }
        Ok(())
    }

    async fn expire_conversation(
        &self,
        conversation: EndedConversation,
        before: Timestamp,
    ) -> Result<(), AppError> {
        let EndedConversation {
            workspace_id,
            conversation_id,
            person_id,
            has_others,
        } = conversation;
        if !has_others {
            return match self.erase_for(workspace_id, person_id, "retention").await {
                Ok(_) | Err(AppError::NotFound) => Ok(()),
                Err(error) => Err(error),
            };
        }
        let deleted = self.store.data.write(move |tx| {
            store::delete_ended_conversation(tx, workspace_id, conversation_id, before)
        });
        deleted
            .await
            .map(drop)
            .map_err(|error: StoreError| error.into())
    }

    /// Accounts of members who were disabled long enough ago.
    async fn end_accounts(&self) -> Result<(), AppError> {
        let Some(before) = self.ended_before("agent.credentials", Event::AccountClosed) else {
            return Ok(());
        };
        let closed = self
            .store
            .data
            .read(move |tx| store::list_closed_agents(tx, before, ENDED_MAX));
        let closed: Vec<_> = closed.await.map_err(AppError::from)?;
        for (workspace_id, agent_id, person_id) in closed {
            let now = self.now();
            let deleted = self
                .store
                .data
                .write(move |tx| end_account(tx, (workspace_id, agent_id), before, now));
            let deleted = deleted
                .await
                .map_err(|error: StoreError| AppError::from(error))?;
            if deleted {
                self.keyring.destroy_person(workspace_id, person_id).await?;
            }
        }
        Ok(())
    }

    /// What happened before this is past its time now, if the file's period for the field counts from the
    /// event.
    fn ended_before(&self, field: &str, event: Event) -> Option<Timestamp> {
        let policy = self.policy();
        match policy.retention(field)?.1 {
            Retention::For { hours, after } if after == event => {
                Some(self.now().plus_seconds(-i64::from(hours) * 3_600))
            }
            _ => None,
        }
    }
}

fn trim(tx: &mut Tx<'_>, page: &[store::Workspace], before: Timestamp) -> Result<(), StoreError> {
    for workspace in page {
        store::delete_events_before(tx, workspace.workspace_id, before, BATCH)?;
    }
    Ok(())
}

fn end_account(
    tx: &mut Tx<'_>,
    (workspace_id, agent_id): (WorkspaceId, AgentId),
    before: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !store::delete_closed_agent(tx, workspace_id, agent_id, before)? {
        return Ok(false);
    }
    let entry = access_entry(AccessAct::Erased, agent_id, None, Role::System, now);
    store::append_entry(tx, workspace_id, &entry)?;
    Ok(true)
}
