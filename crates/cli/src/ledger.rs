//! `chatham ledger FOLDER`: every workspace's ledger as a file that `chatham verify` checks offline.
//!
//! Why a file that is there already is read first: its checkpoint goes into the new one, so that a history
//! told once cannot be replaced by another.
//! Must not know: tables.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use app::App;
use domain::WorkspaceId;
use ledger::Bundle;

use crate::{compose::compose, config::Config, letters};

/// Workspaces written at once.
const PAGE: i64 = 100;
/// Older checkpoints kept in a file; the oldest go first.
const OLDER_MAX: usize = 1_000;

/// What `chatham ledger` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder that the files are written to, one for each workspace
    folder: PathBuf,
    #[command(flatten)]
    pub(crate) config: Config,
}

/// Writes the ledgers.
///
/// # Errors
/// What keeps one from being written, or a file whose history is not that of the ledger.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { folder, config } = arguments;
    let app = compose(&config, letters::mailer(&config)?, false).await?;
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let mut after = None;
    loop {
        let read = move |tx: &mut store::Tx<'_>| store::list_workspaces(tx, after, PAGE);
        let page = app.store.data.read(read).await?;
        for workspace in &page {
            write(&app, &folder, workspace.workspace_id).await?;
        }
        match page.last() {
            Some(last) => after = Some(last.workspace_id),
            None => return Ok(()),
        }
    }
}

async fn write(app: &App, folder: &Path, workspace_id: WorkspaceId) -> anyhow::Result<()> {
    let path = folder.join(format!("ledger-{workspace_id}.json"));
    let older = older_checkpoints(&path)?;
    let bundle = app.ledger_bundle(workspace_id, older).await?;
    let key = app.ledger_key(workspace_id)?;
    let checkpoint = bundle.verify(&key).with_context(|| {
        format!(
            "the ledger does not go on from the one in {}: keep that file",
            path.display()
        )
    })?;
    let json = serde_json::to_vec(&bundle).context("word the ledger")?;
    let unfinished = path.with_extension("json.part");
    fs::write(&unfinished, json).with_context(|| format!("write {}", unfinished.display()))?;
    fs::rename(&unfinished, &path).with_context(|| format!("name {}", path.display()))?;
    println!("{}: {} entries, key {key}", path.display(), checkpoint.size);
    Ok(())
}

/// The checkpoints that a file already told, the newest last.
fn older_checkpoints(path: &Path) -> anyhow::Result<Vec<String>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let json = fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let told = Bundle::from_json(&json).with_context(|| format!("read {}", path.display()))?;
    let mut older = told.older;
    older.push(told.checkpoint);
    let surplus = older.len().saturating_sub(OLDER_MAX);
    Ok(older.split_off(surplus))
}
