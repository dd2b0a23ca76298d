//! Requests of people: their rows, their clocks and what was done with each.
//!
//! Must not know: what may become of a request (`domain`), plain text.

use domain::{
    AgentId, ExtensionReason, PersonId, Request, RequestAct, RequestId, RequestKind, RequestProof,
    RequestState, RequestWay, WorkspaceId,
};
use policy::{ContactEmail, Name, Role, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// Steps of a request that are kept.
pub const REQUEST_STEPS_MAX: i64 = 20;
/// Requests of a person shown at once.
const OWN_REQUESTS_MAX: i64 = 100;

/// A request to be stored.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub request_id: RequestId,
    /// Who asks.
    pub person_id: PersonId,
    /// Kind and clock.
    pub request: Request,
    /// The purpose objected to; empty for every other kind.
    pub purpose: String,
    /// How it came in.
    pub way: RequestWay,
    /// The name to be put right.
    pub name: Option<Sealed<Name>>,
    /// The address to be put right.
    pub email: Option<Sealed<ContactEmail>>,
}

/// A stored request.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub request_id: RequestId,
    /// Who asks; `None` once they are erased.
    pub person_id: Option<PersonId>,
    /// Kind, state and clock.
    pub request: Request,
    /// The purpose objected to; empty for every other kind.
    pub purpose: String,
    /// How it came in.
    pub way: RequestWay,
    /// What came of it: a code.
    pub outcome: Option<String>,
    /// The name to be put right.
    pub name: Option<Sealed<Name>>,
    /// The address to be put right.
    pub email: Option<Sealed<ContactEmail>>,
    /// When it was done or taken back.
    pub closed_at: Option<Timestamp>,
    /// When it was entered.
    pub created_at: Timestamp,
}

/// What was done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRequestStep {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// The request.
    pub request_id: RequestId,
    /// What was done.
    pub act: RequestAct,
    /// As what they did it: the person themselves, personnel, or the program.
    pub role: Role,
    /// Who of the personnel.
    pub agent_id: Option<AgentId>,
    /// Its entry in the ledger.
    pub ledger_index: u64,
}

/// What was done with a request, as stored.
#[derive(Debug, Clone)]
pub struct RequestStep {
    /// What was done.
    pub act: RequestAct,
    /// As what they did it.
    pub role: String,
    /// Who of the personnel.
    pub agent_id: Option<AgentId>,
    /// Its entry in the ledger.
    pub ledger_index: u64,
    /// When.
    pub created_at: Timestamp,
}

/// Where a page of requests begins: after this one.
pub type RequestCursor = (Timestamp, RequestId);

/// The columns of [`RequestRow`], in its order.
macro_rules! request_columns {
    () => {
        "workspace_id, request_id, person_id, kind, state, received_at, due_at, proof, extension,
         purpose, way, outcome, name_sealed, email_sealed, closed_at, created_at"
    };
}

/// Stores a request unless the person has the same one open; whether it was stored.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_request(
    tx: &mut Tx<'_>,
    new: &NewRequest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let request = &new.request;
    let created = tx.execute(
        "insert into request (
             workspace_id, request_id, person_id, kind, purpose, state, way, proof, name_sealed,
             email_sealed, received_at, due_at, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict do nothing",
        &[
            new.workspace_id.into(),
            new.request_id.into(),
            new.person_id.into(),
            request.kind.key().into(),
            new.purpose.as_str().into(),
            request.state.key().into(),
            new.way.key().into(),
            request.proof.map(RequestProof::key).into(),
            new.name.as_ref().into(),
            new.email.as_ref().into(),
            request.received_at.into(),
            request.due_at.into(),
            now.into(),
        ],
    )?;
    Ok(created > 0)
}

/// The open request of a person, kind and purpose.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_open_request(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    (kind, purpose): (RequestKind, &str),
) -> Result<Option<RequestRow>, StoreError> {
    let found = tx.find(
        concat!(
            "select ",
            request_columns!(),
            " from request
             where workspace_id = $1 and person_id = $2 and kind = $3 and purpose = $4
                 and state = 'open'"
        ),
        &[
            workspace_id.into(),
            person_id.into(),
            kind.key().into(),
            purpose.into(),
        ],
    )?;
    found.map(read_request).transpose()
}

/// A request.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_request(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    request_id: RequestId,
) -> Result<Option<RequestRow>, StoreError> {
    let found = tx.find(
        concat!(
            "select ",
            request_columns!(),
            " from request where workspace_id = $1 and request_id = $2"
        ),
        &[workspace_id.into(), request_id.into()],
    )?;
    found.map(read_request).transpose()
}

/// Which requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestFilter {
    /// In which state.
    pub state: RequestState,
    /// Of which kind, if of one only.
    pub kind: Option<RequestKind>,
}

/// Requests of a workspace, the open ones that are due first on top, after a place, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_requests(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    filter: RequestFilter,
    after: Option<RequestCursor>,
    limit: i64,
) -> Result<Vec<RequestRow>, StoreError> {
    // What is closed is looked at from the newest on.
    let rows = if filter.state == RequestState::Open {
        let (due, id) = after.map_or((i64::MIN, String::new()), place);
        tx.query(
            concat!(
                "select ",
                request_columns!(),
                " from request
                 where workspace_id = $1 and state = $2 and (due_at, request_id) > ($3, $4)
                     and ($6 = '' or kind = $6)
                 order by due_at, request_id
                 limit $5"
            ),
            &page_values(workspace_id, filter, (due, id), limit),
        )?
    } else {
        let (due, id) = after.map_or((i64::MAX, String::new()), place);
        tx.query(
            concat!(
                "select ",
                request_columns!(),
                " from request
                 where workspace_id = $1 and state = $2 and (due_at, request_id) < ($3, $4)
                     and ($6 = '' or kind = $6)
                 order by due_at desc, request_id desc
                 limit $5"
            ),
            &page_values(workspace_id, filter, (due, id), limit),
        )?
    };
    rows.into_iter().map(read_request).collect()
}

/// Requests of a person, newest first, at most 100.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_requests_of_person(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Vec<RequestRow>, StoreError> {
    let rows = tx.query(
        concat!(
            "select ",
            request_columns!(),
            " from request where workspace_id = $1 and person_id = $2
             order by created_at desc, request_id desc
             limit $3"
        ),
        &[
            workspace_id.into(),
            person_id.into(),
            OWN_REQUESTS_MAX.into(),
        ],
    )?;
    rows.into_iter().map(read_request).collect()
}

/// Open requests of all workspaces whose time has come, or whose person is erased by now, oldest first,
/// after a place, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_due_requests(
    tx: &mut Tx<'_>,
    now: Timestamp,
    after: Option<RequestCursor>,
    limit: i64,
) -> Result<Vec<RequestRow>, StoreError> {
    let (due, id) = after.map_or((i64::MIN, String::new()), place);
    let rows = tx.query(
        concat!(
            "select ",
            request_columns!(),
            " from request
             where state = 'open' and (due_at <= $1 or person_id is null)
                 and (due_at, request_id) > ($2, $3)
             order by due_at, request_id
             limit $4"
        ),
        &[now.into(), due.into(), id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_request).collect()
}

/// Requests of a workspace entered since a time, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_requests_since(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    since: Timestamp,
    limit: i64,
) -> Result<i64, StoreError> {
    let mut row = tx.get(
        "select count(*) from (
             select request_id from request
             where workspace_id = $1 and created_at > $2
             limit $3
         ) counted",
        &[workspace_id.into(), since.into(), limit.into()],
    )?;
    row.int("requests")
}

/// Stores what a transition made of an open request; whether it was open still.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_request(
    tx: &mut Tx<'_>,
    row: &RequestRow,
    next: &Request,
    outcome: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let closed_at = (next.state != RequestState::Open).then_some(now);
    let changed = tx.execute(
        "update request
         set state = $3, due_at = $4, proof = $5, extension = $6, outcome = $7, closed_at = $8,
             name_sealed = case when $3 = 'open' then name_sealed end,
             email_sealed = case when $3 = 'open' then email_sealed end
         where workspace_id = $1 and request_id = $2 and state = 'open'",
        &[
            row.workspace_id.into(),
            row.request_id.into(),
            next.state.key().into(),
            next.due_at.into(),
            next.proof.map(RequestProof::key).into(),
            next.extension.map(ExtensionReason::key).into(),
            outcome.map(str::to_owned).into(),
            closed_at.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Notes what was done with a request, beside its ledger entry.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_request_step(
    tx: &mut Tx<'_>,
    step: &NewRequestStep,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into request_step (
             workspace_id, request_id, step, act, role, agent_id, ledger_index, created_at
         )
         select $1, $2, coalesce(max(step), 0) + 1, $3, $4, $5, $6, $7
         from request_step
         where workspace_id = $1 and request_id = $2",
        &[
            step.workspace_id.into(),
            step.request_id.into(),
            step.act.key().into(),
            step.role.key().into(),
            step.agent_id.into(),
            i64::try_from(step.ledger_index).unwrap_or(i64::MAX).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// What was done with a request, in order, at most [`REQUEST_STEPS_MAX`].
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_request_steps(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    request_id: RequestId,
) -> Result<Vec<RequestStep>, StoreError> {
    let rows = tx.query(
        "select act, role, agent_id, ledger_index, created_at
         from request_step
         where workspace_id = $1 and request_id = $2
         order by step
         limit $3",
        &[
            workspace_id.into(),
            request_id.into(),
            REQUEST_STEPS_MAX.into(),
        ],
    )?;
    rows.into_iter().map(read_step).collect()
}

/// Whether an entry of the ledger stands for something done with a request of this person.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_entry_of_person(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    ledger_index: u64,
) -> Result<bool, StoreError> {
    let index = i64::try_from(ledger_index).unwrap_or(i64::MAX);
    let found = tx.find(
        "select s.ledger_index
         from request_step s
         join request r on r.workspace_id = s.workspace_id and r.request_id = s.request_id
         where s.workspace_id = $1 and s.ledger_index = $3 and r.person_id = $2
         union all
         select ledger_index from consent
         where workspace_id = $1 and person_id = $2 and ledger_index = $3
         limit 1",
        &[workspace_id.into(), person_id.into(), index.into()],
    )?;
    Ok(found.is_some())
}

fn place((due_at, request_id): RequestCursor) -> (i64, String) {
    (due_at.micros(), request_id.to_string())
}

fn page_values(
    workspace_id: WorkspaceId,
    filter: RequestFilter,
    (due, id): (i64, String),
    limit: i64,
) -> [Value; 6] {
    [
        workspace_id.into(),
        filter.state.key().into(),
        due.into(),
        id.into(),
        limit.into(),
        filter.kind.map_or("", RequestKind::key).into(),
    ]
}

fn read_request(mut row: Row) -> Result<RequestRow, StoreError> {
    let workspace_id = row.parse("workspace_id")?;
    let request_id = row.parse("request_id")?;
    let person_id = row.parse_opt("person_id")?;
    let request = Request {
        kind: row.parse("kind")?,
        state: row.parse("state")?,
        received_at: row.time("received_at")?,
        due_at: row.time("due_at")?,
        proof: row.parse_opt("proof")?,
        extension: row.parse_opt("extension")?,
    };
    Ok(RequestRow {
        workspace_id,
        request_id,
        person_id,
        request,
        purpose: row.text("purpose")?,
        way: row.parse("way")?,
        outcome: row.text_opt("outcome")?,
        name: row.sealed_opt("name_sealed")?,
        email: row.sealed_opt("email_sealed")?,
        closed_at: row.time_opt("closed_at")?,
        created_at: row.time("created_at")?,
    })
}

fn read_step(mut row: Row) -> Result<RequestStep, StoreError> {
    Ok(RequestStep {
        act: row.parse("act")?,
        role: row.text("role")?,
        agent_id: row.parse_opt("agent_id")?,
        ledger_index: u64::try_from(row.int("ledger_index")?).unwrap_or(0),
        created_at: row.time("created_at")?,
    })
}
