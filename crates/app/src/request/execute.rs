//! Carrying a request out: now, because somebody says so, or at the end of its time, because nobody did.
//!
//! Why the effect comes first and the closing after it: each effect may be repeated, so what a crash
//! interrupts is done again by the next round, and nothing is closed that was not done (clause 59).
//! Must not know: HTTP, SQL.

use domain::{PersonId, RequestAct, RequestKind, WorkspaceId};
use ledger::Commitment;
use policy::{Channel, Reading, RefusalCode, RightsRequest, Role, Subject, Timestamp};
use store::{Audience, NewEvent, RequestRow, Standing, StoreError, Tx};

use super::{Doer, Step, check_open, letter, refuse, write_next};
use crate::{
    App, actor::Visitor, consent::person_updated, contact::ContactChange, error::AppError,
    opener::Opener,
};

/// Requests run in one page of a round.
const DUE_PAGE: i64 = 50;
/// Pages in one round: the rest waits for the next.
const DUE_PAGES_MAX: usize = 40;
/// Conversations whose readers are told at once that a record is frozen.
const TOLD_MAX: i64 = 100;

/// What is done for a person, beside closing their request.
#[derive(Clone)]
enum Effect {
    /// Everything that has an effect has had it.
    None,
    /// From here on this stands for them.
    Standing(Standing),
    /// No more letters to this address.
    OptOut(Standing, Option<[u8; 32]>),
}

impl App {
    /// Carries a request out and closes it; the entry's number.
    ///
    /// # Errors
    /// `Conflict` if it is closed, what the effect refuses, those of the databases. Then it is open still.
    pub(crate) async fn execute_request(
        &self,
        row: &RequestRow,
        by: Doer,
    ) -> Result<u64, AppError> {
        check_open(row)?;
        let workspace_id = row.workspace_id;
        let Some(person_id) = row.person_id else {
            return self.close(row, by, None, ("erased", Effect::None)).await;
        };
        let (subject, done) = if row.request.kind == RequestKind::Erase {
            self.erase_asked(workspace_id, person_id, by).await?
        } else {
            let subject = self.request_subject(workspace_id, person_id).await?;
            (subject, self.effect(row, person_id).await?)
        };
        self.close(row, by, Some(subject), done).await
    }

    /// Runs every request whose time has come, and closes those whose person is erased. What cannot be done
    /// stays open and does not keep the others; how many were done.
    ///
    /// # Errors
    /// The first failure, after each had its turn.
    pub async fn run_due_requests(&self) -> Result<usize, AppError> {
        if policy::rule::is_off(59) {
            return Ok(0);
        }
        let (mut after, mut done, mut failed) = (None, 0, None);
        for _ in 0..DUE_PAGES_MAX {
            let now = self.now();
            let page = self
                .store
                .data
                .read(move |tx| store::list_due_requests(tx, now, after, DUE_PAGE));
            let page: Vec<RequestRow> = page.await.map_err(AppError::from)?;
            let Some(last) = page.last() else { break };
            after = Some((last.request.due_at, last.request_id));
            for row in &page {
                match self.run_due(row).await {
                    Ok(count) => done += count,
                    Err(error) => failed = failed.or(Some(error)),
                }
            }
        }
        failed.map_or(Ok(done), Err)
    }

    /// Runs one request whose time has come; 1, or 0 if somebody was quicker by a moment.
    async fn run_due(&self, row: &RequestRow) -> Result<usize, AppError> {
        match self.execute_request(row, Doer::PROGRAM).await {
            Ok(_) => Ok(1),
            // A minor's record is frozen: it waits for the parent, or for the end of the record.
            Err(
                AppError::NotFound
                | AppError::Conflict {
                    code: "request_closed",
                    ..
                },
            ) => Ok(0),
            // It waits for the end of a legal hold, and is closed with the erasure then.
            Err(AppError::Denied(refusal))
                if refusal.code == RefusalCode::ErasureWaitsForHold.key() =>
            {
                Ok(0)
            }
            Err(error) => {
                tracing::warn!(id = %row.request_id, %error, "a due request cannot run");
                Err(error)
            }
        }
    }

    /// Erases whoever asked for it; how the ledger names them afterwards.
    async fn erase_asked(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        by: Doer,
    ) -> Result<(Commitment, (&'static str, Effect)), AppError> {
        let keys = self.keyring.workspace(workspace_id).await?;
        let subject = Commitment(keys.commitment(&person_id.to_string()));
        let reason = match by.role {
            Role::System => "request",
            role => role.key(),
        };
        match self.erase_asked_for(workspace_id, person_id, reason).await {
            Ok(_) | Err(AppError::NotFound) => Ok((subject, ("erased", Effect::None))),
            Err(error) => Err(error),
        }
    }

    /// What a request other than an erasure does, and the code of what came of it.
    async fn effect(
        &self,
        row: &RequestRow,
        person_id: PersonId,
    ) -> Result<(&'static str, Effect), AppError> {
        let workspace_id = row.workspace_id;
        let mut standing = self.standing_of(workspace_id, person_id).await?;
        Ok(match row.request.kind {
            RequestKind::Access | RequestKind::Export => {
                let is_known = self.has_proved_address(workspace_id, person_id).await?;
                let outcome = if is_known { "sent" } else { "ready" };
                (outcome, Effect::None)
            }
            RequestKind::Correct => {
                let visitor = self.visitor_of(workspace_id, person_id).await?;
                self.put_right(&visitor, row).await?;
                ("corrected", Effect::None)
            }
            RequestKind::Restrict => {
                standing.restricted_at.get_or_insert(self.now());
                ("restricted", Effect::Standing(standing))
            }
            RequestKind::Object => {
                if !standing.objections.contains(&row.purpose) {
                    standing.objections.push(row.purpose.clone());
                }
                ("stopped", Effect::Standing(standing))
            }
            RequestKind::OptOut => {
                standing.opted_out_at.get_or_insert(self.now());
                let hash = self.suppression_of(workspace_id, person_id).await?;
                ("opted_out", Effect::OptOut(standing, hash))
            }
            // Carried out before, in its own steps.
            RequestKind::Erase => ("erased", Effect::None),
        })
    }

    /// Whether the person proved an address, so that a letter reaches nobody else.
    pub(crate) async fn has_proved_address(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<bool, AppError> {
        let found = self.held_visitor(workspace_id, person_id).await?;
        let is_proved =
            |held: store::HeldVisitor| held.email.is_some() && held.email_verified_at.is_some();
        Ok(found.is_some_and(is_proved))
    }

    /// Writes the values that came with a request to correct.
    async fn put_right(&self, visitor: &Visitor, row: &RequestRow) -> Result<(), AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let key = self.keyring.person(workspace_id, person_id).await?;
        let (own, subject) = (Reading::own(), Subject::default());
        let permit =
            self.permit::<RightsRequest>(Role::Subject, Channel::Widget, &subject, &own)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        let id = row.request_id;
        let name = row.name.as_ref().map(|name| opener.request_name(id, name));
        let email = row
            .email
            .as_ref()
            .map(|email| opener.request_email(id, email));
        let change = ContactChange {
            name: name.transpose()?,
            email: email.transpose()?,
            locale: None,
            policy_version: Some(self.policy().version()),
        };
        if change.name.is_none() && change.email.is_none() {
            return Ok(());
        }
        self.update_contact(visitor, change).await.map(drop)
    }

    async fn close(
        &self,
        row: &RequestRow,
        by: Doer,
        subject: Option<Commitment>,
        (outcome, effect): (&'static str, Effect),
    ) -> Result<u64, AppError> {
        let (row, now) = (row.clone(), self.now());
        let workspace_id = row.workspace_id;
        let letter = (by.role != Role::Subject && row.request.kind != RequestKind::OptOut)
            .then(|| self.request_letter(workspace_id, &row.request_id, letter::DONE));
        let closed = self.store.data.write(move |tx| {
            let next = row.request.execute().map_err(refuse)?;
            let step = Step {
                act: RequestAct::Executed,
                by,
                subject,
                more: Vec::new(),
                now,
            };
            let index = write_next(tx, &row, &next, Some(outcome), step)?;
            let Some(person_id) = row.person_id.filter(|_| outcome != "erased") else {
                return Ok(index);
            };
            apply(tx, (workspace_id, person_id), effect, now)?;
            if let Some(letter) = letter {
                store::enqueue_job(tx, &letter.about(person_id), now)?;
            }
            Ok(index)
        });
        closed.await
    }
}

/// Writes what stands for a person from now on, and tells every screen that shows them.
fn apply(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    effect: Effect,
    now: Timestamp,
) -> Result<(), AppError> {
    let standing = match effect {
        Effect::None => return Ok(()),
        Effect::Standing(standing) => standing,
        Effect::OptOut(standing, hash) => {
            if let Some(hash) = hash {
                store::suppress_address(tx, workspace_id, hash, now)?;
            }
            store::suppress_subscriber(tx, workspace_id, person_id, now)?;
            store::end_subscription(tx, workspace_id, person_id, now)?;
            standing
        }
    };
    if !store::update_standing(tx, workspace_id, person_id, &standing)? {
        return Err(AppError::NotFound);
    }
    Ok(tell_standing(tx, workspace_id, person_id, now)?)
}

/// Screens that show the person or a conversation of theirs look again.
pub(crate) fn tell_standing(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    store::append_event(tx, workspace_id, &person_updated(person_id), now)?;
    let rows = store::list_conversations_of_person(tx, workspace_id, person_id, TOLD_MAX)?;
    for row in rows {
        let event = NewEvent {
            kind: "conversation.updated",
            audience: Audience::All,
            person_id: Some(person_id),
            conversation_id: Some(row.conversation_id),
            ref_id: None,
            seq: None,
        };
        store::append_event(tx, workspace_id, &event, now)?;
    }
    Ok(())
}
