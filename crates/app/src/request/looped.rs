//! The answer to "somebody asks this in your name": whoever reads the known address says whether it was them.
//!
//! Must not know: HTTP.

use domain::{LinkKind, RequestAct, RequestKind, RequestProof};
use policy::Timestamp;

use super::{App, Doer, Step, refuse, write_next};
use crate::{authenticate::token_hash, error::AppError};

/// What was asked for in somebody's name.
#[derive(Clone, PartialEq, Eq)]
pub struct LoopedRequest {
    /// What.
    pub kind: RequestKind,
    /// When it runs by itself.
    pub due_at: Timestamp,
    /// Token of a session in the privacy centre: whoever asked to see what is held, and proved the address that
    /// their letter went to, sees it at once.
    pub session: Option<String>,
}

opaque_debug!(LoopedRequest);

impl App {
    /// The request that a letter's link asks about, while it is open and nobody has shown it to be theirs.
    ///
    /// # Errors
    /// `NotFound` if the link is used, over, or never was, or the request is closed.
    pub async fn find_looped_request(&self, token: &str) -> Result<LoopedRequest, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self.store.data.read(move |tx| {
            let link = store::find_link(tx, LinkKind::RequestLoop, &hash, now)?;
            let link = link.ok_or(AppError::NotFound)?;
            let request_id = link.subject_id.parse().map_err(|_| AppError::NotFound)?;
            let row = store::find_request(tx, link.workspace_id, request_id)?;
            let row = row.ok_or(AppError::NotFound)?;
            super::check_open(&row).map_err(|_| AppError::NotFound)?;
            Ok::<_, AppError>(LoopedRequest {
                kind: row.request.kind,
                due_at: row.request.due_at,
                session: None,
            })
        });
        found.await
    }

    /// "It was me": the request is shown to be theirs, and carried out at once. "It was not me": withdrawn.
    ///
    /// # Errors
    /// `NotFound` if the link does not work (any more), `Conflict` if the request is closed or was verified by
    /// other means, and what carrying it out refuses: then it is verified, and runs at the end of its time.
    pub async fn answer_looped_request(
        &self,
        token: &str,
        is_mine: bool,
    ) -> Result<LoopedRequest, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self.store.data.read(move |tx| {
            let link = store::find_link(tx, LinkKind::RequestLoop, &hash, now)?;
            let link = link.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((link.workspace_id, link.person_id.ok_or(AppError::NotFound)?))
        });
        let (workspace_id, person_id) = found.await?;
        let subject = self.request_subject(workspace_id, person_id).await?;
        let answered = self.store.data.write(move |tx| {
            let link = store::take_link(tx, LinkKind::RequestLoop, &hash, now)?;
            let link = link.ok_or(AppError::NotFound)?;
            let request_id = link.subject_id.parse().map_err(|_| AppError::NotFound)?;
            let row = store::find_request(tx, workspace_id, request_id)?;
            let row = row.ok_or(AppError::NotFound)?;
            let verified = row.request.verify(RequestProof::Loop).map_err(refuse)?;
            let (next, act, outcome) = if is_mine {
                (verified, RequestAct::Verified, None)
            } else {
                let next = row.request.withdraw().map_err(refuse)?;
                (next, RequestAct::Withdrawn, Some("not_theirs"))
            };
            let step = Step {
                act,
                by: Doer::PERSON,
                subject: Some(subject),
                more: Vec::new(),
                now,
            };
            write_next(tx, &row, &next, outcome, step)?;
            store::find_request(tx, workspace_id, request_id)?.ok_or(AppError::NotFound)
        });
        let row: store::RequestRow = answered.await?;
        let mut session = None;
        if is_mine {
            self.execute_request(&row, Doer::PERSON).await?;
            let sees = matches!(row.request.kind, RequestKind::Access | RequestKind::Export);
            if sees && self.has_proved_address(workspace_id, person_id).await? {
                let visitor = self.visitor_of(workspace_id, person_id).await?;
                session = Some(self.open_centre(&visitor).await?);
            }
        }
        Ok(LoopedRequest {
            kind: row.request.kind,
            due_at: row.request.due_at,
            session,
        })
    }
}
