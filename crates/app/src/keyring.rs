//! The keyring: secrets of workspaces and persons, opened from the keys database and kept for a while.
//!
//! Why: opening a key costs a query; a conversation's messages all need the same one. A destroyed key
//! leaves the cache at once.
//! Must not know: what the keys seal.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{PersonId, WorkspaceId};
use policy::Clock;
use quick_cache::sync::Cache;
use store::{Db, Store};
use vault::{SubjectKey, WorkspaceKeys};

use crate::{
    error::AppError,
    random::{Random, bytes},
};

/// Opened keys of persons kept in memory.
const PERSONS_MAX: usize = 10_000;

type PersonKey = (WorkspaceId, PersonId);

/// Opened keys.
pub struct Keyring {
    keys: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    workspaces: Mutex<HashMap<WorkspaceId, Arc<WorkspaceKeys>>>,
    persons: Cache<PersonKey, Arc<SubjectKey>>,
}

/// Refuses data without its keys (promise P12): keys made anew would open nothing, and what is written
/// under them would part the data in two.
pub(crate) async fn refuse_lost_keys(store: &Store) -> Result<(), AppError> {
    let workspaces = store.data.read(|tx| store::list_workspaces(tx, None, 1));
    let has_rows = !workspaces.await.map_err(AppError::from)?.is_empty();
    let known = store.keys.read(store::has_installation_secret);
    let has_keys = known.await.map_err(AppError::from)?;
    if has_rows && !has_keys {
        return Err(AppError::Conflict {
            code: "keys_missing",
            detail: "the data is sealed under keys that are not there: put the keys database back \
                     (keys.db in the data folder, or what KEYS_DATABASE_URL names)"
                .to_owned(),
        });
    }
    Ok(())
}

impl Keyring {
    /// A keyring over the keys database.
    #[must_use]
    pub fn new(keys: Db, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            keys,
            clock,
            random,
            workspaces: Mutex::new(HashMap::new()),
            persons: Cache::new(PERSONS_MAX),
        }
    }

    /// A secret of the installation, such as the ledger's signing key. Made on first use.
    ///
    /// # Errors
    /// `Unavailable` or `Full` if the keys database does not answer or cannot write.
    pub async fn installation(&self, kind: &'static str) -> Result<[u8; 32], AppError> {
        let (fresh, now) = (bytes::<32>(&*self.random), self.clock.now());
        let secret = self
            .keys
            .write(move |tx| store::installation_secret(tx, kind, &fresh, now))
            .await
            .map_err(AppError::from)?;
        secret
            .try_into()
            .map_err(|_| AppError::Internal(format!("key {kind} is not 32 bytes")))
    }

    /// The keys of a workspace. Made on first use.
    ///
    /// # Errors
    /// `Unavailable` or `Full` if the keys database does not answer or cannot write.
    pub async fn workspace(&self, id: WorkspaceId) -> Result<Arc<WorkspaceKeys>, AppError> {
        if let Some(keys) = self.lock().get(&id) {
            return Ok(Arc::clone(keys));
        }
        let (fresh, now) = (bytes::<32>(&*self.random), self.clock.now());
        let secret: Vec<u8> = self
            .keys
            .write(move |tx| store::workspace_secret(tx, id, &fresh, now))
            .await
            .map_err(AppError::from)?;
        let secret: [u8; 32] = secret
            .try_into()
            .map_err(|_| AppError::Internal(format!("key of workspace {id} is not 32 bytes")))?;
        let keys = Arc::new(WorkspaceKeys::derive(&secret, &id.to_string()));
        self.lock().insert(id, Arc::clone(&keys));
        Ok(keys)
    }

    /// Makes a person's key, on disk before it is used. Repeating it gives the same key.
    ///
    /// # Errors
    /// `NotFound` if the person's key was destroyed; as [`Self::workspace`] otherwise.
    pub async fn create_person(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Arc<SubjectKey>, AppError> {
        let keys = self.workspace(workspace_id).await?;
        let fresh = SubjectKey::from_bytes(bytes(&*self.random));
        let wrapped = keys.wrap(&person_id.to_string(), &fresh, bytes(&*self.random));
        let now = self.clock.now();
        let stored: Option<Vec<u8>> = self
            .keys
            .write(move |tx| store::create_person_key(tx, workspace_id, person_id, &wrapped, now))
            .await
            .map_err(AppError::from)?;
        let stored = stored.ok_or(AppError::NotFound)?;
        self.keep(&keys, workspace_id, person_id, &stored)
    }

    /// A person's key; `None` if it was never made or is destroyed.
    ///
    /// # Errors
    /// `Unavailable` if the keys database does not answer.
    pub async fn find_person(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<Arc<SubjectKey>>, AppError> {
        if let Some(key) = self.persons.get(&(workspace_id, person_id)) {
            return Ok(Some(key));
        }
        let keys = self.workspace(workspace_id).await?;
        let wrapped: Option<Vec<u8>> = self
            .keys
            .read(move |tx| store::find_person_key(tx, workspace_id, person_id))
            .await
            .map_err(AppError::from)?;
        let Some(wrapped) = wrapped else {
            return Ok(None);
        };
        self.keep(&keys, workspace_id, person_id, &wrapped)
            .map(Some)
    }

    /// A person's key, which must exist.
    ///
    /// # Errors
    /// `NotFound` if it was never made or is destroyed; `Unavailable` as above.
    pub async fn person(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Arc<SubjectKey>, AppError> {
        self.find_person(workspace_id, person_id)
            .await?
            .ok_or(AppError::NotFound)
    }

    /// Keys of several persons of a workspace; those destroyed are left out.
    ///
    /// # Errors
    /// `Unavailable` if the keys database does not answer.
    pub async fn persons(
        &self,
        workspace_id: WorkspaceId,
        person_ids: impl IntoIterator<Item = PersonId>,
    ) -> Result<HashMap<PersonId, Arc<SubjectKey>>, AppError> {
        let mut found = HashMap::new();
        for person_id in person_ids {
            if found.contains_key(&person_id) {
                continue;
            }
            if let Some(key) = self.find_person(workspace_id, person_id).await? {
                found.insert(person_id, key);
            }
        }
        Ok(found)
    }

    /// Destroys a person's key for ever. Repeating it does nothing.
    ///
    /// # Errors
    /// `Unavailable` or `Full` if the keys database does not answer or cannot write.
    pub async fn destroy_person(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<(), AppError> {
        let now = self.clock.now();
        self.keys
            .write_reserved(store::Reserve::Key, move |tx| {
                store::destroy_person_key(tx, workspace_id, person_id, now)
            })
            .await
            .map_err(AppError::from)?;
        self.forget(workspace_id, person_id);
        Ok(())
    }

    /// Drops a person's key from memory: from the erasure mark on nobody opens anything with it.
    pub fn forget(&self, workspace_id: WorkspaceId, person_id: PersonId) {
        self.persons.remove(&(workspace_id, person_id));
    }

    fn keep(
        &self,
        keys: &WorkspaceKeys,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        wrapped: &[u8],
    ) -> Result<Arc<SubjectKey>, AppError> {
        let key = Arc::new(keys.unwrap(&person_id.to_string(), wrapped)?);
        self.persons
            .insert((workspace_id, person_id), Arc::clone(&key));
        Ok(key)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<WorkspaceId, Arc<WorkspaceKeys>>> {
        self.workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
