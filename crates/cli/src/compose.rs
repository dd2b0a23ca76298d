//! Composition: where every part is made and passed in.

use std::{fs, path::Path, sync::Arc};

use anyhow::Context;
use app::{App, Parts, PolicyFile, Settings};
use bus::Bus;
use policy::{Clock, Policy, shipped};
use store::Store;

use crate::{config::Config, envelope::AgeEnvelope, system::SystemRandom, test_clock::clock};

/// Opens the databases and reads the policy; nothing is served yet.
///
/// # Errors
/// What cannot be opened or is not valid, with the line to mend it.
pub(crate) async fn compose(
    config: &Config,
    mailer: Arc<dyn mail::Mailer>,
    demo: bool,
) -> anyhow::Result<Arc<App>> {
    let clock = clock(config)?;
    let store = open_store(config, clock.as_ref()).await?;
    let policy_file = PolicyFile::at(config.policy_path());
    app::settle_policy_file(&store, &policy_file).await?;
    let file = read_policy(config, clock.as_ref())?;
    let policy = app::start_policy(&store, file, clock.now()).await?.ruling;
    // The demo reads nobody's mailbox.
    let mailbox = if demo {
        None
    } else {
        crate::letters::mailbox(config)?
    };
    let settings = Settings {
        public_url: config.public_url(),
        demo,
        policy_file: Some(policy_file),
    };
    let random = Arc::new(SystemRandom);
    let parts = Parts {
        envelope: Arc::new(AgeEnvelope),
        store,
        bus: Bus::default(),
        mailer,
        mailbox,
        clock,
        random,
        policy,
        settings,
        egress: crate::egress::settings(config)?,
    };
    Ok(App::new(parts).await?)
}

pub(crate) async fn open_store(config: &Config, clock: &dyn Clock) -> anyhow::Result<Store> {
    let now = clock.now();
    if let (Some(data), Some(keys)) = (&config.database_url, &config.keys_database_url) {
        anyhow::ensure!(
            data != keys,
            "the keys need a database of their own: a backup of the data must not carry them"
        );
        fs::create_dir_all(&config.data)
            .with_context(|| format!("make the folder {}", config.data.display()))?;
        return Store::open_postgres(data, keys, now)
            .await
            .context("open PostgreSQL");
    }
    Store::open_folder(&config.data, now)
        .await
        .context("open the embedded databases")
}

/// The operator's policy file; at the first start, the strict one with this installation's address.
pub(crate) fn read_policy(config: &Config, clock: &dyn Clock) -> anyhow::Result<Policy> {
    let path = config.policy_path();
    if !path.exists() {
        write_starter(config, clock, &path)?;
    }
    let text =
        fs::read_to_string(&path).with_context(|| format!("read the policy {}", path.display()))?;
    Policy::parse(&text).map_err(|diagnostics| {
        let lines = diagnostics.iter().map(|fault| {
            let (line, column) = (fault.line, fault.column);
            format!(
                "{}:{line}:{column}: {}\n  mend: {}",
                path.display(),
                fault.what,
                fault.mend
            )
        });
        let lines: Vec<_> = lines.collect();
        anyhow::anyhow!(
            "the policy is not valid, so nothing is served\n{}",
            lines.join("\n")
        )
    })
}

fn write_starter(config: &Config, clock: &dyn Clock, path: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        config.policy.is_none(),
        "there is no policy at {}: write one with `chatham policy init`",
        path.display()
    );
    let url = config.public_url();
    let host = url
        .split("://")
        .last()
        .and_then(|rest| rest.split(':').next())
        .unwrap_or("host");
    let mut sites = vec![url.clone()];
    sites.extend(config.sites.iter().filter(|site| **site != url).cloned());
    let details = shipped::Details {
        sites,
        name: host.to_owned(),
        post: "not yet given".to_owned(),
        email: format!("privacy@{host}"),
        effective: clock.now(),
    };
    let text = shipped::starter(shipped::STRICT, &details).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(|fault| fault.what.clone()).collect();
        anyhow::anyhow!(
            "cannot write a first policy for {url}: {}",
            faults.join("; ")
        )
    })?;
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
