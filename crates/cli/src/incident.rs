//! `chatham incident`: a breach, real or as a drill: whom it reached, by reference, and the clock of 72 hours.
//!
//! Must not know: how people are found.

use anyhow::Context;
use app::{App, IncidentOrder, IncidentView};
use domain::{AgentId, IncidentId, IncidentKind, IncidentScope, WorkspaceId};
use policy::Timestamp;

use crate::{compose::compose, config::Config, letters, prove::time};

/// How the ledger names whoever runs the installation.
const OPERATOR: &str = "operator";
/// Pages of people that are printed.
const PAGES_MAX: usize = 10_000;

/// What `chatham incident` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What somebody got at: period, agent, copy (the database without its keys) or keys
    #[arg(long, value_name = "SCOPE", value_parser = scope)]
    scope: IncidentScope,
    /// It happened: it is counted, and people may be told from the console; without it, it is a drill
    #[arg(long)]
    real: bool,
    /// Whose account was misused, by id
    #[arg(long, value_name = "ID")]
    agent: Option<AgentId>,
    /// From when, such as 2027-02-01
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Up to when; until now if left out
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// When it was noticed; now if left out
    #[arg(long, value_name = "DATE")]
    noticed: Option<String>,
    /// Whose workspace, by id; the host's own if left out
    #[arg(long, value_name = "ID")]
    workspace: Option<WorkspaceId>,
    #[command(flatten)]
    pub(crate) config: Config,
}

/// Opens the incident and prints whom it reached. Safe while the server runs.
///
/// # Errors
/// A date or scope that is none, or what keeps the installation from being opened.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let read = |text: &Option<String>| text.as_deref().map(time).transpose();
    let order = IncidentOrder {
        kind: if arguments.real {
            IncidentKind::Real
        } else {
            IncidentKind::Drill
        },
        scope: arguments.scope,
        agent_id: arguments.agent,
        from: read(&arguments.from)?,
        to: read(&arguments.to)?,
        noticed_at: read(&arguments.noticed)?,
    };
    let config = &arguments.config;
    let app = compose(config, letters::mailer(config)?, false).await?;
    let workspace_id = match arguments.workspace {
        Some(workspace_id) => workspace_id,
        None => app
            .first_workspace()
            .await?
            .context("there is no workspace yet, and so nobody to be reached")?,
    };
    let opened = app.open_incident_for(workspace_id, OPERATOR, order).await?;
    print(&opened);
    let incident_id = opened.id.parse().context("read the incident's id")?;
    print_people(&app, workspace_id, incident_id).await
}

fn print(incident: &IncidentView) {
    let IncidentView { kind, scope, .. } = incident;
    println!("incident {} ({kind}, {scope})", incident.id);
    println!("noticed   {}", Timestamp(incident.noticed_at));
    println!("authority by {}", Timestamp(incident.due_at));
    println!("people    {}", incident.affected);
    println!("could be read: {}", incident.categories.join(", "));
}

async fn print_people(
    app: &App,
    workspace_id: WorkspaceId,
    incident_id: IncidentId,
) -> anyhow::Result<()> {
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let page = app
            .list_affected_for(workspace_id, incident_id, cursor.as_deref())
            .await?;
        for person in page.people {
            println!("{}", person.reference);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(())
}

fn scope(text: &str) -> Result<IncidentScope, String> {
    text.parse()
        .map_err(|_| "must be period, agent, copy or keys".to_owned())
}
