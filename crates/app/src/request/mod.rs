//! Requests of people: taken with a clock, shown to be theirs, carried out at the latest when it ends
//! (clauses 32, 33, 58-60, 69, 78).
//!
//! Why an entry in the ledger at receipt already: a request that is lost must leave a trace. Each step stands
//! beside its entry in one transaction, so a receipt can be given for each.
//! Must not know: HTTP, SQL; what may become of a request (`domain`).

mod centre;
mod desk;
mod execute;
mod letter;
mod looped;
mod mailed;
mod view;

use std::collections::BTreeMap;

use domain::{
    PersonId, REQUESTS_A_DAY_MAX, Request, RequestAct, RequestId, RequestKind, RequestRefusal,
    RequestState, RequestWay, WorkspaceId,
};
use ledger::{Commitment, Entry, EntryKind};
use policy::{Basis, ContactEmail, Name, Policy, Role, SupportForward, SupportLetter, Timestamp};
use policy::{Purpose as _, Subject};
use store::{NewRequest, NewRequestStep, RequestRow, Standing, Tx};
use vault::Sealed;

use crate::{
    App,
    actor::{Agent, Visitor},
    error::AppError,
    job::JobKind,
    reading::person_ref,
};

pub use centre::{CentreAct, CentreDone, CentreView, OwnStandingView, ReadingView};
pub use desk::{EnteredRequest, EnteredRequestsView, RequestPageView, RequestsQuery};
pub use looped::LoopedRequest;
pub use view::{RequestStepView, RequestView};

/// Seconds of a day, for the limit.
const DAY_S: i64 = 24 * 3_600;

/// Who does something with a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doer {
    pub(crate) role: Role,
    pub(crate) agent_id: Option<domain::AgentId>,
}

impl Doer {
    /// The person themselves.
    pub(crate) const PERSON: Self = Self {
        role: Role::Subject,
        agent_id: None,
    };
    /// The program, when the time is over.
    pub(crate) const PROGRAM: Self = Self {
        role: Role::System,
        agent_id: None,
    };

    fn of(agent: &Agent) -> Self {
        Self {
            role: agent.role,
            agent_id: Some(agent.agent_id),
        }
    }
}

/// A request on its way in.
pub(crate) struct Incoming {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) person_id: PersonId,
    pub(crate) request_id: RequestId,
    pub(crate) request: Request,
    pub(crate) purpose: String,
    pub(crate) way: RequestWay,
    pub(crate) name: Option<Sealed<Name>>,
    pub(crate) email: Option<Sealed<ContactEmail>>,
    pub(crate) by: Doer,
}

/// A request that is there now.
pub(crate) struct Taken {
    pub(crate) row: RequestRow,
    /// The person had asked for the same before, and it is open still.
    pub(crate) is_known: bool,
}

impl App {
    /// Takes a request, unless the person has the same one open: then that one.
    ///
    /// # Errors
    /// `TooMany` past the day's limit, `NotFound` if there is no such person, those of the databases.
    pub(crate) async fn take_request(&self, incoming: Incoming) -> Result<Taken, AppError> {
        let (workspace_id, person_id) = (incoming.workspace_id, incoming.person_id);
        let subject = self.request_subject(workspace_id, person_id).await?;
        let now = self.now();
        // Somebody who came through their own session needs no letter that asks whether it was them.
        let letter = (incoming.way != RequestWay::Centre)
            .then(|| self.request_letter(workspace_id, &incoming.request_id, letter::RECEIVED))
            .map(|job| job.about(person_id));
        let taken = self.store.data.write(move |tx| {
            let taken = write_incoming(tx, incoming, subject, now)?;
            if let Some(job) = letter.filter(|_| !taken.is_known) {
                store::enqueue_job(tx, &job, now)?;
            }
            Ok(taken)
        });
        taken.await
    }

    /// A request of the workspace.
    pub(crate) async fn get_request_row(
        &self,
        workspace_id: WorkspaceId,
        request_id: RequestId,
    ) -> Result<RequestRow, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_request(tx, workspace_id, request_id));
        let found: Option<RequestRow> = found.await.map_err(AppError::from)?;
        found.ok_or(AppError::NotFound)
    }

    /// What stands for a person.
    ///
    /// # Errors
    /// `NotFound` if there is no such person (any more); `Unavailable`.
    pub(crate) async fn standing_of(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Standing, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_standing(tx, workspace_id, person_id));
        let found: Option<Standing> = found.await.map_err(AppError::from)?;
        found.ok_or(AppError::NotFound)
    }

    /// The person as the policy is asked about them.
    ///
    /// # Errors
    /// As [`Self::standing_of`].
    pub(crate) async fn subject(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Subject, AppError> {
        let standing = self.standing_of(workspace_id, person_id).await?;
        Ok(Subject {
            terms: self.terms_of(workspace_id, person_id).await?,
            consents: self.consents_of(workspace_id, person_id).await?,
            ..subject_of(&standing)
        })
    }

    /// How the ledger names a person in requests: it dies with their key.
    pub(crate) async fn request_subject(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Commitment, AppError> {
        let key = self.keyring.person(workspace_id, person_id).await?;
        Ok(Commitment(person_ref(workspace_id, person_id, &key)))
    }

    pub(crate) fn request_letter(
        &self,
        workspace_id: WorkspaceId,
        request_id: &RequestId,
        stage: i64,
    ) -> store::NewJob {
        store::NewJob {
            seq: Some(stage),
            ..self.new_job(workspace_id, JobKind::Request, &request_id.to_string())
        }
    }

    /// The person of a request as an actor on their own data.
    pub(crate) async fn visitor_of(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Visitor, AppError> {
        let found = self.held_visitor(workspace_id, person_id).await?;
        let held = found.ok_or(AppError::NotFound)?;
        Ok(Visitor {
            workspace_id,
            site_id: held.site_id,
            visitor_id: held.visitor_id,
            person_id,
            gpc: false,
        })
    }
}

/// What stands for a person, in the policy's words. Opting out stops every letter that is not about a right.
pub(crate) fn subject_of(standing: &Standing) -> Subject {
    let mut subject = Subject {
        restricted: standing.restricted_at.is_some(),
        objections: standing.objections.clone(),
        ..Subject::default()
    };
    if standing.opted_out_at.is_some() {
        let out = ["optout.email", "optout.stats", "optout.ads", "suppression"];
        subject.optouts = out.map(str::to_owned).into();
        subject.objections.push(SupportLetter::KEY.to_owned());
    }
    subject
}

/// Purposes that a person may object to: letters, passing on to another program, and whatever rests on their consent or on an interest of
/// the workspace's own, but not what the service cannot do without (GDPR 21(1)).
pub(crate) fn may_object(policy: &Policy) -> Vec<String> {
    let rests_on_them = |basis: Basis| !matches!(basis, Basis::Contract | Basis::LegalObligation);
    let purposes = policy.file().purpose.iter();
    purposes
        .filter(|rule| {
            rule.key == SupportLetter::KEY
                || rule.key == SupportForward::KEY
                || (rests_on_them(rule.basis) && !rule.use_key.starts_with("essential"))
        })
        .map(|rule| rule.key.clone())
        .collect()
}

/// The state does not allow it.
pub(crate) fn refuse(refusal: RequestRefusal) -> AppError {
    AppError::conflict(refusal.code(), refusal.to_string())
}

fn write_incoming(
    tx: &mut Tx<'_>,
    incoming: Incoming,
    subject: Commitment,
    now: Timestamp,
) -> Result<Taken, AppError> {
    let (workspace_id, person_id) = (incoming.workspace_id, incoming.person_id);
    if !store::is_person_active(tx, workspace_id, person_id)? {
        return Err(AppError::NotFound);
    }
    let of = (incoming.request.kind, incoming.purpose.as_str());
    if let Some(row) = store::find_open_request(tx, workspace_id, person_id, of)? {
        return Ok(Taken {
            row,
            is_known: true,
        });
    }
    check_day(tx, workspace_id, now)?;
    let (request_id, request, by) = (incoming.request_id, incoming.request, incoming.by);
    let (kind, purpose) = (request.kind, incoming.purpose.clone());
    let new = NewRequest {
        workspace_id,
        request_id,
        person_id,
        request,
        purpose: incoming.purpose,
        way: incoming.way,
        name: incoming.name,
        email: incoming.email,
    };
    if !store::create_request(tx, &new, now)? {
        // Somebody else was quicker by a moment.
        let row = store::find_open_request(tx, workspace_id, person_id, (kind, &purpose))?;
        let row = row.ok_or(AppError::NotFound)?;
        return Ok(Taken {
            row,
            is_known: true,
        });
    }
    let row = store::find_request(tx, workspace_id, request_id)?.ok_or(AppError::NotFound)?;
    let step = Step {
        act: RequestAct::Received,
        by,
        subject: Some(subject),
        more: vec![
            ("received_at", request.received_at.micros().to_string()),
            ("way", new.way.key().to_owned()),
        ],
        now,
    };
    write_step(tx, &row, step)?;
    Ok(Taken {
        row,
        is_known: false,
    })
}

fn check_day(tx: &mut Tx<'_>, workspace_id: WorkspaceId, now: Timestamp) -> Result<(), AppError> {
    let since = now.plus_seconds(-DAY_S);
    let count = store::count_requests_since(tx, workspace_id, since, REQUESTS_A_DAY_MAX)?;
    if count < REQUESTS_A_DAY_MAX {
        return Ok(());
    }
    Err(AppError::TooMany {
        retry_after_s: 3_600,
    })
}

/// A step of a request on its way to disk.
pub(crate) struct Step {
    pub(crate) act: RequestAct,
    pub(crate) by: Doer,
    /// The person as the ledger names them; `None` once they are erased.
    pub(crate) subject: Option<Commitment>,
    /// More for the entry: codes and times only.
    pub(crate) more: Vec<(&'static str, String)>,
    pub(crate) now: Timestamp,
}

/// Notes a step of a request beside its entry in the ledger; the entry's number.
pub(crate) fn write_step(tx: &mut Tx<'_>, row: &RequestRow, step: Step) -> Result<u64, AppError> {
    let Step { act, by, now, .. } = step;
    let request = &row.request;
    let mut details = vec![
        ("act", act.key().to_owned()),
        ("due_at", request.due_at.micros().to_string()),
        ("kind", request.kind.key().to_owned()),
        ("request", row.request_id.to_string()),
        ("role", by.role.key().to_owned()),
    ];
    if !row.purpose.is_empty() {
        details.push(("purpose", row.purpose.clone()));
    }
    details.extend(by.agent_id.map(|agent_id| ("by", agent_id.to_string())));
    details.extend(step.more);
    let details = details.into_iter();
    let entry = Entry {
        kind: entry_kind(act, request.kind),
        at: now.micros(),
        subject: step.subject,
        details: details
            .map(|(key, value)| (key.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
    };
    let ledger_index = store::append_entry(tx, row.workspace_id, &entry)?;
    let step = NewRequestStep {
        workspace_id: row.workspace_id,
        request_id: row.request_id,
        act,
        role: by.role,
        agent_id: by.agent_id,
        ledger_index,
    };
    store::create_request_step(tx, &step, now)?;
    Ok(ledger_index)
}

const fn entry_kind(act: RequestAct, kind: RequestKind) -> EntryKind {
    match (act, kind) {
        (RequestAct::Executed, RequestKind::Object | RequestKind::OptOut) => EntryKind::OptOut,
        _ => EntryKind::Request,
    }
}

/// Stores what a transition made of a request, with its step; the entry's number.
pub(crate) fn write_next(
    tx: &mut Tx<'_>,
    row: &RequestRow,
    next: &Request,
    outcome: Option<&'static str>,
    mut step: Step,
) -> Result<u64, AppError> {
    if !store::update_request(tx, row, next, outcome, step.now)? {
        return Err(refuse(RequestRefusal::Closed));
    }
    step.more
        .extend(outcome.map(|outcome| ("outcome", outcome.to_owned())));
    let proof = next.proof.filter(|_| row.request.proof.is_none());
    step.more
        .extend(proof.map(|proof| ("proof", proof.key().to_owned())));
    let reason = next.extension.filter(|_| row.request.extension.is_none());
    step.more
        .extend(reason.map(|reason| ("reason", reason.key().to_owned())));
    let row = RequestRow {
        request: *next,
        ..row.clone()
    };
    write_step(tx, &row, step)
}

/// Whether a request is open still.
pub(crate) fn check_open(row: &RequestRow) -> Result<(), AppError> {
    if row.request.state == RequestState::Open {
        return Ok(());
    }
    Err(refuse(RequestRefusal::Closed))
}
