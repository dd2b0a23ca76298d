//! What the sweeper does to rows by their time: one list of rules, two statements for each, and the record
//! of its rounds.
//!
//! Why statements and not functions: a rule is its SQL. `$1` is the workspace, `$2` the time at or before which
//! something must have happened to be past its time, `$3` the most rows of one transaction.
//! Must not know: the periods; the policy file names them.

use domain::WorkspaceId;
use policy::Timestamp;

use crate::{
    agent_session::SESSION_IDLE_S,
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// Runs of the sweeper listed at once.
const RUNS_MAX: i64 = 500;

/// A rule about rows of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRule {
    /// Its name, as it stands in the record of purges.
    pub key: &'static str,
    /// The table whose rows it deletes or empties.
    pub table: &'static str,
    /// Gives the earliest time among rows past their time.
    oldest: &'static str,
    /// Deletes or empties rows past their time.
    purge: &'static str,
}

/// A row of the record of purges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeRun {
    /// When; for transient ids, the hour.
    pub ran_at: Timestamp,
    /// The rule.
    pub rule: String,
    /// How many rows, persons or conversations.
    pub purged: i64,
    /// The version of the policy whose period was over.
    pub policy_version: i64,
    /// Its entry in the ledger; none for transient ids.
    pub ledger_index: Option<u64>,
}

/// How the last round went, and what is known of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepState {
    /// The clock at the last round.
    pub ran_at: Timestamp,
    /// Seconds that the oldest row past its time was overdue after the round.
    pub lag_s: i64,
    /// Microseconds that the clock has been set back by.
    pub ahead_micros: i64,
    /// What the clock showed when it was set back.
    pub set_back_at: Timestamp,
    /// The version of the policy that ruled.
    pub policy_version: i64,
}

impl RowRule {
    /// When the oldest row past its time came to its time, if there is one.
    ///
    /// # Errors
    /// Any [`StoreError`] of the database.
    pub fn oldest(
        &self,
        tx: &mut Tx<'_>,
        workspace_id: WorkspaceId,
        before: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut row = tx.get(self.oldest, &[workspace_id.into(), before.into()])?;
        row.time_opt("oldest")
    }

    /// Deletes or empties rows past their time, at most `limit`; how many.
    ///
    /// # Errors
    /// Any [`StoreError`] of the database.
    pub fn purge(
        &self,
        tx: &mut Tx<'_>,
        workspace_id: WorkspaceId,
        before: Timestamp,
        limit: i64,
    ) -> Result<u64, StoreError> {
        tx.execute(
            self.purge,
            &[workspace_id.into(), before.into(), limit.into()],
        )
    }
}

/// The rule with this key.
#[must_use]
pub fn row_rule(key: &str) -> Option<&'static RowRule> {
    ROW_RULES.iter().find(|rule| rule.key == key)
}

/// Every rule about rows. Persons, conversations and accounts are not among them: there a key goes too.
pub const ROW_RULES: &[RowRule] = &[
    // Words whose period counts from when they came in, outside holds.
    RowRule {
        key: "message.collected",
        table: "message",
        oldest: "select min(m.created_at) from message m
             where m.workspace_id = $1 and m.created_at <= $2 and not exists (
                 select 1 from hold h
                 where h.workspace_id = m.workspace_id and h.person_id = m.person_id
                     and h.released_at is null
                     and coalesce(h.conversation_id, m.conversation_id) = m.conversation_id
             )",
        purge: "delete from message
             where workspace_id = $1 and (conversation_id, seq) in (
                 select m.conversation_id, m.seq from message m
                 where m.workspace_id = $1 and m.created_at <= $2 and not exists (
                     select 1 from hold h
                     where h.workspace_id = m.workspace_id and h.person_id = m.person_id
                         and h.released_at is null
                         and coalesce(h.conversation_id, m.conversation_id) = m.conversation_id
                 )
                 limit $3
             )",
    },
    RowRule {
        key: "search.collected",
        table: "search_token",
        oldest: "select min(created_at) from search_token
             where workspace_id = $1 and created_at <= $2",
        purge: "delete from search_token
             where workspace_id = $1 and (token, created_at, conversation_id, seq) in (
                 select token, created_at, conversation_id, seq from search_token
                 where workspace_id = $1 and created_at <= $2
                 limit $3
             )",
    },
    RowRule {
        key: "page.collected",
        table: "conversation",
        oldest: "select min(created_at) from conversation
             where workspace_id = $1 and created_at <= $2
                 and (page_url_sealed is not null or page_title_sealed is not null)
                 and not exists (
                     select 1 from hold h
                     where h.workspace_id = $1 and h.person_id = conversation.person_id
                         and h.released_at is null
                 )",
        purge: "update conversation
             set page_url_sealed = null, page_title_sealed = null
             where workspace_id = $1 and conversation_id in (
                 select c.conversation_id from conversation c
                 where c.workspace_id = $1 and c.created_at <= $2
                     and (c.page_url_sealed is not null or c.page_title_sealed is not null)
                     and not exists (
                         select 1 from hold h
                         where h.workspace_id = $1 and h.person_id = c.person_id
                             and h.released_at is null
                     )
                 limit $3
             )",
    },
    RowRule {
        key: "rating.collected",
        table: "conversation",
        oldest: "select min(rated_at) from conversation
             where workspace_id = $1 and rated_at <= $2 and rating is not null and not exists (
                 select 1 from hold h
                 where h.workspace_id = $1 and h.person_id = conversation.person_id
                     and h.released_at is null
             )",
        purge: "update conversation
             set rating = null, rating_comment_sealed = null
             where workspace_id = $1 and conversation_id in (
                 select c.conversation_id from conversation c
                 where c.workspace_id = $1 and c.rated_at <= $2 and c.rating is not null
                     and not exists (
                         select 1 from hold h
                         where h.workspace_id = $1 and h.person_id = c.person_id
                             and h.released_at is null
                     )
                 limit $3
             )",
    },
    RowRule {
        key: "contact.collected",
        table: "visitor",
        oldest: "select min(created_at) from visitor
             where workspace_id = $1 and created_at <= $2
                 and (name_sealed is not null or email_sealed is not null
                     or locale_sealed is not null)
                 and not exists (
                     select 1 from hold h
                     where h.workspace_id = $1 and h.person_id = visitor.person_id
                         and h.released_at is null
                 )",
        purge: "update visitor
             set name_sealed = null, email_sealed = null, email_index = null,
                 email_verified_at = null, locale_sealed = null
             where workspace_id = $1 and visitor_id in (
                 select v.visitor_id from visitor v
                 where v.workspace_id = $1 and v.created_at <= $2
                     and (v.name_sealed is not null or v.email_sealed is not null
                         or v.locale_sealed is not null)
                     and not exists (
                         select 1 from hold h
                         where h.workspace_id = $1 and h.person_id = v.person_id
                             and h.released_at is null
                     )
                 limit $3
             )",
    },
    // Choices that a later choice about the same purpose replaced: the last one always stands.
    RowRule {
        key: "consent.replaced",
        table: "consent",
        oldest: "select min(c.created_at) from consent c
             where c.workspace_id = $1 and c.created_at <= $2 and exists (
                 select 1 from consent n
                 where n.workspace_id = c.workspace_id and n.person_id = c.person_id
                     and n.purpose = c.purpose and n.ledger_index > c.ledger_index
             )",
        purge: "delete from consent
             where workspace_id = $1 and consent_id in (
                 select c.consent_id from consent c
                 where c.workspace_id = $1 and c.created_at <= $2 and exists (
                     select 1 from consent n
                     where n.workspace_id = c.workspace_id and n.person_id = c.person_id
                         and n.purpose = c.purpose and n.ledger_index > c.ledger_index
                 )
                 limit $3
             )",
    },
    RowRule {
        key: "reading",
        table: "reading",
        oldest: "select min(created_at) from reading where workspace_id = $1 and created_at <= $2",
        purge: "delete from reading
             where workspace_id = $1 and (person_ref, reader_id, purpose, slot) in (
                 select person_ref, reader_id, purpose, slot from reading
                 where workspace_id = $1 and created_at <= $2
                 limit $3
             )",
    },
    // Requests closed long enough ago; their steps first, which refer to them.
    RowRule {
        key: "request.step",
        table: "request_step",
        oldest: "select min(r.closed_at) from request r
             where r.workspace_id = $1 and r.closed_at <= $2 and exists (
                 select 1 from request_step s
                 where s.workspace_id = r.workspace_id and s.request_id = r.request_id
             )",
        purge: "delete from request_step
             where workspace_id = $1 and request_id in (
                 select r.request_id from request r
                 where r.workspace_id = $1 and r.closed_at <= $2 and exists (
                     select 1 from request_step s
                     where s.workspace_id = r.workspace_id and s.request_id = r.request_id
                 )
                 limit $3
             )",
    },
    RowRule {
        key: "request",
        table: "request",
        oldest: "select min(closed_at) from request where workspace_id = $1 and closed_at <= $2",
        purge: "delete from request
             where workspace_id = $1 and request_id in (
                 select request_id from request
                 where workspace_id = $1 and closed_at <= $2
                 limit $3
             )",
    },
    RowRule {
        key: "link",
        table: "link",
        oldest: "select min(expires_at) from link where workspace_id = $1 and expires_at <= $2",
        purge: "delete from link
             where workspace_id = $1 and token_hash in (
                 select token_hash from link
                 where workspace_id = $1 and expires_at <= $2
                 limit $3
             )",
    },
    RowRule {
        key: "event",
        table: "event",
        oldest: "select min(created_at) from event
             where workspace_id = $1 and created_at <= $2 and event_id <= (
                 select min(event_id) + 500 from event where workspace_id = $1
             )",
        purge: "delete from event
             where workspace_id = $1 and created_at <= $2 and event_id in (
                 select event_id from event
                 where workspace_id = $1
                 order by event_id
                 limit $3
             )",
    },
    RowRule {
        key: "command",
        table: "idempotency",
        oldest: "select min(created_at) from idempotency
             where workspace_id = $1 and created_at <= $2",
        purge: "delete from idempotency
             where workspace_id = $1 and (actor_id, key) in (
                 select actor_id, key from idempotency
                 where workspace_id = $1 and created_at <= $2
                 limit $3
             )",
    },
    // Jobs given up; a job that still runs goes when it is done.
    RowRule {
        key: "job",
        table: "job",
        oldest: "select min(created_at) from job
             where workspace_id = $1 and created_at <= $2 and run_at = 9223372036854775807",
        purge: "delete from job
             where workspace_id = $1 and job_id in (
                 select job_id from job
                 where workspace_id = $1 and created_at <= $2 and run_at = 9223372036854775807
                 limit $3
             )",
    },
    RowRule {
        key: "purge_run",
        table: "purge_run",
        oldest: "select min(ran_at) from purge_run where workspace_id = $1 and ran_at <= $2",
        purge: "delete from purge_run
             where workspace_id = $1 and (ran_at, rule) in (
                 select ran_at, rule from purge_run
                 where workspace_id = $1 and ran_at <= $2
                 limit $3
             )",
    },
];

/// Deletes sessions that ended by `now`, at most `limit`; how many.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn purge_sessions(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    now: Timestamp,
    limit: i64,
) -> Result<u64, StoreError> {
    tx.execute(
        "delete from session
         where workspace_id = $1 and session_id in (
             select session_id from session
             where workspace_id = $1 and (expires_at <= $2 or last_seen_at <= $3)
             limit $4
         )",
        &[
            workspace_id.into(),
            now.into(),
            now.plus_seconds(-SESSION_IDLE_S).into(),
            limit.into(),
        ],
    )
}

/// Adds a purge to the record; of the same time and rule, the counts are summed up.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn record_purge(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    run: &PurgeRun,
) -> Result<(), StoreError> {
    let index = run
        .ledger_index
        .map(|index| i64::try_from(index).unwrap_or(i64::MAX));
    tx.execute(
        "insert into purge_run (workspace_id, ran_at, rule, purged, policy_version, ledger_index)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (workspace_id, ran_at, rule) do update
         set purged = purge_run.purged + excluded.purged",
        &[
            workspace_id.into(),
            run.ran_at.into(),
            run.rule.as_str().into(),
            run.purged.into(),
            run.policy_version.into(),
            index.into(),
        ],
    )?;
    Ok(())
}

/// The record of purges, newest first, at most 500.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_purge_runs(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
) -> Result<Vec<PurgeRun>, StoreError> {
    let rows = tx.query(
        "select ran_at, rule, purged, policy_version, ledger_index
         from purge_run
         where workspace_id = $1
         order by ran_at desc, rule
         limit $2",
        &[workspace_id.into(), RUNS_MAX.into()],
    )?;
    rows.into_iter().map(read_run).collect()
}

/// How the last round went; none before the first.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_sweep(tx: &mut Tx<'_>) -> Result<Option<SweepState>, StoreError> {
    let found = tx.find(
        "select ran_at, lag_s, ahead_micros, set_back_at, policy_version
         from sweep
         where name = 'retention'",
        &[],
    )?;
    found.map(read_state).transpose()
}

/// Notes how a round went.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_sweep(tx: &mut Tx<'_>, state: &SweepState) -> Result<(), StoreError> {
    tx.execute(
        "insert into sweep (name, ran_at, lag_s, ahead_micros, set_back_at, policy_version)
         values ('retention', $1, $2, $3, $4, $5)
         on conflict (name) do update
         set ran_at = excluded.ran_at, lag_s = excluded.lag_s,
             ahead_micros = excluded.ahead_micros, set_back_at = excluded.set_back_at,
             policy_version = excluded.policy_version",
        &[
            state.ran_at.into(),
            state.lag_s.into(),
            Value::Int(state.ahead_micros),
            state.set_back_at.into(),
            state.policy_version.into(),
        ],
    )?;
    Ok(())
}

fn read_run(mut row: Row) -> Result<PurgeRun, StoreError> {
    Ok(PurgeRun {
        ran_at: row.time("ran_at")?,
        rule: row.text("rule")?,
        purged: row.int("purged")?,
        policy_version: row.int("policy_version")?,
        ledger_index: row
            .int_opt("ledger_index")?
            .map(|index| u64::try_from(index).unwrap_or(0)),
    })
}

fn read_state(mut row: Row) -> Result<SweepState, StoreError> {
    Ok(SweepState {
        ran_at: row.time("ran_at")?,
        lag_s: row.int("lag_s")?,
        ahead_micros: row.int("ahead_micros")?,
        set_back_at: row.time("set_back_at")?,
        policy_version: row.int("policy_version")?,
    })
}
