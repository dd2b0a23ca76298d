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
    unheld::{unheld, unheld_conversation},
    value::{Row, Value},
};

/// Runs of the sweeper listed at once.
const RUNS_MAX: i64 = 500;
/// Clocks run unevenly by less.
const UNEVEN_MICROS: i64 = 5 * 60 * 1_000_000;

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

/// A rule's two statements from one condition, so that what counts as overdue is what goes: rows `r` of `$source`
/// whose `$at` is past. `$act` is done to rows of `$table` with the same `$columns`.
macro_rules! rule {
    ($key:literal, $act:literal, $table:literal by $columns:literal, $source:literal at $at:literal; $($when:tt)*) => {
        RowRule {
            key: $key,
            table: $table,
            oldest: concat!(
                "select min(r.", $at, ") from ", $source, " r
                 where r.workspace_id = $1 and r.", $at, " <= $2 ", $($when)*
            ),
            purge: concat!(
                $act, " where workspace_id = $1 and (", $columns, ") in (
                     select ", $columns, " from ", $source, " r
                     where r.workspace_id = $1 and r.", $at, " <= $2 ", $($when)* " limit $3
                 )"
            ),
        }
    };
}

/// Every rule about rows. Persons, conversations and accounts are not among them: there a key goes too.
pub const ROW_RULES: &[RowRule] = &[
    // What counts from when it came in, outside holds.
    rule!("message.collected", "delete from message", "message" by "conversation_id, seq",
        "message" at "created_at"; "and ", unheld_conversation!("r"),),
    rule!("search.collected", "delete from search_token",
        "search_token" by "token, created_at, conversation_id, seq",
        "search_token" at "created_at";),
    rule!("page.collected",
        "update conversation set page_url_sealed = null, page_title_sealed = null",
        "conversation" by "conversation_id", "conversation" at "created_at";
        "and (r.page_url_sealed is not null or r.page_title_sealed is not null) and ",
        unheld!("r"),),
    rule!("rating.collected", "update conversation set rating = null, rating_comment_sealed = null",
        "conversation" by "conversation_id", "conversation" at "rated_at";
        "and r.rating is not null and ", unheld!("r"),),
    rule!("contact.collected",
        "update visitor
         set name_sealed = null, email_sealed = null, email_index = null,
             email_verified_at = null, locale_sealed = null",
        "visitor" by "visitor_id", "visitor" at "created_at";
        "and (r.name_sealed is not null or r.email_sealed is not null or r.locale_sealed is not null)
         and ", unheld!("r"),),
    // Choices that a later choice about the same purpose replaced: the last one always stands.
    rule!("consent.replaced", "delete from consent", "consent" by "consent_id",
        "consent" at "created_at";
        "and exists (
             select 1 from consent n
             where n.workspace_id = r.workspace_id and n.person_id = r.person_id
                 and n.purpose = r.purpose and n.ledger_index > r.ledger_index
         )",),
    // A wish for letters that nobody confirmed, and one that ended.
    rule!("subscription.pending", "delete from subscription", "subscription" by "person_id",
        "subscription" at "created_at"; "and r.state = 'pending' and ", unheld!("r"),),
    rule!("subscription.ended", "delete from subscription", "subscription" by "person_id",
        "subscription" at "ended_at"; "and r.state = 'ended' and ", unheld!("r"),),
    rule!("reading", "delete from reading", "reading" by "person_ref, reader_id, purpose, slot",
        "reading" at "created_at";),
    rule!("sending", "delete from sending", "sending" by "person_id, processor, host, purpose, day",
        "sending" at "last_at";),
    rule!("sending.count", "delete from sending_count", "sending_count" by "processor, day",
        "sending_count" at "last_at";),
    rule!("webhook.delivery", "delete from webhook_delivery", "webhook_delivery" by "webhook_id, event_id",
        "webhook_delivery" at "finished_at";),
    // A deleted webhook, once its receiver can owe no erasure any more.
    rule!("webhook.closed", "delete from webhook", "webhook" by "webhook_id",
        "webhook" at "updated_at";
        "and r.state = 'closed'
         and not exists (
             select 1 from webhook_delivery d
             where d.workspace_id = r.workspace_id and d.webhook_id = r.webhook_id
         )
         and not exists (
             select 1 from sending s
             where s.workspace_id = r.workspace_id and s.host = r.host
         )",),
    // Requests closed long enough ago; their steps first, which refer to them.
    rule!("request.step", "delete from request_step", "request_step" by "request_id",
        "request" at "closed_at";
        "and exists (
             select 1 from request_step s
             where s.workspace_id = r.workspace_id and s.request_id = r.request_id
         )",),
    rule!("request", "delete from request", "request" by "request_id", "request" at "closed_at";),
    rule!("child", "delete from child", "child" by "person_id", "child" at "lifted_at";),
    // Closed long enough ago, and told to the person where they are to be told: the row stays for the count.
    rule!("disclosure",
        "update disclosure
         set person_id = null, conversation_id = null, reason_sealed = null,
             rule_sealed = null, recipient_sealed = null, bundle_sealed = null, bundle_until = null",
        "disclosure" by "disclosure_id", "disclosure" at "closed_at";
        "and r.person_id is not null and (r.state <> 'released' or r.notified_at is not null)",),
    rule!("disclosure.copy", "update disclosure set bundle_sealed = null, bundle_until = null",
        "disclosure" by "disclosure_id", "disclosure" at "bundle_until";),
    rule!("link", "delete from link", "link" by "token_hash", "link" at "expires_at";),
    // Numbered in order of time: the first ones tell, without an index on the time.
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
    rule!("command", "delete from idempotency", "idempotency" by "actor_id, key",
        "idempotency" at "created_at";),
    rule!("intake.seen", "delete from intake_seen", "intake_seen" by "letter_hash",
        "intake_seen" at "created_at";),
    // Jobs given up; a job that still runs goes when it is done.
    rule!("job", "delete from job", "job" by "job_id", "job" at "created_at";
        "and r.run_at = 9223372036854775807",),
    // Incidents that are closed.
    rule!("incident", "delete from incident", "incident" by "incident_id",
        "incident" at "closed_at";),
    rule!("purge_run", "delete from purge_run", "purge_run" by "ran_at, rule",
        "purge_run" at "ran_at";),
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

/// The latest time that the installation has seen, by a clock that nobody set back: not before `now`. Less
/// than five minutes is how clocks run, and counts as `now`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn latest_time(tx: &mut Tx<'_>, now: Timestamp) -> Result<Timestamp, StoreError> {
    let seen = find_sweep(tx)?.map(|state| {
        let steady = Timestamp(now.0.saturating_add(state.ahead_micros));
        steady.max(state.ran_at)
    });
    let set_back = seen.filter(|seen| seen.0.saturating_sub(now.0) >= UNEVEN_MICROS);
    Ok(set_back.unwrap_or(now))
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
