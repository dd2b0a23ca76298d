//! The sweeper: what is past its time goes, rule by rule, as the policy file says, and the round is entered.
//!
//! Why one list of rules: a test compares it with every table that holds something personal, so that no table
//! is forgotten. What is under a legal hold waits, and counts neither as purged nor as overdue.
//! Must not know: how often it is called, SQL.

use std::collections::BTreeMap;

use domain::WorkspaceId;
use ledger::{Entry, EntryKind};
use policy::{Event, Policy, Retention, Timestamp};
use store::{PurgeRun, RowRule, StoreError, SweepState, Tx};

use crate::{
    App,
    error::AppError,
    sweep_clock::Sight,
    sweep_terms::{Keeping, shortest},
};

/// Rows of one transaction: a round must not hold the writer.
const BATCH: i64 = 500;
/// Transactions of one rule in one round; what is left is the round's lag.
pub(crate) const BATCHES_MAX: usize = 200;
/// Workspaces looked at in one page.
const WORKSPACES_PAGE: i64 = 100;
/// Pages of workspaces in one round.
const PAGES_MAX: usize = 10_000;
const MICROS_A_SECOND: i64 = 1_000_000;
/// Days in which a wish for letters may be confirmed (clause 14).
const PENDING_DAYS: i64 = 30;
const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

/// How long rows of a rule are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// As the program needs them: ids only.
    Days(i64),
    /// As the file says of the field, from the row's own time.
    Field(&'static str),
    /// As the file says of the field, if its period counts from when it came in.
    Collected(&'static str),
    /// As the file says of letters, at most a week.
    Letters,
}

/// Rules about rows, in this order; each is a rule of the store.
const ROWS: &[(&str, Keep)] = &[
    ("message.collected", Keep::Collected("message.body")),
    ("search.collected", Keep::Collected("message.body")),
    ("page.collected", Keep::Collected("conversation.page")),
    ("rating.collected", Keep::Collected("conversation.rating")),
    ("contact.collected", Keep::Collected("visitor.email")),
    ("consent.replaced", Keep::Field("consent.choice")),
    ("subscription.pending", Keep::Days(PENDING_DAYS)),
    ("subscription.ended", Keep::Days(0)),
    ("reading", Keep::Field("consent.choice")),
    ("sending", Keep::Field("consent.choice")),
    ("sending.count", Keep::Days(90)),
    ("webhook.delivery", Keep::Days(30)),
    ("webhook.closed", Keep::Days(0)),
    ("request.step", Keep::Field("request.kind")),
    ("request", Keep::Field("request.kind")),
    ("child", Keep::Field("child.mark")),
    ("disclosure", Keep::Field("disclosure.reason")),
    ("disclosure.copy", Keep::Days(0)),
    ("link", Keep::Days(0)),
    ("event", Keep::Days(7)),
    ("command", Keep::Days(7)),
    ("intake.seen", Keep::Days(90)),
    ("job", Keep::Letters),
    ("incident", Keep::Days(1_095)),
    ("purge_run", Keep::Days(1_095)),
];

/// Rules that delete ids and settings which say nothing of a person: summed up by the day, not in the ledger.
const TRANSIENT: &[&str] = &[
    "search.collected",
    "request.step",
    "sending.count",
    "webhook.delivery",
    "webhook.closed",
    "session",
    "link",
    "event",
    "command",
    "intake.seen",
    "job",
    "incident",
    "purge_run",
];

/// What a round did in one workspace.
#[derive(Default)]
pub(crate) struct Round {
    purged: BTreeMap<&'static str, u64>,
    lag_s: i64,
}

impl Round {
    pub(crate) fn count(&mut self, rule: &'static str, rows: u64) {
        if rows > 0 {
            *self.purged.entry(rule).or_default() += rows;
        }
    }

    /// Something is still there that was to go at or before `before`.
    pub(crate) fn overdue(&mut self, before: Timestamp, since: Timestamp) {
        let late = (before.0 - since.0) / MICROS_A_SECOND;
        self.lag_s = self.lag_s.max(late);
    }
}

impl App {
    /// One round over all workspaces.
    ///
    /// # Errors
    /// The first failure, after every workspace had its turn; then the round's end is not noted, so that the
    /// lag shows.
    pub async fn sweep(&self) -> Result<(), AppError> {
        let last: Option<SweepState> = self
            .store
            .data
            .read(store::find_sweep)
            .await
            .map_err(AppError::from)?;
        let policy = self.policy();
        let sight = self.sweep_clock.look(self.now(), last);
        let (mut lag_s, mut failed, mut after) = (0, None, None);
        for _ in 0..PAGES_MAX {
            let page = self
                .store
                .data
                .read(move |tx| store::list_workspaces(tx, after, WORKSPACES_PAGE));
            let page: Vec<store::Workspace> = page.await.map_err(AppError::from)?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.workspace_id);
            for workspace in page {
                match self
                    .sweep_workspace(workspace.workspace_id, &policy, sight)
                    .await
                {
                    Ok(late) => lag_s = lag_s.max(late),
                    Err(error) => failed = failed.or(Some(error)),
                }
            }
        }
        match failed {
            Some(error) => Err(error),
            None => self.note_round(sight, lag_s, &policy).await,
        }
    }

    async fn note_round(&self, sight: Sight, lag_s: i64, policy: &Policy) -> Result<(), AppError> {
        let state = SweepState {
            ran_at: sight.now,
            lag_s,
            ahead_micros: sight.ahead_micros,
            set_back_at: sight.set_back_at,
            policy_version: i64::from(policy.version()),
        };
        let noted = self
            .store
            .data
            .write(move |tx| store::update_sweep(tx, &state));
        noted.await.map_err(|error: StoreError| error.into())
    }

    /// Every rule in one workspace; the lag.
    async fn sweep_workspace(
        &self,
        workspace_id: WorkspaceId,
        policy: &Policy,
        sight: Sight,
    ) -> Result<i64, AppError> {
        let mut round = Round::default();
        let keepings = self.keepings(workspace_id, policy).await?;
        for (key, keep) in ROWS {
            let rule = store::row_rule(key);
            if let Some((rule, before)) = rule.zip(keep.before(&keepings, sight)) {
                self.sweep_rows(workspace_id, rule, before, &mut round)
                    .await?;
            }
        }
        self.sweep_sessions(workspace_id, sight.before(0), &mut round)
            .await?;
        let outcome = self
            .sweep_kept(workspace_id, &keepings, sight, &mut round)
            .await;
        // What was done is entered even if a later rule failed.
        self.enter_purge(workspace_id, &round, policy, sight.now)
            .await?;
        outcome.map(|()| round.lag_s)
    }

    /// Conversations, persons and accounts.
    async fn sweep_kept(
        &self,
        workspace_id: WorkspaceId,
        keepings: &[Keeping],
        sight: Sight,
        round: &mut Round,
    ) -> Result<(), AppError> {
        for (counted, due) in keepings.iter().filter_map(|it| it.due(sight)) {
            self.expire_conversations((workspace_id, counted), due, round)
                .await?;
            self.expire_persons(workspace_id, due, round).await?;
        }
        self.expire_left_subscribers(workspace_id, round).await?;
        let accounts = |policy: &Policy| period(policy, "agent.credentials").map(|(_, it)| it);
        if let Some(before) = shortest(keepings, sight, accounts) {
            self.expire_accounts(workspace_id, before, round).await?;
        }
        Ok(())
    }

    async fn sweep_rows(
        &self,
        workspace_id: WorkspaceId,
        rule: &'static RowRule,
        before: Timestamp,
        round: &mut Round,
    ) -> Result<(), AppError> {
        for _ in 0..BATCHES_MAX {
            let oldest = self
                .store
                .data
                .read(move |tx| rule.oldest(tx, workspace_id, before));
            let oldest: Option<Timestamp> = oldest.await.map_err(AppError::from)?;
            let Some(oldest) = oldest else {
                return Ok(());
            };
            let purged = self
                .store
                .data
                .write(move |tx| rule.purge(tx, workspace_id, before, BATCH));
            let purged: u64 = purged.await.map_err(AppError::from)?;
            round.count(rule.key, purged);
            if purged == 0 {
                round.overdue(before, oldest);
                return Ok(());
            }
        }
        let oldest = self
            .store
            .data
            .read(move |tx| rule.oldest(tx, workspace_id, before));
        let oldest: Option<Timestamp> = oldest.await.map_err(AppError::from)?;
        if let Some(oldest) = oldest {
            round.overdue(before, oldest);
        }
        Ok(())
    }

    async fn sweep_sessions(
        &self,
        workspace_id: WorkspaceId,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), AppError> {
        let ended = self
            .store
            .data
            .write(move |tx| store::purge_sessions(tx, workspace_id, now, BATCH));
        round.count("session", ended.await.map_err(AppError::from)?);
        Ok(())
    }

    /// One entry for what the file's periods ended, and the record with every rule.
    async fn enter_purge(
        &self,
        workspace_id: WorkspaceId,
        round: &Round,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), AppError> {
        if round.purged.is_empty() {
            return Ok(());
        }
        let version = i64::from(policy.version());
        let purged = round.purged.clone();
        let entered = self
            .store
            .data
            .write(move |tx| record(tx, workspace_id, &purged, (version, now)));
        entered.await.map_err(|error: StoreError| error.into())
    }
}

fn record(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    purged: &BTreeMap<&'static str, u64>,
    (policy_version, now): (i64, Timestamp),
) -> Result<(), StoreError> {
    let mut details: BTreeMap<_, _> = purged
        .iter()
        .filter(|(rule, _)| !TRANSIENT.contains(rule))
        .map(|(rule, rows)| ((*rule).to_owned(), rows.to_string()))
        .collect();
    let mut ledger_index = None;
    if !details.is_empty() {
        details.insert("policy_version".to_owned(), policy_version.to_string());
        let entry = Entry {
            kind: EntryKind::Purge,
            at: now.micros(),
            subject: None,
            details,
        };
        ledger_index = Some(store::append_entry(tx, workspace_id, &entry)?);
    }
    for (rule, rows) in purged {
        let is_transient = TRANSIENT.contains(rule);
        let day = now.micros() - now.micros().rem_euclid(DAY_S * MICROS_A_SECOND);
        let run = PurgeRun {
            ran_at: if is_transient { Timestamp(day) } else { now },
            rule: (*rule).to_owned(),
            purged: i64::try_from(*rows).unwrap_or(i64::MAX),
            policy_version,
            ledger_index: ledger_index.filter(|_| !is_transient),
        };
        store::record_purge(tx, workspace_id, &run)?;
    }
    Ok(())
}

/// What a period counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// When the conversation, or the account, ended.
    FromEnd,
    /// When it came in.
    FromStart,
}

/// How long a field is kept, in seconds. A period that counts from something that cannot happen to the field
/// counts from when it came in: never longer than anybody could read the file. None: an act of the person ends it.
pub(crate) fn period(policy: &Policy, field: &str) -> Option<(Counted, i64)> {
    let Retention::For { hours, after } = policy.retention(field)?.1 else {
        return None;
    };
    let counted = match after {
        Event::ConversationClosed | Event::AccountClosed => Counted::FromEnd,
        _ => Counted::FromStart,
    };
    Some((counted, i64::from(hours) * HOUR_S))
}

impl Keep {
    /// What happened at or before this is past its time. A row does not say whose it is, so the shortest period
    /// counts; a period from when something came in would cut off a conversation of those whose version counts
    /// from its end, so that is the one in force.
    fn before(self, keepings: &[Keeping], sight: Sight) -> Option<Timestamp> {
        let of = match self {
            Self::Collected(_) => keepings.get(..1).unwrap_or(keepings),
            _ => keepings,
        };
        shortest(of, sight, |policy| self.seconds(policy))
    }

    /// Seconds from a row's time until it must be gone; none: the rule does not apply under this file.
    fn seconds(self, policy: &Policy) -> Option<i64> {
        match self {
            Self::Days(days) => Some(days * DAY_S),
            Self::Field(field) => period(policy, field).map(|(_, seconds)| seconds),
            Self::Collected(field) => period(policy, field)
                .filter(|(counted, _)| *counted == Counted::FromStart)
                .map(|(_, seconds)| seconds),
            Self::Letters => {
                let letters = policy.purpose("support.letter").map(|rule| rule.retain);
                let week = 7 * DAY_S;
                Some(match letters {
                    Some(Retention::For { hours, .. }) => week.min(i64::from(hours) * HOUR_S),
                    _ => week,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use policy::shipped;
    use store::inventory::{Tag, columns};

    use super::*;

    /// Tables whose rows go with a person, a conversation, an account or a session, or by their own end.
    const BY_OTHER_RULES: [&str; 6] = [
        "person",
        "visitor",
        "conversation",
        "agent",
        "agent_login",
        "session",
    ];
    /// Tables whose rows are kept for good, or until something else ends them, as the store says why.
    const KEPT: [&str; 3] = ["suppression", "erasure", "hold"];

    #[test]
    fn every_table_with_a_personal_column_has_a_rule_or_a_reason() {
        let personal: BTreeSet<_> = columns()
            .into_iter()
            .filter(|column| matches!(column.tag, Tag::Personal(..)))
            .map(|column| column.table)
            .collect();
        let by_rows = store::ROW_RULES.iter().map(|rule| rule.table);
        let known: BTreeSet<_> = by_rows.chain(BY_OTHER_RULES).chain(KEPT).collect();

        let forgotten: Vec<_> = personal.difference(&known).collect();

        assert!(
            forgotten.is_empty(),
            "no rule of the sweeper: {forgotten:?}"
        );
    }

    #[test]
    fn every_rule_of_the_store_is_run_once() {
        let run: Vec<_> = ROWS.iter().map(|(key, _)| *key).collect();
        let known: Vec<_> = store::ROW_RULES.iter().map(|rule| rule.key).collect();

        assert_eq!(run, known);
        let unknown: Vec<_> = TRANSIENT
            .iter()
            .filter(|key| **key != "session" && !run.contains(*key))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn periods_are_those_of_the_shipped_files() {
        let strict = Policy::parse(shipped::STRICT).unwrap();
        let y2014 = Policy::parse(shipped::Y2014).unwrap();

        let day = |days: i64| days * DAY_S;
        assert_eq!(
            period(&strict, "message.body"),
            Some((Counted::FromEnd, day(365)))
        );
        assert_eq!(
            period(&y2014, "message.body"),
            Some((Counted::FromEnd, day(1_095)))
        );
        for policy in [&strict, &y2014] {
            assert_eq!(
                period(policy, "agent.email"),
                Some((Counted::FromEnd, day(30)))
            );
            assert_eq!(
                Keep::Field("consent.choice").seconds(policy),
                Some(day(1_095))
            );
            assert_eq!(Keep::Collected("message.body").seconds(policy), None);
            assert_eq!(Keep::Letters.seconds(policy), Some(day(7)));
        }
    }

    #[test]
    fn period_that_counts_from_something_else_counts_from_when_it_came_in() {
        let text =
            shipped::STRICT.replace("365d after conversation.closed", "30d after order.paid");
        let policy = Policy::parse(&text).unwrap();

        assert_eq!(
            period(&policy, "message.body"),
            Some((Counted::FromStart, 30 * DAY_S))
        );
        assert_eq!(
            Keep::Collected("conversation.page").seconds(&policy),
            Some(30 * DAY_S)
        );
    }
}
