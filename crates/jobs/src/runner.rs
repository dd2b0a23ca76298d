//! The two loops: one for jobs, one for housekeeping.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use app::App;
use policy::Timestamp;
use tokio::{sync::watch, task::JoinSet};

/// Jobs leased, and run side by side, at once.
const LEASED_MAX: i64 = 16;
/// Deliveries under way at once.
const DELIVERING_MAX: i64 = 32;
/// Pause when nothing is due; a message is found by a search this long after it was sent.
const IDLE_PAUSE: Duration = Duration::from_millis(500);
/// Pause after a database that did not answer.
const FAILURE_PAUSE: Duration = Duration::from_secs(5);
/// Pause between two rounds of housekeeping.
const ROUND_PAUSE: Duration = Duration::from_secs(15);
/// Every so many rounds the sweeper goes too: five minutes.
const FULL_EVERY: u32 = 20;
/// Pause between two looks at a clock that is moved by hand.
const MOVED_PAUSE: Duration = Duration::from_millis(100);
/// How far such a clock must be from where it would have run to, to have been moved.
const MOVED_MIN: Duration = Duration::from_millis(500);

/// Runs due jobs until the process stops.
pub(crate) async fn run_jobs(app: Arc<App>, mut stopped: watch::Receiver<()>) {
    loop {
        let pause = match run_due(&app).await {
            Ok(0) => IDLE_PAUSE,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(%error, "cannot lease jobs");
                FAILURE_PAUSE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Leases what is due and runs it; how many jobs that were.
async fn run_due(app: &Arc<App>) -> Result<usize, app::AppError> {
    let leased = app.lease_jobs(LEASED_MAX).await?;
    let count = leased.len();
    let mut running = JoinSet::new();
    for job in leased {
        let app = Arc::clone(app);
        running.spawn(async move {
            let outcome = app.run_job(&job).await;
            app.settle_job(job, outcome).await
        });
    }
    while let Some(settled) = running.join_next().await {
        match settled {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "cannot settle a job"),
            Err(error) => tracing::error!(%error, "a job ended badly"),
        }
    }
    Ok(count)
}

/// Feeds webhooks and sends what is due until the process stops. One that is slow holds up its own only.
pub(crate) async fn run_webhooks(app: Arc<App>, mut stopped: watch::Receiver<()>) {
    let mut running = JoinSet::new();
    loop {
        let pause = match send_due(&app, &mut running).await {
            Ok(()) => IDLE_PAUSE,
            Err(error) => {
                tracing::warn!(%error, "cannot look after webhooks");
                FAILURE_PAUSE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            Some(delivered) = running.join_next() => match delivered {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "cannot settle a delivery"),
                Err(error) => tracing::error!(%error, "a delivery ended badly"),
            },
            _ = stopped.changed() => return,
        }
    }
}

async fn send_due(
    app: &Arc<App>,
    running: &mut JoinSet<Result<(), app::AppError>>,
) -> Result<(), app::AppError> {
    app.feed_webhooks().await?;
    let room = DELIVERING_MAX - i64::try_from(running.len()).unwrap_or(DELIVERING_MAX);
    if room <= 0 {
        return Ok(());
    }
    for delivery in app.lease_deliveries(room).await? {
        let app = Arc::clone(app);
        running.spawn(async move { app.deliver(delivery).await });
    }
    Ok(())
}

/// Goes round until the process stops.
pub(crate) async fn keep_house(app: Arc<App>, mut stopped: watch::Receiver<()>) {
    let mut round = 0_u32;
    loop {
        let begun = (app.now(), Instant::now());
        if let Err(error) = app.renew_policy().await {
            tracing::warn!(%error, "cannot look at the policy's versions");
        }
        if let Err(error) = app.tell_all_availability().await {
            tracing::warn!(%error, "cannot tell visitors whether somebody answers");
        }
        let is_full = round.is_multiple_of(FULL_EVERY) || app.has_test_clock();
        let kept = if is_full {
            app.keep_house().await
        } else {
            app.finish_waiting().await
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "a round of housekeeping is not complete");
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = wait_for_round(&app, begun) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Waits until the next round. Under a clock that is moved by hand, a round follows the moving, not the
/// seconds that whoever tests would have to wait; also one in the middle of the round before.
async fn wait_for_round(app: &App, (begun, started): (Timestamp, Instant)) {
    if !app.has_test_clock() {
        return tokio::time::sleep(ROUND_PAUSE).await;
    }
    while started.elapsed() < ROUND_PAUSE {
        tokio::time::sleep(MOVED_PAUSE).await;
        let passed = Duration::from_micros(app.now().micros().abs_diff(begun.micros()));
        if passed.abs_diff(started.elapsed()) >= MOVED_MIN {
            return;
        }
    }
}
