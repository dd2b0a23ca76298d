//! Erasure: mark, destroy the key, delete the rows, suppress the address, enter it in the ledger, receipt.
//!
//! Why this order: from the mark's commit on no reader sees anything; when the key is gone every old copy is
//! worthless; the rest is tidying. Each step is on disk before the next and may be repeated, so that
//! [`App::resume_erasures`] finishes what a crash interrupted (`policy-spec` section 6, clause 60).
//! Must not know: HTTP; which columns are personal (store's list).

use std::collections::BTreeMap;

use domain::{PersonId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind, Receipt};
use policy::{Channel, Reading, RightsRequest, Role, Subject};
use store::{Erasure, ErasureStep, NewErasure, Reserve};

use crate::{
    App,
    actor::{Agent, RIGHTS, Visitor},
    error::AppError,
    hold::erasure_waits,
    opener::Opener,
};

/// Erasures finished in one call; what is left is finished by the next.
const RESUMED_MAX: usize = 10_000;
/// Steps of one erasure.
const STEPS_MAX: usize = 8;
/// Batches of rows of one person.
const BATCHES_MAX: usize = 1_000_000;

impl App {
    /// The visitor erases themselves.
    ///
    /// # Errors
    /// `Unavailable` if a later step has to wait: the mark stands, and the rest is done by itself.
    pub async fn erase_visitor(&self, visitor: &Visitor) -> Result<Receipt, AppError> {
        let Visitor {
            workspace_id,
            person_id,
            ..
        } = *visitor;
        self.erase(workspace_id, person_id, Role::Subject.key())
            .await
    }

    /// An agent erases a visitor's person.
    ///
    /// # Errors
    /// `Forbidden` or `Denied` unless role and policy allow it, `NotFound` for anybody else's persons and for
    /// members of the workspace; `Unavailable` as for [`Self::erase_visitor`].
    pub async fn erase_person(
        &self,
        agent: &Agent,
        person_id: PersonId,
    ) -> Result<Receipt, AppError> {
        agent.require(RIGHTS)?;
        let order = Reading::own();
        self.permit::<RightsRequest>(agent.role, Channel::Widget, &Subject::default(), &order)?;
        self.erase(agent.workspace_id, person_id, agent.role.key())
            .await
    }

    /// Erases a person for a reason of the program itself, such as `retention`. They asked for nothing, so
    /// their address may be written to again.
    ///
    /// # Errors
    /// As [`Self::erase_visitor`].
    pub async fn erase_for(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        reason: &'static str,
    ) -> Result<Receipt, AppError> {
        let order = NewErasure {
            workspace_id,
            person_id,
            requested_by: reason.to_owned(),
            address_hash: None,
        };
        self.mark(order, false).await?;
        self.finish(workspace_id, person_id, reason).await
    }

    /// Erases a person who asked for it by a request; carried out by the program or by a member, as the code
    /// says.
    ///
    /// # Errors
    /// As [`Self::erase_visitor`]; `Denied` while a legal hold keeps it back.
    pub(crate) async fn erase_asked_for(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        by: &'static str,
    ) -> Result<Receipt, AppError> {
        self.erase(workspace_id, person_id, by).await
    }

    /// Finishes erasures that a crash or a full disk interrupted; how many. Called before the port opens.
    ///
    /// # Errors
    /// `Unavailable` or `Full` if a step still cannot be done.
    pub async fn resume_erasures(&self) -> Result<usize, AppError> {
        self.tidy_waiting().await?;
        let mut finished = 0;
        while finished < RESUMED_MAX {
            let pending: Vec<Erasure> = self
                .store
                .data
                .read(store::list_pending_erasures)
                .await
                .map_err(AppError::from)?;
            if pending.is_empty() {
                break;
            }
            for erasure in &pending {
                self.keyring.forget(erasure.workspace_id, erasure.person_id);
                self.finish_erasure(erasure.workspace_id, erasure.person_id)
                    .await?;
                finished += 1;
            }
        }
        Ok(finished)
    }

    /// Marks a person as being erased. From here on nobody reads anything of them.
    ///
    /// # Errors
    /// `NotFound` if there is no such visitor's person; `Full` past the reserve.
    pub async fn mark_erasure(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        requested_by: &str,
    ) -> Result<(), AppError> {
        let order = NewErasure {
            workspace_id,
            person_id,
            requested_by: requested_by.to_owned(),
            address_hash: self.suppression_of(workspace_id, person_id).await?,
        };
        let suppresses = self.policy().file().requests.suppress_after_erase;
        self.mark(order, suppresses).await
    }

    async fn mark(&self, order: NewErasure, suppresses: bool) -> Result<(), AppError> {
        let (workspace_id, person_id) = (order.workspace_id, order.person_id);
        if self.find_erasure(workspace_id, person_id).await?.is_some() {
            return Ok(());
        }
        let now = self.now();
        self.store
            .data
            .write_reserved(Reserve::Erasure, move |tx| {
                if suppresses {
                    store::suppress_subscriber(tx, workspace_id, person_id, now)?;
                }
                if store::create_erasure(tx, &order, now)?
                    || store::find_erasure(tx, workspace_id, person_id)?.is_some()
                {
                    return Ok(());
                }
                Err(AppError::NotFound)
            })
            .await?;
        self.keyring.forget(workspace_id, person_id);
        self.tell_erased(workspace_id, person_id);
        Ok(())
    }

    /// Does the next step of an erasure; the step reached. `None`: nothing was ordered.
    ///
    /// # Errors
    /// `Unavailable` or `Full` if it cannot be done now; it is repeated later.
    pub async fn advance_erasure(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<ErasureStep>, AppError> {
        let Some(erasure) = self.find_erasure(workspace_id, person_id).await? else {
            return Ok(None);
        };
        match erasure.step {
            ErasureStep::Marked => {
                if self.held_back(workspace_id, person_id).await?.is_some() {
                    self.delete_outside_holds(workspace_id, person_id).await?;
                    return Ok(Some(ErasureStep::Marked));
                }
                self.destroy_key(erasure).await?;
            }
            ErasureStep::KeyDestroyed => self.delete_rows(erasure).await?,
            ErasureStep::RowsDeleted => self.suppress_address(erasure).await?,
            ErasureStep::Suppressed => self.enter_erasure(erasure).await?,
            ErasureStep::Finished => return Ok(Some(ErasureStep::Finished)),
        }
        let reached = self.find_erasure(workspace_id, person_id).await?;
        Ok(reached.map(|erasure| erasure.step))
    }

    async fn erase(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        requested_by: &str,
    ) -> Result<Receipt, AppError> {
        self.mark_erasure(workspace_id, person_id, requested_by)
            .await?;
        self.finish(workspace_id, person_id, requested_by).await
    }

    async fn finish(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        requested_by: &str,
    ) -> Result<Receipt, AppError> {
        if let Some(index) = self.finish_erasure(workspace_id, person_id).await? {
            return self.receipt(workspace_id, index).await;
        }
        let held = self.held_back(workspace_id, person_id).await?;
        let told = held.filter(|held| {
            let is_gagged = held.gagged_until.is_some_and(|until| until > self.now());
            requested_by != Role::Subject.key() || !is_gagged
        });
        // Who must not be told of a hold hears what everybody hears whose erasure is not done yet.
        Err(told.map_or_else(
            || AppError::Unavailable("the erasure is ordered and not finished yet".to_owned()),
            |held| erasure_waits(held.until),
        ))
    }

    /// Goes on with one erasure, if one was ordered and nothing holds it back; whether it is done.
    pub(crate) async fn resume_erasure(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<bool, AppError> {
        if self.find_erasure(workspace_id, person_id).await?.is_none() {
            return Ok(false);
        }
        let index = self.finish_erasure(workspace_id, person_id).await?;
        Ok(index.is_some())
    }

    /// What lies outside a hold goes although the erasure waits, also after a crash.
    async fn tidy_waiting(&self) -> Result<(), AppError> {
        let waiting: Vec<Erasure> = self
            .store
            .data
            .read(store::list_waiting_erasures)
            .await
            .map_err(AppError::from)?;
        for erasure in waiting {
            self.keyring.forget(erasure.workspace_id, erasure.person_id);
            self.delete_outside_holds(erasure.workspace_id, erasure.person_id)
                .await?;
        }
        Ok(())
    }

    async fn delete_outside_holds(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<(), AppError> {
        let mut all = 0;
        for _ in 0..BATCHES_MAX {
            let deleted: u64 = self
                .store
                .data
                .write_reserved(Reserve::Erasure, move |tx| {
                    store::erase_rows_outside_holds(tx, workspace_id, person_id)
                })
                .await
                .map_err(AppError::from)?;
            all += deleted;
            if deleted == 0 {
                break;
            }
        }
        if all > 0 {
            self.store.data.empty_journal().await?;
        }
        Ok(())
    }

    async fn finish_erasure(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<u64>, AppError> {
        for _ in 0..STEPS_MAX {
            let reached = self.advance_erasure(workspace_id, person_id).await?;
            // Still marked: a hold keeps it back.
            if matches!(reached, Some(ErasureStep::Finished | ErasureStep::Marked)) {
                break;
            }
        }
        let erasure = self.find_erasure(workspace_id, person_id).await?;
        Ok(erasure.and_then(|erasure| erasure.ledger_index))
    }

    async fn find_erasure(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<Erasure>, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_erasure(tx, workspace_id, person_id));
        Ok(found.await?)
    }

    async fn destroy_key(&self, erasure: Erasure) -> Result<(), AppError> {
        self.keyring
            .destroy_person(erasure.workspace_id, erasure.person_id)
            .await?;
        self.store.keys.empty_journal().await?;
        self.note_step(erasure, ErasureStep::KeyDestroyed).await
    }

    async fn delete_rows(&self, erasure: Erasure) -> Result<(), AppError> {
        let (workspace_id, person_id) = (erasure.workspace_id, erasure.person_id);
        for _ in 0..BATCHES_MAX {
            let deleted: u64 = self
                .store
                .data
                .write_reserved(Reserve::Erasure, move |tx| {
                    store::erase_rows(tx, workspace_id, person_id)
                })
                .await
                .map_err(AppError::from)?;
            if deleted == 0 {
                break;
            }
        }
        // Whoever opened the key between the mark and its end holds it no longer.
        self.keyring.forget(workspace_id, person_id);
        self.store.data.empty_journal().await?;
        self.note_step(erasure, ErasureStep::RowsDeleted).await
    }

    async fn suppress_address(&self, erasure: Erasure) -> Result<(), AppError> {
        let now = self.now();
        let step = self.store.data.write_reserved(Reserve::Erasure, move |tx| {
            store::suppress_erased_address(tx, &erasure, now)?;
            store::update_erasure_step(tx, &erasure, ErasureStep::Suppressed)
        });
        Ok(step.await?)
    }

    async fn enter_erasure(&self, erasure: Erasure) -> Result<(), AppError> {
        let keys = self.keyring.workspace(erasure.workspace_id).await?;
        let subject = Commitment(keys.commitment(&erasure.person_id.to_string()));
        let now = self.now();
        let details = [
            ("requested_by", erasure.requested_by.clone()),
            ("requested_at", erasure.marked_at.micros().to_string()),
        ];
        let entry = Entry {
            kind: EntryKind::Erasure,
            at: now.micros(),
            subject: Some(subject),
            details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
        };
        let (workspace_id, person_id) = (erasure.workspace_id, erasure.person_id);
        let entered = self.store.data.write_reserved(Reserve::Erasure, move |tx| {
            // Two calls at once: one entry.
            let found = store::find_erasure(tx, workspace_id, person_id)?;
            if found.is_some_and(|found| found.ledger_index.is_some()) {
                return Ok(());
            }
            let index = store::append_entry(tx, workspace_id, &entry)?;
            store::finish_erasure(tx, &erasure, index, now)
        });
        Ok(entered.await?)
    }

    async fn note_step(&self, erasure: Erasure, step: ErasureStep) -> Result<(), AppError> {
        let noted = self.store.data.write_reserved(Reserve::Erasure, move |tx| {
            store::update_erasure_step(tx, &erasure, step)
        });
        Ok(noted.await?)
    }

    /// What stays of a known address, where the policy wants it: a keyed hash.
    pub(crate) async fn suppression_of(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<[u8; 32]>, AppError> {
        if !self.policy().file().requests.suppress_after_erase {
            return Ok(None);
        }
        let Some(key) = self.keyring.find_person(workspace_id, person_id).await? else {
            return Ok(None);
        };
        let found: Option<store::HeldVisitor> = self
            .store
            .data
            .read(move |tx| store::find_held_visitor(tx, workspace_id, person_id))
            .await
            .map_err(AppError::from)?;
        let Some((visitor, email)) =
            found.and_then(|visitor| Some((visitor.visitor_id, visitor.email?)))
        else {
            return Ok(None);
        };
        let (own, subject) = (Reading::own(), Subject::default());
        let permit = self.permit::<RightsRequest>(Role::Subject, Channel::Widget, &subject, &own);
        // Nothing may stand in the way of an erasure: what does not open is not suppressed.
        let address = permit.ok().and_then(|permit| {
            let opener = Opener::new(workspace_id, &key, &permit);
            opener.email(visitor, &email).ok()
        });
        let keys = self.keyring.workspace(workspace_id).await?;
        Ok(address.map(|address| keys.suppression_hash(&address)))
    }

    fn tell_erased(&self, workspace_id: WorkspaceId, person_id: PersonId) {
        let signal = bus::Signal::Erased(person_id);
        self.bus
            .publish(bus::Topic::Person(workspace_id, person_id), &signal);
        self.bus
            .publish(bus::Topic::Workspace(workspace_id), &signal);
    }
}
