//! Waiting for what the program does by itself: a round of housekeeping, a letter, a word that is indexed.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest wait. Four rounds of housekeeping: a busy machine is no fault of the program's.
const WAIT_MAX: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until it is so; the story fails when it is not in time.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + WAIT_MAX;
    while !is_so() {
        assert!(Instant::now() < deadline, "not within {WAIT_MAX:?}: {what}");
        sleep(PAUSE);
    }
}
