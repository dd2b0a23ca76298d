//! The privacy centre: what a person sees of themselves, and what they do about it at once.
//!
//! Whoever came through their own session is known, so nothing waits: the request is taken and carried out in
//! one go, and both steps have a receipt (clause 60).
//! Must not know: HTTP, HTML.

use domain::{Request, RequestAct, RequestId, RequestKind, RequestProof, RequestWay};
use ledger::{Entry, EntryKind, Receipt};
use policy::Timestamp;
use store::{RequestRow, Standing};

use super::{
    App, Doer, Incoming, desk::load, execute::tell_standing, may_object, refuse, view::RequestView,
};
use crate::{
    actor::Visitor, authenticate::token_hash, contact::ContactChange,
    disclosure::is_gagged_purpose, error::AppError, held::HeldView, reading::person_ref,
    subscription::SubscriptionView, throttle,
};

/// What a person does about themselves.
pub enum CentreAct {
    /// Puts name, address or language right.
    Correct(ContactChange),
    /// Takes a copy.
    Export,
    /// The record stays and is not used.
    Restrict,
    /// It may be used again.
    LiftRestriction,
    /// One use ends.
    Object(String),
    /// It may go on.
    LiftObjection(String),
    /// No more letters.
    OptOut,
    /// Letters may come again.
    OptIn,
    /// Letters about the policy, to an address that confirms it; with the version that was shown.
    AskNotices(String, Option<u32>),
    /// No more letters about the policy.
    EndNotices,
    /// Answers in the chat only, or by letter too.
    WidgetOnly(bool),
    /// Everything goes.
    Erase,
}

/// What was done, with a receipt for each step.
pub struct CentreDone {
    /// Receipts, in order: of its receipt, and of its execution.
    pub receipts: Vec<Receipt>,
}

/// What stands for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnStandingView {
    /// Since when the record is not used.
    pub restricted_at: Option<Timestamp>,
    /// Since when no letters go out.
    pub opted_out_at: Option<Timestamp>,
    /// Purposes objected to.
    pub objections: Vec<String>,
}

/// One of the personnel read the person's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingView {
    /// Who; `None` if they are gone.
    pub name: Option<String>,
    /// In which role.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// When.
    pub at: Timestamp,
}

/// Everything the privacy centre shows.
pub struct CentreView {
    /// Every field, the choices, the version.
    pub held: HeldView,
    /// Who of the personnel read it, newest first.
    pub readings: Vec<ReadingView>,
    /// The person's requests, newest first.
    pub requests: Vec<RequestView>,
    /// What stands.
    pub standing: OwnStandingView,
    /// Purposes they may object to.
    pub may_object: Vec<String>,
    /// Whether the policy has room for letters about itself.
    pub may_subscribe: bool,
    /// How it stands with letters about the policy.
    pub subscription: Option<SubscriptionView>,
    /// Whether the policy has room for the choice of where answers come.
    pub may_choose_channel: bool,
    /// Since when answers come in the chat only.
    pub widget_only_at: Option<Timestamp>,
}

impl App {
    /// Everything the privacy centre shows a person of themselves.
    ///
    /// # Errors
    /// `NotFound` once they are erased, `Denied` by the policy, `Unavailable`.
    pub async fn get_centre(&self, visitor: &Visitor) -> Result<CentreView, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let held = self.list_own_data(visitor).await?;
        let standing = self.standing_of(workspace_id, person_id).await?;
        let loaded = self.store.data.read(move |tx| {
            let rows = store::list_requests_of_person(tx, workspace_id, person_id)?;
            rows.into_iter().map(|row| load(tx, row)).collect()
        });
        let loaded: Vec<super::view::Loaded> = loaded.await?;
        Ok(CentreView {
            held,
            readings: self.list_own_readings(visitor).await?,
            requests: self.request_views(workspace_id, loaded).await?,
            standing: OwnStandingView {
                restricted_at: standing.restricted_at,
                opted_out_at: standing.opted_out_at,
                objections: standing.objections,
            },
            may_object: may_object(&self.policy()),
            may_subscribe: self.may_subscribe(),
            may_choose_channel: self.may_choose_channel(),
            subscription: self.find_own_notices(visitor).await?,
            widget_only_at: self.widget_only_since(visitor).await?,
        })
    }

    /// Does what a person asks about themselves, at once.
    ///
    /// # Errors
    /// `Invalid` or `Denied` values, `TooMany`, `NotFound` once erased, `Conflict` if the state does not allow
    /// it, those of the databases.
    pub async fn act_in_centre(
        &self,
        visitor: &Visitor,
        act: CentreAct,
    ) -> Result<CentreDone, AppError> {
        let who = token_hash(&visitor.person_id.to_string());
        self.throttle.take(throttle::CENTRE, &who, self.now())?;
        match act {
            CentreAct::Correct(change) => {
                self.update_contact(visitor, change).await?;
                self.do_at_once(visitor, RequestKind::Correct, "").await
            }
            CentreAct::Export => self.do_at_once(visitor, RequestKind::Export, "").await,
            CentreAct::Restrict => self.do_at_once(visitor, RequestKind::Restrict, "").await,
            CentreAct::Object(purpose) => {
                if !may_object(&self.policy()).contains(&purpose) {
                    let why = "there is no such use to object to";
                    return Err(AppError::invalid("purpose", "unknown_word", why));
                }
                self.do_at_once(visitor, RequestKind::Object, &purpose)
                    .await
            }
            CentreAct::OptOut => self.do_at_once(visitor, RequestKind::OptOut, "").await,
            CentreAct::Erase => self.erase_at_once(visitor).await,
            CentreAct::LiftRestriction => {
                self.lift(visitor, "restriction", |standing| {
                    standing.restricted_at.take().is_some()
                })
                .await
            }
            CentreAct::OptIn => self.opt_in(visitor).await,
            CentreAct::AskNotices(email, policy_version) => {
                self.ask_own_notices(visitor, &email, (policy_version, "centre"))
                    .await?;
                Ok(CentreDone {
                    receipts: Vec::new(),
                })
            }
            CentreAct::EndNotices => {
                let receipt = self.end_own_notices(visitor, "centre").await?;
                Ok(CentreDone {
                    receipts: receipt.into_iter().collect(),
                })
            }
            CentreAct::WidgetOnly(widget_only) => {
                self.choose_channel(visitor, widget_only).await?;
                Ok(CentreDone {
                    receipts: Vec::new(),
                })
            }
            CentreAct::LiftObjection(purpose) => {
                self.lift(visitor, "objection", move |standing| {
                    let before = standing.objections.len();
                    standing.objections.retain(|known| *known != purpose);
                    standing.objections.len() < before
                })
                .await
            }
        }
    }

    /// The receipt of an entry about this person.
    ///
    /// # Errors
    /// `NotFound` if the entry is not about them; `Unavailable`.
    pub async fn get_own_receipt(
        &self,
        visitor: &Visitor,
        ledger_index: u64,
    ) -> Result<Receipt, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let is_own = self
            .store
            .data
            .read(move |tx| store::is_entry_of_person(tx, workspace_id, person_id, ledger_index));
        let is_own: bool = is_own.await.map_err(AppError::from)?;
        if !is_own {
            return Err(AppError::NotFound);
        }
        self.receipt(workspace_id, ledger_index).await
    }

    async fn do_at_once(
        &self,
        visitor: &Visitor,
        kind: RequestKind,
        purpose: &str,
    ) -> Result<CentreDone, AppError> {
        let row = self.take_own(visitor, kind, purpose).await?;
        // What a letter said before stands back behind what the person does themselves.
        let row = RequestRow {
            name: None,
            email: None,
            ..row
        };
        self.execute_request(&row, Doer::PERSON).await?;
        let receipts = self.receipts_of(visitor, row.request_id).await?;
        Ok(CentreDone { receipts })
    }

    async fn erase_at_once(&self, visitor: &Visitor) -> Result<CentreDone, AppError> {
        let mut done = self.do_at_once(visitor, RequestKind::Erase, "").await?;
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let erasure = self
            .store
            .data
            .read(move |tx| store::find_erasure(tx, workspace_id, person_id));
        let erasure: Option<store::Erasure> = erasure.await.map_err(AppError::from)?;
        if let Some(index) = erasure.and_then(|erasure| erasure.ledger_index) {
            done.receipts.push(self.receipt(workspace_id, index).await?);
        }
        Ok(done)
    }

    async fn take_own(
        &self,
        visitor: &Visitor,
        kind: RequestKind,
        purpose: &str,
    ) -> Result<RequestRow, AppError> {
        let now = self.now();
        let rules = self.policy().file().requests;
        let request = Request::receive(kind, now, now, &rules)
            .and_then(|request| request.verify(RequestProof::Session))
            .map_err(refuse)?;
        let incoming = Incoming {
            workspace_id: visitor.workspace_id,
            person_id: visitor.person_id,
            request_id: RequestId::new(now, self.random()),
            request,
            purpose: purpose.to_owned(),
            way: RequestWay::Centre,
            name: None,
            email: None,
            by: Doer::PERSON,
        };
        Ok(self.take_request(incoming).await?.row)
    }

    async fn receipts_of(
        &self,
        visitor: &Visitor,
        request_id: RequestId,
    ) -> Result<Vec<Receipt>, AppError> {
        let workspace_id = visitor.workspace_id;
        let steps = self
            .store
            .data
            .read(move |tx| store::list_request_steps(tx, workspace_id, request_id));
        let steps: Vec<store::RequestStep> = steps.await.map_err(AppError::from)?;
        let mut receipts = Vec::with_capacity(steps.len());
        for step in steps {
            receipts.push(self.receipt(workspace_id, step.ledger_index).await?);
        }
        Ok(receipts)
    }

    /// Letters may come again. An address that was proved leaves the suppression list too: its reader says so from
    /// their own record.
    async fn opt_in(&self, visitor: &Visitor) -> Result<CentreDone, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        if self.has_proved_address(workspace_id, person_id).await?
            && let Some(hash) = self.suppression_of(workspace_id, person_id).await?
        {
            let lifted = self
                .store
                .data
                .write(move |tx| store::lift_suppression(tx, workspace_id, hash));
            let _was_there: bool = lifted.await.map_err(AppError::from)?;
        }
        self.lift(visitor, "opt_out", |standing| {
            standing.opted_out_at.take().is_some()
        })
        .await
    }

    /// Takes back what stands. Of what does not stand: nothing changes, and nothing is entered.
    async fn lift(
        &self,
        visitor: &Visitor,
        what: &'static str,
        change: impl FnOnce(&mut Standing) -> bool,
    ) -> Result<CentreDone, AppError> {
        let (workspace_id, person_id, now) = (visitor.workspace_id, visitor.person_id, self.now());
        let mut standing = self.standing_of(workspace_id, person_id).await?;
        if !change(&mut standing) {
            return Ok(CentreDone {
                receipts: Vec::new(),
            });
        }
        let details = [
            ("act", RequestAct::Lifted.key()),
            ("what", what),
            ("role", "subject"),
        ];
        let entry = Entry {
            kind: EntryKind::Request,
            at: now.micros(),
            subject: Some(self.request_subject(workspace_id, person_id).await?),
            details: details
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        };
        let lifted = self.store.data.write(move |tx| {
            if !store::update_standing(tx, workspace_id, person_id, &standing)? {
                return Err(AppError::NotFound);
            }
            let index = store::append_entry(tx, workspace_id, &entry)?;
            tell_standing(tx, workspace_id, person_id, now)?;
            Ok(index)
        });
        let index = lifted.await?;
        Ok(CentreDone {
            receipts: vec![self.receipt(workspace_id, index).await?],
        })
    }

    async fn list_own_readings(&self, visitor: &Visitor) -> Result<Vec<ReadingView>, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let key = self.keyring.person(workspace_id, person_id).await?;
        let mut readings = self
            .readings_of(workspace_id, person_ref(workspace_id, person_id, &key))
            .await?;
        let now = self.now();
        let gagged = self
            .store
            .data
            .read(move |tx| store::is_gagged(tx, workspace_id, person_id, now));
        if gagged
            .await
            .map_err(|error: store::StoreError| AppError::from(error))?
        {
            readings.retain(|reading| !is_gagged_purpose(&reading.purpose));
        }
        Ok(readings)
    }

    /// Who of the personnel read whoever this reference stands for, newest first.
    pub(crate) async fn readings_of(
        &self,
        workspace_id: domain::WorkspaceId,
        reference: [u8; 32],
    ) -> Result<Vec<ReadingView>, AppError> {
        let rows = self
            .store
            .data
            .read(move |tx| store::list_readings(tx, workspace_id, reference));
        let rows: Vec<store::ReadingRow> = rows.await.map_err(AppError::from)?;
        let readers: Vec<_> = rows.iter().map(|row| row.reader_id).collect();
        let names = self.agent_names(workspace_id, readers).await?;
        let views = rows.into_iter().map(|row| ReadingView {
            name: names.get(&row.reader_id).cloned(),
            role: row.role,
            purpose: row.purpose,
            at: row.created_at,
        });
        Ok(views.collect())
    }
}
