//! Time as the whole program counts it: whole microseconds, UTC, since 1970.
//!
//! Must not know: the wall clock. It is passed in as a [`Clock`] by the binary.

use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This time plus some seconds (saturating).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// This time plus some days of 24 hours (saturating).
    #[must_use]
    pub const fn plus_days(self, days: u32) -> Self {
        self.plus_seconds(days as i64 * 86_400)
    }

    /// Reads RFC 3339 in UTC or with an offset, such as `2027-02-01T00:00:00Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parsed: jiff::Timestamp = text.parse().ok()?;
        Some(Self(parsed.as_microsecond()))
    }

    /// The day in UTC, such as `2027-02-01`; empty beyond the years jiff knows.
    #[must_use]
    pub fn date(self) -> String {
        jiff::Timestamp::from_microsecond(self.0)
            .map(|time| time.strftime("%Y-%m-%d").to_string())
            .unwrap_or_default()
    }
}

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC; the bare number beyond the years jiff knows.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(time) => write!(formatter, "{time}"),
            Err(_) => write!(formatter, "{}", self.0),
        }
    }
}

/// Tells the time. The only implementation that reads the wall clock is in the binary.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Whether somebody may move it: the clock of tests, which whoever relies on the time must be told of.
    fn is_moved_by_hand(&self) -> bool {
        false
    }
}
