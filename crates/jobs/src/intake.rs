//! The round over the mailbox of the contact address.
//!
//! Why a pause that doubles: a mail server that is down, or refuses the sign-in, is not made better by asking it
//! more often. What waits there is found in the first round that works.
//! Must not know: IMAP, what a letter says.

use std::{sync::Arc, time::Duration};

use app::App;
use tokio::sync::watch;

/// Pause between two rounds.
const ROUND_PAUSE: Duration = Duration::from_secs(30);
/// The same where somebody moves the clock by hand, and would have to wait.
const MOVED_PAUSE: Duration = Duration::from_millis(250);
/// Doublings of the pause after rounds that failed: 16 minutes.
const DOUBLINGS_MAX: u32 = 5;

/// Reads the mailbox until the process stops.
pub(crate) async fn read_mail(app: Arc<App>, mut stopped: watch::Receiver<()>) {
    let mut failed = 0_u32;
    loop {
        match app.read_mailbox().await {
            Ok(()) => failed = 0,
            Err(error) => {
                // Once, and then no more until it works again.
                if failed == 0 {
                    tracing::warn!(%error, "cannot read the mailbox");
                }
                failed = failed.saturating_add(1);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause(app.has_test_clock(), failed)) => {}
            _ = stopped.changed() => return,
        }
    }
}

fn pause(is_moved: bool, failed: u32) -> Duration {
    if is_moved {
        return MOVED_PAUSE;
    }
    ROUND_PAUSE * 2_u32.pow(failed.min(DOUBLINGS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_doubles_to_a_quarter_of_an_hour() {
        let seconds: Vec<_> = (0..8)
            .map(|failed| pause(false, failed).as_secs())
            .collect();

        assert_eq!(seconds, [30, 60, 120, 240, 480, 960, 960, 960]);
    }
}
