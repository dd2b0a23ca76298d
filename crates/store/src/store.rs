//! [`Store`]: the data and the keys, two databases that never share a backup.

use std::{fs, path::Path};

use policy::Timestamp;

use crate::{
    db::{Db, Location},
    error::StoreError,
    migrate,
    reserve::{Reserve, Reserves},
};

/// Both databases of an installation.
#[derive(Clone)]
pub struct Store {
    /// Everything but keys.
    pub data: Db,
    /// Keys only.
    pub keys: Db,
}

impl Store {
    /// Opens the embedded databases in a folder, made if missing, readable by its owner only.
    ///
    /// # Errors
    /// `Unavailable` if the folder or a database cannot be opened, `TooNew` after a downgrade.
    pub async fn open_folder(folder: &Path, now: Timestamp) -> Result<Self, StoreError> {
        let named = |error: std::io::Error| {
            StoreError::Unavailable(format!("cannot use folder {}: {error}", folder.display()))
        };
        make_private(folder).map_err(named)?;
        require_private(&folder.join("keys.db")).map_err(named)?;
        let data = Location::File(folder.join("data.db"));
        let keys = Location::File(folder.join("keys.db"));
        let reserves = |kinds| Reserves::in_folder(folder.to_owned(), kinds);
        Self::migrated(
            Db::open(&data, reserves(Reserve::DATA))?,
            Db::open(&keys, reserves(Reserve::KEYS))?,
            now,
        )
        .await
    }

    /// Opens two PostgreSQL databases.
    ///
    /// # Errors
    /// `Unavailable` if one cannot be reached, `TooNew` after a downgrade.
    pub async fn open_postgres(
        data_url: &str,
        keys_url: &str,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let (data, keys) = (data_url.to_owned(), keys_url.to_owned());
        // The connections drive their own runtimes, which must not nest in ours.
        let opened = tokio::task::spawn_blocking(move || {
            let open = |url| Db::open(&Location::Postgres(url), Reserves::default());
            Ok::<_, StoreError>((open(data)?, open(keys)?))
        });
        let (data, keys) = opened
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))??;
        Self::migrated(data, keys, now).await
    }

    /// Opens databases that are there, without changing their schema: a server may be running on them.
    ///
    /// # Errors
    /// `Unavailable` if one is not there or cannot be reached.
    pub async fn open_as_it_is(data: Location, keys: Location) -> Result<Self, StoreError> {
        for location in [&data, &keys] {
            if let Location::File(path) = location
                && !path.exists()
            {
                let what = format!("there is no database {}", path.display());
                return Err(StoreError::Unavailable(what));
            }
        }
        let opened = tokio::task::spawn_blocking(move || {
            let open = |location| Db::open(location, Reserves::default());
            let (data, keys) = (open(&data)?, open(&keys)?);
            Ok::<_, StoreError>(Self { data, keys })
        });
        opened
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))?
    }

    /// Opens empty databases for a trial: the data in a folder that the caller deletes, the keys in memory
    /// only, so that they are never written where the trial runs.
    ///
    /// # Errors
    /// `Unavailable` if the folder cannot be made.
    pub async fn open_scratch(folder: &Path, now: Timestamp) -> Result<Self, StoreError> {
        make_private(folder).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let data = Location::File(folder.join("data.db"));
        // One name for each folder: connections with the same name share the memory.
        let keys = Location::File(format!("file:{}?vfs=memdb", folder.display()).into());
        let open = |location| Db::open(location, Reserves::default());
        Self::migrated(open(&data)?, open(&keys)?, now).await
    }

    async fn migrated(data: Db, keys: Db, now: Timestamp) -> Result<Self, StoreError> {
        data.write(move |tx| migrate::run(tx, migrate::DATA, now))
            .await?;
        keys.write(move |tx| migrate::run(tx, migrate::KEYS, now))
            .await?;
        Ok(Self { data, keys })
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if !folder.exists() {
        return fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder);
    }
    // Clause 67: keys that others can read are no keys.
    let mode = fs::metadata(folder)?.permissions().mode();
    if mode & 0o077 != 0 && !policy::rule::is_off(67) {
        fs::set_permissions(folder, fs::Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}

/// Makes the keys' file readable by its owner only, and refuses one that others can read: keys that
/// others could have copied are no keys (clause 67).
#[cfg(unix)]
fn require_private(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let open = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(file)?;
    let mode = open.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(std::io::Error::other(format!(
        "{} is readable by others (mode {mode:o}): chmod 600 {}",
        file.display(),
        file.display()
    )))
}
