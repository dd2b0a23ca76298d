//! `chatham owner-link`: a new one-time link for the owner, of the host's workspace or of a new one.

use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use crate::{compose::compose, config::Config, serve};

/// Whose link.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Make a new workspace with this name first
    #[arg(long)]
    new_workspace: Option<String>,

    /// Origins of the new workspace's first site, such as https://shop.example
    #[arg(long, requires = "new_workspace")]
    origin: Vec<String>,
}

/// Prints the link. Safe while the server runs.
///
/// # Errors
/// What keeps the installation from being opened, or a name or origin that is not acceptable.
pub(crate) async fn run(config: Config, arguments: Arguments) -> anyhow::Result<()> {
    config.check()?;
    let app = compose(&config, Arc::new(mail::NoMailer), false).await?;
    let first = serve::start(&app).await?;
    let link = match (arguments.new_workspace, first) {
        (Some(name), _) => {
            let created = app.create_workspace(&name, &arguments.origin).await?;
            app.owner_link(created.workspace_id).await?
        }
        (None, Some(link)) => link,
        (None, None) => {
            let workspace = app.first_workspace().await?;
            app.owner_link(workspace.context("there is no workspace yet")?)
                .await?
        }
    };
    println!("{link}");
    Ok(())
}
