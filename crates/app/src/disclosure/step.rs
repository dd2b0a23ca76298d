//! The steps between asking and releasing, and after it: approve, refuse, take back, review, lapse (51, 54, 55).
//!
//! Must not know: HTTP, SQL.

use domain::{DisclosureId, DisclosureState, WorkspaceId};
use store::{StoreError, Tx};

use super::{App, SYSTEM, entry, get_row, refused, state_of};
use crate::{actor::Agent, error::AppError};

/// Disclosures whose time has come, ended in one round.
const LAPSED_MAX: i64 = 100;

impl App {
    /// Approves a disclosure: before its release, or after one that a single approval made.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in disclosures, or for what one asked for oneself;
    /// `Conflict` if it takes no approval, or not another one of the same member; `NotFound`.
    pub async fn approve_disclosure(
        &self,
        agent: &Agent,
        disclosure_id: DisclosureId,
    ) -> Result<(), AppError> {
        self.check_disclosing(agent)?;
        let (rules, now) = (self.disclosure_rules(), self.now());
        let (key, by) = ((agent.workspace_id, disclosure_id), agent.agent_id);
        let approved = self.store.data.write(move |tx| {
            let row = get_row(tx, key.0, key.1)?;
            let disclosure = state_of(&row)?;
            disclosure.approve(by, rules).map_err(refused)?;
            let approvals = row.approved_by.len() + 1;
            let released_at = row
                .closed_at
                .filter(|_| row.state == DisclosureState::Released);
            let due = released_at.and_then(|at| disclosure.review_due_at(approvals, at, rules));
            store::create_disclosure_approval(tx, key, by, due, now)?;
            let more = vec![("approvals", approvals.to_string())];
            let entered = entry("approved", (key.1, by.to_string()), None, more, now);
            store::append_entry(tx, key.0, &entered)?;
            Ok(())
        });
        approved.await
    }

    /// Refuses a disclosure, or takes back one's own.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in disclosures; `Conflict` if it is closed;
    /// `NotFound`.
    pub async fn close_disclosure(
        &self,
        agent: &Agent,
        disclosure_id: DisclosureId,
    ) -> Result<(), AppError> {
        self.check_disclosing(agent)?;
        let (key, by) = ((agent.workspace_id, disclosure_id), agent.agent_id);
        let row = self.load_disclosure(key.0, key.1).await?;
        let state = if row.requested_by == by {
            DisclosureState::Cancelled
        } else {
            DisclosureState::Refused
        };
        self.end_disclosure(key, state, by.to_string()).await
    }

    /// Marks a release for rights, property or safety as looked at again.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in disclosures, or for what one asked for oneself;
    /// `Conflict` if nothing is left to review; `NotFound`.
    pub async fn review_disclosure(
        &self,
        agent: &Agent,
        disclosure_id: DisclosureId,
    ) -> Result<(), AppError> {
        self.check_disclosing(agent)?;
        let now = self.now();
        let (key, by) = ((agent.workspace_id, disclosure_id), agent.agent_id);
        let reviewed = self.store.data.write(move |tx| {
            let row = get_row(tx, key.0, key.1)?;
            state_of(&row)?.review(by).map_err(refused)?;
            store::review_disclosure(tx, key, by, now)?;
            let entered = entry("reviewed", (key.1, by.to_string()), None, Vec::new(), now);
            store::append_entry(tx, key.0, &entered)?;
            Ok(())
        });
        reviewed.await
    }

    /// Ends open disclosures whose time is over.
    ///
    /// # Errors
    /// `Unavailable` or `Full`.
    pub(crate) async fn end_overdue_disclosures(&self) -> Result<(), AppError> {
        let now = self.now();
        let lapsed = self
            .store
            .data
            .read(move |tx| store::list_lapsed_disclosures(tx, now, LAPSED_MAX));
        let lapsed: Vec<_> = lapsed
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        for key in lapsed {
            let ended = self.end_disclosure(key, DisclosureState::Lapsed, SYSTEM.to_owned());
            match ended.await {
                // Closed in between.
                Ok(()) | Err(AppError::NotFound | AppError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn end_disclosure(
        &self,
        key: (WorkspaceId, DisclosureId),
        state: DisclosureState,
        by: String,
    ) -> Result<(), AppError> {
        let now = self.now();
        let ended = self.store.data.write(move |tx: &mut Tx<'_>| {
            let row = get_row(tx, key.0, key.1)?;
            state_of(&row)?.close().map_err(refused)?;
            store::close_disclosure(tx, key, state, &by, now)?;
            let entered = entry(state.key(), (key.1, by), None, Vec::new(), now);
            store::append_entry(tx, key.0, &entered)?;
            Ok(())
        });
        ended.await
    }
}
