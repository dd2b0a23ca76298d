//! `chatham prove --out FILE`: signed evidence that `chatham verify` checks offline.
//!
//! Must not know: what is in it.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use anyhow::Context;
use app::{EvidenceAbout, EvidenceOrder};
use domain::{PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{compose::compose, config::Config, letters};

/// What `chatham prove` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File that the evidence is written to
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// From when, such as 2027-02-01; from the first entry on if left out
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Up to when, such as 2027-03-01; until now if left out
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Only one person's entries, by id
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "to"])]
    person: Option<PersonId>,
    /// Only one entry, by the number that a receipt names
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["from", "to", "person"])]
    entry: Option<u64>,
    /// Whose ledger, by id; the host's own if left out
    #[arg(long, value_name = "ID")]
    workspace: Option<WorkspaceId>,
    #[command(flatten)]
    pub(crate) config: Config,
}

/// Writes the evidence. Safe while the server runs.
///
/// # Errors
/// A date that is none, nobody's ledger, or what keeps the file from being written.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let about = about(&arguments)?;
    let config = &arguments.config;
    let app = compose(config, letters::mailer(config)?, false).await?;
    let workspace_id = match arguments.workspace {
        Some(workspace_id) => workspace_id,
        None => app
            .first_workspace()
            .await?
            .context("there is no workspace yet, and so nothing to prove")?,
    };
    let order = EvidenceOrder {
        workspace_id,
        about,
    };
    let mut evidence = app.prove_for_operator(order).await?;
    let unfinished = arguments.out.with_extension("part");
    let file = File::create(&unfinished);
    let file = file.with_context(|| format!("write {}", unfinished.display()))?;
    let mut file = BufWriter::new(file);
    while let Some(piece) = evidence.next_piece().await? {
        file.write_all(piece.as_bytes())
            .with_context(|| format!("write {}", unfinished.display()))?;
    }
    file.into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .and_then(|file| file.sync_all())
        .with_context(|| format!("write {}", unfinished.display()))?;
    std::fs::rename(&unfinished, &arguments.out)
        .with_context(|| format!("name {}", arguments.out.display()))?;
    let key = app.ledger_key(workspace_id)?;
    println!(
        "{}: check it with `chatham verify`, key {key}",
        arguments.out.display()
    );
    Ok(())
}

fn about(arguments: &Arguments) -> anyhow::Result<EvidenceAbout> {
    if let Some(person_id) = arguments.person {
        return Ok(EvidenceAbout::Person(person_id));
    }
    if let Some(index) = arguments.entry {
        return Ok(EvidenceAbout::Entry(index));
    }
    let read = |text: &Option<String>| text.as_deref().map(time).transpose();
    Ok(EvidenceAbout::Period {
        from: read(&arguments.from)?,
        to: read(&arguments.to)?,
    })
}

/// A day, or a time of it.
pub(crate) fn time(text: &str) -> anyhow::Result<Timestamp> {
    let day = format!("{text}T00:00:00Z");
    Timestamp::parse(text)
        .or_else(|| Timestamp::parse(&day))
        .with_context(|| format!("`{text}` is no day, such as 2027-02-01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read() {
        assert_eq!(
            time("2027-02-01").unwrap(),
            time("2027-02-01T00:00:00Z").unwrap()
        );
        assert!(time("yesterday").is_err());
    }
}
