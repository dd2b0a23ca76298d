//! Breaches of the security of personal data, real ones and drills (clause 71; GDPR articles 33 and 34): whom one
//! reached, which categories, the 72 hours, what was told to the authority and to people.
//!
//! Why nobody's name is kept with it: whom it reached is asked from the data, by the keyed reference of each
//! person, so an erased person is on no list.
//! Must not know: HTTP, SQL.

mod affected;
mod letter;

use std::collections::BTreeMap;

use domain::{
    AgentId, Incident, IncidentId, IncidentKind, IncidentRefusal, IncidentScope, WorkspaceId,
};
use ledger::{Entry, EntryKind};
use policy::Timestamp;
use serde::Serialize;
use store::{IncidentReach, IncidentRow, StoreError};
use utoipa::ToSchema;

pub use self::affected::{AffectedPageView, AffectedView};
use crate::{
    App,
    actor::{Agent, RIGHTS},
    error::{AppError, FieldError},
    job::JobKind,
};

/// Incidents opened in a day: each counts everybody anew.
const A_DAY_MAX: i64 = 200;
const DAY_S: i64 = 24 * 3_600;
/// How old an incident may be when it is noticed, in days.
const REACH_DAYS_MAX: u32 = 10 * 366;
/// Characters of what people are told.
const WORDS_CHARS_MAX: usize = 4_000;

/// An incident to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentOrder {
    /// `drill` or `real`.
    pub kind: IncidentKind,
    /// What somebody got at.
    pub scope: IncidentScope,
    /// Whose account, for scope `agent`.
    pub agent_id: Option<AgentId>,
    /// From when; none: from the beginning on.
    pub from: Option<Timestamp>,
    /// Up to when; none: until now.
    pub to: Option<Timestamp>,
    /// When it was noticed; none: now.
    pub noticed_at: Option<Timestamp>,
}

/// An incident as the privacy desk sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentView {
    /// Its id.
    pub id: String,
    /// `drill` or `real`.
    pub kind: &'static str,
    /// `period`, `agent`, `copy` or `keys`.
    pub scope: &'static str,
    /// Whose account was misused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// From when, in microseconds.
    pub from_at: i64,
    /// Up to when.
    pub to_at: i64,
    /// When it was noticed.
    pub noticed_at: i64,
    /// When the authority must have it: 72 hours later.
    pub due_at: i64,
    /// Whether that is over, or was when the authority was told.
    pub late: bool,
    /// How many people it reached when it was opened.
    pub affected: i64,
    /// Categories of the policy that somebody could read.
    pub categories: Vec<String>,
    /// When the authority was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_at: Option<i64>,
    /// When it was decided to tell the people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people_at: Option<i64>,
    /// Letters queued so far.
    pub told: i64,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
    /// Id of the member who opened it, or `operator`.
    pub opened_by: String,
    /// When it was opened.
    pub created_at: i64,
    /// Its entry in the ledger.
    pub ledger_index: u64,
    /// What may be done next: `report`, `tell`, `close`.
    pub next: Vec<&'static str>,
}

/// Real incidents in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentCountsView {
    /// All within the last three years.
    pub real: i64,
    /// Not closed yet.
    pub open: i64,
    /// Whose authority was told after 72 hours, or is not told though they are over.
    pub late: i64,
}

impl App {
    /// Opens an incident and counts whom it reached.
    ///
    /// # Errors
    /// `Forbidden` for roles that carry out nobody's rights, `TooMany`, `Invalid`, `NotFound` if there is no
    /// such member, `Unavailable`, `Full`.
    pub async fn open_incident(
        &self,
        agent: &Agent,
        order: IncidentOrder,
    ) -> Result<IncidentView, AppError> {
        agent.require(RIGHTS)?;
        let by = agent.agent_id.to_string();
        self.open_incident_for(agent.workspace_id, &by, order).await
    }

    /// Opens an incident for whoever runs the installation.
    ///
    /// # Errors
    /// As [`Self::open_incident`], without `Forbidden`.
    pub async fn open_incident_for(
        &self,
        workspace_id: WorkspaceId,
        by: &str,
        order: IncidentOrder,
    ) -> Result<IncidentView, AppError> {
        let now = self.now();
        let (incident, reach) = check_order(&order, now)?;
        if let Some(agent_id) = reach.agent_id {
            self.load_agent(workspace_id, agent_id).await?;
        }
        let mut row = IncidentRow {
            workspace_id,
            incident_id: IncidentId::new(now, self.random()),
            incident,
            reach,
            affected: 0,
            words: None,
            told: 0,
            told_after: None,
            opened_by: by.to_owned(),
            ledger_index: 0,
            created_at: now,
        };
        let opened = self.store.data.write(move |tx| {
            let day_ago = now.plus_seconds(-DAY_S);
            if store::count_incidents_since(tx, workspace_id, day_ago)? >= A_DAY_MAX {
                return Err(AppError::TooMany {
                    retry_after_s: 3_600,
                });
            }
            row.affected = store::count_affected(tx, workspace_id, &row.reach)?;
            let by = row.opened_by.clone();
            row.ledger_index =
                store::append_entry(tx, workspace_id, &entry(&row, "opened", by, now))?;
            store::create_incident(tx, &row)?;
            Ok(row.clone())
        });
        let opened = opened.await?;
        self.incident_view(opened).await
    }

    /// The workspace's incidents, newest first, at most 200.
    ///
    /// # Errors
    /// `Forbidden` role, `Unavailable`.
    pub async fn list_incidents(&self, agent: &Agent) -> Result<Vec<IncidentView>, AppError> {
        agent.require(RIGHTS)?;
        let workspace_id = agent.workspace_id;
        let rows = self
            .store
            .data
            .read(move |tx| store::list_incidents(tx, workspace_id));
        let rows: Vec<IncidentRow> = rows.await.map_err(AppError::from)?;
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            views.push(self.incident_view(row).await?);
        }
        Ok(views)
    }

    /// Notes that the authority was told.
    ///
    /// # Errors
    /// `Forbidden` role, `NotFound`, `Conflict` if that is noted or the incident is closed, `Unavailable`.
    pub async fn report_incident(
        &self,
        agent: &Agent,
        incident_id: IncidentId,
    ) -> Result<IncidentView, AppError> {
        self.step(agent, incident_id, ("reported", None), Incident::report)
            .await
    }

    /// Tells everybody whom a real incident reached and who gave an address, by letter.
    ///
    /// # Errors
    /// As [`Self::report_incident`]; `Conflict` for a drill; `Invalid` words; `Denied` if the policy lets no
    /// such letter go.
    pub async fn tell_people(
        &self,
        agent: &Agent,
        incident_id: IncidentId,
        words: &str,
    ) -> Result<IncidentView, AppError> {
        agent.require(RIGHTS)?;
        let words = words.trim();
        if words.is_empty() || words.chars().count() > WORDS_CHARS_MAX {
            let what =
                "say what happened, what may follow and what to do, in at most 4,000 characters";
            return Err(AppError::invalid("words", "wrong_length", what));
        }
        self.check_letter::<policy::RightsRequest>(&[policy::Category::ContactEmail])?;
        self.step(agent, incident_id, ("told", Some(words)), Incident::tell)
            .await
    }

    /// Closes an incident.
    ///
    /// # Errors
    /// As [`Self::report_incident`]; `Conflict` for a real one whose authority was not told.
    pub async fn close_incident(
        &self,
        agent: &Agent,
        incident_id: IncidentId,
    ) -> Result<IncidentView, AppError> {
        self.step(agent, incident_id, ("closed", None), Incident::close)
            .await
    }

    /// Real incidents of the host's workspace in numbers.
    pub(crate) async fn incident_counts(&self) -> Result<IncidentCountsView, AppError> {
        let now = self.now();
        let counts = self.store.data.read(move |tx| {
            let host = store::find_host_workspace(tx)?;
            host.map(|host| store::count_incidents(tx, host, now))
                .transpose()
        });
        let counts = counts
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        Ok(IncidentCountsView {
            real: counts.map_or(0, |counts| counts.real),
            open: counts.map_or(0, |counts| counts.open),
            late: counts.map_or(0, |counts| counts.late),
        })
    }

    async fn step(
        &self,
        agent: &Agent,
        incident_id: IncidentId,
        (act, words): (&'static str, Option<&str>),
        change: fn(Incident, Timestamp) -> Result<Incident, IncidentRefusal>,
    ) -> Result<IncidentView, AppError> {
        agent.require(RIGHTS)?;
        let (workspace_id, now) = (agent.workspace_id, self.now());
        let by = agent.agent_id.to_string();
        let words = words.map(str::to_owned);
        let letters = self.new_job(workspace_id, JobKind::Incident, &incident_id.to_string());
        let changed = self.store.data.write(move |tx| {
            let row = store::find_incident(tx, workspace_id, incident_id)?;
            let row = row.ok_or(AppError::NotFound)?;
            let next = change(row.incident, now).map_err(refuse)?;
            if !store::update_incident(tx, &row, &next, words.as_deref())? {
                return Err(refuse(IncidentRefusal::Recorded));
            }
            store::append_entry(tx, workspace_id, &entry(&row, act, by.clone(), now))?;
            if next.people_at.is_some() && row.incident.people_at.is_none() {
                store::enqueue_job(tx, &letters, now)?;
            }
            Ok(IncidentRow {
                incident: next,
                ..row
            })
        });
        let changed = changed.await?;
        self.incident_view(changed).await
    }

    async fn incident_view(&self, row: IncidentRow) -> Result<IncidentView, AppError> {
        let categories = self.categories_reached(&row).await?;
        let incident = row.incident;
        let is_open = incident.closed_at.is_none();
        let next = [
            ("report", incident.authority_at.is_none()),
            (
                "tell",
                incident.kind == IncidentKind::Real && incident.people_at.is_none(),
            ),
            ("close", incident.close(self.now()).is_ok()),
        ];
        Ok(IncidentView {
            id: row.incident_id.to_string(),
            kind: incident.kind.key(),
            scope: row.reach.scope.key(),
            agent_id: row.reach.agent_id.map(|id| id.to_string()),
            from_at: row.reach.from.micros(),
            to_at: row.reach.to.micros(),
            noticed_at: incident.noticed_at.micros(),
            due_at: incident.due_at().micros(),
            late: incident.is_late(self.now()),
            affected: row.affected,
            categories,
            authority_at: incident.authority_at.map(Timestamp::micros),
            people_at: incident.people_at.map(Timestamp::micros),
            told: row.told,
            closed_at: incident.closed_at.map(Timestamp::micros),
            opened_by: row.opened_by,
            created_at: row.created_at.micros(),
            ledger_index: row.ledger_index,
            next: next
                .into_iter()
                .filter(|(_, may)| *may && is_open)
                .map(|(act, _)| act)
                .collect(),
        })
    }
}

fn check_order(
    order: &IncidentOrder,
    now: Timestamp,
) -> Result<(Incident, IncidentReach), AppError> {
    let mut faults = Vec::new();
    let earliest = now.plus_seconds(-DAY_S * i64::from(REACH_DAYS_MAX));
    let (from, to) = (order.from.unwrap_or(earliest), order.to.unwrap_or(now));
    let noticed_at = order.noticed_at.unwrap_or(now);
    if from < earliest || from >= to {
        let what = "must be before the end, and within ten years";
        faults.push(FieldError::new("from_at", "unusable_time", what));
    }
    if to > now {
        faults.push(FieldError::new(
            "to_at",
            "unusable_time",
            "must not be to come",
        ));
    }
    if noticed_at > now || noticed_at < from {
        let what = "must not be to come, and not before the beginning";
        faults.push(FieldError::new("noticed_at", "unusable_time", what));
    }
    if order.agent_id.is_some() != (order.scope == IncidentScope::Agent) {
        let what = "must be given for a misused account, and only then";
        faults.push(FieldError::new("agent_id", "missing", what));
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let incident = Incident {
        kind: order.kind,
        noticed_at,
        authority_at: None,
        people_at: None,
        closed_at: None,
    };
    let reach = IncidentReach {
        scope: order.scope,
        agent_id: order.agent_id,
        from,
        to,
    };
    Ok((incident, reach))
}

fn refuse(refusal: IncidentRefusal) -> AppError {
    AppError::conflict(refusal.code(), refusal.to_string())
}

fn entry(row: &IncidentRow, act: &str, by: String, now: Timestamp) -> Entry {
    let details = [
        ("act", act.to_owned()),
        ("kind", row.incident.kind.key().to_owned()),
        ("incident", row.incident_id.to_string()),
        ("scope", row.reach.scope.key().to_owned()),
        ("affected", row.affected.to_string()),
        ("by", by),
    ];
    Entry {
        kind: EntryKind::Incident,
        at: now.micros(),
        subject: None,
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
    }
}
