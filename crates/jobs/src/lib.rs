//! Background work: leased jobs (letters, the search index, erasures), webhooks, the round of housekeeping, and
//! the round over the mailbox.
//!
//! Why leases: any node may run any job; one that dies in the middle gives its jobs back by time.
//! Must not know: SQL, HTTP, what a letter says.

mod intake;
mod runner;

use std::sync::Arc;

use app::App;
use tokio::{sync::watch, task::JoinHandle};

/// Running background work.
pub struct Handle {
    stop: watch::Sender<()>,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts the background work of this process.
#[must_use]
pub fn start(app: Arc<App>) -> Handle {
    let (stop, stopped) = watch::channel(());
    let mut tasks = vec![
        tokio::spawn(runner::run_jobs(Arc::clone(&app), stopped.clone())),
        tokio::spawn(runner::run_webhooks(Arc::clone(&app), stopped.clone())),
        tokio::spawn(runner::keep_house(Arc::clone(&app), stopped.clone())),
    ];
    if app.mailbox.is_some() {
        tasks.push(tokio::spawn(intake::read_mail(app, stopped)));
    }
    Handle { stop, tasks }
}

impl Handle {
    /// Stops after the work at hand.
    pub async fn stop(self) {
        drop(self.stop);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "background work ended badly");
            }
        }
    }
}
