//! The clock of tests: the wall clock moved by what a file says, so that a month passes in a second.
//!
//! Why a file: whoever tests from outside sets it without an interface that could be abused. It is refused
//! unless the server listens on loopback, printed at the start and named by `/healthz`.
//! Must not know: what the time is used for.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use policy::{Clock, Timestamp};

use crate::{config::Config, system::SystemClock};

/// Bytes of the file that are looked at.
const BYTES_MAX: usize = 64;
/// Seconds that the clock may be moved: a hundred years.
const SECONDS_MAX: i64 = 100 * 366 * 86_400;

/// What the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// Seconds that the wall clock is moved by.
    By(i64),
    /// The time it stands still at.
    To(Timestamp),
}

/// The clock that follows a file. The file is read at each look; while it cannot be understood, because
/// somebody is writing it, what it said last holds.
pub(crate) struct TestClock {
    file: PathBuf,
    last: Mutex<Moved>,
}

impl TestClock {
    /// Opens the file.
    ///
    /// # Errors
    /// If it cannot be read or says something else than a time.
    fn open(file: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(file)
            .with_context(|| format!("read the test clock {}", file.display()))?;
        let last = parse(&text).with_context(|| {
            format!(
                "the test clock {} says neither seconds, such as 86400 or -3600, nor a time, such as \
                 2027-02-01T00:00:00Z",
                file.display()
            )
        })?;
        Ok(Self {
            file: file.to_path_buf(),
            last: Mutex::new(last),
        })
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let read = fs::read_to_string(&self.file).ok();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(moved) = read.as_deref().and_then(parse) {
            *last = moved;
        }
        match *last {
            Moved::By(seconds) => SystemClock.now().plus_seconds(seconds),
            Moved::To(time) => time,
        }
    }

    fn is_moved_by_hand(&self) -> bool {
        true
    }
}

/// The clock of this installation: the wall clock, or the file of the tests.
///
/// # Errors
/// If the test clock's file cannot be used.
pub(crate) fn clock(config: &Config) -> anyhow::Result<Arc<dyn Clock>> {
    match &config.test_clock {
        None => Ok(Arc::new(SystemClock)),
        Some(file) => Ok(Arc::new(TestClock::open(file)?)),
    }
}

fn parse(text: &str) -> Option<Moved> {
    let text = text.trim();
    if text.len() > BYTES_MAX {
        return None;
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return (-SECONDS_MAX..=SECONDS_MAX)
            .contains(&seconds)
            .then_some(Moved::By(seconds));
    }
    Timestamp::parse(text).map(Moved::To)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_says_seconds_or_a_time_and_nothing_else() {
        assert_eq!(parse("86400\n"), Some(Moved::By(86_400)));
        assert_eq!(parse(" -3600 "), Some(Moved::By(-3_600)));
        assert_eq!(parse("+60"), Some(Moved::By(60)));
        let time = Timestamp::parse("2027-02-01T00:00:00Z").unwrap();
        assert_eq!(parse("2027-02-01T00:00:00Z"), Some(Moved::To(time)));
        for text in ["", "tomorrow", "1.5", "99999999999999999999", "9000000000"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"1".repeat(BYTES_MAX + 1)), None);
    }

    #[test]
    fn clock_follows_the_file_and_keeps_what_it_last_understood() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clock");
        fs::write(&file, "2027-02-01T00:00:00Z").unwrap();
        let clock = TestClock::open(&file).unwrap();
        let first = clock.now();

        fs::write(&file, "").unwrap();
        let while_written = clock.now();
        fs::write(&file, "2027-03-01T00:00:00Z").unwrap();

        assert_eq!(first, Timestamp::parse("2027-02-01T00:00:00Z").unwrap());
        assert_eq!(while_written, first);
        assert_eq!(clock.now(), first.plus_days(28));
    }

    #[test]
    fn file_that_is_not_there_keeps_the_program_from_starting() {
        assert!(TestClock::open(Path::new("/nonexistent/clock")).is_err());
    }
}
