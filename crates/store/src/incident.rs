//! Incidents, and whom each touched: asked from the data itself, page by page, never kept as a list of names.
//!
//! Must not know: who may open one, what a letter says.

use domain::{AgentId, Incident, IncidentId, IncidentScope, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// Incidents listed at once.
const INCIDENTS_MAX: i64 = 200;
/// People counted at most.
const AFFECTED_MAX: i64 = 1_000_000;
/// Purposes of one reader.
const PURPOSES_MAX: i64 = 50;

/// Persons who came, or whose conversations went on, in a period.
macro_rules! active_in {
    () => {
        "select p.person_id from person p
         where p.workspace_id = $1 and p.state = 'active' and p.created_at < $3 and (
             p.created_at >= $2 or exists (
                 select 1 from conversation c
                 where c.workspace_id = p.workspace_id and c.person_id = p.person_id
                     and c.created_at < $3 and c.last_message_at >= $2
             )
         )"
    };
}

/// What somebody got at, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncidentReach {
    /// What.
    pub scope: IncidentScope,
    /// Whose account, if one was misused.
    pub agent_id: Option<AgentId>,
    /// From when.
    pub from: Timestamp,
    /// Up to when.
    pub to: Timestamp,
}

/// A stored incident.
#[derive(Debug, Clone)]
pub struct IncidentRow {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub incident_id: IncidentId,
    /// Where it stands.
    pub incident: Incident,
    /// What it reached.
    pub reach: IncidentReach,
    /// How many people, when it was opened.
    pub affected: i64,
    /// What the people are told.
    pub words: Option<String>,
    /// Letters queued so far.
    pub told: i64,
    /// How far letters are queued: up to which moment of coming, as ids have it; it names nobody.
    pub told_after: Option<String>,
    /// Who opened it: a member, or `operator`.
    pub opened_by: String,
    /// Its entry in the ledger.
    pub ledger_index: u64,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// How many real incidents there were, for everybody to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncidentCounts {
    /// All.
    pub real: i64,
    /// Not closed yet.
    pub open: i64,
    /// Whose authority was told late, or not yet though the time is over.
    pub late: i64,
}

/// Stores an incident beside its ledger entry.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_incident(tx: &mut Tx<'_>, row: &IncidentRow) -> Result<(), StoreError> {
    tx.execute(
        "insert into incident (
             workspace_id, incident_id, kind, scope, agent_id, from_at, to_at, noticed_at, due_at,
             affected, opened_by, ledger_index, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            row.workspace_id.into(),
            row.incident_id.into(),
            row.incident.kind.key().into(),
            row.reach.scope.key().into(),
            row.reach.agent_id.into(),
            row.reach.from.into(),
            row.reach.to.into(),
            row.incident.noticed_at.into(),
            row.incident.due_at().into(),
            row.affected.into(),
            row.opened_by.as_str().into(),
            Value::Int(i64::try_from(row.ledger_index).unwrap_or(i64::MAX)),
            row.created_at.into(),
        ],
    )?;
    Ok(())
}

/// Notes where an incident stands now; whether it still stood as `before` said.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_incident(
    tx: &mut Tx<'_>,
    row: &IncidentRow,
    next: &Incident,
    words: Option<&str>,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update incident
         set authority_at = $3, people_at = $4, closed_at = $5, words = coalesce($6, words)
         where workspace_id = $1 and incident_id = $2 and closed_at is null
             and coalesce(authority_at, 0) = $7 and coalesce(people_at, 0) = $8",
        &[
            row.workspace_id.into(),
            row.incident_id.into(),
            next.authority_at.into(),
            next.people_at.into(),
            next.closed_at.into(),
            words.map(str::to_owned).into(),
            Value::Int(row.incident.authority_at.map_or(0, Timestamp::micros)),
            Value::Int(row.incident.people_at.map_or(0, Timestamp::micros)),
        ],
    )?;
    Ok(changed > 0)
}

/// Notes how far letters are queued.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_incident_told(
    tx: &mut Tx<'_>,
    (workspace_id, incident_id): (WorkspaceId, IncidentId),
    (after, queued): (Option<&str>, i64),
) -> Result<(), StoreError> {
    tx.execute(
        "update incident
         set told_after = $3, told = told + $4
         where workspace_id = $1 and incident_id = $2",
        &[
            workspace_id.into(),
            incident_id.into(),
            after.map(str::to_owned).into(),
            queued.into(),
        ],
    )?;
    Ok(())
}

/// The workspace's incidents, newest first, at most 200.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_incidents(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
) -> Result<Vec<IncidentRow>, StoreError> {
    let rows = tx.query(
        "select workspace_id, incident_id, kind, scope, agent_id, from_at, to_at, noticed_at,
             authority_at, people_at, closed_at, affected, words, told, told_after, opened_by,
             ledger_index, created_at
         from incident
         where workspace_id = $1
         order by created_at desc, incident_id
         limit $2",
        &[workspace_id.into(), INCIDENTS_MAX.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// One incident.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_incident(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    incident_id: IncidentId,
) -> Result<Option<IncidentRow>, StoreError> {
    let found = tx.find(
        "select workspace_id, incident_id, kind, scope, agent_id, from_at, to_at, noticed_at,
             authority_at, people_at, closed_at, affected, words, told, told_after, opened_by,
             ledger_index, created_at
         from incident
         where workspace_id = $1 and incident_id = $2",
        &[workspace_id.into(), incident_id.into()],
    )?;
    found.map(read).transpose()
}

/// Real incidents of a workspace in numbers.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_incidents(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    now: Timestamp,
) -> Result<IncidentCounts, StoreError> {
    let mut row = tx.get(
        "select count(*),
             coalesce(sum(case when closed_at is null then 1 else 0 end), 0),
             coalesce(sum(case when coalesce(authority_at, $2) > due_at then 1 else 0 end), 0)
         from incident
         where workspace_id = $1 and kind = 'real'",
        &[workspace_id.into(), now.into()],
    )?;
    Ok(IncidentCounts {
        real: row.int("real")?,
        open: row.int("open")?,
        late: row.int("late")?,
    })
}

/// Incidents that were opened since a time.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_incidents_since(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    since: Timestamp,
) -> Result<i64, StoreError> {
    let query = "select count(*) from incident where workspace_id = $1 and created_at > $2";
    tx.get(query, &[workspace_id.into(), since.into()])?
        .int("incidents")
}

/// How many people an incident reached, counted up to a million.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_affected(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    reach: &IncidentReach,
) -> Result<i64, StoreError> {
    let (workspace, from, to) = (workspace_id.into(), reach.from.into(), reach.to.into());
    let mut row = match (reach.scope, reach.agent_id) {
        (IncidentScope::Agent, Some(agent_id)) => tx.get(
            "select count(*) from (
                 select distinct person_ref from reading
                 where workspace_id = $1 and reader_id = $2 and created_at >= $3 and created_at < $4
                 limit $5
             ) as read",
            &[workspace, agent_id.into(), from, to, AFFECTED_MAX.into()],
        ),
        (IncidentScope::Period, _) => tx.get(
            concat!(
                "select count(*) from (",
                active_in!(),
                " limit $4) as active"
            ),
            &[workspace, from, to, AFFECTED_MAX.into()],
        ),
        _ => tx.get(
            "select count(*) from (
                 select person_id from person
                 where workspace_id = $1 and state = 'active' and created_at < $2
                 limit $3
             ) as held",
            &[workspace, to, AFFECTED_MAX.into()],
        ),
    }?;
    row.int("affected")
}

/// Persons among whom those are that an incident reached, whose id comes after `after`, at most `limit`. Of an account
/// that was misused [`was_read_by`] tells which.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_reached(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    (reach, after): (&IncidentReach, &str),
    limit: i64,
) -> Result<Vec<PersonId>, StoreError> {
    let (workspace, from, to) = (workspace_id.into(), reach.from.into(), reach.to.into());
    let rows = if reach.scope == IncidentScope::Period {
        tx.query(
            concat!(
                active_in!(),
                " and p.person_id > $4
                 order by p.person_id
                 limit $5"
            ),
            &[workspace, from, to, after.into(), limit.into()],
        )
    } else {
        tx.query(
            "select person_id from person
             where workspace_id = $1 and state = 'active' and created_at < $2 and person_id > $3
             order by person_id
             limit $4",
            &[workspace, to, after.into(), limit.into()],
        )
    }?;
    rows.into_iter()
        .map(|mut row| row.parse("person_id"))
        .collect()
}

/// Whether a member read this person in a period.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn was_read_by(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_ref: [u8; 32],
    (agent_id, reach): (AgentId, &IncidentReach),
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select slot from reading
         where workspace_id = $1 and person_ref = $2 and reader_id = $3
             and created_at >= $4 and created_at < $5
         limit 1",
        &[
            workspace_id.into(),
            person_ref.as_slice().into(),
            agent_id.into(),
            reach.from.into(),
            reach.to.into(),
        ],
    )?;
    Ok(found.is_some())
}

/// What a member read for in a period, at most 50 purposes.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_purposes_read(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    (agent_id, reach): (AgentId, &IncidentReach),
) -> Result<Vec<String>, StoreError> {
    let rows = tx.query(
        "select distinct purpose from reading
         where workspace_id = $1 and reader_id = $2 and created_at >= $3 and created_at < $4
         order by purpose
         limit $5",
        &[
            workspace_id.into(),
            agent_id.into(),
            reach.from.into(),
            reach.to.into(),
            PURPOSES_MAX.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| row.text("purpose"))
        .collect()
}

fn read(mut row: Row) -> Result<IncidentRow, StoreError> {
    let (workspace_id, incident_id) = (row.parse("workspace_id")?, row.parse("incident_id")?);
    let (kind, scope) = (row.parse("kind")?, row.parse("scope")?);
    let reach = IncidentReach {
        scope,
        agent_id: row.parse_opt("agent_id")?,
        from: row.time("from_at")?,
        to: row.time("to_at")?,
    };
    let incident = Incident {
        kind,
        noticed_at: row.time("noticed_at")?,
        authority_at: row.time_opt("authority_at")?,
        people_at: row.time_opt("people_at")?,
        closed_at: row.time_opt("closed_at")?,
    };
    Ok(IncidentRow {
        workspace_id,
        incident_id,
        incident,
        reach,
        affected: row.int("affected")?,
        words: row.text_opt("words")?,
        told: row.int("told")?,
        told_after: row.text_opt("told_after")?,
        opened_by: row.text("opened_by")?,
        ledger_index: u64::try_from(row.int("ledger_index")?).unwrap_or(0),
        created_at: row.time("created_at")?,
    })
}
