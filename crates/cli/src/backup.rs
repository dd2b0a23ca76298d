//! `chatham backup FOLDER` and `chatham restore FOLDER [--check]`.
//!
//! Why the newest keys are read too: they carry the newest list of erasures, and nobody who was erased may
//! come back with an older backup. It is applied before anybody is let in.
//! Must not know: tables, the form of the parts.

mod generation;
mod part;

use std::{
    fs,
    path::{Path, PathBuf},
};

use age::secrecy::SecretString;
use anyhow::Context;
use app::backup::{self, Copy, Keys, Restored};
use policy::{Policy, Timestamp};
use store::{Location, Store};

use crate::{
    compose::{compose, open_store},
    config::Config,
    letters,
    test_clock::clock,
};
use generation::Unfinished;

/// Version of this program, as it stands in backups.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What `chatham backup` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArguments {
    /// Folder that the two files are written to
    folder: PathBuf,
    #[command(flatten)]
    passphrase: Passphrase,
    #[command(flatten)]
    config: Config,
}

/// What `chatham restore` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArguments {
    /// Folder that the backup was written to
    folder: PathBuf,
    /// Only check that it can be restored; nothing is changed
    #[arg(long, conflicts_with = "replace")]
    check: bool,
    /// Put the backup in the place of a database that is in use (stop its server first)
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    passphrase: Passphrase,
    #[command(flatten)]
    config: Config,
}

/// Where the passphrase of the keys comes from.
#[derive(Debug, clap::Args)]
struct Passphrase {
    /// File whose first line is the passphrase of the keys (-: standard input)
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "backup_passphrase"
    )]
    passphrase_file: Option<PathBuf>,
    /// The passphrase itself, from the environment: on a command line others could read it
    #[arg(
        long,
        env = "CHATHAM_BACKUP_PASSPHRASE",
        hide = true,
        hide_env_values = true
    )]
    backup_passphrase: Option<String>,
}

impl Passphrase {
    fn read(&self) -> anyhow::Result<SecretString> {
        match (&self.passphrase_file, &self.backup_passphrase) {
            (Some(path), _) => part::read_passphrase(path),
            (None, Some(text)) => Ok(SecretString::from(text.clone())),
            (None, None) => anyhow::bail!("give the passphrase with --passphrase-file FILE"),
        }
    }
}

/// Writes a backup, while the server goes on.
///
/// # Errors
/// What keeps it from being written; then nothing that looks like a backup is left.
pub(crate) async fn back_up(arguments: BackupArguments) -> anyhow::Result<()> {
    let BackupArguments {
        folder,
        passphrase,
        config,
    } = arguments;
    let passphrase = passphrase.read()?;
    part::check_passphrase(&passphrase)?;
    let keep_days = keep_days(&config)?;
    let store = open_as_it_is(&config).await?;
    make_folder(&folder)?;
    let now = clock(&config)?.now();
    let stamp = generation::stamp(now);
    let (data, keys) = (
        Unfinished::data(&folder, &stamp),
        Unfinished::keys(&folder, &stamp),
    );
    backup::enter_backup(&store, now).await?;
    let sink = part::data_sink(data.path())?;
    let data_written = backup::write_data(&store, sink, PROGRAM, now).await?;
    let sink = part::keys_sink(keys.path(), passphrase)?;
    let keys_written = backup::write_keys(&store, sink, &data_written, PROGRAM, now).await?;
    data.finish().context("name the data part")?;
    keys.finish().context("name the keys part")?;
    let removed = generation::prune(&folder, now, keep_days).context("delete older backups")?;
    println!(
        "Backup {stamp} is in {}: {} rows of data, {} rows of keys; older backups deleted: {removed}.\n\
         Keep the passphrase apart from it: without the passphrase nothing in it can be read again.",
        folder.display(),
        data_written.rows,
        keys_written.rows,
    );
    Ok(())
}

/// Restores the newest whole backup of a folder, or checks that it could be.
///
/// # Errors
/// What keeps it from being restored; then the database is as it was.
pub(crate) async fn restore(arguments: RestoreArguments) -> anyhow::Result<()> {
    let RestoreArguments {
        folder,
        check,
        replace,
        passphrase,
        config,
    } = arguments;
    let passphrase = passphrase.read()?;
    let chosen = choose(&folder)?;
    let clock = clock(&config)?;
    let now = clock.now();
    if check {
        let restored = check_restore(chosen, passphrase, now).await?;
        println!("Ok: {}. Nothing was changed.", told(&restored));
        return Ok(());
    }
    let store = open_store(&config, clock.as_ref()).await?;
    let restored = chosen.restore(&store, passphrase, replace, now).await?;
    drop(store);
    // What the restore ordered is finished before anybody is let in; a server would do it at its start.
    let after =
        "the backup is restored, and its erasures are ordered; the next start finishes them";
    let app = compose(&config, letters::mailer(&config)?, false)
        .await
        .context(after)?;
    app.resume_erasures().await.context(after)?;
    println!(
        "Restored: {}. Start it with `chatham serve`.",
        told(&restored)
    );
    Ok(())
}

/// The parts that are restored, and the newest list of erasures.
struct Chosen {
    data: PathBuf,
    keys: PathBuf,
    newest: Option<PathBuf>,
}

impl Chosen {
    async fn restore(
        &self,
        store: &Store,
        passphrase: SecretString,
        replace: bool,
        now: Timestamp,
    ) -> anyhow::Result<Restored> {
        let keys = Keys::read(part::keys_source(&self.keys, passphrase.clone())?)?;
        let newest = match &self.newest {
            Some(path) => Some(Keys::read(part::keys_source(path, passphrase)?)?),
            None => None,
        };
        let data = part::data_source(&self.data)?;
        let copy = Copy { data, keys, newest };
        Ok(backup::restore(store, copy, replace, now).await?)
    }
}

/// The newest generation with both parts; newer keys without data still tell who was erased.
fn choose(folder: &Path) -> anyhow::Result<Chosen> {
    let generations = generation::list(folder)
        .with_context(|| format!("read the folder {}", folder.display()))?;
    let newest = generations
        .iter()
        .find_map(|generation| generation.keys.clone());
    let whole = generations.into_iter().find_map(|generation| {
        let (data, keys) = (generation.data?, generation.keys?);
        let newest = newest.clone().filter(|newest| *newest != keys);
        Some(Chosen { data, keys, newest })
    });
    whole.with_context(|| {
        format!(
            "{} holds no backup: a backup is data-TIME.jsonl and keys-TIME.age of the same time",
            folder.display()
        )
    })
}

/// Restores into a scratch place: the sealed data in a folder that is deleted, the keys in memory only.
async fn check_restore(
    chosen: Chosen,
    passphrase: SecretString,
    now: Timestamp,
) -> anyhow::Result<Restored> {
    let name = format!("chatham-check-{}-{}", std::process::id(), now.micros());
    let folder = std::env::temp_dir().join(name);
    let store = Store::open_scratch(&folder, now).await?;
    let outcome = chosen.restore(&store, passphrase, false, now).await;
    drop(store);
    fs::remove_dir_all(&folder).with_context(|| format!("delete {}", folder.display()))?;
    outcome
}

fn told(restored: &Restored) -> String {
    format!(
        "backup {}, rows: {}, workspaces: {} with their ledgers whole, erasures re-applied: {}",
        generation::stamp(restored.created_at),
        restored.rows,
        restored.workspaces.len(),
        restored.erasures
    )
}

/// How long keys may be kept, as the policy promises.
fn keep_days(config: &Config) -> anyhow::Result<u32> {
    let path = config.policy_path();
    let text =
        fs::read_to_string(&path).with_context(|| format!("read the policy {}", path.display()))?;
    let policy = Policy::parse(&text).map_err(|_| {
        anyhow::anyhow!(
            "the policy is not valid: see `chatham policy check {}`",
            path.display()
        )
    })?;
    Ok(policy.file().backup.keep_days)
}

/// The databases as they are: a running server must not find its schema changed.
async fn open_as_it_is(config: &Config) -> anyhow::Result<Store> {
    let (data, keys) = match (&config.database_url, &config.keys_database_url) {
        (Some(data), Some(keys)) => (
            Location::Postgres(data.clone()),
            Location::Postgres(keys.clone()),
        ),
        _ => (
            Location::File(config.data.join("data.db")),
            Location::File(config.data.join("keys.db")),
        ),
    };
    Ok(Store::open_as_it_is(data, keys).await?)
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("make the folder {}", folder.display()))
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))
}
