//! The clock of a story: the file that `--test-clock` names.

use std::fs;
use std::path::{Path, PathBuf};

/// Seconds of a day.
pub const DAY_S: i64 = 24 * 3_600;

/// The real time, in microseconds.
#[must_use]
pub fn real_now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the harness sees the real time")]
    let now = std::time::SystemTime::now();
    let since = now
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(since.as_micros()).expect("a time of our days")
}

/// The day that many days from today, as the policy file writes a day; midnight in UTC is its time.
#[must_use]
pub fn day_in(days: u32) -> String {
    policy::Timestamp(real_now()).plus_days(days).date()
}

/// A clock that runs on from where a story puts it.
pub struct TestClock {
    file: PathBuf,
    seconds: i64,
}

impl TestClock {
    /// A clock that shows the real time, until it is moved.
    #[must_use]
    pub fn make(folder: &Path) -> Self {
        let clock = Self {
            file: folder.join("clock"),
            seconds: 0,
        };
        clock.write(&clock.seconds.to_string());
        clock
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> String {
        self.file.display().to_string()
    }

    /// Seconds that it is ahead of the real time.
    #[must_use]
    pub const fn ahead_s(&self) -> i64 {
        self.seconds
    }

    /// Moves it on, or back by a negative number. The program sees it at its next look.
    pub fn advance(&mut self, seconds: i64) {
        self.set(self.seconds + seconds);
    }

    /// Sets it this many seconds ahead of the real time.
    pub fn set(&mut self, seconds: i64) {
        self.seconds = seconds;
        self.write(&seconds.to_string());
    }

    /// Stops it at a time, such as `2027-02-01T00:00:00Z`; [`Self::set`] lets it run on.
    pub fn stand_still(&self, time: &str) {
        self.write(time);
    }

    /// Replaces the file in one step, so that the program never reads half of it.
    fn write(&self, text: &str) {
        let fresh = self.file.with_extension("new");
        fs::write(&fresh, text).expect("write the clock");
        fs::rename(&fresh, &self.file).expect("put the clock in place");
    }
}
