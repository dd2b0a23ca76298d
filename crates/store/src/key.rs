//! The keys database: secrets of the installation, of workspaces and of persons.
//!
//! Why apart: a backup of the data must not carry the keys, and a destroyed key is the only strong erasure
//! where dead rows and archives keep old bytes (`policy-spec` section 6).
//! Must not know: what the keys seal.

use domain::{PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx};

/// The secret of the installation for one use (such as `sign` or `login`), made on first use.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn installation_secret(
    tx: &mut Tx<'_>,
    kind: &str,
    fresh: &[u8; 32],
    now: Timestamp,
) -> Result<Vec<u8>, StoreError> {
    tx.execute(
        "insert into installation_key (kind, secret, created_at)
         values ($1, $2, $3)
         on conflict (kind) do nothing",
        &[kind.into(), fresh.as_slice().into(), now.into()],
    )?;
    tx.get(
        "select secret from installation_key where kind = $1",
        &[kind.into()],
    )?
    .blob("secret")
}

/// Whether the keys database has ever served an installation.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn has_installation_secret(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let found = tx.query("select kind from installation_key limit 1", &[])?;
    Ok(!found.is_empty())
}

/// The secret of a workspace, made on first use.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn workspace_secret(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    fresh: &[u8; 32],
    now: Timestamp,
) -> Result<Vec<u8>, StoreError> {
    tx.execute(
        "insert into workspace_key (workspace_id, secret, created_at)
         values ($1, $2, $3)
         on conflict (workspace_id) do nothing",
        &[workspace_id.into(), fresh.as_slice().into(), now.into()],
    )?;
    let query = "select secret from workspace_key where workspace_id = $1";
    tx.get(query, &[workspace_id.into()])?.blob("secret")
}

/// Stores a person's wrapped key unless there is one; the one that is stored. `None` if it was destroyed.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_person_key(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    wrapped: &[u8],
    now: Timestamp,
) -> Result<Option<Vec<u8>>, StoreError> {
    let destroyed = tx.find(
        "select destroyed_at from destroyed_key where workspace_id = $1 and person_id = $2",
        &[workspace_id.into(), person_id.into()],
    )?;
    if destroyed.is_some() {
        return Ok(None);
    }
    tx.execute(
        "insert into person_key (workspace_id, person_id, wrapped, created_at)
         values ($1, $2, $3, $4)
         on conflict (workspace_id, person_id) do nothing",
        &[
            workspace_id.into(),
            person_id.into(),
            wrapped.into(),
            now.into(),
        ],
    )?;
    find_person_key(tx, workspace_id, person_id)
}

/// A person's wrapped key; `None` if it was never made or is destroyed.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_person_key(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found = tx.find(
        "select wrapped from person_key where workspace_id = $1 and person_id = $2",
        &[workspace_id.into(), person_id.into()],
    )?;
    found.map(|mut row| row.blob("wrapped")).transpose()
}

/// Destroys a person's key for ever. Repeating it does nothing.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn destroy_person_key(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = [workspace_id.into(), person_id.into()];
    tx.execute(
        "delete from person_key where workspace_id = $1 and person_id = $2",
        &key,
    )?;
    let [workspace, person] = key;
    tx.execute(
        "insert into destroyed_key (workspace_id, person_id, destroyed_at)
         values ($1, $2, $3)
         on conflict (workspace_id, person_id) do nothing",
        &[workspace, person, now.into()],
    )?;
    Ok(())
}
