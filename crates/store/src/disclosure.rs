//! Disclosures: what was asked to be released on a legal ground, who approved it, and the sealed copy.
//!
//! Must not know: what a ground takes, plain text, to whom the copy opens.

use domain::{
    AgentId, ConversationId, DisclosureId, DisclosureScope, DisclosureState, HoldId, PersonId,
    WorkspaceId,
};
use policy::{PrivateContent, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// Members who approved, read at once: two leave nothing to approve.
const APPROVALS_MAX: i64 = 10;

/// A disclosure to be stored.
#[derive(Debug, Clone)]
pub struct NewDisclosure {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub disclosure_id: DisclosureId,
    /// Whose data.
    pub person_id: PersonId,
    /// One conversation, or everything of the person.
    pub conversation_id: Option<ConversationId>,
    /// How much it reaches.
    pub scope: DisclosureScope,
    /// Keys of the categories that are released, with a blank between two.
    pub categories: String,
    /// A code of the policy's list of grounds.
    pub ground: String,
    /// Another one, where the scope takes it.
    pub second_ground: Option<String>,
    /// The rule that was broken, sealed under the person's key.
    pub rule: Option<Sealed<PrivateContent>>,
    /// Hash of the document that asks for it.
    pub document_hash: Option<[u8; 32]>,
    /// The document's deadline.
    pub deadline_at: Option<Timestamp>,
    /// The hold that it started.
    pub hold_id: Option<HoldId>,
    /// The public key that the copy is sealed to.
    pub recipient_key: String,
    /// Why, sealed under the person's key.
    pub reason: Sealed<PrivateContent>,
    /// To whom, sealed under the person's key.
    pub recipient: Sealed<PrivateContent>,
    /// Until when the person is not told.
    pub gagged_until: Option<Timestamp>,
    /// When it lapses by itself.
    pub lapses_at: Timestamp,
    /// Who asked for it.
    pub requested_by: AgentId,
    /// Version of the policy it was asked for under.
    pub policy_version: i64,
}

/// A stored disclosure, without its copy.
#[derive(Debug, Clone)]
pub struct DisclosureRow {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub disclosure_id: DisclosureId,
    /// Whose data; none once they are erased.
    pub person_id: Option<PersonId>,
    /// One conversation, or everything of the person.
    pub conversation_id: Option<ConversationId>,
    /// How much it reaches.
    pub scope: DisclosureScope,
    /// Keys of the categories that are released, with a blank between two.
    pub categories: String,
    /// A code of the policy's list of grounds.
    pub ground: String,
    /// Another one, where the scope takes it.
    pub second_ground: Option<String>,
    /// The rule that was broken, as long as it is kept.
    pub rule: Option<Sealed<PrivateContent>>,
    /// Hash of the document that asks for it.
    pub document_hash: Option<Vec<u8>>,
    /// The document's deadline.
    pub deadline_at: Option<Timestamp>,
    /// The hold that it started.
    pub hold_id: Option<HoldId>,
    /// The public key that the copy is sealed to.
    pub recipient_key: String,
    /// Why, as long as it is kept.
    pub reason: Option<Sealed<PrivateContent>>,
    /// To whom, as long as it is kept.
    pub recipient: Option<Sealed<PrivateContent>>,
    /// Hash of the copy.
    pub bundle_hash: Option<Vec<u8>>,
    /// Until when the copy can be fetched.
    pub bundle_until: Option<Timestamp>,
    /// How it stands.
    pub state: DisclosureState,
    /// Until when the person is not told.
    pub gagged_until: Option<Timestamp>,
    /// When it lapses by itself.
    pub lapses_at: Timestamp,
    /// Who asked for it.
    pub requested_by: AgentId,
    /// Who released, refused or cancelled it, or `system`.
    pub closed_by: Option<String>,
    /// When.
    pub closed_at: Option<Timestamp>,
    /// When somebody must have looked at it again.
    pub review_due_at: Option<Timestamp>,
    /// When somebody did.
    pub reviewed_at: Option<Timestamp>,
    /// When the person was told.
    pub notified_at: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Who approved, in order.
    pub approved_by: Vec<AgentId>,
}

/// What a release leaves in the row.
#[derive(Debug, Clone)]
pub struct Released {
    /// The copy, sealed to its recipient and then under the person's key.
    pub bundle: Sealed<PrivateContent>,
    /// Hash of the copy as it is handed over.
    pub hash: [u8; 32],
    /// Until when it can be fetched.
    pub until: Timestamp,
    /// When somebody must have looked at it again.
    pub review_due_at: Option<Timestamp>,
}

/// How many releases there were on a ground, in all workspaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureCount {
    /// The ground.
    pub ground: String,
    /// Releases.
    pub released: i64,
    /// Of them, those that one person approved and nobody reviewed, or whose review is past its time.
    pub unreviewed: i64,
}

/// Stores a disclosure.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_disclosure(
    tx: &mut Tx<'_>,
    new: &NewDisclosure,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into disclosure (
             workspace_id, disclosure_id, person_id, conversation_id, scope, categories, ground,
             second_ground, rule_sealed, document_hash, deadline_at, hold_id, recipient_key,
             reason_sealed, recipient_sealed, state, approvals, gagged_until, lapses_at,
             requested_by, policy_version, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'open', 0,
             $16, $17, $18, $19, $20)",
        &[
            new.workspace_id.into(),
            new.disclosure_id.into(),
            new.person_id.into(),
            new.conversation_id.into(),
            new.scope.key().into(),
            new.categories.as_str().into(),
            new.ground.as_str().into(),
            new.second_ground.clone().into(),
            new.rule.as_ref().into(),
            new.document_hash.map(|hash| hash.to_vec()).into(),
            new.deadline_at.into(),
            new.hold_id.into(),
            new.recipient_key.as_str().into(),
            (&new.reason).into(),
            (&new.recipient).into(),
            new.gagged_until.into(),
            new.lapses_at.into(),
            new.requested_by.into(),
            new.policy_version.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// A disclosure with who approved it.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_disclosure(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    disclosure_id: DisclosureId,
) -> Result<Option<DisclosureRow>, StoreError> {
    let found = tx.find(
        "select workspace_id, disclosure_id, person_id, conversation_id, scope, categories,
             ground, second_ground, rule_sealed, document_hash, deadline_at, hold_id,
             recipient_key, reason_sealed, recipient_sealed, bundle_hash, bundle_until, state,
             gagged_until, lapses_at, requested_by, closed_by, closed_at, review_due_at,
             reviewed_at, notified_at, created_at
         from disclosure
         where workspace_id = $1 and disclosure_id = $2",
        &[workspace_id.into(), disclosure_id.into()],
    )?;
    let Some(row) = found else {
        return Ok(None);
    };
    let mut row = read_disclosure(row)?;
    row.approved_by = list_approvals(tx, workspace_id, disclosure_id)?;
    Ok(Some(row))
}

/// Disclosures of a workspace, open ones first, then the newest; at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_disclosures(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    limit: i64,
) -> Result<Vec<DisclosureRow>, StoreError> {
    let rows = tx.query(
        "select workspace_id, disclosure_id, person_id, conversation_id, scope, categories,
             ground, second_ground, rule_sealed, document_hash, deadline_at, hold_id,
             recipient_key, reason_sealed, recipient_sealed, bundle_hash, bundle_until, state,
             gagged_until, lapses_at, requested_by, closed_by, closed_at, review_due_at,
             reviewed_at, notified_at, created_at
         from disclosure
         where workspace_id = $1
         order by case when state = 'open' then 0 else 1 end, created_at desc, disclosure_id
         limit $2",
        &[workspace_id.into(), limit.into()],
    )?;
    let mut rows: Vec<_> = rows
        .into_iter()
        .map(read_disclosure)
        .collect::<Result<_, _>>()?;
    for row in &mut rows {
        row.approved_by = list_approvals(tx, workspace_id, row.disclosure_id)?;
    }
    Ok(rows)
}

/// Releases about a person, newest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_disclosures_of_person(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    limit: i64,
) -> Result<Vec<DisclosureRow>, StoreError> {
    let rows = tx.query(
        "select workspace_id, disclosure_id, person_id, conversation_id, scope, categories,
             ground, second_ground, rule_sealed, document_hash, deadline_at, hold_id,
             recipient_key, reason_sealed, recipient_sealed, bundle_hash, bundle_until, state,
             gagged_until, lapses_at, requested_by, closed_by, closed_at, review_due_at,
             reviewed_at, notified_at, created_at
         from disclosure
         where workspace_id = $1 and person_id = $2
         order by created_at desc, disclosure_id
         limit $3",
        &[workspace_id.into(), person_id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_disclosure).collect()
}

/// Open disclosures of a workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_open_disclosures(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
) -> Result<i64, StoreError> {
    let mut row = tx.get(
        "select count(*) from disclosure where workspace_id = $1 and state = 'open'",
        &[workspace_id.into()],
    )?;
    row.int("count")
}

/// Notes an approval. Whether it is the member's first one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_disclosure_approval(
    tx: &mut Tx<'_>,
    (workspace_id, disclosure_id): (WorkspaceId, DisclosureId),
    agent_id: AgentId,
    review_due_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into disclosure_approval (workspace_id, disclosure_id, agent_id, created_at)
         values ($1, $2, $3, $4)",
        &[
            workspace_id.into(),
            disclosure_id.into(),
            agent_id.into(),
            now.into(),
        ],
    )?;
    tx.execute(
        "update disclosure
         set approvals = approvals + 1, review_due_at = $3
         where workspace_id = $1 and disclosure_id = $2",
        &[
            workspace_id.into(),
            disclosure_id.into(),
            review_due_at.into(),
        ],
    )?;
    Ok(())
}

/// Closes an open disclosure without a release.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn close_disclosure(
    tx: &mut Tx<'_>,
    (workspace_id, disclosure_id): (WorkspaceId, DisclosureId),
    state: DisclosureState,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update disclosure
         set state = $3, closed_by = $4, closed_at = $5
         where workspace_id = $1 and disclosure_id = $2 and state = 'open'",
        &[
            workspace_id.into(),
            disclosure_id.into(),
            state.key().into(),
            by.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Stores the copy of a release.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn release_disclosure(
    tx: &mut Tx<'_>,
    (workspace_id, disclosure_id): (WorkspaceId, DisclosureId),
    released: &Released,
    by: AgentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update disclosure
         set state = 'released', closed_by = $3, closed_at = $4, bundle_sealed = $5,
             bundle_hash = $6, bundle_until = $7, review_due_at = $8
         where workspace_id = $1 and disclosure_id = $2 and state = 'open'",
        &[
            workspace_id.into(),
            disclosure_id.into(),
            by.into(),
            now.into(),
            (&released.bundle).into(),
            released.hash.as_slice().into(),
            released.until.into(),
            released.review_due_at.into(),
        ],
    )?;
    Ok(())
}

/// Notes that a release was looked at again.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn review_disclosure(
    tx: &mut Tx<'_>,
    (workspace_id, disclosure_id): (WorkspaceId, DisclosureId),
    by: AgentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update disclosure
         set reviewed_by = $3, reviewed_at = $4
         where workspace_id = $1 and disclosure_id = $2 and reviewed_at is null",
        &[
            workspace_id.into(),
            disclosure_id.into(),
            by.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// The sealed copy of a release, if it can still be fetched.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_disclosure_bundle(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    disclosure_id: DisclosureId,
    now: Timestamp,
) -> Result<Option<Sealed<PrivateContent>>, StoreError> {
    let found = tx.find(
        "select bundle_sealed from disclosure
         where workspace_id = $1 and disclosure_id = $2 and bundle_until > $3",
        &[workspace_id.into(), disclosure_id.into(), now.into()],
    )?;
    match found {
        Some(mut row) => row.sealed_opt("bundle_sealed"),
        None => Ok(None),
    }
}

/// Open disclosures of all workspaces whose time is over, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_lapsed_disclosures(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(WorkspaceId, DisclosureId)>, StoreError> {
    let rows = tx.query(
        "select workspace_id, disclosure_id from disclosure
         where state = 'open' and lapses_at <= $1
         order by lapses_at
         limit $2",
        &[now.into(), limit.into()],
    )?;
    rows.into_iter().map(read_key).collect()
}

/// Releases of all workspaces whose person is to be told and was not, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_untold_disclosures(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(WorkspaceId, DisclosureId)>, StoreError> {
    let rows = tx.query(
        "select workspace_id, disclosure_id from disclosure
         where state = 'released' and notified_at is null and person_id is not null
             and coalesce(gagged_until, 0) <= $1
         order by created_at
         limit $2",
        &[now.into(), limit.into()],
    )?;
    rows.into_iter().map(read_key).collect()
}

/// Notes that the person is told. Whether this call did it.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn mark_disclosure_told(
    tx: &mut Tx<'_>,
    (workspace_id, disclosure_id): (WorkspaceId, DisclosureId),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let marked = tx.execute(
        "update disclosure
         set notified_at = $3
         where workspace_id = $1 and disclosure_id = $2 and notified_at is null",
        &[workspace_id.into(), disclosure_id.into(), now.into()],
    )?;
    Ok(marked > 0)
}

/// Whether the person must not be told of something that an officer does with their data.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_gagged(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select d.created_at from disclosure d
         where d.workspace_id = $1 and d.person_id = $2 and d.gagged_until > $3
         union all
         select h.created_at from hold h
         where h.workspace_id = $1 and h.person_id = $2 and h.gagged_until > $3
         limit 1",
        &[workspace_id.into(), person_id.into(), now.into()],
    )?;
    Ok(found.is_some())
}

/// Releases by ground, in all workspaces.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_disclosures(
    tx: &mut Tx<'_>,
    now: Timestamp,
) -> Result<Vec<DisclosureCount>, StoreError> {
    let rows = tx.query(
        "select ground, count(*), count(case
             when approvals < 2 then 1
             when ground = 'protect-rights-safety' and reviewed_at is null
                 and review_due_at <= $1 then 1
         end)
         from disclosure
         where state = 'released'
         group by ground
         order by ground
         limit 10",
        &[now.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(DisclosureCount {
                ground: row.text("ground")?,
                released: row.int("released")?,
                unreviewed: row.int("unreviewed")?,
            })
        })
        .collect()
}

fn list_approvals(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    disclosure_id: DisclosureId,
) -> Result<Vec<AgentId>, StoreError> {
    let rows = tx.query(
        "select agent_id from disclosure_approval
         where workspace_id = $1 and disclosure_id = $2
         order by created_at, agent_id
         limit $3",
        &[
            workspace_id.into(),
            disclosure_id.into(),
            Value::Int(APPROVALS_MAX),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| row.parse("agent_id"))
        .collect()
}

fn read_key(mut row: Row) -> Result<(WorkspaceId, DisclosureId), StoreError> {
    Ok((row.parse("workspace_id")?, row.parse("disclosure_id")?))
}

fn read_disclosure(mut row: Row) -> Result<DisclosureRow, StoreError> {
    Ok(DisclosureRow {
        workspace_id: row.parse("workspace_id")?,
        disclosure_id: row.parse("disclosure_id")?,
        person_id: row.parse_opt("person_id")?,
        conversation_id: row.parse_opt("conversation_id")?,
        scope: row.parse("scope")?,
        categories: row.text("categories")?,
        ground: row.text("ground")?,
        second_ground: row.text_opt("second_ground")?,
        rule: row.sealed_opt("rule_sealed")?,
        document_hash: row.blob_opt("document_hash")?,
        deadline_at: row.time_opt("deadline_at")?,
        hold_id: row.parse_opt("hold_id")?,
        recipient_key: row.text("recipient_key")?,
        reason: row.sealed_opt("reason_sealed")?,
        recipient: row.sealed_opt("recipient_sealed")?,
        bundle_hash: row.blob_opt("bundle_hash")?,
        bundle_until: row.time_opt("bundle_until")?,
        state: row.parse("state")?,
        gagged_until: row.time_opt("gagged_until")?,
        lapses_at: row.time("lapses_at")?,
        requested_by: row.parse("requested_by")?,
        closed_by: row.text_opt("closed_by")?,
        closed_at: row.time_opt("closed_at")?,
        review_due_at: row.time_opt("review_due_at")?,
        reviewed_at: row.time_opt("reviewed_at")?,
        notified_at: row.time_opt("notified_at")?,
        created_at: row.time("created_at")?,
        approved_by: Vec::new(),
    })
}
