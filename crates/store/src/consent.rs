//! Consents: what a person chose, under which version and text, and how; append only.
//!
//! Must not know: which choices there are.

use domain::{ConsentId, PersonId, VisitorId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Value};

/// Consents of a person read at once.
const CONSENTS_MAX: i64 = 200;

/// A choice to be stored.
#[derive(Debug, Clone)]
pub struct NewConsent {
    /// Its id.
    pub consent_id: ConsentId,
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Who chose.
    pub person_id: PersonId,
    /// What the choice is about.
    pub purpose: &'static str,
    /// Yes, or taken back.
    pub granted: bool,
    /// Version of the policy that was shown.
    pub policy_version: i64,
    /// Hash of the text that was shown.
    pub text_hash: [u8; 32],
    /// How the person chose, such as `widget`.
    pub way: &'static str,
}

/// A stored choice.
#[derive(Debug, Clone)]
pub struct Consent {
    /// What the choice is about.
    pub purpose: String,
    /// Yes, or taken back.
    pub granted: bool,
    /// Version of the policy that was shown.
    pub policy_version: i64,
    /// How the person chose.
    pub way: String,
    /// Its entry in the ledger.
    pub ledger_index: u64,
    /// When.
    pub created_at: Timestamp,
}

/// A stored choice among those of everybody.
#[derive(Debug, Clone)]
pub struct ConsentRow {
    /// Its id.
    pub consent_id: ConsentId,
    /// Who chose.
    pub person_id: PersonId,
    /// What was chosen.
    pub consent: Consent,
    /// Hash of the text that was shown.
    pub text_hash: Vec<u8>,
    /// When the person took it back, or chose anew.
    pub replaced_at: Option<Timestamp>,
}

/// Where a page of everybody's choices begins: after this one.
pub type ConsentCursor = (Timestamp, ConsentId);

/// Choices of active persons, newest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_all_consents(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    after: Option<ConsentCursor>,
    limit: i64,
) -> Result<Vec<ConsentRow>, StoreError> {
    let (at, id) = after.map_or((i64::MAX, String::new()), |(at, id)| {
        (at.micros(), id.to_string())
    });
    let rows = tx.query(
        "select c.consent_id, c.person_id, c.purpose, c.granted, c.policy_version, c.way,
             c.ledger_index, c.created_at, c.text_hash, (
                 select min(n.created_at) from consent n
                 where n.workspace_id = c.workspace_id and n.person_id = c.person_id
                     and n.purpose = c.purpose and n.ledger_index > c.ledger_index
             )
         from consent c
         join person p on p.workspace_id = c.workspace_id and p.person_id = c.person_id
         where c.workspace_id = $1 and p.state = 'active'
             and (c.created_at < $2 or (c.created_at = $2 and c.consent_id < $3))
         order by c.created_at desc, c.consent_id desc
         limit $4",
        &[workspace_id.into(), Value::Int(at), id.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            let (consent_id, person_id) = (row.parse("consent_id")?, row.parse("person_id")?);
            Ok(ConsentRow {
                consent_id,
                person_id,
                consent: Consent {
                    purpose: row.text("purpose")?,
                    granted: row.flag("granted")?,
                    policy_version: row.int("policy_version")?,
                    way: row.text("way")?,
                    ledger_index: u64::try_from(row.int("ledger_index")?).unwrap_or(0),
                    created_at: row.time("created_at")?,
                },
                text_hash: row.blob("text_hash")?,
                replaced_at: row.time_opt("replaced_at")?,
            })
        })
        .collect()
}

/// Stores a choice beside its ledger entry.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_consent(
    tx: &mut Tx<'_>,
    consent: &NewConsent,
    ledger_index: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into consent (
             workspace_id, consent_id, person_id, purpose, granted, policy_version, text_hash, way,
             ledger_index, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            consent.workspace_id.into(),
            consent.consent_id.into(),
            consent.person_id.into(),
            consent.purpose.into(),
            consent.granted.into(),
            consent.policy_version.into(),
            consent.text_hash.as_slice().into(),
            consent.way.into(),
            Value::Int(i64::try_from(ledger_index).unwrap_or(i64::MAX)),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Choices of an active person, newest first, at most 200.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_consents(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Vec<Consent>, StoreError> {
    let rows = tx.query(
        "select c.purpose, c.granted, c.policy_version, c.way, c.ledger_index, c.created_at
         from consent c
         join person p on p.workspace_id = c.workspace_id and p.person_id = c.person_id
         where c.workspace_id = $1 and c.person_id = $2 and p.state = 'active'
         order by c.created_at desc, c.ledger_index desc
         limit $3",
        &[workspace_id.into(), person_id.into(), CONSENTS_MAX.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Consent {
                purpose: row.text("purpose")?,
                granted: row.flag("granted")?,
                policy_version: row.int("policy_version")?,
                way: row.text("way")?,
                ledger_index: u64::try_from(row.int("ledger_index")?).unwrap_or(0),
                created_at: row.time("created_at")?,
            })
        })
        .collect()
}

/// Notes since when a browser remembers its visitor, or that it no longer does.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_remembered(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: VisitorId,
    remembered_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(
        "update visitor
         set remembered_at = $3
         where workspace_id = $1 and visitor_id = $2",
        &[workspace_id.into(), visitor_id.into(), remembered_at.into()],
    )?;
    Ok(())
}
