//! The version of the policy that a person stands on, and the newest one they answered about.
//!
//! Must not know: what a version says, what an answer means.

use std::collections::BTreeSet;

use domain::{PersonId, WorkspaceId};

use crate::{error::StoreError, tx::Tx, value::Row};

/// Places where people of one workspace stand, looked at in one round.
const STANDS_MAX: i64 = 500;

/// Where a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The version whose terms hold for them.
    pub version: i64,
    /// The newest version they answered about.
    pub answered: i64,
}

/// Where an active person stands; `None` if there is none.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_terms(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<Terms>, StoreError> {
    let found = tx.find(
        "select policy_version, coalesce(policy_answered, policy_version) as answered
         from person
         where workspace_id = $1 and person_id = $2 and state = 'active'",
        &[workspace_id.into(), person_id.into()],
    )?;
    found.map(read).transpose()
}

/// Where each of these persons stands who is active.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_terms(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    persons: &BTreeSet<PersonId>,
) -> Result<Vec<(PersonId, Terms)>, StoreError> {
    let mut found = Vec::with_capacity(persons.len());
    for person_id in persons {
        let terms = find_terms(tx, workspace_id, *person_id)?;
        found.extend(terms.map(|terms| (*person_id, terms)));
    }
    Ok(found)
}

/// Where anybody of the workspace stands who came before a version, at most [`STANDS_MAX`] places.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_older_terms(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    version: i64,
) -> Result<Vec<Terms>, StoreError> {
    let rows = tx.query(
        "select distinct policy_version, coalesce(policy_answered, policy_version) as answered
         from person
         where workspace_id = $1 and policy_version < $2 and state = 'active'
         order by policy_version, answered
         limit $3",
        &[workspace_id.into(), version.into(), STANDS_MAX.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// Stores where an active person stands; whether there is one. An older answer never replaces a newer one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_terms(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    terms: Terms,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update person
         set policy_version = $3, policy_answered = $4
         where workspace_id = $1 and person_id = $2 and state = 'active'
             and coalesce(policy_answered, policy_version) <= $4",
        &[
            workspace_id.into(),
            person_id.into(),
            terms.version.into(),
            terms.answered.into(),
        ],
    )?;
    Ok(changed > 0)
}

fn read(mut row: Row) -> Result<Terms, StoreError> {
    Ok(Terms {
        version: row.int("policy_version")?,
        answered: row.int("answered")?,
    })
}
