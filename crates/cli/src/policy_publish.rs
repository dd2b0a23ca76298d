//! `chatham policy publish FILE`: the next version of an installation's policy, while its server runs or not.
//!
//! Must not know: the running server (it looks at the log of versions by itself).

use std::{fs, path::PathBuf};

use ::policy::chain::StartRefusal;
use anyhow::{Context, bail};
use app::{OPERATOR, PolicyFile, PublishError, PublishedView};

use crate::{compose::open_store, config::Config, policy::fault, test_clock};

/// What is published, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Publish {
    /// The next version: its number one higher, with the hash of the version before
    file: PathBuf,
    #[command(flatten)]
    config: Box<Config>,
}

impl Publish {
    pub(crate) fn log(&self) -> String {
        self.config.log.clone()
    }
}

/// Checks, passes the notice gate, logs, and replaces the installation's file. Safe while the server runs.
///
/// # Errors
/// Each fault and refusal with line, column and mend is printed before; nothing has happened then.
pub(crate) async fn run(publish: Publish) -> anyhow::Result<()> {
    let Publish { file, config } = publish;
    config.check()?;
    let text =
        fs::read_to_string(&file).with_context(|| format!("read the policy {}", file.display()))?;
    let clock = test_clock::clock(&config)?;
    let store = open_store(&config, clock.as_ref()).await?;
    let own = PolicyFile::at(config.policy_path());
    app::settle_policy_file(&store, &own).await?;
    match app::publish_policy(&store, &own, &text, (OPERATOR, clock.now())).await {
        Ok(published) => {
            print!("{}", told(&published, &own));
            Ok(())
        }
        Err(PublishError::Faults(faults)) => {
            for one in &faults {
                eprint!("{}", fault(&file, &text, one));
            }
            bail!(
                "{}: not published: it is not a valid policy",
                file.display()
            )
        }
        Err(PublishError::Refused(refusal)) => {
            eprint!("{}", fault(&file, &text, refusal.fault()));
            if let StartRefusal::NoticeTooShort { reasons, .. } = &refusal {
                for change in reasons {
                    eprintln!("  material: {}: {}", change.path, change.reason);
                }
            }
            bail!(
                "{}: not published (clause {})",
                file.display(),
                refusal.clause()
            )
        }
        Err(PublishError::App(error)) => Err(error).context("publish the policy"),
    }
}

fn told(published: &PublishedView, own: &PolicyFile) -> String {
    let PublishedView {
        version,
        hash,
        effective,
        material,
        rules,
    } = published;
    let class = if *material {
        "material: people are told and asked"
    } else {
        "not material"
    };
    let when = if *rules {
        "rules now; a running server follows within half a minute".to_owned()
    } else {
        format!("rules from {effective} on; the version before rules until then")
    };
    format!(
        "version {version} is published: {hash}\n  {class}\n  {when}\n  {} is replaced\n",
        own.path().display()
    )
}
